"""The landing table's two doors: what boards were seen to say, one row a posting, whoever brings it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, LiteralString

import psycopg
from psycopg import RawCursor
from psycopg.rows import dict_row

from rolecall.models import JobPosting
from rolecall.store import Connection, sql
from rolecall.store.dead_letters import UNSTORABLE, put_aside
from rolecall.text.html import MAX_HTML, safe_html, scrub

Door = Literal["scrape", "bulk"]

ODD = re.compile(r"\\u0000|[\ud800-\udfff]")
"""What a batch must be searched through for, value by value: a NUL, half a character."""

ODD_POSTING = (*UNSTORABLE, psycopg.IntegrityError, psycopg.errors.CardinalityViolation, ValueError, RecursionError)
"""What a posting raises that cannot be stored: too long for an index, out of range, two ids that are one without their NULs."""

QUEUE = "landing"
"""Dead letters of postings that cannot be stored, by board and id."""

LOCK_POSTINGS: LiteralString = """
select 1 from posting where id = any(%s) order by board collate "C", external_id collate "C" for no key update"""
"""Before several postings are written: everybody takes them in this order."""

LOCK_KNOWN: LiteralString = """
select 1 from posting p join unnest(%(boards)s::text[], %(names)s::text[]) as i (board, external_id) using (board, external_id)
where %(door)s <> 'bulk' or p.door <> 'scrape'
order by p.board collate "C", p.external_id collate "C" for no key update of p"""

LAND = Path(__file__).parent / "land.sql"
MAX_DESCRIPTION = 100_000
"""Characters of an ad's text that are kept; what is longer is cut, and ``raw.cut`` says how long it was."""

BATCH = 500
"""Postings a statement."""


@dataclass(frozen=True, slots=True)
class DetailToRead:
    """A landed posting whose detail page is worth reading: new, changed, or never read in full."""

    external_id: str
    url: str


