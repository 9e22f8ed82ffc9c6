from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from local.demo import story, summary
from local.demo.seed import seed
from rolecall.analytics.posting_facts import read_postings
from rolecall.applying import elsewhere, ledger
from rolecall.applying.plan import plan
from rolecall.boards.landing import land
from rolecall.catalog import aggregate, validate
from rolecall.models import ApplyOrder, JobPosting, Match
from rolecall.people.matches_in_words import reasons
from rolecall.services.ai.job_facts import JobFacts
from rolecall.store import Connection

NOW = datetime.now(UTC)
TEXT = "Nurses on our ward look after patients at the hardest moment of their week, and after each other while they do it. " * 6
MADE: dict[str, Any] = {
    "postings": 3,
    "jobs": 1,
    "matches": 1,
    "applications": {"submitted": 1, "uncertain": 0, "refused": 0},
    "receipts": {"total": 1, "duplicates": 0},
    "notifications": {"email": 1, "sms": 0, "push": 0, "slack": 0},
    "seconds": 41.6,
}


def posting(board: str, number: int, location: str) -> JobPosting:
    return JobPosting(
        board=board,
        external_id=str(number),
        url=f"https://www.{board}.com/jobs/{number}",
        title="Staff Nurse, Stroke",
        company="Queensferry Road Hospital",
        location=location,
        city="London",
        country="United Kingdom",
        posted_at=NOW,
        description=TEXT,
        raw={},
    )


def applied(db: Connection, job_id: str, *, title: str) -> None:
    """An application of the nurse that was sent."""
    found = {"id": job_id, "title": title, "company": "Clinic", "source": "linkedin", "matchScore": 0.9, "canAutoApply": True}
    order = ApplyOrder(cv_id="demo-nurse-cv", user_id="demo-nurse", user_email="a@mail.example")
    planned = plan(db, order, run_id=f"r {job_id}", cv_sha256="h", matches=[Match.model_validate(found)])
    ledger.begin(db, planned.applications[0]["application_id"])
    ledger.finish(db, planned.applications[0]["application_id"], ledger.Result("submitted", "taken", {"receipt": "R1"}))
    db.commit()


