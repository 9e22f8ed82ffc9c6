"""The audit log is written by the database itself, sealed, anchored; no tampering goes unseen."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rolecall.monitoring import audit
from rolecall.monitoring.chain import Seal, link, verify
from rolecall.settings import Settings
from rolecall.store import Connection, connect
from tests.http_double import Answer, http_double

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
TAMPERINGS = 1_000


def person(db: Connection, id: str = "p1") -> None:
    db.execute("insert into person (id, name, email) values (%s, 'Ada Example', 'ada@example.org')", (id,))


def rows(db: Connection) -> list[dict[str, Any]]:
    return db.execute("select * from audit order by id").fetchall()


def test_whatever_touches_a_person_leaves_a_row_without_personal_data(db: Connection) -> None:
    person(db)
    db.execute("select set_config('rolecall.actor', 'support: Eve', true)")
    db.execute("update person set email = 'new@example.org' where id = 'p1'")
    db.execute("insert into cv (id, person_id, data, sha256) values ('c1', 'p1', '{\"name\": \"Ada Example\"}', 'x')")
    made, changed, cv = rows(db)
    assert [each["action"] for each in (made, changed, cv)] == ["person created", "person changed", "cv created"]
    assert (changed["actor"], changed["detail"]["changed"]) == ("support: Eve", ["email"])
    assert made["after_sha256"] == changed["before_sha256"] != changed["after_sha256"]
    assert made["person_hash"] == cv["person_hash"]
    said = str([made, changed, cv])
    assert all(secret not in said for secret in ("Ada", "example.org", "p1'"))


def test_erasing_a_person_destroys_the_key_and_the_chain_still_verifies(db: Connection) -> None:
    person(db)
    audit.seal(db, NOW)
    before = rows(db)[0]["person_hash"]
    db.execute("delete from person where id = 'p1'")
    assert db.execute("select count(*) as n from audit_key").fetchone() == {"n": 0}
    audit.seal(db, NOW + timedelta(minutes=1))
    assert audit.check(db, None)[1] == []
    person(db)
    assert rows(db)[-1]["person_hash"] != before


def test_a_message_that_left_is_kept_by_the_hash_of_its_bytes(db: Connection) -> None:
    db.execute("insert into notification (dedupe_key, kind, type, recipient, message) values ('k', 'applied', 'email', 'a@b.c', 'hello')")
    db.execute("update notification set state = 'sending'")
    db.execute("update notification set state = 'sent'")
    assert [(row["action"], row["bytes_sha256"] is not None) for row in rows(db)] == [
        ("notification queued", False),
        ("notification sent", True),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "update audit set actor = 'nobody'",
        "delete from audit",
        "truncate audit",
        "update audit_seal set rows = 0",
        "delete from audit_seal",
        "truncate audit_seal",
        "update audit set seal = 7, actor = 'x' where seal is null",
        "update audit set seal = null where seal is not null",
    ],
)
def test_the_database_itself_refuses_to_change_the_past(statement: str, db: Connection) -> None:
    person(db)
    audit.seal(db, NOW)
    person(db, "p2")
    with pytest.raises(psycopg.errors.CheckViolation, match="append-only"):
        db.execute(statement)  # type: ignore[arg-type]  # a literal of this test


def test_a_row_of_a_transaction_that_commits_later_gets_the_next_seal(dsn: str) -> None:
    with connect(dsn) as slow, connect(dsn) as quick:
        person(slow, "slow")
        person(quick, "quick")
        quick.commit()
        first = audit.seal(quick, NOW)
        quick.commit()
        slow.commit()
        second = audit.seal(quick, NOW + timedelta(minutes=1))
        assert (first and first.rows, second and second.rows) == (1, 1)
        assert audit.check(quick, None)[1] == []
        assert audit.seal(quick, NOW) is None


# ── tampering ───────────────────────────────────────────────────────────────────────────────────────────────


def log() -> tuple[list[dict[str, Any]], list[Seal]]:
    """Forty rows in eight seals."""
    kept: list[dict[str, Any]] = []
    seals: list[Seal] = []
    for number in range(40):
        kept.append(
            {
                "id": number + 1, "at": NOW + timedelta(seconds=10 * number), "actor": f"actor {number % 3}", "action": "person changed",
                "subject": f"person:{number % 7}", "person_hash": f"{number % 7:064x}", "before_sha256": f"{number:064x}",
                "after_sha256": f"{number + 1:064x}", "bytes_sha256": None, "detail": {"changed": ["email"]}, "seal": number // 5 + 1,
            }
        )  # fmt: skip
        if number % 5 == 4:
            seals.append(link(seals[-1] if seals else None, kept[-5:], kept[-1]["at"]))
    return kept, seals


Log = tuple[list[dict[str, Any]], list[Seal]]


def edit(kept: list[dict[str, Any]], seals: list[Seal], chance: random.Random) -> None:
    row = chance.choice(kept)
    name = chance.choice(
        ["at", "actor", "action", "subject", "person_hash", "before_sha256", "after_sha256", "bytes_sha256", "detail", "id"]
    )
    row[name] = {
        "at": row["at"] + timedelta(microseconds=1), "detail": {"changed": ["phone"]}, "id": row["id"] + 1000
    }.get(name, f"{row[name]} ")  # fmt: skip


def delete(kept: list[dict[str, Any]], seals: list[Seal], chance: random.Random) -> None:
    del kept[chance.randrange(len(kept))]


def insert(kept: list[dict[str, Any]], seals: list[Seal], chance: random.Random) -> None:
    row = deepcopy(chance.choice(kept))
    row["id"] = chance.choice([0, 1000, row["id"] + 0.5])
    row["seal"] = chance.choice([row["seal"], 1, 8, 9, 99])
    kept.append(row)


def reorder(kept: list[dict[str, Any]], seals: list[Seal], chance: random.Random) -> None:
    one, other = chance.sample(kept, 2)
    one["id"], other["id"] = other["id"], one["id"]


def move(kept: list[dict[str, Any]], seals: list[Seal], chance: random.Random) -> None:
    row = chance.choice(kept)
    row["seal"] = chance.choice([number for number in range(1, 9) if number != row["seal"]])


def truncate(kept: list[dict[str, Any]], seals: list[Seal], chance: random.Random) -> None:
    last = chance.randrange(8)
    kept[:] = [row for row in kept if row["seal"] <= last]
    del seals[last:]


def change_a_seal(kept: list[dict[str, Any]], seals: list[Seal], chance: random.Random) -> None:
    number = chance.randrange(8)
    change: dict[str, Any] = chance.choice(
        [{"rows": 6}, {"rows_sha256": "0" * 64}, {"chain_sha256": "0" * 64}, {"sealed_at": NOW - timedelta(days=1)}, {"id": 77}]
    )
    seals[number] = replace(seals[number], **change)


def rewrite_everything_after(kept: list[dict[str, Any]], seals: list[Seal], chance: random.Random) -> None:
    """The clever one: changes a row and computes all seals anew. Only the anchors know."""
    row = chance.choice(kept)
    row["actor"] = "somebody else"
    made: list[Seal] = []
    for seal in seals:
        made.append(link(made[-1] if made else None, [each for each in kept if each["seal"] == seal.id], seal.sealed_at))
    seals[:] = made


KINDS = (edit, delete, insert, reorder, move, truncate, change_a_seal, rewrite_everything_after)


def caught(kind: Callable[[list[dict[str, Any]], list[Seal], random.Random], None], chance: random.Random) -> bool:
    kept, seals = deepcopy(LOG)
    kind(kept, seals, chance)
    return bool(verify(kept, seals, LOG[1]))


LOG: Log = log()


def test_an_untouched_log_is_not_accused() -> None:
    assert verify(*LOG, LOG[1]) == []
    assert verify(reversed(LOG[0]), reversed(LOG[1]), LOG[1][:3]) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_tampering_is_caught(kind: Callable[..., None]) -> None:
    chance = random.Random(f"tamper {kind.__name__}")
    assert [number for number in range(TAMPERINGS // len(KINDS)) if not caught(kind, chance)] == []


@pytest.mark.chaos
def test_ten_thousand_tamperings_are_caught() -> None:
    chance, missed = random.Random("ten thousand"), dict.fromkeys((kind.__name__ for kind in KINDS), 0)
    times = 10_000 // len(KINDS)
    for kind in KINDS:
        missed[kind.__name__] = sum(not caught(kind, chance) for _ in range(times))
    print("\n".join(f"{name:28} {times} tried, {number} missed" for name, number in missed.items()))
    assert not any(missed.values())


def test_a_row_that_is_sealed_late_with_an_old_time_is_noticed() -> None:
    kept, seals = deepcopy(LOG)
    late = {**kept[0], "id": 41, "seal": 9, "at": NOW - timedelta(days=3)}
    assert "back-dated" in verify([*kept, late], [*seals, link(seals[-1], [late], NOW + timedelta(hours=1))], [])[0].text


# ── anchors and the command ─────────────────────────────────────────────────────────────────────────────────────


def settings(**values: object) -> Settings:
    return Settings.model_validate(values)


def test_a_head_is_anchored_elsewhere_and_what_is_cut_off_shows_there(dsn: str, db: Connection, tmp_path: Path) -> None:
    folder = str(tmp_path / "anchors")
    for number in range(3):
        person(db, f"p{number}")
        db.commit()
        done = audit.seal_and_anchor(dsn, settings(audit_anchor_url=folder), NOW + timedelta(minutes=number))
        assert done == {"head": number + 1, "anchored": 1}
    assert audit.check(db, folder) == ({"rows": 3, "unsealed": 0, "seals": 3, "anchors": 3}, [])
    db.execute("set session_replication_role = replica")  # what somebody with all rights could do
    db.execute("delete from audit where seal = 3")
    db.execute("delete from audit_seal where id = 3")
    assert [problem.text for problem in audit.check(db, folder)[1]] == ["seal 3 was anchored and is gone: the log was cut off"]


def test_a_run_that_died_between_sealing_and_anchoring_is_made_up_for(dsn: str, db: Connection, tmp_path: Path) -> None:
    person(db)
    audit.seal(db, NOW)
    db.commit()
    assert audit.seal_and_anchor(dsn, settings(audit_anchor_url=str(tmp_path)), NOW) == {"head": 1, "anchored": 1}


def test_what_is_not_anchored_is_found_without_reading_what_is(
    dsn: str, db: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        person(db, f"p{number}")
        audit.seal(db, NOW + timedelta(minutes=number))
        db.commit()
    assert audit.seal_and_anchor(dsn, settings(audit_anchor_url=str(tmp_path)), NOW)["anchored"] == 60
    asked: list[str] = []
    exists = type(audit.UPath(tmp_path)).exists
    monkeypatch.setattr(type(audit.UPath(tmp_path)), "exists", lambda path, **how: asked.append(path.name) or exists(path, **how))
    monkeypatch.setattr(audit, "anchors", lambda folder: pytest.fail("every anchor was read"))
    for number in range(2):
        person(db, f"q{number}")
        audit.seal(db, NOW + timedelta(hours=2, minutes=number))
    db.commit()
    assert [seal.id for seal in audit.unanchored(db, str(tmp_path))] == [61, 62]
    assert asked == ["000000000062.json", "000000000061.json", "000000000060.json"]


def test_the_webhook_hears_of_each_head(dsn: str, db: Connection) -> None:
    person(db)
    db.commit()
    with http_double() as web:
        web.answer = lambda _: Answer(status=204)
        audit.seal_and_anchor(dsn, settings(audit_anchor_webhook=f"{web.url}/secret"), NOW)
        assert [(call.json["id"], call.json["rows"]) for call in web.calls] == [(1, 1)]


def test_the_command_says_yes_or_no(dsn: str, db: Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ROLECALL_DSN", dsn)
    monkeypatch.delenv("AUDIT_ANCHOR_URL", raising=False)
    person(db)
    audit.seal(db, NOW)
    db.commit()
    assert audit.main(["verify"]) == 0
    assert "the log is what was written" in capsys.readouterr().out
    db.execute("set session_replication_role = replica")
    db.execute("update audit set actor = 'nobody'")
    db.commit()
    assert audit.main(["verify"]) == 1
    assert "do not trust anything from seal 1 on" in capsys.readouterr().out
    assert audit.main(["application", "no-such"]) == 2
