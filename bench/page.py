"""How long the page takes at the server with 100,000 jobs, 1,000 people and 10,000 applications.

    make bench ONLY=page OPTIONS="[--jobs 100000] [--people 1000] [--applications 10000] [--times 40] [--at-once 50]"

In one process, without a network: what is measured is the route, its queries and its template. Milliseconds; ``CPU`` is what the page and its
Postgres spent on one answer, whatever else the machine does.
"""

# ruff: noqa: E501  # rows made by SQL
from __future__ import annotations

import argparse
import logging
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
from fastapi.testclient import TestClient
from psycopg.rows import dict_row

from local.base.ports import is_free
from local.processes.postgres import Postgres
from rolecall.people.logins import make_login
from rolecall.store import connect, migrate
from rolecall.web.page_app import create_page_app

BOUND = 150.0
"""Milliseconds that 95 of 100 answers may take."""

FILL = """
set session_replication_role = replica;
insert into person (id, name, email, preferences)
select 'p' || n, 'Person ' || n, 'p' || n || '@example.com', '{"auto_apply": true, "applying": {"approval": true}}'
from generate_series(1, %(people)s) n;
insert into cv (id, person_id, data, sha256)
select 'cv' || n, 'p' || n, '{"text": "Data engineer. Python, SQL, Airflow.", "headline": "Data engineer", "skills": ["Python", "SQL"]}', 's'
from generate_series(1, %(people)s) n;
insert into job (id, merge_key, title, company, location, remote, description, url, source, content_hash, state, created_at,
                 salary_max, salary_interval)
select 'j' || lpad(n::text, 16, '0'), n::text,
       (array['Data engineer','Nurse','Sales manager','Teacher','Backend developer','Accountant'])[n %% 6 + 1] || ' ' || n %% 97,
       'Company ' || n %% 5000, (array['Berlin','London','Leeds','Paris','Madrid'])[n %% 5 + 1], (array['remote','hybrid','onsite'])[n %% 3 + 1],
       repeat('We look for somebody with Python and SQL. ', 40), 'https://board.example/' || n,
       (array['linkedin','indeed','glassdoor'])[n %% 3 + 1], n::text,
       (array['valid','valid','valid','warned','closed'])[n %% 5 + 1], now() - n * interval '20 seconds', 30000 + (n * 7919) %% 70000, 'year'
from generate_series(1, %(jobs)s) n;
insert into posting (board, external_id, url, title, raw, content_hash, aggregated_hash, job_id, last_seen_at)
select source, id, url, title, '{}', content_hash, content_hash, id, created_at from job;
insert into match (person_id, cv_id, source, job_id, score, can_auto_apply, already_applied, title, company, reasons)
select 'p' || p, 'cv' || p, job.source, job.id, 0.4 + (n %% 60) / 100.0, true, false, job.title, job.company,
       '[{"kind": "skill", "label": "Python", "verdict": "direct", "text": "Python is required, and in your CV", "weight": 0.3}]'
from generate_series(1, %(people)s) p cross join lateral generate_series(1, case when p = 1 then 500 else 60 end) n
join job on job.id = 'j' || lpad((((p * 7919 + n * 101) %% %(jobs)s) + 1)::text, 16, '0') on conflict do nothing;
insert into application (person_id, job_key, job_id, source, cv_id, cv_sha256, person_email, title, company, score, letter, state,
                         idempotency_key, run_id, approval_required, content_hash, created_at, submitted_at)
select m.person_id, m.job_id, m.job_id, m.source, m.cv_id, 's', 'x@example.com', m.title, m.company, m.score, repeat('Dear team. ', 60),
       (array['submitted','submitted','submitted','planned','uncertain','refused','cancelled'])[r %% 7 + 1], m.person_id || m.job_id, 'r',
       true, m.job_id,
       now() - r * interval '1 minute', now() - r * interval '1 minute'
from (select *, row_number() over (order by person_id <> 'p1', md5(person_id || job_id)) as r from match) m
where r <= %(applications)s;
insert into application_lock select person_id, job_key, id from application on conflict do nothing;
insert into application_event (application_id, to_state, reason) select id, state, 'bench' from application;
insert into approval (run_id, application_id, label, content_hash) select 'r', id, id::text, content_hash from application where state = 'planned';
insert into held_back (run_id, person_id, source, job_id, title, company, score, rule, reason)
select 'r' || person_id, person_id, source, job_id, title, company, score, 'below_threshold', 'the match score is below the threshold' from match where score < 0.7;
insert into figures.first_match select person_id, source, job_id, max(score), now() from match group by 1, 2, 3;
insert into board_run (run_id, board, search, outcome, cards) select 'r' || n, 'linkedin', 's' || n, 'ok', 20 from generate_series(1, 2000) n;
set session_replication_role = default;
"""

