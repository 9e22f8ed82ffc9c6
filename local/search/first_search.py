"""The first search of somebody who comes in: which boards, all of them at once, followed to the matches, and what came of it."""

from __future__ import annotations

import socket
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from local.base.report import say
from local.dag_runs.airflow_api import AirflowApi
from local.dag_runs.follow import ACTIVE, Follower
from rolecall import boards
from rolecall.boards.base import SUCCESSES, Board
from rolecall.boards.history.window import next_slot
from rolecall.boards.searches import searches
from rolecall.boards.wished_searches import is_on
from rolecall.connections import LOGINS, board_address
from rolecall.errors import RolecallError
from rolecall.models import SearchQuery
from rolecall.people.matches_in_words import left_out_lines, match_lines, wrapped
from rolecall.store import Connection, connect

LIMIT = 900.0
"""Seconds the first search may take as long as it moves."""

LOOKUP_SECONDS = 5.0
"""Seconds that looking up the boards' names may take."""

STEPS = {
    "aggregate_jobs": "putting together ads of the same job",
    "validate_jobs": "checking the ads",
    "match_jobs": "comparing jobs with your CV",
    "auto_apply": "preparing applications",
}
"""DAG → what it does, for somebody who looks for a job. Messages to a team are none of it."""

STILL_EVERY = 15.0
"""Seconds without a word after which one is said."""

UNMATCHED = """
select exists (select from cv join person on person.id = cv.person_id
               where person.id = %s and (cv.matched_at is null or cv.matched_at < greatest(cv.updated_at, person.updated_at))) as due
"""
UNANSWERED = "BoardUnavailable"
"""Outcome of a search whose board gave no answer."""
RUNS = "select board, outcome, cards, landed, error from board_run where run_id = any(%s)"


@dataclass(frozen=True)
class BoardPlan:
    """What is read now, and what is not.

    :param now: board → its searches
    :param later: titles of boards that are asked at their hours, if they let us
    :param off: board → why it is not asked, and what to do
    """

    now: dict[str, list[SearchQuery]]
    later: list[str]
    off: dict[str, str]


def proposed(dsn: str, env: Mapping[str, str]) -> BoardPlan:
    """The searches of everybody's wishes, by what boards can be asked for. A board whose search cannot be made is off, with the reason.

    :param env: as it was given, nothing filled in: an address in it is somebody's own
    """
    now: dict[str, list[SearchQuery]] = {}
    later, off = [], {}
    for name, board in boards.BOARDS.items():
        try:
            wanted = searches(name, dsn, env=env)
        except RolecallError as error:
            off[name] = str(error)
            continue
        if wanted and (name not in boards.SEEDS or env.get(f"{name.upper()}_BASE_URL", "").strip()):
            now[name] = wanted
        elif wanted or name in boards.SEEDS:
            later.append(board.title)
        elif why := _why_off(board, env):
            off[name] = why
    return BoardPlan(now, later, off)


def _why_off(board: Board, env: Mapping[str, str]) -> str:
    if board.wants_credential and not is_on(board, env):
        return f"wants a key of yours → set {' and '.join(LOGINS.get(board.name.upper(), (f'{board.name.upper()}_API_KEY',)))}"
    return ""  # an employer's system: it is asked for employers that somebody follows


def tell_plan(plan: BoardPlan) -> None:
    """The proposal, in words."""
    say("\nRead now, without a key and as their terms allow:")
    for name, wanted in plan.now.items():
        board = boards.BOARDS[name]
        what = "everything it has" if not board.can else _queries(wanted)
        _fold(f"{board.title:<18} {what}", 2, 21)
    if plan.later:
        _fold(f"Asked at their hours, as far as their robots.txt lets us: {', '.join(plan.later)}", 0, 2)
    for name, why in plan.off.items():
        _fold(f"Off: {boards.BOARDS[name].title} {why}", 0, 2)


def _queries(wanted: Sequence[SearchQuery]) -> str:
    shown = "; ".join(query.company or query.key for query in wanted[:4])
    return f"{shown}{f' and {len(wanted) - 4} more' if len(wanted) > 4 else ''}"


def offline(plan: BoardPlan, env: Mapping[str, str], *, seconds: float = LOOKUP_SECONDS) -> bool:
    """Whether no board's name can be looked up in time. Behind a proxy, which does that for us, nobody knows.

    :param env: as it was given; boards with an address of their own count with that
    """
    if any(value for name, value in env.items() if name.lower() in ("http_proxy", "https_proxy", "all_proxy")):
        return False
    hosts = {urlsplit(board_address(name, env) or boards.BOARDS[name].default_base_url).hostname for name in plan.now}
    lookups = ThreadPoolExecutor(max(1, len(hosts)))
    asked = [lookups.submit(socket.getaddrinfo, host, None) for host in hosts]
    lookups.shutdown(wait=False)  # one that hangs is left alone
    try:
        return bool(asked) and all(lookup.exception() for lookup in as_completed(asked, seconds))
    except TimeoutError:
        return all(lookup.exception() for lookup in asked if lookup.done())


