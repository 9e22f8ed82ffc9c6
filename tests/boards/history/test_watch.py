"""Fields that vanish from pages which can still be read."""

from __future__ import annotations

import asyncio

import pytest

from rolecall.boards.scrape import ScrapeResult, record, scrape
from rolecall.models import SearchQuery
from rolecall.store import Connection
from tests.boards.board_server import MORE, SEARCH, FakeBoard, linkedin_like
from tests.boards.sites.linkedin_pages import card, page
from tests.http_double import Answer


def history(db: Connection, runs: int, **fill: float) -> None:
    for number in range(runs):
        record(db, f"h{number}", ScrapeResult("linkedin", "baker @ anywhere", cards=25, landed=25, fill=fill))
        db.commit()


def run(fake: FakeBoard, dsn: str, run_id: str) -> ScrapeResult:
    return asyncio.run(scrape("linkedin", SearchQuery(keywords="baker", max_results=12), dsn=dsn, base_url=fake.url, run_id=run_id))


def dateless(fake: FakeBoard) -> None:
    cards = [card(2000 + number, base=fake.url, day="").replace("2 weeks ago", "") for number in range(12)]
    fake.routes[SEARCH] = lambda _: Answer(body=page(*cards))
    fake.routes[MORE] = lambda _: Answer(body="")


def test_a_field_that_vanishes_is_named_while_it_lasts_and_what_was_read_is_kept(fake: FakeBoard, dsn: str, db: Connection) -> None:
    history(db, 3, title=1.0, company=1.0, location=1.0, posted_at=1.0)
    linkedin_like(fake, 12)
    dateless(fake)
    first, second = run(fake, dsn, "r1"), run(fake, dsn, "r2")
    assert (first.outcome, first.landed) == ("LayoutChanged", 12)
    assert first.error == second.error == "fields vanish: posted_at 0% of cards (usually 100%)"
    assert second.outcome == "LayoutChanged"
    linkedin_like(fake, 12)
    assert (run(fake, dsn, "r3").outcome, run(fake, dsn, "r4").error) == ("ok", None)
    found = db.execute("select latest, usual from board_fill where board = 'linkedin' and field = 'posted_at'").fetchone()
    assert found == {"latest": 1.0, "usual": 1.0}


def test_what_is_gone_for_a_month_is_the_new_usual(fake: FakeBoard, dsn: str, db: Connection) -> None:
    history(db, 3, title=1.0, posted_at=1.0)
    db.execute("update board_run set finished_at = now() - interval '31 days'")
    db.commit()
    linkedin_like(fake, 12)
    dateless(fake)
    assert run(fake, dsn, "r1").outcome == "ok"


@pytest.mark.parametrize(("runs", "share"), [(2, 1.0), (5, 0.1), (0, 1.0)])
def test_without_enough_history_or_for_a_field_that_is_often_missing_nothing_is_said(
    fake: FakeBoard, dsn: str, db: Connection, runs: int, share: float
) -> None:
    history(db, runs, title=1.0, posted_at=share)
    linkedin_like(fake, 12)
    dateless(fake)
    assert run(fake, dsn, "r1").outcome == "ok"
