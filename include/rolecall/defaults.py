"""What every DAG starts from: owner, retries by kind of failure, time limits."""

from __future__ import annotations

import logging
import os
import random
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable, TriggerRule
from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference
from airflow.sdk.definitions.retry_policy import ExceptionRetryPolicy, RetryAction, RetryDecision, RetryRule

from rolecall.errors import (
    AuthFailed,
    BadAnswer,
    BoardError,
    BoardUnavailable,
    InvalidInput,
    MaybeReceived,
    NeverSent,
    RequestRejected,
    RolecallError,
    ServiceBusy,
    StoreUnavailable,
    suggesting,
)
from rolecall.errors import RateLimited as BoardRateLimited
from rolecall.settings import named_numbers

log = logging.getLogger(__name__)

START = datetime(2026, 1, 1, tzinfo=UTC)
"""Only for what runs continuously. A cron schedule without a start date waits for its next time instead of running at once."""

TRIES = 3
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=5)


class Backoff(ExceptionRetryPolicy):  # type: ignore[misc]
    """A rule's delay (without one: a second) is doubled with every try, and up to as much again is added at random: a hundred tasks
    that one outage stopped do not come back at once."""

    def evaluate(self, exception: BaseException, try_number: int, max_tries: int, context: Any = None) -> RetryDecision:
        """The rules' decision, with its wait."""
        decision = super().evaluate(exception, try_number, max_tries, context)
        if decision.action is RetryAction.FAIL:
            return decision
        least = (decision.retry_delay or FIRST_WAIT) * 2 ** (max(try_number, 1) - 1)
        return RetryDecision.retry(min(least * random.uniform(1, 2), LONGEST_WAIT), decision.reason)  # noqa: S311 - no secret


READ = Backoff(
    rules=[
        # Asking again may help and changes nothing. The second wait is longer than a restart.
        RetryRule(exception=[BoardUnavailable, NeverSent, MaybeReceived, StoreUnavailable], retry_delay=timedelta(seconds=5)),
        # They said when: the next scheduled run is later than any Retry-After worth waiting for in a slot.
        RetryRule(exception=[BoardRateLimited, ServiceBusy], retry_delay=timedelta(seconds=60)),
        # The same request gives the same answer: a person must act.
        RetryRule(exception=[InvalidInput, AuthFailed, RequestRejected, BadAnswer, BoardError], action=RetryAction.FAIL),
    ]
)
"""For tasks that read, or write idempotently."""

ONCE = Backoff(rules=[RetryRule(exception=RolecallError, action=RetryAction.FAIL)])
"""For what the next run, minutes away, does anyhow: what has a name is not tried again in this one."""

SUBMIT = ExceptionRetryPolicy(
    rules=[
        # Settled, or to be settled by evidence or a person: the ledger would send nothing.
        RetryRule(exception=["rolecall.applying.submit.Uncertain", "rolecall.applying.submit.Refused"], action=RetryAction.FAIL),
        RetryRule(exception=[InvalidInput, AuthFailed], action=RetryAction.FAIL),
        RetryRule(exception="rolecall.applying.submit.InFlight", retry_delay=timedelta(seconds=50)),  # after the other sender's lease
        RetryRule(exception=ServiceBusy, retry_delay=timedelta(seconds=10)),  # how long they asked for is kept by the pace
        # Never sent, or something failed around the sending: the ledger knows which, and decides.
        RetryRule(exception=Exception, retry_delay=timedelta(seconds=5)),
    ]
)
"""For the task that sends an application. Order matters: the first rule that fits decides. No rule can send twice: the ledger lets one
sender begin, once."""


def refuse_unknown_conf(context: Any) -> None:
    """Airflow takes unknown keys of a conf without a word: here they end a run's first task, named.

    :raises InvalidInput: there are some
    """
    dag, conf = context["dag"], context["dag_run"].conf or {}
    if context["task"].upstream_task_ids or not (strange := set(conf) - set(dag.params)):
        return
    fix = f"{dag.dag_id} knows {', '.join(sorted(dag.params))}" if dag.params else f"{dag.dag_id} takes no conf"
    raise InvalidInput("conf", f"unknown: {suggesting(strange, dag.params)}"[:500], fix=fix)


def failed_before(context: Any, *task_ids: str) -> bool:
    """Whether one of these tasks of the same run failed: then that is the run's error, and no task after it adds one of its own."""
    ti = context["ti"]
    states = ti.get_task_states(dag_id=ti.dag_id, task_ids=list(task_ids), run_ids=[ti.run_id])
    return any("failed" in map(str, of_run.values()) for of_run in states.values())


