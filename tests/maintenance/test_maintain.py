"""Airflow's tables and ours are kept to their ages, and nothing that is at work or needed goes."""

from __future__ import annotations

import os
import secrets
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from local.processes.postgres import Postgres
from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput
from rolecall.maintenance.maintain import maintain
from rolecall.store import Connection, connect

NOW = datetime.now(UTC)
OLD, YOUNG = NOW - timedelta(days=40), NOW - timedelta(days=10)


@pytest.fixture
def airflow(postgres: Postgres, airflow_template: str) -> Iterator[Connection]:
    """A connection to a fresh database of Airflow's."""
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template {airflow_template}")
        with connect(postgres.dsn(name), name="test") as conn:
            conn.autocommit = True
            insert(conn, "dag_bundle", name="dags")
            yield conn
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def settings(airflow: Connection, postgres: Postgres, dsn: str) -> Endpoints:
    return Endpoints.model_validate({"airflow_dsn": SecretStr(postgres.dsn(airflow.info.dbname)), "rolecall_dsn": SecretStr(dsn)})


FILLERS = {"uuid": uuid.uuid4, "boolean": lambda: False, "json": lambda: "{}", "jsonb": lambda: "{}", "bytea": lambda: b""} | {
    kind: (lambda: 0) for kind in ("integer", "bigint", "smallint", "double precision")
}


def insert(airflow: Connection, table: str, **values: object) -> dict[str, Any]:
    """A row; what must be there and is not given is filled with something of its type."""
    columns = airflow.execute(
        "select column_name as name, data_type as type from information_schema.columns"
        " where table_name = %s and is_nullable = 'NO' and column_default is null and is_identity = 'NO'",
        (table,),
    ).fetchall()
    row = {column["name"]: NOW if column["type"].startswith("timestamp") else FILLERS.get(column["type"], str)() for column in columns}
    row |= values
    names, places = ", ".join(f'"{name}"' for name in row), ", ".join(f"%({name})s" for name in row)
    made = airflow.execute(f"insert into {table} ({names}) values ({places}) on conflict do nothing returning *", row).fetchone()
    return made or {}


def runs(airflow: Connection, dag_id: str, n: int, at: datetime, state: str = "success", kind: str = "scheduled", **more: Any) -> None:
    """``n`` runs with a task instance and an XCom each, a minute apart, the last one at ``at``; of a version of the DAG of that time."""
    insert(airflow, "dag", dag_id=dag_id, bundle_name="dags")
    known = airflow.execute("select count(*) as n from dag_version where dag_id = %s", (dag_id,)).fetchone()
    version = insert(airflow, "dag_version", dag_id=dag_id, version_number=(known or {"n": 0})["n"] + 1, created_at=at)["id"]
    for number in range(n):
        moment = at - timedelta(minutes=number)
        ids = {"dag_id": dag_id, "run_id": f"{kind}__{moment.isoformat()}"}
        times = dict.fromkeys(("run_after", "start_date", "end_date", "updated_at"), moment)
        run = insert(
            airflow, "dag_run", **ids, **times, state=state, run_type=kind, backfill_id=more.get("backfill"), created_dag_version_id=version
        )
        insert(airflow, "task_instance", **ids, task_id="work", map_index=-1, state=more.get("task", state), dag_version_id=version)
        insert(airflow, "xcom", **ids, task_id="work", map_index=-1, key="return_value", dag_run_id=run["id"])


def left(airflow: Connection, table: str, dag_id: str = "") -> int:
    where = "where dag_id = %(dag)s" if dag_id else ""
    row = airflow.execute(f"select count(*) as n from {table} {where}", {"dag": dag_id}).fetchone()
    return int(row["n"]) if row else 0


def test_old_runs_go_with_all_that_hangs_on_them_and_a_dry_run_only_counts(airflow: Connection, settings: Endpoints) -> None:
    runs(airflow, "sweep", 700, OLD)
    runs(airflow, "sweep", 30, YOUNG)
    assert maintain(settings, NOW, dry_run=True).airflow["dag_run"] == 700
    assert left(airflow, "dag_run") == 730
    done = maintain(settings, NOW)
    assert (done.airflow["dag_run"], done.left) == (700, [])
    assert [left(airflow, table) for table in ("dag_run", "task_instance", "xcom")] == [30, 30, 30]
    assert maintain(settings, NOW).words == "nothing to do: nothing is too old"


def test_the_last_twenty_runs_and_the_newest_of_each_kind_stay_whatever_their_age(airflow: Connection, settings: Endpoints) -> None:
    runs(airflow, "yearly", 30, OLD, kind="manual")
    runs(airflow, "yearly", 1, OLD - timedelta(days=100))
    maintain(settings, NOW)
    assert left(airflow, "dag_run", "yearly") == 21
    assert airflow.execute("select from dag_run where run_type = 'scheduled'").rowcount == 1


@pytest.mark.parametrize(
    ("state", "task"), [("running", "deferred"), ("queued", "scheduled"), ("failed", "running"), ("success", "awaiting_input")]
)
def test_what_is_at_work_or_waits_for_a_person_stays(airflow: Connection, settings: Endpoints, state: str, task: str) -> None:
    runs(airflow, "auto_apply", 3, OLD, state=state, kind="manual", task=task)
    runs(airflow, "auto_apply", 25, YOUNG, kind="manual")
    maintain(settings, NOW)
    assert left(airflow, "dag_run", "auto_apply") == 28


