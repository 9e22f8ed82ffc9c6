"""Three values of a field: what both agreed on last, ours, theirs. Whoever changed it wins; where both did, the newer one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

ABSENT: Any = None
"""A preference that is not set; the platform's JSON has no other word for it."""

PREFERENCES = "preferences."
Side = Literal["ours", "theirs"]


@dataclass(frozen=True)
class Conflict:
    """Both sides changed one field to different values since they agreed."""

    field: str
    ours: Any
    theirs: Any
    winner: Side
    because: str


@dataclass
class Merged:
    """What both sides shall have.

    :param values: field → value, of every field
    :param taken: fields that change on our side
    :param given: fields that change on theirs
    """

    values: dict[str, Any]
    taken: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def fields_of(user: Mapping[str, Any]) -> dict[str, Any]:
    """A person of the contract as flat fields: ``name``, ``email``, ``phone``, ``preferences.<name>``. What is not said is left out, and so
    is a name, address or number that is no text."""
    flat: dict[str, Any] = {name: said for name in ("name", "email", "phone") if isinstance(said := user.get(name), str) and said.strip()}
    preferences = user.get("preferences")
    if isinstance(preferences, Mapping):
        flat |= {f"{PREFERENCES}{name}": value for name, value in preferences.items() if value is not ABSENT}
    return flat


def preferences_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of :func:`fields_of` for preferences."""
    return {name.removeprefix(PREFERENCES): value for name, value in fields.items() if name.startswith(PREFERENCES)}


def merge(
    agreed: Mapping[str, Any] | None,
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    *,
    ours_at: Mapping[str, datetime],
    theirs_at: datetime | None,
    theirs_has_preferences: bool = True,
) -> Merged:
    """What both sides shall have.

    Name, e-mail and telephone are the platform's: the contract has no way to set them there. A preference is its last editor's. Where
    nobody knows when one side changed it, the platform's value stands: that is where people edit.

    :param agreed: ``None``: they never met
    :param ours_at: when we changed a field, as far as we know
    :param theirs_at: when the platform changed this person last
    :param theirs_has_preferences: ``False``: the platform keeps none for this person, which says nothing about ours
    """
    merged = Merged({})
    for name in sorted({*ours, *theirs, *(agreed or {})}):
        is_preference = name.startswith(PREFERENCES)
        mine, yours = ours.get(name, ABSENT), theirs.get(name, ABSENT)
        before = mine if agreed is None and yours is ABSENT else (agreed or {}).get(name, ABSENT)
        if not is_preference:
            winner: Side = "theirs" if yours is not ABSENT else "ours"
        elif not theirs_has_preferences or mine == yours or (agreed is None and yours is ABSENT) or yours == before:
            winner = "ours"
        elif mine == before:
            winner = "theirs"
        else:
            winner, because = _newer(ours_at.get(name), theirs_at)
            merged.conflicts.append(Conflict(name, mine, yours, winner, because))
        value = mine if winner == "ours" else yours
        if value is not ABSENT:
            merged.values[name] = value
        if value != mine:
            merged.taken.append(name)
        if value != yours and is_preference:
            merged.given.append(name)
    return merged


def _newer(ours: datetime | None, theirs: datetime | None) -> tuple[Side, str]:
    if ours is None or theirs is None:
        return "theirs", "one side does not say when: the platform's stands"
    if ours > theirs:
        return "ours", f"ours is newer: {ours.isoformat()} after {theirs.isoformat()}"
    return "theirs", f"theirs is newer or as old: {theirs.isoformat()}, ours {ours.isoformat()}"
