"""Applications, and the ids that ``auto_apply`` asks for.

./rolecall applications people [--limit 50]    people and their CVs, by id
./rolecall applications show ID                one application: what was sent, to whom, with which letter, and what came of it
"""

from __future__ import annotations

import argparse
import sys
from typing import Any
from uuid import UUID

from rolecall.errors import InvalidInput
from rolecall.settings import Settings
from rolecall.store import Connection, connect

PEOPLE = """
select person.id, person.email, array_remove(array_agg(cv.id order by cv.id), null) as cvs
from person left join cv on cv.person_id = person.id group by person.id order by person.id limit %s
"""

ONE = """
select application.*, encode(sha256(convert_to(coalesce(letter, ''), 'UTF8')), 'hex') as letter_sha256 from application where id = %s
"""

HISTORY = "select at, to_state, reason from application_event where application_id = %s order by id"


def people(conn: Connection, limit: int) -> list[str]:
    """One line a person: their id, their CVs, where messages go."""
    rows = conn.execute(PEOPLE, (limit,)).fetchall()
    return [f"{row['id']}  CV {', '.join(row['cvs']) or 'none'}  {row['email']}" for row in rows] or ["nobody is stored here"]


def show(conn: Connection, application_id: str) -> list[str]:
    """One application in lines.

    :raises InvalidInput: there is none of this id
    """
    row = conn.execute(ONE, (_id(application_id),)).fetchone()
    if row is None:
        raise InvalidInput("ID", f"there is no application {application_id}", fix="copy it from the message, the alert or the log")
    facts: dict[str, Any] = {
        "state": f"{row['state']}: {row['state_reason']}",
        "job": f"{row['title']} @ {row['company']}, {row['job_id']} of {row['source']}",
        "to": row["apply_url"] or row["source"],
        "of": f"person {row['person_id']}, CV {row['cv_id']} (sha256 {row['cv_sha256']})",
        "key": row["idempotency_key"],
        "receipt": row["receipt"] or "none",
        "approved by": row["approved_by"] or "nobody was asked",
        "letter": f"sha256 {row['letter_sha256']}",
    }
    lines = [f"{name:<12} {value}" for name, value in facts.items()]
    lines += ["", *(row["letter"] or "(no letter)").splitlines(), ""]
    events = conn.execute(HISTORY, (row["id"],)).fetchall()
    return lines + [f"{event['at']:%Y-%m-%d %H:%M:%S} UTC  {event['to_state']}: {event['reason']}" for event in events]


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise InvalidInput("ID", f"{given!r} is no id", fix="copy it from the message, the alert or the log") from None


def main(arguments: list[str]) -> int:
    """Runs one command; 2 for what it cannot be asked."""
    parser = argparse.ArgumentParser(
        prog="./rolecall applications", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("people").add_argument("--limit", type=int, default=50)
    commands.add_parser("show").add_argument("id")
    given = parser.parse_args(arguments)
    with connect(Settings().dsn, name="applications") as conn:
        try:
            print("\n".join(people(conn, given.limit) if given.command == "people" else show(conn, given.id)))
        except InvalidInput as error:
            print(f"{error}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
