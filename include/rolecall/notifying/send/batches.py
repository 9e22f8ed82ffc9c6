"""How one run of ``send_notifications`` is split, and whether it did its work."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

BATCH, BATCHES = 500, 4
"""Rows that are worth a process of their own, and processes at most: one for each channel's pace is plenty."""


def batches(due: int) -> list[dict[str, Any]]:
    """What ``send_notifications`` maps over: no ids, every one claims what is there. None where nothing is due.

    >>> batches(1200)
    [{'name': '1 of 3'}, {'name': '2 of 3'}, {'name': '3 of 3'}]
    """
    count = min(-(-due // BATCH), BATCHES)
    return [{"name": f"{number} of {count}"} for number in range(1, count + 1)]


TEAM = frozenset({"slack", "alert"})
"""Channels of whoever runs Rolecall: nobody has to set them up."""


def what_is_wrong(
    planned: Sequence[Any] | None, results: Sequence[dict[str, Any]] | None, *, failed: bool = False, not_set_up: Collection[str] = ()
) -> str | None:
    """Why a run of ``send_notifications`` did not do its work, in one sentence; ``None`` where it did.

    :param planned: ``batches``, ``None`` where taking in failed
    :param results: ``Delivered`` of each batch that ended
    :param failed: taking in or a batch failed: that task's own error is the run's
    :param not_set_up: channels that rest for no other reason, and whose rest is therefore no failure
    """
    if planned is None:
        return None if failed else "nothing could be taken in or made due: see take_in"
    done = [one for one in results or [] if one]
    if len(done) < len(planned) and not failed:
        return f"{len(planned) - len(done)} of {len(planned)} batches broke off: see deliver; what was left stays due"
    resting = sorted({channel for one in done for channel in one["resting"]} - set(not_set_up))
    if resting:
        return f"{', '.join(resting)} had trouble several times in a row and rests until the next run; notification.error says why"
    return None
