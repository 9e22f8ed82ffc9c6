"""How long the daily figures take over a million postings.

    make bench ONLY=analytics OPTIONS="[--quick] [--postings 1000000] [--report FOLDER]"

Starts a Postgres of its own and lets it invent 30 days: postings on six boards with texts of about 900 characters (a seventh tell of a job
that another had told, one in fifty is in quarantine, two in five name a salary), 1,000 people, 60,000 matches, 20,000 applications. The
facts of all days but the last are there, as each day's run left them. Then runs what the DAG ``analytics`` runs for the last day: reading
the new postings, the figures, the report; and the figures again, to see that the rows are the same. ``--report``: keeps the page.

Fails when the daily run takes more than 60 s, or the second time gives other rows. ``--quick``: 60,000 postings.
"""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from local.processes.postgres import Postgres
from rolecall.analytics.figures import TABLES, compute
from rolecall.analytics.posting_facts import read_postings
from rolecall.analytics.report import report
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.store import Connection, connect, migrate
from tests.conftest import free_port, running

LIMIT = 60.0
"""Seconds for the daily run over a million postings."""

DAY = date(2026, 11, 10)
DAYS = 30
TITLES = (
    "Data Engineer", "Software Engineer", "Registered Nurse", "Sales Manager", "Accountant", "Project Manager", "Electrician", "Teacher",
    "Product Manager", "DevOps Engineer", "Truck Driver", "Graphic Designer", "Business Analyst", "Chef", "Data Analyst", "Storekeeper",
)  # fmt: skip
PLACES = (
    "Berlin, Germany",
    "Leeds, United Kingdom",
    "Lyon, France",
    "Austin, TX, United States",
    "Toronto, ON, Canada",
    "Madrid, Spain",
    "Munich, Germany",
)
BOARDS = ("linkedin", "indeed", "glassdoor", "greenhouse", "lever", "remotive")

POSTINGS = """
insert into posting (board, external_id, url, title, company, location, posted_at, description, salary_min, salary_max, salary_currency,
                     salary_interval, raw, content_hash, first_seen_at, last_seen_at, changed_at)
select board, n::text, 'https://jobs.example/' || n, title || case when r < 0.15 then ' (Remote)' else '' end, 'Company ' || n %% 9000,
       (%(places)s::text[])[1 + floor(random() * random() * 7)], seen_at - random() * random() * interval '9 days',
       -- the later the day, the more of the first skill
       'We look for somebody who knows ' || array_to_string((%(skills)s::text[])[s : s + 6], ', ')
           || case when r < 0.1 + late * 0.006 then ', Python' else '' end || '. '
           || repeat('You work with people who care about what they do, and you have a say in how it is done. ', 9),
       case when n %% 5 < 2 then pay end, case when n %% 5 < 2 then pay * 1.2 end, case when n %% 5 < 2 then 'EUR' end,
       case when n %% 5 < 2 then 'year' end, '{}', md5(n::text), seen_at, seen_at, seen_at
from (
    select n, seen_at, r, board, title, 1 + floor(random() * random() * 120)::int as s,
           30000 + 2500 * which + round(random() * 30000) as pay,
           extract(day from seen_at - %(first)s)::int as late
    from (
        select n, %(first)s + (n::float8 / %(postings)s) * %(days)s * interval '1 day' as seen_at, random() as r,
               1 + floor(random() * random() * 16)::int as which, (%(boards)s::text[])[1 + floor(random() * random() * 6)] as board
        from generate_series(0, %(postings)s - 1) n
    ) g, lateral (select (%(titles)s::text[])[which] as title) t
) p
"""

FACTS = """
insert into figures.posting
select id, changed_at, md5(content_hash)::uuid, board, first_seen_at,
       figures.own_job(board, external_id), posted_at,
       lower(replace(title, ' (Remote)', '')),
       string_to_array(split_part(split_part(description, '. ', 1), 'who knows ', 2), ', '), location, split_part(location, ', ', -1),
       case when title like '%%(Remote)' then 'remote' end, null, (salary_min + salary_max) / 2, salary_currency
from posting where first_seen_at < %(last)s
"""

MERGES = """
insert into figures.placement (posting_id, since, job_id)
select id, lead_at + interval '1 minute', 'm' || n / 2
from (select id, first_seen_at, row_number() over (order by id) as n,
             max(first_seen_at) over (order by id rows between 1 preceding and 1 following) as lead_at
      from posting where id %% 7 < 2) p
"""

SPANS = """
insert into figures.quarantine_span (job_id, rule, since)
select figures.own_job(board, external_id), 'r', first_seen_at
from posting where id %% 50 = 0
"""

PEOPLE = """
insert into person (id, name, email, created_at)
select 'p' || n, 'Person ' || n, 'p' || n || '@example.org', %(first)s - interval '20 days' + n * interval '30 minutes'
from generate_series(1, 1000) n
"""

MATCHES = """
insert into figures.first_match (person_id, source, job_id, score, matched_at)
select 'p' || 1 + n %% 1000, 'linkedin', 'k' || n, round((0.7 + 0.3 * random() * random())::numeric, 3),
       %(first)s - interval '30 days' + (n / 60000.0) * interval '60 days'
from generate_series(0, 59999) n
"""

APPLICATIONS = """
insert into application (id, person_id, job_key, job_id, source, cv_id, cv_sha256, person_email, title, company, score,
                         idempotency_key, run_id, state, created_at)
select gen_random_uuid(), person_id, job_id, job_id, source, 'cv', 'x', '', 't', 'c', score, job_id, 'r', 'submitted',
       matched_at + random() * interval '9 hours'
from figures.first_match where hashtext(job_id) %% 3 = 0
"""

