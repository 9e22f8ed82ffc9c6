"""Mails of which nobody knows whether they left: one that lies in the person's Sent folder was taken by their mail server.

The folder is only looked at; that a mail is not there says nothing, as not every server keeps a copy.
"""

from __future__ import annotations

from rolecall.applying import follow
from rolecall.applying.ledger import Evidence
from rolecall.inbox.mailbox import Mailbox, OpenFolder
from rolecall.store import Connection

ACTOR = "the Sent folder"

UNCLEAR = """
select a.id::text, coalesce(a.answer ->> 'messageId', s.evidence ->> 'messageId') as message_id
from application a left join submission s on s.key = a.idempotency_key
where a.person_id = %s and a.state = 'uncertain' and a.erased_at is null
  and coalesce(a.answer ->> 'messageId', s.evidence ->> 'messageId') is not null
order by a.updated_at desc limit 100
"""


def resolve_by_sent_folder(conn: Connection, mailbox: Mailbox, folder: OpenFolder) -> int:
    """Resolves a person's uncertain mails by their Sent folder, each in a transaction of its own. Returns how many.

    The folder that was open before is not open any more.
    """
    unclear = conn.execute(UNCLEAR, (mailbox.person_id,)).fetchall()
    conn.commit()
    if not unclear or (name := folder.turn_to_sent()) is None:
        return 0
    settled = 0
    for row in unclear:
        if folder.holds(row["message_id"]):
            found = Evidence("mail", f"it lies in your folder {name}, as {row['message_id']}", ACTOR)
            conn.execute("select lock_person(%s)", (mailbox.person_id,))
            settled += follow.resolve_and_notify(conn, row["id"], "submitted", found) is not None
            conn.commit()
    return settled
