"""Job titles, read into facts: what is taken out of a title is kept, since "Senior" and "Staff", "I" and "II" are different jobs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from rolecall.models import Remote
from rolecall.text.words import WORD, fold, mended, one_line, words

WORDS_OF_RANK = {
    "intern": "intern internship praktikant praktikantin praktikum stagiaire becario werkstudent trainee",
    "apprentice": "apprentice apprenticeship azubi auszubildende auszubildender ausbildung alternance",
    "junior": "junior jr jnr entry graduate newgrad grad grads newly berufseinsteiger berufsanfanger debutant",
    "associate": "associate",
    "mid": "mid intermediate midlevel confirme",
    "senior": "senior sr snr",
    "staff": "staff",
    "lead": "lead",
    "principal": "principal",
    "distinguished": "distinguished fellow",
    "head": "head leiter leiterin",
    "deputy": "deputy stellvertretender stellvertretende adjoint",
    "director": "director directeur directrice direktor",
    "vp": "vp svp evp",
    "chief": "chief",
}
SENIORITY = {word: rank for rank, known in WORDS_OF_RANK.items() for word in known.split()}
"""Word → rank. Every rank stays in the key; :data:`RANK` orders them."""

RANK = {
    "intern": 0, "apprentice": 0, "junior": 1, "associate": 1, "mid": 2, "senior": 3, "staff": 4, "lead": 4, "deputy": 4,
    "principal": 5, "distinguished": 6, "head": 5, "director": 6, "vp": 7, "chief": 7,
}  # fmt: skip

ROLES_OF_THEIR_OWN = {
    "staff": {"nurse", "accountant", "attorney", "pharmacist", "physician", "assistant", "therapist", "member", "sergeant", "rn"},
    "lead": {"generation", "gen", "generator"},
    "senior": {"care", "living", "citizen", "citizens", "home", "services"},
    "head": {"chef", "hunter"},
    "mid": {"market", "day", "wife"},
    "entry": {"clerk", "operator", "specialist"},
    "graduate": {"school", "studies", "admissions", "education", "teaching", "research"},
    "director": {"photography"},
}
"""Next words with which the word is part of the name of the job, not a rank: ``Staff Nurse``, ``Lead Generation Specialist``."""

LEVELS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
LEVEL_WORDS = frozenset({"level", "lvl", "grade", "band", "tier", "stufe", "niveau", "nivel"})
GENDER = re.compile(
    r"[\s,–|-]{0,40}[(\[]\s*(?:[mwfhdxgvia]|div|gn|all genders?|alle geschlechter|h/f|f/h)"
    r"(?:\s*[/|,*.:-]\s*(?:[mwfhdxgvnia]|div|gn|\*|all))*\s*[)\]]"
    r"|(?<![\w/])(?:[mwfhd]/[mwfhd](?:/[dxgi*])?)(?![\w/])",
    re.I,
)
"""``(m/w/d)``, ``(f/m/x)``, ``(all genders)``, ``H/F``."""
GENDERED = re.compile(r"(?<=[a-zäöüéè])(?:[:*_]in(?:nen)?|/-?in|\(in\)|\(e\)|·e|\.e)(?![a-z])")
"""``Entwickler:in``, ``Infirmier(e)``."""


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.I)


REMOTE: list[tuple[re.Pattern[str], Remote]] = [
    (
        _words(r"(?:(?:100\s*%|fully|full)\s*)?(?:remote(?:ly)?|work from home|wfh|home[- ]?office|t[ée]l[ée]travail|remoto|teletrabajo)"),
        "remote",
    ),
    (_words(r"hybrid|hybride|h[íi]brido"), "hybrid"),
    (_words(r"on-?\s?site|vor ort|in-office"), "onsite"),
]
CONTRACT = [
    (_words(r"part[- ]?time|teilzeit|temps partiel|tiempo parcial|media jornada"), "part-time"),
    (_words(r"full[- ]?time|vollzeit|temps plein|jornada completa|permanent|festanstellung|cdi|(?<![\d-])100\s*%"), "full-time"),
    (_words(r"contract(?:or)?(?!\s+(?:manag|admin|law|special))|freelance|fixed[- ]?term|befristet|cdd"), "contract"),
    (_words(r"temporary|seasonal|per diem|prn|interim|int[ée]rim|aushilfe|minijob"), "temporary"),
    (_words(r"night shift|nights|nachtschicht|weekend|weekends"), "nights"),
]
REQUISITION = re.compile(
    r"(?:#\s?|\b(?i:req(?:uisition)?|job id|ref(?:erence)?|kennziffer|id)[\s.:#-]*|\bJ?R-?)(?P<named>\w*\d{3,}[\w-]*)\b"
    r"|\b(?P<bare>[A-Z]{1,5}-\d{4,})\b"
)
"""``R12345``, ``Req. 9981``, ``#4711``, ``VM-422911``."""
ABBREVIATIONS = {
    "sw": "software", "eng": "engineer", "engr": "engineer", "dev": "developer", "mgr": "manager", "asst": "assistant",
    "admin": "administrator", "rep": "representative", "coord": "coordinator", "exec": "executive", "dir": "director", "mktg": "marketing",
    "ops": "operations",
}  # fmt: skip
JOINED = (
    (("front", "end"), "frontend"), (("back", "end"), "backend"), (("full", "stack"), "fullstack"), (("vice", "president"), "vp"),
    (("dev", "ops"), "devops"), (("mid", "level"), "mid"), (("entry", "level"), "junior"), (("health", "care"), "healthcare"),
    (("e", "commerce"), "ecommerce"), (("new", "grad"), "newgrad"), (("new", "graduate"), "newgrad"), (("recent", "graduate"), "newgrad"),
    (("university", "grad"), "newgrad"), (("university", "graduate"), "newgrad"), (("college", "graduate"), "newgrad"),
    (("early", "career"), "newgrad"), (("campus", "hire"), "newgrad"), (("working", "student"), "werkstudent"),
)  # fmt: skip
NUMBERED = re.compile(r"(?<=[^\W\d_]) ([1-5])(?=\s*[|,(]|\s+[–-]\s)")
"""``Engineer 2 - Payments``: a level before what follows."""
EDGES = re.compile(r"[(\[]\s*[)\]]|(?<!\s)\s+[|–—/,-]+\s*(?=$|[)\]])")


