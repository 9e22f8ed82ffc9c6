"""Each posting of a closed job is told to the platform once, also when a run dies in the middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import MaybeReceived
from rolecall.store import Connection, connect
from rolecall.sync import closed_jobs
from rolecall.sync.closed_jobs import tell_closed
from tests.sync.platform_double import TOKEN, Double


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed_jobs, "PAGE", 2)


def closed(db: Connection, *names: str, ago: str = "1 hour") -> None:
    for name in names:
        db.execute(
            """
            insert into job (id, merge_key, title, company, url, source, content_hash, state, closed_at, closed_reason)
            values (%(n)s, %(n)s, 'Nurse', 'Ward', 'https://b.example/' || %(n)s, 'linkedin', 'x', 'closed',
                    clock_timestamp() - %(ago)s::interval, 'not_seen')
            """,
            {"n": name, "ago": ago},
        )
        db.execute(
            """
            insert into posting (board, external_id, url, title, company, content_hash, raw, job_id)
            values ('linkedin', %(n)s, 'https://b.example/' || %(n)s, 'Nurse', 'Ward', 'x', '{}', %(n)s)
            """,
            {"n": name},
        )
    db.commit()


def told(double: Double) -> list[str]:
    return [job["externalId"] for job in double.closed]


def test_they_are_told_once_in_order_with_why(db: Connection, dsn: str, double: Double, client: PlatformClient) -> None:
    closed(db, "j1", "j2", "j3")
    assert tell_closed(dsn, client).reported == 3
    assert told(double) == ["j1", "j2", "j3"]
    assert double.closed[0]["closedReason"] == "not_seen"
    assert double.closed[0]["source"] == "linkedin"
    assert tell_closed(dsn, client).reported == 0
    closed(db, "j4", ago="2 minutes")
    assert tell_closed(dsn, client).reported == 1


def test_what_was_closed_a_moment_ago_waits(db: Connection, dsn: str, client: PlatformClient) -> None:
    closed(db, "j1", ago="1 second")
    assert tell_closed(dsn, client).reported == 0


@pytest.mark.parametrize("fault", ["500 after", "half", "hang", 503])
def test_a_page_that_failed_or_seemed_to_is_sent_again_under_its_key(
    db: Connection, dsn: str, double: Double, client: PlatformClient, fault: int | str
) -> None:
    closed(db, "j1", "j2", "j3")
    double.fails = {"POST /api/v1/jobs/bulk": fault}
    assert tell_closed(dsn, client).reported == 3
    assert set(told(double)) == {"j1", "j2", "j3"}


def test_a_platform_that_is_away_loses_nothing(db: Connection, dsn: str, double: Double, client: PlatformClient) -> None:
    closed(db, "j1", "j2", "j3")
    double.once = False
    double.fails = {"POST /api/v1/jobs/bulk": 503}
    with pytest.raises(MaybeReceived):
        tell_closed(dsn, client)
    double.fails = {}
    assert tell_closed(dsn, client).reported == 3


def test_a_posting_that_is_refused_keeps_no_other_back(db: Connection, dsn: str, double: Double, client: PlatformClient) -> None:
    closed(db, "j1", "j2", "j3", "j4")
    double.refuses = "j2"
    done = tell_closed(dsn, client)
    assert (done.reported, done.refused, len(done.problems)) == (3, 1, 1)
    assert told(double) == ["j1", "j3", "j4"]
    assert tell_closed(dsn, client).reported == 0


def test_a_platform_that_counts_otherwise_stops_nothing(db: Connection, dsn: str, double: Double, client: PlatformClient) -> None:
    closed(db, "j1", "j2", "j3")
    double.count = 0
    done = tell_closed(dsn, client)
    assert (done.reported, len(done.problems)) == (3, 2)
    assert tell_closed(dsn, client).reported == 0


def test_a_full_run_tells_everything_again_and_ends_in_the_same_place(
    db: Connection, dsn: str, double: Double, client: PlatformClient
) -> None:
    closed(db, "j1", "j2", "j3")
    tell_closed(dsn, client)
    assert tell_closed(dsn, client, full=True).reported == 3
    assert tell_closed(dsn, client).reported == 0


def test_a_run_killed_between_pages_is_gone_on_with_and_nothing_is_told_twice(db: Connection, dsn: str, double: Double) -> None:
    closed(db, "j1", "j2", "j3")
    child = os.fork()
    if not child:  # killed when it begins the second page
        with PlatformClient(double.url, TOKEN) as doomed:
            send, pages = doomed.bulk_create_jobs, iter([False, True])

            def page(jobs: Sequence[dict[str, Any]], *, idempotency_key: str) -> int:
                if next(pages):
                    os.kill(os.getpid(), signal.SIGKILL)
                return send(jobs, idempotency_key=idempotency_key)

            doomed.bulk_create_jobs = page  # type: ignore[method-assign]
            tell_closed(dsn, doomed)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    with PlatformClient(double.url, TOKEN) as client:
        assert tell_closed(dsn, client).reported == 1
    assert told(double) == ["j1", "j2", "j3"]


def test_what_was_closed_while_a_transaction_is_under_way_waits_for_it(
    db: Connection, dsn: str, double: Double, client: PlatformClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closed_jobs, "SETTLED", timedelta(0))
    with connect(dsn, name="validate") as slow:
        slow.execute(
            "insert into job (id, merge_key, title, company, url, source, content_hash, state, closed_at, closed_reason) "
            "values ('a', 'a', 'Nurse', 'Ward', 'https://b.example/a', 'linkedin', 'x', 'closed', now(), 'not_seen')"
        )
        slow.execute(
            "insert into posting (board, external_id, url, title, company, content_hash, raw, job_id) "
            "values ('linkedin', 'a', 'https://b.example/a', 'Nurse', 'Ward', 'x', '{}', 'a')"
        )
        closed(db, "b", ago="0 seconds")  # later, and committed at once
        tell_closed(dsn, client)
        assert told(double) == []
    tell_closed(dsn, client)
    assert told(double) == ["a", "b"]
