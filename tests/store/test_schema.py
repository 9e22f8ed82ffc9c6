"""The schema keeps the ledger's promises by itself, whoever writes to it."""

from __future__ import annotations

import psycopg
import pytest

from rolecall.store import Connection, migrate

ROW = {
    "person_id": "p1", "job_key": "j1", "job_id": "j1", "source": "linkedin",
    "cv_id": "c1", "cv_sha256": "x", "person_email": "p@example.com",
    "title": "Nurse", "company": "Clinic", "score": 0.9, "idempotency_key": "k1", "run_id": "r1",
}  # fmt: skip


def insert(db: Connection, **changed: object) -> str | None:
    row = {**ROW, **changed}
    columns, values = ", ".join(row), ", ".join(f"%({name})s" for name in row)
    found = db.execute(f"insert into application ({columns}) values ({values}) on conflict do nothing returning id", row).fetchone()
    db.commit()
    return str(found["id"]) if found else None


def move(db: Connection, identity: str | None, *states: str, reason: str = "") -> None:
    for state in states:
        db.execute("update application set state = %s, state_reason = %s where id = %s", (state, reason, identity))
    db.commit()


def test_migrating_twice_changes_nothing(dsn: str) -> None:
    assert migrate(dsn) == migrate(dsn)


def test_a_second_application_for_the_same_person_and_job_is_not_inserted(db: Connection) -> None:
    assert insert(db) is not None
    assert insert(db, idempotency_key="k2") is None
    assert db.execute("select count(*) as n from application").fetchone() == {"n": 1}


def test_an_id_that_was_locked_before_a_merge_blocks_a_second_application(db: Connection) -> None:
    first = insert(db)
    db.execute("insert into application_lock values ('p1', 'j2', %s)", (first,))
    db.commit()
    assert insert(db, job_key="j2", idempotency_key="k2") is None


@pytest.mark.parametrize("end", ["submitted", "refused", "uncertain"])
def test_a_request_that_left_is_never_pending_again(db: Connection, end: str) -> None:
    identity = insert(db)
    move(db, identity, "approved", "submitting", end)
    for state in ("planned", "approved", "submitting", "cancelled"):
        with pytest.raises(psycopg.errors.CheckViolation):
            move(db, identity, state)
        db.rollback()


def test_only_a_request_known_not_to_be_sent_goes_back_to_approved(db: Connection) -> None:
    identity = insert(db)
    move(db, identity, "approved", "submitting")
    with pytest.raises(psycopg.errors.CheckViolation):
        move(db, identity, "approved", reason="timed out")
    db.rollback()
    move(db, identity, "approved", reason="never sent: connection refused")


def test_every_transition_is_an_event_and_events_are_never_changed(db: Connection) -> None:
    identity = insert(db)
    move(db, identity, "approved", "submitting", "submitted")
    events = db.execute("select to_state from application_event order by id").fetchall()
    assert [event["to_state"] for event in events] == ["planned", "approved", "submitting", "submitted"]
    with pytest.raises(psycopg.errors.CheckViolation):
        db.execute("update application_event set reason = 'other'")
    db.rollback()
    with pytest.raises(psycopg.errors.CheckViolation):
        db.execute("delete from application")


def test_the_idempotency_key_of_an_application_never_changes(db: Connection) -> None:
    identity = insert(db)
    with pytest.raises(psycopg.errors.CheckViolation):
        db.execute("update application set idempotency_key = 'k9' where id = %s", (identity,))
