"""An application is sent at most once, whatever the service answers and whoever dies."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from include.applying import ledger
from include.applying.ledger import Row
from include.applying.plan import plan
from include.applying.submit import InFlight, Pace, Refused, Uncertain, submit
from include.errors import AuthFailed, BadAnswer, InvalidInput, MaybeReceived, NeverSent, RequestRejected, ServiceBusy
from include.models import ApplyOrder, Match
from include.store import Connection, connect

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


@pytest.fixture
def application(db: Connection) -> str:
    order = ApplyOrder(cv_id="c1", user_id="p1", user_email="p1@example.com")
    found = Match.model_validate(
        {"id": "x1", "title": "Nurse", "company": "Clinic", "source": "linkedin", "matchScore": 0.9, "canAutoApply": True}
    )
    planned = plan(db, order, run_id="r1", cv_sha256="h", matches=[found])
    db.commit()
    return planned.applications[0]["application_id"]


def state(db: Connection, application: str) -> str:
    row = ledger.read(db, application)
    db.commit()
    assert row is not None
    return str(row["state"])


def test_a_submitted_application_keeps_its_receipt_and_is_owed_a_record(dsn: str, db: Connection, application: str) -> None:
    service, owed = Service(), Owed()
    row = submit(dsn, application, send=service, owe=owed, pace=PACE)
    assert (row["state"], row["receipt"], owed.states) == ("submitted", "R1", ["submitted"])
    assert service.keys == [row["idempotency_key"]]


def test_the_intent_is_committed_before_the_request_leaves(dsn: str, db: Connection, application: str) -> None:
    seen: list[str] = []

    def send(**_: Any) -> dict[str, Any]:
        seen.append(state(db, application))
        return {"applicationStatus": "submitted"}

    submit(dsn, application, send=send, owe=Owed(), pace=PACE)
    assert seen == ["submitting"]


def test_submitting_again_sends_nothing(dsn: str, application: str) -> None:
    service, owed = Service(), Owed()
    for _ in range(3):
        assert submit(dsn, application, send=service, owe=owed, pace=PACE)["state"] == "submitted"
    assert (len(service.keys), owed.states) == (1, ["submitted"])


def test_twenty_tasks_at_once_send_one_request(dsn: str, application: str) -> None:
    service = Service()

    def run(_: int) -> None:
        with suppress(InFlight):
            submit(dsn, application, send=service, owe=Owed(), pace=PACE)

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
            submit(dsn, application, send=service, owe=owed, pace=PACE)
    assert (state(db, application), len(service.keys), owed.states) == ("uncertain", 1, ["uncertain"])


@pytest.mark.parametrize("failure", [NeverSent("refused"), ServiceBusy("429"), AuthFailed("401")], ids=["never sent", "429", "401"])
def test_what_never_arrived_may_be_tried_again_under_the_same_key(dsn: str, db: Connection, application: str, failure: Exception) -> None:
    service = Service(failure, {"applicationStatus": "submitted"})
    with pytest.raises(type(failure)):
        submit(dsn, application, send=service, owe=Owed(), pace=PACE)
    assert state(db, application) == "approved"
    assert submit(dsn, application, send=service, owe=Owed(), pace=PACE)["state"] == "submitted"
    assert len(set(service.keys)) == 1


@pytest.mark.parametrize("failure", [RequestRejected("job closed", status=422), {"applicationStatus": "rejected", "reason": "job closed"}])
def test_a_refusal_is_kept_with_its_reason_and_not_repeated(dsn: str, application: str, failure: Any) -> None:
    service = Service(failure)
    for _ in range(2):
        with pytest.raises(Refused, match="job closed"):
            submit(dsn, application, send=service, owe=Owed(), pace=PACE)
    assert len(service.keys) == 1


def test_an_interrupted_task_leaves_uncertain_and_passes_the_interrupt_on(dsn: str, db: Connection, application: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        submit(dsn, application, send=Service(KeyboardInterrupt()), owe=Owed(), pace=PACE)
    assert state(db, application) == "uncertain"


def test_a_row_whose_sender_was_killed_is_in_flight_until_its_lease_ends_and_then_uncertain(
    dsn: str, db: Connection, application: str
) -> None:
    assert ledger.begin(db, application) is not None  # and here the process dies
    service, owed = Service(), Owed()
    with pytest.raises(InFlight):
        submit(dsn, application, send=service, owe=owed, pace=PACE)
    db.execute("update application set lease_until = now() - interval '1 second'")
    db.commit()
    with pytest.raises(Uncertain):
        submit(dsn, application, send=service, owe=owed, pace=PACE)
    assert (service.keys, owed.states) == ([], ["uncertain"])


def test_an_answer_that_arrives_late_settles_an_uncertain_row(db: Connection, application: str) -> None:
    ledger.begin(db, application)
    db.execute("update application set lease_until = now() - interval '1 second'")
    ledger.park_expired(db)
    settled = ledger.finish(db, application, ledger.Result("submitted", "late answer", {"receipt": "R9"}))
    assert settled is not None
    assert (settled["state"], settled["receipt"]) == ("submitted", "R9")


def test_an_idempotent_service_is_asked_again_under_the_same_key(dsn: str, application: str) -> None:
    service = Service(MaybeReceived("503"), MaybeReceived("503"), {"applicationStatus": "submitted"})
    assert submit(dsn, application, send=service, owe=Owed(), pace=PACE, idempotent=True)["state"] == "submitted"
    assert (len(service.keys), len(set(service.keys))) == (3, 1)


def test_an_unknown_application_names_the_field(dsn: str) -> None:
    with pytest.raises(InvalidInput, match="application_id"):
        submit(dsn, "00000000-0000-0000-0000-000000000000", send=Service(), owe=Owed(), pace=PACE)


def test_a_debt_that_cannot_be_written_takes_the_outcome_with_it(dsn: str, db: Connection, application: str) -> None:
    def broken(conn: Connection, row: Row) -> None:
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError):
        submit(dsn, application, send=Service(), owe=broken, pace=PACE)
    assert state(db, application) == "submitting"  # its lease runs out: uncertain, never lost and never sent again


def test_the_pace_is_five_per_window_over_all_callers(dsn: str) -> None:
    from include.applying.pacing import reserve

    def slot(_: int) -> float:
        with connect(dsn) as conn:
            return reserve(conn, "apply:linkedin", batch=5, delay=100)

    with ThreadPoolExecutor(8) as pool:
        waits = sorted(pool.map(slot, range(20)))
    assert [round(wait / 100) for wait in waits] == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5
