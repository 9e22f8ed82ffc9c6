"""Names of companies, titles and places, read into facts: what is one thing in many spellings, and what is another thing.

Nothing is merely stripped: a level, a marker or a suffix that is taken out of a title is kept as a fact of its own, since
"Senior" and "Staff", "I" and "II" are different jobs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from include.boards.places import CANADIAN_PROVINCES, US_STATES, country
from include.boards.places import place as read_place
from include.catalog.words import WORD, fold, mended, one_line, words
from include.models import Remote

# ── companies ───────────────────────────────────────────────────────────────────────────────────────────────

LEGAL_FORMS = frozenset(
    "inc incorporated llc llp lp ltd limited corp corporation co company plc gmbh ggmbh mbh ag se kg kgaa ohg gbr eg ev ug sa sas sarl "
    "sasu eurl sl slu srl spa sapa bv nv vof oy oyj ab as asa aps kk pty pvt pte lda ltda sro zoo doo jsc ooo pjsc bhd sdn".split()
)
"""Endings that say how a company is registered. A name that is nothing else keeps them."""

SPLIT_FORMS = re.compile(r"\b(S\.?\s?[àa]\s?r\.?\s?l\.?)(?!\w)|\b((?:[a-zA-Z]\.\s?){2,5})(?!\w)|\b([a-zA-Z](?:/[a-zA-Z]){1,2})(?!\w)")
"""``S.A.``, ``S. r. l.``, ``d.o.o.``, ``A/S``: forms written letter by letter."""

NOBODY = frozenset({"", "confidential", "anonymous", "undisclosed", "unknown", "private", "na", "n a", "none", "company confidential"})
"""Names behind which any employer may stand: they say nothing about who it is."""


@dataclass(frozen=True, slots=True)
class Company:
    """An employer.

    :param key: equal for spellings of one name; empty where the name says nothing
    :param legal_form: how it is registered, as written, in lower case
    """

    key: str
    legal_form: str = ""


@lru_cache(maxsize=65_536)
def company(text: str) -> Company:
    """Reads a company's name.

    >>> company("The Acme Widgets GmbH & Co. KG"), company("ACME WIDGETS").key
    (Company(key='acme widgets', legal_form='gmbh co kg'), 'acme widgets')
    """
    joined = SPLIT_FORMS.sub(
        lambda found: re.sub(r"[\s./]", "", found[0]).replace("à", "a") + " ", mended(one_line(text, 500)).replace("&", " & ")
    )
    parts = words(joined.replace("&", " and "))
    if parts[:1] == ["the"] and len(parts) > 1:
        parts = parts[1:]
    end = len(parts)
    while end > 1 and (parts[end - 1] in LEGAL_FORMS or (parts[end - 1] == "and" and end < len(parts))):
        end -= 1
    key = " ".join(parts[:end])
    form = " ".join(part for part in parts[end:] if part != "and")
    return Company("" if key in NOBODY else key, form)


# ── titles ──────────────────────────────────────────────────────────────────────────────────────────────────

SENIORITY = {
    **dict.fromkeys(("intern", "internship", "praktikant", "praktikantin", "praktikum", "stagiaire", "becario", "werkstudent", "trainee"), "intern"),
    **dict.fromkeys(("apprentice", "apprenticeship", "azubi", "auszubildende", "auszubildender", "ausbildung", "alternance"), "apprentice"),
    **dict.fromkeys(("junior", "jr", "jnr", "entry", "graduate", "newly", "berufseinsteiger", "debutant"), "junior"),
    **dict.fromkeys(("associate",), "associate"),
    **dict.fromkeys(("mid", "intermediate", "midlevel", "confirme"), "mid"),
    **dict.fromkeys(("senior", "sr", "snr"), "senior"),
    **dict.fromkeys(("staff",), "staff"),
    **dict.fromkeys(("lead",), "lead"),
    **dict.fromkeys(("principal",), "principal"),
    **dict.fromkeys(("distinguished", "fellow"), "distinguished"),
    **dict.fromkeys(("head", "leiter", "leiterin"), "head"),
    **dict.fromkeys(("deputy", "stellvertretender", "stellvertretende", "adjoint"), "deputy"),
    **dict.fromkeys(("director", "directeur", "directrice", "direktor"), "director"),
    **dict.fromkeys(("vp", "svp", "evp"), "vp"),
    **dict.fromkeys(("chief",), "chief"),
}  # fmt: skip
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
    "associate": set(),
    "mid": {"market", "day", "wife"},
    "entry": {"clerk", "operator", "specialist"},
    "principal": set(),
    "graduate": {"school", "program", "studies"},
    "chief": set(),
    "fellow": set(),
    "director": {"photography"},
}
"""Next words with which the word is part of the name of the job, not a rank: ``Staff Nurse``, ``Lead Generation Specialist``."""

LEVELS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
LEVEL_WORDS = frozenset({"level", "lvl", "grade", "band", "tier", "stufe", "niveau", "nivel"})
GENDER = re.compile(
    r"[\s,–|-]*[(\[]\s*(?:[mwfhdxgvia]|div|gn|all genders?|alle geschlechter|h/f|f/h)(?:\s*[/|,*.:-]\s*(?:[mwfhdxgvnia]|div|gn|\*|all))*\s*[)\]]"
    r"|(?<![\w/])(?:[mwfhd]/[mwfhd](?:/[dxgi*])?)(?![\w/])",
    re.I,
)
"""``(m/w/d)``, ``(f/m/x)``, ``(all genders)``, ``H/F``."""
GENDERED = re.compile(r"(?<=[a-zäöüéè])(?:[:*_]in(?:nen)?|/-?in|\(in\)|\(e\)|·e|\.e)(?![a-z])")
"""``Entwickler:in``, ``Infirmier(e)``."""
REMOTE = [
    (re.compile(r"(?<!\w)(?:(?:100\s*%|fully|full)\s*)?(?:remote(?:ly)?|work from home|wfh|home[- ]?office|t[ée]l[ée]travail|remoto|teletrabajo)(?!\w)", re.I), "remote"),
    (re.compile(r"(?<!\w)(?:hybrid|hybride|h[íi]brido)(?!\w)", re.I), "hybrid"),
    (re.compile(r"(?<!\w)(?:on-?\s?site|vor ort|in-office)(?!\w)", re.I), "onsite"),
]  # fmt: skip
CONTRACT = [
    (re.compile(r"(?<!\w)(?:part[- ]?time|teilzeit|temps partiel|tiempo parcial|media jornada)(?!\w)", re.I), "part-time"),
    (re.compile(r"(?<!\w)(?:full[- ]?time|vollzeit|temps plein|jornada completa|permanent|festanstellung|cdi)(?!\w)|(?<![\d-])100\s*%", re.I), "full-time"),
    (re.compile(r"(?<!\w)(?:contract(?:or)?|freelance|fixed[- ]?term|befristet|cdd)(?!\w)(?!\s+(?:manag|admin|law|special))", re.I), "contract"),
    (re.compile(r"(?<!\w)(?:temporary|seasonal|per diem|prn|interim|int[ée]rim|aushilfe|minijob)(?!\w)", re.I), "temporary"),
    (re.compile(r"(?<!\w)(?:night shift|nights|nachtschicht|weekend|weekends)(?!\w)", re.I), "nights"),
]  # fmt: skip
REQUISITION = re.compile(r"(?:#\s?|\b(?:req(?:uisition)?|job id|ref(?:erence)?|kennziffer|id)[\s.:#-]*|\bJ?R-?)(\w*\d{3,}[\w-]*)\b", re.I)
ABBREVIATIONS = {"sw": "software", "eng": "engineer", "engr": "engineer", "dev": "developer", "mgr": "manager", "asst": "assistant", "admin": "administrator",
                 "rep": "representative", "coord": "coordinator", "exec": "executive", "dir": "director", "mktg": "marketing", "ops": "operations"}  # fmt: skip
JOINED = (
    (("front", "end"), "frontend"), (("back", "end"), "backend"), (("full", "stack"), "fullstack"), (("vice", "president"), "vp"),
    (("dev", "ops"), "devops"), (("mid", "level"), "mid"), (("entry", "level"), "junior"), (("health", "care"), "healthcare"),
    (("e", "commerce"), "ecommerce"),
)  # fmt: skip
EDGES = re.compile(r"[(\[]\s*[)\]]|\s+[|–—/,-]+\s*(?=$|[)\]])")


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
        """Equal for two spellings of the same job's title and for nothing else."""
        special = [kind for kind in self.contract if kind != "full-time"]
        return "|".join((" ".join(self.core), ",".join(self.ranks), str(self.level or ""), ",".join(special), self.requisition))


