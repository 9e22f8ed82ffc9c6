"""What leaves for an employer was prepared: open questions wait for the person, and how far it goes by itself is the person's wish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rolecall.applying import decisions
from rolecall.applying.answers import save_answer
from rolecall.applying.answers.open_questions import open_questions
from rolecall.applying.ledger import Ledger
from rolecall.applying.plan import Plan, plan
from rolecall.applying.prepared_matches import prepare_matches
from rolecall.applying.submit import Pace, submit
from rolecall.errors import InvalidInput, NeverSent, NotAsPrepared, ServiceBusy
from rolecall.models import ApplyOrder, Match
from rolecall.people.records import save_cv, save_person
from rolecall.store import Connection
from tests.world import match

ORDER = ApplyOrder(cv_id="c1", user_id="p1", user_email="p1@example.com")
NOTICE = {"question": "Notice period", "kind": "text", "options": [], "required": True, "sensitive": False, "why": "new", "country": ""}


def wishes(db: Connection, **applying: Any) -> None:
    preferences = {"auto_apply": True, "applying": applying}
    save_person(db, person_id="p1", name="Ada", email="p1@example.com", phone=None, preferences=preferences)
    if not db.execute("select 1 from cv").fetchone():
        save_cv(db, cv_id="c1", person_id="p1", data={"text": "nurse"})
    db.commit()


def ready(number: int = 1, *, open_: tuple[dict[str, Any], ...] = (), **changed: Any) -> Match:
    prepared = {"way": "mail", "formHash": f"h{number}", "open": list(open_), "obstacles": ["needs answer"] * bool(open_)}
    return match(number, way="mail", prepared=prepared, **changed)


def planned(db: Connection, *matches: Match, run: str = "r1") -> Plan:
    made = plan(db, ORDER, run_id=run, cv_sha256="h", matches=matches)
    db.commit()
    return made


def row(db: Connection, obstacle: str | None = None) -> dict[str, Any]:
    found = db.execute("select * from application where %s::text is null or obstacle = %s", (obstacle, obstacle)).fetchone()
    db.commit()
    assert found is not None
    return dict(found)


def requests(db: Connection) -> list[str]:
    return [one["origin"] for one in db.execute("select origin from apply_request where state = 'queued'").fetchall()]


def test_an_open_question_waits_as_planned_and_is_asked_once_in_its_words(db: Connection) -> None:
    wishes(db, mode="send", holdMinutes=0)
    other = {**NOTICE, "question": "What is your notice period?"}
    made = planned(db, ready(1, open_=(NOTICE,), matchScore=0.95), ready(2, open_=(other,)), ready(3))
    assert [one["label"] for one in made.applications] == ["Nurse 3 @ Clinic 3"]
    assert made.to_decide == []
    (asked,) = open_questions(db, "p1")
    assert (asked["question"], asked["jobs"]) == ("Notice period", ["Nurse 1 @ Clinic 1", "Nurse 2 @ Clinic 2"])
    waits = row(db, "needs answer")
    with pytest.raises(InvalidInput, match="needs answer"):
        decisions.decide(db, "p1", [(str(waits["id"]), waits["content_hash"])], "yes", by="Ada")
    db.rollback()


def test_what_was_answered_goes_on_by_itself(db: Connection) -> None:
    wishes(db, mode="send", holdMinutes=0)
    planned(db, ready(1, open_=(NOTICE,)))
    assert (row(db)["state"], row(db)["obstacle"], requests(db)) == ("planned", "needs answer", [])
    save_answer(db, "p1", "What is your notice period?", "3 months")
    db.commit()
    assert requests(db) == ["dispatch"]
    made = planned(db, ready(1), run="r2")
    assert [one["label"] for one in made.applications] == ["Nurse 1 @ Clinic 1"]
    assert open_questions(db, "p1") == []


def test_the_person_says_how_far_it_goes(db: Connection) -> None:
    wishes(db, approval=False)
    assert [one.title for one in planned(db, ready(1)).to_decide] == ["Nurse 1"], "to an employer nothing leaves without a yes by default"
    wishes(db, mode="send", holdMinutes=0)
    assert len(planned(db, ready(1), run="r2").applications) == 1
    wishes(db, mode="off")
    assert planned(db, ready(2), run="r3").skipped == {"off": 1}
    wishes(db, mode="send", ways={"mail": "prepare"}, holdMinutes=0)
    assert [one.title for one in planned(db, ready(3), run="r4").to_decide] == ["Nurse 3"]
    wishes(db, mode="send", boards={"linkedin": "off"})
    assert planned(db, ready(4), run="r5").skipped == {"off": 1}


def test_what_leaves_without_a_yes_is_held_and_can_be_stopped_at_once(db: Connection, dsn: str) -> None:
    wishes(db, mode="send", holdMinutes=5)
    assert planned(db, ready(1)).applications == []
    assert (row(db)["state"], requests(db)) == ("approved", ["page"])
    assert [one["title"] for one in decisions.applications_on_hold(db, "p1")] == ["Nurse 1"]
    ours = Ledger(dsn, str(row(db)["id"]), lambda *_: None)
    with pytest.raises(ServiceBusy, match="held"):
        submit(ours, send=lambda **_: pytest.fail("it left"), pace=Pace(100, 0))
    assert decisions.stop_held(db, "p1", by="Ada") == ["Nurse 1 @ Clinic 1"]
    db.commit()
    assert (row(db)["state"], row(db)["approval_required"], decisions.applications_on_hold(db, "p1")) == ("planned", True, [])


def test_held_long_enough_it_leaves_by_the_run_that_was_asked_for(db: Connection) -> None:
    wishes(db, mode="send", holdMinutes=5)
    planned(db, ready(1))
    db.execute("update application set hold_until = %s", (datetime.now(UTC) - timedelta(seconds=1),))
    request = db.execute("update apply_request set state = 'triggered' returning id").fetchone()
    assert request is not None
    db.commit()
    order = ORDER.model_copy(update={"request_id": str(request["id"])})
    made = plan(db, order, run_id=f"request__{request['id']}", cv_sha256="h", matches=[])
    assert [one["label"] for one in made.applications] == ["Nurse 1 @ Clinic 1"]


def test_a_yes_is_for_what_was_prepared_and_what_differs_is_asked_again(db: Connection, dsn: str) -> None:
    wishes(db, mode="prepare")
    planned(db, ready(1))
    before = row(db)
    decisions.decide(db, "p1", [(str(before["id"]), before["content_hash"])], "yes", by="Ada")
    db.commit()
    sent: list[dict[str, str]] = []

    def send(**asked: str) -> dict[str, Any]:
        sent.append(asked)
        raise NotAsPrepared("what would be sent is not what was prepared", fix="prepare it")

    left = submit(Ledger(dsn, str(before["id"]), lambda *_: None), send=send, pace=Pace(100, 0))
    assert (left["state"], sent[0]["prepared_hash"]) == ("planned", "h1")
    assert "dispatch" in requests(db)
    again = ready(1)
    again.prepared["formHash"] = "another"  # type: ignore[index]
    assert [one.title for one in planned(db, again, run="r2").to_decide] == ["Nurse 1"]
    assert row(db)["content_hash"] != before["content_hash"]


def test_only_what_leaves_for_an_employer_is_prepared_and_one_that_fails_waits_alone(db: Connection) -> None:
    asked: list[str] = []

    def prepare(*, job_id: str, cv_id: str, cover_letter: str) -> dict[str, Any]:
        asked.append(job_id)
        if job_id == "x2":
            raise NeverSent("away")
        return {"formHash": "h", "obstacles": [], "open": []}

    matches = [match(1, way="mail"), match(2, way="mail"), match(3), match(4, way="sandbox"), match(5, way="mail", matchScore=0.1)]
    found = prepare_matches(prepare, ORDER, matches)
    assert asked == ["x1", "x2"]
    wishes(db, mode="send", holdMinutes=0)
    assert {one["label"] for one in planned(db, *found).applications} == {
        "Nurse 1 @ Clinic 1",
        "Nurse 3 @ Clinic 3",
        "Nurse 4 @ Clinic 4",
    }
