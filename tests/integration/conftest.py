"""The embedded stack, for real: `make demo` in a home of its own, stopped at the end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from rolecall.store import Connection, connect

ROOT = Path(__file__).parents[2]
LIMIT = 900


@dataclass
class Stack:
    """One running stack.

    :param home: its ``.rolecall`` folder
    :param output: what the demo printed
    :param browser_forms: whether forms are filled in in Chromium: it takes a processor, and has a test of its own (tests/browser)
    """

    home: Path
    output: str = ""
    browser_forms: str = "off"

    def make(self, target: str, *, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs a make target against this home, as a person would."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTEST", "MAKE"))}
        environment.setdefault("BROWSER_FORMS", self.browser_forms)
        arguments = [f"{name}={value}" for name, value in {"ROLECALL_HOME": str(self.home), **variables}.items()]
        done = subprocess.run(
            ["make", "--no-print-directory", target, *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False,
        )  # fmt: skip
        if check and done.returncode:
            pytest.fail(f"make {target} ended with {done.returncode}:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}")
        return done

    @property
    def facts(self) -> dict[str, Any]:
        """``stack.json``."""
        facts: dict[str, Any] = json.loads((self.home / "stack.json").read_text())
        return facts

    @property
    def demo(self) -> dict[str, Any]:
        """``demo.json``."""
        facts: dict[str, Any] = json.loads((self.home / "demo.json").read_text())
        return facts

    def db(self) -> Connection:
        """A connection to the ``rolecall`` database."""
        return connect(self.facts["postgres_dsn"], name="test")

    def sandbox(self, path: str) -> Any:
        """One of the sandbox's inspection pages."""
        headers = {"Authorization": f"Bearer {self.facts['sandbox_token']}"}
        return httpx.get(f"{self.facts['sandbox_url']}{path}", headers=headers, timeout=10).raise_for_status().json()

    def airflow(self) -> httpx.Client:
        """Airflow's REST API, logged in."""
        facts = self.facts
        login = {"username": facts["username"], "password": facts["password"]}
        token = httpx.post(f"{facts['airflow_url']}/auth/token", json=login, timeout=20).raise_for_status().json()["access_token"]
        return httpx.Client(base_url=f"{facts['airflow_url']}/api/v2", headers={"Authorization": f"Bearer {token}"}, timeout=30)


@pytest.fixture(scope="package")  # no longer than the tests here: it costs a third of a processor at rest
def stack() -> Iterator[Stack]:
    """The stack after one demo."""
    folder = Path(tempfile.mkdtemp(prefix="rolecall-it-"))
    stack = Stack(folder / "home")
    try:
        stack.output = stack.make("demo").stdout
        yield stack
    finally:
        stack.make("down", check=False)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)  # xdist reads the mark in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One stack for all tests here: they run on one worker, first because they are the longest, and what stops the stack last of them."""
    here = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    for item in here:
        item.add_marker(pytest.mark.xdist_group("stack"))
    ordered = iter(sorted(here, key=lambda item: item.path.name == "test_docs_commands.py"))
    ours = set(map(id, here))
    items[:] = [next(ordered) if id(item) in ours else item for item in items]
