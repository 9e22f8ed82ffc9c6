"""The keyless boards on one loopback address: invented openings of every trade, in each board's own format."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.content import openings
from sandbox.jobs import Job

BOARDS = ("remoteok", "remotive", "arbeitnow", "weworkremotely", "themuse")
SEED = 4711
EACH = 60
"""Openings a board has."""


@dataclass
class Behind:
    """The server: its address, and how often each board was asked, with which user agents."""

    url: str
    asked: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)

    @property
    def environment(self) -> dict[str, str]:
        """What leads there."""
        return {f"{board.upper()}_BASE_URL": f"{self.url}/{board}" for board in BOARDS}


@contextmanager
def behind() -> Iterator[Behind]:
    """Serves for the length of the block."""
    jobs = [job for job in openings(SEED) if not job.expired]
    shares = {board: jobs[number :: len(BOARDS)][:EACH] for number, board in enumerate(BOARDS)}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            board = parts.path.strip("/").partition("/")[0]
            found = board in shares
            body = answer(board, shares[board], int(parse_qs(parts.query).get("page", ["1"])[0])).encode() if found else b""
            if found:
                state.asked[board] += 1
                state.agents.add(self.headers["User-Agent"])
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/rss+xml" if board == "weworkremotely" else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state = Behind(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


def posted(job: Job) -> datetime:
    return datetime.now(UTC) - timedelta(hours=job.hours)


def answer(board: str, jobs: Sequence[Job], page: int) -> str:
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


def _slug(job: Job) -> str:
    return f"opening-{job.number}"


def _remoteok(job: Job) -> dict[str, Any]:
    return {
        "id": str(90_000 + job.number), "date": posted(job).isoformat(), "company": job.company.name, "position": job.title,
        "description": job.html, "location": job.place.city, "url": f"https://remoteok.com/remote-jobs/{90_000 + job.number}",
    }  # fmt: skip


def _remotive(job: Job) -> dict[str, Any]:
    return {
        "id": 1_900_000 + job.number, "url": f"https://remotive.com/remote-jobs/all/{_slug(job)}", "title": job.title,
        "company_name": job.company.name, "job_type": "full_time", "publication_date": f"{posted(job):%Y-%m-%dT%H:%M:%S}",
        "candidate_required_location": job.place.country, "salary": job.salary or "", "description": job.html,
    }  # fmt: skip


def _arbeitnow(job: Job) -> dict[str, Any]:
    return {
        "slug": _slug(job), "company_name": job.company.name, "title": job.title, "description": job.html, "remote": job.mode == "remote",
        "url": f"https://www.arbeitnow.com/jobs/companies/{_slug(job)}", "tags": [], "job_types": ["Full Time"],
        "location": job.place.city, "created_at": int(posted(job).timestamp()),
    }  # fmt: skip


def _muse(job: Job) -> dict[str, Any]:
    return {
        "id": 555_000 + job.number, "name": job.title, "contents": job.html, "publication_date": f"{posted(job):%Y-%m-%dT%H:%M:%SZ}",
        "locations": [{"name": f"{job.place.city}, {job.place.country}"}], "levels": [],
        "refs": {"landing_page": f"https://www.themuse.com/jobs/all/{_slug(job)}"}, "company": {"name": job.company.name},
    }  # fmt: skip


def _item(job: Job) -> str:
    link = f"https://weworkremotely.com/remote-jobs/{_slug(job)}"
    return (
        f"<item><title>{escape(job.company.name)}: {escape(job.title)}</title><region>Anywhere in the World</region>"
        f"<type>Full-Time</type><description>{escape(job.html)}</description><pubDate>{format_datetime(posted(job))}</pubDate>"
        f"<guid>{link}</guid><link>{link}</link></item>"
    )
