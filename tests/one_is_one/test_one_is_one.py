"""One person's odd preferences, one odd row, one odd message never stop another's: over every sweeper and queue there is.

``test_every_sweeper.py`` says which sweeper no property covers, and why.
"""

from __future__ import annotations

import importlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from hypothesis import example, given
from hypothesis import strategies as st
from psycopg.types.json import Jsonb
from pydantic import ValidationError

from local.processes.redis import Redis
from rolecall.analytics import posting_facts
from rolecall.analytics.figures import compute
from rolecall.analytics.posting_facts import read_postings
from rolecall.analytics.report_messages import enqueue_reports as tell_figures
from rolecall.applying import follow, requests
from rolecall.applying.effects import park_and_tell
from rolecall.applying.work import WORK_EXISTS
from rolecall.boards.landing import land
from rolecall.boards.wished_searches import wishes_of_people
from rolecall.catalog import aggregate, id_ranges, validate
from rolecall.errors import MaybeReceived, RequestRejected
from rolecall.inbox import consequences
from rolecall.matching import Job, Matcher
from rolecall.models import Cv, JobPosting
from rolecall.monitoring import performance, quality
from rolecall.monitoring.workflows.watch import watch_runs
from rolecall.notifying.ingest import ingest
from rolecall.notifying.send.deliver import deliver_due, prepare
from rolecall.notifying.send.platform_calls import deliver_outbox
from rolecall.outbox.wakeup import LIST, STREAM
from rolecall.people.records import criteria_of, cvs_to_match
from rolecall.settings import Settings
from rolecall.store import Connection
from rolecall.sync.closed_jobs import tell_closed
from rolecall.sync.sync_people import sync_people
from tests.notifying.conftest import mail, settings
from tests.notifying.mail_double import MailServer
from tests.one_is_one import world
from tests.one_is_one.world import (
    GOOD,
    LONG,
    aside,
    covers,
    empty,
    from_the_known,
    insert,
    messages,
    often,
    preferences,
    some,
    texts,
    two_people,
    values,
)

__all__ = ["mail", "settings"]

aggregating, validating = (importlib.import_module(f"rolecall.catalog.{name}") for name in ("aggregate", "validation.validate"))

# ── telling people ──────────────────────────────────────────────────────────────────────────────────────────


@covers("rolecall.notifying.send.deliver.prepare", "rolecall.notifying.send.deliver.deliver_due")
@often
@from_the_known(email="odd@mail.example", name="Odd", phone=None)
@given(odd=preferences, email=texts, name=texts, phone=st.none() | texts)
def test_an_odd_person_keeps_nobodys_message_from_leaving(
    db: Connection, dsn: str, settings: Settings, mail: MailServer, odd: Any, email: str, name: str, phone: str | None
) -> None:
    two_people(db, odd, email=email, name=name, phone=phone)
    db.execute("insert into digest_schedule select id, now() + interval '1 second' from person")  # news that is older is told now
    db.execute("update digest_schedule set next_at = now()")
    db.execute("update match set matched_at = now() - interval '1 hour'")
    for person, recipient in (("a-odd", email), ("good", "good@mail.example")):
        for kind, state in (("reminder", "held"), ("applied", "queued")):
            insert(db, "notification", dedupe_key=f"{kind}:{person}:email", person_id=person, kind=kind, type="email", recipient=recipient,
                   subject="S", message="M", state=state, fallback={"sms": phone or "", "push": person})  # fmt: skip
    db.commit()
    mail.letters.clear()
    prepare(dsn, settings)
    deliver_due(dsn, settings, concurrency=1, seconds=20)
    sent = {row["kind"] for row in db.execute("select kind from notification where person_id = 'good' and state = 'sent'").fetchall()}
    assert sent == {"reminder", "applied", "digest"}
    left = db.execute(
        "select 1 from notification where person_id = 'a-odd' and kind = 'applied' and type = 'email' and state in ('queued', 'sending')"
    )
    assert left.fetchall() == []  # sent, or failed with its reason


