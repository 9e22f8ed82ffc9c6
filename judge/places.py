"""Places: what a person's wish for a place does to ads of which somebody else wrote down where they are.

Each ad is read from the text that its board showed, each wish is one of the set's own places as a person would type it, and both go the way
they go in matching (``read_ad``, ``Wishes.broken_by``). *Hidden* is the share of ads in the wished place that the wish leaves out; *kept*
the share of ads elsewhere that it lets through. The baseline asks whether the wish's words stand in the ad's place as text.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from judge.measure import Figure, Row, Skipped, developed_on, share
from rolecall.boards import read as read_page
from rolecall.matching.ads.ad import Ad, read_ad
from rolecall.matching.ads.job import Job
from rolecall.matching.score.job_wishes import Wishes
from rolecall.text.words import words

TODAY = date(2026, 1, 1)
HIDDEN, KEPT = 0.01, 0.02


@dataclass(frozen=True)
class Case:
    """An ad's place as text, where it is (folded names at every level: city, region, country), and the unit it is resampled by."""

    text: str
    levels: frozenset[str]
    unit: str
    job: Job | None = None


def rows(shared: Path, *, short: bool) -> Iterator[Row | Skipped]:
    """Ads of four sets, by place wishes; the half whose errors are not looked at."""
    for name, path, cases in (
        ("reed_uk", "realdata/reed_uk/places.csv", reed),
        ("job_views", "realdata/job_views/jobs_dev.jsonl", viewed),
        ("ashby, place as text", "captures/ashby", ashby_texts),
        ("ashby, as parsed", "captures/ashby", ashby_parsed),
        ("adzuna_cut", "realdata/adzuna_cut/places_dev.tsv", adzuna),
    ):
        if not (shared / path).exists():
            yield Skipped(f"places: {name}", f"{path} is not in {shared.name}")
            continue
        found, wishes = cases(shared / path)
        half = [one for one in found if not developed_on(one.unit)]
        yield from measured(f"{name}, held half", half, wishes[: 25 if short else 150], kept=name != "adzuna_cut")


def measured(name: str, cases: Sequence[Case], wishes: Sequence[str], *, kept: bool = True) -> Iterator[Row]:
    """Both shares over all pairs of an ad and a wish."""
    hidden = Tally()
    let_through = Tally()
    ads = [ad(one) for one in cases]
    for text in wishes:
        wish, level = Wishes.read({"locations": [text]}), folded(text.split(",")[0] if text.count(",") else text)
        both = {folded(part) for part in text.split(",")} | {level}
        for case, one in zip(cases, ads, strict=True):
            fits = spelled_out(both) <= case.levels
            broken = bool(wish.broken_by(one, TODAY))
            found = f" {folded(text)} " in f" {folded(case.text)} "
            if fits:
                hidden.add(broken, not found, case.unit)
            elif not spelled_out({level}) & case.levels:
                let_through.add(not broken, found, case.unit)
    yield hidden.row(name, "fitting ads hidden by a place wish", HIDDEN)
    if kept:
        yield let_through.row(name, "ads elsewhere kept by a place wish", KEPT)


class Tally:
    """Hits of ours and of the baseline by unit."""

    def __init__(self) -> None:
        self.ours: list[float] = []
        self.others: list[float] = []
        self.units: list[str] = []

    def add(self, ours: bool, other: bool, unit: str) -> None:
        self.ours.append(float(ours))
        self.others.append(float(other))
        self.units.append(unit)

    def row(self, name: str, measure: str, bound: float) -> Row:
        by_unit: dict[str, list[float]] = {}
        for ours, unit in zip(self.ours, self.units, strict=True):
            pair = by_unit.setdefault(unit, [0.0, 0.0])
            pair[0] += ours
            pair[1] += 1
        figure: Figure = share([one[0] for one in by_unit.values()], of=[one[1] for one in by_unit.values()])
        baseline = sum(self.others) / len(self.others) if self.others else None
        return Row(name, measure, *figure, "the wish's words in the text", baseline, len(self.ours), bound, True, less_is_better=True)


@cache
def _read(text: str) -> Ad:
    return read_ad(Job(id="1", title="Job", location=text))


def ad(case: Case) -> Ad:
    return _read(case.text) if case.job is None else read_ad(case.job)


