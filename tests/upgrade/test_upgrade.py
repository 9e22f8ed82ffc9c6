"""A stack that an older version started goes on after the upgrade: what that version left in both databases is understood by this one.

``resources/rows_0012.sql`` and ``resources/airflow.json`` were written by the version before the rooms (schema 0012), by its own seed,
planner, sender, outbox and DAGs.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config

import rolecall.store
from local.processes.environment import StackOptions
from local.processes.postgres import Postgres
from rolecall.applying import approval, follow, ledger
from rolecall.applying.effects import enqueue_effects, park_and_tell
from rolecall.applying.requests import next_requests
from rolecall.applying.submit import Pace, submit
from rolecall.catalog import aggregate
from rolecall.errors import RequestRejected
from rolecall.matching import Matcher
from rolecall.notifying.send.deliver import deliver_due
from rolecall.notifying.send.platform_calls import deliver_outbox
from rolecall.people.records import read_cv_row
from rolecall.settings import Settings
from rolecall.store import Connection, connect, documents, migrate
from tests.http_double import HttpDouble
from tests.notifying.conftest import mail, settings
from tests.notifying.mail_double import MailServer

__all__ = ["mail", "settings"]

HERE = Path(__file__).parent / "resources"
ROOT = Path(__file__).parents[2]
FERNET = "cm9sZWNhbGwtdGVzdC1yb2xlY2FsbC10ZXN0LXJvbGU="
"""With which the old rows were encrypted."""

SAYS_NO_APPROVAL = "update person set preferences = preferences || '{\"applying\": {\"approval\": false}}' where id = 'demo-nurse'"

OLD: dict[str, Any] = json.loads((HERE / "airflow.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def upgraded(postgres: Postgres) -> Iterator[str]:
    """A database of the old version with its rows, migrated by this version."""
    name = f"old_{secrets.token_hex(6)}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name}")
    dsn = postgres.dsn(name)
    config = Config()
    config.set_main_option("script_location", str(Path(rolecall.store.__file__).parent / "migrations"))
    config.attributes["dsn"] = dsn
    command.upgrade(config, "0012_backup")
    with psycopg.connect(dsn) as conn:
        conn.execute("delete from audit_key; set session_replication_role = replica")
        conn.execute((HERE / "rows_0012.sql").read_text(encoding="utf-8"))  # type: ignore[call-overload]
    migrate(dsn)
    yield dsn
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def old(postgres: Postgres, upgraded: str) -> Iterator[str]:
    """A copy of it."""
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template {upgraded.rpartition('/')[2]} strategy file_copy")
        with psycopg.connect(postgres.dsn(name)) as conn:
            conn.execute("delete from ledger_home")  # each copy is a ledger of its own, not a restored one
        yield postgres.dsn(name)
        admin.execute(f"drop database {name} with (force)")


def states(conn: Connection) -> dict[str, int]:
    conn.commit()
    return {row["state"]: row["n"] for row in conn.execute("select state, count(*) as n from application group by state").fetchall()}


def test_applications_go_on_from_where_they_were_and_none_is_sent_twice(old: str) -> None:
    sent: list[str] = []

    def send(**given: Any) -> dict[str, Any]:
        sent.append(given["idempotency_key"])
        return {"applicationStatus": "submitted", "receipt": "R9"}

    with connect(old) as conn:
        assert states(conn) == {"submitted": 1, "uncertain": 1, "submitting": 1, "approved": 1, "planned": 2}
        known = {row["idempotency_key"]: row for row in conn.execute("select * from application").fetchall()}
        assert park_and_tell(conn) == 1  # its sender did not survive the upgrade
        conn.execute(SAYS_NO_APPROVAL)  # unsaid it meant no then, and means yes now
    for row in known.values():
        if row["state"] in ("submitted", "approved"):
            got = submit(ledger.Ledger(old, str(row["id"]), enqueue_effects), send=send, pace=Pace(100, 0))
            assert got["state"] == "submitted", got["state_reason"]
    assert [known[key]["state"] for key in sent] == ["approved"]
    follow.resolve_by_asking(old, lambda key: {"applicationStatus": "submitted", "receipt": "R3"})
    with connect(old) as conn:
        assert states(conn) == {"submitted": 4, "planned": 2}
        ids = [str(row["id"]) for row in known.values() if row["state"] == "uncertain"]
        assert [(ledger.read(conn, one) or {})["receipt"] for one in ids] == ["R3"]


def test_a_run_that_waits_for_a_persons_yes_takes_it(old: str) -> None:
    with connect(old) as conn:
        asked = conn.execute("select label from approval where run_id = 'auto_apply__asks' order by label").fetchall()
        assert len(asked) == 2
        ready = approval.record_answer(conn, "auto_apply__asks", [asked[0]["label"]], by="Mirela Sandoval")
        assert len(ready) == 1
        assert states(conn)["cancelled"] == 1


def test_what_was_enqueued_goes_out_once(old: str, settings: Settings, mail: MailServer, provider: HttpDouble) -> None:
    calls: list[str] = []

    class Platform:
        def create_application(self, **given: Any) -> dict[str, Any]:
            calls.append(f"application {given['idempotency_key'][:9]}")
            return {"id": "a9"}

        def update_application_status(self, identity: str, status: str) -> dict[str, Any]:
            calls.append(f"status {identity} {status}")
            return {}

        def update_notification_status(self, identity: str, status: str, at: Any) -> dict[str, Any]:
            calls.append(f"notification {identity} {status}")
            raise RequestRejected("404", status=404)

    for _ in range(2):
        assert not deliver_outbox(old, Platform(), concurrency=1).retried  # type: ignore[arg-type]
        deliver_due(old, settings, concurrency=1)
    assert [one for one in sorted(calls) if "n1" in one or not one.startswith("notification")] == [
        "application rolecall-",
        "notification n1 sent",
        "status 77 withdrawn",
    ]
    assert sorted(letter["To"] for letter in mail.letters) == ["adaeze.whitcombe@mail.example"] * 2 + ["mirela.sandoval@mail.example"]
    assert len([call for call in provider.calls if "/services/" in call.path]) == 1
    with connect(old) as conn:
        assert conn.execute("select distinct state from notification").fetchall() == [{"state": "sent"}]


def test_people_jobs_requests_and_documents_are_read(old: str) -> None:
    with connect(old) as conn:
        assert read_cv_row(conn, "demo-nurse-cv")["userId"] == "demo-nurse"
        (request,) = next_requests(conn)
        assert "demo-nurse-cv" in str(request)
        jobs = conn.execute("select * from job").fetchall()
        assert len(list(Matcher(jobs).ads())) == len(jobs) > 0
        for row in conn.execute("select sha256 from document").fetchall():
            assert documents.get(conn, row["sha256"])
        aggregate(conn, full=True)
        assert {row["id"] for row in conn.execute("select id from job where state <> 'closed'").fetchall()} >= {row["id"] for row in jobs}


def test_triggers_deadlines_and_serialised_dags_in_airflows_tables_are_made_anew(postgres: Postgres, airflow_template: str) -> None:
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template {airflow_template}")
        with psycopg.connect(postgres.dsn(name)) as conn:
            for row in OLD["trigger"]:
                conn.execute("insert into trigger (classpath, kwargs, created_date) values (%(classpath)s, %(kwargs)s, now())", row)
            for dag_id, document in OLD["serialized_dag"].items():
                conn.execute("set session_replication_role = replica")
                conn.execute(
                    "insert into serialized_dag (id, dag_id, data, dag_hash, created_at, last_updated, dag_version_id)"
                    " values (gen_random_uuid(), %s, %s, %s, now(), now(), gen_random_uuid())",
                    (dag_id, json.dumps(document), secrets.token_hex(16)),
                )
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")},
            "AIRFLOW_HOME": str(Path(os.environ.get("TMPDIR", "/tmp")) / name),  # noqa: S108 - nothing is written there
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__FERNET_KEY": FERNET,
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": postgres.dsn(name).replace("postgresql://", "postgresql+psycopg2://", 1),
            "PYTHONPATH": os.pathsep.join(str(ROOT / folder) for folder in (".", "include", "plugins")),
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.upgrade.read_airflow"], env=environment, cwd=ROOT, capture_output=True, text=True
        )
        admin.execute(f"drop database {name} with (force)")
    assert done.returncode == 0, done.stderr[-2000:]
    made = json.loads(done.stdout.splitlines()[-1])
    assert made["triggers"] == [
        "rolecall.triggers.apply_queue.ApplyQueueTrigger",
        "rolecall.triggers.notification_stream.NotificationStreamTrigger",
        "rolecall.notifiers.late_run_notifier.LateRunNotifier",
    ]
    assert made["dags"] == {dag_id: OLD["tasks"][dag_id] for dag_id in OLD["serialized_dag"]}


def test_what_make_up_of_the_old_version_asked_for_is_read() -> None:
    asked = {"system": {"PATH": "/bin"}, "configuration": {}, "sandbox": True, "pages": "", "code": {"local": "x", "services": "y"}}
    assert StackOptions.from_json(asked).code["local"] == "x"
