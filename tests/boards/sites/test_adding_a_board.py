"""The guide's example works as printed: one file, found by itself; and one that is broken takes no other with it."""

from __future__ import annotations

import asyncio
import importlib
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from rolecall import boards
from rolecall.boards.base import Board
from rolecall.boards.scrape import scrape
from rolecall.boards.searches import searched, searches, wrong_searches
from rolecall.errors import BrokenBoard, InvalidInput
from rolecall.models import SearchQuery
from rolecall.store import Connection
from tests.boards.board_server import FakeBoard
from tests.http_double import Answer, serving

GUIDE = (Path(__file__).parents[3] / "docs" / "adding-a-board.md").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

START = "from rolecall.boards.base import Board\nclass A(Board):\n"
REST = "    title, hosts, default_base_url = '', (), ''\n"
BROKEN = {
    "no_import": f'from nowhere import nothing\n{START}    name = "a"\n{REST}',
    "no_syntax": 'class A(Board):\n    name = "a"\n    def search(self:\n',
    "no_title": f'{START}    name = "a"\n    hosts = ()\n',
    "no_name": f"{START}    name: str = None\n{REST}",
    "bad_name": f"{START}    name = 'A b!'\n{REST}",
    "same_name": f"{START}    name = 'orchard'\n{REST}",
    "exits": f'import sys\nsys.exit("bye")\n{START}    name = "a"\n',
    "not_text": 'class A(Board):\n    name = "\0\ud83d"\n',
}
"""Ways in which a file cannot be used, by its name."""


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.S)
    assert found is not None
    return found[1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of boards that holds the guide's file, importable under its name."""
    folder = tmp_path / f"boards_{uuid4().hex}"
    folder.mkdir()
    (folder / "orchard.py").write_text(block("python"), encoding="utf-8")
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield folder
    for name in [name for name in sys.modules if name.startswith(folder.name)]:
        del sys.modules[name]


@pytest.fixture
def orchard(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Board:
    """The guide's board, found."""
    found, broken = boards.find_boards(folder, folder.name)
    assert (list(found), broken) == (["orchard"], {})
    monkeypatch.setitem(boards.BOARDS, "orchard", found["orchard"])
    return found["orchard"]


def test_the_guides_board_reads_the_guides_answer(orchard: Board) -> None:
    page = boards.read("orchard", block("json"), fetched_at=NOW)
    first, last = page.postings
    assert (page.outcome, len(page.rejects)) == ("ok", 1)
    assert (first.external_id, first.company, first.city, first.country) == ("17", "Hive & Works", "Maribor", "Slovenia")
    assert (first.posted_at, first.description) == (datetime(2026, 2, 26, tzinfo=UTC), "Keep bees.")
    assert (first.salary_min, first.salary_max, first.salary_currency, first.salary_interval) == (2400, 2900, "EUR", "month")
    assert (last.company, last.posted_at, last.salary_min) == ("", None, None)


def test_the_guides_board_is_scraped_landed_and_recorded_like_any_other(orchard: Board, dsn: str, db: Connection) -> None:
    with serving(FakeBoard()) as fake:
        fake.routes["/api/jobs"] = lambda query: Answer(body=block("json") if query["page"] == "1" else '{"jobs": []}')
        query = SearchQuery(keywords="bees")
        result = asyncio.run(scrape("orchard", query, dsn=dsn, run_id="r1", base_url=fake.url))
    assert (result.outcome, result.landed, result.rejected) == ("ok", 2, 1)
    assert db.execute("select count(*) as n from posting where board = 'orchard'").fetchone() == {"n": 2}


def test_the_guide_names_only_what_exists() -> None:
    for name in ("as_text", "as_dict", "as_list"):
        assert hasattr(__import__("rolecall.text.html", fromlist=["x"]), name)
    for name in ("detail_request", "detail_of", "has_details", "can", "seconds_per_request"):
        assert hasattr(Board, name)


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_used_is_named_and_takes_no_other_board_with_it(folder: Path, name: str) -> None:
    (folder / f"{name}.py").write_text(BROKEN[name], encoding="utf-8", errors="surrogatepass")
    found, broken = boards.find_boards(folder, folder.name)
    assert len(found) == 1
    assert list(broken) == [name]
    assert broken[name].startswith(f"{name}.py: ")


def test_every_file_of_ours_is_found_and_helpers_are_taken_for_no_boards() -> None:
    assert boards.BROKEN == {}
    assert list(boards.BOARDS)[:3] == ["linkedin", "indeed", "glassdoor"]
    assert len(boards.BOARDS) == 25


@pytest.mark.parametrize("name", list(boards.BOARDS))
def test_a_board_of_ours_that_breaks_leaves_the_others(name: str) -> None:
    """No board's file is imported by another one's."""
    (module,) = {type(boards.BOARDS[name]).__module__}
    for other in boards.BOARDS.values():
        text = Path(sys.modules[type(other).__module__].__file__ or "").read_text(encoding="utf-8")
        assert other.name == name or not re.search(rf"^(from|import) {re.escape(module)}\b", text, re.M)
        assert other.name == name or not re.search(rf"^from rolecall\.boards import .*\b{module.rsplit('.', 1)[1]}\b", text, re.M)


def test_a_broken_board_is_told_by_name_wherever_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(boards.BROKEN, "orchard", "orchard.py: SyntaxError: no")
    with pytest.raises(BrokenBoard, match=r"include/rolecall/boards/sites/orchard\.py: SyntaxError.*→ mend the file"):
        searches("orchard")


@pytest.mark.parametrize("wrong", ["indeed: {a: 1}", "indeed: [{keyword: x}]", "monster: []"])
def test_a_wrong_search_stops_its_own_board_only_and_is_named(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "searches.yaml"
    file.write_text(f"linkedin:\n  - {{keywords: baker}}\n{wrong}\n", encoding="utf-8")
    assert [query.keywords for query in searches("linkedin", file=file)] == ["baker"]
    assert "linkedin" in searched(file)
    (problem,) = wrong_searches(file)
    assert problem.startswith(f"searches.yaml: {wrong.split(':')[0]}")
    if wrong.startswith("indeed"):
        assert "indeed" in searched(file)
        with pytest.raises(InvalidInput):
            searches("indeed", file=file)
