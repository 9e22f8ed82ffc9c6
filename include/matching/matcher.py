"""The matcher: an index of open jobs kept in memory, and CVs ranked against it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from include.matching import explain
from include.matching.ad import Ad, Job, read_ad
from include.matching.person import Person, read_person
from include.matching.scoring import Evidence, judge
from include.matching.wishes import Wishes
from include.models import Cv, Reason

DEFAULT_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Scored:
    """One job for one CV.

    :param score: 0 to 1, what it means is in :mod:`include.matching.scoring`
    :param confidence: share of the score that rests on something known, 0 to 1
    :param reasons: the evidence; spans point into ``job.text`` and :func:`include.matching.cv_text`
    :param recommendations: what to stress, what is missing
    :param eligibility: what may rule the person out whatever the score
    :param excluded: the hard criterion that the job breaks; empty: none
    """

    job: Job
    score: float
    confidence: float = 0.0
    reasons: tuple[Reason, ...] = ()
    recommendations: tuple[str, ...] = ()
    eligibility: tuple[str, ...] = ()
    excluded: str = ""

    @property
    def job_id(self) -> str:
        """The job's id."""
        return self.job.id


class Matcher:
    """Scores CVs against jobs. The index is built by one thread and may be read by many; ``replace`` swaps it at once."""

    def __init__(self, jobs: Iterable[Job | Mapping[str, Any]] = ()) -> None:
        self._index = _Index()
        self.add(jobs)

    def __len__(self) -> int:
        return len(self._index.place)

    def replace(self, jobs: Iterable[Job | Mapping[str, Any]]) -> None:
        """Makes these the jobs; ads that did not change are not read again."""
        fresh = _Index()
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

        :param criteria: wishes, see :class:`include.matching.wishes.Wishes`; a job that breaks one is left out
        :param limit: jobs to return
        :param threshold: lowest score to return
        :param with_excluded: append those left out (score 0), each with the reason, beyond the limit
        :param today: for the age of ads and for roles that go on (today by default)
        :raises InvalidInput: a criterion that cannot be read
        """
        day = today or datetime.now(UTC).date()
        wishes, person, index = Wishes.read(criteria or {}), read_person(cv, today=day), self._index
        own = index.having(list(person.own))
        found: list[tuple[Ad, Evidence, float]] = []
        out: list[Scored] = []
        for place, ad in index.live():
            if broken := wishes.broken_by(ad, day):
                if with_excluded:
                    out.append(Scored(ad.job, 0.0, excluded=broken))
                continue
            evidence = judge(person, ad, own.get(place, []))
            score = evidence.parts.score
            if score >= threshold:
                found.append((ad, evidence, score))
        found.sort(key=lambda one: (-one[2], one[0].job.id))
        ranked = [_scored(person, ad, evidence, wishes) for ad, evidence, _ in found[: max(0, limit)]]
        return ranked + sorted(out, key=lambda one: one.job.id)

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
        return _scored(person, ad, judge(person, ad, _own_in(person, ad)), wishes)


def _job(job: Job | Mapping[str, Any]) -> Job:
    return job if isinstance(job, Job) else Job.of(job)


def _scored(person: Person, ad: Ad, evidence: Evidence, wishes: Wishes) -> Scored:
    return Scored(
        job=ad.job,
        score=evidence.parts.score,
        confidence=evidence.parts.confidence,
        reasons=tuple(explain.reasons(person, ad, evidence)),
        recommendations=tuple(explain.recommendations(person, ad, evidence)),
        eligibility=tuple(explain.eligibility(person, ad, evidence) + wishes.unsaid(ad)),
    )


def _own_in(person: Person, ad: Ad) -> list[tuple[str, ...]]:
    return [phrase for phrase in person.own if contains(ad.words, phrase)]


def contains(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    """Whether the words have the phrase in a row."""
    if phrase[0] not in words:
        return False
    return any(words[place : place + len(phrase)] == phrase for place in range(len(words) - len(phrase) + 1))


class _Index:
    """Ads in slots, and for each word the slots of the ads that have it."""

    def __init__(self) -> None:
        self.place: dict[str, int] = {}
        self._ads: list[Ad | None] = []
        self._having: dict[str, array[int]] = {}

    def get(self, identity: str) -> Ad | None:
        slot = self.place.get(identity)
        return None if slot is None else self._ads[slot]

    def put(self, ad: Ad) -> None:
        self.drop(ad.job.id)
        slot = len(self._ads)
        self.place[ad.job.id] = slot
        self._ads.append(ad)
        for word in dict.fromkeys(ad.words):
            self._having.setdefault(word, array("I")).append(slot)

    def drop(self, identity: str) -> None:
        slot = self.place.pop(identity, None)
        if slot is not None:
            self._ads[slot] = None

    def live(self) -> list[tuple[int, Ad]]:
        return [(slot, ad) for slot, ad in enumerate(self._ads) if ad is not None]

    def having(self, phrases: list[tuple[str, ...]]) -> dict[int, list[tuple[str, ...]]]:
        """Slot → the phrases its ad has, in the order given."""
        found: dict[int, list[tuple[str, ...]]] = {}
        for phrase in phrases:
            rarest = min((self._having.get(word, array("I")) for word in phrase), key=len)
            for slot in rarest:
                ad = self._ads[slot]
                if ad is not None and contains(ad.words, phrase):
                    found.setdefault(slot, []).append(phrase)
        return found
