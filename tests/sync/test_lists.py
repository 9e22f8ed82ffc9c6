"""A platform that lists its users: one person's trouble is theirs alone, what we owe stays owed, who is gone is found out."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from tenacity import RetryCallState

from rolecall.clients import platform_client as clients
from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import BadAnswer, NeverSent, ServiceBusy
from rolecall.store import Connection
from rolecall.sync.sync_people import sync_people
from tests.sync.platform_double import Double
from tests.sync.test_people import both, edit, here


@pytest.fixture
def listing(double: Double) -> Double:
    double.lists = True
    return double


def test_a_person_it_refuses_stops_nobody_and_stays_owed(
    db: Connection, dsn: str, listing: Double, client: PlatformClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(db, listing, "ada", "ben", city="Bonn")
    sync_people(dsn, client)
    edit(db, "ada", city="Ulm")
    edit(db, "ben", city="Kiel")
    listing.once = False
    listing.fails = {"PUT /api/v1/users/ada/preferences": 422}
    done = sync_people(dsn, client)
    assert (done.given, done.finished) == (1, True)
    assert done.problems
    assert listing.users["ben"]["preferences"] == {"city": "Kiel"}
    listing.fails = {}
    monkeypatch.setattr(client, "changed_users", lambda since, cursor, limit: {"users": [], "next": None})  # nothing changed there
    assert sync_people(dsn, client).given == 1
    assert listing.users["ada"]["preferences"] == here(db, "ada") == {"city": "Ulm"}


@pytest.mark.parametrize("never", ["0001-01-01T00:00:00", "0001-01-01T00:00:00+00:00", "0001-01-02T00:00:00Z"])
def test_a_platform_whose_times_stand_for_never_is_asked_again(
    db: Connection, dsn: str, listing: Double, client: PlatformClient, never: str
) -> None:
    both(db, listing, "ada", "ben", city="Bonn")
    for name in ("ada", "ben"):
        listing.edit(name, at=never)
    assert sync_people(dsn, client).finished
    listing.edit("ben", city="Kiel")
    assert sync_people(dsn, client).finished
    assert here(db, "ben") == {"city": "Kiel"}


@pytest.mark.parametrize("odd", [[], ["remote"], "remote", 7, None])
def test_preferences_that_are_no_object_stop_nobody(db: Connection, dsn: str, listing: Double, client: PlatformClient, odd: Any) -> None:
    both(db, listing, "ada", "ben", city="Bonn")
    del listing.users["ada"]["preferences"]
    db.execute("alter table person disable trigger user")
    db.execute("update person set preferences = %s where id = 'ada'", (Jsonb(odd),))
    db.execute("alter table person enable trigger user")
    db.commit()
    assert sync_people(dsn, client).finished
    listing.edit("ben", city="Kiel")
    assert sync_people(dsn, client).finished
    assert here(db, "ben") == {"city": "Kiel"}


def test_what_cannot_be_kept_is_noted_and_stops_nobody(db: Connection, dsn: str, listing: Double, client: PlatformClient) -> None:
    both(db, listing, "ada", "ben", "cem", city="Bonn")
    sync_people(dsn, client)
    listing.edit("ada", city="half a character: \ud800")
    listing.users["ben"] |= {"name": {"first": "Ben"}, "phone": 5, "email": ["x"]}
    listing.edit("cem", city="Ulm")
    done = sync_people(dsn, client)
    assert len(done.problems) == 1
    assert "person ada" in done.problems[0]
    assert (here(db, "ada"), here(db, "cem")) == ({"city": "Bonn"}, {"city": "Ulm"})
    assert db.execute("select name, email, phone from person where id = 'ben'").fetchone() == {
        "name": "Ben", "email": "ben@mail.example", "phone": None,
    }  # fmt: skip


def test_a_preference_the_platform_does_not_keep_is_not_taken_for_deleted(
    db: Connection, dsn: str, listing: Double, client: PlatformClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(db, listing, "ada", city="Bonn")
    sync_people(dsn, client)
    edit(db, "ada", hobby="chess")
    put = client.update_user_preferences

    def forgetful(user_id: str, preferences: dict[str, Any]) -> dict[str, Any]:
        return put(user_id, {"city": preferences["city"]})

    monkeypatch.setattr(client, "update_user_preferences", forgetful)
    for _ in range(3):
        sync_people(dsn, client)
    assert here(db, "ada") == {"city": "Bonn", "hobby": "chess"}


def test_who_is_not_mentioned_for_a_day_is_asked_for_and_somebody_told_on_the_second(
    db: Connection, dsn: str, listing: Double, client: PlatformClient
) -> None:
    both(db, listing, "ada", city="Bonn")
    sync_people(dsn, client)
    del listing.users["ada"]
    assert sync_people(dsn, client).unknown == 0
    for _ in range(2):
        db.execute("update sync_person set agreed_at = agreed_at - interval '1 day', missing_at = missing_at - interval '1 day'")
        db.commit()
        assert sync_people(dsn, client).unknown == 1
    told = [row["message"] for row in db.execute("select message from notification")]
    assert len(told) == 1
    assert here(db, "ada") == {"city": "Bonn"}


@pytest.mark.parametrize("pages", [("a",), ("a", "b")])
def test_a_list_that_leads_in_a_circle_is_an_error(
    dsn: str, client: PlatformClient, monkeypatch: pytest.MonkeyPatch, pages: tuple[str, ...]
) -> None:
    following = itertools.cycle(pages)
    monkeypatch.setattr(client, "changed_users", lambda since, cursor, limit: {"users": [], "next": next(following)})
    with pytest.raises(BadAnswer, match="leads back"):
        sync_people(dsn, client)


def test_a_change_of_tomorrow_hides_nobody_who_comes_today(db: Connection, dsn: str, listing: Double, client: PlatformClient) -> None:
    both(db, listing, "ada")
    listing.users["ada"]["updatedAt"] = "2999-01-01T00:00:00+00:00"
    sync_people(dsn, client)
    row = db.execute("select position ->> 'since' as since from sync_cursor").fetchone()
    assert row is not None
    assert row["since"] <= datetime.now(UTC).isoformat()
    sync_people(dsn, client)
    again = db.execute("select position ->> 'since' as since from sync_cursor").fetchone()
    assert again is not None
    assert again["since"] >= row["since"]


@pytest.mark.parametrize(("asked", "least", "again"), [(None, 1.0, True), (7.0, 7.0, True), (3000.0, 3000.0, False)])
def test_what_retry_after_says_is_waited_for_or_left_to_the_next_run(asked: float | None, least: float, again: bool) -> None:
    error = ServiceBusy("busy", retry_after=asked)
    state = RetryCallState(clients.repeatable, None, (), {})
    state.set_exception((ServiceBusy, error, None))
    assert clients.pause(state) >= least
    assert clients.worth_repeating(error) is again
    assert clients.worth_repeating(NeverSent("refused"))


ODD: list[tuple[str, Any]] = [
    ("criteria", "remote only"),
    ("criteria", {"salary_min": "much"}),
    ("auto_apply", "yes"),
    ("notifications", {"quietHours": {"from": "22:00Z", "to": "07:00"}}),
    ("applying", {"remindAfterDays": 10**20}),
    ("blacklist", "Acme"),
]


@pytest.mark.parametrize(("name", "value"), ODD)
def test_an_odd_preference_of_the_platform_is_put_aside_and_everything_else_goes_on(
    db: Connection, dsn: str, listing: Double, client: PlatformClient, name: str, value: Any
) -> None:
    good = {"criteria": {"remote": True}, "notifications": {"dailyLimit": 3}, "auto_apply": False}
    both(db, listing, "ada", "ben", **good)
    sync_people(dsn, client)
    listing.edit("ada", **{name: value}, theme="dark")
    listing.edit("ben", theme="light")
    done = sync_people(dsn, client)
    assert (here(db, "ada"), here(db, "ben")) == ({**good, "theme": "dark"}, {**good, "theme": "light"})
    assert done.finished
    assert name in "".join(done.problems)
    aside = db.execute("select queue, key, person_id, reason from dead_letter").fetchall()
    assert [(row["queue"], row["key"], row["person_id"]) for row in aside] == [("platform_user", "ada", "ada")]
    assert name in aside[0]["reason"]
    db.commit()

    edit(db, "ada", theme="grey")  # ours goes out, and what we could not read stays the platform's
    sync_people(dsn, client)
    assert listing.users["ada"]["preferences"] == {**good, "theme": "grey", name: value}

    mended: Any = {"auto_apply": True, "blacklist": ["Acme"]}.get(name, {})
    listing.edit("ada", **{name: mended})
    sync_people(dsn, client)
    assert here(db, "ada") == {**good, "theme": "grey", name: mended}
    assert db.execute("select 1 from dead_letter").fetchall() == []


def test_an_odd_address_or_id_of_the_platform_is_that_users_alone(
    db: Connection, dsn: str, listing: Double, client: PlatformClient
) -> None:
    both(db, listing, "ada")
    sync_people(dsn, client)
    listing.users["ada"]["email"] = "ada at mail"
    key = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(4000))
    listing.users |= {
        "long": {"id": key, "name": "Long", "email": "long@mail.example"},
        "old": {"id": "old", "name": "Old", "email": "old@mail.example", "updatedAt": "0001-01-01T00:00:00+09:00"},
        "zoe": {"id": "zoe", "name": "Zoe", "email": "zoe@mail.example"},
    }
    assert sync_people(dsn, client).finished
    emails = {row["id"]: row["email"] for row in db.execute("select id, email from person").fetchall()}
    assert emails == {"ada": "ada@mail.example", "old": "old@mail.example", "zoe": "zoe@mail.example"}
    assert {row["key"] for row in db.execute("select key from dead_letter").fetchall()} == {"ada", key[:500]}
