"""
### Find what died while it was sending

Every minute: applications whose sender's lease has run out are parked as *uncertain*, with an alert. It depends on no other run:
whatever was killed, deleted or paused, at most two minutes later the truth is in the ledger. Nothing is ever sent from here.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag, task

from rolecall.applying.effects import park_and_tell
from rolecall.applying.tokens import forget_expired
from rolecall.defaults import DAG_DEFAULTS
from rolecall.endpoints import redis_url
from rolecall.hooks.store_hook import StoreHook
from rolecall.outbox.wakeup import nudge


@dag(**DAG_DEFAULTS, schedule="* * * * *", doc_md=__doc__, tags=["rolecall", "applying"])
def sweep_applications() -> None:
    @task(execution_timeout=timedelta(minutes=2), priority_weight=1000)  # never behind the queue it watches over
    def park_expired() -> int:
        """Parks, tells, and wakes the messages; erases tokens whose time is over. Returns how many were parked."""
        with StoreHook().get_conn() as conn:
            parked = park_and_tell(conn)
            forget_expired(conn)
        if parked:
            nudge(redis_url())
        return parked

    park_expired()


sweep_applications()
