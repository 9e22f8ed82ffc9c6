"""The seed's "Save to Database": landed postings to ``POST /api/v1/jobs/bulk``, each content once."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, LiteralString

from psycopg.sql import SQL, Identifier

from rolecall.boards.landing import LOCK_POSTINGS
from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import BadAnswer, MaybeReceived, RequestRejected, RolecallError, ServiceError
from rolecall.models import digest
from rolecall.store import Connection, connect
from rolecall.store.dead_letters import put_aside

LEASE = timedelta(minutes=5)
"""How long a batch may take to be sent; past it, the run that took it is dead and another may send it."""

COLUMNS = {
    "title": "title", "company": "company", "location": "location", "description": "description", "postedDate": "posted_at", "url": "url",
    "source": "board", "externalId": "external_id", "city": "city", "region": "region", "country": "country", "places": "places",
    "remote": "remote",
    "employmentType": "employment_type", "seniority": "seniority", "salaryMin": "salary_min", "salaryMax": "salary_max",
    "salaryCurrency": "salary_currency", "salaryInterval": "salary_interval", "applyUrl": "apply_url", "applyKind": "apply_kind",
    "expired": "expired",
}  # fmt: skip
"""Field of the bulk body → column: the seed's seven first, then what else is known."""


OVER_CONTENT = (400, 413, 422)
"""Refusals that are about what was sent: halving the batch finds the postings they are about."""

QUEUE = "delivery"
"""Dead letters of postings that the platform refuses, by the posting's id."""

MOST_REFUSED = 20
"""Refused postings after which a run stops where nothing was confirmed: then it is not about single ones."""

MOST_FAILED = 100
"""Requests without a confirmation a run makes at most; the next run goes on where this one stopped."""

PATIENCE = 60.0
"""Seconds without a confirmation after which a platform that fails is taken to be down."""

Row = dict[str, Any]
Turn = Literal["new", "tried", "refused"]


@dataclass(frozen=True, slots=True)
class DeliveredJobs:
    """What was confirmed with 201: postings and batches."""

    count: int = 0
    batches: int = 0


def deliver(dsn: str, platform: PlatformClient, board: str, *, run_id: str, batch: int = 500) -> DeliveredJobs:
    """Sends what a board's scrapers landed and nobody confirmed yet.

    A batch is claimed with a lease before it is sent, so that two runs never send the same rows, and no lock is held while the platform
    answers. It is marked delivered only after a 201 with the right count. A posting that changed meanwhile stays to be delivered.

    One that the platform refuses never holds up the others: what was never sent goes first, in whole batches. Batches that were not
    confirmed are halved after that until what is refused stands alone and is put aside, :data:`MOST_FAILED` requests a run; the next
    run goes on from there. What is put aside is sent again last in every run, so that a platform that was mended takes it.

    :param run_id: names the run in ``board_delivery``, which counts what was confirmed and keeps the error
    :param batch: postings a request
    :raises RequestRejected: after the others were delivered: postings are refused that were not before
    :raises ServiceError: the platform did not confirm; what was confirmed before stays so
    """
    note_delivery(dsn, run_id, board, None)
    run = _Delivery(dsn, platform, board, run_id, batch)
    try:
        run.everything()
        run.raise_for_refused()
    except RolecallError as error:
        note_delivery(dsn, run_id, board, str(error))
        raise
    if still := describe_refused(dsn, board):
        note_delivery(dsn, run_id, board, still)
    return DeliveredJobs(run.count, run.requests)


