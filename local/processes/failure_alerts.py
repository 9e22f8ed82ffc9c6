"""Tells the team, through the outbox, of a process of the stack that ended or hung: once, when it runs again or does not come back.

Where Postgres itself was the trouble it is told afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from local.processes.process_failures import FailureLog, ProcessFailure, Said
from rolecall.endpoints import Endpoints, of_environment
from rolecall.errors import RolecallError
from rolecall.monitoring.incidents import format_duration
from rolecall.notifying.send.delivery_alerts import first_way
from rolecall.outbox.available_channels import configured
from rolecall.outbox.messages import Draft, enqueue
from rolecall.outbox.wakeup import nudge
from rolecall.store import connect

COMES_BACK = 60.0
"""Seconds a process may take to be ready again before it is said that it is not."""

QUIET = 3600.0
"""Seconds for which a process that keeps dying is told of once."""


@dataclass(frozen=True)
class FailureAlert:
    """One message about one process.

    :param up_to: the last failure that it is about, in seconds since 1970
    """

    process: str
    text: str
    said: Said
    up_to: float

    @property
    def draft(self) -> Draft:
        """The message; written again after a crash, it is the same one."""
        key = f"stack:{self.process}:{self.up_to:.3f}:{self.said}:slack"
        return Draft(dedupe_key=key, kind="health_alert", type="slack", recipient="#alerts", message=self.text)


def due_alerts(failures: list[ProcessFailure], now: float) -> list[FailureAlert]:
    """What is to be told now: one message a process, and not more than one an hour while it keeps dying."""
    found = []
    for process in dict.fromkeys(each.process for each in failures):
        of_it = [each for each in failures if each.process == process]
        open_ = [each for each in of_it if each.said != "all"]
        if not open_:
            continue
        fresh, last = [each for each in open_ if each.said == "nothing"], open_[-1]
        told_at = max((each.said_at for each in of_it), default=0.0)
        if not fresh:
            if last.back is not None:
                away = format_duration(timedelta(seconds=last.back - open_[0].at))
                found.append(FailureAlert(process, f"✅ {process} runs again, after {away}.", "all", last.at))
        elif now - told_at >= QUIET and (last.back is not None or now - last.at >= COMES_BACK):
            found.append(FailureAlert(process, _text(process, fresh), "all" if last.back is not None else "away", last.at))
    return found


def _text(process: str, fresh: list[ProcessFailure]) -> str:
    last = fresh[-1]
    how = last.what if last.what.startswith(("killed", "hung", "ended")) else f"not usable: {last.what}"
    often = f"ended {len(fresh)} times since {_clock(fresh[0].at)}; the last time it was" if len(fresh) > 1 else f"({_clock(last.at)}) was"
    how = how.replace("hung:", "found hanging and killed:").replace("ended with", "ended by itself with")
    if last.back is None:
        return f"🚨 {process} {often} {how}. It is not back yet → make status"
    return f"⚠️ {process} {often} {how}. It was started again and is ready since {_clock(last.back)}."


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S} UTC"


def enqueue_alerts(failures: FailureLog, environment: Mapping[str, str], now: float) -> bool:
    """Writes what is to be told into the outbox. Returns whether everything was; ``False``: Postgres is away, it is tried again.

    :param environment: a task's: where the database is and which channels there are
    """
    due = due_alerts(failures.all(), now)
    if not due:
        return True
    known = Endpoints.of(of_environment(environment))
    available = configured(known)
    try:
        with connect(known.dsn, name="supervisor") as conn:
            enqueue(conn, [first_way(each.draft, available) for each in due])
    except (RolecallError, psycopg.Error):
        return False
    for each in due:
        failures.mark_reported(each.process, each.said, each.up_to, now)
    nudge(known.redis_url.get_secret_value())
    return True