def folded(text: str) -> str:
    return " ".join(words(text))


STATES = {
    "california": "ca", "new york": "ny", "texas": "tx", "washington": "wa", "massachusetts": "ma", "illinois": "il", "georgia": "ga",
    "florida": "fl", "ohio": "oh", "north carolina": "nc", "pennsylvania": "pa", "new jersey": "nj", "maryland": "md", "virginia": "va",
    "michigan": "mi", "arizona": "az", "colorado": "co", "oregon": "or", "utah": "ut", "tennessee": "tn", "nevada": "nv", "ontario": "on",
}  # fmt: skip
SAME = {"new york city": "new york", "nyc": "new york", "usa": "united states", "us": "united states", "uk": "united kingdom"} | {
    "bengalaru": "bengaluru", "bangalore": "bengaluru",
}  # fmt: skip


def spelled_out(names: set[str]) -> set[str]:
    """One name for one place, as far as the sets themselves write it in two ways."""
    return {SAME.get(name, name) for name in names}


def most_common(names: Sequence[str], most: int) -> list[str]:
    return [name for name, _ in Counter(name for name in names if name).most_common(most)]


# ── the sets ────────────────────────────────────────────────────────────────────────────────────────────────


ABROAD = frozenset(
    [
        "spain",
        "france",
        "germany",
        "ireland",
        "belgium",
        "netherlands",
        "portugal",
        "barbados",
        "china",
        "thailand",
        "singapore",
        "malta",
        "brazil",
        "hungary",
        "greece",
        "bahrain",
        "usa",
    ]
) | {
    "united arab emirates",
    "saudi arabia",
    "gibraltar",
    "channel islands",
    "indonesia",
    "italy",
    "hong kong",
    "switzerland",
    "russian federation",
    "rest of the world",
    "other",
    "dubai",
    "abu dhabi",
}
WIDER = frozenset(["england", "wales", "scotland", "ireland", "region", "midlands", "anglia"])
"""Words of regions that hold counties, of which the site's fields do not say which."""
VAGUE = frozenset(("rest of the world", "other"))


def reed(path: Path) -> tuple[list[Case], list[str]]:
    """Titles' places on reed.co.uk: city and county as the site's fields give them, shown as "City, County"."""
    with path.open(encoding="utf-8") as file:
        listed = [(row["city"].strip(), row["state"].strip()) for row in csv.DictReader(file)]
    cases = []
    for city, county in listed:
        if folded(county) in VAGUE:
            continue
        home = set() if folded(county) in ABROAD else {"united kingdom"}
        cases.append(Case(f"{city}, {county}", frozenset({folded(city), folded(county)} | home), f"{city}, {county}"))
    cities, counties = most_common([city for city, _ in listed], 400), most_common([county for _, county in listed], 60)
    wishes = [name for pair in zip(["United Kingdom", *counties], cities, strict=False) for name in pair] + cities[len(counties) + 1 :]
    return cases, [name for name in dict.fromkeys(wishes) if folded(name) not in VAGUE and not WIDER & set(words(name))]


def viewed(path: Path) -> tuple[list[Case], list[str]]:
    """Jobs of a board in the United States: city and state."""
    jobs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    jobs = [job for job in jobs if job["city"] and job["state"]]
    names = {code.upper(): name for name, code in STATES.items()}
    cases = [
        Case(
            f"{job['city']}, {job['state']}",
            frozenset({folded(job["city"]), folded(job["state"]), state_name(names.get(job["state"], job["state"])), "united states"}),
            f"{job['city']}, {job['state']}",
        )
        for job in jobs
    ]
    unique = list({case.text: case for case in cases}.values())
    towns = most_common([case.text for case in cases], 400)
    states = [names[code].title() for code in most_common([job["state"] for job in jobs], 30) if code in names]
    states = [f"{name} State" if name in ("New York", "Washington") else name for name in states]
    wishes = [name for pair in zip(["United States", *states], towns, strict=False) for name in pair] + towns[len(states) + 1 :]
    return unique, [name for name in dict.fromkeys(wishes) if folded(name) not in ODD]


def state_name(name: str) -> str:
    """The state's name; of two that are cities, too, with "State" behind it, as a person would tell them apart."""
    return f"{folded(name)} state" if folded(name) in ("new york", "washington") else folded(name)


