"""What the platform is asked and told of applications, as the DAG does it."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from rolecall.store import Connection
from tests.dags.test_applying import call
from tests.inbox.test_consequences import REJECTED, applications, mail, owed, states, take_in

__all__ = ["applications"]


def test_what_a_mail_said_before_the_platform_had_the_record_is_told_it_and_not_taken_back(
    bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str, db: Connection, applications: list[str]
) -> None:
    db.execute("update application set platform_id = null")
    take_in(db, "p1", mail(REJECTED, "Mill"))
    assert owed(db) == []
    db.execute("update application set platform_id = 'a1' where company = 'Mill'")  # recorded after the mail, as what was sent
    db.commit()
    asked: list[str] = []
    platform = SimpleNamespace(application=lambda identity: asked.append(identity) or {"status": "submitted"})
    function = bag.dags["process_applications"].get_task("follow_status").python_callable
    monkeypatch.setitem(function.__globals__, "PlatformHook", lambda: SimpleNamespace(client=lambda: nullcontext(platform)))
    call(bag, monkeypatch, dsn, "process_applications.follow_status", params={})
    assert states(db)["Mill"] == ("submitted", "rejected")
    assert owed(db) == ["rejected"]
    assert "a1" not in asked
    db.execute("update outbox set done_at = now()")
    db.commit()
    call(bag, monkeypatch, dsn, "process_applications.follow_status", params={})
    assert "a1" in asked, "it is followed again as soon as it was told"
