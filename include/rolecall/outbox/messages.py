"""The outbox of messages: written in the transaction of the fact they tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from rolecall.models import Channel
from rolecall.store import Connection, sql
from rolecall.text.display import clean, one_line

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One message to one recipient.

    :param dedupe_key: what it is about and how it goes out; the same key is never sent twice. ``stream:<id>`` is kept for
        messages of other producers, whose status is reported under their own id
    :param person_id: whom it is for; ``None`` for a channel of the team
    :param kind: ``applied``, ``uncertain``, ``scraped_ok``, …
    :param type: the channel it goes through
    :param recipient: address, E.164 number, person's id or ``#channel``
    :param message: plain text
    :param html: the same as HTML, for e-mail
    :param data: JSON-able, for push
    :param attachments: ``{"filename", "type", "text" | "content" (base64)}`` each, for e-mail
    :param fallback: address by further channel, for when this one cannot deliver
    :param held: waits until the person's preferences let it go (``rolecall.notifying.wishes.release``)
    """

    dedupe_key: str
    kind: str
    type: Channel
    recipient: str
    message: str
    person_id: str | None = None
    subject: str = ""
    title: str = ""
    html: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    cc: list[str] = field(default_factory=list)
    bcc: list[str] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    fallback: dict[str, str] = field(default_factory=dict)
    held: bool = False


def enqueue(conn: Connection, drafts: Iterable[Draft]) -> int:
    """Writes the drafts in the caller's transaction: one statement. Returns how many are new; a known key changes nothing.

    Newlines in subjects and titles become spaces, so that no subject can add a header.
    """
    rows = [_row(draft) for draft in drafts]
    if not rows:
        return 0
    return conn.execute(sql(SQL / "enqueue.sql"), {"rows": Jsonb(rows)}).rowcount


def _row(draft: Draft) -> dict[str, Any]:
    tidy = {"subject": one_line(draft.subject), "title": one_line(draft.title), "recipient": draft.recipient.strip()}
    row: dict[str, Any] = clean({**asdict(draft), **tidy})
    return row
