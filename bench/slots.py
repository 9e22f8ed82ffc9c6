"""Worker slots over time with 500 searches, 2,000 CVs and every board at once: who holds them, how many sleep, who waits.

    make bench ONLY=slots OPTIONS="[--seconds 600] [--quick]"

An embedded stack of its own, started and stopped here, with the product's settings (16 slots, its pools). Every board has its share of
500 searches; each board's address is a port of this machine under a name that is paced as a foreign host is. Boards whose format
is known here answer with invented openings, every other with an empty object, which its reader refuses by name: the turn was taken and
waited for all the same. 2,000 CVs are due; the AI service is the drills' receiver, which answers at once.

Looked at once a second, for so many seconds; the work is larger than that. *Asleep*: a search's task waits for its board's next turn.
Ends with 1 where more slots sleep than the pool of boards has, where the rest of the house was never given a slot, or where a list was
too long to be mapped over. ``--quick`` looks for four minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields

from rolecall.boards import BOARDS
from rolecall.maintenance.pools import POOLS
from rolecall.store import Connection, connect
from tests.boards.board_server import FakeBoard, linkedin_like
from tests.chaos.airflow import Stack, running_stack
from tests.chaos.receiver import Receiver
from tests.http_double import Answer, Call, HttpDouble, serving
from tests.local.keyless_boards import BOARDS as KEYLESS
from tests.local.keyless_boards import keyless_boards

SEARCHES, CVS = 500, 2_000
SLOTS = 16
"""Of ``airflow.cfg``: parallelism."""

EACH = 20
"""Seconds between two lines of the table."""

PACED = "127.1"
"""Another way to write this machine's address. Only the usual ones are known as this machine's, which nobody is paced at."""

PEOPLE = "insert into person (id, name, email) select 'p' || n, 'Ada', 'a' || n || '@x.example' from generate_series(1, %s) n"
THEIR_CVS = "insert into cv (id, person_id, data, sha256) select 'c' || n, 'p' || n, %s, 'h' from generate_series(1, %s) n"
STATES = """
select dag_id, task_id, state, count(*) as n from task_instance
where state in ('running', 'queued', 'scheduled', 'deferred', 'awaiting_input') group by 1, 2, 3
"""
ENDED = """
select count(*) filter (where task_id = 'scrape') as searches, count(*) filter (where task_id = 'match') as cvs
from task_instance where state in ('success', 'failed') and map_index >= 0
"""
OTHERS = """
select count(*) as n, coalesce(max(extract(epoch from start_date - scheduled_dttm)), 0)::float8 as waited
from task_instance where task_id not in ('scrape', 'match') and start_date > %s and scheduled_dttm > %s
"""
ASLEEP = "select count(*) as n from pace where key like %s and window_start > clock_timestamp()"
LONGEST = "select dag_id || '.' || task_id as task, max(length) as longest from task_map group by 1 order by 2 desc"
TOO_LONG = "select count(*) as n from task_instance where state = 'failed' and task_id in ('list_searches', 'list_cvs')"


@dataclass
class Look:
    """What was seen at one moment, or the largest of several.

    :param asleep: searches whose task waits for its board's turn
    :param other: running tasks that are neither a search nor a CV
    :param waiting: scheduled or queued
    :param deferred: waiting without a slot
    """

    running: int = 0
    searches: int = 0
    asleep: int = 0
    cvs: int = 0
    other: int = 0
    waiting: int = 0
    deferred: int = 0

    def peak(self, further: Look) -> Look:
        """The larger of each."""
        return Look(**{one.name: max(getattr(self, one.name), getattr(further, one.name)) for one in fields(Look)})


class Platform(Receiver):
    """The drills' receiver, which takes postings too."""

    def reply(self, call: Call) -> Answer:
        """201 and the count for a bulk."""
        if call.method == "POST" and call.path.startswith("/api/v1/jobs/bulk"):
            return Answer(201, {"count": len(call.json["jobs"])})
        return super().reply(call)


@contextmanager
def boards() -> Iterator[dict[str, str]]:
    """Serves every board; gives the variables that lead there."""
    with ExitStack() as servers:
        found = {f"{board.upper()}_BASE_URL": f"{servers.enter_context(keyless_boards()).url}/{board}" for board in KEYLESS}
        linkedin = servers.enter_context(serving(FakeBoard()))
        linkedin_like(linkedin, 40)
        found["LINKEDIN_BASE_URL"] = linkedin.url
        for name in BOARDS:
            if f"{name.upper()}_BASE_URL" not in found:
                double = HttpDouble(answer=lambda call: Answer(404) if call.path == "/robots.txt" else Answer(200, {}))
                found[f"{name.upper()}_BASE_URL"] = servers.enter_context(serving(double)).url
        yield {name: url.replace("127.0.0.1", PACED) for name, url in found.items()}


