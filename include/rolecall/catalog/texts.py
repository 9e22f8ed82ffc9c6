"""Two descriptions: word for word the same, one cut from the other, reworded, a template filled in anew, or different texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rapidfuzz.distance import Levenshtein

from rolecall.catalog.profile import MAX_TEXT, without_number
from rolecall.text.words import listed, words

ALIKE = 0.75
"""Least share of the shorter text's word triples in the other, for a text that was kept or cut."""

REWORDED = 0.72
"""Least share of the shorter text's telling words in the other, for a text that was reworded."""

DIFFERENT = 0.55
"""Below this share of telling words they are two texts."""

MAX_SENTENCE = 40
MAX_GAP = 3
"""Words in a row with which a template is filled."""

STOP = listed(
    "about above after again also and another any are been before being both but can could each every from has have her here his how into "
    "its just like make many more most much must not only other our over own same shall she should some such than that the their them then "
    "there these they this those through time under until upon very want was well were what when where which while who will with within "
    "without would you your work working team join role company looking help including able across new need aber alle als auch auf aus bei "
    ""
    "bis das dass dem den der des die diese durch ein eine einem einen einer "
    "für haben ihre ihren ist kann mit nach nicht oder sich sie sind "
    "über und uns unser unsere unter von vor werden wie wir zum zur avec dans des est les leur mais nous ont par pas plus pour que qui "
    "sera "
    "son sont sur une vos votre vous como con del desde donde entre las los más nos nuestra nuestro para pero por que sin sobre sus una uno"
)
SENTENCE_END = re.compile(r"(?<=[.!?…:;])\s+|\n+|\s[•·*–-]\s")

Kind = Literal["same", "cut", "reworded", "template", "unclear", "different"]


@dataclass(frozen=True)
class Text:
    """A description, read once and compared often."""

    source: str

    @cached_property
    def parts(self) -> list[list[str]]:
        """Sentences and list items as folded words, without the employer's number, which boards write or leave out."""
        return [words(part) for part in SENTENCE_END.split(without_number(self.source[:MAX_TEXT]))]

    @cached_property
    def tokens(self) -> list[str]:
        """All words in order."""
        return [word for part in self.parts for word in part]

    @cached_property
    def known(self) -> frozenset[str]:
        """All words."""
        return frozenset(self.tokens)

    @cached_property
    def _without(self) -> dict[str, frozenset[str]]:
        return {}

    def lacks(self, word: str, employer: str) -> bool:
        """Whether the word stands nowhere but in the employer's name."""
        if word not in self.known:
            return True
        parts = [part for part in employer.split() if part != "and"]
        if word not in parts:
            return False
        if employer not in self._without:
            text = f" {' '.join(each for each in self.tokens if each != 'and')} "
            self._without[employer] = frozenset(text.replace(f" {' '.join(parts)} ", "  ").split())
        return word not in self._without[employer]

    @cached_property
    def telling(self) -> frozenset[str]:
        """Words that tell one ad from another: numbers, and words that are long enough and not in every text."""
        return frozenset(word for word in self.known if _tells(word))

    @cached_property
    def triples(self) -> frozenset[tuple[str, str, str]]:
        """Three words in a row."""
        return frozenset(zip(self.tokens, self.tokens[1:], self.tokens[2:], strict=False))

    @cached_property
    def sentences(self) -> frozenset[tuple[str, ...]]:
        """Sentences and list items, those that are neither a word nor a page."""
        return frozenset(tuple(part) for part in self.parts if 3 <= len(part) <= MAX_SENTENCE)


@dataclass(frozen=True)
class Likeness:
    """What two texts are to each other.

    :param share: of the shorter one's triples (``same``, ``cut``, ``template``) or telling words that the other has, 0 to 1
    :param words: what one template was filled with: the one's words, the other's
    """

    kind: Kind
    share: float
    words: tuple[str, str] = ("", "")


def _tells(word: str) -> bool:
    return word not in STOP and (len(word) > 3 or word.isdecimal() or not word.isascii())


def compare_texts(one: Text, other: Text, employer: str = "") -> Likeness:
    """Symmetric: the order of the two does not matter to kind and share.

    :param employer: whose name both texts hold: its words are not what one of them lacks ("Logistics" in "Rye Logistics")
    """
    if one.tokens == other.tokens:
        return Likeness("same", 1.0)
    share = _share(one.triples, other.triples)
    filled = _filled(one, other, employer, aligned=share >= ALIKE)
    if filled:
        return Likeness("template", share, filled)
    if share >= ALIKE:
        alike = min(len(one.tokens), len(other.tokens)) / max(len(one.tokens), len(other.tokens))
        return Likeness("same" if alike > 0.9 else "cut", share)
    share = _share(one.telling, other.telling)
    return Likeness("reworded" if share >= REWORDED else "different" if share < DIFFERENT else "unclear", share)


def _share(one: frozenset[object] | frozenset[str], other: frozenset[object] | frozenset[str]) -> float:
    least = min(len(one), len(other))
    return len(one & other) / least if least else 1.0


def _filled(one: Text, other: Text, employer: str, *, aligned: bool) -> tuple[str, str] | None:
    """What stands in one place of an otherwise equal sentence, where each text has a word there that the other lacks altogether."""

    def difference(left: Sequence[str], right: Sequence[str]) -> tuple[str, str] | None:
        mine = " ".join(word for word in left if _tells(word) and other.lacks(word, employer))
        yours = " ".join(word for word in right if _tells(word) and one.lacks(word, employer))
        return (mine, yours) if mine and yours else None

    mine_only, yours_only = sorted(one.sentences - other.sentences), sorted(other.sentences - one.sentences)
    for mine in mine_only:
        for yours in yours_only:
            if (mine[0] == yours[0] or mine[-1] == yours[-1]) and (gap := _gap(mine, yours)) and (found := difference(*gap)):
                return found
    if not aligned:
        return None
    last, other_last = len(one.tokens) - 2, len(other.tokens) - 2
    for step in Levenshtein.opcodes(one.tokens, other.tokens):
        short = step.src_end - step.src_start <= MAX_GAP and step.dest_end - step.dest_start <= MAX_GAP
        inside = step.src_start >= 2 and step.src_end < last and step.dest_end < other_last
        if step.tag == "replace" and short and inside:
            left, right = one.tokens[step.src_start : step.src_end], other.tokens[step.dest_start : step.dest_end]
            if found := difference(left, right):
                return found
    return None


def _gap(mine: tuple[str, ...], yours: tuple[str, ...]) -> tuple[Sequence[str], Sequence[str]] | None:
    """``join the claims team`` and ``join the identity team``: the same frame, one gap of a few words."""
    least = min(len(mine), len(yours))
    start = next((place for place in range(least) if mine[place] != yours[place]), least)
    end = next((place for place in range(least - start) if mine[-1 - place] != yours[-1 - place]), least - start)
    left, right = mine[start : len(mine) - end], yours[start : len(yours) - end]
    fits = left and right and max(len(left), len(right)) <= MAX_GAP and start + end >= max(3, len(left), len(right))
    return (left, right) if fits else None
