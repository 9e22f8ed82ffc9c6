"""Real pages, where they are: cards found = cards in the page, required fields filled, other pages named. Prints the table."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rolecall.boards import Page, board, read

RESULTS: list[tuple[str, str, str, int]] = [
    ("linkedin", "linkedin/search_2025.html", 'data-entity-urn="urn:li:jobPosting:', 60),
    ("linkedin", "linkedin/see_more_2020_markup.html", 'data-entity-urn="urn:li:jobPosting:', 25),
    ("indeed", "indeed/search_us_2025.html", '"jobkey":"', 15),
    ("glassdoor", "glassdoor/search_paris_fr_2025.html", 'data-test="jobListing"', 30),
    ("glassdoor", "glassdoor/jobview_2025.json", '"jobview":', 10),
    ("remoteok", "remoteok/api.json", '"slug":', 7),
    ("weworkremotely", "weworkremotely/feed.rss", "<item>", 4),
    ("jsonld", "jsonld/remoteok_job.html", '"JobPosting"', 1),
    ("jsonld", "jsonld/weworkremotely_job.html", '"JobPosting"', 1),
]
"""Board, file, what stands once for each card in its text, and the number of cards a person counted."""

BLANK = {"jsonld/remoteok_job.html": {"location"}, "remoteok/api.json": {"company", "location"}}
"""Required fields that the page itself leaves blank (a place called "Anywhere", postings without a company)."""

OTHER_PAGES = [
    ("linkedin", "linkedin/detail_2024.html", {"NotAResultsPage"}),
    ("linkedin", "linkedin/detail_2024_expired.html", {"NotAResultsPage"}),
    ("linkedin", "linkedin/guest_api_detail_fragment.html", {"NotAResultsPage"}),
    ("glassdoor", "glassdoor/logged_out_no_cards_2025.html", {"LoginWall"}),
]


def show(capsys: pytest.CaptureFixture[str], name: str, page: Page, cards: int) -> None:
    fields = ("title", "company", "location", "posted_at", "url", "description")
    filled = " ".join(f"{field} {sum(1 for one in page.postings if getattr(one, field))}" for field in fields)
    with capsys.disabled():
        print(f"\n{name:45} {page.outcome:16} cards {page.cards:3} of {cards:3}  rejects {len(page.rejects)}  {filled}", end="")


@pytest.mark.parametrize(("name", "file", "mark", "cards"), RESULTS, ids=[one[1] for one in RESULTS])
def test_every_card_of_a_real_page_is_read(
    name: str, file: str, mark: str, cards: int, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (shared / "captures" / file).read_bytes()
    page = read(name, content)
    show(capsys, file, page, cards)
    assert (page.outcome, len(page.postings), page.rejects) == ("ok", cards, [])
    assert content.decode("utf-8").count(mark) == cards
    assert len({one.external_id for one in page.postings}) == cards
    required = {"title", "company", "location", "posted_at"} - BLANK.get(file, set())
    assert not [(field, one.external_id) for one in page.postings for field in required if not getattr(one, field)]
    assert not any(re.search(r"refId|trackingId|trk=|guid=|&", one.url) for one in page.postings)


def without_scripts(text: str) -> str:
    """The page as its HTML alone shows it."""
    return re.sub(r"<script.*?</script>", "", text, flags=re.S)


@pytest.mark.parametrize(("name", "file"), [("indeed", "indeed/search_us_2025.html"), ("glassdoor", "glassdoor/search_paris_fr_2025.html")])
def test_the_html_fallback_gives_the_same_cards_as_the_pages_json(name: str, file: str, shared: Path) -> None:
    text = (shared / "captures" / file).read_text(encoding="utf-8")
    fields = ("external_id", "url", "title", "company", "location")
    by_json, by_html = (
        [[getattr(one, field) for field in fields] for one in read(name, way).postings] for way in (text, without_scripts(text))
    )
    assert by_json == by_html


@pytest.mark.parametrize(("name", "file", "outcomes"), OTHER_PAGES, ids=[one[1] for one in OTHER_PAGES])
def test_a_page_that_is_no_results_page_has_a_name(
    name: str, file: str, outcomes: set[str], shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = read(name, (shared / "captures" / file).read_bytes())
    show(capsys, file, page, 0)
    assert page.outcome in outcomes
    assert page.postings == []


@pytest.mark.parametrize(
    ("file", "identity", "expired"),
    [
        ("detail_2024.html", "4051241378", False),
        ("detail_2024_expired.html", "4015921370", True),
        ("guest_api_detail_fragment.html", "2717003384", False),
    ],
)
def test_a_real_detail_page_is_read_and_the_expired_one_is_marked(file: str, identity: str, expired: bool, shared: Path) -> None:
    found = board("linkedin").detail((shared / "captures/linkedin" / file).read_bytes())
    assert (found.external_id, found.expired) == (identity, expired)
    assert len(found.description or "") > 200
    assert found.country
    assert (found.apply_kind == "external") is not expired


def test_every_posting_of_every_ashby_board_is_read(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted((shared / "captures/ashby").glob("*.json"))
    found = []
    for file in files:
        page = read("ashby", file.read_bytes())
        wanted = json.loads(file.read_bytes())["jobs"]
        assert (page.outcome, page.rejects) == ("ok", []), file.name
        assert [one.external_id for one in page.postings] == [job["id"] for job in wanted], file.name
        assert [one.title for one in page.postings] == [" ".join(job["title"].split()) for job in wanted], file.name
        found += page.postings
    show(capsys, f"ashby/*.json ({len(files)} boards)", Page(found), len(found))
    assert len(found) == 610
    assert all(one.company and one.location and one.posted_at and one.description and one.apply_url for one in found)
