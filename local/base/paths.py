"""Where the embedded stack keeps its things: one folder, ``.rolecall/``, or the one that ``ROLECALL_HOME`` names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""

IMPORTS = os.pathsep.join(str(ROOT / folder) for folder in (".", "include", "plugins"))
"""Where Python finds the project: ``local`` and ``sandbox``, and the two halves of ``rolecall``."""


@dataclass(frozen=True)
class Home:
    """The folder of one stack. Two checkouts have two, and share nothing.

    :param folder: absolute path
    """

    folder: Path

    @classmethod
    def of(cls, env: Mapping[str, str] = os.environ) -> Home:
        """``ROLECALL_HOME`` (a relative one counts from the checkout), else ``.rolecall`` in the checkout."""
        return cls((ROOT / (env.get("ROLECALL_HOME") or ".rolecall")).resolve())

    def make(self) -> None:
        """Creates the folders; only the owner can look inside."""
        for folder in (self.folder, self.run, self.logs, self.airflow):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def run(self) -> Path:
        """What is true only while the stack runs."""
        return self.folder / "run"

    @property
    def alive(self) -> Path:
        """Touched by the supervisor every few seconds."""
        return self.run / "alive"

    @property
    def logs(self) -> Path:
        """One log a process."""
        return self.folder / "logs"

    @property
    def airflow(self) -> Path:
        """``AIRFLOW_HOME``."""
        return self.folder / "airflow"

    @property
    def postgres(self) -> Path:
        """The database cluster."""
        return self.folder / "postgres"

    @property
    def redis(self) -> Path:
        """Redis' configuration and append-only file."""
        return self.folder / "redis"

    @property
    def sandbox(self) -> Path:
        """The sandbox's receipts and messages."""
        return self.folder / "sandbox"

    @property
    def stack_json(self) -> Path:
        """Addresses and credentials for tools, while the stack is up."""
        return self.folder / "stack.json"

    @property
    def failures(self) -> Path:
        """What ended or hung by itself during the last day."""
        return self.folder / "troubles.json"

    @property
    def demo_json(self) -> Path:
        """Totals after a demo."""
        return self.folder / "demo.json"
