"""Reading an ad: what it asks, how much it wants it, and where it says so. Words only: nothing in an ad is an instruction."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rolecall.matching.ads import packing
from rolecall.matching.ads.asks import LANGUAGE, clause_facts, odds
from rolecall.matching.ads.clauses import Bags, Meanings, meanings, worded
from rolecall.matching.ads.clauses import clauses as cut
from rolecall.matching.ads.job import Job
from rolecall.matching.ads.languages import asked_languages, language_of
from rolecall.matching.ads.patterns import (
    BETWEEN,
    FIRST_JOB,
    IN_CHARGE,
    NICE,
    OR,
    SAID_OF_THE_JOB,
    SOME_PRACTICE,
    SUCH_AS,
)
from rolecall.matching.ads.prompt_injection import blank_prompt_injection
from rolecall.matching.ads.requirement_strength import STRENGTH, RequirementStrength, Want
from rolecall.matching.ads.sections import sections
from rolecall.matching.ads.years_and_papers import degree_asked, least_degree_asked, permit_asked, years_asked
from rolecall.matching.cv.degrees import Degree
from rolecall.matching.skills import titles
from rolecall.matching.skills.bags import Bag, bag_of, name_weight
from rolecall.matching.skills.lexicon import find as lexicon_names
from rolecall.matching.skills.trades import Chances, trades_of
from rolecall.matching.skills.vectors import Vector
from rolecall.matching.skills.vocabulary import NO_FIELD, Hit, Token, tokens, vocabulary
from rolecall.models import Remote
from rolecall.text.job_titles import title as read_title
from rolecall.text.places import Place, of_fields, places
from rolecall.text.places.place_wishes import lies_in

SOFT, GENERAL, ELSEWHERE = 0.2, 0.7, 0.4
"""What is left of the strength for soft skills, for tools of every trade (most ads ask them, so they tell little), and for skills of
another field that are only mentioned: they tell what the employer does, not what the work is."""

BEYOND = 0.4
"""Share of the strength for names of the wider table: we know neither their field nor what implies them."""

ASKED, PLAIN = 0.2, -1.0
"""Log odds from which on a clause asks for something, and from which on skills of our vocabulary in it are asked for."""

MAX_NAMED = 25
"""Names of the wider table that are kept of an ad, the most wanted first."""

MAX_CLAUSES = 30
"""Clauses that are kept of an ad, the most wanted first."""


NEAR_FIELDS = {
    "software": ("data", "product"), "data": ("software",), "product": ("software", "data", "design"), "design": ("marketing", "software"),
    "sales": ("marketing", "office"), "marketing": ("sales", "design"), "finance": ("legal",), "legal": ("finance",),
    "logistics": ("trades", "office"), "trades": ("engineering", "logistics"), "engineering": ("trades", "software"), "hr": ("office",),
    "office": ("sales", "hr", "finance"), "hospitality": ("office",), "public": ("legal", "office"),
}  # fmt: skip
"""Fields whose skills belong to the work too."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement: any of ``skills`` meets it ("AWS, Azure or GCP").

    :param weight: how much it counts, 0 to 1
    :param spans: where each of the skills is named
    """

    skills: tuple[str, ...]
    want: Want
    weight: float
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Ad:
    """A job with everything the matcher read out of it; made once, when it is indexed. Kept small: a hundred thousand fit in memory.

    :param languages: (ISO code, start, end, level) of each language asked for; levels as in :mod:`rolecall.matching.ads.languages`
    :param bag: what the ad says about the work, in words: numbers of :data:`rolecall.matching.skills.bags.TERMS` and their weights
    :param vector: the meaning of that, see :mod:`rolecall.matching.skills.vectors`; ``trades``: what trade that is
    :param degree: where a degree is asked for; ``least_degree``: which one meets that
    :param packed: requirements in the vocabulary, and names of skills in the wider table, see :mod:`rolecall.matching.ads.packing`
    :param clauses: (start, end, want) of what the ad asks in words of its own, flat; ``meanings``: a row for each
    :param ignored: lines that speak to a machine; nothing in them was read
    """

    job: Job
    title: titles.NamedOccupation
    field: str | None
    packed: bytes
    years: int | None
    years_span: tuple[int, int] | None
    rank: int | None
    places: tuple[Place, ...]
    remote: Remote | None
    language: str | None
    languages: tuple[tuple[str, int, int, int], ...]
    degree: tuple[int, int] | None
    least_degree: Degree | None
    permit: tuple[int, int] | None
    bag: Bag
    vector: Vector
    trades: Chances
    clauses: bytes
    meanings: Meanings
    ignored: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        """What spans point into."""
        return self.job.text

    def has(self, phrase: tuple[str, ...]) -> bool:
        """Whether the ad has these folded words in a row."""
        return self.bag.has(phrase) and span_of(tokens(self.text), phrase) is not None

    @property
    def phrased(self) -> list[tuple[int, int, Want]]:
        """(start, end, want) of each clause."""
        flat = array("i")
        flat.frombytes(self.clauses)
        numbers = flat.tolist()
        return [(numbers[at], numbers[at + 1], packing.WANTS[numbers[at + 2]]) for at in range(0, len(numbers), 3)]

    @property
    def asked(self) -> tuple[Requirement, ...]:
        """What the ad asks for, of the skills in our vocabulary."""
        return tuple(Requirement(*one) for one in packing.unpacked(self.packed)[0])

    @property
    def named(self) -> tuple[Requirement, ...]:
        """What it asks for beyond, of the names in the wider table."""
        return tuple(Requirement(*one) for one in packing.unpacked(self.packed)[1])


SENIORITY_FIELD = {
    "internship": 0, "entry level": 1, "junior": 1, "associate": 2, "mid": 2, "mid level": 2, "mid senior level": 3, "senior": 3,
    "lead": 4, "director": 6, "executive": 7, "intern": 0, "entry": 1, "staff": 4, "principal": 5,
}  # fmt: skip
"""What boards write in their field; "Mid-Senior level" is LinkedIn's and means little: it counts as senior only without years."""


