"""Landing: one row a posting, whichever door it came through, and nothing lost or counted twice."""

from __future__ import annotations

import hashlib
import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from rolecall.boards.landing import Landed, land, split_repeats
from rolecall.models import JobPosting
from rolecall.store import Connection, connect

DAY = datetime(2026, 3, 1, tzinfo=UTC)  # any day: postings say it; where they land by a clock, it is this one


def posting(**changed: Any) -> JobPosting:
    fields: dict[str, Any] = {
        "board": "linkedin", "external_id": "101", "url": "https://www.linkedin.com/jobs/view/baker-at-crumb-101",
        "title": "Baker", "company": "Crumb & Co",
        "location": "Graz, Styria, Austria", "city": "Graz", "region": "Styria", "country": "Austria",
        "posted_at": DAY, "raw": {"listed": "today"},
    }  # fmt: skip
    return JobPosting(**{**fields, **changed})


def counts(landed: Landed) -> tuple[int, int, int]:
    return landed.new, landed.changed, landed.unchanged


def row(db: Connection, external_id: str = "101") -> dict[str, Any]:
    found = db.execute("select * from posting where external_id = %s", (external_id,)).fetchone()
    assert found is not None
    return found


def test_a_posting_is_new_once_and_then_unchanged_but_seen_again(db: Connection) -> None:
    assert counts(land(db, [posting()], now=DAY)) == (1, 0, 0)
    later = DAY.replace(day=2)
    assert counts(land(db, [posting()], now=later)) == (0, 0, 1)
    assert (row(db)["changed_at"], row(db)["first_seen_at"], row(db)["last_seen_at"]) == (DAY, DAY, later)


def test_what_landed_is_the_callers_to_commit(db: Connection) -> None:
    assert counts(land(db, [posting()])) == (1, 0, 0)
    db.rollback()
    assert db.execute("select * from posting").fetchall() == []


def test_a_changed_title_counts_as_changed_and_is_to_be_delivered_again(db: Connection) -> None:
    land(db, [posting()])
    db.execute("update posting set delivered_at = now()")
    assert counts(land(db, [posting(title="Head Baker")])) == (0, 1, 0)
    assert row(db)["title"] == "Head Baker"
    assert row(db)["delivered_at"] is None


def test_a_later_card_never_erases_what_the_detail_page_gave(db: Connection) -> None:
    land(db, [posting()])
    full = posting(
        description="Bread.", apply_url="https://crumb.example/apply", apply_kind="external", employment_type="full-time", salary_min=1.5
    )
    assert counts(land(db, [full], detailed=True)) == (0, 1, 0)
    assert counts(land(db, [posting()])) == (0, 0, 1)
    kept = row(db)
    assert (kept["description"], kept["apply_url"], kept["employment_type"], float(kept["salary_min"])) == (
        "Bread.", "https://crumb.example/apply", "full-time", 1.5,
    )  # fmt: skip


def test_a_detail_page_leaves_the_cards_own_fields_alone_so_that_nothing_flaps(db: Connection) -> None:
    land(db, [posting(location="Brno, South Moravia, Czech Republic")])
    land(db, [posting(location="Brno, South Moravia, Czechia", title="Baker (m/f/d)", description="Bread.")], detailed=True)
    assert (row(db)["location"], row(db)["title"]) == ("Brno, South Moravia, Czech Republic", "Baker")
    assert counts(land(db, [posting(location="Brno, South Moravia, Czech Republic")])) == (0, 0, 1)


def test_a_salary_that_card_and_detail_page_tell_differently_does_not_flap(db: Connection) -> None:
    card = posting(salary_min=50_000, salary_currency="EUR", salary_interval="year")
    full = posting(salary_min=50_000, salary_max=60_000, salary_currency="EUR", salary_interval="year", description="Bread.")
    land(db, [card])
    land(db, [full], detailed=True)
    assert counts(land(db, [card])) == (0, 0, 1)
    assert counts(land(db, [full], detailed=True)) == (0, 0, 1)


def test_what_another_search_said_of_the_same_place_stays_known(db: Connection) -> None:
    land(db, [posting(location="Berlin", city="Berlin", country="Germany")])
    assert counts(land(db, [posting(location="Berlin", city="Berlin", country=None)])) == (0, 0, 1)
    land(db, [posting(location="Hamburg", city="Hamburg", country=None)])
    assert (row(db)["city"], row(db)["country"]) == ("Hamburg", None)


def test_a_relative_date_never_replaces_a_known_one(db: Connection) -> None:
    land(db, [posting()])
    drifted = posting(posted_at=DAY.replace(day=9), raw={"posted_is_relative": True})
    assert counts(land(db, [drifted])) == (0, 0, 1)
    assert row(db)["posted_at"] == DAY


def test_only_a_detail_page_can_say_that_an_expired_posting_is_open_again(db: Connection) -> None:
    land(db, [posting(expired=True)], detailed=True)
    land(db, [posting()])
    assert row(db)["expired"] is True
    land(db, [posting()], detailed=True)
    assert row(db)["expired"] is False


def test_one_posting_twice_in_a_batch_is_one_row_with_what_both_say(db: Connection) -> None:
    landed = land(db, [posting(description="Bread."), posting(), posting(), posting(title="Head Baker")])
    assert landed.new == 1
    assert (row(db)["title"], row(db)["description"]) == ("Head Baker", "Bread.")


