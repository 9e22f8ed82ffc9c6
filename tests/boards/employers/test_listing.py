"""A complete list that no longer has a posting closes it at once; what pages or caps closes nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from rolecall.boards.scrape import ScrapeResult, scrape
from rolecall.errors import BoardError
from rolecall.models import SearchQuery
from rolecall.store import Connection
from tests.boards.board_server import FakeBoard
from tests.http_double import Answer


def offer(number: int) -> dict[str, Any]:
    return {"id": number, "title": f"Keeper {number}", "company_name": "Hive", "careers_url": f"https://hive.recruitee.com/o/{number}"}


class Employer:
    """One employer's board, whose list is what the test says."""

    def __init__(self, fake: FakeBoard, dsn: str) -> None:
        self.offers: list[dict[str, Any]] = []
        self._fake, self._dsn, self._runs = fake, dsn, 0
        fake.routes["/hive/api/offers/"] = lambda _: Answer(body=json.dumps({"offers": self.offers}))
        fake.routes["/v0/postings/hive"] = lambda query: Answer(body=json.dumps(self.lever if query["skip"] == "0" else []))
        self.lever: list[dict[str, Any]] = []

    def read(self, board: str = "recruitee", most: int = 100, company: str = "hive") -> ScrapeResult:
        self._runs += 1
        query = SearchQuery(company=company, max_results=most)
        return asyncio.run(scrape(board, query, dsn=self._dsn, run_id=f"r{self._runs}", base_url=self._fake.url))


@pytest.fixture
def employer(fake: FakeBoard, dsn: str) -> Employer:
    return Employer(fake, dsn)


def is_open(db: Connection) -> dict[str, bool]:
    db.commit()
    return {row["external_id"]: not row["expired"] for row in db.execute("select external_id, expired from posting order by 1").fetchall()}


def test_what_a_complete_list_no_longer_has_is_closed_at_once_and_open_again_when_it_has_it(employer: Employer, db: Connection) -> None:
    employer.offers = [offer(1), offer(2), offer(3)]
    assert employer.read().closed == 0
    db.execute("update posting set aggregated_hash = content_hash, delivered_at = now()")
    db.commit()
    employer.offers = [offer(1), offer(3)]
    assert employer.read().closed == 1
    assert is_open(db) == {"1": True, "2": False, "3": True}
    news = db.execute(
        "select external_id from posting where aggregated_hash is distinct from content_hash and delivered_at is null"
    ).fetchall()
    assert news == [{"external_id": "2"}]  # the catalog and the platform hear of it
    assert employer.read().closed == 0
    employer.offers = [offer(1), offer(2), offer(3)]
    assert employer.read().closed == 0
    assert is_open(db) == {"1": True, "2": True, "3": True}


def test_an_empty_list_closes_everything(employer: Employer, db: Connection) -> None:
    employer.offers = [offer(1), offer(2)]
    employer.read()
    employer.offers = []
    assert (employer.read().outcome, is_open(db)) == ("EmptyResult", {"1": False, "2": False})


def test_a_card_that_cannot_be_read_is_not_gone(employer: Employer, db: Connection) -> None:
    employer.offers = [offer(1), offer(2), offer(3)]
    employer.read()
    employer.offers = [offer(1), {**offer(2), "title": None}, offer(3)]
    assert employer.read().closed == 0
    assert is_open(db)["2"]


def test_a_list_that_is_cut_or_broken_closes_nothing(employer: Employer, fake: FakeBoard, db: Connection) -> None:
    employer.offers = [offer(1), offer(2), offer(3)]
    employer.read()
    employer.offers = [offer(3), offer(2)]
    assert employer.read(most=1).closed == 0
    for answer in (Answer(body="{}"), Answer(body="<html>Maintenance</html>"), Answer(503)):
        fake.routes["/hive/api/offers/"] = lambda _, answer=answer: answer  # type: ignore[misc]
        with pytest.raises(BoardError):
            employer.read()
    assert all(is_open(db).values())


def test_one_employers_list_closes_no_others_postings(employer: Employer, fake: FakeBoard, db: Connection) -> None:
    employer.offers = [offer(1), offer(2)]
    employer.read()
    fake.routes["/other/api/offers/"] = lambda _: Answer(body=json.dumps({"offers": [offer(9)]}))
    employer.read(company="other")
    assert is_open(db) == {"1": True, "2": True, "9": True}


def test_a_board_that_pages_closes_nothing(employer: Employer, db: Connection) -> None:
    employer.lever = [{"id": str(n), "text": f"Keeper {n}", "hostedUrl": f"https://jobs.lever.co/hive/{n}"} for n in range(3)]
    employer.read("lever")
    employer.lever = employer.lever[:1]
    assert employer.read("lever").closed == 0
    assert all(is_open(db).values())
