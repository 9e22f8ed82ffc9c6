"""How much an ad wants what it names, by the part and the sentence that names it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from math import inf
from typing import Literal

from rolecall.matching.ads.patterns import EMPLOYERS, MUST, NICE, NOT_ASKED, SOFTENS_WHAT_FOLLOWS
from rolecall.matching.ads.sections import STOP, Kind, Section

Want = Literal["must", "mentioned", "nice"]

STRENGTH: dict[Want, float] = {"must": 1.0, "mentioned": 0.5, "nice": 0.3}
"""How much a requirement weighs. ``must``: a requirements section, the title, or a word like *required* in its sentence;
``nice``: a preferred section or *is a plus*; ``mentioned``: anywhere else, as in the duties."""


LONGEST_KEPT = 1_000
"""Characters of a sentence whose meaning is remembered; longer ones come once, and would fill the memory."""


class RequirementStrength:
    """One ad's text, cut into parts and sentences once.

    :param title_end: what stands before it is the title, and surely wanted
    """

    def __init__(self, text: str, parts: list[Section], title_end: int) -> None:
        self._text, self._parts, self._title_end = text, parts, title_end
        self._starts = [part.start for part in parts]
        self._bounds = sorted({0, *self._starts, *(stop.end() for stop in STOP.finditer(text))})
        self._known: dict[tuple[int, int, bool], Want | None] = {}
        self._softened: dict[tuple[int, int], float] = {}

    def at(self, start: int, end: int) -> Want | None:
        """How much what stands in this span is wanted; ``None``: it is not asked for."""
        if end <= self._title_end:
            return "must"
        first = bisect_right(self._bounds, start) - 1
        last = bisect_left(self._bounds, end)
        until = self._bounds[last] if last < len(self._bounds) else len(self._text)
        if (first, last) not in self._softened:  # looked for once a sentence, however many things it names
            softens = SOFTENS_WHAT_FOLLOWS.search(self._text, self._bounds[first], until)
            self._softened[first, last] = softens.start() if softens else -inf
        before = end <= self._softened[first, last]
        key = (first, last, before)
        if key not in self._known:
            said = self._text[self._bounds[first] : until]
            if before:
                said = SOFTENS_WHAT_FOLLOWS.sub("", said)
            self._known[key] = self._judged(self._parts[bisect_right(self._starts, start) - 1], said)
        return self._known[key]

    def is_aside(self, start: int) -> bool:
        """Whether what stands there is in none of the parts that say what the work is or what is asked."""
        return self.kind_at(start) == "other"

    def kind_at(self, start: int) -> Kind:
        """The kind of part that a place lies in."""
        return self._parts[bisect_right(self._starts, start) - 1].kind

    def _judged(self, part: Section, said: str) -> Want | None:
        cue = _cue(said) if len(said) <= LONGEST_KEPT else _cue.__wrapped__(said)
        if cue == "not asked":
            return None
        if cue == "nice" or part.kind == "nice":
            return "nice"
        if part.kind == "offer" or (part.kind != "must" and cue == "employer's"):
            return None
        return "must" if part.kind == "must" or cue == "must" else "mentioned"


@lru_cache(maxsize=65_536)
def _cue(said: str) -> Literal["not asked", "nice", "must", "employer's", ""]:
    """What a sentence says about how much it wants the things in it."""
    if NOT_ASKED.search(said):
        return "not asked"
    if NICE.search(said):
        return "nice"
    if MUST.search(said):
        return "must"
    return "employer's" if EMPLOYERS.search(said) else ""
