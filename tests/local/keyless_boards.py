"""The keyless boards on one loopback address: invented openings of every trade, in each board's own format."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any

from sandbox.ads.content import openings
from sandbox.ads.jobs import InventedJob
from tests.http_double import Answer, Call, HttpDouble, serving

BOARDS = ("remoteok", "remotive", "arbeitnow", "weworkremotely", "themuse")
SEED = 4711
EACH = 60
"""Openings a board has."""


@dataclass
class KeylessBoards(HttpDouble):
    """All of them, below one address."""

    shares: dict[str, list[InventedJob]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What leads there."""
        return {f"{board.upper()}_BASE_URL": f"{self.url}/{board}" for board in BOARDS}

    @property
    def seen(self) -> list[Call]:
        """The calls to boards, without those for robots.txt and the like."""
        return [call for call in self.calls if board_of(call) in self.shares]

    def reply(self, call: Call) -> Answer:
        board = board_of(call)
        if board not in self.shares:
            return Answer(404)
        kind = "application/rss+xml" if board == "weworkremotely" else "application/json"
        return Answer(200, answer(board, self.shares[board], int(call.query.get("page", "1"))), {"Content-Type": kind})


def board_of(call: Call) -> str:
    """The board that a call is for."""
    return call.path.strip("/").partition("/")[0].partition("?")[0]


def keyless_boards() -> AbstractContextManager[KeylessBoards]:
    """Serves them for the length of the block."""
    jobs = [job for job in openings(SEED) if not job.expired]
    return serving(KeylessBoards(shares={board: jobs[number :: len(BOARDS)][:EACH] for number, board in enumerate(BOARDS)}))


def posted(job: InventedJob) -> datetime:
    return datetime.now(UTC) - timedelta(hours=job.hours)


def answer(board: str, jobs: Sequence[InventedJob], page: int) -> str:
    """What a board answers."""
    if board == "weworkremotely":
        items = "".join(map(_item, jobs))
        return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Remote jobs</title>{items}</channel></rss>'
    if board == "remoteok":
        return json.dumps([{"legal": "Link back, please."}, *map(_remoteok, jobs)])
    if board == "remotive":
        return json.dumps({"jobs": [_remotive(job) for job in jobs]})
    if board == "arbeitnow":
        return json.dumps({"data": [_arbeitnow(job) for job in jobs] if page == 1 else [], "links": {}, "meta": {}})
    shown = jobs[(page - 1) * 20 : page * 20]
    return json.dumps({"page": page, "page_count": 3, "results": [_muse(job) for job in shown]})


def _slug(job: InventedJob) -> str:
    return f"opening-{job.number}"


def _remoteok(job: InventedJob) -> dict[str, Any]:
    return {
        "id": str(90_000 + job.number), "date": posted(job).isoformat(), "company": job.company.name, "position": job.title,
        "description": job.html, "location": job.place.city, "url": f"https://remoteok.com/remote-jobs/{90_000 + job.number}",
    }  # fmt: skip


def _remotive(job: InventedJob) -> dict[str, Any]:
    return {
        "id": 1_900_000 + job.number, "url": f"https://remotive.com/remote-jobs/all/{_slug(job)}", "title": job.title,
        "company_name": job.company.name, "job_type": "full_time", "publication_date": f"{posted(job):%Y-%m-%dT%H:%M:%S}",
        "candidate_required_location": job.place.country, "salary": job.salary or "", "description": job.html,
    }  # fmt: skip


def _arbeitnow(job: InventedJob) -> dict[str, Any]:
    return {
        "slug": _slug(job), "company_name": job.company.name, "title": job.title, "description": job.html, "remote": job.mode == "remote",
        "url": f"https://www.arbeitnow.com/jobs/companies/{_slug(job)}", "tags": [], "job_types": ["Full Time"],
        "location": job.place.city, "created_at": int(posted(job).timestamp()),
    }  # fmt: skip


def _muse(job: InventedJob) -> dict[str, Any]:
    return {
        "id": 555_000 + job.number, "name": job.title, "contents": job.html, "publication_date": f"{posted(job):%Y-%m-%dT%H:%M:%SZ}",
        "locations": [{"name": f"{job.place.city}, {job.place.country}"}], "levels": [],
        "refs": {"landing_page": f"https://www.themuse.com/jobs/all/{_slug(job)}"}, "company": {"name": job.company.name},
    }  # fmt: skip


def _item(job: InventedJob) -> str:
    link = f"https://weworkremotely.com/remote-jobs/{_slug(job)}"
    return (
        f"<item><title>{escape(job.company.name)}: {escape(job.title)}</title><region>Anywhere in the World</region>"
        f"<type>Full-Time</type><description>{escape(job.html)}</description><pubDate>{format_datetime(posted(job))}</pubDate>"
        f"<guid>{link}</guid><link>{link}</link></item>"
    )
