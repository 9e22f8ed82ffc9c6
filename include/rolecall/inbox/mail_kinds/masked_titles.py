"""Titles of jobs in a mail's sentences: a name there, whatever its words mean elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rolecall.inbox.mail_kinds.phrases import sentences

STANDS_FOR = "position"
"""The word that a title becomes."""

LEAST = 2
"""Words of a title that is looked for: a single one ("Manager") is a word of any mail."""


@lru_cache(maxsize=8192)
def _words(title: str) -> tuple[str, ...]:
    return tuple(word for sentence in sentences(title[:300], most=3) for word in sentence if word != "?")


class MaskedTitles:
    """The titles that mails may name. Masking takes time with the mail's length, however many there are.

    >>> MaskedTitles(["Registered Nurse (m/w/d)"]).masked([["you", "registered", "as", "registered", "nurse"]])
    [['you', 'registered', 'as', 'position']]
    """

    def __init__(self, titles: Iterable[str]) -> None:
        self._known = {words for title in titles if len(words := _words(title)) >= LEAST}
        lengths: dict[str, set[int]] = defaultdict(set)
        for words in self._known:
            lengths[words[0]].add(len(words))
        self._lengths = {word: sorted(found, reverse=True) for word, found in lengths.items()}

    def masked(self, said: Sequence[list[str]]) -> list[list[str]]:
        """The sentences with each title, the longest that stands there, as one word."""
        return [self._masked(words) for words in said] if self._known else list(said)

    def _masked(self, words: list[str]) -> list[str]:
        found: list[str] = []
        place = 0
        while place < len(words):
            lengths = self._lengths.get(words[place], ())
            length = next((each for each in lengths if tuple(words[place : place + each]) in self._known), 0)
            found.append(STANDS_FOR if length else words[place])
            place += length or 1
        return found
