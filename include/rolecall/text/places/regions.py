"""Countries, regions within them, and groups of countries, by the names and codes that texts use."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path

import pycountry

from rolecall.text.places.gazetteer import City, gazetteer
from rolecall.text.places.gazetteer import spelled as key

HERE = Path(__file__).parent

US_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado", "CT": "Connecticut",
    "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland",
    "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska",
    "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
CANADIAN_PROVINCES = {
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick", "NL": "Newfoundland and Labrador",
    "NS": "Nova Scotia", "NT": "Northwest Territories", "NU": "Nunavut", "ON": "Ontario", "PE": "Prince Edward Island", "QC": "Quebec",
    "SK": "Saskatchewan", "YT": "Yukon",
}  # fmt: skip
CODED = {"US": US_STATES, "CA": CANADIAN_PROVINCES}
"""Countries whose regions go by their code: as in pycountry, whose subdivisions take too long to read at import (docs/decisions/0009)."""

PREFIXES = (
    "state of ",
    "city state ",
    "province of ",
    "provincia de ",
    "provincia di ",
    "region of ",
    "city and borough of ",
    "borough of ",
)
SUFFIXES = (" region", " province", " oblast", " prefecture", " governorate", " district", " emirate", " state", " county borough")

EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
ZONES = {
    "European Union": (EU, "eu", "e u", "eu27", "eu only"),
    "European Economic Area": (f"{EU} IS LI NO", "eea", "eea eu", "eu eea"),
    "Channel Islands": ("JE GG", "channel isles"),
    "DACH": ("DE AT CH", "d a ch", "dach region"),
    "Benelux": ("BE NL LU",),
    "Nordics": ("DK FI IS NO SE", "nordic", "nordic countries", "scandinavia"),
    "Baltics": ("EE LT LV", "baltic", "baltic states"),
    "Iberia": ("ES PT",),
    "North America": ("US CA MX", "north america us canada", "northern america", "na", "amer", "noram"),
    "Latin America": (
        "MX GT HN SV NI CR PA CO VE EC PE BO PY UY AR CL BR CU DO PR HT JM TT BZ GY SR", "latam", "latin america caribbean", "lac"
    ),
    "Middle East": ("AE BH CY EG IL IQ IR JO KW LB OM PS QA SA SY TR YE", "mena", "gcc", "middle east north africa"),
    "Worldwide": (
        "", "global", "globally", "anywhere", "world", "anywhere in the world", "any location", "any country", "international",
        "rest of the world", "all locations", "multiple locations", "various locations", "earth", "everywhere",
    ),
}  # fmt: skip
"""Groups of countries: their ISO codes, and how they are written besides. An empty one limits nothing."""
CONTINENTS = {
    "Africa": ("AF", ()),
    "Asia": ("AS", ()),
    "Europe": ("EU", ("europa", "europe remote", "european", "european timezones", "european time zones", "emea europe")),
    "Oceania": ("OC", ("anz", "australasia")),
    "South America": ("SA", ("latam south",)),
}

Region = tuple[str, str]
"""ISO code of the country, and the region's name in it."""


