"""What keeps the ledger's law cannot be written by the services, and they go on working."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from rolecall.applying import ledger
from rolecall.applying.elsewhere import SentElsewhere, note
from rolecall.people import privacy
from rolecall.people.records import save_person
from rolecall.services.database import Database
from rolecall.store import Connection
from rolecall.store.visible import see_person
from tests.world import add_job, insert

LAW = [
    "update ledger_home set place = 'here'",
    "insert into ledger_home (place, noted_by) values ('here', 'x')",
    "delete from ledger_home",
    "insert into application_transition values ('submitted', 'approved')",
    "delete from application_transition",
    "update application_transition set to_state = 'approved'",
    "delete from application_lock",
    "update application_lock set job_key = 'another'",
    "insert into application_lock select person_id, 'another', id from application",
    "insert into audit_seal (id, rows, rows_sha256, chain_sha256) values (1, 0, '', '')",
    "delete from audit_seal",
    "insert into application_event (application_id, to_state, reason) select id, 'submitted', 'x' from application",
    "delete from application_event",
    "truncate application_lock",
    "alter table application disable trigger application_guard",
]


@pytest.fixture
def services(dsn: str) -> Iterator[Database]:
    database = Database(dsn)
    with closing(database):
        database.open()
        yield database


@pytest.mark.parametrize("statement", LAW)
def test_the_services_cannot_write_the_law(db: Connection, services: Database, statement: str) -> None:
    add_job(db, "j1")
    with services.unrestricted.connection() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
        conn.execute(statement)  # type: ignore[call-overload]


def test_under_that_law_the_services_plan_send_settle_and_erase(db: Connection, services: Database) -> None:
    save_person(db, person_id="ada", name="Ada", email="ada@mail.example", phone=None, preferences={"auto_apply": True})
    for one in ("j1", "j2"):
        add_job(db, one, title=f"Nurse {one}")
    db.execute("delete from ledger_home")
    db.commit()
    with services.connection() as conn:
        see_person(conn, "ada")
        note(conn, "ada", SentElsewhere(job="j1"), actor="Ada")
        row = insert(
            conn, "application", person_id="ada", job_key="j2", job_id="j2", source="linkedin", cv_id="c", cv_sha256="h",
            person_email="ada@mail.example", title="Nurse", company="Clinic", score=0.9, idempotency_key="k2", run_id="r",
        )  # fmt: skip
        conn.execute("update application set state = 'approved' where id = %s", (row["id"],))
        conn.execute("update application set state = 'submitting', approval_required = false where id = %s", (row["id"],))
        assert ledger.finish(conn, str(row["id"]), ledger.Result("submitted", "taken"))
    assert db.execute("select count(*) as n from ledger_home").fetchone() == {"n": 1}
    assert db.execute("select state, count(*) as n from application group by state").fetchall() == [{"state": "submitted", "n": 2}]
    events = db.execute("select to_state from application_event where application_id = %s order by id", (row["id"],)).fetchall()
    assert [one["to_state"] for one in events] == ["planned", "approved", "submitting", "submitted"]
    with services.unrestricted.connection() as conn:
        privacy.erase(conn, "ada")
    assert db.execute("select count(*) as n from application where erased_at is not null").fetchone() == {"n": 2}


def test_a_restored_server_says_again_what_the_services_may(db: Connection, services: Database) -> None:
    db.execute("grant delete on application_lock to rolecall_services")
    db.execute("select let_serve()")
    db.commit()
    with services.unrestricted.connection() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
        conn.execute("delete from application_lock")
