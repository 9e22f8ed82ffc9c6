"""``./rolecall sandbox mails``: what the sandbox's mailboxes received."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from local.base.report import say
from local.processes import health
from rolecall.commands import Arguments, cut
from rolecall.entry import parse_limit
from rolecall.errors import InvalidInput

WIDTH = 100
KEPT = 20_000
"""Messages the sandbox is asked for at most."""


def main(stack: Mapping[str, str], given: Sequence[str]) -> int:
    """Lists the newest mails, or shows one.

    :raises InvalidInput: the sandbox is off, or there is no such mail
    :raises RuntimeError: the sandbox does not answer
    """
    asked = _parser().parse_args(given)
    if not stack["sandbox_url"]:
        raise InvalidInput("sandbox", "is off: mails leave for real", fix="ROLECALL_SANDBOX=on make up")
    if asked.read is None:
        found, total = _mails(stack, asked.last)
        say("\n".join([*listed(found), *cut(len(found), total, "--last")] or ["no mail has been received"]))
        return 0
    found = [one for one in _mails(stack, KEPT)[0] if one["id"] == asked.read]
    if not found:
        raise InvalidInput("--read", f"there is no mail {asked.read}", fix="./rolecall sandbox mails lists them")
    say("\n".join(shown(found[0])))
    return 0


def _parser() -> Arguments:
    parser = Arguments(prog="./rolecall sandbox", description=__doc__)
    mails = parser.add_subparsers(dest="command", required=True).add_parser("mails")
    mails.add_argument("--last", type=parse_limit, default=20, metavar="N", help="how many, the newest last (20)")
    mails.add_argument("--read", type=int, metavar="ID", help="shows one with its text")
    return parser


def _mails(stack: Mapping[str, str], last: int) -> tuple[list[dict[str, Any]], int]:
    """The newest, and how many ever came."""
    found = health.sandbox(stack, f"messages?channel=email&limit={last}")
    return found["messages"], found["counts"].get("email", 0)


def listed(mails: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line a mail: its id, when it came (UTC), to whom, its subject."""
    return [f"{one['id']:>6}  {str(one['at'])[:16].replace('T', ' ')}  {one['to']}  {one['subject']}" for one in mails]


def shown(mail: Mapping[str, Any]) -> list[str]:
    """One mail as a person reads it."""
    head = [f"{name:<8} {mail.get(name) or ''}" for name in ("from", "to", "subject", "at")]
    text = [line for one in str(mail.get("text") or "(no text part)").splitlines() for line in textwrap.wrap(one, WIDTH) or [""]]
    return [*head, "", *text]
