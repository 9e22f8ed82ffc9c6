"""A person's own order of their matches, learned from what they did: a small ridge logistic regression over a few traits of a job.

Traits: the employer, place, kind of place, level, field of work, contract, and how the match stands (skills met, title, level). Each
signal is one example: what they saved, applied for or were invited to is wanted, what they hid, or were refused, is not. A reason narrows
an example to what it names. The correction moves an order, within :data:`MOST`; it never touches a stored score, a threshold, or anybody
else.

Equal signals give equal corrections: they are put in order first, Newton's method goes on until a step changes nothing that counts, and
what comes out is rounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from rolecall.matching.skills import titles
from rolecall.text.words import fold

Kind = Literal["saved", "applied", "interview", "hidden", "rejected"]

LEAST = 20
"""Signals from which on an order is changed: fewer say more of chance than of a person."""

WORTH: Mapping[Kind, float] = {"interview": 2.0, "saved": 1.0, "applied": 1.0, "hidden": 1.0, "rejected": 0.5}
WANTED = frozenset({"saved", "applied", "interview"})

BECAUSE: Mapping[str, tuple[str, ...]] = {
    "employer": ("employer",), "place": ("place", "work"), "level": ("level",), "field": ("field",), "contract": ("contract",),
    "pay": (), "other": (),
}  # fmt: skip
"""What *not for me, because …* may name → the traits it speaks of. Of pay and other reasons no trait is known: they teach nothing."""

RIDGE, STEPS, SETTLED = 2.0, 30, 1e-9
MOST = 0.15
"""The most that a score is moved by in the person's own order."""

TOLD = 0.1
"""Weight from which on a trait is told."""

LEVEL_NAMES = ("internship", "junior", "mid", "senior", "lead", "principal", "director", "chief")
MET = {"direct": 1.0, "strong": 0.9, "transferable": 0.5}
NUMBERS = {
    "skills": "the share of its skills that you have",
    "title": "how near its title is to yours",
    "years": "how near its level is to yours",
}


class Signal(NamedTuple):
    """What a person did with one job; ``because``: a key of :data:`BECAUSE`, or nothing."""

    kind: Kind
    traits: Mapping[str, float]
    because: str = ""


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """What was learned: the weight of each trait, and how many signals there were.

    :param counts: trait → how many of the signals with it were wanted, and how many not
    """

    signals: int
    weights: Mapping[str, float]
    counts: Mapping[str, tuple[int, int]]

    @property
    def is_on(self) -> bool:
        """Whether it changes anything yet."""
        return self.signals >= LEAST

    def correction(self, traits: Mapping[str, float]) -> float:
        """What is added to a score for the order, within ±:data:`MOST`; 0 while there are too few signals."""
        if not self.is_on:
            return 0.0
        total = math.fsum(self.weights.get(name, 0.0) * traits[name] for name in sorted(traits))
        return round(MOST * math.tanh(total / 2), 4)

    def words(self, traits: Mapping[str, float] | None = None) -> list[str]:
        """What moves the order, the heaviest first, in words; of one job's traits, or all."""
        if not self.is_on:
            return []
        named = [name for name in self.weights if traits is None or traits.get(name)]
        heavy = sorted((name for name in named if abs(self.weights[name]) >= TOLD), key=lambda name: (-abs(self.weights[name]), name))
        return [self._said(name) for name in heavy]

    def _said(self, name: str) -> str:
        up = "up" if self.weights[name] > 0 else "down"
        if name in NUMBERS:
            return f"{up}: {NUMBERS[name]}"
        kind, _, what = name.partition(":")
        wanted, refused = self.counts.get(name, (0, 0))
        return f"{up}: {kind} {what} (wanted {wanted} times, not wanted {refused} times)"


def traits_of(job: Mapping[str, Any]) -> dict[str, float]:
    """Traits of a job, 1 each, and how the match stands, -0.5 to 0.5; what is not known is left out.

    :param job: ``title``, ``company``, ``city``, ``country``, ``remote``, ``employment_type``, ``reasons`` of a match
    """
    named = titles.read(str(job.get("title") or ""))
    found = {
        "employer": fold(str(job.get("company") or "")).strip(),
        "place": str(job.get("city") or job.get("country") or "").strip(),
        "work": str(job.get("remote") or "").strip(),
        "level": "" if named.rank is None else LEVEL_NAMES[min(named.rank, len(LEVEL_NAMES) - 1)],
        "field": named.occupation.field if named.occupation else "",
        "contract": str(job.get("employment_type") or "").strip().lower(),
    }
    traits = {f"{kind}:{what}": 1.0 for kind, what in found.items() if what}
    reasons = [one for one in job.get("reasons") or () if isinstance(one, Mapping)]
    for kind, name in (("skill", "skills"), ("title", "title"), ("years", "years")):
        verdicts = [MET.get(str(one.get("verdict")), 0.0) for one in reasons if one.get("kind") == kind and one.get("verdict") != "unknown"]
        if verdicts:
            traits[name] = round(math.fsum(verdicts) / len(verdicts) - 0.5, 4)
    return traits


def learned(signals: Iterable[Signal]) -> OwnOrder:
    """What a person's signals say. Fewer than :data:`LEAST`: nothing yet."""
    given = sorted(signals, key=lambda one: (one.kind, one.because, sorted(one.traits.items())))
    if len(given) < LEAST:
        return OwnOrder(len(given), {}, {})
    rows = [(one, kept) for one in given if (kept := _narrowed(one)) is not None]
    names = sorted({name for _, kept in rows for name in kept})
    if not names:
        return OwnOrder(len(given), {}, {})
    weights = _ridge(rows, names)
    counts: dict[str, tuple[int, int]] = {}
    for one, kept in rows:
        for name in kept:
            wanted, refused = counts.get(name, (0, 0))
            counts[name] = (wanted + (one.kind in WANTED), refused + (one.kind not in WANTED))
    return OwnOrder(len(given), {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}, counts)


def _narrowed(one: Signal) -> Mapping[str, float] | None:
    """The traits that a signal speaks of; ``None``: of none that is known."""
    kinds = BECAUSE.get(one.because)
    if kinds is None:
        return one.traits
    kept = {name: value for name, value in one.traits.items() if name.partition(":")[0] in kinds}
    return kept or None


def _ridge(rows: Sequence[tuple[Signal, Mapping[str, float]]], names: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Weights of a logistic regression with a free bias, all others drawn to 0."""
    place = {name: number for number, name in enumerate(names)}
    features = np.zeros((len(rows), len(names) + 1))
    features[:, -1] = 1.0
    for number, (_, kept) in enumerate(rows):
        for name, value in kept.items():
            features[number, place[name]] = value
    labels = np.array([float(one.kind in WANTED) for one, _ in rows])
    worth = np.array([WORTH[one.kind] for one, _ in rows])
    penalty = np.full(len(names) + 1, RIDGE)
    penalty[-1] = 0.1  # all of one kind: the bias must end somewhere
    weights = np.zeros(len(names) + 1)
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (worth * (chance - labels)) + penalty * weights
        bend = (features * (worth * chance * (1 - chance))[:, None]).T @ features + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < SETTLED:
            break
    return np.asarray(weights[:-1])
