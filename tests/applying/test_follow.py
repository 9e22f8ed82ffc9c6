"""After an application has left: settled by asking or by a person, followed, remembered, taken back. Nothing is ever sent again."""

from __future__ import annotations

from typing import Any

import pytest

from rolecall.applying import follow, ledger, requests
from rolecall.applying.follow import carry_out_decision
from rolecall.errors import InvalidInput, NeverSent, RequestRejected
from rolecall.models import ApplyOrder
from rolecall.people.records import save_person
from rolecall.store import Connection

ORDER = ApplyOrder(cv_id="c1", user_id="p1", user_email="ada@mail.example")


@pytest.fixture(autouse=True)
def ada(db: Connection) -> None:
    save_person(db, person_id="p1", name="Ada", email="ada@mail.example", phone=None, preferences={"applying": {"approval": False}})
    db.commit()


@pytest.fixture
def uncertain(db: Connection, application: str) -> str:
    ledger.begin(db, application)
    ledger.finish(db, application, ledger.Result("uncertain", "connection reset"))
    db.commit()
    return application


@pytest.fixture
def submitted(db: Connection, application: str) -> str:
    ledger.begin(db, application)
    ledger.finish(db, application, ledger.Result("submitted", "taken", {"applicationStatus": "submitted", "receipt": "R1"}))
    db.execute("update application set platform_id = 'a77'")
    db.commit()
    return application


def state(db: Connection) -> str:
    row = db.execute("select state from application").fetchone()
    db.commit()
    assert row is not None
    return str(row["state"])


def told(db: Connection) -> list[str]:
    rows = db.execute("select distinct kind from notification order by kind").fetchall()
    return [row["kind"] for row in rows]


def records(db: Connection) -> int:
    row = db.execute("select count(*) as n from outbox where topic = 'record_application'").fetchone()
    return int(row["n"]) if row else 0


def asked_again_now(db: Connection) -> None:
    db.execute("update application set status_checked_at = now() - interval '1 day'")
    db.commit()


def test_a_service_that_knows_the_key_settles_it_once_with_record_and_message(dsn: str, db: Connection, uncertain: str) -> None:
    keys: list[str] = []

    def ask(key: str) -> dict[str, Any]:
        keys.append(key)
        return {"applicationStatus": "submitted", "receipt": "R5"}

    for _ in range(2):
        follow.resolve_by_asking(dsn, ask)
        asked_again_now(db)
    assert (state(db), records(db), told(db), len(keys)) == ("submitted", 1, ["applied"], 1)
    kept = db.execute("select evidence, actor, answer ->> 'receipt' as receipt from settlement").fetchall()
    assert kept == [{"evidence": "service_status", "actor": "process_applications", "receipt": "R5"}]


@pytest.mark.parametrize(
    "answer",
    [
        {"applicationStatus": "uncertain"},
        {"applicationStatus": "in_progress"},
        {"applicationStatus": ""},
        {},
        RequestRejected("404", status=404),
        NeverSent("refused"),
    ],
)
def test_a_service_that_does_not_know_settles_nothing_and_nothing_is_recorded(
    dsn: str, db: Connection, uncertain: str, answer: dict[str, Any] | Exception
) -> None:
    def ask(key: str) -> dict[str, Any]:
        if isinstance(answer, Exception):
            raise answer
        return answer

    follow.resolve_by_asking(dsn, ask)
    assert (state(db), records(db)) == ("uncertain", 0)


def test_an_unclear_application_is_asked_about_more_and_more_rarely(dsn: str, db: Connection, uncertain: str) -> None:
    asked: list[str] = []

    def ask(key: str) -> dict[str, Any]:
        asked.append(key)
        raise RequestRejected("404", status=404)

    for _ in range(5):
        follow.resolve_by_asking(dsn, ask)
    assert len(asked) == 1


@pytest.mark.parametrize(("decision", "state_after", "recorded"), [("received", "submitted", 1), ("not received", "refused", 0)])
def test_a_person_settles_with_a_name_and_what_follows_happens_once(
    db: Connection, uncertain: str, decision: str, state_after: str, recorded: int
) -> None:
    for _ in range(2):
        row = carry_out_decision(db, uncertain, decision, "mail", "hr@clinic.example, Re: Nurse, 22 Nov", "Ada Quill")
        assert row["state"] == state_after
        db.commit()
    assert records(db) == recorded
    assert "Ada Quill" in row["state_reason"]
    events = db.execute("select to_state from application_event where from_state = 'uncertain'").fetchall()
    assert len(events) == 1


def test_an_application_that_is_not_uncertain_cannot_be_settled_and_says_so(db: Connection, application: str) -> None:
    with pytest.raises(InvalidInput, match="approved, not uncertain"):
        carry_out_decision(db, application, "received", "statement", "I saw it", "Ada")
    db.rollback()
    with pytest.raises(InvalidInput, match="applicationId"):
        carry_out_decision(db, "00000000-0000-0000-0000-000000000000", "received", "statement", "I saw it", "Ada")


@pytest.mark.parametrize(("detail", "name"), [("  ", "Ada"), ("I saw it", " ")])
def test_evidence_without_words_or_without_a_name_is_none(db: Connection, uncertain: str, detail: str, name: str) -> None:
    with pytest.raises(InvalidInput, match="words and a name"):
        carry_out_decision(db, uncertain, "received", "statement", detail, name)


def test_what_was_not_sent_is_withdrawn_for_good(db: Connection, application: str) -> None:
    assert carry_out_decision(db, application, "withdraw", "statement", "changed my mind", "Ada")["state"] == "cancelled"
    assert ledger.begin(db, application) is None
    audit = db.execute("select actor, action from audit where action = 'withdraw'").fetchall()
    assert audit == [{"actor": "Ada: changed my mind", "action": "withdraw"}]


