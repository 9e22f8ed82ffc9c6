"""Ten thousand requests of a thousand people at once: everybody's first comes before anybody's second, and nothing is started twice."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from rolecall.applying import requests
from rolecall.store import Connection, connect
from tests.chaos.airflow import Stack, running_stack
from tests.chaos.receiver import receiving

GREEDY = "p0"
"""Somebody who asks for half of everything."""

ASK = """
insert into apply_request (person_id, cv_id, person_email, criteria, origin, requested_at)
select person, 'cv-' || person, person || '@drill.example', jsonb_build_object('keywords', wish), 'webhook',
       now() - make_interval(secs => row_number() over (order by wish, person <> 'p0'))
from (
    select 'p0' as person, n as wish from generate_series(1, %(half)s) n
    union all
    select 'p' || p, n from generate_series(1, %(people)s - 1) p, generate_series(1, %(each)s) n
) asked
"""
"""The greedy one's are the oldest of their kind."""


@pytest.mark.parametrize(("people", "each"), [(50, 5), pytest.param(1_000, 5, marks=pytest.mark.chaos)])
def test_the_queue_drains_in_order_of_fairness(db: Connection, people: int, each: int) -> None:
    half = people * 10 - (people - 1) * each
    db.execute(ASK, {"half": half, "people": people, "each": each})
    again = db.execute(
        "insert into apply_request (person_id, cv_id, person_email, criteria, origin) "
        "select person_id, cv_id, person_email, criteria, 'webhook' from apply_request where person_id = 'p1'"
    ).rowcount
    started: list[tuple[str, str]] = []
    began, rounds, largest = time.monotonic(), 0, 0
    while True:
        claimed = requests.next_requests(db)
        assert claimed == requests.next_requests(db)  # a dispatcher that died and came back asks for the same
        requests.mark_triggered(db, [one["trigger_run_id"] for one in claimed])
        if not claimed:
            break
        rounds, largest = rounds + 1, max(largest, len(claimed))
        started += [(one["conf"]["userId"], one["trigger_run_id"]) for one in claimed]
        for one in claimed:
            requests.mark_done(db, one["conf"]["requestId"])
        db.commit()
    total = Counter(person for person, _ in started)
    print(f"\n{half + (people - 1) * each + again} requests of {people} people: {len(started)} runs, {again} coalesced")
    print(f"{rounds} rounds of at most {largest}, {time.monotonic() - began:.1f} s")
    assert len({run for _, run in started}) == len(started) == people * 10
    assert total == {GREEDY: half, **{f"p{n}": each for n in range(1, people)}}
    assert largest <= requests.AHEAD
    waited = {person: place for place, (person, _) in reversed(list(enumerate(started)))}
    assert max(waited.values()) <= people + requests.AHEAD  # the last person's first run comes within one round of everybody
    ends = max(place for place, (person, _) in enumerate(started) if person != GREEDY)
    assert ends <= people * each + requests.AHEAD * each  # nobody waits for the greedy one's rest


@pytest.mark.chaos
def test_two_hundred_requests_drain_through_airflow() -> None:
    many, limit = 200, 1200
    with receiving(jobs=1) as receiver, running_stack(receiver) as stack, connect(stack.facts["postgres_dsn"]) as conn:
        before = memory(stack)
        conn.execute(ASK, {"half": 1, "people": many, "each": 1})
        conn.commit()
        began = time.monotonic()
        while True:
            row = conn.execute("select count(*) as n from apply_request where state <> 'done'").fetchone()
            conn.commit()
            if row == {"n": 0} and receiver.received.total() >= many:
                break
            assert time.monotonic() - began < limit, f"{row} requests are not done, {receiver.received.total()} receipts"
            time.sleep(1)
        seconds, after = time.monotonic() - began, memory(stack)
        print(f"\n{many} requests of {many} people through Airflow: {seconds:.0f} s, scheduler and triggerer {before:.0f} → {after:.0f} MB")
        assert len(receiver.received) == receiver.received.total() == many
        assert after < before * 1.5


def memory(stack: Stack) -> float:
    """MB of the scheduler and the triggerer themselves."""
    return sum(float(stack.process(name).memory_info().rss) for name in ("scheduler", "triggerer")) / 1e6
