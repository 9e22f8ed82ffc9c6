"""Boards that an employer has on a sub-domain of its own: every field where it belongs, nothing guessed, every odd answer named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rolecall.boards import BOARDS, board, identify, read
from rolecall.boards.employers.addresses import READABLE
from rolecall.errors import InvalidInput, LayoutChanged
from rolecall.models import JobPosting, SearchQuery
from tests.boards.mutations import ADDRESSES

HERE = Path(__file__).parents[1] / "resources" / "feeds"
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
POSTED = datetime(2026, 2, 20, 14, tzinfo=UTC)
DAY = datetime(2026, 2, 20, tzinfo=UTC)
PLACE = {"city": "Maribor", "region": "Podravska", "country": "Slovenia"}
FILES = {"personio": "personio.xml", "teamtailor": "teamtailor.rss"}

COMPANIES = {
    **dict.fromkeys(("recruitee", "personio", "teamtailor", "bamboohr", "breezy"), "hive-works"),
    "workday": "hive-works.wd5/External",
}
REQUESTS = {
    "recruitee": "https://hive-works.recruitee.com/api/offers/",
    "personio": "https://hive-works.jobs.personio.de/xml",
    "teamtailor": "https://hive-works.teamtailor.com/jobs.rss?per_page=200",
    "bamboohr": "https://hive-works.bamboohr.com/careers/list",
    "breezy": "https://hive-works.breezy.hr/json?verbose=true",
    "workday": "https://hive-works.wd5.myworkdayjobs.com/wday/cxs/hive-works/External/jobs",
}

FIRST: dict[str, dict[str, Any]] = {
    "recruitee": {
        **PLACE, "external_id": "1300001", "url": "https://hive-works.recruitee.com/o/beekeeper", "company": "Hive & Works",
        "location": "Maribor, Podravska, Slovenia", "remote": "hybrid", "posted_at": POSTED, "description": "Keep bees.\n- Forty hives",
        "salary_min": 2400, "salary_max": 2900.5, "salary_currency": "EUR", "salary_interval": "month", "employment_type": "full-time",
        "seniority": "mid level", "apply_url": "https://hive-works.recruitee.com/o/beekeeper/c/new",
    },
    "personio": {
        **PLACE, "external_id": "910001", "url": "https://hive-works.jobs.personio.de/job/910001", "company": "Hive & Works d.o.o.",
        "posted_at": POSTED, "description": "Your tasks\n\nKeep bees.", "employment_type": "full-time", "seniority": "experienced",
        "remote": None,
    },
    "teamtailor": {
        "external_id": "5b0c6a52-0000-4000-8000-000000000001", "url": "https://work.hive.example/jobs/810001-beekeeper",
        "company": "Hive & Works", "city": "Maribor", "country": "Slovenia", "location": "Maribor, Slovenia", "remote": "hybrid",
        "posted_at": POSTED, "description": "Keep bees.", "apply_url": "https://work.hive.example/jobs/810001-beekeeper/applications/new",
    },
    "bamboohr": {
        **PLACE, "external_id": "hive-works/31", "url": "https://hive-works.bamboohr.com/careers/31", "company": "hive-works",
        "location": "Maribor, Podravska, Slovenia", "remote": "hybrid", "employment_type": "full-time", "posted_at": None,
        "description": None,
    },
    "breezy": {
        **PLACE, "external_id": "ad0e10aa0001", "url": "https://hive-works.breezy.hr/p/ad0e10aa0001-beekeeper", "company": "Hive & Works",
        "location": "Maribor, SI", "remote": None, "posted_at": POSTED, "description": "Keep bees.", "salary_min": 2400,
        "salary_max": 2900, "salary_currency": "EUR", "salary_interval": "month", "employment_type": "full-time",
    },
    "workday": {
        **PLACE, "external_id": "hive-works/R-1001", "url": "https://hive-works.wd5.myworkdayjobs.com/External/job/Maribor/Beekeeper_R-1001",
        "company": "", "remote": "hybrid", "posted_at": DAY, "description": None,
    },
}  # fmt: skip
"""What the first posting of each fixture must say."""

NOTHING = {"posted_at": None, "salary_min": None, "description": None}
SECOND: dict[str, dict[str, Any]] = {
    "recruitee": {
        **NOTHING,
        "company": "hive-works",
        "city": None,
        "country": None,
        "remote": None,
        "location": "",
        "employment_type": None,
    },
    "personio": {**NOTHING, "company": "hive-works", "location": "Ptuj; Celje", "employment_type": "part-time"},
    "teamtailor": {**NOTHING, "location": "Graz, Austria; Yard 2", "remote": None},
    "bamboohr": {**NOTHING, "location": "", "city": None, "remote": "remote", "employment_type": None},
    "breezy": {**NOTHING, "company": "hive-works", "country": None, "remote": "remote", "location": "Anywhere", "employment_type": None},
    "workday": {**NOTHING, "external_id": "hive-works/R-1002-1", "location": "", "country": None},
}
"""What the second one, which leaves things out, must not say."""


def fixture(name: str) -> str:
    return (HERE / FILES.get(name, f"{name}.json")).read_text(encoding="utf-8")


def postings(name: str) -> list[JobPosting]:
    page = read(name, fixture(name), url=REQUESTS[name], fetched_at=NOW)
    assert page.outcome == "ok", page.note
    assert len(page.rejects) == 1
    return page.postings


@pytest.mark.parametrize("name", COMPANIES)
def test_the_request_is_the_documented_one_and_there_is_no_second(name: str) -> None:
    query = SearchQuery(company=COMPANIES[name])
    request = board(name).search(query)
    assert request is not None
    assert request.url == REQUESTS[name]
    assert board(name).owns(request.url)
    assert board(name).search(query, seen=3, number=1) is None


@pytest.mark.parametrize("name", COMPANIES)
def test_a_complete_posting_is_read_completely(name: str) -> None:
    first = postings(name)[0]
    assert {field: getattr(first, field) for field in FIRST[name]} == FIRST[name]
    assert first.title == "Beekeeper"


@pytest.mark.parametrize("name", COMPANIES)
def test_what_a_posting_leaves_out_stays_unknown(name: str) -> None:
    second = postings(name)[1]
    assert {field: getattr(second, field) for field in SECOND[name]} == SECOND[name]


@pytest.mark.parametrize("name", COMPANIES)
def test_a_posting_leads_back_to_its_employer(name: str) -> None:
    last = postings(name)[1]
    found = identify(last.url)
    assert found is not None
    assert (found.system, found.slug) == (name, "hive-works")


@pytest.mark.parametrize("name", COMPANIES)
def test_a_stand_in_is_asked_in_the_boards_place_and_its_postings_are_the_boards(name: str) -> None:
    request = board(name).search(SearchQuery(company=COMPANIES[name]), base_url="http://127.0.0.1:1/x/")
    assert request is not None
    assert request.url.startswith("http://127.0.0.1:1/x/hive-works")
    page = read(name, fixture(name), url=request.url, fetched_at=NOW)
    assert [one.url for one in page.postings] == [one.url for one in postings(name)]
    assert [one.external_id for one in page.postings] == [one.external_id for one in postings(name)]


@pytest.mark.parametrize("name", COMPANIES)
@pytest.mark.parametrize("company", ["", "hive works", "evil.example/x", "a@b", "../x"])
def test_a_company_that_can_be_none_is_refused_before_anybody_is_asked(name: str, company: str) -> None:
    with pytest.raises(InvalidInput, match="company"):
        board(name).search(SearchQuery(company=company))


@pytest.mark.parametrize("name", COMPANIES)
@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("", {"NotAResultsPage", "LayoutChanged"}),
        ("<html><title>Just a moment...</title></html>", {"Blocked", "LayoutChanged"}),
        ("<html><h1>Maintenance</h1></html>", {"NotAResultsPage", "LayoutChanged"}),
        ("[" * 200_000, {"NotAResultsPage"}),
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><rss><channel>&a;</channel></rss>', {"NotAResultsPage"}),
        ('{"renamed": null}', {"LayoutChanged", "NotAResultsPage"}),
    ],
)
def test_an_answer_that_is_none_is_named(name: str, text: str, outcomes: set[str]) -> None:
    page = read(name, text, url=REQUESTS[name])
    assert page.outcome in outcomes
    assert page.note


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("recruitee", '{"offers": []}'), ("personio", "<workzag-jobs/>"), ("teamtailor", "<rss><channel><title>x</title></channel></rss>"),
        ("bamboohr", '{"result": []}'), ("breezy", "[]"), ("workday", '{"total": 0, "jobPostings": []}'),
    ],
)  # fmt: skip
def test_an_empty_list_is_a_true_no_jobs(name: str, text: str) -> None:
    assert read(name, text, url=REQUESTS[name]).outcome == "EmptyResult"


@pytest.mark.parametrize("name", ["bamboohr", "workday"])
def test_the_full_text_is_on_an_address_of_its_own(name: str) -> None:
    card = postings(name)[0]
    request = board(name).detail_request(card.external_id, card.url)
    assert request is not None
    assert request.url == ADDRESSES[(name, True)]
    found = board(name).detail((HERE / f"{name}_detail.json").read_text(), url=request.url, fetched_at=NOW)
    assert (found.external_id, found.url, found.description) == (card.external_id, card.url, "Keep bees.")
    assert (found.posted_at, found.expired, found.employment_type) == (DAY, False, "full-time")
    assert found.apply_url is not None
    with pytest.raises(LayoutChanged):
        board(name).detail('{"renamed": 1}', url=request.url, fetched_at=NOW)
    inside = board(name).detail_request(card.external_id, card.url, base_url="http://127.0.0.1:1/x")
    assert inside is not None
    again = board(name).detail((HERE / f"{name}_detail.json").read_text(), url=inside.url, fetched_at=NOW)
    assert (again.external_id, again.url) == (card.external_id, card.url)


def test_bamboohr_reads_pay_and_workday_the_employers_name_off_the_posting_itself() -> None:
    bamboo = board("bamboohr").detail((HERE / "bamboohr_detail.json").read_text(), url=ADDRESSES[("bamboohr", True)], fetched_at=NOW)
    assert (bamboo.salary_min, bamboo.salary_max, bamboo.salary_currency, bamboo.seniority) == (2400, 2900, "EUR", "Experienced")
    workday = board("workday").detail((HERE / "workday_detail.json").read_text(), url=ADDRESSES[("workday", True)], fetched_at=NOW)
    assert (workday.company, workday.location) == ("Hive & Works", "Maribor, Podravska, Slovenia")


def test_workday_is_asked_page_by_page() -> None:
    query = SearchQuery(company="hive-works.wd5/External", keywords="bees", max_results=60)
    first, second = (board("workday").search(query, seen=20 * number, number=number) for number in (0, 1))
    assert first is not None
    assert second is not None
    assert (first.json or {})["searchText"] == "bees"
    assert [(one.json or {})["offset"] for one in (first, second)] == [0, 20]


def test_an_employers_region_leads_to_where_its_board_is_kept() -> None:
    urls = {
        name: board(name).search(SearchQuery(company=company))
        for name, company in (("lever", "eu/hive"), ("personio", "hive.com"), ("teamtailor", "hive.na"))
    }
    assert {name: request.url.split("/")[2] for name, request in urls.items() if request} == {
        "lever": "api.eu.lever.co", "personio": "hive.jobs.personio.com", "teamtailor": "hive.na.teamtailor.com",
    }  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        "https://boards.greenhouse.io/hive", "https://jobs.eu.lever.co/hive", "https://jobs.ashbyhq.com/hive%20works", "https://apply.workable.com/hive",
        "https://jobs.smartrecruiters.com/Hive", "https://hive.recruitee.com", "https://hive.jobs.personio.com", "https://hive.career.teamtailor.com",
        "https://hive.bamboohr.com/careers", "https://hive.breezy.hr", "https://hive.wd5.myworkdayjobs.com/en-US/External",
    ],
)  # fmt: skip
def test_whoever_is_identified_and_readable_can_be_asked(address: str) -> None:
    found = identify(address)
    assert found is not None
    assert found.system in READABLE
    request = BOARDS[found.system].search(SearchQuery(company=found.company))
    assert request is not None
    assert BOARDS[found.system].owns(request.url)
    assert "hive" in request.url.lower()


@pytest.mark.parametrize("name", [name for name in REQUESTS if BOARDS[name].on_own_hosts])
def test_a_board_on_a_host_of_the_employers_is_asked_there_and_below_a_stand_in_with_it_on(name: str) -> None:
    for host in ("jobs.hive.example", "jobs.hive.com"):
        query = SearchQuery(company=f"https://{host}")
        request, behind = board(name).search(query), board(name).search(query, base_url="http://127.0.0.1:9")
        assert request is not None
        assert behind is not None
        path = REQUESTS[name].partition("hive-works")[2].partition("/")[2]
        assert request.url == f"https://{host}/{path}"
        assert behind.url == f"http://127.0.0.1:9/https%3A%2F%2F{host}/{path}"
    for odd in (
        "https://10.0.0.8",
        "https://jobs.hive.example:8443",
        "https://jobs.hive.example/x",
        "https://localhost",
        "http://a.example",
    ):
        with pytest.raises(InvalidInput, match="sub-domain"):
            board(name).search(SearchQuery(company=odd))


def test_what_a_feed_on_an_own_host_leaves_out_is_the_hosts_name() -> None:
    text = (HERE / "personio.xml").read_text(encoding="utf-8")
    for url in ("https://jobs.hive.example/xml", "http://127.0.0.1:9/https%3A%2F%2Fjobs.hive.example/xml"):
        assert read("personio", text, url=url, fetched_at=NOW).postings[0].url.startswith("https://jobs.hive.example/job/")
