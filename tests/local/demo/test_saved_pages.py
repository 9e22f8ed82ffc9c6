"""`make demo PAGES=folder` says what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.demo.run import left_alone


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("monster/a.html", "monster/: 1 files, left alone: saved pages are read of linkedin, indeed, glassdoor"),
        ("remoteok/api.json", "remoteok/: 1 files, left alone"),
        ("linkedin/page.htm", "linkedin/: page.htm left alone: only *.html is read"),
        ("search.html", "search.html: left alone → put pages into a folder called like their board"),
    ],
)
def test_what_is_not_read_of_a_folder_of_pages_is_named(tmp_path: Path, file: str, said: str) -> None:
    (tmp_path / "indeed").mkdir()
    (tmp_path / "indeed" / "good.html").touch()
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).touch()
    (line,) = left_alone(tmp_path)
    assert line.startswith(said)


def test_a_folder_of_pages_that_are_all_read_needs_no_word(tmp_path: Path) -> None:
    (tmp_path / "glassdoor").mkdir()
    (tmp_path / "glassdoor" / "good.html").touch()
    assert left_alone(tmp_path) == []
