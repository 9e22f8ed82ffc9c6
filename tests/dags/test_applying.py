"""What the runs that apply say when there was nothing to do, or when it went wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from local.base.paths import IMPORTS
from rolecall.applying import requests
from rolecall.errors import InvalidInput, RequestRejected
from rolecall.people.privacy import erase
from rolecall.store import Connection, connect
from tests.airflow_home import as_airflow_reads_it

ROOT = Path(__file__).parents[2]


class Store:
    """The ``rolecall`` database as a hook."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    def get_conn(self) -> Connection:
        """A connection that commits at the end of its block."""
        return connect(self.dsn, name="task")


def call(bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str, task: str, *given: Any, params: dict[str, Any], run_id: str = "r1") -> Any:
    """One task's own function, in the context of a run."""
    dag_id, task_id = task.split(".")
    function = bag.dags[dag_id].get_task(task_id).python_callable
    failed = {run_id: {"fetch_cv": "failed", "find_matches": "upstream_failed"}}
    ti = SimpleNamespace(dag_id=dag_id, run_id=run_id, get_task_states=lambda **_: failed)
    context = {"params": params, "run_id": run_id, "dag_run": SimpleNamespace(run_id=run_id), "ti": ti}
    monkeypatch.setitem(function.__globals__, "get_current_context", lambda: context)
    monkeypatch.setitem(function.__globals__, "StoreHook", lambda: Store(dsn))
    return function(*given)


@pytest.fixture
def request_id(db: Connection) -> str:
    row = db.execute(
        "insert into apply_request (person_id, cv_id, person_email, origin, state, triggered_at, user_token, token_expires_at)"
        " values ('p1', 'c1', 'p1@example.com', 'webhook', 'triggered', now(), 'sealed', now() + interval '1 day') returning id"
    ).fetchone()
    db.commit()
    assert row is not None
    return str(row["id"])


def of_request(db: Connection) -> tuple[str, bool]:
    row = db.execute("select state, user_token is not null as token from apply_request").fetchone()
    db.rollback()
    assert row is not None
    return row["state"], row["token"]


@pytest.mark.parametrize("planned", [None, []])
def test_a_run_that_failed_gives_its_place_and_its_token_back_like_any_other(
    bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str, db: Connection, request_id: str, planned: list[Any] | None
) -> None:
    params = {"requestId": request_id}
    if planned is None:
        with pytest.raises(AirflowSkipException, match="nothing was planned"):
            call(bag, monkeypatch, dsn, "auto_apply.summarize", planned, params=params)
    else:
        assert call(bag, monkeypatch, dsn, "auto_apply.summarize", planned, params=params) == {}
    assert of_request(db) == ("done", False)


def test_a_run_whose_conf_nobody_understands_gives_its_place_back_too(
    bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str, db: Connection, request_id: str
) -> None:
    with pytest.raises(AirflowSkipException):
        call(bag, monkeypatch, dsn, "auto_apply.summarize", None, params={"requestId": request_id, "tresholt": 1})
    assert of_request(db) == ("done", False)


def test_an_idle_hour_is_skipped_and_no_failure(bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str) -> None:
    with pytest.raises(AirflowSkipException, match="nothing to start"):
        call(bag, monkeypatch, dsn, "dispatch_auto_apply.mark_triggered", None, params={})
    assert call(bag, monkeypatch, dsn, "dispatch_auto_apply.mark_triggered", [], params={}) == 0


def test_a_run_that_exists_is_noted_though_the_dispatcher_could_not(
    bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str, db: Connection, request_id: str
) -> None:
    db.execute("update apply_request set state = 'queued'")
    db.commit()
    with pytest.raises(Exception):  # noqa: B017, PT011 - there is no platform here: it fails after it has noted that it exists
        call(bag, monkeypatch, dsn, "auto_apply.fetch_cv", params={"requestId": request_id}, run_id=requests.run_id(request_id))
    assert of_request(db)[0] == "triggered"


CONF = {"cvId": "c1", "userId": "p1", "userEmail": "p1@example.com", "criteria": {}}


class Platform:
    """A platform that has one CV."""

    def client(self) -> Any:
        return self

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def get_cv(self, cv_id: str, *, user_token: str | None) -> dict[str, Any]:
        if cv_id != "c1":
            raise RequestRejected("the platform API declined (404)", status=404)
        return {"name": "Ada"}


