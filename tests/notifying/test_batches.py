"""A run that did not do its work says so."""

from __future__ import annotations

from typing import Any

import pytest

from rolecall.notifying.send.batches import batches, what_is_wrong

GOOD: dict[str, Any] = {"sent": 3, "failed": 1, "resting": []}


@pytest.mark.parametrize(("due", "expected"), [(0, 0), (1, 1), (500, 1), (501, 2), (10_000, 4)])
def test_many_rows_are_shared_by_a_few_processes(due: int, expected: int) -> None:
    assert len(batches(due)) == expected


@pytest.mark.parametrize(
    ("planned", "results", "says"),
    [
        ([], None, None),
        ([], [], None),
        (batches(1), [GOOD], None),
        (None, None, "nothing could be taken in"),
        (batches(600), [GOOD], "1 of 2 batches broke off"),
        (batches(600), [GOOD, None], "1 of 2 batches broke off"),
        (batches(600), [GOOD, {**GOOD, "resting": ["sms"]}], "sms had trouble"),
    ],
)
def test_a_run_is_red_where_a_batch_broke_off_or_a_channel_rests(planned: Any, results: Any, says: str | None) -> None:
    found = what_is_wrong(planned, results)
    assert found is None if says is None else says in (found or "")


def test_a_failure_that_is_told_by_its_own_task_is_not_told_again_and_hides_no_channel_that_rests() -> None:
    assert what_is_wrong(None, None, failed=True) is None
    assert what_is_wrong(batches(600), [GOOD], failed=True) is None
    assert "sms had trouble" in (what_is_wrong(batches(600), [{**GOOD, "resting": ["sms"]}], failed=True) or "")


def test_a_team_channel_that_nobody_set_up_is_no_failure_and_any_other_that_rests_is() -> None:
    rests = [{"resting": ["alert", "slack"]}]
    assert what_is_wrong(["1 of 1"], rests, not_set_up=["alert", "slack"]) is None
    assert (what_is_wrong(["1 of 1"], rests, not_set_up=["alert"]) or "").startswith("slack had trouble")
    assert (what_is_wrong(["1 of 1"], [{"resting": ["email"]}], not_set_up=["alert", "slack"]) or "").startswith("email had trouble")
