"""Places out of texts: "London; New York City; Lisbon", "Toronto, CA", "Remote – US", "Munich Office", "Greater Lyon Area".

Every part of a text may be a country, a region or a city, each in several countries. Readings that fit together are kept, the likeliest is
the answer, and what several likely ones leave open stays ``None``: "Cambridge" is a city of which nobody said which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from rolecall.models import JobPlace, JobPosting, Remote
from rolecall.text.gazetteer import CERTAIN, City, cities
from rolecall.text.gazetteer import spelled as key
from rolecall.text.place_words import (
    AROUND,
    BEHIND,
    BEHIND_TOO,
    CLOCK,
    CLOCKS,
    EITHER,
    IN_FRONT,
    JOINT,
    KIND_BEFORE,
    KIND_BEHIND,
    KNOWN_AS,
    MARKS,
    NEAR_OFFSET,
    NOTHING,
    OFFSET,
    PARTS_OF,
    POSTCODE,
    REMOTE_WORDS,
    SPEAKS_OF_CLOCKS,
    WHOLE,
    WORKDAY,
)
from rolecall.text.regions import (
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
from rolecall.text.words import mended, one_line, words

__all__ = [
    "CANADIAN_PROVINCES", "US_STATES", "Place", "country", "country_of_site", "is_city", "located", "of_fields", "place", "places",
    "remote_kind", "with_places",
]  # fmt: skip

MOST_TEXT, MOST_PLACES, MOST_PARTS = 6_000, 50, 400
"""Characters that are read of a text, places that are kept of a list, and parts of a list that are looked at."""


class Place(NamedTuple):
    """A place; what the text leaves open is ``None``.

    :param city: its English or usual name; as it is written where the gazetteer does not have it
    :param region: the state's or province's code in the United States and Canada, the English name elsewhere
    :param country: English short name
    :param zone: several countries, where there is no ``country``: "Europe", "DACH", "Worldwide", "UTC-5 to UTC+1"
    :param area: the city and what is around it: "Greater Lyon Area" is larger than Lyon
    :param part: the borough or quarter of the city
    """

    city: str | None = None
    region: str | None = None
    country: str | None = None
    remote: Remote | None = None
    zone: str | None = None
    area: bool = False
    part: str | None = None

    @property
    def key(self) -> str:
        """Equal for spellings of one place. Remote is a place of its own; hybrid, on-site and unsaid are not told apart."""
        return "|".join((
            " ".join(words(self.city or "")),
            (self.region or "") if self.country in REGIONS_MATTER or not self.country else "",
            self.country or self.zone or "",
            "area" if self.area else "",
            "remote" if self.remote == "remote" else "",
        ))  # fmt: skip

    @property
    def known(self) -> bool:
        """Whether it says anything about where."""
        return bool(self.city or self.region or self.country or self.zone or self.remote == "remote")

    @property
    def shown(self) -> str:
        """For people: "Austin, TX, United States"."""
        where = ", ".join(part for part in (self.city, self.region, self.country or self.zone) if part)
        return " ".join(
            part for part in (f"{where} and around" if self.area else where, "(remote)" if self.remote == "remote" else "") if part
        )


REGIONS_MATTER = frozenset({"United States", "Canada"})
"""Where one name is many cities. Elsewhere boards differ in whether they name the region, and cities of one name are rare."""


def country(text: str | None, *, code: bool = False) -> str | None:
    """The country a text names, in English; ``code``: ISO codes count too (a field that is known to hold a country)."""
    found = country_code(text, code=code) if text and len(text) <= 100 else None
    return country_name(found) if found else None


@lru_cache(maxsize=4096)
def remote_kind(text: str | None) -> Remote | None:
    """What a field about the place of work says, if it is one of the known words alone."""
    return REMOTE_WORDS.get(" ".join((text or "")[:200].lower().strip(" ()[]").split()))


def country_of_site(url: str | None) -> str | None:
    """The country of a site by the end of its host's name (``www.glassdoor.ca``); ``None`` for ``.com`` and its like."""
    end = (urlsplit(url or "").hostname or "").rpartition(".")[2].upper()
    return country_name(code) if len(end) == 2 and (code := country_code("GB" if end == "UK" else end, code=True)) else None


