"""The wheel in somebody else's Airflow: an environment without this checkout, a project with an ``include`` of its own, twelve lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet

from local.processes.postgres import Postgres
from rolecall.store import connect
from tests.boards.board_server import FakeBoard, linkedin_like
from tests.http_double import Answer, http_double, serving

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]

DAG = """\
from airflow.sdk import DAG
from include.mine import CV
from rolecall.notifiers.push_notifier import PushNotifier
from rolecall.operators.ai_job_matcher_operator import AIJobMatcherOperator
from rolecall.operators.job_scraper_operator import JobScraperOperator

done = PushNotifier(user_id="ada", title="{{ dag.dag_id }}", message="there is something new")

with DAG("my_search", schedule=None) as dag:
    found = JobScraperOperator(task_id="scrape", platform="linkedin", keywords="data engineer", max_results=5)
    matched = AIJobMatcherOperator(task_id="match", cv_data=CV, on_success_callback=done)
    found >> matched
"""
MATCH = {"id": "j1", "title": "Data Engineer", "company": "Acme", "source": "linkedin", "matchScore": 0.9, "canAutoApply": False}


def run(*command: str | Path, cwd: Path, env: dict[str, str]) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """An environment that has the packages of ours, and of Rolecall nothing but the wheel."""
    plain = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        tmp_path / "dist",
        ROOT,
        cwd=tmp_path,
        env=plain,
    )
    (wheel,) = (tmp_path / "dist").glob("rolecall-*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path, env=plain)
    site = Path(
        run(tmp_path / "venv/bin/python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path, env=plain).strip()
    )
    run(sys.executable, "-m", "pip", "--python", tmp_path / "venv/bin/python", "install", "-q", "--no-deps", wheel, cwd=tmp_path, env=plain)
    assert (site / "rolecall" / "operators").is_dir()
    (site / "packages.pth").write_text(
        sysconfig.get_path("purelib") + "\n"
    )  # a folder named by a .pth brings no .pth of its own: no checkout
    return tmp_path / "venv"


def test_a_dag_of_twelve_lines_runs_against_somebodys_own_postgres(venv: Path, tmp_path: Path, postgres: Postgres) -> None:
    project = tmp_path / "project"
    for folder in ("dags", "include"):
        (project / folder).mkdir(parents=True)
    (project / "include" / "__init__.py").touch()
    (project / "include" / "mine.py").write_text('CV = {"name": "Ada", "skills": ["Python"]}\n')
    (project / "dags" / "my_search.py").write_text(DAG)
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute("drop database if exists theirs with (force)")
        admin.execute("create database theirs")
    with serving(FakeBoard()) as board, http_double() as web:
        linkedin_like(board, 5)
        web.answer = lambda call: Answer(200, {"matches": [MATCH]} if call.path.endswith("/job-match") else {})
        conns = {
            "ROLECALL_DB": {"conn_type": "postgres", **parts(postgres, "theirs")},
            "BOARD_LINKEDIN": {"conn_type": "rolecall_board", "host": board.url},
            "AI_SERVICE": {"conn_type": "rolecall_ai", "host": web.url, "password": "t"},
            "PUSH_DEFAULT": {"conn_type": "http", "host": web.url, "password": "push"},
        }
        env = {
            "PATH": f"{venv / 'bin'}:/usr/bin:/bin",
            "HOME": str(project),
            "AIRFLOW_HOME": str(project),
            "PYTHONPATH": str(project),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__FERNET_KEY": Fernet.generate_key().decode(),
            **{f"AIRFLOW_CONN_{name}": json.dumps(fields) for name, fields in conns.items()},
        }
        upgraded = run(venv / "bin/rolecall", "db", "upgrade", cwd=project, env={**env, "ROLECALL_DSN": postgres.dsn("theirs")})
        assert "at revision" in upgraded
        assert str(ROOT) not in run(
            venv / "bin/python", "-c", "import rolecall.plugin; print(rolecall.plugin.__file__)", cwd=project, env=env
        )
        airflow = (venv / "bin/python", "-m", "airflow")
        run(*airflow, "db", "migrate", cwd=project, env=env)
        assert "rolecall" in run(*airflow, "providers", "list", cwd=project, env=env)
        said = run(*airflow, "dags", "test", "my_search", cwd=project, env=env)
    with connect(postgres.dsn("theirs"), name="test") as conn:
        landed = conn.execute("select count(*) as n from posting where board = 'linkedin'").fetchone()
    assert landed == {"n": 5}, said[-3000:]
    (told,) = [call.json for call in web.calls if call.path == "/push"]
    assert (told["userId"], told["title"]) == ("ada", "my_search")


def parts(postgres: Postgres, database: str) -> dict[str, object]:
    read = psycopg.conninfo.conninfo_to_dict(postgres.dsn(database))
    return {"host": read["host"], "port": int(read["port"]), "login": read["user"], "password": read["password"], "schema": database}
