"""What the pages say, and what they say where there is nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from psycopg.types.json import Jsonb

from rolecall.applying import ledger
from rolecall.store import Connection
from rolecall.web.applications.applications_pages import sent_bytes
from rolecall.web.cv_pages import corrected, read_fields
from rolecall.web.page_app import create_page_app
from rolecall.web.page_context import mode, next_search
from rolecall.web.templating import marked, posted, posting_html, salary
from tests.one_is_one.world import KNOWN
from tests.services.conftest import add_job, add_person, make_settings
from tests.web.conftest import Visitor, login, shown, waits


def test_whoever_has_nothing_is_told_what_to_do(db: Connection, noor: Visitor) -> None:
    for path, told in (
        ("/", "say what you look for"), ("/jobs", "all open jobs"), ("/approve", "Nothing waits for your answer"),
        ("/applications", "Nothing was applied for yet"), ("/jobs?show=saved", "No job is like this"),
    ):  # fmt: skip
        assert told in noor.get(path).text, path


def test_where_nobody_is_in_yet_whoever_runs_it_is_told_how_somebody_comes_in(dsn: str, db: Connection) -> None:
    app: FastAPI = create_page_app(make_settings(dsn))
    with TestClient(app):
        operator = login(app, db, None, operator=True)
        assert "./rolecall person add" in operator.get("/").text
        assert operator.get("/flow").status_code == 200


def test_jobs_are_found_by_words_board_place_and_pay_and_come_a_page_at_a_time(db: Connection, mira: Visitor) -> None:
    for number in range(60):
        add_job(db, f"j{number:03}", title=f"Gardener {number}", company="Green & Sons", remote="onsite")
    add_job(db, "x1", title="Botanist", location="Leeds", remote="remote", salary_min=5000, salary_max=6000, salary_interval="month")
    seen: list[str] = []
    page, following = mira.get("/jobs?show=all&q=garden").text, ""
    for _ in range(5):
        seen += re.findall(r'href="/jobs/(j\d+)"', page)
        found = re.search(r'href="(/jobs\?[^"]*after=[^"]*)"', page)
        if found is None:
            break
        following = found[1].replace("&amp;", "&")
        page = mira.get(following).text
    assert sorted(seen) == [f"j{number:03}" for number in range(60)]
    for query in ("q=leeds+bot", "remote=remote", "salary=70000", "q=BOTANIST&days=1"):
        assert re.findall(r'href="/jobs/(\w+)"', mira.get(f"/jobs?show=all&{query}").text) == ["x1"], query
    assert re.findall(r'href="/jobs/(\w+)"', mira.get("/jobs?show=all&salary=73000").text) == []


def test_whoever_runs_it_for_one_person_comes_to_their_page_at_once(dsn: str, db: Connection) -> None:
    add_person(db, "mira")
    app = create_page_app(make_settings(dsn))
    with TestClient(app):
        assert "<h1>mira" in login(app, db, None, operator=True).get("/").text.lower()


def test_today_says_why_fewer_jobs_were_looked_at_than_there_are(db: Connection, mira: Visitor) -> None:
    for number in range(3):
        add_job(db, f"j{number}", state="closed" if number else "valid")
    db.execute("update cv set matched_at = now(), matching = %s where person_id = 'mira'", (Jsonb({"jobs": 1}),))
    db.commit()
    page = " ".join(mira.get("/").text.split())
    assert "1 open job <small>looked at" in page
    assert "; 3 are in the catalog by now: the others are closed" in page


@pytest.mark.parametrize("query", ["remote=moon", "days=-1", "show=x", "after=nonsense", "salary=1e9", "q=" + "x" * 300])
def test_an_address_that_says_nothing_is_refused_and_not_guessed(mira: Visitor, query: str) -> None:
    assert mira.get(f"/jobs?{query}").status_code in (404, 422)


def test_a_job_shows_both_texts_with_what_is_quoted(db: Connection, mira: Visitor) -> None:
    waits(db, "j1")
    assert mira.get("/jobs/j1").text.count("<mark>Python</mark>") == 2


def test_what_the_service_was_asked_is_shown_whole_and_of_what_the_person_sent_themselves_nothing() -> None:
    row = {"state": "submitted", "erased_at": None, "run_id": "r1", "job_id": "j1", "cv_id": "c1", "source": "mail", "idempotency_key": "k"}
    shown = sent_bytes({"application": {**row, "prepared_hash": "abc"}, "letter": "Dear all"})
    assert '"hash": "abc"' in shown
    assert sent_bytes({"application": {**row, "run_id": "elsewhere", "prepared_hash": None}, "letter": ""}) == ""


def test_an_unclear_application_is_settled_by_what_the_person_saw(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    for state in ("approved", "submitting", "uncertain"):
        db.execute("update application set state = %s, approval_hash = content_hash", (state,))
    db.commit()
    page = mira.get(f"/applications/{one}").text
    assert "Was it received?" in page
    assert "coverLetter" in page
    assert mira.post(f"/applications/{one}/settle", {"decision": "received", "detail": ""}).status_code == 422
    assert mira.post(f"/applications/{one}/settle", {"decision": "received", "evidence": "mail", "detail": "hr, 14:03"}).status_code == 303
    assert "evidence: mail" in mira.get(f"/applications/{one}").text
    assert db.execute("select state from application").fetchone() == {"state": "submitted"}


def test_pausing_stops_what_has_not_left(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    mira.post("/approve", {"application": shown(db, one), "answer": "yes"})
    mira.post("/me/pause", {"pause": "yes"})
    assert (ledger.begin(db, one) or {})["state_reason"] == "held back: the consent to automatic applications was withdrawn"
    mira.post("/me/pause", {"pause": "no"})
    said = db.execute("select preferences from person where id = 'mira'").fetchone() or {}
    assert mode(said["preferences"]) == "ask"


def test_what_a_reader_was_unsure_of_is_asked_and_what_the_owner_says_stands() -> None:
    cv = {
        "name": "Mira",
        "headline": "",
        "skills": ["Pyton"],
        "text": "Mira",
        "sure": {"name": 0.95, "skills[0]": 0.4},
        "spans": {"name": [0, 4]},
    }
    fields = {one["name"]: one for one in read_fields(cv)}
    assert (fields["name"]["quote"], fields["name"]["ask"], fields["skills"]["ask"], fields["headline"]["sure"]) == (
        "Mira",
        False,
        True,
        None,
    )
    made = corrected(cv, {"name": "Mira", "skills": "Python\n SQL \n", "years": "7,5"})
    assert (made["skills"], made["years"], made["sure"]) == (["Python", "SQL"], 7.5, {"name": 0.95})


def test_of_a_postings_own_html_text_is_left() -> None:
    made = posting_html('<p onclick=x>Hi <a href="javascript:x">there</a><script>1</script><img src=x><style>a{}</style></p>')
    assert made == "<p>Hi there</p>"


def test_places_that_overlap_are_marked_once_and_the_text_stays_whole() -> None:
    made = str(marked("a <b> c", [(0, 3), (2, 5), (6, 99)]))
    assert re.sub("</?mark>", "", made) == "a &lt;b&gt; c"
    assert made.count("<mark>") == 2


@pytest.mark.parametrize(("hour", "then"), [(0, 6), (6, 12), (17, 18), (18, 30), (23, 30)])
def test_boards_are_searched_next_at_the_next_of_their_hours(hour: int, then: int) -> None:
    now = datetime(2024, 2, 28, hour, 30 if hour not in (6, 18) else 0, tzinfo=UTC)
    assert (next_search(now) - now.replace(hour=0, minute=0)).total_seconds() == then * 3600


def test_what_a_job_pays_is_said_as_the_ad_says_it() -> None:
    row = {"salary_min": 72000, "salary_max": 85000, "salary_currency": "EUR", "salary_interval": "year"}
    assert salary(row) == "72,000–85,000 EUR a year"
    assert salary({**row, "salary_max": None}) == "from 72,000 EUR a year"
    assert salary({}) == ""


def test_wishes_are_tried_out_on_the_last_days_and_nothing_is_changed(app: FastAPI, db: Connection, mira: Visitor) -> None:
    asked: list[object] = []

    def preview(person: str, criteria: dict[str, object]) -> dict[str, object]:
        asked.append((person, criteria["locations"]))
        best = {"id": "j1", "title": "Baker", "company": "", "location": "Graz", "matchScore": 0.8, "isNew": True, "heldBack": None}
        return {"jobs": 40, "now": 1, "then": 2, "new": 1, "threshold": 0.7, "note": "", "matches": [best], "leftOut": {"locations": 38}}

    assert mira.post("/me/preview", {"locations": "Graz"}).status_code == 422  # nobody is there to be asked
    app.state.context.preview = preview
    before = db.execute("select preferences from person where id = 'mira'").fetchone()
    db.commit()
    page = mira.post("/me/preview", {"locations": "Graz"}).text
    assert asked == [("mira", ["Graz"])]
    assert "Looked at: 40 open jobs" in page
    assert "not in your places" in page
    assert db.execute("select preferences from person where id = 'mira'").fetchone() == before


ODD: list[dict[str, Any]] = [
    *KNOWN,
    {"blacklist": 7, "language": ["de"], "applying": {"boards": [1], "ways": 3, "mode": {}, "dailyCap": [5], "approval": "yes"}},
    {"blacklist": [{"name": "Acme"}, 3, "Grim Ltd"], "criteria": {"keywords": 5, "remote": True, "locations": {"city": "Leeds"}}},
    {"criteria": {"salaryMin": 10**400, "threshold": "high", "exclude": [[]], "languages": 1, "employmentTypes": [None, "odd"]}},
    {"notifications": {"quietHours": "22-7", "channels": 3, "telegram": "@mira", "ntfy": ["x"], "delivery": [], "timeZone": {}}},
    {"criteria": {"currentEmployer": {"name": "Acme"}, "salaryCurrency": ["EUR"], "salary_min": "much"}},
]
"""What a person's row may hold: written before it was checked, by hand, by another version."""


