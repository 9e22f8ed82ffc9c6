"""The score: how likely a fair reader of CV and ad would invite the person, 0 to 1, and the evidence it rests on.

Parts, each 0 to 1, see :class:`Parts`. The score is the logistic function of their weighted sum; weights and calibration are
committed in ``calibration.json``, fitted by ``make bench ONLY=fit/calibrate``, none below 0,
so that better evidence never costs. What is not known takes the value that the fit was made with (:data:`UNKNOWN`): neither match nor
miss. Permits, licences and languages stand beside the score (``eligibility``), never inside it. ``docs/matching.md`` has the figures.

Equal inputs give equal scores: counts and vectors are whole numbers, sums run over ordered tuples, the result is rounded to 4 digits.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from rolecall.matching.ads.ad import NEAR_FIELDS, Ad, Requirement
from rolecall.matching.ads.clauses import nearest
from rolecall.matching.ads.job import Job
from rolecall.matching.ads.requirement_strength import STRENGTH, Want
from rolecall.matching.cv.person import Person, Verdict
from rolecall.matching.skills import titles
from rolecall.matching.skills.title_index import TitleIndex
from rolecall.matching.skills.trades import same_trade
from rolecall.matching.skills.vectors import SCALE
from rolecall.matching.skills.vocabulary import NO_FIELD, vocabulary

FLOOR = 0.03
"""The least a part can be: some parts count by their logarithm."""

MET = {"direct": 1.0, "strong": 0.9, "transferable": 0.5, "missing": 0.0}
DOUBT = 0.5
"""Weight of "unknown" mixed into the skills part: one skill found in a thin ad is less than a proof."""

OWN_WEIGHT, OWN_TOTAL = 0.6, 2.0
"""Weight of a listed skill outside the vocabulary that the ad names too, and the most that all of them weigh."""

PLAUSIBLE = 90
"""Skills that a person has; who lists more has each one less: a CV stuffed with every keyword gains nothing.
An ad that asks for more than so many is compared by its words and meaning the less."""

SAME_FIELD = 0.3
"""Title nearness where only the skills tell that the field is the same."""

LEVELS = (1.0, 0.9, 0.45, 0.2, 0.15)
"""By how many steps of seniority two differ."""

BEGINNER, EXPERT = 1, 3
"""A job for beginners is one step further from somebody of this rank or more: graduates' places are for graduates."""

LOWER_DEGREE = (0.5, 0.3, 0.2)
"""What a degree counts that is one step, two, three below what is asked."""

RANK_OF_YEARS = ((0, 0.0), (1, 0.5), (2, 2.0), (3, 5.0))
"""Rank that years alone speak for: junior from half a year, mid from 2, senior from 5."""

RANK_OF_TITLED = ((0, 0.0), (1, 0.5), (2, 2.5), (3, 9.0))

ORDINARY, UNSAID = 2, 0.4
"""Rank of an ad that says none, and the least that a person of any rank counts there."""

UNKNOWN: Mapping[str, float] = {
    "skills": 0.45,
    "must": 0.5,
    "title": 0.35,
    "level": 0.6,
    "field": 0.45,
    "phrases": 0.4,
    "needs": 0.4,
    "language": 1.0,
    "degree": 1.0,
}
"""What a part counts when it is not known."""

SAID: tuple[tuple[Verdict, float], ...] = (("direct", 0.85), ("strong", 0.65), ("transferable", 0.5))
"""Nearness of two clauses from which on the CV says the same, much the same, or something like it."""

SHORT = 30
"""Characters of a clause that counts fully. A longer one counts less: the more it says, the less another can say the same."""

SHARED = {"must": "skills", "needs": "phrases", "words": "text", "meaning": "text", "trade": "field"}
"""Parts that count as one when a person is told what the score rests on."""

IN_TITLE = 3.0
"""What a skill counts in a job's core that its title names: the Ruby of a Ruby engineer is not one requirement among many."""

LEAST_CORE = 2.0
"""Required skills that make a core; one is too little to say what a job is, unless the title names it."""