@dataclass(slots=True)
class _Delivery:
    """One run's way through what is to be delivered."""

    dsn: str
    platform: PlatformClient
    board: str
    run_id: str
    batch: int
    count: int = 0
    requests: int = 0
    failed: int = 0
    alone: int = 0
    most: int = MOST_FAILED
    doubtful: list[tuple[Row, ServiceError]] = field(default_factory=list)
    newly: list[tuple[Row, ServiceError]] = field(default_factory=list)
    unconfirmed: ServiceError | None = None
    confirmed_at: float = field(default_factory=time.monotonic)

    def everything(self) -> None:
        """What was never sent, then what was not confirmed before, then what is put aside."""
        turns: tuple[Turn, ...] = ("new", "tried", "refused")
        for turn in turns:
            since = database_time(self.dsn)
            if turn == "tried" and self.worthwhile:
                self.unconfirmed = None  # these are asked for again now
            self.most = MOST_FAILED if turn != "refused" else min(MOST_FAILED, self.failed + MOST_REFUSED)
            while self.worthwhile and (rows := claim_postings(self.dsn, self.board, self.batch, turn, since)):
                self.send(rows, halve=turn != "new")
        for row, error in self.doubtful:
            if self.count:
                self.put_aside(row, error)
            self.unconfirmed = self.unconfirmed or (None if self.count else error)
        if self.unconfirmed is not None:
            raise self.unconfirmed

    @property
    def worthwhile(self) -> bool:
        """Whether asking further is polite and may help."""
        return self.failed < self.most and (self.count > 0 or self.alone < MOST_REFUSED)

    def send(self, rows: list[Row], *, halve: bool) -> None:
        """One request; what it does not confirm is given back, halved, or put aside where it stands alone."""
        if not self.worthwhile:
            release(self.dsn, rows, tried=True)
            return
        try:
            self.platform.bulk_create_jobs([body(row) for row in rows], idempotency_key=key_of(rows))
        except (RequestRejected, MaybeReceived, BadAnswer) as error:
            self.refuse(rows, error, halve=halve)
        except BaseException:
            release(self.dsn, rows)
            raise
        else:
            with connect(self.dsn, name="rolecall deliver") as conn:
                confirm(conn, rows, self.run_id)
            self.count, self.requests, self.confirmed_at = self.count + len(rows), self.requests + 1, time.monotonic()

    def refuse(self, rows: list[Row], error: RequestRejected | MaybeReceived | BadAnswer, *, halve: bool) -> None:
        """Finds out whom an answer that was no confirmation is about.

        :raises ServiceError: nobody in particular; the rows are free again
        """
        over_content = isinstance(error, RequestRejected) and error.status in OVER_CONTENT
        down = not isinstance(error, RequestRejected) and time.monotonic() - self.confirmed_at > PATIENCE
        if down or (isinstance(error, RequestRejected) and not over_content):
            release(self.dsn, rows, tried=down)
            raise error
        self.failed += 1
        if isinstance(error, BadAnswer):  # another count than was sent: which of them are missing is not said
            self.unconfirmed = self.unconfirmed or error
            release(self.dsn, rows, tried=True)
            if not self.count:
                raise error
        elif len(rows) == 1 and over_content:
            self.put_aside(rows[0], error)
        elif len(rows) == 1 and halve:
            self.doubtful.append((rows[0], error))  # odd, or the platform is down: what becomes of the others tells
            release(self.dsn, rows, tried=True)
        elif halve and len(rows) > 1:
            middle = len(rows) // 2
            self.send(rows[:middle], halve=True)
            self.send(rows[middle:], halve=True)
        else:
            if not over_content:
                self.unconfirmed = self.unconfirmed or error
            release(self.dsn, rows, tried=True)

    def put_aside(self, row: Row, error: ServiceError) -> None:
        """A posting that was refused all by itself."""
        self.alone += 1
        self.newly += [(row, error)] if put_posting_aside(self.dsn, row, str(error)) else []

    def raise_for_refused(self) -> None:
        """:raises RequestRejected: the platform refused postings that it had not refused before"""
        if not self.newly:
            return
        row, error = self.newly[0]
        problem = f"{len(self.newly)} postings of {self.board} were refused, first {row['external_id'][:200]}: {error.message}"
        raise RequestRejected(problem, status=getattr(error, "status", 500), fix=error.fix)


def key_of(rows: Sequence[Row]) -> str:
    """The idempotency key of a batch: the same for the same contents."""
    return digest([[row["board"], row["external_id"], row["content_hash"]] for row in rows])


def body(row: Row) -> dict[str, Any]:
    """One posting as the bulk body names it; unknown fields are left out."""
    values = {name: plain_value(row[column]) for name, column in COLUMNS.items()}
    return {name: value for name, value in values.items() if value is not None}


def plain_value(value: Any) -> Any:
    """JSON for a column: times in ISO 8601, lists as they are, numbers as numbers; ``None`` for what is no number."""
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, (str, bool, int, list)):
        return value
    return float(value) if math.isfinite(value) else None


def database_time(dsn: str) -> datetime:
    """The database's time: leases are compared with it."""
    with connect(dsn, name="rolecall deliver") as conn:
        row = conn.execute("select clock_timestamp() as at").fetchone()
    assert row is not None  # noqa: S101 - a select without from has a row
    at: datetime = row["at"]
    return at


