"""The newest jobs, why postings are one job, and what a person says about it.

    ./rolecall catalog list [--limit 20]                      the newest jobs, with the boards that show them
    ./rolecall catalog explain JOB                            why its postings are one job
    ./rolecall catalog doubts [--limit 20]                    jobs that may be one: nobody has said
    ./rolecall catalog split JOB POSTING… --by NAME           takes postings (board|external_id) out of a job
    ./rolecall catalog decide JOB OTHER same|different --by NAME

A reason can be given with ``--reason TEXT``. JOB is an id, also an old one, or ``board|external_id``.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC
from typing import Any

from rolecall.catalog.rulings import decide, doubts, explain, split
from rolecall.commands import Arguments, cut
from rolecall.endpoints import endpoints
from rolecall.entry import parse_limit
from rolecall.errors import InvalidInput
from rolecall.store import Connection, connect

NEWEST = """
select job.id, job.title, job.company, job.location, job.state, job.created_at, boards.named as boards
from (select * from job where merged_into is null order by created_at desc, id limit %s) job
left join lateral (
    select string_agg(distinct board, ', ' order by board) as named from job_source source where source.job_id = job.id) boards on true
order by job.created_at desc, job.id
"""

EVERY = 100_000
"""Open doubts that are read in order to say how many there are."""


def main(arguments: list[str]) -> int:
    """Runs one command; 2 for what it cannot be asked."""
    given = _parser().parse_args(arguments)
    with connect(endpoints("rolecall_db").dsn, name="catalog") as conn:
        try:
            return _run(given, conn)
        except InvalidInput as error:
            conn.rollback()
            print(f"{error}", file=sys.stderr)
            return 2


def _parser() -> Arguments:
    parser = Arguments(prog="./rolecall catalog", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list").add_argument("--limit", type=parse_limit, default=20)
    commands.add_parser("explain").add_argument("job")
    commands.add_parser("doubts").add_argument("--limit", type=parse_limit, default=20)
    splitting = commands.add_parser("split")
    splitting.add_argument("job")
    splitting.add_argument("postings", nargs="+")
    deciding = commands.add_parser("decide")
    deciding.add_argument("job")
    deciding.add_argument("other")
    deciding.add_argument("decision", choices=("same", "different"))
    for one in (splitting, deciding):
        one.add_argument("--by", required=True, help="your name")
        one.add_argument("--reason", default="")
    return parser


def _run(given: argparse.Namespace, conn: Any) -> int:
    if given.command == "list":
        total = conn.execute("select count(*) as n from job where merged_into is null").fetchone() or {"n": 0}
        print("\n".join([*newest(conn, given.limit), *cut(given.limit, total["n"])]))
    elif given.command == "explain":
        print("\n".join(explained(explain(conn, given.job))))
    elif given.command == "doubts":
        found = doubts(conn, limit=EVERY)
        for doubt in found[: given.limit]:
            print(f"{doubt['job_id']} {doubt['other_job_id']}  {doubt['score']:g} points")
            print(f"      {doubt['title']} · {doubt['company']} · {doubt['location']}")
            print(f"    ↔ {doubt['other_title']} · {doubt['other_company']} · {doubt['other_location']}")
            print("\n".join(_pieces(doubt["evidence"])))
        print("\n".join(cut(given.limit, len(found)) if found else ["no doubt is open"]))
    else:
        if given.command == "split":
            ruled = split(conn, given.job, given.postings, actor=given.by, reason=given.reason)
        else:
            ruled = decide(conn, given.job, given.other, given.decision, actor=given.by, reason=given.reason)
        print(f"now {len(ruled.jobs)} {'job' if len(ruled.jobs) == 1 else 'jobs'}: {', '.join(ruled.jobs)}")
    return 0


def newest(conn: Connection, limit: int) -> list[str]:
    """One line a job, newest first; times in UTC. A state other than ``valid`` is said: such a job is not matched with people."""
    rows = conn.execute(NEWEST, (limit,)).fetchall()
    lines = []
    for row in rows:
        ad = " · ".join(filter(None, (row["title"], row["company"], row["location"])))
        state = "" if row["state"] == "valid" else f"  {row['state']}"
        lines.append(
            f"{row['created_at'].astimezone(UTC):%Y-%m-%d %H:%M}  {row['id']}  {ad}  ({row['boards'] or 'no board any more'}){state}"
        )
    return lines or ["no job is stored here"]


def explained(found: dict[str, Any]) -> list[str]:
    """An explanation in lines."""
    lines = [f"{found['job']}  {found['title']} · {found['company']} · {found['location']}  ({found['state']}, risk {found['risk']:g})"]
    if found["known_as"]:
        lines.append(f"  also known as {', '.join(found['known_as'])}")
    for posting in found["postings"]:
        lines.append(f"  {posting['name']}  {posting['title']} · {posting['company']} · {posting['location']}")
        if posting["evidence"]:
            lines.append(f"    one job with {posting['with']}: {posting['score']:g} points, 8 are needed")
            lines += _pieces(posting["evidence"])
    lines += [f"  {field} is from {source}" for field, source in sorted(found["fields"].items())]
    lines += [f"  may be {one['job']} ({one['decision'] or 'nobody has said'}, {one['score']:g} points)" for one in found["doubts"]]
    lines += [f"  ruled {one['ruling']} by {one['by']}{': ' + one['reason'] if one['reason'] else ''}" for one in found["rulings"]]
    return lines


def _pieces(evidence: list[dict[str, Any]]) -> list[str]:
    return [f"      {piece['weight']:+g}  {piece['kind']}: {piece['text']}" for piece in evidence]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
