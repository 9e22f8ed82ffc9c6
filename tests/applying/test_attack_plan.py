from __future__ import annotations
from datetime import UTC, datetime, timedelta
from typing import Any
import pytest
from rolecall.applying import decisions
from rolecall.applying.ledger import begin
from rolecall.applying.plan import plan
from rolecall.errors import InvalidInput
from rolecall.people.applying_wishes import ApplyingWishes
from rolecall.people.records import save_person
from rolecall.store import Connection
from tests.applying.test_prepared import ORDER, planned, ready, requests, row, wishes

def test_stop_is_not_undone_by_the_next_run(db: Connection) -> None:
    wishes(db, mode="send", holdMinutes=5)
    planned(db, ready(1))
    decisions.stop(db, "p1", by="Ada"); db.commit()
    assert row(db)["state"] == "planned"
    planned(db, ready(1), run="r2")
    now = row(db)
    assert (now["state"], now["approval_required"]) == ("planned", True)

def test_stop_zero_hold(db: Connection) -> None:
    wishes(db, mode="send", holdMinutes=5)
    planned(db, ready(1))
    decisions.stop(db, "p1", by="Ada"); db.commit()
    wishes(db, mode="send", holdMinutes=0)
    assert planned(db, ready(1), run="r2").applications == []

def test_later_is_not_sent_by_the_next_run(db: Connection) -> None:
    wishes(db, mode="prepare")
    planned(db, ready(1))
    w = row(db)
    decisions.decide(db, "p1", [(str(w["id"]), w["content_hash"])], "later", by="Ada"); db.commit()
    wishes(db, mode="send", holdMinutes=0)
    assert planned(db, ready(1), run="r2").applications == []

def test_consent_gone_while_held(db: Connection) -> None:
    wishes(db, mode="send", holdMinutes=5)
    planned(db, ready(1))
    db.execute("update application set hold_until = %s", (datetime.now(UTC) - timedelta(seconds=1),))
    request = db.execute("update apply_request set state = 'triggered' returning id").fetchone()
    save_person(db, person_id="p1", name="Ada", email="p1@example.com", phone=None, preferences={"applying": {"mode": "send"}})
    db.commit()
    order = ORDER.model_copy(update={"request_id": str(request["id"])})
    made = plan(db, order, run_id=f"request__{request['id']}", cv_sha256="h", matches=[])
    db.commit()
    if not made.applications:
        return
    left = begin(db, made.applications[0]["application_id"])
    assert left["state"] == "planned", left["state_reason"]

def test_mode_prepare_while_held(db: Connection) -> None:
    wishes(db, mode="send", holdMinutes=5)
    planned(db, ready(1))
    db.execute("update application set hold_until = %s", (datetime.now(UTC) - timedelta(seconds=1),))
    request = db.execute("update apply_request set state = 'triggered' returning id").fetchone()
    wishes(db, mode="prepare")
    order = ORDER.model_copy(update={"request_id": str(request["id"])})
    made = plan(db, order, run_id=f"request__{request['id']}", cv_sha256="h", matches=[])
    db.commit()
    left = begin(db, made.applications[0]["application_id"])
    assert left["state"] == "planned", left["state_reason"]