PARTS = re.compile(
    r"((?<!\s)\s+[–—|•·@:/-]{1,5}\s+|(?<!\s)\s*[,|:;()\[\]•·*!]+\s*|(?<!\s)\s+(?:in|at|bei|based in)\s(?=\S{1,40}(?:\s\S{1,40}){0,3}$))",
    re.I,
)
"""What stands between the parts of a title."""
LED_IN = re.compile(r"^\s*(?:in|at|bei|based in)\s+", re.I)
SHOUTED = re.compile(
    r"(?:new|hot|hot job|urgent|urgently hiring|urgent hiring|immediate (?:start|joiner|hire)s?|start immediately"
    r"|now hiring|hiring now|hiring"
    r"|we(?:'|’)?re hiring|we are hiring|apply now|competitive (?:salary|pay)|great (?:pay|benefits)|sign[- ]on bonus)",
    re.I,
)
"""What is called out beside a title."""
PAID = re.compile(
    r"(?:up to |from |ote )?[$€£]\s?\d[\d.,]{0,12}\s?k?(?:\s?(?:[-–]|to)\s?[$€£]?\s?\d[\d.,]{0,12}\s?k?)?\+?"
    r"(?:\s?(?:/|per |an? )\s?(?:hr|hour|day|week|month|year|yr))?",
    re.I,
)
"""``($120k-$150k)``, ``$60/hr``."""

Kind = TypeVar("Kind", bound=str)


@dataclass(frozen=True, slots=True)
class Title:
    """What a title says.

    :param core: the folded words that name the work, in order
    :param ranks: ``senior``, ``staff``, … in alphabetical order
    :param level: 1 for I, 2 for II, …
    :param remote: where the work is done, if the title says so
    :param contract: ``part-time``, ``contract``, … in alphabetical order; full-time, the ordinary thing, included
    :param requisition: the employer's own number of the opening
    """

    core: tuple[str, ...]
    ranks: tuple[str, ...] = ()
    level: int | None = None
    remote: Remote | None = None
    contract: tuple[str, ...] = ()
    requisition: str = ""

    @property
    def rank(self) -> int | None:
        """How senior, 0 (intern) to 7 (vice president, chief); unknown without a word for it."""
        known = [RANK[rank] for rank in self.ranks]
        if known:
            return max(known)
        return min(self.level, 5) if self.level is not None else None

    @property
    def key(self) -> str:
        """Equal for two spellings of one job's title. The requisition, which one board has and another lacks, is no part of it."""
        special = [kind for kind in self.contract if kind != "full-time"]
        return "|".join((" ".join(self.core), ",".join(self.ranks), str(self.level or ""), ",".join(special)))


@lru_cache(maxsize=65_536)
def title(text: str, city: str = "") -> Title:
    """Reads a job title; ``city``: the posting's own, which some boards write behind the title.

    >>> title("Sr. Backend Engineer II (m/w/d) - Remote")
    Title(core=('backend', 'engineer'), ranks=('senior',), level=2, remote='remote', contract=(), requisition='')
    """
    rest = mended(one_line(text, 300))
    rest = GENDERED.sub("", GENDER.sub(" ", rest))
    number = REQUISITION.search(rest)
    rest = NUMBERED.sub(r" level \1", REQUISITION.sub(" ", rest))
    rest, remotes = _take(rest, REMOTE)
    rest, contracts = _take(rest, CONTRACT)
    rest = EDGES.sub(" ", rest)
    parts = _joined([(fold(found), found) for found in WORD.findall(rest)])
    parts, ranks = _ranks(parts)
    parts, level = _level(parts)
    core = _without_place([ABBREVIATIONS.get(word, word) for word, _ in parts], city)
    if not core:
        core = [word for word in words(text) if word.isalnum()][:3]
    return Title(
        tuple(core),
        tuple(sorted(ranks)),
        level,
        remotes[0] if remotes else None,
        tuple(sorted(contracts)),
        fold(number["named"] or number["bare"]) if number else "",
    )


