"""People of this installation, over its platform API: who is in it, and how somebody comes in.

./rolecall person add --email A           makes a person (--name N or --cv FILE, --keywords, --location, --remote), shows their token
./rolecall person list                    who is in: --limit 20
./rolecall person change ID               changes what they said: --work "nurse, midwife" --places "Leeds; remote" …; - takes an answer back
./rolecall person preview ID              what other wishes, or --threshold 60%, would have given of the last 14 days; changes nothing
./rolecall person cv ID FILE              stores a CV (PDF, DOCX, text, JSON Resume) replacing that of its name, --replace CV, or --another
./rolecall person cv ID                   which CVs they have; --remove CV: takes one away with its matches
./rolecall person matches ID              what was found for them, best first, and why something was held back: --limit 10
./rolecall person answers ID              what they answer to questions of forms
./rolecall person answer ID Q VALUE       keeps their answer to a question: --country DE, --option O for each that could be chosen, --never
./rolecall person questions ID            what only they can answer, before it goes on
./rolecall person smtp ID                 by what their mails leave: --address A --host H, --port, --security, --user; --forget
./rolecall person stop ID                 stops what is about to leave without a yes
./rolecall person byhand ID JOB           closes what was handed over: --sent, or --not
./rolecall person mark ID JOB             --saved, --hidden (--because employer, place, level, field, contract, pay, other), or --neither
./rolecall person order ID                how their own signals place their matches; --forget: begin anew
./rolecall person token ID                a new token of their own; --revoke: none any more
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rolecall.clients.platform_client import PlatformClient
from rolecall.commands import Arguments
from rolecall.endpoints import endpoints
from rolecall.entry import parse_limit
from rolecall.errors import InvalidInput, RequestRejected, RolecallError
from rolecall.people.cvs import cv_command
from rolecall.people.interview import ABOUT_YOU, Question, preferences_of
from rolecall.people.matches_in_words import left_out_lines, match_lines

ABOUT_ONESELF = ("name", "email")
WISHES = tuple(one for one in ABOUT_YOU if one.name not in (*ABOUT_ONESELF, "apply"))
TAKEN_BACK = "-"
OF_A_JOB = ("mark", "byhand")
"""Commands whose 404 may be the job's."""


def add(platform: PlatformClient, given: argparse.Namespace) -> list[str]:
    """A new person, with their CV where one is given; their name is the CV's where none is given.

    :raises InvalidInput: there is neither a name nor a CV that says one; the person was not made
    """
    data = _bytes(given.cv) if given.cv else b""
    name = given.name or (_name_in(data, given.cv) if given.cv else "")
    if not name:
        raise InvalidInput("--name", "is missing, and no CV says one", fix="add --name 'Ada Vale'")
    wishes = {"keywords": given.keywords, "locations": given.location, "remote": given.remote}
    criteria = {key: value for key, value in wishes.items() if value}
    body = {"name": name, "email": given.email, "preferences": {"criteria": criteria, "applying": {"approval": True}}}
    made = platform.create_user(body | ({"id": given.id} if given.id else {}))
    lines = [f"{made['name']} is in, as {made['id']}; nothing is sent in their name before they say yes"]
    lines += [f"mind: {one}" for one in made.get("warnings", [])]
    lines.append(f"their own token, shown this once: {made['token']}")
    if data:
        lines += cv_command.stored(platform, made["id"], given.cv, data)
    return [*lines, "", f"matches: ./rolecall person matches {made['id']} (a CV is matched within the quarter of an hour)"]


def cv(platform: PlatformClient, given: argparse.Namespace) -> list[str]:
    """Stores a CV, removes one, or says which there are.

    :raises InvalidInput: a file is missing, or one is given together with ``--remove``
    """
    if given.remove:
        if given.file or given.replace or given.another:
            raise InvalidInput("--remove", "goes with nothing else", fix="remove first, then store")
        return cv_command.removed(platform, given.id, given.remove)
    if given.file:
        return cv_command.stored(platform, given.id, given.file, _bytes(given.file), replace=given.replace, another=given.another)
    if given.replace or given.another:
        raise InvalidInput("FILE", "is missing", fix="as in ./rolecall person cv ID cv.pdf --replace CV")
    return cv_command.listed(platform, given.id)


def matches(platform: PlatformClient, person_id: str, limit: int) -> list[str]:
    """What was found for a person, in lines; where nothing was, why."""
    found = platform.matches(person_id, limit=limit)
    first = f"{len(found['matches'])} of {found['total']}, best first" if found["total"] else f"nothing to show yet: {found['note']}"
    return [first, *match_lines(found["matches"]), *left_out_lines(found["leftOut"])]


