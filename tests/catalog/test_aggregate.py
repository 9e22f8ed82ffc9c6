"""Aggregation: one job is one job, whatever the order, the batches and the spelling; and nothing is lost on the way."""

from __future__ import annotations

import random
import threading
import time
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.boards.landing import land
from rolecall.catalog import Aggregated, aggregate, cluster
from rolecall.catalog.profile import job_id
from rolecall.models import JobPosting
from rolecall.store import Connection, connect
from tests.catalog.conftest import LONG, Land, jobs, posting, sources


def test_what_two_boards_say_in_two_spellings_is_one_job_with_its_sources(db: Connection, landed: Land) -> None:
    landed(title="Data Engineer (m/w/d)", company="Crumb & Co. GmbH", location="München, Bayern, Deutschland")
    landed(board="indeed", external_id="x1", title="data engineer", company="CRUMB & CO", location="Munich, Germany", description=None)
    assert aggregate(db) == Aggregated(jobs_new=1, jobs_changed=0, merged=0, postings=2)
    assert list(sources(db).values()) == [{"linkedin|100", "indeed|x1"}]
    assert jobs(db)[0]["id"] == job_id("indeed", "x1")
    events = db.execute("select evidence from merge_event").fetchall()
    assert len(events) == 2
    assert events[0]["evidence"]["key"].startswith("data engineer")


def test_a_job_is_open_in_every_place_that_one_of_its_postings_names_and_its_own_comes_first(db: Connection, landed: Land) -> None:
    munich, graz, linz = (
        {"city": city, "country": nation} for city, nation in (("Munich", "Germany"), ("Graz", "Austria"), ("Linz", "Austria"))
    )
    landed(location="Munich", city="Munich", country="Germany", places=[munich, graz])
    landed(board="indeed", external_id="x1", location="Munich", city="Munich", country="Germany", places=[munich, linz], description=None)
    assert aggregate(db).jobs_new == 1
    [job] = db.execute("select city, places from job").fetchall()
    assert job["city"] == "Munich"
    assert [place["city"] for place in job["places"]] == ["Munich", "Graz", "Linz"]
    assert aggregate(db) == Aggregated()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"title": "Senior Data Engineer"}, {"title": "Staff Data Engineer"}),
        ({"title": "Data Engineer"}, {"title": "Senior Data Engineer"}),
        ({"title": "Backend Engineer"}, {"title": "Frontend Engineer"}),
        ({"title": "Data Engineer I"}, {"title": "Data Engineer II"}),
        ({"location": "Graz, Austria"}, {"location": "Linz, Austria"}),
        ({"location": "Portland, OR"}, {"location": "Portland, ME"}),
        ({"title": "Data Engineer (Remote)"}, {"title": "Data Engineer", "remote": "onsite"}),
        ({"title": "Nurse (part-time)"}, {"title": "Nurse"}),
        ({"title": "Data Engineer, Payments"}, {"title": "Data Engineer, Logistics"}),
        ({"title": "Data Engineer (R10001)"}, {"title": "Data Engineer (R10002)"}),
        ({"company": "Crumb & Co"}, {"company": "Crumb Bakeries"}),
        ({"company": "Confidential"}, {"company": "Confidential"}),
        ({"company": ""}, {"company": ""}),
        ({"location": ""}, {"location": ""}),
        ({"title": "🔥🔥"}, {"title": "🔥🔥"}),
    ],
)
def test_siblings_and_doubtful_pairs_are_not_merged(db: Connection, landed: Land, one: dict[str, Any], other: dict[str, Any]) -> None:
    landed(**one)
    landed(board="indeed", external_id="2", **other)
    aggregate(db)
    assert len(jobs(db)) == 2


def test_two_openings_of_one_employer_with_the_same_name_stay_two_when_their_descriptions_differ(db: Connection, landed: Land) -> None:
    other = "Crumb & Co is looking for somebody who forecasts tomorrow's demand for rolls with statistics, weather and holidays in mind."
    landed(external_id="1")
    landed(external_id="2", description=other)
    landed(board="indeed", external_id="3", description=LONG[:110])
    landed(board="indeed", external_id="4", description=None)
    aggregate(db)
    assert sorted(map(sorted, sources(db).values())) == [["indeed|3", "linkedin|1"], ["indeed|4"], ["linkedin|2"]]


