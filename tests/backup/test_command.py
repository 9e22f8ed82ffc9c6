"""``./rolecall backup``: what it does without a word, and with one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rolecall.backup import __main__ as command


@pytest.mark.parametrize(("typed", "done"), [([], "make"), (["make"], "make"), (["list"], "list"), (["check", "a.backup"], "check")])
def test_without_a_word_it_makes_a_backup(typed: list[str], done: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(command, "run", lambda given: asked.append(given.command) or 0)
    assert command.main(typed) == 0
    assert asked == [done]


def test_a_list_of_no_backups_says_so_and_how_one_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BACKUP_URL", str(tmp_path / "none"))
    assert command.main(["list"]) == 0
    assert capsys.readouterr().out == "there is no backup yet → ./rolecall backup\n"