EVEN, UNCARRIED = 0.5, 0.38
"""Where a CV carries at most half of a job's core, what the chance has above :data:`EVEN` counts so much: it stays below 0.7. From there to
:data:`CARRIED` that share rises evenly to all of it. No order changes below EVEN, nor among jobs of which the CV carries as much."""

HALF, CARRIED = 0.5, 0.75

FAR_LEVEL, NEAR_LEVEL = 0.2, 0.45
"""The same for the level: three steps apart, a graduate's job for a senior, is no match whatever the two have in common; two may be one."""

CERTAIN = 1 - 1e-12
SURE, STRETCH = 0.7, 0.3
"""Beyond this chance log odds count so much: among the best, more of the same evidence makes an invitation only a little likelier, and ten
jobs that all stand at 99 % tell a person nothing. No order changes."""

UNREAD = 0.6
"""The most that a job without any requirement we can read may score: there is nothing to be right about."""


class JudgedClause(NamedTuple):
    """One clause of the ad, and the clause of the CV that comes nearest, 0 to 1; ``worth``: what it counts."""

    want: Want
    near: float
    worth: float
    ad_span: tuple[int, int]
    cv_span: tuple[int, int]

    @property
    def verdict(self) -> Verdict:
        """What that nearness says."""
        return next((verdict for verdict, least in SAID if self.near >= least), "missing")


class JudgedRequirement(NamedTuple):
    """One requirement against the CV: the best of its skills, and the CV's skill that meets it."""

    asked: Requirement
    skill: str
    verdict: Verdict
    by: str
    ad_span: tuple[int, int]
    cv_span: tuple[int, int] | None


class Parts(NamedTuple):
    """The parts of a score, each 0 to 1; ``None``: not known.

    :param skills: weighted share of what the ad asks that the CV shows, see :data:`MET`
    :param must: the same of what is required
    :param title: how near the work is, by the newest titles of the CV
    :param level: seniority and years, asked against had
    :param field: the same field of work, a near one, another
    :param phrases: weighted nearness of what the ad asks in words of its own to what the CV says
    :param needs: the same of what is required
    :param language: the least met of the languages that are asked for
    :param degree: whether a degree that is asked for is named
    :param words: cosine of the two texts' words, by rarity; less for a CV that lists more skills than :data:`PLAUSIBLE`
    :param meaning: cosine of the two texts' vectors
    :param trade: how alike the trades are that both texts speak of, or how near the titles are, see :func:`trade_of`
    :param core: how much of what the job itself is the CV carries, see :func:`_core`; no weighed part: what a high score needs besides
    """

    skills: float | None
    must: float | None
    title: float | None
    level: float | None
    field: float | None
    phrases: float | None
    needs: float | None
    language: float | None
    degree: float | None
    words: float
    meaning: float
    trade: float
    core: float | None = None

    @property
    def features(self) -> dict[str, float]:
        """What the logistic function weighs: parts, logarithms of those that nothing makes up for, and the square of the title's: kin
        occupations are nearer to unrelated ones than to the same."""
        filled = {name: UNKNOWN.get(name, 0.0) if value is None else value for name, value in self._asdict().items() if name != "core"}
        logs = {f"log {name}": math.log(max(FLOOR, filled[name])) for name in ("skills", "title", "level", "phrases", "trade")}
        same = {"title squared": filled["title"] ** 2}
        return {**filled, **logs, **same, "words": math.sqrt(max(0.0, self.words)), "meaning": max(0.0, self.meaning)}

    @property
    def score(self) -> float:
        """The calibrated score, 4 digits."""
        weights = calibration()
        features = self.features
        chance = 1 / (1 + math.exp(-weights["bias"] - math.fsum(weights[name] * value for name, value in features.items())))
        if chance > EVEN:
            chance = EVEN + (chance - EVEN) * (UNCARRIED + (1.0 - UNCARRIED) * self.carried)
        if chance > SURE:
            sure = math.log(SURE / (1 - SURE))
            chance = 1 / (1 + math.exp(-sure - STRETCH * (math.log(chance / (1 - min(chance, CERTAIN))) - sure)))
        return round(min(chance, UNREAD) if self.skills is None else chance, 4)

    @property
    def carried(self) -> float:
        """How much of a high score the CV carries, 0 to 1: by the job's core and by its level, whichever is less."""
        by_core = 1.0 if self.core is None else (self.core - HALF) / (CARRIED - HALF)
        by_level = 1.0 if self.level is None else (self.level - FAR_LEVEL) / (NEAR_LEVEL - FAR_LEVEL)
        return min(1.0, max(0.0, min(by_core, by_level)))

    @property
    def confidence(self) -> float:
        """Share of the parts that are known."""
        return round(sum(value is not None for value in self[:-1]) / (len(self) - 1), 4)


