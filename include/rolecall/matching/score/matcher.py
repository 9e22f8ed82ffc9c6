"""The matcher: an index of open jobs kept in memory, and CVs ranked against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from rolecall.matching.ads.ad import Ad, read_ad
from rolecall.matching.ads.job import Job
from rolecall.matching.cv.person import Person, read_person
from rolecall.matching.score.explain import ReasonWriter
from rolecall.matching.score.index import Floats, Index
from rolecall.matching.score.job_wishes import Wishes
from rolecall.matching.score.scoring import ScoreEvidence, judge
from rolecall.matching.skills.unlisted_skills import UnlistedSkills
from rolecall.models import Cv, Reason

DEFAULT_LIMIT = 100
LOOKED_AT = 600
"""Jobs that are scored fully, of those that look best at a glance; three times the limit where that is more."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One job for one CV.

    :param score: 0 to 1, what it means is in :mod:`rolecall.matching.score.scoring`
    :param confidence: share of the score that rests on something known, 0 to 1
    :param reasons: the evidence a person is told, at most eight, best first;
        spans point into ``job.text`` and :func:`rolecall.matching.cv_text`
    :param recommendations: what to stress, what is missing; ``advice``: the same with the places in both texts
    :param eligibility: what may rule the person out whatever the score
    :param excluded: the hard criterion that the job breaks; empty: none
    """

    job: Job
    score: float
    confidence: float = 0.0
    reasons: tuple[Reason, ...] = ()
    recommendations: tuple[str, ...] = ()
    advice: tuple[Reason, ...] = ()
    eligibility: tuple[str, ...] = ()
    excluded: str = ""

    @property
    def sure(self) -> bool:
        """Whether nothing required is known to be missing."""
        return not any(note.startswith("missing") for note in self.eligibility)

    @property
    def job_id(self) -> str:
        """The job's id."""
        return self.job.id


@dataclass(frozen=True, slots=True)
class Ranking:
    """What one CV was ranked against.

    :param best: best first; below the threshold only as many as were asked for whatever their score
    :param left_out: criterion → jobs that break it, of those that look best for the CV (:data:`LOOKED_AT`)
    :param below: jobs below the threshold, of the same
    """

    best: list[Scored]
    left_out: Counter[str] = field(default_factory=Counter)
    below: int = 0