KNOWN: LiteralString = """exists (
    select from dead_letter d
    where d.queue = 'delivery' and d.key = posting.id::text and d.payload->>'content_hash' = posting.content_hash)"""

TURNS: dict[Turn, LiteralString] = {
    "new": "deliver_lease is null",
    "tried": f"deliver_lease < %(since)s and not {KNOWN}",
    "refused": f"deliver_lease < %(since)s and {KNOWN}",
}
"""What may be claimed: never sent; sent and not confirmed; refused, put aside and not changed since. None that another run holds."""


def claim_postings(dsn: str, board: str, batch: int, turn: Turn, since: datetime) -> list[Row]:
    """Takes up to ``batch`` undelivered postings for :data:`LEASE`, those first that waited longest, skipping what another run holds."""
    columns = SQL(", ").join(Identifier("p", column) for column in COLUMNS.values())
    with connect(dsn, name="rolecall deliver") as conn:
        statement = SQL(
            """
            update posting p set deliver_lease = clock_timestamp() + %(lease)s
            from (
                select id from posting
                where board = %(board)s and delivered_at is null and door = 'scrape' and {turn}
                order by deliver_lease nulls first, id limit %(batch)s for update skip locked
            ) as free
            where p.id = free.id
            returning p.id, p.content_hash, {columns}
            """
        )
        asked = {"board": board, "batch": batch, "lease": LEASE, "since": since}
        rows = conn.execute(statement.format(columns=columns, turn=SQL(TURNS[turn])), asked).fetchall()
    return sorted(rows, key=lambda row: int(row["id"]))


def note_delivery(dsn: str, run_id: str, board: str, error: str | None) -> None:
    """Remembers why a run's delivery ended early or what it could not deliver; ``None``: nothing is wrong."""
    with connect(dsn, name="rolecall deliver") as conn:
        conn.execute(
            """
            insert into board_delivery (run_id, board, error) values (%s, %s, %s)
            on conflict (run_id, board) do update set error = excluded.error, delivered_at = now()
            """,
            (run_id, board, error),
        )


def confirm(conn: Connection, rows: list[Row], run_id: str) -> None:
    """Marks a batch delivered, except what changed since it was claimed, and counts it for the run."""
    conn.execute(LOCK_POSTINGS, ([row["id"] for row in rows],))
    conn.execute("update board_delivery set count = count + %s where run_id = %s and board = %s", (len(rows), run_id, rows[0]["board"]))
    conn.execute(
        """
        update posting p set delivered_at = case when p.content_hash = sent.content_hash then now() end, deliver_lease = null
        from unnest(%(ids)s::bigint[], %(hashes)s::text[]) as sent (id, content_hash)
        where p.id = sent.id
        """,
        {"ids": [row["id"] for row in rows], "hashes": [row["content_hash"] for row in rows]},
    )
    conn.execute("delete from dead_letter where queue = %s and key = any(%s)", (QUEUE, [str(row["id"]) for row in rows]))


def release(dsn: str, rows: list[Row], *, tried: bool = False) -> None:
    """Gives rows back: the next run may send them at once.

    :param tried: after those that were never sent
    """
    with connect(dsn, name="rolecall deliver") as conn:
        conn.execute(LOCK_POSTINGS, ([row["id"] for row in rows],))
        conn.execute(
            "update posting set deliver_lease = case when %s then clock_timestamp() end where id = any(%s) and delivered_at is null",
            (tried, [row["id"] for row in rows]),
        )


def put_posting_aside(dsn: str, row: Row, reason: str) -> bool:
    """Puts a posting aside that the platform refuses. Returns whether that is new."""
    release(dsn, [row], tried=True)
    reason, payload = f"{row['board']} {row['external_id'][:200]}: {reason}", {"board": row["board"], "content_hash": row["content_hash"]}
    with connect(dsn, name="rolecall deliver") as conn:
        return put_aside(conn, QUEUE, str(row["id"]), reason, payload=payload)


def describe_refused(dsn: str, board: str) -> str | None:
    """What a board has put aside, in one line; ``None``: nothing."""
    with connect(dsn, name="rolecall deliver") as conn:
        row = conn.execute(
            """
            select count(*) as n, min(d.reason) as first from dead_letter d join posting p on p.id::text = d.key
            where d.queue = %s and p.board = %s and p.delivered_at is null
            """,
            (QUEUE, board),
        ).fetchone()
    return f"{row['n']} postings are put aside because the platform refuses them, first {row['first']}" if row and row["n"] else None