@cache
def calibration() -> dict[str, float]:
    """The fitted weights by feature, and the bias."""
    read: dict[str, dict[str, float]] = json.loads((Path(__file__).parent / "calibration.json").read_text(encoding="utf-8"))
    return read["weights"]


@cache
def shares() -> dict[str, float]:
    """Of what the score can move, the share of each part: how much it gains from its least to its most, in log odds."""
    least = Parts(*[0.0] * len(Parts._fields)).features
    most = Parts(*[1.0] * len(Parts._fields)).features
    gains: dict[str, float] = {}
    for name, weight in calibration().items():
        if name != "bias":
            part = SHARED.get(plain := name.removeprefix("log ").removesuffix(" squared"), plain)
            gains[part] = gains.get(part, 0.0) + weight * (most[name] - least[name])
    total = sum(gains.values()) or 1.0
    return {part: gain / total for part, gain in gains.items()}


@dataclass(frozen=True, slots=True)
class ScoreEvidence:
    """Everything a score rests on. ``named``: names of the wider table; ``own``: words of the CV's own list that the ad has too;
    ``phrased``: what the ad asks in words of its own."""

    job: Job
    parts: Parts
    judged: tuple[JudgedRequirement, ...]
    named: tuple[JudgedRequirement, ...]
    own: tuple[tuple[tuple[str, ...], tuple[int, int]], ...]
    phrased: tuple[JudgedClause, ...]
    title: tuple[titles.NamedOccupation, tuple[int, int] | None] | None


def judge(person: Person, ad: Ad, own: list[tuple[str, ...]], near: tuple[float, ...] | None = None) -> ScoreEvidence:
    """Weighs an ad against a CV.

    :param own: the CV's skills outside the vocabulary that the ad names
    :param near: nearness of each of the person's titles to the ad's, where it is known already
    """
    judged = tuple(_judged(person, asked) for asked in ad.asked)
    named = tuple(_named(person, asked) for asked in ad.named)
    nearest = _title(person, ad, near)
    phrased = _phrased(person, ad, (*judged, *named))
    share = min(1.0, PLAUSIBLE / max(1, len(person.skills) + len(person.named)))
    crowd = min(1.0, PLAUSIBLE / max(1, len(judged) + len(named)))
    parts = Parts(
        skills=_skills(judged, named, len(own), share),
        must=_must(judged, share),
        title=nearest[0] if nearest else None,
        level=level(person, ad.rank, ad.years),
        field=_field(person, ad),
        phrases=_nearness(phrased, ("must", "mentioned", "nice")),
        needs=_nearness(phrased, ("must",)),
        language=_language(person, ad),
        degree=_degree(person, ad),
        words=share * crowd * ad.bag.near(person.spread, person.bag.length),
        meaning=crowd * float(ad.vector.astype("i8") @ person.vector.astype("i8")) / (SCALE * SCALE),
        trade=trade_of(same_trade(ad.trades, person.trades), nearest[0] if nearest else 0.0),
        core=0.0 if _is_closed(person, ad, near) else _core(judged, nearest[0] if nearest else None, len(ad.job.title)),
    )
    where = tuple((phrase, person.unlisted[phrase]) for phrase in own)
    return ScoreEvidence(ad.job, parts, judged, named, where, phrased, nearest[1:] if nearest else None)


def trade_of(texts: float, title: float) -> float:
    """How far both are of one trade: by what their texts speak of or by their titles, each 0 to 1. Who is called what the job is called is
    of its trade whatever words the texts choose; titles that are merely kin say little of it."""
    return 1.0 - (1.0 - texts) * (1.0 - title * math.sqrt(title))


