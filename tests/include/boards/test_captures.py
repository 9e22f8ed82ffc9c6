"""Real pages, where they are: cards found = cards in the page, required fields filled, other pages named. Prints the table."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from include.boards import Page, board, read

Count = Callable[[str], int]

LINKEDIN_CARDS: Count = lambda text: text.count('data-entity-urn="urn:li:jobPosting:')  # noqa: E731

RESULTS: list[tuple[str, str, Count, int]] = [
    ("linkedin", "linkedin/search_2025.html", LINKEDIN_CARDS, 60),
    ("linkedin", "linkedin/see_more_2020_markup.html", LINKEDIN_CARDS, 25),
]
"""Board, file, how to count its cards without our parser, and the number a person counted."""

OTHER_PAGES = [
    ("linkedin", "linkedin/detail_2024.html", {"NotAResultsPage"}),
    ("linkedin", "linkedin/detail_2024_expired.html", {"NotAResultsPage"}),
    ("linkedin", "linkedin/guest_api_detail_fragment.html", {"NotAResultsPage"}),
]


def show(capsys: pytest.CaptureFixture[str], name: str, page: Page, cards: int) -> None:
    fields = ("title", "company", "location", "posted_at", "url", "description")
    filled = " ".join(f"{field} {sum(1 for one in page.postings if getattr(one, field))}" for field in fields)
    with capsys.disabled():
        print(f"\n{name:45} {page.outcome:16} cards {page.cards:3} of {cards:3}  rejects {len(page.rejects)}  {filled}", end="")


@pytest.mark.parametrize(("name", "file", "count", "cards"), RESULTS, ids=[one[1] for one in RESULTS])
def test_every_card_of_a_real_page_is_read(
    name: str, file: str, count: Count, cards: int, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (shared / "captures" / file).read_bytes()
    page = read(name, content)
    show(capsys, file, page, cards)
    assert (page.outcome, len(page.postings), page.rejects) == ("ok", cards, [])
    assert count(content.decode("utf-8")) == cards
    assert len({one.external_id for one in page.postings}) == cards
    assert all(one.title and one.company and one.location and one.posted_at for one in page.postings)
    assert not any(re.search(r"[?#]|refId|trackingId|trk=", one.url) for one in page.postings)


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