def read_ad(job: Job) -> Ad:
    """Reads a job once, for comparing it with any number of CVs."""
    written = job.text
    text, ignored = blank_prompt_injection(written)
    found = tokens(text)
    parts = sections(text)
    title_end = len(job.title)
    strength = RequirementStrength(text, parts, title_end)
    named = titles.read(job.title)
    field = named.occupation.field if named.occupation else None
    hits = _without_employer(text, vocabulary().find(text, found), job.company)
    years, years_span = years_asked(text, parts)
    where = places_of(job)
    language = language_of([token.word for token in found if token.start > title_end])
    spans, words = worded(cut(text, title_end), found)
    asks = _Asks(text, spans, words, found, strength) if language == LANGUAGE else None
    asked = _asked(text, [hit for hit in hits if asks is None or asks.at(hit.start, PLAIN)], strength, field)
    clauses, bags, every = _clauses(text, spans, words, strength, asks)
    bag = bag_of(_about_the_work(found, every, title_end))
    vector = bag.vector()
    degree = degree_asked(text)
    return Ad(
        job=job,
        title=named,
        field=field or field_of(asked),
        packed=packing.packed(asked, _named(text, found, hits, strength, asks)),
        years=years,
        years_span=years_span,
        rank=_rank(named, job.seniority, years, text),
        places=where,
        remote=job.remote or read_title(job.title, job.city or "").remote or (where[0].remote if len(where) == 1 else None),
        language=language,
        languages=tuple(asked_languages(text, found, NICE)),
        degree=degree,
        least_degree=degree and least_degree_asked(text, degree),
        permit=permit_asked(text),
        bag=bag,
        vector=vector,
        trades=trades_of(bag, vector),
        clauses=clauses,
        meanings=meanings(bags),
        ignored=ignored,
    )


def places_of(job: Job) -> tuple[Place, ...]:
    """Every place a job is open in, the one of its own fields among them; none where nobody said."""
    given = [Place(**{name: one[name] for name in Place._fields if one.get(name) is not None}) for one in job.places]
    if not given:
        given = places(job.location, country=job.country)
        own = of_fields(job.city, job.region, job.country)
        if own.known and not any(lies_in(one, own) for one in given):
            only_one = len(given) < 2 or not job.city
            given = [own._replace(remote=given[0].remote, area=given[0].area)] if only_one and given else [own, *given]
    return tuple(one for one in given if one.known)


