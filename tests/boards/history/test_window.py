"""Which runs ask their board, and which read history again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rolecall.boards.history.window import Window, landed_window, next_slot

NOW = datetime(2026, 11, 22, 12, 1, tzinfo=UTC)
NOON = NOW.replace(minute=0)


def window(run_type: str, logical_date: datetime | None, replay: bool = False) -> Window | None:
    return landed_window(run_type, logical_date, replay=replay, now=NOW)


PRESENT = [("scheduled", NOON), ("manual", NOW), ("manual", None), ("scheduled", NOON - timedelta(hours=6))]
LONG_AGO = NOON - timedelta(days=3)


@pytest.mark.parametrize(("run_type", "date"), PRESENT)
def test_a_run_of_the_present_asks_its_board(run_type: str, date: datetime | None) -> None:
    assert window(run_type, date) is None


@pytest.mark.parametrize("run_type", ["backfill", "scheduled", "manual"])
def test_a_run_of_the_past_reads_what_was_fetched_until_the_next_one(run_type: str) -> None:
    assert window(run_type, LONG_AGO, replay=run_type == "manual") == Window(LONG_AGO, LONG_AGO + timedelta(hours=6))


def test_a_backfilled_run_never_asks_however_young_it_is() -> None:
    assert window("backfill", NOON) == Window(NOON, NOON + timedelta(hours=6))


def test_a_replay_that_was_asked_for_reads_everything() -> None:
    assert window("manual", None, replay=True) == window("manual", NOW, replay=True) == Window()


@pytest.mark.parametrize(("hour", "following"), [(0, 6), (6, 12), (9, 12), (12, 18), (18, 30), (23, 30)])
def test_the_windows_of_a_day_join_without_a_gap(hour: int, following: int) -> None:
    day = datetime(2026, 11, 22, tzinfo=UTC)
    assert next_slot(day + timedelta(hours=hour)) == day + timedelta(hours=following)
