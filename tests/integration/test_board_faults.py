"""A board breaks and recovers: the real scraper, delivery and report against a real sandbox process and a real Postgres."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rolecall.boards.board_report import report
from rolecall.boards.deliver_jobs import deliver
from rolecall.boards.scrape import scrape
from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import Blocked, BoardError, LayoutChanged, LoginWall, RateLimited
from rolecall.models import SearchQuery
from rolecall.store import Connection
from tests.conftest import free_port, running
from tests.world import messages

ROOT = Path(__file__).parents[2]
BOARDS = {"linkedin": "LinkedIn", "indeed": "Indeed", "glassdoor": "Glassdoor"}
QUERIES = [SearchQuery(keywords=keywords, max_results=4) for keywords in ("nurse", "engineer")]
FAULTS: list[tuple[dict[str, Any], type[BoardError]]] = [
    ({"kind": "layout"}, LayoutChanged),
    ({"kind": "rate_limit", "seconds": 600}, RateLimited),
    ({"kind": "login_wall"}, LoginWall),
    ({"kind": "status", "status": 999}, Blocked),
]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The sandbox, a process of its own."""
    port, folder = free_port(), tmp_path_factory.mktemp("sandbox")
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--smtp-port", "0", "--state", str(folder / "state")]
    with running(command, folder / "log", signal.SIGTERM), httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        deadline = time.monotonic() + 30
        while True:
            try:
                client.get("/_sandbox/health").raise_for_status()
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.05)
        yield client


def confirm(request: httpx.Request) -> httpx.Response:
    """A platform that takes everything."""
    return httpx.Response(201, json={"count": len(json.loads(request.content)["jobs"])})


def run(board: str, run_id: str, sandbox: httpx.Client, dsn: str, db: Connection) -> set[str]:
    """One run of ``scrape_<board>`` without Airflow; returns the outcomes of its searches by name."""
    outcomes = set()
    for query in QUERIES:
        try:
            outcomes.add(asyncio.run(scrape(board, query, dsn=dsn, run_id=run_id, base_url=f"{sandbox.base_url}/{board}")).outcome)
        except BoardError as error:
            outcomes.add(type(error).__name__)
    with PlatformClient("http://platform.test", "t", transport=httpx.MockTransport(confirm)) as platform:
        deliver(dsn, platform, board, run_id=run_id)
    report(db, board, run_id, [query.key for query in QUERIES])
    db.commit()
    return outcomes


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=[error.__name__ for _, error in FAULTS])
@pytest.mark.parametrize("board", list(BOARDS))
def test_a_fault_has_its_name_one_alert_and_recovery_on_the_next_run(
    board: str, fault: dict[str, Any], error: type[BoardError], sandbox: httpx.Client, dsn: str, db: Connection
) -> None:
    sandbox.put("/_sandbox/faults", json={"target": board, "times": None, **fault}).raise_for_status()
    try:
        assert run(board, "r1", sandbox, dsn, db) == run(board, "r2", sandbox, dsn, db) == {error.__name__}
    finally:
        sandbox.delete("/_sandbox/faults").raise_for_status()
    (alert,) = messages(db, "#alerts")
    assert alert.startswith(f"Error scraping {BOARDS[board]} jobs: {error.__name__}: ")
    assert messages(db, "#job-scraping") == []

    assert run(board, "r3", sandbox, dsn, db) == {"ok"}
    postings = db.execute("select count(*) as n, count(description) as full from posting where delivered_at is not null").fetchone()
    assert postings is not None
    assert postings["n"] == postings["full"] > 4
    assert messages(db, "#alerts") == [alert]
    again, success = sorted(messages(db, "#job-scraping"))
    assert again.startswith(f"{BOARDS[board]} can be scraped again: {error.__name__} is over, it began ")
    assert success == f"Successfully scraped {postings['n']} jobs from {BOARDS[board]}"


def test_glassdoors_further_pages_are_read_by_the_cursors_that_its_pages_give(sandbox: httpx.Client, dsn: str) -> None:
    query = SearchQuery(keywords="", max_results=70)
    result = asyncio.run(scrape("glassdoor", query, dsn=dsn, run_id="r", base_url=f"{sandbox.base_url}/glassdoor"))
    assert (result.outcome, result.landed, result.swept) == ("ok", 70, True)