def listed(platform: PlatformClient, limit: int) -> list[str]:
    """Who is in, in lines."""
    people = (platform.changed_users(None, None, limit + 1) or {}).get("users", [])
    lines = [f"{one['id']}  {one['name']}  {one['email']}" for one in people[:limit]]
    return [*lines, *(["there are more; --limit for more"] if len(people) > limit else [])] or ["nobody is in yet → make start"]


def change(platform: PlatformClient, given: argparse.Namespace) -> list[str]:
    """Changes what a person said; what they look for then, in lines.

    :raises InvalidInput: nothing is changed, or an answer cannot be meant
    """
    said = _said_of(given, ABOUT_YOU)
    wishes = {name: value for name, value in preferences_of(said).items() if name != "applying"}
    if given.threshold is not None:
        wishes.setdefault("criteria", {})["threshold"] = given.threshold
    patch = {name: said[name] for name in ABOUT_ONESELF if name in said} | ({"preferences": wishes} if wishes else {})
    if not patch:
        raise InvalidInput("change", "says nothing to change", fix='as in --work "nurse" --places "Leeds; remote"')
    now = platform.change_user(given.id, patch)
    kept = (now.get("preferences") or {}).get("criteria") or {}
    lines = [f"  {name:<16} {', '.join(map(str, value)) if isinstance(value, list) else value}" for name, value in kept.items()]
    mind = [f"mind: {one}" for one in now.get("warnings", [])]
    then = f"matched anew within minutes: ./rolecall person matches {given.id}"
    return [f"{now['name']} ({now['id']}) looks for", *(lines or ["  anything"]), *mind, then]


def preview(platform: PlatformClient, given: argparse.Namespace) -> list[str]:
    """What other wishes, or another threshold, would have given, in lines. Nothing is changed.

    :raises InvalidInput: an answer cannot be meant
    """
    patch = preferences_of(_said_of(given, WISHES)).get("criteria", {})
    found = platform.preview(given.id, criteria=patch, threshold=given.threshold, limit=given.limit)
    more = "more than " if found["more"] else ""
    return [
        f"of {found['jobs']} open jobs of the last {found['days']} days, {found['now']} are matches now (from {found['threshold']:.0%} on:"
        f" {more}{found['then']}, {found['new']} of them new)",
        *([f"mind: {found['note']}"] if found["note"] else []),
        *match_lines(found["matches"]),
        *left_out_lines(found["leftOut"]),
    ]


def _said_of(given: argparse.Namespace, questions: Sequence[Question]) -> dict[str, Any]:
    """Typed answers as they are meant; ``None`` for what is taken back.

    :raises InvalidInput: one of them cannot be meant
    """
    typed = {one: getattr(given, one.name) for one in questions if getattr(given, one.name) is not None}
    return {one.name: None if text == TAKEN_BACK else one.read(text) for one, text in typed.items()}


def share(text: str) -> float:
    """``60%``, ``60`` or ``0.6`` as a share: an argument's type.

    :raises argparse.ArgumentTypeError: it is none
    """
    try:
        number = float(text.strip().removesuffix("%"))
    except ValueError:
        number = -1.0
    number = number / 100 if number > 1 or text.strip().endswith("%") else number
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share: write 60% or 0.6")
    return number


def answers(platform: PlatformClient, person_id: str) -> list[str]:
    """What is in a person's bank, in lines."""
    found = platform.answers(person_id)
    if not found:
        return [f'{person_id} has answered nothing yet → ./rolecall person answer {person_id} "What is your notice period?" "3 months"']
    return [f"{one['asked']}{' [' + one['country'] + ']' if one['country'] else ''}  {_said(one)}" for one in found]


def answer(platform: PlatformClient, given: argparse.Namespace) -> list[str]:
    """Keeps one answer.

    :raises InvalidInput: neither an answer nor ``--never``, or both
    """
    if given.never == bool(given.value):
        raise InvalidInput("VALUE", "is missing, or given together with --never", fix="give the answer, or --never")
    body: dict[str, Any] = {"question": given.question, "options": given.option or [], "country": given.country}
    kept = platform.answer(given.id, body | ({"never": True} if given.never else {"value": given.value}))
    return [f"kept: {kept['asked']}  {_said(kept)}"]


def _said(one: dict[str, Any]) -> str:
    value = one["value"]
    return "never" if one["state"] == "never" else ", ".join(value) if isinstance(value, list) else str(value)


