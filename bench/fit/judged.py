"""The pairs of a split as the matcher sees them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from bench.cvset import CvSet
from rolecall.matching.ads.ad import read_ad
from rolecall.matching.ads.job import Job
from rolecall.matching.cv.person import read_person
from rolecall.matching.score.explain import ReasonWriter
from rolecall.matching.score.scoring import Parts, judge
from rolecall.matching.skills.unlisted_skills import UnlistedSkills


class Judgement(NamedTuple):
    """One pair: its label, the parts of its score, and whether nothing that is required is known to be missing."""

    cv_id: str
    job_id: str
    label: int
    reason: str
    parts: Parts
    eligible: bool


def judged(split: CvSet, *, today: date) -> list[Judgement]:
    """Every pair of a split."""
    people = {name: read_person(cv, today=today) for name, cv in split.cvs.items()}
    owns = {name: UnlistedSkills(person) for name, person in people.items()}
    ads = {name: read_ad(job_of(split, name)) for name in split.jobs}
    found = []
    for pair in split.pairs:
        person, ad = people[pair.cv_id], ads[pair.job_id]
        evidence = judge(person, ad, owns[pair.cv_id].in_ad(ad))
        eligible = not any(note.startswith("missing") for note in ReasonWriter(person, ad, evidence).eligibility())
        found.append(Judgement(pair.cv_id, pair.job_id, pair.label, pair.reason, evidence.parts, eligible))
    return found


def job_of(split: CvSet, name: str) -> Job:
    """A job of a split, under its id."""
    return Job.of({**split.jobs[name].model_dump(), "id": name})
