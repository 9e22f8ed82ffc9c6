"""
### Read the mailboxes of people who gave them

Every five minutes: what is new in each mailbox is read, read only, from the last mail on. What concerns an application is kept with what
follows from it (an unclear application is settled, the employer's status follows, meetings go to the calendar); of all other mails nothing
is. One mailbox that cannot be read is one red square, and the others go on. Nothing is ever sent because of a mail. Rules: `docs/inbox.md`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from airflow.sdk import dag, task

from rolecall import assets
from rolecall.defaults import DAG_DEFAULTS, by_clock
from rolecall.hooks.store_hook import StoreHook
from rolecall.inbox import reading


@dag(**DAG_DEFAULTS, schedule=by_clock("*/5 * * * *"), doc_md=__doc__, tags=["rolecall", "inbox"])
def read_mailboxes() -> None:
    @task
    def list_mailboxes() -> list[str]:
        """Whose there are, the one read longest ago first."""
        with StoreHook().get_conn() as conn:
            return reading.mailboxes(conn)

    @task(outlets=[assets.notifications], map_index_template="{{ task.op_kwargs['mailbox_id'] }}")
    def read(mailbox_id: str) -> dict[str, Any]:
        """One mailbox, from its last UID on."""
        return asdict(reading.read_mailbox(StoreHook().dsn, mailbox_id))

    read.expand(mailbox_id=list_mailboxes())


read_mailboxes()
