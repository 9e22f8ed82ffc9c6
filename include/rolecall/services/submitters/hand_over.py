"""By hand: for every job that no other way takes, and where the site's terms forbid that a machine applies."""

from __future__ import annotations

from typing import ClassVar

from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.submitters.way_out import Destination, WayOut, forbids_machines, host_of

FORBIDDING = frozenset({"linkedin", "indeed", "glassdoor"})
"""Boards with a form of their own, whose terms forbid that a machine fills it, wherever their pages are read."""


class HandOver(WayOut):
    """Link, letter, CV and answers, ready to copy; the person sends it."""

    name = "hand_over"
    order: ClassVar[int] = 99
    sends: ClassVar[bool] = False
    receipt = "the person says that they sent it"

    def destination(self, job: JobFacts) -> Destination:
        """The job's own page."""
        url = job.apply_url or job.url
        if forbids_machines(url):
            return Destination(self.name, url, why=f"the terms of {host_of(url)} forbid that a machine applies there")
        if not job.apply_url and job.source in FORBIDDING:
            return Destination(self.name, url, why=f"it is applied for on {job.source}, whose terms forbid that a machine does")
        return Destination(self.name, url, why="its platform takes no automatic applications")
