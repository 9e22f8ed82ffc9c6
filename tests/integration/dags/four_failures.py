"""A DAG whose tasks die of a time-out, a refused key, a refused connection and a plain bug; a test runs it inside the stack."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import httpx
from airflow.sdk import dag, task

from rolecall.clients.platform_client import PlatformClient
from rolecall.defaults import DAG_DEFAULTS

ARGS = {**DAG_DEFAULTS["default_args"], "retries": 0}


@dag(**{**DAG_DEFAULTS, "default_args": ARGS}, schedule=None, doc_md=__doc__, tags=["rolecall"])
def four_failures() -> None:
    @task
    def time_out() -> None:
        httpx.get(sys.argv[1], timeout=0.5)

    @task
    def wrong_key() -> None:
        with PlatformClient(os.environ["API_BASE_URL"], "not the key") as platform:
            platform.get_cv("c1")

    @task
    def nobody_there() -> None:
        httpx.get(sys.argv[2], timeout=5)

    @task
    def bug() -> float:
        return 1 / 0

    time_out(), wrong_key(), nobody_there(), bug()


failing = four_failures()

if __name__ == "__main__":
    here = str(Path(__file__).parent)
    if os.environ["AIRFLOW__CORE__DAGS_FOLDER"] != here:  # read when airflow is imported
        os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = here
        os.execv(sys.executable, [sys.executable, "-m", "tests.integration.dags.four_failures", *sys.argv[1:]])  # noqa: S606
    failing.test()