@pytest.fixture
def told(dsn: str, db: Connection, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The summary's lines, of one job on three boards that matches the nurse."""
    people = seed(dsn)
    with db.transaction():
        land(db, [posting("linkedin", 4310000001, "London, England, United Kingdom")])
        land(db, [posting("indeed", 10000002, "London"), posting("glassdoor", 1009000000003, "London")])
        aggregate(db)
        validate(db)
        job = (db.execute("select id from job where merged_into is null").fetchone() or {})["id"]
        db.execute(
            """
            insert into match (person_id, cv_id, source, job_id, score, can_auto_apply, already_applied, title, company, reasons)
            values ('demo-nurse', 'demo-nurse-cv', 'linkedin', %s, 0.934, true, false, 'Staff Nurse, Stroke', 'Queensferry Road Hospital',
                    '[{"kind": "skill", "label": "Care planning", "text": "is required", "weight": 2, "verdict": "direct"}]')
            """,
            (job,),
        )
        db.execute(
            """
            insert into board_run (run_id, board, search, outcome, cards, landed, error) values
            ('r', 'linkedin', 'nurse @ London', 'ok', 1, 1, null),
            ('r', 'indeed', 'nurse @ London', 'RateLimited', 0, 0, 'Indeed answered 429; the next run asks again'),
            ('other', 'linkedin', 'nurse @ Leeds', 'ok', 9, 9, null)
            """
        )
    scrapes = {"scrape_linkedin": "r", "scrape_indeed": "r"}
    read_postings(db)
    db.commit()
    stack = {"postgres_dsn": dsn, "airflow_url": "http://127.0.0.1:8080"}
    story.print_story(MADE, stack, people, scrapes, every_search=False, installing=50.2)
    return capsys.readouterr().out.splitlines()


def test_every_line_fits_a_terminal_of_100_columns(told: list[str]) -> None:
    assert [line for line in told if len(line) > 100] == []


def test_a_job_that_three_boards_have_is_shown_as_one_with_its_sources_and_evidence(told: list[str]) -> None:
    assert "  jobs              1  (1 on three boards)" in told
    shown = told[told.index("    one job, 3 ads:") :]
    assert [line.split()[0] for line in shown[1:4]] == ["glassdoor", "indeed", "linkedin"]
    assert shown[4].startswith("      because: ")
    assert len(shown[4]) > len("      because: ")


def test_each_person_is_shown_with_matches_and_reasons(told: list[str]) -> None:
    nurse = next(number for number, line in enumerate(told) if line.startswith("Adaeze Whitcombe"))
    assert told[nurse].endswith("1 match, 0 applications")
    assert told[nurse + 1].startswith("  93%  Staff Nurse, Stroke · Queensferry Road Hospital · London")
    assert told[nurse + 1].endswith(" · on three boards")
    assert told[nurse + 2].strip() == "asked for and in the CV: Care planning"
    assert any(line.startswith("Tobias Ferncliff") and "0 matches, 0 applications, 0 wait for a yes" in line for line in told)


def test_what_a_run_beyond_the_wishes_sent_is_counted_apart_so_that_the_sums_add_up(
    told: list[str], dsn: str, db: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    job = (db.execute("select job_id from match").fetchone() or {})["job_id"]
    for number, job_id in enumerate((job, "x1", "x2")):
        applied(db, job_id, title=f"Nurse {number}")
    stack = {"postgres_dsn": dsn, "airflow_url": "http://127.0.0.1:8080"}
    story.print_story(MADE, stack, seed(dsn), {}, every_search=False, installing=0)
    lines = capsys.readouterr().out
    assert "1 match, 3 applications: 1 for these, 2 by runs that looked beyond their wishes" in " ".join(lines.split())
    assert "not applied for" not in lines  # one match, and it was applied for
    assert "3 pairs seen, 3 matched" in lines
    assert "2 of the 3 matched are none of today's matches" in " ".join(lines.split())
    assert [line for line in lines.splitlines() if len(line) > 100] == []


def test_what_was_sent_by_hand_is_counted_apart_so_that_the_sums_add_up(
    told: list[str], dsn: str, db: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    job = (db.execute("select job_id from match").fetchone() or {})["job_id"]
    elsewhere.note(db, "demo-nurse", elsewhere.SentElsewhere(job=job), actor="Adaeze")
    db.commit()
    stack = {"postgres_dsn": dsn, "airflow_url": "http://127.0.0.1:8080"}
    answers = {"read": 5, "settled": 1, "rejected": 1, "assessments": 1, "interviews": 1}
    story.print_story({**MADE, "handed_over": 1, "answers": answers}, stack, seed(dsn), {}, every_search=False, installing=0)
    lines = capsys.readouterr().out
    assert "5 by mail: 1 interview, 1 declined, 1 test, 2 receipts (1 settled a doubt)" in lines
    assert "1 match, 0 applications, 1 by hand" in " ".join(lines.split())
    assert "without those by hand" in lines
    assert "not applied for" not in lines
    assert [line for line in lines.splitlines() if len(line) > 100] == []


def test_a_job_that_two_cvs_of_a_person_match_is_one_match_so_that_the_sums_add_up(
    told: list[str], dsn: str, db: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    db.execute('insert into match select (jsonb_populate_record(m, \'{"cv_id": "another", "score": 0.8}\')).* from match m')
    db.execute("insert into person (id, name, email, preferences) values ('guest', 'G', 'g@mail.example', '{}')")
    db.execute('insert into match select (jsonb_populate_record(m, \'{"person_id": "guest"}\')).* from match m')
    db.commit()
    stack = {"postgres_dsn": dsn, "airflow_url": "http://127.0.0.1:8080", "sandbox_url": "", "sandbox_token": ""}
    made = {**MADE, "matches": summary.totals(stack, 1.0)["matches"]}
    story.print_story(made, stack, seed(dsn), {}, every_search=False, installing=0)
    lines = capsys.readouterr().out
    assert "1 match, 0 applications" in lines
    assert lines.count("93%  Staff Nurse") == 1
    assert "1 of 1 not applied for" in lines
    assert "matches           2, of people's own wishes: 1 of those above, 1 of 1 other person" in lines
    assert "none of today's matches" not in lines
    assert not re.search(r"\s-\d", lines)


def test_a_second_demo_says_that_nothing_was_applied_for_twice_by_the_ledgers_figures(
    told: list[str], dsn: str, db: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = {"postgres_dsn": dsn, "airflow_url": "http://127.0.0.1:8080", "sandbox_url": "", "sandbox_token": ""}
    applied(db, "x1", title="Nurse 1")
    before = summary.submitted(stack)
    for more, said in ((0, "1 applied for before, 1 now"), (1, "1 applied for before, 2 now, 1 of them new")):
        if more:
            applied(db, "x2", title="Nurse 2")
        made = {**MADE, **summary.totals(stack, 1.0, before), "receipts": MADE["receipts"]}
        story.print_story(made, stack, seed(dsn), {}, every_search=False, installing=0)
        assert f"  applied twice     no job: {said}\n" in capsys.readouterr().out
    story.print_story({**made, "twice": 1}, stack, seed(dsn), {}, every_search=False, installing=0)
    assert "applied twice" not in capsys.readouterr().out
    assert "applied twice" not in "".join(told), "the first run has nothing to compare with"


def test_the_red_square_that_is_meant_is_named_with_what_became_of_it(
    told: list[str], dsn: str, db: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    applied(db, "x1", title="Nurse 1")
    db.execute("update application set way = 'mail'")
    stack = {"postgres_dsn": dsn, "airflow_url": "http://127.0.0.1:8080"}
    for state, said in (("submitted", "its answer by mail settled that"), ("uncertain", "it is uncertain and not sent again")):
        hung_up = {"company": "Clinic", "run_id": "request__7", "state": state}
        story.print_story({**MADE, "hung_up": hung_up}, stack, seed(dsn), {}, every_search=False, installing=0)
        lines = " ".join(capsys.readouterr().out.split())
        assert "red square 1 in auto_apply is meant: Clinic took the mail and hung up" in lines
        assert f"{said} (task apply of run request__7)" in lines


def test_a_board_is_one_line_and_a_search_that_failed_another(told: list[str]) -> None:
    assert told[1:5] == [
        "Found now",
        "  linkedin   1 search, 1 ad seen, 1 new",
        "  indeed     1 search, 0 ads seen, 0 new",
        "             nurse @ London: RateLimited, 0 ads (Indeed answered 429; the next run asks again)",
    ]


def test_ads_and_jobs_add_up_also_where_a_board_shows_a_job_twice(
    told: list[str], dsn: str, db: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    with db.transaction():
        land(
            db,
            [
                posting("indeed", 10000009, "London"),
                posting("indeed", 10000010, "Leeds").model_copy(update={"title": "Pilot", "company": "Air"}),
            ],
        )
        aggregate(db)
    db.execute("update posting set job_id = null where external_id = '10000010'")
    db.commit()
    story.print_story({**MADE, "postings": 5}, {"postgres_dsn": dsn, "airflow_url": "http://a"}, [], {}, every_search=False, installing=0)
    lines = capsys.readouterr().out.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("  ads landed"))
    assert lines[first : first + 4] == [
        "  ads landed        5  (indeed 3, glassdoor 1, linkedin 1)",
        "  jobs              1  (1 on no board, 1 on three boards)",
        "                    1 ad is another ad of a job on the same board",
        "                    1 ad is not merged yet",
    ]


def test_the_sums_are_those_of_the_ledger_and_the_receiving_side(told: list[str]) -> None:
    assert told[-6:] == [
        "  matches           1, of people's own wishes",
        "  applications      1 submitted, 0 uncertain, 0 refused, of all runs so far",
        "  receipts          1 counted by the other side, 0 duplicates",
        "  messages          1 email, 0 sms, 0 push, 0 slack",
        "                    ./rolecall sandbox mails lists the e-mails, with --read ID one is shown",
        "  time              42 s running, 50 s installing",
    ]


def test_reasons_are_the_skills_then_the_heaviest_that_fit_whole() -> None:
    found: list[Any] = [
        {"kind": "title", "text": "the title fits", "weight": 9},
        {"kind": "skill", "label": "SQL", "text": "SQL is required", "weight": 1, "verdict": "strong"},
        {"kind": "skill", "label": "Python", "text": "Python is required", "weight": 5, "verdict": "direct"},
        {"kind": "skill", "label": "Rust", "text": "Rust is missing", "weight": 8, "verdict": "missing"},
        {"kind": "years", "text": "x" * 60, "weight": 4},
        "from another service",
    ]
    skills = "asked for and in the CV: Python, SQL"
    assert reasons(found, 100) == f"{skills}; {'x' * 60}"
    assert reasons(found, 80) == f"{skills}; from another service; the title fits"
    assert reasons(found[4:], 50) == "from another service"
    assert reasons([], 50) == ""


def test_a_reason_does_not_repeat_a_skill_that_is_listed() -> None:
    found: list[Any] = [
        {"kind": "skill", "label": "SQL", "text": "SQL is required", "weight": 1, "verdict": "direct"},
        {"kind": "phrase", "label": "sql", "text": "'sql' is asked for, and in your CV", "weight": 3, "verdict": "direct"},
        {"kind": "place", "label": "Berlin", "text": "the work is in Berlin", "weight": 0, "verdict": "direct"},
    ]
    assert reasons(found, 100) == "asked for and in the CV: SQL; the work is in Berlin"


def test_todays_figures_are_shown_and_said_to_be_so_far(told: list[str], db: Connection) -> None:
    first = next(number for number, line in enumerate(told) if line.startswith("Today so far ("))
    assert "UTC" in told[first]
    shown = {line[:20].strip(): line[20:] for line in told[first + 1 : first + 5]}
    assert shown["person and job"].startswith("3 pairs seen, 1 matched")
    seen = db.execute("select (min(first_seen_at) at time zone 'UTC')::date as day from figures.posting").fetchone() or {}
    if str(seen["day"]) in told[first]:
        assert shown["new and useful"].startswith("linkedin 1 of 1 ads")
    else:  # a new day began before the summary, and an ad of yesterday is not new in it
        assert "new and useful" not in shown
    assert "http://127.0.0.1:8080/figures/" in "".join(told[first + 2 : first + 5])
    assert db.execute("select count(*) as rows from figures.board").fetchone() == {"rows": 0}


def test_each_match_that_was_not_applied_for_is_counted_under_its_reason(told: list[str]) -> None:
    nurse = next(number for number, line in enumerate(told) if line.startswith("Adaeze Whitcombe"))
    assert told[nurse + 3 : nurse + 6] == [
        "       not applied for: no run has taken it up yet",  # of the match above: the best ones say it one by one
        "  1 of 1 not applied for",
        "    1  no run has taken it up yet (linkedin 1)",
    ]
    assert not [line for line in told if line.startswith("  0 of")]


Row = dict[str, Any]
PLAIN: Row = {
    "state": None,
    "state_reason": None,
    "rule": None,
    "reason": None,
    "already_applied": False,
    "score": 0.9,
    "can_auto_apply": False,
}
JOB = JobFacts("j", "j", "Nurse", "Acme", "London", "https://board.example/1", None, "indeed", "valid", 0.0, False)


@pytest.mark.parametrize(
    ("row", "job", "reason"),
    [
        ({"state": "uncertain", "state_reason": "no answer"}, JOB, "the application is uncertain: no answer"),
        ({"rule": "daily_cap", "reason": "your limit is reached"}, JOB, "your limit is reached"),
        ({"rule": "no_auto_apply", "reason": "as the run said"}, JOB, "as the run said"),
        ({}, JOB, "the terms of Indeed forbid that a machine applies there"),
        ({}, replace(JOB, source="remoteok"), "its board names no address to apply at"),
        ({}, replace(JOB, apply_url="https://acme.example/1"), "its employer takes applications only on a page of its own"),
        ({}, replace(JOB, state="closed"), "the job is closed"),
        ({}, replace(JOB, risk=0.9), "the ad looks like a fraud: read it yourself first"),
        ({}, None, "the service that knows it takes no automatic application for it"),
        ({"score": 0.5}, JOB, "the score is below 70%"),
        ({"already_applied": True}, JOB, "applied for before"),
        ({"can_auto_apply": True}, JOB, "no run has taken it up yet"),
    ],
)
def test_why_a_match_was_not_applied_for_is_what_the_rows_say(row: Row, job: JobFacts | None, reason: str) -> None:
    assert story.why_not({**PLAIN, **row}, job) == reason


def test_a_difference_between_ledger_and_receiving_side_is_a_problem() -> None:
    assert summary.problems(MADE, sandboxed=True) == []
    missing = {**MADE, "receipts": {"total": 0, "duplicates": 0}}
    assert summary.problems(missing, sandboxed=True) == ["1 applications are submitted in the ledger, 0 were received"]
    unclear = {**MADE, "applications": {**MADE["applications"], "uncertain": 2}}
    for received, wrong in ((0, 1), (1, 0), (3, 0), (4, 1)):
        assert len(summary.problems({**unclear, "receipts": {"total": received, "duplicates": 0}}, sandboxed=True)) == wrong
    more = {**unclear, "receipts": {"total": 4, "duplicates": 0}}
    assert summary.problems(more, sandboxed=True) == ["1 applications are submitted in the ledger and 2 uncertain, 4 were received"]
    twice = {**MADE, "receipts": {"total": 1, "duplicates": 1}}
    assert summary.problems(twice, sandboxed=True) == ["1 applications were received more than once"]
    assert summary.problems(missing, sandboxed=False) == []


def test_the_totals_have_the_shape_that_tools_rely_on(dsn: str, told: list[str]) -> None:
    made = summary.totals({"postgres_dsn": dsn, "sandbox_url": "", "sandbox_token": ""}, 3.04)
    assert made == {
        "postings": 3,
        "jobs": 1,
        "matches": 1,
        "applications": {"submitted": 0, "uncertain": 0, "refused": 0},
        "receipts": {"total": None, "duplicates": None, "ways": None},
        "handed_over": 0,
        "needs_answer": 0,
        "before": 0,
        "twice": 0,
        "hung_up": None,
        "answers": {"read": 0, "settled": 0, "rejected": 0, "assessments": 0, "interviews": 0},
        "notifications": {"email": 0, "sms": 0, "push": 0, "slack": 0},
        "seconds": 3.0,
    }


def test_a_scrape_without_a_word_is_no_success(dsn: str, db: Connection) -> None:
    db.execute("insert into board_run (run_id, board, search, outcome, cards, landed) values ('r', 'indeed', 'anything', 'ok', 1, 1)")
    db.commit()
    found = summary.silent(dsn, {"scrape_indeed": "r", "scrape_linkedin": "r"})
    assert found == ["scrape_linkedin: no search left a word → see its red squares in the web UI"]
