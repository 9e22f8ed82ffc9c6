"""What every DAG starts from: owner, retries by kind of failure, time limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from include.errors import (
    AuthFailed,
    BadAnswer,
    BoardError,
    BoardUnavailable,
    InvalidInput,
    MaybeReceived,
    NeverSent,
    RequestRejected,
    ServiceBusy,
    StoreUnavailable,
)
from include.errors import RateLimited as BoardRateLimited

START = datetime(2026, 1, 1, tzinfo=UTC)
"""Only for what runs continuously. A cron schedule without a start date waits for its next time instead of running at once."""

READ = ExceptionRetryPolicy(
    rules=[
        # Asking again may help and changes nothing.
        RetryRule(exception=[BoardUnavailable, NeverSent, MaybeReceived, StoreUnavailable], retry_delay=timedelta(seconds=5)),
        # They said when: the next scheduled run is later than any Retry-After worth waiting for in a slot.
        RetryRule(exception=[BoardRateLimited, ServiceBusy], retry_delay=timedelta(seconds=60)),
        # The same request gives the same answer: a person must act.
        RetryRule(exception=[InvalidInput, AuthFailed, RequestRejected, BadAnswer, BoardError], action=RetryAction.FAIL),
    ]
)
"""For tasks that read, or write idempotently."""

SUBMIT = ExceptionRetryPolicy(
    rules=[
        # Settled, or to be settled by evidence or a person: the ledger would send nothing.
        RetryRule(exception=["include.applying.submit.Uncertain", "include.applying.submit.Refused"], action=RetryAction.FAIL),
        RetryRule(exception=[InvalidInput, AuthFailed], action=RetryAction.FAIL),
        RetryRule(exception="include.applying.submit.InFlight", retry_delay=timedelta(seconds=50)),  # after the other sender's lease
        RetryRule(exception=ServiceBusy, retry_delay=timedelta(seconds=10)),  # how long they asked for is kept by the pace
        # Never sent, or something failed around the sending: the ledger knows which, and decides.
        RetryRule(exception=Exception, retry_delay=timedelta(seconds=5)),
    ]
)
"""For the task that sends an application. Order matters: the first rule that fits decides. No rule can send twice: the ledger lets one
sender begin, once."""


def report_failure(context: Any) -> None:
    """Every task that failed for good goes one way: recorded, grouped, told when it is critical."""
    from rolecall.notifiers.workflow_error_handler import WorkflowErrorHandler  # not needed to parse a DAG

    WorkflowErrorHandler().notify(context)


ARGS: dict[str, Any] = {
    "owner": "rolecall",
    "on_failure_callback": report_failure,
    "retries": 3,
    "retry_delay": timedelta(seconds=2),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=5),
    "retry_policy": READ,
    "execution_timeout": timedelta(minutes=15),
}

DAG_DEFAULTS: dict[str, Any] = {
    "catchup": False,
    "default_args": ARGS,
    "max_active_runs": 1,
    "dagrun_timeout": timedelta(hours=2),
}
