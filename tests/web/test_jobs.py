"""*Jobs*: what is searched, added, merged and torn apart."""

from __future__ import annotations

import re

import pytest

from rolecall.boards.add import Added
from rolecall.boards.employers.addresses import Employer
from rolecall.boards.landing import land
from rolecall.catalog.aggregate import aggregate
from rolecall.store import Connection
from rolecall.web import jobs_pages
from tests.catalog.conftest import jobs, posting
from tests.services.conftest import add_job
from tests.web.conftest import Visitor


def listed(visitor: Visitor, query: str) -> list[str]:
    return re.findall(r'href="/jobs/(\w+)"', visitor.get(f"/jobs?show=all&{query}").text)


def test_a_place_and_an_employer_are_asked_for_by_themselves(db: Connection, mira: Visitor) -> None:
    add_job(db, "j1", title="Baker", company="London Bread", location="Leeds")
    add_job(db, "j2", title="Baker", company="Crumb", location="London")
    add_job(db, "j3", title="London guide", company="Crumb", location="Bath")
    assert sorted(listed(mira, "q=london")) == ["j1", "j2", "j3"]
    assert listed(mira, "place=london") == ["j2"]
    assert listed(mira, "employer=london") == ["j1"]
    assert listed(mira, "employer=crumb&place=bath") == ["j3"]
    assert 'value="crumb"' in mira.get("/jobs?show=all&employer=crumb").text


def test_two_jobs_that_were_merged_are_taken_apart_and_stay_apart(db: Connection, mira: Visitor) -> None:
    land(db, [posting(external_id="1"), posting(board="indeed", external_id="2")])
    aggregate(db)
    db.commit()
    (together,) = [one["id"] for one in jobs(db)]
    db.commit()
    page = mira.get(f"/jobs/{together}").text
    assert "These are two jobs" in page
    assert mira.post(f"/jobs/{together}/split", {"posting": ["linkedin|9"]}).status_code == 422
    assert mira.post(f"/jobs/{together}/split", {"posting": ["linkedin|1", "indeed|2"]}).status_code == 422
    answer = mira.post(f"/jobs/{together}/split", {"posting": ["linkedin|1"], "reason": "two ovens"})
    assert answer.status_code == 303
    assert len(jobs(db)) == 2
    db.execute("update posting set aggregated_hash = null")
    aggregate(db)
    assert len(jobs(db)) == 2
    db.commit()
    assert "two ovens" in mira.get(answer.headers["location"].partition("#")[0]).text


@pytest.mark.parametrize(("length", "said"), [(1_000, ""), (70_000, "of 70,000 characters"), (1_000_000, "of 1,000,000 characters")])
def test_an_ad_that_is_shown_in_part_says_of_how_much(db: Connection, mira: Visitor, length: int, said: str) -> None:
    land(db, [posting(external_id="1", description=("Bake bread for us. " * length)[:length])])
    aggregate(db)
    db.commit()
    page = mira.get(f"/jobs/{jobs(db)[0]['id']}").text
    assert re.findall(r"The first [\d,]+ (of [\d,]+ characters)", page) == ([said] if said else [])


ALERT = {"alert": "when the mail named it"}
MARK, SAID = "from a job alert", "A job alert that came by mail named it."


def test_what_only_a_job_alert_named_is_marked_until_its_text_was_read(db: Connection, mira: Visitor) -> None:
    card = posting(external_id="1", title="Keeper of Lamps", company="Pharos", description=None, raw=ALERT)
    land(db, [card, posting(external_id="2", title="Baker", company="Crumb")])
    aggregate(db)
    db.commit()
    lamps, baker = (next(one["id"] for one in jobs(db) if one["title"] == title) for title in ("Keeper of Lamps", "Baker"))
    db.execute(
        "insert into match (person_id, cv_id, source, job_id, title, company, score, can_auto_apply, already_applied, reasons)"
        " select 'mira', 'cv-mira', source, id, title, company, 0.9, true, false, '[]' from job"
    )
    db.commit()
    for show in ("all", "fit"):
        assert {job: MARK in line for job, line in lines(mira, show).items()} == {lamps: True, baker: False}
    assert SAID in mira.get(f"/jobs/{lamps}").text
    assert MARK in mira.get(f"/jobs/{lamps}").text.partition("Where it was found")[2]
    assert SAID not in mira.get(f"/jobs/{baker}").text
    land(db, [card.model_copy(update={"description": "You keep the lamps lit.", "raw": {}})], detailed=True)
    aggregate(db)
    db.commit()
    assert MARK not in mira.get("/jobs?show=all").text
    page = mira.get(f"/jobs/{lamps}").text
    assert "You keep the lamps lit." in page
    assert SAID not in page
    assert MARK not in page


def lines(visitor: Visitor, show: str) -> dict[str, str]:
    """Job -> its line in the list."""
    found = re.findall(r'<li class="row">.*?</li>', visitor.get(f"/jobs?show={show}").text, re.DOTALL)
    return {match[1]: line for line in found if (match := re.search(r'href="/jobs/(\w+)"', line))}


def test_of_two_jobs_in_doubt_a_person_says_that_they_are_two_and_only_whoever_runs_it_that_they_are_one(
    db: Connection, mira: Visitor, operator: Visitor
) -> None:
    land(db, [posting(external_id="1"), posting(external_id="2", title="Baker", company="Grain"), posting(external_id="3", title="Cook")])
    aggregate(db)
    first, second, third = (one["id"] for one in jobs(db))
    for other in (second, third):
        db.execute(
            "insert into possible_duplicate (job_id, other_job_id, score, evidence) values (%s, %s, 0.5, '{\"evidence\": []}')",
            sorted((first, other)),
        )
    db.commit()
    assert mira.get(f"/jobs/{first}").text.count("These are two jobs") == 2
    assert mira.post(f"/jobs/{first}/doubt", {"other": second, "decision": "same"}).status_code == 403
    assert mira.post(f"/jobs/{first}/doubt", {"other": second, "decision": "perhaps"}).status_code == 422
    assert mira.post(f"/jobs/{first}/doubt", {"other": second, "decision": "different"}).status_code == 303
    assert "two jobs, says the person, on the page" in mira.get(f"/jobs/{first}").text
    operator.post("/people", {"person": "mira"})
    assert operator.post(f"/jobs/{first}/doubt", {"other": third, "decision": "same"}).status_code == 303
    assert len(jobs(db)) == 2


def test_an_address_becomes_an_employer_that_is_followed_or_an_ad(mira: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Added(Employer("lever", "acme"), new=True)

    async def added(url: str, *, dsn: str) -> Added:
        assert (url, bool(dsn)) == ("https://jobs.lever.co/acme", True)
        return found

    monkeypatch.setattr(jobs_pages, "add", added)
    assert "all its postings are followed from now on" in mira.post("/jobs/add", {"url": "https://jobs.lever.co/acme"}).text
    found = Added(ads=[posting(title="Baker", company="Crumb & Co")])
    assert "Baker · Crumb &amp; Co" in mira.post("/jobs/add", {"url": "https://jobs.lever.co/acme"}).text


def test_an_address_that_is_none_is_refused_and_a_slow_one_too(mira: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mira.post("/jobs/add", {"url": "file:///etc/passwd"}).status_code == 422
    monkeypatch.setattr(jobs_pages, "READS", 0.0)
    assert mira.post("/jobs/add", {"url": "https://jobs.lever.co/acme"}).status_code == 422
    monkeypatch.setattr(jobs_pages, "ADDRESSES", 1)
    assert mira.post("/jobs/add", {"url": "https://jobs.lever.co/acme"}).status_code == 429