@pytest.mark.parametrize(
    ("who", "path"),
    [
        *(("mira", path) for path in ("/", "/jobs", "/applications", "/approve", "/by-hand", "/me")),
        ("operator", "/flow"),
        ("operator", "/people"),
    ],
)
def test_odd_wishes_of_another_version_keep_no_page_from_opening_least_of_all_the_one_they_are_corrected_on(
    db: Connection, request: pytest.FixtureRequest, who: str, path: str
) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    for odd in ODD:
        db.execute("update person set preferences = %s where id = 'mira'", (Jsonb(odd),))
        db.commit()
        assert visitor.get(path).status_code == 200, odd


def test_wishes_of_the_interview_are_shown_and_changed_on_the_page_under_one_name_each(db: Connection, mira: Visitor) -> None:
    stored = {"salary_min": 50000, "salaryCurrency": "EUR", "contract": ["permanent"], "current_employer": "Acme", "threshold": 0.6}
    db.execute("update person set preferences = %s where id = 'mira'", (Jsonb({"criteria": stored}),))
    db.commit()
    text = mira.get("/me").text
    for field in ('name="salaryMin" inputmode="numeric" pattern="\\d*" value="50000"', 'value="EUR"', 'value="60"', ">Acme</textarea>"):
        assert field in text
    assert 'value="full-time" checked' in text
    sent = {
        "salaryMin": "60000",
        "salaryCurrency": "gbp",
        "employmentTypes": ["part-time"],
        "currentEmployer": "Rosemill",
        "threshold": "75",
    }
    assert mira.post("/me/wishes", {"keywords": "nurse", **sent}).status_code == 303
    kept = db.execute("select preferences -> 'criteria' as kept from person where id = 'mira'").fetchone()
    assert kept == {
        "kept": {
            "keywords": ["nurse"], "salaryMin": 60000, "salaryCurrency": "GBP", "employmentTypes": ["part-time"],
            "currentEmployer": ["Rosemill"], "threshold": 0.75,
        }
    }  # fmt: skip
    assert mira.post("/me/wishes", {"keywords": "nurse"}).status_code == 303
    db.commit()
    assert db.execute("select preferences -> 'criteria' as kept from person where id = 'mira'").fetchone() == kept