def is_city(name: str, nation: str | None = None) -> bool:
    """Whether a city is meant where a text has this name alone; or, with a country's English name, whether it has such a city."""
    found = cities(name[:100])
    if nation is None:
        return bool(found and (found[0].listed or (found[0].primary and found[0].meant)))
    return any(country_name(one.country) == nation for one in found)


def place(text: str, *, country: str | None = None) -> Place:
    """The first place a text names; see :func:`places`."""
    found = places(text, country=country)
    return found[0] if found else Place()


def places(text: str, *, country: str | None = None) -> list[Place]:
    """Every place a text names, in its order, at most :data:`MOST_PLACES`; more countries than that are their zone, or the whole world.

    :param country: of the board or the employer, in English or as a code: where several places have a name, the one there is meant
    """
    return list(_places(text[: 2 * MOST_TEXT], country))


@lru_cache(maxsize=32_768)
def _places(text: str, nation: str | None) -> tuple[Place, ...]:
    home = country_code(nation, code=True) if nation else None
    line = mended(one_line(text.replace("\n", ";"), MOST_TEXT))
    found = dict.fromkeys(_read(line, home))
    nations = {one.country for one in found if one.country}
    if home is None and len(nations) == 1 and any(one.city and not one.country for one in found):  # "Leeds, York"
        found = dict.fromkeys(_read(line, country_code(nations.pop() or "")))
    kept = [one for one in found if one != Place()] or list(found)[:1]
    return tuple(_bounded(_less_said_twice(kept)))


def _less_said_twice(found: list[Place]) -> list[Place]:
    """Without a place that another one says more of: "Hybrid" beside "London (Hybrid)"."""
    if len(found) > 1 and any(one.city or one.country or one.zone or one.region for one in found):
        kinds = {one.remote for one in found if one[:3] == (None, None, None) and not one.zone and one.remote in ("hybrid", "onsite")}
        if kinds:
            found = [one for one in found if one.city or one.country or one.zone or one.region or one.remote == "remote"]
            found = [one._replace(remote=one.remote or min(kind for kind in kinds if kind)) for one in found]
    return found


def _bounded(found: list[Place]) -> list[Place]:
    if len(found) <= MOST_PLACES:
        return found
    rest = {one.country for one in found[MOST_PLACES - 1 :]}
    codes = {code for name in rest if name and (code := country_code(name))}
    group = next((name for name in ("Europe", "EMEA", "Americas", "APAC") if codes and codes <= members(name)), "Worldwide")
    return [*found[: MOST_PLACES - 1], Place(zone=group, remote=found[-1].remote)]


# ── taking a text apart ─────────────────────────────────────────────────────────────────────────────────────


def _read(text: str, home: str | None, kind: Remote | None = None, depth: int = 0) -> Iterator[Place]:
    """The places of a text; ``kind``: how one works in all of them."""
    carried: Remote | None = None
    for number, segment in enumerate(_segments(text)):
        if number >= MOST_PARTS:
            return
        outer, inner = _bracket(segment)
        said = kind
        if inner:
            if word := _kind_of(inner):
                said, inner = said or word, ""
            elif outer and _kind_of(outer) and depth < 2:
                yield from _read(inner, home, said or _kind_of(outer), depth + 1)
                continue
            elif not outer and depth < 2:
                yield from _read(inner, home, said, depth + 1)
                continue
        for found in _segment(outer, inner, home, said, carried):
            carried = found.remote if found.remote == "remote" else None
            yield found


def _segments(text: str) -> list[str]:
    """Cut where another place begins for certain; not within brackets."""
    cut, depth, start = [], 0, 0
    for match in MARKS.finditer(text):
        mark = match[0]
        if mark in "([":
            depth += 1
        elif mark in ")]":
            depth = max(0, depth - 1)
        elif not depth:
            cut.append(text[start : match.start()])
            start = match.end()
    cut.append(text[start:])
    return [part.strip() for part in cut if part.strip()]


def _bracket(segment: str) -> tuple[str, str]:
    """What stands outside of brackets, and in them."""
    found = re.search(r"[(\[]([^()\[\]]{0,500})[)\]]?", segment)
    if not found:
        return segment, ""
    return f"{segment[: found.start()]} {segment[found.end() :]}".strip(" ,-–—"), found[1].strip()


def _kind_of(text: str) -> Remote | None:
    """How one works, where the text says nothing else."""
    if word := remote_kind(text):
        return word
    found = KIND_BEFORE.match(text)
    rest = text[found.end() :] if found else ""
    return _kind(found["kind"]) if found and not _without_noise(rest) else None


