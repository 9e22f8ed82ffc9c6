"""The question in Airflow: nothing that says no is preset, a contradiction is asked again, and who answered is an account of Airflow's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from airflow.sdk.exceptions import TaskAwaitingInput

from rolecall.applying.approval import LATER, NONE, run_of_link
from rolecall.operators import plan_applications_operator as module
from rolecall.operators.plan_applications_operator import PlanApplicationsOperator
from rolecall.store import Connection, connect, documents

MATCHES = [
    {"id": f"x{n}", "title": f"Nurse {n}", "company": "Clinic", "source": "linkedin", "matchScore": 0.9 - n / 100, "canAutoApply": True}
    for n in range(3)
]
CONF = {"cvId": "c1", "userId": "p1", "userEmail": "p1@example.com", "approval": True}
URL = "http://127.0.0.1:8080/dags/auto_apply/runs/r1/tasks/plan_applications/required_actions"


class Task:
    """The operator as a worker runs it: made anew for each half of its work."""

    def __init__(self, db: Connection, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[dict[str, Any]] = []
        self.matches = documents.put(db, "matches", MATCHES)
        db.commit()

        class Hook:
            def __init__(self, *_: object) -> None:
                pass

            def get_conn(self) -> Connection:
                return connect(dsn, name="task")

        monkeypatch.setattr(module, "StoreHook", Hook)
        monkeypatch.setattr(module, "nudge", lambda _: True)
        monkeypatch.setattr("airflow.providers.standard.operators.hitl.upsert_hitl_detail", lambda **values: self.asked.append(values))
        monkeypatch.setattr(PlanApplicationsOperator, "generate_link_to_ui_from_context", staticmethod(lambda **_: URL))

    def begins(self, **conf: Any) -> list[dict[str, str]]:
        context = {"params": {**CONF, **conf}, "run_id": "r1", "task_instance": type("Instance", (), {"id": "i"})}
        found: list[dict[str, str]] = self._operator().execute(context)  # type: ignore[arg-type]
        return found

    def answered(self, *ticked: str, by: str | None = "admin") -> list[dict[str, str]]:
        user = {"id": by, "name": by} if by else None
        event = {"chosen_options": list(ticked), "params_input": {}, "responded_by_user": user, "timedout": by is None}
        context = {"params": CONF, "run_id": "r1", "task_instance": type("Instance", (), {"id": "i"})}
        found: list[dict[str, str]] = self._operator().execute_complete(context, event)  # type: ignore[arg-type]
        return found

    def _operator(self) -> PlanApplicationsOperator:
        return PlanApplicationsOperator(task_id="plan_applications", cv_sha256="h", matches_sha256=self.matches)


@pytest.fixture
def task(db: Connection, dsn: str, monkeypatch: pytest.MonkeyPatch) -> Task:
    return Task(db, dsn, monkeypatch)


def states(db: Connection) -> list[str]:
    rows = db.execute("select state from application order by job_id").fetchall()
    db.rollback()
    return [row["state"] for row in rows]


def test_whoever_presses_ok_without_reading_says_neither_yes_nor_no(task: Task, db: Connection) -> None:
    with pytest.raises(TaskAwaitingInput):
        task.begins()
    [asked] = task.asked
    assert asked["defaults"] == [LATER]
    assert asked["options"] == ["Nurse 0 @ Clinic", "Nurse 1 @ Clinic", "Nurse 2 @ Clinic", LATER, NONE]
    assert task.answered(*asked["defaults"]) == []
    assert states(db) == ["planned"] * 3


def test_a_contradiction_changes_nothing_waits_on_and_is_told(task: Task, db: Connection) -> None:
    with pytest.raises(TaskAwaitingInput):
        task.begins()
    with pytest.raises(TaskAwaitingInput) as waits:
        task.answered("Nurse 1 @ Clinic", NONE)
    assert waits.value.timeout.total_seconds() > 23 * 3600
    assert states(db) == ["planned"] * 3
    assert task.asked[1]["options"] == task.asked[0]["options"]
    messages = db.execute("select count(*) as n from notification where kind = 'approval_wanted' and type = 'email'").fetchone()
    assert messages == {"n": 2}
    assert [one["label"] for one in task.answered("Nurse 1 @ Clinic")] == ["Nurse 1 @ Clinic"]
    assert states(db) == ["cancelled", "approved", "cancelled"]


def test_a_contradiction_about_what_was_withdrawn_meanwhile_ends(task: Task, db: Connection) -> None:
    with pytest.raises(TaskAwaitingInput):
        task.begins()
    db.execute("update application set state = 'cancelled'")
    db.commit()
    assert task.answered("Nurse 1 @ Clinic", NONE) == []


def test_who_answered_is_called_what_it_is(task: Task, db: Connection) -> None:
    with pytest.raises(TaskAwaitingInput):
        task.begins()
    task.answered("Nurse 0 @ Clinic", LATER)
    row = db.execute("select approved_by, state_reason from application where state = 'approved'").fetchone()
    assert row == {"approved_by": "Airflow account admin", "state_reason": "approved by Airflow account admin"}


def test_nobody_in_time_is_nobody(task: Task, db: Connection) -> None:
    with pytest.raises(TaskAwaitingInput):
        task.begins()
    assert task.answered(LATER, by=None) == []
    assert states(db) == ["cancelled"] * 3
    assert db.execute("select distinct answered_by from approval").fetchall() == [{"answered_by": None}]


def test_without_a_wish_to_be_asked_nobody_is(task: Task) -> None:
    assert len(task.begins(approval=False)) == 3
    assert task.asked == []


def test_where_the_pages_address_is_known_the_mail_carries_a_link_of_the_persons_own(
    task: Task, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGE_URL", "https://jobs.example/")
    with pytest.raises(TaskAwaitingInput):
        task.begins()
    (mail,) = db.execute("select message from notification where kind = 'approval_wanted' and type = 'email'").fetchall()
    (link,) = re.findall(r"https://jobs\.example/answer/([\w-]+)", mail["message"])
    assert run_of_link(db, link) == "r1"
    short = db.execute("select message from notification where kind = 'approval_wanted' and type <> 'email'").fetchall()
    assert "/answer/" not in str(short)


def test_without_an_address_of_the_page_no_link_is_made(task: Task, db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAGE_URL", raising=False)
    with pytest.raises(TaskAwaitingInput):
        task.begins()
    assert db.execute("select count(*) as n from approval_link").fetchone() == {"n": 0}


@pytest.mark.parametrize(
    ("section", "option", "value", "own"),
    [
        ("CORE", "SIMPLE_AUTH_MANAGER_USERS", "admin:admin,p1:user,px:user", ["p1"]),
        ("CORE", "SIMPLE_AUTH_MANAGER_USERS", "admin:admin,P1@example.com:user", ["P1@example.com"]),
        ("ROLECALL", "APPROVERS", '{"p1": ["7", "8"], "p2": "9"}', ["7", "8"]),
        ("CORE", "SIMPLE_AUTH_MANAGER_USERS", "admin:admin", []),
    ],
)
def test_who_has_an_account_answers_and_nobody_elses_does(
    task: Task, db: Connection, monkeypatch: pytest.MonkeyPatch, section: str, option: str, value: str, own: list[str]
) -> None:
    monkeypatch.setenv(f"AIRFLOW__{section}__{option}", value)
    with pytest.raises(TaskAwaitingInput):
        task.begins()
    assert [one["id"] for one in task.asked[0]["assigned_users"] or []] == own
    task.answered("Nurse 0 @ Clinic", LATER, by=own[0] if own else "admin")
    row = db.execute("select approved_by from application where state = 'approved'").fetchone()
    by = f"Airflow account {own[0] if own else 'admin'}"
    assert row == {"approved_by": f"the person, by their {by}" if own else by}
