"""How applications leave, on the pages: before the yes, after it, by hand, and how far each way may go."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from psycopg.types.json import Jsonb

from rolecall.applying import approval
from rolecall.applying.answers import bank
from rolecall.applying.tokens import KEY
from rolecall.matching.score.store_matches import store_matches
from rolecall.models import Match
from rolecall.store import Connection
from rolecall.store.documents import put_file
from tests.services.conftest import add_job
from tests.web.conftest import BASE, LETTER, Visitor, states, waits
from tests.world import insert

PDF = b"%PDF-1.7 Mira"
JPEG = b"\xff\xd8\xff\xe0 a form"
NOTICE = {"question": "Notice period?", "kind": "text", "options": [], "required": True, "sensitive": False, "why": "new", "country": ""}
PREPARED = {
    "way": "browser_form", "address": "https://jobs.lever.co/harbor-example/1/apply", "why": "its form is filled in as you would",
    "from": "mira@post.example", "subject": "Data engineer – Mira", "formHash": "form-1", "obstacles": [], "open": [],
    "files": [{"what": "cv", "name": "Mira CV.pdf", "sha256": hashlib.sha256(PDF).hexdigest(), "bytes": len(PDF)}],
    "answers": [{"question": "Do you need a visa?", "value": "No", "source": "confirmed"}],
    "staysOff": ["Keep me in the talent pool"],
}  # fmt: skip


def prepared(db: Connection, identity: str, **changed: Any) -> None:
    db.execute(
        "update application set way = %s, prepared = %s, prepared_hash = 'form-1', obstacle = %s, open_questions = %s where id = %s",
        (PREPARED["way"], Jsonb(PREPARED), changed.get("obstacle"), Jsonb(changed.get("open", [])), identity),
    )
    put_file(db, "cv file", "Mira CV.pdf", PDF, person_id="mira")
    insert(db, "form_shown", person_id="mira", job_id="j1", form_hash="form-1", body=JPEG)
    db.commit()


def test_approve_shows_the_way_what_goes_and_the_picture_of_exactly_that(db: Connection, mira: Visitor, noor: Visitor) -> None:
    (one,) = waits(db, "j1")
    assert "form-picture" not in mira.get("/approve").text
    prepared(db, one)
    said = mira.get("/approve").text
    for what in ("filled in in a browser", "harbor-example", "Data engineer – Mira", "Do you need a visa?", "you said so", "talent pool"):
        assert what in said, what
    picture, file = f"/applications/{one}/picture", f"/applications/{one}/files/{PREPARED['files'][0]['sha256']}"
    assert picture in said
    assert file in said
    assert (mira.get(picture).content, mira.get(picture).headers["content-type"]) == (JPEG, "image/jpeg")
    assert (mira.get(file).content, "attachment" in mira.get(file).headers["content-disposition"]) == (PDF, True)
    assert [noor.get(path).status_code for path in (picture, file)] == [404, 404]
    assert mira.get(f"/applications/{one}/files/{'0' * 64}").status_code == 404
    db.execute("update application set prepared_hash = 'form-2'")
    db.commit()
    assert mira.get(picture).status_code == 404, "it shows another form than is said yes to"


def test_a_mailed_link_shows_what_a_yes_would_send(db: Connection, visitor: Visitor) -> None:
    (one,) = waits(db, "j1")
    prepared(db, one)
    db.execute("update approval set content_hash = a.content_hash from application a where a.id = application_id")
    path = approval.make_link(db, "r1", "mira", base_url=BASE, lasts=timedelta(hours=1)).removeprefix(BASE)
    db.commit()
    said = visitor.get(path).text
    shown = (
        "filled in in a browser",
        "harbor-example",
        "Data engineer – Mira",
        "Mira CV.pdf",
        "Do you need a visa?",
        "talent pool",
        "salary unknown",
    )
    assert [what for what in shown if what not in said] == []
    assert "/applications/" not in said, "nothing that needs a login is linked"


def test_an_open_question_is_answered_where_it_is_asked_in_its_own_words(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    prepared(db, one, obstacle="needs answer", open=[NOTICE])
    said = mira.get("/approve").text
    assert "Notice period?" in said
    assert 'value="yes">Send it' not in said
    answer = mira.post("/questions", {"back": one, "question": "Notice period?", "value": "3 months"})
    assert answer.headers["location"] == f"/approve#a-{one}"
    assert [row.value for row in bank.known_answers(db, "mira")] == ["3 months"]


def test_an_application_shows_its_receipt_its_proof_its_hashes_and_its_answers(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    prepared(db, one)
    answer = {**PREPARED, "way": "mail", "address": "jobs@harbor.example", "messageId": "<abc@post.example>", "hash": "f" * 64}
    for state in ("approved", "submitting"):
        db.execute("update application set state = %s, approval_hash = content_hash where id = %s", (state, one))
    db.execute("update application set state = 'uncertain', answer = %s where id = %s", (Jsonb(answer), one))
    insert(db, "settlement", application_id=one, outcome="unknown", evidence="mail", detail="Undelivered", actor="the inbox")
    db.commit()
    said = mira.get(f"/applications/{one}").text
    for what in ("by mail", "jobs@harbor.example", "&lt;abc@post.example&gt;", "f" * 64, PREPARED["files"][0]["sha256"], "Undelivered",
                 "Do you need a visa?", "Sent folder"):  # fmt: skip
        assert what in said, what


@pytest.mark.parametrize("state", ["planned", "uncertain"])
def test_i_applied_for_it_myself_closes_what_waits_or_is_unclear(db: Connection, mira: Visitor, noor: Visitor, state: str) -> None:
    (one,) = waits(db, "j1")
    for step in ("approved", "submitting", state) if state == "uncertain" else ():
        db.execute("update application set state = %s, approval_hash = content_hash where id = %s", (step, one))
    db.commit()
    assert "I applied for it myself" in mira.get(f"/applications/{one}").text
    assert noor.post(f"/applications/{one}/by-hand").status_code == 404
    assert mira.post(f"/applications/{one}/by-hand").status_code == 303
    assert states(db) == {"j1": "submitted"}
    assert "your word is the evidence" in mira.get(f"/applications/{one}").text
    assert "unclear" not in mira.get("/").text.partition("Since yesterday")[2].partition("Next")[0] or state == "uncertain"


def by_hand(db: Connection, job: str = "j7", letter: str | None = LETTER) -> None:
    add_job(db, job, title="Data engineer", company="Lockbox", url="https://www.linkedin.com/jobs/view/7", source="linkedin")
    found = {"id": job, "title": "Data engineer", "company": "Lockbox", "source": "linkedin", "matchScore": 0.9, "canAutoApply": False,
             "generatedCoverLetter": letter}  # fmt: skip
    store_matches(db, person_id="mira", cv_id="cv-mira", matches=[Match.model_validate(found)])
    insert(db, "cv_file", cv_id="cv-mira", filename="mira.pdf", kind="pdf", sha256="x", body=PDF, uploaded_by="person")
    db.commit()


def test_what_no_machine_sends_is_ready_to_copy_and_closed_by_the_persons_word(db: Connection, mira: Visitor) -> None:
    by_hand(db)
    bank.save_answer(db, "mira", "What is your notice period?", "3 months")
    db.commit()
    db.execute(
        "insert into held_back (run_id, person_id, source, job_id, title, company, score, rule, reason) "
        "values ('r', 'mira', 'linkedin', 'j7', '', '', 0.9, 'no_auto_apply', 'what was said in some run of before')"
    )
    db.commit()
    listed = mira.get("/by-hand").text
    assert "Lockbox" in listed
    assert ("the terms of www.linkedin.com forbid that a machine applies there" in listed, "some run" in listed) == (True, False)
    said = mira.get("/jobs/j7/by-hand").text
    for what in (
        "The terms of www.linkedin.com forbid that a machine applies there",
        "linkedin.com/jobs/view/7",
        "Lumen Freight",
        "3 months",
        "I sent it",
        "I will not",
    ):
        assert what in said, what
    assert mira.get("/jobs/j7/by-hand/cv").content == PDF
    assert mira.get("/jobs/j7/by-hand/letter").content.startswith(b"%PDF")
    assert db.execute("select count(*) as n from document").fetchone() == {"n": 0}, "looking keeps nothing"
    assert [mira.get(path).status_code for path in ("/jobs/j7/by-hand/x", "/jobs/nope/by-hand")] == [404, 404]
    mira.post("/jobs/j7/by-hand", {"decision": "sent"})
    assert states(db) == {"j7": "submitted"}
    assert "Lockbox" not in mira.get("/by-hand").text


def test_i_will_not_takes_it_out_of_what_is_left_to_do(db: Connection, mira: Visitor) -> None:
    by_hand(db)
    mira.post("/jobs/j7/by-hand", {"decision": "not"})
    assert (states(db), "Lockbox" in mira.get("/by-hand").text) == ({}, False)


def test_me_shows_the_answers_and_forgets_them(db: Connection, mira: Visitor) -> None:
    assert mira.post("/me/answers", {"question": "What is your notice period?", "value": "3 months"}).status_code == 303
    mira.post("/me/answers", {"question": "privacy_consent", "value": "yes"})
    mira.post("/me/answers", {"question": "What is your religion?", "never": "yes"})
    said = mira.get("/me").text
    for what in ("What is your notice period?", "3 months", "never answered", "Take it back"):
        assert what in said, what
    for one in bank.known_answers(db, "mira"):
        mira.post("/me/answers", {"question": one.question, "options": one.options, "country": one.country, "forget": "yes"})
    assert bank.known_answers(db, "mira") == []


def test_me_says_how_far_each_way_and_board_goes(db: Connection, mira: Visitor) -> None:
    waits(db, "j1")
    assert mira.post("/me/ways", {"ways:mail": "send", "ways:browser_form": "off", "boards:linkedin": "prepare"}).status_code == 303
    kept = db.execute("select preferences -> 'applying' as said from person where id = 'mira'").fetchone()
    db.commit()
    assert kept is not None
    assert (kept["said"]["ways"], kept["said"]["boards"]) == ({"mail": "send", "browser_form": "off"}, {"linkedin": "prepare"})
    assert kept["said"]["approval"] is True, "what else was said stays"
    mira.post("/me/ways", {"ways:mail": ""})
    assert '<option value="send" selected>' not in mira.get("/me").text.partition('id="ways:mail"')[2].partition("</select>")[0]


def test_me_tries_a_mailbox_refuses_one_inside_and_forgets_one(db: Connection, mira: Visitor, noor: Visitor, monkeypatch: Any) -> None:
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())
    monkeypatch.setenv("PRIVATE_MAIL_HOSTS", "")
    given = {"host": "127.0.0.1", "port": "993", "user": "mira", "password": "open sesame"}
    refused = mira.post("/me/mailbox", given)
    assert (refused.status_code, "private address" in refused.text, "open sesame" in refused.text) == (409, True, False)
    made = insert(db, "mailbox", person_id="mira", host="imap.post.example", port=993, username="mira@post.example", secret=b"x")
    db.commit()
    assert "imap.post.example" in mira.get("/me").text
    assert noor.post("/me/mailbox", {"forget": str(made["id"])}).status_code == 404
    assert mira.post("/me/mailbox", {"forget": str(made["id"])}).status_code == 303
    assert db.execute("select count(*) as n from mailbox").fetchone() == {"n": 0}
