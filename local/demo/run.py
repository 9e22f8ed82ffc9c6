"""``make demo``: the whole way once, from a board's page to a received application, and what came of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.base import report
from local.base.files import write_json
from local.base.paths import Home
from local.dag_runs.airflow_api import AirflowApi
from local.dag_runs.follow import Followed, Follower
from local.demo import story, summary
from local.demo.seed import Seeded, seed
from local.demo.ways_out import People
from local.processes import health
from local.stack import Failed, reason, up
from rolecall.analytics.figures import TODAY
from rolecall.errors import RolecallError

LIMIT = 3600.0
"""Seconds the chain may take as long as it moves (``ROLECALL_DEMO_LIMIT``)."""

BOARDS = ("linkedin", "indeed", "glassdoor")
"""The boards of the sandbox."""


def demo(home: Home, env: Mapping[str, str] = os.environ) -> int:
    """Runs it. Returns 0 when everything went well.

    :raises Failed: the stack does not start
    """
    began = time.monotonic()
    stack = up(home, env)
    report.address(stack)
    people, before = seed(stack["postgres_dsn"]), summary.submitted(stack)
    _introduce(people)
    sandboxed = bool(stack["sandbox_url"]) and not any(env.get(name, "").strip() for name in ("AI_SERVICE_URL", "API_BASE_URL"))
    paged = bool(env.get("PAGES", "").strip())
    if paged:
        _about_pages(Path(env["PAGES"].strip()))
    at_work = People(stack, people) if sandboxed and not paged else None
    if at_work:
        at_work.give_mailboxes()
        at_work.lose_an_answer()
    with AirflowApi(stack) as airflow:
        searches = _searches(stack, airflow, paged=paged)
        since = datetime.now(UTC)
        scrapes = dict.fromkeys(searches, f"demo__{since:%Y-%m-%dT%H:%M:%S.%f}")
        for dag_id, run_id in scrapes.items():
            airflow.trigger(dag_id, run_id, searches[dag_id])
        limit = float(env.get("ROLECALL_DEMO_LIMIT") or LIMIT)
        follower = Follower(airflow, stack["postgres_dsn"], since, scrapes)
        followed = follower.until_quiet(limit)
        if at_work and not followed.waiting_for:
            at_work.send_one_by_hand()
            if at_work.read_answers() + at_work.answer():
                followed = follower.until_quiet(limit)
        if not followed.waiting_for:
            airflow.trigger("analytics", run_id := f"demo__{since:%Y-%m-%dT%H:%M:%S.%f}", {"day": TODAY})
            follower.also("analytics", run_id)
            followed = follower.until_quiet(limit)
    made = summary.totals(stack, time.monotonic() - began, before)
    write_json(home.demo_json, made)
    installing = float(env.get("ROLECALL_INSTALL_SECONDS") or 0)
    story.print_story(made, stack, people, scrapes, every_search=paged, installing=installing)
    wrong = summary.silent(stack["postgres_dsn"], scrapes) + _wrong(followed, made, stack, env)
    report.address(stack)
    report.say("make status tells what runs, make down stops it")
    for line in wrong:
        report.say(f"\n✗ {line}", file=sys.stderr)
    return 1 if wrong else 0


def _introduce(people: Sequence[Seeded]) -> None:
    """Who this is about."""
    report.say("\nThese invented people look for a job:")
    for person in people:
        wish = "is asked before anything is sent" if person.asks else "lets Rolecall apply"
        wish = wish if person.opted_in else "only wants to see what fits"
        report.say(f"  {person.name}, {person.headline}, {person.city}: {wish}")
        if person.set_back:
            report.say(f"    what was changed since is as in the demo again: {', '.join(person.set_back)}")
    report.say("")


def _about_pages(folder: Path) -> None:
    """What saved pages can show and cannot, and which of them are left alone."""
    report.say("Saved pages show what the readers make of each one: ads are landed and merged. No match and no application comes of them,")
    report.say("since a results page holds no ad's full text and no way to apply. Those are in the demo without PAGES.")
    for line in left_alone(folder):
        report.say(f"  {line}")
    report.say("")


def left_alone(folder: Path) -> list[str]:
    """What of a folder of saved pages is not read, a line each."""
    boards, lines = ", ".join(BOARDS), []
    for one in sorted(folder.iterdir()):
        if not one.is_dir():
            lines.append(f"{one.name}: left alone → put pages into a folder called like their board ({boards})")
        elif one.name not in BOARDS:
            files = sum(1 for file in one.rglob("*") if file.is_file())
            lines.append(f"{one.name}/: {files} files, left alone: saved pages are read of {boards}")
        elif others := sorted(file.name for file in one.iterdir() if file.suffix != ".html"):
            lines.append(f"{one.name}/: {', '.join(others[:5])} left alone: only *.html is read{' (and more)' if len(others) > 5 else ''}")
    return lines


def _searches(stack: Mapping[str, str], airflow: AirflowApi, *, paged: bool) -> dict[str, dict[str, Any]]:
    """Which scrapes to trigger, with their conf: the sandbox's boards with their own searches, or one search a saved page.

    :raises Failed: there are saved pages, but none of a board that can be read
    """
    known = {dag["dag_id"] for dag in airflow.dags()}
    if not paged:
        return {f"scrape_{board}": {} for board in BOARDS}
    pages: dict[str, list[str]] = health.sandbox(stack, "pages")
    found: dict[str, dict[str, Any]] = {}
    for board, stems in sorted(pages.items()):
        if f"scrape_{board}" in known and stems:
            found[f"scrape_{board}"] = {"searches": [{"keywords": stem, "location": "", "maxResults": 1000} for stem in stems]}
        else:
            report.say(f"{board}: {len(stems)} pages, left alone: no DAG scrape_{board}")
    if not found:
        raise Failed("the pages are of no board that can be read → put them into folders such as linkedin/")
    return found


def _wrong(followed: Followed, made: Mapping[str, Any], stack: Mapping[str, str], env: Mapping[str, str]) -> list[str]:
    """Why this demo is no success, a line each."""
    wrong = list(followed.failed)
    if followed.waiting_for:
        wrong.append(f"not over yet: {', '.join(followed.waiting_for)} → make demo again goes on from there")
    elif left := summary.unfinished(stack["postgres_dsn"]):
        wrong.append(f"{left} applications are planned but not sent, and nothing is at work on them → see auto_apply in the web UI")
    sandboxed = bool(stack["sandbox_url"]) and not env.get("AI_SERVICE_URL", "").strip()
    return wrong + summary.problems(made, sandboxed=sandboxed)


def main() -> int:
    """Entry point of the Makefile."""
    report.hear_ctrl_c()
    try:
        return demo(Home.of())
    except (RolecallError, RuntimeError, PermissionError) as error:
        report.say(reason(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        report.say("\ninterrupted; the stack goes on in the background → make status, make down", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
