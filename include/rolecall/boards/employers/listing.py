"""Complete lists: what an employer's list no longer has is closed at once, and open again when it has it again.

Only for boards that answer with everything an employer offers (``Board.complete``); of others a missing posting may be on a page that was
not read, and waits for ``UNSEEN_DAYS``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import LiteralString

from rolecall.store import Connection
from rolecall.text.html import scrub

SET: LiteralString = """
update posting p set expired = %(expired)s, changed_at = now(), delivered_at = null,
    content_hash = encode(sha256(convert_to(p.content_hash || %(expired)s, 'UTF8')), 'hex')
from (select id from posting where board = %(board)s and external_id = any(%(ids)s) and expired <> %(expired)s
      order by board collate "C", external_id collate "C" for no key update) one
where p.id = one.id
"""
"""Both ways; the hash is another, so that the catalog looks at the posting again."""


def reopen(conn: Connection, board: str, company: str, ids: Collection[str]) -> int:
    """Opens the postings that a list has again after it had closed them, in the caller's transaction. Returns how many."""
    rows = conn.execute(
        """
        update employer_listing set gone_at = null
        where board = %s and company = %s and gone_at is not null and external_id = any(%s) returning external_id
        """,
        (board, company.casefold(), list(scrub([*ids]))),
    ).fetchall()
    return _set(conn, board, [row["external_id"] for row in rows], expired=False)


def close_missing(conn: Connection, board: str, company: str, ids: Collection[str], unread: Iterable[str] = ()) -> int:
    """Closes the postings that an employer's list had and has no longer, in the caller's transaction. Returns how many.

    :param ids: everything the list has
    :param unread: cards of it that could not be read: what they speak of is not gone
    """
    here, whose = list(scrub([*ids])), {"board": board, "company": company.casefold()}
    known = conn.execute(
        """
        select external_id from employer_listing
        where board = %(board)s and company = %(company)s and gone_at is null and external_id <> all(%(here)s)
        """,
        {**whose, "here": here},
    ).fetchall()
    cards = list(unread)
    gone = [one["external_id"] for one in known if not any(one["external_id"].rpartition("/")[2] in card for card in cards)]
    conn.execute(
        """
        insert into employer_listing (board, company, external_id) select %(board)s, %(company)s, unnest(%(here)s::text[])
        on conflict (board, company, external_id) do update set gone_at = null where employer_listing.gone_at is not null
        """,
        {**whose, "here": here},
    )
    conn.execute(
        "update employer_listing set gone_at = now() where board = %(board)s and company = %(company)s and external_id = any(%(gone)s)",
        {**whose, "gone": gone},
    )
    return _set(conn, board, gone, expired=True)


def _set(conn: Connection, board: str, ids: list[str], *, expired: bool) -> int:
    return conn.execute(SET, {"board": board, "ids": ids, "expired": expired}).rowcount if ids else 0