def adzuna(path: Path) -> tuple[list[Case], list[str]]:
    """Adzuna's places as advertisers wrote them, with the name Adzuna gave them; those it could only call "UK" say nothing."""
    with path.open(encoding="utf-8") as file:
        listed = [(row["LocationRaw"], row["LocationNormalized"]) for row in csv.DictReader(file, delimiter="\t")]
    listed = [(raw, name) for raw, name in listed if name != "UK" and set(words(name)) <= set(words(raw))]
    return [Case(raw, frozenset({folded(name)}), raw) for raw, name in listed], most_common([name for _, name in listed], 400)


def ashby_jobs(folder: Path) -> Iterator[tuple[str, dict[str, object], str]]:
    for path in sorted(folder.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        for job in json.loads(text)["jobs"]:
            yield path.stem, job, text


def address(one: dict[str, object]) -> dict[str, str]:
    at = one.get("address")
    inner = at.get("postalAddress") or at if isinstance(at, dict) else {}
    return {name: str(value).strip() for name, value in inner.items() if value and str(value).strip()}


def levels_of(at: dict[str, str]) -> set[str]:
    wider = {state_name(at.get("addressRegion", "")), folded(at.get("addressCountry", ""))}
    found = spelled_out({folded(at.get("addressLocality", "")), *wider} - {""})
    return found | {code for name, code in STATES.items() if name in found and name not in ("new york", "washington")}


def placed(folder: Path) -> Iterator[tuple[str, dict[str, object], set[str], list[str]]]:
    """Employer, posting, its places at every level, their names: of postings that are not remote and whose places have addresses."""
    for employer, job, _ in ashby_jobs(folder):
        others = job.get("secondaryLocations")
        every = [job, *(others if isinstance(others, list) else [])]
        at = [address(one) for one in every]
        names = [str(one.get("location") or "").strip() for one in every]
        if all(one.get("addressLocality") and one.get("addressCountry") for one in at) and not any(
            "remote" in name.lower() for name in names
        ):
            yield employer, job, set().union(*map(levels_of, at)), names


def ashby_wishes(folder: Path) -> list[str]:
    at = [address(job) for _, job, _, _ in placed(folder)]
    cities = most_common([one.get("addressLocality", "") for one in at], 60)
    wider = most_common([one.get(name, "") for one in at for name in ("addressCountry", "addressRegion")], 20)
    wishes = [name for pair in zip(wider, cities, strict=False) for name in pair] + cities[len(wider) :]
    return [name for name in dict.fromkeys(wishes) if folded(name) not in ODD]


ODD = frozenset(("georgia", "washington", "east coast", "sf bay area", "bengalaru"))
"""Localities of the set that are two places, no place or misspelt."""


def ashby_texts(folder: Path) -> tuple[list[Case], list[str]]:
    """Postings with the names of their places only, as boards without addresses show them; not "Headquarters", which names none of them."""
    cases = [
        Case("; ".join(dict.fromkeys(names)), frozenset(levels), employer)
        for employer, _, levels, names in placed(folder)
        if all(set(levels) & spelled_out({folded(name), *words(name), *map(folded, name.split(","))}) for name in names)
        or all(any(f" {level} " in f" {folded(name)} " for level in levels) for name in names)
    ]
    return cases, ashby_wishes(folder)


def ashby_parsed(folder: Path) -> tuple[list[Case], list[str]]:
    """The same postings, read by the board's own reader."""
    known = {str(job["id"]): (employer, levels, names) for employer, job, levels, names in placed(folder)}
    cases = []
    for path in sorted(folder.glob("*.json")):
        for posting in read_page("ashby", path.read_text(encoding="utf-8")).postings:
            if posting.external_id in known:
                employer, levels, names = known[posting.external_id]
                row = posting.model_dump(include=set(Job.__slots__)) | {"id": posting.external_id, "title": "Job", "description": ""}
                row["remote"] = None if posting.remote == "remote" else posting.remote
                row["places"] = [one | {"remote": None} for one in row.get("places", [])]
                cases.append(Case("; ".join(names), frozenset(levels), employer, Job.of(row)))
    return cases, ashby_wishes(folder)
