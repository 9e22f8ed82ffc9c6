"""The bulk POST: every content once, confirmed or not delivered."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from rolecall.boards.deliver_jobs import DeliveredJobs, deliver
from rolecall.boards.landing import land
from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import BadAnswer, MaybeReceived, RequestRejected
from rolecall.store import Connection, connect
from tests.boards.test_landing import DAY, posting

Handler = Callable[[httpx.Request], httpx.Response]


def platform(handler: Handler) -> PlatformClient:
    return PlatformClient("http://platform.test", "t", transport=httpx.MockTransport(handler))


def landed(dsn: str, count: int) -> None:
    with connect(dsn) as conn:
        land(conn, [posting(external_id=str(number), description=f"Bread {number}") for number in range(count)])


def jobs(request: httpx.Request) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(request.content)["jobs"]
    return found


def accept(request: httpx.Request) -> httpx.Response:
    return httpx.Response(201, json={"count": len(jobs(request))})


def undelivered(db: Connection) -> int:
    row = db.execute("select count(*) as n from posting where delivered_at is null").fetchone()
    db.rollback()
    assert row is not None
    return int(row["n"])


def test_all_is_sent_in_batches_once_and_in_the_seeds_words(dsn: str, db: Connection) -> None:
    landed(dsn, 7)
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return accept(request)

    assert deliver(dsn, platform(handler), "linkedin", run_id="r", batch=3) == DeliveredJobs(7, 3)
    assert deliver(dsn, platform(handler), "linkedin", run_id="r", batch=3) == DeliveredJobs(0, 0)
    assert undelivered(db) == 0
    first = jobs(asked[0])[0]
    assert {name: first[name] for name in ("title", "company", "source", "externalId", "description", "postedDate")} == {
        "title": "Baker", "company": "Crumb & Co", "source": "linkedin", "externalId": "0", "description": "Bread 0",
        "postedDate": DAY.isoformat(),
    }  # fmt: skip
    assert "salaryMin" not in first
    assert len({request.headers["Idempotency-Key"] for request in asked}) == 3


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(200, json={"count": 2}), BadAnswer),
        (httpx.Response(201, json={"count": 1}), BadAnswer),
        (httpx.Response(422, json={}), RequestRejected),
    ],
)
def test_nothing_counts_as_delivered_without_a_201_and_the_right_count_and_it_can_be_sent_again_at_once(
    dsn: str, db: Connection, response: httpx.Response, error: type[Exception]
) -> None:
    landed(dsn, 2)
    with pytest.raises(error):
        deliver(dsn, platform(lambda _: response), "linkedin", run_id="r")
    assert undelivered(db) == 2
    assert deliver(dsn, platform(accept), "linkedin", run_id="r").count == 2


def test_the_same_content_goes_under_the_same_key_and_another_under_another(dsn: str, db: Connection) -> None:
    landed(dsn, 2)
    keys: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        return httpx.Response(200) if len(keys) == 1 else accept(request)

    with pytest.raises(BadAnswer):
        deliver(dsn, platform(handler), "linkedin", run_id="r")
    deliver(dsn, platform(handler), "linkedin", run_id="r")
    with connect(dsn) as conn:
        land(conn, [posting(external_id="0", title="Head Baker")])
    assert deliver(dsn, platform(handler), "linkedin", run_id="r").count == 1
    assert keys[0] == keys[1] != keys[2]


def test_two_runs_at_once_never_send_the_same_posting(dsn: str, db: Connection) -> None:
    landed(dsn, 60)
    sent: list[str] = []
    lock = threading.Lock()

    def handler(request: httpx.Request) -> httpx.Response:
        with lock:
            sent.extend(job["externalId"] for job in jobs(request))
        return accept(request)

    how = {"batch": 7, "run_id": "r"}
    workers = [threading.Thread(target=deliver, args=(dsn, platform(handler), "linkedin"), kwargs=how) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(sent) == sorted(str(number) for number in range(60))
    assert undelivered(db) == 0


def test_what_changed_while_it_was_sent_stays_to_be_delivered(dsn: str, db: Connection) -> None:
    landed(dsn, 1)

    def handler(request: httpx.Request) -> httpx.Response:
        if jobs(request)[0]["title"] == "Baker":
            with connect(dsn) as conn:
                land(conn, [posting(external_id="0", title="Head Baker")])
        return accept(request)

    assert deliver(dsn, platform(handler), "linkedin", run_id="r").count == 2
    assert undelivered(db) == 0


def test_the_bulk_door_of_the_same_database_can_land_the_batch_while_it_is_sent(dsn: str, db: Connection) -> None:
    landed(dsn, 3)

    def handler(request: httpx.Request) -> httpx.Response:
        with connect(dsn) as conn:
            conn.execute("set local lock_timeout = '30s'")
            counted = land(conn, [posting(external_id=job["externalId"]) for job in jobs(request)], door="bulk")
        return httpx.Response(201, json={"count": counted.unchanged})

    assert deliver(dsn, platform(handler), "linkedin", run_id="r").count == 3


def test_a_batch_whose_run_died_is_sent_by_another_once_its_lease_is_over(dsn: str, db: Connection) -> None:
    landed(dsn, 2)
    db.execute("update posting set deliver_lease = now() + interval '1 minute'")
    db.commit()
    assert deliver(dsn, platform(accept), "linkedin", run_id="r").count == 0
    db.execute("update posting set deliver_lease = now() - interval '1 second'")
    db.commit()
    assert deliver(dsn, platform(accept), "linkedin", run_id="r").count == 2


def test_a_posting_the_platform_refuses_never_holds_up_the_others(dsn: str, db: Connection) -> None:
    landed(dsn, 9)

    def handler(request: httpx.Request) -> httpx.Response:
        bad = any(job["externalId"] == "4" for job in jobs(request))
        return httpx.Response(422, json={"detail": "salaryMin"}) if bad else accept(request)

    with pytest.raises(RequestRejected, match="1 postings of linkedin were refused, first 4"):
        deliver(dsn, platform(handler), "linkedin", run_id="r", batch=5)
    assert undelivered(db) == 1
    assert deliver(dsn, platform(accept), "linkedin", run_id="r").count == 1


def test_a_refusal_that_is_not_about_the_postings_is_not_tried_again_in_halves(dsn: str, db: Connection) -> None:
    landed(dsn, 9)
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(404)

    with pytest.raises(RequestRejected):
        deliver(dsn, platform(handler), "linkedin", run_id="r")
    assert (len(asked), undelivered(db)) == (1, 9)


def refusing(odd: Callable[[dict[str, Any]], bool], asked: list[int], status: int = 422) -> Handler:
    """A platform that refuses each request that holds an odd posting; ``asked`` gets the sizes of the requests."""

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(len(jobs(request)))
        return httpx.Response(status, json={"detail": "odd"}) if any(odd(job) for job in jobs(request)) else accept(request)

    return handler


def letters(db: Connection) -> list[dict[str, Any]]:
    rows = db.execute("select key, reason, times from dead_letter where queue = 'delivery' order by key").fetchall()
    db.rollback()
    return rows


def test_five_hundred_refused_postings_with_the_lowest_ids_keep_nobody_else_from_being_delivered(dsn: str, db: Connection) -> None:
    landed(dsn, 740)
    asked: list[int] = []
    handler = refusing(lambda job: int(job["externalId"]) < 500, asked)
    with pytest.raises(RequestRejected):
        deliver(dsn, platform(handler), "linkedin", run_id="r")
    assert undelivered(db) == 500
    assert len(asked) <= 110


def test_good_postings_between_refused_ones_are_all_delivered_after_a_few_runs_and_the_bad_ones_named(dsn: str, db: Connection) -> None:
    landed(dsn, 300)
    asked: list[int] = []
    handler = refusing(lambda job: int(job["externalId"]) % 2 == 0, asked)
    for number in range(8):
        with suppress(RequestRejected):
            deliver(dsn, platform(handler), "linkedin", run_id=f"r{number}")
    assert undelivered(db) == 150
    assert len(letters(db)) == 150
    asked.clear()
    deliver(dsn, platform(handler), "linkedin", run_id="quiet")  # what is known is no red square again
    assert len(asked) <= 21


def test_a_posting_at_which_the_platform_fails_is_put_aside_and_the_others_are_delivered(
    dsn: str, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.clients.platform_client.repeatable.sleep", lambda _: None)
    landed(dsn, 9)
    with pytest.raises(RequestRejected, match="first 0"):
        deliver(dsn, platform(refusing(lambda job: job["externalId"] == "0", [], status=500)), "linkedin", run_id="r")
    assert undelivered(db) == 1
    assert [one["key"] for one in letters(db)] == ["1"]


def test_a_platform_that_fails_at_everything_is_down_and_nobody_is_put_aside(
    dsn: str, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.clients.platform_client.repeatable.sleep", lambda _: None)
    landed(dsn, 9)
    with pytest.raises(MaybeReceived):
        deliver(dsn, platform(refusing(lambda _: True, [], status=503)), "linkedin", run_id="r")
    assert (undelivered(db), letters(db)) == (9, [])


def test_a_batch_confirmed_with_another_count_keeps_no_later_batch_from_being_delivered(dsn: str, db: Connection) -> None:
    landed(dsn, 9)

    def handler(request: httpx.Request) -> httpx.Response:
        odd = any(job["externalId"] == "4" for job in jobs(request))
        return httpx.Response(201, json={"count": len(jobs(request)) - odd})

    with pytest.raises(BadAnswer):
        deliver(dsn, platform(handler), "linkedin", run_id="r", batch=3)
    assert undelivered(db) == 3


def test_a_refused_posting_is_told_once_shown_while_it_lasts_and_cleared_when_it_is_taken(dsn: str, db: Connection) -> None:
    landed(dsn, 3)
    handler = refusing(lambda job: job["externalId"] == "1", [])
    with pytest.raises(RequestRejected):
        deliver(dsn, platform(handler), "linkedin", run_id="first")
    assert deliver(dsn, platform(handler), "linkedin", run_id="second") == DeliveredJobs(0, 0)
    errors = [row["error"] for row in db.execute("select error from board_delivery order by run_id").fetchall()]
    db.rollback()
    assert all("refuse" in error for error in errors)
    assert len(letters(db)) == 1
    assert deliver(dsn, platform(accept), "linkedin", run_id="third").count == 1
    assert letters(db) == []


def test_a_number_that_is_none_is_left_out_instead_of_stopping_the_delivery(dsn: str, db: Connection) -> None:
    landed(dsn, 2)
    db.execute("update posting set salary_min = 'NaN', salary_max = 'Infinity' where external_id = '0'")
    db.commit()
    assert deliver(dsn, platform(accept), "linkedin", run_id="r").count == 2
