"""Airflow's own ``dags test`` runs each of our DAGs once, to success; one that waits is told by ``--mark-success-pattern`` not to.

One DAG of each file, in one process, by the command's own parser, on databases of its own; the services are the drills' receiver.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet

from local.base.paths import IMPORTS, ROOT
from local.processes.postgres import Postgres, binaries
from local.processes.redis import Redis
from rolecall.connections import resolved
from rolecall.store import connect
from tests.airflow_home import as_airflow_reads_it
from tests.boards.board_server import FakeBoard, linkedin_like
from tests.chaos.receiver import Receiver
from tests.http_double import Answer, Call, serving
from tests.world import insert

pytestmark = pytest.mark.long

RUN = """
import json, sys
from airflow.cli.cli_parser import get_parser
asked = json.loads(sys.argv[1])
for arguments in asked:
    try:
        sys.argv = ["airflow", "dags", "test", *arguments]
        given = get_parser().parse_args(sys.argv[1:])
        given.func(given)
        said = "success"
    except SystemExit as error:
        said = f"failed: {error}"
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    print("ENDED", json.dumps([arguments[0], said]), flush=True)
"""

TAKEN_BACK = "6f1c2a34-0000-4000-8000-000000000000"
SEARCH = {"searches": [{"keywords": "nurse", "maxResults": 5}]}
ORDER = {"cvId": "c9", "userId": "stranger", "userEmail": "ada@example.com", "delaySeconds": 0}
SETTLED = {"applicationId": TAKEN_BACK, "decision": "withdraw", "detail": "no longer wanted", "name": "Ada"}

OPTIONS: dict[str, list[str]] = {
    "auto_apply": ["--conf", json.dumps(ORDER)],
    "dispatch_auto_apply": ["--mark-success-pattern", "^wait_for_work$"],
    "scrape_linkedin": ["--conf", json.dumps(SEARCH)],
    "settle_application": ["--conf", json.dumps(SETTLED)],
}
"""What a DAG needs to be told; every other one nothing."""

FIRST = ["scrape_linkedin", "aggregate_jobs", "validate_jobs", "match_jobs"]
"""In the order of the way; every other one after them."""


class Services(Receiver):
    """The drills' receiver with the rest of the platform's contract."""

    def reply(self, call: Call) -> Answer:
        """A count for a bulk of postings, and nobody else's people."""
        if call.method == "POST" and call.path.startswith("/api/v1/jobs/bulk"):
            return Answer(201, {"count": len(call.json["jobs"])})
        if call.method == "GET" and call.path.startswith("/api/v1/users"):
            return Answer(200, {"users": [], "next": None})
        return super().reply(call)


def names() -> list[str]:
    """One DAG of each file."""
    files = sorted(path.stem for path in (ROOT / "dags").glob("*.py"))
    found = ["scrape_linkedin" if name == "scrape_boards" else name for name in files if name != "broken_boards"]
    return FIRST + [name for name in found if name not in FIRST]


@pytest.fixture(scope="module")
def ended(
    postgres: Postgres, redis_server: Redis, airflow_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, str], str]]:
    """How each run ended, by DAG, and the last of what was printed."""
    folder, (ours, airflows) = tmp_path_factory.mktemp("dags-test"), (f"t_{secrets.token_hex(6)}", f"a_{secrets.token_hex(6)}")
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"create database {ours} template template_rolecall strategy file_copy")
        admin.execute(f"create database {airflows} template {airflow_template} strategy file_copy")
    with serving(Services(jobs=2)) as services, serving(FakeBoard()) as board:
        linkedin_like(board, 5)
        with connect(postgres.dsn(ours), name="test") as db:
            fill(db)
        config = {
            "ROLECALL_DSN": postgres.dsn(ours),
            "REDIS_URL": redis_server.url,
            "ROLECALL_SERVICES_URL": services.url,
            "LINKEDIN_BASE_URL": board.url,
            "API_TOKEN": "t",
            "AI_SERVICE_TOKEN": "t",
            **dict.fromkeys(("API_BASE_URL", "AI_SERVICE_URL", "USER_SERVICE_URL", "JOB_SERVICE_URL", "SCRAPER_SERVICE_URL"), services.url),
        }
        config |= resolved(config)
        env = {
            **{name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ},
            **config,
            **as_airflow_reads_it(config),
            "HOME": str(folder),
            "PYTHONPATH": IMPORTS,
            "BACKUP_KEY": secrets.token_hex(16),
            "BACKUP_URL": str(folder / "backups"),
            "REPORT_URL": str(folder / "reports"),
            "AUDIT_ANCHOR_URL": str(folder / "anchors"),
            "POSTGRES_BIN": str(binaries()),
            "AIRFLOW_DSN": postgres.dsn(airflows),
            "AIRFLOW_HOME": str(folder),
            "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "180",
            "AIRFLOW__CORE__FERNET_KEY": Fernet.generate_key().decode(),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": postgres.dsn(airflows),
        }
        asked = json.dumps([[name, *OPTIONS.get(name, [])] for name in names()])
        done = subprocess.run(
            [sys.executable, "-c", RUN, asked], cwd=ROOT, env=env, capture_output=True, text=True, timeout=3000, check=False
        )
    lines = [line.removeprefix("ENDED ") for line in done.stdout.splitlines() if line.startswith("ENDED ")]
    (folder / "out").write_text(done.stdout + done.stderr)
    yield dict(json.loads(line) for line in lines), f"{folder / 'out'}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        for name in (ours, airflows):
            admin.execute(f"drop database {name} with (force)")


def fill(db: psycopg.Connection[dict[str, object]]) -> None:
    """Somebody with a CV, and an application that is taken back."""
    insert(db, "person", id="p1", name="Ada", email="ada@example.com", preferences={"auto_apply": True})
    insert(db, "cv", id="c1", person_id="p1", data={"name": "Ada", "text": "Ward nurse, 9 years"}, sha256="h")
    insert(
        db, "application", id=TAKEN_BACK, person_id="p1", cv_id="c1", person_email="ada@example.com", cv_sha256="h", source="elsewhere",
        job_id="j1", job_key="k1", title="Nurse", company="Clinic", url="", score=0.9, idempotency_key="i1", run_id="r1",
    )  # fmt: skip


@pytest.mark.parametrize("name", names())
def test_a_dag_runs_by_airflows_own_command(ended: tuple[dict[str, str], str], name: str) -> None:
    outcomes, printed = ended
    assert outcomes.get(name) == "success", printed


def test_all_dags_are_run(bag: object) -> None:
    files = {Path(dag.fileloc).stem for dag in bag.dags.values()}  # type: ignore[attr-defined]
    assert len(names()) == len(files)