@lru_cache(maxsize=65_536)
def title(text: str, city: str = "") -> Title:
    """Reads a job title; ``city``: the posting's own, which some boards write behind the title.

    >>> title("Sr. Backend Engineer II (m/w/d) - Remote")
    Title(core=('backend', 'engineer'), ranks=('senior',), level=2, remote='remote', contract=(), requisition='')
    """
    rest = mended(one_line(text, 300))
    rest = GENDERED.sub("", GENDER.sub(" ", rest))
    numbers = REQUISITION.findall(rest)
    rest = REQUISITION.sub(" ", rest)
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
        tuple(core), tuple(sorted(ranks)), level, remotes[0] if remotes else None, tuple(sorted(contracts)), fold("".join(numbers[:1]))
    )  # type: ignore[arg-type]


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


def _take(text: str, rules: list[tuple[re.Pattern[str], str]]) -> tuple[str, list[str]]:
    found = []
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
    kept, ranks = [], set()
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
    if word in ("associate", "principal", "fellow", "graduate", "entry", "trainee"):
        return not before and place + 1 < count
    return True


def _level(parts: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], int | None]:
    for place, (word, written) in enumerate(parts):
        if (
            place
            and word in LEVELS
            and written.isupper()
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


# ── places ──────────────────────────────────────────────────────────────────────────────────────────────────

STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO", "connecticut": "CT", "delaware": "DE",
    "florida": "FL", "georgia": "GA", "hawaii": "HI", "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS",
    "kentucky": "KY", "louisiana": "LA", "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN",
    "mississippi": "MS", "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ",
    "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND", "ohio": "OH", "oklahoma": "OK", "oregon": "OR",
    "pennsylvania": "PA", "rhode island": "RI", "south carolina": "SC", "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT",
    "vermont": "VT", "virginia": "VA", "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY", "district of columbia": "DC",
    "puerto rico": "PR",
}  # fmt: skip
PROVINCES = {
    "alberta": "AB", "british columbia": "BC", "manitoba": "MB", "new brunswick": "NB", "newfoundland and labrador": "NL", "nova scotia": "NS",
    "ontario": "ON", "prince edward island": "PE", "quebec": "QC", "saskatchewan": "SK",
}  # fmt: skip
REGIONS_MATTER = frozenset({"United States", "Canada"})
"""Where one name is many cities. Elsewhere boards differ in whether they name the region, and cities of one name are rare."""