@covers("rolecall.notifying.ingest.ingest")
@often
@example(odd={"userId": LONG}, pushed=[])
@example(odd={"id": LONG}, pushed={"id": LONG, "type": "email", "recipient": "a@b.example", "message": "m"})
@example(odd={"data": '{"n": 1e999}'}, pushed=None)
@given(
    odd=st.dictionaries(
        st.sampled_from(["id", "type", "recipient", "message", "userId", "data", "cc", "html", "subject"]),
        texts | st.sampled_from(["email", "push", "字" * 4_000, '{"n": 1e999}', "[" * 3_000]) | st.text(max_size=20),
        max_size=6,
    ),
    pushed=values,
)
def test_an_odd_message_of_another_producer_keeps_no_other_from_coming_in(
    db: Connection, dsn: str, redis_server: Redis, odd: dict[str, str], pushed: Any
) -> None:
    empty(db)
    whole = {"type": "email", "recipient": "good@mail.example", "message": "hello", "userId": "good"}
    with redis.Redis.from_url(redis_server.url) as stream:
        stream.flushall()
        stream.xadd(STREAM, {name: text.encode("utf-8", "surrogatepass") for name, text in ({**whole, "id": "odd"} | odd).items()})
        stream.xadd(STREAM, {**whole, "id": "m-1"})  # type: ignore[arg-type]
        stream.rpush(LIST, json.dumps(pushed), json.dumps({**whole, "id": "odd-2"} | odd), json.dumps({**whole, "id": "m-2"}))
        done = ingest(redis_server.url, dsn)
        assert (done.queue_error, stream.xlen(STREAM), stream.llen(LIST)) == (None, 0, 0)
    known = {row["dedupe_key"] for row in db.execute("select dedupe_key from notification").fetchall()}
    assert known >= {"stream:m-1", "stream:m-2"}
    assert (done.dead > 0) == ("stream" in aside(db))


class Platform:
    """Confirms everything, except what is about the odd one."""

    def __init__(self, users: list[Any] | None = None) -> None:
        self.users, self.recorded, self.closed = users or [], list[str](), list[str]()

    def create_application(self, *, user_id: str, **_: Any) -> dict[str, Any]:
        if user_id != "good":
            raise MaybeReceived("500")
        self.recorded.append(user_id)
        return {"id": "a-1"}

    def update_application_status(self, application_id: str, status: str) -> dict[str, Any]:
        return {}

    def update_notification_status(self, notification_id: str, status: str, at: datetime | None) -> dict[str, Any]:
        return {}

    def changed_users(self, since: Any, cursor: Any, limit: int) -> dict[str, Any]:
        return {"users": self.users, "next": None}

    def get_user(self, user_id: str) -> dict[str, Any]:
        raise RequestRejected("404", status=404)

    def update_user_preferences(self, user_id: str, preferences: dict[str, Any]) -> dict[str, Any]:
        return {"id": user_id, "preferences": preferences}

    def bulk_create_jobs(self, jobs: list[dict[str, Any]], *, idempotency_key: str) -> int:
        if any(job["externalId"] != "good" for job in jobs):
            raise RequestRejected("422", status=422)
        self.closed += [job["externalId"] for job in jobs]
        return len(jobs)


TOPICS = st.sampled_from(["record_application", "application_status", "notification_status"])


@covers("rolecall.notifying.send.platform_calls.deliver_outbox")
@often
@example(topic="record_application", payload={"userId": "x"})
@given(topic=TOPICS, payload=some("userId", "jobId", "appliedAt", "sentAt", "status"))
def test_an_odd_debt_keeps_no_other_from_being_paid(db: Connection, dsn: str, topic: str, payload: Any) -> None:
    empty(db)
    insert(db, "outbox", topic=topic, key="odd", payload=Jsonb(payload), next_at=datetime.now(UTC) - timedelta(hours=1))
    insert(db, "outbox", topic="record_application", key="k", payload={
        "jobId": "j1", "userId": "good", "cvId": "c", "status": "submitted", "appliedAt": datetime.now(UTC).isoformat(),
        "idempotencyKey": "k"})  # fmt: skip
    db.commit()
    platform = Platform()
    deliver_outbox(dsn, platform, concurrency=1)  # type: ignore[arg-type]
    assert platform.recorded == ["good"]
    odd = db.execute("select done_at, error from outbox where key = 'odd'").fetchone()
    assert odd is not None
    assert odd["done_at"] or odd["error"]


