"""Phrases that are looked for in sentences: a list of them is read from ``phrases.txt``, and found by their words, not by
expressions.

A line of the file is a phrase. ``..`` stands for up to eight words, ``~`` for up to two, ``a|b`` for either, ``word*`` for all that
begin so, ``*word`` for all that end so, ``word?`` may be missing; ``&`` between two phrases asks for both in one sentence, in any order.
Words are folded: no case, no accents, ``ä`` is ``ae``, ``won't`` is ``will not``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rolecall.text.words import fold, listed

GAP, SHORT_GAP = 8, 2
FILE = Path(__file__).with_name("phrases.txt")
NOT_IN_GAPS = listed("yet only not nicht pas kein keine noch encore aun todavia hesitate hesiter doubt dudes dude zoegern")
"""``not yet selected``, ``do not hesitate to move`` say nothing."""

UNSEEN = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\u034f")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"} | dict.fromkeys("’‘ʼ´`′", "'") | UNSEEN)
WORD = re.compile(r"[^\W_]+")
SHORT_NOT = re.compile(r"\b(ca|wo|sha|do|does|did|is|are|was|were|have|has|had|could|would|should)n't\b")
WHOLE = {"ca": "can", "wo": "will", "sha": "shall"}
CANNOT = re.compile(r"\bcannot\b")
ENDS = re.compile(r"(?<=[^.!?\s][.!?])[\"')\]]{0,2}\s+|(?<=[。])|\s[•·|]\s|\n")


SEXES = re.compile(r"\(\s?[a-z](?:\s?[/|*:]\s?[a-z]){1,4}\s?\)|[*:_](?=inn?(?:en)?\b)")
"""``(m/w/d)``, the star of ``Bewerber*innen``."""


def folded(text: str) -> str:
    """The text as phrases are written; its punctuation stays."""
    low = fold(text.translate(UMLAUTS))
    return CANNOT.sub("can not", SHORT_NOT.sub(lambda found: f"{WHOLE.get(found[1], found[1])} not", low))


DATES = re.compile(
    r"(?<![\d.])(\d{1,2}(?:\.\d{1,2})?)\.(?=\s+(?:[a-zäöü]|Januar|Februar|M[äa]rz|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember))"
)
"""``bis zum 12. März``, ``am 03.06. nichts``: no sentence ends there."""

LONGEST = 200
"""Words of a sentence; a longer one is several."""


def sentences(text: str, most: int = 2_000) -> list[list[str]]:
    """The folded words of each sentence. Lines that were wrapped are joined."""
    joined: list[str] = []
    for line in DATES.sub(r"\1", text).splitlines():
        bare = line.strip()
        before = joined[-1] if joined else ""
        wrapped = bare and before and (bare[0].islower() or (len(before.rpartition("\n")[2]) >= 55 and before[-1] not in ".!?:;"))
        if wrapped:
            joined[-1] = f"{before} {bare}"
        else:
            joined.append(bare)
    found: list[list[str]] = []
    for piece in ENDS.split(SEXES.sub(" ", folded("\n".join(joined)))):
        words = WORD.findall(piece)
        found += [words[start : start + LONGEST] for start in range(0, len(words), LONGEST)]
        if words and piece.rstrip().endswith("?"):
            found[-1].append("?")
    return found[:most]


@dataclass(frozen=True, slots=True)
class PhraseToken:
    """One position of a phrase: what a word must be, or begin or end with, to stand there."""

    words: frozenset[str]
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    gap: int = -1
    optional: bool = False

    def fits(self, word: str) -> bool:
        """Whether a folded word can stand at this position."""
        return word in self.words or word.startswith(self.starts) or word.endswith(self.ends)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of ``phrases.txt``: a sentence matches that has all of its parts."""

    line: str
    parts: tuple[tuple[PhraseToken, ...], ...]


def read_phrase(line: str) -> Phrase:
    """Parses one line of ``phrases.txt``."""
    return Phrase(line, tuple(tuple(_token(word) for word in part.split()) for part in line.split("&")))


def _token(word: str) -> PhraseToken:
    if word in ("..", "~"):
        return PhraseToken(frozenset(), gap=GAP if word == ".." else SHORT_GAP)
    optional = word.endswith("?")
    choices = word.removesuffix("?").split("|")
    return PhraseToken(
        frozenset(each for each in choices if "*" not in each),
        tuple(each[:-1] for each in choices if each.endswith("*")),
        tuple(each[1:] for each in choices if each.startswith("*")),
        optional=optional,
    )


def _match(tokens: Sequence[PhraseToken], at: int, words: Sequence[str], place: int) -> bool:
    """Whether the tokens from ``at`` on match the words from ``place`` on."""
    if at == len(tokens):
        return True
    token = tokens[at]
    if token.gap >= 0:
        for skipped in range(token.gap + 1):
            if _match(tokens, at + 1, words, place + skipped):
                return True
            if place + skipped >= len(words) or words[place + skipped] in NOT_IN_GAPS:
                return False
        return False
    if place < len(words) and token.fits(words[place]) and _match(tokens, at + 1, words, place + 1):
        return True
    return token.optional and _match(tokens, at + 1, words, place)


class Phrases:
    """Phrases under names, looked up by the first word of each."""

    def __init__(self, groups: dict[str, list[Phrase]]) -> None:
        self.groups = groups
        self._whole: dict[str, list[tuple[str, Phrase]]] = defaultdict(list)
        self._begun: dict[str, list[tuple[str, Phrase]]] = defaultdict(list)
        self._ended: dict[str, list[tuple[str, Phrase]]] = defaultdict(list)
        for name, phrases in groups.items():
            for phrase in phrases:
                first = phrase.parts[0][0]
                for word in first.words:
                    self._whole[word].append((name, phrase))
                for start in first.starts:
                    self._begun[start[:3]].append((name, phrase))
                for end in first.ends:
                    self._ended[end[-3:]].append((name, phrase))

    def find(self, words: Sequence[str]) -> Iterator[tuple[str, Phrase, int]]:
        """(name of the group, phrase, where its last part begins) of what one sentence says."""
        for place, word in enumerate(words):
            for name, phrase in [*self._whole.get(word, ()), *self._begun.get(word[:3], ()), *self._ended.get(word[-3:], ())]:
                if not _match(phrase.parts[0], 0, words, place):
                    continue
                last = place
                for part in phrase.parts[1:]:
                    found = next((there for there in range(len(words)) if _match(part, 0, words, there)), None)
                    if found is None:
                        break
                    last = max(last, found)
                else:
                    yield name, phrase, last


@cache
def known() -> Phrases:
    """The phrases of ``phrases.txt``: ``[name]`` begins a group, ``#`` a remark."""
    groups: dict[str, list[Phrase]] = {}
    name = ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        bare = line.partition("#")[0].strip()
        if bare.startswith("["):
            name = bare.strip("[]")
            groups.setdefault(name, [])
        elif bare:
            groups[name].append(read_phrase(bare))
    return Phrases(groups)