def test_what_a_backfill_has_not_finished_stays(airflow: Connection, settings: Endpoints) -> None:
    for number, completed in ((1, None), (2, OLD)):
        insert(airflow, "backfill", id=number, dag_id="analytics", completed_at=completed)
        runs(airflow, "analytics", 5, OLD - timedelta(days=number), kind="backfill", backfill=number)
    runs(airflow, "analytics", 25, YOUNG)
    runs(airflow, "analytics", 1, YOUNG, kind="backfill")
    maintain(settings, NOW)
    assert airflow.execute("select from dag_run where backfill_id = 1").rowcount == 5
    assert airflow.execute("select from dag_run where backfill_id = 2").rowcount == 0


def test_events_that_a_listener_has_not_seen_stay(airflow: Connection, settings: Endpoints) -> None:
    runs(airflow, "match_jobs", 1, YOUNG)
    for number, name in enumerate(("seen", "waiting"), 1):
        insert(airflow, "asset", id=number, name=name, uri=name)
        insert(airflow, "asset_event", asset_id=number, timestamp=OLD)
    insert(airflow, "asset_dag_run_queue", asset_id=2, target_dag_id="match_jobs", created_at=OLD)
    maintain(settings, NOW)
    assert [row["asset_id"] for row in airflow.execute("select asset_id from asset_event")] == [2]


def test_versions_that_no_run_shows_go_but_never_the_newest(airflow: Connection, settings: Endpoints) -> None:
    for days in (90, 80, 70):
        runs(airflow, "sync", 1, NOW - timedelta(days=days))
    airflow.execute("delete from dag_run where run_after < %s", (NOW - timedelta(days=75),))
    maintain(settings, NOW)
    assert [row["version_number"] for row in airflow.execute("select version_number from dag_version")] == [3]


def test_deadlines_of_runs_that_are_over_are_not_shown_as_ahead(airflow: Connection, settings: Endpoints) -> None:
    runs(airflow, "match_jobs", 1, NOW - timedelta(hours=3), state="failed")
    runs(airflow, "auto_apply", 1, NOW - timedelta(hours=3), state="running", kind="manual")
    for run in airflow.execute("select id from dag_run").fetchall():
        callback = insert(airflow, "callback", state="scheduled")
        insert(airflow, "deadline", dagrun_id=run["id"], deadline_time=NOW + timedelta(hours=1), callback_id=callback["id"])
    maintain(settings, NOW)
    rows = airflow.execute("select run.dag_id from deadline join dag_run run on run.id = deadline.dagrun_id").fetchall()
    assert [row["dag_id"] for row in rows] == ["auto_apply"]


def test_a_row_that_the_scheduler_holds_is_left_and_everything_else_goes(
    airflow: Connection, settings: Endpoints, postgres: Postgres
) -> None:
    runs(airflow, "sweep", 3, OLD)
    runs(airflow, "sweep", 25, YOUNG)
    insert(airflow, "log", dttm=OLD)
    with connect(postgres.dsn(airflow.info.dbname), name="scheduler") as scheduler:
        held = scheduler.execute("select run_id from dag_run where run_after <= %s limit 1 for update", (OLD,)).fetchone()
        done = maintain(settings, NOW)
        assert held is not None
    assert (done.airflow["dag_run"], done.airflow["log"]) == (2, 1)
    assert maintain(settings, NOW).airflow["dag_run"] == 1


def test_ours_are_kept_to_their_age_and_the_newest_run_of_a_workflow_stays(db: Connection, settings: Endpoints) -> None:
    for days in (400, 300, 1):
        db.execute("insert into dag_run_end values ('daily', %s, 'success', 1, 1, %s)", (f"r{days}", NOW - timedelta(days=days)))
    db.execute("insert into dag_run_end values ('gone', 'r1', 'success', 1, 1, %s)", (NOW - timedelta(days=400),))
    for days in (400, 1):
        db.execute(
            "insert into incident (key, kind, service, detail, last_detail, opened_at, last_seen_at, reminded_at, closed_at)"
            " values ('k', 'health', 's', '', '', %(at)s, %(at)s, %(at)s, %(at)s)", {"at": NOW - timedelta(days=days)},
        )  # fmt: skip
    db.execute(
        "insert into incident (key, kind, service, detail, last_detail, opened_at, last_seen_at, reminded_at)"
        " values ('open', 'health', 's', '', '', %(at)s, %(at)s, %(at)s)", {"at": NOW - timedelta(days=400)},
    )  # fmt: skip
    db.commit()
    assert maintain(settings, NOW).ours == {"dag_run_end": 2, "workflow_error": 0, "incident": 1}
    assert {row["run_id"] for row in db.execute("select run_id from dag_run_end")} == {"r1"}


def test_log_folders_go_when_nothing_was_written_there_for_long(airflow: Connection, settings: Endpoints, tmp_path: Path) -> None:
    for name, moment in (("old", OLD), ("young", YOUNG)):
        file = tmp_path / "dag_id=sweep" / f"run_id={name}" / "task_id=work" / "attempt=1.log"
        file.parent.mkdir(parents=True)
        file.write_text("said")
        os.utime(file, (moment.timestamp(), moment.timestamp()))
    (tmp_path / "elsewhere").mkdir()
    assert maintain(settings, NOW, logs=tmp_path, dry_run=True).logs == 1
    assert maintain(settings, NOW, logs=tmp_path).logs == 1
    assert sorted(path.name for path in tmp_path.glob("dag_id=*/*")) == ["run_id=young"]
    assert (tmp_path / "elsewhere").is_dir()


def test_without_an_address_it_says_what_to_set() -> None:
    with pytest.raises(InvalidInput, match="AIRFLOW_DSN"):
        maintain(Endpoints(), NOW)
