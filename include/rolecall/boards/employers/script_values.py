"""What a script's names stand for: addresses put together from variables, pieces and arguments are written out. Nothing is executed.

Only what is certain is filled in: a name that is given one value, whoever may see it; one with two stays a name.
"""

from __future__ import annotations

import itertools
import re
from base64 import b64decode
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import unquote

MAX_NAMES = 20_000
ROUNDS = 4
"""How often names may stand for what is made of names."""

WIDE_LINE = 2_000
"""Characters of a line behind whose code a comment is looked for; longer ones are made by machines, which leave comments out."""

SIMPLE = r"[A-Za-z_$][\w$]{0,60}"
DOTTED = rf"(?:{SIMPLE}\??\.){{0,4}}{SIMPLE}"
STRING = r"""(?:"[^"\\\n$]{0,300}"|'[^'\\\n$]{0,300}'|`[^`\\\n$]{0,300}`)"""
ARGUMENTS = rf"((?:{STRING}\s{{0,4}},?\s{{0,4}}){{1,6}}+)"
PARAMETERS = r"\(([\w$,\s]{1,200})\)"

GIVEN = re.compile(
    rf"""(?<![\w$])({SIMPLE})["']?\s{{0,4}}[:=]\s{{0,4}}(["'`])([^"'`\\\n<>\s$]{{1,200}})\2(?!\s{{0,4}}[+.\[]|["'\w])"""
    rf"""|(?<![\w$])({SIMPLE})\s{{0,4}}[:=]\s{{0,4}}\[\s{{0,4}}["'`]([^"'`\\\n<>\s{{}}$]{{1,200}})["'`]\s{{0,4}}\]"""
)
"""A name and the whole string it is given, or the one string of its list."""

EACH = re.compile(
    rf"(?<![\w$])({SIMPLE})\.(?:forEach|map|flatMap)\(\s{{0,4}}(?:async\s{{1,4}})?(?:function\s{{0,4}}\(|\()?\s{{0,4}}({SIMPLE})\s{{0,4}}[,)=]"
)
EACH_OF = re.compile(rf"for\s{{0,4}}\(\s{{0,4}}(?:const|let|var)\s{{1,4}}({SIMPLE})\s{{1,4}}of\s{{1,4}}({SIMPLE})\s{{0,4}}\)")
FUNCTION = re.compile(
    rf"function\s{{1,4}}({SIMPLE})\s{{0,4}}{PARAMETERS}"
    rf"|(?<![\w$])({SIMPLE})\s{{0,4}}[:=]\s{{0,4}}(?:async\s{{0,4}})?(?:function\s{{0,4}})?{PARAMETERS}\s{{0,4}}(?:=>|\{{)"
)
CALLED = re.compile(rf"(?<![\w$.])({SIMPLE})\(\s{{0,4}}{ARGUMENTS}[,)]")
AT_ONCE = re.compile(rf"[(!]\s{{0,4}}(?:async\s{{0,4}})?(?:function\s{{0,4}})?{PARAMETERS}\s{{0,4}}(?:=>\s{{0,4}})?\{{")
AT_ONCE_WITH = re.compile(rf"\}}\s{{0,4}}\)?\s{{0,4}}\(\s{{0,4}}{ARGUMENTS}\)")

ASIDE = re.compile(
    rf"\b(?:encodeURI(?:Component)?|String|escape)\(\s{{0,4}}({DOTTED}|{STRING})\s{{0,4}}\)|\.(?:trim|toLowerCase|toString)\(\)"
)
"""What changes nothing about a name."""

UNPACKED = re.compile(r"""\b(atob|decodeURIComponent|unescape)\(\s{0,4}(["'`])([^"'`\\\n\s]{4,600})\2\s{0,4}\)""")
JOINED = re.compile(
    rf"""\[((?:\s{{0,9}}(?:{STRING}|{DOTTED})\s{{0,9}},?){{2,12}}+)\s{{0,9}}\]\s{{0,4}}\.join\(\s{{0,4}}(["'`])([^"'`\n]{{0,3}})\2\s{{0,4}}\)"""
)
PIECE = re.compile(rf"({STRING})|({DOTTED})")
REPLACED = re.compile(
    rf"""({STRING}|{DOTTED})\.replace\(\s{{0,4}}["'`/]([^"'`/\n]{{1,40}})["'`/]g?\s{{0,4}},\s{{0,4}}({STRING}|{DOTTED})\s{{0,4}}\)"""
)
IN_TEMPLATE = re.compile(rf"\$\{{\s{{0,4}}({DOTTED}|{STRING})\s{{0,4}}\}}")
BEFORE_PLUS = re.compile(rf"(?<![\w$.)\]])({DOTTED})(?=\s{{0,4}}\+\s{{0,4}}[\"'`\w$])")
BEHIND_PLUS = re.compile(rf"(\+\s{{0,4}})({DOTTED})(?![\w$.(\[?])")
PLUS = re.compile(r"""["'`]\s{0,4}\+\s{0,4}["'`]""")
"""Where a string goes on in the next, however either is quoted."""

NEVER = re.compile(r"\bif\s{0,4}\(\s{0,4}(?:false|0|!1)\s{0,4}\)\s{0,4}\{(?:[^{}]|\{[^{}]{0,2000}\}){0,2000}+\}")
"""What is switched off."""


