"""An application is sent at most once, whatever the service answers and whoever dies."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import redis

from local.processes.redis import Redis
from rolecall.applying import ledger
from rolecall.applying.__main__ import STATES, WORDS, listed, people, show
from rolecall.applying.ledger import Ledger, Row
from rolecall.applying.restored.restore_guard import RestoreGuard
from rolecall.applying.restored.sent_log import SentLog
from rolecall.applying.submit import InFlight, Pace, Refused, Stopped, Uncertain, submit
from rolecall.errors import AuthFailed, BadAnswer, InvalidInput, MaybeReceived, NeverSent, RequestRejected, ServiceBusy
from rolecall.people.privacy import erase
from rolecall.people.records import save_cv, save_person
from rolecall.store import Connection, connect
from rolecall.store.pace import reserve
from rolecall.web.templating import STATES as PAGE_WORDS
from tests.applying.conftest import state

PACE = Pace(batch=1000, delay=0)


class Service:
    """Counts what arrives; answers or fails as told."""

    def __init__(self, *outcomes: dict[str, Any] | BaseException) -> None:
        self.outcomes = list(outcomes) or [{"applicationStatus": "submitted", "receipt": "R1"}]
        self.keys: list[str] = []
        self.lock = threading.Lock()

    def __call__(self, *, job_id: str, cv_id: str, cover_letter: str, platform: str, idempotency_key: str) -> dict[str, Any]:
        with self.lock:
            self.keys.append(idempotency_key)
            outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


class Owed:
    def __init__(self) -> None:
        self.states: list[str] = []

    def __call__(self, conn: Connection, application: Row) -> None:
        self.states.append(application["state"])


def test_a_submitted_application_keeps_its_receipt_and_is_owed_a_record(dsn: str, db: Connection, application: str) -> None:
    service, owed = Service(), Owed()
    row = submit(Ledger(dsn, application, owed), send=service, pace=PACE)
    assert (row["state"], row["receipt"], owed.states) == ("submitted", "R1", ["submitted"])
    assert service.keys == [row["idempotency_key"]]


@pytest.mark.parametrize(
    "outcome", [{"applicationStatus": "submitted", "receipt": "R1"}, MaybeReceived("reset"), RequestRejected("no", status=422)]
)
def test_the_log_says_what_left_for_whom_with_which_letter_and_what_came_of_it(
    dsn: str, db: Connection, application: str, caplog: pytest.LogCaptureFixture, outcome: Any
) -> None:
    db.execute("update application set letter = 'Dear Clinic, I am Ada', apply_url = 'https://clinic.example/apply/7?token=secret'")
    db.commit()
    with caplog.at_level("INFO", logger="rolecall.applying.submit"), suppress(Uncertain, Refused):
        submit(Ledger(dsn, application, Owed()), send=Service(outcome), pace=PACE)
    row = ledger.read(db, application)
    assert row is not None
    for said in (
        application,
        "Nurse @ Clinic",
        "x1",
        "linkedin",
        "https://clinic.example/apply/7",
        "p1",
        "c1",
        row["idempotency_key"],
        row["state"],
    ):
        assert said in caplog.text
    assert hashlib.sha256(b"Dear Clinic, I am Ada").hexdigest() in caplog.text
    assert ("receipt R1" in caplog.text) == (row["state"] == "submitted")
    for kept in ("Ada", "secret", "p1@example.com"):
        assert kept not in caplog.text


def test_where_the_log_sends_people_the_letter_can_be_read(db: Connection, application: str) -> None:
    db.execute("update application set letter = 'Dear Clinic, I am Ada'")
    shown = "\n".join(show(db, application))
    assert "Dear Clinic, I am Ada" in shown
    assert hashlib.sha256(b"Dear Clinic, I am Ada").hexdigest() in shown
    assert "nobody was asked" in shown
    for wrong in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(InvalidInput):
            show(db, wrong)
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={})
    assert people(db, 10) == ["p1  CV none  a@example.com"]
    erase(db, "p1")
    erased = "\n".join(show(db, application))
    assert "nobody was asked" not in erased
    assert hashlib.sha256(b"").hexdigest() not in erased
    assert "approved by  erased with the person" in erased
    assert "letter       erased with the person" in erased


def test_the_intent_is_committed_before_the_request_leaves(dsn: str, db: Connection, application: str) -> None:
    seen: list[str] = []

    def send(**_: Any) -> dict[str, Any]:
        seen.append(state(db, application))
        return {"applicationStatus": "submitted"}

    submit(Ledger(dsn, application, Owed()), send=send, pace=PACE)
    assert seen == ["submitting"]


def test_submitting_again_sends_nothing(dsn: str, application: str) -> None:
    service, owed = Service(), Owed()
    for _ in range(3):
        assert submit(Ledger(dsn, application, owed), send=service, pace=PACE)["state"] == "submitted"
    assert (len(service.keys), owed.states) == (1, ["submitted"])


def test_twenty_tasks_at_once_send_one_request(dsn: str, application: str) -> None:
    service = Service()

    def run(_: int) -> None:
        with suppress(InFlight):
            submit(Ledger(dsn, application, Owed()), send=service, pace=PACE)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(run, range(20)))
    assert len(service.keys) == 1


@pytest.mark.parametrize(
    "failure",
    [
        MaybeReceived("timed out"),
        BadAnswer("garbled"),
        RequestRejected("in progress", status=409),
        ValueError("a bug after the request left"),
        {"applicationStatus": "uncertain"},
    ],
    ids=["time-out, reset or 5xx", "garbled 200", "409", "a bug", "the service itself does not know"],
)
def test_what_may_have_arrived_is_parked_and_never_sent_again(dsn: str, db: Connection, application: str, failure: Any) -> None:
    service, owed = Service(failure), Owed()
    for _ in range(3):
        with pytest.raises(Uncertain):
            submit(Ledger(dsn, application, owed), send=service, pace=PACE)
    assert (state(db, application), len(service.keys), owed.states) == ("uncertain", 1, ["uncertain"])


@pytest.mark.parametrize("failure", [NeverSent("refused"), ServiceBusy("429"), AuthFailed("401")], ids=["never sent", "429", "401"])
def test_what_never_arrived_may_be_tried_again_under_the_same_key(dsn: str, db: Connection, application: str, failure: Exception) -> None:
    service = Service(failure, {"applicationStatus": "submitted"})
    with pytest.raises(type(failure)):
        submit(Ledger(dsn, application, Owed()), send=service, pace=PACE)
    assert state(db, application) == "approved"
    assert submit(Ledger(dsn, application, Owed()), send=service, pace=PACE)["state"] == "submitted"
    assert len(set(service.keys)) == 1


@pytest.mark.parametrize("failure", [RequestRejected("job closed", status=422), {"applicationStatus": "rejected", "reason": "job closed"}])
def test_a_refusal_is_kept_with_its_reason_and_not_repeated(dsn: str, application: str, failure: Any) -> None:
    service = Service(failure)
    for _ in range(2):
        with pytest.raises(Refused, match="job closed"):
            submit(Ledger(dsn, application, Owed()), send=service, pace=PACE)
    assert len(service.keys) == 1


def test_an_interrupted_task_leaves_uncertain_and_passes_the_interrupt_on(dsn: str, db: Connection, application: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        submit(Ledger(dsn, application, Owed()), send=Service(KeyboardInterrupt()), pace=PACE)
    assert state(db, application) == "uncertain"


def test_a_row_whose_sender_was_killed_is_in_flight_until_its_lease_ends_and_then_uncertain(
    dsn: str, db: Connection, application: str
) -> None:
    assert ledger.begin(db, application) is not None  # and here the process dies
    service, owed = Service(), Owed()
    with pytest.raises(InFlight):
        submit(Ledger(dsn, application, owed), send=service, pace=PACE)
    db.execute("update application set lease_until = now() - interval '1 second'")
    db.commit()
    with pytest.raises(Uncertain):
        submit(Ledger(dsn, application, owed), send=service, pace=PACE)
    assert (service.keys, owed.states) == ([], ["uncertain"])


def test_an_answer_that_arrives_late_settles_an_uncertain_row(db: Connection, application: str) -> None:
    ledger.begin(db, application)
    db.execute("update application set lease_until = now() - interval '1 second'")
    ledger.park_expired(db)
    settled = ledger.finish(db, application, ledger.Result("submitted", "late answer", {"receipt": "R9"}))
    assert settled is not None
    assert (settled["state"], settled["receipt"]) == ("submitted", "R9")


def test_a_result_written_once_more_does_not_free_a_later_attempt(dsn: str, db: Connection, application: str) -> None:
    never = ledger.Result("approved", "never sent: connection refused")
    with Ledger(dsn, application, Owed()) as first, Ledger(dsn, application, Owed()) as second:
        assert first.begin()
        first.finish(never)
        assert second.begin()
        first.finish(never)  # the answer to its commit was lost, so it is written again
        row = ledger.read(db, application)
        assert row is not None
        assert (row["state"], row["attempts"]) == ("submitting", 2)
        db.rollback()
        assert ledger.begin(db, application) is None, "a third request would leave beside the second"
        assert second.finish(ledger.Result("submitted", "taken", {"receipt": "R1"}))["state"] == "submitted"


def test_an_idempotent_service_is_asked_again_under_the_same_key(dsn: str, application: str) -> None:
    service = Service(MaybeReceived("503"), MaybeReceived("503"), {"applicationStatus": "submitted"})
    assert submit(Ledger(dsn, application, Owed()), send=service, pace=PACE, idempotent=True)["state"] == "submitted"
    assert (len(service.keys), len(set(service.keys))) == (3, 1)


def test_an_unknown_application_names_the_field(dsn: str) -> None:
    with pytest.raises(InvalidInput, match="application_id"):
        submit(Ledger(dsn, "00000000-0000-0000-0000-000000000000", Owed()), send=Service(), pace=PACE)


def test_an_application_takes_one_connection_from_its_pace_to_its_effects(
    dsn: str, db: Connection, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Connection] = []

    def counted(*args: Any, **more: Any) -> Connection:
        made.append(connect(*args, **more))
        return made[-1]

    def idle(**_: Any) -> dict[str, Any]:
        (kept,) = made
        assert kept.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        raise ServiceBusy("429", retry_after=30)

    monkeypatch.setattr(ledger, "connect", counted)
    ours = Ledger(dsn, application, Owed())
    guard = RestoreGuard(lambda key, attempt: False, ours, lambda key: {})  # type: ignore[arg-type]
    with pytest.raises(ServiceBusy):
        submit(ours, send=idle, pace=PACE, seen_before=guard)
    assert [one.closed for one in made] == [True]
    assert state(db, application) == "approved"


@pytest.mark.parametrize("moment", ["while it waits for the pace", "while the request is on its way"])
def test_a_connection_that_dies_meanwhile_is_made_anew_and_nothing_is_sent_twice(
    dsn: str, db: Connection, application: str, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def cut() -> None:
        db.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'submit' and pid <> pg_backend_pid()")
        db.commit()

    class Waits(Ledger):
        def wait_for(self, **pace: Any) -> tuple[Row, float]:
            found = super().wait_for(**pace)
            cut()
            return found

    service, owed = Service(), Owed()

    def send(**asked: Any) -> dict[str, Any]:
        if "request" in moment:
            cut()
        return service(**asked)

    made = (Waits if "pace" in moment else Ledger)(dsn, application, owed)
    assert submit(made, send=send, pace=PACE)["state"] == "submitted"
    assert (len(service.keys), owed.states) == (1, ["submitted"])


class Lossy(Ledger):
    """Loses the answer to the commit of one of its steps, counted from 1."""

    steps = lose = 0

    def do(self, work: Any) -> Any:
        self.steps += 1

        def committed(conn: Connection) -> Any:
            found = work(conn)
            if self.steps == self.lose:
                self.lose = 0
                conn.commit()
                conn.close()
                raise psycopg.OperationalError("the answer was lost")
            return found

        return super().do(committed)


def test_an_intent_whose_commit_was_not_answered_is_sent_by_nobody(dsn: str, db: Connection, application: str) -> None:
    service, ours = Service(), Lossy(dsn, application, Owed())
    ours.lose = 2
    with pytest.raises(InFlight):
        submit(ours, send=service, pace=PACE)
    assert (state(db, application), service.keys) == ("submitting", [])


def test_an_outcome_whose_commit_was_not_answered_has_its_effects_once(dsn: str, db: Connection, application: str) -> None:
    service, owed = Service(), Owed()
    ours = Lossy(dsn, application, owed)
    ours.lose = 3
    assert submit(ours, send=service, pace=PACE)["state"] == "submitted"
    assert (len(service.keys), owed.states) == (1, ["submitted"])


def test_a_debt_that_cannot_be_written_takes_the_outcome_with_it(dsn: str, db: Connection, application: str) -> None:
    def broken(conn: Connection, row: Row) -> None:
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError):
        submit(Ledger(dsn, application, broken), send=Service(), pace=PACE)
    assert state(db, application) == "submitting"  # its lease runs out: uncertain, never lost and never sent again


def test_a_ledger_that_finds_itself_elsewhere_sends_nothing_until_somebody_confirms_it(dsn: str, db: Connection, application: str) -> None:
    db.execute("update ledger_home set place = 'the server this backup was taken on'")
    db.commit()
    service = Service()
    with pytest.raises(ledger.RestoredLedger, match="restored or copied"):
        submit(Ledger(dsn, application, Owed()), send=service, pace=PACE)
    assert (state(db, application), service.keys) == ("approved", [])
    ledger.confirm_restored(db, "Ada Quill")
    db.commit()
    assert submit(Ledger(dsn, application, Owed()), send=service, pace=PACE)["state"] == "submitted"
    assert db.execute("select actor from audit where action = 'confirm restored ledger'").fetchall() == [{"actor": "Ada Quill"}]


def test_a_clock_that_was_set_back_makes_nobody_wait_for_the_old_time(db: Connection) -> None:
    waits = [reserve(db, "apply:linkedin", batch=2, delay=10) for _ in range(4)]
    db.execute("update pace set window_start = window_start + interval '1 day', reserved_at = reserved_at + interval '1 day'")
    waits += [reserve(db, "apply:linkedin", batch=2, delay=10) for _ in range(2)]
    assert [round(wait / 10) for wait in waits] == [0, 0, 1, 1, 2, 2]


def test_a_pause_that_was_asked_for_ends_in_time_though_the_clock_was_set_back_twice(db: Connection) -> None:
    from rolecall.store.pace import hold, reserve

    times = ("window_start", "reserved_at", "held_until")
    later = f"update pace set {', '.join(f'{name} = {name} + %(by)s' for name in times)}"
    by = {"by": timedelta(hours=9)}
    hold(db, "apply:linkedin", 30)
    db.execute(later, by)
    hold(db, "apply:linkedin", 20)
    db.execute(later, by)
    assert 25 < reserve(db, "apply:linkedin", batch=2, delay=10) < 31


def test_a_sender_that_died_before_the_clock_was_set_back_is_found_at_once(db: Connection, application: str) -> None:
    ledger.begin(db, application)
    assert ledger.park_expired(db) == []
    db.execute("update application set lease_until = lease_until + interval '1 day'")
    assert [row["state"] for row in ledger.park_expired(db)] == ["uncertain"]


def test_the_pace_is_five_per_window_over_all_callers(dsn: str) -> None:
    def slot(_: int) -> float:
        with connect(dsn) as conn:
            return reserve(conn, "apply:linkedin", batch=5, delay=100)

    with ThreadPoolExecutor(8) as pool:
        waits = sorted(pool.map(slot, range(20)))
    assert [round(wait / 100) for wait in waits] == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5


def test_a_service_that_never_finishes_its_answer_does_not_hold_the_task(
    dsn: str, db: Connection, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.applying.submit.ANSWER_LIMIT", 0.2)
    monkeypatch.setattr("rolecall.applying.submit.GRACE", 0.1)
    finish, alerts = threading.Event(), []

    def drip(**_: Any) -> dict[str, Any]:
        finish.wait(20)
        return {"applicationStatus": "submitted"}

    with pytest.raises(Uncertain, match="no complete answer"):
        submit(Ledger(dsn, application, Owed()), send=drip, pace=PACE, wake=lambda: alerts.append(state(db, application)))
    finish.set()
    assert alerts == ["uncertain"]  # called after the commit


def test_an_answer_just_after_the_limit_still_settles_the_row(
    dsn: str, db: Connection, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.applying.submit.ANSWER_LIMIT", 0.2)
    given_up, owed = threading.Event(), Owed()

    def late(**_: Any) -> dict[str, Any]:
        given_up.wait(20)
        return {"applicationStatus": "submitted", "receipt": "R7"}

    row = submit(Ledger(dsn, application, owed), send=late, pace=PACE, wake=given_up.set)
    assert (row["state"], row["receipt"], owed.states) == ("submitted", "R7", ["uncertain", "submitted"])
    kept = db.execute("select outcome, evidence, actor from settlement").fetchall()
    assert kept == [{"outcome": "submitted", "evidence": "answer", "actor": ledger.LATE}]


def test_an_answer_that_comes_while_the_row_is_being_given_up_settles_it(
    dsn: str, db: Connection, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.applying.submit.ANSWER_LIMIT", 0.2)
    giving_up, answered = threading.Event(), threading.Event()

    def late(**_: Any) -> dict[str, Any]:
        giving_up.wait(20)
        threading.Timer(0.1, answered.set).start()  # the answer is in the sender's hands by then
        return {"applicationStatus": "submitted", "receipt": "R8"}

    def enqueue_effects(conn: Connection, row: Row) -> None:
        if row["state"] == "uncertain":
            giving_up.set()
            answered.wait(20)

    assert submit(Ledger(dsn, application, enqueue_effects), send=late, pace=PACE)["receipt"] == "R8"


def test_a_task_told_to_end_parks_what_is_on_its_way_and_still_hears_the_answer(dsn: str, db: Connection, application: str) -> None:
    parked = threading.Event()

    def answered_later(**_: Any) -> dict[str, Any]:
        os.kill(os.getpid(), signal.SIGTERM)
        parked.wait(20)
        return {"applicationStatus": "submitted"}

    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        row = submit(Ledger(dsn, application, Owed()), send=answered_later, pace=PACE, wake=parked.set)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert row["state"] == "submitted"
    events = db.execute("select to_state from application_event order by id").fetchall()
    assert [event["to_state"] for event in events] == ["planned", "approved", "submitting", "uncertain", "submitted"]
    assert heard == [signal.SIGTERM]  # Airflow's own handler ran too


def test_a_task_told_to_end_before_it_sends_sends_nothing(dsn: str, db: Connection, application: str) -> None:
    service = Service()
    pace = Pace(batch=1, delay=50)
    with connect(dsn) as conn:
        reserve(conn, "apply:linkedin", batch=1, delay=50)  # the next slot is far away
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM))
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    timer.start()
    try:
        with pytest.raises(Stopped):
            submit(Ledger(dsn, application, Owed()), send=service, pace=pace)
    finally:
        timer.join()
        signal.signal(signal.SIGTERM, before)
    assert (state(db, application), service.keys) == ("approved", [])


def test_retry_after_holds_back_everybody_who_sends_to_this_platform(dsn: str, db: Connection, application: str) -> None:
    service = Service(ServiceBusy("429", retry_after=500))
    for _ in range(3):
        with pytest.raises(ServiceBusy):
            submit(Ledger(dsn, application, Owed()), send=service, pace=PACE)
    assert len(service.keys) == 1
    assert reserve(db, "apply:linkedin", batch=5, delay=2) > 400
    assert reserve(db, "apply:indeed", batch=5, delay=2) == 0


def test_settling_keeps_the_evidence_with_who_and_when(db: Connection, application: str) -> None:
    ledger.begin(db, application)
    ledger.finish(db, application, ledger.Result("uncertain", "reset"))
    evidence = ledger.Evidence("receipt", "R-2026-17", "Ada Quill")
    settled = ledger.resolve(db, application, "submitted", evidence)
    assert settled is not None
    assert (settled["state"], settled["receipt"]) == ("submitted", "R-2026-17")
    assert ledger.resolve(db, application, "submitted", evidence) is None
    kept = db.execute("select evidence, detail, actor, noted_at from settlement").fetchall()
    assert [(row["evidence"], row["detail"], row["actor"], row["noted_at"] is not None) for row in kept] == [
        ("receipt", "R-2026-17", "Ada Quill", True)
    ]
    with pytest.raises(psycopg.errors.CheckViolation, match="append-only"):
        db.execute("delete from settlement")


@pytest.mark.parametrize("outcome", ["submitted", "refused"])
def test_no_hand_settles_an_application_without_evidence(db: Connection, application: str, outcome: str) -> None:
    ledger.begin(db, application)
    ledger.finish(db, application, ledger.Result("uncertain", "reset"))
    with pytest.raises(psycopg.errors.CheckViolation, match="needs evidence"):
        db.execute("update application set state = %s", (outcome,))


def test_proof_corrects_a_wrong_statement_and_a_statement_corrects_no_proof(db: Connection, application: str) -> None:
    ledger.begin(db, application)
    ledger.finish(db, application, ledger.Result("uncertain", "reset"))
    assert ledger.resolve(db, application, "refused", ledger.Evidence("statement", "they have nothing", "Ada Quill")) is not None
    assert ledger.resolve(db, application, "submitted", ledger.Evidence("statement", "they have it after all", "Ben")) is None
    late = ledger.finish(db, application, ledger.Result("submitted", "taken", {"receipt": "R3"}))
    assert late is not None
    assert (late["state"], late["receipt"]) == ("submitted", "R3")
    assert ledger.resolve(db, application, "refused", ledger.Evidence("statement", "no", "Ada Quill")) is None
    assert db.execute("select count(*) as n from settlement").fetchone() == {"n": 4}


def test_a_refusal_of_the_service_itself_is_never_talked_round(db: Connection, application: str) -> None:
    ledger.begin(db, application)
    ledger.finish(db, application, ledger.Result("refused", "job closed"))
    assert ledger.resolve(db, application, "submitted", ledger.Evidence("mail", "Re: your application", "Ada Quill")) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("update cv set sha256 = 'other'", "the CV changed"),
        ("update person set preferences = '{\"auto_apply\": false}'", "consent"),
        ("update job set state = 'closed'", "the job was closed"),
    ],
)
def test_what_speaks_against_it_by_now_holds_an_approved_application_back(
    dsn: str, db: Connection, application: str, change: str, reason: str
) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={})
    save_cv(db, cv_id="c1", person_id="p1", data={"name": "A"})
    db.execute(
        "insert into job (id, merge_key, title, company, url, source, content_hash, state) "
        "values ('linkedin:x1', 'k', 'Nurse', 'Clinic', 'https://x', 'linkedin', 'h', 'valid')"
    )
    db.execute("update application set cv_version = (select sha256 from cv)")
    db.execute(change)
    db.commit()
    service = Service()
    row = submit(Ledger(dsn, application, Owed()), send=service, pace=PACE)
    assert (row["state"], reason in row["state_reason"], service.keys) == ("planned", True, [])


def test_a_ledger_restored_from_a_backup_sends_nothing_again(dsn: str, db: Connection, application: str, redis_server: Redis) -> None:
    redis.Redis.from_url(redis_server.url).flushall()
    service, sent_log = Service(), SentLog(redis_server.url)
    with connect(dsn) as conn:
        conn.execute("create table yesterday as select * from application")  # as the ledger was before it was sent
    assert submit(Ledger(dsn, application, Owed()), send=service, pace=PACE, seen_before=sent_log)["state"] == "submitted"
    db.execute("alter table application disable trigger user")
    db.execute("update application a set state = b.state, attempts = b.attempts from yesterday b where b.id = a.id")
    db.execute("alter table application enable trigger user")
    db.commit()
    owed = Owed()
    for _ in range(2):
        with pytest.raises(Uncertain, match="restored from a backup"):
            submit(Ledger(dsn, application, owed), send=service, pace=PACE, seen_before=sent_log)
    assert (len(service.keys), owed.states) == (1, ["uncertain"])


def test_the_second_memory_stands_in_the_way_of_no_retry_and_of_nothing_when_it_is_away(
    dsn: str, application: str, redis_server: Redis
) -> None:
    redis.Redis.from_url(redis_server.url).flushall()
    service = Service(NeverSent("refused"), NeverSent("refused"), {"applicationStatus": "submitted"})
    for url in (redis_server.url, redis_server.url, "redis://127.0.0.1:1/0"):
        with suppress(NeverSent):
            submit(Ledger(dsn, application, Owed()), send=service, pace=PACE, seen_before=SentLog(url))
    assert len(service.keys) == 3


def test_the_list_says_of_each_application_and_each_match_that_was_held_back_whose_it_is_and_why(db: Connection, application: str) -> None:
    for run_id, person_id, job_id, title, reason, hours in (
        ("r1", "p1", "j7", "Cook", "the job is closed", 2),
        ("r2", "p1", "j7", "Cook", "your limit is reached", 1),
        ("r1", "p2", "j8", "Baker", "the job is closed", 3),
    ):
        db.execute(
            "insert into held_back (run_id, person_id, source, job_id, title, company, score, rule, reason, noted_at)"
            " values (%s, %s, 'indeed', %s, %s, 'Inn', 0.8, 'a_rule', %s, now() - make_interval(hours => %s))",
            (run_id, person_id, job_id, title, reason, hours),
        )
    lines = [line[18:] for line in listed(db)]
    assert lines[0].startswith("p1  approved  ")
    assert lines[0].endswith(f"({application})")
    assert lines[1:] == ["p1  held-back  Cook @ Inn: your limit is reached", "p2  held-back  Baker @ Inn: the job is closed"]
    assert len(listed(db, person="p1")) == 2
    assert len(listed(db, state="held-back")) == 2
    assert listed(db, limit=1)[1:] == ["1 of 3; --limit for more"]
    assert listed(db, state="refused") == ["nothing is stored that fits"]
    with pytest.raises(InvalidInput, match=r"nobody is called 'p9' → \./rolecall applications people"):
        listed(db, person="p9")


def test_states_are_asked_for_in_the_words_of_the_page_too() -> None:
    assert {WORDS[word.lower()] for word in PAGE_WORDS.values()} == set(STATES)
    assert all(WORDS[word] == state for state, word in PAGE_WORDS.items())
