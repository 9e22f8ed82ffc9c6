"""Yesterday's backup never sends today's applications again: whoever remembers them is asked first."""

from __future__ import annotations

import contextlib
import secrets
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis

from local.processes.redis import Redis
from rolecall.applying import approval, ledger
from rolecall.applying.effects import enqueue_effects
from rolecall.applying.follow import AskStatus
from rolecall.applying.plan import idempotency_key, plan
from rolecall.applying.restored.restore_guard import RestoreGuard
from rolecall.applying.restored.sent_log import SentLog
from rolecall.applying.submit import Pace, Uncertain, submit
from rolecall.backup.make import Installation, make_backup
from rolecall.backup.reconcile import Findings, NotReconciled, reconcile
from rolecall.backup.restore import open_archive, restore
from rolecall.backup.target import Target
from rolecall.errors import NeverSent, RequestRejected
from rolecall.models import ApplyOrder, Match
from rolecall.store import Connection, connect

NOBODY = "redis://127.0.0.1:1/0"
"""A Redis that was lost with the machine."""


class Receiver:
    """The receiving side: counts what arrives; may answer what it has under a key."""

    def __init__(self, *, answers: bool) -> None:
        self.arrived: list[str] = []
        self.answers = answers

    def send(self, *, job_id: str, cv_id: str, cover_letter: str, platform: str, idempotency_key: str) -> dict[str, Any]:
        self.arrived.append(idempotency_key)
        return {"applicationStatus": "submitted", "receipt": f"R{len(self.arrived)}"}

    def status(self, key: str, /) -> dict[str, Any]:
        if not self.answers or key not in self.arrived:
            raise RequestRejected("404", status=404)
        return {"applicationStatus": "submitted", "receipt": "R"}


def away(key: str, /) -> dict[str, Any]:
    raise NeverSent("the AI service did not answer")


def apply_for(dsn: str, redis_url: str, receiver: Receiver, jobs: list[str], *, ask: AskStatus | None = None) -> None:
    """One run of auto_apply."""
    found = [
        {"id": job, "title": f"Nurse {job}", "company": f"Clinic {job}", "source": "linkedin", "matchScore": 0.9, "canAutoApply": True}
        for job in jobs
    ]
    order = ApplyOrder(cv_id="c1", user_id="p1", user_email="p1@example.com")
    with connect(dsn) as conn:
        plan(conn, order, run_id=secrets.token_hex(4), cv_sha256="h", matches=[Match.model_validate(one) for one in found])
        conn.execute("update application set state = 'approved' where state = 'planned'")
        ids = [str(row["id"]) for row in conn.execute("select id from application where state = 'approved' order by job_id").fetchall()]
    for identity in ids:
        ours = ledger.Ledger(dsn, identity, enqueue_effects)
        guard = RestoreGuard(SentLog(redis_url), ours, ask or receiver.status)
        with contextlib.suppress(Uncertain):
            submit(ours, send=receiver.send, pace=Pace(1000, 0), seen_before=guard)


def states(dsn: str) -> dict[str, str]:
    with connect(dsn) as conn:
        return {row["job_id"]: row["state"] for row in conn.execute("select job_id, state from application")}


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """Redis that remembers nothing of other tests, in which the same people apply for the same jobs."""
    redis.Redis.from_url(redis_server.url).flushdb()
    return redis_server.url


@pytest.fixture
def receiver(request: pytest.FixtureRequest) -> Receiver:
    return Receiver(answers=request.param)


def yesterday(installation: Installation, empty: Installation, db: Connection, folder: Path, redis_url: str, receiver: Receiver) -> None:
    """Apply → backup → apply more → destroy → restore. Job d was approved when the backup was made, e was unknown to it."""
    unasked = '{"applying": {"approval": false}}'
    db.execute("insert into person (id, name, email, preferences) values ('p1', 'Ada Quill', 'ada@example.com', %s)", (unasked,))
    db.commit()
    source = installation.dsns["rolecall"]
    apply_for(source, redis_url, receiver, ["a", "b", "c"])
    with connect(source) as conn:
        order = ApplyOrder(cv_id="c1", user_id="p1", user_email="p1@example.com")
        one = {"id": "d", "title": "Nurse d", "company": "Clinic d", "source": "linkedin", "matchScore": 0.9, "canAutoApply": True}
        plan(conn, order, run_id="r0", cv_sha256="h", matches=[Match.model_validate(one)])
    made = make_backup(installation, Target(folder))
    apply_for(source, redis_url, receiver, ["d", "e"])
    assert len(receiver.arrived) == 5
    restore(empty, partial(open_archive, folder / made.note.name))


