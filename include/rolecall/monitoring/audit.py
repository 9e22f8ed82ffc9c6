"""The audit log in Postgres: sealing it, anchoring its head elsewhere, verifying it, and everything about one application.

./rolecall audit verify             whether it is what was written: the chain, every row, the anchors
./rolecall audit application ID     everything about one application
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from upath import UPath

from rolecall.clients.http import request
from rolecall.commands import Arguments
from rolecall.endpoints import endpoints
from rolecall.errors import InvalidInput, RolecallError
from rolecall.monitoring.chain import Problem, Seal, link, verify
from rolecall.settings import Settings
from rolecall.store import Connection, connect, sql

SQL = Path(__file__).parent / "sql"
SEALING = 7_014_108
"""Advisory lock: one sealer at a time."""

BATCH = 50_000
"""Rows in one seal at most; what is left gets the next one."""


def seal(conn: Connection, now: datetime) -> Seal | None:
    """Seals what was written since the last time, in the caller's transaction. Returns the new head, or ``None``: nothing new.

    Rows of transactions that are still open are not seen; they get the next seal, whatever their ids are.
    """
    conn.execute("select pg_advisory_xact_lock(%s)", (SEALING,))
    rows = conn.execute("select * from audit where seal is null order by id limit %s", (BATCH,)).fetchall()
    if not rows:
        return None
    last = conn.execute("select id, rows, rows_sha256, chain_sha256, sealed_at from audit_seal order by id desc limit 1").fetchone()
    made = link(Seal(**last) if last else None, [*rows], now)
    conn.execute(
        "insert into audit_seal (id, rows, rows_sha256, chain_sha256, sealed_at)"
        " values (%(id)s, %(rows)s, %(rows_sha256)s, %(chain_sha256)s, %(sealed_at)s)",
        asdict(made),
    )
    conn.execute("update audit set seal = %s where id = any(%s)", (made.id, [row["id"] for row in rows]))
    return made


# ── anchors: copies of the head, kept where who can change the log cannot ───────────────────────────────────────


def anchor(head: Seal, folder: str | None, webhook: str | None) -> None:
    """Writes the head beside the earlier ones, and tells the webhook. Anchoring it again writes the same.

    :param folder: folder or object store: ``/srv/anchors``, ``s3://bucket/audit``
    :raises RolecallError: the webhook did not take it
    """
    document = {**asdict(head), "sealed_at": head.sealed_at.isoformat()}
    if folder:
        place = UPath(folder)
        place.mkdir(parents=True, exist_ok=True)
        (place / anchor_name(head.id)).write_text(json.dumps(document, sort_keys=True) + "\n", encoding="utf-8")
    if webhook:
        with httpx.Client(timeout=10.0) as http:
            request(http, "POST", webhook, service="the anchor's webhook", shown="AUDIT_ANCHOR_WEBHOOK", json=document)


def anchors(folder: str | None) -> Iterator[Seal]:
    """What was anchored.

    :raises InvalidInput: a file there is no anchor
    """
    place = UPath(folder) if folder else None
    for file in sorted(place.glob("*.json"), key=str) if place and place.exists() else []:
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
            yield Seal(**{**document, "sealed_at": datetime.fromisoformat(document["sealed_at"])})
        except (ValueError, TypeError, KeyError) as error:
            raise InvalidInput(str(file), "is no anchor", fix="somebody changed it: restore it from its store's history") from error


def unanchored(conn: Connection, folder: str) -> list[Seal]:
    """Seals after the newest anchor, oldest first: those that a run which died between sealing and anchoring left behind.

    Looks back from the newest seal until one is anchored: a look or two, however many anchors there are.
    """
    place, found = UPath(folder), []
    with conn.cursor("unanchored") as newest_first:
        newest_first.itersize = 100
        newest_first.execute("select id, rows, rows_sha256, chain_sha256, sealed_at from audit_seal order by id desc")
        for row in newest_first:
            if (place / anchor_name(row["id"])).exists():
                break
            found.append(Seal(**row))
    return found[::-1]


def anchor_name(seal: int) -> str:
    """The file of one anchor."""
    return f"{seal:012d}.json"


def seal_and_anchor(dsn: str, settings: Settings, now: datetime) -> dict[str, int]:
    """One round: commits the seal first, then anchors whatever is not anchored. Returns the head's id and how many were anchored."""
    with connect(dsn, name="audit seal") as conn:
        head = seal(conn, now)
        conn.commit()
        waiting = unanchored(conn, settings.audit_anchor_url) if settings.audit_anchor_url else [head] if head else []
    webhook = settings.audit_anchor_webhook.get_secret_value() if settings.audit_anchor_webhook else None
    for each in waiting:
        anchor(each, settings.audit_anchor_url, webhook)
    return {"head": waiting[-1].id if waiting else 0, "anchored": len(waiting)}


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────


def check(conn: Connection, folder: str | None) -> tuple[dict[str, int], list[Problem]]:
    """Verifies the whole log against itself and its anchors. Returns counts and what does not hold."""
    rows = conn.execute("select * from audit order by id").fetchall()
    seals = [Seal(**row) for row in conn.execute("select id, rows, rows_sha256, chain_sha256, sealed_at from audit_seal order by id")]
    kept = list(anchors(folder))
    counts = {"rows": len(rows), "unsealed": sum(row["seal"] is None for row in rows), "seals": len(seals), "anchors": len(kept)}
    return counts, verify(rows, seals, kept)


def about_application(conn: Connection, application_id: str) -> dict[str, Any]:
    """Everything about one application: scores and reasons, letter, approval, request, answer, evidence, messages, audit rows.

    :raises InvalidInput: there is none with this id
    """
    try:
        found = conn.execute(sql(SQL / "about_application.sql"), {"id": UUID(application_id)}).fetchone()
    except ValueError:  # no id at all
        found = None
    if found is None:
        raise InvalidInput("application", f"there is none with id {application_id}", fix="./rolecall applications list shows the ids")
    dossier: dict[str, Any] = found["dossier"]
    return dossier


def main(arguments: list[str] | None = None) -> int:
    """The command. Exit status 1: the log is not what was written."""
    parser = Arguments(prog="./rolecall audit", description="The audit log.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("verify", help="check the chain, every row in it, and its anchors")
    commands.add_parser("application", help="everything about one application").add_argument("id")
    asked = parser.parse_args(arguments)
    settings = endpoints("rolecall_db")
    try:
        with connect(settings.dsn, name="audit") as conn:
            if asked.command == "application":
                print(json.dumps(about_application(conn, asked.id), indent=2, ensure_ascii=False, default=str))
                return 0
            counts, problems = check(conn, settings.audit_anchor_url)
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 2
    print(" · ".join(f"{number} {name}" for name, number in counts.items()))
    for problem in problems:
        print(f"✗ {problem.text}")
    print("the log is what was written" if not problems else f"do not trust anything from seal {problems[0].seal} on")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
