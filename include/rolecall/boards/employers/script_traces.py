"""What a script or JSON of a page leads to: addresses that are strings of their own, a widget's settings. Nothing of it is executed."""

from __future__ import annotations

import itertools
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from types import MappingProxyType

from rolecall.boards.employers.addresses import SYSTEMS, Employer, Kind, of_address
from rolecall.boards.employers.script_values import put_together, without_comments
from rolecall.boards.employers.traces import MAX_TRACES, MENTION, REST, VALUE, WORD, Trace, inner_address, is_slug, is_sure, rank_of

MAX_SETTINGS = 50_000
ESCAPED = (
    (re.compile(r"(?<!\\)\\++(?:/|u002f|x2f)|&#(?:x2f|47);", re.I), "/"),
    (re.compile(r"(?<!\\)\\++(?:u0026|x26)|&amp;", re.I), "&"),
    (re.compile(r"(?<!\\)\\++(?:u003d|x3d)|&#(?:x3d|61);", re.I), "="),
    (re.compile(r"(?<!\\)\\++(?:u002e|x2e)", re.I), "."),
    (re.compile(r"(?<!\\)\\++(?:u003a|x3a)", re.I), ":"),
    (re.compile(r"(?<!\\)\\++(?:u002d|x2d)", re.I), "-"),
    (re.compile(r"(?<!\\)\\++(?:u003f|x3f)", re.I), "?"),
    (re.compile(r"(?<!\\)\\++(?:u0022|x22)", re.I), '\\"'),
    (re.compile(r"(?<!\\)\\++(?:u0027|x27)", re.I), "\\'"),
)
"""How scripts write what an address is made of, also where a string is in a string."""

QUOTED = re.compile(r"&(?:quot|apos|#34|#39|#x22|#x27);", re.I)
MARKUP = re.compile(r"<[a-z/!]|\\u003c[a-z/!]", re.I)
"""Tags: in a script that has some, what is escaped once more is shown to readers."""

IN_PIECES = re.compile(r"""(["'`])\s{0,4}\+\s{0,4}\1""")
"""Where a string goes on in the next."""

OBJECT = r"(?:[\w$]{1,40}\??\.){0,4}"
CALL = r"(?:[\w$]{1,40}\(\s{0,4})?"
NAME = r"([A-Za-z_$][\w$]{0,60})"
VARIABLE = re.compile(
    rf"""\$\{{\s{{0,4}}{CALL}{OBJECT}{NAME}\s{{0,4}}\)?\s{{0,4}}\}}"""
    rf"""|["'`]\s{{0,4}}\+\s{{0,4}}{CALL}{OBJECT}{NAME}\)?\s{{0,4}}(?:\+\s{{0,4}}["'`]|(?=[;,)\n]))"""
    rf"""|["'`]\.concat\(\s{{0,4}}{OBJECT}{NAME}\s{{0,4}}(?:,\s{{0,4}}["'`]|(?=\)))"""
)
"""A variable within an address: ``${board}``, ``" + board + "``, ``".concat(board, "``."""

ATTRIBUTE = re.compile(r"""\.getAttribute\(\s{0,4}["']data-([\w-]{1,60})["']\s{0,4}\)|\)\.data\(\s{0,4}["']([\w-]{1,60})["']\s{0,4}\)""")
ALIAS = re.compile(rf"{NAME}\s{{0,4}}=\s{{0,4}}[^;\n=]{{0,80}}?dataset\.([\w$]{{1,60}})")
"""A name for what a ``data-`` attribute says."""

SETTING = re.compile(
    r"""(?<![\w$])["']?([A-Za-z_$][\w$-]{0,60})["']?\s{0,4}[:=]\s{0,4}(?:[\w$.?]{1,80}\s{0,4}(?:\|\||\?\?)\s{0,4}){0,3}"""
    r"""["']([^"'\\\n<>]{2,300})["']"""
)
"""``name: "value"`` of a script or of JSON, also where the value is what holds if nothing else is said."""

PACKED = re.compile(r"[A-Za-z0-9+/]{24,40000}={0,2}")
PACKED_HTTP = ("aHR0c", "h0dH", "odHRw")
"""``http`` in base64, by where in it."""

TAIL = re.compile(r"[^\s\"'`<>{}()|\\^]*+$")
"""What stands between a quotation mark and a domain."""

WHOLE_ADDRESS = re.compile(r"(?:https?:)?//[^\s\"'`<>\\]{4,600}")
"""An address of somebody's board beside a name (``company_name``, ``apply_url``) tells of a posting, not of a widget."""

WORKDAYS_LIST = re.compile(r"(?<=[\"'`])[^\s\"'`<>]{0,200}?/wday/cxs/([\w-]{1,80})/([\w-]{1,120})(?=[/\"'`?])")
"""Workday's interface, of which a page may know the path alone."""

