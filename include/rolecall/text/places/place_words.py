"""Words around places: remote and its kinds, what says nothing of where, areas and quarters that have names, clocks."""

from __future__ import annotations

import re
from functools import lru_cache

from rolecall.models import Remote
from rolecall.text.words import listed

REMOTE_WORDS: dict[str, Remote] = {
    **dict.fromkeys(
        (
            "remote", "fully remote", "100% remote", "100 % remote", "remote only", "remote first", "remote-first", "remotely",
            "remote work", "remote job", "work from home", "wfh", "homeoffice", "home office", "home based", "home-based", "anywhere",
            "worldwide", "distributed",
            "virtual", "telecommute", "work from anywhere", "anywhere remote", "remote possible",
        ),
        "remote",
    ),
    **dict.fromkeys(("télétravail", "remoto", "teletrabajo", "da remoto", "thuiswerken"), "remote"),
    **dict.fromkeys(
        ("hybrid", "hybride", "híbrido", "ibrido", "hybrid remote", "hybrid work", "remote hybrid", "hybrid available", "hybrid possible"),
        "hybrid",
    ),
    **dict.fromkeys(("on-site", "onsite", "on site", "in office", "in-office", "in person", "in-person", "vor ort", "sur site"), "onsite"),
}  # fmt: skip

IN_FRONT = listed(
    "the our main global corporate regional head home in within from based only or and near all any preferably multiple various flexible"
    " downtown inner metro candidate candidates resident residents position positions employee employees eligible new"
)
BEHIND = listed(
    "office offices hq headquarter headquarters campus hub site based only or and available possible preferred optional flexible candidate"
    " candidates resident residents employee employees timezone timezones downtown location locations branch store work ok eligible"
)
"""Words around a name that say nothing of where it is."""
BEHIND_TOO = (" time zone", " time zones", " city centre", " city center", " area code")
NOTHING = frozenset(
    [
        "-",
        "–",
        "—",
        "n/a",
        "na",
        "none",
        "null",
        "unknown",
        "unspecified",
        "tbd",
        "tba",
        "office",
        "hq",
        "headquarters",
        "headquarter",
        "other",
        "home",
        "field",
        "various",
        "multiple",
    ]
) | {"not specified", "head office", "main office", "to be determined", "flexible location", "rest of the world"}
AROUND = re.compile(
    r"^(?P<pre>greater|grand|gro(?:ß|ss)raum|metropolitan|metro|r[ée]gion de|area metropolitana de|[áa]rea metropolitana de|around|near)\s+"
    r"|(?<![\s,])[\s,]+(?P<post>metropolitan (?:area|region)|metroplex|metro area|metro|metropolitana|area"
    r"|and surrounding(?:s| areas?)|surrounding areas?"
    r"|& surrounding areas?|und umgebung|et p[ée]riph[ée]rie)$",
    re.I,
)
POSTCODE = re.compile(
    r"(?<!\w)(?:\d{4,5}(?:-\d{3,4})?|\d{2}-\d{3}|\d{3} \d{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]?(?:\s?\d[A-Z]{2})?)(?!\w)"
)
"""``78701``, ``00-001``, ``111 20``, ``M5V 2T6``, ``EC1A 1BB``, ``EC1A``."""
KIND = (
    r"(?:(?:100\s?%|fully|full|partly|partially|partial)\s+)?(?:remote(?:[\s-](?:first|only|work|job|friendly"
    r"|eligible))?|hybrid(?:[\s-]remote)?|on-?site"
    r"|in-office|in-person|work from home|wfh|home ?office|home-?based|telecommute|virtual)"
)
KIND_BEFORE = re.compile(
    rf"^\s*(?P<kind>{KIND})\b(?:\s+(?:work|job|position|role|available|possible|option))?[\s,:;|/–—-]*"
    r"(?:\b(?:in|within|from|only|across|anywhere|based)\b\s*)*(?:the\s(?!hague))?",
    re.I,
)
KIND_BEHIND = re.compile(
    rf"[\s,;|/–—-]{{0,20}}\b(?P<kind>{KIND})\b(?:\s+(?:possible|only|work|ok|available|option|optional|friendly|eligible))*\s*$", re.I
)
BREAK = re.compile(r"\s?(?:[;•·\n\t]|\|{1,2}|\s[/+]\s)\s?")
MARKS = re.compile(rf"[(\[]|[)\]]|{BREAK.pattern}")
"""Brackets, and where another place begins for certain."""
EITHER = re.compile(r"\s(?:or|oder|ou|and|und|et|y|&)\s|\s?/\s?|\s?&\s?", re.I)
JOINT = re.compile(r"\s?,\s?|\s[–—-]{1,3}\s|\s?[–—]\s?|\s?:\s")
WORKDAY = re.compile(r"^([A-Z]{2,3})-(?:([A-Z]{2,3})-)?(?=[A-Z][a-z])(.+)$")
"""``US-CA-Menlo Park``, ``DE-Berlin``."""
OFFSET = re.compile(r"\b(?:utc|gmt)\s*([+−–-]\s*\d{1,2})(?::?(\d\d))?", re.I)
NEAR_OFFSET = re.compile(r"(?:±|\+/-|\+-)\s*(\d{1,2})")
CLOCKS = {
    "gmt": 0, "utc": 0, "bst": 0, "wet": 0, "cet": 60, "cest": 60, "eet": 120, "msk": 180, "ist": 330, "sgt": 480, "jst": 540, "aest": 600,
    "est": -300, "edt": -300, "et": -300, "eastern": -300, "cst": -360, "ct": -360, "central": -360, "mst": -420, "mt": -420,
    "mountain": -420,
    "pst": -480, "pdt": -480, "pt": -480, "pacific": -480,
}  # fmt: skip
"""Clocks by name → minutes from UTC, without summer time."""
CLOCK = re.compile(rf"\b({'|'.join(CLOCKS)})\b", re.I)
SPEAKS_OF_CLOCKS = re.compile(r"\b(?:time ?zones?|timezones?|hours?|utc|gmt|cet|eet|est|pst)\b|±", re.I)