def test_a_second_run_changes_nothing(db: Connection, landed: Land) -> None:
    for number in range(5):
        landed(external_id=str(number))
    aggregate(db)
    before = jobs(db), db.execute("select count(*) as n from merge_event").fetchone()
    assert aggregate(db) == Aggregated()
    assert aggregate(db, full=True) == Aggregated(postings=5)
    assert (jobs(db), db.execute("select count(*) as n from merge_event").fetchone()) == before


def test_a_smaller_posting_that_joins_later_gives_the_job_its_id_and_the_old_id_leads_there_for_ever(db: Connection, landed: Land) -> None:
    landed(board="linkedin")
    aggregate(db)
    old = jobs(db)[0]["id"]
    landed(board="indeed", external_id="9")
    assert aggregate(db).merged == 1
    landed(board="glassdoor", external_id="5")
    aggregate(db)
    now = jobs(db)
    assert [job["id"] for job in now] == [job_id("glassdoor", "5")]
    led = db.execute("select id, merged_into from job where merged_into is not null order by id").fetchall()
    assert {row["id"] for row in led} == {old, job_id("indeed", "9")}
    assert {row["merged_into"] for row in led} == {now[0]["id"]}


def apply_for(db: Connection, job: str, person: str = "p1") -> None:
    db.execute(
        "insert into application (person_id, job_key, job_id, source, cv_id, cv_sha256, person_email, title, company, score,"
        " idempotency_key, run_id) values (%s, %s, %s, 'linkedin', 'c', 'h', 'a@b.example', 't', 'c', 1, %s, 'r')",
        (person, job, job, uuid.uuid4().hex),
    )


def locked(db: Connection, person: str = "p1") -> set[str]:
    """The jobs, by the catalog's id, that this person has applied for."""
    rows = db.execute("select job_key from application_lock join job on job.id = job_key where person_id = %s", (person,))
    return {row["job_key"] for row in rows}


def test_an_application_follows_the_job_into_a_merge_and_blocks_a_second_one(db: Connection, landed: Land) -> None:
    landed(board="linkedin")
    aggregate(db)
    old = jobs(db)[0]["id"]
    apply_for(db, old)
    landed(board="indeed", external_id="9")
    aggregate(db)
    new = jobs(db)[0]["id"]
    assert locked(db) == {old, new}
    apply_for(db, new)
    apply_for(db, old)
    assert db.execute("select count(*) as n from application").fetchone() == {"n": 1}


def test_an_application_counts_for_both_parts_of_a_job_that_is_split(db: Connection, landed: Land) -> None:
    landed(board="linkedin")
    landed(board="indeed", external_id="9")
    aggregate(db)
    together = jobs(db)[0]["id"]
    apply_for(db, together)
    landed(board="linkedin", title="Senior Data Engineer")
    aggregate(db)
    assert len(jobs(db)) == 2
    assert locked(db) == {job["id"] for job in jobs(db)}


def test_an_application_planned_while_a_merge_is_under_way_counts_for_the_merged_job(dsn: str) -> None:
    with connect(dsn) as db:
        land(db, [posting(board="linkedin")])
        aggregate(db)
        old = jobs(db)[0]["id"]
        db.commit()
        land(db, [posting(board="indeed", external_id="9")])
        aggregate(db)  # not committed yet

        def plan() -> None:
            with connect(dsn) as other:
                apply_for(other, old)

        planner = threading.Thread(target=plan)
        planner.start()
        time.sleep(0.3)
        assert planner.is_alive(), "the plan waits for the merge"
        db.commit()
        planner.join(60)
        assert locked(db) == {old, job_id("indeed", "9")}


def test_a_job_that_moves_back_out_is_a_job_again(db: Connection, landed: Land) -> None:
    landed(board="linkedin")
    aggregate(db)
    landed(board="indeed", external_id="9")
    aggregate(db)
    landed(board="indeed", external_id="9", title="Chef de Partie")
    aggregate(db)
    assert {job["id"]: job["title"] for job in jobs(db)} == {
        job_id("linkedin", "100"): "Data Engineer",
        job_id("indeed", "9"): "Chef de Partie",
    }


