"""Which kind of mail its words make it, all at once: a linear model from the words of the whole mail to its kind.

Its weights (``wording.npz``) are fitted by ``bench/fit/wording.py``. What a sentence does (:mod:`.acts`) is told by lines that somebody
thought of; this is told by whole mails of many writers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rolecall.inbox.mail_kinds.acts import MOST_SENTENCES, clauses, features, softmax

FILE = Path(__file__).with_name("wording.npz")

OF_SUBJECT = 3
"""Sentences of a subject that are read."""


def wording(subject: Sequence[Sequence[str]], body: Sequence[Sequence[str]]) -> set[str]:
    """What of a mail is weighed: the features of all its clauses, and those of its subject once more as the subject's."""
    found: set[str] = set()
    for sentence in body[:MOST_SENTENCES]:
        for clause in clauses(sentence):
            found |= features(clause)
    for sentence in subject[:OF_SUBJECT]:
        for clause in clauses(sentence):
            named = features(clause)
            found |= named | {f"S {name}" for name in named}
    return found


@dataclass(frozen=True, slots=True)
class WordingModel:
    """The fitted model.

    :param rows: where the weights of each feature stand
    :param weights: features × kinds in whole numbers of −127 to 127, each worth ``scale``
    :param bias: one a kind
    """

    kinds: tuple[str, ...]
    rows: Mapping[str, int]
    weights: NDArray[np.int8]
    scale: float
    bias: NDArray[np.float32]

    def likely(self, subject: Sequence[Sequence[str]], body: Sequence[Sequence[str]]) -> dict[str, float]:
        """How likely each kind is; sums to 1."""
        return self.of_names(wording(subject, body))

    def of_names(self, names: set[str]) -> dict[str, float]:
        """How likely the features make each kind. A mail of which no word is known may be anything."""
        rows = [row for name in names if (row := self.rows.get(name)) is not None]
        summed = self.weights[rows].sum(axis=0, dtype=np.int64) * (self.scale * max(len(rows), 1) ** -0.5)
        return dict(zip(self.kinds, softmax(np.asarray(self.bias + summed, np.float32)).tolist(), strict=True))


@cache
def wording_model() -> WordingModel:
    """The fitted model of the file."""
    with np.load(FILE) as kept:
        names = bytes(kept["names"]).decode().split("\n")
        kinds = tuple(bytes(kept["kinds"]).decode().split())
        return WordingModel(
            kinds, {name: row for row, name in enumerate(names)}, kept["weights"], float(kept["scale"]), kept["bias"]
        )  # fmt: skip
