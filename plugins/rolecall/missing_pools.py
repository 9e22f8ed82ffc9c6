"""Airflow's listener that makes the pools of our workflows where they are missing, as Airflow starts.

A task of a pool that nobody made never starts, and not every way to run Airflow has a step before it (``standalone``, somebody's own).
"""

from __future__ import annotations

import logging
from typing import Any

from airflow.listeners import hookimpl
from sqlalchemy.exc import IntegrityError

from rolecall.maintenance.pools import POOLS

log = logging.getLogger(__name__)


@hookimpl
def on_starting(component: Any) -> None:
    """A component or a task begins; never raises. Tasks have no way to Airflow's tables; which component a job is of is not said yet."""
    if type(component).__name__ != "Job":
        return
    try:
        make()
    except IntegrityError:
        log.debug("another component made the pools at the same moment")
    except Exception as error:  # a scheduler without our pools is better than none
        log.warning("the pools %s could not be made: %s", ", ".join(POOLS), error)


def make() -> list[str]:
    """Makes the pools that are missing; those that exist stay as they are. Returns the names of those made."""
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        there = set(session.scalars(select(Pool.pool).where(Pool.pool.in_(POOLS))))
        made = [name for name in POOLS if name not in there]
        session.add_all(Pool(pool=name, slots=POOLS[name][0], description=POOLS[name][1], include_deferred=False) for name in made)
    return made
