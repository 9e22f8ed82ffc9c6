"""Is everything well? All at once, five seconds each; what breaks is told once, and once more when it is well again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import httpx

from rolecall.boards import BOARDS
from rolecall.boards.searches import searched
from rolecall.connections import board_address
from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput, NotInSandbox, RolecallError, StoreUnavailable
from rolecall.models import Message
from rolecall.monitoring import dead_letter_alerts
from rolecall.monitoring.incidents import IncidentChange, Observation, format_duration, observe
from rolecall.monitoring.probes import (
    Ask,
    airflow_component,
    answers_200,
    disk_space,
    finds_nothing,
    probe_heartbeat_file,
    probe_reachable,
    probe_redis,
    within_limit,
)
from rolecall.notifying.send.channels import send
from rolecall.outbox.compose import compose
from rolecall.outbox.messages import Draft, enqueue
from rolecall.settings import USER_AGENT
from rolecall.store import Connection, connect

log = logging.getLogger(__name__)

KEEP = timedelta(days=90)
"""Looks older than this are deleted."""

COMPONENTS = {"Airflow metadata": "metadatabase", "Airflow scheduler": "scheduler", "Airflow triggerer": "triggerer"} | {
    "Airflow DAG processor": "dag_processor"
}

WAITING: dict[str, LiteralString] = {
    "Notifications": """
        select 'the oldest unsent message has waited since ' || to_char(min(next_at), 'YYYY-MM-DD HH24:MI') || ' UTC'
        from notification where state in ('queued', 'sending') having min(next_at) < now() - interval '15 minutes'""",
    "Applications": """
        select 'uncertain for more than a day, somebody must look: ' || count(*) || ' → ./rolecall applications list --state uncertain'
        from application where state = 'uncertain' and updated_at < now() - interval '1 day' having count(*) > 0""",
    "Submitting": """
        select 'still being sent by a task that is dead, applications: ' || count(*)
        from application where state = 'submitting' and lease_until < now() - interval '5 minutes' having count(*) > 0""",
    "Platform calls": """
        select 'calls to the platform API owed for more than an hour: ' || count(*)
        from outbox where done_at is null and created_at < now() - interval '1 hour' having count(*) > 0""",
    "Monitoring": """
        select 'monitor_performance has not succeeded for half an hour' from dag_run_end
        having max(ended_at) filter (where dag_id = 'check_health') > now() - interval '2 hours'
           and coalesce(max(ended_at) filter (where dag_id = 'monitor_performance' and state = 'success'), '-infinity')
               < now() - interval '30 minutes'""",
    "Backup": """
        select case when max(made_at) < now() - interval '26 hours'
                    then 'the newest good backup is of ' || to_char(max(made_at), 'YYYY-MM-DD HH24:MI') || ' UTC'
                    else 'the newest backup is less than half as large as the ones before it' end
        from (select made_at, bytes, row_number() over (order by made_at desc) as place from backup) kept
        having max(made_at) < now() - interval '26 hours'
            or max(bytes) filter (where place = 1)
               < percentile_cont(0.5) within group (order by bytes) filter (where place between 2 and 6) / 2""",
}
"""What must not lie around: a row of the query is what is wrong."""

SUPERVISOR_SILENT = 60.0
"""Seconds after which the embedded stack's supervisor, which watches everything else, counts as hung itself."""

STALE: LiteralString = """
    select coalesce('no search has succeeded since ' || to_char(max(good.finished_at), 'YYYY-MM-DD HH24:MI') || ' UTC',
                    'no search has ever succeeded')
    from (select error is null as fine, finished_at from board_run where board = %s) run
    left join lateral (select run.finished_at where run.fine) good on true
    having count(*) > 0 and coalesce(max(good.finished_at), '-infinity') < now() - make_interval(hours => %s)"""


@dataclass(frozen=True)
class HealthResult:
    """What a look at one service found; ``response_ms`` in milliseconds."""

    service: str
    healthy: bool
    status: str
    response_ms: float
    checked_at: datetime

    def as_seed(self) -> dict[str, Any]:
        """One entry of the seed's ``healthCheck``."""
        return {
            "service": self.service,
            "status": "healthy" if self.healthy else "unhealthy",
            "responseTime": round(self.response_ms, 1),
            "timestamp": self.checked_at.isoformat(),
        }


def services(settings: Endpoints) -> dict[str, str]:
    """The seed's four services and their addresses; user and job service follow the API gateway where they are not set."""
    api = settings.api_base_url
    bases = {
        "API Gateway": api,
        "User Service": settings.user_service_url or api,
        "Job Service": settings.job_service_url or api,
        "AI Service": settings.ai_service_url,
    }
    return {name: base.rstrip("/") + "/health" for name, base in bases.items()}


def probes_by_name(
    http: httpx.AsyncClient, settings: Endpoints, *, dsn: str, airflow_url: str, boards: Mapping[str, str]
) -> dict[str, Ask]:
    """What is looked at, by the name people know it by.

    :param boards: address of each board that is scraped
    """
    asked: dict[str, Ask] = {name: answers_200(http, url) for name, url in services(settings).items()}
    asked |= {f"Board {name}": probe_reachable(http, f"{url.rstrip('/')}/robots.txt") for name, url in boards.items()}
    asked |= {f"Scraping {name}": finds_nothing(dsn, STALE, name, settings.stale_board_hours) for name in boards}
    asked |= {name: airflow_component(http, airflow_url, component) for name, component in COMPONENTS.items()}
    asked |= {name: finds_nothing(dsn, statement) for name, statement in WAITING.items()}
    if settings.supervisor_alive:
        asked["Supervisor"] = probe_heartbeat_file(settings.supervisor_alive, SUPERVISOR_SILENT)
    return asked | {
        "Queue": probe_redis(settings.redis_url.get_secret_value()),
        "Database": finds_nothing(dsn, "select 1 where false"),
        "Disk": disk_space(settings.disk_folder, settings.disk_free_least),
    }


