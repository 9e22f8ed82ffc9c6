"""How likely a sentence speaks to a machine: the sum of a few fitted weights of its words and of what they are about.

What words are about stands in ``prompt_injection.txt`` (four languages); the weights in ``prompt_injection.npz``, fitted by
``bench/fit/traps.py``. Most sentences are left unweighed: nothing in them is about a machine, orders or a verdict.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from rolecall.text.words import fold

KINDS_FILE = Path(__file__).with_name("prompt_injection.txt")
FILE = Path(__file__).with_name("prompt_injection.npz")
TOKEN = re.compile(r"[^\W_]+|[:?!\"]")
WHOLE, STEM = 8, 5
"""Letters of a word that count, and of its stem: endings differ, in four languages."""

LETTERS = str.maketrans("013457@$", "oieastas")
"""``1gn0re``."""
CODED = re.compile(r"(?=\w*[a-z])(?=\w*\d)\w{4,}")
MOST = 60
"""Words of a sentence that are weighed."""


@cache
def kinds() -> tuple[dict[str, str], dict[str, str], tuple[int, ...]]:
    """What whole words and beginnings of words are about, and how long the beginnings are, the longest first."""
    whole: dict[str, str] = {}
    begins: dict[str, str] = {}
    kind = ""
    for line in KINDS_FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line[1 : line.index("]")]
        elif not line.startswith("#"):
            for word in line.split():
                (begins if word.endswith("*") else whole).setdefault(word.rstrip("*"), kind)
    return whole, begins, tuple(sorted({len(each) for each in begins}, reverse=True))


@lru_cache(maxsize=100_000)
def kind_of(word: str) -> str:
    """What a folded word is about, or nothing."""
    whole, begins, lengths = kinds()
    if found := whole.get(word):
        return found
    return next((found for length in lengths if (found := begins.get(word[:length]))), "")


@lru_cache(maxsize=100_000)
def written(word: str) -> str:
    """The word as it was meant: without accents, and letters where digits stand for them."""
    small = fold(word)
    if small.isdigit():
        return "#"
    if CODED.fullmatch(small) and not kind_of(small):
        small = small.translate(LETTERS)
    return small if kind_of(small) else typos().get(small, small)


@lru_cache(maxsize=100_000)
def kind_as_written(word: str) -> str:
    """What a word of a text is about, or nothing."""
    return kind_of(written(word))


@cache
def typos() -> Mapping[str, str]:
    """Long words that say much, with two letters changed over, one left out or one twice."""
    whole, _, _ = kinds()
    found: dict[str, str] = {}
    for word, kind in whole.items():
        if len(word) < 6 or kind not in OFTEN_MISSPELT:
            continue
        for place in range(1, len(word)):
            head, tail = word[:place], word[place:]
            found.setdefault(head + tail[1:2] + tail[:1] + tail[2:], word)
            found.setdefault(head + tail[1:], word)
            found.setdefault(head + tail[:1] + tail, word)
    return {each: word for each, word in found.items() if not kind_of(each) and len(each) > 5}


OFTEN_MISSPELT = frozenset({"ignore", "before", "orders", "machine"})


def words_of(text: str) -> list[str]:
    """Words and the signs between them that are weighed."""
    return [written(each) for each in TOKEN.findall(text)]


def features(words: Sequence[str]) -> set[str]:
    """What of a sentence is weighed: words and stems, two of them in a row, what they are about in twos and threes, and how it begins."""
    found: set[str] = set()
    about: list[str] = []
    places: list[int] = []
    last = "<"
    for place, word in enumerate(words[:MOST]):
        short = word[:WHOLE]
        found |= {short, f"{last} {short}"}
        if len(word) > STEM:
            found.add(f"{word[:STEM]}*")
        kind = kind_of(word) or (word if word in ":?!" else "")
        if kind:
            if place < 2:
                found.add(f"<{kind}")
            about.append(kind)
            places.append(place)
            found |= {f"{last} [{kind}]", f"[{kind}]"}
        last = short
    found.add(f"{last} >")
    near = [first for first, second in pairwise(places)]
    for number in range(len(near)):
        one, two = about[number], about[number + 1]
        step = "" if places[number + 1] - places[number] < 2 else "-" if places[number + 1] - places[number] < 5 else "--"
        found |= {f"[{one}{step} {two}]", f"[{one}..{two}]"}
        if number + 2 < len(about):
            found.add(f"[{one} {two} {about[number + 2]}]")
    distinct = sorted(set(about))
    found |= {f"[{one}&{two}]" for place, one in enumerate(distinct) for two in distinct[place + 1 :]}
    known = sum(bool(kind) for kind in about) / max(len(words[:MOST]), 1)
    found.add(f"share {int(known * 5)}")
    found.add(f"long {min(len(words), MOST).bit_length()}")
    return found


SENTENCE = re.compile(r"[.!?](?=\s)")
LONGEST = 400
"""Characters of a sentence; a longer one is several."""

STRONG = frozenset({"machine", "thing", "ignore", "orders", "judging", "saying", "secret", "play", "send", "turn", "verdict"})
TELLING = STRONG | {"before", "reading", "this", "you", "paper", "nothing"}
FEWEST, LEAST = 3, 9
"""Words of a sentence that can be weighed, and letters of a line."""


def parts(line: str) -> list[tuple[int, int]]:
    """Where the sentences of a line stand."""
    found: list[tuple[int, int]] = []
    start = 0
    for end in [*(stop.end() for stop in SENTENCE.finditer(line)), len(line)]:
        while end - start > LONGEST:
            cut = line.rfind(" ", start + 1, start + LONGEST) + 1 or start + LONGEST
            found.append((start, cut))
            start = cut
        if end > start:
            found.append((start, end))
        start = end
    return found


def worth_it(words: Iterable[str]) -> bool:
    """Whether enough of a sentence is about what machines are told for it to be weighed."""
    return enough({kind_of(word) for word in words})


def enough(about: Set[str]) -> bool:
    """Whether words about these are enough for that."""
    return not STRONG.isdisjoint(about) and len(about & TELLING) > 1


def said(line: str) -> list[list[str]]:
    """The words of each sentence of a line that may be weighed, and of each two in a row."""
    if len(line) < LEAST or not enough(set(map(kind_as_written, TOKEN.findall(line)))):
        return []
    single = [words_of(line[start:end]) for start, end in parts(line)]
    both = [[*one, *two] for one, two in pairwise(single) if len(one) + len(two) <= MOST]
    return [words for words in [*single, *both] if len(words) >= FEWEST and worth_it(words)]


@dataclass(frozen=True, slots=True)
class LineModel:
    """The fitted model.

    :param weights: of each feature, :param bias: of every sentence
    :param least: the sum from which a sentence speaks to a machine
    """

    weights: Mapping[str, float]
    bias: float
    least: float

    def weighed(self, words: Sequence[str]) -> float:
        """How much speaks for a sentence being one; log odds."""
        known = sorted(weight for name in features(words) if (weight := self.weights.get(name)) is not None)
        return self.bias + sum(known) * spread(len(known))

    def finds_one(self, line: str) -> bool:
        """Whether a sentence of the line, or two in a row, speak to a machine."""
        return any(self.weighed(words) >= self.least for words in said(line))


def spread(known: int) -> float:
    """What each of so many features of one sentence counts."""
    return 3.0 / math.sqrt(max(known, 20))


@cache
def model() -> LineModel:
    """The fitted model. Its weights are kept as whole numbers of −127 to 127, with one scale."""
    with np.load(FILE) as kept:
        names = bytes(kept["names"]).decode().split("\n")
        weights = (kept["weights"].astype(np.float64) * float(kept["scale"])).tolist()
        return LineModel(dict(zip(names, weights, strict=True)), float(kept["bias"]), float(kept["least"]))
