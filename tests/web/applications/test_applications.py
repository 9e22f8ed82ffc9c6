"""What the pages say of applications: sent by hand, asked and answered, repeated by an employer, over."""

from __future__ import annotations

import re
from html import unescape

import pytest
from psycopg.types.json import Jsonb

from rolecall.applying import elsewhere, ledger
from rolecall.applying.answers import bank
from rolecall.applying.elsewhere import SentElsewhere
from rolecall.inbox.outcomes import came_of_it
from rolecall.matching.score.store_matches import store_matches
from rolecall.models import Match
from rolecall.store import Connection
from rolecall.web.applications import applications_pages
from tests.services.conftest import add_job
from tests.web.conftest import Visitor, shown, waits

HELD = """
insert into held_back (run_id, person_id, source, job_id, title, company, score, rule, reason)
values (%s, 'mira', 'linkedin', %s, '', '', 0.8, 'x', 'a reason')
"""


def text(page: str) -> str:
    """What a page's main part says, without tags."""
    main = page[page.index("<main") :]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def leaves(db: Connection, application: str, state: str = "submitted") -> None:
    db.execute("update application set state = 'approved', approval_hash = content_hash where id = %s", (application,))
    ledger.begin(db, application)
    ledger.finish(db, application, ledger.Result(state, "sent", answer={"applicationStatus": "submitted"}))  # type: ignore[arg-type]
    db.commit()


def test_what_was_sent_by_hand_keeps_its_score_and_says_so(db: Connection, mira: Visitor) -> None:
    add_job(db, "g1", title="Data engineer", company="Quartz Harbor", source="glassdoor")
    match = {
        "id": "g1",
        "title": "Data engineer",
        "company": "Quartz Harbor",
        "source": "glassdoor",
        "matchScore": 0.89,
        "canAutoApply": False,
    }
    store_matches(db, person_id="mira", cv_id="cv-mira", matches=[Match.model_validate(match)])
    elsewhere.note(db, "mira", SentElsewhere(job="g1"), actor="Mira")
    elsewhere.note(db, "mira", SentElsewhere(title="Gardener", company="Green"), actor="Mira")
    db.commit()
    scores = {row["title"]: row["score"] for row in db.execute("select title, score from application")}
    db.commit()
    assert scores == {"Data engineer": 0.89, "Gardener": 0}
    for path in ("/applications", "/applications?view=board"):
        page = text(mira.get(path).text)
        assert "89 %" in page
        assert "by hand, on Glassdoor's page" in page.replace("&#39;", "'")
        assert (" 0 %" in page, "unknown" in page) == (False, True)
    found = {row["title"]: row["id"] for row in db.execute("select id, title from application")}
    db.commit()
    for title, where in (("Data engineer", "by hand, on Glassdoor's page"), ("Gardener", "by hand")):
        page = text(mira.get(f"/applications/{found[title]}").text).replace("&#39;", "'")
        assert where in page
        for wrong in ("No letter.", "CV , SHA-256", "unclear"):
            assert wrong not in page, wrong


def test_the_history_says_when_the_yes_was_asked_for_and_given(db: Connection, mira: Visitor) -> None:
    one, other = waits(db, "j1", "j2")
    assert "asked: is it sent?" in text(mira.get(f"/applications/{one}").text)
    mira.post("/approve", {"application": shown(db, one), "answer": "yes"})
    page = text(mira.get(f"/applications/{one}").text)
    assert page.index("asked: is it sent?") < page.index("answered: yes")
    assert "answered:" not in text(mira.get(f"/applications/{other}").text)
    db.execute("delete from approval")
    db.commit()
    mira.post("/approve", {"application": shown(db, other), "answer": "later"})  # nobody asked by a run
    page = text(mira.get(f"/applications/{other}").text)
    assert ("asked:" in page, "answered: later" in page) == (False, True)


