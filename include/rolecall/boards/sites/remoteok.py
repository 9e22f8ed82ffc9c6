"""Remote OK: ``GET /api``, all current postings in one answer, no key; it asks for a link back, which every posting's ``url`` is.

Format: https://remoteok.com/api and its legal notice; read off a recorded answer. The list begins with that notice; companies may be blank,
texts hold entities and mojibake. Every posting is remote: that is what the board is for.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from rolecall.boards.base import Board, Page, Request, Unreadable, json_document, read_cards
from rolecall.boards.employers import EMPTY, as_raw
from rolecall.boards.jsonld import number as positive
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.dates import believable, epoch, iso
from rolecall.text.html import as_dict, as_text, description_of, plain, repaired, safe_html
from rolecall.text.money import Salary
from rolecall.text.places import place


class RemoteOk(Board):
    """Remote OK's feed."""

    name = "remoteok"
    title = "Remote OK"
    hosts = ("remoteok.com", "remoteok.io")
    default_base_url = "https://remoteok.com"
    seconds_per_request = 5.0
    can = frozenset()
    everything = 500
    rich_fields = ("posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The one answer with everything."""
        return Request(f"{self.base(base_url)}/api") if number == 0 else None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads the list behind the legal notice."""
        found = json_document(text)
        if not isinstance(found, list):
            raise Unreadable("LayoutChanged", f"JSON without a list: {json.dumps(found, default=str)[:200]}")
        jobs = [one for one in found if "legal" not in as_dict(one)]
        if not jobs:
            raise Unreadable("EmptyResult", EMPTY) if found else Unreadable("LayoutChanged", "an empty list, without even the legal notice")
        return read_cards(jobs, lambda job: self._posting(as_dict(job), fetched_at), as_raw)

    def _posting(self, job: dict[str, Any], fetched_at: datetime) -> JobPosting:
        html = repaired(as_text(job.get("description")))
        location = plain(repaired(as_text(job.get("location"))))
        where = place(location)
        stamp = as_text(job.get("epoch"))
        low, high = positive(job.get("salary_min")), positive(job.get("salary_max"))
        return JobPosting(
            board=self.name,
            external_id=as_text(job.get("id")),
            url=as_text(job.get("url")),
            title=plain(repaired(as_text(job.get("position")))),
            company=plain(repaired(as_text(job.get("company")))),
            location=location,
            **where.fields(),
            remote="remote",
            posted_at=believable(iso(as_text(job.get("date"))) or epoch(int(stamp) if stamp.isdecimal() else None), fetched_at),
            description=description_of(html),
            description_html=safe_html(html) if "<" in html else None,
            apply_url=as_text(job.get("apply_url")) or None,
            apply_kind="external" if job.get("apply_url") else None,
            raw={name: value for name, value in job.items() if name != "description"},
            **Salary(low, high, "USD", "year").fields(),
        )
