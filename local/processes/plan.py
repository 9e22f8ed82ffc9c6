"""Every process of the stack as data: how it is started, when it is ready, what it waits for, how it is stopped."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.processes import health
from local.processes.environment import PYTHON, StackEnvironment
from local.processes.postgres import Postgres
from local.processes.redis import Redis

HEARTBEATS = 90.0
"""Seconds that a component of Airflow may go without a heartbeat; one is due every five."""


MEMORY = 4_000_000_000
"""Bytes that the services may hold: several times what they need (docs/performance.md). Beyond it they are started again, before the kernel
chooses somebody for lack of memory."""


@dataclass(frozen=True)
class Process:
    """One process.

    :param name: also the name of its log
    :param stamp: changes when the code it keeps in memory does
    :param after: names that must be ready first
    :param probe: asks whether it is ready; ``None`` for a step, which is ready when it has ended with 0
    :param pulse: asks for a sign of life once it is ready; ``None``: nobody can tell whether it hangs
    :param patience: seconds without a sign of life after which it is killed and started again
    :param memory: bytes of memory of its own beyond which it is started again; 0: any. Only where there is a ``pulse``
    :param ports: names of the ports it listens on
    :param prepare: called before each start
    :param stage: lower stages are stopped first
    :param grace: seconds between asking it to stop and killing it
    :param by_children: it is stopped by stopping its children: it follows them
    """

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    stamp: str = ""
    after: tuple[str, ...] = ()
    probe: health.Probe | None = field(default=None, compare=False)
    pulse: health.Pulse | None = field(default=None, compare=False)
    patience: float = 60.0
    memory: int = 0
    ports: tuple[str, ...] = ()
    prepare: Callable[[], None] | None = field(default=None, compare=False)
    stage: int = 2
    stop: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    by_children: bool = False

    def like(self, other: Process, ignored: set[str]) -> bool:
        """Whether a running ``other`` may stay; differences in ``ignored`` variables do not count."""

        def essence(process: Process) -> tuple[object, ...]:
            kept = {name: value for name, value in process.environment.items() if name not in ignored}
            return process.command, kept, process.stamp, process.after

        return essence(self) == essence(other)


def plan(around: StackEnvironment) -> list[Process]:
    """The processes that this stack consists of."""
    return [*_stores(around), *_services(around), *_airflow(around)]


def _stores(around: StackEnvironment) -> list[Process]:
    postgres = Postgres(around.home.postgres, around.ports["postgres"], around.credentials.postgres_password)
    redis = Redis(around.home.redis, around.ports["redis"], around.credentials.redis_password)
    database = Process(
        "postgres",
        tuple(postgres.command),
        around.base,
        probe=health.postgres_ready(postgres.dsn("postgres")),
        pulse=health.postgres_alive(postgres.dsn("postgres")),
        ports=("postgres",),
        prepare=postgres.prepare,
        stage=3,
        stop=signal.SIGINT,  # fast shutdown: SIGTERM would wait for every client to leave
        grace=20,
    )
    queue = Process(
        "redis",
        tuple(redis.command),
        around.base,
        probe=health.redis_ready(redis.url),
        pulse=health.redis_alive(redis.url),
        ports=("redis",),
        prepare=redis.prepare,
        stage=3,
    )
    store = around.rolecall | ({"ROLECALL_OWN_STORE": "1"} if around.own_store else {})
    steps = [
        # Ends before any component starts, and starts again when a variable changes: connections are rows by then.
        Process(
            "migrate-airflow",
            (PYTHON, "-m", "local.processes.migrate", "airflow"),
            around.commands,
            stamp=around.wanted.code["connections"],
            after=("postgres",),
        ),
        Process(
            "migrate-rolecall",
            (PYTHON, "-m", "local.processes.migrate", "rolecall"),
            {**around.base, **store},
            stamp=around.wanted.code["store"],
            after=("postgres",) if around.own_store else (),
        ),
    ]
    return [database, *([queue] if around.own_redis else []), *steps]


def _services(around: StackEnvironment) -> list[Process]:
    def serve(module: str, port: str, *options: str) -> tuple[str, ...]:
        return (PYTHON, "-m", module, "--host", "127.0.0.1", "--port", str(around.ports[port]), *options)

    services = Process(
        "services",
        serve("rolecall.services", "services"),
        around.services,
        stamp=around.wanted.code["services"],
        after=("migrate-rolecall",),
        probe=health.http_ready(f"{around.url('services')}/health"),
        pulse=health.http_alive(f"{around.url('services')}/health"),
        memory=MEMORY,
        ports=("services",),
    )
    page = Process(
        "page",
        serve("rolecall.web", "page"),
        around.page,
        stamp=around.wanted.code["services"],
        after=("migrate-rolecall",),
        probe=health.http_ready(f"{around.url('page')}/health"),
        pulse=health.http_alive(f"{around.url('page')}/health"),
        ports=("page",),
    )
    if not around.wanted.sandbox:
        return [services, page]
    options = ["--smtp-port", str(around.ports["smtp"]), "--state", str(around.home.sandbox)]
    if around.wanted.pages:
        options += ["--pages", around.wanted.pages]
    sandbox = Process(
        "sandbox",
        serve("sandbox", "sandbox", *options),
        around.sandbox,
        stamp=around.wanted.code["sandbox"],
        probe=health.http_ready(f"{around.url('sandbox')}/_sandbox/health", around.credentials.sandbox_token),
        pulse=health.http_alive(f"{around.url('sandbox')}/_sandbox/health"),
        ports=("sandbox", "smtp"),
    )
    return [services, page, sandbox]


def _airflow(around: StackEnvironment) -> list[Process]:
    def component(name: str, *options: str, probe: health.Probe, **how: Any) -> Process:
        return Process(
            name,
            (PYTHON, "-m", "airflow", name, *options),
            around.airflow,
            stamp=around.wanted.code["airflow"],
            after=("migrate-airflow", "migrate-rolecall"),
            probe=probe,
            **{"stage": 1, **how},
        )

    url, database = around.url("airflow"), around.database("airflow")

    def beating(job: str) -> dict[str, Any]:
        return {"pulse": health.component_alive(database, job), "patience": HEARTBEATS}

    alive = f"{url}/execution/health"
    return [
        # Asked where tasks ask: the first answer there takes seconds, in which tasks would wait in vain.
        component(
            "api-server", probe=health.http_ready(alive, patience=60), pulse=health.http_alive(alive), stage=2, ports=("airflow",), grace=5
        ),
        # Their log servers would listen on all addresses; here everybody reads the same folder. Running tasks may end.
        component("scheduler", "--skip-serve-logs", probe=health.component_ready(url, "scheduler"), grace=20, **beating("SchedulerJob")),
        component("dag-processor", probe=health.component_ready(url, "dag_processor"), **beating("DagProcessorJob")),
        # Asked itself, it can wait ten seconds for the end of a runner that has ended already; asked, the runner ends and it sees that.
        component(
            "triggerer", "--skip-serve-logs", probe=health.component_ready(url, "triggerer"), by_children=True, **beating("TriggererJob")
        ),
    ]
