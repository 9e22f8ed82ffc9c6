"""Where the operator asks a board: its connection, else the environment, and in the sandbox nobody outside."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from rolecall.boards import BOARDS
from rolecall.errors import BudgetSpent, InvalidInput, NotInSandbox
from rolecall.models import SearchQuery
from rolecall.operators.job_scraper_operator import JobScraperOperator
from rolecall.store import Connection
from tests.boards.board_server import FakeBoard, linkedin_like
from tests.http_double import Answer


@pytest.fixture(autouse=True)
def _store(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.airflow_home import as_airflow_reads_it

    monkeypatch.setenv("AIRFLOW_CONN_ROLECALL_DB", as_airflow_reads_it({"ROLECALL_DSN": dsn})["AIRFLOW_CONN_ROLECALL_DB"])
    for name in ("SANDBOX_URL", "LINKEDIN_BASE_URL", "AIRFLOW_CONN_BOARD_LINKEDIN"):
        monkeypatch.delenv(name, raising=False)


def run(board: str, *, began: datetime | None = None, **how: Any) -> dict[str, Any]:
    of_run = SimpleNamespace(run_id="r1", run_type="manual", logical_date=None, start_date=began or datetime.now(UTC))
    context: Any = {"dag_run": of_run, "params": {}}
    operator = JobScraperOperator(task_id="scrape", platform=board, **{"keywords": "baker", **how})
    return operator.execute(context)


def test_a_connection_made_in_the_ui_is_where_the_board_is_asked(fake: FakeBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    linkedin_like(fake, 3)
    host, port = fake.url.removeprefix("http://").split(":")
    monkeypatch.setenv("AIRFLOW_CONN_BOARD_LINKEDIN", json.dumps({"conn_type": "http", "schema": "http", "host": host, "port": int(port)}))
    assert run("linkedin")["landed"] == 3


def test_a_connection_with_a_key_alone_leaves_the_address_to_the_environment(fake: FakeBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    linkedin_like(fake, 3)
    monkeypatch.setenv("AIRFLOW_CONN_BOARD_LINKEDIN", json.dumps({"conn_type": "http", "password": "key"}))
    monkeypatch.setenv("LINKEDIN_BASE_URL", fake.url)
    assert run("linkedin")["landed"] == 3


def test_any_page_with_job_postings_is_a_board_by_its_base_address(
    fake: FakeBoard, monkeypatch: pytest.MonkeyPatch, db: Connection
) -> None:
    posting = {
        "@type": "JobPosting", "title": "Baker", "hiringOrganization": {"name": "Crumb"}, "url": f"{fake.url}/careers/1",
        "datePosted": "2026-01-01", "description": "Bread.",  # any day: it lands however old it is
    }  # fmt: skip
    script = f'<html><script type="application/ld+json">{json.dumps(posting)}</script></html>'
    fake.routes["/careers/1"] = lambda _: Answer(body=script)
    monkeypatch.setenv("JSONLD_BASE_URL", fake.url)
    assert run("jsonld", keywords="careers/1")["landed"] == 1
    assert db.execute("select title from posting").fetchall() == [{"title": "Baker"}]


@pytest.mark.parametrize("board", [name for name in BOARDS if name not in ("linkedin", "indeed", "glassdoor")])
def test_with_the_sandbox_on_a_board_it_does_not_play_is_refused_by_name_and_nobody_is_asked(
    fake: FakeBoard, monkeypatch: pytest.MonkeyPatch, db: Connection, board: str
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a request left")

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", refuse)
    monkeypatch.setenv("SANDBOX_URL", fake.url)
    with pytest.raises((NotInSandbox, InvalidInput), match=f"set {board.upper()}_BASE_URL"):
        run(board, company="acme", location="Leeds, United Kingdom")
    assert db.execute("select outcome from board_run").fetchall() == [{"outcome": "NotInSandbox"}]
    assert fake.seen == []


def test_the_sandbox_is_asked_for_the_boards_it_plays(fake: FakeBoard, monkeypatch: pytest.MonkeyPatch) -> None:
    linkedin_like(fake, 2)
    fake.routes |= {f"/linkedin{path}": route for path, route in fake.routes.items()}
    fake.prefixes |= {f"/linkedin{path}": route for path, route in fake.prefixes.items()}
    monkeypatch.setenv("SANDBOX_URL", fake.url)
    assert run("linkedin")["cards"] == 2
    assert all(path.startswith("/linkedin/") for path in fake.pages_asked())


def test_late_in_a_run_no_board_is_asked_and_the_search_says_so(fake: FakeBoard, monkeypatch: pytest.MonkeyPatch, db: Connection) -> None:
    linkedin_like(fake, 2)
    monkeypatch.setenv("LINKEDIN_BASE_URL", fake.url)
    with pytest.raises(BudgetSpent):
        run("linkedin", began=datetime.now(UTC) - timedelta(minutes=101))
    assert fake.seen == []
    assert db.execute("select outcome from board_run").fetchall() == [{"outcome": "BudgetSpent"}]
    assert run("linkedin", began=datetime.now(UTC) - timedelta(minutes=99))["landed"] == 2


def test_every_field_of_a_search_is_one_of_the_operators() -> None:
    search = SearchQuery(keywords="nurse", location="Leeds", max_results=7, company="acme", remote=True)
    assert set(SearchQuery.model_fields) == set(search.model_dump())
    assert JobScraperOperator(task_id="scrape", platform="linkedin", **search.model_dump()).query == search


def test_whatever_a_search_says_reaches_the_operator_it_is_mapped_over() -> None:
    query = SearchQuery(keywords="baker", location="Graz", remote=True, max_results=7, radius=50, max_age_days=3, contract="full-time")
    for one in (query, SearchQuery(company="acme"), SearchQuery()):
        operator = JobScraperOperator(task_id="scrape", platform="linkedin", **one.model_dump())
        assert (operator.query, operator.label) == (one, one.key)