OWN_SETTINGS = re.compile(
    r"\bGrnhse\b|ripplingAts|leverJobsOptions|__Ashby|ashbyBaseJobBoardUrl|\b(?:source|provider|ats|system|vendor|platform)[\"']?\s{0,4}[:=]",
    re.I,
)
"""A vendor's own name for its settings, or a setting that says which vendor it is."""

GIVEN_UP = re.compile(
    r"(?<![a-z])(?:old|legacy|previous|former|deprecated|disabled|unused|archived?)"
    r"[\w-]{0,30}[\"']?\s{0,4}[:=]\s{0,4}(?:\{[^{}]{0,300})?$",
    re.I,
)
"""What a setting is called that holds no longer, before its value."""

SWITCHED_OFF = re.compile(r"(?<![a-z])(?:is_?)?(?:enabled|active|live)[\"']?\s{0,4}:\s{0,4}(?:false|0|!1|[\"']false)", re.I)

NEAR = 400
"""Characters before a setting in which a system's name counts for it."""


def of_script(text: str, said: Mapping[str, str] = MappingProxyType({})) -> list[Trace]:
    """The traces in a script or in JSON: addresses that are a string of their own, a widget's settings. Texts of articles are neither.

    :param said: what names mean that other parts of the page give a value
    """
    traces = [trace for inner in unpacked(text) for trace in of_script(inner)]
    if not (WORD.search(text) or any(one in text for one in ("/wday/cxs", "atob(", "\\u002e", "\\u002E", "\\x2e", "\\x2E"))):
        return traces
    text = with_values(flat(text), said)
    open_ended: set[str] = set()
    for found in itertools.islice(MENTION.finditer(text), MAX_TRACES):
        address, trace = of_literal(text, found)
        if trace is not None:
            traces.append(trace)
        elif "api" in address:
            open_ended.add(SYSTEMS[found[0].lower()][0])
    text = text.replace('\\"', '"')
    slugs = slugs_of(text)
    if len(open_ended) == 1 and len({value for _, _, _, value in slugs}) == 1:  # an interface's beginning, and the one name it can be about
        traces.append(Trace(Employer(open_ended.pop(), slugs[0][3]), "carrier", rank=1))
    traces += [Trace(Employer("workday", one[1], one[2]), "carrier") for one in itertools.islice(WORKDAYS_LIST.finditer(text), MAX_TRACES)]
    return [*traces, *of_script_settings(text, slugs)]


def unpacked(text: str) -> Iterator[str]:
    """What a script or an attribute holds in base64, as cookie banners keep a frame until somebody agrees: as strings of a script."""
    if not any(one in text for one in PACKED_HTTP):
        return
    for found in itertools.islice(PACKED.finditer(text), 200):
        if any(one in found[0] for one in PACKED_HTTP):
            packed = found[0].rstrip("=")
            with suppress(ValueError):
                inner = b64decode(packed + "=" * (-len(packed) % 4)).decode()
                yield inner if re.search(r"[\"'\s]", inner) else f'"{inner}"'


def values_of(scripts: Iterable[str], attributes: Mapping[str, str]) -> dict[str, str]:
    """What names mean all over a page: the settings that have one value, and what is in ``data-`` attributes.

    :param attributes: name without ``data-`` → value
    """
    found: dict[str, set[str]] = {}
    for text in scripts:
        for one in itertools.islice(SETTING.finditer(flat(text).replace('\\"', '"')), MAX_SETTINGS):
            if VALUE.fullmatch(one[2]):
                found.setdefault(one[1], set()).add(one[2])
    single = {name: values.pop() for name, values in found.items() if len(values) == 1}
    return {**{camel(name): value for name, value in attributes.items()}, **single}


def camel(name: str) -> str:
    """The name under which a script finds a ``data-`` attribute: ``board-token`` → ``boardToken``."""
    return re.sub(r"-([a-z])", lambda found: found[1].upper(), name)


def with_values(text: str, said: Mapping[str, str] = MappingProxyType({})) -> str:
    """A script with the values of its variables where addresses have them."""
    text = ATTRIBUTE.sub(lambda found: f".dataset.{camel(found[1] or found[2])}", text)
    aliases = {one[1]: said[one[2]] for one in itertools.islice(ALIAS.finditer(text), MAX_SETTINGS) if one[2] in said}
    own = {one[1]: one[2] for one in itertools.islice(SETTING.finditer(text), MAX_SETTINGS) if VALUE.fullmatch(one[2])}
    values = {**said, **aliases, **own}

    def filled(found: re.Match[str]) -> str:
        value = values.get(found[1] or found[2] or found[3])
        if value is None:
            return found[0]
        return value if found[1] or found[0][-1] in "'\"`" else f'{value}"'

    return VARIABLE.sub(filled, text) if values else text