def _kind(word: str) -> Remote:
    bare = word.lower()
    return (
        "hybrid"
        if "hybrid" in bare or "part" in bare
        else "onsite"
        if "site" in bare or "office" in bare.replace("home office", "") or "person" in bare
        else "remote"
    )


def _segment(text: str, inner: str, home: str | None, kind: Remote | None, carried: Remote | None) -> Iterator[Place]:
    said = kind
    if text and remote_kind(text) and not inner:
        named = zone(text)
        yield Place(remote=said or remote_kind(text), zone="Worldwide" if named == "Worldwide" and key(text) == "worldwide" else None)
        return
    if limits := _clock(text if not inner else f"{text} {inner}"):
        yield Place(remote="remote", zone=limits)
        return
    for pattern in (KIND_BEFORE, KIND_BEHIND, KIND_BEFORE):
        if found := pattern.search(text):
            said = said or _kind(found["kind"])
            text = f"{text[: found.start()]} {text[found.end() :]}".strip(" ,-–—/|:")
    parts = list(_parts(WORKDAY.sub(lambda match: ", ".join(filter(None, (match[3], match[2], match[1]))), text)))
    if inner:
        parts += [part for part in _parts(inner) if part is None or _roles(part, first=False)]
    group: list[str] = []
    first = True
    for part in [*parts, None]:
        if part is not None:
            group.append(part)
            continue
        if group or (first and not any(parts)):
            yield from _assembled(group, home, said, bare=said is not None or carried is not None)
            first = False
        group = []


def _parts(text: str) -> Iterator[str | None]:
    """The names of a segment; ``None`` where another place begins."""
    for piece in JOINT.split(text):
        bare = _stripped(piece)
        if not bare:
            continue
        if _known(bare) or not EITHER.search(bare):
            yield from _peeled(bare)
            continue
        choices = [_stripped(one) for one in EITHER.split(bare)]
        if sum(bool(one and (_known(one) or _kind_of(one) or _codes(one))) for one in choices) >= 2 or re.search(
            r"\s(?:or|oder|ou)\s", bare
        ):
            for number, one in enumerate(filter(None, choices)):
                if number:
                    yield None
                if found := _kind_of(one):
                    yield found
                else:
                    yield from _peeled(one)
        else:
            yield from _peeled(bare)


@lru_cache(maxsize=32_768)
def _stripped(piece: str) -> str:
    """Without postcodes and words that say nothing of where."""
    bare = POSTCODE.sub(" ", piece).strip(" ()[].,'\"")
    if bare.lower() not in NOTHING and (_known(bare) or _codes(bare)):
        return bare
    for _ in range(3):
        shorter = _without_noise(bare).strip(" ()[].,'\"")
        if shorter == bare or not shorter:
            break
        bare = shorter
        if _known(bare):
            break
    return "" if bare.lower() in NOTHING or not _without_noise(bare) else bare


def _without_noise(text: str) -> str:
    """Without the words around a name that say nothing of where it is."""
    bare = text.strip(EDGES)
    for phrase in BEHIND_TOO:
        if bare.lower().endswith(phrase):
            bare = bare[: -len(phrase)].rstrip(EDGES)
    said = bare.split()
    while said and said[0].strip(EDGES).lower() in IN_FRONT | {""}:
        said = said[1:]
    while said and said[-1].strip(EDGES).lower() in BEHIND | {""}:
        said = said[:-1]
    return " ".join(said).strip(EDGES)


EDGES = " ,:.-–—"


def _codes(text: str) -> bool:
    return text.isupper() and 2 <= len(text) <= 3 and text.isalpha()


@lru_cache(maxsize=32_768)
def _known(text: str) -> bool:
    return bool(text and (country_code(text) or regions(text) or zone(text) or cities(text) or key(text) in KNOWN_AS))


