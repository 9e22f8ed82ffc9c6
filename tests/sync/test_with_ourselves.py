"""Where ``API_BASE_URL`` is the bundled platform, both sides are one: syncing changes nothing, however often."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rolecall.clients.platform_client import PlatformClient
from rolecall.store import Connection
from rolecall.sync.closed_jobs import tell_closed
from rolecall.sync.sync_people import sync_people
from tests.services.conftest import *  # noqa: F403 - its fixtures
from tests.services.test_process import services
from tests.sync.test_closed_jobs import closed


def rows(db: Connection) -> dict[str, list[dict[str, Any]]]:
    found = {table: db.execute(f"select * from {table} order by 1").fetchall() for table in ("person", "job", "posting", "audit")}
    db.commit()
    return found


def test_it_changes_nothing_and_lists_pages(db: Connection, dsn: str, receiver: Any, mira: str, tmp_path: Path) -> None:
    for number in range(4):
        add_person(db, f"p{number}")  # noqa: F405
    closed(db, "j1", "j2")
    before = rows(db)
    with services(dsn, receiver, tmp_path / "services.log") as (url, _), PlatformClient(url, "api-secret") as ourselves:
        page = ourselves.changed_users(None, None, 2)
        assert page is not None
        assert [user["id"] for user in page["users"]] == ["mira", "p0"]
        following = ourselves.changed_users(None, page["next"], 100)
        assert following is not None
        assert [user["id"] for user in following["users"]] == ["p1", "p2", "p3"]
        for full in (False, False, True):
            done = sync_people(dsn, ourselves, full=full)
            assert (done.taken, done.given, done.created, done.conflicts, done.problems) == (0, 0, 0, 0, [])
            assert (done.asked, done.finished) == (0, True)
        assert tell_closed(dsn, ourselves).reported == 2
    assert rows(db) == before