@pytest.mark.parametrize(
    ("conf", "bundled", "named"),
    [
        ({**CONF, "tresholt": 0.9}, True, r"tresholt \(threshold\?\)"),
        ({**CONF, "dry_run": True}, False, r"dry_run \(dryRun\?\)"),
        ({**CONF, "cvId": "c9"}, True, "'c9'"),
        ({**CONF, "criteria": {"tresholt": 0.9, "keyword": ["nurse"]}}, True, r"keyword \(keywords\?\), tresholt \(threshold\?\) → use .*"),
        ({**CONF, "userId": "p2"}, True, "userId: the CV c1 belongs to somebody else → .*applications people"),
        ({**CONF, "userId": "p9"}, True, "userId: there is no person 'p9' with the CV c1 → .*applications people"),
        ({**CONF, "userId": "p3"}, True, "userId: this person was erased here"),
        ({**CONF, "userId": "p4", "cvId": "c4"}, True, "preferences.applying.dailyCap"),
        ({**CONF, "requestId": "6f1c2a34-5b1d-4c3e-9f0a-7d2e8b6c1a90"}, True, "requestId: the request is gone"),
        ({**CONF, "threshold": 7}, True, "conf.threshold"),
    ],
)
def test_a_conf_that_cannot_be_meant_ends_the_first_task_at_once_and_is_named(
    bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str, db: Connection, conf: dict[str, Any], bundled: bool, named: str
) -> None:
    db.execute("insert into person (id, name, email) values ('p1', 'A', 'a@example.com'), ('p2', 'B', 'b@example.com')")
    db.execute("insert into person (id, name, email) values ('p3', 'C', 'c@example.com')")
    db.execute(
        "insert into person (id, name, email, preferences) values ('p4', 'D', 'd@example.com', '{\"applying\": {\"dailyCap\": \"many\"}}')"
    )
    db.execute("insert into cv (id, person_id, data, sha256) values ('c1', 'p1', '{}', 'h'), ('c4', 'p4', '{}', 'h')")
    erase(db, "p3")
    db.commit()
    with pytest.raises(InvalidInput, match=named):
        _fetch(bag, monkeypatch, dsn, conf, bundled=bundled)


@pytest.mark.parametrize(
    ("conf", "bundled"),
    [
        ({**CONF, "criteria": {"their_own_wish": 1}}, False),
        ({**CONF, "criteria": {"minScore": 0.8, "location": "Berlin", "salaryFloor": 1}}, True),
        ({**CONF, "threshold": None, "requestId": None, "approval": None}, True),
    ],
)
def test_what_another_service_reads_every_known_spelling_and_an_emptied_field_are_taken(
    bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str, conf: dict[str, Any], bundled: bool
) -> None:
    assert len(_fetch(bag, monkeypatch, dsn, conf, bundled=bundled)) == 64


def _fetch(bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str, conf: dict[str, Any], *, bundled: bool) -> Any:
    function = bag.dags["auto_apply"].get_task("fetch_cv").python_callable
    monkeypatch.setitem(function.__globals__, "AiServiceHook", lambda: SimpleNamespace(bundled=bundled))
    monkeypatch.setitem(function.__globals__, "PlatformHook", Platform)
    return call(bag, monkeypatch, dsn, "auto_apply.fetch_cv", params=conf)


def first_tasks(dag: Any) -> list[Any]:
    return [task for task in dag.tasks if not task.upstream_task_ids]


def test_every_dag_names_an_unknown_key_of_its_conf_before_its_first_task_does_anything(bag: Any) -> None:
    for dag in bag.dags.values():
        run = SimpleNamespace(conf={"strange": 1})
        for task in first_tasks(dag):
            with pytest.raises(InvalidInput, match="conf: unknown: strange → "):
                task._pre_execute_hook({"dag": dag, "dag_run": run, "task": task})
        for task in set(dag.tasks) - set(first_tasks(dag)):  # one mistake is one red square
            if (hook := task.partial_kwargs.get("pre_execute") if task.is_mapped else task._pre_execute_hook) is not None:
                hook({"dag": dag, "dag_run": run, "task": task})


def test_settling_never_takes_a_misspelt_decision_for_the_default_one(bag: Any) -> None:
    dag = bag.dags["settle_application"]
    context = {"dag": dag, "dag_run": SimpleNamespace(conf={"decison": "withdraw"}), "task": dag.get_task("settle")}
    with pytest.raises(InvalidInput, match=r"unknown: decison \(decision\?\) → settle_application knows applicationId, decision"):
        dag.get_task("settle")._pre_execute_hook(context)


@pytest.mark.parametrize(("bundled", "refused"), [(True, True), (False, False)])
def test_rest_refuses_criteria_that_the_bundled_service_does_not_read(bundled: bool, refused: bool) -> None:
    """In a process of its own: a DAG file reads the environment when it is parsed."""
    env = {"ROLECALL_SERVICES_URL": "http://127.0.0.1:1"} if bundled else {"AI_SERVICE_URL": "https://ai.example"}
    code = """
import runpy, sys
params = runpy.run_path("dags/auto_apply.py")["PARAMS"]
for known in ({}, None, {"keywords": ["nurse"], "minScore": 0.8, "employmentType": "contract"}):
    params["criteria"].resolve(value=known)
try:
    params["criteria"].resolve(value={"tresholt": 0.9})
except Exception as error:
    print("refused:", error)
"""
    environment = {**os.environ, "PYTHONPATH": IMPORTS, **as_airflow_reads_it(env)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert (done.stdout.startswith("refused:"), "tresholt" in done.stdout) == (refused, refused)


def test_a_form_asks_for_no_value_where_there_is_a_default_and_says_where_ids_are(bag: Any) -> None:
    for dag in bag.dags.values():
        for name in dag.params:
            schema = dag.params.get_param(name).schema
            starred = "type" in schema and "null" not in schema["type"]
            assert not (starred and dag.params.get_param(name).has_value), f"{dag.dag_id}: {name}"
    params = bag.dags["auto_apply"].params
    for name in ("cvId", "userId"):
        assert "./rolecall applications people" in params.get_param(name).schema["description_md"]
    assert '"keywords"' in params.get_param("criteria").schema["description_md"]