KNOWN_AS: dict[str, tuple[str, str | None, str | None]] = {
    "bay area": ("San Francisco", "CA", "US"), "sf bay area": ("San Francisco", "CA", "US"), "silicon valley": ("San Jose", "CA", "US"),
    "san francisco bay": ("San Francisco", "CA", "US"), "south bay": ("San Jose", "CA", "US"), "east bay": ("Oakland", "CA", "US"),
    "dfw": ("Dallas", "TX", "US"), "dallas fort worth": ("Dallas", "TX", "US"), "dmv": ("Washington", "DC", "US"),
    "research triangle": ("Raleigh", "NC", "US"), "raleigh durham": ("Raleigh", "NC", "US"), "twin cities": ("Minneapolis", "MN", "US"),
    "tri state": ("New York", "NY", "US"), "socal": ("Los Angeles", "CA", "US"), "washington dc baltimore": ("Washington", "DC", "US"),
    "gta": ("Toronto", "ON", "CA"), "greater toronto": ("Toronto", "ON", "CA"), "randstad": ("Amsterdam", None, "NL"),
    "ruhrgebiet": ("Essen", None, "DE"), "rhein main": ("Frankfurt", None, "DE"), "rhine main": ("Frankfurt", None, "DE"),
    "delhi ncr": ("Delhi", None, "IN"), "lower mainland": ("Vancouver", "BC", "CA"),
}  # fmt: skip
"""Areas that have names of their own, by the city in the middle."""
PARTS_OF: dict[tuple[str, str], frozenset[str]] = {
    ("GB", "London"): frozenset((
        "barking", "barking and dagenham", "barnet", "bexley", "brent", "bromley", "camden", "croydon", "ealing", "enfield",
        "greenwich", "hackney",
        "hammersmith", "hammersmith and fulham", "haringey", "harrow", "havering", "hillingdon", "hounslow", "islington", "kensington",
        "kensington and chelsea", "kingston upon thames", "lambeth", "lewisham", "merton", "newham", "redbridge", "richmond upon thames",
        "southwark", "sutton", "tower hamlets", "waltham forest", "wandsworth", "westminster", "city of london", "central london",
        "north london", "south london", "east london", "west london", "north west london", "south west london", "south east london",
        "north east london", "the city", "canary wharf", "docklands", "shoreditch", "soho", "mayfair", "clapham", "brixton", "battersea",
        "fulham", "chelsea", "holborn", "covent garden", "farringdon", "moorgate", "old street", "kings cross", "king s cross",
        "paddington",
        "victoria", "euston", "stratford", "woolwich", "catford", "white city", "london bridge", "bank", "liverpool street", "west end",
        "greater london", "london area", "inner london", "outer london", "putney", "wimbledon", "tottenham", "peckham", "deptford", "acton",
        "chiswick", "finchley", "hampstead", "highgate", "vauxhall", "waterloo", "angel", "bermondsey", "notting hill", "south kensington",
    )),
    ("US", "New York"): frozenset((
        "brooklyn", "manhattan", "queens", "bronx", "the bronx", "staten island", "soho", "midtown", "midtown manhattan", "harlem",
        "tribeca",
        "lower manhattan", "chelsea", "flatiron", "financial district", "long island city", "astoria", "williamsburg", "dumbo",
        "union square",
    )),
    ("DE", "Berlin"): frozenset(("mitte", "kreuzberg", "friedrichshain", "charlottenburg", "prenzlauer berg", "neukolln", "tempelhof")),
    ("IE", "Dublin"): frozenset(("dublin city", "dublin 1", "dublin 2", "dublin 4", "dublin 8", "dublin city centre", "co dublin")),
    ("US", "San Francisco"): frozenset(("soma", "mission district", "downtown san francisco")),
    ("FR", "Paris"): frozenset(("la defense", "paris area", "paris region")),
}  # fmt: skip
"""Boroughs and quarters that ads name in front of their city, folded."""


WHOLE = frozenset(("greater london", "london area", "dublin city", "co dublin", "dublin city centre", "paris area", "paris region"))
"""Names among them that are the city itself."""


@lru_cache(maxsize=4096)
def remote_kind(text: str | None) -> Remote | None:
    """What a field about the place of work says, if it is one of the known words alone."""
    return REMOTE_WORDS.get(" ".join((text or "")[:200].lower().strip(" ()[]").split()))
