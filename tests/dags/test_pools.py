"""A task of a pool that nobody made never starts: every pool that a DAG names is made, by every way to set Rolecall up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from local.base.paths import ROOT
from rolecall.maintenance.pools import POOLS

AIRFLOWS = {"default_pool"}


def pool(task: Any) -> str:
    return str(task.partial_kwargs.get("pool") or "default_pool") if task.is_mapped else str(task.pool)


def test_every_pool_that_a_dag_names_is_made_and_used(bag: Any) -> None:
    assert {pool(task) for dag in bag.dags.values() for task in dag.tasks} - AIRFLOWS == set(POOLS)


def test_what_sleeps_for_a_pace_leaves_workers_to_everything_else(bag: Any) -> None:
    boards = [task for dag in bag.dags.values() for task in dag.tasks if task.task_id == "scrape"]
    assert len(boards) > POOLS["rolecall_boards"][0]
    assert {pool(task) for task in boards} == {"rolecall_boards"}
    assert POOLS["rolecall_boards"][0] < int((ROOT / "airflow.cfg").read_text().split("parallelism = ")[1].split()[0]) / 2


def test_astro_makes_the_same_pools() -> None:
    read = yaml.safe_load((ROOT / "airflow_settings.yaml").read_text())["airflow"]["pools"]
    assert {one["pool_name"]: one["pool_slot"] for one in read} == {name: slots for name, (slots, _) in POOLS.items()}


def test_compose_makes_them_before_anything_starts() -> None:
    assert "rolecall.maintenance.pools" in (ROOT / "docker" / "init.sh").read_text()


@pytest.mark.xdist_group("rehearsal")
def test_a_component_that_starts_makes_those_that_are_missing_and_changes_none(bag: Any) -> None:
    from airflow.jobs.job import Job
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb
    from airflow.utils.session import create_session
    from sqlalchemy import delete, select, update

    from rolecall import missing_pools

    initdb()
    with create_session() as session:
        session.execute(delete(Pool).where(Pool.pool.in_(POOLS)))
    missing_pools.on_starting(SimpleNamespace())  # a task
    with create_session() as session:
        assert not session.scalars(select(Pool).where(Pool.pool.in_(POOLS))).all()
    Job()  # Airflow calls the listeners
    with create_session() as session:
        session.execute(update(Pool).where(Pool.pool == "rolecall_boards").values(slots=3))
    Job()
    with create_session() as session:
        slots = {pool.pool: pool.slots for pool in session.scalars(select(Pool).where(Pool.pool.in_(POOLS)))}
    assert slots == {**{name: number for name, (number, _) in POOLS.items()}, "rolecall_boards": 3}
