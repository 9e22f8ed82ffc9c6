"""Places as wishes: whether a job's place is one that a person named, or may be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rolecall.text.places.gazetteer import CERTAIN, City, cities, gazetteer, kilometres
from rolecall.text.places.gazetteer import spelled as key
from rolecall.text.places.name_readings import is_city, is_inside, is_part_of, readings, region_shown
from rolecall.text.places.place_record import REGIONS_MATTER, Place
from rolecall.text.places.place_text import places
from rolecall.text.places.place_words import PARTS_OF
from rolecall.text.places.regions import above, around, country_code, country_name, known_as, members
from rolecall.text.words import one_line

AREA_KM, FAR_KM = 80.0, 120.0
"""What "Greater X Area" reaches, from the middle of X; and how far from it a place certainly is not in it."""


class Wished(NamedTuple):
    """A place that a person wishes, in every reading of its text, and how far around it in kilometres (``None``: not beyond it).

    :param unknown: no reading is a place that anybody here knows
    """

    text: str
    readings: tuple[Place, ...]
    km: float | None = None
    unknown: bool = False


MOST_DOUBTS = 10
"""Unknown places that are told, each at the cost of a look through all names."""
SIMILAR = 20
"""A city so many times larger than another one of its name is the only one that a wish means."""
VAGUE = re.compile(r"\b(?:london|paris|city|cent(?:er|re|ral)|north|south|east|west)\b", re.I)
"""Parts of a city that others may be in."""
UNIT = r"(?:km|kilomet(?:er|re)s?|mi|miles?)"
WITHIN = re.compile(rf"^(?:within )?(\d{{1,4}})\s?({UNIT})\s(?:(?:of|around|from|near|um)\s)?(\S.*)$", re.I)
BEHIND = re.compile(rf"^(\S[^+(±\d]{{0,200}})[ +(,±]{{1,10}}(?:within )?(\d{{1,4}})\s?({UNIT})\s?\)?$", re.I)


@lru_cache(maxsize=4096)
def wished(text: str) -> Wished:
    """ "Berlin", "within 50 km of Leeds", "Leeds + 30 miles", "remote in the EU"; a name that may be several places is all of them."""
    text = one_line(text, 300)
    where, km = around_of(text)
    read = dict.fromkeys(_alone(where.strip())) or dict.fromkeys(each for one in places(where) if one.known for each in every_reading(one))
    for (nation, city), parts in PARTS_OF.items():  # "Shoreditch"
        if key(where) in parts:
            read[Place(city, None, country_name(nation), part=where.strip())] = None
    return Wished(text, tuple(read), km, unknown=bool(read) and not any(map(_is_somewhere, read)))


def _is_somewhere(one: Place) -> bool:
    return bool(one.country or one.region or one.zone or not one.city or cities(one.city))


def doubted(wishes: Iterable[str]) -> list[tuple[str, str]]:
    """Wished places that nobody here knows, each with the nearest name, which may be empty; at most :data:`MOST_DOUBTS`. Beside a country
    that is known ("Leipzg, Germany") only what is nearly a city of that country: its villages are not all known."""
    found = []
    for one in dict.fromkeys(filter(None, map(str.strip, wishes))):
        if wished(one).unknown or _misspelt(one):
            found.append((one_line(one, 80), _misspelt(one) or _other(one)))
            if len(found) == MOST_DOUBTS:
                break
    return found


def doubts(wishes: Iterable[str]) -> list[str]:
    """A sentence for each of :func:`doubted`."""
    lost = "a city, region or country, as maps write it? Unless one is known, it leaves out no job"
    return [f"{text}: no place that Rolecall knows → {f'{near}?' if near else lost}" for text, near in doubted(wishes)]


def _misspelt(text: str) -> str:
    """The city that was meant, where a country has none of this name and one that is nearly written so; else nothing."""
    for one in wished(text).readings:
        if not one.city or not one.country or one.part or is_city(one.city, one.country) or cities(one.city):
            return ""
    for one in wished(text).readings:
        if one.city and (near := _nearest(one.city)) and is_city(near, one.country):
            return text.replace(one.city, near, 1)
    return ""


def _other(text: str) -> str:
    name = around_of(one_line(text, 300))[0].strip()
    return next((near for one in (name, *(each.city for each in wished(text).readings if each.city)) if (near := _nearest(one))), "")


@lru_cache(maxsize=1024)
def _nearest(name: str) -> str:
    return gazetteer().nearest(name)


def around_of(text: str) -> tuple[str, float | None]:
    """A wished place, and how many kilometres around it; ``None``: nobody said.

    >>> around_of("within 50 km of Leeds"), around_of("Leeds")
    (('Leeds', 50.0), ('Leeds', None))
    """
    if found := WITHIN.match(text):
        far, unit, where = found.groups()
    elif found := BEHIND.match(text):
        where, far, unit = found.groups()
    else:
        return text, None
    return where, float(far) * (1.609 if unit.lower().startswith("mi") else 1.0)


def nation_of(text: str) -> str:
    """ISO code of the one country that a wished place can be in; empty where that is open.

    >>> nation_of("Leeds, United Kingdom"), nation_of("Georgia")
    ('GB', '')
    """
    found = {one.country for one in wished(text).readings}
    return (country_code(found.pop() or "") or "") if len(found) == 1 else ""


def _alone(name: str) -> list[Place]:
    """What a name that stands alone may be: "Georgia", "Washington"; and cities of one name of which one is not much larger."""
    roles = [role for role in readings(name) if role.nation]
    most = max((role.weight for role in roles), default=0.0)
    largest = max((role.city.population for role in roles if role.city and role.city.primary), default=0)
    return [
        Place(
            role.city.name if role.city else None,
            region_shown(role),
            country_name(role.nation or ""),
            None,
            None,
            role.area,
            role.part or None,
        )
        for role in roles
        if role.weight * CERTAIN > most or (role.city and role.city.primary and role.city.population * SIMILAR > largest)
    ]


@lru_cache(maxsize=32_768)
def every_reading(one: Place) -> tuple[Place, ...]:
    """A place whose country is open, in each country it may be in."""
    if one.country or one.zone or not (one.city or one.region):
        return (one,)
    roles = readings(one.city or one.region or "")
    most = max((role.weight for role in roles), default=0.0)
    found = [
        Place(role.city.name if role.city else None, region_shown(role), country_name(role.nation), one.remote, None, one.area)
        for role in roles
        if role.nation and role.weight * CERTAIN > most
    ]
    return tuple(found) or (one,)


@lru_cache(maxsize=65_536)
def lies_in(one: Place, wish: Place, km: float | None = None) -> bool | None:
    """Whether a place is the wished one or lies in it; ``None``: it may, as far as the texts say.

    :param km: or lies so many kilometres around it
    """
    if wish.city and one.city and not wish.country and not wish.region and key(wish.city) == key(one.city):
        return True
    mine = every_reading(one)
    answers = {_lies_in(each, other, km) for each in mine for other in every_reading(wish)}
    if answers == {False}:
        return False
    return True if answers == {True} or (True in answers and len(mine) == 1) else None


@lru_cache(maxsize=65_536)
def reaches(limit: Place, wish: Place) -> bool | None:
    """Whether remote work with these limits can be done from the wished place; a city is where the employer sits and limits nothing."""
    where = limit._replace(city=None, region=None if limit.city else limit.region, area=False)
    if not (where.region or where.country or where.zone) or not (wish.city or wish.region or wish.country or wish.zone):
        return True
    if where.zone and (span := _span(where.zone)):
        return _clock_fits(wish, span)
    mine, wanted = _nations(where), _nations(wish)
    if mine is None or wanted is None:
        return None
    if not mine & wanted:
        return False
    if where.region and (wish.city or wish.region):
        return _lies_in(wish, where, None)
    return True if wanted <= mine or wish.zone else None


def _lies_in(one: Place, wish: Place, km: float | None) -> bool | None:
    if wish.zone and not wish.country and (span := _span(wish.zone)):
        return _clock_fits(one, span)
    mine, wanted = _nations(one), _nations(wish)
    if mine is not None and wanted is not None and not mine & wanted:
        return False
    if not (wish.city or wish.region):
        return True if wanted is None or (mine is not None and mine <= wanted) else None
    if not (one.city or one.region):
        return False if one.zone and (span := _span(one.zone)) and _clock_fits(wish, span) is False else None
    here, there = _city(one), _city(wish)
    if not wish.city:
        return _in_region(one, wish, here)
    return _in_city(one, wish, here, there, km) if one.city else _of_region(one, wish, there)


def _in_region(one: Place, wish: Place, here: City | None) -> bool | None:
    """Whether a city or region is in the wished region."""
    wanted, lies = _region_name(wish), _regions(one, here)
    if wanted in lies:
        return True
    return None if lies <= _regions(wish, None) else False  # "England": Surrey is in it


def _of_region(one: Place, wish: Place, there: City | None) -> bool | None:
    """Whether a region, which is all that is said, may be the wished city's."""
    own, lies = _region_name(one), _regions(wish, there)
    if there and (there.country, there.name) == ("GB", "London") and own == "Greater London":
        return True
    return None if not lies or own in lies else False


