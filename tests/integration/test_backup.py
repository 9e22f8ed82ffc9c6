"""A stack is lost and rebuilt from its backup: the same rows, nothing sent until somebody has compared, everything running."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import Stack

pytestmark = pytest.mark.long

TABLES = ("posting", "job", "match", "application", "application_event", "notification", "person", "cv", "audit_seal")
SENDING = ("auto_apply", "dispatch_auto_apply")


@pytest.fixture
def elsewhere() -> Iterator[Stack]:
    """An empty folder for another stack, stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="rolecall-it-"))
    another = Stack(folder / "home")
    try:
        yield another
    finally:
        another.make("down", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def rows(stack: Stack) -> dict[str, int]:
    with stack.db() as db:
        found = {table: db.execute(f"select count(*) as n from {table}").fetchone() for table in TABLES}
    return {table: row["n"] for table, row in found.items() if row}


def paused(stack: Stack) -> list[bool]:
    with stack.airflow() as api:
        return [api.get(f"/dags/{dag_id}").raise_for_status().json()["is_paused"] for dag_id in SENDING]


def test_what_was_lost_is_back_and_sends_only_after_somebody_has_compared(stack: Stack, elsewhere: Stack) -> None:
    with stack.airflow() as api:  # nothing may change between the backup and the count
        for dag_id in ("sweep_applications", "seal_audit", "send_notifications"):
            api.patch(f"/dags/{dag_id}", json={"is_paused": True}).raise_for_status()
    made = stack.make("backup").stdout
    before = rows(stack)
    key = json.loads((stack.home / "secrets.json").read_text())["backup_key"]
    stack.make("down")
    try:
        restored = elsewhere.make("restore", FROM=str(stack.home / "backups"), BACKUP_KEY=key).stdout
        assert "reconcile" in restored, made + restored
        elsewhere.make("up", BACKUP_KEY=key)
        assert {table: count for table, count in rows(elsewhere).items() if table != "audit_seal"} == {
            table: count for table, count in before.items() if table != "audit_seal"
        }
        assert paused(elsewhere) == [True, True]
        assert "the log is what was written" in elsewhere.make("audit-verify").stdout
        refused = elsewhere.make("reconcile", NAME="Ada Quill", check=False)
        assert refused.returncode, refused.stdout  # this sandbox has received nothing, and this Redis has seen nothing leave
        assert paused(elsewhere) == [True, True]
        elsewhere.make("reconcile", NAME="Ada Quill", LOOKED="--looked")
        assert paused(elsewhere) == [False, False]
        assert "not running" not in elsewhere.make("status").stdout
    finally:
        elsewhere.make("down", check=False)
        stack.make("up")