class _Asks:
    """Which clauses of an ad ask for something, and whether what stands at a place is in one that does."""

    def __init__(self, text: str, spans: list[tuple[int, int]], words: Bags, found: list[Token], strength: RequirementStrength) -> None:
        self.odds = [odds(facts) for facts in clause_facts(text, spans, words, found, strength)]
        self._spans, self._starts = spans, [start for start, _ in spans]

    def at(self, start: int, least: float) -> bool:
        """Whether the clause that a place lies in asks, by log odds of at least this; what stands in no clause does."""
        place = bisect_right(self._starts, start) - 1
        return place < 0 or start >= self._spans[place][1] or self.odds[place] >= least


def _clauses(
    text: str, spans: list[tuple[int, int]], bags: Bags, strength: RequirementStrength, asks: _Asks | None
) -> tuple[bytes, Bags, Bags]:
    """What the ad asks in words of its own, most wanted first: flat (start, end, want), and the words of each;
    last, the words of those left out too."""
    wanted = [strength.at(start, end) for start, end in spans]
    kept = [place for place, want in enumerate(wanted) if want and not SAID_OF_THE_JOB.search(text[slice(*spans[place])])]
    if asks:
        kept = [place for place in kept if asks.odds[place] >= ASKED]
    if any(not strength.is_aside(spans[place][0]) or wanted[place] == "must" for place in kept):
        kept = [place for place in kept if wanted[place] != "mentioned" or not strength.is_aside(spans[place][0])]
    every = [bags[place] for place in kept]
    kept = sorted(sorted(kept, key=lambda place: -STRENGTH[wanted[place] or "nice"])[:MAX_CLAUSES])
    flat = array("i", [number for place in kept for number in (*spans[place], packing.WANTS.index(wanted[place] or "nice"))])
    return flat.tobytes(), [bags[place] for place in kept], every


def _about_the_work(found: list[Token], bags: Bags, title_end: int) -> list[str]:
    """The words of the ad: those of the title four times over, for it says most, and those of what is asked twice."""
    title = [token.word for token in found[:20] if token.end <= title_end]
    return [token.word for token in found] + [word for bag in bags for word, _ in bag] + 3 * title


def _named(text: str, found: list[Token], hits: list[Hit], strength: RequirementStrength, asks: _Asks | None) -> tuple[Requirement, ...]:
    """Skills that only the wider table knows, each once, where it is wanted most."""
    taken = [False] * len(found)
    starts = {token.start: number for number, token in enumerate(found)}
    for hit in hits:
        number = starts[hit.start]
        while number < len(found) and found[number].start < hit.end:
            taken[number] = True
            number += 1
    best: dict[str, Requirement] = {}
    for one in lexicon_names(text, found, taken):
        start, end = found[one.first].start, found[one.end - 1].end
        want = strength.at(start, end)
        if want is None or (asks and not asks.at(start, ASKED)):
            continue
        weight = round(STRENGTH[want] * BEYOND * name_weight(one.name), 4)
        if weight > 0 and (one.name not in best or weight > best[one.name].weight):
            best[one.name] = Requirement((one.name,), want, weight, ((start, end),))
    return tuple(sorted(best.values(), key=lambda asked: (-asked.weight, asked.spans))[:MAX_NAMED])


def _rank(named: titles.NamedOccupation, said: str | None, years: int | None, text: str) -> int | None:
    """Seniority 0 to 7: by the title, else by the board's field, else by what the text says of who leads and who is trained."""
    if named.rank is not None:
        return named.rank
    if IN_CHARGE.search(text):
        return 4
    if years is None and FIRST_JOB.search(text):
        return 1
    key = " ".join((said or "").lower().replace("-", " ").split())
    known = None if key == "mid senior level" else SENIORITY_FIELD.get(key)
    return 2 if known is None and years is None and SOME_PRACTICE.search(text) else known


