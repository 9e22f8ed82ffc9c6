"""Figures by hand.

    ./rolecall analytics export --to FOLDER [--since DAY] [--until DAY] [--format csv|parquet]
    ./rolecall analytics report --to FOLDER [--day DAY]     a day's charted report; of today: so far
    ./rolecall analytics compute [--day DAY]                a day's figures, in place of the ones there are

A day is written like 2026-11-10; without one it is yesterday (UTC). Where yesterday has no figures, a report is of the newest day that has
some, else of today so far.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rolecall.analytics.export import export
from rolecall.analytics.figures import check_begun, check_finished, compute, is_over, newest_day
from rolecall.analytics.posting_facts import read_postings
from rolecall.analytics.report import report
from rolecall.commands import Arguments
from rolecall.endpoints import endpoints
from rolecall.errors import RolecallError
from rolecall.store import connect


def _day(text: str) -> date:
    """:raises argparse.ArgumentTypeError: it is no day"""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write it like {datetime.now(UTC):%Y-%m-%d}") from None


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The parsed command line."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    parser = Arguments(prog="./rolecall analytics", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    out = commands.add_parser("export", help="every view as a file")
    out.add_argument("--to", type=Path, required=True)
    out.add_argument("--since", type=_day, default=date.min)
    out.add_argument("--until", type=_day, default=yesterday)
    out.add_argument("--format", choices=("csv", "parquet"), default="csv")
    page = commands.add_parser("report", help="a day's charted report")
    page.add_argument("--to", type=Path, required=True)
    page.add_argument("--day", type=_day)
    count = commands.add_parser("compute", help="a day's figures, in place of the ones there are")
    count.add_argument("--day", type=_day, default=yesterday)
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    """Does it and says where the result is; 2 where it cannot be done."""
    asked = arguments(given)
    try:
        with connect(endpoints("rolecall_db").dsn, name="analytics") as conn:
            if asked.command == "export":
                files = export(conn, asked.to, since=asked.since, until=asked.until, form=asked.format)
                print(f"{len(files)} files in {asked.to}")
            elif asked.command == "report":
                read_postings(conn)
                day = check_begun(asked.day or newest_day(conn))
                so_far = None if is_over(day) else datetime.now(UTC)
                print(f"{day}{'' if is_over(day) else ', so far'}: {report(conn, day, so_far).store(asked.to)}")
            else:
                day = check_finished(asked.day)
                read_postings(conn)
                print(f"figures of {day}: {compute(conn, day)}")
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
