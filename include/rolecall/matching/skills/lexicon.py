"""How common words are, and names of skills beyond our own vocabulary: a committed table made by ``bench/fit/lexicon.py``."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from rolecall.text.words import listed

FILE = Path(__file__).parent / "lexicon.txt.gz"
UNIT = 10
"""Rarities are whole numbers of tenths, so that sums of them are exact on every machine."""

UNKNOWN = 70
"""Rarity of a word the table lacks: as rare as one of fifteen concepts."""

EMPTY = listed(
    "the and of to in with for you we our are is will a be as on your or an that work this have it by from at not all can their they who "
    "what us about more if has do other how one up new also into them than its out when which any most each etc per own been must may "
    "und die der das mit fur wir sie ein eine zu von ist im auf den als bei sowie werden du dein ihr ihre unser unsere oder aus nach dem "
    "le la les des et de en un une vous nous pour dans avec est sur au aux notre votre du qui vos nos par ou "
    "el los las y que para con por se del nuestro tu su como es al nuestra te mas o "
    "job role position candidate applicant apply application employer opportunity join year years company team benefit benefits salary "
    "experience experienced skill skills requirement requirements responsibility responsibilities qualification qualifications required "
    "preferred strong excellent good great plus ability able including include knowledge working looking"
)
"""Words of every ad and every CV: they count as common whatever the table says."""


class Lexicon(NamedTuple):
    """The table.

    :param rarity: singular folded word → inverse document frequency in 1/:data:`UNIT`
    :param names: folded words of a name → whether it is an ordinary word that counts only with a capital or a digit
    :param longest: first word → words of its longest name
    :param common: the direction that all texts share, for :mod:`rolecall.matching.skills.vectors`
    """

    rarity: dict[str, int]
    names: dict[str, bool]
    longest: dict[str, int]
    common: tuple[int, ...]

    def weight(self, word: str) -> int:
        """Rarity of a folded word, 0 for the words of every ad."""
        return 0 if word in EMPTY else self.rarity.get(singular(word), UNKNOWN)


class LexiconHit(NamedTuple):
    """A place where a text names a skill that only the table knows: token numbers, the last one excluded."""

    name: str
    first: int
    end: int


@lru_cache(maxsize=200_000)
def singular(word: str) -> str:
    """An English plural as its singular, roughly; anything else as it is.

    >>> [singular(word) for word in ("nurses", "deliveries", "business", "analysis", "boxes", "css")]
    ['nurse', 'delivery', 'business', 'analysis', 'box', 'css']
    """
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word
    return word[:-2] if word.endswith(("shes", "ches", "xes", "sses")) else word[:-1]


def find(text: str, found: Sequence[tuple[str, int, int]], taken: Sequence[bool]) -> list[LexiconHit]:
    """Names of the table in a text, longest first, not over tokens that are ``taken``."""
    known = lexicon()
    longest, names = known.longest, known.names
    hits: list[LexiconHit] = []
    free = 0
    for place in [place for place, token in enumerate(found) if token[0] in longest]:
        if place < free or taken[place]:
            continue
        token = found[place]
        word = token[0]
        for length in range(min(longest[word], len(found) - place), 0, -1):
            name = word if length == 1 else " ".join([found[place + step][0] for step in range(length)])
            if name not in names or (length > 1 and not _joined(text, found, place, length, taken)):
                continue
            if names[name] and not _stands_out(text, token[1], token[2]):
                continue
            hits.append(LexiconHit(name, place, place + length))
            free = place + length
            break
    return hits


def _joined(text: str, found: Sequence[tuple[str, int, int]], place: int, length: int, taken: Sequence[bool]) -> bool:
    """Whether these tokens stand side by side, with no more than a space or a joining sign between, and are free."""
    return not any(
        taken[at] or text[found[at - 1][2] : found[at][1]] not in (" ", "-", "/", ".", " & ", "&", " / ", "'")
        for at in range(place + 1, place + length)
    )


def _stands_out(text: str, start: int, end: int) -> bool:
    """Whether an ordinary word is written as a name: capitals throughout, or one inside a line (``in Sketch``)."""
    word = text[start:end]
    if len(word) > 1 and word.isupper():
        return True
    return word[0].isupper() and start > 1 and text[start - 1] == " " and (text[start - 2].isalnum() or text[start - 2] == ",")


@cache
def lexicon() -> Lexicon:
    """The committed table, read once."""
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        common, *lines = file.read().split("\n")
    middle = lines.index("")
    rarity = {word: int(idf) for word, idf in (line.split("\t") for line in lines[:middle])}
    names = {line.removeprefix("^"): line.startswith("^") for line in lines[middle + 1 :]}
    longest: dict[str, int] = {}
    for name in names:
        first, count = name.split(" ", 1)[0], name.count(" ") + 1
        longest[first] = max(count, longest.get(first, 0))
    return Lexicon(rarity, names, longest, tuple(map(int, common.split())))
