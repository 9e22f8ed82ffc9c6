"""Cities of the world by any of their spellings: where they are, in which region, how many people live there. From GeoNames (NOTICE).

The file is made by ``bench/fit/gazetteer.py`` and read once a process, on the first place that is read: arrays, no objects.
"""

from __future__ import annotations

import hashlib
import math
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rolecall.text.words import words

FILE = Path(__file__).parent / "gazetteer.npz"
PRIMARY = 1 << 31
"""Set in a spelling's row where it is the city's own name."""
HUNDREDTH = 180
"""Steps of a degree: 600 m."""
CERTAIN = 10
"""A city so many times as large as the next one of its name is meant where nothing else is said."""
EARTH_KM = 6371.0
NEAR = 0.75
"""Share of letters from which on a misspelt name is one that we know."""
SAINT = {"st": "saint", "ste": "saint", "sainte": "saint"}


class City(NamedTuple):
    """A city.

    :param name: in English, as people write it
    :param country: ISO alpha-2 code
    :param region: the postal code in the United States, the English name elsewhere; empty where GeoNames has none
    :param county: second-level region of some countries, as GeoNames names it
    :param meant: it is meant where a text names it and nothing else; ``listed``: whatever else has this name
    """

    name: str
    country: str
    region: str
    county: str
    latitude: float
    longitude: float
    population: int
    primary: bool
    meant: bool
    listed: bool
    number: int


@lru_cache(maxsize=65_536)
def spelled(name: str) -> str:
    """Equal for spellings that differ in case, accents, hyphens and the ways to write Saint."""
    return " ".join([SAINT.get(word, word) for word in words(name)])


def key_of(spelling: str) -> int:
    """64 bits of a spelling: among 300,000, one in 10¹³ unknown names is taken for a city."""
    return int.from_bytes(hashlib.blake2b(spelling.encode(), digest_size=8).digest())


class Gazetteer:
    """The file, read."""

    def __init__(self, file: Path = FILE) -> None:
        with np.load(file, allow_pickle=False) as arrays:
            self._keys, self._rows = arrays["keys"], arrays["rows"]
            self._latitudes, self._longitudes, self._populations = arrays["latitudes"], arrays["longitudes"], arrays["populations"]
            self._country, self._region, self._county = arrays["countries"], arrays["regions"], arrays["counties"]
            self._names = arrays["names"].tobytes()
            self.countries, self.regions, self.counties = (
                arrays[name].tobytes().decode().split("\n") for name in ("country_names", "region_names", "county_names")
            )
            self._certain = frozenset(arrays["certain"].tolist())
            self._offsets = arrays["offsets"]
            self.continents = dict(zip(self.countries, arrays["continents"].tobytes().decode().split("\n"), strict=True))
        ends = np.flatnonzero(np.frombuffer(self._names, dtype=np.uint8) == 10).astype(np.uint32)
        self._starts = np.concatenate([[0], ends + 1, [len(self._names) + 1]]).astype(np.uint32)

    def find(self, spelling: str) -> tuple[City, ...]:
        """Cities of a spelling (:func:`spelled`), largest first; one's own name counts ten times as much as another's second name."""
        key = np.uint64(key_of(spelling))
        start, end = int(np.searchsorted(self._keys, key, "left")), int(np.searchsorted(self._keys, key, "right"))
        if start == end:
            return ()
        found = [(int(row) & ~PRIMARY, bool(int(row) & PRIMARY)) for row in self._rows[start:end]]
        weight = [int(self._populations[row]) * (10 if primary else 1) for row, primary in found]
        order = sorted(range(len(found)), key=lambda at: (-weight[at], found[at][0]))
        first = order[0]
        alone = len(order) == 1 or weight[first] >= CERTAIN * weight[order[1]]
        return tuple(self._city(*found[at], meant=at == first and alone) for at in order)

    def _city(self, row: int, primary: bool, *, meant: bool) -> City:
        start, end = int(self._starts[row]), int(self._starts[row + 1]) - 1
        return City(
            self._names[start:end].decode(),
            self.countries[self._country[row]],
            self.regions[self._region[row]],
            self.counties[self._county[row]],
            int(self._latitudes[row]) / HUNDREDTH,
            int(self._longitudes[row]) / HUNDREDTH,
            int(self._populations[row]) * 100,
            primary,
            meant or row in self._certain,
            row in self._certain,
            row,
        )

    @cached_property
    def regions_of(self) -> frozenset[tuple[str, str]]:
        """(country, region) and (country, county) that have a city."""
        found = set()
        for numbers, names in ((self._region, self.regions), (self._county, self.counties)):
            pairs = np.unique(self._country.astype(np.uint32) << 16 | numbers).tolist()
            found |= {(self.countries[pair >> 16], names[pair & 0xFFFF]) for pair in pairs}
        return frozenset((nation, name) for nation, name in found if name)

    def offsets(self, country: str) -> tuple[int, int] | None:
        """Lowest and highest offset from UTC of a country (ISO code), in minutes, without summer time."""
        return (int(self._offsets[at][0]), int(self._offsets[at][1])) if (at := self._number.get(country)) is not None else None

    def nearest(self, name: str) -> str:
        """The city whose own name is written most like this one, the larger of equals; empty where none is near. About 20 ms."""
        wanted = name.lower()[:100]
        if len(wanted) < 4:
            return ""
        from rapidfuzz import process  # only here: few names are misspelt
        from rapidfuzz.distance import OSA

        found = process.extract(wanted, self._lower, scorer=OSA.normalized_similarity, score_cutoff=NEAR, limit=50)
        row = max(found, key=lambda one: (one[1], self._populations[one[2]]), default=(None, 0, None))[2]
        return "" if row is None else self._city(row, True, meant=False).name

    @cached_property
    def _lower(self) -> list[str]:
        names: str = self._names.decode()
        return names.lower().split("\n")

    @cached_property
    def _number(self) -> dict[str, int]:
        return {code: number for number, code in enumerate(self.countries)}


@cache
def gazetteer() -> Gazetteer:
    """The one of this process."""
    return Gazetteer()


@lru_cache(maxsize=20_000)
def cities(name: str) -> tuple[City, ...]:
    """Cities of a name as it is written, the likeliest first."""
    spelling = spelled(name)
    return gazetteer().find(spelling) if spelling else ()


def kilometres(one: City, other: City) -> float:
    """Great-circle distance (haversine)."""
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    half = math.sin((north - south) / 2) ** 2
    half += math.cos(north) * math.cos(south) * math.sin(math.radians(one.longitude - other.longitude) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))