AROUND = re.compile(
    r"^(?:greater|grand|gro(?:ß|ss)raum)\s+|\s+(?:metropolitan (?:area|region)|metro area|area|and surroundings|und umgebung|et p[ée]riph[ée]rie)$",
    re.I,
)
POSTCODE = re.compile(r"(?<!\w)(?:\d{4,5}(?:-\d{4})?|[A-Z]\d[A-Z]\s?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})(?!\w)")
REMOTE_IN = re.compile(
    r"^\s*(?:fully |100\s*% )?(?P<kind>remote|hybrid|on-?site|work from home|home ?office)\b(?:\s*(?:work|job))?[\s,:;|/–—-]*(?:\b(?:in|within|from|only)\b)?\s*",
    re.I,
)
REMOTE_BEHIND = re.compile(
    r"[\s,;|/–—-]*[(\[]?\s*\b(?P<kind>remote|hybrid|on-?site|home ?office)\b(?:\s+(?:possible|only|work|ok))?\s*[)\]]?\s*$", re.I
)
KINDS: dict[str, Remote] = {"remote": "remote", "hybrid": "hybrid", "onsite": "onsite", "workfromhome": "remote", "homeoffice": "remote"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job is; what is open is ``None``.

    :param city: the English or usual name, folded
    :param region: state or province code where the country has them (United States, Canada)
    :param country: English name
    :param area: "Greater Lyon Area" is larger than Lyon: not the same place
    """

    city: str | None = None
    region: str | None = None
    country: str | None = None
    remote: Remote | None = None
    area: bool = False

    @property
    def key(self) -> str:
        """Equal for spellings of one place. Remote is a place of its own; hybrid, on-site and unsaid are not told apart."""
        parts = (
            self.city or "",
            self.region or "",
            self.country or "",
            "area" if self.area else "",
            "remote" if self.remote == "remote" else "",
        )
        return "|".join(parts)

    @property
    def known(self) -> bool:
        """Whether it says anything about where."""
        return bool(self.city or self.region or self.country or self.remote == "remote")


@cache
def gazetteer() -> dict[str, tuple[str, str, str]]:
    """Folded spelling → (city, region, country) of cities that are one city even without their country."""
    known: dict[str, tuple[str, str, str]] = {}
    for line in (Path(__file__).parent / "cities.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            nation, region, *names = line.split("\t")
            city = " ".join(words(names[0]))
            known.update({" ".join(words(name)): (city, region, nation) for name in names if not name.startswith("~")})
    return known


@lru_cache(maxsize=65_536)
def place(text: str, city: str | None = None, region: str | None = None, nation: str | None = None, remote: Remote | None = None) -> Place:
    """Reads a place from its text and whatever fields the board gave beside it; the fields win.

    >>> place("NYC") == place("New York, NY, US") == place("New York, NY") == place("New York")
    True
    """
    where, said = _remote(mended(one_line(text, 300)))
    read = read_place(where, states=True)
    found = _parts(where, bare_code=said is not None)
    if city or region or nation:
        found = [city or "", region or "", nation or ""] if city else _located(found, region, nation)
    return _resolved(found, remote or said or read.remote)


def _remote(text: str) -> tuple[str, Remote | None]:
    for pattern in (REMOTE_IN, REMOTE_BEHIND):
        if found := pattern.search(text):
            kind = re.sub(r"[\s-]", "", found["kind"].lower())
            return (text[: found.start()] + " " + text[found.end() :]).strip(" ()[]-–—,"), KINDS[kind]
    return text, None


def _parts(text: str, *, bare_code: bool = False) -> list[str]:
    """City, region, country as far as the text has them, in this order; any may be empty.

    :param bare_code: a code alone is a country's ("Remote - US")
    """
    bare = POSTCODE.sub(" ", text)
    parts = [part.strip(" ()[]") for part in re.split(r"[,;|]|\s[–—-]\s|(?<=\w)\s*\(", bare) if part.strip(" ()[]")]
    if not parts:
        return ["", "", ""]
    nation = country(parts[-1]) if not (len(parts) > 1 and fold(parts[-1]) == "georgia" and _is_city(parts[0], "United States")) else None
    if nation is None and (len(parts) > 1 or bare_code) and _is_country_code(parts):
        nation = country(parts[-1], code=True)
    if nation and not (len(parts) == 1 and _is_city(parts[0], nation)):
        rest = parts[:-1]
        return [rest[0] if rest else "", rest[-1] if len(rest) > 1 else "", nation]
    return [parts[0], parts[-1] if len(parts) > 1 else "", ""]


def _is_country_code(parts: list[str]) -> bool:
    """``Berlin, DE`` is Germany, ``Wilmington, DE`` is Delaware: a code that is also a state's is a country's behind one of its cities."""
    code = parts[-1]
    if len(parts) > 2 or (code not in US_STATES and code not in CANADIAN_PROVINCES):
        return True
    return len(parts) == 2 and _is_city(parts[0], country(code, code=True))


def _is_city(name: str, nation: str | None) -> bool:
    known = gazetteer().get(" ".join(words(name)))
    return known is not None and known[2] == nation


def _located(found: list[str], region: str | None, nation: str | None) -> list[str]:
    """A board that gives the country (or region) beside the text: the text may still name the city."""
    nation_name = country(nation, code=True) or nation or ""
    city = "" if found[0] and country(found[0]) == nation_name else found[0]
    return [city, region or found[1], nation or found[2]]


def _resolved(found: list[str], remote: Remote | None) -> Place:
    raw_city, raw_region, raw_nation = found
    nation = country(raw_nation, code=True) or (raw_nation or None)
    stripped = AROUND.sub("", raw_city)
    name = " ".join(words(re.sub(r"(?i)^st\.?\s|^ste\.?\s", "saint ", stripped)))
    region = _region(raw_region, nation)
    if region and nation is None:
        nation = "Canada" if region in CANADIAN_PROVINCES and region not in US_STATES else "United States" if region in US_STATES else None
    known = gazetteer().get(name)
    area = stripped != raw_city and not (known and known[2] == "United Kingdom" and name == "london")
    if known and (nation in (None, known[2])) and (region is None or not known[1] or region == known[1] or nation not in REGIONS_MATTER):
        return Place(known[0], known[1] or None, known[2], remote, area)
    if not name:
        return Place(None, region, nation, remote)
    if nation is None and region is None and raw_region:
        region = " ".join(words(raw_region)) or None
    return Place(name, region if nation in REGIONS_MATTER or nation is None else None, nation, remote, area)


def _region(text: str, nation: str | None) -> str | None:
    key = " ".join(words(text))
    code = text.strip().upper()
    if nation in (None, "United States") and (code in US_STATES or key in STATES):
        return code if code in US_STATES else STATES[key]
    if nation in (None, "Canada") and (code in CANADIAN_PROVINCES or key in PROVINCES):
        return code if code in CANADIAN_PROVINCES else PROVINCES[key]
    return None
