"""How facts become words: which phrase a split may use for a skill, and small helpers both texts share."""

from __future__ import annotations

import random
from collections.abc import Sequence

from bench.cvset.facts import Split, Trade

LEVEL_WORDS = (("Junior", "Graduate", "Trainee"), ("",), ("Senior", "Experienced"), ("Lead", "Head", "Principal"))


def phrase(options: tuple[str, ...], split: Split, trade: Trade, rng: random.Random) -> str:
    """One English phrase: the common one, or the one held for this split. Trades only in test use all three."""
    held = options[1 if split == "dev" else 2]
    if trade.test_only:
        held = rng.choice(options[1:3])
    return options[0] if rng.random() < 0.4 else held


def phrases(skills: Sequence[str], split: Split, trade: Trade, rng: random.Random) -> list[str]:
    """A phrase for each skill, in order."""
    return [phrase(trade.skills[skill], split, trade, rng) for skill in skills]


def listed(items: Sequence[str], joint: str = "and") -> str:
    """``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {joint} {items[-1]}"


def sentence(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]
