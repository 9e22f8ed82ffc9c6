"""What README and docs tell people to type: fenced ``sh`` blocks, and inline code that begins with make, ./rolecall or curl."""

from __future__ import annotations

import re
from dataclasses import dataclass

from local.base.paths import ROOT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:make|\./rolecall|curl)\s[^`]+)`")
OURS = re.compile(r"(make|\./rolecall) ")


@dataclass(frozen=True)
class Command:
    """Something to type.

    :param text: as it is written: a line, or a whole block whose lines belong together
    :param where: the page
    """

    text: str
    where: str


def commands() -> list[Command]:
    """Each once, in the order of the pages."""
    found: dict[str, Command] = {}
    for file in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        where, page = file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")
        for text in in_page(page):
            found.setdefault(text, Command(text, where))
    return list(found.values())


def in_page(page: str) -> list[str]:
    """The commands of one page."""
    found: list[str] = []
    for language, block in FENCE.findall(page):
        if language == "sh":
            lines = [without_comment(line) for line in block.splitlines()]
            alone = all(OURS.match(line) for line in lines if line)
            found += [line for line in lines if line] if alone else [block]
    return found + [" ".join(text.split()) for text in INLINE.findall(FENCE.sub("", page))]


def without_comment(line: str) -> str:
    """What the shell runs of a line."""
    return re.sub(r"(^|\s+)# .*$", "", line).strip()


ALL = commands()

EXCEPTED = {
    "make chaos": "runs drills for an hour, with stacks of its own; .ci/run types one of them",
    "make bench": "measures for minutes, with servers of its own",
    "make employers-check": "asks some thousand boards on the internet",
    "./rolecall add URL": "asks boards outside, which the sandbox never does",
    "export API_BASE_URL": "plugs in accounts that nobody here has; what it sets is looked at instead",
}
"""Never run, by how they begin. ``make -n`` must still know them."""

ELSEWHERE = {
    "make test": ".ci/run",  # runs these tests among others
    "make start": "tests/local/test_start.py",  # in a folder of its own, against boards on loopback
}
"""Typed by something else that is run, by how they begin."""

WITH_AN_ENGINE = ("make env", "make image", "make compose-")
"""In bold: they need a container engine; tests/deploy starts the same file where there is one."""


def begins(text: str, table: dict[str, str]) -> str | None:
    """What a table says about a command: the longest beginning decides."""
    known = [start for start in table if text.startswith(start)]
    return table[max(known, key=len)] if known else None
