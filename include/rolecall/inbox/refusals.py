"""Mailboxes that only their owner can open again: they are told once, and the server is asked a few times a day, not every five minutes.

Who tries a password that is refused again and again locks the account.
"""

from __future__ import annotations

from rolecall.errors import RolecallError
from rolecall.inbox.mailbox import FolderMissing, LoginRefused
from rolecall.outbox.available_channels import Available
from rolecall.outbox.compose import compose
from rolecall.outbox.messages import enqueue
from rolecall.store import Connection

TRIED_AGAIN = 6
"""Hours after which such a mailbox is tried again: a provider may have been wrong."""

OWNERS = (LoginRefused, FolderMissing)
"""What a server says that only the owner can mend, by giving the mailbox again."""

REFUSE = """
update mailbox m set refusal = %s, refused_at = coalesce(refused_at, clock_timestamp())
from person p where m.id = %s and p.id = m.person_id
returning m.id::text || ':' || m.refused_at as key, m.username, m.host, p.id, p.email, p.phone, p.preferences
"""


def note_refusal(conn: Connection, mailbox_id: str, error: RolecallError) -> None:
    """Keeps why a mailbox cannot be opened, and tells its owner; of the same refusal they are told once. In the caller's transaction."""
    row = conn.execute(REFUSE, (str(error)[:500], mailbox_id)).fetchone()
    if row is None:
        return  # the person took it away meanwhile
    context = {
        "key": row["key"],
        "userId": row["id"],
        "userEmail": row["email"],
        "phone": row["phone"],
        "preferences": row["preferences"],
        "mailbox": row["username"],
        "host": row["host"],
        "reason": str(error)[:500],
    }
    enqueue(conn, compose("mailbox_refused", context, available=Available()))


def note_opened(conn: Connection, mailbox_id: str) -> None:
    """It can be opened again: the next refusal is told anew."""
    conn.execute("update mailbox set refused_at = null, refusal = '' where id = %s and refused_at is not null", (mailbox_id,))