def _peeled(text: str) -> Iterator[str]:
    """A name; or, where it is none, the names it ends or begins with: "Derby Derbyshire East Midlands", "Remote US", "Acme London"."""
    said = text.split()
    if _known(text) or len(said) < 2 or len(said) > 8 or AROUND.search(text):
        yield text
        return
    behind: list[str] = []
    while len(said) > 1:
        size = next((size for size in range(min(4, len(said)), 0, -1) if _container(" ".join(said[-size:]))), 0)
        if not size:
            break
        behind.insert(0, " ".join(said[-size:]))
        said = said[:-size]
    front: list[str] = []
    if (
        said
        and not behind
        and (size := next((size for size in range(min(4, len(said) - 1), 0, -1) if _container(" ".join(said[:size]))), 0))
    ):
        rest = _stripped(" ".join(said[size:]))
        if not rest or _known(rest) or remote_kind(rest):
            front, said = [" ".join(said[:size])], said[size:]
    rest = _stripped(" ".join(said)) if behind or front else text
    yield from front
    if rest and not (behind and COMPASS.fullmatch(rest)):
        yield rest
    yield from behind


COMPASS = re.compile(r"(?:(?:north|south|east|west|mid|central|upper|lower|northern|southern|eastern|western)(?:\s|$))+", re.I)


PEELED = frozenset({"US", "GB", "CA", "IE", "AU", "DE", "FR", "ES", "IT", "NL", "IN", "CH", "AT", "BE"})


@lru_cache(maxsize=32_768)
def _container(name: str) -> bool:
    """Whether a name behind another one may be what that lies in."""
    if name.islower():
        return False
    return bool(
        country_code(name)
        or any(nation in PEELED for nation, _ in regions(name))
        or (zone(name) and len(name) > 3)
        or (name.isupper() and name in US_STATES)
        or key(name) in KNOWN_AS
    )


def _clock(text: str) -> str | None:
    """ "UTC-5 to UTC+1", "CET ±2 hours", "US time zones" → a zone of clocks; ``None``: the text limits none."""
    if not SPEAKS_OF_CLOCKS.search(text):
        return None
    named = [CLOCKS[one.lower()] for one in CLOCK.findall(OFFSET.sub(" ", text))]
    numbers = [(-60 if sign[0] in "-−–" else 60) * int(re.sub(r"\D", "", sign)) for sign, _ in OFFSET.findall(text)]
    if not (numbers or (named and (re.search(r"time ?zones?|timezones?|hours?|±|\+/-", text, re.I)))):
        return None
    every = numbers or named
    slack = 60 * int(near[1]) if (near := NEAR_OFFSET.search(text)) else 0
    low, high = max(-720, min(every) - slack), min(840, max(every) + slack)
    return f"UTC{low // 60:+d} to UTC{high // 60:+d}"


# ── putting names together ──────────────────────────────────────────────────────────────────────────────────


class _Role(NamedTuple):
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


def _assembled(names: list[str], home: str | None, kind: Remote | None, *, bare: bool = False) -> Iterator[Place]:
    """Places of names in a row: each name goes to the place before it where one reading allows that, else it begins one."""
    readings: list[_Role] = []
    begun = False
    for name in names:
        if name in ("remote", "hybrid", "onsite"):
            kind = kind or remote_kind(name)
            continue
        joined = _joined(readings, _roles(name, first=False), name) if begun else []
        if joined:
            readings = joined
            continue
        if begun:
            yield _decided(readings, home, kind)
        begun, readings = True, _roles(name, first=True, bare=bare and len(names) == 1) or [_Role(written=name)]
    if begun or kind:
        yield _decided(readings, home, kind)


