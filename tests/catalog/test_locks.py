"""Whoever writes several rows of the catalog takes them in one order, so that nobody waits for each other in a circle.

Each row takes a moment to be locked here: two transactions with different orders would meet in the middle at every run.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from rolecall.applying.plan import plan
from rolecall.boards import deliver_jobs
from rolecall.boards.landing import land
from rolecall.catalog import aggregate, validate
from rolecall.catalog.rulings import decide
from rolecall.models import ApplyOrder, JobPosting, Match
from rolecall.store import Connection, connect

COUNT = 12
SLOW = """
create function takes_a_moment() returns trigger language plpgsql as $$ begin perform pg_sleep(0.02); return new; end $$;
create trigger a_moment before update on job for each row execute function takes_a_moment();
create trigger a_moment before update on posting for each row execute function takes_a_moment();
create trigger a_moment after insert on application for each row execute function takes_a_moment();
create trigger zz_a_moment before insert on application for each row execute function takes_a_moment();
"""


def postings(*, changed: str = "") -> list[JobPosting]:
    return [
        JobPosting(
            board="acme",
            external_id=str(number),
            url=f"https://acme.example/{number}",
            title=f"Nurse {'abcdefghijkl'[number]}",
            company=f"Clinic {'abcdefghijkl'[number]}",
            location="Berlin",
            description=f"Care for people on ward {number}, early and late. {changed}" * 5,
        )
        for number in range(COUNT)
    ]


@pytest.fixture
def catalog(db: Connection) -> list[str]:
    """Ids of jobs that were merged and checked, in order."""
    land(db, postings())
    aggregate(db)
    validate(db)
    db.execute(SLOW)
    db.commit()
    return [row["id"] for row in db.execute("select id from job order by id")]


def together(dsn: str, *ways: Callable[[Connection], object]) -> None:
    """All at once, each in its transaction; what one of them raises is raised."""

    def one(way: Callable[[Connection], object]) -> None:
        with connect(dsn) as conn:
            way(conn)

    with ThreadPoolExecutor(len(ways)) as pool:
        for done in [pool.submit(one, way) for way in ways]:
            done.result(timeout=60)


def planned(person: str, ids: list[str]) -> Callable[[Connection], object]:
    """A person's plan that takes these jobs in this order."""
    found = [
        Match(id=identity, title="Nurse", company=f"Clinic {identity}", source="acme", match_score=0.95 - place / 100, can_auto_apply=True)
        for place, identity in enumerate(ids)
    ]
    order = ApplyOrder(cv_id=f"cv-{person}", user_id=person, user_email=f"{person}@mail.example")
    return lambda conn: plan(conn, order, run_id=f"run-{person}", cv_sha256="h", matches=found)


@pytest.mark.parametrize("times", range(3))
def test_jobs_are_checked_while_applications_are_planned(dsn: str, catalog: list[str], times: int) -> None:
    def check(conn: Connection) -> None:
        conn.execute("set enable_sort = off")  # as Postgres does it by itself where there are many: in no order
        validate(conn, full=True, unseen_days=-1)  # every job changes its state

    together(dsn, planned("one", catalog[::-1]), check, planned("two", catalog), planned("three", catalog[::-1]))
    with connect(dsn) as conn:
        assert conn.execute("select count(distinct person_id) as n from application").fetchone() == {"n": 3}


def test_overlapping_parts_of_the_catalog_are_checked_at_once(dsn: str, catalog: list[str]) -> None:
    def check(part: tuple[str, str], plan: str) -> Callable[[Connection], object]:
        def way(conn: Connection) -> None:
            conn.execute(f"set {plan} = off")
            validate(conn, part, full=True, unseen_days=-1)

        return way

    middle = catalog[COUNT // 2]
    parts = (("", ""), ("", middle), (middle, ""), (catalog[2], ""))
    together(dsn, *(check(part, plan) for part, plan in zip(parts, ("enable_sort", "enable_hashagg") * 2, strict=True)))
    with connect(dsn) as conn:
        assert conn.execute("select distinct state from job").fetchall() == [{"state": "closed"}]


def test_postings_are_landed_delivered_and_merged_at_once(dsn: str, db: Connection, catalog: list[str]) -> None:
    land(db, postings(changed="New."))
    db.commit()

    def confirm(conn: Connection) -> None:
        conn.execute("set enable_hashjoin = off")
        conn.execute("set enable_mergejoin = off")  # one after the other, as they were sent
        deliver_jobs.confirm(conn, rows, "run")

    rows = [dict(row) for row in db.execute("select id, content_hash, board from posting order by external_id desc")]
    db.commit()
    together(
        dsn,
        lambda conn: land(conn, postings(changed="Newer.")),
        confirm,
        lambda conn: land(conn, postings(changed="Newest.")[::-1]),
        aggregate,
        lambda conn: deliver_jobs.release(dsn, rows),
    )


def test_jobs_are_merged_while_applications_are_planned_and_a_person_rules(dsn: str, db: Connection, catalog: list[str]) -> None:
    land(db, postings(changed="New."))
    db.commit()
    together(
        dsn,
        planned("one", catalog[::-1]),
        aggregate,
        lambda conn: decide(conn, catalog[0], catalog[1], "different", actor="test", reason="two wards"),
        planned("two", catalog),
    )
