"""What a person stopped, put off or no longer consents to does not leave by the next run, whatever their wishes say by then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rolecall.applying import decisions
from rolecall.applying.ledger import begin
from rolecall.applying.plan import plan
from rolecall.people.applying_wishes import ApplyingWishes
from rolecall.people.records import save_person
from rolecall.store import Connection
from tests.applying.test_prepared import ORDER, planned, ready, row, wishes


def held_and_due(db: Connection) -> Any:
    """One application that is held for a stop, whose time is over; the run that sends it by itself."""
    wishes(db, mode="send", holdMinutes=5)
    planned(db, ready(1))
    db.execute("update application set hold_until = %s", (datetime.now(UTC) - timedelta(seconds=1),))
    request = db.execute("update apply_request set state = 'triggered' returning id").fetchone()
    assert request is not None
    return request["id"]


def sent_by(db: Connection, request: Any) -> list[str]:
    """The states in which what the run took would leave."""
    order = ORDER.model_copy(update={"request_id": str(request)})
    made = plan(db, order, run_id=f"request__{request}", cv_sha256="h", matches=[])
    db.commit()
    return [begin(db, one["application_id"])["state"] for one in made.applications]


@pytest.mark.parametrize("minutes", [5, 0])
def test_what_was_stopped_waits_for_a_yes_also_in_the_next_run(db: Connection, minutes: int) -> None:
    wishes(db, mode="send", holdMinutes=5)
    planned(db, ready(1))
    decisions.stop_held(db, "p1", by="Ada")
    db.commit()
    wishes(db, mode="send", holdMinutes=minutes)
    assert planned(db, ready(1), run="r2").applications == []
    assert (row(db)["state"], row(db)["approval_required"]) == ("planned", True)


def test_later_is_not_sent_by_the_next_run(db: Connection) -> None:
    wishes(db, mode="prepare")
    planned(db, ready(1))
    waiting = row(db)
    decisions.decide(db, "p1", [(str(waiting["id"]), waiting["content_hash"])], "later", by="Ada")
    db.commit()
    wishes(db, mode="send", holdMinutes=0)
    assert planned(db, ready(1), run="r2").applications == []


def test_what_is_held_leaves_when_its_time_is_over(db: Connection) -> None:
    assert sent_by(db, held_and_due(db)) == ["submitting"]


def test_consent_that_is_gone_while_it_was_held_keeps_it(db: Connection) -> None:
    request = held_and_due(db)
    save_person(db, person_id="p1", name="Ada", email="p1@example.com", phone=None, preferences={"applying": {"mode": "send"}})
    db.commit()
    assert "submitting" not in sent_by(db, request)


def test_who_wants_it_prepared_only_while_it_was_held_keeps_it(db: Connection) -> None:
    request = held_and_due(db)
    wishes(db, mode="prepare")
    assert "submitting" not in sent_by(db, request)


def test_a_way_with_a_typing_mistake_is_refused_and_a_board_is_known_in_any_case() -> None:
    with pytest.raises(ValueError, match="ways"):
        ApplyingWishes.model_validate({"mode": "send", "ways": {"email": "off"}})
    assert ApplyingWishes.model_validate({"mode": "send", "boards": {"Lever": "off"}}).mode_for("mail", "lever") == "off"


def asks_about_some(db: Connection) -> Any:
    """One application of three is asked about; the run of its own that was asked for, for the others."""
    wishes(db, mode="send", ways={"mail": "prepare"}, holdMinutes=0)
    recruitee = {"way": "recruitee", "formHash": "h", "open": [], "obstacles": []}
    others = [ready(number).model_copy(update={"way": "recruitee", "prepared": recruitee}) for number in (2, 3)]
    made = planned(db, ready(1), *others)
    assert (len(made.to_decide), len(made.applications)) == (1, 2)
    request = db.execute("select id from apply_request where state = 'queued' and origin = 'page' and start_at is null").fetchone()
    assert request is not None, "a run of its own was asked for"
    return request["id"]


def test_what_needs_no_yes_leaves_while_others_are_asked_about(db: Connection) -> None:
    assert sent_by(db, asks_about_some(db)) == ["submitting", "submitting"]
    assert db.execute("select count(*) as n from application where state = 'planned'").fetchone() == {"n": 1}


def test_what_leaves_without_a_yes_stays_where_the_consent_is_gone(db: Connection) -> None:
    request = asks_about_some(db)
    save_person(db, person_id="p1", name="Ada", email="p1@example.com", phone=None, preferences={"applying": {"mode": "send"}})
    db.commit()
    assert "submitting" not in sent_by(db, request)


def test_where_nobody_is_asked_no_second_run_is_asked_for(db: Connection) -> None:
    wishes(db, mode="send", holdMinutes=0)
    planned(db, ready(1))
    assert db.execute("select count(*) as n from apply_request").fetchone() == {"n": 0}
