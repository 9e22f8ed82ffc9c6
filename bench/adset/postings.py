"""What boards make of a job: respelled, marked, reworded, cut, incomplete."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bench.adset.jobs import Fact, Opening, Sentence, openings
from bench.adset.words import WORDS, Split, Words
from rolecall.models import JobPosting

Name = tuple[str, str]
"""(board, external id)."""

BOARDS = ("linkedin", "indeed", "glassdoor", "adzuna")
GENDERS = ("(m/w/d)", "(f/m/x)", "(all genders)", "(m/f/d)")
RANK_WORDS = {"Senior": ("Senior", "Sr.", "Sr", "senior"), "Junior": ("Junior", "Jr.", "Jr")}
NUMERALS = {1: ("I", "1", "(Level 1)"), 2: ("II", "2", "(Level 2)"), 3: ("III", "3", "(Level 3)")}


@dataclass
class AdSet:
    """Ads with their truth.

    :param job_of: ad → number of its job
    :param siblings: (job, its sibling) → what they differ in
    """

    postings: list[JobPosting] = field(default_factory=list)
    job_of: dict[Name, int] = field(default_factory=dict)
    siblings: dict[tuple[int, int], Fact] = field(default_factory=dict)

    def sibling_pairs(self) -> Iterable[tuple[Name, Name, Fact]]:
        """Every pair of an ad and an ad of the sibling."""
        ads: dict[int, list[Name]] = {}
        for name, job in self.job_of.items():
            ads.setdefault(job, []).append(name)
        for (one, other), kind in self.siblings.items():
            yield from ((first, second, kind) for first in ads[one] for second in ads[other])


def build(split: Split, *, seed: int, jobs: int = 1_200, group: str = "") -> AdSet:
    """Ads for about so many jobs, 2 to 3 each; equal arguments give equal ads.

    :param group: behind every employer's name, so that sets can be put together; at most about 2,000 jobs a set
    """
    words, rng, made = WORDS[split], random.Random(f"ads {split} {seed}"), AdSet()
    before: Opening | None = None
    for job, differs in openings(words, seed, jobs, group):
        if differs and before:
            made.siblings[before.number, job.number] = differs
        before = job
        for number in range(rng.choice((1, 2, 2, 3, 3, 4))):
            posting = _posting(job, BOARDS[(job.number + number) % len(BOARDS)], words, rng)
            made.postings.append(posting)
            made.job_of[posting.board, posting.external_id] = job.number
    rng.shuffle(made.postings)
    return made


def _posting(job: Opening, board: str, words: Words, rng: random.Random) -> JobPosting:
    described = bool(job.told & {"team", "site", "opening"}) or rng.random() < 0.75
    shown = {"requisition"} if job.requisition and ("requisition" in job.told or rng.random() < 0.4) else set()
    in_text = shown and described and rng.random() < 0.5
    description = _description(job, words, rng) if described else None
    if in_text and description:
        description = f"Requisition ID: {job.requisition}\n{description}"
    identity = f"{rng.randrange(16**10):010x}"
    fields: dict[str, Any] = {
        "board": board,
        "external_id": identity,
        "url": f"https://{board}.example/jobs/{identity}",
        "title": _title(job, rng, requisition=bool(shown) and not in_text),
        "company": "" if described and not job.told and rng.random() < 0.03 else _company(job.company, rng, told=described),
        "description": description,
        "posted_at": job.posted + timedelta(hours=rng.randrange(24 * 20)) if rng.random() < 0.8 else None,
        **_place(job, rng, optional=described and not job.told & {"city", "remote"}),
    }
    if job.salary and rng.random() < 0.6:
        fields |= {"salary_min": job.salary[0], "salary_max": job.salary[1], "salary_currency": "EUR", "salary_interval": "year"}
    if job.link and rng.random() < 0.6:
        fields["apply_url"] = job.link + rng.choice(("", f"?utm_source={board}", f"?source={board}&gh_src=a1b2", "#apply"))
    return JobPosting(**fields)


def _company(company: tuple[str, str], rng: random.Random, *, told: bool) -> str:
    """In one of its spellings; initials alone only where the text has the name."""
    name, form = company
    initials = "".join(word[0] for word in name.replace("&", "").split())
    if len(initials) > 2 and rng.random() < 0.04:
        return initials if told and rng.random() < 0.5 else f"{name} ({initials})"
    if rng.random() < 0.3:
        name = name.replace("&", "and")
    if rng.random() < 0.5:
        name = f"{name}{rng.choice((' ', ', '))}{form}"
    return rng.choice((name, name, name, name.upper(), name.lower(), f"  {name} "))


def _title(job: Opening, rng: random.Random, *, requisition: bool) -> str:
    name = job.title
    if job.focus:
        name = rng.choice((f"{job.focus} {name}", f"{name}, {job.focus}", f"{name} - {job.focus}", f"{name} ({job.focus})"))
        if job.level or job.department:
            name = f"{job.focus} {job.title}"
    if job.rank:
        name = f"{rng.choice(RANK_WORDS.get(job.rank, (job.rank,)))} {name}"
    if job.level:
        name = f"{name} {rng.choice(NUMERALS[job.level])}"
    if job.department:
        name = f"{name}{rng.choice((', ', ' - ', ' | '))}{job.department}"
    if job.part_time:
        name += rng.choice((" (part-time)", " - Part Time", ", Teilzeit"))
    if job.remote and "remote" not in job.told and rng.random() < 0.4:
        name += rng.choice((" - Remote", " (Remote)", " | 100% remote"))
    if rng.random() < 0.25:
        name += f" {rng.choice(GENDERS)}"
    if requisition:
        name += rng.choice((f" ({job.requisition})", f" - Req. {job.requisition}", f" #{job.requisition}"))
    return rng.choice((name, name, name, name, name.upper() if not job.level and not requisition else name))


def _place(job: Opening, rng: random.Random, *, optional: bool) -> dict[str, Any]:
    spelling = rng.choice(job.place[1:] if len(job.place[0].split()) == 1 and "," in job.place[1] else job.place)
    if job.remote:
        if rng.random() < 0.5:
            return {"location": spelling, "remote": "remote"}
        return {"location": f"{spelling} (Remote)"}
    if optional and rng.random() < 0.05:
        return {"location": ""}
    return {"location": spelling, "remote": "onsite" if "remote" in job.told else rng.choice((None, None, "onsite", "hybrid"))}


def _description(job: Opening, words: Words, rng: random.Random) -> str:
    """Word for word, reworded, or cut; a line that is told comes before any cut."""
    style = rng.choice(("same", "same", "same", "reworded", "cut"))
    sections = [list(job.text[name]) for name in ("about", "line", "duties", "needs", "offers")]
    if style == "reworded":
        for section in sections:
            rng.shuffle(section)
        sections = [[tuple(rng.sample(sentence, len(sentence))) for sentence in section] for section in sections]
    lines = [_said(sentence) for section in sections for sentence in section]
    if style == "cut":
        kept = max(round(len(lines) * rng.uniform(0.35, 0.7)), len(sections[0]) + len(sections[1]) + (3 if "opening" in job.told else 1))
        lines = lines[:kept]
        lines[-1] = lines[-1][: rng.randrange(12, 40)].rsplit(" ", 1)[0] + "…" if "opening" not in job.told and kept > 3 else lines[-1]
    if rng.random() < 0.3:
        lines.append(rng.choice(words.extras))
    return rng.choice(("\n", "\n\n", " ")).join(lines)


def _said(sentence: Sentence) -> str:
    return sentence[0]