EVENTS = """
insert into application_event (application_id, from_state, to_state, reason, at)
select id, null, s.state, '', created_at + s.after * random() * interval '1 hour'
from application a, lateral (values ('planned', 0), ('approved', 20), ('submitted', 40)) s (state, after)
where s.state <> 'submitted' or a.score > 0.72
"""

NEWS = """
insert into figures.employer_news (application_id, status, at)
select id, status, created_at + interval '3 days' * (1 + random())
from (
    select id, created_at, case when luck < (score - 0.65) * 0.5 then 'interview' when luck < (score - 0.65) * 1.1 then 'viewed'
                                when luck < 0.75 then 'rejected' end as status
    from (select id, created_at, score, random() as luck from application where score > 0.72) a
) b where status is not null
union all
select id, 'offer', created_at + interval '9 days' from application where score > 0.85 and hashtext(id::text) %% 12 = 0
"""

RUNS = """
insert into board_run (run_id, board, search, outcome, cards, landed, rejected, requests, seconds, finished_at)
select 'r' || d || '-' || h, board, 's', case when hashtext(board || d || h) %% 29 = 0 then 'Blocked' else 'ok' end,
       25 * w, 20 * w, w / 3, 6 * w, 9.5 * w, %(first)s + d * interval '1 day' + h * interval '6 hours'
from generate_series(0, %(days)s - 1) d, generate_series(1, 3) h, unnest(%(boards)s::text[]) with ordinality b (board, w)
"""


def fill(conn: Connection, postings: int, day: date = DAY) -> None:
    """Invents :data:`DAYS` days up to a day; the facts of all but the last are there, as if each day had been run."""
    until = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)
    skills = sorted(vocabulary().skills, key=lambda name: (len(name), name))[20:160]
    given = {
        "postings": postings, "days": DAYS, "first": until - timedelta(days=DAYS), "last": until - timedelta(days=1),
        "titles": list(TITLES), "places": list(PLACES), "boards": list(BOARDS), "skills": skills,
    }  # fmt: skip
    conn.execute("set session_replication_role = replica")  # no triggers: the rows are as those would have left them
    conn.execute("set statement_timeout = 0")
    conn.execute("select setseed(0.5)")
    for statement in (POSTINGS, FACTS, MERGES, SPANS, PEOPLE, MATCHES, APPLICATIONS, EVENTS, NEWS, RUNS):
        conn.execute(statement, given)
    conn.execute("set session_replication_role = default")
    conn.commit()
    conn.autocommit = True
    conn.execute("vacuum analyze")
    conn.autocommit = False
    conn.execute("set statement_timeout = '120s'")
    conn.commit()


def timed(what: str, work: Callable[[], Any]) -> tuple[Any, float]:
    """What it returns and its seconds, printed."""
    began, cpu = time.perf_counter(), time.process_time()
    value = work()
    took = time.perf_counter() - began
    print(f"  {what:<44} {took:7.1f} s   ({time.process_time() - cpu:5.1f} s of Python's CPU)")
    return value, took


def figures(conn: Connection) -> dict[str, list[Any]]:
    """Every row of the day."""
    statement = 'select t::text as row from figures.{} t where day = %s order by t::text collate "C"'
    return {table: conn.execute(statement.format(table), (DAY,)).fetchall() for table in TABLES}


def run(conn: Connection, postings: int, keep: Path | None) -> bool:
    """Fills, runs, compares; returns whether the bounds hold."""
    timed(f"inventing {postings:,} postings", lambda: fill(conn, postings))

    def counted() -> dict[str, int]:
        rows = compute(conn, DAY)
        conn.commit()
        return rows

    if keep:
        before = [DAY - timedelta(days=back) for back in range(27, 0, -1)]
        timed("the 27 days before, for the report", lambda: [compute(conn, day) for day in before])
    read, reading = timed("reading the day's new postings", lambda: read_postings(conn))
    rows, counting = timed("the day's figures", counted)
    drawn, drawing = timed("the report, page and PDF", lambda: report(conn, DAY))
    first = figures(conn)
    timed("the day's figures again", counted)
    same, total = figures(conn) == first, reading + counting + drawing
    sizes = f"page {len(drawn.html) / 1e3:.0f} kB, PDF {len(drawn.pdf) / 1e3:.0f} kB"
    print(f"\n  {read:,} postings read ({read / reading:,.0f}/s), rows: {rows}, {drawn.charts} charts, {sizes}")
    again = "identical rows" if same else "OTHER ROWS"
    print(f"  daily run: {total:.1f} s (bound: {LIMIT:.0f} s); the second time: {again}")
    if keep:
        print(f"  {drawn.store(keep)}")
    return total <= LIMIT and same


def main() -> int:
    """Returns 0 where the bounds hold."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--postings", type=int, default=1_000_000)
    options.add_argument("--report", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="rolecall-bench-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder) / "data", free_port(), secrets.token_hex(8), durable=False)
        server.prepare()
        with running(server.command, Path(folder) / "log", signal.SIGINT):
            wait(server.dsn("postgres"))
            with psycopg.connect(server.dsn("postgres"), autocommit=True) as admin:
                admin.execute("create database bench")
            migrate(server.dsn("bench"))
            with connect(server.dsn("bench"), name="bench") as conn:
                return 0 if run(conn, 60_000 if given.quick else given.postings, given.report) else 1


def wait(dsn: str) -> None:
    """Until the server answers, 30 s at most."""
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(dsn, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
