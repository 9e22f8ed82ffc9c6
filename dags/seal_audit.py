"""
### Seal the audit log

Every minute: what the audit log took in since the last minute is sealed, and the seal anchored outside the database
(`AUDIT_ANCHOR_URL`, `AUDIT_ANCHOR_WEBHOOK`): `make audit-verify` checks it. A workflow of its own, so that nothing ever waits for a slow
anchor. What a run that died left unanchored the next one anchors.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task

from rolecall.defaults import DAG_DEFAULTS, by_clock
from rolecall.hooks.store_hook import StoreHook
from rolecall.monitoring import audit
from rolecall.settings import Settings


@dag(**DAG_DEFAULTS, schedule=by_clock("* * * * *"), doc_md=__doc__, tags=["rolecall", "monitoring"])
def seal_audit() -> None:
    @task(execution_timeout=timedelta(minutes=5))
    def seal_and_anchor() -> dict[str, int]:
        """Seals and anchors; returns the head of the chain and how many seals were anchored."""
        return audit.seal_and_anchor(StoreHook().dsn, Settings(), datetime.now(UTC))

    seal_and_anchor()


seal_audit()