class Matcher:
    """Scores CVs against jobs. The index is built by one thread and may be read by many; ``replace`` swaps it at once."""

    def __init__(self, jobs: Iterable[Job | Mapping[str, Any]] = ()) -> None:
        self._index = Index()
        self.add(jobs)

    def __len__(self) -> int:
        return len(self._index.place)

    def replace(self, jobs: Iterable[Job | Mapping[str, Any]]) -> None:
        """Makes these the jobs; ads that did not change are not read again."""
        fresh = Index()
        old = self._index
        for job in map(_job, jobs):
            known = old.get(job.id)
            fresh.put(known if known is not None and known.job == job else read_ad(job))
        self._index = fresh

    def add(self, jobs: Iterable[Job | Mapping[str, Any]]) -> None:
        """Adds jobs; one whose id is known takes its place."""
        for job in map(_job, jobs):
            known = self._index.get(job.id)
            if known is None or known.job != job:
                self._index.put(read_ad(job))

    def remove(self, ids: Iterable[str]) -> None:
        """Forgets jobs; unknown ids do not matter."""
        for identity in ids:
            self._index.drop(identity)

    def ads(self) -> Iterator[Ad]:
        """What was read of each job, in the order they came."""
        return self._index.ads()

    def rank(
        self,
        cv: Cv,
        criteria: Mapping[str, Any] | None = None,
        *,
        limit: int = DEFAULT_LIMIT,
        threshold: float = 0.0,
        with_excluded: bool = False,
        today: date | None = None,
    ) -> list[Scored]:
        """The jobs that fit best, best first, equal scores by id.

        :param criteria: wishes, see :class:`rolecall.matching.score.job_wishes.Wishes`; a job that breaks one is left out
        :param limit: jobs to return
        :param threshold: lowest score to return
        :param with_excluded: append those left out (score 0), each with the reason, beyond the limit
        :param today: for the age of ads and for roles that go on (today by default)
        :raises InvalidInput: a criterion that cannot be read
        """
        day = today or datetime.now(UTC).date()
        ranked = self.ranking(cv, criteria, limit=limit, threshold=threshold, today=day).best
        if not with_excluded:
            return ranked
        wishes = Wishes.read(criteria or {})
        out = [Scored(ad.job, 0.0, excluded=broken) for ad in self._index.ads() if (broken := wishes.broken_by(ad, day))]
        return ranked + sorted(out, key=lambda one: one.job.id)

    def ranking(
        self,
        cv: Cv,
        criteria: Mapping[str, Any] | None = None,
        *,
        limit: int = DEFAULT_LIMIT,
        threshold: float = 0.0,
        at_least: int = 0,
        only: Container[str] | None = None,
        today: date | None = None,
    ) -> Ranking:
        """As :meth:`rank`, with what was left out.

        :param at_least: so many of the best are returned whatever their score
        :param only: ids of the jobs to look at; ``None``: all
        :raises InvalidInput: a criterion that cannot be read
        """
        day = today or datetime.now(UTC).date()
        wishes, person, index = Wishes.read(criteria or {}), read_person(cv, today=day), self._index
        near = index.near(person)
        found: list[tuple[Ad, ScoreEvidence, float]] = []
        own, left_out = UnlistedSkills(person), Counter[str]()
        for slot, ad in _candidates(index, person, near, wishes, day, max(LOOKED_AT, 3 * limit), left_out, only):
            evidence = judge(person, ad, own.in_ad(ad), tuple(float(row[slot]) for row in near))
            found.append((ad, evidence, evidence.parts.score))
        found.sort(key=lambda one: (-one[2], one[0].job.id))
        good = sum(score >= threshold for _, _, score in found)
        best = found[: min(max(0, limit), max(good, at_least))]
        return Ranking([_scored(person, ad, evidence, wishes) for ad, evidence, _ in best], left_out, len(found) - good)

    def score(
        self, cv: Cv, job: Job | Mapping[str, Any], criteria: Mapping[str, Any] | None = None, *, today: date | None = None
    ) -> Scored:
        """One job for one CV: the same score and reasons as in :meth:`rank`, whether or not the job is in the index."""
        day = today or datetime.now(UTC).date()
        wishes, person = Wishes.read(criteria or {}), read_person(cv, today=day)
        one = _job(job)
        known = self._index.get(one.id)
        ad = known if known is not None and known.job == one else read_ad(one)
        if broken := wishes.broken_by(ad, day):
            return Scored(ad.job, 0.0, excluded=broken)
        return _scored(person, ad, judge(person, ad, UnlistedSkills(person).in_ad(ad)), wishes)


def _job(job: Job | Mapping[str, Any]) -> Job:
    return job if isinstance(job, Job) else Job.of(job)


def _candidates(
    index: Index,
    person: Person,
    near: list[Floats],
    wishes: Wishes,
    day: date,
    count: int,
    left_out: Counter[str],
    only: Container[str] | None,
) -> Iterator[tuple[int, Ad]]:
    """The slots that look best at a glance and break no wish, ``count`` of them and whatever looks exactly as good as the last one.

    :param left_out: counts those that break one on the way there, by the criterion
    """
    glance = index.at_a_glance(person, near)
    taken, last = 0, 0.0
    for slot in np.argsort(-glance, kind="stable").tolist():
        if taken >= count and glance[slot] < last:
            return
        ad = index.at(slot)
        if ad is None or (only is not None and ad.job.id not in only):
            continue
        if broken := wishes.broken_by(ad, day):
            left_out[broken.partition(":")[0]] += 1
        else:
            taken, last = taken + 1, float(glance[slot])
            yield slot, ad


def _scored(person: Person, ad: Ad, evidence: ScoreEvidence, wishes: Wishes) -> Scored:
    writer = ReasonWriter(person, ad, evidence)
    advice = tuple(writer.advice())
    return Scored(
        job=ad.job,
        score=evidence.parts.score,
        confidence=evidence.parts.confidence,
        reasons=writer.reasons(),
        recommendations=tuple(one.text for one in advice),
        advice=advice,
        eligibility=tuple(writer.eligibility() + wishes.unsaid(ad)),
    )
