"""Ten thousand requests at once: one run for the same wish, nobody starves, nothing is lost."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from rolecall.applying import requests, webhook
from rolecall.applying.tokens import KEY, user_token
from rolecall.applying.work import WORK_EXISTS
from rolecall.people.records import save_person
from rolecall.store import Connection

WORK = {"threshold": 0.7, **requests.request_limits()}


def ask(db: Connection, person: str, *, many: int = 1, criteria: str = "{}", cv: str | None = None) -> None:
    db.execute(
        "insert into apply_request (person_id, cv_id, person_email, criteria, origin) "
        "select %(person)s, %(cv)s, 'x@mail.example', %(criteria)s::jsonb, 'webhook' from generate_series(1, %(many)s)",
        {"person": person, "cv": cv or f"cv-{person}", "criteria": criteria, "many": many},
    )
    db.commit()


def work_exists(db: Connection) -> bool:
    row = db.execute("select (" + WORK_EXISTS.strip() + ") as work", WORK).fetchone()
    return bool(row and row["work"])


def claimed(db: Connection, **limits: int) -> list[str]:
    """One round of the dispatcher: people, in order."""
    found = requests.next_requests(db, **limits)
    requests.mark_triggered(db, [one["trigger_run_id"] for one in found])
    db.commit()
    return [one["conf"]["userId"] for one in found]


def all_done(db: Connection) -> None:
    db.execute("update apply_request set state = 'done' where state = 'triggered'")
    db.commit()


def test_ten_thousand_requests_of_a_thousand_people_drain_in_order_of_fairness(db: Connection) -> None:
    db.execute(
        """
        insert into apply_request (person_id, cv_id, person_email, criteria, origin, requested_at)
        select 'p' || lpad((n %% 1000)::text, 4, '0'), 'cv' || n %% 1000, 'x@mail.example',
               case when n < 5000 then '{}'::jsonb else jsonb_build_object('wish', n / 1000) end, 'webhook',
               now() - interval '1 hour' + n * interval '1 millisecond'
        from generate_series(0, 9999) n
        """.replace("%%", "%")
    )
    db.commit()
    turns: list[str] = []
    while found := claimed(db):
        assert len(found) <= requests.AHEAD
        turns += found
        all_done(db)
    assert len(turns) == 6000  # five same wishes of each became one; five others each have a run of their own
    for turn in range(6):  # everybody's first before anybody's second, and so on
        assert set(turns[turn * 1000 : (turn + 1) * 1000]) == {f"p{n:04d}" for n in range(1000)}
    merged = db.execute("select count(*) as n from apply_request where merged_into is not null").fetchone()
    open_ones = db.execute("select count(*) as n from apply_request where state <> 'done'").fetchone()
    assert (merged, open_ones) == ({"n": 4000}, {"n": 0})
    assert not work_exists(db)


def test_somebody_who_comes_late_does_not_wait_for_all_who_came_before(db: Connection) -> None:
    for n in range(200):
        ask(db, "eager", criteria=f'{{"wish": {n}}}')
    assert claimed(db) == ["eager"] * 8  # an eighth of all places, also while nobody else asks: runs of theirs may take an hour
    assert not work_exists(db)  # the dispatcher does not turn on the spot
    ask(db, "late")
    assert work_exists(db)
    assert claimed(db) == ["late"]
    all_done(db)
    assert work_exists(db)


def test_no_more_runs_are_asked_for_than_may_be_under_way(db: Connection) -> None:
    for n in range(100):
        ask(db, f"p{n}")
    assert Counter([len(claimed(db)), len(claimed(db))]) == {requests.AHEAD: 1, 0: 1}
    assert not work_exists(db)
    all_done(db)
    assert work_exists(db)


def test_a_run_that_was_killed_or_waits_for_an_answer_does_not_hold_the_queue_for_ever(db: Connection) -> None:
    for n in range(100):
        ask(db, f"p{n}")
    claimed(db)
    db.execute("update apply_request set triggered_at = now() - %s where state = 'triggered'", (requests.STUCK + timedelta(minutes=1),))
    db.commit()
    assert work_exists(db)
    assert len(claimed(db)) == 36


def test_a_dispatcher_that_dies_before_it_notes_the_runs_asks_for_the_same_ones_again(db: Connection) -> None:
    for n in range(5):
        ask(db, f"p{n}", many=3)
    first = [one["trigger_run_id"] for one in requests.next_requests(db)]
    db.commit()
    assert [one["trigger_run_id"] for one in requests.next_requests(db)] == first


def test_requests_of_one_person_for_two_cvs_stay_two(db: Connection) -> None:
    ask(db, "p1", cv="c1", many=4)
    ask(db, "p1", cv="c2", many=4)
    assert claimed(db) == ["p1", "p1"]


ODD: list[tuple[str, Any]] = [
    ("criteria", "remote only"),
    ("criteria", ["remote"]),
    ("criteria", {"salary_min": "much"}),
    ("blacklist", "Acme"),
    ("applying", {"dailyCap": "five"}),
    ("auto_apply", "true"),
]


def matched(db: Connection, person: str, preferences: dict[str, Any], *, email: str | None = None) -> None:
    save_person(db, person_id=person, name=person, email=email or f"{person}@mail.example", phone=None, preferences=preferences)
    db.execute(
        "insert into match (person_id, cv_id, source, job_id, score, can_auto_apply, already_applied, title, company) "
        "values (%s, %s, 'indeed', 'j1', 0.9, true, false, 'Engineer', 'Acme')",
        (person, f"cv-{person}"),
    )
    db.commit()


def dispatched(db: Connection) -> list[str]:
    requests.queue_new_matches(db)
    return sorted(claimed(db))


@pytest.mark.parametrize(("name", "value"), ODD)
def test_whose_preferences_cannot_be_read_is_not_applied_for_until_they_are_mended_and_nobody_else_waits(
    db: Connection, name: str, value: Any
) -> None:
    matched(db, "odd", {"auto_apply": True, name: value})
    matched(db, "zoe", {"auto_apply": True, "criteria": {"remote": True}})
    assert dispatched(db) == ["zoe"]
    assert not work_exists(db)  # the dispatcher does not turn on the spot
    row = db.execute("select person_id, reason from dead_letter where queue = 'preferences'").fetchone()
    assert row is not None
    assert row["person_id"] == "odd"
    assert name in row["reason"]

    save_person(db, person_id="odd", name="odd", email="odd@mail.example", phone=None, preferences={"auto_apply": True})
    assert work_exists(db)
    assert dispatched(db) == ["odd"]
    assert db.execute("select 1 from dead_letter").fetchall() == []


def test_criteria_stored_as_null_were_not_said(db: Connection) -> None:
    matched(db, "zoe", {"auto_apply": True, "criteria": None})
    assert dispatched(db) == ["zoe"]


def test_an_odd_address_keeps_only_its_own_person_from_being_applied_for(db: Connection) -> None:
    matched(db, "odd", {"auto_apply": True}, email="odd at mail")
    matched(db, "zoe", {"auto_apply": True})
    assert dispatched(db) == ["zoe"]


def test_a_request_that_cannot_be_a_run_ends_and_the_others_go_on(db: Connection) -> None:
    matched(db, "odd", {"auto_apply": True})
    requests.queue_new_matches(db)
    db.execute("update apply_request set criteria = '\"remote\"'")
    for number in range(100):
        ask(db, f"odd-{number}", criteria="null")
    ask(db, "zoe")
    assert sorted(claimed(db)) == ["zoe"]
    assert db.execute("select count(*) as n from dead_letter where queue = 'apply_request'").fetchone() == {"n": 101}
    assert dispatched(db) == ["odd"]  # its matches wait for what the preferences say now


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())


def from_outside(db: Connection, token: str | None, key: str | None = None) -> str:
    asked = {"cvId": "cv-p1", "userId": "p1", "userEmail": "x@mail.example", "criteria": {}}
    accepted = webhook.accept(db, webhook.ApplyRequest.model_validate({**asked, "userToken": token} if token else asked), key=key)
    db.commit()
    return accepted.request_id


def token_of(db: Connection, run: str) -> str | None:
    return user_token(db, run.removeprefix("request__"), person_id="p1", cv_id="cv-p1")


def test_a_token_moves_with_its_request_into_an_older_one(db: Connection, sealed: None) -> None:
    db.execute("insert into apply_request (person_id, cv_id, person_email, origin) values ('p1', 'cv-p1', 'x@mail.example', 'dispatch')")
    db.commit()
    own = from_outside(db, "their-own-token")
    [one] = requests.next_requests(db)
    assert one["trigger_run_id"] != requests.run_id(own)
    assert token_of(db, one["trigger_run_id"]) == "their-own-token"
    status = webhook.status(db, own)
    assert status is not None
    assert status.run_id == one["trigger_run_id"]


@pytest.mark.parametrize("expired", [True, False])
def test_of_two_tokens_the_one_that_lasts_longer_is_used(db: Connection, sealed: None, expired: bool) -> None:
    first = from_outside(db, "older", key="a")
    change = "now() - interval '1 hour'" if expired else "token_expires_at - interval '1 hour'"
    db.execute(f"update apply_request set token_expires_at = {change}, criteria = '{{\"a\": 1}}'")  # type: ignore[arg-type]
    from_outside(db, "newer", key="b")
    db.execute("update apply_request set criteria = '{}'")
    [one] = requests.next_requests(db)
    assert one["trigger_run_id"] == requests.run_id(first)
    assert token_of(db, one["trigger_run_id"]) == "newer"


def test_a_new_token_for_a_request_that_was_merged_reaches_the_one_it_became(db: Connection, sealed: None) -> None:
    db.execute("insert into apply_request (person_id, cv_id, person_email, origin) values ('p1', 'cv-p1', 'x@mail.example', 'dispatch')")
    own = from_outside(db, "first", key="a")
    [one] = requests.next_requests(db)
    assert from_outside(db, "second", key="a") == own
    assert token_of(db, one["trigger_run_id"]) == "second"


def test_what_was_merged_twice_still_leads_to_its_run(db: Connection) -> None:
    ids = []
    for minutes in (1, 2, 3):
        db.execute(
            "insert into apply_request (person_id, cv_id, person_email, origin, requested_at)"
            " values ('p1', 'cv-p1', 'x@mail.example', 'webhook', now() - %s * interval '1 minute')",
            (minutes,),
        )
        [one] = requests.next_requests(db)
        ids.append(one["trigger_run_id"].removeprefix("request__"))
    statuses = [webhook.status(db, identity) for identity in ids]
    assert [one.run_id for one in statuses if one] == [requests.run_id(ids[-1])] * 3


def test_only_runs_of_requests_are_noted_as_such(db: Connection) -> None:
    ask(db, "p1")
    [one] = requests.next_requests(db)
    assert requests.mark_triggered(db, ["manual__2", one["trigger_run_id"]]) == 1


@pytest.mark.parametrize("bundled", [True, False])
def test_wishes_of_another_service_in_somebodys_preferences_stop_no_run(db: Connection, bundled: bool) -> None:
    ask(db, "p1", criteria='{"keywords": ["nurse"], "their_own": 1}')
    [one] = requests.next_requests(db, bundled=bundled)
    assert one["conf"]["criteria"] == {"keywords": ["nurse"], **({} if bundled else {"their_own": 1})}
