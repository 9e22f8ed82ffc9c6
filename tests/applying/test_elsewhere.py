"""What a person applied for themselves is never sent again for them: known jobs, jobs that come later, and files of them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rolecall.applying import elsewhere, ledger, policy
from rolecall.applying.elsewhere import SentElsewhere, note, note_csv, read_csv, summary
from rolecall.applying.elsewhere.__main__ import whose
from rolecall.applying.plan import plan
from rolecall.errors import InvalidInput
from rolecall.models import ApplyOrder, Match
from rolecall.people.records import save_person
from rolecall.store import Connection
from tests.world import add_job, insert

ORDER = ApplyOrder(cv_id="c1", user_id="p1", user_email="p1@example.com")
AD = "https://board.example/jobs/7"


def posting(db: Connection, job_id: str, url: str = AD) -> None:
    db.execute(
        "insert into posting (board, external_id, url, title, company, raw, content_hash, job_id, first_seen_at, last_seen_at, changed_at)"
        " values ('linkedin', %s, %s, 'Nurse', 'Clinic', '{}', 'h', %s, now(), now(), now())",
        (job_id, url, job_id),
    )
    db.commit()


def noted(db: Connection, **said: Any) -> str:
    done = note(db, "p1", SentElsewhere(**said), actor="Ada")
    db.commit()
    return done.became


def skipped(db: Connection, run: str, **changed: Any) -> dict[str, int]:
    values = {"id": "j1", "title": "Nurse", "company": "Clinic", "source": "linkedin", "matchScore": 0.9, "canAutoApply": True}
    found = plan(db, ORDER, run_id=run, cv_sha256="h", matches=[Match.model_validate({**values, **changed})])
    db.commit()
    return found.skipped


@pytest.mark.parametrize(
    "said", [{"job": "j1"}, {"url": AD}, {"url": f"{AD}/?utm_source=mail"}, {"title": "nurse", "company": "CLINIC Ltd"}]
)
def test_a_job_of_the_catalog_is_found_by_what_people_have_of_it_and_never_sent_again(db: Connection, said: dict[str, Any]) -> None:
    add_job(db, "j1")
    posting(db, "j1")
    assert [noted(db, **said), noted(db, **said)] == ["noted", "known"]
    assert db.execute("select job_key, state, state_reason from application").fetchone() == {
        "job_key": "j1", "state": "submitted", "state_reason": "you applied for it yourself (statement, Ada)",
    }  # fmt: skip
    assert skipped(db, "r1") == {"already_applied": 1}
    assert db.execute("select count(*) as n from application").fetchone() == {"n": 1}


def test_nothing_is_owed_to_anybody_for_what_we_did_not_send(db: Connection) -> None:
    add_job(db, "j1")
    noted(db, job="j1")
    assert db.execute("select (select count(*) from outbox) + (select count(*) from notification) as n").fetchone() == {"n": 0}


def test_what_was_planned_is_not_sent_once_the_person_did_it_themselves(db: Connection) -> None:
    add_job(db, "j1")
    assert skipped(db, "r1") == {}
    (row,) = db.execute("select id, state from application").fetchall()
    assert noted(db, job="j1") == "noted"
    assert ledger.begin(db, str(row["id"])) is None
    assert db.execute("select state from application").fetchall() == [{"state": "submitted"}]


@pytest.mark.parametrize(
    "said",
    [{"url": AD}, {"title": "Nurse", "company": "Clinic GmbH"}, {"url": "https://other.example", "title": "NURSE", "company": "clinic"}],
)
def test_a_job_that_the_catalog_does_not_know_is_recognised_when_it_comes(db: Connection, said: dict[str, Any]) -> None:
    assert noted(db, **said) == "noted"
    add_job(db, "j1")
    posting(db, "j1")
    assert skipped(db, "r1") == {"already_applied": 1}
    assert skipped(db, "r2", id="j2", title="Midwife", company="Ward") == {}


def test_what_comes_between_the_plan_and_the_intent_is_seen_in_the_transaction_of_the_intent(db: Connection) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={"applying": {"approval": False}})
    assert skipped(db, "r1", id="x1") == {}  # only another service knows this job
    (row,) = db.execute("select id from application").fetchall()
    assert noted(db, title="Nurse", company="The Clinic") == "noted"
    held = ledger.begin(db, str(row["id"]))
    assert held is not None
    assert (held["state"], "themselves" in held["state_reason"]) == ("planned", True)


def test_several_jobs_of_one_name_are_named_and_none_is_guessed(db: Connection) -> None:
    add_job(db, "j1")
    add_job(db, "j2")
    done = note(db, "p1", SentElsewhere(title="Nurse", company="Clinic"), actor="Ada")
    assert done.became == "several"
    assert "j1 (Nurse @ Clinic)" in done.words
    assert "j2 (Nurse @ Clinic)" in done.words
    assert db.execute("select count(*) as n from application").fetchone() == {"n": 0}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "applied"),
        ({"title": "Nurse"}, "applied"),
        ({"url": "clinic"}, "url"),
        ({"url": "https://[clinic"}, "url"),
        ({"job": "nowhere"}, "job_id"),
    ],
)
def test_what_names_no_job_is_refused(db: Connection, said: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        noted(db, **said)
    assert caught.value.field == field


def test_a_file_is_noted_row_by_row_and_odd_rows_are_named(db: Connection) -> None:
    add_job(db, "j1")
    posting(db, "j1")
    today = datetime.now(UTC).date()
    rows = [
        "Link;Position;Employer;Date",
        f"{AD};Nurse;Clinic;{today}",
        f"{AD};Nurse;Clinic;{today}",
        ";Baker;Crumb & Co;",
        ";;;",
        f";Cook;;{today}",
        f";Cook;Inn;{today + timedelta(days=3)}",
        ";Smith;Forge;31.13.2020",
    ]
    counts, lines = note_csv(db, "p1", "\n".join(rows).encode(), actor="Ada")
    assert counts == {"noted": 1, "duplicate": 1, "unknown": 1, "wrong": 3}
    assert [line.partition(":")[0] for line in lines] == ["line 3", "line 4", "line 6", "line 7", "line 8"]
    assert "stands in line 2 already" in lines[0]
    assert "Baker @ Crumb & Co: noted" in lines[1]
    assert summary(counts).startswith("1 noted, 1 noted, of jobs that the catalog does not know, 1 twice in the file")
    again, _ = note_csv(db, "p1", "\n".join(rows).encode(), actor="Ada")
    assert again == {"known": 2, "duplicate": 1, "wrong": 3}


def test_a_file_of_too_many_rows_is_refused_before_the_first_is_noted(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "MOST_ROWS", 2)
    monkeypatch.setattr(elsewhere, "note", lambda *_, **__: pytest.fail("a row was noted"))
    with pytest.raises(InvalidInput, match="more than 2 rows"):
        note_csv(db, "p1", b"title,company\n" + b"Cook,Inn\n" * 3, actor="Ada")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_however_a_spreadsheet_wrote_it(encoding: str) -> None:
    ((number, sent),) = read_csv("Position\tFirma\tCompany\nKöchin\t\tGasthof Bär\n".encode(encoding))
    assert (number, sent) == (2, SentElsewhere(title="Köchin", company="Gasthof Bär"))


def test_an_odd_row_of_a_file_is_named_and_the_others_are_noted(db: Connection) -> None:
    too_long = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(1_900))
    rows = [
        "url,title,company",
        "https://[clinic,Nurse,Clinic",
        f"https://inn.example/{too_long},Cook,Inn",
        "https://mill.example/1,Miller,Mill",
    ]
    counts, lines = note_csv(db, "p1", "\n".join(rows).encode(), actor="Ada")
    assert counts == {"wrong": 2, "unknown": 1}
    assert [line.partition(":")[0] for line in lines] == ["line 2", "line 3", "line 4"]


def test_a_head_of_a_hundred_thousand_columns_costs_no_row_that_much() -> None:
    started = time.thread_time()
    with pytest.raises(InvalidInput, match="columns"):
        list(read_csv(b"url," + b",".join(b"c%d" % n for n in range(100_000)) + b"\nx" * 4_000))
    assert time.thread_time() - started < 2


ENDLESS = b'url,title\n"' + b"a" * 200_000


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b"%PDF-1.7", ENDLESS], ids=["empty", "utf-16", "other", "pdf", "endless"]
)
def test_what_is_no_such_file_says_so(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="csv"):
        list(read_csv(data))


def test_ones_own_applications_count_against_limits_when_they_were_sent(db: Connection) -> None:
    today = datetime.now(UTC).date()
    noted(db, title="A", company="One", on=today - timedelta(days=3))
    noted(db, title="B", company="Two")
    history = db.execute(policy.HISTORY, {"person": "p1"}).fetchall()
    assert [(row["company_key"], round(row["days"])) for row in history if row["company_key"] == "one"] == [("one", 3)]
    assert [row["company_key"] for row in history] == ["one"]  # nobody said when the other was


def test_whoever_is_alone_need_not_say_who_they_are(db: Connection) -> None:
    with pytest.raises(InvalidInput, match="--person"):
        whose(db, "")
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={})
    assert (whose(db, ""), whose(db, "p2")) == ("p1", "p2")


def own(db: Connection, job_id: str = "j1", state: str = "planned", **more: Any) -> str:
    """An application of ours in some state, as it comes to be in it."""
    row = insert(
        db, "application", person_id="p1", job_key=job_id, job_id=job_id, source="linkedin", cv_id="c1", cv_sha256="h",
        person_email="p1@example.com", title="Nurse", company="Clinic", score=0.9, idempotency_key=f"k-{job_id}", run_id="r0", **more,
    )  # fmt: skip
    path = {"approved": ["approved"], "submitting": ["approved", "submitting"]}.get(state, ["approved", "submitting", state])
    for step in [] if state == "planned" else path:
        db.execute("update application set state = %s, state_reason = 'a test' where id = %s", (step, row["id"]))
    db.commit()
    return str(row["id"])


def states(db: Connection) -> dict[str, str]:
    return {row["job_id"]: row["state"] for row in db.execute("select job_id, state from application").fetchall()}


@pytest.mark.parametrize("state", ["planned", "approved"])
def test_what_waits_or_may_be_sent_is_closed_by_the_persons_own_word(db: Connection, state: str) -> None:
    add_job(db, "j1")
    made = own(db, state=state)
    assert noted(db, job="j1") == "noted"
    assert ledger.begin(db, made) is None
    assert states(db) == {"j1": "submitted"}


def test_nobody_need_know_any_more_whether_it_arrived_when_the_person_applied_themselves(db: Connection) -> None:
    add_job(db, "j1")
    own(db, state="uncertain")
    done = note(db, "p1", SentElsewhere(job="j1"), actor="Ada")
    assert (done.became, "may have arrived" in done.words) == ("known", True)
    assert states(db) == {"j1": "submitted"}
    assert db.execute("select outcome, evidence from settlement").fetchall() == [{"outcome": "submitted", "evidence": "statement"}]
    assert db.execute("select count(*) as n from outbox").fetchone() == {"n": 0}, "nobody is told that ours arrived"


@pytest.mark.parametrize("state", ["refused", "submitting"])
def test_the_persons_word_is_kept_where_it_changes_no_state(db: Connection, state: str) -> None:
    add_job(db, "j1")
    own(db, state=state)
    assert noted(db, job="j1") == "known"
    assert states(db) == {"j1": state}
    assert db.execute("select evidence, actor from settlement").fetchall() == [{"evidence": "statement", "actor": "Ada"}]
    assert skipped(db, "r1") == {"already_applied": 1}


@pytest.mark.parametrize("state", ["planned", "approved", "uncertain", "submitted"])
def test_their_own_application_for_what_may_be_the_same_job_is_noted_and_nothing_more_leaves(db: Connection, state: str) -> None:
    for one in ("j1", "j2"):
        add_job(db, one, title=f"Nurse {one}")
    other = own(db, "j2", state)
    db.execute("insert into possible_duplicate (job_id, other_job_id, score, evidence) values ('j1', 'j2', 0.8, '[]')")
    assert noted(db, job="j1") == "noted"
    assert states(db) == {"j1": "submitted", "j2": "planned" if state == "approved" else state}
    begun = ledger.begin(db, other)
    assert begun is None or begun["state"] == "planned", "the database holds it"
    db.execute("update possible_duplicate set decision = 'different'")
    assert skipped(db, "r1") == {"already_applied": 1}, "their own word is remembered when the doubt is over"


def test_their_own_application_is_found_under_the_job_it_was_merged_into(db: Connection) -> None:
    add_job(db, "j1")
    add_job(db, "j2", title="Ward nurse")
    made = own(db, "j2", "approved")
    db.execute("update job set merged_into = 'j1' where id = 'j2'")
    assert noted(db, job="j1") == "noted"
    assert ledger.begin(db, made) is None
    assert states(db) == {"j2": "submitted"}
