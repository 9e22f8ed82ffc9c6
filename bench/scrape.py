"""What scraping costs: own CPU per 1,000 further cards against n8n's, and memory over a long crawl.

    make bench ONLY=scrape OPTIONS="[--quick] [--full]"

A board in LinkedIn's markup (25 cards a page, invented) and a platform that confirms bulk POSTs run in a process of their own; Postgres
is the stack's. What is measured is what `scrape_linkedin` does for it: fetch → land the raw answer → parse → land the postings → bulk
POST in batches, 201 and count checked. Each size runs in a fresh process; the slope between two sizes leaves out what starting costs.

The peer's figure is n8n 2.41.1 running the seed's workflow: 0.34 CPU s for 1,000 cards (40 pages, one bulk POST a page), the best of its
runs, own process, keeping nothing. Ours is given for the task's own process, as n8n's is, and with all of Postgres added.

``--full`` also crawls 100,000 cards and compares peak memory with 10,000. Ends with an error below the bounds: cheaper than n8n, memory
within a quarter.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import resource
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg

from bench.parse import invented
from local.processes.postgres import Postgres
from rolecall import boards
from rolecall.boards.base import Request
from rolecall.boards.deliver_jobs import deliver
from rolecall.boards.fetch import RequestBudget
from rolecall.boards.scrape import scrape
from rolecall.boards.sites.linkedin import FRAGMENT, LinkedIn
from rolecall.clients.platform_client import PlatformClient
from rolecall.models import SearchQuery
from rolecall.store import migrate
from tests.http_double import Answer, Call, http_double

N8N = 0.34
"""CPU seconds for 1,000 cards."""

CARDS = 25
SEARCH = 10_000
"""Cards of one search at most."""


class Endless(LinkedIn):
    """LinkedIn's pages without their end at the 1,000th card, and without detail pages, which n8n's workflow does not read."""

    has_details = False

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """One fragment after another."""
        return Request(f"{self.base(base_url)}{FRAGMENT}search?keywords={query.keywords}&start={seen}")


# ── the other side: a board and a platform ──────────────────────────────────────────────────────────────────


def serve() -> None:
    """Serves both on a free port, which it prints."""
    whole = invented(CARDS)
    page = whole[whole.index("<ul") :].removesuffix("</body></html>")

    def reply(call: Call) -> Answer:
        server.calls.clear()  # this one serves 100,000 cards
        if call.method == "POST":
            return Answer(201, {"count": len(call.json["jobs"])})
        if "start" not in call.query:
            return Answer(404)
        first = int(call.query["keywords"]) * SEARCH + int(call.query["start"])
        return Answer(body=re.sub(r"70000000(\d\d)", lambda found: str(7_000_000_000 + first + int(found[1])), page))

    with http_double(reply) as server:
        print(urlsplit(server.url).port, flush=True)
        threading.Event().wait()


# ── our side ────────────────────────────────────────────────────────────────────────────────────────────────


def crawl(dsn: str, url: str, cards: int) -> None:
    """Scrapes and delivers that many cards, as mapped tasks would one after another; prints what it cost."""
    boards.BOARDS["linkedin"] = Endless()
    landed = 0
    for number, start in enumerate(range(0, cards, SEARCH)):
        query = SearchQuery(keywords=str(number), max_results=min(SEARCH, cards - start))
        result = asyncio.run(
            scrape("linkedin", query, dsn=dsn, run_id=f"bench{cards}", base_url=url, budget=RequestBudget(requests=10**6, seconds=3600))
        )
        assert result.outcome == "ok", result
        landed += result.landed
    with PlatformClient(url, "t") as platform:
        delivered = deliver(dsn, platform, "linkedin", run_id=f"bench{cards}").count
    assert landed == delivered == cards, (landed, delivered)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)}))


class Bench:
    """A Postgres and the other side, for the length of the block."""

    def __enter__(self) -> Bench:
        self._folder = tempfile.TemporaryDirectory(prefix="rolecall-bench-", ignore_cleanup_errors=True)
        folder = Path(self._folder.name)
        server = Postgres(folder / "data", _free_port(), secrets.token_hex(8), durable=False)
        server.prepare()
        self._log = (folder / "log").open("wb")
        self._postgres = subprocess.Popen(server.command, stdout=self._log, stderr=subprocess.STDOUT)  # noqa: S603
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(server.dsn("postgres"), connect_timeout=2).close()
                break
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self._server = server
        self._other = subprocess.Popen([sys.executable, "-m", "bench.scrape", "--serve"], stdout=subprocess.PIPE, text=True)
        port = self._other.stdout.readline().strip() if self._other.stdout else ""
        self._url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self._other, self._postgres):
            process.terminate()
            process.wait(30)
        self._log.close()
        self._folder.cleanup()

    def run(self, cards: int) -> dict[str, float]:
        """One crawl in a fresh database and process: own CPU s, Postgres' CPU s, peak MB, wall s."""
        name = f"b_{secrets.token_hex(4)}"
        with psycopg.connect(self._server.dsn("postgres"), autocommit=True) as admin:
            admin.execute(f"create database {name}")
            migrate(self._server.dsn(name))
            before, began = self._database_cpu(), time.monotonic()
            command = [sys.executable, "-m", "bench.scrape", "--crawl", str(cards), self._server.dsn(name), self._url]
            told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout  # noqa: S603
            wall, after = time.monotonic() - began, self._database_cpu()
            admin.execute(f"drop database {name} with (force)")
        return {**json.loads(told), "database": after - before, "wall": wall}

    def _database_cpu(self) -> float:
        """CPU seconds of the server, its living and its ended children."""
        server = psutil.Process(self._postgres.pid)
        times = [server.cpu_times(), *(child.cpu_times() for child in server.children())]
        return sum(one.user + one.system for one in times) + times[0].children_user + times[0].children_system


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Prints a table and one JSON line; exits with 1 below the bounds."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="one round, 1,000 and 4,000 cards")
    options.add_argument("--full", action="store_true", help="also the crawl of 100,000 cards")
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--crawl", nargs=3, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve:
        serve()
    elif given.crawl:
        crawl(given.crawl[1], given.crawl[2], int(given.crawl[0]))
    else:
        sys.exit(measure(quick=given.quick, full=given.full))