def vendors_in(text: str) -> set[str]:
    """The systems whose own addresses, nobody's board, are strings of a script: a widget's settings have them."""
    if not MENTION.search(text):
        return set()
    text = flat(text)
    found = ((one[0].lower(), *of_literal(text, one)) for one in itertools.islice(MENTION.finditer(text), MAX_TRACES))
    return {SYSTEMS[domain][0] for domain, literal, trace in found if literal and trace is None}


def slugs_of(text: str) -> list[tuple[int, int, str, str]]:
    """The settings of a script that can hold a slug: (where, rank, name, value)."""
    settings = itertools.islice(SETTING.finditer(text), MAX_SETTINGS)
    return [(one.start(), rank, one[1], one[2]) for one in settings if (rank := rank_of(one[1])) and is_slug(one[2])]


@lru_cache(maxsize=2)  # a script is read for several things, one after another
def flat(text: str) -> str:
    """A script without what is commented out, its escaped characters as they are meant, its strings written out in one piece."""
    for escaped, meant in ESCAPED:
        text = escaped.sub(meant.replace("\\", "\\\\"), text)
    if "&" in text and QUOTED.search(text) and not MARKUP.search(text):
        text = QUOTED.sub(lambda found: "\\'" if found[0].lower() in ("&apos;", "&#39;", "&#x27;") else '\\"', text)
    return put_together(IN_PIECES.sub("", without_comments(text)))


def of_literal(text: str, found: re.Match[str]) -> tuple[str, Trace | None]:
    """The address that a string of a script is, or the attribute of a tag written in one; and its trace where it is a board's, or that of
    whoever passes it on."""
    head = text[max(0, found.start() - 600) : found.start()]
    begin = found.start() - len(TAIL.search(head)[0])  # type: ignore[index]
    opened = text[begin - 1 : begin]
    if text[begin - 2 : begin] == "](":
        return of_markdown(text, begin, found.end())
    if opened not in ("'", '"', "`") or not opened:
        return "", None
    rest = REST.match(text, found.end())
    stop = rest.end() if rest else found.end()
    value = text[begin:stop]
    seen = of_address(value) or of_address(inner_address(value))
    if seen is None or GIVEN_UP.search(text[max(0, begin - NEAR) : begin - 1]):
        return value, None
    kind: Kind = "posting" if seen.employer.posting else "board"
    if text[max(0, begin - 40) : begin].rstrip("\\'\" =").endswith("src"):
        kind = "carrier"
    elif text[begin - 2 : begin - 1] != "\\":  # within another string it is what a reader sees, or a link
        kind = seen.kind
    return value, Trace(seen.employer, kind)


def of_markdown(text: str, begin: int, end: int) -> tuple[str, Trace | None]:
    """``[open roles](https://…)``: a link with its words."""
    value = text[begin:end] + re.match(r"[^\s\"'`<>\\()]{0,600}", text[end:])[0]  # type: ignore[index]
    seen = of_address(value)
    if seen is None or seen.kind == "carrier":
        return value, None
    words = f"{text[max(0, begin - 250) : begin]} {text[begin + len(value) : begin + len(value) + 100]}"
    return value, Trace(seen.employer, seen.kind, words, words, words)


def of_script_settings(text: str, slugs: list[tuple[int, int, str, str]]) -> Iterator[Trace]:
    """``leverJobsOptions = {accountName: "acme"}``, ``{"ats": "greenhouse", "boardToken": "acme"}``: a system, and a slug near it."""
    for start, rank, name, value in slugs[:MAX_TRACES]:
        within = text[max(0, start - NEAR) : start].rpartition("{")[2] + text[start : start + NEAR].partition("}")[0]
        if SWITCHED_OFF.search(within) or GIVEN_UP.search(text[max(0, start - NEAR) : start]):
            continue
        systems = {str(one.lastgroup) for one in WORD.finditer(name)}
        if not systems:
            before = re.split(r"[};]", text[max(0, start - NEAR) : start])[-1]
            behind = re.split(r"[};]", text[start + len(name) : start + NEAR])[0]
            around = WHOLE_ADDRESS.sub(lambda found: "" if of_address(found[0]) else found[0], f"{before} {behind}")
            systems = {str(one.lastgroup) for one in WORD.finditer(around)}
        if len(systems) == 1:
            system = systems.pop()
            sure = is_sure(system, name, rank) or bool(OWN_SETTINGS.search(text[max(0, start - NEAR) : start]) and rank == 1)
            yield Trace(Employer(system, value), "carrier", rank=rank, is_sure=sure)