def without_comments(text: str) -> str:
    """A script without its comments and what is switched off. JSON has neither, and stays as it is."""
    if "/*" in text:
        text = without_blocks(text)
    if text.lstrip()[:1] not in ("{", "["):
        text = "\n".join(map(without_tail, text.split("\n"))) if "//" in text else text
        text = NEVER.sub("", text)
    return text


def without_blocks(text: str) -> str:
    """A script without ``/* … */``; one that begins within a word or a string is none."""
    kept, at = [], 0
    while (start := text.find("/*", at)) >= 0:
        stop = text.find("*/", start + 2)
        if stop < 0:
            break
        comment = start == 0 or text[start - 1] in " \t\r\n;{}(),"
        kept.append(text[at:start] if comment else text[at : start + 2])
        at = stop + 2 if comment else start + 2
    return "".join([*kept, text[at:]])


def without_tail(line: str) -> str:
    """A line up to its ``//``, unless that is within a string."""
    if line.lstrip().startswith("//"):
        return ""
    at = line.find("//") if len(line) <= WIDE_LINE else -1
    while at >= 0:
        head = line[:at]
        if head[-1:] in (" ", "\t", ";", "{", "}", ",", ")") and not any(head.count(one) % 2 for one in "\"'`"):
            return head
        at = line.find("//", at + 2)
    return line


def put_together(text: str) -> str:
    """A script whose strings are written out where names, pieces, templates, arguments and replacements make them.

    :param text: without comments, its escaped characters as they are meant
    """
    if not any(one in text for one in ("+", "${", ".join(", ".replace(", "atob(", "decodeURIComponent(")):
        return text
    text = ASIDE.sub(lambda found: found[1] or "", UNPACKED.sub(unpacked, text))
    for _ in range(ROUNDS):
        before, values = text, given_values(text)

        def value(name: str, values: dict[str, str] = values) -> str | None:
            return name[1:-1] if name[:1] in ("'", '"', "`") else values.get(name.rpartition(".")[2])

        text = JOINED.sub(lambda found: joined(found, value), text)
        text = REPLACED.sub(lambda found: replaced(found, value), text)
        text = IN_TEMPLATE.sub(lambda found: found[0] if (said := value(found[1])) is None else said, text)
        text = BEFORE_PLUS.sub(lambda found: found[0] if (said := value(found[1])) is None else f"'{said}'", text)
        text = BEHIND_PLUS.sub(lambda found: found[0] if (said := value(found[2])) is None else f"{found[1]}'{said}'", text)
        text = PLUS.sub("", text)
        if text == before:
            break
    return text


Value = Callable[[str], str | None]


def given_values(text: str) -> dict[str, str]:
    """What names stand for that are given one string in a script: variables, properties, parameters, members of a list."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in itertools.islice(GIVEN.finditer(text), MAX_NAMES):
        found[one[1] or one[4]].add(one[3] or one[5])
    for one in itertools.islice(EACH.finditer(text), MAX_NAMES):
        found[one[2]] |= found.get(one[1], set())
    for one in itertools.islice(EACH_OF.finditer(text), MAX_NAMES):
        found[one[1]] |= found.get(one[2], set())
    wanted = {one[1] or one[3]: one[2] or one[4] for one in itertools.islice(FUNCTION.finditer(text), MAX_NAMES)}
    for one in itertools.islice(CALLED.finditer(text), MAX_NAMES) if wanted else ():
        if one[1] in wanted:
            bind(found, wanted[one[1]], one[2])
    at_once = [one[1] for one in itertools.islice(AT_ONCE.finditer(text), 2)]
    with_them = [one[1] for one in itertools.islice(AT_ONCE_WITH.finditer(text), 2)]
    if len(at_once) == len(with_them) == 1:
        bind(found, at_once[0], with_them[0])
    return {name: values.pop() for name, values in found.items() if len(values) == 1}


def bind(found: defaultdict[str, set[str]], parameters: str, arguments: str) -> None:
    """Notes what parameters are called with."""
    strings = [one[0][1:-1] for one in re.finditer(STRING, arguments)]
    for name, value in zip((one.strip() for one in parameters.split(",")), strings, strict=False):
        if name and value and not re.search(r"\s", value):
            found[name].add(value)


def joined(found: re.Match[str], value: Value) -> str:
    """``["https://", name, ".breezy.hr"].join("")`` as one string, if every piece is known."""
    pieces = [value(one[0]) for one in PIECE.finditer(found[1])]
    return found[0] if None in pieces else f"'{found[3].join(filter(None, pieces))}'"


def replaced(found: re.Match[str], value: Value) -> str:
    """``"…/{company}/…".replace("{company}", name)`` as one string."""
    where, what = value(found[1]), value(found[3])
    return found[0] if where is None or what is None or found[2] not in where else f"'{where.replace(found[2], what)}'"


def unpacked(found: re.Match[str]) -> str:
    """What ``atob("…")`` and ``decodeURIComponent("…")`` give, where that is one plain string."""
    value = ""
    with suppress(ValueError):
        packed = found[3].rstrip("=")
        value = b64decode(packed + "=" * (-len(packed) % 4)).decode() if found[1] == "atob" else unquote(found[3])
    return f"'{value}'" if value and not re.search(r"[\s\"'`\\$]", value) else found[0]