def measure(*, quick: bool, full: bool) -> int:
    """Runs both sizes in turns and prints what came out; 0 if all is within its bounds."""
    small, large = (1_000, 4_000) if quick else (2_000, 12_000)
    with Bench() as bench:
        rounds = [{size: bench.run(size) for size in (small, large)} for _ in range(1 if quick else 3)]
        peaks = {size: bench.run(size)["peak_mb"] for size in ((10_000, 100_000) if full else ())}
    median = {size: {name: statistics.median(one[size][name] for one in rounds) for name in rounds[0][size]} for size in (small, large)}
    print(f"{'cards':>8} {'own CPU s':>10} {'Postgres CPU s':>15} {'wall s':>8} {'peak MB':>8}")
    for size, row in median.items():
        print(f"{size:>8,} {row['cpu']:>10.2f} {row['database']:>15.2f} {row['wall']:>8.1f} {row['peak_mb']:>8.0f}")
    per_thousand = (large - small) / 1000
    own = (median[large]["cpu"] - median[small]["cpu"]) / per_thousand
    database = (median[large]["database"] - median[small]["database"]) / per_thousand
    print(f"CPU s per 1,000 further cards: {own:.3f} own, {own + database:.3f} with Postgres; n8n {N8N} in its own process")
    print(f"n8n needs {N8N / own:.2f} times as much CPU; {N8N / (own + database):.2f} times, with all of Postgres on our side")
    if peaks:
        print("peak memory: " + ", ".join(f"{peak:.0f} MB after {size:,} cards" for size, peak in peaks.items()))
    flat = not peaks or peaks[100_000] < peaks[10_000] * 1.25
    facts = {"own": round(own, 4), "with_postgres": round(own + database, 4), "ratio": round(N8N / own, 2)}
    print(json.dumps({**facts, "peak_mb": peaks}))
    return 0 if own < N8N and flat else 1


if __name__ == "__main__":
    main()
