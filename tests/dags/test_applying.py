"""What the runs that apply say when there was nothing to do, or when it went wrong."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from include.applying import requests
from include.store import Connection, connect

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bag() -> Any:
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(ROOT / "dags", bundle_name="dags-folder", bundle_path=ROOT / "dags")


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
    context = {"params": params, "run_id": run_id, "dag_run": SimpleNamespace(run_id=run_id)}
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
        with pytest.raises(AirflowFailException, match="nothing was planned"):
            call(bag, monkeypatch, dsn, "auto_apply.summarize", planned, params=params)
    else:
        assert call(bag, monkeypatch, dsn, "auto_apply.summarize", planned, params=params) == {}
    assert of_request(db) == ("done", False)


def test_a_run_whose_conf_nobody_understands_gives_its_place_back_too(
    bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str, db: Connection, request_id: str
) -> None:
    with pytest.raises(AirflowFailException):
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
