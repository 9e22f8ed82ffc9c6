"""Where an ad's job is, and whether two ads mean one place: several places, offices that name no city, areas around a city, remote."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from rolecall.catalog.company_names import company
from rolecall.models import Remote
from rolecall.text.places import Place, located
from rolecall.text.places.gazetteer import cities, kilometres
from rolecall.text.words import listed, words

OFFICE = re.compile(r"\b(?:hq|head ?quarters?|(?:head|main|home|central|corporate) office|offices?|campus|hub)\b", re.I)
"""``Munich Office``, ``HQ``: what it is, not where."""
OPEN = re.compile(
    r"\(?\b(?:(?:any|multiple|various|several|all|different|other|flexible)\s(?:locations?|cities|offices|places)|nationwide|flexible"
    r"|anywhere|worldwide|and (?:nearby|surroundings)|see (?:above|below|description))\b\)?|\s\+\s?\d{1,3}\s?(?:more|others?|locations?)?"
    r"(?:\slocations?)?",
    re.I,
)
"""Words in place of a place."""
APART = re.compile(r"[;|/·•]|,?\sor\s", re.I)
WITHIN = re.compile(r"[,()\[\]]|\s[–—-]\s")
NOT_A_PLACE = listed("remote hybrid onsite office fully only possible work home in from the of and city")
MAX_PLACES = 40
NEAR = 90
"""Kilometres from the middle of an area to a city in it."""


@dataclass(frozen=True, slots=True)
class AdPlace:
    """What an ad says about where.

    :param places: those that are named, in order, without their remote kind
    :param remote: how much of it is remote, if it says so
    :param said: the folded names that stand in the text between commas and the like: a city among them is named
    """

    places: tuple[Place, ...] = ()
    remote: Remote | None = None
    said: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def key(self) -> str:
        """What places are compared by: equal for equal places."""
        named = ("|".join((one.city or "", one.region or "", one.country or "", "area" if one.area else "")) for one in self.places)
        return ";".join([*named, "remote" if self.remote == "remote" else ""])

    @property
    def known(self) -> bool:
        """Whether it says anything about where."""
        return bool(self.places or self.remote == "remote")

    @property
    def text(self) -> str:
        """As it is shown to people."""
        named = [
            ", ".join(part for part in (one.city.title() if one.city else None, one.region, one.country) if part) for one in self.places
        ]
        shown = "; ".join([*named[:3], *(["…"] if len(named) > 3 else [])])
        return ", ".join(part for part in (shown, "remote" if self.remote == "remote" else "") if part)


@lru_cache(maxsize=65_536)
def read_ad_place(
    text: str,
    city: str | None = None,
    region: str | None = None,
    nation: str | None = None,
    remote: Remote | None = None,
    employer: str = "",
) -> AdPlace:
    """Reads an ad's place text with whatever fields the board gave beside it.

    :param employer: root of its name: ``Acme HQ`` names no place
    """
    pieces = [piece for piece in APART.split(OPEN.sub(" ", OFFICE.sub(" ", " ".join(text.split())))) if piece.strip(" ,.-–—()")][
        :MAX_PLACES
    ]
    several = len(pieces) > 1
    found: list[Place] = []
    said = {" ".join(words(name)) for name in WITHIN.split(text)} - {"", employer}
    for piece in pieces or [""]:
        read = located(piece) if several else located(piece, city, region, nation)
        remote = remote or read.remote
        said |= {" ".join(words(name)) for name in WITHIN.split(piece)}
        bare = _sorted(read, employer)
        if (bare.city or bare.region or bare.country) and bare not in found:
            found.append(bare)
    return AdPlace(tuple(found), remote, frozenset(name for name in said if not NOT_A_PLACE.issuperset(name.split())))


@lru_cache(maxsize=65_536)
def named_in(part: str) -> Place | None:
    """The place that a few words are, if they are one that is known: a city, a state, a country."""
    if not 0 < len(part.split()) < 5:
        return None
    read = read_ad_place(part)
    if len(read.places) != 1 or read.remote:
        return None
    found = read.places[0]
    return found if not found.city or _real(found.city) else None


def narrowed(at: AdPlace, named: Place) -> AdPlace | None:
    """The place with what the ad's title says of it; ``None`` where the two do not go together."""
    if not at.places:
        return AdPlace((named,), at.remote, at.said)
    if any(met.weight >= 1 for one in at.places if (met := _one(one, named, at, at))):
        return at
    only = at.places[0]
    if len(at.places) == 1 and not _real(only.city) and (only.area or not only.city) and not _one(only, named, at, at).contradicts:
        return AdPlace((named,), at.remote, at.said) if named.city or only.city else at
    inside = [one for one in at.places if not named.city and (one.country == named.country) and named.region in (None, one.region)]
    return at if inside else None


def _sorted(read: Place, employer: str) -> Place:
    """Without its remote kind; the employer's name is no city."""
    bare = read._replace(remote=None, zone=None, part=None)
    mine = bare.city and employer and not _real(bare.city) and company(bare.city).root == employer
    return bare._replace(city=None) if mine else bare


