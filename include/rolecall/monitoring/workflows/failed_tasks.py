"""Every task that fails for good leaves one record; the same mistake is one group, and one alert when it is critical."""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from rolecall.monitoring.incidents import Observation, observe
from rolecall.outbox.messages import Draft, enqueue
from rolecall.store import Connection

CRITICAL_TYPES = {
    "connection refused": {"ConnectionRefusedError", "ConnectError", "NeverSent", "StoreUnavailable", "OperationalError"},
    "time-out": {"TimeoutError", "TimeoutException", "Timeout", "AirflowTaskTimeout", "TaskTimeoutError"},
    "authentication": {"AuthFailed", "AuthenticationError", "InvalidPassword", "LoginWall"},
    "authorization": {"PermissionError", "InsufficientPrivilege", "PermissionDenied"},
}
"""Classes of exceptions, looked for in an exception, its bases and its causes."""

CRITICAL_PATTERNS = ("econnrefused", "timeout", "authentication", "authorization")
"""The seed's, looked for in the message where no type decided."""

MAX_STACK = 20_000
"""Characters of a stack that are kept; its end says most."""

MAX_MESSAGE = 4_000

VOLATILE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{12,}\b|\d+|'[^']*'|\"[^\"]*\"", re.IGNORECASE)
"""What differs between two occurrences of one mistake: ids, numbers, quoted values."""


@dataclass(frozen=True)
class Failure:
    """One failed task.

    :param workflow: DAG id
    :param node: task id
    :param type: class of the exception
    :param link: the task in the web UI
    """

    workflow: str
    node: str
    run_id: str
    map_index: int
    try_number: int
    type: str
    message: str
    stack: str
    link: str
    critical: bool
    happened_at: datetime

    @property
    def fingerprint(self) -> str:
        """Equal for the same mistake in the same place."""
        return hashlib.sha256("|".join((self.workflow, self.node, self.type, VOLATILE.sub("#", self.message))).encode()).hexdigest()[:16]


def failure(
    error: BaseException | str | None,
    *,
    workflow: str,
    node: str,
    run_id: str,
    map_index: int,
    try_number: int,
    link: str,
    happened_at: datetime,
) -> Failure:
    """What is to be kept of a failure. ``error`` is text or nothing where the process died without saying."""
    known = isinstance(error, BaseException)
    text = str(error or "the task ended without an error message: its process was killed") or type(error).__name__
    return Failure(
        workflow=workflow, node=node, run_id=run_id, map_index=map_index, try_number=try_number, link=link, happened_at=happened_at,
        type=type(error).__name__ if known else "Killed",
        message=_storable(text)[:MAX_MESSAGE],
        stack=_storable("".join(traceback.format_exception(error)) if isinstance(error, BaseException) else "")[-MAX_STACK:],
        critical=is_critical(error),
    )  # fmt: skip


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def is_critical(error: BaseException | str | None) -> bool:
    """Refused connection, time-out, authentication, authorization: by type first, by the seed's patterns second."""
    names = {base.__name__ for each in _chain(error) for base in type(each).__mro__}
    if any(names & types for types in CRITICAL_TYPES.values()):
        return True
    return any(pattern in str(error or "").lower() for pattern in CRITICAL_PATTERNS)


def _chain(error: BaseException | str | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while isinstance(error, BaseException) and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def record(conn: Connection, failed: Failure, *, remind_after: timedelta) -> bool:
    """Stores a failure once; a critical one is told once a group. Returns whether it was new."""
    row = asdict(failed) | {"fingerprint": failed.fingerprint}
    new = conn.execute(
        "insert into workflow_error (fingerprint, workflow, node, run_id, map_index, try_number, type, message, stack, link, critical,"
        " happened_at) values (%(fingerprint)s, %(workflow)s, %(node)s, %(run_id)s, %(map_index)s, %(try_number)s, %(type)s, %(message)s,"
        " %(stack)s, %(link)s, %(critical)s, %(happened_at)s) on conflict do nothing",
        row,
    ).rowcount
    if new and failed.critical:
        detail = f"{failed.type}: {failed.message}"
        look = Observation(f"error:{failed.fingerprint}", "error", f"{failed.workflow}.{failed.node}", True, detail)
        for change in observe(conn, [look], failed.happened_at, remind_after=remind_after):
            times = f" ({change.occurrences} times so far)" if change.change == "reminded" else ""
            enqueue(conn, alerts(failed, f"{change.id}:{change.change}:{change.occurrences}", times))
            conn.execute(
                "update workflow_error set told = true where (workflow, node, run_id, map_index, try_number)"
                " = (%(workflow)s, %(node)s, %(run_id)s, %(map_index)s, %(try_number)s)",
                row,
            )
    return bool(new)


def alerts(failed: Failure, key: str, times: str = "") -> list[Draft]:
    """The seed's alert for ``ALERT_WEBHOOK_URL``, and the same for ``#alerts`` with a link."""
    text = f"🚨 Critical Workflow Error: {failed.message}{times}"
    where = {"workflow": failed.workflow, "node": failed.node, "time": failed.happened_at.isoformat()}
    slack = f"{text}\n{failed.workflow}.{failed.node} in {failed.run_id}\n{failed.link}"
    return [
        Draft(dedupe_key=f"error:{key}:alert", kind="workflow_error", type="alert", recipient="team", message=text, data=where),
        Draft(dedupe_key=f"error:{key}:slack", kind="workflow_error", type="slack", recipient="#alerts", message=slack),
    ]
