"""Each task of each DAG fails, is skipped, and finds nothing, in turn: what the run then says is true.

A DAG is found by itself (one of each file). What comes before the task in question is a stand-in, what comes after it is real, on an empty
database and services that answer nothing. A new DAG whose tasks map over something needs a line in ``EXAMPLES``.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local.processes.postgres import Postgres
from local.processes.redis import Redis
from rolecall.connections import resolved
from tests.airflow_home import as_airflow_reads_it
from tests.dags.rehearsal import Does, Run, Stage
from tests.http_double import http_double

pytestmark = pytest.mark.xdist_group("rehearsal")

DAGS = Path(__file__).parents[2] / "dags"
ANYTHING = "6f1c2a34-0000-4000-8000-000000000000"
YESTERDAY = str(datetime.now(UTC).date() - timedelta(days=1))

CONF = {
    "auto_apply": {"cvId": "c", "userId": "u", "userEmail": "ada@example.com"},
    "settle_application": {"applicationId": ANYTHING, "detail": "a receipt", "name": "Ada"},
}
"""What a run of a file's DAG is asked for, where something must be."""


def stored(document: Any) -> Does:
    """Stores a document and gives its hash."""

    def does(context: Any, body: Callable[[], Any]) -> str:
        from rolecall.hooks.store_hook import StoreHook
        from rolecall.store import documents

        with StoreHook().get_conn() as conn:
            return documents.put(conn, "matches", document)

    return does


def checked(context: Any, body: Callable[[], Any]) -> dict[str, int]:
    context["part"] = ["", ""]  # names the mapped task
    return {"valid": 1, "warned": 0, "quarantined": 0, "closed": 0}


def sent(context: Any, body: Callable[[], Any]) -> str:
    context["label"] = "Nurse @ Ward"  # names the mapped task
    return "submitted: receipt 1"


EXAMPLES: dict[tuple[str, str], Any] = {
    ("analytics", "count_the_day"): {"day": YESTERDAY, "so_far": False, "read": 1, "rows": {"board": 1}},
    ("auto_apply", "fetch_cv"): stored({"id": "c"}),
    ("auto_apply", "find_matches"): stored([]),
    ("auto_apply", "plan_applications"): [{"application_id": ANYTHING, "label": "Nurse @ Ward"}],
    ("auto_apply", "apply"): sent,
    ("dispatch_auto_apply", "claim_requests"): [{"trigger_run_id": "r1", "conf": {"userId": "u"}}],
    ("match_changed_people", "list_changed"): [{"cv_data": {"id": "c"}}],
    ("match_jobs", "list_cvs"): [{"cv_data": {"id": "c"}}],
    ("read_mailboxes", "list_mailboxes"): [ANYTHING],
    ("scrape_boards", "list_searches"): [{"keywords": "nurse", "location": "Leeds", "company": "", "max_results": 10}],
    ("send_notifications", "take_in"): [{"name": "1 of 1"}],
    ("send_notifications", "deliver"): {"sent": 1, "failed": 0, "uncertain": 0, "retried": 0, "by_channel": {}, "resting": []},
    ("validate_jobs", "deal_out"): [{"part": ["", ""]}],
    ("validate_jobs", "check_jobs"): checked,
}
"""What a task gives where others use it, by file and task: a value, or what it does. Every other gives a word or a count."""

EMPTY: dict[tuple[str, str], Any] = {
    ("match_changed_people", "match"): {},
    ("match_jobs", "match"): {},
    ("scrape_boards", "scrape"): {"cards": 0, "landed": 0},
    ("sync_data", "exchange_people"): {"came": 0, "went": 0, "problems": 0},
    ("seal_audit", "seal_and_anchor"): {"head": 0, "anchored": 0},
    ("send_notifications", "deliver"): {"sent": 0, "failed": 0, "uncertain": 0, "retried": 0, "by_channel": {}, "resting": []},
    ("dispatch_auto_apply", "wait_for_work"): None,
    ("auto_apply", "find_matches"): stored([]),
    ("auto_apply", "plan_applications"): [],
}
"""What a task gives that finds nothing, where it is not the empty form of what it returns."""

GREEN_ALL_THE_SAME = {
    ("auto_apply", "apply"): "a failed application is its own red square; the ledger parks it and tells",
    ("auto_apply", "record_applications"): "what is owed to the platform is repeated by send_notifications and watched by check_health",
}
"""Tasks whose failure leaves the run green, and why that is right."""