# ── applying ────────────────────────────────────────────────────────────────────────────────────────────────


@covers("rolecall.applying.requests.queue_new_matches", "rolecall.applying.requests.next_requests", "rolecall.applying.work.wait_for_work")
@often
@from_the_known(email="odd@mail.example", criteria="remote")
@example(odd={"auto_apply": True}, email="odd at mail", criteria=None)
@given(odd=preferences, email=texts | st.just("odd@mail.example"), criteria=values)
def test_an_odd_person_or_request_keeps_nobody_from_being_applied_for(db: Connection, odd: Any, email: str, criteria: Any) -> None:
    two_people(db, odd, email=email)
    insert(db, "apply_request", person_id="stranger", cv_id="c", person_email=email, criteria=Jsonb(criteria), origin="webhook")
    requests.queue_new_matches(db)
    claimed = requests.next_requests(db)
    assert "good" in [one["conf"]["userId"] for one in claimed]
    assert json.dumps(claimed)
    requests.mark_triggered(db, [one["trigger_run_id"] for one in claimed])
    values = requests.request_limits()
    assert db.execute("select (" + WORK_EXISTS + ") as work", values).fetchone() == {"work": False}, "the dispatcher turns on the spot"
    taken = {one["conf"]["userId"] for one in claimed}
    if isinstance(odd, dict) and odd.get("auto_apply") is True and "a-odd" not in taken:
        assert "preferences" in aside(db)
    if "stranger" not in taken:
        assert "apply_request" in aside(db)


@covers(
    "rolecall.applying.follow.remind_of_silence", "rolecall.applying.follow.requeue_unsent", "rolecall.applying.follow.enqueue_withdrawals"
)
@often
@from_the_known(email="odd@mail.example", phone=None)
@given(odd=preferences, email=texts, phone=st.none() | texts)
def test_an_odd_person_keeps_nobody_from_being_reminded_or_asked_for_again(db: Connection, odd: Any, email: str, phone: str | None) -> None:
    two_people(db, odd, email=email, phone=phone)
    for person in ("a-odd", "good"):
        world.application(db, person, "approved", "submitting", "submitted")
    db.execute("update application set platform_id = person_id, company_key = 'x'")
    assert follow.remind_of_silence(db) >= 1
    db.execute("update application set employer_status = 'withdrawn', employer_status_at = now()")
    assert follow.enqueue_withdrawals(db) == 2
    follow.requeue_unsent(db)
    assert messages(db, "good", "reminder") == {"reminder"}


@covers(
    "rolecall.applying.follow.follow_status",
    "rolecall.applying.follow.resolve_by_asking",
    "rolecall.inbox.consequences.enqueue_statuses",
)
@often
@from_the_known(answer={"status": {"x": 1}, "applicationStatus": ["submitted"]})
@example(odd={}, answer=[])
@given(odd=preferences, answer=some("status", "applicationStatus", "reason"))
def test_an_odd_answer_about_one_application_keeps_no_other_from_being_followed(db: Connection, dsn: str, odd: Any, answer: Any) -> None:
    two_people(db, odd)
    for person in ("a-odd", "good"):
        world.application(db, person, "approved", "submitting", "submitted")
    db.execute("update application set platform_id = person_id")
    db.commit()
    follow.follow_status(dsn, lambda identity: {"status": "interview"} if identity == "good" else answer)
    assert messages(db, "good", "status_change") == {"status_change"}
    for person, told in (("a-odd", odd), ("good", "interview")):
        mail = {"person_id": person, "hash": person, "kind": "interview_invitation", "effects": {"status": told}}
        of = db.execute("select id from application where person_id = %s", (person,)).fetchone()
        world.insert(db, "mail", **mail, application_id=of and of["id"])
    consequences.enqueue_statuses(db)
    owed = db.execute("select payload ->> 'applicationId' as of from outbox where topic = 'application_status'").fetchall()
    assert {"of": "good"} in owed
    db.commit()

    two_people(db, odd)
    for person in ("a-odd", "good"):
        world.application(db, person, "approved", "submitting", "uncertain")
    follow.resolve_by_asking(dsn, lambda key: {"applicationStatus": "submitted"} if key == "key-good" else answer)
    settled = db.execute("select state from application where person_id = 'good'").fetchone()
    assert settled == {"state": "submitted"}


