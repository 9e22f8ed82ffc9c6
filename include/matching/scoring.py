"""The score: how well a CV fits an ad, 0 to 1, and the evidence for it.

Three parts, each 0 to 1:

* **skills** (half): the weighted share of what the ad asks that the CV shows, to the power of 0.7: nobody shows all of a long list, and
  half of it counts 0.62. A requirement weighs 1.0 (must), 0.5 (mentioned) or 0.3 (nice to have); soft skills a fifth of that, tools of
  every trade 0.7 of it, skills of another field that are only mentioned 0.4. It is met fully by the skill itself (*direct*), by 0.9
  where a skill implies it (*strong*: PostgreSQL for SQL), by 0.5 where a neighbour is known (*transferable*: Azure for AWS).
* **title** (0.3): how near the work is, from the newest titles of the CV, see :mod:`include.matching.titles`.
* **level** (0.2): seniority words and years, asked against had.

They are joined as a weighted geometric mean, so that no part can be made up for by another: an accountant who knows Excel is no nurse
who should. What is not known counts 0.45, neither match nor miss: an ad of which only the title is known scores 0.67 at best. In words:
0.85 and more is the same work at the same level with nearly everything that is asked; 0.7 a good fit, worth applying for; 0.5 related
work; below 0.35 another trade. Permits, licences and languages stand beside the score (``eligibility``), never inside it.

Equal inputs give equal scores: sums run over ordered tuples, and the result is rounded to 4 digits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from include.matching import titles
from include.matching.ad import Ad, Asked, Job
from include.matching.person import Person
from include.matching.vocabulary import vocabulary

SKILLS, TITLE, LEVEL = 0.5, 0.3, 0.2
UNKNOWN = 0.45
FLOOR = 0.03
"""The least a part can be: a geometric mean with a zero would be zero."""

MET = {"direct": 1.0, "strong": 0.9, "transferable": 0.5, "missing": 0.0}
DOUBT = 0.5
"""Weight of "unknown" mixed into the skills part: one skill found in a thin ad is less than a proof."""

BENT = 0.7
"""Exponent of the share of skills."""

OWN_WEIGHT, OWN_TOTAL = 0.6, 2.0
"""Weight of a listed skill outside the vocabulary that the ad names too, and the most that all of them weigh."""

SAME_FIELD = 0.3
"""Title nearness where only the skills tell that the field is the same."""

LEVELS = (1.0, 0.85, 0.5, 0.2, 0.1)
"""By how many steps of seniority two differ."""

YEARS_OF_RANK = ((0, 0.0), (1, 0.5), (2, 2.0), (3, 5.0))
"""Rank that years alone speak for: junior from half a year, mid from 2, senior from 5."""

Verdict = Literal["direct", "strong", "transferable", "missing"]


class Judged(NamedTuple):
    """One requirement against the CV: the best of its skills, and the CV's skill that meets it."""

    asked: Asked
    skill: str
    verdict: Verdict
    by: str
    ad_span: tuple[int, int]
    cv_span: tuple[int, int] | None


class Parts(NamedTuple):
    """The parts of a score; ``None``: not known."""

    skills: float | None
    title: float | None
    level: float | None

    @property
    def score(self) -> float:
        """The weighted geometric mean, 4 digits."""
        product = 1.0
        for value, weight in zip(self, (SKILLS, TITLE, LEVEL), strict=True):
            product *= max(FLOOR, UNKNOWN if value is None else value) ** weight
        return round(min(1.0, product), 4)

    @property
    def confidence(self) -> float:
        """Share of the score that rests on something known."""
        known = sum(weight for value, weight in zip(self, (SKILLS, TITLE, LEVEL), strict=True) if value is not None)
        return round(known, 4)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a score rests on."""

    job: Job
    parts: Parts
    judged: tuple[Judged, ...]
    own: tuple[tuple[tuple[str, ...], tuple[int, int]], ...]
    title: tuple[titles.Named, tuple[int, int] | None] | None


def judge(person: Person, ad: Ad, own: list[tuple[str, ...]]) -> Evidence:
    """Weighs an ad against a CV.

    :param own: the CV's skills outside the vocabulary that the ad names
    """
    judged = tuple(_judged(person, asked) for asked in ad.asked)
    nearest = _title(person, ad)
    parts = Parts(_skills(judged, len(own)), nearest[0] if nearest else None, _level(person, ad))
    where = tuple((phrase, person.own[phrase]) for phrase in own)
    return Evidence(ad.job, parts, judged, where, nearest[1:] if nearest else None)


def _judged(person: Person, asked: Asked) -> Judged:
    best: Judged | None = None
    for skill, span in zip(asked.skills, asked.spans, strict=True):
        verdict, by = _verdict(person, skill)
        one = Judged(asked, skill, verdict, by, span, person.skills.get(by))
        if best is None or MET[one.verdict] > MET[best.verdict]:
            best = one
    if best is None:
        raise ValueError("a requirement names at least one skill")
    return best


def _verdict(person: Person, skill: str) -> tuple[Verdict, str]:
    had = person.skills
    if skill in had:
        return "direct", skill
    skills = vocabulary().skills
    for name in had:  # in the order of the CV's text
        if skill in skills[name].implies:
            return "strong", name
    for name in had:
        if name in skills[skill].kin:
            return "transferable", name
    return "missing", ""


def _skills(judged: tuple[Judged, ...], own: int) -> float | None:
    extra = min(own * OWN_WEIGHT, OWN_TOTAL)
    asked, met = extra, extra
    for one in judged:
        asked += one.asked.weight
        met += one.asked.weight * MET[one.verdict]
    return ((met + DOUBT * UNKNOWN) / (asked + DOUBT)) ** BENT if asked > 0 else None


def _title(person: Person, ad: Ad) -> tuple[float, titles.Named, tuple[int, int] | None] | None:
    best: tuple[float, titles.Named, tuple[int, int] | None] | None = None
    for weight, title, span in person.titles:
        near = weight * titles.nearness(title, ad.title)
        if best is None or near > best[0]:
            best = (near, title, span)
    if best and best[0] < SAME_FIELD and ad.title.occupation is None and ad.field in person.fields:
        return SAME_FIELD, best[1], best[2]
    return best


def _level(person: Person, ad: Ad) -> float | None:
    """Geometric mean of what is known of: seniority against seniority, years had against years asked."""
    parts: list[float] = []
    had = person.rank if person.rank is not None else _rank_of(person.years)
    wanted = ad.rank if ad.rank is not None else (_rank_of(float(ad.years)) if ad.years is not None else None)
    if had is not None and wanted is not None:
        parts.append(LEVELS[min(abs(had - wanted), len(LEVELS) - 1)])
    if person.years is not None and ad.years is not None:
        parts.append(1.0 if person.years + 0.5 >= ad.years else max(0.1, person.years / ad.years))
    return math.prod(parts) ** (1 / len(parts)) if parts else None


def _rank_of(years: float | None) -> int | None:
    if years is None:
        return None
    return max(rank for rank, least in YEARS_OF_RANK if years >= least)
