"""Which reasons a person is told: few, the best first, and only those that show what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rolecall.matching.ads.ad import NEAR_FIELDS, Ad
from rolecall.matching.ads.languages import ENGLISH_NAMES, language_of
from rolecall.matching.ads.patterns import DEGREE, OTHER_TEAMS, WITH_OTHERS
from rolecall.matching.ads.sections import BULLET
from rolecall.matching.cv.heading_parts import position_score
from rolecall.matching.cv.headings import heading
from rolecall.matching.cv.person import Person
from rolecall.matching.skills import titles
from rolecall.matching.skills.bags import weight_of
from rolecall.matching.skills.lexicon import singular
from rolecall.matching.skills.vocabulary import tokens, vocabulary
from rolecall.models import Reason
from rolecall.text.words import fold, listed, words

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

NAMES_OF_THINGS = frozenset({"software", "data", "design"})
"""Fields whose skills are mostly names (Python, Figma), written with a capital."""

TRAITS = listed(
    "motivated motivation driven oriented minded willing willingness attitude personality friendly proactive passionate enthusiastic "
    "organised organized teamwork team communicator communication interpersonal verbal written listening self "
    "hardworking reliable punctual flexible "
    "multitasking detail starter learner thinker player work ethic"
)
"""Words of what somebody is like: no reason that could be checked."""

SCHOOL = re.compile(
    r"\b(?:diploma|degree|graduat\w+|bachelor\w*|master\w*|university|college|school of|b\.?[as]c?\.?|m\.?[as]c?\.?|ged)\b", re.I
)
"""What a line of somebody's own schooling has."""

KINDS_OF = re.compile(r"[A-Z]{2,4}s")
"""``APIs``, ``CRMs``: any of them, so there is nothing to look for."""

DEED = re.compile(r"^(?:promoted|hired|worked|served|responsible|managed|started)\b|\.\s*$", re.I)
"""What a line says that tells of work and is no title."""

AT_HAND = listed("wifi broadband internet laptop smartphone phone vehicle")
"""What somebody has, not what they can do."""

RUN = re.compile(r"\S+")
LONGEST_HEADING = 60
LABEL = 5
"""Words of a line of an ad that may be but the label of what stands below."""

SHARED = 0.5
"""Share of a clause's telling words that the CV's clause must have."""


class ReasonSelection:
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
        if one.kind == "title":
            return one.verdict == "unknown" or (position_score(one.cv_quote) > 0 and not DEED.search(one.cv_quote))
        if one.kind == "phrase":
            return one.verdict in ("direct", "strong") and _says_the_same(one.ad_quote, one.cv_quote, self._ad.job.title)
        if one.kind == "language":
            return one.verdict != "unknown" or not self._is_its_language(one.label)
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
            return start > 0 and self._is_label(line, text[end + 1 : end + 4] if end >= 0 else "")
        if len(line) <= LONGEST_HEADING and heading(line, "other") is not None:
            return True
        quoted = words(text[slice(*span)])
        if any(_is_within(quoted, words(role.company)) and role.company in line for role in self._person.cv.roles if role.company):
            return True  # where one worked says nothing of what one did there
        return bool(self._person.cv.name) and fold(text[slice(*span)]) in words(self._person.cv.name)

    def _is_its_language(self, name: str) -> bool:
        """Whether the CV is written in a language: it need not name it besides."""
        code = language_of([token.word for token in tokens(self._person.text)])
        return code is not None and ENGLISH_NAMES[code] == name

    @staticmethod
    def _is_label(line: str, behind: str) -> bool:
        """Whether a line of an ad only says what stands below it: ``Analytics:``, or a few words with a list behind."""
        said = line.strip()
        if not said or BULLET.match(line) or len(said.split()) > LABEL:
            return False
        return said.endswith(":") or (said[0].isupper() and BULLET.match(behind.lstrip() + " ") is not None)

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
        quoted = words(one.ad_quote)
        if titles.occupations().find(one.ad_quote) is not None and position_score(one.ad_quote) > 0:
            return False  # who somebody is, no skill
        if one.verdict not in ("direct", "strong") and self._is_in_a_title(one.label):
            return False
        if known is not None:
            if known.field == "soft" or (known.field == "general" and one.verdict not in ("direct", "strong")):
                return False
            return not (self._is_of_other_work(one, known.field) or self._is_schooling(one, known.field))
        if not (TRAITS | AT_HAND).isdisjoint(quoted):
            return False
        if self._is_shouted(one.ad_span):
            return False
        if one.verdict not in ("direct", "strong"):
            return _is_proper(one.ad_quote) and len(one.ad_quote) > 2 and not KINDS_OF.fullmatch(one.ad_quote)
        parts = words(one.label)
        rarest = max((weight_of(singular(part)) for part in parts), default=0)
        if len(parts) > 1:
            return rarest >= TELLING
        return rarest >= RARE and (tuple(parts) in self._person.unlisted or _is_proper(one.ad_quote))

    def _is_in_a_title(self, skill: str) -> bool:
        """Whether a position that the person held is called by the skill: an accountant does not lack *accounting*."""
        said = words(skill)
        if len(said) != 1 or len(said[0]) < 7:
            return False
        stem = said[0][: max(6, len(said[0]) - 4)]
        return any(word.startswith(stem) for role in self._person.cv.roles for word in words(role.title))

    def _is_of_other_work(self, one: Reason, field: str) -> bool:
        """Whether an ordinary word names a skill of another field than the job's: every ad has *sales*, *reception*, *purchasing* among the
        duties, or in what its employer does. Names, and what the ad's title says, are told whatever the field."""
        said, title = one.ad_quote, len(self._ad.job.title)
        if len(said.split()) > 1 or _is_proper(said) or (one.ad_span and one.ad_span[1] <= title):
            return False
        if field in ("general", *NAMES_OF_THINGS) and said[:1].isupper():
            return False
        return field != self._ad.field and field not in NEAR_FIELDS.get(self._ad.field or "", ())

    def _is_schooling(self, one: Reason, field: str) -> bool:
        """Whether a skill of those who teach is quoted from a line of the person's own schooling."""
        if field != "education" or one.cv_span is None:
            return False
        text = self._person.text
        start, end = text.rfind("\n", 0, one.cv_span[0]) + 1, text.find("\n", one.cv_span[1])
        return SCHOOL.search(text[start : end if end >= 0 else len(text)]) is not None


def _is_within(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether these words stand in a row among those."""
    return any(list(many[place : place + len(few)]) == list(few) for place in range(len(many) - len(few) + 1)) if few else False


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