async def probe_all(asked: Mapping[str, Ask]) -> list[HealthResult]:
    """Asks all of them at once; takes no longer than the slowest, at most 5 s."""

    async def one(service: str, ask: Ask) -> HealthResult:
        began, moment = time.perf_counter(), datetime.now(UTC)
        answer = await within_limit(ask)
        return HealthResult(service, answer.healthy, answer.status, (time.perf_counter() - began) * 1000, moment)

    return list(await asyncio.gather(*(one(service, ask) for service, ask in asked.items())))


async def check(settings: Endpoints, *, dsn: str, airflow_url: str, boards: Mapping[str, str]) -> list[HealthResult]:
    """Probes everything once, see :func:`probes_by_name`; stores nothing and tells nobody."""
    async with httpx.AsyncClient(timeout=5.0, headers={"User-Agent": USER_AGENT}, follow_redirects=False) as http:
        return await probe_all(probes_by_name(http, settings, dsn=dsn, airflow_url=airflow_url, boards=boards))


def scraped_boards(address: Callable[[str], str], env: Mapping[str, str]) -> dict[str, str]:
    """Address of each board that has searches of its own; none of one that the sandbox refuses, or that has no address.

    :param address: of a board's connection; ``""``: it says none
    """
    found = {}
    for name in filter(BOARDS.__contains__, searched()):
        with suppress(InvalidInput, NotInSandbox):
            found[name] = address(name) or board_address(name, env) or BOARDS[name].default_base_url
    return {name: address for name, address in found.items() if address}


STUCK = "health:Notifications"
"""The incident that nothing queued can tell of: the queue itself stands still."""


def keep_or_tell(dsn: str, results: list[HealthResult], now: datetime, settings: Endpoints) -> list[IncidentChange]:
    """:func:`keep`. What the queue cannot tell goes out directly: that Postgres is away, and that the queue stands still.

    :raises StoreUnavailable: the looks could not be stored
    """
    try:
        with connect(dsn, name="check_health") as conn:
            changes = keep(conn, results, now, remind_after=timedelta(hours=settings.remind_hours))
            stuck = alerts(each for each in changes if each.key == STUCK and each.change != "closed")
            if stuck and not _directly(stuck, settings):
                enqueue(conn, stuck)
            return changes
    except StoreUnavailable:
        _directly(compose("health_alert", {"key": "Database", "service": "Database", "status": "it does not answer"}), settings)
        raise


def _directly(drafts: Iterable[Draft], settings: Endpoints) -> bool:
    """Sends by each channel that works; returns whether one did."""
    done = False
    for draft in drafts:
        try:
            send(Message(id=draft.dedupe_key, type=draft.type, recipient=draft.recipient, message=draft.message), settings)
            done = True
        except RolecallError as error:
            log.warning("not sent by %s: %s", draft.type, error)
    return done


def keep(conn: Connection, results: list[HealthResult], now: datetime, *, remind_after: timedelta) -> list[IncidentChange]:
    """Stores the looks, opens and closes incidents, and writes the alerts into the outbox: one transaction. Returns what changed.
    That the outbox itself stands still is left to the caller.

    Rows that were put aside are told of in the same way.
    """
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into health_check (service, healthy, status, response_ms, checked_at) values (%s, %s, %s, %s, %s)",
            [(each.service, each.healthy, each.status, each.response_ms, each.checked_at) for each in results],
        )
    conn.execute("delete from health_check where checked_at < %s", (now - KEEP,))
    looks = [Observation(f"health:{each.service}", "health", each.service, not each.healthy, each.status) for each in results]
    changes = observe(conn, looks, now, remind_after=remind_after)
    enqueue(conn, alerts(each for each in changes if each.key != STUCK or each.change == "closed"))
    return [*changes, *dead_letter_alerts.watch(conn, now)]


def is_service(name: str) -> bool:
    """Whether it answers or is down; else it is a state of ours, which its status says in words."""
    return name not in (*WAITING, "Disk") and not name.startswith("Scraping ")


def alerts(changes: Iterable[IncidentChange]) -> list[Draft]:
    """What is told about health: a service's failure in the seed's words, anything else's in its own, and well again after how long."""
    drafts: list[Draft] = []
    for each in changes:
        key, lasted = f"{each.id}:{each.change}:{each.occurrences}", format_duration(each.lasted)
        service = is_service(each.service)
        if each.change == "opened":
            composed = compose("health_alert", {"key": key, "service": each.service, "status": each.detail})
            drafts += composed if service else [replace(draft, message=f"🚨 {each.service}: {each.detail}") for draft in composed]
            continue
        if each.change == "closed":
            text = (
                f"✅ Service {each.service} is healthy again after {lasted}."
                if service
                else f"✅ {each.service}: all is well after {lasted}"
            )
        elif service:
            text = f"🚨 Service {each.service} is still down after {lasted}! Status: {each.detail}"
        else:
            text = f"🚨 {each.service}, for {lasted} now: {each.detail}"
        drafts.append(Draft(dedupe_key=f"health:{key}:slack", kind="health_alert", type="slack", recipient="#alerts", message=text))
    return drafts