def test_our_own_delivery_coming_back_through_the_bulk_door_is_a_no_op(db: Connection) -> None:
    land(db, [posting(description="Bread.")], now=DAY)
    before = row(db)
    assert counts(land(db, [posting(title="bulk says otherwise")], door="bulk")) == (0, 0, 1)
    assert row(db) == before


def test_the_bulk_door_lands_what_nobody_scraped_as_already_delivered(db: Connection) -> None:
    assert counts(land(db, [posting()], door="bulk")) == (1, 0, 0)
    assert (row(db)["door"], row(db)["delivered_at"] is not None) == ("bulk", True)
    assert counts(land(db, [posting()], door="bulk")) == (0, 0, 1)
    assert counts(land(db, [posting()], door="scrape")) == (0, 0, 1)
    assert row(db)["door"] == "scrape"


def test_nul_characters_and_lone_surrogates_land_without_an_exception(db: Connection) -> None:
    odd = posting().model_copy(update={"title": "Bak\0er \ud83d", "raw": {"a\0b": ["\udc00", float("nan")]}})
    assert counts(land(db, [odd])) == (1, 0, 0)
    assert row(db)["title"] == "Baker \ufffd"


def test_new_changed_and_never_detailed_postings_want_their_detail_page(db: Connection) -> None:
    assert [one.external_id for one in land(db, [posting()]).wanting] == ["101"]
    assert [one.external_id for one in land(db, [posting()]).wanting] == ["101"]
    land(db, [posting(description="Bread.")], detailed=True)
    assert land(db, [posting()]).wanting == ()
    assert [one.external_id for one in land(db, [posting(title="Head Baker")]).wanting] == ["101"]


def test_a_thousand_postings_and_an_empty_batch_land(db: Connection) -> None:
    many = [posting(external_id=str(number)) for number in range(1200)]
    assert counts(land(db, many)) == (1200, 0, 0)
    assert counts(land(db, many)) == (0, 0, 1200)
    assert counts(land(db, [])) == (0, 0, 0)


def test_two_runs_that_land_the_same_postings_at_once_never_deadlock_or_lose_a_description(dsn: str) -> None:
    cards = [posting(external_id=str(number)) for number in range(200)]
    full = [posting(external_id=str(number), description="Bread.") for number in reversed(range(200))]
    errors: list[Exception] = []

    def work(postings: list[JobPosting], detailed: bool) -> None:
        try:
            for _ in range(3):
                with connect(dsn) as conn:
                    land(conn, postings, detailed=detailed)
        except Exception as error:
            errors.append(error)

    workers = [threading.Thread(target=work, args=args) for args in ((cards, False), (full, True), (cards[::-1], False))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert errors == []
    with connect(dsn) as conn:
        assert conn.execute("select count(*) as n, count(description) as d from posting").fetchone() == {"n": 200, "d": 200}


@pytest.mark.parametrize("hostile", ["'; drop table posting; --", "%s %(x)s {}", "\\u0000", "☃" * 5000])
def test_texts_are_data(db: Connection, hostile: str) -> None:
    land(db, [posting(title=hostile, description=hostile)])
    assert row(db)["title"] == hostile


LONG = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(125))
"""Eight thousand characters that cannot be compressed to fit into an index."""


def unchecked(**fields: Any) -> JobPosting:
    """A posting as no parser of ours makes it."""
    return posting().model_copy(update=fields)


@pytest.mark.parametrize(
    ("odd", "lands"),
    [
        (unchecked(external_id=LONG), False),
        (unchecked(board=""), False),
        (unchecked(remote="on the moon"), False),
        (unchecked(external_id="5\0"), True),
        (unchecked(external_id="odd", title="Ba\0ker \ud83d"), True),
        (unchecked(external_id="odd", raw={"a": ["x" * 3_000_000, float("nan"), {"\ud800": "\0"}]}), True),
    ],
)
def test_one_odd_posting_is_put_aside_with_its_reason_and_everybody_elses_is_landed(db: Connection, odd: JobPosting, lands: bool) -> None:
    good = [posting(external_id=str(number)) for number in range(10)]
    landed = land(db, [*good[:5], odd, *good[5:]])
    assert landed.aside == (not lands)
    found = db.execute("select count(*) as n from posting where title = 'Baker' and external_id ~ '^[0-9]$'").fetchone()
    assert found is not None
    assert found["n"] == 10
    letters = db.execute("select reason from dead_letter where queue = 'landing'").fetchall()
    assert len(letters) == (not lands)


@pytest.mark.parametrize(
    "odd", [{"external_id": LONG}, {"title": "x" * 11_000}, {"salary_min": float("inf")}, {"url": f"https://x/{LONG}"}]
)
def test_a_posting_that_no_index_or_message_could_carry_is_none(odd: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        posting(**odd)


def test_answers_about_one_posting_land_in_their_order_and_the_same_answer_once() -> None:
    one, other, later = posting(), posting(external_id="102"), posting(title="Head Baker")
    assert split_repeats([one, other, one, later, posting(), posting(title="Head Baker")]) == [[one, other], [later]]


def test_many_answers_about_one_posting_cost_what_they_are_many() -> None:
    def cost(many: int) -> float:
        answers = [posting(title=f"Baker {number}") for number in range(many)]
        began = time.process_time()
        assert len(split_repeats(answers)) == many
        return time.process_time() - began

    cost(100)
    small, large = (min(cost(many) for _ in range(3)) for many in (2_000, 8_000))  # the least: a collection of garbage may fall into one
    assert large < 10 * small + 0.05  # in squares: 16 times
