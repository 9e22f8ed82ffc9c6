"""Figures of a day: what they count, and that counting again gives the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from numpy.random import default_rng

from rolecall.analytics.figures import TABLES, check_finished, compute, figures_of_day, newest_day, the_day
from rolecall.analytics.posting_facts import read_postings
from rolecall.catalog.aggregate import aggregate
from rolecall.errors import InvalidInput
from rolecall.people import privacy
from rolecall.store import Connection
from tests.analytics.world import DAY, NOON, World, at


def figures(db: Connection, day: date = DAY) -> dict[str, Any]:
    """Every row that the day has, after counting it."""
    read_postings(db)
    compute(db, day)
    db.commit()
    return {
        table: db.execute(f'select t::text as row from figures.{table} t where day = %s order by t::text collate "C"', (day,)).fetchall()
        for table in TABLES
    }


def shown(db: Connection, view: str, **where: Any) -> list[dict[str, Any]]:
    """Rows of a view on the day."""
    rows = db.execute(f"select * from analytics.{view} where day = %s order by 1, 2, 3", (DAY,)).fetchall()
    return [row for row in rows if all(row[name] == value for name, value in where.items())]


def way_of_one_application(world: World) -> None:
    """Ann saw three jobs, matched two, applied for one, and was invited."""
    postings = [world.posting(at(-3)), world.posting(at(-3)), world.posting(at(0))]
    jobs = [world.job(posting) for posting in postings]
    world.person("ann", at(-10))
    world.match("ann", jobs[0], at(-2))
    world.match("ann", jobs[1], at(0))
    sent = world.application("ann", jobs[0], at(-2) + timedelta(hours=2), "approved", "submitting", "submitted")
    world.answered(sent, "interview", at(0))


def test_the_funnel_counts_pairs_that_came_to_each_stage_and_how_long_it_took(db: Connection, world: World) -> None:
    way_of_one_application(world)
    figures(db)
    funnel = {row["stage"]: row for row in shown(db, "funnel")}
    assert {stage: row["reached"] for stage, row in funnel.items()} == {
        "seen": 3, "matched": 2, "approved": 1, "submitted": 1, "viewed": 1, "interview": 1, "offer": 0,
    }  # fmt: skip
    assert {stage: row["on_day"] for stage, row in funnel.items() if row["on_day"]} == {
        "seen": 1,
        "matched": 1,
        "viewed": 1,
        "interview": 1,
    }
    assert (funnel["approved"]["out_of"], funnel["approved"]["rate"]) == (2, 0.5)
    assert funnel["approved"]["rate_low"] == pytest.approx(0.0945, abs=1e-4)  # Wilson, 1 of 2
    assert funnel["approved"]["rate_high"] == pytest.approx(0.9055, abs=1e-4)
    times = {row["stage"]: (row["n"], row["hours_median"]) for row in shown(db, "funnel_time")}
    assert times["matched"] == (2, 48.0)  # 24 and 72 hours
    assert times["approved"] == (1, 3.0)
    assert times["viewed"] == (1, 43.0)


def test_every_person_has_a_funnel_of_their_own(db: Connection, world: World) -> None:
    way_of_one_application(world)
    world.person("bob", at(-1))
    figures(db)
    rows = db.execute("select person_id, array_agg(reached order by step) as way from figures.funnel group by 1 order by 1").fetchall()
    assert {row["person_id"]: row["way"] for row in rows} == {
        "": [6, 2, 1, 1, 1, 1, 0],
        "ann": [3, 2, 1, 1, 1, 1, 0],
        "bob": [3, 0, 0, 0, 0, 0, 0],
    }


def test_who_was_erased_is_counted_among_everybody_and_nowhere_by_name(db: Connection, world: World) -> None:
    way_of_one_application(world)
    figures(db)
    privacy.erase(db, "ann")
    figures(db)
    rows = db.execute("select person_id, array_agg(reached order by step) as way from figures.funnel group by 1").fetchall()
    assert {row["person_id"]: row["way"] for row in rows} == {"": [1, 1, 1, 1, 1, 1, 0]}


def test_what_happens_later_never_changes_a_day(db: Connection, world: World) -> None:
    way_of_one_application(world)
    first, second = world.posting(at(-1)), world.posting(at(-0.5), "indeed")
    world.ran(at(0))
    before = figures(db)
    later = at(1)
    db.execute(
        "update posting set title = 'Nurse', description = 'Python', content_hash = 'new', changed_at = %s, last_seen_at = %s",
        (later, later),
    )
    world.posting(later)
    merged = world.merged(later, first, second)
    world.insert("quarantine", job_id=merged, rule="r", severity="error", reason="x", fix="x", quarantined_at=later)
    db.execute("update match set score = 0.99, matched_at = %s", (later,))
    (application,) = db.execute("select id from application").fetchall()
    world.answered(application["id"], "offer", later)
    world.person("cleo", later)
    world.ran(later)
    assert figures(db) == before
    assert figures(db, DAY + timedelta(days=1)) != before


def test_days_counted_again_in_any_order_have_identical_rows(db: Connection, world: World) -> None:
    way_of_one_application(world)
    for number in range(40):
        world.posting(at(-(number % 9)), skills_board(number), salary_min=50_000 + number, salary_currency="EUR", salary_interval="year")
    days = [DAY - timedelta(days=back) for back in range(5)]
    forwards = {day: figures(db, day) for day in days}
    assert {day: figures(db, day) for day in reversed(days)} == forwards
    assert all(forwards[day]["week"] for day in days)


def skills_board(number: int) -> str:
    return "indeed" if number % 3 else "linkedin"


def test_a_board_is_judged_by_its_new_jobs_and_by_what_they_cost(db: Connection, world: World) -> None:
    known = world.posting(at(-2))
    repeat, bad, *_good = (world.posting(at(0), "indeed", posted_at=at(0) - timedelta(hours=hours)) for hours in (1, 2, 3, 4))
    world.merged(at(0), known, repeat)
    world.insert("quarantine", job_id=world.job(bad), rule="r", severity="error", reason="x", fix="x", quarantined_at=at(0))
    world.ran(at(0), "indeed", cards=9, rejected=1, requests=6, seconds=3)
    world.ran(at(0), "indeed", outcome="Blocked", cards=0, requests=1, seconds=1)
    world.ran(at(-1), "indeed", cards=50)
    figures(db)
    (yields,) = shown(db, "board_yield", board="indeed")
    assert (yields["searches"], yields["failed"], yields["cards"], yields["rejected"]) == (2, 1, 9, 1)
    assert (yields["n"], yields["useful"], yields["rate"]) == (4, 2, 0.5)
    assert [shown(db, view, board="indeed")[0]["rate"] for view in ("board_duplicates", "board_quarantine")] == [0.25, 0.25]
    (cost,) = shown(db, "board_cost", board="indeed")
    assert (cost["requests_per_job"], cost["seconds_per_job"]) == (3.5, 2.0)
    (fresh,) = shown(db, "board_freshness", board="indeed")
    assert (fresh["n"], fresh["hours_median"]) == (4, 2.5)


def test_a_job_that_was_split_again_counts_as_it_was_known_on_each_day(db: Connection, world: World) -> None:
    first, second = world.posting(at(-2)), world.posting(at(-1), "indeed")
    world.merged(at(-1), first, second)
    figures(db)
    assert _jobs(db) == 1
    own = world.job(second)
    db.execute("update posting set job_id = %s where id = %s", (own, second["id"]))
    db.execute("update figures.placement set since = %s where posting_id = %s and since = now()", (at(1), second["id"]))
    figures(db)
    assert _jobs(db) == 1
    figures(db, DAY + timedelta(days=1))
    assert _jobs(db, DAY + timedelta(days=1)) == 2


def _jobs(db: Connection, day: date = DAY) -> int:
    row = db.execute("select jobs from figures.week where day = %s and dimension = 'jobs'", (day,)).fetchone()
    return int(row["jobs"]) if row else 0


def test_the_catalogues_merges_are_kept_with_their_time(db: Connection, world: World) -> None:
    same = {"title": "Senior Data Engineer", "company": "Northwind Freight", "location": "Berlin, Germany"}
    postings = [world.posting(at(0), board, **same) for board in ("linkedin", "indeed")]
    alone = world.posting(at(0), title="Nurse", company="Clinic", location="Leeds")
    aggregate(db)
    ids = {row["id"]: row["job_id"] for row in db.execute("select id, job_id from posting").fetchall()}
    assert ids[postings[0]["id"]] == ids[postings[1]["id"]]
    (kept,) = db.execute("select * from figures.placement").fetchall()
    assert kept["job_id"] == ids[kept["posting_id"]]
    assert kept["posting_id"] != alone["id"]
    read_postings(db)
    owns = db.execute("select own_job_id from figures.posting where posting_id = %s", (alone["id"],)).fetchone()
    assert owns == {"own_job_id": ids[alone["id"]]}


def test_what_was_mended_in_quarantine_was_still_in_it_on_the_day(db: Connection, world: World) -> None:
    job = world.job(world.posting(at(0)))
    world.insert("quarantine", job_id=job, rule="r", severity="error", reason="x", fix="x", quarantined_at=at(0))
    db.execute("delete from quarantine")
    db.commit()
    figures(db)
    assert shown(db, "board_quarantine")[0]["quarantined"] == 1


def test_demand_counts_jobs_not_postings_and_compares_shares(db: Connection, world: World) -> None:
    for number in range(30):
        world.posting(at(-10), title="Data Engineer", description="Python and SQL" if number < 3 else "SQL")
    for number in range(60):
        world.posting(at(-2), title="Data Engineer (remote)", description="Python and SQL" if number < 30 else "SQL")
    world.merged(at(-2), world.posting(at(-2), description="Python"), world.posting(at(-2), "indeed", description="Python"))
    figures(db)
    (python,) = shown(db, "demand_skill", value="Python")
    assert (python["jobs"], python["total"], python["jobs_before"], python["total_before"]) == (31, 61, 3, 30)
    assert python["ratio"] == pytest.approx((31 / 61) / (3 / 30))
    assert 1 < python["ratio_low"] < python["ratio"] < python["ratio_high"]
    (sql,) = shown(db, "demand_skill", value="SQL")
    assert sql["ratio"] == pytest.approx(60 / 61)  # twice as many, of twice as many jobs
    assert {row["value"]: row["jobs"] for row in shown(db, "remote_share")} == {"remote": 60, "not said": 1}
    assert [row["value"] for row in shown(db, "demand_place")] == ["Berlin, Germany"]


def test_the_three_largest_changes_are_named_only_beyond_chance(db: Connection, world: World) -> None:
    for number in range(100):
        world.posting(at(-10), title="Data Engineer", description="SQL")
        world.posting(at(-2), title="Nurse" if number < 50 else "Data Engineer", description="SQL and Python" if number < 70 else "SQL")
    figures(db)
    changes = shown(db, "change")
    assert [(row["place"], row["dimension"], row["value"]) for row in changes] == [
        (1, "skill", "Python"), (2, "title", "registered nurse"), (3, "title", "data engineer"),
    ]  # fmt: skip
    assert changes[0]["z"] > changes[1]["z"] > 0 > changes[2]["z"]
    assert (changes[0]["ratio"], changes[0]["ratio_high"]) == (None, None), "nothing the week before: no upper end"
    assert changes[0]["ratio_low"] > 10
    db.execute("truncate posting cascade")
    db.execute("truncate figures.posting")
    for number in range(100):
        world.posting(at(-10 if number % 2 else -2), description="SQL and Python" if number < 50 else "SQL")
    figures(db)
    assert shown(db, "change") == []


def test_a_first_week_is_no_change(db: Connection, world: World) -> None:
    for _ in range(40):
        world.posting(at(-1), description="SQL")
    figures(db)
    assert shown(db, "change") == []


def test_salaries_are_a_years_with_their_sample_size(db: Connection, world: World) -> None:
    paid = {"salary_currency": "EUR", "salary_interval": "month"}
    for amount in (4000, 4500, 5000, 5500, 6000):
        world.posting(at(-1), salary_min=amount, salary_max=amount + 1000, **paid)
    world.posting(at(-1), salary_min=1, salary_currency="USD", salary_interval="year")
    world.posting(at(-1), salary_min=9_999, salary_interval="month")
    figures(db)
    rows = {(row["currency"], row["dimension"], row["value"]): row for row in shown(db, "salary")}
    assert {key[0] for key in rows} == {"EUR"}
    everything = rows["EUR", "all", "all"]
    assert (everything["n"], everything["p10"], everything["p50"], everything["p90"]) == (5, 12 * 4700, 12 * 5500, 12 * 6300)
    assert rows["EUR", "country", "Germany"]["n"] == 5


def test_scores_are_held_against_what_became_of_applications(db: Connection, world: World) -> None:
    world.person("ann", at(-60))
    for number, (score, status) in enumerate([(0.91, "interview"), (0.92, "offer"), (0.93, "rejected"), (0.72, "declined"), (0.73, None)]):
        sent = world.application("ann", f"j{number}", at(-40), "approved", "submitting", "submitted", score=score)
        if status:
            world.answered(sent, status, at(-5))
    world.application("ann", "fresh", at(-3), "approved", "submitting", "submitted", score=0.95)
    world.match("ann", "m1", at(0), score=0.7)
    world.match("ann", "m2", at(-1), score=1.0)
    figures(db)
    known = {row["bucket"]: (row["n"], row["invited"]) for row in shown(db, "calibration") if row["n"]}
    assert known == {14: (2, 0), 18: (3, 2)}
    (auc,) = shown(db, "score_auc")
    assert auc["auc"] == pytest.approx((2 * 2 + 2 * 0.5) / (2 * 3))
    assert {row["score_from"]: (row["on_day"], row["n"]) for row in shown(db, "match_score") if row["n"]} == {0.7: (1, 1), 0.95: (0, 1)}


def test_a_day_without_anything_has_figures_of_nothing(db: Connection) -> None:
    assert [row["reached"] for row in _funnel(db)] == [0] * 7


def _funnel(db: Connection) -> list[dict[str, Any]]:
    figures(db)
    return shown(db, "funnel")


def test_a_day_that_is_not_over_is_refused() -> None:
    with pytest.raises(InvalidInput, match="is not over"):
        check_finished(DAY, datetime(2026, 11, 10, 23, 59, tzinfo=UTC))
    assert check_finished(DAY, datetime(2026, 11, 11, tzinfo=UTC)) == DAY


@pytest.mark.parametrize(("asked", "hour", "day"), [(None, 0, 9), ("2026-11-10", 0, 10), ("today", 23, 10), ("2026-11-01", 5, 1)])
def test_a_run_is_about_yesterday_or_the_day_it_was_asked_for(asked: str | None, hour: int, day: int) -> None:
    assert the_day(asked, None, NOON.replace(hour=hour)) == DAY.replace(day=day)


@pytest.mark.parametrize("asked", ["2026-11-11", "2999-01-01", "2026-02-30", "tomorrow"])
def test_a_day_that_has_not_begun_or_is_none_is_refused(asked: str) -> None:
    with pytest.raises(InvalidInput, match=r"has not begun|is no day"):
        the_day(asked, None, NOON)


def test_today_counts_what_happened_so_far_and_leaves_nothing_behind(db: Connection, world: World) -> None:
    for hours in (-3, -1, 5):
        world.posting(NOON + timedelta(hours=hours))
    read_postings(db)
    db.commit()
    with figures_of_day(db, DAY, NOON):
        assert [row["n"] for row in shown(db, "board_yield")] == [2]
        assert shown(db, "change") == []
    db.commit()
    assert {table: db.execute(f"select count(*) from figures.{table}").fetchone() for table in TABLES} == {  # type: ignore[arg-type]
        table: {"count": 0} for table in TABLES
    }


def test_counting_today_changes_nothing_of_what_the_whole_day_is_later(db: Connection, world: World) -> None:
    way_of_one_application(world)
    for hours in (-3, 5):
        world.posting(NOON + timedelta(hours=hours), description="Python")
    read_postings(db)
    compute(db, DAY)
    alone = {table: db.execute(f"select * from figures.{table}").fetchall() for table in TABLES}  # type: ignore[arg-type]
    with figures_of_day(db, DAY, NOON):
        pass
    with figures_of_day(db, DAY):
        assert [row["n"] for row in shown(db, "board_yield")] == [row["postings"] for row in alone["board"]]
    compute(db, DAY)
    assert {table: db.execute(f"select * from figures.{table}").fetchall() for table in TABLES} == alone  # type: ignore[arg-type]


def test_a_wording_is_read_once_and_a_killed_run_goes_on(db: Connection, world: World) -> None:
    world.posting(at(0), title="Senior Nurse", location="Lyon, France", description="First aid and MS Excel")
    assert read_postings(db) == 1
    assert read_postings(db) == 0
    db.execute("update posting set title = 'Nurse', content_hash = 'other', changed_at = changed_at + interval '2 days'")
    assert read_postings(db) == 1
    rows = db.execute("select * from figures.posting order by known_at").fetchall()
    assert [(row["seniority"], row["country"], row["place"]) for row in rows] == [
        ("senior", "France", "Lyon, France"),
        (None, "France", "Lyon, France"),
    ]
    assert "Excel" in " ".join(rows[0]["skills"])


def test_a_report_that_names_no_day_is_of_the_newest_that_is_over_and_has_figures_else_of_today(db: Connection) -> None:
    now = datetime.now(UTC)
    assert newest_day(db, now) == now.date()
    for days in (3, 5):
        compute(db, now.date() - timedelta(days=days))
    assert newest_day(db, now) == now.date() - timedelta(days=3)


def test_intervals_of_shares_are_wilsons(db: Connection) -> None:
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
        (20, 20): (0.8389, 1.0),
    }
    for (hits, cases), ends in published.items():  # Newcombe, Statistics in Medicine 17, 1998, table I, method 3
        row = db.execute("select figures.low(%(k)s, %(n)s) as low, figures.high(%(k)s, %(n)s) as high", {"k": hits, "n": cases}).fetchone()
        assert row is not None
        assert (round(row["low"], 4), round(row["high"], 4)) == ends
    assert db.execute("select figures.low(0, 0) as low, figures.high(0, 0) as high").fetchone() == {"low": None, "high": None}


def test_intervals_of_ratios_hold_the_true_ratio_nineteen_times_of_twenty(db: Connection) -> None:
    chance = default_rng(7)
    for rate, before, exposure, exposure_before in ((30, 30, 1000, 1000), (90, 20, 3000, 1000), (8, 6, 500, 400)):
        truth = (rate / exposure) / (before / exposure_before)
        draws = {"a": chance.poisson(rate, 4000).tolist(), "b": chance.poisson(before, 4000).tolist(), "e": exposure, "f": exposure_before}
        row = db.execute(
            """
            select avg((coalesce(figures.ratio(figures.low(a, a + b), %(e)s, %(f)s), 0) <= %(truth)s
                        and coalesce(figures.ratio(figures.high(a, a + b), %(e)s, %(f)s), 'infinity') >= %(truth)s)::int)::float8 as held
            from unnest(%(a)s::int[], %(b)s::int[]) d (a, b)
            """,
            {**draws, "truth": truth},
        ).fetchone()
        assert row is not None
        assert 0.93 <= row["held"] <= 0.98
