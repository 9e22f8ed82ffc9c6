"""How boards are doing, and history read again.

./rolecall boards report [BOARD…]                        searches with their watermarks, fill rates, what is wrong
./rolecall boards replay BOARD [--since T] [--until T]   stored answers through today's parser; T like 2026-01-31
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime

from rolecall.boards import BROKEN, board
from rolecall.boards.board_report import lines, seen
from rolecall.boards.history.replay import replay
from rolecall.boards.searches import wrong_searches
from rolecall.commands import Arguments
from rolecall.endpoints import endpoints
from rolecall.errors import RolecallError
from rolecall.store import connect
from rolecall.text.dates import iso


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 2 for what it cannot be asked."""
    asked = _parser().parse_args(arguments)
    try:
        if asked.command == "replay":
            print(json.dumps(replay(endpoints("rolecall_db").dsn, asked.board, since=asked.since, until=asked.until).as_dict()))
            return 0
        with connect(endpoints("rolecall_db").dsn, name="rolecall report") as conn:
            known = seen(conn)
            for name in set(asked.board) - set(known):
                board(name)  # raises where there is none
            for name in asked.board or known:
                print("\n".join(lines(conn, name)))
            if not known and not asked.board:
                print("no board has been searched yet")
        for problem in (*(f"include/rolecall/boards/sites/{one}" for one in BROKEN.values()), *wrong_searches()):
            print(f"CANNOT BE USED: {problem}")
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> Arguments:
    parser = Arguments(prog="./rolecall boards", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("report").add_argument("board", nargs="*")
    again = commands.add_parser("replay")
    again.add_argument("board")
    for name in ("--since", "--until"):
        again.add_argument(name, type=_moment, help="fetch time, ISO 8601; without a zone it is UTC's")
    return parser


def _moment(text: str) -> datetime:
    if (moment := iso(text)) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time, such as 2026-01-31 or 2026-01-31T06:00+01:00")
    return moment


if __name__ == "__main__":
    sys.exit(main())
