"""Each message goes out once or is known not to have; nothing stops the others."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from local.base.paths import IMPORTS
from rolecall.endpoints import Endpoints
from rolecall.errors import StoreUnavailable
from rolecall.notifying.send import deliver, outcome
from rolecall.notifying.send.deliver import DECLINED, DeliveredMessages, deliver_due
from rolecall.notifying.send.outcome import RESENDS
from rolecall.notifying.wishes.release import release
from rolecall.outbox.messages import Draft, enqueue
from rolecall.store import Connection, connect
from tests.any_day import shifted
from tests.http_double import Answer, Call, HttpDouble
from tests.notifying.mail_double import MailServer

ROOT = Path(__file__).parents[2]
SENDER = """
import sys
from rolecall.notifying.send.deliver import deliver_due
from rolecall.endpoints import endpoints
deliver_due(sys.argv[1], endpoints())
"""
CUT = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'deliver' and datname = current_database()"


def queue(db: Connection, *names: str, **changed: Any) -> None:
    """One push per name, unless changed."""
    values = {"kind": "applied", "type": "push", "message": "M", "title": "T", **changed}
    enqueue(db, [Draft(dedupe_key=name, **{"recipient": name, **values}) for name in names])
    db.commit()


def rows(db: Connection) -> dict[str, dict[str, Any]]:
    db.commit()
    return {row["dedupe_key"]: row for row in db.execute("select * from notification").fetchall()}


def states(db: Connection) -> dict[str, str]:
    return {key: row["state"] for key, row in rows(db).items()}


def owed(db: Connection) -> dict[str, Any]:
    db.commit()
    found = db.execute("select key, payload from outbox where topic = 'notification_status' and done_at is null").fetchall()
    return {row["key"]: row["payload"] for row in found}


def make_due(db: Connection) -> None:
    db.execute("update notification set next_at = now() where state = 'queued'")
    db.commit()


def lease_runs_out(db: Connection) -> None:
    db.execute("update notification set lease_until = now() - interval '1 second' where state = 'sending'")
    db.commit()


def received(provider: HttpDouble) -> Counter[str]:
    return Counter(call.json["userId"] for call in provider.calls)


def for_user(answers: dict[str, Answer]) -> Callable[[Call], Answer]:
    return lambda call: answers.get(call.json["userId"], Answer())


# ── the normal way ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_due_is_sent_by_type_and_its_status_is_owed(
    dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble, mail: MailServer
) -> None:
    queue(db, "push")
    queue(db, "mail", type="email", recipient="ada@example.com")
    queue(db, "sms", type="sms", recipient="+491701234567")
    queue(db, "slack", type="slack", recipient="#alerts")
    assert deliver_due(dsn, settings) == DeliveredMessages(sent=4, by_channel={"email": 1, "push": 1, "slack": 1, "sms": 1})
    assert (len(mail.letters), len(provider.calls)) == (1, 3)
    found = rows(db)
    debts = owed(db)
    for row in found.values():
        assert (row["state"], row["attempts"], row["lease_until"], row["error"]) == ("sent", 1, None, None)
        debt = debts[str(row["id"])]
        assert (debt["notificationId"], debt["status"]) == (str(row["id"]), "sent")
        assert datetime.fromisoformat(debt["sentAt"]) == row["sent_at"]
    assert found["mail"]["provider_id"] == f"<{found['mail']['id']}@rolecall.example>"


def test_a_second_call_sends_nothing(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    queue(db, "a", "b")
    assert deliver_due(dsn, settings).sent == 2
    assert deliver_due(dsn, settings) == DeliveredMessages()
    assert len(provider.calls) == 2


def test_what_is_not_due_waits(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    queue(db, "later")
    db.execute("update notification set next_at = now() + interval '1 minute'")
    db.commit()
    assert deliver_due(dsn, settings) == DeliveredMessages()


def test_a_limit_leaves_the_rest_for_the_next_call(dsn: str, db: Connection, settings: Endpoints) -> None:
    queue(db, *(f"u{n}" for n in range(10)))
    assert deliver_due(dsn, settings, limit=4).sent == 4
    assert Counter(states(db).values()) == {"sent": 4, "queued": 6}


def test_callers_at_the_same_time_send_each_message_once(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    names = [f"u{n}" for n in range(80)]
    queue(db, *names)

    def slow(call: Call) -> Answer:
        time.sleep(0.005)
        return Answer()

    provider.answer = slow
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: deliver_due(dsn, settings, concurrency=4), range(4)))
    assert sum(result.sent for result in results) == 80
    assert received(provider) == Counter(names)
    assert set(states(db).values()) == {"sent"}


def test_a_message_of_another_producer_is_reported_under_its_own_id(dsn: str, db: Connection, settings: Endpoints) -> None:
    queue(db, "stream:their-7", recipient="u1")
    deliver_due(dsn, settings)
    assert owed(db)["their-7"]["notificationId"] == "their-7"


# ── one failure is one failure ──────────────────────────────────────────────────────────────────────────────


def test_one_bad_recipient_among_ten_stops_nobody(dsn: str, db: Connection, settings: Endpoints, mail: MailServer) -> None:
    for n in range(10):
        queue(db, f"m{n}", type="email", recipient="not an address" if n == 3 else f"u{n}@example.com")
    assert deliver_due(dsn, settings) == DeliveredMessages(sent=9, failed=1, by_channel={"email": 9})
    bad = rows(db)["m3"]
    assert bad["state"] == "failed"
    assert "is not one e-mail address" in bad["error"]
    assert owed(db)[str(bad["id"])] == {"notificationId": str(bad["id"]), "status": "failed", "sentAt": None}


def test_a_recipient_the_provider_declines_stops_nobody(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    queue(db, *(f"u{n}" for n in range(10)))
    provider.answer = for_user({"u4": Answer(400, b"unknown user")})
    result = deliver_due(dsn, settings)
    assert (result.sent, result.failed) == (9, 1)
    assert "400" in rows(db)["u4"]["error"]


def test_an_unknown_type_fails_and_names_the_known_ones(dsn: str, db: Connection, settings: Endpoints) -> None:
    queue(db, "good")
    queue(db, "odd", type="pigeon")
    assert deliver_due(dsn, settings) == DeliveredMessages(sent=1, failed=1, by_channel={"push": 1})
    assert "use one of email, sms, push, telegram, ntfy, slack" in rows(db)["odd"]["error"]


def test_an_error_nobody_foresaw_is_that_rows_and_nobody_elses(
    dsn: str, db: Connection, settings: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(db, "a", "b")
    queue(db, "c", type="slack", recipient="#x")

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("oops")

    monkeypatch.setitem(deliver.Channels.send.__globals__["CHANNELS"], "slack", broken)
    result = deliver_due(dsn, settings)
    assert (result.sent, result.uncertain) == (2, 1)
    assert rows(db)["c"]["error"] == "ZeroDivisionError: oops"


def test_a_channel_that_is_not_set_up_names_the_variable_and_stops_no_other(
    dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble
) -> None:
    bare = settings.model_copy(update={"slack_webhook_url": None})
    queue(db, "s1", type="slack", recipient="#x")
    queue(db, "u1")
    result = deliver_due(dsn, bare)
    assert (result.sent, result.failed) == (1, 1)
    assert rows(db)["s1"]["error"] == "SLACK_WEBHOOK_URL: is not set → set it to send by Slack (docs/notifications.md)"


# ── what failed, by its meaning ─────────────────────────────────────────────────────────────────────────────


def test_a_429_is_sent_again_after_the_time_it_asks_for(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    queue(db, "u1")
    provider.answer = lambda call: Answer(429, headers={"Retry-After": "90"})
    before = datetime.now(UTC)
    assert deliver_due(dsn, settings).retried == 1
    row = rows(db)["u1"]
    assert row["state"] == "queued"
    assert before + timedelta(seconds=90) <= row["next_at"] <= datetime.now(UTC) + timedelta(seconds=90)
    assert not owed(db)
    assert deliver_due(dsn, settings) == DeliveredMessages()
    provider.answer = lambda call: Answer()
    make_due(db)
    assert deliver_due(dsn, settings).sent == 1
    assert rows(db)["u1"]["attempts"] == 2


def test_what_never_left_is_tried_again_and_given_up_in_the_end(
    dsn: str, db: Connection, settings: Endpoints, nowhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcome, "TRIES", 3)
    away = settings.model_copy(update={"push_notification_url": nowhere})
    queue(db, "u1")
    for _ in range(2):
        assert deliver_due(dsn, away).retried == 1
        make_due(db)
    assert deliver_due(dsn, away).failed == 1
    assert rows(db)["u1"]["error"].startswith("given up after 3 attempts")
    assert len(owed(db)) == 1


def test_the_waits_double_up_to_six_hours_and_last_about_three_days() -> None:
    waits = [outcome.retry_delay(attempt) for attempt in range(1, outcome.TRIES)]
    assert waits[:3] == [15, 30, 60]
    assert max(waits) == 6 * 3600
    assert 3 < sum(waits) / 86400 < 4
    assert outcome.retry_delay(1, asked=90) == 90


@pytest.mark.parametrize("answer", [Answer(500), Answer(503), Answer(fault="hang up"), Answer(302)], ids=["500", "503", "lost", "302"])
def test_an_unclear_answer_to_a_transactional_message_is_never_sent_again(
    dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble, answer: Answer
) -> None:
    queue(db, "u1")
    provider.answer = lambda call: answer
    assert deliver_due(dsn, settings).uncertain == 1
    (debt,) = owed(db).values()
    assert (debt["status"], debt["sentAt"]) == ("uncertain", None)
    make_due(db)
    deliver_due(dsn, settings)
    assert [call.path for call in provider.calls if "push" in call.path] == ["/push?key=push-secret"]
    assert len(owed(db)) == 1


def test_an_answer_that_takes_too_long_is_unclear(
    dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.notifying.send.channels.TIMEOUT", 0.2)
    gone = threading.Event()

    def slow(call: Call) -> Answer:
        gone.wait(5)
        return Answer()

    provider.answer = slow
    queue(db, "u1")
    assert deliver_due(dsn, settings).uncertain == 1
    gone.set()
    assert "ReadTimeout" in rows(db)["u1"]["error"]


def test_the_teams_own_news_is_sent_again_after_an_unclear_answer_but_not_for_ever(
    dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble
) -> None:
    queue(db, "news", type="slack", kind="scraped_error", recipient="#alerts")
    provider.answer = lambda call: Answer(500)
    for _ in range(RESENDS - 1):
        assert deliver_due(dsn, settings).retried == 1
        make_due(db)
    assert deliver_due(dsn, settings).uncertain == 1
    assert len(provider.calls) == RESENDS


def test_a_refused_key_is_a_failure_that_says_so(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    queue(db, "u1")
    provider.answer = lambda call: Answer(401)
    assert deliver_due(dsn, settings).failed == 1
    assert "check the token" in rows(db)["u1"]["error"]


def test_a_provider_in_trouble_is_left_alone_and_the_others_go_on(
    dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble, mail: MailServer, nowhere: str
) -> None:
    queue(db, *(f"u{n}" for n in range(40)))
    for n in range(5):
        queue(db, f"m{n}", type="email", recipient=f"u{n}@example.com")
    result = deliver_due(dsn, settings.model_copy(update={"push_notification_url": nowhere}), concurrency=2)
    assert (result.sent, result.resting) == (5, ["push"])
    assert result.retried <= 5
    untouched = [row for row in rows(db).values() if row["attempts"] == 0]
    assert len(untouched) >= 35


# ── senders that die ────────────────────────────────────────────────────────────────────────────────────────


def test_a_sender_killed_in_the_middle_leaves_an_uncertain_message_and_sends_no_second(
    dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble
) -> None:
    queue(db, "u1")
    arrived, stay = threading.Event(), threading.Event()

    def hold(call: Call) -> Answer:
        arrived.set()
        stay.wait(60)
        return Answer()

    provider.answer = hold
    environment = {"PYTHONPATH": IMPORTS, "PUSH_NOTIFICATION_URL": str(settings.push_notification_url), "PATH": ""}
    sender = subprocess.Popen([sys.executable, "-c", SENDER, dsn], env=shifted(environment), cwd=ROOT)
    try:
        assert arrived.wait(60)
    finally:
        sender.send_signal(signal.SIGKILL)
        sender.wait()
        stay.set()
    assert states(db) == {"u1": "sending"}
    assert deliver_due(dsn, settings) == DeliveredMessages()  # its lease is not over: it might still live
    lease_runs_out(db)
    assert deliver_due(dsn, settings).uncertain == 1
    assert states(db) == {"u1": "uncertain"}
    assert [debt["status"] for debt in owed(db).values()] == ["uncertain"]
    assert len(provider.calls) == 1


def test_a_push_service_that_knows_a_key_again_is_asked_again(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    knows = settings.model_copy(update={"push_idempotent": True})
    queue(db, "u1", "u2")
    db.execute("update notification set state = 'sending', attempts = 1, lease_until = now() - interval '1 s' where dedupe_key = 'u1'")
    db.commit()
    provider.answer = lambda call: Answer(500) if len(provider.calls) <= 2 else Answer()
    assert deliver_due(dsn, knows).retried == 2
    make_due(db)
    assert deliver_due(dsn, knows).sent == 2
    keys = Counter(call.headers["idempotency-key"] for call in provider.calls)
    assert set(keys) == {str(row["id"]) for row in rows(db).values()}


def test_all_senders_together_keep_a_channels_pace(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    slow = settings.model_copy(update={"notify_rates": "push=20"})
    times: list[float] = []

    def note(call: Call) -> Answer:
        times.append(time.monotonic())
        return Answer()

    provider.answer = note
    queue(db, *(f"u{n}" for n in range(25)))
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: deliver_due(dsn, slow), range(2)))
    assert len(times) == 25
    for sent, moment in enumerate(sorted(times)):  # never more than the burst and one a gap, however long the machine takes
        assert moment - began >= (sent - deliver.BURST) / 20 - 0.01


def test_a_clock_that_was_set_back_puts_no_sender_to_sleep(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    queue(db, "u1")
    assert deliver_due(dsn, settings).sent == 1
    db.execute("update pace set window_start = window_start + interval '1 day', reserved_at = reserved_at + interval '1 day'")
    queue(db, "u2")
    started = time.monotonic()
    assert deliver_due(dsn, settings).sent == 1
    assert time.monotonic() - started < 60


def test_nobody_sleeps_past_the_end_of_the_call_for_a_slot(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    queue(db, "u1")
    assert deliver_due(dsn, settings).sent == 1
    db.execute("update pace set held_until = clock_timestamp() + interval '1 hour'")
    queue(db, "u2")
    started = time.monotonic()
    assert deliver_due(dsn, settings, seconds=3).sent == 0
    assert time.monotonic() - started < 60


def test_a_429_with_its_time_lets_the_channel_go_on_after_it(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    queue(db, *(f"u{n}" for n in range(6)))
    provider.answer = lambda call: Answer(429, headers={"Retry-After": "1"}) if len(provider.calls) <= 3 else Answer()
    result = deliver_due(dsn, settings, concurrency=1)
    assert (result.sent + result.retried, result.resting) == (6, [])
    assert result.sent >= 3


def test_the_teams_own_news_of_a_dead_sender_goes_out_again(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    queue(db, "news", type="slack", kind="scraped_ok", recipient="#x")
    db.execute("update notification set state = 'sending', attempts = 1, lease_until = now() - interval '1 second'")
    db.commit()
    assert deliver_due(dsn, settings).sent == 1
    assert not [debt for debt in owed(db).values() if debt["status"] != "sent"]


def test_a_sender_thought_dead_still_settles_what_it_knows(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    queue(db, "u1")

    def slow(call: Call) -> Answer:
        lease_runs_out(db)
        assert deliver_due(dsn, settings, concurrency=1).uncertain == 1
        return Answer()

    provider.answer = slow
    assert deliver_due(dsn, settings).sent == 1
    assert states(db) == {"u1": "sent"}
    assert [debt["status"] for debt in owed(db).values()] == ["sent"]  # the later truth replaces the earlier


def test_a_dead_senders_outcome_cannot_settle_a_later_attempt(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    queue(db, "news", type="slack", kind="alert", recipient="#x")

    def slow(call: Call) -> Answer:
        db.execute("update notification set attempts = 2, lease_until = now() + interval '1 minute'")
        db.commit()
        return Answer()

    provider.answer = slow
    deliver_due(dsn, settings)
    assert states(db) == {"news": "sending"}  # the second attempt's own sender settles it


def test_an_outcome_survives_a_connection_that_postgres_closed(dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble) -> None:
    queue(db, "u1")

    def cut(call: Call) -> Answer:
        db.execute(CUT)
        db.commit()
        return Answer()

    provider.answer = cut
    assert deliver_due(dsn, settings).sent == 1
    assert states(db) == {"u1": "sent"}


def test_a_postgres_that_is_away_is_said_so(settings: Endpoints, nowhere: str) -> None:
    port = nowhere.rsplit(":", 1)[1]
    with pytest.raises(StoreUnavailable):
        deliver_due(f"host=127.0.0.1 port={port} user=x dbname=x", settings)


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_recipients_that_decline_for_now_rest_nobody_elses_mail(
    dsn: str, db: Connection, settings: Endpoints, mail: MailServer, where: str
) -> None:
    setattr(mail, where, lambda recipient: "450 mailbox busy" if recipient.startswith("full") else "250 OK")
    for n in range(6):
        queue(db, f"full{n}", type="email", recipient=f"full{n}@example.com")
    for n in range(5):
        queue(db, f"m{n}", type="email", recipient=f"u{n}@example.com")
    result = deliver_due(dsn, settings, concurrency=1)
    assert (result.sent, result.retried, result.resting) == (5, 6, [])


def test_a_mail_server_that_is_leaving_or_declines_everybody_rests(dsn: str, db: Connection, settings: Endpoints, mail: MailServer) -> None:
    mail.rcpt = lambda recipient: "421 closing"
    for n in range(9):
        queue(db, f"m{n}", type="email", recipient=f"u{n}@example.com")
    assert deliver_due(dsn, settings, concurrency=1).resting == ["email"]
    mail.rcpt = lambda recipient: "451 later"
    for n in range(DECLINED + 5):
        queue(db, f"n{n}", type="email", recipient=f"u{n}@example.com")
    result = deliver_due(dsn, settings, concurrency=1)
    assert (result.retried, result.resting) == (DECLINED, ["email"])


def reminder(db: Connection, notifications: dict[str, Any], *, stopped: bool = False) -> None:
    """An e-mail that is about to bounce, with a push to fall back on."""
    db.execute(
        "insert into person (id, name, email, preferences) values ('u1', 'N', 'n@x.example', %s)",
        (Jsonb({"notifications": notifications}),),
    )
    if stopped:
        db.execute("insert into message_stop (person_id, kind) values ('u1', 'reminder')")
    queue(
        db, "reminder:1:email", type="email", kind="reminder", recipient="bounce@x.example", person_id="u1", subject="S",
        fallback={"push": "u1"}, held=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("notifications", "stopped", "state"),
    [
        ({}, False, "queued"),
        ({}, True, "cancelled"),
        ({"optOut": True}, False, "cancelled"),
        ({"dailyLimit": 0}, False, "held"),
        ({"quietHours": {"from": "00:00", "to": "23:59:59.999999"}}, False, "held"),
        ({"channels": ["email"]}, False, None),
    ],
)
def test_a_fall_back_obeys_the_wishes_that_the_first_one_obeyed(
    dsn: str, db: Connection, settings: Endpoints, mail: MailServer, notifications: dict[str, Any], stopped: bool, state: str | None
) -> None:
    mail.rcpt = lambda recipient: "550 no such box"
    reminder(db, notifications, stopped=stopped)
    deliver_due(dsn, settings)
    with connect(dsn) as conn:
        release(conn, ["reminder"])
    assert rows(db).get("reminder:1:push", {}).get("state") == state
