"""``./rolecall help``, and what is refused before anything is installed: what the commands' docstrings say, read without running them.

No installation is needed: any Python 3 does it.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rolecall.commands import GIVEN_ON, Usage, commands, near, table, usages

CLI = Path(__file__).parent / "cli.py"
EXAMPLE = Path(__file__).parents[1] / ".env.example"


def everything() -> list[Usage]:
    """Every usage line: the stack's own first, then the domain's by name."""
    own = ast.get_docstring(ast.parse(CLI.read_text(encoding="utf-8"))) or ""
    return [*usages(own), *sorted(commands(), key=lambda usage: usage.name), *usages(GIVEN_ON)]


def text(name: str = "") -> str:
    """The whole list, or one command's lines."""
    if name:
        return table(usage for usage in everything() if usage.name == name)
    return f"Rolecall's commands (make help lists those of development):\n\n{table(everything())}"


OWN_NAMES = ("doctor", "setup", "up", "down", "status", "logs", "demo", "restore", "help")
"""What nothing but this checks the arguments of."""

ANSWERS = ("CV", "NAME", "EMAIL", "WORK", "PLACES", "REMOTE", "SALARY", "LANGUAGES", "CONTRACT", "EMPLOYER", "APPLY", "CONTACT")
"""What ``make start`` takes; as flags of ``./rolecall start`` in small letters."""

OF_MAKE = (*("VENV", "ROLECALL_HOME", "PYTHON", "PAGES", "FROM", "LOOKED", "ONLY", "OPTIONS", "SHORT", "SANDBOX"), *ANSWERS)
"""Variables of the Makefile."""


def refusal(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Why a command cannot be what was meant, said before anything is installed; ``""`` where it can.

    :param environment: ``MAKEFLAGS`` holds what was given to make
    """
    name, given = arguments[0], list(arguments[1:])
    if why := _unknown(name):
        return why
    assigned = [word.partition("=")[0] for word in environment.get("MAKEFLAGS", "").partition(" -- ")[2].split() if "=" in word]
    for word in assigned:
        if word not in OF_MAKE and word not in environment_names() and (meant := near([word], OF_MAKE)) != word:
            return f"make knows no {meant} → make help"
    if name == "start":
        return _start(given, environment)
    if name not in OWN_NAMES:
        words = list(dict.fromkeys(usage.word for usage in everything() if usage.name == name))
        if given and all(words) and given[0] not in words and not given[0].startswith("-"):
            return f"./rolecall {name}: there is no {near(given[:1], words)} → {', '.join(words)}"
        return ""
    lines = [usage.given for usage in everything() if usage.name == name]
    takes = lines[0].split() if lines else []
    options = [word.strip("[]") for word in takes if word.startswith("[--")]
    if strange := [word for word in given if word.startswith("-") and word not in options]:
        return f"./rolecall {name}: there is no {near(strange, options)} → ./rolecall {name} --help"
    named, wanted = [word for word in given if not word.startswith("-")], [word for word in takes if not word.startswith("[")]
    if len([word for word in named if word]) < len(wanted):
        how = "make restore FROM=file, folder or address of a backup" if name == "restore" else f"./rolecall {' '.join([name, *takes])}"
        return f"{' '.join(wanted)} is missing → {how}"
    if len(named) > len(wanted) and not any("…" in word for word in takes):
        return f"./rolecall {name}: {named[len(wanted)]!r} is one word too many → ./rolecall {name} --help"
    return ""


def _start(given: list[str], environment: Mapping[str, str]) -> str:
    """What cannot be meant of ``./rolecall start``: said before minutes of installing, and by its own parser again after them.

    ``ROLECALL_FROM`` in the environment is the caller's folder.
    """
    options, help_ = [f"--{name.lower()}" for name in ANSWERS], " → ./rolecall start --help"
    said, place = {"--cv": environment.get("CV", "")} if "CV" in environment.get("ROLECALL_GIVEN", "").split() else {}, 0
    while place < len(given):
        option, has, value = given[place].partition("=")
        if not option.startswith("-"):
            return f"./rolecall start: {option!r} is one word too many{help_}"
        if option in ("-h", "--help"):
            return ""
        if option not in options:
            return f"./rolecall start: there is no {near([option], options)}{help_}"
        if not has:
            place += 1
            if place == len(given) or given[place].startswith("--"):
                return f"./rolecall start: {option} needs a value{help_}"
            value = given[place]
        said[option], place = value, place + 1
    cv = said.get("--cv", "").strip().strip("'\"")
    if cv and not (Path(environment.get("ROLECALL_FROM", "")) / Path(cv).expanduser()).is_file():
        return f"cv: there is no file {cv} → name a PDF, a Word file (docx) or a text file"
    return ""


def _unknown(name: str) -> str:
    known = [usage.name for usage in everything()]
    if name in known:
        return ""
    below = [usage.call for usage in everything() if usage.word == name]
    return f"there is no ./rolecall {name if below else near([name], known)} → {' or '.join([*below[:3], './rolecall help'])}"


def no_target(name: str) -> str:
    """What make says of a target that it does not have."""
    lines = (CLI.parents[1] / "Makefile").read_text(encoding="utf-8").splitlines()
    targets = [line.partition(":")[0] for line in lines if "## " in line and line[:1].islower()]
    return f"there is no make {near([name], targets)} → make help"


def environment_names() -> set[str]:
    """What ``.env.example`` says may be set."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines() if EXAMPLE.exists() else []
    return {line.lstrip("# ").partition("=")[0] for line in lines if "=" in line}


def main(given: Sequence[str]) -> int:
    """``help [NAME]``, ``check NAME ARGUMENT…`` or ``target NAME``; 2 and why on stderr where that is refused."""
    checking = given[:1] == ["check"]
    name = given[0] if given and not checking else ""
    why = (
        no_target(given[1])
        if given[:1] == ["target"]
        else refusal(given[1:], os.environ)
        if checking
        else ""
        if text(name)
        else _unknown(name)
    )
    if why:
        print(why, file=sys.stderr)
        return 2
    if not checking:
        print(text(name))
    return 0


if __name__ == "__main__":
    from rolecall.entry import run_command

    sys.exit(run_command(lambda: main(sys.argv[1:])))
