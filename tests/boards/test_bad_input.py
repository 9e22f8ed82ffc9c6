"""What boards send on a bad day, item by item: each has a name, and nothing wrong passes for right."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from rolecall.boards import BOARDS, Page, read
from rolecall.boards import board as one_board
from rolecall.boards.base import MAX_PAGE
from rolecall.errors import LayoutChanged, LoginWall
from tests.boards.mutations import fixtures, jsonld_page
from tests.boards.sites.linkedin_pages import card, page

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
BINARY = random.Random(1).randbytes(5000)
PAGES = {(one.board, one.name): one.text for one in fixtures() if not one.detail}


def look(board: str, content: str | bytes) -> Page:
    return read(board, content, url="https://hive.example/jobs/42" if board == "jsonld" else None, fetched_at=NOW)


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (b"", {"LayoutChanged", "NotAResultsPage"}),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 400, {"NotAResultsPage"}),
        (gzip.compress(b"<html>" * 1000), {"NotAResultsPage"}),
        (BINARY, {"NotAResultsPage", "LayoutChanged"}),
        (b"<" * (MAX_PAGE + 1), {"NotAResultsPage"}),
        (b"{" * 200_000, {"NotAResultsPage", "LayoutChanged"}),
        (b"<title>Just a moment...</title>", {"Blocked"}),
        (b"null", {"NotAResultsPage", "LayoutChanged"}),
    ],
    ids=["nothing", "a picture", "gzip", "noise", "20 MB", "endless nesting", "a challenge", "null"],
)
def test_what_is_no_page_has_a_name_on_every_board(board: str, content: bytes, outcome: set[str]) -> None:
    found = look(board, content)
    assert found.outcome in outcome, found.note
    assert (found.postings, bool(found.note)) == ([], True)


def nulled(value: Any) -> Any:
    """The same document with null where its lists were."""
    if isinstance(value, dict):
        return {name: None if isinstance(item, list) else nulled(item) for name, item in value.items()}
    return value


JSON_BOARDS = [key for key, text in PAGES.items() if text.lstrip()[:1] == "{"]


@pytest.mark.parametrize("key", JSON_BOARDS, ids=["/".join(key) for key in JSON_BOARDS])
def test_null_where_the_list_of_postings_was_is_a_changed_layout(key: tuple[str, str]) -> None:
    found = look(key[0], json.dumps(nulled(json.loads(PAGES[key]))))
    assert (found.outcome, found.postings) == ("LayoutChanged", [])


@pytest.mark.parametrize("key", JSON_BOARDS, ids=["/".join(key) for key in JSON_BOARDS])
def test_null_where_a_list_within_a_posting_was_leaves_the_others_as_they_are(key: tuple[str, str]) -> None:
    whole = look(key[0], PAGES[key])
    document = json.loads(PAGES[key])
    name, found = next((name, item) for name, item in walk(document) if isinstance(item, list) and item and isinstance(item[0], dict))
    assert name
    found[0] = nulled(found[0])
    torn = look(key[0], json.dumps(document))
    assert torn.outcome in ("ok", "LayoutChanged")
    assert torn.cards >= whole.cards - 1
    assert {one.external_id for one in torn.postings} <= {one.external_id for one in whole.postings}


def walk(value: Any, name: str = "") -> list[tuple[str, Any]]:
    inner = value.items() if isinstance(value, dict) else ()
    return [(name, value), *(pair for key, item in inner for pair in walk(item, key))]


def in_charset(text: str, charset: str, declared: str) -> bytes:
    return text.replace("<head>", f'<head><meta charset="{declared}">').encode(charset, "replace")


@pytest.mark.parametrize(("charset", "declared"), [("cp1252", "utf-8"), ("utf-16", "utf-8"), ("utf-8", "latin-1"), ("latin-1", "latin-1")])
def test_a_page_in_another_charset_than_it_says_is_read_right_or_its_card_is_refused(charset: str, declared: str) -> None:
    found = look("linkedin", in_charset(page(card(1, title="Bäcker für Brötchen"), card(2, title="Baker")), charset, declared))
    assert {one.title for one in found.postings} <= {"Bäcker für Brötchen", "Baker"}
    assert "Baker" in {one.title for one in found.postings}


@pytest.mark.parametrize(
    "scheme", ["javascript:alert(1)", "data:text/html,x", "//evil.example/jobs/view/x-1", "https://evil.example/jobs/view/x-1"]
)
def test_a_link_that_is_none_is_a_refused_card(scheme: str) -> None:
    bad = card(1).replace("https://at.linkedin.com/jobs/view/baker-at-crumb-1", scheme)
    found = look("linkedin", page(bad, card(2), card(3)))
    assert ([one.external_id for one in found.postings], len(found.rejects)) == (["2", "3"], 1)


def test_a_script_in_a_title_is_no_part_of_it() -> None:
    text = jsonld_page().replace("Beekeeper", "Beekeeper<script>alert(1)<\\/script>")
    assert [one.title for one in look("jsonld", text).postings] == ["Beekeeper"]
    shown = page(card(1).replace("            Baker\n", "            Baker<script>alert(1)</script>\n"))
    assert [one.title for one in look("linkedin", shown).postings] == ["Baker"]


def test_json_ld_that_refers_to_itself_in_a_circle_comes_to_an_end() -> None:
    node = {"@type": "JobPosting", "@id": "#a", "title": "Beekeeper", "url": "https://hive.example/jobs/42", "isPartOf": {"@id": "#b"}}
    other = {"@id": "#b", "hasPart": {"@id": "#a"}, "hiringOrganization": {"@id": "#b"}}
    text = json.dumps({"@graph": [{**node, "hiringOrganization": {"@id": "#b"}, "jobLocation": {"@id": "#a"}}, other]})
    found = look("jsonld", f'<html><head><script type="application/ld+json">{text}</script></head></html>')
    assert found.outcome in ("ok", "LayoutChanged")
    assert all(one.title == "Beekeeper" for one in found.postings)


CUTS: list[Callable[[str], str]] = [lambda text: text[: len(text) // 3], lambda text: text[: len(text) * 9 // 10], lambda text: text[:-40]]


@pytest.mark.parametrize("cut", CUTS, ids=["a third", "nine tenths", "almost all"])
@pytest.mark.parametrize("key", list(PAGES), ids=["/".join(key) for key in PAGES])
def test_a_cut_page_gives_whole_postings_and_a_name(key: tuple[str, str], cut: Callable[[str], str]) -> None:
    whole = {one.external_id: one for one in look(key[0], PAGES[key]).postings}
    found = look(key[0], cut(PAGES[key]))
    assert found.outcome in ("ok", "LayoutChanged", "NotAResultsPage")
    assert found.postings or found.outcome != "ok"
    assert all(
        (one.title, one.company, one.url) == (whole[one.external_id].title, whole[one.external_id].company, whole[one.external_id].url)
        for one in found.postings
    )


INDEED, GLASSDOOR = PAGES[("indeed", "search")], PAGES[("glassdoor", "search_fr")]


@pytest.mark.parametrize(
    ("board", "text", "outcome"),
    [
        ("indeed", INDEED[: INDEED.index('"Queen Breeder","title"')], "LayoutChanged"),
        ("indeed", INDEED.replace('mosaic-provider-jobcards"]={', 'mosaic-provider-jobcards"]={{'), "LayoutChanged"),
        ("indeed", INDEED.replace('mosaic-provider-jobcards"]', 'renamed"]'), "ok"),
        ("glassdoor", re.sub(r"<script.*?</script>", "", GLASSDOOR, flags=re.S), "ok"),
    ],
    ids=["json cut", "json broken", "json gone", "stream gone"],
)
def test_a_page_that_is_read_in_a_poorer_way_says_what_is_missing_and_why(board: str, text: str, outcome: str) -> None:
    found = look(board, text)
    assert found.postings
    assert "read from its HTML, without" in found.poorer
    assert (found.outcome, found.note) == (outcome, found.poorer)
    found.raise_for_outcome(board)  # its postings are good


@pytest.mark.parametrize("key", [("indeed", "search"), ("glassdoor", "jobview"), ("linkedin", "search_2025")])
def test_a_whole_page_is_read_in_the_boards_own_way(key: tuple[str, str]) -> None:
    found = look(key[0], PAGES[key])
    assert (found.outcome, found.poorer, found.note) == ("ok", "", "")


DETAILS = {
    "linkedin": ("https://www.linkedin.com/jobs-guest/jobs/api/jobPosting/7000000001", "top-card-layout__title"),
    "indeed": ("https://www.indeed.com/viewjob?jk=aa00000000000001", "jobDescriptionText"),
    "glassdoor": ("https://www.glassdoor.com/job-listing/x-JV_IC1.htm?jl=1009000000001", "JobPosting"),
}


@pytest.mark.parametrize("board", DETAILS)
@pytest.mark.parametrize("text", ["<html><body><div class='jx-1'>Beekeeper</div></body></html>", "<p>Keep bees.</p>"])
def test_a_postings_page_in_another_layout_is_no_wrong_address(board: str, text: str) -> None:
    url, _ = DETAILS[board]
    with pytest.raises(LayoutChanged) as caught:
        one_board(board).detail(text, url=url)
    assert "address" not in str(caught.value)


@pytest.mark.parametrize("mark", ['<code id="decoratedJobPostingId"><!--"7000000001"--></code>', '<meta content="d_jobs_guest_details">'])
def test_a_linkedin_page_that_says_it_is_a_postings_and_shows_none_has_changed(mark: str) -> None:
    with pytest.raises(LayoutChanged):
        one_board("linkedin").detail(f"<html><head></head><body>{mark}<h9>Beekeeper</h9></body></html>", url=None)


def test_a_login_page_in_a_postings_place_stays_a_login_page() -> None:
    with pytest.raises(LoginWall):
        one_board("linkedin").detail('<form class="authwall-join-form">', url=DETAILS["linkedin"][0])


def test_a_page_whose_json_ld_is_cut_is_no_page_without_postings() -> None:
    text = jsonld_page()
    assert look("jsonld", text[: text.index("validThrough")]).outcome == "LayoutChanged"


def test_json_that_is_cut_says_so() -> None:
    for key in JSON_BOARDS:
        found = look(key[0], PAGES[key][:-40])
        assert "cut" in found.note, key
