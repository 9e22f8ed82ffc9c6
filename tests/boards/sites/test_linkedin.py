"""LinkedIn's pages: every card right, every other page named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rolecall.boards import board, parse, read
from rolecall.boards.sites.linkedin import LinkedIn, apply_link
from rolecall.errors import Blocked, LayoutChanged, LoginWall, NotAResultsPage, UnknownBoard
from rolecall.models import SearchQuery
from rolecall.text.html import soup_of
from tests.boards.sites.linkedin_pages import card, page, resource

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
FRAGMENT_URL = "https://www.linkedin.com/jobs-guest/jobs/api/seeMoreJobPostings/search?keywords=x&start=25"
LINKEDIN = board("linkedin")


def test_an_unknown_board_is_refused_with_the_names_of_those_we_know() -> None:
    with pytest.raises(UnknownBoard, match="linkedin"):
        read("monster", "")


def test_a_card_of_the_2025_markup_is_read_completely() -> None:
    first = read("linkedin", resource("search_2025.html"), fetched_at=NOW).postings[0]
    assert first.external_id == "7000000001"
    assert first.url == "https://si.linkedin.com/jobs/view/beekeeper-at-hive-works-7000000001"
    assert (first.title, first.company, first.location) == ("Beekeeper", "Hive & Works d.o.o.", "Maribor, Podravska, Slovenia")
    assert (first.city, first.region, first.country, first.remote) == ("Maribor", "Podravska", "Slovenia", None)
    assert first.posted_at == datetime(2026, 2, 20, tzinfo=UTC)
    assert (first.description, first.apply_url, first.salary_min, first.employment_type) == (None, None, None, None)


def test_a_script_in_a_title_a_relative_date_and_an_area_are_read_without_guessing() -> None:
    second = read("linkedin", resource("search_2025.html"), fetched_at=NOW).postings[1]
    assert (second.title, second.location, second.city, second.country) == ("Imker*in", "Greater Maribor Area", "Maribor", "Slovenia")
    assert second.places[0].area
    assert second.posted_at == datetime(2026, 2, 26, tzinfo=UTC)
    assert second.raw["posted_is_relative"] is True


def test_a_us_place_with_a_salary_is_read() -> None:
    third = read("linkedin", resource("search_2025.html"), fetched_at=NOW).postings[2]
    assert (third.city, third.region, third.country, third.remote) == ("Portland", "OR", "United States", "hybrid")
    assert (third.salary_min, third.salary_max, third.salary_currency, third.salary_interval) == (52000, 61500, "USD", None)


def test_the_2020_markup_of_a_fragment_is_read() -> None:
    found = read("linkedin", resource("see_more_2020.html"), url=FRAGMENT_URL)
    assert found.outcome == "ok"
    first, second = found.postings
    assert (first.title, first.company, first.country) == ("C++ clockmaker", "Tick, s.r.o.", "Czechia")
    assert first.url == "https://cz.linkedin.com/jobs/view/c%2B%2B-clockmaker-at-tick-s-r-o-1900000001"
    assert (second.title, second.company, second.location) == ("Bell ringer", "Tower", "Czech Republic")
    assert second.posted_at == datetime(2020, 5, 4, tzinfo=UTC)


def test_cards_alike_but_for_their_id_are_different_postings() -> None:
    assert [one.external_id for one in parse("linkedin", page(card(101), card(102), card(103)))] == ["101", "102", "103"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (card(1).replace("base-search-card__title", "x"), "no title"),
        (card(1).replace("base-search-card__subtitle", "x"), "no company"),
        (card(1).replace("href=", "data-href="), "no link"),
        (card(1, base="https://linkedin.com.evil.example"), "leads off the board"),
        (card(1, base="javascript://linkedin.com"), "leads off the board"),
        (card(1, base="https://user@linkedin.com"), "leads off the board"),
        (card(1).replace("crumb-1?", "crumb-2?"), "disagree"),
        (card(1).replace("jobPosting:1", "jobPosting:one"), "no number"),
        (card(1, title="B�ker"), "characters"),
    ],
)
def test_a_bad_card_is_rejected_with_its_reason_and_html_and_the_rest_goes_on(broken: str, reason: str) -> None:
    found = read("linkedin", page(card(7), broken, card(8)))
    assert [one.external_id for one in found.postings] == ["7", "8"]
    assert reason in found.rejects[0].reason
    assert "base-card" in found.rejects[0].raw
    assert found.outcome == "ok"


def test_a_page_cut_off_inside_a_card_does_not_present_half_a_title_as_right() -> None:
    whole = page(card(7), card(8, title="Senior Pastry Chef"))
    cut = whole[: whole.rindex("Senior Pastry") + len("Senior Past")]
    found = read("linkedin", cut)
    assert [one.title for one in found.postings] == ["Baker"]
    assert "cut off" in found.rejects[0].reason


def test_cards_none_of_which_can_be_read_are_a_changed_layout() -> None:
    found = read("linkedin", page(*(card(number).replace("base-search-card__", "new-") for number in range(1, 26))))
    assert (found.outcome, len(found.rejects)) == ("LayoutChanged", 25)
    assert "no title" in found.note


def test_a_results_page_without_cards_is_a_changed_layout_not_an_empty_success() -> None:
    with pytest.raises(LayoutChanged):
        parse("linkedin", page())


def test_a_true_no_jobs_page_and_the_end_of_the_fragments_are_empty_results() -> None:
    assert read("linkedin", page(empty=True)).outcome == "EmptyResult"
    assert read("linkedin", '<section class="no-results"><h1 class="no-results__main-title">None</h1></section>').outcome == "EmptyResult"
    assert read("linkedin", "<!DOCTYPE html>\n<!---->\n", url=FRAGMENT_URL).outcome == "EmptyResult"
    assert parse("linkedin", page(empty=True)) == []


def test_an_empty_answer_where_a_page_was_due_is_no_success() -> None:
    assert read("linkedin", "").outcome == "LayoutChanged"
    assert read("linkedin", b"", url="https://www.linkedin.com/jobs/search?start=0").outcome == "LayoutChanged"


def test_other_pages_are_named() -> None:
    wall = '<html><head><meta name="pageKey" content="auth_wall_desktop_jserp"></head><form class="authwall-join-form"></form></html>'
    captcha = '<html><title>Security</title><script src="https://www.google.com/g-recaptcha"></script></html>'
    for text, error in (
        (wall, LoginWall),
        (captcha, Blocked),
        (resource("detail_fragment.html"), NotAResultsPage),
        (resource("detail_expired.html"), NotAResultsPage),
        ("<html><h1>Ten tips for your CV</h1></html>", NotAResultsPage),
        ("\0\1\2" * 900, NotAResultsPage),
        ("x" * (20 * 1024 * 1024 + 1), NotAResultsPage),
    ):
        with pytest.raises(error):
            parse("linkedin", text)


def test_bytes_in_another_charset_are_read_by_what_the_page_declares() -> None:
    text = page(card(7, title="Bäcker")).replace("<head>", '<head><meta charset="iso-8859-1">')
    assert parse("linkedin", text.encode("latin-1"))[0].title == "Bäcker"
    assert parse("linkedin", text.encode("utf-8"))[0].title == "Bäcker"


def test_links_on_the_very_origin_of_the_page_are_the_boards_own() -> None:
    url = "http://127.0.0.1:8099/linkedin/jobs/search?keywords=x"
    found = read("linkedin", page(card(7, base="http://127.0.0.1:8099/linkedin"), card(8, base="http://127.0.0.1:9/linkedin")), url=url)
    assert [one.url for one in found.postings] == ["http://127.0.0.1:8099/linkedin/jobs/view/baker-at-crumb-7"]


def test_the_search_is_one_page_and_then_fragments_from_the_number_of_cards_seen() -> None:
    query = SearchQuery(keywords="C++ & bees", location="Graz")
    first = LINKEDIN.search(query)
    further = LINKEDIN.search(query, base_url="http://127.0.0.1:1/linkedin/", seen=60, number=1)
    assert first is not None
    assert further is not None
    assert first.url == "https://www.linkedin.com/jobs/search?keywords=C%2B%2B+%26+bees&location=Graz&start=0"
    assert further.url.startswith("http://127.0.0.1:1/linkedin/jobs-guest/jobs/api/seeMoreJobPostings/search?")
    assert further.url.endswith("start=60")
    assert LINKEDIN.search(query, seen=1000, number=40) is None


def test_a_detail_page_gives_the_text_safe_html_criteria_and_the_employers_address() -> None:
    found = LINKEDIN.detail(resource("detail_fragment.html"), fetched_at=NOW)
    assert (found.external_id, found.title, found.company) == ("7000000001", "Beekeeper", "Hive & Works d.o.o.")
    assert found.location == "Maribor, Podravska, Slovenia"
    assert found.description == (
        "About us\n\nWe keep bees & sell honey.\n\nYou will\n- Look after 40 hives\n- Drive a van (B licence)\n\nApply here or there."
    )
    assert found.description_html is not None
    assert not any(bad in found.description_html for bad in ("script", "steal", "onclick", "javascript"))
    assert '<a href="https://hive.example/"' in found.description_html
    assert (found.seniority, found.employment_type) == ("Mid-Senior level", "full-time")
    assert (found.apply_url, found.apply_kind) == ("https://hive.example/apply?job=1&utm=x", "external")
    assert found.expired is False


def test_an_expired_detail_page_is_marked_and_its_similar_jobs_are_not_looked_at() -> None:
    found = LINKEDIN.detail(resource("detail_expired.html"), fetched_at=NOW)
    assert (found.external_id, found.title, found.expired, found.seniority) == ("7000000009", "Wax Moulder", True, None)
    assert found.url == "https://si.linkedin.com/jobs/view/wax-moulder-at-candle-7000000009"


def test_the_detail_page_of_another_posting_is_not_taken_for_the_one_asked_for() -> None:
    with pytest.raises(NotAResultsPage, match="another posting"):
        LINKEDIN.detail(resource("detail_fragment.html"), url="https://www.linkedin.com/jobs-guest/jobs/api/jobPosting/42")


def test_a_login_page_instead_of_a_detail_page_is_named() -> None:
    with pytest.raises(LoginWall):
        LINKEDIN.detail('<html><form action="/uas/login-submit"><input name="session_password"></form></html>')
    with pytest.raises(LayoutChanged):
        LINKEDIN.detail("")


@pytest.mark.parametrize("odd", ["https://[mill/apply", "https://www.linkedin.com/job-apply/externalApply/1?url=https%3A%2F%2F%5Bmill"])
def test_a_way_to_apply_that_is_no_address_costs_no_page(odd: str) -> None:
    soup = soup_of(f'<code id="applyUrl"><!--"{odd}"--></code><button class="apply-button">Apply</button>')
    assert apply_link(soup, LinkedIn()) == (None, "onsite")