def test_fields_are_chosen_by_their_rules(db: Connection, landed: Land) -> None:
    landed(
        board="glassdoor",
        external_id="1",
        description="Short and to the point, eight words at least.",
        salary_min=50_000,
        salary_max=60_000,
        salary_currency="EUR",
    )
    landed(
        board="linkedin",
        external_id="2",
        description=LONG + " Short and to the point, eight words at least.",
        title="Data Engineer (m/f/d)",
        seniority="Associate",
    )
    landed(
        board="indeed",
        external_id="3",
        description=None,
        apply_url="https://crumb.example/apply/3",
        apply_kind="external",
        city="Graz",
        country="Austria",
        location="Graz",
    )
    aggregate(db)
    (job,) = jobs(db)
    assert (job["title"], job["seniority"]) == ("Data Engineer (m/f/d)", "Associate")
    assert (job["source"], job["apply_url"], job["url"]) == ("indeed", "https://crumb.example/apply/3", "https://indeed.example/jobs/3")
    assert (job["city"], job["location"]) == ("Graz", "Graz")
    assert (float(job["salary_min"]), job["salary_currency"]) == (50_000, "EUR")


def test_the_content_hash_changes_only_when_content_does(db: Connection, landed: Land) -> None:
    landed()
    aggregate(db)
    db.execute("update job set state = 'valid', validated_hash = content_hash")
    first = jobs(db)[0]
    landed(board="linkedinx", external_id="7", description=None)
    aggregate(db)
    assert jobs(db)[0]["content_hash"] == first["content_hash"]
    assert jobs(db)[0]["state"] == "valid"
    landed(description=LONG + " Now with a company car.")
    assert aggregate(db).jobs_changed == 1
    assert jobs(db)[0]["content_hash"] != first["content_hash"]
    assert jobs(db)[0]["state"] == "new"


def test_two_runs_at_once_are_serialised_and_give_what_one_gives(dsn: str) -> None:
    with connect(dsn) as db:
        land(db, [posting(board=board, external_id=str(number)) for number in range(60) for board in ("linkedin", "indeed")])
    errors: list[Exception] = []
    counted: list[Aggregated] = []

    def work() -> None:
        try:
            with connect(dsn) as conn:
                counted.append(aggregate(conn))
        except Exception as error:
            errors.append(error)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert errors == []
    assert sorted((one.jobs_new, one.postings) for one in counted) == [(0, 0), (0, 0), (1, 120)]
    with connect(dsn) as db:
        assert len(jobs(db)) == 1


def test_five_thousand_identical_ads_are_one_job_in_bounded_time(db: Connection) -> None:
    land(db, [posting(external_id=str(number)) for number in range(5_000)])
    started = time.process_time()
    assert aggregate(db).jobs_new == 1
    assert len(sources(db)) == 1
    assert time.process_time() - started < 30


def test_a_thousand_openings_with_descriptions_of_their_own_are_not_compared_pair_by_pair(db: Connection) -> None:
    land(
        db,
        [posting(external_id=str(number), description=f"{LONG} Opening {uuid.UUID(int=number)} {number} " * 3) for number in range(1_000)],
    )
    started = time.process_time()
    assert aggregate(db).jobs_new == 1_000
    assert time.process_time() - started < 30


def test_odd_texts_are_aggregated_in_bounded_time(db: Connection, landed: Land) -> None:
    landed(external_id="big", description="Lorem ipsum dolor sit amet " * 40_000)
    landed(external_id="big2", description="Lorem ipsum dolor sit amet " * 40_001)
    landed(external_id="long", title="Engineer of " + "very " * 60 + "long titles")
    landed(external_id="emoji", title="🚀 Data Engineer 🚀", company="Crumb™ 🥐")
    landed(external_id="broken", title="Data Engineer â€“ Platform", location="MÃ¼nchen")
    landed(external_id="mixed", title="データエンジニア", company="パン屋", location="東京")
    landed(external_id="cyrillic", title="Инженер данных", company="ООО Крошка", location="Kyiv, Ukraine")
    started = time.process_time()
    assert aggregate(db).postings == 7
    assert time.process_time() - started < 20
    assert len(jobs(db)) == 6  # the two big ones say the same