@dataclass(frozen=True, slots=True)
class PlaceComparison:
    """How two places meet: points, words for a person, and whether nothing makes up for it."""

    weight: float
    text: str
    contradicts: bool = False


def compare_places(mine: AdPlace, yours: AdPlace) -> PlaceComparison | None:
    """Symmetric. ``None`` where one of them names no place at all, and it is not about remote work either."""
    if not mine.known or not yours.known:
        return None
    met = _places(mine, yours)
    kinds = {mine.remote, yours.remote}
    if met.contradicts or mine.remote == yours.remote or "remote" not in kinds:
        return met
    if "onsite" in kinds:
        return PlaceComparison(-3, f"one is remote, the other on site: {mine.text}, {yours.text}", contradicts=True)
    remote, other = (mine, yours) if mine.remote == "remote" else (yours, mine)
    if any(one.city for one in other.places) and not any(one.city for one in remote.places):
        return PlaceComparison(-1, f"one is remote, the other names a city: {mine.text}, {yours.text}")
    if not (mine.places and yours.places):
        return PlaceComparison(-0.5, f"one is remote, the other names a place: {mine.text}, {yours.text}")
    return PlaceComparison(met.weight - 1, f"{met.text}; only one says that it can be done from elsewhere")


def _places(mine: AdPlace, yours: AdPlace) -> PlaceComparison:
    if not mine.places or not yours.places:
        both = "both remote" if mine.remote == yours.remote else "one is remote"
        return PlaceComparison(
            2 if not mine.places and not yours.places else 1, f"{both}, only one names a place: {mine.text}, {yours.text}"
        )
    if len(mine.places) == len(yours.places) == 1:
        return _one(mine.places[0], yours.places[0], mine, yours)
    short, long = (mine, yours) if len(mine.places) <= len(yours.places) else (yours, mine)
    missing = [one for one in short.places if all(_one(one, other, short, long).weight < 1 for other in long.places)]
    first = _one(short.places[0], long.places[0], short, long)
    shown = f"{mine.text} / {yours.text}"
    if not missing and len(short.places) == len(long.places):
        return PlaceComparison(2 if first.weight >= 1 else 1, f"the same places: {mine.text}")
    if not missing and first.weight >= 1:
        return PlaceComparison(1.5, f"the first of several places: {shown}")
    if not missing:
        return PlaceComparison(-1, f"one of several places: {shown}")
    if all(_one(one, other, short, long).contradicts for one in short.places for other in long.places):
        return PlaceComparison(-8, f"other places: {shown}", contradicts=True)
    if len(short.places) == 1:
        return PlaceComparison(0.25, f"nobody can tell whether it is one of the places: {shown}")
    return PlaceComparison(-4, f"two lists of places: {shown}", contradicts=True)


def _one(a: Place, b: Place, mine: AdPlace, yours: AdPlace) -> PlaceComparison:
    shown = " / ".join(dict.fromkeys((AdPlace((a,)).text, AdPlace((b,)).text)))
    inside = (a.city in yours.said and not _real(b.city)) or (b.city in mine.said and not _real(a.city))
    if a.city and b.city and a.city != b.city and inside:
        return PlaceComparison(2, f"the same place, one with more detail: {shown}")
    if (a.country and b.country and a.country != b.country) or (_code(a) and _code(b) and a.region != b.region):
        return PlaceComparison(-8, f"two places: {shown}", contradicts=True)
    if a.city and b.city:
        if a.city == b.city:
            return (
                PlaceComparison(2, f"the same place: {shown}")
                if a.area == b.area
                else PlaceComparison(1, f"a city and its surroundings: {shown}")
            )
        if a.area != b.area and (not _real((a if a.area else b).city) or _around(a, b)):
            return PlaceComparison(0, f"an area and a city that may be in it: {shown}")
        return PlaceComparison(-8, f"two places: {shown}", contradicts=True)
    if a == b:
        return (
            PlaceComparison(1.5, f"the same place: {shown}") if mine.remote != "remote" else PlaceComparison(2, f"the same place: {shown}")
        )
    if (a.city and not a.region and b.region) or (b.city and not b.region and a.region):
        return PlaceComparison(-1, f"a state, and a city that may not be in it: {shown}")
    if a.country == b.country or (a.region and a.region == b.region):
        return PlaceComparison(0.5, f"one says more about the place: {shown}")
    return PlaceComparison(0.25, f"only one says where: {shown}")


def _code(one: Place) -> bool:
    return bool(one.region and len(one.region) == 2)


def _real(city: str | None) -> bool:
    return bool(city and cities(city))


def _around(a: Place, b: Place) -> bool:
    """Whether two cities are so near that one may be in the area named after the other."""
    return any(kilometres(one, other) <= NEAR for one in cities(a.city or "")[:3] for other in cities(b.city or "")[:3])
