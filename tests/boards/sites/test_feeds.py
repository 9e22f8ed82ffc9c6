"""Boards with an interface of their own: every field where it belongs, nothing guessed, every odd answer named."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from rolecall.boards import BOARDS, board, read
from rolecall.boards.scrape import scrape
from rolecall.boards.sites.ashby import pay as ashby_pay
from rolecall.boards.sites.greenhouse import pay as greenhouse_pay
from rolecall.errors import InvalidInput, RolecallError
from rolecall.models import SearchQuery
from rolecall.store import connect
from rolecall.text.money import Salary

HERE = Path(__file__).parents[1] / "resources" / "feeds"
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
COMPANY = SearchQuery(company="hive works", keywords="bees & honey", location="Graz, Austria", max_results=20)

FIRST: dict[str, dict[str, Any]] = {
    "greenhouse": {
        "external_id": "4001", "company": "Hive & Works", "city": "Boise", "country": "United States", "description": "Keep bees.",
        "posted_at": datetime(2026, 2, 20, 14, tzinfo=UTC), "apply_url": "https://boards.greenhouse.io/hive/jobs/4001",
    },
    "lever": {
        "company": "hive works", "city": "Maribor", "country": "Slovenia", "remote": "hybrid", "employment_type": "full-time",
        "description": "We keep bees.\n\nYou will\n- Look after hives\n\nApply!", "salary_min": 30000, "salary_interval": "year",
        "posted_at": datetime(2026, 2, 20, 8, tzinfo=UTC),
    },
    "ashby": {
        "company": "hive works", "city": "Maribor", "region": "Podravska", "country": "Slovenia", "remote": "remote", "salary_max": 2900,
        "salary_interval": "month", "employment_type": "full-time", "description": "Keep bees.",
    },
    "smartrecruiters": {
        "url": "https://jobs.smartrecruiters.com/HiveWorks/744000000000001", "company": "Hive & Works", "remote": "hybrid",
        "location": "Maribor, Podravska, Slovenia", "seniority": "Mid-Senior Level", "description": None,
    },
    "workable": {
        "external_id": "AB12CD34EF", "company": "Hive & Works", "remote": "onsite", "location": "Maribor, Podravska, Slovenia",
        "seniority": "Associate", "posted_at": datetime(2026, 2, 20, tzinfo=UTC),
    },
    "remoteok": {
        "title": "Beekeeper & Driver", "company": "Hive & Works", "description": "We don’t sting.\nR&D too.", "remote": "remote",
        "salary_min": 50000, "salary_max": None, "salary_currency": "USD",
    },
    "weworkremotely": {
        "external_id": "hive-beekeeper", "url": "https://weworkremotely.com/remote-jobs/hive-beekeeper", "company": "Hive & Works",
        "title": "Beekeeper: Senior", "country": "Austria", "remote": "remote", "employment_type": "full-time", "description": "Keep bees.",
    },
    "adzuna": {
        "title": "Beekeeper & Driver", "url": "https://www.adzuna.at/land/ad/129698749", "country": "Austria", "salary_min": 30000,
        "salary_currency": "EUR", "employment_type": "full-time",
    },
    "themuse": {
        "external_id": "555001", "city": "Portland", "region": "OR", "remote": None, "seniority": "Mid Level",
        "location": "Portland, OR; Flexible / Remote",
    },
    "usajobs": {
        "url": "https://www.usajobs.gov/GetJob/ViewDetails/800000001", "city": "Boise", "region": "Idaho", "country": "United States",
        "salary_min": 49025, "salary_interval": "year", "expired": True, "description": "Keep bees.\n- Forty hives\n\nA <veil>.",
    },
    "arbeitnow": {
        "external_id": "beekeeper-hive-1", "remote": "remote", "employment_type": "full-time", "country": "Austria",
        "posted_at": datetime(2026, 2, 20, 8, tzinfo=UTC),
    },
    "reed": {  # as published, like Jooble: no recorded answer
        "external_id": "55001001", "url": "https://www.reed.co.uk/jobs/beekeeper-driver/55001001", "title": "Beekeeper & Driver",
        "company": "Hive & Works", "city": "Leeds", "country": "United Kingdom", "posted_at": datetime(2026, 2, 20, tzinfo=UTC),
        "salary_min": None, "expired": False, "description": None,
    },
    "jooble": {
        "external_id": "-4871201456001", "url": "https://jooble.org/desc/-4871201456001", "title": "Beekeeper & Driver", "city": "Graz",
        "country": "Austria", "salary_min": 2400, "salary_interval": "month", "employment_type": "full-time",
        "posted_at": datetime(2026, 2, 20, 8, tzinfo=UTC),
    },
    "francetravail": {  # as documented, likewise
        "external_id": "187ABCD", "title": "Beekeeper & Driver (H/F)", "company": "Hive & Works", "city": "Marseille", "country": "France",
        "url": "https://candidat.francetravail.fr/offres/recherche/detail/187ABCD", "description": "Keep bees.\nDrive.", "salary_min": 2000,
        "salary_max": 2500, "salary_currency": "EUR", "salary_interval": "month", "employment_type": "full-time",
        "posted_at": datetime(2026, 2, 20, 8, tzinfo=UTC), "apply_url": "https://hive.example/apply/1",
    },
    "remotive": {
        "external_id": "1900001", "country": "Austria", "employment_type": "full-time", "salary_min": 40000, "salary_currency": "EUR",
    },
}  # fmt: skip
"""What the first posting of each fixture must say."""

SECOND: dict[str, dict[str, Any]] = {
    "greenhouse": {"title": "Queen Breeder", "company": "hive works", "location": "", "posted_at": None, "description": None},
    "lever": {"remote": None, "posted_at": None, "salary_min": None, "description": None},
    "ashby": {
        "remote": None,
        "salary_min": None,
        "posted_at": None,
        "employment_type": "internship",
        "location": "Hybrid - Ptuj; Celje",
    },
    "remoteok": {"company": "", "posted_at": None, "description": "â"},
    "adzuna": {"company": "", "salary_min": None, "posted_at": None},
    "themuse": {"remote": "remote", "city": None, "employment_type": "internship", "seniority": None},
    "usajobs": {"salary_min": None, "salary_interval": None, "location": "", "expired": False},
    "arbeitnow": {"remote": None, "posted_at": None, "company": ""},
    "reed": {"company": "", "location": "", "posted_at": None, "expired": True},
    "jooble": {"company": "", "location": "", "posted_at": None, "salary_min": None, "employment_type": None, "description": None},
    "francetravail": {
        "company": "",
        "city": None,
        "posted_at": None,
        "salary_min": None,
        "employment_type": None,
        "description": None,
        "apply_url": None,
    },
    "remotive": {"country": None, "employment_type": None, "salary_min": None, "description": None},
}
"""What the second one, which leaves things out, must not say."""

REJECTED = {
    "reed": 1,
    "jooble": 1,
    "francetravail": 1,
    "greenhouse": 1,
    "lever": 1,
    "ashby": 1,
    "smartrecruiters": 1,
    "workable": 1,
    "remoteok": 1,
    "weworkremotely": 2,
}


def fixture(name: str) -> str:
    file = HERE / f"{name}.{'rss' if name == 'weworkremotely' else 'json'}"
    return file.read_text(encoding="utf-8")


def address(name: str) -> str:
    if name == "adzuna":
        return "https://api.adzuna.com/v1/api/jobs/at/search/1"
    request = board(name).search(COMPANY) if not board(name).wants_credential else None
    return request.url if request else ""


@pytest.mark.parametrize("name", FIRST)
def test_a_complete_posting_is_read_completely(name: str) -> None:
    page = read(name, fixture(name), url=address(name), fetched_at=NOW)
    assert page.outcome == "ok", page.note
    first = page.postings[0]
    assert {field: getattr(first, field) for field in FIRST[name]} == FIRST[name]
    assert first.title.startswith("Beekeeper")
    assert first.url.startswith("https://")
    assert len(page.rejects) == REJECTED.get(name, 0)


@pytest.mark.parametrize("name", SECOND)
def test_what_a_posting_leaves_out_stays_unknown(name: str) -> None:
    second = read(name, fixture(name), url=address(name), fetched_at=NOW).postings[1]
    assert {field: getattr(second, field) for field in SECOND[name]} == SECOND[name]


@pytest.mark.parametrize("name", FIRST)
@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", "NotAResultsPage"),
        ("<html><title>Just a moment...</title></html>", "Blocked"),
        ("<html><h1>Maintenance</h1></html>", "NotAResultsPage"),
        ("[" * 200_000, "NotAResultsPage"),
    ],
)
def test_an_answer_that_is_none_is_named(name: str, text: str, outcome: str) -> None:
    page = read(name, text)
    assert page.outcome in {outcome, "LayoutChanged"} if name == "weworkremotely" else page.outcome == outcome


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("greenhouse", '{"jobs": []}'), ("lever", "[]"), ("ashby", '{"jobs": []}'), ("smartrecruiters", '{"content": []}'),
        ("workable", "{\"jobs\": []}"),
        ("remoteok", "[{\"legal\": \"x\"}]"),
        ("weworkremotely", "<rss><channel><title>x</title></channel></rss>"),
        ("adzuna", '{"results": []}'), ("themuse", '{"results": []}'), ("usajobs", '{"SearchResult": {"SearchResultItems": []}}'),
        ("reed", '{"results": []}'), ("jooble", '{"jobs": []}'), ("francetravail", '{"resultats": []}'),
        ("arbeitnow", '{"data": []}'), ("remotive", '{"jobs": []}'),
    ],
)  # fmt: skip
def test_an_empty_list_is_a_true_no_jobs_and_a_missing_one_a_changed_layout(name: str, text: str) -> None:
    assert read(name, text).outcome == "EmptyResult"
    changed = "<rss/>" if text.startswith("<") else '{"renamed": null}'
    assert read(name, changed).outcome == "LayoutChanged"


def test_a_feed_that_declares_entities_is_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
    assert read("weworkremotely", bomb).outcome == "NotAResultsPage"


@pytest.mark.parametrize("name", ["greenhouse", "lever", "ashby", "smartrecruiters", "workable"])
def test_a_board_per_employer_must_be_told_which(name: str) -> None:
    request = board(name).search(COMPANY, base_url="http://127.0.0.1:1/x")
    assert request is not None
    assert request.url.startswith("http://127.0.0.1:1/x/")
    assert "hive%20works" in request.url
    with pytest.raises(InvalidInput, match="company"):
        board(name).search(SearchQuery(keywords="bees"))


def test_keys_go_over_the_wire_only_and_a_missing_key_says_which() -> None:
    for name in ("adzuna", "usajobs"):
        with pytest.raises(InvalidInput, match=f"{name.upper()}_"):
            board(name).search(COMPANY)
        with pytest.raises(InvalidInput, match=f"{name.upper()}_"):
            board(name).with_credential("", "s3cr3t").search(COMPANY)
    keyed = {name: board(name).with_credential("who", "s3cr3t") for name in ("adzuna", "usajobs")}
    adzuna, usajobs = keyed["adzuna"].search(COMPANY), keyed["usajobs"].search(COMPANY)
    assert board("adzuna").credential == ("", "")
    assert adzuna is not None
    assert usajobs is not None
    assert adzuna.url.startswith("https://api.adzuna.com/v1/api/jobs/at/search/1?what=bees+%26+honey&where=Graz")
    assert adzuna.wire_url.endswith("app_id=who&app_key=s3cr3t")
    assert (usajobs.headers["User-Agent"], usajobs.headers["Authorization-Key"]) == ("who", "s3cr3t")
    assert "s3cr3t" not in f"{adzuna!r}{usajobs!r}{adzuna.url}{usajobs.url}"
    with pytest.raises(InvalidInput, match="location"):
        keyed["adzuna"].search(SearchQuery(keywords="bees", location="Georgia"))


def test_a_key_alone_is_enough_where_a_board_wants_no_login() -> None:
    for name in ("reed", "jooble"):
        with pytest.raises(InvalidInput, match=f"{name.upper()}_API_KEY"):
            board(name).search(COMPANY)
    reed = board("reed").with_credential("", "s3cr3t")
    asked = reed.search(SearchQuery(keywords="bees", location="Leeds", radius=20, contract="part-time"))
    jooble = board("jooble").with_credential("", "s3cr3t").search(SearchQuery(keywords="bees", location="Graz", radius=20))
    assert asked is not None
    assert jooble is not None
    wanted = "keywords=bees&locationName=Leeds&resultsToTake=100&resultsToSkip=0&distanceFromLocation=13&partTime=true"
    assert asked.url == f"https://www.reed.co.uk/api/1.0/search?{wanted}"
    assert asked.headers["Authorization"] == "Basic czNjcjN0Og=="
    assert (jooble.url, jooble.wire_url) == ("https://jooble.org/api/", "https://jooble.org/api/s3cr3t")
    assert jooble.json == {"keywords": "bees", "location": "Graz", "page": "1", "ResultOnPage": "50", "radius": "26"}
    assert "s3cr3t" not in f"{asked!r}{jooble!r}"
    assert [reed.serves(SearchQuery(keywords="x", location=place)) for place in ("Leeds, United Kingdom", "", "Graz, Austria")] == [
        True, True, False,
    ]  # fmt: skip


def test_france_travail_wants_a_token_first_and_neither_it_nor_the_secret_is_shown() -> None:
    with pytest.raises(InvalidInput, match="FRANCETRAVAIL_CLIENT_ID"):
        board("francetravail").with_credential("", "s3cr3t").token_request()
    keyed = board("francetravail").with_credential("who", "s3cr3t")
    login = keyed.token_request()
    assert login is not None
    assert login.posts
    assert login.url == "https://entreprise.francetravail.fr/connexion/oauth2/access_token?realm=%2Fpartenaire"
    assert login.form == {
        "grant_type": "client_credentials", "scope": "api_offresdemploiv2 o2dsoffre", "client_id": "who", "client_secret": "s3cr3t",
    }  # fmt: skip
    query = SearchQuery(keywords="bees, honey", max_age_days=5, contract="part-time")
    asked = keyed.with_credential("who", "s3cr3t", token="t0k3n").search(query, seen=150, number=1)
    assert asked is not None
    wanted = "motsCles=bees++honey&sort=1&range=150-299&publieeDepuis=7&tempsPlein=false"
    assert asked.url == f"https://api.francetravail.io/partenaire/offresdemploi/v2/offres/search?{wanted}"
    assert asked.headers["Authorization"] == "Bearer t0k3n"
    assert "s3cr3t" not in f"{login!r}{asked!r}"
    assert "t0k3n" not in repr(asked)
    assert keyed.search(query, seen=1_050, number=7) is None
    assert [keyed.serves(SearchQuery(keywords="x", location=place)) for place in ("Lyon, France", "", "Graz, Austria")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("status", "login", "outcome"),
    [
        (200, '{"access_token": "t0k3n", "expires_in": 1499}', "ok"),
        (204, '{"access_token": "t0k3n"}', "EmptyResult"),
        (200, '{"error": "invalid_client"}', "LoginWall"),
        (200, "[]", "LayoutChanged"),
        (200, "", "LayoutChanged"),
    ],
)
def test_a_token_is_exchanged_for_and_what_goes_wrong_there_has_a_name(dsn: str, status: int, login: str, outcome: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/connexion/"):
            assert b"client_secret=s3cr3t" in request.content
            return httpx.Response(400 if "error" in login else 200, text=login)
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        assert request.headers["authorization"] == "Bearer t0k3n"
        return httpx.Response(status, text=fixture("francetravail") if status == 200 else "")

    def search() -> str:
        asked = scrape(
            "francetravail", SearchQuery(keywords="bees"), dsn=dsn, run_id="r", base_url="http://127.0.0.1:1", credential=("who", "s3cr3t"),
            transport=httpx.MockTransport(answer),
        )  # fmt: skip
        try:
            return asyncio.run(asked).outcome
        except RolecallError as error:
            return type(error).__name__

    assert search() == outcome
    with connect(dsn) as conn:
        kept = str(conn.execute("select * from board_answer").fetchall()) + str(conn.execute("select * from board_run").fetchall())
    assert "t0k3n" not in kept
    assert "s3cr3t" not in kept


def test_reed_gives_the_full_text_and_what_pay_is_for_with_the_posting() -> None:
    request = board("reed").with_credential("", "k").detail_request("55001001", "https://www.reed.co.uk/jobs/x/55001001")
    assert request is not None
    found = board("reed").detail(fixture("reed_detail"), url=request.url, fetched_at=NOW)
    assert (found.description, found.employment_type) == ("Keep bees.\n- Forty hives", "part-time")
    assert (found.salary_min, found.salary_max, found.salary_currency, found.salary_interval) == (14.5, 16, "GBP", "hour")
    assert (found.apply_url, found.apply_kind) == ("https://hive.example/apply/7", "external")


def test_smartrecruiters_gives_the_full_text_on_the_postings_own_address() -> None:
    smart = board("smartrecruiters")
    request = smart.detail_request("744000000000001", "https://jobs.smartrecruiters.com/HiveWorks/744000000000001")
    assert request is not None
    assert request.url == "https://api.smartrecruiters.com/v1/companies/HiveWorks/postings/744000000000001"
    found = smart.detail(fixture("smartrecruiters_detail"), url=request.url)
    assert found.description == "Company\n\nWe keep bees.\n\nJob\n- Forty hives"
    assert found.apply_url is not None


def test_every_board_says_what_it_is() -> None:
    for name, one in BOARDS.items():
        module = __import__(type(one).__module__, fromlist=["x"])
        assert name == one.name
        assert len(module.__doc__ or "") > 200, name
        assert one.title
        assert one.hosts or name == "jsonld"
        assert one.seconds_per_request >= 1


def test_pay_ranges_of_greenhouse_are_one_from_the_lowest_to_the_highest() -> None:
    ranges = [
        {"min_cents": 9000000, "max_cents": 11000000, "currency_type": "USD"},
        {"min_cents": 10500000, "max_cents": 13000000, "currency_type": "USD"},
    ]
    assert greenhouse_pay(ranges) == Salary(90000, 130000, "USD", "year")
    assert greenhouse_pay([{"min_cents": 2150, "max_cents": 2600, "currency_type": "CAD"}]) == Salary(21.5, 26, "CAD", "hour")
    assert greenhouse_pay([*ranges, {"min_cents": 1, "max_cents": 2, "currency_type": "EUR"}]) == greenhouse_pay([]) == Salary()


def test_tiers_of_ashby_are_one_range_where_they_are_in_one_currency() -> None:
    def tier(low: int, high: int, currency: str = "USD") -> dict[str, Any]:
        part = {"compensationType": "Salary", "interval": "1 YEAR", "currencyCode": currency, "minValue": low, "maxValue": high}
        return {"components": [part, {"compensationType": "EquityPercentage"}]}

    assert ashby_pay({"compensationTiers": [tier(90000, 110000), tier(100000, 130000)]}) == Salary(90000, 130000, "USD", "year")
    assert ashby_pay({"compensationTiers": [tier(90000, 110000), tier(80000, 90000, "EUR")]}) == Salary()


def test_every_location_of_a_lever_posting_is_a_place() -> None:
    job = {"id": "1", "text": "Cook", "hostedUrl": "https://jobs.lever.co/hive/1", "country": "CA",
           "categories": {"location": "Toronto", "allLocations": ["Toronto", "Remote - Ontario"]}}  # fmt: skip
    [found] = read("lever", json.dumps([job]), url="https://api.lever.co/v0/postings/hive?mode=json").postings
    assert [(one.city, one.region, one.remote) for one in found.places] == [("Toronto", "ON", None), (None, "ON", "remote")]
    assert (found.city, found.location) == ("Toronto", "Toronto; Remote - Ontario")
