"""How the sandbox's boards search: all words in title or text, title first; places by city, country, or remote within reach."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sandbox.ads.listings import Listing
from sandbox.data import InventedPlace, places

COUNTRIES = {
    "DE": ("germany", "deutschland"),
    "AT": ("austria", "österreich"),
    "CH": ("switzerland", "schweiz", "suisse"),
    "GB": ("united kingdom", "uk", "great britain", "england"),
    "IE": ("ireland",),
    "NL": ("netherlands", "the netherlands", "nederland", "holland"),
    "FR": ("france", "frankreich"),
    "ES": ("spain", "españa"),
    "PT": ("portugal",),
    "PL": ("poland", "polska"),
    "SE": ("sweden", "sverige"),
    "DK": ("denmark", "danmark"),
    "US": ("united states", "usa", "us", "united states of america"),
    "CA": ("canada",),
    "AU": ("australia",),
}
EUROPEAN_UNION = frozenset(["DE", "AT", "IE", "NL", "FR", "ES", "PT", "PL", "SE", "DK"])
AREAS = ("european union", "european economic area", "eu", "europe", "emea")
REMOTE = ("remote", "anywhere", "home office", "work from home")
CODES = {name: code for code, names in COUNTRIES.items() for name in names}
CITIES = {name: place.code for place in places().values() for name in place.names}


def find(listings: Iterable[Listing], keywords: str, location: str) -> list[Listing]:
    """The listings that match, those with all words in the title first, newer before older."""
    words = re.findall(r"[^\s,\"()]+", keywords.lower())
    ranked = []
    for item in listings:
        title, everything = item.words
        if all(word in everything for word in words) and matches(item.job.place, location):
            in_title = sum(word in title for word in words)
            ranked.append((-in_title, -item.posted.timestamp(), item.id, item))
    return [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:3])]


def matches(place: InventedPlace, location: str) -> bool:
    """Whether a place is where somebody looks: "Berlin", "Berlin, Germany", "Germany", "Remote", "European Union"; empty is anywhere.

    Who looks in a city also sees what can be done from there, remote.
    """
    parts = [part.strip().lower() for part in location.split(",") if part.strip()]
    if not parts:
        return True
    if location.strip().lower() in place.names:
        return True
    first = parts[0]
    if first in REMOTE:
        return place.remote and (len(parts) == 1 or reaches(place, code_of(parts[1:])))
    if first in AREAS:
        return place.code in EUROPEAN_UNION or place.code == "EU"
    if first in CODES and len(parts) == 1:
        return place.code == CODES[first] or (place.remote and reaches(place, CODES[first]))
    if place.remote:
        return reaches(place, code_of(parts[1:]) or CITIES.get(first))
    return first in place.names or (len(parts) == 1 and first == place.region.lower())


def country_of(location: str) -> str | None:
    """The country a search is in: named, or the one of the city; ``None`` where that is open."""
    parts = [part.strip().lower() for part in location.split(",") if part.strip()]
    return (CODES.get(parts[-1]) or CITIES.get(parts[0])) if parts else None


def code_of(parts: Sequence[str]) -> str | None:
    """The country named last."""
    return CODES.get(parts[-1]) if parts else None


def reaches(area: InventedPlace, code: str | None) -> bool:
    """Whether somebody in that country may work for an opening of that area."""
    return code is not None and (area.code == code or (area.code == "EU" and code in EUROPEAN_UNION))