def test_years_that_nobody_said_are_told_as_counted() -> None:
    roles = [{"title": "Nurse", "start": "2010", "end": "2014"}]
    years = {one["name"]: one for one in read_fields({"roles": roles, "years": 5.0})}["years"]
    assert years["counted"]
    assert not {one["name"]: one for one in read_fields({"roles": roles, "years": 12.0})}["years"]["counted"]
    assert not any(one["counted"] for one in read_fields({"years": 5.0, "headline": "Nurse"}))


def test_today_says_that_no_board_answered_until_one_does(db: Connection, mira: Visitor) -> None:
    statement = "insert into board_run (run_id, board, search, outcome, error) values ('r', %s, 'x', 'ok', %s)"
    for board, error, said in (("remotive", "no answer", True), ("arbeitnow", None, False)):
        db.execute(statement, (board, error))
        db.commit()
        assert ("no board answered then" in mira.get("/").text) == said


def test_a_place_that_nobody_knows_is_doubted_beside_the_wishes_with_the_one_that_may_be_meant(db: Connection, mira: Visitor) -> None:
    assert mira.post("/me/wishes", {"keywords": "data engineer", "locations": "Leipzg, Germany\nBerlin"}).status_code == 303
    page = mira.get("/me").text
    assert "Leipzg, Germany: no place that is known here. Do you mean Leipzig, Germany?" in page
    assert page.count("no place that is known here") == 1
    german = mira.get("/me", headers={"accept-language": "de"}).text
    assert "Meinen Sie Leipzig, Germany?" in german
    mira.post("/me/wishes", {"keywords": "data engineer", "locations": "Leipzig, Germany\nBerlin"})
    assert "no place that is known here" not in mira.get("/me").text


