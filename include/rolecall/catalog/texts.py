"""Two descriptions: word for word the same, one cut from the other, reworded, a template filled in anew, or different texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from rapidfuzz.distance import Levenshtein

from rolecall.catalog.profile import MAX_TEXT, readable, without_number
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
WORDS_JOINED = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
"""Two lines of which a board dropped what was between: ``experienceYou``."""
NUMBERED_ITEM = re.compile(r"(?m)^[^\S\n]{0,20}\(?\d{1,2}[.)]\s")
CUT_BEFORE = re.compile(r"\W{0,9}?(?:…|\.\.\.)")
WHOLE = tuple(".!?:;)]\"'”»*_-")
"""How a text ends that was not cut."""
LOST = re.compile(r"\ufffd|(?<=\w)\?(?=\w)|[ÃÂâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]?")
"""Traces of characters that no longer are what they were."""
SENTENCE_END = re.compile(r"(?<=[.!?…:;])\s+|\n+|\s[•·*–-]\s")

Kind = Literal["same", "cut", "reworded", "template", "unclear", "fragments", "different"]


@dataclass(frozen=True)
class Text:
    """A description, read once and compared often."""

    source: str

    @cached_property
    def _read(self) -> str:
        return readable(self.source[:MAX_TEXT]).strip()

    @cached_property
    def cut(self) -> bool:
        """Whether the text begins or ends in mid-sentence: a board cut it."""
        long = len(self.source) >= MAX_TEXT
        whole = self._read.endswith(WHOLE) and not self._read.endswith(("...", "…"))
        return long or not whole or CUT_BEFORE.match(self._read) is not None

    @cached_property
    def lines(self) -> bool:
        """Whether the text has more than one line."""
        return "\n" in self._read

    @cached_property
    def damaged(self) -> bool:
        """Whether characters beyond ASCII were lost, or may have been."""
        return self._read.isascii() or LOST.search(self._read) is not None

    @cached_property
    def parts(self) -> list[list[str]]:
        """Sentences and list items as folded words, without the employer's number, which boards write or leave out, and without the halves
        of words between which it was cut."""
        text = WORDS_JOINED.sub(" ", without_number(self._read))
        text = NUMBERED_ITEM.sub("", text) if self.lines else text
        found = [known for part in SENTENCE_END.split(text) if (known := words(part))]
        if self.cut and found:
            found[-1] = found[-1][:-1]
            found[0] = found[0][1:] if CUT_BEFORE.match(self._read) else found[0]
        return found

    @cached_property
    def tokens(self) -> list[str]:
        """Every word of the text, in order."""
        return [word for part in self.parts for word in part]

    @cached_property
    def known(self) -> frozenset[str]:
        """The different words of the text."""
        return frozenset(self.tokens)

    @cached_property
    def _without(self) -> dict[str, frozenset[str]]:
        return {}

    def besides(self, employer: str) -> frozenset[str]:
        """The words that stand elsewhere than in the employer's name."""
        if employer not in self._without:
            text = f" {' '.join(each for each in self.tokens if each != 'and')} "
            self._without[employer] = frozenset(text.replace(f" {' '.join(_names_in(employer))} ", "  ").split())
        return self._without[employer]

    @cached_property
    def telling(self) -> frozenset[str]:
        """Words that tell one ad from another: numbers, and words that are long enough and not in every text."""
        return frozenset(word for word in self.known if _tells(word))

    @cached_property
    def triples(self) -> frozenset[tuple[str, str, str]]:
        """Every three words in a row (3-shingles)."""
        return frozenset(zip(self.tokens, self.tokens[1:], self.tokens[2:], strict=False))

    @cached_property
    def sentences(self) -> frozenset[tuple[str, ...]]:
        """Sentences and list items, those that are neither a word nor a page."""
        return frozenset(tuple(part) for part in self.parts if 3 <= len(part) <= MAX_SENTENCE)


@dataclass(frozen=True)
class Likeness:
    """How alike two descriptions are, and in which way.

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
    if share < DIFFERENT and one.cut and other.cut:
        return Likeness("fragments", share)
    return Likeness("reworded" if share >= REWORDED else "different" if share < DIFFERENT else "unclear", share)


def _share(one: frozenset[object] | frozenset[str], other: frozenset[object] | frozenset[str]) -> float:
    least = min(len(one), len(other))
    return len(one & other) / least if least else 1.0


def _filled(one: Text, other: Text, employer: str, *, aligned: bool) -> tuple[str, str] | None:
    """What stands in one place of an otherwise equal sentence, where each text has a word there that the other lacks altogether."""

    only_mine, only_yours = _lacking(one, other, employer), _lacking(other, one, employer)
    if not only_mine or not only_yours:
        return None
    if one.lines != other.lines:
        glued = {word for word in only_mine if _glued(word, other.known)}, {word for word in only_yours if _glued(word, one.known)}
        only_mine = frozenset(word for word in only_mine - glued[0] if not any(word in whole for whole in glued[1]))
        only_yours = frozenset(word for word in only_yours - glued[1] if not any(word in whole for whole in glued[0]))
        if not only_mine or not only_yours:
            return None
    damaged = one.damaged or other.damaged

    def difference(left: Sequence[str], right: Sequence[str]) -> tuple[str, str] | None:
        mine = " ".join(word for word in left if word in only_mine)
        yours = " ".join(word for word in right if word in only_yours)
        if not mine or not yours or (damaged and _one_word(left, right)):
            return None
        return (mine, yours)

    mine_only = sorted(part for part in one.sentences - other.sentences if not only_mine.isdisjoint(part))
    yours_only = sorted(part for part in other.sentences - one.sentences if not only_yours.isdisjoint(part))
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


def _lacking(one: Text, other: Text, employer: str) -> frozenset[str]:
    """Telling words of the one that the other has nowhere but in the employer's name."""
    hidden = one.telling.intersection(_names_in(employer)) & other.known
    return one.telling - other.known | (hidden - other.besides(employer) if hidden else hidden)


@lru_cache(maxsize=65_536)
def _names_in(employer: str) -> tuple[str, ...]:
    return tuple(part for part in employer.split() if part != "and")


def _glued(word: str, known: frozenset[str]) -> bool:
    """``office25``: two words of the other text, between which one board dropped the end of a line."""
    return any(word[:at] in known and word[at:] in known for at in range(1, len(word)))


def _one_word(left: Sequence[str], right: Sequence[str]) -> bool:
    """``m nchen`` and ``munchen``: what is left of one word of which a character was lost."""
    mine, yours = "".join(left), "".join(right)
    if any(char.isdecimal() for char in mine + yours):
        return False
    return Levenshtein.distance(mine, yours) <= max(1, max(len(mine), len(yours)) // 4)


def _gap(mine: tuple[str, ...], yours: tuple[str, ...]) -> tuple[Sequence[str], Sequence[str]] | None:
    """``join the claims team`` and ``join the identity team``: the same frame, one gap of a few words."""
    least = min(len(mine), len(yours))
    start = next((place for place in range(least) if mine[place] != yours[place]), least)
    end = next((place for place in range(least - start) if mine[-1 - place] != yours[-1 - place]), least - start)
    left, right = mine[start : len(mine) - end], yours[start : len(yours) - end]
    fits = left and right and max(len(left), len(right)) <= MAX_GAP and start + end >= max(3, len(left), len(right))
    return (left, right) if fits else None