@lru_cache(maxsize=65_536)
def title_parts(text: str) -> tuple[str, ...]:
    """What stands behind a dash, a comma, in brackets, folded: all parts but the first."""
    return tuple(" ".join(words(LED_IN.sub("", part).replace("&", " and "))) for part in PARTS.split(text)[2::2] if part.strip())


def bare_title(text: str, hung_on: frozenset[str] | set[str]) -> str:
    """The title without its parts that say something else: the employer, the place, the pay, that one is wanted soon.

    :param hung_on: folded names of the employer and of the places, as the ad itself gives them

    >>> bare_title("NEW: Account Executive (Graz) - Crumb & Co", {"graz", "crumb and co"})
    'Account Executive'
    """
    parts = PARTS.split(PAID.sub(" ", text) if any(sign in text for sign in "$€£") else text)
    if len(parts) < 3:
        return text
    kept = list(parts)
    for at in range(0, len(parts), 2):
        part = LED_IN.sub("", parts[at].strip())
        if not part or SHOUTED.fullmatch(part) or " ".join(words(part.replace("&", " and "))) in hung_on:
            kept[at] = ""
            if at and parts[at - 1].strip().lower() in ("in", "at", "bei", "based in"):
                kept[at - 1] = " "
    if not any(kept[at].strip() for at in range(0, len(parts), 2)):
        return text
    return EDGES.sub(" ", "".join(kept)).strip(" -–—|,:;@•·*!/")


@lru_cache(maxsize=65_536)
def _title_words(text: str) -> tuple[str, ...]:
    parts = _joined([(fold(found), found) for found in WORD.findall(GENDERED.sub("", GENDER.sub(" ", text)))])
    return tuple(ABBREVIATIONS.get(word, word) for word, _ in parts)


def title_words(text: str) -> list[str]:
    """All words of a title, in order, abbreviations and joined words spelled in one way; ranks stay in.

    >>> title_words("Sr. Front-End Dev (m/f/d)")
    ['sr', 'frontend', 'developer']
    """
    return list(_title_words(text[:300]))


def _take(text: str, rules: Sequence[tuple[re.Pattern[str], Kind]]) -> tuple[str, list[Kind]]:
    found: list[Kind] = []
    for pattern, kind in rules:
        if pattern.search(text):
            found.append(kind)
            text = pattern.sub(" ", text)
    return text, found


def _joined(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for part in parts:
        pair = next((whole for (first, second), whole in JOINED if out and out[-1][0] == first and part[0] == second), None)
        if pair:
            out[-1] = (pair, pair)
        else:
            out.append(part)
    return out


def _ranks(parts: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], set[str]]:
    kept: list[tuple[str, str]] = []
    ranks: set[str] = set()
    for place, (word, written) in enumerate(parts):
        rank = SENIORITY.get(word)
        following = parts[place + 1][0] if place + 1 < len(parts) else ""
        if rank is None or following in ROLES_OF_THEIR_OWN.get(word, ()) or not _is_rank(word, place, len(parts), kept):
            kept.append((word, written))
        else:
            ranks.add(rank)
    if kept and kept[0][0] in ("of", "de", "du", "der", "la") and ranks:
        kept = kept[1:]
    return kept, ranks


def _is_rank(word: str, place: int, count: int, before: list[tuple[str, str]]) -> bool:
    """``Sales Associate`` and ``School Principal`` are jobs, ``Associate Engineer`` and ``Principal Engineer`` are ranks of one."""
    if word in ("associate", "principal", "fellow", "entry", "trainee"):
        return not before and place + 1 < count
    return True


def _level(parts: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], int | None]:
    for place, (word, written) in enumerate(parts):
        if (
            place
            and word in LEVELS
            and (written.isupper() or word in ("ii", "iii", "iv"))
            and (word not in ("i", "v") or place == len(parts) - 1 or parts[place - 1][0] not in ("c", "type"))
        ):
            return parts[:place] + parts[place + 1 :], LEVELS[word]
        if word in LEVEL_WORDS and place + 1 < len(parts) and (number := _number(parts[place + 1][0])):
            return parts[:place] + parts[place + 2 :], number
        if place and place == len(parts) - 1 and re.fullmatch(r"l?[1-9]", word):
            return parts[:-1], int(word[-1])
    return parts, None


def _number(word: str) -> int | None:
    return LEVELS.get(word) or (int(word) if word.isdecimal() and len(word) < 3 and int(word) > 0 else None)


def _without_place(core: list[str], city: str) -> list[str]:
    named = words(city)
    if named and len(core) > len(named) and core[-len(named) :] == named:
        return core[: -len(named)]
    return core
