"""Invented jobs and their siblings: the truth, before any board writes about it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from bench.adset.words import Place, Trade, Words

Fact = Literal["rank", "level", "focus", "city", "department", "team", "site", "requisition", "contract", "remote", "opening"]
KINDS: tuple[Fact, ...] = ("rank", "level", "focus", "city", "department", "team", "site", "requisition", "contract", "remote", "opening")
"""What a sibling differs in. ``department`` says so in the title, ``team`` and ``site`` in one line of an otherwise equal text."""

RANKS = ("", "Senior", "Staff", "Lead", "Junior", "Principal")
Sentence = tuple[str, ...]
"""Ways to say one thing, gaps filled."""


@dataclass(frozen=True)
class Opening:
    """One job.

    :param title: without rank, level, focus and department
    :param text: sentences by section: about, line (team or site), duties, needs, offers
    :param told: facts that every ad about it states, since a sibling differs in them
    """

    number: int
    company: tuple[str, str]
    title: str
    rank: str
    level: int
    focus: str
    department: str
    place: Place
    remote: bool
    part_time: bool
    requisition: str
    link: str
    salary: tuple[int, int] | None
    posted: datetime
    text: dict[str, tuple[Sentence, ...]]
    told: frozenset[Fact] = frozenset()


def openings(words: Words, seed: int, many: int, group: str = "") -> Iterator[tuple[Opening, Fact | None]]:
    """Jobs in pairs or alone: (job, ``None``), and behind some (its sibling, what differs).

    :param group: behind every employer's name, for sets that are put together
    """
    rng = random.Random(f"jobs {seed}")
    number = 0
    taken: set[tuple[tuple[str, str], str]] = set()
    while number < many:
        job, trade = _opening(words, rng, number, group)
        if (job.company, job.title) in taken:  # two unrelated jobs of one name would have no told difference
            continue
        taken.add((job.company, job.title))
        if rng.random() < 0.3:
            yield job, None
            number += 1
            continue
        kind = KINDS[rng.randrange(len(KINDS))]
        first, second = _pair(job, kind, trade, words, rng, number + 1)
        yield first, None
        yield second, kind
        number += 2


def _opening(words: Words, rng: random.Random, number: int, group: str) -> tuple[Opening, Trade]:
    trade = rng.choice(words.trades)
    name, form = rng.choice(words.companies)
    company = (f"{name} {rng.choice(words.businesses)}{group}", form)
    place = rng.choice(words.places)
    title = rng.choice(trade.titles)
    low = rng.randrange(28, 120) * 1000
    job = Opening(
        number=number,
        company=company,
        title=title,
        rank=rng.choice(RANKS) if rng.random() < 0.4 else "",
        level=rng.choice((1, 2, 3)) if rng.random() < 0.15 else 0,
        focus=rng.choice(rng.choice(trade.focus)) if rng.random() < 0.3 else "",
        department="",
        place=place,
        remote=rng.random() < 0.12,
        part_time=rng.random() < 0.08,
        requisition=_requisition(rng) if rng.random() < 0.4 else "",
        link=_link(company[0], rng) if rng.random() < 0.5 else "",
        salary=(low, low + rng.randrange(5, 30) * 1000) if rng.random() < 0.35 else None,
        posted=datetime(2026, 9, 1, tzinfo=UTC) + timedelta(hours=rng.randrange(24 * 60)),
        text=_text(words, trade, company[0], place[0], rng),
    )
    return job, trade


def _text(
    words: Words, trade: Trade, company: str, city: str, rng: random.Random, apart_from: dict[str, tuple[Sentence, ...]] | None = None
) -> dict[str, tuple[Sentence, ...]]:
    """Sentences by section; ``apart_from``: of another opening, with duties and needs of its own."""
    taken = " ".join(way for section in ("duties", "needs") for sentence in (apart_from or {}).get(section, ()) for way in sentence)

    def filled(frames: tuple[tuple[str, ...], ...], gap: str, fillers: tuple[str, ...], many: int) -> tuple[Sentence, ...]:
        chosen = [rng.choice(frames) for _ in range(many)]
        free = [one for one in fillers if one not in taken]
        said = rng.sample(free, min(many, len(free)))
        return tuple(tuple(way.format(**{gap: one}) for way in frame) for frame, one in zip(chosen, said, strict=False))

    about = tuple(tuple(way.format(company=company, city=city) for way in frame) for frame in rng.sample(words.about, 2))
    return {
        "about": about,
        "line": (),
        "duties": filled(words.duties, "object", trade.objects, 5),
        "needs": filled(words.needs, "skill", trade.skills, 3),
        "offers": tuple(rng.sample(words.offers, 2)),
    }


def _pair(job: Opening, kind: Fact, trade: Trade, words: Words, rng: random.Random, number: int) -> tuple[Opening, Opening]:
    """The job and its sibling, which differ in ``kind`` alone, told in every ad of both."""
    told = job.told | {kind}
    apart = {"requisition": _requisition(rng) if job.requisition else "", "link": _link(job.company[0], rng) if job.link else ""}
    first = replace(job, told=told)
    second = replace(job, number=number, told=told, **apart)
    if kind == "rank":
        one, other = rng.sample(RANKS, 2)
        return replace(first, rank=one), replace(second, rank=other)
    if kind == "level":
        one_level, other_level = rng.sample((1, 2, 3), 2)
        return replace(first, level=one_level), replace(second, level=other_level)
    if kind == "focus":
        one, other = rng.choice(trade.focus)
        return replace(first, focus=one), replace(second, focus=other)
    if kind == "city":
        other_place = rng.choice([place for place in words.places if place != job.place])
        return replace(first, remote=False), replace(second, remote=False, place=other_place, text=_moved(job, other_place))
    if kind == "remote":
        return replace(first, remote=False), replace(second, remote=True)
    if kind == "contract":
        return replace(first, part_time=False), replace(second, part_time=True)
    if kind == "department":
        one, other = rng.sample(words.departments, 2)
        return replace(first, department=one), replace(second, department=other)
    if kind == "team":
        frame = rng.choice(words.team)
        one, other = rng.sample(words.departments, 2)
        return _lined(first, frame.format(department=one)), _lined(second, frame.format(department=other))
    if kind == "site":
        one_site, other_site = rng.sample(range(2, 90), 2)
        return _lined(first, f"Your place of work is site {one_site}."), _lined(second, f"Your place of work is site {other_site}.")
    if kind == "requisition":
        return replace(first, requisition=_requisition(rng)), replace(second, requisition=_requisition(rng))
    text = _text(words, trade, job.company[0], job.place[0], rng, job.text)
    return first, replace(second, text={**text, "about": job.text["about"], "offers": job.text["offers"]})


def _lined(job: Opening, line: str) -> Opening:
    return replace(job, text={**job.text, "line": ((line,),)})


def _moved(job: Opening, place: Place) -> dict[str, tuple[Sentence, ...]]:
    """Half of the employers name the city in the text, the others use one text everywhere."""
    if job.number % 2:
        return job.text
    return {
        section: tuple(tuple(way.replace(job.place[0], place[0]) for way in sentence) for sentence in sentences)
        for section, sentences in job.text.items()
    }


def _requisition(rng: random.Random) -> str:
    return rng.choice(("R", "JR", "REQ")) + str(rng.randrange(10_000, 999_999))


def _link(company: str, rng: random.Random) -> str:
    name = "".join(char for char in company.lower() if char.isalpha())
    return f"https://jobs.{name}.example/apply/{rng.randrange(100_000, 9_999_999)}"