class Steps(Follower):
    """A follower that tells each step once, and every now and then what is still going on."""

    def __init__(self, airflow: AirflowApi, dsn: str, since: datetime, scrapes: Mapping[str, str]) -> None:
        super().__init__(airflow, dsn, since, scrapes)
        self._said: set[str] = set()
        self._last_said = time.monotonic()

    def _look(self, conn: Connection) -> list[str]:
        going = super()._look(conn)
        if going and time.monotonic() - self._last_said > STILL_EVERY:
            ours = [dag_id for (dag_id, _), run in self._seen.runs.items() if run["state"] in ACTIVE and dag_id in (*STEPS, *self._scrapes)]
            at_work = dict.fromkeys(map(step, ours))
            self._say(f"still at it: {', '.join(at_work) or 'waiting for the next step'}")
        return going

    def _tell(self, run: dict[str, Any]) -> None:
        self._seen.runs[run["dag_id"], run["dag_run_id"]] = run
        failed = "did not go well" if run["dag_id"] in STEPS else "did not answer, or not with ads"
        words = {"running": "…", "success": "done", "failed": failed}.get(run["state"])
        if words is None or run["dag_id"] not in (*STEPS, *self._scrapes) or (line := f"{step(run['dag_id'])} {words}") in self._said:
            return
        self._said.add(line)
        self._say(line)
        if run["state"] == "failed" and run["dag_id"] in STEPS:
            said = ", ".join(self._failures(run)) or "see its log"
            self._seen.failed.append(f"{step(run['dag_id'])}: {said} → make status, ./rolecall logs")

    def _say(self, line: str) -> None:
        self._last_said = time.monotonic()
        say(f"{self._last_said - self._began:5.0f} s  {line}")


def step(dag_id: str) -> str:
    """What a DAG does, for somebody who looks for a job."""
    board = boards.BOARDS.get(dag_id.removeprefix("scrape_"))
    return f"reading {board.title}" if board else STEPS.get(dag_id, dag_id)


def run(stack: Mapping[str, str], plan: BoardPlan, person: str) -> list[str]:
    """Reads the boards, and follows what they bring to the person's matches. Returns what went wrong, a line each."""
    since = datetime.now(UTC)
    run_id = f"start__{since:%Y-%m-%dT%H:%M:%S.%f}"
    scrapes = {f"scrape_{name}": run_id for name in plan.now}
    with AirflowApi(stack) as airflow:
        for dag_id in scrapes:
            airflow.trigger(dag_id, run_id, {})
        follower = Steps(airflow, stack["postgres_dsn"], since, scrapes)
        followed = follower.until_quiet(LIMIT)
        if not followed.waiting_for and _unmatched(stack["postgres_dsn"], person):  # the boards had nothing new
            airflow.trigger("match_jobs", run_id, {})
            follower.also("match_jobs", run_id)
            followed = follower.until_quiet(LIMIT)
    wrong = [f"not over yet: {', '.join(followed.waiting_for)} → make start again goes on from there"] if followed.waiting_for else []
    return _boards(stack["postgres_dsn"], run_id, plan.now) + followed.failed + wrong


def _unmatched(dsn: str, person: str) -> bool:
    with connect(dsn, name="rolecall start") as conn:
        return bool((conn.execute(UNMATCHED, (person,)).fetchone() or {"due": False})["due"])


def _boards(dsn: str, run_id: str, asked: Collection[str]) -> list[str]:
    """Tells what each board gave; returns what went wrong there, a board without a word included."""
    with connect(dsn, name="rolecall start") as conn:
        rows = conn.execute(RUNS, ([run_id],)).fetchall()
    given = {
        boards.BOARDS[name].title: (sum(row["cards"] for row in mine), sum(row["landed"] for row in mine))
        for name in dict.fromkeys(row["board"] for row in rows)
        if (mine := [row for row in rows if row["board"] == name])
    }
    say("")
    _fold("Ads read: " + (", ".join(f"{title} {cards} ({new} new)" for title, (cards, new) in given.items()) or "none"), 0, 2)
    bad = [row for row in rows if row["outcome"] not in SUCCESSES or row["error"]]
    if rows and all(row["outcome"] == UNANSWERED for row in rows):
        return ["no board answered: is this machine online? → make start asks them again"]
    silent = [boards.BOARDS[name].title for name in asked if name not in {row["board"] for row in rows}]
    return [
        *dict.fromkeys(f"{boards.BOARDS[row['board']].title}: {row['error'] or row['outcome']}" for row in bad),
        *(f"{title}: its searches ended without a word → make status says why runs failed" for title in silent),
    ]


def next_time() -> str:
    """When boards are read again, in this machine's time, with the zone."""
    slot = next_slot(datetime.now(UTC))
    here = slot.astimezone()
    utc = "" if not here.utcoffset() else f", {slot:%H:%M} UTC"
    return f"{here:%A %H:%M} ({here.tzname() or 'UTC'}{utc})"


def _fold(text: str, first: int, others: int) -> None:
    for line in wrapped(text, first, others):
        say(line)


def tell_found(found: Mapping[str, Any]) -> None:
    """The best of somebody's matches with why and why not, and what was left out.

    :param found: what ``GET /api/v1/matches`` answered
    """
    many = len(found["matches"])
    looked = f" of {found['jobs']} open jobs" if found["jobs"] else ""
    say(f"\nYour best {many}{looked}, best first" if many else f"\nNothing to show yet: {found['note']}")
    for line in (*match_lines(found["matches"]), *left_out_lines(found["leftOut"])):
        say(line)