def compared(dsn: str, redis_url: str, ask: AskStatus, *, looked: bool = False) -> Findings:
    return reconcile(dsn, SentLog(redis_url), ask, "Ada Quill", looked=looked)


@pytest.mark.parametrize(
    ("receiver", "redis_lost"), [(False, False), (True, True)], ids=["Redis remembers", "the service remembers"], indirect=["receiver"]
)
def test_after_a_restore_no_application_has_a_second_receipt(
    installation: Installation, empty: Installation, db: Connection, folder: Path, redis_url: str, receiver: Receiver, redis_lost: bool
) -> None:
    yesterday(installation, empty, db, folder, redis_url, receiver)
    today, redis_url = empty.dsns["rolecall"], NOBODY if redis_lost else redis_url
    with pytest.raises(ledger.RestoredLedger):
        apply_for(today, redis_url, receiver, ["a", "b", "c", "d"])
    found = compared(today, redis_url, receiver.status)
    assert (found.found, len(found.proved_by)) == (1, 1)
    apply_for(today, redis_url, receiver, ["a", "b", "c", "d", "e", "f"])
    assert len(receiver.arrived) == len(set(receiver.arrived)) == 6
    known = states(today)
    assert {known[job] for job in "abcf"} == {"submitted"}
    assert {known[job] for job in "de"} <= {"submitted", "uncertain"}
    if receiver.answers:
        assert known["d"] == "submitted"


@pytest.mark.parametrize("receiver", [False], indirect=True)
def test_where_nobody_remembers_nothing_is_sent_until_a_person_has_looked(
    installation: Installation, empty: Installation, db: Connection, folder: Path, redis_url: str, receiver: Receiver
) -> None:
    yesterday(installation, empty, db, folder, redis_url, receiver)
    today = empty.dsns["rolecall"]
    with pytest.raises(NotReconciled, match="look at the receiving side"):
        compared(today, NOBODY, receiver.status)
    with pytest.raises(ledger.RestoredLedger):
        apply_for(today, NOBODY, receiver, ["f"])
    compared(today, NOBODY, receiver.status, looked=True)
    with connect(today) as conn:
        assert conn.execute("select reconciled_by from restore").fetchall() == [{"reconciled_by": "Ada Quill"}]
        assert conn.execute("select count(*) as n from audit where action = 'reconcile restored ledger'").fetchone() == {"n": 1}


@pytest.mark.long
@pytest.mark.parametrize("receiver", [True], indirect=True)
def test_a_service_that_is_away_confirms_nothing_and_its_silence_sends_nothing(
    installation: Installation, empty: Installation, db: Connection, folder: Path, redis_url: str, receiver: Receiver
) -> None:
    yesterday(installation, empty, db, folder, redis_url, receiver)
    today = empty.dsns["rolecall"]
    with pytest.raises(NeverSent):
        compared(today, NOBODY, away)
    compared(today, NOBODY, receiver.status)
    apply_for(today, NOBODY, receiver, ["e"], ask=away)
    assert len(receiver.arrived) == 5
    assert states(today)["e"] == "uncertain"
    assert idempotency_key("p1", "linkedin:e") in receiver.arrived


@pytest.mark.parametrize("then", ["planned", "approved", "held", "cancelled", "changed"])
def test_what_was_asked_about_when_the_backup_was_made_is_compared_like_the_rest(dsn: str, redis_url: str, then: str) -> None:
    """Approvals in every state that a backup may hold; all of it was sent after it."""
    receiver = Receiver(answers=True)
    with connect(dsn) as conn:
        one = {"id": "d", "title": "Nurse d", "company": "Clinic d", "source": "linkedin", "matchScore": 0.9, "canAutoApply": True}
        order = ApplyOrder(cv_id="c1", user_id="p1", user_email="p1@example.com", approval=True)
        asked = plan(conn, order, run_id="r0", cv_sha256="h", matches=[Match.model_validate(one)])
        approval.store_questions(conn, "r0", asked.to_decide)
        ticked = [approval.NONE] if then == "cancelled" else [asked.to_decide[0].label]
        if then != "planned":
            approval.record_answer(conn, "r0", ticked, by="Ada")
        if then in ("held", "changed"):
            conn.execute("update application set letter = 'another one'")
        if then == "held":
            conn.execute("update application set state = 'planned'")
        conn.execute("update ledger_home set place = 'somewhere else'")
    receiver.arrived.append(idempotency_key("p1", "linkedin:d"))
    found = reconcile(dsn, SentLog(redis_url), receiver.status, "Ada Quill", looked=True)
    assert (found.found, found.settled) == (1, 1)
    assert states(dsn) == {"d": "submitted"}
    assert reconcile(dsn, SentLog(redis_url), receiver.status, "Ada Quill", looked=True).found == 0