RED_WHEN_SKIPPED: dict[tuple[str, str], str] = {
    ("auto_apply", "fetch_cv"): "without a plan the run did not do what it was asked for",
    ("auto_apply", "find_matches"): "without a plan the run did not do what it was asked for",
    ("auto_apply", "plan_applications"): "without a plan the run did not do what it was asked for",
    ("send_notifications", "take_in"): "without it nothing was made due",
    ("send_notifications", "deliver"): "a batch that did not run left messages unsent",
}
"""Tasks that nobody skips on purpose, and what a run without them must say."""

NEVER_EMPTY = {
    ("analytics", "count_the_day"): "a day is counted whatever happened on it",
    ("auto_apply", "fetch_cv"): "a person without a CV is an error",
    ("analytics", "write_report"): "its input is the day, which is never empty",
    ("analytics", "tell"): "its input is the day, which is never empty",
    ("backup", "make_backup"): "a database is never empty",
    ("check_health", "check_services"): "there is always something to look at",
    ("maintain_airflow", "delete_what_is_old"): "tests/maintenance",
    ("monitor_performance", "collect_metrics"): "there is always something to look at",
    ("monitor_performance", "beat"): "it has no input",
    ("scrape_boards", "report"): "that nothing was found is what it tells",
    ("settle_application", "settle"): "a person names the application",
    ("validate_jobs", "report"): "it adds up what check_jobs counted",
    ("dispatch_auto_apply", "start"): "its input is that of claim_requests",
    ("dispatch_auto_apply", "wait_for_work"): "it waits until there is something",
}


@pytest.fixture(scope="module")
def stage(postgres: Postgres, redis_server: Redis) -> Iterator[Stage]:
    """All DAGs on a metadata database of their own; connections that lead to an empty store and to services that answer nothing."""
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin, http_double() as web, pytest.MonkeyPatch.context() as patch:
        admin.execute(f"create database {name} template template_rolecall strategy file_copy")
        config = {"ROLECALL_DSN": postgres.dsn(name), "REDIS_URL": redis_server.url, "ROLECALL_SERVICES_URL": web.url}
        config |= {"API_TOKEN": "t", "AI_SERVICE_TOKEN": "t", "SLACK_WEBHOOK_URL": web.url, "ALERT_WEBHOOK_URL": web.url}
        for key in [key for key in os.environ if key.startswith(("SLACK_", "SMTP_", "TWILIO_", "AIRFLOW_CONN_"))]:
            patch.delenv(key)
        for key, value in {**config, **resolved(config), **as_airflow_reads_it({**config, **resolved(config)})}.items():
            patch.setenv(key, value)
        yield Stage()
        admin.execute(f"drop database {name} with (force)")


FILES = sorted(path.stem for path in DAGS.glob("*.py") if path.stem != "broken_boards")  # makes none while no board is broken


def dag_of(stage: Stage, file: str) -> Any:
    """The file's DAG; one of several that are made alike."""
    found = sorted(dag_id for dag_id, dag in stage.dags.items() if Path(dag.fileloc).stem == file)
    assert found, f"dags/{file}.py makes no DAG"
    return stage.dags[found[0]]


def fails(context: Any, body: Callable[[], Any]) -> Any:
    from airflow.sdk.exceptions import AirflowFailException

    raise AirflowFailException("broken on purpose")


def is_skipped(context: Any, body: Callable[[], Any]) -> Any:
    from airflow.sdk.exceptions import AirflowSkipException

    raise AirflowSkipException("skipped on purpose")


def real(context: Any, body: Callable[[], Any]) -> Any:
    return body()


def gives(value: Any) -> Does:
    return lambda context, body: value


def rehearsed(stage: Stage, file: str, task_id: str, does: Does) -> Run:
    """One run in which a task does this; what is not after it is a stand-in."""
    dag = dag_of(stage, file)
    after = dag.get_task(task_id).get_flat_relative_ids(upstream=False)
    directions = {task_id: does}
    for other in dag.task_ids:
        if other != task_id and other not in after:
            example = EXAMPLES.get((file, other), {"done": 1} if returns(dag.get_task(other)).startswith("dict") else "a word")
            directions[other] = example if callable(example) else gives(example)
    return stage.run(dag.dag_id, directions, real, CONF.get(file, {}))


def reached(run: Run, task_id: str) -> bool:
    return task_id in run.ran


