"""Nobody is flooded: summaries, quiet hours, limits, stopping; and nothing is lost by them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from psycopg.types.json import Jsonb

from rolecall.endpoints import Endpoints
from rolecall.notifying.send.deliver import deliver_due, prepare
from rolecall.notifying.wishes.digest import compose_digests
from rolecall.notifying.wishes.release import Released, release
from rolecall.outbox.compose import compose
from rolecall.outbox.kinds import KINDS, may_unsubscribe
from rolecall.outbox.messages import enqueue
from rolecall.store import Connection, connect
from tests.http_double import Answer, HttpDouble
from tests.notifying.mail_double import MailServer

STOPPABLE = [kind for kind in KINDS if may_unsubscribe(kind)]
NOON = datetime.combine(datetime.now(UTC) + timedelta(days=1), time(12), UTC)
"""Tomorrow's: what is written now, by the database's clock, is due by then."""


def person(db: Connection, person_id: str = "u1", **notifications: Any) -> dict[str, Any]:
    preferences = {"notifications": notifications}
    db.execute(
        "insert into person (id, name, email, phone, preferences) values (%s, 'Ada', %s, '+491701234567', %s)",
        (person_id, f"{person_id}@example.com", Jsonb(preferences)),
    )
    db.commit()
    return {"userId": person_id, "userEmail": f"{person_id}@example.com", "phone": "+491701234567", "preferences": preferences}


def remind(db: Connection, who: dict[str, Any], *names: str) -> None:
    for name in names:
        about = {"applicationId": name, "jobTitle": name, "companyName": "Northwind", "platform": "indeed", "status": "viewed", "days": 14}
        enqueue(db, compose("reminder", {**who, **about}, available={"email"}))
    db.commit()


def match(db: Connection, count: int, person_id: str = "u1", *, at: datetime = NOON, score: float = 0.8) -> None:
    db.execute(
        """
        insert into match (person_id, cv_id, source, job_id, score, can_auto_apply, already_applied, title, company, matched_at)
        select %s, 'c1', 'indeed', 'j' || n, %s::float8 + n / 10000.0, true, false, 'Job ' || n, 'Northwind', %s
        from generate_series(1, %s) as n
        """,
        (person_id, score, at, count),
    )
    db.commit()


def states(db: Connection) -> dict[str, tuple[str, datetime]]:
    db.commit()
    found = db.execute("select dedupe_key, state, next_at from notification").fetchall()
    return {row["dedupe_key"].split(":")[1]: (row["state"], row["next_at"]) for row in found}


# ── quiet hours, limits, stopping ───────────────────────────────────────────────────────────────────────────


def test_a_reminder_waits_for_the_quiet_hours_to_end_and_a_status_change_does_not(db: Connection) -> None:
    who = person(db, quietHours={"from": "11:00", "to": "14:00"})
    remind(db, who, "a1")
    about = {"applicationId": "a2", "jobTitle": "T", "companyName": "C", "platform": "indeed", "status": "offer"}
    enqueue(db, compose("status_change", {**who, **about}, available={"email"}))
    assert release(db, STOPPABLE, now=NOON) == Released(waiting=1)
    assert states(db)["a1"] == ("held", NOON + timedelta(hours=2))
    assert states(db)["a2"][0] == "queued"
    assert release(db, STOPPABLE, now=NOON + timedelta(hours=2)) == Released(released=1)


def test_what_is_over_the_daily_limit_waits_for_the_next_local_day(db: Connection) -> None:
    remind(db, person(db, dailyLimit=3, timeZone="Europe/Berlin"), *(f"a{n}" for n in range(5)))
    assert release(db, STOPPABLE, now=NOON) == Released(released=3, waiting=2)
    midnight = datetime.combine(NOON + timedelta(days=1), time(), ZoneInfo("Europe/Berlin"))
    assert {at for state, at in states(db).values() if state == "held"} == {midnight}
    db.execute("update notification set state = 'sent', sent_at = %s where state = 'queued'", (NOON,))
    assert release(db, STOPPABLE, now=midnight.astimezone(UTC)) == Released(released=2)


def test_a_limit_of_one_person_is_nobody_elses(db: Connection) -> None:
    remind(db, person(db, dailyLimit=0), "a1")
    remind(db, person(db, "u2"), "a2")
    assert release(db, STOPPABLE, now=NOON) == Released(released=1, waiting=1)


def test_who_stops_a_kind_after_it_was_written_does_not_get_it(db: Connection) -> None:
    remind(db, person(db), "a1")
    db.execute("""update person set preferences = '{"notifications": {"kinds": {"reminder": {"optOut": true}}}}'""")
    assert release(db, STOPPABLE) == Released(cancelled=1)
    (debt,) = db.execute("select payload from outbox").fetchall()
    assert debt["payload"]["status"] == "cancelled"


def test_somebody_we_know_no_preferences_of_gets_it_at_once(dsn: str, db: Connection, settings: Endpoints, mail: MailServer) -> None:
    who = {"userId": "stranger", "userEmail": "s@example.com", "phone": None, "preferences": {}}
    remind(db, who, "a1")
    assert deliver_due(dsn, settings).sent == 1


# ── summaries ───────────────────────────────────────────────────────────────────────────────────────────────


def test_five_hundred_matches_are_one_mail_told_once(dsn: str, db: Connection, settings: Endpoints, mail: MailServer) -> None:
    person(db, delivery="at_once")
    match(db, 500)
    for _ in range(2):
        prepare(dsn, settings)
        deliver_due(dsn, settings)
    (letter,) = mail.letters
    assert letter["Subject"] == "500 new matches for you"
    text = letter.get_body(("plain",))
    assert text is not None
    assert "Job 500\nNorthwind · 85 % match" in text.get_content().replace("\r\n", "\n")
    assert "Job 490\n" not in text.get_content().replace("\r\n", "\n")
    db.execute("update match set score = 0.99, matched_at = now()")
    assert compose_digests(db) == 0  # matched again is not new


def test_a_daily_summary_comes_at_its_hour_and_only_with_news(db: Connection) -> None:
    person(db, digestHour=18)
    match(db, 3)
    assert compose_digests(db, now=NOON) == 0
    assert compose_digests(db, now=NOON + timedelta(hours=5, minutes=59)) == 0
    assert compose_digests(db, now=NOON + timedelta(hours=6)) == 1
    assert compose_digests(db, now=NOON + timedelta(hours=7)) == 0
    assert compose_digests(db, now=NOON + timedelta(days=3)) == 0
    db.execute("update match set job_id = 'new-' || job_id, matched_at = %s", (NOON + timedelta(days=3),))
    assert compose_digests(db, now=NOON + timedelta(days=3, minutes=5)) == 0  # came after today's look, waits for its hour
    assert compose_digests(db, now=NOON + timedelta(days=3, hours=6)) == 1


def test_a_summary_that_was_missed_while_nothing_ran_comes_when_it_runs_again(db: Connection) -> None:
    person(db, digestHour=18)
    match(db, 3)
    compose_digests(db, now=NOON)
    assert compose_digests(db, now=NOON + timedelta(hours=12)) == 1


@pytest.mark.parametrize(
    "change",
    [
        "update match set already_applied = true",
        "update match set score = 0.69",
        "insert into told_match select person_id, source, job_id from match",
        """update person set preferences = '{"notifications": {"delivery": "at_once", "kinds": {"digest": {"optOut": true}}}}'""",
    ],
    ids=["applied for", "below 70 %", "told already", "stopped"],
)
def test_what_is_no_news_is_not_told(db: Connection, change: str) -> None:
    person(db, delivery="at_once")
    match(db, 2)
    db.execute(change)  # type: ignore[arg-type]
    assert compose_digests(db) == 0


def test_a_reminder_that_waits_for_the_summary_is_told_in_it_and_shares_its_fate(
    dsn: str, db: Connection, settings: Endpoints, mail: MailServer
) -> None:
    who = person(db, kinds={"reminder": {"delivery": "daily"}, "digest": {"delivery": "at_once"}})
    remind(db, who, "a1", "a2")
    prepare(dsn, settings)
    assert deliver_due(dsn, settings).sent == 1
    (letter,) = mail.letters
    assert "No news for 14 days: a1 at Northwind" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert {state for state, _ in states(db).values()} == {"sent"}
    debts = db.execute("select payload ->> 'status' as status from outbox").fetchall()
    assert [debt["status"] for debt in debts] == ["sent"] * 3


def test_two_who_compose_at_once_write_one_summary(dsn: str, db: Connection) -> None:
    person(db, delivery="at_once")
    match(db, 2)
    with connect(dsn) as other:
        assert compose_digests(other) == 1
        assert compose_digests(db) == 0
        other.commit()
    assert compose_digests(db) == 0


# ── when a channel cannot ───────────────────────────────────────────────────────────────────────────────────


def owe_applied(db: Connection, **changed: Any) -> None:
    context = {
        **{"applicationId": "a1", "userId": "u1", "userEmail": "ada@example.com", "phone": "+491701234567", "jobTitle": "T"},
        **{"companyName": "C", "platform": "indeed", "reasons": [], "preferences": {"notifications": {"channels": ["sms"]}}},
        **changed,
    }
    enqueue(db, compose("applied", context, available={"email", "sms"}))
    db.commit()


def test_a_message_that_cannot_be_delivered_takes_the_next_channel(dsn: str, db: Connection, settings: Endpoints, mail: MailServer) -> None:
    owe_applied(db, phone="+49 not a number")
    deliver_due(dsn, settings)
    deliver_due(dsn, settings)
    (letter,) = mail.letters
    assert letter["To"] == "ada@example.com"
    assert letter["Subject"] == "Auto-Applied to T at C"


def test_nothing_falls_back_while_another_channel_tells_it(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    owe_applied(db, userEmail="nobody", preferences={})
    deliver_due(dsn, settings)
    assert len(states(db)) <= 2
    rows = db.execute("select type, state from notification where kind = 'applied'").fetchall()
    assert {row["type"]: row["state"] for row in rows} == {"email": "failed", "sms": "sent"}


def test_many_failures_for_one_reason_are_one_alert_a_day(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    for n in range(20):
        owe_applied(db, applicationId=f"a{n}", userEmail="nobody", phone=None)
    for _ in range(3):
        deliver_due(dsn, settings)
    (alert,) = [call.json for call in provider.calls if "services" in call.path]
    assert alert["channel"] == "#alerts"
    assert alert["text"].startswith("🚨 20 messages by email did not get through (InvalidInput: recipient)")


def test_a_refused_key_is_a_critical_alert(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    keyed = settings.model_copy(update={"alert_webhook_url": f"{provider.url}/alert"})
    keyed = Endpoints.model_validate(keyed.model_dump())
    provider.answer = lambda call: Answer(401) if "twilio" in call.path else Answer(200, b"ok")
    owe_applied(db)
    deliver_due(dsn, keyed)
    deliver_due(dsn, keyed)
    (critical,) = [call.json for call in provider.calls if call.path == "/alert"]
    assert critical["attachments"][0]["color"] == "danger"
    fields = {one["title"]: one["value"] for one in critical["attachments"][0]["fields"]}
    assert (fields["Workflow"], fields["Node"]) == ("send_notifications", "sms")


@pytest.mark.parametrize(
    "odd",
    [
        {"quietHours": {"from": "22:00Z", "to": "07:00"}},
        {"quietHours": {"from": "22:00+02:00", "to": "07:00+02:00"}},
        {"timeZone": "x" * 5000, "dailyLimit": 10**30, "digestHour": True},
    ],
)
def test_an_odd_wish_counts_as_not_said_and_nobodys_message_waits_for_it(db: Connection, odd: dict[str, Any]) -> None:
    for person, notifications in (("odd", odd), ("zoe", {})):
        db.execute(
            "insert into person (id, name, email, preferences) values (%s, 'N', 'n@x.example', %s)",
            (person, Jsonb({"notifications": notifications})),
        )
        db.execute(
            "insert into notification (dedupe_key, person_id, kind, type, recipient, message, state) "
            "values (%s, %s, 'reminder', 'email', 'n@x.example', 'm', 'held')",
            (person, person),
        )
    assert release(db, ["reminder"]).released == 2
