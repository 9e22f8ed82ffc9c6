"""Questions in a terminal: each with what is known already; Enter keeps that, ``-`` takes it back, a wrong answer is asked for again."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from typing import Any

from local.base import report
from rolecall.errors import InvalidInput
from rolecall.people.interview import Question

TRIES = 3
NONE = "-"
"""Takes an answer back."""


class Terminal:
    """Who can be asked. Ctrl-D skips whatever is left."""

    def __init__(self, *, there: bool | None = None) -> None:
        self.there = sys.stdin.isatty() and sys.stdout.isatty() if there is None else there

    def answer(self, question: Question, known: str = "") -> str | None:
        """What was typed and can be meant; ``known`` where nothing was typed; ``None``: skipped, or nobody is there."""
        if not self.there:
            return known or None
        report.say(f"\n{question.asks}  ({question.hint})")
        doubted = ""
        for _ in range(TRIES):
            typed = self.line(f"  [{known}] > " if known else "  > ")
            if typed is None or not typed:
                return known or None
            if typed == NONE:
                return NONE
            try:
                doubts = question.doubts(question.read(typed))
            except InvalidInput as error:
                report.say(f"  {error.message} → {error.fix}")
                continue
            if not doubts or typed == doubted:
                return typed
            report.say("\n".join(f"  {one}" for one in doubts) + "\n  Enter keeps it all the same")
            known = doubted = typed
        if doubted:
            return doubted
        report.say("  left open: it is asked again the next time")
        return known or None

    def line(self, prompt: str) -> str | None:
        """One line; ``None``: nobody is there (any more)."""
        if not self.there:
            return None
        try:
            return input(prompt).strip()
        except EOFError:
            self.there = False
            report.say("")
            return None

    def secret(self, prompt: str) -> str:
        """A line that is not shown; empty where nobody is there."""
        if not self.there:
            return ""
        try:
            return getpass.getpass(prompt)
        except EOFError:
            self.there = False
            return ""

    def yes(self, asks: str) -> bool:
        """Enter is yes; so is nobody there: what was asked for is done."""
        said = self.line(f"\n{asks} [yes] > ")
        return (said or "y").lower() in ("y", "yes")


def answers(questions: tuple[Question, ...], terminal: Terminal, given: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """What each question is answered with, as typed; what is skipped is left out.

    :param given: answers that need no asking
    :param known: what earlier answers, or the CV, say
    :raises InvalidInput: one of the given answers cannot be meant; names it
    """
    found: dict[str, str] = {}
    for question in questions:
        if question.name in given:
            if given[question.name] != NONE:
                for doubt in question.doubts(question.read(given[question.name])):
                    report.say(f"mind: {doubt}")
            found[question.name] = given[question.name]
        elif (typed := terminal.answer(question, known.get(question.name, ""))) is not None:
            found[question.name] = typed
    return found


def read(questions: tuple[Question, ...], typed: Mapping[str, str]) -> dict[str, Any]:
    """Typed answers as they are meant; ``None`` for what was taken back."""
    return {one.name: None if typed[one.name] == NONE else one.read(typed[one.name]) for one in questions if one.name in typed}
