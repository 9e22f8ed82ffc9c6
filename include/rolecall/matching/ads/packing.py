"""Requirements of an ad as a few hundred bytes: an index of a hundred thousand ads cannot keep two million small objects."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from rolecall.matching.ads.requirement_strength import Want

Fields = tuple[tuple[str, ...], Want, float, tuple[tuple[int, int], ...]]
WANTS: tuple[Want, ...] = ("must", "mentioned", "nice")
EXACT = 10_000
"""Weights have four digits."""

NUMBERS: dict[str, int] = {}
NAMES: list[str] = []
"""Names and their numbers, in the order they came; only this process sees the numbers."""


class Packable(Protocol):
    """A requirement, as :func:`packed` takes it."""

    @property
    def skills(self) -> tuple[str, ...]:
        """Any of these meets it."""
        ...

    @property
    def want(self) -> Want:
        """Its strength."""
        ...

    @property
    def weight(self) -> float:
        """How much it counts, 0 to 1."""
        ...

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where the ad says so."""
        ...


def number(name: str) -> int:
    """The number that stands for a skill's name in this process; a new name gets the next."""
    known = NUMBERS.get(name)
    if known is None:
        known = NUMBERS[name] = len(NAMES)
        NAMES.append(name)
    return known


def packed(asked: Iterable[Packable], named: Iterable[Packable]) -> bytes:
    """Both lists, as 32-bit numbers: how many asked, then for each want, weight, count and its (name, start, end)."""
    flat, count = array("i", [0]), 0
    for group in (asked, named):
        for one in group:
            count += group is asked
            flat.extend((WANTS.index(one.want), round(one.weight * EXACT), len(one.skills)))
            for name, (start, end) in zip(one.skills, one.spans, strict=True):
                flat.extend((number(name), start, end))
    flat[0] = count
    return flat.tobytes()


@lru_cache(maxsize=4_096)
def unpacked(data: bytes) -> tuple[tuple[Fields, ...], tuple[Fields, ...]]:
    """What was packed: (skills, want, weight, spans) of each, asked and named."""
    flat = array("i")
    flat.frombytes(data)
    numbers = flat.tolist()
    out: list[Fields] = []
    place = 1
    while place < len(numbers):
        want, weight, count = numbers[place : place + 3]
        place += 3
        triples = [numbers[at : at + 3] for at in range(place, place + 3 * count, 3)]
        place += 3 * count
        out.append((tuple(NAMES[one[0]] for one in triples), WANTS[want], weight / EXACT, tuple((one[1], one[2]) for one in triples)))
    return tuple(out[: numbers[0]]), tuple(out[numbers[0] :])
