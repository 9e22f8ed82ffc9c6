"""Rolecall's commands, found by what exists: modules that run and whose docstring shows how, in lines that begin with ``./rolecall NAME``.

Such a line is a command's documentation everywhere: in its module, in ``./rolecall help``, in the shell's completion.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from rolecall.errors import RolecallError

FOLDER = Path(__file__).resolve().parent

LINE = re.compile(r"^ *\./rolecall ([a-z-]+)((?: ?\S+)*?)(?: {2,}(\S.*))?$", re.MULTILINE)
"""``./rolecall NAME ARGUMENT…   what it does``: two blanks or more before the words."""

ENDS = '\nif __name__ == "__main__":'
"""How a module that runs ends."""

RUNS = "rolecall.entry"
"""Runs a command's module, and ends quietly on Ctrl-C or where nobody reads any more."""

GIVEN_ON = (
    "./rolecall airflow …      Airflow's own command line, on Rolecall's Airflow\n"
    "./rolecall python …       Python with the environment that tasks have"
)


@dataclass(frozen=True)
class Usage:
    """One line of help.

    :param given: the arguments as they are written in the docstring
    :param does: what it does
    :param module: the module that does it
    """

    name: str
    given: str
    does: str
    module: str

    @property
    def call(self) -> str:
        """What to type."""
        return f"./rolecall {self.name} {self.given}".rstrip()

    @property
    def word(self) -> str:
        """The subcommand: a first argument in small letters; ``""`` where there is none."""
        first = self.given.partition(" ")[0]
        return first if re.fullmatch(r"[a-z][a-z-]*", first) else ""


def usages(docstring: str, module: str = "") -> list[Usage]:
    """The usage lines of a docstring."""
    return [Usage(found[1], found[2].strip(), found[3] or "", module) for found in LINE.finditer(docstring)]


@cache
def commands(folder: Path = FOLDER) -> list[Usage]:
    """Every usage line of the modules below a package's folder."""
    found = []
    for file in sorted(folder.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "./rolecall " in text and ENDS in text:
            module = ".".join(file.relative_to(folder.parent).with_suffix("").parts).removesuffix(".__main__")
            found += usages(ast.get_docstring(ast.parse(text)) or "", module)
    return found


class Arguments(argparse.ArgumentParser):
    """Reads a command's arguments; what it does not know is refused in one line, with what was probably meant and what there is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_abbrev": False, **kwargs})

    def error(self, message: str) -> NoReturn:
        """Status 2. What argparse says is put in plain words."""
        missing = message.removeprefix("the following arguments are required: ")
        if missing != message:
            below = [str(name) for action in self._actions if isinstance(action, argparse._SubParsersAction) for name in action.choices]
            if below:
                self.exit(2, f"{self.prog}: say what to do → {', '.join(below)}\n")
            message = f"{missing} is missing"
        self.exit(2, f"{self.prog}: {message} → {self.prog} --help\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does; a subcommand's parser refuses what is left, by its own name."""
        known, left = super().parse_known_args(args, namespace)
        if left:
            options = [option for option in self._option_string_actions if option.startswith("--")]
            strange = [each.partition("=")[0] for each in left if each.startswith("-")] or left
            self.error(f"there is no {near(strange, options)}")
        return known, left

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        choices = [str(choice) for choice in action.choices]
        below = isinstance(action, argparse._SubParsersAction)
        who = "there is" if below else f"{action.option_strings[-1] if action.option_strings else action.metavar or action.dest} knows"
        self.exit(2, f"{self.prog}: {who} no {near([str(value)], choices)} → {', '.join(choices)}\n")


def near(strange: Sequence[str], known: Iterable[str]) -> str:
    """What is unknown, and what was probably meant: ``lsit; did you mean list?``"""
    known = list(known)
    meant = [close[0] for name in strange if (close := difflib.get_close_matches(name, known, 1))]
    return ", ".join(strange) + (f"; did you mean {', '.join(meant)}?" if meant else "")


def cut(shown: int, total: int, option: str = "--limit") -> list[str]:
    """The line below a list that is not whole: ``20 of 143; --limit for more``."""
    return [f"{shown:,} of {total:,}; {option} for more"] if shown < total else []


def table(lines: Iterable[Usage]) -> str:
    """Usage lines side by side with what they do."""
    lines = list(lines)
    width = min(max((len(usage.call) for usage in lines), default=0), 50)
    return "\n".join(f"  {usage.call:<{width}}  {usage.does}".rstrip() for usage in lines)


def python_arguments(name: str, given: list[str]) -> list[str]:
    """What to give Python for a command.

    :raises RolecallError: there is no such command
    """
    if name == "python":
        return given
    if name == "airflow":
        return ["-m", RUNS, "airflow", *given]
    known = {usage.name: usage.module for usage in commands()}
    if name not in known:
        raise RolecallError(f"there is no ./rolecall {near([name], known)}", fix="./rolecall help")
    return ["-P", "-m", RUNS, known[name], *given]  # -P: nothing in the caller's folder is taken for one of our modules


def replaced_by(command: list[str], environment: Mapping[str, str]) -> int:
    """Becomes another process: its signals and its exit status are the command's own. Does not return."""
    sys.stdout.flush()
    os.execvpe(command[0], command, environment)  # noqa: S606  # the command is the caller's own
    return 0


def main(arguments: list[str]) -> int:
    """Entry point of ``./rolecall`` in a container, whose environment is the right one already."""
    name, given = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if name == "help":
        print(table([*commands(), *usages(GIVEN_ON)]))
        return 0
    if name == "restore":
        name, given = "backup", ["restore", *given]
    try:
        command = [sys.executable, *python_arguments(name, given)]
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 2
    return replaced_by(command, os.environ)


def run() -> int:
    """The command ``rolecall`` of the installed package."""
    from rolecall.entry import run_command

    return run_command(lambda: main(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(run())