PATHS = (
    *("/", "/approve", "/applications", "/applications?state=submitted", "/applications?view=board", "/me", "/me/second-factor", "/flow"),
    *("/market", "/live", "/jobs?show=all&place=leeds", "/jobs?show=all&employer=company+4711&place=paris"),
    *("/jobs", "/jobs?q=data+engineer", "/jobs?least=80&remote=remote", "/jobs?show=all", "/jobs?show=saved", "/jobs?show=held"),
    *("/jobs?show=all&q=nurse+london", "/jobs?show=all&q=company+4711", "/jobs?show=all&q=nothing+like+this"),
    "/jobs?show=all&board=indeed&salary=90000",
)


def following_paths(http: TestClient) -> list[str]:
    """An application, the second page of jobs, and a job, as the pages link them."""
    one = re.search(r'href="(/applications/[\w-]+)"', http.get("/applications").text)
    following = re.search(r'href="(/jobs\?[^"]*after[^"]*)"', http.get("/jobs?show=all").text)
    job = re.search(r'href="(/jobs/j\w+)"', http.get("/jobs").text)
    return [found[1].replace("&amp;", "&") for found in (one, following, job) if found]


def cpu_of_children(pid: int) -> float:
    """Milliseconds of CPU that a process's children have spent; 0 where there is no ``/proc``."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(after[1]) == pid:
            ticks += int(after[11]) + int(after[12])
        elif stat.parent.name == str(pid):
            ticks += int(after[13]) + int(after[14])  # those that have ended
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def parent_of_backends(pid: int) -> int:
    """The server itself, below what may have started it as somebody else."""
    children = [
        int(stat.parent.name)
        for stat in Path("/proc").glob("[0-9]*/stat")
        if stat.read_text(encoding="utf-8").rpartition(")")[2].split()[1] == str(pid)
    ]
    return parent_of_backends(children[0]) if len(children) == 1 else pid


def measure(dsn: str, times: int, postgres: int) -> float:
    """Prints each path's milliseconds; the worst p95."""
    os.environ["ROLECALL_DSN"] = dsn
    from rolecall.endpoints import endpoints

    app = create_page_app(endpoints("rolecall_db"))
    worst = 0.0
    with TestClient(app, base_url="http://testserver", follow_redirects=False) as http:
        with connect(dsn) as conn:
            path = make_login(conn, "p1", base_url="http://testserver", operator=True).removeprefix("http://testserver")
        form = re.search(r'name="csrf" value="(\w+)"', http.get(path).text)
        http.post(path, data={"csrf": form[1] if form else ""})
        paths = sorted((*PATHS, *following_paths(http)), key=lambda one: one == "/market")  # last: it goes on drawing beside what follows
        for asked in paths:
            http.get(asked)
            found, own, theirs = list[float](), time.process_time(), cpu_of_children(postgres)
            for _ in range(times):
                began = time.perf_counter()
                answer = http.get(asked)
                found.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, (asked, answer.status_code)
            own = ((time.process_time() - own) * 1000 + cpu_of_children(postgres) - theirs) / times
            p95 = sorted(found)[max(0, int(len(found) * 0.95) - 1)]
            worst = max(worst, p95)
            said = f"median {statistics.median(found):6.1f}   p95 {p95:6.1f}   CPU {own:5.1f}"
            print(f"{asked[:60]:<62}{said}{'' if p95 <= BOUND else '   over the bound'}", flush=True)
    return worst


OWN_PATHS = ("/", "/jobs", "/jobs?show=all", "/approve", "/applications", "/me", "/live", "/jobs?q=data+engineer")
ROUNDS, AT_MOST = 2, 180.0
"""Times that each person opens every path; seconds after which no more is asked."""