def test_after_a_restore_what_left_before_its_job_was_merged_is_asked_about_under_every_id_of_the_family(dsn: str, db: Connection) -> None:
    for name, into in (("C", None), ("B", "C"), ("A", "B"), ("D", "C")):
        db.execute(
            "insert into job (id, merge_key, title, company, url, source, content_hash, state, merged_into) "
            "values (%s, %s, 'Nurse', 'Clinic', 'https://x.example', 'linkedin', 'h', 'valid', %s)",
            (name, name, into),
        )
    one = Match.model_validate(
        {"id": "A", "title": "Nurse", "company": "Clinic", "source": "linkedin", "matchScore": 0.9, "canAutoApply": True}
    )
    order = ApplyOrder(cv_id="c1", user_id="p1", user_email="p1@example.com")
    plan(db, order, run_id="r", cv_sha256="h", matches=[one])
    db.commit()
    (row,) = db.execute("select idempotency_key from application").fetchall()
    noted: dict[str, int] = {}
    served: set[str] = set()

    class Noted:
        def __call__(self, key: str, attempt: int) -> bool:
            return False

        def attempts(self, keys: list[str]) -> dict[str, int]:
            return {key: noted[key] for key in keys if key in noted}

    guard = RestoreGuard(
        Noted(), ledger.Ledger(dsn, "", enqueue_effects), lambda key: {"applicationStatus": "submitted"} if key in served else {}
    )  # type: ignore[arg-type]
    guard._restored = lambda: True  # type: ignore[method-assign]
    assert not guard(row["idempotency_key"], 1)
    noted[idempotency_key("p1", "A")] = 1
    assert guard(row["idempotency_key"], 1)
    assert guard(row["idempotency_key"], 2)
    noted.clear()
    served.add(idempotency_key("p1", "D"))
    assert guard(row["idempotency_key"], 1)


@pytest.mark.parametrize("way", ["mail", "recruitee", "browser_form", "whatever comes next"])
def test_after_a_restore_with_an_empty_redis_nothing_leaves_where_nobody_can_be_asked(db: Connection, dsn: str, way: str) -> None:
    db.execute("insert into person (id, name, email) values ('p1', 'Ada Quill', 'ada@example.com')")
    order = ApplyOrder(cv_id="c1", user_id="p1", user_email="p1@example.com")
    found = [
        {"id": job, "title": f"Nurse {job}", "company": f"Clinic {job}", "source": "linkedin", "matchScore": 0.9, "canAutoApply": True}
        for job in "ab"
    ]
    plan(db, order, run_id="r0", cv_sha256="h", matches=[Match.model_validate(one) for one in found])
    db.execute("update application set attempts = 1 where job_id = 'b'")
    keys = {row["job_id"]: row["idempotency_key"] for row in db.execute("select job_id, idempotency_key from application").fetchall()}
    db.execute("insert into restore (backup, made_at) values ('x', clock_timestamp() - interval '1 day')")
    db.commit()
    remembered: dict[str, int] = {}

    class Noted:
        def __call__(self, key: str, attempt: int) -> bool:
            return False

        def attempts(self, keys: list[str]) -> dict[str, int]:
            return {key: remembered[key] for key in keys if key in remembered}

    guard = RestoreGuard(Noted(), ledger.Ledger(dsn, "", enqueue_effects), lambda key: {})  # type: ignore[arg-type]
    assert not guard(keys["a"], 1)
    db.execute("update application set way = 'sandbox' where job_id = 'a'")
    db.commit()
    assert not guard(keys["a"], 1), "it can be asked"
    db.execute("update application set way = %s where job_id = 'a'", (way,))
    db.commit()
    assert guard(keys["a"], 1)
    remembered[keys["b"]] = 1
    assert not guard(keys["a"], 1)
