"""What ``make start`` was told on this machine: whose search it is, their answers, and what of the environment they set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from local.base.files import read_json, write_json
from local.base.paths import Home

NAME = "own.json"


@dataclass
class OwnSearch:
    """One person's own search.

    :param person: their id; ``""``: nobody came in yet
    :param answers: as they were typed, by question
    :param environment: variables that hold where the environment says nothing
    :param mailed: the mail settings that a test mail went out by
    """

    person: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    mailed: str = ""

    @classmethod
    def of(cls, home: Home) -> OwnSearch:
        """What was noted; empty where nothing was."""
        read: dict[str, Any] = read_json(home.folder / NAME)
        answers, environment = ({str(k): str(v) for k, v in (read.get(name) or {}).items()} for name in ("answers", "environment"))
        return cls(str(read.get("person", "")), answers, environment, str(read.get("mailed", "")))

    def note(self, home: Home) -> None:
        """Keeps it, readable by the owner only."""
        write_json(home.folder / NAME, asdict(self))

    def under(self, env: Mapping[str, str]) -> dict[str, str]:
        """An environment, with what was noted where it says nothing."""
        return {**self.environment, **{name: value for name, value in env.items() if value.strip() or name not in self.environment}}
