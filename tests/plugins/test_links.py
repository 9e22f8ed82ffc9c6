"""Buttons of a task's page lead to the ad that it was about, and to the boards' figures; a run's note says what it did."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from rolecall.boards.landing import land
from rolecall.catalog import aggregate
from rolecall.links.ad_link import AdLink
from rolecall.links.figures_link import FiguresLink
from rolecall.operators.ai_job_matcher_operator import AIJobMatcherOperator
from rolecall.operators.application_task import ApplicationTask
from rolecall.operators.job_scraper_operator import JobScraperOperator
from rolecall.operators.plan_applications_operator import PlanApplicationsOperator
from rolecall.run_notes import words
from rolecall.store import Connection
from tests.airflow_home import as_airflow_reads_it
from tests.catalog.conftest import posting


@pytest.fixture(autouse=True)
def _store(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ROLECALL_DB", as_airflow_reads_it({"ROLECALL_DSN": dsn})["AIRFLOW_CONN_ROLECALL_DB"])


def test_a_match_leads_to_its_best_job(db: Connection) -> None:
    land(db, [posting(external_id="1", url="https://boards.example/ad/1")])
    aggregate(db)
    job = db.execute("select id from job").fetchone()
    db.commit()
    assert job is not None
    assert AdLink().get_link(SimpleNamespace(ad_of=job["id"]), ti_key=None) == "https://boards.example/ad/1"
    assert AdLink().get_link(SimpleNamespace(ad_of="nobody-knows-it"), ti_key=None) == ""
    assert AdLink().get_link(SimpleNamespace(), ti_key=None) == ""


def test_an_application_that_is_not_there_leads_nowhere() -> None:
    gone = SimpleNamespace(op_kwargs={"application_id": "00000000-0000-0000-0000-000000000000"})
    assert AdLink().get_link(gone, ti_key=None) == ""


def test_the_boards_figures_are_at_airflows_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/a/prefix/")
    assert FiguresLink().get_link(None, ti_key=None) == "https://airflow.example/a/prefix/figures/"


@pytest.mark.parametrize(
    ("operator", "name"),
    [(JobScraperOperator, "Boards' figures"), (AIJobMatcherOperator, "Ad"), (PlanApplicationsOperator, "Ad"), (ApplicationTask, "Ad")],
)
def test_each_operator_has_its_button(operator: Any, name: str) -> None:
    assert name in [link.name for link in operator.operator_extra_links]


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([("merge_postings", {"postings": 60, "merged": 0}), ("announce", None)], "merge_postings: postings 60"),
        ([("deliver", 12), ("report", {"words": "person@example.com", "sent": 2})], "deliver: 12\nreport: sent 2"),
        ([("sent", {"n": 0}), ("fine", True)], ""),
    ],
)
def test_a_note_holds_counts_and_no_text_that_could_name_somebody(results: list[tuple[str, Any]], said: str) -> None:
    assert words(results) == said


def test_a_note_is_never_longer_than_airflow_takes() -> None:
    assert len(words([(f"task{n}", {"rows": n + 1}) for n in range(500)])) <= 1000
