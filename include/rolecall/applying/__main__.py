"""Applications, and the ids that ``auto_apply`` asks for.

./rolecall applications people [--limit 50]    people and their CVs, by id
./rolecall applications list [--state STATE]   newest first: whose, which job, since when, and why it was not applied for
./rolecall applications show ID                one application: what was sent, to whom, with which letter, and what came of it

Of ``list``: ``--person ID``, ``--limit 50``. STATE is one of the ledger's (docs/applying.md), or the page's word for it (waits, sent,
unclear, declined, "not sent"), or ``held-back``: a match that was not applied for.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC
from typing import Any
from uuid import UUID

from rolecall.applying.plan import label
from rolecall.commands import Arguments, cut
from rolecall.endpoints import endpoints
from rolecall.entry import parse_limit
from rolecall.errors import InvalidInput
from rolecall.store import Connection, connect

PEOPLE = """
select person.id, person.email, array_remove(array_agg(cv.id order by cv.id), null) as cvs
from person left join cv on cv.person_id = person.id group by person.id order by person.id limit %s
"""

ONE = """
select application.*, encode(sha256(convert_to(coalesce(letter, ''), 'UTF8')), 'hex') as letter_sha256 from application where id = %s
"""

STATES = ("planned", "approved", "submitting", "submitted", "uncertain", "refused", "cancelled")
HELD_BACK = "held-back"
WORDS = {
    "waits": "planned", "leaves soon": "approved", "is leaving": "submitting", "sent": "submitted", "unclear": "uncertain",
    "declined": "refused", "not sent": "cancelled", "not-sent": "cancelled",
}  # fmt: skip
"""The page's word → the ledger's state."""

EVERY = """
with newest as (
    select * from held_back where %(person)s::text is null or person_id = %(person)s order by noted_at desc limit 50 * %(limit)s
), held as (
    select distinct on (person_id, source, job_id) person_id, source, job_id, title, company, noted_at, reason
    from newest order by person_id, source, job_id, noted_at desc
)
, every as (
    select a.person_id, a.state, a.title, a.company, coalesce(moved.at, a.updated_at) as since,
           case when a.state = 'submitted' then '' else a.state_reason end as why, a.id::text as id
    from application a
    left join lateral (select max(at) as at from application_event e where e.application_id = a.id and e.to_state = a.state) moved on true
    where %(person)s::text is null or a.person_id = %(person)s
    union all
    select person_id, %(held_back)s, title, company, noted_at, reason, ''
    from held where not exists (
        select from application a
        where (a.person_id, a.source, a.job_id) = (held.person_id, held.source, held.job_id) and a.state <> 'cancelled')
)
"""

FITS = "from every where %(state)s::text is null or state = %(state)s"
LIST = f"{EVERY} select * {FITS} order by since desc, id limit %(limit)s"
HOW_MANY = f"{EVERY} select count(*) as n {FITS}"

HISTORY = "select at, to_state, reason from application_event where application_id = %s order by id"


def people(conn: Connection, limit: int) -> list[str]:
    """One line a person: their id, their CVs, where messages go."""
    rows = conn.execute(PEOPLE, (limit,)).fetchall()
    lines = [f"{row['id']}  CV {', '.join(row['cvs']) or 'none'}  {row['email']}" for row in rows]
    total = conn.execute("select count(*) as n from person").fetchone() or {"n": 0}
    return [*lines, *cut(len(lines), total["n"])] or ["nobody is stored here"]


def listed(conn: Connection, *, person: str | None = None, state: str | None = None, limit: int = 50) -> list[str]:
    """One line an application or a match that was held back, newest first; times in UTC.

    :param state: one of :data:`STATES`, or :data:`HELD_BACK`
    :raises InvalidInput: nobody has this id
    """
    asked = {"person": person, "state": state, "limit": limit, "held_back": HELD_BACK}
    rows = conn.execute(LIST, asked).fetchall()
    if person and not rows and not conn.execute("select 1 from person where id = %s", (person,)).fetchone():
        raise InvalidInput("--person", f"nobody is called {person!r}", fix="./rolecall applications people lists the ids")
    total = conn.execute(HOW_MANY, asked | {"limit": None}).fetchone() if len(rows) == limit else None
    return [*map(_line, rows), *cut(len(rows), total["n"] if total else 0)] or ["nothing is stored that fits"]


def _line(row: dict[str, Any]) -> str:
    said = f"{row['since'].astimezone(UTC):%Y-%m-%d %H:%M}  {row['person_id']}  {row['state']}  {label(row)}"
    return said + (f": {row['why']}" if row["why"] else "") + (f"  ({row['id']})" if row["id"] else "")


def show(conn: Connection, application_id: str) -> list[str]:
    """One application in lines.

    :raises InvalidInput: there is none of this id
    """
    row = conn.execute(ONE, (_id(application_id),)).fetchone()
    if row is None:
        raise InvalidInput("ID", f"there is no application {application_id}", fix="./rolecall applications list shows the ids")
    gone = "erased with the person" if row["erased_at"] else ""
    facts: dict[str, Any] = {
        "state": f"{row['state']}: {row['state_reason']}".removesuffix(": "),
        "job": f"{row['title']} @ {row['company']}, {row['job_id']} of {row['source']}",
        "to": row["apply_url"] or row["source"],
        "of": f"person {row['person_id']}, CV {row['cv_id']} (sha256 {row['cv_sha256']})",
        "key": row["idempotency_key"],
        "receipt": row["receipt"] or "none",
        "approved by": row["approved_by"] or gone or "nobody was asked",
        "letter": gone if gone and not row["letter"] else f"sha256 {row['letter_sha256']}",
    }
    lines = [f"{name:<12} {value}" for name, value in facts.items()]
    lines += ["", *(row["letter"] or f"({gone or 'no letter'})").splitlines(), ""]
    events = conn.execute(HISTORY, (row["id"],)).fetchall()
    return lines + [f"{event['at']:%Y-%m-%d %H:%M:%S} UTC  {event['to_state']}: {event['reason']}" for event in events]


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise InvalidInput("ID", f"{given!r} is no id", fix="./rolecall applications list shows the ids") from None


def _state(given: str) -> str:
    return WORDS.get(given.strip().lower(), given)


def main(arguments: list[str]) -> int:
    """Runs one command; 2 for what it cannot be asked."""
    parser = Arguments(prog="./rolecall applications", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("people").add_argument("--limit", type=parse_limit, default=50)
    listing = commands.add_parser("list")
    listing.add_argument("--person", metavar="ID")
    listing.add_argument("--state", type=_state, choices=(*STATES, HELD_BACK))
    listing.add_argument("--limit", type=parse_limit, default=50)
    commands.add_parser("show").add_argument("id")
    given = parser.parse_args(arguments)
    with connect(endpoints("rolecall_db").dsn, name="applications") as conn:
        try:
            if given.command == "list":
                lines = listed(conn, person=given.person, state=given.state, limit=given.limit)
            else:
                lines = people(conn, given.limit) if given.command == "people" else show(conn, given.id)
            print("\n".join(lines))
        except InvalidInput as error:
            print(f"{error}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
