"""The index of open jobs: what was read of each, and arrays over all of them for a first, rough look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rolecall.matching.ads import packing
from rolecall.matching.ads.ad import NEAR_FIELDS, Ad
from rolecall.matching.cv.person import Person
from rolecall.matching.score.scoring import DOUBT, FLOOR, MET, PLAUSIBLE, UNKNOWN, calibration, level
from rolecall.matching.skills.growable_array import GrowableArray
from rolecall.matching.skills.title_index import TitleIndex
from rolecall.matching.skills.trades import norm, trades
from rolecall.matching.skills.vectors import DIMENSIONS, nearness

YEAR_CODES, LEVEL_CODES = 32, 32 * 16
"""Rank and years of an ad as one number: years are at most 25, ranks at most 7."""

Floats = NDArray[np.float64]


class Index:
    """Ads in slots. A slot is used once; :attr:`slots` counts the dead ones too."""

    def __init__(self) -> None:
        self.place: dict[str, int] = {}
        self._ads: list[Ad | None] = []
        self._alive = GrowableArray(np.bool_)
        self._titles = TitleIndex()
        self._title = GrowableArray(np.int32)
        self._vectors = GrowableArray(np.int16, DIMENSIONS)
        self._trades = GrowableArray(np.int16, len(trades()))
        self._trade_length = GrowableArray(np.float32)
        self._level_code = GrowableArray(np.int16)
        self._field = GrowableArray(np.int16)
        self._fields: dict[str | None, int] = {None: 0}
        self._asked = GrowableArray(np.float64)
        self._slot, self._skill, self._weight = GrowableArray(np.int32), GrowableArray(np.int32), GrowableArray(np.float32)

    @property
    def slots(self) -> int:
        """Slots in use, dead ones included."""
        return len(self._ads)

    def get(self, identity: str) -> Ad | None:
        """The ad of a job."""
        slot = self.place.get(identity)
        return None if slot is None else self._ads[slot]

    def put(self, ad: Ad) -> None:
        """Adds an ad, in place of the one with its id."""
        self.drop(ad.job.id)
        slot = len(self._ads)
        self.place[ad.job.id] = slot
        self._ads.append(ad)
        self._alive.append(True)
        self._title.append(self._titles.add(ad.title.text))
        self._vectors.append(ad.vector)
        self._trades.append(ad.trades)
        self._trade_length.append(max(1.0, norm(ad.trades)))
        self._level_code.append((0 if ad.rank is None else ad.rank + 1) * YEAR_CODES + (ad.years or 0))
        self._field.append(self._fields.setdefault(ad.field, len(self._fields)))
        self._put_skills(ad, slot)

    def _put_skills(self, ad: Ad, slot: int) -> None:
        asked, named = packing.unpacked(ad.packed)
        pairs = [(packing.number(name), weight / len(names)) for names, _, weight, _ in (*asked, *named) for name in names]
        self._slot.extend([slot] * len(pairs))
        self._skill.extend([number for number, _ in pairs])
        self._weight.extend([weight for _, weight in pairs])
        self._asked.append(sum(weight for _, weight in pairs))

    def drop(self, identity: str) -> None:
        """Forgets a job, if it is known."""
        slot = self.place.pop(identity, None)
        if slot is not None:
            self._ads[slot] = None
            self._alive.live()[slot] = False

    def ads(self) -> Iterator[Ad]:
        """All ads, in the order they came."""
        return (ad for ad in self._ads if ad is not None)

    def near(self, person: Person) -> list[Floats]:
        """For each of the person's titles, how near it is to the title of each slot."""
        rows = self._title.live()
        return [self._titles.near(title.text)[rows] for _, title, _ in person.titles]

    def at_a_glance(self, person: Person, near: list[Floats]) -> Floats:
        """Rough log odds of each slot: the score's formula without the words of the text. Dead slots are minus infinity."""
        weights = calibration()
        skills = self._coverage(person)
        title = self._title_part(person, near)
        level = self._level(person)
        meaning = np.maximum(0.0, nearness(self._vectors.live(), person.vector))
        found = (weights["skills"] + weights["must"]) * skills + weights["log skills"] * np.log(np.maximum(FLOOR, skills))
        found += weights["title"] * title + weights["title squared"] * title**2 + weights["log title"] * np.log(np.maximum(FLOOR, title))
        found += weights["level"] * level + weights["log level"] * np.log(np.maximum(FLOOR, level))
        found += weights["field"] * self._field_part(person) + weights["meaning"] * meaning
        trade = self._trade_part(person, title)
        found += weights["trade"] * trade + weights["log trade"] * np.log(np.maximum(FLOOR, trade))
        found += weights["words"] * np.sqrt(meaning) / 2  # texts of one meaning share about so many words
        found[~self._alive.live()] = -np.inf
        return np.asarray(found)

    def _coverage(self, person: Person) -> Floats:
        met = np.zeros(len(packing.NAMES), dtype=np.float32)
        for name in (*person.skills, *person.named):
            met[packing.number(name) if name in packing.NUMBERS else []] = MET["direct"]
        for name, (verdict, _) in person.reach.items():
            if name in packing.NUMBERS and name not in person.skills:
                met[packing.number(name)] = MET[verdict]
        share = min(1.0, PLAUSIBLE / max(1, len(person.skills) + len(person.named)))
        weighed = met[self._skill.live()] * self._weight.live()
        got = np.bincount(self._slot.live(), weights=weighed, minlength=len(self._ads)) * share
        asked = self._asked.live()
        return np.where(asked > 0, (got + DOUBT * UNKNOWN["skills"]) / (asked + DOUBT), UNKNOWN["skills"])

    def _title_part(self, person: Person, near: list[Floats]) -> Floats:
        if not near:
            return np.full(len(self._ads), UNKNOWN["title"])
        return np.asarray(np.max([weight * row for (weight, _, _), row in zip(person.titles, near, strict=True)], axis=0))

    def _trade_part(self, person: Person, title: Floats) -> Floats:
        """:func:`rolecall.matching.score.scoring.trade_of` of each slot."""
        texts = self._trades.live().astype(np.float32) @ person.trades.astype(np.float32)
        texts /= self._trade_length.live() * max(1.0, norm(person.trades))
        named = title * np.sqrt(title) if person.titles else 0.0
        return np.asarray(1.0 - (1.0 - texts) * (1.0 - named))

    def _level(self, person: Person) -> Floats:
        """By the few pairs of rank and years that ads have."""
        codes = self._level_code.live()
        worth = np.full(LEVEL_CODES, UNKNOWN["level"])
        for code in np.unique(codes).tolist():
            rank, years = code // YEAR_CODES - 1, code % YEAR_CODES
            known = level(person, None if rank < 0 else rank, years or None)
            worth[code] = UNKNOWN["level"] if known is None else known
        return np.asarray(worth[codes])

    def _field_part(self, person: Person) -> Floats:
        worth: NDArray[Any] = np.full(len(self._fields), UNKNOWN["field"])
        for field, number in self._fields.items():
            if field is not None and person.fields:
                near = any(field in NEAR_FIELDS.get(own, ()) for own in person.fields)
                worth[number] = 1.0 if field in person.fields else 0.5 if near else 0.0
        return np.asarray(worth[self._field.live()])

    def at(self, slot: int) -> Ad | None:
        """The ad in a slot."""
        return self._ads[slot]
