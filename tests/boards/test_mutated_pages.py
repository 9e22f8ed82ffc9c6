"""Broken pages: never a crash, always a named outcome, never a posting that cannot be one. Ten thousand of them: `make chaos`."""

from __future__ import annotations

import random

import pytest

from rolecall.boards import read
from tests.boards.mutations import NOW, Fixture, check, cut, fixtures, mutants

ALL = fixtures()
NAMES = [f"{one.board}/{one.name}" for one in ALL]
FEW = 40


@pytest.mark.parametrize("fixture", ALL, ids=NAMES)
def test_mutated_pages_never_crash_and_never_pass_for_right(fixture: Fixture) -> None:
    check(fixture, fixture.text)
    for name, text in mutants(fixture, FEW, seed=1):
        try:
            check(fixture, text)
        except BaseException as error:
            raise AssertionError(name) from error


@pytest.mark.parametrize(
    "fixture", [one for one in ALL if not one.detail], ids=[name for name, one in zip(NAMES, ALL, strict=True) if not one.detail]
)
def test_a_page_cut_anywhere_gives_whole_postings_or_none(fixture: Fixture) -> None:
    whole = {one.external_id: one for one in read(fixture.board, fixture.text, url=fixture.url, fetched_at=NOW).postings}
    rng = random.Random(7)
    for _ in range(FEW):
        text = cut(fixture.text, rng)
        for posting in read(fixture.board, text, url=fixture.url, fetched_at=NOW).postings:
            known = whole[posting.external_id]
            assert (posting.title, posting.company, posting.url) == (known.title, known.company, known.url), text[-200:]
