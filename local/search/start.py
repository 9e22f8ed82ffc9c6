"""``make start``: a search of one's own, from a CV to the first matches.

Asks, starts everything without the sandbox, reads the boards at once, and shows the best matches with why. Every question may be skipped
and is asked again the next time; flags answer without a terminal.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from local import containers
from local.base import report
from local.base.paths import Home
from local.search import first_search
from local.search.ask import NONE, Terminal, answers, read
from local.search.own_search import OwnSearch
from local.stack import reason, up
from rolecall.boards import BOARDS
from rolecall.clients.platform_client import PlatformClient
from rolecall.commands import Arguments
from rolecall.connections import resolved
from rolecall.endpoints import Endpoints, of_environment
from rolecall.errors import InvalidInput, RequestRejected, RolecallError
from rolecall.matching.read_file import read_file
from rolecall.models import Cv, Message
from rolecall.notifying.send.channels import mail
from rolecall.notifying.send.channels.common import Lines
from rolecall.notifying.send.channels.smtp import MailRoom
from rolecall.people.interview import ABOUT_YOU, CONTACT_QUESTION, Question, from_cv, preferences_of, shown
from rolecall.people.matches_in_words import wrapped
from rolecall.services.browser.browser_process import missing

MAIL = ("SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD", "SMTP_FROM", "SMTP_SECURITY", "SENDGRID_API_KEY")
KEPT = (*MAIL, "BROWSER_FORMS")
"""Variables of the environment that are noted where they are given."""

BEST = 10
QUESTIONS = (*ABOUT_YOU, CONTACT_QUESTION)


def start(home: Home, given: Mapping[str, str], env: Mapping[str, str] = os.environ, terminal: Terminal | None = None) -> int:
    """The whole way. Returns 0 once everything runs: boards that did not answer, and nothing to show yet, are said.

    :param given: answers that need no asking, as typed; ``cv`` is a file
    :raises InvalidInput: one of them cannot be meant, or nobody is there to ask for what is needed
    :raises Failed: the stack does not start
    """
    terminal, own = terminal or Terminal(), OwnSearch.of(home)
    foreign = env.get("API_BASE_URL", "").strip()
    home.make()
    try:
        cv_file, cv = (None, None) if foreign else _cv(given, own, terminal)
        if not foreign:
            _ask(given, own, terminal, cv)
        if not containers.is_inside_container(env):  # there the mail server is said in .env, for all containers
            _mail(own, env, given, terminal)
        if said := given.get("BROWSER_FORMS"):
            own.environment["BROWSER_FORMS"] = said
        own.environment["ROLECALL_SANDBOX"] = "off"
    finally:
        own.note(home)  # whatever was answered so far
    around = own.under({**env, "ROLECALL_SANDBOX": "off"})
    report.say("\nStarting everything on this machine: about a minute")
    stack = up(home, around)
    if foreign:
        _about_a_platform(foreign)
        return 0
    with PlatformClient(stack["services_url"], stack["api_token"], seconds=60) as platform:
        _come_in(platform, own, read(ABOUT_YOU, own.answers))
        own.note(home)
        if cv_file is not None:
            platform.upload_cv(own.person, cv_file.read_bytes(), filename=cv_file.name, cv_id=f"cv-{own.person}")
        plan = first_search.proposed(stack["postgres_dsn"], around)
        first_search.tell_plan(plan)
        wrong: list[str] = []
        if terminal.yes("Read them now? It takes one to three minutes"):
            report.say("")
            if first_search.offline(plan, around):
                report.say(
                    "This machine seems to be offline: no board's name can be looked up. They are asked all the same, for some minutes."
                )
            wrong = first_search.run(stack, plan, own.person)
        found = platform.matches(own.person, limit=BEST)
    first_search.tell_found(found)
    _what_next(stack, own, plan, wrong, {**resolved(around), **around})
    return 0  # what did not go well is said: everything runs, and make would call another code its own error


def _cv(given: Mapping[str, str], own: OwnSearch, terminal: Terminal) -> tuple[Path | None, Cv | None]:
    """The CV's file and what was read in it, shown; neither where there is none.

    :raises InvalidInput: it was given, and cannot be read
    """
    known = own.answers.get("cv", "")
    while True:
        typed = given.get("cv") or terminal.answer(Question("cv", "Your CV: which file?", "PDF, Word (docx) or text", _path), known)
        if not typed or (typed == known and not Path(known).is_file()):
            return None, None
        try:
            file = _path(typed)
            cv = read_file(file.read_bytes(), filename=file.name)
        except InvalidInput as error:
            if given.get("cv") or not terminal.there:
                raise
            report.say(f"  {error}")
            known = ""
            continue
        report.say(f"\nRead in {file.name}:")
        report.say("\n".join(textwrap.shorten(line, 200, placeholder=" …") if len(line) > 200 else line for line in shown(cv)))
        own.answers["cv"] = str(file)
        return file, cv


def _path(typed: str) -> Path:
    """A file that is there.

    :raises InvalidInput: it is not
    """
    file = Path(typed.strip().strip("'\"")).expanduser().resolve()
    if not file.is_file():
        raise InvalidInput("cv", f"there is no file {typed}", fix="name a PDF, a Word file (docx) or a text file")
    return file


def _ask(given: Mapping[str, str], own: OwnSearch, terminal: Terminal, cv: Cv | None) -> None:
    """Asks for what was not given, and notes it all.

    :raises InvalidInput: name and address are needed, and nobody says them
    """
    if terminal.there:
        report.say("\nA few questions. Enter keeps what stands in brackets, or skips; - takes an answer back; Ctrl-D skips the rest.")
    if not own.person and not terminal.there and not given and cv is None:
        raise InvalidInput(
            "start", "there is nobody to ask here: this is no terminal", fix="make start CV=cv.pdf NAME='Ada Vale' EMAIL=ada@example.org"
        )
    known = {**(from_cv(cv) if cv else {}), **own.answers}
    found = answers(QUESTIONS, terminal, given, known)
    own.answers = {**({"cv": own.answers["cv"]} if "cv" in own.answers else {}), **found}
    for needed in ("name", "email"):
        if found.get(needed, NONE) == NONE:
            raise InvalidInput(needed, "is missing, and the CV does not say it", fix=f"make start {needed.upper()}=…")
    contact = read((CONTACT_QUESTION,), found).get("contact")
    own.environment.pop("BOT_CONTACT", None)
    if contact:
        own.environment["BOT_CONTACT"] = str(contact)


def _mail(own: OwnSearch, env: Mapping[str, str], given: Mapping[str, str], terminal: Terminal) -> None:
    """Asks for a mail server where none is set, and sends one test mail by settings that were not tried yet."""
    if not any(own.under(env).get(name, "").strip() for name in ("SMTP_HOST", "SENDGRID_API_KEY")) and terminal.there:
        report.say("\nBy which mail server shall messages to you leave?  (smtp.example.org:587. Empty: no mails, you look here)")
        typed = terminal.line("  > ") or ""
        if typed:
            host, _, port = typed.partition(":")
            own.environment |= {"SMTP_HOST": host, "SMTP_PORT": port if port.isdecimal() else "587"}
            if user := terminal.line("  user (empty: none) > "):
                own.environment |= {"SMTP_USER": user, "SMTP_PASSWORD": terminal.secret("  password > ")}
            own.environment["SMTP_FROM"] = terminal.line(f"  sender [{own.answers.get('email', '')}] > ") or own.answers.get("email", "")
    own.environment |= {name: value for name in MAIL if (value := env.get(name, "").strip()) and name in given}
    used = {name: value for name in MAIL if (value := own.under(env).get(name, "").strip())}
    recipient, tried = own.answers.get("email", ""), hashlib.sha256(json.dumps(used, sort_keys=True).encode()).hexdigest()
    if not recipient or tried == own.mailed or not ({"SMTP_HOST", "SENDGRID_API_KEY"} & set(used)):
        return
    try:
        _test_mail(recipient, used)
    except RolecallError as error:
        report.say(f"\nThe test mail did not leave: {error}\nThe search goes on without; mend it and make start tries again.")
        return
    own.mailed = tried
    report.say(f"\nA test mail is on its way to {recipient}: where it does not arrive, look into the spam folder, then at SMTP_FROM.")


def _test_mail(recipient: str, settings: Mapping[str, str]) -> None:
    room = MailRoom()
    text = "This is the test mail that make start sends once. Messages about your search will come from this address."
    message = Message(id="test-mail", type="email", recipient=recipient, subject="Rolecall: mails work", message=text)
    with httpx.Client(timeout=30) as http:
        try:
            mail.send(message, Endpoints.of(of_environment(settings), "smtp_default", "sendgrid_default"), Lines(http, room, lambda: None))
        finally:
            room.close()


def _about_a_platform(address: str) -> None:
    report.say(
        f"\nPeople come from your platform ({address}), with their CVs and wishes: the DAG sync_data takes them over every hour,"
        "\nand nobody is asked here. Who is in: ./rolecall applications people. What runs: make status."
    )


def _come_in(platform: PlatformClient, own: OwnSearch, said: Mapping[str, Any]) -> None:
    """Makes the person, or changes the one who came in before; nothing that was not answered is touched."""
    fields = {name: said[name] for name in ("name", "email") if said.get(name)}
    wishes = preferences_of(said)
    if not own.person:
        listed = (platform.changed_users(None, None, 500) or {}).get("users", [])
        own.person = next((str(one["id"]) for one in listed if one["email"].lower() == str(fields["email"]).lower()), "")
    if own.person:
        try:
            platform.change_user(own.person, {**fields, "preferences": wishes})
        except RequestRejected as error:
            if error.status != 404:
                raise
            own.person = ""  # erased since
    if not own.person:
        made = {name: value for name, value in wishes.get("criteria", {}).items() if value is not None}
        own.person = platform.create_user({**fields, "preferences": {**wishes, "criteria": made}})["id"]


def _what_next(
    stack: Mapping[str, str], own: OwnSearch, plan: first_search.BoardPlan, wrong: Sequence[str], env: Mapping[str, str]
) -> None:
    if wrong:
        report.say("\nDid not go well")
        for line in wrong:
            report.say("\n".join(wrapped(line, 2, 4)))
    report.say("\nNot set up")
    for line in _missing(own, plan, env):
        report.say(f"  {line}")
    mails = "a mail tells you what is new" if env.get("SMTP_HOST") or env.get("SENDGRID_API_KEY") else "look here for what is new"
    applying = own.answers.get("apply", "").lower() in ("y", "yes", "true", "1")
    asked = "; applications are shown to you first" if applying else "; nothing is sent in your name"
    report.say(f"\nNext: boards are read again on {first_search.next_time()}, then three times a day while this runs;")
    report.say(f"{mails}{asked}.")
    matches = f"./rolecall person matches {own.person}"
    for command, does in (
        (matches, "all that was found, with what was left out"),
        ("make start", "changes your answers, and reads the boards at once"),
        ("make status", "what runs, and what is wrong"),
        ("make down", "stops everything; make up goes on with your search"),
    ):
        report.say(f"  {command:<{len(matches)}}  {does}")
    report.address(stack)


def _missing(own: OwnSearch, plan: first_search.BoardPlan, env: Mapping[str, str]) -> list[str]:
    skipped = [question.name for question in ABOUT_YOU if question.name not in own.answers]
    return [
        *(["mails: make start SMTP_HOST=… SMTP_USER=… SMTP_PASSWORD=… SMTP_FROM=…"] if not env.get("SMTP_HOST") else []),
        *([f"employers' forms, filled in by Chromium and shown to you first: {no_forms}"] if (no_forms := _no_forms(env)) else []),
        *(["an address under which boards reach you: make start CONTACT=…"] if not env.get("BOT_CONTACT") else []),
        *([f"not answered: {', '.join(skipped)}: make start asks again"] if skipped else []),
        "employers you want to follow: ./rolecall add URL of their careers page",
        *([f"boards that want a key of yours: {', '.join(BOARDS[name].title for name in plan.off)} (.env.example)"] if plan.off else []),
    ]


def _no_forms(env: Mapping[str, str]) -> str:
    """Why forms are not filled in, and what to do; ``""``: they are."""
    if lacks := missing():
        return f"{lacks}, then make start BROWSER_FORMS=on"
    return "" if env.get("BROWSER_FORMS", "").strip() == "on" else "make start BROWSER_FORMS=on"


def given_in(env: Mapping[str, str]) -> dict[str, str]:
    """The answers on ``make``'s command line, named in ``ROLECALL_GIVEN``: a variable of the same name that was there before is none."""
    return {name: env[name] for name in env.get("ROLECALL_GIVEN", "").split() if name in env}


def parsed(arguments: Sequence[str], env: Mapping[str, str]) -> dict[str, str]:
    """Answers that need no asking: of the flags, else of ``make``'s command line."""
    parser = Arguments(prog="./rolecall start", description=__doc__)
    parser.add_argument("--cv", metavar="FILE", help="your CV: PDF, Word (docx) or text")
    for question in QUESTIONS:
        parser.add_argument(f"--{question.name}", help=f"{question.asks} {question.hint}".replace("%", "%%"))
    said = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    named = {name.lower() if name not in KEPT else name: value for name, value in given_in(env).items() if value.strip()}
    return {**named, **said}


def main(arguments: Sequence[str]) -> int:
    """Entry point of the Makefile."""
    report.hear_ctrl_c()
    try:
        return start(Home.of(), parsed(arguments, os.environ))
    except (RolecallError, RuntimeError, PermissionError) as error:
        report.say(reason(error), file=sys.stderr)
        return 2 if isinstance(error, InvalidInput) else 1
    except KeyboardInterrupt:
        report.say("\ninterrupted: make start again goes on from there; what was started runs on → make down stops it", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