@lru_cache(maxsize=32_768)
def _tuple_of_roles(name: str, first: bool, bare: bool) -> tuple[_Role, ...]:
    found: list[_Role] = []
    stripped = key(name)
    if stripped in KNOWN_AS or (area := AROUND.search(name)) is None:
        area = None
    if known := KNOWN_AS.get(stripped) or (KNOWN_AS.get(key(AROUND.sub("", name))) if area else None):
        middle, state, nation = known
        found = [
            _Role(city=one, area=True, nation=nation, weight=1e12)
            for one in cities(middle)
            if one.country == nation and state in (None, _code_of(nation, one.region))
        ]
        return tuple(found[:1])
    for (home, town), parts in PARTS_OF.items():  # "Central London", "Dublin city centre"
        if stripped in parts and key(town) in stripped.split():
            whole = next(one for one in cities(town) if one.country == home)
            return (_Role(city=whole, nation=home, weight=_weight(whole), part="" if stripped in WHOLE else name),)
    if area and not regions(name) and not country_code(name) and not (area["pre"] and cities(name)):
        core = AROUND.sub("", name).strip()
        inside = [_Role(city=one, nation=one.country, area=True, weight=_weight(one)) for one in cities(core)[:20]]
        if inside:
            return tuple(inside)
        if core and (regions(core) or country_code(core)):
            return _tuple_of_roles(core, first, bare)
        return (_Role(written=core, area=True),) if core and core[0].isupper() else ()
    own = cities(name) if first or not _codes(name) else ()
    found += [_Role(city=one, nation=one.country, weight=_weight(one)) for one in own[:40]]
    code = country_code(name)
    if code and not any(one.country == code and one.listed and one.primary for one in own):  # "Singapore"
        found.append(_Role(nation=code, weight=1e7 if any(nation in CODED for nation, _ in regions(name)) else 1e10))
    for region in regions(name):
        same = next((one for one in own if one.country == region[0] and one.primary), None)
        if not (first and region[0] not in CODED and same and (region[1] in around(same) or key(region[1]) != stripped)):
            found.append(_Role(region=region, nation=region[0], weight=5e6))
    if group := zone(name):
        found.append(_Role(zone=group, weight=1e9 if not own else 1e7))
    if _codes(name) and (not first or bare):
        if not first and name in US_STATES:
            found.append(_Role(region=("US", name), nation="US", weight=5e6))
        if not first and name in CANADIAN_PROVINCES:
            found.append(_Role(region=("CA", name), nation="CA", weight=4e6))
        if (code := country_code(name, code=True)) and not any(one.nation == code and not one.city and not one.region for one in found):
            found.append(_Role(nation=code, weight=1e6))
    return tuple(found)


def readings(name: str) -> tuple[_Role, ...]:
    """Everything that a name alone may be."""
    return _tuple_of_roles(name, True, False)


def _roles(name: str, *, first: bool, bare: bool = False) -> list[_Role]:
    return list(_tuple_of_roles(name, first, bare))


def _weight(city: City) -> float:
    """How likely a city is meant by one of its names."""
    return max(city.population, 300) * (10 if city.primary else 1) * (CERTAIN if city.listed and city.primary else 1)


def _joined(readings: list[_Role], roles: list[_Role], name: str) -> list[_Role]:
    """Every way in which the next name goes with what is there; none: it is another place."""
    pairs = [(reading, role) for reading in readings for role in roles]
    if same := [one for one, role in pairs if one.city and role.city and one.city.number == role.city.number]:
        return same  # "Singapore, Singapore"
    found = [one for reading, role in pairs if not (reading.city and role.city) and (one := _with(reading, role, name)) is not None]
    if not found:
        found = [one for reading, role in pairs if reading.city and role.city and (one := _with(reading, role, name)) is not None]
    if not found and _codes(name):
        coded = [(one, region) for one in readings if one.nation and (region := region_of_code(one.nation, name))]
        found = [one for reading, region in coded if (one := _with(reading, _Role(region=region, nation=region[0]), name)) is not None]
    if not found and not roles:
        return [one if one.region else one._replace(behind=name) for one in readings]  # a building, or a region if its country follows
    if not found and _codes(name) and all(one.written for one in readings):
        return [one._replace(region=role.region, nation=role.nation) for one in readings for role in roles if role.region or role.nation][
            :4
        ]
    if not found and not any(
        role.city and (role.city.listed or role.nation in {one.nation for one in roles if one.region}) for role in roles
    ):
        found = [one for reading in readings for role in roles if (one := _as_said(reading, role)) is not None]
        found = [one for one in found if one.city] or found[:1]
    return found


def _as_said(reading: _Role, role: _Role) -> _Role | None:
    """A city and a region beside it, or one that has no such city that we know: "Milton Keynes, Bedfordshire". What is said holds."""
    if not role.region or role.city or reading.region or not (reading.city or reading.written):
        return None
    if reading.city and reading.nation == role.nation and role.nation not in CODED:
        return reading._replace(region=role.region)
    return _Role(written=reading.city.name if reading.city else reading.written, region=role.region, nation=role.nation, weight=1.0)


def _with(reading: _Role, role: _Role, name: str) -> _Role | None:
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


def _district(reading: _Role, role: _Role) -> _Role | None:
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


def _decided(readings: list[_Role], home: str | None, kind: Remote | None) -> Place:
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


def region_shown(one: _Role) -> str | None:
    """The region of one reading as it is shown: its code in the United States and Canada, else its name; ``None``: unknown."""
    if one.city and one.city.country in CODED:
        return _code_of(one.city.country, one.city.region)
    return _code_of(*one.region) if one.region else None