def _in_city(one: Place, wish: Place, here: City | None, there: City | None, km: float | None) -> bool | None:
    same = key(one.city or "") == key(wish.city or "")
    if not (here and there):
        if there and is_part_of(one.city or "", there):
            return True
        apart = one.region and wish.region and one.country in REGIONS_MATTER and one.region != wish.region
        return (not apart) if same else (None if km is not None or wish.area else False)
    far = kilometres(here, there)
    if here.number == there.number:
        if wish.part and km is None and key(wish.part) != key(one.part or ""):
            return None if not one.part or VAGUE.search(one.part) or VAGUE.search(wish.part) else False
        return None if one.area and not wish.area and km is None else True
    if km is not None:
        return far <= km
    if is_inside(here, there) or is_part_of(one.city or "", there):
        return True if not wish.part or key(wish.part) == key(one.city or "") else None if VAGUE.search(wish.part) else False
    if is_inside(there, here):
        return (True if key(one.part) == key(there.name) else None if VAGUE.search(one.part) else False) if one.part else None
    if wish.area:
        return far <= AREA_KM
    if one.area and far <= FAR_KM:
        return None
    return None if same and far <= 30 else False


@lru_cache(maxsize=32_768)
def _city(one: Place) -> City | None:
    """Where the gazetteer has a place's city."""
    if not one.city:
        return None
    nation = country_code(one.country) if one.country else None
    found = [each for each in cities(one.city) if nation in (None, each.country)]
    if one.region and nation:
        own = _region_name(one)
        inside = [each for each in found if own in around(each)]
        found = inside or ([] if one.country in REGIONS_MATTER else [each for each in found if above((nation, one.region)) & around(each)])
    return found[0] if found else None


