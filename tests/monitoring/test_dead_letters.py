"""Rows that were put aside are told of once a queue, and listed by a command."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rolecall.monitoring.dead_letter_alerts import main, watch
from rolecall.store import Connection
from rolecall.store.dead_letters import clear, put_aside

NOW = datetime.now(UTC)


def told(db: Connection) -> list[str]:
    return [row["message"] for row in db.execute("select message from notification order by created_at, message").fetchall()]


def test_each_queue_is_told_of_once_with_how_to_look_and_once_when_it_is_empty(db: Connection) -> None:
    put_aside(db, "preferences", "p1", "criteria is a list → send an object", person_id="p1")
    for hour in range(15):
        put_aside(db, "preferences", f"q{hour}", "criteria is a list → send an object")
        watch(db, NOW + timedelta(hours=hour))
    db.commit()  # rows of one transaction were created at one moment
    (message,) = told(db)
    assert message.startswith("📪 preferences: 2 put aside; one: criteria is a list → send an object\n")
    assert message.endswith("./rolecall dead-letters preferences")
    put_aside(db, "stream", "1-1", "userId has 8,000 characters")
    watch(db, NOW + timedelta(hours=21))
    assert [text.partition(":")[0] for text in told(db)] == ["📪 preferences", "📪 stream"]
    db.commit()
    clear(db, "stream", "1-1")
    watch(db, NOW + timedelta(hours=22))
    watch(db, NOW + timedelta(hours=23))
    assert told(db)[2:] == ["✅ stream: nothing is put aside any more"]


def aside(db: Connection, keys: range, at: datetime) -> None:
    for key in keys:
        put_aside(db, "preferences", f"p{key}", f"reason {key}")
    db.execute("update dead_letter set first_at = %s where key = any(%s)", (at, [f"p{key}" for key in keys]))


def test_an_old_one_that_nobody_mends_does_not_hide_a_new_mass(db: Connection) -> None:
    def at(hour: int) -> list[str]:
        known = len(told(db))
        watch(db, NOW + timedelta(hours=hour))
        db.commit()
        return told(db)[known:]

    aside(db, range(1), NOW - timedelta(hours=1))
    assert len(at(0)) == 1
    aside(db, range(1, 20), NOW + timedelta(minutes=30))
    assert at(1) == []  # nineteen
    aside(db, range(20, 21), NOW + timedelta(minutes=90))
    (mass,) = at(2)
    assert mass.startswith("📪 preferences: 20 of 21 put aside are new; the newest: reason 20")
    assert at(3) == []
    aside(db, range(21, 60), NOW + timedelta(hours=4))
    (mass,) = at(5)
    assert mass.startswith("📪 preferences: 59 of 60 put aside are new")
    assert at(6) == []
    for key in range(1, 60):
        clear(db, "preferences", f"p{key}")
    assert at(7) == ["✅ preferences: the new ones are mended; older ones are still put aside"]
    aside(db, range(100, 130), NOW + timedelta(hours=8))
    assert len(at(9)) == 1
    db.execute("delete from dead_letter")
    assert at(10) == ["✅ preferences: nothing is put aside any more"]


def test_the_command_lists_them_by_queue(
    db: Connection, dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ROLECALL_DSN", dsn)
    assert main([]) == 0
    assert capsys.readouterr().out == "nothing is put aside\n"
    for _ in range(2):
        put_aside(db, "stream", "1-1", "userId has 8,000 characters", payload={"userEmail": "ada@example.com"})
    put_aside(db, "preferences", "p1", "criteria is a list")
    db.commit()
    main([])
    both = capsys.readouterr().out
    assert "stream  1-1  2 times" in both
    assert "ada@" not in both
    main(["stream"])
    assert "preferences" not in capsys.readouterr().out


def test_without_postgres_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ROLECALL_DSN", "postgresql://nobody@127.0.0.1:1/x")
    assert main([]) == 2
    assert "→" in capsys.readouterr().err