def by_clock(cron: str) -> CronTriggerTimetable:
    """A schedule in UTC.

    A new installation waits for its next time; left alone, Airflow would run what was due shortly before.
    """
    return CronTriggerTimetable(cron, timezone="UTC", run_immediately=timedelta(0))


def by_asset_or_clock(asset: Asset, cron: str) -> AssetOrTimeSchedule:
    """When the asset was updated, and by the clock: an update that nobody announced, or that was lost, costs one period at most."""
    return AssetOrTimeSchedule(timetable=by_clock(cron), assets=[asset])


def report_failure(context: Any) -> None:
    """Every task that failed for good goes one way: recorded, grouped, told when it is critical."""
    from rolecall.notifiers.workflow_error_handler import WorkflowErrorHandler  # not needed to parse a DAG

    WorkflowErrorHandler().notify(context)


def nothing_in(result: Any) -> bool:
    """Whether a task's result says that there was nothing to do: no rows, or counts that are all nought.

    >>> nothing_in([]), nothing_in({"sent": 0, "resting": []}), nothing_in({"sent": 1}), nothing_in(None)
    (True, True, False, False)
    """
    if isinstance(result, dict):
        return all(value is None or value == "" or nothing_in(value) for value in result.values())
    return isinstance(result, (list, tuple, int, float)) and not result


def describe_events(context: Any, result: Any) -> None:
    """What a task's success announces says of itself: the day, how many rows of what, and which board (the event's ``extra``)."""
    counts = result if isinstance(result, dict) else {"rows": result}
    rows = {name: n for name, n in counts.items() if isinstance(n, int) and not isinstance(n, bool)}
    dag_id = str(context["dag"].dag_id)
    board = {"board": dag_id.removeprefix("scrape_")} if dag_id.startswith("scrape_") else {}
    for asset in context["task"].outlets:
        context["outlet_events"][asset].extra.update({"day": f"{datetime.now(UTC):%Y-%m-%d}", "rows": rows, **board})


def after_task(context: Any, result: Any) -> None:
    """What every task does at its end."""
    if nothing_in(result):
        log.info("nothing to do")  # a green square that did nothing says so
    describe_events(context, result)


def red_if_failed(*tasks: Any) -> None:
    """Makes the run red when one of these fails though what follows them runs: Airflow looks at a run's last tasks only."""
    from airflow.providers.standard.operators.empty import EmptyOperator

    list(tasks) >> EmptyOperator(task_id="all_well", trigger_rule=TriggerRule.NONE_FAILED)


def red_if_all_failed(mapped: Any) -> None:
    """Makes the run red when every instance of a mapped task failed, though what follows runs."""
    from airflow.providers.standard.operators.empty import EmptyOperator

    mapped >> EmptyOperator(task_id="any_well", trigger_rule=TriggerRule.ONE_SUCCESS)


ARGS: dict[str, Any] = {
    "owner": "rolecall",
    "on_failure_callback": report_failure,
    "pre_execute": refuse_unknown_conf,
    "post_execute": after_task,
    "retries": TRIES - 1,
    "retry_delay": FIRST_WAIT,  # of a task that was killed; Airflow adds its own jitter
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": LONGEST_WAIT,
    "retry_policy": READ,
    "execution_timeout": timedelta(minutes=15),
}

DAG_DEFAULTS: dict[str, Any] = {
    "catchup": False,
    "default_args": ARGS,
    "max_active_runs": 1,
    "dagrun_timeout": timedelta(hours=2),
}


def deadline(dag_id: str, minutes: float) -> DeadlineAlert | None:
    """``#alerts`` hears when a run has not ended so many minutes after it was queued; the run goes on.

    ``DEADLINE_MINUTES`` (``auto_apply=45,match_jobs=0``) changes it; 0 is none. The command ``dags test`` has none for the DAG it runs:
    Airflow 3.3.2 looks a run's deadlines up where that command wrote none, and ends a run that went well with an error.

    :raises InvalidInput: ``DEADLINE_MINUTES`` is not like that
    """
    from rolecall.notifiers.late_run_notifier import LateRunNotifier

    minutes = named_numbers(os.environ.get("DEADLINE_MINUTES", ""), "DEADLINE_MINUTES").get(dag_id, minutes)
    if minutes <= 0 or (sys.argv[1:3] == ["dags", "test"] and dag_id in sys.argv):
        return None
    callback = AsyncCallback(LateRunNotifier, kwargs={"minutes": minutes})
    return DeadlineAlert(reference=DeadlineReference.DAGRUN_QUEUED_AT, interval=timedelta(minutes=minutes), callback=callback)
