"""The seed's "Save to Database": landed postings to ``POST /api/v1/jobs/bulk``, each content once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.sql import SQL, Identifier

from include.clients.platform import PlatformClient
from include.errors import RequestRejected, RolecallError
from include.models import digest
from include.store import Connection, connect

LEASE = timedelta(minutes=5)
"""How long a batch may take to be sent; past it, the run that took it is dead and another may send it."""

COLUMNS = {
    "title": "title", "company": "company", "location": "location", "description": "description", "postedDate": "posted_at", "url": "url",
    "source": "board", "externalId": "external_id", "city": "city", "region": "region", "country": "country", "remote": "remote",
    "employmentType": "employment_type", "seniority": "seniority", "salaryMin": "salary_min", "salaryMax": "salary_max",
    "salaryCurrency": "salary_currency", "salaryInterval": "salary_interval", "applyUrl": "apply_url", "applyKind": "apply_kind",
    "expired": "expired",
}  # fmt: skip
"""Field of the bulk body → column: the seed's seven first, then what else is known."""


OVER_CONTENT = (400, 413, 422)
"""Refusals that are about what was sent: halving the batch finds the postings they are about."""

MOST_REFUSED = 20
"""Refused postings after which a run stops asking: then it is not about single ones."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was confirmed with 201: postings and batches."""

    count: int = 0
    batches: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a batch: confirmed postings, confirmed requests, and each refused posting with what was said."""

    count: int = 0
    requests: int = 0
    refused: tuple[tuple[Row, RequestRejected], ...] = ()

    def __add__(self, other: Sent) -> Sent:
        return Sent(self.count + other.count, self.requests + other.requests, self.refused + other.refused)


def deliver(dsn: str, platform: PlatformClient, board: str, *, run_id: str, batch: int = 500) -> Delivered:
    """Sends what a board's scrapers landed and nobody confirmed yet, until nothing is left.

    A batch is claimed with a lease before it is sent, so that two runs never send the same rows, and no lock is held while the platform
    answers. It is marked delivered only after a 201 with the right count. A posting that changed meanwhile stays to be delivered; one that
    the platform refuses never holds up the others.

    :param run_id: names the run in ``board_delivery``, which counts what was confirmed and keeps the error
    :param batch: postings a request
    :raises RequestRejected: after the others were delivered: some postings are refused; the next run sends them again
    :raises ServiceError: the platform did not confirm; the batch is free again and what was confirmed before stays so
    """
    note(dsn, run_id, board, None)
    try:
        return _deliver(dsn, platform, board, run_id, batch)
    except RolecallError as error:
        note(dsn, run_id, board, str(error))
        raise


def _deliver(dsn: str, platform: PlatformClient, board: str, run_id: str, batch: int) -> Delivered:
    total = Sent()
    while len(total.refused) < MOST_REFUSED and (rows := claimed(dsn, board, batch)):
        try:
            total += sent(dsn, platform, rows, run_id)
        except BaseException:
            release(dsn, [*rows, *(row for row, _ in total.refused)])
            raise
    if total.refused:
        release(dsn, [row for row, _ in total.refused])
        row, error = total.refused[0]
        problem = f"{len(total.refused)} postings of {board} were refused, first {row['external_id']}: {error.message}"
        raise RequestRejected(problem, status=error.status, fix=error.fix)
    return Delivered(total.count, total.requests)


def sent(dsn: str, platform: PlatformClient, rows: list[Row], run_id: str) -> Sent:
    """Sends rows in one request and marks them; a batch refused for its content is halved until what is refused stands alone."""
    key = digest([[row["board"], row["external_id"], row["content_hash"]] for row in rows])
    try:
        platform.bulk_create_jobs([body(row) for row in rows], idempotency_key=key)
    except RequestRejected as error:
        if error.status not in OVER_CONTENT:
            raise
        if len(rows) == 1:
            return Sent(refused=((rows[0], error),))
        half = len(rows) // 2
        return sent(dsn, platform, rows[:half], run_id) + sent(dsn, platform, rows[half:], run_id)
    with connect(dsn, name="rolecall deliver") as conn:
        confirm(conn, rows, run_id)
    return Sent(len(rows), 1)


def body(row: Row) -> dict[str, Any]:
    """One posting as the bulk body names it; unknown fields are left out."""
    values = {name: row[column] for name, column in COLUMNS.items()}
    return {name: plain_value(value) for name, value in values.items() if value is not None}


def plain_value(value: Any) -> Any:
    """JSON for a column: times in ISO 8601, numbers as numbers."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, (str, bool, int)) else float(value)


def claimed(dsn: str, board: str, batch: int) -> list[Row]:
    """Takes up to ``batch`` undelivered postings for :data:`LEASE`, skipping what another run holds."""
    columns = SQL(", ").join(Identifier("p", column) for column in COLUMNS.values())
    with connect(dsn, name="rolecall deliver") as conn:
        statement = SQL(
            """
            update posting p set deliver_lease = now() + %(lease)s
            from (
                select id from posting
                where board = %(board)s and delivered_at is null and door = 'scrape'
                  and (deliver_lease is null or deliver_lease < now())
                order by id limit %(batch)s for update skip locked
            ) as free
            where p.id = free.id
            returning p.id, p.content_hash, {columns}
            """
        )
        rows = conn.execute(statement.format(columns=columns), {"board": board, "batch": batch, "lease": LEASE}).fetchall()
    return sorted(rows, key=lambda row: int(row["id"]))


def note(dsn: str, run_id: str, board: str, error: str | None) -> None:
    """Remembers why a run's delivery ended early; ``None``: it did not."""
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
    conn.execute("update board_delivery set count = count + %s where run_id = %s and board = %s", (len(rows), run_id, rows[0]["board"]))
    conn.execute(
        """
        update posting p set delivered_at = case when p.content_hash = sent.content_hash then now() end, deliver_lease = null
        from unnest(%(ids)s::bigint[], %(hashes)s::text[]) as sent (id, content_hash)
        where p.id = sent.id
        """,
        {"ids": [row["id"] for row in rows], "hashes": [row["content_hash"] for row in rows]},
    )


def release(dsn: str, rows: list[Row]) -> None:
    """Gives rows back: the next run may send them at once."""
    with connect(dsn, name="rolecall deliver") as conn:
        conn.execute("update posting set deliver_lease = null where id = any(%s) and delivered_at is null", ([row["id"] for row in rows],))