def test_the_history_says_what_its_form_asked_and_the_person_answered(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    question = "Why do you keep bees?"
    db.execute("update application set open_questions = %s", (Jsonb([{"question": question, "kind": "text", "required": True}]),))
    db.commit()
    assert f"asked: {question}" in text(mira.get(f"/applications/{one}").text)
    bank.save_answer(db, "mira", question, "For the honey")
    prepared = {"way": "mail", "answers": [{"question": question, "value": "For the honey", "source": "confirmed"}]}
    db.execute("update application set open_questions = '[]', prepared = %s", (Jsonb(prepared),))
    db.commit()
    page = text(mira.get(f"/applications/{one}").text)
    assert f"asked: {question} answered: For the honey" in page
    db.execute("update person_answer set told_at = now() - interval '1 year'")  # it knew the answer already
    db.commit()
    assert f"asked: {question}" not in text(mira.get(f"/applications/{one}").text)


def test_that_an_employer_has_what_was_sent_is_no_news_on_any_page(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    leaves(db, one)
    db.execute("update application set employer_status = 'submitted', employer_status_at = now()")  # as it was kept before
    db.commit()
    paths = ("/", "/applications", "/applications?view=board", f"/applications/{one}")
    for path in paths:
        assert not re.search(r"the employer:? *submitted", text(mira.get(path).text)), path
    db.execute("update application set employer_status = 'viewed'")
    db.commit()
    for path in paths[:-1]:
        assert "the employer: viewed" in text(mira.get(path).text), path


@pytest.mark.parametrize(("status", "offered"), [(None, True), ("viewed", True), ("rejected", False), ("withdrawn", False)])
def test_what_is_over_is_not_offered_to_be_withdrawn(db: Connection, mira: Visitor, status: str | None, offered: bool) -> None:
    (one,) = waits(db, "j1")
    leaves(db, one)
    db.execute("update application set employer_status = %s, employer_status_at = now()", (status,))
    db.commit()
    assert ("Withdraw it" in mira.get(f"/applications/{one}").text) is offered


def test_scores_are_percent_rounded_alike_wherever_they_are_told(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    db.execute("update match set score = 0.29")
    assert db.execute("select state_reason from application").fetchone() == {"state_reason": "score 91 %, at or above 70 %"}
    db.commit()
    assert "matched" in text(mira.get(f"/applications/{one}").text)
    assert " 29 % " in text(mira.get(f"/applications/{one}").text)
    db.execute("update application set state_reason = 'score 0.90, at or above 0.7'")  # as it was stored before
    db.commit()
    for path in (f"/applications/{one}", "/applications"):
        page = text(mira.get(path).text)
        assert "score 90 %, at or above 70 %" in page
        assert "Bewertung 90 %, Schwelle 70 %" in text(mira.get(path, headers={"accept-language": "de"}).text)
        assert "0.9" not in page


def test_flow_counts_matches_that_are_held_back_now_and_not_how_often(db: Connection, operator: Visitor) -> None:
    waits(db, "j1")
    add_job(db, "j2", title="Baker", company="Crumb")
    match = {"id": "j2", "title": "Baker", "source": "linkedin", "matchScore": 0.8, "canAutoApply": True}
    store_matches(db, person_id="mira", cv_id="cv-mira", matches=[Match.model_validate(match)])
    for run in ("a", "b", "c"):
        for job in ("j1", "j2"):
            db.execute(HELD, (run, job))
    db.commit()
    assert "1 held back now" in text(operator.get("/flow").text)


def test_today_counts_what_jobs_lists(db: Connection, mira: Visitor) -> None:
    waits(db, "j1", "j2", "j3")
    db.execute("update match set score = 0.4 where job_id = 'j3'")
    db.execute("update figures.first_match set matched_at = now() - interval '3 days' where job_id = 'j1'")
    db.commit()
    listed = len(set(re.findall(r'href="/jobs/(j\d)"', mira.get("/jobs").text)))
    page = text(mira.get("/").text)
    assert f"{listed} jobs scored for you" in page
    assert "2 new that fit" in page
    assert "every answer was clear" not in page


def test_two_spellings_of_one_employer_are_counted_as_one(db: Connection, mira: Visitor) -> None:
    ids = [*waits(db, "j1", "j2", company="Quartz Harbor"), *waits(db, "j3", run="r2", company="Quartz Harbor GmbH")]
    db.execute("update application set company = 'Quartz Harbor' where job_id = 'j2'")
    for one in ids:
        leaves(db, one)
    by_employer = [one for one in came_of_it(db, "mira") if one["employer"]]
    assert [(one["employer"], one["applications"]) for one in by_employer] == [("Quartz Harbor", len(ids))]


@pytest.mark.parametrize(
    ("order", "first", "said"),
    [
        ("", ["j3", "j2", "j1"], "Newest first"), ("oldest", ["j1", "j2", "j3"], "Oldest first"),
        ("changed", ["j1", "j3", "j2"], "Latest change first"), ("unchanged", ["j2", "j3", "j1"], "Longest without a change first"),
    ],
)  # fmt: skip
def test_the_table_says_by_what_it_is_ordered_and_every_page_keeps_to_it(
    db: Connection, mira: Visitor, monkeypatch: pytest.MonkeyPatch, order: str, first: list[str], said: str
) -> None:
    jobs = ["j1", "j2", "j3"]
    ids = dict(zip(jobs, waits(db, *jobs), strict=True))
    for job, begun, changed in zip(jobs, (3, 2, 1), (0, 6, 4), strict=True):
        db.execute(
            "update application set created_at = now() - %s * interval '1 day', submitted_at = now() - %s * interval '1 hour'"
            " where id = %s",
            (begun, changed, ids[job]),
        )
    db.commit()
    monkeypatch.setattr(applications_pages, "PAGE", 1)
    path, found, sorts = f"/applications?order={order}", [], set()
    for _ in jobs:
        page = mira.get(path).text
        assert said in page
        sorts |= set(re.findall(r'aria-sort="(\w+)"', page))
        found += [job for job in jobs if f"/applications/{ids[job]}" in page]
        following = re.search(r'href="(/applications\?[^"]*after[^"]*)"', page)
        path = unescape(following[1]) if following else ""
    assert (found, path) == (first, "")
    assert sorts == {"ascending" if order in ("oldest", "unchanged") else "descending"}
    assert mira.get("/applications?order=sideways").status_code == 404
