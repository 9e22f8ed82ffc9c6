"""What somebody pastes becomes jobs.

./rolecall add URL… [--later]   follows the employer of a careers page, a posting or a board, and reads its postings; else takes the one ad
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from rolecall.boards.add import add, read_now, words
from rolecall.commands import Arguments
from rolecall.endpoints import endpoints
from rolecall.errors import RolecallError


def main(arguments: list[str] | None = None) -> int:
    """Adds each address; 2 where one cannot be."""
    parser = Arguments(prog="./rolecall add", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="+", metavar="URL")
    parser.add_argument("--later", action="store_true", help="only follow: its postings are read at the board's next run")
    asked = parser.parse_args(arguments)
    dsn, status = endpoints("rolecall_db").dsn, 0
    for url in asked.url:
        try:
            added = asyncio.run(add(url, dsn=dsn))
            print(words(added))
            if added.employer is not None and not asked.later:
                print(read_now(added.employer, dsn))
            if added.ads or not asked.later:
                print("  compared with CVs within the quarter of an hour: ./rolecall person matches ID")
        except RolecallError as error:
            print(error, file=sys.stderr)
            status = 2
    return status


if __name__ == "__main__":
    sys.exit(main())
