"""
### Read the mailboxes of people who gave them

Every five minutes: what is new in each mailbox is read, read only, from the last mail on, four at once. What concerns an application is
kept with what follows from it (an unclear application is settled, the employer's status follows, meetings go to the calendar); of all other
mails nothing is. One mailbox that cannot be read is one red square, and the others go on. Nothing is ever sent because of a mail. Rules:
`docs/inbox.md`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.sdk import dag, task

from rolecall import assets
from rolecall.defaults import DAG_DEFAULTS, ONCE, by_clock
from rolecall.hooks.store_hook import StoreHook
from rolecall.inbox import reading


@dag(**DAG_DEFAULTS, schedule=by_clock("*/5 * * * *"), doc_md=__doc__, tags=["rolecall", "inbox"])
def read_mailboxes() -> None:
    @task
    def list_mailboxes() -> list[str]:
        """Whose there are, the one read longest ago first."""
        with StoreHook().get_conn() as conn:
            return reading.mailboxes(conn)

    @task(
        outlets=[assets.notifications],
        map_index_template="{{ task.op_kwargs['mailbox_id'] }}",
        retry_policy=ONCE,  # the next run is five minutes away, and a password that is refused is not tried three times
        max_active_tis_per_dagrun=4,  # servers that people name may be slow: they leave workers to everything else
        execution_timeout=timedelta(minutes=5),
    )
    def read(mailbox_id: str) -> dict[str, Any]:
        """One mailbox, from its last UID on."""
        return asdict(reading.read_mailbox(StoreHook().dsn, mailbox_id))

    read.expand(mailbox_id=list_mailboxes())


read_mailboxes()