def _region_name(one: Place) -> str | None:
    """The name that a place's region goes by."""
    nation = country_code(one.country) if one.country else None
    return known_as((nation, one.region))[1] if nation and one.region else one.region


def _regions(one: Place, at: City | None) -> frozenset[str]:
    """Every region that a place is said to be in, or is in."""
    nation = country_code(one.country) if one.country else (at.country if at else None)
    said = above((nation, one.region)) if nation and one.region else frozenset(filter(None, [one.region]))
    return said | around(at) if at else said


@lru_cache(maxsize=4096)
def _nations(one: Place) -> frozenset[str] | None:
    """The countries a place may be in; ``None``: any."""
    if one.country:
        code = country_code(one.country)
        return frozenset({code}) if code else None
    if one.zone:
        return members(one.zone) or None
    if one.city:
        return frozenset(each.country for each in cities(one.city)) or None
    return None


def _span(name: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"UTC([+-]\d+) to UTC([+-]\d+)", name)
    return (60 * int(found[1]), 60 * int(found[2])) if found else None


def _clock_fits(one: Place, span: tuple[int, int]) -> bool | None:
    """Whether clocks of a place are within the span, give or take the hour of summer time."""
    if one.zone and (own := _span(one.zone)):
        return own[0] <= span[1] and span[0] <= own[1]
    nations = _nations(one)
    if nations is None or len(nations) > 1:
        return None
    offsets = gazetteer().offsets(next(iter(nations)))
    return None if offsets is None else offsets[0] <= span[1] + 60 and span[0] - 60 <= offsets[1]
