"""Scores as people read them."""

from __future__ import annotations

__all__ = ["percent", "whole_percent"]


def whole_percent(score: float) -> int:
    """A score from 0 to 1 in whole percent, rounded down: what is below a threshold never looks like it.

    >>> whole_percent(0.699), whole_percent(0.7)
    (69, 70)
    """
    return int(score * 100 + 1e-9)


def percent(score: float) -> str:
    """The same with its sign.

    >>> percent(0.699)
    '69%'
    """
    return f"{whole_percent(score)}%"
