"""How a letter names what an ad wants: as a noun, as something to do, or in quotation marks, always in the ad's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from rolecall.matching.letters.statements import AMBIGUOUS, DO, GERMAN_SMALL, OPENS, SMALL_LAST

Span = tuple[int, int]
Wording = Literal["noun", "verb", "quoted"]

LONGEST_NOUN, LONGEST_QUOTE = 9, 14
"""Words of a wish that is part of a sentence, and of one in quotation marks."""

BULLETS = " -–—•*·▪.,;:"

EXPERIENCE = re.compile(
    r"\b(?:(?:an? )?(?:strong|good|excellent|solid|sound|proven|previous|prior|relevant|practical|hands-on|extensive|deep|broad|in-depth|"
    r"working|basic|advanced|some|professional|commercial|technical|clinical|thorough|detailed|demonstrable|demonstrated|"
    r"exceptional) ){0,4}"
    r"(?:experience|knowledge|understanding|background|expertise|command|grasp|awareness|track record)"
    r" (?:in|of|with|within|as|using|working|managing|leading) [^.,;:()•]{1,120}",
    re.I,
)
SKILLS = re.compile(
    r"\b(?:(?:strong|good|excellent|solid|proven|exceptional|outstanding|advanced|effective) )?(?:[a-z-]{4,20} (?:and |& )?){1,3}skills\b",
    re.I,
)
ABILITY = re.compile(r"\b(?:the )?ability to [^.,;:()•]{1,120}", re.I)
DUTY = re.compile(
    r"\b(?:responsible for|responsibility for|responsibilities include|duties include|involves|includes) (?P<what>[^.,;:()•]{1,120})", re.I
)
WILL = re.compile(
    r"\b(?:you will|you'll|will be required to|will be expected to|will need to|will have to|role is to|to) "
    r"(?P<what>[a-z][^.,;:()•]{1,120})",
    re.I,
)
CUT = re.compile(
    r"\s(?:is|are|was|would|will|who|whom|which|that|needed|required|essential|preferred|desirable|gained|plus|an advantage|preferably|"
    r"ideally|including|such as|e\.g|i\.e|etc|as well|but|if|while|where|whilst|so|because)\b.*$",
    re.I,
)
UNFIT = re.compile(
    r"[“”„\"«»\[\]{}|@#*%£$€]|https?:|www\.|\d|\b(?:you|your|yours|we|our|us|their|they|he|she|his|her|me|my|ihr\w*|sie|wir|uns|unser\w*|vous|votre|vos|"
    r"nous|notre|nos|nuestr\w+|company|employer|client|client's)\b|\.\S",
    re.I,
)
"""What no letter repeats: numbers, which are the ad's to ask for, addresses, and words to a reader, which would mean somebody else."""

QUOTED_UNFIT = re.compile(UNFIT.pattern.replace(r"|\bsie\b", ""), re.I)


class WishWording(NamedTuple):
    """A wish as a letter can say it, and where the ad does."""

    said: str
    span: Span
    form: Wording


def wordings(text: str, span: Span, language: str) -> Iterator[WishWording]:
    """The ways to name a wish of an ad, the best first; none where its words fit into no sentence."""
    clause = text[slice(*span)]
    if language == "en":
        for pattern, form in ((EXPERIENCE, "noun"), (ABILITY, "noun"), (SKILLS, "noun"), (DUTY, "noun"), (WILL, "verb")):
            for found in pattern.finditer(clause):
                group = "what" if "what" in pattern.groupindex else 0
                one = _fitted(text, (span[0] + found.start(group), span[0] + found.end(group)))
                if one and _reads(one.said, form):
                    said = _lowered(one.said)
                    yield WishWording(f"the {said}" if said.startswith("ability to") else said, one.span, form)  # type: ignore[arg-type]
        if (one := _fitted(text, _without_bullets(text, span))) and _reads(one.said, "verb"):
            yield WishWording(_lowered(one.said), one.span, "verb")
    else:
        yield from _quotes(text, span)


def named(text: str, span: Span) -> WishWording | None:
    """A skill by the ad's own name for it."""
    said = " ".join(text[slice(*span)].split())
    if UNFIT.search(said) or not 1 <= len(said.split()) <= 4 or (len(said) < 3 and not said.isupper()):
        return None
    if (said[1:2].islower() and f" {said.lower()}" in text) or (said.isupper() and len(said) > 5):
        said = said.lower()
    return WishWording(said, span, "noun")


def _fitted(text: str, span: Span) -> WishWording | None:
    said = text[slice(*span)]
    if cut := CUT.search(said):
        span = (span[0], span[0] + cut.start())
    words = text[slice(*span)].split()
    while len(words) > 1 and words[-1].lower() in SMALL_LAST:
        words = words[:-1]
        span = (span[0], span[0] + text[slice(*span)].rstrip().rfind(" "))
    said = " ".join(text[slice(*span)].split())
    shouted = sum(word.isupper() and len(word) > 4 for word in words) > 1
    if not 2 <= len(words) <= LONGEST_NOUN or UNFIT.search(said) or shouted:
        return None
    return WishWording(said, (span[0], span[1]), "noun")


def _reads(said: str, form: str) -> bool:
    """Whether it is what its form says, to go on a sentence with."""
    first, second = [*said.lower().split(), ""][:2]
    inner = [word for word in said.split()[1:] if word[:1].isupper() and word[1:].islower()]
    if len(inner) > 2 or any(word in ("to", "have", "be") for word in said.lower().split()[-1:]):
        return False
    if form == "verb":
        return first in DO and (first not in AMBIGUOUS or second in OPENS)
    return first not in GERMAN_SMALL and first not in ("the", "you", "for", "to", "all")


def _without_bullets(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start] in BULLETS:
        start += 1
    while end > start and text[end - 1] in BULLETS + "!?":
        end -= 1
    return start, end


def _lowered(said: str) -> str:
    return said[0].lower() + said[1:] if said[1:2].islower() else said


SENTENCE_END, PART_END = re.compile(r"[.;:!?•](?=\s|$)|\s[-–—]\s"), re.compile(r"[.;:!?•,()](?=\s|$)|\s[-–—(]\s?")


def _quotes(text: str, span: Span) -> Iterator[WishWording]:
    """The ad's own words around a wish, the whole line first where it is short."""
    start, end = text.rfind("\n", 0, span[0]) + 1, text.find("\n", span[1])
    line = (start, end if end >= 0 else len(text))
    for around in dict.fromkeys((line, _around(text, line, span, SENTENCE_END), _around(text, line, span, PART_END), span)):
        first, last = _without_bullets(text, around)
        quote = " ".join(text[first:last].split())
        if 1 <= len(quote.split()) <= LONGEST_QUOTE and not QUOTED_UNFIT.search(quote) and quote.split()[-1].lower() not in SMALL_LAST:
            yield WishWording(quote, (first, last), "quoted")


def _around(text: str, line: Span, span: Span, cut: re.Pattern[str]) -> Span:
    """The part of a line around a span, up to where it is cut."""
    ends = [found.span() for found in cut.finditer(text, *line)]
    first = max((end for _, end in ends if end <= span[0]), default=line[0])
    return first, min((start for start, _ in ends if start >= span[1]), default=line[1])
