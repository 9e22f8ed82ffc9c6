"""The code that an applicant system sends by mail before it takes an application: read in the person's mailbox, if they switched that on.

It is told to the form that asked for it and nobody else: nothing of it is kept or logged, and the mail stays unread.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rolecall.errors import RolecallError
from rolecall.inbox import understand
from rolecall.inbox.mailbox import Mailbox, load, opened
from rolecall.inbox.understood import MailKind
from rolecall.store import Connection
from rolecall.text.words import fold

log = logging.getLogger(__name__)

CODE = re.compile(r"(?<![\w-])(?=[A-Za-z0-9]{0,7}\d|[A-Z]{8})[A-Za-z0-9]{8}(?![\w-])")
"""Eight letters or digits; of letters alone only capitals."""

NEWEST = 20
"""Mails of a mailbox that are looked at."""

EARLIER = timedelta(minutes=2)
"""How much the sender's clock may be behind ours."""

PAUSE = 3.0


@dataclass(frozen=True)
class CodeWanted:
    """Which code is looked for.

    :param senders: domains that the system sends from
    :param company: the employer, whom the mail names
    :param since: when it was asked for
    """

    senders: tuple[str, ...]
    company: str
    since: datetime


def code_in(raw: bytes, wanted: CodeWanted) -> str:
    """The code of one mail; ``""``: it is none that is wanted, its sender may be somebody else, or it holds more than one."""
    found = understand(raw)
    domain = found.sender.rpartition("@")[2].lower()
    if found.kind != MailKind.SECURITY_CODE or found.suspicious:
        return ""
    if not any(domain == one or domain.endswith(f".{one}") for one in wanted.senders):
        return ""
    if found.sent_at is None or found.sent_at < wanted.since - EARLIER:
        return ""
    company = fold(wanted.company).strip()
    if not company or company not in fold(f"{found.subject} {found.text}"):
        return ""
    codes = set(CODE.findall(found.text))
    return codes.pop() if len(codes) == 1 else ""


def mailboxes_of(conn: Connection, person_id: str) -> list[Mailbox]:
    """The person's mailboxes, unsealed.

    :raises InvalidInput: one was sealed under another key
    """
    rows = conn.execute("select id::text from mailbox where person_id = %s order by id limit 5", (person_id,)).fetchall()
    return [one for row in rows if (one := load(conn, row["id"])) is not None]


def wait_for_code(mailboxes: Sequence[Mailbox], wanted: CodeWanted, *, seconds: float, look: Callable[..., set[str]] | None = None) -> str:
    """Looks until the code is there; ``""``: it did not come in time, or two did."""
    look, deadline = look or codes_in_mailbox, time.monotonic() + seconds
    while True:
        codes: set[str] = set()
        for one in mailboxes:
            try:
                codes |= look(one, wanted)
            except (RolecallError, OSError) as error:
                log.warning("a mailbox could not be looked into for a code (%s)", type(error).__name__)
        if codes or not mailboxes or time.monotonic() + PAUSE > deadline:
            return codes.pop() if len(codes) == 1 else ""
        time.sleep(PAUSE)


def codes_in_mailbox(mailbox: Mailbox, wanted: CodeWanted) -> set[str]:
    """The codes among the newest mails; no flag changes.

    :raises MailboxError: the server does not answer
    """
    with opened(mailbox) as folder:
        uids = folder.uids(0, wanted.since - timedelta(days=1))[-NEWEST:]
        raws = folder.fetch(uids) if uids else {}
    return {code for raw in raws.values() if (code := code_in(raw, wanted))}
