"""The invented ads: the same everywhere, many, varied, with the oddities of real boards."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.ads.content import Catalogue
from sandbox.boards.search import find
from sandbox.data import companies, places, roles

ROOT = Path(__file__).parents[2]
PRINT = """
import hashlib
from datetime import UTC, datetime
from sandbox.ads.content import Catalogue
found = Catalogue(anchor=datetime(2026, 11, 20, 12, tzinfo=UTC))
lines = [f"{one.id}|{one.title}|{one.company}|{one.location}|{one.posted}|{one.html}" for ads in found.listings.values() for one in ads]
print(hashlib.sha256("\\n".join(lines).encode()).hexdigest())
"""


def test_the_ads_are_the_same_in_every_process() -> None:
    def digest(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run([sys.executable, "-c", PRINT], env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert digest("1") == digest("2") != ""


def test_another_seed_gives_other_ads_and_another_anchor_only_other_dates(catalogue: Catalogue) -> None:
    other = Catalogue(anchor=catalogue.anchor, seed=7)
    later = Catalogue(anchor=catalogue.anchor + timedelta(days=3))
    assert {one.id for one in other.listings["linkedin"]}.isdisjoint(one.id for one in catalogue.listings["linkedin"])
    for before, after in zip(catalogue.listings["linkedin"], later.listings["linkedin"], strict=True):
        assert (before.id, before.title, before.html) == (after.id, after.title, after.html)
        assert after.posted - before.posted == timedelta(days=3)


def test_there_are_hundreds_of_ads_in_many_fields_and_four_languages(catalogue: Catalogue) -> None:
    assert len(catalogue.listings["linkedin"]) >= 700
    assert min(len(ads) for ads in catalogue.listings.values()) >= 350
    fields = Counter(job.field for job in catalogue.jobs)
    assert len([field for field, count in fields.items() if count >= 30]) >= 9, fields
    assert min(Counter(job.language for job in catalogue.jobs)[language] for language in ("de", "fr", "es")) >= 15


def test_ids_and_references_are_unique(catalogue: Catalogue) -> None:
    assert len(catalogue.by_reference) == len(catalogue.jobs)
    for ads in catalogue.listings.values():
        assert len({one.id for one in ads}) == len(ads)


def test_about_every_twelfth_opening_is_posted_twice_with_another_id(catalogue: Catalogue) -> None:
    ads = Counter(one.job.reference for one in catalogue.listings["linkedin"])
    share = sum(1 for count in ads.values() if count == 2) / len(ads)
    assert 0.05 < share < 0.12
    assert max(ads.values()) == 2


def test_most_openings_are_on_several_boards_under_slightly_other_names(catalogue: Catalogue) -> None:
    first = {board: {one.job.reference: one for one in reversed(ads)} for board, ads in catalogue.listings.items()}
    both = first["linkedin"].keys() & first["indeed"].keys()
    assert len(both) > 300
    places_differ = [key for key in both if first["linkedin"][key].location != first["indeed"][key].location]
    names_differ = [key for key in both if first["linkedin"][key].company != first["indeed"][key].company]
    assert len(places_differ) > len(both) / 2
    assert len(names_differ) > len(both) / 10


def test_about_half_of_the_ads_lead_to_the_sandboxs_own_receiver(catalogue: Catalogue) -> None:
    share = sum(job.apply == "ats" for job in catalogue.jobs) / len(catalogue.jobs)
    assert 0.45 < share < 0.65
    sites = [catalogue.apply_url(job, "http://here") for job in catalogue.jobs if job.apply == "site"]
    assert all(re.fullmatch(r"https://careers\.[a-z0-9-]+\.example/jobs/[a-z0-9-]+", url or "") for url in sites)


def test_some_ads_are_closed_and_some_name_a_salary(catalogue: Catalogue) -> None:
    assert 10 <= sum(job.expired for job in catalogue.jobs) <= 60
    paid = [job for job in catalogue.jobs if job.pay]
    assert 0.25 < len(paid) / len(catalogue.jobs) < 0.6
    assert all(job.pay and job.pay[0] < job.pay[1] for job in paid)


def test_siblings_share_an_employer_but_differ_in_level_or_city(catalogue: Catalogue) -> None:
    pairs = [
        (one, two)
        for one, two in zip(catalogue.jobs, catalogue.jobs[1:], strict=False)
        if (one.role, one.company) == (two.role, two.company)
    ]
    assert len([1 for one, two in pairs if one.place == two.place and one.level != two.level]) >= 20
    assert len([1 for one, two in pairs if one.place != two.place]) >= 20


def test_every_role_has_an_employer_in_each_of_its_places() -> None:
    for role in roles():
        for key in role.where:
            assert key in places(), (role.name, key)
            assert any(key in one.places and one.kind in role.at and role.language in one.what for one in companies()), (role.name, key)


def test_texts_are_complete_sentences_without_open_slots(catalogue: Catalogue) -> None:
    for job in catalogue.jobs:
        assert not re.search(r"\{\w+\}|None|\bnan\b", job.html), job.title
        assert len(job.html) > 200, job.title
        assert "{" not in job.title


@pytest.mark.parametrize(
    ("keywords", "location", "least"),
    [
        ("data engineer", "Berlin, Germany", 40),
        ("product manager", "Amsterdam, Netherlands", 15),
        ("nurse", "London, United Kingdom", 24),
        ("accountant", "", 25),
        ("software engineer", "", 25),
        ("teacher", "", 20),
    ],
)
def test_common_searches_give_dozens_of_results(catalogue: Catalogue, keywords: str, location: str, least: int) -> None:
    assert len(find(catalogue.listings["linkedin"], keywords, location)) >= least


def test_a_data_engineer_in_berlin_finds_enough_to_apply_for(catalogue: Catalogue) -> None:
    first = find(catalogue.listings["linkedin"], "data engineer", "Berlin, Germany")[:50]
    good = {
        one.job.reference
        for one in first
        if one.job.apply == "ats" and not one.job.expired and one.job.level in ("mid", "senior") and "data engineer" in one.title.lower()
    }
    assert len(good) >= 12


def test_searching_wants_all_words_and_puts_titles_first(catalogue: Catalogue) -> None:
    found = find(catalogue.listings["linkedin"], "Senior KAFKA", "")
    assert found
    assert all("kafka" in one.words[1] and "senior" in one.words[1] for one in found)
    hits = ["senior" in one.title.lower() for one in found]
    assert hits == sorted(hits, reverse=True)
    assert find(catalogue.listings["linkedin"], "data zebra", "") == []


@pytest.mark.parametrize(
    ("location", "expected", "unexpected"),
    [
        ("Berlin", {"Berlin", "Germany", "European Union"}, {"Hamburg"}),
        ("München", {"Munich"}, {"Berlin"}),
        ("Germany", {"Berlin", "Munich", "Germany"}, {"London"}),
        ("Remote", {"Germany", "United States"}, {"Berlin"}),
        ("New York, NY", {"New York", "United States"}, {"Germany", "Boston"}),
        ("European Union", {"Berlin", "Amsterdam"}, {"London"}),
        ("Atlantis", set(), {"Berlin"}),
    ],
)
def test_a_place_finds_its_city_its_country_and_what_can_be_done_from_there(
    catalogue: Catalogue, location: str, expected: set[str], unexpected: set[str]
) -> None:
    where = {one.job.place.city or one.job.place.country for one in find(catalogue.listings["linkedin"], "", location)}
    assert expected <= where
    assert not unexpected & where


def test_dates_lie_in_the_past_month(catalogue: Catalogue) -> None:
    ages = [catalogue.anchor - one.posted for ads in catalogue.listings.values() for one in ads]
    assert min(ages) > timedelta(0)
    assert max(ages) < timedelta(days=31)
    assert catalogue.anchor == datetime(2026, 11, 20, 12, tzinfo=UTC)
