"""Glassdoor: jobview payloads first, the cards in any language as fallback, the logged-out page by name."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rolecall.boards import board, read

HERE = Path(__file__).parents[1] / "resources" / "glassdoor"
PAGE = (HERE / "search_fr.html").read_text(encoding="utf-8")
VIEWS = (HERE / "jobview.json").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def streamed(views: str) -> str:
    """The views as the page's React stream: rows that point at each other, one of them text with its length."""
    rows = []
    for number, view in enumerate(json.loads(views)):
        inner = view["jobview"]
        link = inner["header"]["jobTitleText"] + "\né"
        rows.append(f"e{number}:T{len(link.encode()):x},{link}")
        rows.append(
            f"b{number}:{json.dumps({**inner['header'], 'employerNameFromSearch': 'Ruche', 'normalizedJobTitle': f'$e{number}'})}\n"
        )
        rows.append(f"c{number}:{json.dumps({'header': f'$b{number}', 'job': inner['job'], 'self': f'$c{number}'})}\n")
        rows.append(f'd{number}:{{"jobview":"$c{number}"}}\n')
    pushes = "".join(f"<script>self.__next_f.push({json.dumps([1, piece])})</script>" for piece in rows)
    return f"<html><body>{pushes}</body></html>"


def test_a_french_page_is_read_with_its_employers_salary_and_not_glassdoors_estimate() -> None:
    first, second = read("glassdoor", PAGE, fetched_at=NOW).postings
    assert first.url == "https://www.glassdoor.fr/job-listing/apiculteur-ruche-JV_IC1_KO0,10.htm?jl=1010000000001"
    assert (first.title, first.company, first.location) == ("Apiculteur (H/F)", "Ruche & Fils", "Lyon")
    assert first.posted_at == datetime(2026, 2, 27, tzinfo=UTC)
    assert (first.salary_min, first.salary_max, first.salary_currency) == (30000, 36000, "EUR")
    assert (second.remote, second.posted_at, second.salary_min) == ("remote", None, None)


@pytest.mark.parametrize("text", [VIEWS, streamed(VIEWS), f'<script id="__NEXT_DATA__" type="application/json">{{"a": {VIEWS}}}</script>'])
def test_jobviews_are_read_from_a_payload_the_stream_and_the_pages_json(text: str) -> None:
    found = read("glassdoor", text, fetched_at=NOW)
    first, second = found.postings
    assert (first.title, first.location, first.city, first.salary_min, first.apply_kind) == (
        "Beekeeper",
        "Toronto",
        "Toronto",
        None,
        "onsite",
    )
    assert first.posted_at == datetime(2026, 2, 25, tzinfo=UTC)
    assert (second.region, second.city, second.expired, second.posted_at) == ("Ontario", None, True, None)
    assert (second.salary_min, second.salary_max, second.salary_currency, second.salary_interval) == (21, 25, "CAD", "hour")
    assert "off the board" in found.rejects[0].reason


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ('<html><script>x = {"isLoggedIn":false}</script><h1>Your job search starts here</h1></html>', "LoginWall"),
        ('<div data-test="noResults">', "EmptyResult"),
        (PAGE.replace('data-test="jobListing"', ""), "LayoutChanged"),
        ("<title>Just a moment...</title>", "Blocked"),
        ("[]", "NotAResultsPage"),
        ('[{"jobview": null}]', "NotAResultsPage"),
        ("<h1>Best places to work</h1>", "NotAResultsPage"),
    ],
)
def test_other_pages_are_named(text: str, outcome: str) -> None:
    assert read("glassdoor", text).outcome == outcome


def test_a_stand_in_for_the_board_is_asked_for_details_not_the_real_one() -> None:
    real = "https://www.glassdoor.fr/job-listing/x-JV_1.htm?jl=1010000000001"
    glassdoor = board("glassdoor")
    own = glassdoor.detail_request("1010000000001", real)
    stand_in = glassdoor.detail_request("1010000000001", real, base_url="http://127.0.0.1:1/glassdoor")
    assert own is not None
    assert own.url == real
    assert stand_in is not None
    assert stand_in.url == "http://127.0.0.1:1/glassdoor/job-listing/x-JV_1.htm?jl=1010000000001"


@pytest.mark.parametrize(
    ("url", "cursors", "wanted"),
    [
        ("https://www.glassdoor.fr/Emploi/x-SRCH_IL.0,5.htm", "2", "https://www.glassdoor.fr/Emploi/x-SRCH_IL.0,5_IP2.htm?pgc=c2%2B%2F%3D"),
        ("https://www.glassdoor.fr/Emploi/x-SRCH_IL.0,5_IP2.htm?pgc=c2", "123", "https://www.glassdoor.fr/Emploi/x-SRCH_IL.0,5_IP3.htm?pgc=c3%2B%2F%3D"),
        ("https://www.glassdoor.com/Job/jobs.htm?sc.keyword=baker", "2", "https://www.glassdoor.com/Job/jobs.htm?sc.keyword=baker&pgc=c2%2B%2F%3D&p=2"),
        ("https://www.glassdoor.com/Job/jobs.htm?sc.keyword=baker&p=2", "13", "https://www.glassdoor.com/Job/jobs.htm?sc.keyword=baker&p=3&pgc=c3%2B%2F%3D"),
        ("https://www.glassdoor.com/Job/jobs.htm?p=x", "3", None),
        ("https://www.glassdoor.com/Job/jobs.htm", "", None),
        ("https://www.glassdoor.com/graph", "2", None),
        (None, "2", None),
    ],
)  # fmt: skip
def test_the_next_page_is_asked_for_with_the_cursor_that_this_one_gives(url: str | None, cursors: str, wanted: str | None) -> None:
    rows = json.dumps([1, json.dumps([{"cursor": f"c{number}+/=", "pageNumber": int(number)} for number in cursors])])
    found = read("glassdoor", PAGE.replace("</body>", f"<script>self.__next_f.push({rows})</script></body>"), url=url, fetched_at=NOW)
    assert (found.following.url if found.following else None) == wanted