@lru_cache(maxsize=1024)
def _code_of(nation: str, region: str) -> str | None:
    if nation in CODED and region not in CODED[nation]:
        return next((code for code, name in CODED[nation].items() if key(name) == key(region)), region or None)
    return region or None


# ── places in fields, and as wishes ─────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=65_536)
def located(
    text: str, city: str | None = None, region: str | None = None, nation: str | None = None, remote: Remote | None = None
) -> Place:
    """A posting's first place for comparing, from its text and whatever fields the board gave beside it; the fields win.

    >>> located("NYC") == located("New York, NY, US") == located("New York, NY") == located("New York")
    True
    """
    read = place(text[:MOST_TEXT], country=nation)
    if city or region or nation:
        fields = of_fields(city, region, nation)
        if not city and read.city and (not fields.country or read.country in (None, fields.country)):
            fields = fields._replace(city=read.city, region=fields.region or read.region)
        zone_too = read.zone if not fields.country else None
        read = fields._replace(remote=read.remote, area=read.area and read.city == fields.city, zone=zone_too)
    return read._replace(
        city=" ".join(words(read.city)) if read.city else None,
        region=read.region if read.country in REGIONS_MATTER or read.country is None else None,
        remote=remote or read.remote,
    )


@lru_cache(maxsize=32_768)
def of_fields(city: str | None, region: str | None, nation: str | None) -> Place:
    """A place whose parts somebody gave one by one, under the names that :func:`places` uses."""
    code = country_code(nation, code=True) if nation else None
    if not code:
        return place(", ".join(part for part in (city, region, nation) if part))
    named = [one for one in regions(region) if one[0] == code] if region else []
    where = named[0] if named else region_of_code(code, region.strip().upper()) if region else None
    shown = _code_of(*where) if where else (region or None)
    towns = [one for one in cities(city) if one.country == code] if city else []
    inside = [one for one in towns if where and where[1] in around(one)] or ([] if where and code in CODED else towns)
    if not inside:
        read = place(city, country=code) if city else Place()
        return Place(read.city if read.country == country_name(code) else city, shown or read.region, country_name(code))
    return Place(inside[0].name, shown or (region_shown(_Role(city=inside[0])) if code in CODED else None), country_name(code))


def with_places(posting: JobPosting) -> JobPosting:
    """The posting, filled: :attr:`~rolecall.models.JobPosting.places` are those it came with, else those its ``location`` names, the
    first of them as its own fields say; its fields are those of the first one where it came without."""
    if posting.places:
        found = tuple(_bounded(list(dict.fromkeys(Place(**one.model_dump()) for one in posting.places))))
    else:
        found = _of_posting(posting.location[:MOST_TEXT], posting.city, posting.region, posting.country)
    if found and not (posting.city or posting.region) and posting.country in (None, found[0].country):
        posting.city, posting.region, posting.country = found[0][:3]
    posting.places = [_job_place(one) for one in found if one != Place()]
    return posting


@lru_cache(maxsize=8192)
def _job_place(one: Place) -> JobPlace:
    return JobPlace(**{name: value[:300] if isinstance(value, str) else value for name, value in one._asdict().items()})


@lru_cache(maxsize=8192)
def _of_posting(location: str, city: str | None, region: str | None, nation: str | None) -> tuple[Place, ...]:
    """The places of a text, the first as the fields beside it say."""
    given = places(location, country=nation)
    if city or region or nation:
        first = given[0] if given else Place()
        agrees = _agree(first, city, region, nation)
        rest = given[1:] if agrees else [one for one in given if not _agree(one, city, region, nation)] if len(given) > 1 else []
        if not city and first.city and agrees:
            own = first._replace(country=nation or first.country)
        else:
            area = first.area and city is not None and key(city) == key(first.city or "")
            own = Place(city, region, nation, first.remote, first.zone if not nation else None, area)
        given = [own, *rest]
    return tuple(_bounded(list(dict.fromkeys(given))))


def _agree(one: Place, city: str | None, region: str | None, nation: str | None) -> bool:
    """Whether a place read from the text is the one in the fields."""
    if nation and one.country not in (None, nation):
        return False
    return not city or not one.city or key(city) == key(one.city) or of_fields(city, region, nation).city == one.city