@covers("rolecall.applying.effects.park_and_tell")
@often
@from_the_known(email="", phone="+")
@given(odd=preferences, email=texts, phone=st.none() | texts)
def test_an_odd_person_keeps_nothing_from_being_parked_and_told(db: Connection, odd: Any, email: str, phone: str | None) -> None:
    two_people(db, odd, email=email, phone=phone)
    for person in ("a-odd", "good"):
        world.application(db, person, "approved", "submitting")
    db.execute("update application set lease_until = now() - interval '1 hour'")
    assert park_and_tell(db) == 2
    assert {row["state"] for row in db.execute("select state from application").fetchall()} == {"uncertain"}
    assert messages(db, "good", "uncertain") == {"uncertain"}


# ── matching and syncing ────────────────────────────────────────────────────────────────────────────────────


@covers("rolecall.people.records.cvs_to_match", "rolecall.boards.searches.searches")
@often
@from_the_known()
@given(odd=preferences)
def test_odd_wishes_keep_nobody_from_being_searched_and_matched_for(db: Connection, dsn: str, odd: Any) -> None:
    two_people(db, odd)
    due = cvs_to_match(db)
    assert "cv-good" in [one["cv_data"]["id"] for one in due]
    assert all(isinstance(criteria_of(db, one["cv_data"]["id"]), dict) for one in due)
    assert len(due) == 2 or "preferences" in aside(db)
    db.commit()
    assert "nurse" in [wish.keywords for wish in wishes_of_people(dsn) or []]


def test_a_number_that_is_none_keeps_nobody_from_being_searched_for(db: Connection, dsn: str) -> None:
    two_people(db, {})
    endless = f'{{"criteria": {{"keywords": ["cook"], "maxAgeDays": 1{"0" * 400}.5}}}}'  # Postgres keeps it
    db.execute("update person set preferences = %s::jsonb where id = 'a-odd'", (endless,))
    db.commit()
    assert "nurse" in [wish.keywords for wish in wishes_of_people(dsn) or []]
    assert "searches" in aside(db)


USER = st.fixed_dictionaries(
    {"id": texts},
    optional={**dict.fromkeys(["name", "email", "phone", "updatedAt", "deleted", "token"], values), "preferences": preferences | values},
)


@covers("rolecall.sync.sync_people.sync_people")
@often
@from_the_known(users=[{"id": LONG, "email": "a@b.example"}, {"id": "x", "updatedAt": "0001-01-01T00:00:00+09:00"}], theirs={"criteria": 3})
@given(odd=preferences, users=st.lists(USER | values, max_size=3), theirs=preferences | values)
def test_an_odd_user_of_the_platform_keeps_nobody_from_being_synced(
    db: Connection, dsn: str, odd: Any, users: list[Any], theirs: Any
) -> None:
    two_people(db, odd)
    good = {"id": "good", "name": "Good", "email": "new@mail.example", "preferences": {**GOOD, "theme": "dark"}}
    a_odd = {"id": "a-odd", "name": "O", "email": "odd@mail.example", "preferences": theirs}
    done = sync_people(dsn, Platform([*users, a_odd, good]))
    assert done.finished
    db.rollback()
    row = db.execute("select email, preferences from person where id = 'good'").fetchone()
    assert row == {"email": "new@mail.example", "preferences": {**GOOD, "theme": "dark"}}


