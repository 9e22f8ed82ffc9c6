"""Taking a text apart: where one place ends and the next begins, and what says nothing of where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rolecall.models import Remote
from rolecall.text.places.gazetteer import cities
from rolecall.text.places.gazetteer import spelled as key
from rolecall.text.places.name_readings import assembled, is_code, readings_of
from rolecall.text.places.place_record import Place
from rolecall.text.places.place_words import (
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
    POSTCODE,
    SPEAKS_OF_CLOCKS,
    WORKDAY,
    remote_kind,
)
from rolecall.text.places.regions import US_STATES, country_code, members, regions, zone
from rolecall.text.words import mended, one_line

MOST_TEXT, MOST_PLACES, MOST_PARTS = 6_000, 50, 400
"""Characters that are read of a text, places that are kept of a list, and parts of a list that are looked at."""


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
    return tuple(bounded(_less_said_twice(kept)))


def _less_said_twice(found: list[Place]) -> list[Place]:
    """Without a place that another one says more of: "Hybrid" beside "London (Hybrid)"."""
    if len(found) > 1 and any(one.city or one.country or one.zone or one.region for one in found):
        kinds = {one.remote for one in found if one[:3] == (None, None, None) and not one.zone and one.remote in ("hybrid", "onsite")}
        if kinds:
            found = [one for one in found if one.city or one.country or one.zone or one.region or one.remote == "remote"]
            found = [one._replace(remote=one.remote or min(kind for kind in kinds if kind)) for one in found]
    return found


def bounded(found: list[Place]) -> list[Place]:
    """At most :data:`MOST_PLACES`: what is over becomes one zone."""
    if len(found) <= MOST_PLACES:
        return found
    rest = {one.country for one in found[MOST_PLACES - 1 :]}
    codes = {code for name in rest if name and (code := country_code(name))}
    group = next((name for name in ("Europe", "EMEA", "Americas", "APAC") if codes and codes <= members(name)), "Worldwide")
    return [*found[: MOST_PLACES - 1], Place(zone=group, remote=found[-1].remote)]


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
        parts += [part for part in _parts(inner) if part is None or readings_of(part, first=False)]
    group: list[str] = []
    first = True
    for part in [*parts, None]:
        if part is not None:
            group.append(part)
            continue
        if group or (first and not any(parts)):
            yield from assembled(group, home, said, bare=said is not None or carried is not None)
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
        if sum(bool(one and (_known(one) or _kind_of(one) or is_code(one))) for one in choices) >= 2 or re.search(
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
    if bare.lower() not in NOTHING and (_known(bare) or is_code(bare)):
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
