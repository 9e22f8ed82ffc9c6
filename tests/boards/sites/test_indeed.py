"""Indeed: the page's JSON first, its HTML as fallback, the apps' answers as saved."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rolecall.boards import board, read
from rolecall.errors import LayoutChanged
from rolecall.models import SearchQuery

HERE = Path(__file__).parents[1] / "resources" / "indeed"
PAGE = (HERE / "search.html").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
INDEED = board("indeed")


def test_the_embedded_cards_are_read_without_tracking_estimates_or_minus_one() -> None:
    first, second = read("indeed", PAGE, fetched_at=NOW).postings
    assert first.url == "https://www.indeed.com/viewjob?jk=aa00000000000001"
    assert (first.title, first.company, first.location) == ("Beekeeper", "Hive & Works", "Boise, ID 83701")
    assert (first.city, first.region, first.country, first.remote) == ("Boise", "ID", "United States", None)
    assert first.posted_at == datetime(2026, 2, 20, tzinfo=UTC)
    assert (first.salary_min, first.salary_max, first.salary_currency, first.salary_interval) == (21.5, None, "USD", "hour")
    assert (first.employment_type, first.apply_kind, first.expired) == ("full-time", "onsite", False)
    assert (second.remote, second.posted_at, second.salary_min, second.employment_type, second.expired) == (
        "hybrid",
        None,
        None,
        None,
        True,
    )


def test_without_the_json_the_html_gives_the_same_cards() -> None:
    dom = read("indeed", PAGE.replace('mosaic-provider-jobcards"]', 'renamed"]'), fetched_at=NOW).postings
    both = zip(dom, read("indeed", PAGE, fetched_at=NOW).postings, strict=True)
    assert all(
        (one.external_id, one.url, one.title, one.company, one.location) == (two.external_id, two.url, two.title, two.company, two.location)
        for one, two in both
    )
    assert (dom[0].salary_min, dom[0].salary_interval, dom[0].city) == (21.5, "hour", "Boise")


def test_a_page_cut_off_in_its_json_falls_back_and_one_cut_in_a_card_refuses_that_card() -> None:
    assert len(read("indeed", PAGE[: PAGE.index('"Queen Breeder","title"')]).postings) == 1
    found = read("indeed", PAGE[: PAGE.index("Sweet To") + 5])
    assert ([one.title for one in found.postings], found.rejects[0].reason) == (["Beekeeper"], "the page is cut off inside this card")


def test_a_bad_card_among_the_json_does_not_stop_the_rest() -> None:
    found = read("indeed", PAGE.replace('"jobkey":"aa00000000000001"', '"jobkey":null'))
    assert ([one.title for one in found.postings], len(found.rejects)) == (["Queen Breeder"], 1)


def test_the_apps_answer_is_read() -> None:
    found = read("indeed", (HERE / "app.json").read_bytes(), fetched_at=NOW)
    first, second = found.postings
    assert (first.company, first.country, first.remote, first.description) == ("Hive & Works", "United States", "hybrid", "Keep bees.")
    assert (first.salary_min, first.salary_max, first.salary_interval, first.apply_url) == (
        50000,
        None,
        "year",
        "https://hive.example/jobs/1",
    )
    assert (second.company, second.location, second.description) == ("Sweet Tooth", "", None)
    assert "job key" in found.rejects[0].reason


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ('<div class="jobsearch-NoResult-messageContainer">', "EmptyResult"),
        (PAGE.replace("job_seen_beacon", "x").replace('mosaic-provider-jobcards"]', 'y"]'), "LayoutChanged"),
        ('<a href="https://secure.indeed.com/auth?x">Sign in</a>', "LoginWall"),
        ("<title>Just a moment...</title>", "Blocked"),
        ("<h1>Career advice</h1>", "NotAResultsPage"),
        ('{"data": {"jobSearch": {"results": []}}}', "EmptyResult"),
        ('{"errors": [{"message": "x"}]}', "LayoutChanged"),
        ('{"data": ', "NotAResultsPage"),
        ("", "NotAResultsPage"),
    ],
)
def test_other_pages_are_named(text: str, outcome: str) -> None:
    assert read("indeed", text).outcome == outcome


def test_a_posting_page_gives_the_full_text() -> None:
    found = INDEED.detail((HERE / "viewjob.html").read_bytes(), fetched_at=NOW)
    assert (found.external_id, found.description, found.employment_type) == ("aa00000000000001", "Keep bees.\n- Forty hives", "full-time")
    with pytest.raises(LayoutChanged):
        INDEED.detail(PAGE)


def test_the_search_counts_in_tens_and_ends() -> None:
    query = SearchQuery(keywords="bees", location="Boise, ID")
    request = INDEED.search(query, base_url="http://127.0.0.1:1/indeed", seen=15, number=1)
    assert request is not None
    assert request.url == "http://127.0.0.1:1/indeed/jobs?q=bees&l=Boise%2C+ID&start=10"
    assert INDEED.search(query, seen=990, number=100) is None
