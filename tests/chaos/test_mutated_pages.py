"""Ten thousand pages as they arrive on a bad day: every board's reader survives them, and says what they are."""

from __future__ import annotations

import pytest

from tests.boards.mutations import check, fixtures, mutants

PAGES = 10_000


@pytest.mark.chaos
def test_ten_thousand_mutated_pages_never_crash_and_never_pass_for_right() -> None:
    known = fixtures()
    read = 0
    for fixture in known:
        for name, text in mutants(fixture, PAGES // len(known) + 1, seed=2):
            try:
                check(fixture, text)
            except BaseException as error:
                raise AssertionError(name) from error
            read += 1
    assert read >= PAGES