def questions(platform: PlatformClient, person_id: str) -> list[str]:
    """What a person's applications wait for, in lines."""
    lines = []
    for one in platform.questions(person_id):
        lines.append(f"{one['question']}{' [' + one['country'] + ']' if one['country'] else ''}  for {', '.join(one['jobs'][:5])}")
        lines += [f"      {option}" for option in one["options"][:20]]
    return lines or [f"nothing waits for an answer of {person_id}"]


def smtp(platform: PlatformClient, given: argparse.Namespace) -> list[str]:
    """Tries SMTP settings and keeps them, sealed; or forgets them.

    :raises InvalidInput: an address or a server is missing
    """
    if given.forget:
        return ["forgotten, with the password" if platform.keep_smtp(given.id, None)["forgotten"] else "there were none"]
    if not given.address or not given.host:
        raise InvalidInput("--address, --host", "are missing", fix="as in --address you@example.org --host smtp.example.org")
    password = ""
    if given.user:
        password = getpass.getpass(f"password of {given.user} (not shown): ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    body = {name: getattr(given, name) for name in ("address", "host", "port", "security", "user")}
    platform.keep_smtp(given.id, body | {"password": password})
    return [f"{given.host} lets {given.user or given.address} in; kept, sealed: applications by mail leave from {given.address}"]


def stopped(platform: PlatformClient, person_id: str) -> list[str]:
    """Stops what is about to leave."""
    return [f"stopped, waits for a yes: {one}" for one in platform.stop(person_id)] or ["nothing was about to leave without a yes"]


def by_hand(platform: PlatformClient, given: argparse.Namespace) -> list[str]:
    """Closes what was handed over.

    :raises InvalidInput: neither ``--sent`` nor ``--not``, or both
    """
    if given.sent == given.refused:
        raise InvalidInput("--sent", "or --not is missing, or both are given", fix="say what you did")
    return [platform.by_hand(given.id, given.job, "sent" if given.sent else "not")]


def mark(platform: PlatformClient, given: argparse.Namespace) -> list[str]:
    """Saves a job, hides it, or neither.

    :raises InvalidInput: a reason without hiding
    """
    if given.because and given.said != "hidden":
        raise InvalidInput("--because", "says why a job is hidden", fix="add --hidden")
    platform.mark(given.id, given.job, given.said, given.because)
    return [f"{given.job} is {given.said or 'neither saved nor hidden'}{f', because of the {given.because}' if given.because else ''}"]


def order(platform: PlatformClient, given: argparse.Namespace) -> list[str]:
    """What places a person's matches besides their scores, in lines."""
    found = platform.own_order(given.id, forget=given.forget)
    if not found["on"]:
        return [f"by the score alone: {found['signals']} signals (saved, hidden, applied, answered), {found['needed']} are needed"]
    return [f"learned from {found['signals']} signals; {given.id}'s matches are moved", *(f"  {one}" for one in found["because"])]


def token(platform: PlatformClient, person_id: str, *, revoke: bool) -> list[str]:
    """A new token, or none."""
    if revoke:
        platform.revoke_token(person_id)
        return [f"the token of {person_id} opens nothing any more"]
    return [f"the token of {person_id}, shown this once: {platform.issue_token(person_id)['token']}"]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(str(file), f"cannot be read ({error.strerror})", fix="name a file that is there") from None


def _name_in(data: bytes, file: Path) -> str:
    from rolecall.matching.read_file import read_file

    return read_file(data, filename=file.name).name


def parsed(arguments: list[str]) -> Any:
    """The parsed command line.

    :raises SystemExit: it asks for help, or for something that there is not
    """
    parser = Arguments(prog="./rolecall person", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    adding = commands.add_parser("add")
    adding.add_argument("--email", required=True)
    adding.add_argument("--name", default="")
    adding.add_argument("--id", default="")
    adding.add_argument("--cv", type=Path)
    adding.add_argument("--keywords", action="append", metavar="WORDS", help="what to search for; may be given several times")
    adding.add_argument("--location", action="append", metavar="PLACE", help="may be given several times")
    adding.add_argument("--remote", action="append", choices=("remote", "hybrid", "onsite"))
    storing = commands.add_parser("cv")
    storing.add_argument("id")
    storing.add_argument("file", type=Path, nargs="?")
    whose = storing.add_mutually_exclusive_group()
    whose.add_argument("--replace", metavar="CV", default="", help="in the place of this one")
    whose.add_argument("--another", action="store_true", help="one more, also where there is one of its name")
    storing.add_argument("--remove", metavar="CV", default="", help="take this one away")
    seeing = commands.add_parser("matches")
    seeing.add_argument("id")
    seeing.add_argument("--limit", type=parse_limit, default=10)
    commands.add_parser("list").add_argument("--limit", type=parse_limit, default=20)
    for name, questions in (("change", ABOUT_YOU), ("preview", WISHES)):
        wishing = commands.add_parser(name)
        wishing.add_argument("id")
        for question in questions:
            wishing.add_argument(f"--{question.name}", metavar="ANSWER", help=f"{question.asks} {question.hint}".replace("%", "%%"))
        wishing.add_argument("--threshold", type=share, metavar="60%%", help="from which score on a match counts")
    wishing.add_argument("--limit", type=parse_limit, default=10)
    telling = commands.add_parser("answers")
    telling.add_argument("id")
    answering = commands.add_parser("answer")
    answering.add_argument("id")
    answering.add_argument("question")
    answering.add_argument("value", nargs="?", default="")
    answering.add_argument("--country", default="")
    answering.add_argument("--option", action="append", help="may be given several times")
    answering.add_argument("--never", action="store_true")
    commands.add_parser("questions").add_argument("id")
    commands.add_parser("stop").add_argument("id")
    sending = commands.add_parser("smtp")
    sending.add_argument("id")
    sending.add_argument("--address", default="")
    sending.add_argument("--host", default="")
    sending.add_argument("--port", type=int, default=587)
    sending.add_argument("--security", choices=("tls", "starttls", "none"), default="starttls")
    sending.add_argument("--user", default="")
    sending.add_argument("--forget", action="store_true")
    closing = commands.add_parser("byhand")
    closing.add_argument("id")
    closing.add_argument("job")
    closing.add_argument("--sent", action="store_true")
    closing.add_argument("--not", dest="refused", action="store_true")
    marking = commands.add_parser("mark")
    marking.add_argument("id")
    marking.add_argument("job")
    said = marking.add_mutually_exclusive_group(required=True)
    for name in ("saved", "hidden"):
        said.add_argument(f"--{name}", dest="said", action="store_const", const=name)
    said.add_argument("--neither", dest="said", action="store_const", const=None)
    marking.add_argument("--because", choices=("employer", "place", "level", "field", "contract", "pay", "other"), default="")
    ordering = commands.add_parser("order")
    ordering.add_argument("id")
    ordering.add_argument("--forget", action="store_true")
    opening = commands.add_parser("token")
    opening.add_argument("id")
    opening.add_argument("--revoke", action="store_true")
    return parser.parse_args(_words_first(arguments) if arguments[:1] == ["cv"] else arguments)


def _words_first(arguments: list[str]) -> list[str]:
    """The same with the options of ``cv`` behind its words: before them argparse takes a word that may be missing for missing."""
    words, options, rest = list[str](), list[str](), iter(arguments)
    for one in rest:
        if one.startswith("-"):
            options += [one, *islice(rest, one in ("--replace", "--remove"))]
        else:
            words.append(one)
    return words + options


def in_words(error: RolecallError, given: argparse.Namespace) -> str:
    """What went wrong, in words; that nobody has the id, where the platform knows no such person."""
    nobody = isinstance(error, RequestRejected) and error.status == 404 and given.command not in (*OF_A_JOB, "add", "list")
    return f"no person {given.id} → ./rolecall applications people" if nobody else f"{error}"


def main(arguments: list[str]) -> int:
    """Runs one command; 2 for what it cannot be asked, 1 where the platform refuses or does not answer."""
    given, settings = parsed(arguments), endpoints("platform_api")
    with PlatformClient(settings.api_base_url, settings.api_token.get_secret_value(), seconds=60) as platform:
        try:
            if given.command == "add":
                lines = add(platform, given)
            elif given.command == "cv":
                lines = cv(platform, given)
            elif given.command == "matches":
                lines = matches(platform, given.id, given.limit)
            elif given.command == "list":
                lines = listed(platform, given.limit)
            elif given.command == "change":
                lines = change(platform, given)
            elif given.command == "preview":
                lines = preview(platform, given)
            elif given.command == "answers":
                lines = answers(platform, given.id)
            elif given.command == "answer":
                lines = answer(platform, given)
            elif given.command == "questions":
                lines = questions(platform, given.id)
            elif given.command == "smtp":
                lines = smtp(platform, given)
            elif given.command == "stop":
                lines = stopped(platform, given.id)
            elif given.command == "mark":
                lines = mark(platform, given)
            elif given.command == "order":
                lines = order(platform, given)
            elif given.command == "byhand":
                lines = by_hand(platform, given)
            else:
                lines = token(platform, given.id, revoke=given.revoke)
        except RolecallError as error:
            print(in_words(error, given), file=sys.stderr)
            return 2 if isinstance(error, InvalidInput) else 1
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