def fill(conn: Connection) -> None:
    """People with a CV each, never matched."""
    conn.execute(PEOPLE, (CVS,))
    conn.execute(THEIR_CVS, (json.dumps({"name": "Ada", "text": "Ward nurse, 9 years"}), CVS))


def trigger(stack: Stack) -> None:
    """Every board's run with its share of the searches, and two runs that match."""
    names = list(BOARDS)
    for number, board in enumerate(names):
        mine = [{"keywords": f"nurse {n}", "company": f"clinic-{n}", "maxResults": 10} for n in range(number, SEARCHES, len(names))]
        body = {"dag_run_id": "slots", "logical_date": None, "conf": {"searches": mine}}
        stack.call("POST", f"/api/v2/dags/scrape_{board}/dagRuns", json=body, fine=(409,))
    for number in (1, 2):
        stack.call("POST", "/api/v2/dags/match_jobs/dagRuns", json={"dag_run_id": f"slots-{number}", "logical_date": None}, fine=(409,))


def look(airflow: Connection, ours: Connection) -> Look:
    """What is so now."""
    seen = Look(asleep=one(ours, ASLEEP, f"host:{PACED}:%"))
    for row in airflow.execute(STATES).fetchall():
        if row["state"] == "running":
            seen.running += row["n"]
            kind = {"scrape": "searches", "match": "cvs"}.get(row["task_id"], "other")
            setattr(seen, kind, getattr(seen, kind) + row["n"])
        elif row["state"] in ("deferred", "awaiting_input"):
            seen.deferred += row["n"]
        else:
            seen.waiting += row["n"]
    airflow.rollback()
    ours.rollback()
    return seen


def one(conn: Connection, statement: str, *values: object) -> int:
    """A count."""
    row = conn.execute(statement, values).fetchone()  # type: ignore[arg-type]  # a constant of this file
    return int(row["n"]) if row else 0


def main() -> int:
    """Prints a table, its largest values and one JSON line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=600)
    options.add_argument("--quick", action="store_true")
    given = options.parse_args()
    seconds = 240.0 if given.quick else given.seconds
    with ExitStack() as world:
        receiver = world.enter_context(serving(Platform(jobs=3)))
        stack = world.enter_context(running_stack(receiver, ROLECALL_SANDBOX="off", **world.enter_context(boards())))
        dsn = stack.facts["postgres_dsn"]
        with connect(dsn, name="slots") as ours, connect(dsn.rpartition("/")[0] + "/airflow", name="slots") as airflow:
            fill(ours)
            ours.commit()
            since = airflow.execute("select clock_timestamp() as now").fetchone()
            airflow.rollback()
            trigger(stack)
            most = watched(airflow, ours, seconds)
            ended, others = airflow.execute(ENDED).fetchone(), airflow.execute(OTHERS, [since and since["now"]] * 2).fetchone()
            longest = {row["task"]: row["longest"] for row in airflow.execute(LONGEST).fetchall()}
            failed = one(airflow, TOO_LONG)
    assert ended is not None
    assert others is not None
    print(f"\nlists mapped over, the longest: {', '.join(f'{name} {n}' for name, n in list(longest.items())[:3])}")
    print(f"{ended['searches']} searches and {ended['cvs']} CVs ended")
    print(f"{others['n']} other tasks began, {others['waited']:.0f} s after they were due at most")
    print(f"{len(BOARDS)} boards; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(json.dumps({"asleep": most.asleep, "running": most.running, "searches": most.searches, "cvs": most.cvs, "too_long": failed}))
    return 0 if most.asleep <= POOLS["rolecall_boards"][0] and most.running <= SLOTS and others["n"] and not failed else 1


def watched(airflow: Connection, ours: Connection, seconds: float) -> Look:
    """Looks once a second and prints a line of means now and then; returns the largest of each."""
    names = [one.name for one in fields(Look)]
    print(f"| seconds | {' | '.join(names)} |\n|{'---|' * (len(names) + 1)}")
    began, most, several, due = time.monotonic(), Look(), list[Look](), EACH
    while (passed := time.monotonic() - began) < seconds:
        several.append(look(airflow, ours))
        most = most.peak(several[-1])
        if passed >= due:
            due += EACH
            means = [sum(getattr(one, name) for one in several) / len(several) for name in names]
            print(f"| {passed:.0f} | {' | '.join(f'{mean:.1f}' for mean in means)} |", flush=True)
            several.clear()
        time.sleep(1)
    print(f"| most | {' | '.join(str(getattr(most, name)) for name in names)} |", flush=True)
    return most


if __name__ == "__main__":
    sys.exit(main())