@covers("rolecall.sync.closed_jobs.tell_closed")
@often
@given(title=texts, url=texts, description=st.none() | texts)
def test_a_posting_the_platform_refuses_keeps_no_closed_one_from_being_told(
    db: Connection, dsn: str, title: str, url: str, description: str | None
) -> None:
    empty(db)
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    for name, said in (("a-odd", (title, url, description)), ("good", ("Nurse", "https://b.example/1", "Text"))):
        insert(db, "job", id=name, merge_key=name, title=said[0], company="W", url=said[1], source="indeed", content_hash="x",
               state="closed", closed_at=an_hour_ago, closed_reason="not_seen")  # fmt: skip
        insert(db, "posting", board="indeed", external_id=name, url=said[1], title=said[0], company="W", description=said[2],
               content_hash="x", raw={}, job_id=name)  # fmt: skip
    db.commit()
    platform = Platform()
    assert tell_closed(dsn, platform).refused == 1
    assert platform.closed == ["good"]


# ── postings ────────────────────────────────────────────────────────────────────────────────────────────────

LONGEST = 200_000
TIMES = st.sampled_from(
    ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z", "2262-04-12T00:00:00Z"]
) | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
POSTING = st.fixed_dictionaries(
    {"board": st.just("indeed"), "external_id": texts | st.just("odd"), "url": st.just("https://b.example/odd") | texts, "title": texts},
    optional={
        **dict.fromkeys(["company", "location", "city", "region", "country", "employmentType", "seniority", "salaryCurrency"], texts),
        **dict.fromkeys(["salaryMin", "salaryMax"], world.numbers | st.sampled_from(["NaN", "Infinity", 1e308])),
        "description": texts | st.sampled_from(["word " * 40_000, "((((" * 3_000, "a" * LONGEST, "\u202e" * 500]),
        "postedAt": TIMES,
        "salaryInterval": st.sampled_from(["hour", "year"]),
        "remote": st.sampled_from(["remote", "onsite"]),
        "applyUrl": st.just("https://" + "a" * 3_000 + ".example") | texts,
        "raw": st.dictionaries(texts, values, max_size=2),
    },
)


def good_id(db: Connection) -> str:
    """The job of the good posting."""
    row = db.execute("select job_id from posting where external_id = 'good'").fetchone()
    assert row is not None
    return str(row["job_id"])


@covers(
    "rolecall.catalog.aggregate", "rolecall.catalog.validate", "rolecall.catalog.id_ranges",
    "rolecall.analytics.posting_facts.read_postings", "rolecall.analytics.figures.compute", "rolecall.monitoring.quality.report",
)  # fmt: skip
@often
@given(odd=st.lists(POSTING, min_size=1, max_size=3))
def test_an_odd_posting_keeps_no_other_from_being_landed_merged_checked_and_counted(db: Connection, odd: list[dict[str, Any]]) -> None:
    empty(db)
    postings = []
    for each in odd:
        try:
            postings.append(JobPosting.model_validate(each))
        except ValidationError:
            continue  # the reader of the page refuses it: it never gets here
    good = {"board": "linkedin", "external_id": "good", "url": "https://linkedin.example/jobs/view/1", "title": "Staff Nurse",
            "company": "Ward", "location": "London, United Kingdom", "description": "We look for a staff nurse who plans care. " * 20,
            "postedAt": datetime.now(UTC).isoformat()}  # fmt: skip
    land(db, [*postings, JobPosting.model_validate(good)])
    db.commit()
    aggregate(db)
    db.commit()
    for part in id_ranges(db):
        validate(db, part)
    db.commit()
    job = db.execute("select j.state from posting p join job j on j.id = p.job_id where p.external_id = 'good'").fetchone()
    assert job is not None
    assert job["state"] in ("valid", "warned")
    rows = db.execute("select * from job where merged_into is null").fetchall()
    engine = Matcher()
    engine.add(Job.of(row) for row in rows)
    ranked = engine.rank(Cv.model_validate({"text": "Staff nurse. Plans care.", "headline": "Staff nurse", "skills": ["Care planning"]}))
    assert good_id(db) in [one.job_id for one in ranked]
    db.commit()
    read_postings(db)
    assert db.execute("select 1 from figures.posting f join posting p on p.id = f.posting_id where p.external_id = 'good'").fetchone()
    compute(db, datetime.now(UTC).date())
    quality.report(db, "r", datetime.now(UTC), remind_after=timedelta(hours=24))
    assert json.dumps(db.execute("select count(*) as n from job").fetchone())


