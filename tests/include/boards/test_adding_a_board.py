"""The guide's example works as printed: one file, one line."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from include import boards
from include.boards.base import Board
from include.boards.scrape import scrape
from include.models import SearchQuery
from include.store import Connection
from tests.include.boards.board_server import Reply, serving

GUIDE = (Path(__file__).parents[3] / "docs" / "adding-a-board.md").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.S)
    assert found is not None
    return found[1]


@pytest.fixture
def orchard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Board:
    """The guide's file, imported, and its line in the registry."""
    file = tmp_path / "orchard.py"
    file.write_text(block("python"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("orchard", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "orchard", module)
    spec.loader.exec_module(module)
    one: Board = eval(block("text").strip().rstrip(","), vars(module))  # noqa: S307 - the guide's own line
    monkeypatch.setitem(boards.BOARDS, one.name, one)
    return one


def test_the_guides_board_reads_the_guides_answer(orchard: Board) -> None:
    page = boards.read("orchard", block("json"), fetched_at=NOW)
    first, last = page.postings
    assert (page.outcome, len(page.rejects)) == ("ok", 1)
    assert (first.external_id, first.company, first.city, first.country) == ("17", "Hive & Works", "Maribor", "Slovenia")
    assert (first.posted_at, first.description) == (datetime(2026, 2, 26, tzinfo=UTC), "Keep bees.")
    assert (first.salary_min, first.salary_max, first.salary_currency, first.salary_interval) == (2400, 2900, "EUR", "month")
    assert (last.company, last.posted_at, last.salary_min) == ("", None, None)


def test_the_guides_board_is_scraped_landed_and_recorded_like_any_other(orchard: Board, dsn: str, db: Connection) -> None:
    with serving() as fake:
        fake.routes["/api/jobs"] = lambda query: Reply(block("json") if query["page"] == "1" else '{"jobs": []}')
        query = SearchQuery(keywords="bees")
        result = asyncio.run(scrape("orchard", query, dsn=dsn, run_id="r1", base_url=fake.url))
    assert (result.outcome, result.landed, result.rejected) == ("ok", 2, 1)
    assert db.execute("select count(*) as n from posting where board = 'orchard'").fetchone() == {"n": 2}


def test_the_guide_names_only_what_exists() -> None:
    for name in ("as_text", "as_dict", "as_list"):
        assert hasattr(__import__("include.boards.text", fromlist=["x"]), name)
    for name in ("detail_request", "detail_of", "has_details", "takes_keywords", "seconds_per_request"):
        assert hasattr(Board, name)