# ── properties ──────────────────────────────────────────────────────────────────────────────────────────────

POSTINGS = st.builds(
    posting,
    board=st.sampled_from(["linkedin", "indeed", "glassdoor"]),
    external_id=st.sampled_from([str(number) for number in range(6)]),
    title=st.sampled_from(
        [
            "Data Engineer",
            "Senior Data Engineer",
            "data engineer (m/w/d)",
            "Engineer, Data",
            "Data Engineer (R10001)",
            "Data Engineer (R10002)",
        ]
    ),
    apply_url=st.sampled_from([None, None, "https://crumb.example/apply/4711", "https://crumb.example/apply/4712?utm_source=x"]),
    company=st.sampled_from(["Crumb & Co", "Crumb & Co GmbH", "Rye and Wheat Mills", "RWM", ""]),
    location=st.sampled_from(["Graz, Austria", "Graz", "New York", "Graz (Remote)", ""]),
    description=st.sampled_from(
        [
            LONG,
            LONG[:120],
            LONG.replace("warehouse", "payroll"),
            None,
            f"Req. 10001. {LONG} At Rye and Wheat Mills in Graz.",
            "Something else entirely: we sell umbrellas in the rain and sunscreen in the sun, all year.",
        ]
    ),
)


def catalog(db: Connection) -> tuple[list[dict[str, Any]], dict[str, set[str]]]:
    rows = [
        {name: row[name] for name in ("id", "title", "company", "location", "source", "url", "content_hash", "merge_key")}
        for row in jobs(db)
    ]
    doubts = db.execute("select job_id, other_job_id, score, evidence from possible_duplicate order by job_id, other_job_id").fetchall()
    why = db.execute(
        "select e.job_id, p.board, p.external_id, e.evidence"
        " from merge_event e join posting p on p.id = e.posting_id and p.job_id = e.job_id"
        " where (select count(*) from posting q where q.job_id = p.job_id) > 1 order by 1, 2, 3"
    ).fetchall()
    return [*rows, *doubts, *why], sources(db)


def wipe(db: Connection) -> None:
    db.execute("truncate posting, job, merge_event, quarantine, possible_duplicate restart identity cascade")


SETS = st.lists(POSTINGS, max_size=14, unique_by=lambda one: (one.board, one.external_id))
FIXTURE = [HealthCheck.function_scoped_fixture]


@settings(max_examples=12, deadline=None, suppress_health_check=FIXTURE)
@given(made=SETS, cuts=st.randoms(use_true_random=False))
def test_any_order_and_any_batches_give_the_same_jobs(db: Connection, made: list[JobPosting], cuts: random.Random) -> None:
    whole_and_in_batches(db, made, cuts)


@pytest.mark.long
@settings(max_examples=100, deadline=None, suppress_health_check=FIXTURE)
@given(made=SETS, cuts=st.randoms(use_true_random=False))
def test_any_order_and_any_batches_give_the_same_jobs_over_many_sets(db: Connection, made: list[JobPosting], cuts: random.Random) -> None:
    whole_and_in_batches(db, made, cuts)


def whole_and_in_batches(db: Connection, made: list[JobPosting], cuts: random.Random) -> None:
    wipe(db)
    land(db, made)
    aggregate(db)
    whole = catalog(db)
    assert sorted(whole[1].values(), key=sorted) == sorted(({f"{b}|{e}" for b, e in job} for job in cluster(made)), key=sorted)
    wipe(db)
    shuffled = list(made)
    cuts.shuffle(shuffled)
    while shuffled:
        size = cuts.randint(1, len(shuffled))
        land(db, shuffled[:size])
        aggregate(db)
        shuffled = shuffled[size:]
    assert catalog(db) == whole
    assert aggregate(db) == Aggregated()
    led = db.execute("select j.id, k.merged_into from job j join job k on k.id = j.merged_into").fetchall()
    assert all(row["merged_into"] is None for row in led), "an old id leads straight to a job that is one"