@dataclass(frozen=True, slots=True)
class Landed:
    """What landing did: counts of postings, those whose detail page is worth reading, and how many Postgres could not take."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    wanting: tuple[DetailToRead, ...] = ()
    aside: int = 0

    def __add__(self, other: Landed) -> Landed:
        return Landed(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.wanting + other.wanting,
            self.aside + other.aside,
        )


def land(
    conn: Connection,
    postings: Iterable[JobPosting],
    *,
    door: Door = "scrape",
    now: datetime | None = None,
    detailed: bool = False,
    replayed: bool = False,
) -> Landed:
    """Upserts postings by (board, external_id) in the caller's transaction, in set-based statements of 500.

    Equal content changes nothing but ``last_seen_at``. A later answer that lacks something never erases what an earlier one gave. The
    bulk door never touches a row the scraper landed: that is our own delivery coming back. The content hash is that of the merged row.
    A posting that Postgres cannot take is put aside with its reason (queue ``landing``); the others land.

    :param door: ``scrape`` for a board's answer, ``bulk`` for ``POST /api/v1/jobs/bulk``
    :param now: when it was seen (now by default; the fetch time on a replay)
    :param detailed: these come from detail pages: they add what cards lack and leave the cards' own fields alone
    :param replayed: these were said at ``now`` and are read again: a posting of which a later answer was read stays as it is
    """
    how = {"door": door, "now": now or datetime.now(UTC), "detailed": detailed, "replayed": replayed}
    total = Landed()
    split = split_repeats(map(bound_description, postings))
    if len(split) and len(split[0]) > BATCH:  # one statement keeps the order by itself; several need what they write locked before
        keys = {**scrub({"boards": [one.board for one in split[0]], "names": [one.external_id for one in split[0]]}), "door": door}
        conn.execute(LOCK_KNOWN, keys)
    for layer in split:
        for start in range(0, len(layer), BATCH):
            total += _landed(conn, layer[start : start + BATCH], how)
    return total


def bound_description(posting: JobPosting) -> JobPosting:
    """The posting with a description of at most :data:`MAX_DESCRIPTION` characters."""
    lengths = {"description": len(posting.description or ""), "description_html": len(posting.description_html or "")}
    if lengths["description"] <= MAX_DESCRIPTION and lengths["description_html"] <= MAX_HTML:
        return posting
    return posting.model_copy(
        update={
            "description": posting.description and posting.description[:MAX_DESCRIPTION],
            "description_html": safe_html(posting.description_html and posting.description_html[:MAX_HTML]),
            "raw": {**posting.raw, "cut": {name: length for name, length in lengths.items() if length}},
        }
    )


def split_repeats(postings: Iterable[JobPosting]) -> list[list[JobPosting]]:
    """Splits a batch so that no layer has one posting twice: the second answer about it lands after the first, by the same rules."""
    split: list[list[JobPosting]] = []
    first: dict[tuple[str, str], JobPosting] = {}
    said: dict[tuple[str, str], set[str]] = {}
    for posting in postings:
        key = (posting.board, posting.external_id)
        if key not in first:
            first[key], place = posting, 0
        else:
            known = said.setdefault(key, {repr(first[key])})
            place = len(known)
            known.add(repr(posting))
            if len(known) == place:
                continue  # the same answer once more
        if place == len(split):
            split.append([])
        split[place].append(posting)
    return split


def _landed(conn: Connection, postings: list[JobPosting], how: dict[str, Any]) -> Landed:
    """Lands a batch; one that fails over its content is halved until the posting it is about stands alone."""
    conn.execute("select")  # begins the caller's transaction where it has none yet: otherwise the block would be one, and commit
    try:
        with conn.transaction():
            return _land(conn, postings, how)
    except ODD_POSTING as error:
        if len(postings) > 1:
            middle = len(postings) // 2
            return _landed(conn, postings[:middle], how) + _landed(conn, postings[middle:], how)
        odd, said = postings[0], (str(error).strip().splitlines() or [type(error).__name__])[0]
        reason = f"{odd.board} {odd.external_id[:200]} cannot be stored: {said}"
        put_aside(conn, QUEUE, f"{odd.board} {odd.external_id}", reason, payload=odd.model_dump())
        return Landed(aside=1)


def _land(conn: Connection, postings: list[JobPosting], how: dict[str, Any]) -> Landed:
    statement, names = number_parameters(LAND)
    values = {**how, "postings": as_json(postings)}
    rows = RawCursor(conn, row_factory=dict_row).execute(statement, [values[name] for name in names]).fetchall()
    new = sum(1 for row in rows if row["is_new"])
    changed = sum(1 for row in rows if row["is_changed"])
    wanting = tuple(
        DetailToRead(row["external_id"], row["url"]) for row in rows if row["is_new"] or row["is_changed"] or row["is_undetailed"]
    )
    return Landed(new, changed, len(postings) - new - changed, () if how["detailed"] else wanting)


@cache
def number_parameters(path: Path) -> tuple[LiteralString, tuple[str, ...]]:
    """A statement with ``$1``, ``$2``, … and their names: one this long would be taken apart again at each execution."""
    statement, names = sql(path), tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql(path))))
    for number, name in enumerate(names, 1):
        statement = statement.replace(f"%({name})s", f"${number}")
    return statement, names


def as_json(postings: list[JobPosting]) -> str:
    """The batch as JSON that Postgres can store: no NUL, no lone surrogate, no NaN."""
    with suppress(ValueError):
        text = f"[{','.join(map(as_row, postings))}]"
        if not ODD.search(text):
            return text
    odd = [{**posting.model_dump(), "posted_is_relative": is_relative(posting)} for posting in postings]
    plain = json.loads(json.dumps(odd, default=str, allow_nan=True), parse_constant=str)
    return json.dumps(scrub(plain), ensure_ascii=False, allow_nan=False)


def as_row(posting: JobPosting) -> str:
    """A posting's columns as JSON.

    :raises ValueError: something in ``raw`` is no JSON
    """
    return f'{posting.model_dump_json()[:-1]},"posted_is_relative":{"true" if is_relative(posting) else "false"}}}'


def is_relative(posting: JobPosting) -> bool:
    """Whether its date was only told as "3 days ago"."""
    return posting.raw.get("posted_is_relative") is True
