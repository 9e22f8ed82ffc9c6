"""The LinkedIn-like board, over HTTP."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from protego import Protego
from selectolax.lexbor import LexborHTMLParser, LexborNode

from rolecall.boards import board
from sandbox.ads.content import Catalogue
from sandbox.app import Sandbox
from tests.sandbox.conftest import Running, served

SEARCH = "/linkedin/jobs/search"
MORE = "/linkedin/jobs-guest/jobs/api/seeMoreJobPostings/search"


def cards(text: str) -> list[LexborNode]:
    """The cards of a page."""
    return LexborHTMLParser(text).css('li [data-entity-urn^="urn:li:jobPosting:"]')


def part(card: LexborNode, selector: str) -> LexborNode:
    """One part of a card."""
    found = card.css_first(selector)
    assert found is not None, selector
    return found


def ids(text: str) -> list[str]:
    """The ids of a page's cards."""
    return [(card.attributes["data-entity-urn"] or "").rsplit(":", 1)[1] for card in cards(text)]


def get(sandbox: Running, path: str, **params: str) -> str:
    """A page."""
    return sandbox.client.get(path, params=params).raise_for_status().text


def test_a_results_page_has_25_cards_in_the_boards_markup(sandbox: Running) -> None:
    page = get(sandbox, SEARCH, keywords="data engineer")
    found = cards(page)
    assert len(found) == 25
    assert 'content="urlType=jserp_custom;emptyResult=false"' in page
    for card in found:
        assert part(card, ".base-search-card__title").text().strip()
        assert part(card, ".base-search-card__subtitle").text().strip()
        assert part(card, ".job-search-card__location").text().strip()
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", part(card, "time").attributes["datetime"] or "")
        link = urlsplit(part(card, "a.base-card__full-link").attributes["href"] or "")
        assert f"{link.scheme}://{link.netloc}" == sandbox.url
        assert {"position", "pageNum", "refId", "trackingId"} <= parse_qs(link.query).keys()
        assert link.path.startswith("/linkedin/jobs/view/")


def test_see_more_goes_on_where_the_page_ended_and_is_empty_past_the_end(sandbox: Running) -> None:
    seen = ids(get(sandbox, SEARCH, keywords="data engineer"))
    while fragment := get(sandbox, MORE, keywords="data engineer", start=str(len(seen))):
        more = ids(fragment)
        assert 0 < len(more) <= 25
        assert "<html" not in fragment
        seen += more
    assert len(seen) == len(set(seen)) > 100
    answer = sandbox.client.get(MORE, params={"keywords": "data engineer", "start": "900"})
    assert (answer.status_code, answer.text) == (200, "")


def test_start_works_on_the_whole_page_too(sandbox: Running) -> None:
    second = ids(get(sandbox, SEARCH, keywords="data engineer", start="25"))
    assert second == ids(get(sandbox, MORE, keywords="data engineer", start="25"))


def test_a_search_without_results_says_so(sandbox: Running) -> None:
    page = get(sandbox, SEARCH, keywords="zebra whisperer")
    assert "emptyResult=true" in page
    assert cards(page) == []


@pytest.mark.parametrize("start", ["abc", "-5", "1e9", "99999999999999999999"])
def test_a_start_that_is_no_number_is_the_beginning(sandbox: Running, start: str) -> None:
    assert ids(get(sandbox, SEARCH, keywords="nurse", start=start)) == ids(get(sandbox, SEARCH, keywords="nurse"))


def test_words_of_the_asker_are_escaped(sandbox: Running) -> None:
    page = get(sandbox, SEARCH, keywords='"><script>alert(1)</script>', location="<b>x</b>")
    assert "<script>alert" not in page
    assert "<b>x" not in page