def _judged(person: Person, asked: Requirement) -> JudgedRequirement:
    best: JudgedRequirement | None = None
    for skill, span in zip(asked.skills, asked.spans, strict=True):
        verdict, by = _verdict(person, skill)
        one = JudgedRequirement(asked, skill, verdict, by, span, person.skills.get(by))
        if best is None or MET[one.verdict] > MET[best.verdict]:
            best = one
    if best is None:
        raise ValueError("a requirement names at least one skill")
    return best


def _named(person: Person, asked: Requirement) -> JudgedRequirement:
    name = asked.skills[0]
    span = person.named.get(name)
    return JudgedRequirement(asked, name, "missing" if span is None else "direct", name if span else "", asked.spans[0], span)


def _verdict(person: Person, skill: str) -> tuple[Verdict, str]:
    if skill in person.skills:
        return "direct", skill
    return person.reach.get(skill, ("missing", ""))


def _skills(judged: tuple[JudgedRequirement, ...], named: tuple[JudgedRequirement, ...], own: int, share: float) -> float | None:
    extra = min(own * OWN_WEIGHT, OWN_TOTAL)
    asked, met = extra, extra
    for one in (*judged, *named):
        asked += one.asked.weight
        met += one.asked.weight * MET[one.verdict] * share
    return (met + DOUBT * UNKNOWN["skills"]) / (asked + DOUBT) if asked > 0 else None


def _must(judged: tuple[JudgedRequirement, ...], share: float) -> float | None:
    asked = met = 0.0
    for one in judged:
        if one.asked.want == "must":
            asked += one.asked.weight
            met += one.asked.weight * MET[one.verdict] * share
    return (met + DOUBT * UNKNOWN["must"]) / (asked + DOUBT) if asked > 0 else None


def _core(judged: tuple[JudgedRequirement, ...], title: float | None, title_end: int) -> float | None:
    """How much of what the job itself is the CV carries: the mean of how near the work is and of the share met of the skills that are
    required and belong to a field of work, those in the title before all. ``None``: the CV has no title, or the ad requires fewer than two
    such skills and its title names none; then nothing is held against it.

    :param title_end: what stands before it in the ad is the title
    """
    own = [one for one in judged if one.asked.want == "must" and vocabulary().skills[one.asked.skills[0]].field not in NO_FIELD]
    worth = [IN_TITLE if any(end <= title_end for _, end in one.asked.spans) else 1.0 for one in own]
    total = math.fsum(worth)
    if title is None or total < LEAST_CORE:
        return None
    return (title + math.fsum(weight * MET[one.verdict] for weight, one in zip(worth, own, strict=True)) / total) / 2


def _is_closed(person: Person, ad: Ad, near: tuple[float, ...] | None) -> bool:
    """Whether the job is of a licensed profession and all titles of the person are of others: a nurse beside physicians is none."""
    wanted = ad.title.occupation
    if wanted is None or wanted.name not in titles.occupations().licensed or not person.titles:
        return False
    found = near or [near_of(title.text, ad.title.text) for _, title, _ in person.titles]
    return all(
        value < (titles.KIN[0] if title.occupation else SAME_FIELD) for (_, title, _), value in zip(person.titles, found, strict=True)
    )


def _phrased(person: Person, ad: Ad, judged: tuple[JudgedRequirement, ...]) -> tuple[JudgedClause, ...]:
    """For each clause of the ad, the clause of the CV that comes nearest; a skill named in it that the CV has counts too."""
    phrased = ad.phrased
    if not phrased or not person.clauses:
        return ()
    met = [(one.ad_span, MET[one.verdict]) for one in judged if one.verdict != "missing"]
    found, which = nearest(ad.meanings, person.meanings)
    return tuple(
        JudgedClause(want, near, max([near, *(worth for (at, _), worth in met if start <= at < end)]), (start, end), person.clauses[place])
        for (start, end, want), near, place in zip(phrased, found.tolist(), which.tolist(), strict=True)
    )