READS = 5.0
"""Seconds that somebody looks at a page before they open the next one."""


def at_once(dsn: str, people: int, reads: float) -> None:
    """Prints how long pages take when so many people open them at once: the page in a process of its own, over loopback.

    :param reads: seconds between two pages of a person; 0: each asks as fast as it is answered
    """
    port = next(port for port in range(29_600, 29_700) if is_free(port))
    url, env = f"http://127.0.0.1:{port}", {**os.environ, "ROLECALL_DSN": dsn}
    links = []
    with connect(dsn) as conn:
        links = [make_login(conn, f"p{number}", base_url=url) for number in range(2, people + 2)]
    server = subprocess.Popen([sys.executable, "-m", "rolecall.web", "--port", str(port)], env=env, stdout=subprocess.DEVNULL)  # noqa: S603
    ends = time.monotonic() + AT_MOST
    found: list[tuple[str, float]] = []
    wrong: list[int] = []

    def come_in(link: str) -> httpx.Client:
        http = httpx.Client(base_url=url, timeout=30)
        form = re.search(r'name="csrf" value="(\w+)"', http.get(link).text)
        http.post(link, data={"csrf": form[1] if form else ""})
        return http

    def person(http: httpx.Client) -> None:
        time.sleep(reads * random.random())  # people do not open a page in step
        for path in OWN_PATHS * ROUNDS:
            if time.monotonic() > ends:
                return
            time.sleep(reads)
            began = time.perf_counter()
            answer = http.get(path)
            found.append((path, (time.perf_counter() - began) * 1000))
            if answer.status_code != 200:
                wrong.append(answer.status_code)

    try:
        while is_free(port) and time.monotonic() < ends:
            time.sleep(0.2)
        inside = [come_in(link) for link in links]  # one after the other: of one address few may try at once
        began = time.perf_counter()
        with ThreadPoolExecutor(people) as pool:
            list(pool.map(person, inside))
        took = time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(20)
    times = sorted(ms for _, ms in found)
    print(
        f"{people} people at once, {f'a page each {reads:g} s' if reads else 'each without a pause'}: {len(times):,} answers in {took:.1f} s ({len(times) / took:.0f} a second), "
        f"{len(wrong)} that were not 200; median {statistics.median(times):.0f}, p95 {times[int(len(times) * 0.95) - 1]:.0f} ms"
    )


def main() -> None:
    """Fills a database of its own, measures, prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, many in (("jobs", 100_000), ("people", 1_000), ("applications", 10_000), ("times", 40), ("at-once", 50)):
        parser.add_argument(f"--{name}", type=int, default=many)
    given = parser.parse_args()
    logging.disable(logging.INFO)
    port = next(port for port in range(29_500, 29_600) if is_free(port))
    with tempfile.TemporaryDirectory(prefix="rolecall-page-") as folder:
        server = Postgres(Path(folder) / "data", port, "bench", durable=False)
        server.prepare()
        process = subprocess.Popen(server.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            for _ in range(200):
                try:
                    with psycopg.connect(server.dsn("postgres"), autocommit=True) as admin:
                        admin.execute("create database rolecall")
                    break
                except psycopg.OperationalError:
                    time.sleep(0.1)
            migrate(server.dsn("rolecall"))
            began = time.perf_counter()
            with psycopg.connect(server.dsn("rolecall"), row_factory=dict_row, autocommit=True) as conn:
                for statement in FILL.split(";\n"):
                    if statement.strip():
                        conn.execute(statement, vars(given))  # type: ignore[arg-type]
                conn.execute("vacuum analyze")  # as autovacuum does: counts read from indexes alone
            print(
                f"filled in {time.perf_counter() - began:.0f} s: {given.jobs:,} jobs, {given.people:,} people, {given.applications:,} applications"
            )
            worst = measure(server.dsn("rolecall"), given.times, parent_of_backends(process.pid))
            print(f"worst p95 {worst:.1f} ms of {BOUND:.0f}")
            if given.at_once:
                for reads in (READS, 0.0):
                    at_once(server.dsn("rolecall"), given.at_once, reads)
        finally:
            process.terminate()
            process.wait(20)


if __name__ == "__main__":
    main()
