"""The process ``rolecall.store`` brings the rolecall database to the newest schema; doing it again changes nothing.

./rolecall db upgrade    the database that ROLECALL_DSN names
"""

from __future__ import annotations

import sys

from rolecall.commands import Arguments
from rolecall.endpoints import endpoints
from rolecall.errors import RolecallError
from rolecall.store import migrate


def main(arguments: list[str]) -> int:
    """Entry point of the command, and of containers, which give no argument."""
    parser = Arguments(prog="./rolecall db", description="The rolecall database: ROLECALL_DSN, else POSTGRES_….")
    parser.add_argument("what", nargs="?", choices=["upgrade"], default="upgrade")
    parser.parse_args(arguments)
    try:
        print(f"rolecall database at revision {migrate(endpoints('rolecall_db').dsn)}")
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
