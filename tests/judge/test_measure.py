"""The table of `make judge`: what it shows, and when it fails."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

import judge.__main__ as table
from judge.measure import Row, Skipped, bootstrap, developed_on, share


def row(ours: float, *, low: float | None = None, high: float | None = None, bound: float | None = None, less: bool = False) -> Row:
    return Row("ads", "read right", ours, ours if low is None else low, ours if high is None else high, "none", 0.5, 10, bound, True, less)


@pytest.fixture
def one_subject(monkeypatch: pytest.MonkeyPatch) -> list[Row | Skipped]:
    found: list[Row | Skipped] = []

    def judged(*_: object, **__: object) -> Iterator[Row | Skipped]:
        yield from found

    monkeypatch.setattr(table, "judged", judged)
    return found


def run(tmp_path: Path, *arguments: str) -> int:
    return table.main(arguments, figures=tmp_path / "figures.json", shared=tmp_path)


def test_the_figure_lies_in_its_interval_and_the_same_texts_give_the_same_one() -> None:
    hits = [float(number % 3 == 0) for number in range(300)]
    found = share(hits)
    assert found == share(hits)
    assert found.low < found.ours < found.high
    assert found.ours == pytest.approx(1 / 3)
    assert 0.04 < found.high - found.low < 0.2


def test_texts_of_one_employer_stand_or_fall_together() -> None:
    hits = [float(number < 50) for number in range(100)]
    by_ad, by_employer = share(hits), share(hits, unit=[number // 25 for number in range(100)])
    assert by_employer.high - by_employer.low > 2 * (by_ad.high - by_ad.low)


def test_a_set_without_an_error_still_has_an_interval() -> None:
    assert share([1.0] * 100) == (1.0, 0.97, 1.0)
    assert share([0.0] * 100) == (0.0, 0.0, 0.03)


def test_no_texts_are_no_figure_and_that_fails() -> None:
    assert math.isnan(share([]).ours)
    assert math.isnan(bootstrap(lambda drawn: 1.0, 0).ours)
    assert row(math.nan).missed


def test_a_missed_bound_fails_whichever_side_is_better(tmp_path: Path, one_subject: list[Row | Skipped]) -> None:
    for kept in (row(0.98, bound=0.98), row(0.01, bound=0.01, less=True)):
        one_subject[:] = [kept]
        assert run(tmp_path) == 0
    for missed in (row(0.97, bound=0.98), row(0.02, bound=0.01, less=True)):
        one_subject[:] = [missed]
        assert run(tmp_path) == 1
        assert run(tmp_path, "--short") == 0, "the short form tells what got worse"


def test_a_change_that_worsens_a_figure_beyond_its_interval_fails(tmp_path: Path, one_subject: list[Row | Skipped]) -> None:
    one_subject[:] = [row(0.90)]
    assert run(tmp_path, "--write") == 0
    assert json.loads((tmp_path / "figures.json").read_text()) == {"full": {"ads: read right": 0.9}}
    one_subject[:] = [row(0.88, low=0.85, high=0.91)]
    assert run(tmp_path) == 0
    one_subject[:] = [row(0.80, low=0.77, high=0.83)]
    assert run(tmp_path) == 1
    assert run(tmp_path, "--short") == 0, "the short form has figures of its own"
    assert row(0.04, low=0.03, high=0.05, less=True).worse_than(0.01)
    assert not row(0.01, low=0.0, high=0.02, less=True).worse_than(0.04)


def test_a_set_that_is_not_there_is_named_and_fails_only_a_complete_run(
    tmp_path: Path, one_subject: list[Row | Skipped], capsys: pytest.CaptureFixture[str]
) -> None:
    one_subject[:] = [Skipped("letters", "not in ../shared")]
    assert run(tmp_path) == 0
    assert "skipped: letters: not in ../shared" in capsys.readouterr().out
    assert run(tmp_path, "--complete") == 1
    one_subject[:] = [Skipped("letters", "nobody labelled them here", own=True)]
    assert run(tmp_path, "--complete") == 0


def test_invented_texts_are_marked_and_come_last() -> None:
    invented = Row("layouts", "names", 1.0, 1.0, 1.0, "none", None, 20, None, False)
    lines = table.table([invented, row(0.9)], {}).splitlines()
    assert [line.split()[0] for line in lines] == ["set", "ads", "[invented]"]


def test_every_module_of_the_folder_is_a_subject_and_an_unknown_one_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(tmp_path, "--only", "horoscopes")
    assert "horoscopes: unknown" in capsys.readouterr().err


def test_each_subject_says_what_it_skips_where_no_sets_are(tmp_path: Path) -> None:
    for name in table.subjects():
        for one in table.judged([name], tmp_path, short=True):
            assert isinstance(one, Skipped) or not one.real, name


def test_a_set_is_halved_the_same_way_everywhere() -> None:
    halves = [developed_on(str(number)) for number in range(1000)]
    assert 400 < sum(halves) < 600
    assert developed_on("acme") == developed_on("acme")