@cache
def _countries() -> tuple[dict[str, str], dict[str, str]]:
    """Spelling → ISO code, and ISO code → English short name."""
    spellings: dict[str, str] = {}
    names: dict[str, str] = {}
    for line in (HERE / "countries.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, *written = line.split("\t")
            names[code] = written[0]
            spellings.update({key(name): code for name in written})
    for one in pycountry.countries:
        if one.alpha_2 in names:
            for name in (
                one.name,
                getattr(one, "official_name", ""),
                getattr(one, "common_name", ""),
                getattr(one, "name", "").split(",")[0],
            ):
                spellings.setdefault(key(name), one.alpha_2)
    spellings.pop("", None)
    return spellings, names


@lru_cache(maxsize=32_768)
def country_code(text: str, *, code: bool = False) -> str | None:
    """The ISO alpha-2 code of the country a text names; ``code``: ISO 3166 codes count too, not only names."""
    spellings, names = _countries()
    if found := spellings.get(key(text)):
        return found
    bare = text.strip().upper()
    if code and bare in names:
        return bare
    if code and len(bare) == 3 and (one := pycountry.countries.get(alpha_3=bare)):
        return str(one.alpha_2) if one.alpha_2 in names else None
    return None


def country_name(code: str) -> str:
    """The English short name of an ISO code."""
    return _countries()[1].get(code, code)


@cache
def _tables() -> tuple[dict[str, tuple[Region, ...]], dict[Region, Region], dict[Region, frozenset[str]], frozenset[tuple[str, str]]]:
    """Spelling → regions; GeoNames' name of a region → ours; region → names of itself and all it lies in; listed (country, spelling)."""
    spellings: dict[str, set[Region]] = defaultdict(set)
    ours: dict[Region, Region] = {}
    parents: dict[Region, set[str]] = defaultdict(set)
    listed: set[tuple[str, str]] = set()
    for line in (HERE / "regions.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            nation, name, wider, *more = [*line.split("\t"), ""]
            parents[nation, name] |= {one for one in wider.split(";") if one}
            for other in (name, *filter(None, more)):
                spellings[key(other)].add((nation, name))
                ours[nation, other] = (nation, name)
                listed.add((nation, key(other)))
    for nation, names in CODED.items():
        for short, name in names.items():
            spellings[key(name)].add((nation, short))
            ours[nation, name] = ours[nation, short] = (nation, short)
    for nation, name in sorted(gazetteer().regions_of):
        if (nation, name) in ours or (nation in CODED and name in CODED[nation]):
            continue
        ours[nation, name] = (nation, name)
        bare = key(name)
        for spelling in {bare, *(_bared(bare) if nation != "US" else ())}:
            if (nation, spelling) not in listed:
                spellings[spelling].add((nation, name))
    closed: dict[Region, frozenset[str]] = {}
    for region in set(ours.values()):
        found, todo = {region[1]}, [region[1]]
        while todo:
            wider_ones = parents.get((region[0], todo.pop()), set()) - found
            found |= wider_ones
            todo += wider_ones
        closed[region] = frozenset(found)
    return {spelling: tuple(sorted(found)) for spelling, found in spellings.items() if spelling}, ours, closed, frozenset(listed)


def _bared(spelling: str) -> set[str]:
    found = {spelling.removeprefix(prefix) for prefix in PREFIXES if spelling.startswith(prefix)}
    return found | {spelling.removesuffix(suffix) for suffix in SUFFIXES if spelling.endswith(suffix)}


@lru_cache(maxsize=32_768)
def regions(text: str) -> tuple[Region, ...]:
    """Regions of a name, in any country; none for a code."""
    return _tables()[0].get(key(text), ())


def region_of_code(nation: str, code: str) -> Region | None:
    """The region that a country calls by a code (ISO 3166-2, without the country's): ``DE``, ``BY`` → Bavaria."""
    _, ours, _, _ = _tables()
    if found := ours.get((nation, code)):
        return found
    return ours.get((nation, name), (nation, name)) if (name := _iso().get((nation, code))) else None


@cache
def _iso() -> dict[tuple[str, str], str]:
    """ISO 3166-2: country and code → the name in the country's own language; read when the first code is met."""
    found = {(one.country_code, one.code.partition("-")[2]): one.name.split("[")[0].strip() for one in pycountry.subdivisions}
    spellings = _tables()[0]
    for place, name in found.items():
        known = [region for region in spellings.get(key(name), ()) if region[0] == place[0]]
        found[place] = known[0][1] if known else name
    return found


def known_as(region: Region) -> Region:
    """A region under the name it goes by here."""
    return _tables()[1].get(region, region)


@lru_cache(maxsize=8192)
def above(region: Region) -> frozenset[str]:
    """The names of a region and of all that it lies in."""
    _, ours, closed, _ = _tables()
    known = ours.get(region, region)
    return closed.get(known, frozenset({known[1]}))


@lru_cache(maxsize=20_000)
def around(city: City) -> frozenset[str]:
    """The names of the regions that a city lies in."""
    found: set[str] = set()
    for name in (city.region, city.county):
        if name:
            found |= above((city.country, name))
    return frozenset(found)


@cache
def _zones() -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """Spelling → zone, and zone → the ISO codes of its countries."""
    spellings: dict[str, str] = {}
    members: dict[str, frozenset[str]] = {}
    of = gazetteer().continents
    for name, (continent, more) in CONTINENTS.items():
        members[name] = frozenset(code for code, one in of.items() if one == continent)
        spellings.update({key(spelling): name for spelling in (name, *more)})
    for name, (codes, *other) in ZONES.items():
        members[name] = frozenset(codes.split()) if codes else frozenset(_countries()[1])
        spellings.update({key(spelling): name for spelling in (name, *other)})
    members["Europe"] |= {"CY", "TR", "GE", "AM"}
    members["EMEA"] = members["Europe"] | members["Middle East"] | members["Africa"]
    members["APAC"] = (members["Asia"] - members["Middle East"]) | members["Oceania"]
    members["Americas"] = members["North America"] | members["Latin America"] | members["South America"]
    spellings |= {"emea": "EMEA", "apac": "APAC", "asia pacific": "APAC", "apj": "APAC", "americas": "Americas", "the americas": "Americas"}
    return spellings, members


@lru_cache(maxsize=32_768)
def zone(text: str) -> str | None:
    """The group of countries that a text names."""
    bare = key(text)
    return _zones()[0].get(bare) or _zones()[0].get(bare.removeprefix("the "))


def members(name: str) -> frozenset[str]:
    """The ISO codes of a group's countries."""
    return _zones()[1].get(name, frozenset())
