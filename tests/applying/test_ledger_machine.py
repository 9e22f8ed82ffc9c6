"""Whatever happens to applications, in whatever order: one sending a person and job, no state that must not be, nothing lost.

Hypothesis plays planners, people who answer, senders that live and die, an eraser, the catalog that merges, and a restore from a
backup, against a real Postgres; a receiving side counts what arrives.
"""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from local.processes.postgres import Postgres
from rolecall.applying import approval, follow, ledger
from rolecall.applying.effects import enqueue_effects, park_and_tell
from rolecall.applying.follow import AskStatus
from rolecall.applying.ledger import Result
from rolecall.applying.plan import plan
from rolecall.backup.reconcile import NotReconciled, reconcile
from rolecall.catalog.aggregate import SQL
from rolecall.errors import InvalidInput, RequestRejected
from rolecall.models import ApplyOrder, Match
from rolecall.people import privacy
from rolecall.people.privacy import BeingSent, Erased
from rolecall.people.records import save_person
from rolecall.store import Connection, connect, sql

PEOPLE = ("ada", "bob")
JOBS = ("j0", "j1", "j2")
FOREIGN = ("x0",)
SENT = ("submitting", "submitted", "refused", "uncertain")
STATES = (*SENT, "planned", "approved", "cancelled")

someone = st.sampled_from((*PEOPLE, PEOPLE[0]))
some_jobs = st.lists(st.sampled_from(JOBS + FOREIGN), min_size=2, max_size=5)
"""The same one twice is one of the things that happen."""

which = st.integers(0, 10_000)


