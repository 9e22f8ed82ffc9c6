"""Invented employers answer what they received, and their mails are read as what they say."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime
from typing import Any

import pytest

from rolecall.inbox import Invitation, MailKind, understand
from sandbox.ads.content import Catalogue, openings
from sandbox.receivers.answers import WRITTEN, Received, answers
from sandbox.records import Records
from tests.sandbox.conftest import Running
from tests.sandbox.test_employers import address_of, mail_to, opening

WAYS = (
    ("mail", "<k1@mail.example>", {"title": "Nurse", "company": "Mill House", "from": "ada@mail.example"}),
    ("mail", "<k2@mail.example>", {"title": "Ward Manager", "company": "Brook", "from": "ada@mail.example"}),
    ("mail", "<k3@mail.example>", {"title": "Matron", "company": "Hill", "from": "ada@mail.example"}),
    ("recruitee", "k4", {"title": "Data Engineer", "to": "Blau & Söhne", "from": "ada@mail.example"}),
    ("ats", "k5", {"title": "Analyst", "company": "Kern", "applicant": {"email": "ada@mail.example"}}),
    ("ats", "k6", {"title": "Developer", "company": "Quay", "applicant": {"email": "ada@mail.example"}}),
    ("ats", "k7", {"title": "Tester", "company": "Dune", "applicant": {"email": "ada@mail.example"}}),
)


@pytest.fixture
def records() -> Records:
    made = Records()
    for way, key, body in WAYS:
        made.receive(key, "any", body, way=way)
    return made


def applied() -> list[dict[str, Any]]:
    return [
        {"id": key, "title": body["title"], "company": body.get("to") or body["company"]} | ({"message_id": key} if way == "mail" else {})
        for way, key, body in WAYS
    ]


def test_each_answer_is_read_as_what_it_says_about_the_application_it_answers(records: Records) -> None:
    read = [understand(one["mail"].encode(), applications=applied()) for one in answers(records)]
    assert [(one.application, one.kind, one.sure) for one in read] == [
        ("<k1@mail.example>", MailKind.RECEIVED, True),
        ("<k2@mail.example>", MailKind.REJECTED, True),
        ("k4", MailKind.INTERVIEW_INVITATION, True),
        ("k5", MailKind.ASSESSMENT, True),
        ("k6", MailKind.RECEIVED, True),
    ]
    meeting = read[2].invitation
    assert isinstance(meeting, Invitation)
    assert (meeting.method, meeting.sequence, bool(meeting.uid)) == ("request", 0, True)
    assert meeting.start is not None
    assert read[2].sent_at is not None
    assert (meeting.start.hour, meeting.start.weekday() < 5, meeting.start > read[2].sent_at) == (10, True, True)


def test_the_same_answers_come_however_often_they_are_asked_for_and_later_receipts_change_none(records: Records) -> None:
    before = answers(records)
    records.receive("k8", "any", WAYS[5][2], way="ats")
    assert answers(records) == before


def test_an_employers_mailbox_takes_a_letter_and_hangs_up(sandbox: Running, catalogue: Catalogue) -> None:
    job, before = opening(catalogue, "mail"), sandbox.receipts()["total"]
    sandbox.fault(target="employers", kind="lost_answer")
    server = smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=30)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        server.send_message(mail_to(address_of(job), "<lost@mail.example>"))
    server.close()
    assert sandbox.receipts()["total"] == before + 1
    assert sandbox.client.put("/_sandbox/faults", json={"target": "employers", "kind": "down"}).status_code == 422


def test_whatever_a_job_is_called_its_employers_answers_are_read_for_certain() -> None:
    kinds = {
        "received": MailKind.RECEIVED, "rejected": MailKind.REJECTED, "interview": MailKind.INTERVIEW_INVITATION,
        "assessment": MailKind.ASSESSMENT,
    }  # fmt: skip
    titles = sorted({job.title for job in openings(20)})
    assert len(titles) > 100
    for title in titles[::3]:
        one = Received("r1", "<key>", "ats", datetime(2031, 3, 4, 9, tzinfo=UTC), "a@b.example", title, "Acme", "jobs@acme.example")
        for kind, expected in kinds.items():
            found = understand(WRITTEN[kind](one).as_bytes(), applications=[{"id": "1", "title": title, "company": "Acme"}])
            assert (found.kind, found.sure) == (expected, True), (title, found.why)
