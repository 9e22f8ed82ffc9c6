"""What employers wrote, on the pages: meetings, a no, what a mail settled, and its correction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import pytest
from fastapi import FastAPI

from rolecall.applying import approval, ledger
from rolecall.inbox.reading import take_in
from rolecall.store import Connection
from tests.web.conftest import Visitor, waits

RECEIVED = "We have received your application for the position and will review it."
REJECTED = "We regret to inform you that you were not selected."
INVITED = "We would like to invite you to an interview for the position."

Write = Callable[..., int]


@pytest.fixture
def applications(app: FastAPI, db: Connection) -> list[str]:
    """Mira's applications at Quartz Harbor, Quartz Harbor 1 and 2: the first unclear, the others sent."""
    found = waits(db, "j1", "j2", "j3")
    titles = [f"Data engineer @ Quartz Harbor{end}" for end in ("", " 1", " 2")]
    approval.record_answer(db, "r1", titles, by="Airflow account x")
    for identity, result in zip(found, ("uncertain", "submitted", "submitted"), strict=True):
        assert ledger.begin(db, identity)
        ledger.finish(db, identity, ledger.Result(result, "said", {"applicationStatus": "submitted"} if result == "submitted" else None))  # type: ignore[arg-type]
        answered = "coalesce(answer, '{}') || jsonb_build_object('messageId', 'sent-' || id || '@mail.example')"
        db.execute(f"update application set answer = {answered} where id = %s", (identity,))
    db.commit()
    return found


@pytest.fixture
def write(db: Connection, applications: list[str]) -> Write:
    """Takes a mail in that answers one of Mira's applications; its id."""

    def written(text: str, to: str, *, subject: str = "Your application", calendar: str = "", name: str = "Quartz Harbor") -> int:
        made = EmailMessage()
        made["From"], made["Subject"] = f"{name} <jobs@quartz.example>", subject
        made["Message-ID"], made["Date"] = f"<{len(text)}-{subject[:5].strip()}@quartz.example>", format_datetime(datetime.now(UTC))
        if to:
            made["In-Reply-To"] = f"<sent-{to}@mail.example>"
        made.set_content(text)
        if calendar:
            made.add_attachment(calendar.encode(), maintype="text", subtype="calendar")
        row = take_in(db, "mira", made.as_bytes())
        db.commit()
        assert row is not None
        return int(str(row["id"]))

    return written


def calendar(starts: datetime, *, where: str = "Pier 4") -> str:
    return (
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:m-1\nSEQUENCE:0\n"
        f"DTSTART:{starts:%Y%m%dT%H%M%SZ}\nSUMMARY:Interview\nLOCATION:{where}\nEND:VEVENT\nEND:VCALENDAR\n"
    )


def test_today_shows_an_interview_with_its_calendar_entry_a_no_and_what_a_mail_settled(
    mira: Visitor, applications: list[str], write: Write
) -> None:
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    write(RECEIVED, applications[0])
    write(INVITED, applications[1], calendar=calendar(starts))
    write(REJECTED, applications[2])
    shown = mira.get("/").text
    assert "This mail settled that it arrived" in shown
    assert "a no</span>" in shown
    assert starts.isoformat(timespec="seconds") in shown
    entry = mira.get(shown.partition('href="/meetings/')[2].partition('"')[0].join(("/meetings/", "")))
    assert entry.headers["content-type"].startswith("text/calendar")
    assert f"DTSTART:{starts:%Y%m%dT%H%M%SZ}" in entry.text
    evidence = mira.get(f"/applications/{applications[0]}").text
    assert "What the employer wrote" in evidence
    assert RECEIVED in evidence
    assert "evidence: mail" in evidence
    outcomes = mira.get("/applications").text
    assert "What came of it" in outcomes
    assert "by way out" in outcomes


def test_no_that_was_another_job_undoes_what_followed_and_it_follows_for_the_other(
    mira: Visitor, db: Connection, applications: list[str], write: Write
) -> None:
    mail = write(RECEIVED, applications[0])
    assert "No, that was another job" in mira.get(f"/applications/{applications[0]}").text
    answer = mira.post(f"/mails/{mail}/correct", {"application": applications[1], "kind": "rejected"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/applications/{applications[1]}#answers")
    rows = {str(row["id"]): (row["state"], row["employer_status"]) for row in db.execute("select * from application").fetchall()}
    assert [rows[one] for one in applications[:2]] == [("uncertain", None), ("submitted", "rejected")]
    assert mira.post(f"/mails/{mail}/correct", {"application": ""}).headers["location"] == "/#answers"
    assert db.execute("select employer_status as s from application where id = %s", (applications[1],)).fetchone() == {"s": None}


def test_a_mail_that_may_be_about_several_is_asked_about(mira: Visitor, db: Connection, applications: list[str], write: Write) -> None:
    mail = write("We have received your application at Quartz Harbor.", "")
    assert db.execute("select application_id from mail where id = %s", (mail,)).fetchone() == {"application_id": None}
    assert "Say which job it is about" in mira.get("/").text


def test_nobody_reads_or_corrects_anothers_mails(
    mira: Visitor, noor: Visitor, applications: list[str], write: Write, db: Connection
) -> None:
    mail = write(INVITED, applications[1], calendar=calendar(datetime.now(UTC) + timedelta(days=3)))
    meeting = db.execute("select id from interview").fetchone()
    assert meeting is not None
    assert "Quartz" not in noor.get("/").text
    assert noor.get(f"/meetings/{meeting['id']}.ics").status_code == 404
    assert noor.post(f"/mails/{mail}/correct", {"application": ""}).status_code == 404
    assert mira.post(f"/mails/{mail}/correct", {"application": "", "kind": "security_code"}).status_code == 422
    assert mira.get("/meetings/999999.ics").status_code == 404


def test_nothing_of_a_strangers_mail_becomes_part_of_the_page(mira: Visitor, applications: list[str], write: Write) -> None:
    evil = "<script>alert(1)</script>"
    starts = datetime.now(UTC) + timedelta(days=3)
    body = f"{INVITED} {evil} Join: https://zoom.example/j/1?x=<b>"
    write(body, applications[1], subject=f"Interview {evil}", name=f"'{evil}'", calendar=calendar(starts, where=f"javascript:{evil}"))
    for path in ("/", f"/applications/{applications[1]}", "/applications"):
        shown = mira.get(path)
        assert shown.status_code == 200
        assert "<script>alert" not in shown.text
        assert 'href="javascript' not in shown.text


def test_whoever_is_silent_is_named_with_a_letter_that_nothing_sends(mira: Visitor, db: Connection, applications: list[str]) -> None:
    assert "No answer yet" not in mira.get("/").text
    db.execute("update application set submitted_at = now() - interval '40 days' where id = %s", (applications[1],))
    db.commit()
    shown = mira.get("/").text
    assert "silent for 40 days" in shown
    assert "remain very interested" in shown
    assert db.execute("select count(*) as n from notification where kind = 'reminder'").fetchone() == {"n": 0}