@covers("rolecall.analytics.report_messages.enqueue_reports")
@often
@from_the_known(email="", phone=None)
@given(odd=preferences, email=texts, phone=st.none() | texts)
def test_an_odd_person_keeps_nobody_from_their_weekly_report(db: Connection, odd: Any, email: str, phone: str | None) -> None:
    two_people(db, odd, email=email, phone=phone)
    monday = datetime.now(UTC) - timedelta(days=datetime.now(UTC).weekday())
    db.execute("update person set created_at = %s", (monday - timedelta(days=30),))
    db.execute("update match set matched_at = %s", (monday - timedelta(days=3),))
    db.execute("delete from figures.first_match")
    db.execute(
        "insert into figures.funnel (day, person_id, step, stage, reached, on_day, timed) "
        "select %s, id, 2, 'matched', 1, 1, 0 from person on conflict do nothing",
        ((monday - timedelta(days=1)).date(),),
    )
    tell_figures(db, (monday - timedelta(days=1)).date(), "", now=monday)
    assert messages(db, "good", "weekly_report") == {"weekly_report"}
    db.rollback()


@covers(
    "rolecall.monitoring.performance.own_figures", "rolecall.monitoring.performance.keep", "rolecall.monitoring.workflows.watch.watch_runs"
)
@often
@given(odd=preferences, key=texts, reason=texts)
def test_odd_rows_keep_nobody_from_being_watched_over(db: Connection, odd: Any, key: str, reason: str) -> None:
    two_people(db, odd)
    insert(db, "dead_letter", queue="preferences", key=key, reason=reason)
    insert(db, "board_run", run_id=key[:1000], board="indeed", search=reason[:1000], outcome="ok")
    now = datetime.now(UTC)
    found = performance.own_figures(db)
    assert found
    performance.keep(db, found, [], now, remind_after=timedelta(hours=1))
    watch_runs(db, Settings(), now)
    kept = db.execute("select count(*) as n from performance_sample where sampled_at = %s", (now,)).fetchone()
    assert kept == {"n": len(found)}


# ── our own mistakes: a reader that falls over one row ────────────────────────────────────────────────────────


@pytest.mark.parametrize("where", ["profile", "keys", "resolve_family", "broken_by", "read_title"])
def test_a_reader_that_falls_over_one_posting_keeps_no_other_from_being_merged_checked_and_counted(
    db: Connection, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    module = {"broken_by": validating, "read_title": posting_facts}.get(where, aggregating)
    real = getattr(module, "AdClaims" if where == "broken_by" else where)

    def falls(*given: Any, **more: Any) -> Any:
        if "Oddity" in str(given):
            raise RecursionError("odd")
        return real(*given, **more)

    monkeypatch.setattr(module, "AdClaims" if where == "broken_by" else where, falls)
    for name, title in (("odd", "Oddity Nurse"), ("odd-2", "Oddity Nurse"), ("good", "Staff Nurse"), ("good-2", "Staff Nurse")):
        posting = {"board": "linkedin", "external_id": name, "url": f"https://b.example/{name}", "title": title, "company": "Oddity" if
                   title[0] == "O" else "Ward", "location": "London, United Kingdom", "description": f"{title} who plans care. " * 30,
                   "postedAt": datetime.now(UTC).isoformat()}  # fmt: skip
        land(db, [JobPosting.model_validate(posting)])

    def run() -> set[str]:
        aggregate(db)
        db.commit()
        validate(db)
        db.commit()
        read_postings(db)
        return aside(db)

    assert run() == {
        {"profile": "catalog", "keys": "catalog", "resolve_family": "catalog_family", "broken_by": "validate"}.get(where, "facts")
    }
    rows = db.execute(
        "select p.external_id, j.state, f.posting_id is not null as counted from posting p left join job j on j.id = p.job_id "
        "left join figures.posting f on f.posting_id = p.id"
    ).fetchall()
    states = {row["external_id"]: (row["state"], row["counted"]) for row in rows}
    assert states["good"] == states["good-2"]
    assert states["good"] in (("valid", True), ("warned", True))
    monkeypatch.undo()
    db.execute("update posting set content_hash = content_hash || 'x' where external_id like 'odd%'")
    db.commit()
    assert run() == set()  # mended, and forgotten
