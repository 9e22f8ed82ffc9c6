"""Mailboxes whose answers are read (docs/inbox.md). Passwords are asked for, or read from standard input, and kept sealed.

./rolecall mailbox add ID --host H --user U   a person's mailbox, tried at once: --port, --folder, --job-alerts
./rolecall mailbox list                       which there are, and when each was read
./rolecall mailbox remove MAILBOX             forgets one and its password; what was kept of its mails stays
./rolecall mailbox calendar ID                a new secret address of a person's calendar: --revoke: none any more
"""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from rolecall.commands import Arguments
from rolecall.endpoints import endpoints
from rolecall.errors import InvalidInput, RolecallError
from rolecall.inbox import feed, mailbox
from rolecall.store import connect


def add(dsn: str, given: argparse.Namespace) -> list[str]:
    """Tries the login, and keeps the mailbox where it works.

    :raises MailboxError: it does not; nothing was kept
    """
    password = getpass.getpass(f"app password of {given.user} (not shown): ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if not password:
        raise InvalidInput("password", "is empty", fix="type it, or give it on standard input")
    mailbox.try_out(mailbox.tried(given.host, given.port, given.user, password=password, folder=given.folder))
    with connect(dsn, name="mailbox") as conn:
        made = mailbox.add(
            conn, given.id, host=given.host, port=given.port, username=given.user, password=password, folder=given.folder,
            job_alerts=given.job_alerts,
        )  # fmt: skip
    return [f"{given.user} at {given.host} is read every five minutes, read only, as {made}"]


def listed(dsn: str) -> list[str]:
    """Every mailbox in a line."""
    with connect(dsn, name="mailbox") as conn:
        rows = conn.execute("select * from mailbox order by person_id, host, username").fetchall()
    if not rows:
        return ["there is none → ./rolecall mailbox add ID --host imap.example.org --user you@example.org"]
    return [
        f"{row['id']}  {row['person_id']}  {row['username']} at {row['host']}, {row['folder']}  "
        + (f"read {row['checked_at']:%Y-%m-%d %H:%M} UTC, up to mail {row['last_uid']}" if row["checked_at"] else "not read yet")
        for row in rows
    ]


def removed(dsn: str, mailbox_id: str) -> list[str]:
    """Removes a mailbox and its password; what was kept of its mails stays."""
    with connect(dsn, name="mailbox") as conn:
        known = conn.execute("select 1 from mailbox where id::text = %s", (mailbox_id,)).fetchone()
        if known is None:
            raise InvalidInput("MAILBOX", f"there is no {mailbox_id}", fix="./rolecall mailbox list")
        mailbox.remove(conn, mailbox_id)
    return ["forgotten, with its password"]


def calendar(dsn: str, person_id: str, *, revoke: bool) -> list[str]:
    """A new address of a person's calendar, or none."""
    settings = endpoints("platform_api")
    with connect(dsn, name="mailbox") as conn:
        if conn.execute("select 1 from person where id = %s", (person_id,)).fetchone() is None:
            raise InvalidInput("ID", f"there is no person {person_id}", fix="./rolecall person add")
        if revoke:
            return ["the address opens nothing any more" if feed.revoke(conn, person_id) else "there was none"]
        base = (settings.public_url or settings.rolecall_services_url or "").rstrip("/")
        return [f"the calendar of {person_id}, shown this once: {base}/calendar/{feed.issue(conn, person_id)}.ics"]


def parsed(arguments: list[str]) -> Any:
    """The parsed command line.

    :raises SystemExit: it asks for help, or for something that there is not
    """
    parser = Arguments(prog="./rolecall mailbox", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    adding = commands.add_parser("add")
    adding.add_argument("id")
    adding.add_argument("--host", required=True)
    adding.add_argument("--user", required=True)
    adding.add_argument("--port", type=int, default=993)
    adding.add_argument("--folder", default="INBOX")
    adding.add_argument("--job-alerts", action="store_true")
    commands.add_parser("list")
    commands.add_parser("remove").add_argument("mailbox")
    subscribing = commands.add_parser("calendar")
    subscribing.add_argument("id")
    subscribing.add_argument("--revoke", action="store_true")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Runs one command; 2 for what it cannot be asked, 1 where a mailbox or Postgres does not answer."""
    given, dsn = parsed(arguments), endpoints("rolecall_db").dsn
    try:
        if given.command == "add":
            lines = add(dsn, given)
        elif given.command == "list":
            lines = listed(dsn)
        elif given.command == "remove":
            lines = removed(dsn, given.mailbox)
        else:
            lines = calendar(dsn, given.id, revoke=given.revoke)
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, InvalidInput) else 1
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
