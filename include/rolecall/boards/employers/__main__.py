"""Employers: who is followed, and a directory of some thousand to choose from.

./rolecall employers                        who is followed, since when
./rolecall employers search NAME            boards in the directory that came with Rolecall, unchecked: ./rolecall add follows one
./rolecall employers drop BOARD COMPANY     follows one no longer
./rolecall employers check [--limit N]      asks every board of the directory and takes out those that are gone (make employers-check)
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from rolecall.boards.employers.directory import FILE, everybody, gone, search, without
from rolecall.boards.employers.follow_employer import employers, unfollow
from rolecall.commands import Arguments, cut
from rolecall.endpoints import endpoints
from rolecall.entry import parse_limit
from rolecall.errors import RolecallError
from rolecall.store import connect


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 2 for what it cannot be asked."""
    asked = _parser().parse_args(arguments)
    try:
        if asked.command == "search":
            return _search(" ".join(asked.name), asked.limit)
        if asked.command == "check":
            return _check(asked.limit)
        with connect(endpoints("rolecall_db").dsn, name="rolecall employers") as conn:
            if asked.command == "drop":
                if not unfollow(conn, asked.board, asked.company):
                    print(f"nobody called {asked.company} on {asked.board} is followed → ./rolecall employers", file=sys.stderr)
                    return 2
                print(f"{asked.company} on {asked.board} is followed no longer")
                return 0
            rows = employers(conn)
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 2
    for row in rows:
        print(f"{row['board']:<16} {row['company']:<40} since {row['added_at']:%Y-%m-%d}  {row['url']}")
    if not rows:
        print("nobody is followed yet → ./rolecall add URL, or ./rolecall employers search NAME")
    return 0


def _search(name: str, limit: int) -> int:
    found = search(name, limit=100_000)
    for one in found[:limit]:
        print(f"{one.system:<16} {one.slug:<40} {one.address}{'' if one.is_readable else '  (no reader yet)'}")
    if not found:
        print(f"nobody called {name} is in the directory → ./rolecall add with the address of its careers page")
    print("".join(f"{line}\n" for line in cut(limit, len(found))), end="")
    return 0


def _check(limit: int) -> int:
    ones = everybody()[: limit or None]
    dead = asyncio.run(gone(ones, endpoints("rolecall_db").dsn))
    if dead:
        FILE.write_text("\n".join(without(FILE.read_text(encoding="utf-8").splitlines(), dead)) + "\n", encoding="utf-8")
    print(f"{len(ones)} asked for, {len(dead)} are gone and taken out of {FILE.name}")
    return 0


def _parser() -> Arguments:
    parser = Arguments(prog="./rolecall employers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command")
    searching = commands.add_parser("search")
    searching.add_argument("name", nargs="+")
    searching.add_argument("--limit", type=parse_limit, default=20)
    drop = commands.add_parser("drop")
    drop.add_argument("board")
    drop.add_argument("company")
    commands.add_parser("check").add_argument("--limit", type=int, default=0)
    return parser


if __name__ == "__main__":
    sys.exit(main())
