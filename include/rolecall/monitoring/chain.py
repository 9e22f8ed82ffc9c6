"""The audit log's chain: each seal holds a batch of rows and the seal before it, so that no change of the past goes unseen.

Pure functions over rows: what a database, a backup or an auditor's copy holds is verified the same way.

    chain(n) = sha256(chain(n-1) | n | rows(n) | sha256 of the rows' lines | moment of sealing)
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Row = Mapping[str, Any]

COLUMNS = ("id", "at", "actor", "action", "subject", "person_hash", "before_sha256", "after_sha256", "bytes_sha256", "detail")
"""What of an audit row is sealed: everything but the seal itself."""

GENESIS = "0" * 64

LATEST = timedelta(hours=2)
"""How long a transaction may take: a row whose time is older than the seal before its own by more than this was back-dated."""


@dataclass(frozen=True)
class Seal:
    """One link of the chain. An anchor is a copy of one that is kept elsewhere."""

    id: int
    rows: int
    rows_sha256: str
    chain_sha256: str
    sealed_at: datetime


@dataclass(frozen=True)
class Problem:
    """One thing that does not hold. ``seal`` says from where on the log cannot be trusted."""

    seal: int
    text: str


def line(row: Row) -> bytes:
    """One row in its canonical form: a JSON array with sorted keys, times as ISO 8601."""
    values = [row[name].isoformat() if isinstance(row[name], datetime) else row[name] for name in COLUMNS]
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def digest(rows: Iterable[Row]) -> str:
    """SHA-256 of the rows' lines, by id."""
    made = hashlib.sha256()
    for row in sorted(rows, key=lambda row: int(row["id"])):
        made.update(line(row))
    return made.hexdigest()


def link(previous: Seal | None, rows: list[Row], sealed_at: datetime) -> Seal:
    """The seal that follows ``previous`` and holds ``rows``."""
    number, rows_sha256 = (previous.id if previous else 0) + 1, digest(rows)
    before = previous.chain_sha256 if previous else GENESIS
    chained = hashlib.sha256(f"{before}|{number}|{len(rows)}|{rows_sha256}|{sealed_at.isoformat()}".encode()).hexdigest()
    return Seal(number, len(rows), rows_sha256, chained, sealed_at)


def verify(rows: Iterable[Row], seals: Iterable[Seal], anchors: Iterable[Seal]) -> list[Problem]:
    """Everything that does not hold, oldest first; ``[]`` when the log is what was written.

    :param rows: audit rows with ``seal``; those without one are too young to be protected
    :param anchors: copies of seals that were kept elsewhere: what was cut off at the end shows only there
    """
    held: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row["seal"] is not None:
            held[row["seal"]].append(row)
    chain = sorted(seals, key=lambda seal: seal.id)
    problems = _broken_links(chain, held)
    known = {seal.id for seal in chain}
    problems += [Problem(number, f"{len(held[number])} rows name seal {number}, which does not exist") for number in held.keys() - known]
    by_id = {seal.id: seal for seal in chain}
    for anchor in anchors:
        if anchor.id not in by_id:
            problems.append(Problem(anchor.id, f"seal {anchor.id} was anchored and is gone: the log was cut off"))
        elif by_id[anchor.id] != anchor:
            problems.append(Problem(anchor.id, f"seal {anchor.id} is not the one that was anchored"))
    return sorted(problems, key=lambda problem: problem.seal)


def _broken_links(chain: list[Seal], held: Mapping[int, list[Row]]) -> list[Problem]:
    problems: list[Problem] = []
    previous: Seal | None = None
    for seal in chain:
        rows = held.get(seal.id, [])
        expected = link(previous, rows, seal.sealed_at)
        if seal.id != expected.id:
            problems.append(Problem(expected.id, f"seal {expected.id} is missing"))
        elif seal.rows != expected.rows:
            problems.append(Problem(seal.id, f"seal {seal.id} held {seal.rows} rows, {expected.rows} are there"))
        elif seal.rows_sha256 != expected.rows_sha256:
            problems.append(Problem(seal.id, f"the rows of seal {seal.id} are not those that were sealed"))
        elif seal.chain_sha256 != expected.chain_sha256:
            problems.append(Problem(seal.id, f"seal {seal.id} does not follow from the one before it"))
        elif previous and any(row["at"] < previous.sealed_at - LATEST for row in rows):
            problems.append(Problem(seal.id, f"seal {seal.id} holds rows that say they were written long before it: back-dated"))
        previous = seal
    return problems
