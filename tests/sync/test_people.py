"""People and preferences are the same on both sides in the end, whoever edits what, whatever fails in between."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import AuthFailed, NeverSent, ServiceBusy
from rolecall.people.records import save_person
from rolecall.store import Connection
from rolecall.sync.merge import fields_of, merge
from rolecall.sync.sync_people import sync_people
from tests.conftest import free_port
from tests.sync.platform_double import TOKEN, Double

LATER = "2999-01-01T00:00:00+00:00"
EARLIER = (datetime.now(UTC) - timedelta(days=300)).isoformat()


def both(db: Connection, double: Double, *names: str, **preferences: Any) -> None:
    """People whom both sides know and agree on."""
    for name in names:
        save_person(db, person_id=name, name=name.title(), email=f"{name}@mail.example", phone=None, preferences=dict(preferences))
        double.users[name] = {"id": name, "name": name.title(), "email": f"{name}@mail.example", "preferences": dict(preferences)}
    db.commit()


def here(db: Connection, name: str) -> dict[str, Any]:
    row = db.execute("select preferences from person where id = %s", (name,)).fetchone()
    db.commit()
    assert row is not None
    return dict(row["preferences"])


def edit(db: Connection, person: str, **preferences: Any) -> None:
    kept = {name: value for name, value in {**here(db, person), **preferences}.items() if value is not None}
    from psycopg.types.json import Jsonb

    db.execute("update person set preferences = %s, updated_at = clock_timestamp() where id = %s", (Jsonb(kept), person))
    db.commit()


def audited(db: Connection) -> list[dict[str, Any]]:
    return [row["detail"] for row in db.execute("select detail from audit where action = 'conflict settled' order by id")]


def test_an_edit_on_either_side_reaches_the_other_and_untouched_fields_stay(
    db: Connection, dsn: str, double: Double, client: PlatformClient
) -> None:
    both(db, double, "ada", city="Bonn", pay=1, plan="a")
    sync_people(dsn, client)
    double.edit("ada", city="Ulm")
    edit(db, "ada", pay=2, plan=None)
    done = sync_people(dsn, client)
    assert (done.taken, done.given, done.conflicts) == (1, 1, 0)
    assert here(db, "ada") == double.users["ada"]["preferences"] == {"city": "Ulm", "pay": 2}
    before = double.asked
    assert sync_people(dsn, client).taken == 0
    assert double.asked[len(before) :] == ["GET /api/v1/users", "GET /api/v1/users/ada"]


@pytest.mark.parametrize(
    ("theirs_at", "city"),
    [(LATER, "Ulm"), (EARLIER, "Kiel"), ("", "Ulm"), ("yesterday", "Ulm")],
    ids=["later", "earlier", "no time", "no date"],
)
def test_where_both_edited_the_newer_one_wins_and_the_audit_keeps_both(
    db: Connection, dsn: str, double: Double, client: PlatformClient, theirs_at: str, city: str
) -> None:
    both(db, double, "ada", city="Bonn")
    sync_people(dsn, client)
    double.edit("ada", theirs_at, city="Ulm")
    edit(db, "ada", city="Kiel")
    assert sync_people(dsn, client).conflicts == 1
    assert here(db, "ada") == double.users["ada"]["preferences"] == {"city": city}
    assert [(one["field"], one["winner"]) for one in audited(db)] == [("preferences.city", "theirs" if city == "Ulm" else "ours")]
    sync_people(dsn, client)
    assert len(audited(db)) == 1


def test_name_and_address_are_the_platforms(db: Connection, dsn: str, double: Double, client: PlatformClient) -> None:
    both(db, double, "ada")
    double.users["ada"] |= {"email": "new@mail.example", "phone": "+4915112345678"}
    sync_people(dsn, client)
    row = db.execute("select email, phone, name from person").fetchone()
    assert row == {"email": "new@mail.example", "phone": "+4915112345678", "name": "Ada"}


def test_what_nobody_sees_in_a_name_and_too_many_preferences_are_put_aside_and_everybody_else_goes_on(
    db: Connection, dsn: str, double: Double, client: PlatformClient
) -> None:
    both(db, double, "ada", "bob", "eve", city="Bonn")
    double.users["ada"] |= {"name": "Ada\u202eelaV"}
    double.edit("bob", **{f"other{number}": "x" * 50_000 for number in range(9)})
    double.edit("eve", city="Ulm")
    sync_people(dsn, client)
    assert db.execute("select name from person where id = 'ada'").fetchone() == {"name": "Ada"}
    assert (here(db, "bob"), here(db, "eve")) == ({"city": "Bonn"}, {"city": "Ulm"})
    reasons = {row["key"]: row["reason"] for row in db.execute("select key, reason from dead_letter")}
    assert "U+202E" in reasons["ada"]
    assert "400,000 characters" in reasons["bob"]
    double.users["ada"] |= {"name": "Ada Vale"}
    sync_people(dsn, client)
    assert db.execute("select name from person where id = 'ada'").fetchone() == {"name": "Ada Vale"}


def test_a_platform_that_lists_its_users_brings_new_people(db: Connection, dsn: str, double: Double, client: PlatformClient) -> None:
    double.lists = True
    double.users["ben"] = {"id": "ben", "name": "Ben", "email": "ben@mail.example", "preferences": {"city": "Ulm"}}
    double.users["nobody"] = {"id": "nobody", "name": "No address"}
    done = sync_people(dsn, client)
    assert (done.created, len(done.problems), done.finished) == (1, 1, True)
    assert here(db, "ben") == {"city": "Ulm"}
    edit(db, "ben", city="Kiel")
    sync_people(dsn, client)
    assert double.users["ben"]["preferences"] == {"city": "Kiel"}


def test_one_persons_trouble_is_theirs_alone(db: Connection, dsn: str, double: Double, client: PlatformClient) -> None:
    both(db, double, "ada", "ben", "cem", "dov", city="Bonn")
    for name in ("ada", "ben", "cem", "dov"):
        double.edit(name, city="Ulm")
    double.once = False
    double.fails = {"GET /api/v1/users/ada": 500, "GET /api/v1/users/ben": "garbled", "GET /api/v1/users/cem": 400}
    done = sync_people(dsn, client)
    assert (done.asked, len(done.problems), done.taken) == (4, 3, 1)
    assert here(db, "dov") == {"city": "Ulm"}
    double.fails = {}
    assert sync_people(dsn, client).taken == 3


@pytest.mark.parametrize("fault", ["hang", "half", "500 after", 503, 429])
def test_a_write_that_failed_or_seemed_to_is_repeated_and_harms_nothing(
    db: Connection, dsn: str, double: Double, client: PlatformClient, fault: int | str
) -> None:
    both(db, double, "ada", city="Bonn")
    sync_people(dsn, client)
    edit(db, "ada", city="Ulm")
    double.fails = {"PUT /api/v1/users/ada/preferences": fault}
    assert sync_people(dsn, client).given == 1
    assert here(db, "ada") == double.users["ada"]["preferences"] == {"city": "Ulm"}


@pytest.mark.parametrize(("fault", "error"), [(401, AuthFailed), (429, ServiceBusy)])
def test_a_platform_that_turns_us_away_ends_the_run_which_goes_on_where_it_was(
    db: Connection, dsn: str, double: Double, client: PlatformClient, fault: int, error: type[Exception]
) -> None:
    both(db, double, "ada", "ben", "cem", city="Bonn")
    double.once = False
    double.fails = {"GET /api/v1/users/ben": fault}
    with pytest.raises(error):
        sync_people(dsn, client)
    double.fails = {}
    double.calls.clear()
    sync_people(dsn, client)
    assert double.asked == ["GET /api/v1/users", "GET /api/v1/users/ben", "GET /api/v1/users/cem"]


def test_a_platform_that_is_away_is_an_error_and_changes_nothing(db: Connection, dsn: str, double: Double) -> None:
    both(db, double, "ada", city="Bonn")
    with PlatformClient(f"http://127.0.0.1:{free_port()}", TOKEN) as nobody, pytest.raises(NeverSent):
        sync_people(dsn, nobody)
    assert here(db, "ada") == {"city": "Bonn"}


def test_many_people_are_asked_in_turns(db: Connection, dsn: str, double: Double, client: PlatformClient) -> None:
    both(db, double, *(f"p{number:03}" for number in range(7)))
    asked = [sync_people(dsn, client, at_a_time=3).asked for _ in range(3)]
    assert asked == [3, 3, 1]
    assert sorted(set(double.asked)) == ["GET /api/v1/users", *(f"GET /api/v1/users/p{number:03}" for number in range(7))]
    assert sync_people(dsn, client, full=True).asked == 7


def test_a_run_killed_between_people_is_gone_on_with(db: Connection, dsn: str, double: Double) -> None:
    both(db, double, "ada", "ben", "cem", city="Bonn")
    for name in ("ada", "ben", "cem"):
        double.edit(name, city="Ulm")
    child = os.fork()
    if not child:  # killed when it asks for the second person
        with PlatformClient(double.url, TOKEN) as client:
            asked = client.get_user
            client.get_user = lambda name: asked(name) if name == "ada" else os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign,assignment,return-value,func-returns-value]
            sync_people(dsn, client)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    with PlatformClient(double.url, TOKEN) as client:
        assert sync_people(dsn, client).taken == 2
    assert [here(db, name) for name in ("ada", "ben", "cem")] == [{"city": "Ulm"}] * 3


def test_nobody_is_erased_because_of_an_answer_and_somebody_is_told_on_the_second_day(
    db: Connection, dsn: str, double: Double, client: PlatformClient
) -> None:
    both(db, double, "ada", "ours", city="Bonn")
    del double.users["ours"]  # never met: ours alone
    sync_people(dsn, client)
    del double.users["ada"]
    for _ in range(3):
        sync_people(dsn, client)
    assert db.execute("select count(*) as n from notification").fetchone() == {"n": 0}
    db.execute("update sync_person set missing_at = missing_at - interval '1 day'")
    db.commit()
    for _ in range(3):
        assert sync_people(dsn, client).unknown == 2
    told = [row["message"] for row in db.execute("select message from notification")]
    assert len(told) == 1
    assert "person ada" in told[0]
    assert here(db, "ada") == {"city": "Bonn"}


def test_who_was_erased_here_is_never_brought_back(db: Connection, dsn: str, double: Double, client: PlatformClient) -> None:
    from rolecall.people.privacy import erase

    both(db, double, "ada", city="Bonn")
    double.lists = True
    sync_people(dsn, client)
    erase(db, "ada")
    db.commit()
    done = sync_people(dsn, client)
    assert (done.created, len(done.problems)) == (0, 1)
    assert db.execute("select count(*) as n from person").fetchone() == {"n": 0}


NAMES = ("a", "b")
VALUES = st.sampled_from([None, 1, 2])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("here"), st.sampled_from(NAMES), VALUES),
        st.tuples(st.just("there"), st.sampled_from(NAMES), VALUES),
        st.tuples(st.just("sync"), st.none(), st.none()),
    ),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_edits_and_syncs_ends_equal_and_loses_no_lone_edit(steps: list[tuple[str, str | None, int | None]]) -> None:
    ours: dict[str, Any] = {}
    theirs: dict[str, Any] = {}
    agreed: dict[str, Any] | None = {}
    edited: dict[str, set[str]] = {}
    for who, name, value in [*steps, ("sync", None, None)]:
        if who == "sync":
            before = (dict(ours), dict(theirs))
            merged = merge(agreed, ours, theirs, ours_at={}, theirs_at=None)
            ours = dict(merged.values)
            theirs = dict(merged.values)
            agreed = dict(merged.values)
            for field, sides in edited.items():
                if len(sides) == 1:
                    side = before[0] if sides == {"here"} else before[1]
                    assert merged.values.get(field) == side.get(field)
            edited = {}
        else:
            side = ours if who == "here" else theirs
            field = f"preferences.{name}"
            side.pop(field, None)
            if value is not None:
                side[field] = value
            changed = side.get(field) != (agreed or {}).get(field)
            edited.setdefault(field, set()).add(who) if changed else edited.get(field, set()).discard(who)
    assert ours == theirs == agreed


def test_a_platform_without_preferences_says_nothing_about_ours() -> None:
    merged = merge(None, {"preferences.a": 1}, fields_of({"id": 1, "name": "A"}), ours_at={}, theirs_at=None, theirs_has_preferences=False)
    assert (merged.values, merged.taken) == ({"name": "A", "preferences.a": 1}, ["name"])
