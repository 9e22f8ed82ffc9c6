"""The bulk POST: every content once, confirmed or not delivered."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from include.boards.deliver import Delivered, deliver
from include.boards.landing import land
from include.clients.platform import PlatformClient
from include.errors import BadAnswer, RequestRejected
from include.store import Connection, connect
from tests.include.boards.test_landing import posting

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

    assert deliver(dsn, platform(handler), "linkedin", run_id="r", batch=3) == Delivered(7, 3)
    assert deliver(dsn, platform(handler), "linkedin", run_id="r", batch=3) == Delivered(0, 0)
    assert undelivered(db) == 0
    first = jobs(asked[0])[0]
    assert {name: first[name] for name in ("title", "company", "source", "externalId", "description", "postedDate")} == {
        "title": "Baker", "company": "Crumb & Co", "source": "linkedin", "externalId": "0", "description": "Bread 0",
        "postedDate": "2026-03-01T00:00:00+00:00",
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
            conn.execute("set local lock_timeout = '2s'")
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
