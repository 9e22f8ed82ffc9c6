"""./rolecall applied URL|JOB_ID… [--person ID] [--on DATE]   notes an application of one's own, so that it is never sent again
./rolecall applied --csv FILE [--person ID]                notes those of a file with a head: url, job_id, title, company, date
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rolecall.applying.elsewhere import SentElsewhere, day, note, note_csv, summary
from rolecall.commands import Arguments
from rolecall.endpoints import endpoints
from rolecall.errors import InvalidInput, RolecallError
from rolecall.store import Connection, connect


def whose(conn: Connection, said: str) -> str:
    """The person meant: the one who is named, or the only one there is.

    :raises InvalidInput: nobody, or several
    """
    rows = [str(row["id"]) for row in conn.execute("select id from person order by id limit 2").fetchall()]
    if said or len(rows) == 1:
        return said or rows[0]
    raise InvalidInput("--person", "is missing", fix="name yourself: ./rolecall applications people lists ids")


def main(arguments: Sequence[str]) -> int:
    """Notes what was given; 2 where something could not be."""
    parser = Arguments(prog="./rolecall applied", description=__doc__)
    parser.add_argument("job", nargs="*", metavar="URL|JOB_ID")
    parser.add_argument("--csv", type=Path, metavar="FILE")
    parser.add_argument("--person", default="", metavar="ID")
    parser.add_argument("--on", default="", metavar="DATE")
    asked = parser.parse_args(arguments)
    if not asked.job and not asked.csv:
        parser.error("name a job, or a file with --csv")
    try:
        with connect(endpoints("rolecall_db").dsn, name="applied") as conn:
            person = whose(conn, asked.person)
            lines = [_by_hand(conn, person, one, asked.on) for one in asked.job]
            wrong = False
            if asked.csv:
                counts, notes = note_csv(conn, person, _bytes(asked.csv), actor="the person")
                lines += [*notes, summary(counts)]
                wrong = bool(counts["wrong"])
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 2 if wrong else 0


def _by_hand(conn: Connection, person: str, said: str, on: str) -> str:
    sent = SentElsewhere(**({"url": said} if "://" in said else {"job": said}), on=day(on) if on else None)
    return note(conn, person, sent, actor="the person").words


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(str(file), f"cannot be read ({error.strerror})", fix="name a CSV file that is there") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