def test_our_own_reader_reads_every_card_and_every_detail(sandbox: Running) -> None:
    linkedin = board("linkedin")
    url = f"{sandbox.url}{MORE}?keywords=&start="
    postings = []
    for start in range(0, 1000, 25):
        page = linkedin.read(sandbox.client.get(f"{url}{start}").content, url=f"{url}{start}")
        assert not page.rejects
        if page.outcome == "EmptyResult":
            break
        postings += page.postings
    assert len(postings) > 700
    assert all(one.title and one.company and one.location and one.posted_at for one in postings)
    kinds: dict[str | None, int] = {}
    for posting in postings[::9]:
        address = f"{sandbox.url}/linkedin/jobs-guest/jobs/api/jobPosting/{posting.external_id}"
        detail = linkedin.detail(sandbox.client.get(address).content, url=address)
        assert (detail.external_id, detail.title, detail.company, detail.url) == (
            posting.external_id,
            posting.title,
            posting.company,
            posting.url,
        )
        assert len(detail.description or "") > 150
        kinds[detail.apply_kind] = kinds.get(detail.apply_kind, 0) + 1
        if detail.apply_kind == "external":
            assert re.match(
                rf"{sandbox.url}/ats/applications/[A-Z]+-\d+$|https://careers\.[\w-]+\.example/|https://(?:[\w-]+-example\.recruitee\.com/o|jobs\.lever\.co|jobs\.ashbyhq\.com|job-boards\.greenhouse\.io|[\w-]+-example\.jobs\.personio\.de/job)/",
                detail.apply_url or "",
            )
    assert kinds["external"] > 50


def test_detail_page_and_fragment_agree_and_the_page_has_similar_jobs_beside_it(sandbox: Running) -> None:
    linkedin = board("linkedin")
    card = linkedin.read(get(sandbox, SEARCH, keywords="accountant"), url=f"{sandbox.url}{SEARCH}").postings[0]
    page = get(sandbox, card.url)
    address = f"/linkedin/jobs-guest/jobs/api/jobPosting/{card.external_id}"
    whole = linkedin.detail(page, url=card.url)
    part = linkedin.detail(get(sandbox, address), url=f"{sandbox.url}{address}")
    assert (whole.title, whole.description, whole.apply_url) == (part.title, part.description, part.apply_url)
    assert len(LexborHTMLParser(page).css(".similar-jobs .main-job-card")) == 6


def test_closed_ads_are_marked_and_have_no_apply_link(sandbox: Running, catalogue: Catalogue) -> None:
    closed = next(one for one in catalogue.listings["linkedin"] if one.job.expired)
    address = f"{sandbox.url}/linkedin/jobs-guest/jobs/api/jobPosting/{closed.id}"
    detail = board("linkedin").detail(get(sandbox, address), url=address)
    assert detail.expired
    assert detail.apply_url is None


def test_the_external_link_leads_to_the_receiver_whatever_its_parameter_says(sandbox: Running) -> None:
    fragments = (
        get(sandbox, f"/linkedin/jobs-guest/jobs/api/jobPosting/{one}") for one in ids(get(sandbox, SEARCH, keywords="data engineer"))
    )
    page = next(text for text in fragments if "%2Fats%2F" in text)
    wrapped = re.search(r'<!--"(http[^"]+externalApply[^"]+)"-->', page)
    assert wrapped
    evil = re.sub(r"url=[^&]+", "url=https%3A%2F%2Fevil.example", wrapped[1])
    answer = sandbox.client.get(evil)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{sandbox.url}/ats/applications/")
    assert sandbox.client.get(answer.headers["location"]).status_code == 200


def test_unknown_postings_are_404(sandbox: Running) -> None:
    for path in ("/linkedin/jobs-guest/jobs/api/jobPosting/1", "/linkedin/jobs/view/x-1", "/linkedin/jobs/view/none", "/linkedin/nothing"):
        assert sandbox.client.get(path).status_code == 404


def test_robots_txt_lets_our_robot_in_and_nobody_else(sandbox: Running) -> None:
    rules = Protego.parse(get(sandbox, "/robots.txt"))
    assert rules.can_fetch(f"{sandbox.url}{SEARCH}?keywords=x", "JobBot")
    assert not rules.can_fetch(f"{sandbox.url}/_sandbox/faults", "JobBot")
    assert not rules.can_fetch(f"{sandbox.url}{SEARCH}", "OtherBot")


def test_an_unchanged_page_is_not_sent_twice(sandbox: Running) -> None:
    first = sandbox.client.get(SEARCH, params={"keywords": "nurse", "location": "London"})
    again = sandbox.client.get(SEARCH, params={"keywords": "nurse", "location": "London"}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_ads_keep_their_dates_over_a_restart(tmp_path_factory: pytest.TempPathFactory) -> None:
    state = tmp_path_factory.mktemp("state")

    def dates() -> list[str]:
        with served(Sandbox.at(state)) as running:
            return [part(card, "time").attributes["datetime"] or "" for card in cards(get(running, SEARCH, keywords="teacher"))]

    assert dates() == dates() != []
