"""What an outcome owes is in the same transaction, once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from rolecall.applying import follow, ledger
from rolecall.applying.effects import enqueue_effects, park_and_tell
from rolecall.applying.plan import plan
from rolecall.models import ApplyOrder, Match
from rolecall.people import privacy
from rolecall.people.records import save_person
from rolecall.store import Connection


@pytest.fixture
def application(db: Connection, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in (
        "SMTP_HOST",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_PHONE_NUMBER",
        "PUSH_NOTIFICATION_URL",
        "SLACK_WEBHOOK_URL",
    ):
        monkeypatch.setenv(name, "http://set.example")
    save_person(
        db, person_id="p1", name="Ada", email="ada@example.com", phone="+4915112345678", preferences={"applying": {"approval": False}}
    )
    order = ApplyOrder(cv_id="c1", user_id="p1", user_email="ada@example.com")
    found: dict[str, Any] = {
        "id": "x1",
        "title": "Nurse",
        "companyName": "Clinic",
        "source": "linkedin",
        "matchScore": 0.9,
        "canAutoApply": True,
        "generatedCoverLetter": "Dear Clinic",
        "url": "https://board.example/x1",
        "matchReasons": [{"text": "You are a nurse"}, "They are near", 7],
    }
    planned = plan(db, order, run_id="r1", cv_sha256="h", matches=[Match.model_validate(found)])
    db.commit()
    identity = planned.applications[0]["application_id"]
    assert ledger.begin(db, identity) is not None
    return identity


def sent(db: Connection) -> list[tuple[str, str, str]]:
    rows = db.execute("select kind, type, recipient from notification order by kind, type").fetchall()
    return [(row["kind"], row["type"], row["recipient"]) for row in rows]


def test_a_submitted_application_owes_one_record_and_a_message_on_each_channel(db: Connection, application: str) -> None:
    answer = {"applicationStatus": "received", "receipt": "R1"}
    row = ledger.finish(db, application, ledger.Result("submitted", "taken", answer))
    assert row is not None
    for _ in range(2):
        enqueue_effects(db, row)
    assert sent(db) == [("applied", "email", "ada@example.com"), ("applied", "push", "p1"), ("applied", "sms", "+4915112345678")]
    mail = db.execute("select subject, message from notification where type = 'email'").fetchone()
    assert mail is not None
    assert mail["subject"] == "Auto-Applied to Nurse at Clinic"
    assert "We've automatically applied to a job that matches your profile!" in mail["message"]
    records = db.execute("select key, payload from outbox").fetchall()
    assert [record["payload"]["status"] for record in records] == ["received"]
    assert datetime.fromisoformat(records[0]["payload"]["appliedAt"]) <= datetime.now(UTC)


def test_a_dead_senders_application_is_parked_told_and_not_recorded(db: Connection, application: str) -> None:
    db.execute("update application set lease_until = now() - interval '1 second'")
    assert park_and_tell(db) == 1
    assert park_and_tell(db) == 0
    assert {kind for kind, _, _ in sent(db)} == {"uncertain"}
    assert ("uncertain", "slack", "#alerts") in sent(db)
    assert db.execute("select count(*) as n from outbox").fetchone() == {"n": 0}


def test_the_person_who_is_to_settle_it_reads_its_id(db: Connection, application: str) -> None:
    row = ledger.finish(db, application, ledger.Result("uncertain", "connection reset"))
    assert row is not None
    enqueue_effects(db, row)
    mail = db.execute("select message from notification where type = 'email'").fetchone()
    assert mail is not None
    assert application in mail["message"]


@pytest.mark.parametrize(
    ("answer", "evidence", "status"),
    [
        ({"applicationStatus": "uncertain"}, {}, "submitted"),
        ({"applicationStatus": "In_Progress"}, {}, "submitted"),
        (None, {"applicationStatus": "received"}, "received"),
    ],
)
def test_what_is_settled_as_received_is_recorded_so_and_since_it_left(
    db: Connection, application: str, answer: dict[str, Any] | None, evidence: dict[str, Any], status: str
) -> None:
    left = db.execute("select max(at) as at from application_event where to_state = 'submitting'").fetchone()
    ledger.finish(db, application, ledger.Result("uncertain", "no answer", answer))
    db.commit()
    found = ledger.Evidence("receipt" if not evidence else "service_status", "R7", "Noor", evidence or None)
    assert follow.resolve_and_notify(db, application, "submitted", found) is not None
    [record] = db.execute("select payload from outbox").fetchall()
    assert record["payload"]["status"] == status
    assert left is not None
    assert datetime.fromisoformat(record["payload"]["appliedAt"]) == left["at"]


def test_proof_that_a_refused_one_was_received_is_not_recorded_as_refused(db: Connection, application: str) -> None:
    ledger.finish(db, application, ledger.Result("uncertain", "no answer"))
    refused = ledger.Evidence("service_status", "they do not have it", "Noor", {"applicationStatus": "refused"})
    follow.resolve_and_notify(db, application, "refused", refused)
    follow.resolve_and_notify(db, application, "submitted", ledger.Evidence("mail", "hr@clinic.example thanks", "Noor"))
    assert [row["payload"]["status"] for row in db.execute("select payload from outbox").fetchall()] == ["submitted"]


def test_the_mail_about_an_application_has_its_link_its_reasons_and_the_letter_that_was_sent(db: Connection, application: str) -> None:
    row = ledger.finish(db, application, ledger.Result("submitted", "taken", {"applicationStatus": "submitted"}))
    assert row is not None
    enqueue_effects(db, row)
    mail = db.execute("select message, attachments from notification where type = 'email'").fetchone()
    assert mail is not None
    for said in ("https://board.example/x1", "- You are a nurse", "- They are near"):
        assert said in mail["message"]
    assert [one["text"] for one in mail["attachments"]] == ["Dear Clinic"]


def test_where_the_service_gave_no_link_the_catalogs_is_shown(db: Connection, application: str) -> None:
    db.execute("update application set url = null")
    db.execute(
        "insert into job (id, merge_key, title, company, url, source, content_hash, state)"
        " values ('linkedin:x1', 'm', 'Nurse', 'Clinic', 'https://catalog.example/x1', 'linkedin', 'h', 'valid')"
    )
    row = ledger.finish(db, application, ledger.Result("uncertain", "connection reset"))
    assert row is not None
    enqueue_effects(db, row)
    mail = db.execute("select message from notification where type = 'email'").fetchone()
    assert mail is not None
    assert "https://catalog.example/x1" in mail["message"]


@pytest.mark.parametrize("state", ["submitted", "uncertain"])
def test_nothing_is_written_to_somebody_who_was_erased_while_it_was_on_its_way(db: Connection, application: str, state: str) -> None:
    db.execute("update application set lease_until = now() - interval '1 second'")
    assert privacy.erase(db, "p1") is not None
    row = ledger.finish(db, application, ledger.Result(state, "late", {"applicationStatus": state}))  # type: ignore[arg-type]
    assert row is not None
    enqueue_effects(db, row)
    assert {kind for _, kind, _ in sent(db)} == ({"slack"} if state == "uncertain" else set())