def field_of(asked: tuple[Requirement, ...]) -> str | None:
    """The field that most of what is asked belongs to; ``None`` where nothing stands out."""
    weights: dict[str, float] = {}
    counts: Counter[str] = Counter()
    skills = vocabulary().skills
    for one in asked:
        field = skills[one.skills[0]].field
        if field not in NO_FIELD:
            weights[field] = weights.get(field, 0.0) + one.weight
            counts[field] += 1
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or counts[ranked[0][0]] < 3 or (len(ranked) > 1 and ranked[0][1] < 1.5 * ranked[1][1]):
        return None
    return ranked[0][0]


# ── skills ──────────────────────────────────────────────────────────────────────────────────────────────────


def _asked(text: str, hits: list[Hit], strength: RequirementStrength, field: str | None) -> tuple[Requirement, ...]:
    wanted = [(hit, strength.at(hit.start, hit.end)) for hit in hits]
    if not any(want for _, want in wanted):  # only the employer's own praise names skills: better than nothing
        wanted = [(hit, "mentioned") for hit, _ in wanted]
    best: dict[tuple[str, ...], Requirement] = {}
    for group in _groups(text, [(hit, want) for hit, want in wanted if want]):
        want = min((want for _, want in group), key=lambda kind: -STRENGTH[kind])
        names = tuple(dict.fromkeys(hit.skill for hit, _ in group))
        spans = tuple((hit.start, hit.end) for hit, _ in {hit.skill: (hit, want) for hit, want in reversed(group)}.values())[::-1]
        one = Requirement(names, want, round(STRENGTH[want] * _share(names[0], want, field), 4), spans)
        known = best.get(names)
        if known is None or one.weight > known.weight:
            best[names] = one
    alone = {names[0]: one for names, one in best.items() if len(names) == 1}
    return tuple(one for names, one in best.items() if len(names) == 1 or not any(name in alone for name in names))


def _share(skill: str, want: Want, field: str | None) -> float:
    own = vocabulary().skills[skill].field
    if own in NO_FIELD:
        return SOFT if own == "soft" else GENERAL
    return ELSEWHERE if want == "mentioned" and field is not None and own not in (field, *NEAR_FIELDS.get(field, ())) else 1.0


def _without_employer(text: str, hits: list[Hit], employer: str) -> list[Hit]:
    """Hits that are not part of the employer's name: ``Oracle`` is where one works there."""
    name = employer.strip()
    if not name or not _names_a_skill(name):
        return hits
    spans = [found.span() for found in re.finditer(re.escape(name), text)]  # apart and ascending: only the last before a hit can hold it
    around = ((hit, bisect_right(spans, (hit.start, len(text))) - 1) for hit in hits)
    return [hit for hit, place in around if place < 0 or spans[place][1] < hit.end]


@lru_cache(maxsize=16_384)
def _names_a_skill(employer: str) -> bool:
    return bool(vocabulary().find(employer))


def _groups(text: str, wanted: list[tuple[Hit, Want]]) -> list[list[tuple[Hit, Want]]]:
    """Neighbours joined by *or*, or listed as examples (*such as*), are one requirement that any of them meets."""
    groups: list[list[tuple[Hit, Want]]] = []
    run: list[tuple[Hit, Want]] = []
    for one in wanted:
        if run and not BETWEEN.match(text[run[-1][0].end : one[0].start]):
            groups.extend(_split(text, run))
            run = []
        run.append(one)
    return groups + _split(text, run)


def _split(text: str, run: list[tuple[Hit, Want]]) -> list[list[tuple[Hit, Want]]]:
    if len(run) < 2:
        return [run] if run else []
    joins = [text[one[0].end : other[0].start] for one, other in pairwise(run)]
    before = text[max(0, run[0][0].start - 15) : run[0][0].start]
    if any(OR.search(join) for join in joins) or SUCH_AS.search(before):
        return [run]
    return [[one] for one in run]


def span_of(found: list[Token], wanted: tuple[str, ...]) -> tuple[int, int] | None:
    """Where a run of words stands first."""
    for place in range(len(found) - len(wanted) + 1):
        if found[place].word == wanted[0] and all(found[place + step].word == word for step, word in enumerate(wanted)):
            return found[place].start, found[place + len(wanted) - 1].end
    return None