def test_flow_names_the_job_and_the_person_of_what_was_done(db: Connection, operator: Visitor) -> None:
    (one,) = waits(db, "j1", title="Falconer", company="Quartz Harbor")
    operator.post("/people", {"person": "mira"})
    operator.post("/approve", {"answer": "no", "application": shown(db, one)})
    operator.post("/me/pause", {"pause": "yes"})
    log = operator.get("/flow").text.partition("Who did what")[2]
    assert one not in log
    assert re.search(r"application cancelled</td><td><a href=\"/jobs/j1\">Falconer</a> · Quartz Harbor</td><td>Mira", log)
    assert re.search(r"page: paused</td><td><small>preferences</small></td><td>Mira", log)


def test_a_day_that_a_board_names_is_the_same_in_every_zone_and_a_time_is_a_time() -> None:
    assert posted(datetime(2020, 2, 29, tzinfo=UTC)) == "29 Feb 2020"  # any day
    assert ">29 Feb 2020, 14:03 UTC</time>" in posted(datetime(2020, 2, 29, 14, 3, tzinfo=UTC))  # in the same form
    assert posted(datetime(2020, 2, 9, tzinfo=UTC), "de") == "9. Feb. 2020"


def test_what_was_left_out_leads_to_the_jobs_or_to_the_wish(db: Connection, mira: Visitor) -> None:
    waits(db, "j1")
    add_job(db, "j2", title="Money mule", company="Nowhere", state="quarantined")
    db.execute("update cv set matched_at = now(), matching = %s where id = 'cv-mira'", (Jsonb({"jobs": 2, "leftOut": {"locations": 1}}),))
    db.commit()
    page = mira.get("/").text
    assert 'href="/me#wishes">not in your places' in page
    assert 'href="/jobs?show=held">ads that did not pass' in page
    assert re.findall(r'href="/jobs/(j\d)"', mira.get("/jobs?show=held").text) == ["j2"]


def test_messages_go_to_a_chat_and_a_topic_that_are_given_on_me(db: Connection, mira: Visitor) -> None:
    def boxes() -> dict[str, bool]:
        return {
            one[1]: "checked" in one[0]
            for one in re.finditer(r'<input type="checkbox" name="channels" value="(\w+)"[^>]*>', mira.get("/me").text)
        }

    assert boxes() == {"email": True, "sms": True, "push": True, "telegram": False, "ntfy": False}
    for wrong, field in (
        ({"channels": ["telegram"]}, "notifications.telegram.chatId"),
        ({"channels": ["ntfy"], "ntfyTopic": "https://10.0.0.1/x"}, "notifications.ntfy.topic"),
        ({"channels": ["email"], "telegramChat": "ada"}, "notifications.telegram.chatId"),
    ):
        refused = mira.post("/me/messages", wrong)
        assert (refused.status_code, field in refused.text) == (422, True)
    given = {"channels": ["telegram", "ntfy"], "telegramChat": "4711", "ntfyTopic": "https://ntfy.example.org/mira"}
    assert mira.post("/me/messages", given).status_code == 303
    row = db.execute("select preferences -> 'notifications' as said from person where id = 'mira'").fetchone()
    assert row is not None
    assert row["said"] == {
        "channels": ["telegram", "ntfy"], "telegram": {"chatId": "4711"}, "ntfy": {"topic": "https://ntfy.example.org/mira"},
    }  # fmt: skip
    assert boxes() == {"email": False, "sms": False, "push": False, "telegram": True, "ntfy": True}
    assert 'value="4711"' in mira.get("/me").text
    assert mira.post("/me/messages", {"channels": ["email"]}).status_code == 303
    assert "4711" not in mira.get("/me").text