@pytest.mark.parametrize("file", FILES)
def test_a_task_that_fails_leaves_its_run_red_unless_a_reason_is_written(stage: Stage, file: str) -> None:
    wrong = []
    for task_id in dag_of(stage, file).task_ids:
        if dag_of(stage, file).get_task(task_id).inherits_from_empty_operator:
            continue
        run = rehearsed(stage, file, task_id, fails)
        assert reached(run, task_id), f"{task_id} did not run: give what it maps over in EXAMPLES"
        due = "success" if (file, task_id) in GREEN_ALL_THE_SAME else "failed"
        if run.state != due:
            wrong.append(f"{task_id} fails, and the run is {run} instead of {due}")
        if others := [other for other, states in run.tasks.items() if other != task_id and "failed" in states]:
            wrong.append(f"{task_id} fails, and {', '.join(others)} adds an error of its own")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("file", FILES)
def test_a_task_that_is_skipped_breaks_nothing_that_comes_after_it(stage: Stage, file: str) -> None:
    wrong = []
    for task_id in dag_of(stage, file).task_ids:
        if dag_of(stage, file).get_task(task_id).inherits_from_empty_operator:
            continue
        run = rehearsed(stage, file, task_id, is_skipped)
        due = "failed" if (file, task_id) in RED_WHEN_SKIPPED else "success"
        if run.state != due:
            wrong.append(f"{task_id} is skipped, and the run is {run} instead of {due}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("file", FILES)
def test_a_task_that_finds_nothing_leaves_its_run_green_and_the_run_says_so(stage: Stage, file: str) -> None:
    from rolecall import defaults

    wrong = []
    for task_id in dag_of(stage, file).task_ids:
        task = dag_of(stage, file).get_task(task_id)
        if (file, task_id) in NEVER_EMPTY or task.inherits_from_empty_operator or returns(task) == "None":
            continue
        said = _Said()
        defaults.log.addHandler(said)
        defaults.log.setLevel(logging.INFO)
        try:
            run = rehearsed(stage, file, task_id, finds_nothing(dag_of(stage, file).get_task(task_id), file))
        finally:
            defaults.log.removeHandler(said)
        if run.state != "success" or "nothing to do" not in said.lines:
            wrong.append(f"{task_id} finds nothing, and the run is {run}, and says {said.lines}")
    assert not wrong, "\n".join(wrong)


def test_one_failed_search_of_several_is_a_red_square_and_a_run_all_of_whose_searches_failed_is_red(stage: Stage) -> None:
    listed = [{"keywords": keywords, "location": "", "company": "", "max_results": 10} for keywords in ("nurse", "cook")]
    stand_ins = {name: gives({"done": 1}) for name in ("announce", "deliver", "report")}

    def offline_for(which: set[str]) -> Does:
        return lambda context, body: fails(context, body) if context["task"].keywords in which else {"cards": 0}

    for which, state in (({"nurse"}, "success"), ({"nurse", "cook"}, "failed"), (set(), "success")):
        run = stage.run("scrape_linkedin", {"list_searches": gives(listed), "scrape": offline_for(which), **stand_ins}, real, {})
        assert (run.state, run.tasks["scrape"].count("failed")) == (state, len(which)), run
    nothing = stage.run("scrape_linkedin", {"list_searches": gives([]), **stand_ins}, real, {})
    assert nothing.state == "success", nothing


@pytest.mark.parametrize(("does", "state"), [(fails, "failed")])
def test_a_run_that_has_ended_leaves_no_deadline_ahead(stage: Stage, does: Does, state: str) -> None:
    run = stage.run("match_jobs", {"list_cvs": does}, real, {}, deadline=timedelta(hours=1))
    assert run.state == state
    assert stage.deadlines() == 0


def test_every_reason_is_about_a_task_that_there_is(stage: Stage) -> None:
    there = {(file, task_id) for file in FILES for task_id in dag_of(stage, file).task_ids}
    named = [*EXAMPLES, *EMPTY, *GREEN_ALL_THE_SAME, *RED_WHEN_SKIPPED, *NEVER_EMPTY]
    assert [name for name in named if name not in there] == []
    assert set(CONF) <= set(FILES)


class _Said(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def finds_nothing(task: Any, file: str) -> Does:
    """An empty list where the task returns one; else what it does itself in an empty world."""
    if (file, task.task_id) in EMPTY:
        found = EMPTY[file, task.task_id]
        return found if callable(found) else gives(found)
    return gives([]) if returns(task).startswith("list") else real


def returns(task: Any) -> str:
    """What a task's function says that it returns."""
    body = task.partial_kwargs.get("python_callable") if task.is_mapped else getattr(task, "python_callable", None)
    return str(getattr(body, "__annotations__", {}).get("return", ""))
