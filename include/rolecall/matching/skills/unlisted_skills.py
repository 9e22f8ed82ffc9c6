"""Skills that a CV lists and no table knows: looked for in ads by their words."""

from __future__ import annotations

import numpy as np

from rolecall.matching.ads.ad import Ad
from rolecall.matching.cv.person import Person
from rolecall.matching.skills.bags import TERMS

Phrase = tuple[str, ...]


class UnlistedSkills:
    """The listed skills of one person that neither table knows."""

    def __init__(self, person: Person) -> None:
        self._phrases = [(phrase, {number for number in map(TERMS.number, phrase) if TERMS.weight(number)}) for phrase in person.unlisted]
        self._looked_for = np.zeros(len(TERMS), dtype=np.bool_)
        self._looked_for[sorted({number for _, numbers in self._phrases for number in numbers})] = True

    def in_ad(self, ad: Ad) -> list[Phrase]:
        """Those whose words an ad has in a row, in the order the CV lists them."""
        numbers = ad.bag.numbers
        if not self._phrases or not len(numbers):
            return []
        numbers = numbers[: np.searchsorted(numbers, len(self._looked_for))]
        here = set(numbers[self._looked_for[numbers]].tolist())
        if not here:
            return []
        return [phrase for phrase, wanted in self._phrases if wanted and wanted <= here and ad.has(phrase)]
