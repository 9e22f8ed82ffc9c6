"""The Indeed-like and Glassdoor-like boards, read by our own readers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rolecall.boards import board
from rolecall.models import SearchQuery
from sandbox.ads.content import Catalogue
from tests.sandbox.conftest import Running


def read(sandbox: Running, name: str, path: str) -> tuple[str, list[str]]:
    """The outcome of a page and the ids of its cards; every card is readable and complete."""
    url = f"{sandbox.url}/{name}{path}"
    page = board(name).read(sandbox.client.get(url).content, url=url)
    assert not page.rejects
    assert all(one.title and one.company and one.location and one.posted_at for one in page.postings)
    assert all(one.url.startswith(f"{sandbox.url}/{name}/") for one in page.postings)
    return page.outcome, [one.external_id for one in page.postings]


def test_indeed_pages_have_15_cards_and_start_counts_in_tens(sandbox: Running) -> None:
    pages = [read(sandbox, "indeed", f"/jobs?q=data+engineer&l=&start={start}")[1] for start in (0, 10, 20)]
    assert [len(page) for page in pages] == [15, 15, 15]
    assert len({one for page in pages for one in page}) == 45
    assert read(sandbox, "indeed", "/jobs?q=data+engineer&l=&start=990") == ("EmptyResult", [])
    assert read(sandbox, "indeed", "/jobs?q=zebra&l=") == ("EmptyResult", [])


def test_glassdoor_pages_have_30_cards(sandbox: Running) -> None:
    first, second = (read(sandbox, "glassdoor", f"/Job/jobs.htm?sc.keyword=engineer&locKeyword=&p={page}")[1] for page in (1, 2))
    assert (len(first), len(second)) == (30, 30)
    assert not set(first) & set(second)
    assert read(sandbox, "glassdoor", "/Job/jobs.htm?sc.keyword=zebra&locKeyword=") == ("EmptyResult", [])


@pytest.mark.parametrize("name", ["linkedin", "indeed", "glassdoor"])
def test_the_html_cards_say_what_the_embedded_json_says(sandbox: Running, name: str) -> None:
    reader = board(name)
    request = reader.search(SearchQuery(keywords="data engineer", location="Berlin"), base_url=f"{sandbox.url}/{name}")
    assert request is not None
    text = sandbox.client.get(request.url).text
    bare = re.sub(r"<script>.*?</script>", "", text, flags=re.S)
    whole, cards = reader.read(text, url=request.url), reader.read(bare, url=request.url)
    assert cards.outcome == "ok"
    assert [(one.external_id, one.title, one.company) for one in whole.postings] == [
        (one.external_id, one.title, one.company) for one in cards.postings
    ]


@pytest.mark.parametrize("name", ["indeed", "glassdoor"])
def test_posting_pages_have_the_text_and_the_place(sandbox: Running, name: str) -> None:
    reader = board(name)
    request = reader.search(SearchQuery(keywords="nurse", location=""), base_url=f"{sandbox.url}/{name}")
    assert request is not None
    for posting in reader.read(sandbox.client.get(request.url).content, url=request.url).postings[:8]:
        asked = reader.detail_request(posting.external_id, posting.url, base_url=f"{sandbox.url}/{name}")
        assert asked is not None
        detail = reader.detail(sandbox.client.get(asked.url).content, url=asked.url)
        assert (detail.external_id, detail.title, detail.url) == (posting.external_id, posting.title, posting.url)
        assert len(detail.description or "") > 150


def test_boards_lead_to_the_same_receiver(sandbox: Running, catalogue: Catalogue) -> None:
    job = next(job for job in catalogue.jobs if job.apply == "ats" and not job.expired and len(_ads(catalogue, job.reference)) == 3)
    ads = _ads(catalogue, job.reference)
    indeed = sandbox.client.get("/indeed/applystart", params={"jk": ads["indeed"]})
    glassdoor = sandbox.client.get("/glassdoor/partner/jobListing.htm", params={"jobListingId": ads["glassdoor"]})
    assert indeed.headers["location"] == glassdoor.headers["location"] == f"{sandbox.url}/ats/applications/{job.reference}"


def _ads(catalogue: Catalogue, reference: str) -> dict[str, str]:
    return {board: one.id for board, ads in catalogue.listings.items() for one in ads if one.job.reference == reference}


def test_unknown_postings_are_404(sandbox: Running) -> None:
    for path in ("/indeed/viewjob?jk=0", "/indeed/applystart", "/glassdoor/job-listing/x.htm?jl=1", "/glassdoor/partner/jobListing.htm"):
        assert sandbox.client.get(path).status_code == 404


def test_no_text_ends_a_script(sandbox: Running) -> None:
    hostile = "</script><script>alert(1)</script>"
    for path, name in (("/indeed/jobs", "q"), ("/glassdoor/Job/jobs.htm", "sc.keyword")):
        assert "<script>alert" not in sandbox.client.get(path, params={name: hostile}).text


@pytest.mark.parametrize("name", ["linkedin", "indeed", "glassdoor"])
def test_an_ad_never_contradicts_itself_through_whichever_search_it_is_found(sandbox: Running, name: str) -> None:
    reader, seen, again = board(name), dict[str, Any](), 0
    for location in ("", "Berlin, Germany", "Remote", "London, United Kingdom"):
        request = reader.search(SearchQuery(keywords="data engineer", location=location), base_url=f"{sandbox.url}/{name}")
        assert request is not None
        for posting in reader.read(sandbox.client.get(request.url).content, url=request.url).postings:
            again += posting.external_id in seen
            known = seen.setdefault(posting.external_id, posting)
            read = {"raw", "places"}  # places are read out of the fields that are compared
            both = zip(posting.model_dump(exclude=read).values(), known.model_dump(exclude=read).values(), strict=True)
            assert all(one == other for one, other in both if one is not None and other is not None)
    assert again > 5


@pytest.mark.parametrize("name", ["indeed", "glassdoor"])
def test_what_a_card_calls_expired_its_posting_page_does_too(sandbox: Running, catalogue: Catalogue, name: str) -> None:
    reader, over = board(name), 0
    for listing in (one for one in catalogue.listings[name] if one.job.expired):
        address = {"indeed": f"/viewjob?jk={listing.id}", "glassdoor": f"/job-listing/x.htm?jl={listing.id}"}[name]
        url = f"{sandbox.url}/{name}{address}"
        over += reader.detail(sandbox.client.get(url).content, url=url).expired
    assert over == sum(one.job.expired for one in catalogue.listings[name]) > 0


@pytest.mark.parametrize("name", ["indeed", "glassdoor"])
@pytest.mark.parametrize("damage", ["broken", "a third lost"])
def test_damage_in_the_embedded_json_is_named_though_the_html_cards_are_read(sandbox: Running, name: str, damage: str) -> None:
    reader = board(name)
    request = reader.search(SearchQuery(keywords="data engineer", location="Berlin"), base_url=f"{sandbox.url}/{name}")
    assert request is not None
    text = sandbox.client.get(request.url).text
    if damage == "broken":
        text = text.replace('\\"jobview\\":', '\\"jobview\\"').replace('"mosaic-provider-jobcards"]', '"mosaic-provider-jobcards"]={', 1)
    elif name == "glassdoor":
        text = text.replace('\\"jobview\\":', '\\"jobtile\\":', 3)
    else:
        text = text[: text.index("mosaic-provider-jobcards") + 4_000]
    found = reader.read(text, url=request.url)
    if found.postings or name == "glassdoor":
        assert found.poorer
        assert found.postings
    assert found.outcome == "LayoutChanged"
