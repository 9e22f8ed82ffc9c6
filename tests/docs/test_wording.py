"""What people are told to type works as it stands: ``make …`` and ``./rolecall …``, nothing that needs an environment they do not have."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest

from local.base.paths import ROOT

NEEDS_AN_ENVIRONMENT = {
    "a module of ours by Python": re.compile(r"(?<!/)(?<!\./rolecall )\bpython3? -m (?!venv\b)"),
    "Airflow's command line by its bare name": re.compile(
        r"(?<!\./rolecall )(?<![\w/.-])airflow "
        r"(assets|backfill|config|connections|dags|db|info|jobs|pools|standalone|tasks|users|variables)\b"
    ),
    "a tool of the environment by its bare name": re.compile(r"(?<![\w/.-])(?<!-m )(?<!uv )(pip install -|pytest (-|tests))"),
    "a module of ours as a command": re.compile(r"\b(local\.inside|include(\.[a-z_]+)+) (?!import\b)[a-z]+ (?=[A-Z-])"),
}

PROCESSES = ("Dockerfile", "docker/", "docker-compose.yaml", "tests/docs/", "tests/deploy/")
"""What starts processes in containers, where the environment is right; what tests that; and this file."""


def texts() -> Iterator[tuple[str, int, str]]:
    """Every line of the project's text files: path, number, line."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for path in listed:
        if path.endswith((".md", ".py", ".yaml", ".cfg", ".sh", ".toml", ".example", "Makefile")) and not path.startswith(PROCESSES):
            file = ROOT / path
            if file.is_file():
                yield from ((path, number, line) for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1))


def test_no_text_of_the_project_names_a_command_that_needs_an_activated_environment() -> None:
    wrong = [
        f"{path}:{number}: {kind}" for path, number, line in texts() for kind, form in NEEDS_AN_ENVIRONMENT.items() if form.search(line)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "line",
    [
        "run `python -m rolecall.store`",
        "`airflow backfill create --dag-id x`",
        "see python3 -m local.inside rolecall.catalog",
        "airflow dags test x",
        "fix: pip install -r requirements-parquet.txt",
        "`pytest -m long tests/backup` runs the drill",
        "Edit freely: `pytest tests/matching` checks the file",
    ],
)
def test_such_a_command_would_be_found(line: str) -> None:
    assert any(form.search(line) for form in NEEDS_AN_ENVIRONMENT.values())


@pytest.mark.parametrize(
    "line",
    [
        "`./rolecall airflow backfill create`",
        "the airflow database",
        "./rolecall python -m pip install -r x.txt",
        "pytest itself",
        "make up",
    ],
)
def test_what_works_is_not_held_against_anybody(line: str) -> None:
    assert not any(form.search(line) for form in NEEDS_AN_ENVIRONMENT.values())
