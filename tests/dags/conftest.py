"""Airflow for parsing only: a home of its own, no database, no examples."""
# ruff: noqa: E402

from tests.airflow_home import use_own_airflow_home

use_own_airflow_home()

import socket
from typing import Any

import pytest

import rolecall.hooks  # noqa: F401  # says where connections are found once, before any test says otherwise
from local.base.paths import ROOT


@pytest.fixture(scope="session")
def bag() -> Any:
    """All DAGs, parsed once and with the network switched off."""
    from airflow.dag_processing.dagbag import DagBag

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a DAG file opened a connection while it was parsed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "create_connection", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        return DagBag(ROOT / "dags", bundle_name="dags-folder", bundle_path=ROOT / "dags")