class Applications(RuleBasedStateMachine):
    """One ledger, its catalog and the receiving side.

    :ivar arrived: what the receiving side got, as (person, job, key)
    :ivar remembered: key → latest attempt, as Redis keeps it
    :ivar flying: applications whose request is out, by id
    :ivar away: the ledger was restored, and not compared yet
    :ivar forgotten: keys of what a restored ledger has never heard of: only the second memory knows them, when they are sent again
    """

    postgres: Postgres

    def __init__(self) -> None:
        super().__init__()
        self.name, self.backup = f"m_{secrets.token_hex(6)}", ""
        self.runs = 0
        self.asked: dict[str, list[str]] = {}
        self.answered: set[str] = set()
        self.arrived: list[tuple[str, str, str]] = []
        self.remembered: dict[str, int] = {}
        self.flying: dict[str, str] = {}
        self.away = False
        self.forgotten: set[str] = set()
        self._admin(f"create database {self.name} template template_rolecall strategy file_copy")
        self.conn = self._connect()

    def teardown(self) -> None:
        self.conn.close()
        for name in filter(None, (self.name, self.backup)):
            self._admin(f"drop database if exists {name} with (force)")

    @initialize()
    def begins(self) -> None:
        for person in PEOPLE:
            self._save(person, {"auto_apply": True, "applying": {"approval": person == "ada"}})
        for job in JOBS:
            self.conn.execute(
                "insert into job (id, merge_key, title, company, url, source, content_hash, state, apply_url)"
                " values (%s, %s, 'Nurse', 'Clinic', 'https://x.example', 'linkedin', 'h', 'valid', %s)",
                (job, job, "https://clinic.example/form" if job == "j2" else None),
            )
        self.conn.commit()

    # ── what people and runs do ─────────────────────────────────────────────────────────────────────────────

    @rule(person=someone, jobs=some_jobs, letter=st.sampled_from("ab"), again=st.booleans(), ask=st.booleans())
    def plans(self, person: str, jobs: list[str], letter: str, again: bool, ask: bool) -> None:
        self._planned(self.conn, person, jobs, letter, self._run(again), ask)
        self.conn.commit()

    @rule(person=someone, jobs=some_jobs, letters=st.permutations("ab"))
    def plan_at_once(self, person: str, jobs: list[str], letters: list[str]) -> None:
        def one(letter: str, run: str) -> None:
            with connect(self._dsn) as conn:
                self._planned(conn, person, jobs, letter, run, ask=False)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(one, letters, (self._run(False), self._run(False))))

    @rule(run=which, kind=st.sampled_from(["yes", "yes", "no", "later", "both", "silence", "contradiction"]), tick=which)
    def answers(self, run: int, kind: str, tick: int) -> None:
        if not self.asked:
            return
        name = sorted(self.asked)[-1 - run % min(2, len(self.asked))]
        labels = self.asked[name]
        ticked = {
            "yes": labels,
            "no": [approval.NONE],
            "later": [approval.LATER],
            "both": [labels[tick % len(labels)], approval.LATER],
            "silence": [approval.LATER],
            "contradiction": [labels[0], approval.NONE],
        }[kind]
        before = self._states()
        try:
            approval.record_answer(self.conn, name, ticked, by=None if kind == "silence" else "Airflow account admin")
        except approval.Contradictory:
            assert kind == "contradiction" or name in self.answered  # an answer is given once; a later one says nothing new
            assert self._states() == before
        else:
            assert kind != "contradiction"
            self.answered.add(name)
        self.conn.commit()

    @rule(
        number=which,
        does=st.sampled_from(["withdraw", "take a no back", "received", "not received"]),
        kind=st.sampled_from(["mail", "statement"]),
    )
    def says_by_hand(self, number: int, does: str, kind: Any) -> None:
        """What there is to say something about, mostly."""
        about = {"withdraw": ("planned", "approved", "submitted"), "take a no back": ("cancelled",)}.get(does, ("uncertain", "refused"))
        identity = self._one(number, *about)
        if identity is None:
            return
        try:
            follow.carry_out_decision(self.conn, identity, does, kind, "seen there", "Noor")
        except InvalidInput:
            self.conn.rollback()
        self.conn.commit()

    @rule(person=someone, consent=st.sampled_from([True, True, False]), ask=st.booleans())
    def changes_wishes(self, person: str, consent: bool, ask: bool) -> None:
        self._save(person, {"auto_apply": consent, "applying": {"approval": ask}})
        self.conn.commit()

    @rule(person=someone)
    def is_erased(self, person: str) -> None:
        try:
            privacy.erase(self.conn, person)
        except BeingSent:
            self.conn.rollback()
        self.conn.commit()

    # ── what senders do ─────────────────────────────────────────────────────────────────────────────────────

    @rule(most=st.integers(1, 3), odd=which)
    def sends(self, most: int, odd: int) -> None:
        """As many of what may be sent, and now and then what may not."""
        rows = self.conn.execute("select id from application where state = 'approved' order by person_id, job_key").fetchall()
        self.conn.commit()
        for identity in [str(row["id"]) for row in rows[:most]] + [one for one in [self._one(odd)] if one]:
            self._sends(identity)

    @rule(most=st.integers(1, 3), answer=st.sampled_from(["submitted", "uncertain", "later"]))
    def sends_and_hears(self, most: int, answer: str) -> None:
        self.sends(most, 0)
        for identity in sorted(self.flying) if answer != "later" else []:
            self._is_answered(identity, answer)

    def _sends(self, identity: str) -> None:
        """The intent, then the request, as ``submit`` does it; the answer comes later, or never."""
        try:
            row = ledger.begin(self.conn, identity)
        except ledger.RestoredLedger:
            assert self.away
            return
        self.conn.commit()
        if row is None or row["state"] != "submitting":
            return
        assert not self.away, "a restored ledger sent before it was compared"
        key, attempt = row["idempotency_key"], row["attempts"]
        if self.remembered.get(key, 0) >= attempt:  # the second memory: the ledger has gone back in time
            self._finishes(identity, Result("uncertain", "it was sent before the ledger was restored"))
            return
        self.remembered[key] = attempt
        twins = [
            one
            for one in self.arrived
            if one[0] == row["person_id"] and self._job(one[1]) == self._job(row["job_key"]) and one[2] not in self.forgotten
        ]
        assert not twins, f"{row['job_key']} would reach the receiving side again: {twins}"
        self.arrived.append((row["person_id"], row["job_key"], key))
        self.flying[identity] = key

    @rule(number=which, outcome=st.sampled_from(["submitted", "refused", "uncertain", "never"]))
    def is_answered(self, number: int, outcome: str) -> None:
        """Also late, when the row was given up, settled, or its person erased."""
        if self.flying:
            self._is_answered(sorted(self.flying)[number % len(self.flying)], outcome)

    def _is_answered(self, identity: str, outcome: str) -> None:
        key = self.flying.pop(identity)
        if outcome == "never":
            self.arrived = [one for one in self.arrived if one[2] != key]
            self._finishes(identity, Result("approved", "never sent: no connection"))
        else:
            self._finishes(identity, Result(outcome, "answered", {"applicationStatus": outcome, "receipt": "R"}))  # type: ignore[arg-type]

    @rule(die=st.booleans(), forgets=st.booleans())
    def time_passes(self, die: bool, forgets: bool) -> None:
        """Senders die, and their answers may still come; then ``process_applications`` runs."""
        if die:
            self.conn.execute("update application set lease_until = clock_timestamp() - interval '1 second' where state = 'submitting'")
            if forgets:
                self.flying.clear()
        park_and_tell(self.conn)
        self.conn.commit()
        follow.resolve_by_asking(self._dsn, self._status())
        self.conn.execute("update application set updated_at = updated_at - interval '20 minutes' where state = 'approved'")
        self.conn.execute("update approval set answered_at = answered_at - interval '25 hours' where answer = 'later'")
        follow.enqueue_withdrawals(self.conn)
        follow.requeue_unsent(self.conn)
        follow.remind_of_silence(self.conn)
        self.conn.commit()

    # ── what the catalog and the operator do ──────────────────────────────────────────────────────────────────

    @rule(two=st.permutations(JOBS), what=st.sampled_from(["merge", "merge", "doubt", "different", "close", "open"]))
    def the_catalog_changes(self, two: list[str], what: str) -> None:
        one, other = two[:2]
        if what == "merge":
            self._merge(self._job(one), self._job(other))
        elif what in ("close", "open"):
            self.conn.execute("update job set state = %s where id = %s", ("closed" if what == "close" else "valid", one))
        else:
            self.conn.execute(
                "insert into possible_duplicate (job_id, other_job_id, score, evidence, decision) values (%s, %s, 0.8, '{}', %s)"
                " on conflict (job_id, other_job_id) do update set decision = excluded.decision",
                (*sorted((one, other)), "different" if what == "different" else None),
            )
        self.conn.commit()

    def _merge(self, old: str, new: str) -> None:
        if old != new:
            self.conn.execute(
                "create temp table placed on commit drop as"
                " select id as own_id, %(new)s as job_id, id as old_job_id from job where id = %(old)s or merged_into = %(old)s",
                {"old": old, "new": new},
            )
            for statement in ("locks", "point"):
                self.conn.execute(sql(SQL / f"{statement}.sql"))

    @precondition(lambda self: not self.backup)
    @rule()
    def is_backed_up(self) -> None:
        self.backup = f"b_{secrets.token_hex(6)}"
        self.conn.close()
        self._admin(f"create database {self.backup} template {self.name} strategy file_copy")
        self.conn = self._connect()

    @precondition(lambda self: self.backup)
    @rule()
    def is_restored(self) -> None:
        """Yesterday's ledger; every sender dies, and the runs that were waiting are gone."""
        self.conn.close()
        self._admin(f"drop database {self.name} with (force)")
        self._admin(f"alter database {self.backup} rename to {self.name}")
        self.backup = ""
        self.conn = self._connect()
        self.flying.clear()
        self.asked.clear()
        known = {row["key"] for row in self.conn.execute("select idempotency_key as key from application").fetchall()}
        self.conn.commit()
        self.away = bool(known)
        self.forgotten |= {key for _, _, key in self.arrived} - known

    @rule()
    def is_reconciled(self) -> None:
        if not self.away:
            return
        try:
            reconcile(self._dsn, self, self._status(), "Ada Quill")  # type: ignore[arg-type]
        except NotReconciled:
            reconcile(self._dsn, self, self._status(), "Ada Quill", looked=True)  # type: ignore[arg-type]
        self.away = False
        left = {key for _, _, key in self.arrived} - self.forgotten
        rows = self.conn.execute("select idempotency_key as key, state from application where erased_at is null").fetchall()
        self.conn.commit()
        assert not [row for row in rows if row["key"] in left and row["state"] not in SENT], "what was sent is held for unsent"

    # ── what always holds ───────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def nothing_is_sent_twice_and_nothing_is_lost(self) -> None:
        keys = [key for _, _, key in self.arrived]
        assert len(keys) == len(set(keys))
        rows = self.conn.execute(
            """
            select a.*, (select to_state from application_event e where e.application_id = a.id order by e.id desc limit 1) as last,
                   exists (select from outbox o where o.topic = 'record_application' and o.key = a.idempotency_key) as recorded,
                   exists (select from notification n where n.dedupe_key = 'uncertain:' || a.id || ':slack') as told,
                   exists (select from application_lock l where l.application_id = a.id and l.job_key = a.job_key) as locked
            from application a
            """
        ).fetchall()
        self.conn.commit()
        for row in rows:
            assert row["state"] in STATES
            assert row["last"] == row["state"], "its history says something else"
            assert row["locked"]
            assert row["state_reason"] or row["erased_at"], "nobody is told why"
            assert row["state"] != "submitted" or row["recorded"]
            assert row["state"] != "uncertain" or row["told"]
            assert row["state"] != "submitting" or row["lease_until"] is not None
            if not self.away and row["idempotency_key"] in set(keys) - self.forgotten:
                assert row["state"] in SENT, "what may have arrived is held for unsent"

    # ── how ─────────────────────────────────────────────────────────────────────────────────────────────────

    def attempts(self, keys: list[str]) -> dict[str, int]:
        """What Redis remembers, as ``reconcile`` asks it."""
        return {key: self.remembered[key] for key in keys if key in self.remembered}

    def _planned(self, conn: Connection, person: str, jobs: list[str], letter: str, run: str, ask: bool) -> None:
        order = ApplyOrder(cv_id=f"cv-{person}", user_id=person, user_email=f"{person}@example.com", approval=ask)
        try:
            planned = plan(conn, order, run_id=run, cv_sha256=letter, matches=[_match(job, letter) for job in jobs])
        except Erased:
            conn.rollback()
            return
        if planned.to_decide:
            approval.store_questions(conn, run, planned.to_decide)
            self.asked[run] = [one.label for one in planned.to_decide]
            self.answered.discard(run)

    def _run(self, again: bool) -> str:
        self.runs += not (again and self.runs)
        return f"run-{self.runs}"

    def _save(self, person: str, preferences: dict[str, Any]) -> None:
        save_person(self.conn, person_id=person, name=person, email=f"{person}@example.com", phone=None, preferences=preferences)

    def _finishes(self, identity: str, result: Result) -> None:
        row = ledger.finish(self.conn, identity, result)
        if row is not None and row["state"] != "approved":
            enqueue_effects(self.conn, row)
        self.conn.commit()

    def _status(self) -> AskStatus:
        def status(key: str, /) -> dict[str, Any]:
            if all(key != known for _, _, known in self.arrived):
                raise RequestRejected("404", status=404)
            return {"applicationStatus": "submitted", "receipt": "R"}

        return status

    def _one(self, number: int, *states: str) -> str | None:
        """One application: in one of these states, and now and then in any other."""
        rows = self.conn.execute(
            "select id from application where state = any(%s) or %s order by person_id, job_key", (list(states), number % 10 == 9)
        ).fetchall()
        self.conn.commit()
        return str(rows[number % len(rows)]["id"]) if rows else None

    def _states(self) -> list[str]:
        return [row["state"] for row in self.conn.execute("select state from application order by person_id, job_key").fetchall()]

    def _job(self, key: str) -> str:
        row = self.conn.execute("select merged_into from job where id = %s", (key,)).fetchone()
        self.conn.commit()
        return self._job(row["merged_into"]) if row and row["merged_into"] else key

    def _connect(self) -> Connection:
        return psycopg.connect(self._dsn, row_factory=psycopg.rows.dict_row, options="-c timezone=UTC")

    @property
    def _dsn(self) -> str:
        return self.postgres.dsn(self.name)

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self.postgres.dsn("postgres"), autocommit=True) as admin:
            admin.execute(statement)  # type: ignore[arg-type]


def _match(job: str, letter: str) -> Match:
    values = {"id": job, "title": "Nurse", "company": "Clinic", "source": "linkedin", "matchScore": 0.9, "canAutoApply": True}
    return Match.model_validate({**values, "generatedCoverLetter": f"Dear {letter}"})


def play(postgres: Postgres, examples: int, steps: int, *phases: Phase) -> None:
    """So many histories of so many steps, always the same ones."""
    machine = type("Machine", (Applications,), {"postgres": postgres})
    bounds = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=phases,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=bounds)


def test_whatever_happens_in_whatever_order_is_sent_once_and_never_lost(postgres: Postgres) -> None:
    play(postgres, 25, 40, Phase.generate)  # a failure is made shorter by the long form


@pytest.mark.long
def test_whatever_happens_for_a_long_time_is_sent_once_and_never_lost(postgres: Postgres) -> None:
    play(postgres, 400, 60, Phase.generate, Phase.shrink)
