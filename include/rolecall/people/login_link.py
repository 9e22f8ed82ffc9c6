"""A way in to the page.

./rolecall login [PERSON]    a one-time link to the page; without a person: for whoever runs Rolecall, to everybody's
"""

from __future__ import annotations

import argparse
import sys

from rolecall.commands import Arguments
from rolecall.endpoints import endpoints
from rolecall.errors import InvalidInput
from rolecall.people.logins import make_login
from rolecall.store import connect


def main(arguments: list[str]) -> int:
    """Runs the command; 2 where there is no such person, or no page."""
    parser = Arguments(prog="./rolecall login", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("person", nargs="?")
    person, settings = parser.parse_args(arguments).person, endpoints("rolecall_db")
    if not settings.page_url:
        print("PAGE_URL is not set: nobody knows where the page is → set it to the page's address", file=sys.stderr)
        return 2
    try:
        with connect(settings.dsn, name="login") as conn:
            print(make_login(conn, person, base_url=settings.page_url, operator=person is None, actor="./rolecall login"))
    except InvalidInput as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
