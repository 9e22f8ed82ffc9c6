"""Places: one place in many spellings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rolecall.models import Remote
from rolecall.text.places import CANADIAN_PROVINCES, US_STATES, country
from rolecall.text.places import place as read_place
from rolecall.text.words import fold, mended, one_line, words

STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "florida": "FL", "georgia": "GA", "hawaii": "HI", "idaho": "ID", "illinois": "IL",
    "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA", "maine": "ME", "maryland": "MD",
    "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS", "missouri": "MO", "montana": "MT",
    "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ", "new mexico": "NM", "new york": "NY",
    "north carolina": "NC", "north dakota": "ND", "ohio": "OH", "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA",
    "rhode island": "RI", "south carolina": "SC", "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT",
    "vermont": "VT", "virginia": "VA", "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
    "district of columbia": "DC", "puerto rico": "PR",
}  # fmt: skip
PROVINCES = {
    "alberta": "AB", "british columbia": "BC", "manitoba": "MB", "new brunswick": "NB", "newfoundland and labrador": "NL",
    "nova scotia": "NS", "ontario": "ON", "prince edward island": "PE", "quebec": "QC", "saskatchewan": "SK",
}  # fmt: skip
REGIONS_MATTER = frozenset({"United States", "Canada"})
"""Where one name is many cities. Elsewhere boards differ in whether they name the region, and cities of one name are rare."""

AROUND = re.compile(
    r"^(?:greater|grand|gro(?:ß|ss)raum)\s+"
    r"|(?<!\s)\s+(?:metropolitan (?:area|region)|metro area|area|and surroundings|und umgebung|et p[ée]riph[ée]rie)$",
    re.I,
)
POSTCODE = re.compile(
    r"(?<!\w)(?:\d{4,5}(?:-\d{3,4})?|\d{2}-\d{3}|\d{3} \d{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]?(?:\s?\d[A-Z]{2})?)(?!\w)"
)
"""``78701``, ``00-001``, ``111 20``, ``M5V 2T6``, ``EC1A 1BB``, ``EC1A``."""
REMOTE_IN = re.compile(
    r"^\s*(?:fully |100\s*% )?(?P<kind>remote|hybrid|on-?site|work from home|home ?office)\b"
    r"(?:\s*(?:work|job))?[\s,:;|/–—-]*(?:\b(?:in|within|from|only)\b)?\s*(?:the\s(?!hague))?",
    re.I,
)
REMOTE_BEHIND = re.compile(
    r"[\s,;|/–—-]{0,20}[(\[]?\s{0,5}\b(?P<kind>remote|hybrid|on-?site|home ?office)\b(?:\s+(?:possible|only|work|ok))?(?:\s*[)\]])?\s*$",
    re.I,
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
