"""Any order of edits on both sides, syncs and failures ends with both sides equal, through the real tables."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from rolecall.errors import MaybeReceived, RequestRejected
from rolecall.people.records import save_person
from rolecall.store import Connection
from rolecall.sync.sync_people import sync_people

PEOPLE = ("ada", "ben")


class Killed(BaseException):
    """The process is gone: nothing after this point happens."""


class Unreliable:
    """A platform of the contract, in memory; each call may fail before or after its effect, or be the last thing a run does."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.trouble = 0.0
        self.users: dict[str, dict[str, Any]] = {name: {"id": name, "email": f"{name}@mail.example", "preferences": {}} for name in PEOPLE}

    def _may_fail(self, *kinds: type[BaseException]) -> None:
        if self.chance.random() < self.trouble:
            raise self.chance.choice(kinds)("told to")

    def get_user(self, user_id: str) -> dict[str, Any]:
        self._may_fail(MaybeReceived, Killed)
        user = self.users[user_id]
        return {**user, "preferences": dict(user["preferences"])}

    def update_user_preferences(self, user_id: str, preferences: dict[str, Any]) -> dict[str, Any]:
        self._may_fail(MaybeReceived, Killed)
        self.users[user_id]["preferences"] = dict(preferences)
        self._may_fail(MaybeReceived, Killed)
        return self.get_user(user_id)

    def changed_users(self, since: datetime | None, cursor: str | None, limit: int) -> dict[str, Any] | None:
        return None


class Listing(Unreliable):
    """It also lists."""

    def changed_users(self, since: datetime | None, cursor: str | None, limit: int) -> dict[str, Any] | None:
        self._may_fail(MaybeReceived, Killed)
        return {"users": [{**user, "preferences": dict(user["preferences"])} for user in self.users.values()], "next": None}


def put(db: Connection, person: str, name: str, value: int | None) -> None:
    change = "preferences - %s" if value is None else "preferences || %s"
    db.execute(f"update person set preferences = {change} where id = %s", (name if value is None else Jsonb({name: value}), person))
    db.commit()


def ours(db: Connection) -> dict[str, Any]:
    found = {row["id"]: row["preferences"] for row in db.execute("select id, preferences from person")}
    db.commit()
    return found


@pytest.mark.parametrize("kind", [Unreliable, Listing])
@pytest.mark.parametrize("seed", range(6))
def test_it_ends_equal_and_then_nothing_moves(db: Connection, dsn: str, kind: type[Unreliable], seed: int) -> None:
    chance = random.Random(seed)
    platform = kind(chance)
    for name in PEOPLE:
        save_person(db, person_id=name, name=name, email=f"{name}@mail.example", phone=None, preferences={})
    db.commit()
    for _ in range(30):
        person, field, value = chance.choice(PEOPLE), chance.choice("xyz"), chance.choice([None, 1, 2, 3])
        match chance.choice(["here", "there", "sync", "sync"]):
            case "here":
                put(db, person, field, value)
            case "there":
                kept = platform.users[person]["preferences"]
                kept.pop(field, None) if value is None else kept.update({field: value})
            case _:
                platform.trouble = 0.3
                with suppress(MaybeReceived, RequestRejected, Killed):
                    sync_people(dsn, platform, full=chance.random() < 0.2)
    platform.trouble = 0.0
    sync_people(dsn, platform)
    sync_people(dsn, platform)
    assert ours(db) == {name: user["preferences"] for name, user in platform.users.items()}
    for full in (False, True):
        still = sync_people(dsn, platform, full=full)
        assert (still.taken, still.given, still.conflicts, still.problems) == (0, 0, 0, [])
