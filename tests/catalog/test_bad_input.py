"""Bad input: bounded work, and an outcome with a name for each kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rolecall.boards.landing import land
from rolecall.catalog import aggregate, cluster, validate
from rolecall.catalog.cluster import MAX_DOUBTS
from rolecall.store import Connection
from tests.catalog.conftest import LONG, Land, jobs, posting, sources

NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("changed", "rules", "state"),
    [
        ({"company": ""}, {"no_company"}, "quarantined"),
        ({"title": "Engineer of " + "very " * 58 + "long titles"}, {"text_as_title"}, "quarantined"),
        ({"title": "Engineer of " + "very " * 40 + "long titles"}, {"long_title"}, "warned"),
        ({"title": "🚀🔥"}, {"no_title"}, "quarantined"),
        ({"title": "🚀 Data Engineer 🚀", "company": "Crumb™ 🥐"}, set(), "valid"),
        ({"title": "Data Engineer â€“ Platform", "location": "MÃ¼nchen"}, set(), "valid"),
        ({"title": "Инженер данных", "company": "ООО Крошка", "location": "Kyiv, Ukraine"}, set(), "valid"),
        (
            {"title": "データエンジニア", "company": "パン屋", "location": "東京", "description": "求人情報です。" * 60},
            {"unread_language"},
            "warned",
        ),
        ({"description": (LONG + " ") * 5_000}, set(), "valid"),
        ({"posted_at": NOW + timedelta(days=400)}, {"posted_in_future"}, "warned"),
        ({"posted_at": datetime(1970, 1, 1, tzinfo=UTC)}, {"stale"}, "warned"),
    ],
)
def test_each_kind_of_bad_input_has_its_outcome(db: Connection, landed: Land, changed: dict[str, Any], rules: set[str], state: str) -> None:
    landed(**changed)
    assert aggregate(db).jobs_new == 1
    validate(db, now=NOW)
    assert {row["rule"] for row in db.execute("select rule from quarantine")} == rules
    assert jobs(db)[0]["state"] == state


def test_dates_that_contradict_each_other_across_boards_are_no_ground_to_merge_and_the_earliest_counts(
    db: Connection, landed: Land
) -> None:
    landed(board="linkedin", posted_at=NOW)
    landed(board="indeed", external_id="2", posted_at=NOW - timedelta(days=40))
    landed(board="glassdoor", external_id="3", posted_at=datetime(1970, 1, 1, tzinfo=UTC), description=None)
    aggregate(db)
    found = {row["id"]: row["posted_at"] for row in jobs(db)}
    assert sorted(map(sorted, sources(db).values())) == [["glassdoor|3"], ["indeed|2", "linkedin|100"]]
    assert NOW - timedelta(days=40) in found.values()


def test_one_employer_with_hundreds_of_ads_of_one_name_is_placed_city_by_city_and_doubts_stay_bounded(db: Connection) -> None:
    ads = [
        posting(
            external_id=f"{city}-{copy}", location=f"Town{city}, Austria", description=f"{LONG} You work in Town{city}." if copy else None
        )
        for city in range(100)
        for copy in range(3)
    ]
    land(db, [*ads, posting(external_id="nowhere", location="")])
    aggregate(db)
    assert sorted(map(len, sources(db).values())) == [1, *[3] * 100]
    most = db.execute("select count(*) as n from possible_duplicate group by job_id order by 1 desc limit 1").fetchone()
    assert most is None or most["n"] <= MAX_DOUBTS


@pytest.mark.long
def test_one_company_with_twenty_thousand_ads_is_placed_in_bounded_memory() -> None:
    ads = [
        posting(
            external_id=str(number),
            title=f"Driver {'Night' if number % 2 else 'Day'}",
            location=f"Town{number % 4_000}, Austria",
            description=f"{LONG} You start from depot {number % 4_000}.",
        )
        for number in range(20_000)
    ]
    assert len(cluster(ads)) == 4_000


@pytest.mark.long
def test_ads_that_differ_in_nothing_but_their_texts_stay_openings_of_their_own() -> None:
    ads = [posting(external_id=str(number), description=f"{LONG} Depot {number} of many, and bay {number * 7}.") for number in range(5_000)]
    assert len(cluster(ads)) == 5_000
