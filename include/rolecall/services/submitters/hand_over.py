"""By hand: for every job that no other way takes, and where the site's terms forbid that a machine applies."""

from __future__ import annotations

from typing import ClassVar

from rolecall.applying.policy import no_way
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.submitters.way_out import Destination, WayOut


class HandOver(WayOut):
    """Link, letter, CV and answers, ready to copy; the person sends it."""

    name = "hand_over"
    order: ClassVar[int] = 99
    sends: ClassVar[bool] = False
    receipt = "the person says that they sent it"

    def destination(self, job: JobFacts) -> Destination:
        """The job's own page."""
        return Destination(self.name, job.apply_url or job.url, why=no_way(job.apply_url, job.url, job.source))
