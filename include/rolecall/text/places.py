"""City, region and country out of a board's place text, where the text makes them certain; else ``None``."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from rolecall.models import Remote

US_STATES = frozenset([
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY",
    "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH",
    "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY",
])  # fmt: skip
CANADIAN_PROVINCES = frozenset(["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"])
ALSO_A_STATE = frozenset({"Georgia"})
"""Names that are a country and a state: certain only behind a city and a region."""

REMOTE_WORDS: dict[str, Remote] = {
    **dict.fromkeys(
        ("remote", "fully remote", "100% remote", "work from home", "homeoffice", "home office", "anywhere", "worldwide"), "remote"
    ),
    **dict.fromkeys(("télétravail", "remoto", "teletrabajo", "da remoto", "thuiswerken"), "remote"),
    **dict.fromkeys(("hybrid", "hybride", "híbrido", "ibrido"), "hybrid"),
    **dict.fromkeys(("on-site", "onsite", "on site", "in office", "in-office", "vor ort", "sur site"), "onsite"),
}


class Place(NamedTuple):
    """A place; what the text leaves open is ``None``."""

    city: str | None = None
    region: str | None = None
    country: str | None = None
    remote: Remote | None = None


@cache
def countries() -> dict[str, str]:
    """Lower-case name, spelling or ISO code (behind ``iso:``) → English short name."""
    known: dict[str, str] = {}
    for line in (Path(__file__).parent / "countries.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, name, *spellings = line.split("\t")
            known[f"iso:{code.lower()}"] = name
            known.update({spelling.lower(): name for spelling in (name, *spellings)})
    return known


def country(text: str | None, *, code: bool = False) -> str | None:
    """The country a text names, in English; ``code``: ISO alpha-2 codes count too (a field that is known to hold a country)."""
    key = (text or "").strip().lower()
    return countries().get(key) or (countries().get(f"iso:{key}") if code else None)


@lru_cache(maxsize=1024)
def remote_kind(text: str | None) -> Remote | None:
    """What a field about the place of work says, if it is one of the known words alone."""
    key = " ".join((text or "").lower().strip(" ()[]").split())
    return REMOTE_WORDS.get(key)


BRACKETS = re.compile(r"(?<!\s)\s*[(\[]([^)\]]{1,200})[)\]]\s*$")


@lru_cache(maxsize=8192)
def place(text: str, *, states: bool = False) -> Place:
    """Reads "City, Region, Country", "Country", a trailing "(Hybrid)"; with ``states`` also "City, CA" and "City, ON".

    "Berlin, Germany" may be the city or the state: only the country is certain. "Greater Lyon Area" is none of the three.
    """
    remote: Remote | None = None
    if found := BRACKETS.search(text):
        remote = remote_kind(found[1])
        text = text[: found.start()] if remote else text
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        return Place(remote=remote)
    if remote is None and (word := remote_kind(parts[0])):
        remote, parts = word, parts[1:]
    if not parts:
        return Place(remote=remote)
    named = country(parts[-1])
    if len(parts) == 1:
        return Place(country=None if named in ALSO_A_STATE else named, remote=remote)
    if named and len(parts) == 3:
        return Place(parts[0], parts[1], named, remote)
    if named and named not in ALSO_A_STATE:
        return Place(country=named, remote=remote)
    if states and len(parts) == 2 and parts[1] in US_STATES:
        return Place(parts[0], parts[1], "United States", remote)
    if states and len(parts) == 2 and parts[1] in CANADIAN_PROVINCES:
        return Place(parts[0], parts[1], "Canada", remote)
    return Place(remote=remote)