def _nearness(phrased: tuple[JudgedClause, ...], of: tuple[Want, ...]) -> float | None:
    pairs = [(STRENGTH[one.want] * min(1.0, SHORT / (one.ad_span[1] - one.ad_span[0])), one.worth) for one in phrased if one.want in of]
    total = math.fsum(weight for weight, _ in pairs)
    return math.fsum(weight * worth for weight, worth in pairs) / total if total else None


def language_verdict(person: Person, code: str, wanted: int) -> Literal["direct", "missing", "unknown"]:
    """Whether the person speaks a language as well as the ad wants it."""
    if not person.languages:
        return "unknown"
    return "direct" if person.languages.get(code, 0) >= wanted else "missing"


def _language(person: Person, ad: Ad) -> float | None:
    if not ad.languages:
        return None
    worth = {"direct": 1.0, "unknown": 0.7, "missing": 0.0}
    return min(worth[language_verdict(person, code, wanted)] for code, _, _, wanted in ad.languages)


def _degree(person: Person, ad: Ad) -> float | None:
    if ad.degree is None:
        return None
    if person.degree is None:
        return 0.0 if person.cv.education else 0.7
    if ad.least_degree is None or person.degree_level is None or person.degree_level >= ad.least_degree:
        return 1.0
    return LOWER_DEGREE[ad.least_degree - person.degree_level - 1]


def _title(person: Person, ad: Ad, near: tuple[float, ...] | None) -> tuple[float, titles.NamedOccupation, tuple[int, int] | None] | None:
    best: tuple[float, titles.NamedOccupation, tuple[int, int] | None] | None = None
    for place, (weight, title, span) in enumerate(person.titles):
        value = weight * (near[place] if near else near_of(title.text, ad.title.text))
        if best is None or value > best[0]:
            best = (value, title, span)
    if best and best[0] < SAME_FIELD and ad.title.occupation is None and ad.field in person.fields:
        return SAME_FIELD, best[1], best[2]
    return best


@lru_cache(maxsize=65_536)
def near_of(one: str, other: str) -> float:
    """How near two titles are, exactly as an index of many says it."""
    index = TitleIndex()
    index.add(other)
    return float(index.near(one)[0])


def _field(person: Person, ad: Ad) -> float | None:
    if ad.field is None or not person.fields:
        return None
    if ad.field in person.fields:
        return 1.0
    return 0.5 if any(ad.field in NEAR_FIELDS.get(field, ()) for field in person.fields) else 0.0


def level(person: Person, rank: int | None, years: int | None) -> float | None:
    """Geometric mean of what is known of: seniority against seniority, years had against years asked.

    :param rank: of the ad, see :func:`rolecall.matching.skills.titles.read`
    :param years: the ad asks for
    """
    parts: list[float] = []
    had = person.rank if person.rank is not None else rank_of(person.years, titled=bool(person.titles))
    wanted = rank if rank is not None else rank_of(years)
    if had is not None:
        beneath = wanted is not None and wanted <= BEGINNER and had >= EXPERT
        steps = abs(had - (ORDINARY if wanted is None else wanted)) + beneath
        near = LEVELS[min(steps, len(LEVELS) - 1)]
        parts.append(near if wanted is not None else max(near, UNSAID))
        if beneath and rank is not None:
            return near  # the year or two that beginners need to have say nothing of somebody who has ten
    if person.years is not None and years is not None:
        parts.append(_years(person.years, years))
    return math.sqrt(parts[0] * parts[1]) if len(parts) == 2 else parts[0] if parts else None


def _years(had: float, asked: int) -> float:
    """Enough years count 1, fewer by their share; many more than asked a little less, for the job is likely beneath the person."""
    if had + 0.5 < asked:
        return max(0.1, (had / asked) * math.sqrt(had / asked))
    return max(0.6, 1.0 - 0.04 * max(0.0, had - 2 * asked - 5))


def rank_of(years: float | None, *, titled: bool = False) -> int | None:
    """The seniority that years of work speak for.

    :param titled: of a person whose titles say no rank: that is as good as saying *neither junior nor senior*, so years count for less
    """
    if years is None:
        return None
    return max(rank for rank, least in (RANK_OF_TITLED if titled else RANK_OF_YEARS) if years >= least)
