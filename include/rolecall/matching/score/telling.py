"""Which reasons a person is told: few, the best first, and only those that show what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rolecall.matching.ads.ad import Ad
from rolecall.matching.ads.patterns import DEGREE, OTHER_TEAMS, WITH_OTHERS
from rolecall.matching.cv.headings import heading
from rolecall.matching.cv.person import Person
from rolecall.matching.skills.bags import weight_of
from rolecall.matching.skills.lexicon import singular
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.models import Reason
from rolecall.text.words import fold, words

MOST, FOR = 8, 5
"""Reasons told; of those that speak for the job, where there are more of both kinds."""

PHRASES = 2
"""The most of them that quote clauses: they are the least sure."""

RARE, TELLING = 55, 40
"""Rarity in tenths from which on a single word that our vocabulary lacks tells something, and from which on a word among others does."""

ADDRESS = re.compile(r"@|https?:|www\.|\.(?:com|org|io|co|de|fr|es|uk)\b")
"""What a run of signs has that is an address."""

AROUND = 100
"""Characters before a skill and behind it that tell whose it is."""

WORK = re.compile(r"experience|knowledge|skill|proficien|expert|able to|familiar|\byears?\b|[;]|\.\s+[A-Z]", re.I)
"""What ends the list of what a degree may be in."""

RUN = re.compile(r"\S+")
LONGEST_HEADING = 60
SHARED = 0.5
"""Share of a clause's telling words that the CV's clause must have."""


class ToldReasons:
    """Chooses among all reasons about one pair."""

    def __init__(self, person: Person, ad: Ad) -> None:
        self._person, self._ad = person, ad

    def of(self, found: Iterable[Reason]) -> tuple[Reason, ...]:
        """At most :data:`MOST`: what speaks for the job, weightiest first, then what speaks against it; nothing twice."""
        held = _once(sorted(self.that_hold(found), key=lambda one: one.kind == "phrase"))
        good = _best([one for one in held if one.verdict in ("direct", "strong")])
        bad = _best([one for one in held if one.verdict not in ("direct", "strong")])
        few = max(FOR, MOST - len(bad))
        return (*good[:few], *bad[: MOST - min(len(good), few)])

    def that_hold(self, found: Iterable[Reason]) -> list[Reason]:
        """Those that show what they say."""
        return [one for one in found if self._holds(one)]

    def _holds(self, one: Reason) -> bool:
        if one.cv_span and one.kind in ("skill", "phrase", "licence") and self._is_no_evidence(self._person.text, one.cv_span, of_cv=True):
            return False
        if one.ad_span and one.kind in ("skill", "phrase") and self._is_no_evidence(self._ad.text, one.ad_span, of_cv=False):
            return False
        if one.kind == "skill":
            return self._is_skill(one)
        if one.kind == "phrase":
            return one.verdict in ("direct", "strong") and _says_the_same(one.ad_quote, one.cv_quote, self._ad.job.title)
        if one.kind == "years":
            return one.verdict != "unknown" and (self._ad.years is not None or self._ad.title.rank is not None)
        if one.kind == "place":
            return one.verdict == "direct"
        return True

    def _is_no_evidence(self, text: str, span: tuple[int, int], *, of_cv: bool) -> bool:
        """Whether what stands there is a heading, or lies in an address or, of a CV, in its owner's name."""
        start, end = text.rfind("\n", 0, span[0]) + 1, text.find("\n", span[1])
        line = text[start : end if end >= 0 else len(text)]
        for run in RUN.finditer(line):
            if run.start() < span[1] - start and span[0] - start < run.end() and ADDRESS.search(run[0]):
                return True
        if not of_cv:
            return False
        if len(line) <= LONGEST_HEADING and heading(line, "other") is not None:
            return True
        return bool(self._person.cv.name) and fold(text[slice(*span)]) in words(self._person.cv.name)

    def _is_of_others(self, span: tuple[int, int]) -> bool:
        """Whether what stands there names colleagues, or what a degree that is asked for may be in: neither is a skill to have."""
        text = self._ad.text
        if span[1] <= len(self._ad.job.title):
            return False
        before = text[max(text.rfind("\n", 0, span[0]) + 1, span[0] - AROUND) : span[0]]
        degree = DEGREE.search(before)
        if degree and not WORK.search(before, degree.end()):
            return True
        return bool(WITH_OTHERS.search(before) or OTHER_TEAMS.match(text[span[1] : span[1] + AROUND]))

    def _is_shouted(self, span: tuple[int, int] | None) -> bool:
        """Whether capitals say nothing there, for the whole line has them."""
        if span is None:
            return False
        text = self._ad.text
        end = text.find("\n", span[1])
        return text[text.rfind("\n", 0, span[0]) + 1 : end if end >= 0 else len(text)].isupper()

    def _is_skill(self, one: Reason) -> bool:
        known = vocabulary().skills.get(one.label)
        employer = words(self._ad.job.company)
        if employer and words(one.ad_quote)[:1] == employer[:1]:
            return False
        if one.ad_span and self._is_of_others(one.ad_span):
            return False
        if known is not None:
            return known.field != "soft" and (one.verdict in ("direct", "strong") or known.field != "general")
        if self._is_shouted(one.ad_span):
            return False
        if one.verdict not in ("direct", "strong"):
            return _is_proper(one.ad_quote) and len(one.ad_quote) > 2
        parts = words(one.label)
        rarest = max((weight_of(singular(part)) for part in parts), default=0)
        if len(parts) > 1:
            return rarest >= TELLING
        return rarest >= RARE and (tuple(parts) in self._person.unlisted or _is_proper(one.ad_quote))


def _is_proper(said: str) -> bool:
    """Whether some word is a name wherever it stands: with digits, or capitals inside."""
    return any(word[1:] != word[1:].lower() or any(sign.isdigit() for sign in word) for word in said.split())


def _once(found: Sequence[Reason]) -> list[Reason]:
    seen: set[str] = set()
    kept = []
    for one in found:
        keys = {f"{one.kind} {fold(one.label)}", *([fold(one.ad_quote)] if one.kind in ("skill", "phrase") and one.ad_quote else [])}
        if one.kind in ("skill", "phrase") and one.cv_span:
            keys.add(f"cv {one.cv_span}")
        if not keys & seen:
            kept.append(one)
        seen |= keys
    return kept


def _best(found: list[Reason]) -> list[Reason]:
    """By what they are of, then by weight: papers and title before skills before clauses; of clauses :data:`PHRASES`."""
    order = {"licence": 0, "language": 1, "title": 2, "skill": 3, "years": 4, "degree": 5, "phrase": 6, "permit": 7, "place": 8}
    verdicts = {"missing": 0, "unknown": 1, "direct": 0, "strong": 1, "transferable": 2}
    ranked = sorted(found, key=lambda one: (order.get(one.kind, 9), verdicts[one.verdict], -one.weight))
    clauses = [one for one in ranked if one.kind == "phrase"]
    return [one for one in ranked if one not in clauses[PHRASES:]]


def _says_the_same(asked: str, had: str, title: str) -> bool:
    """Whether two clauses share words that tell, two of them at least, beside those of the job's title."""
    of_title = {singular(word) for word in words(title)}
    one, other = ({singular(word) for word in words(said)} - of_title for said in (asked, had))
    one, other = ({word for word in said if weight_of(word) >= TELLING} for said in (one, other))
    return len(one & other) >= 2 and len(one & other) >= SHARED * len(one)
