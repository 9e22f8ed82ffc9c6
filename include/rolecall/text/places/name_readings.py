"""What a name may be, and how the names of one place go together.

"Cambridge" is a city in several countries; beside "MA" only one of them is left. A reading is one thing that a name may be, with how likely
that is; what several likely ones leave open stays ``None``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rolecall.models import Remote
from rolecall.text.places.gazetteer import CERTAIN, City, cities
from rolecall.text.places.gazetteer import spelled as key
from rolecall.text.places.place_record import Place
from rolecall.text.places.place_words import AROUND, KNOWN_AS, PARTS_OF, WHOLE, remote_kind
from rolecall.text.places.regions import (
    CANADIAN_PROVINCES,
    CODED,
    US_STATES,
    above,
    around,
    country_code,
    country_name,
    members,
    region_of_code,
    regions,
    zone,
)


class NameReading(NamedTuple):
    """What a name may be; as many as are set must hold together."""

    city: City | None = None
    region: tuple[str, str] | None = None
    nation: str | None = None
    zone: str | None = None
    written: str = ""
    behind: str = ""
    area: bool = False
    part: str = ""
    weight: float = 0.0


def assembled(names: list[str], home: str | None, kind: Remote | None, *, bare: bool = False) -> Iterator[Place]:
    """Places of names in a row: each name goes to the place before it where one reading allows that, else it begins one."""
    readings: list[NameReading] = []
    begun = False
    for name in names:
        if name in ("remote", "hybrid", "onsite"):
            kind = kind or remote_kind(name)
            continue
        joined = _joined(readings, readings_of(name, first=False), name) if begun else []
        if joined:
            readings = joined
            continue
        if begun:
            yield _decided(readings, home, kind)
        begun, readings = True, readings_of(name, first=True, bare=bare and len(names) == 1) or [NameReading(written=name)]
    if begun or kind:
        yield _decided(readings, home, kind)


@lru_cache(maxsize=32_768)
def _readings(name: str, first: bool, bare: bool) -> tuple[NameReading, ...]:
    found: list[NameReading] = []
    stripped = key(name)
    if stripped in KNOWN_AS or (area := AROUND.search(name)) is None:
        area = None
    if known := KNOWN_AS.get(stripped) or (KNOWN_AS.get(key(AROUND.sub("", name))) if area else None):
        middle, state, nation = known
        found = [
            NameReading(city=one, area=True, nation=nation, weight=1e12)
            for one in cities(middle)
            if one.country == nation and state in (None, region_code(nation, one.region))
        ]
        return tuple(found[:1])
    for (home, town), parts in PARTS_OF.items():  # "Central London", "Dublin city centre"
        if stripped in parts and key(town) in stripped.split():
            whole = next(one for one in cities(town) if one.country == home)
            return (NameReading(city=whole, nation=home, weight=_weight(whole), part="" if stripped in WHOLE else name),)
    if area and not regions(name) and not country_code(name) and not (area["pre"] and cities(name)):
        core = AROUND.sub("", name).strip()
        inside = [NameReading(city=one, nation=one.country, area=True, weight=_weight(one)) for one in cities(core)[:20]]
        if inside:
            return tuple(inside)
        if core and (regions(core) or country_code(core)):
            return _readings(core, first, bare)
        return (NameReading(written=core, area=True),) if core and core[0].isupper() else ()
    own = cities(name) if first or not is_code(name) else ()
    found += [NameReading(city=one, nation=one.country, weight=_weight(one)) for one in own[:40]]
    code = country_code(name)
    if code and not any(one.country == code and one.listed and one.primary for one in own):  # "Singapore"
        found.append(NameReading(nation=code, weight=1e7 if any(nation in CODED for nation, _ in regions(name)) else 1e10))
    for region in regions(name):
        same = next((one for one in own if one.country == region[0] and one.primary), None)
        if not (first and region[0] not in CODED and same and (region[1] in around(same) or key(region[1]) != stripped)):
            found.append(NameReading(region=region, nation=region[0], weight=5e6))
    if group := zone(name):
        found.append(NameReading(zone=group, weight=1e9 if not own else 1e7))
    if is_code(name) and (not first or bare):
        if not first and name in US_STATES:
            found.append(NameReading(region=("US", name), nation="US", weight=5e6))
        if not first and name in CANADIAN_PROVINCES:
            found.append(NameReading(region=("CA", name), nation="CA", weight=4e6))
        if (code := country_code(name, code=True)) and not any(one.nation == code and not one.city and not one.region for one in found):
            found.append(NameReading(nation=code, weight=1e6))
    return tuple(found)


def is_code(text: str) -> bool:
    """Whether it is written as codes of states and countries are: "MA", "USA"."""
    return text.isupper() and 2 <= len(text) <= 3 and text.isalpha()


def readings(name: str) -> tuple[NameReading, ...]:
    """Everything that a name alone may be."""
    return _readings(name, True, False)


def readings_of(name: str, *, first: bool, bare: bool = False) -> list[NameReading]:
    """Everything that a name may be; ``first``: no name of the same place stands before it, ``bare``: the only one beside how one works."""
    return list(_readings(name, first, bare))


def _weight(city: City) -> float:
    """How likely a city is meant by one of its names."""
    return max(city.population, 300) * (10 if city.primary else 1) * (CERTAIN if city.listed and city.primary else 1)


def _joined(readings: list[NameReading], roles: list[NameReading], name: str) -> list[NameReading]:
    """Every way in which the next name goes with what is there; none: it is another place."""
    pairs = [(reading, role) for reading in readings for role in roles]
    if same := [one for one, role in pairs if one.city and role.city and one.city.number == role.city.number]:
        return same  # "Singapore, Singapore"
    found = [one for reading, role in pairs if not (reading.city and role.city) and (one := _with(reading, role, name)) is not None]
    if not found:
        found = [one for reading, role in pairs if reading.city and role.city and (one := _with(reading, role, name)) is not None]
    if not found and is_code(name):
        coded = [(one, region) for one in readings if one.nation and (region := region_of_code(one.nation, name))]
        found = [
            one for reading, region in coded if (one := _with(reading, NameReading(region=region, nation=region[0]), name)) is not None
        ]
    if not found and not roles:
        return [one if one.region else one._replace(behind=name) for one in readings]  # a building, or a region if its country follows
    if not found and is_code(name) and all(one.written for one in readings):
        return [one._replace(region=role.region, nation=role.nation) for one in readings for role in roles if role.region or role.nation][
            :4
        ]
    if not found and not any(
        role.city and (role.city.listed or role.nation in {one.nation for one in roles if one.region}) for role in roles
    ):
        found = [one for reading in readings for role in roles if (one := _as_said(reading, role)) is not None]
        found = [one for one in found if one.city] or found[:1]
    return found


def _as_said(reading: NameReading, role: NameReading) -> NameReading | None:
    """A city and a region beside it, or one that has no such city that we know: "Milton Keynes, Bedfordshire". What is said holds."""
    if not role.region or role.city or reading.region or not (reading.city or reading.written):
        return None
    if reading.city and reading.nation == role.nation and role.nation not in CODED:
        return reading._replace(region=role.region)
    return NameReading(written=reading.city.name if reading.city else reading.written, region=role.region, nation=role.nation, weight=1.0)


def _with(reading: NameReading, role: NameReading, name: str) -> NameReading | None:
    """Both in one, where they do not contradict each other."""
    if reading.city and role.city and reading.city.number != role.city.number:
        return _district(reading, role)
    if reading.nation and role.nation and reading.nation != role.nation:
        return None
    if role.zone or reading.zone:
        fits = role.zone and reading.nation and reading.nation in members(role.zone)
        fits = fits or (reading.zone and role.nation and role.nation in members(reading.zone))
        return (reading if reading.nation else role)._replace(weight=max(reading.weight, role.weight)) if fits else None
    if role.city:
        if reading.city:
            return reading._replace(part=reading.part or role.part)
        if reading.region and not above(reading.region) & around(role.city):
            return role._replace(weight=10 * role.weight) if is_part_of(name, role.city) else None
        if reading.written and not reading.nation:
            return role._replace(area=reading.area, part=reading.written if role.city.population > 100_000 else "")
        return role._replace(region=reading.region, weight=max(reading.weight, role.weight)) if reading.nation else None
    if role.region:
        if reading.city:
            inside = role.region[1] in around(reading.city) or (not reading.city.county and reading.city.region in above(role.region))
            return reading._replace(region=reading.region or role.region, weight=10 * reading.weight) if inside else None
        if reading.region:
            if role.region[1] in above(reading.region):
                return reading._replace(weight=(20 if role.region == reading.region else 1) * reading.weight)  # "Kent, Kent"
            return role if reading.region[1] in above(role.region) else None
        town = any(one.country == role.region[0] and one.primary for one in cities(name))
        weight = (20 if reading.written and not town else 1) * max(reading.weight, role.weight)
        return reading._replace(region=role.region, nation=role.region[0], weight=weight)
    if role.nation:
        region = reading.region or ((role.nation, reading.behind) if reading.behind and role.nation not in CODED else None)
        return reading._replace(nation=role.nation, region=region, weight=reading.weight + (0 if reading.nation else role.weight))
    return None


def _district(reading: NameReading, role: NameReading) -> NameReading | None:
    """ "Westminster, London": a part of a city in front of it."""
    part, whole = reading.city, role.city
    if part is None or whole is None:
        return None
    small = whole.listed and whole.population > 1_000_000 and part.population < 50_000 and not part.listed
    if small or is_part_of(part.name, whole) or (part.country == whole.country and is_inside(part, whole)):
        return role._replace(weight=10 * role.weight, part=part.name)
    return None


def is_part_of(name: str, whole: City) -> bool:
    """Whether a name is a known borough or district of the city."""
    return key(name) in PARTS_OF.get((whole.country, whole.name), ())


def is_inside(part: City, whole: City) -> bool:
    """Whether one is a borough of the other, by their names and regions."""
    if (whole.country, whole.name) == ("GB", "London"):
        return "Greater London" in around(part)
    return (whole.country, whole.name) == ("US", "New York") and part.region == "NY" and is_part_of(part.name, whole)


def _decided(readings: list[NameReading], home: str | None, kind: Remote | None) -> Place:
    """The place that the likely readings agree on."""
    if not readings:
        return Place(remote=kind)
    if home and (here := [one for one in readings if one.nation == home]):
        readings = here
    most = max(one.weight for one in readings)
    apart = CERTAIN / 2 if home and readings[0].nation == home else CERTAIN
    likely = [one for one in readings if one.weight * apart > most] if most else readings
    towns = {(one.nation, key(one.city.name)) for one in likely if one.city}
    likely = [one for one in likely if one.city or not one.region or (one.nation, key(one.region[1])) not in towns]  # Dubai in Dubai
    first = max(likely, key=lambda one: one.weight)
    names = {(one.city.name if one.city else one.written) or None for one in likely}
    name = names.pop() if len(names) == 1 else (first.city.name if first.city and all(one.city for one in likely) else None)
    nations = {one.nation for one in likely}
    if name is None and len(nations) == 1 and not any(one.region and not one.city and not one.written for one in likely):
        name = first.city.name if first.city else first.written or None
    nation = nations.pop() if len(nations) == 1 else None
    where = {region_shown(one) for one in likely}
    region = where.pop() if len(where) == 1 else None
    if (
        len({one.city.number for one in likely if one.city}) > 1
        and nation in CODED
        and len({one.city.region for one in likely if one.city}) > 1
    ):
        region = None
    group = first.zone if not nation and not name else None
    if name is None and nation is None and region is None and group is None:  # "Surrey": a county here, a city there
        name = next((one.city.name for one in likely if one.city), None)
        region = first.region[1] if first.region and not name else None
    return Place(name, region, country_name(nation) if nation else None, kind, group, first.area, first.part or None if name else None)


def region_shown(one: NameReading) -> str | None:
    """The region of one reading as it is shown: its code in the United States and Canada, else its name; ``None``: unknown."""
    if one.city and one.city.country in CODED:
        return region_code(one.city.country, one.city.region)
    return region_code(*one.region) if one.region else None


@lru_cache(maxsize=1024)
def region_code(nation: str, region: str) -> str | None:
    """A region as it is shown: by its code where regions go by codes, else by its name; ``None``: none is named."""
    if nation in CODED and region not in CODED[nation]:
        return next((code for code, name in CODED[nation].items() if key(name) == key(region)), region or None)
    return region or None


def is_city(name: str, nation: str | None = None) -> bool:
    """Whether a city is meant where a text has this name alone; or, with a country's English name, whether it has such a city."""
    found = cities(name[:100])
    if nation is None:
        return bool(found and (found[0].listed or (found[0].primary and found[0].meant)))
    return any(country_name(one.country) == nation for one in found)
