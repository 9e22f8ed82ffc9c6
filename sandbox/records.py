"""What the sandbox received: receipts of applications and messages, in SQLite, so that a restart forgets nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

KEPT_BODIES = 20_000
"""Messages and application bodies that are kept; older ones are dropped, counts and keys stay exact."""

FRESH = timedelta(days=14)
"""How long the ads keep their dates; after that the board has moved on and they are dated anew."""

SCHEMA = """
create table if not exists receipt (id integer primary key, key text not null, job_id text not null, at text not null, body text);
create index if not exists receipt_key on receipt (key);
create table if not exists message (id integer primary key, channel text not null, at text not null, body text not null);
create index if not exists message_channel on message (channel, id);
create table if not exists counter (name text primary key, n integer not null);
create table if not exists push_key (key text primary key, number integer not null);
create table if not exists fact (name text primary key, value text not null);
"""


class Records:
    """Receipts and messages.

    :param folder: where they are kept; ``None``: in memory
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._db = sqlite3.connect(folder / "sandbox.sqlite3" if folder else ":memory:", isolation_level=None, check_same_thread=False)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(SCHEMA)
        if "way" not in {row[1] for row in self._db.execute("pragma table_info(receipt)")}:  # a folder of an earlier version
            self._db.execute("alter table receipt add column way text not null default 'ats'")

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    # ── the receiving side of applications ──────────────────────────────────────────────────────────────

    def receive(self, key: str, job_id: str, body: Mapping[str, Any], *, way: str = "ats") -> str:
        """Records one application, also when its key was seen before, and returns its receipt."""
        with self._db:
            self._db.execute("begin immediate")
            found = self._db.execute(
                "insert into receipt (key, job_id, at, body, way) values (?, ?, ?, ?, ?)",
                (key, job_id, _now(), json.dumps(body, ensure_ascii=False), way),
            )
            number = found.lastrowid or 0
            self._db.execute("update receipt set body = null where id = ?", (number - KEPT_BODIES,))
        return receipt_of(number)

    def receipt_for(self, key: str) -> str | None:
        """The first receipt given under a key."""
        row = self._db.execute("select min(id) from receipt where key = ?", (key,)).fetchone()
        return receipt_of(row[0]) if row[0] is not None else None

    def receipts(self, *, key: str | None = None, limit: int = 1000, bodies: bool = False) -> dict[str, Any]:
        """``{total, distinct, duplicates, ways, receipts}``, the newest last; the totals cover all, or all of one key."""
        where, values = ("where key = ?", [key]) if key is not None else ("", [])
        total, distinct = self._db.execute(f"select count(*), count(distinct key) from receipt {where}", values).fetchone()  # noqa: S608
        rows = self._db.execute(
            f"select id, key, job_id, at, body, way from receipt {where} order by id desc limit ?",  # noqa: S608
            [*values, limit],
        ).fetchall()
        ways = dict(self._db.execute(f"select way, count(*) from receipt {where} group by way order by way", values).fetchall())  # noqa: S608
        shown = [
            {"receipt": receipt_of(number), "way": way, "key": one, "job_id": job_id, "at": at}
            | ({"body": json.loads(body) if body else None} if bodies else {})
            for number, one, job_id, at, body, way in reversed(rows)
        ]
        return {"total": total, "distinct": distinct, "duplicates": total - distinct, "ways": ways, "receipts": shown}

    # ── messages ────────────────────────────────────────────────────────────────────────────────────────

    def deliver(self, channel: str, body: Mapping[str, Any]) -> int:
        """Records one message and returns its number."""
        with self._db:
            self._db.execute("begin immediate")
            found = self._db.execute(
                "insert into message (channel, at, body) values (?, ?, ?)", (channel, _now(), json.dumps(body, ensure_ascii=False))
            )
            number = found.lastrowid or 0
            self._db.execute("insert into counter values (?, 1) on conflict (name) do update set n = n + 1", (channel,))
            self._db.execute("delete from message where id <= ?", (number - KEPT_BODIES,))
        return number

    def push(self, body: Mapping[str, Any], key: str | None) -> int:
        """Records one push and returns its number; the same key again is the same push."""
        known = self._db.execute("select number from push_key where key = ?", (key,)).fetchone()
        if known:
            return int(known[0])
        number = self.deliver("push", {**body, "key": key})
        if key:
            self._db.execute("insert or ignore into push_key values (?, ?)", (key, number))
        return number

    def messages(self, *, channel: str | None = None, limit: int = 1000) -> dict[str, Any]:
        """``{counts, messages}``, the newest last; ``counts`` by channel cover all that ever came."""
        counts = dict(self._db.execute("select name, n from counter order by name").fetchall())
        rows = self._db.execute(
            "select id, channel, at, body from message where ? is null or channel = ? order by id desc limit ?", (channel, channel, limit)
        ).fetchall()
        shown = [{"id": number, "channel": one, "at": at, **json.loads(body)} for number, one, at, body in reversed(rows)]
        return {"counts": {**dict.fromkeys(("email", "sms", "push", "slack", "alert"), 0), **counts}, "messages": shown}

    # ── time ────────────────────────────────────────────────────────────────────────────────────────────

    def anchor(self, now: datetime | None = None) -> datetime:
        """The moment the ads' ages count back from: kept over restarts, so that dates stay, and renewed once it is 14 days old."""
        now = now or datetime.now(UTC)
        row = self._db.execute("select value from fact where name = 'anchor'").fetchone()
        if row and now - FRESH < (kept := datetime.fromisoformat(row[0])) <= now:
            return kept
        moment = now.replace(microsecond=0)
        self._db.execute("insert or replace into fact values ('anchor', ?)", (moment.isoformat(),))
        return moment


def receipt_of(number: int) -> str:
    """``ATS-000042``."""
    return f"ATS-{number:06d}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
