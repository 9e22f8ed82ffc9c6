"""Seconds and memory of the catalog: 100,000 postings at once, and 1,000 new ones into a catalog of 1,000,000.

    make bench ONLY=catalog_speed OPTIONS="[--postings 1000000] [--quick]"


1. ``cluster`` over 100,000 postings in memory: at most 60 s and 2 GB (peak of the process).
2. ``aggregate`` in Postgres: 20,000 postings are put into jobs, then copied with their jobs and keys by SQL, under other names, until the
   catalog has 1,000,000. Then 1,000 new ones come in, half of them about jobs that are there: at most 5 s. The server is one of its own
   with the settings of the embedded stack.

Exits 1 above a bound. ``--quick``: 20,000 postings in memory (bounds in proportion), a catalog of 100,000.
"""

# ruff: noqa: E501  # columns

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import psycopg

from bench.adset import build
from local.processes.postgres import throwaway_database
from rolecall.boards.landing import land
from rolecall.catalog import aggregate, cluster
from rolecall.models import JobPosting
from rolecall.store import connect, migrate

SECONDS, GIGABYTES, NEW_SECONDS = 60.0, 2.0, 5.0
NEW = 1_000
FIRST = 20_000


def postings() -> Iterator[JobPosting]:
    """Ads without end: sets of 1,200 jobs, each of employers of its own."""
    seed = 0
    while True:
        seed += 1
        yield from build("tune" if seed % 2 else "held", seed=seed, group=f" {seed}").postings


def in_memory(many: int) -> tuple[float, float, float, int]:
    """Seconds, seconds of CPU, gigabytes at the peak of the process, and jobs."""
    given = list(islice(postings(), many))
    began, busy = time.perf_counter(), time.process_time()
    jobs = len(cluster(given))
    return time.perf_counter() - began, time.process_time() - busy, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, jobs


@contextmanager
def server() -> Iterator[str]:
    """A migrated database on a Postgres of its own."""
    with throwaway_database() as dsn:
        migrate(dsn)
        yield dsn


COPIES = """
with copies as (select generate_series(1, %(times)s) as copy), jobs as (
    insert into job (id, merge_key, title, company, location, city, region, country, remote, posted_at, description, url, source, content_hash)
    select id || '-' || copy, merge_key || ' ' || copy, title, company || ' ' || copy, location, city, region, country, remote, posted_at,
           description, url, source, content_hash
    from job cross join copies where merged_into is null
), postings as (
    insert into posting (board, external_id, url, title, company, location, city, region, country, remote, posted_at, description, apply_url,
        raw, content_hash, merge_key, job_id, aggregated_hash, text_hash, requisition)
    select board, external_id || '-' || copy, url, title, company || ' ' || copy, location, city, region, country, remote, posted_at,
           description, apply_url, raw, content_hash, merge_key || ' ' || copy, job_id || '-' || copy, content_hash, text_hash, requisition
    from posting cross join copies
    returning id, board, external_id
)
insert into posting_key (key, posting_id)
select hashint8extended(k.key, copy), copied.id
from posting p join posting_key k on k.posting_id = p.id cross join copies
join postings copied on copied.board = p.board and copied.external_id = p.external_id || '-' || copy
"""


def in_postgres(many: int) -> tuple[float, float, float]:
    """Seconds to put the first postings into jobs, to fill the catalog, and to place 1,000 new ones, half of them about jobs that are there."""
    source = postings()
    batch = list(islice(source, FIRST + NEW // 2))
    random.Random(7).shuffle(batch)
    known, new = batch[:FIRST], [*batch[FIRST:], *islice(source, NEW // 2)]
    with server() as dsn, connect(dsn, name="bench") as conn:
        land(conn, known)
        began = time.perf_counter()
        aggregate(conn)
        conn.commit()
        first = time.perf_counter() - began
        conn.execute("set statement_timeout = 0")
        conn.execute(COPIES, {"times": many // FIRST - 1})
        conn.commit()
        with psycopg.connect(dsn, autocommit=True) as admin:
            admin.execute("vacuum analyze")
            admin.execute("checkpoint")  # a catalog at rest: what filling it left to write is not the run's
        filled = time.perf_counter() - began
        land(conn, new)
        conn.commit()
        began = time.perf_counter()
        done = aggregate(conn)
        conn.commit()
        seconds = time.perf_counter() - began
        if done.postings != len(new):
            raise AssertionError(f"{done.postings} of {len(new)} new postings were placed")
    return first, filled, seconds


def main() -> int:
    """Prints a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--postings", type=int, default=1_000_000, help="size of the catalog in Postgres")
    options.add_argument("--quick", action="store_true")
    given = options.parse_args()
    many, catalog = (20_000, 100_000) if given.quick else (100_000, given.postings)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    seconds, busy, gigabytes, jobs = in_memory(many)
    allowed = SECONDS * many / 100_000
    print(f"  {many:>9,} postings in memory: {jobs:,} jobs in {seconds:.1f} s (at most {allowed:.0f}), {busy:.1f} s of CPU,", end=" ")
    print(f"{gigabytes:.2f} GB (at most {GIGABYTES:.0f})", flush=True)
    first, filled, new = in_postgres(catalog)
    print(f"  {FIRST:>9,} postings in Postgres: put into jobs in {first:.1f} s")
    print(f"  {NEW:>9,} new ones into {catalog:,} (filled in {filled:.0f} s): {new:.2f} s (at most {NEW_SECONDS:.0f})")
    return 0 if seconds <= allowed and gigabytes < GIGABYTES and new <= NEW_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
