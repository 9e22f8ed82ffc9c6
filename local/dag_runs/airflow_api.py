"""Airflow's REST API, as far as the stack and the demo need it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx

PAGE = 100
"""Entries per answer; Airflow gives no more."""

TIMEOUT = httpx.Timeout(20.0, connect=3.0)
"""A busy machine answers late, but it answers."""


class AirflowApi:
    """Calls one Airflow on this machine. Use as a context manager.

    :param stack: what ``stack.json`` holds
    """

    def __init__(self, stack: Mapping[str, str]) -> None:
        self._login = {"username": stack["username"], "password": stack["password"]}
        self._http = httpx.Client(base_url=stack["airflow_url"], timeout=TIMEOUT, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def _call(self, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        """One call with a bearer token; a new one is fetched when the old has expired or its key has changed.

        :raises RuntimeError: Airflow refuses or does not answer
        """
        try:
            if "Authorization" not in self._http.headers:
                self._authorise()
            response = self._http.request(method, f"/api/v2{path}", **kwargs)
            if response.status_code == 401:
                self._authorise()
                response = self._http.request(method, f"/api/v2{path}", **kwargs)
        except httpx.HTTPError as error:
            raise RuntimeError(f"Airflow gave no answer to {method} {path} ({type(error).__name__})") from error
        if not response.is_success:
            raise RuntimeError(f"Airflow answered {response.status_code} to {method} {path}: {response.text[:300]}")
        answer: dict[str, Any] = response.json()
        return answer

    def _authorise(self) -> None:
        response = self._http.post("/auth/token", json=self._login, headers={"Authorization": ""})
        if response.status_code != 201:
            raise RuntimeError(f"Airflow does not accept the login ({response.status_code}) → make down, then make up")
        self._http.headers["Authorization"] = f"Bearer {response.json()['access_token']}"

    def _all(self, path: str, key: str, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Every entry of a list, page by page."""
        offset = 0
        while True:
            answer = self._call("GET", path, params={**params, "limit": PAGE, "offset": offset})
            yield from answer[key]
            offset += PAGE
            if offset >= answer["total_entries"]:
                return

    def dags(self) -> list[dict[str, Any]]:
        """Every DAG that is not stale."""
        return list(self._all("/dags", "dags", {}))

    def unpause(self, dag_id: str) -> None:
        """Lets a DAG run."""
        self._call("PATCH", f"/dags/{dag_id}", params={"update_mask": "is_paused"}, json={"is_paused": False})

    def import_errors(self) -> list[dict[str, Any]]:
        """DAG files that cannot be read, each with its ``filename`` and ``stack_trace``."""
        return list(self._all("/importErrors", "import_errors", {}))

    def trigger(self, dag_id: str, run_id: str, conf: Mapping[str, Any]) -> None:
        """Starts a run.

        :raises RuntimeError: Airflow refuses: 404 no such DAG, 400 bad conf, 409 the run exists
        """
        self._call("POST", f"/dags/{dag_id}/dagRuns", json={"dag_run_id": run_id, "logical_date": None, "conf": dict(conf)})

    def runs_since(self, moment: datetime) -> list[dict[str, Any]]:
        """Runs of all DAGs that became due after ``moment``, oldest first."""
        return list(self._all("/dags/~/dagRuns", "dag_runs", {"run_after_gte": moment.isoformat(), "order_by": "run_after"}))

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """The task instances of one run."""
        return list(self._all(f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances", "task_instances", {}))

    def assets(self) -> list[dict[str, Any]]:
        """Every asset, with the DAGs that are scheduled on it (``scheduled_dags``)."""
        return list(self._all("/assets", "assets", {}))

    def asset_events_since(self, moment: datetime) -> list[dict[str, Any]]:
        """What was announced since ``moment``, each with the runs that it started (``created_dagruns``)."""
        return list(self._all("/assets/events", "asset_events", {"timestamp_gte": moment.isoformat(), "order_by": "timestamp"}))
