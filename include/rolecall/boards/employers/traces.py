"""A trace: something of a page that leads to a board; and how a page's own names say which system, and which employer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from rolecall.boards.employers.addresses import SYSTEMS, Employer, Kind, Seen, joined, of_address

MAX_TRACES = 3_000
"""Traces kept of a page; a page with more is a directory."""

DOMAINS = "|".join(re.escape(domain) for domain in SYSTEMS)

MENTION = re.compile(rf"(?:{DOMAINS})(?![\w-]|\.\w)", re.I)
"""A system's domain anywhere in a text."""

REST = re.compile(r"[^\s\"'`<>\\|^]{0,600}")

WORDS = {
    "greenhouse": "greenhouse|grnhse", "lever": r"lever(?!ag)", "ashby": "ashby", "workable": "workable",
    "smartrecruiters": "smart[-_ ]?recruiters", "recruitee": "recruitee", "personio": "personio", "teamtailor": "team[-_ ]?tailor",
    "bamboohr": "bamboo[-_ ]?hr", "breezy": "breezy", "workday": "(?:my)?workday(?:jobs|site)?", "rippling": "rippling",
    "gem": r"gem(?![a-z])",
}  # fmt: skip
"""How a page's own names say which system it uses."""

WORD = re.compile(
    "|".join(f"(?P<{name}>{'(?<![a-z])' if name in ('gem', 'lever') else ''}(?:{word}))" for name, word in WORDS.items()), re.I
)

SLUG_NAMES = (
    re.compile(
        r"(?<!dash)(?<!key)(?<!clip)(?<!on)(?<!bill)board(?!ing)|token|slug|account|sub[-_]?domain|tenant|handle|careers?[-_]?site|lever[-_]?site",
        re.I,
    ),
    re.compile(r"company|client|customer|employer|organi[sz]ation|(?<![a-z])org(?![a-z])", re.I),
)
"""Names of settings that hold a slug, the surest first."""

DOCUMENTED = {"company-code": "smartrecruiters", "board-token": "greenhouse"}
"""What a vendor's instructions call the slug, where its widget is loaded."""

UNMISTAKABLE = frozenset({"recruitee", "personio", "teamtailor", "bamboohr", "smartrecruiters"})
"""Systems whose names are no words besides."""

NO_SLUG_NAME = re.compile(
    r"department|dept|location|office|lang|locale|theme|version|colou?r|filter|layout|limit|target|container|query|mode|secret|key|pass|csrf"
    r"|session|user|email|phone|address|country|css|class|board-?type|company-?(?:size|type)|token-?type",
    re.I,
)

NOT_A_SLUG = re.compile(
    r"(?:true|false|null|none|undefined|on|off|yes|no|auto|default|all|jobs?|careers?|[a-z]{2}(?:[-_][a-z]{2})?|\d+(?:px|%|rem|em)?)", re.I
)

VALUE = re.compile(r"[a-z0-9](?:[a-z0-9_.&-]|%20){1,80}", re.I)

RANDOM = re.compile(r"\d+|[0-9a-f]{16,}|(?=[^0-9]{0,80}\d)(?=[^A-Z]{0,80}[A-Z])(?=[^a-z]{0,80}[a-z])[\w-]{20,}")
"""Numbers and keys are no names."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Something of a page that leads to a board.

    :param words: a link's text and that of what it is in
    :param beside: of these, what may speak of somebody else: a posting's title does not
    :param next_to: the words of the paragraph or entry an address stands in
    :param rank: 0: read from an address; above: from a setting's value, the less sure the higher
    :param is_sure: an application's button, or a setting that bears the system's name: nobody has them for another's board
    :param in_menu: a site's menu or foot calls it its jobs
    """

    employer: Employer
    kind: Kind
    words: str = ""
    beside: str = ""
    next_to: str = ""
    rank: int = 0
    is_sure: bool = False
    in_menu: bool = False


def surest(traces: list[Trace]) -> list[Trace]:
    """The traces without settings where something surer is known of the same system."""
    best: dict[str, int] = {}
    for one in traces:
        best[one.employer.system] = min(one.rank, best.get(one.employer.system, one.rank))
    sure = {one.employer.key for one in traces if one.rank == best[one.employer.system]}
    return [one for one in traces if one.employer.key in sure]


def mentioned(value: str) -> bool:
    """Whether a system's domain is in a value, its dots as they are or encoded."""
    return bool(MENTION.search(value) or ("%2e" in value.lower() and MENTION.search(unquote(value))))


def inner_address(value: str) -> str:
    """The address that a redirector's holds, in a parameter or in its path, encoded or not; empty where there is none."""
    text = unquote(unquote(value))
    own = 8 if re.match(r"https?:", text, re.I) else 0
    found = re.search(r"https?:(?://|/)[^&\s'\"`]{4,500}", text[own:], re.I)
    return found[0].split("__;")[0] if found else ""


def leads_to(base: str, value: str) -> Seen | None:
    """The board a link, frame or script of a page leads to: also behind a redirector, encoded, and where its scheme was forgotten."""
    return of_address(joined(base, value)) or of_address(inner_address(value)) or of_address(unquote(value))


def of_value(value: str) -> Seen | None:
    """The board whose address a value is, as a whole; it may lack its scheme, or be percent-encoded."""
    return of_address(unquote(value)) if len(value) <= 1_000 and not re.search(r"[\s<>]", value) else None


def rank_of(name: str) -> int:
    """How surely a setting of that name holds a slug: 1 is surest, 0 not at all."""
    if NO_SLUG_NAME.search(name):
        return 0
    for rank, one in enumerate(SLUG_NAMES, 1):
        if one.search(name):
            return rank
    return 3 if any(found.end() == len(name) for found in WORD.finditer(name)) else 0


def is_sure(system: str, name: str, rank: int) -> bool:
    """Whether a setting of that name is one of that system, whatever else a page is about: ``GREENHOUSE_BOARD``, ``subdomain`` beside
    "recruitee"."""
    said = any(found.lastgroup == system for found in WORD.finditer(name))
    return rank == 1 and (said or system in UNMISTAKABLE)


def is_slug(value: str) -> bool:
    """Whether a setting's value can be a slug."""
    if NOT_A_SLUG.fullmatch(value) or RANDOM.fullmatch(value) or WORD.fullmatch(value):
        return False
    return bool(VALUE.fullmatch(value)) and not value.lower().endswith(
        (".js", ".css", ".json", ".html", ".com", ".io", ".co", ".hr", ".de")
    )
