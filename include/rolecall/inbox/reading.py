"""Reading mailboxes: from the last UID on, in batches, each with its consequences in one transaction. What was read is never read twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rolecall.boards.landing import land
from rolecall.clients.oauth import Grant
from rolecall.errors import InvalidInput, RolecallError
from rolecall.inbox import MailKind, understand
from rolecall.inbox.alert_cards import cards
from rolecall.inbox.consequences import applications_of, concerns, keep
from rolecall.inbox.mailbox import AT_ONCE, Mailbox, OpenFolder, keep_grant, load, opened
from rolecall.inbox.refusals import OWNERS, TRIED_AGAIN, note_opened, note_refusal
from rolecall.inbox.sent_folder import resolve_by_sent_folder
from rolecall.models import JobPosting
from rolecall.store import Connection, connect
from rolecall.store.dead_letters import about_the_row, in_words, put_aside

MOST_A_RUN = 2_000
"""Mails that one run reads of one mailbox; the next run goes on."""


ENOUGH = 120.0
"""Seconds after which no further batch is begun; a conversation ends a minute later."""


@dataclass
class ReadTally:
    """What one run did.

    :param read: mails looked at
    :param kept: of them, what concerns an application and was new
    :param known: of them, what was kept before
    :param aside: of them, what could not be kept (queue ``mail``)
    :param ads: postings that job alerts named and nobody knew
    :param left: whether more is waiting
    :param settled: mails of the person's own of which nobody knew whether they left, found in their Sent folder
    """

    read: int = 0
    kept: int = 0
    known: int = 0
    aside: int = 0
    ads: int = 0
    left: bool = False
    settled: int = 0


LISTED = """
select id::text from mailbox
where refused_at is null or tried_at is null or tried_at < clock_timestamp() - %(hours)s * interval '1 hour'
order by tried_at nulls first, id limit %(most)s
"""


def mailboxes(conn: Connection, most: int = 1000) -> list[str]:
    """Ids of the mailboxes, the one tried longest ago first: one that cannot be read comes before nobody else for that. Those that
    let nobody in have their turn every :data:`~rolecall.inbox.refusals.TRIED_AGAIN` hours."""
    rows = conn.execute(LISTED, {"most": most, "hours": TRIED_AGAIN}).fetchall()
    return [row["id"] for row in rows]


def read_mailbox(dsn: str, mailbox_id: str, *, most: int = MOST_A_RUN) -> ReadTally:
    """Reads what is new in one mailbox.

    Killed anywhere, the next run goes on with the batch that was not committed. Another UIDVALIDITY begins from the start: what is known
    is known by its hash.

    :raises MailboxError: the server does not answer, does not let in, or has no such folder
    :raises InvalidInput: its password was sealed under another key
    """
    tally = ReadTally()
    with connect(dsn, name="inbox") as conn:
        try:
            mailbox = load(conn, mailbox_id)
        except InvalidInput as error:
            _refused(conn, mailbox_id, error)
            raise
        conn.commit()
        if mailbox is None:
            return tally  # the person took it away since it was listed
        conn.execute("update mailbox set tried_at = clock_timestamp() where id = %s", (mailbox.id,))
        conn.commit()
        until = time.monotonic() + ENOUGH
        with _open(conn, mailbox) as folder:
            validity = folder.uidvalidity
            after = mailbox.last_uid if mailbox.uidvalidity == validity else 0
            waiting = folder.uids(after, mailbox.since)
            tally.left = len(waiting) > most
            for start in range(0, min(len(waiting), most), AT_ONCE):
                if time.monotonic() > until:
                    tally.left = True
                    break
                uids = waiting[start : min(start + AT_ONCE, most)]
                _read_batch(conn, mailbox, folder, uids, tally)
                known = conn.execute(
                    "update mailbox set uidvalidity = %s, last_uid = %s where id = %s", (validity, uids[-1], mailbox.id)
                ).rowcount
                if not known:
                    conn.rollback()  # the person took it away, or was erased, meanwhile
                    return tally
                conn.commit()
            conn.execute("update mailbox set uidvalidity = %s, checked_at = clock_timestamp() where id = %s", (validity, mailbox.id))
            conn.commit()
            tally.settled = resolve_by_sent_folder(conn, mailbox, folder)
    return tally


@contextmanager
def _open(conn: Connection, mailbox: Mailbox) -> Iterator[OpenFolder]:
    was = mailbox.grant

    def keep(now: Grant) -> None:
        nonlocal was
        if was is not None:
            keep_grant(conn, mailbox.id, was, now)
            conn.commit()
        was = now

    try:
        with opened(mailbox, keep) as folder:
            note_opened(conn, mailbox.id)
            conn.commit()
            yield folder
    except OWNERS as error:
        _refused(conn, mailbox.id, error)
        raise


def _refused(conn: Connection, mailbox_id: str, error: RolecallError) -> None:
    conn.rollback()
    conn.execute("update mailbox set tried_at = clock_timestamp() where id = %s", (mailbox_id,))
    note_refusal(conn, mailbox_id, error)
    conn.commit()


def _read_batch(conn: Connection, mailbox: Mailbox, folder: OpenFolder, uids: list[int], tally: ReadTally) -> None:
    raws = folder.fetch(uids)
    conn.execute("select 1 from mailbox where id = %s for share", (mailbox.id,))
    applications = applications_of(conn, mailbox.person_id)
    named: list[JobPosting] = []
    for uid in uids:
        if uid not in raws:
            continue
        tally.read += 1
        try:
            with conn.transaction():
                found = understand(raws[uid], applications=applications)
                if mailbox.job_alerts and found.kind == MailKind.NOISE_JOB_ALERT:
                    named += cards(raws[uid])
                if concerns(found, job_alerts=mailbox.job_alerts):
                    if keep(conn, mailbox.person_id, found, mailbox_id=mailbox.id) is None:
                        tally.known += 1
                    else:
                        tally.kept += 1
        except Exception as error:
            if not about_the_row(error):
                raise
            put_aside(conn, "mail", f"{mailbox.id}:{uid}", in_words(error), person_id=mailbox.person_id)
            tally.aside += 1
    if named:  # all at once: everybody locks postings in one order
        landed = land(conn, {(one.board, one.external_id): one for one in named}.values())
        tally.ads += landed.new


def take_in(conn: Connection, person_id: str, raw: bytes) -> dict[str, object] | None:
    """A mail that a person forwards, in the caller's transaction. ``None``: it concerns no application, and nothing is kept of it.

    The same one again changes nothing.
    """
    found = understand(raw, applications=applications_of(conn, person_id))
    if not concerns(found):
        return None
    row = keep(conn, person_id, found)
    return {
        "id": row["id"] if row else None,
        "known": row is None,
        "kind": found.kind.value,
        "applicationId": found.application,
        "candidates": list(found.candidates),
        "why": found.why,
        "suspicious": found.suspicious,
        "sure": found.sure,
    }