def test_what_was_sent_is_withdrawn_at_the_platform_once(db: Connection, submitted: str) -> None:
    for _ in range(2):
        assert carry_out_decision(db, submitted, "withdraw", "statement", "found another", "Ada")["state"] == "submitted"
        follow.enqueue_withdrawals(db)
    owed = db.execute("select payload from outbox where topic = 'application_status'").fetchall()
    assert owed == [{"payload": {"applicationId": "a77", "status": "withdrawn"}}]


def test_what_is_uncertain_cannot_be_withdrawn_before_it_is_settled(db: Connection, uncertain: str) -> None:
    with pytest.raises(InvalidInput, match="uncertain"):
        carry_out_decision(db, uncertain, "withdraw", "statement", "changed my mind", "Ada")


def test_each_change_of_status_is_told_once_and_what_we_recorded_ourselves_is_no_news(dsn: str, db: Connection, submitted: str) -> None:
    for status in ("submitted", "viewed", "viewed", "Interview", "offer"):
        follow.follow_status(dsn, lambda identity, now=status: {"id": identity, "status": now})  # type: ignore[misc]
    changes = db.execute("select message from notification where kind = 'status_change' and type = 'email'").fetchall()
    assert len(changes) == 3
    row = db.execute("select employer_status from application").fetchone()
    assert row == {"employer_status": "offer"}


@pytest.mark.parametrize("first", ["submitted", "Sent", "applied"])
def test_a_status_that_repeats_sent_is_neither_kept_nor_told(dsn: str, db: Connection, submitted: str, first: str) -> None:
    for status in (first, "applied", "sent"):
        follow.follow_status(dsn, lambda identity, now=status: {"id": identity, "status": now})  # type: ignore[misc]
    assert db.execute("select employer_status, (select count(*) from figures.employer_news) as news from application").fetchone() == {
        "employer_status": None,
        "news": 0,
    }
    assert db.execute("select count(*) as told from notification where kind = 'status_change'").fetchone() == {"told": 0}
    follow.follow_status(dsn, lambda identity: {"id": identity, "status": "interview"})
    follow.follow_status(dsn, lambda identity: {"id": identity, "status": "submitted"})  # that is a change: the interview is off
    assert db.execute("select employer_status from application").fetchone() == {"employer_status": "submitted"}


def test_a_platform_without_statuses_changes_nothing(dsn: str, db: Connection, submitted: str) -> None:
    def ask(identity: str) -> dict[str, Any]:
        raise RequestRejected("404", status=404)

    assert follow.follow_status(dsn, ask).unanswered == 1
    assert told(db) == []


def test_a_silent_employer_is_remembered_after_n_2n_and_3n_days_and_no_more(db: Connection, submitted: str) -> None:
    reminded = []
    for day in range(1, 80):
        db.execute("update application set submitted_at = now() - %s * interval '1 day' - interval '1 minute'", (day,))
        if follow.remind_of_silence(db):
            reminded.append(day)
    assert reminded == [14, 28, 42]


@pytest.mark.parametrize(("days", "expected"), [(5, 1), (30, 0), (0, 0)])
def test_the_person_says_after_how_many_days(db: Connection, submitted: str, days: int, expected: int) -> None:
    save_person(db, person_id="p1", name="Ada", email="a@mail.example", phone=None, preferences={"applying": {"remindAfterDays": days}})
    db.execute("update application set submitted_at = now() - interval '20 days'")
    assert follow.remind_of_silence(db) == expected


def test_what_never_left_is_asked_for_again_three_times_after_longer_pauses(db: Connection, application: str) -> None:
    ledger.begin(db, application)
    ledger.finish(db, application, ledger.Result("approved", "never sent: connection refused"))
    db.commit()
    assert follow.requeue_unsent(db) == 0
    for _ in range(5):
        db.execute("alter table application disable trigger application_guard")
        db.execute("update application set updated_at = now() - interval '2 hours'")
        db.execute("alter table application enable trigger application_guard")
        if follow.requeue_unsent(db):
            requests.mark_triggered(db, [one["trigger_run_id"] for one in requests.next_requests(db)])
    assert db.execute("select count(*) as n, max(origin) as origin from apply_request").fetchone() == {"n": 3, "origin": "dispatch"}


@pytest.mark.parametrize("odd", ["1e20", "1e400", "-3", "2.5", '"soon"', "[]", "null"])
def test_an_odd_number_of_days_counts_as_not_said_and_stops_nobodys_reminder(db: Connection, submitted: str, odd: str) -> None:
    db.execute("update person set preferences = jsonb_build_object('applying', jsonb_build_object('remindAfterDays', %s::jsonb))", (odd,))
    db.execute("update application set submitted_at = now() - interval '20 days'")
    assert follow.remind_of_silence(db) == 1


def test_an_application_that_cannot_be_told_about_stops_no_other(dsn: str, db: Connection, submitted: str, monkeypatch: Any) -> None:
    def tell(conn: Connection, row: Any, kind: str, **more: Any) -> None:
        if str(row["id"]) == submitted:
            raise ValueError("odd")
        real(conn, row, kind, **more)

    real = follow.enqueue_message
    monkeypatch.setattr(follow, "enqueue_message", tell)
    db.execute("update application set submitted_at = now() - interval '20 days'")
    assert follow.remind_of_silence(db) == 0
    assert db.execute("select queue, key, person_id from dead_letter").fetchall() == [
        {"queue": "reminder", "key": submitted, "person_id": "p1"}
    ]
    monkeypatch.setattr(follow, "enqueue_message", real)
    assert follow.remind_of_silence(db) == 1
    assert db.execute("select 1 from dead_letter").fetchall() == []
