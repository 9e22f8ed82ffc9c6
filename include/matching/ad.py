"""Reading an ad: what it asks, how much it wants it, and where it says so. Words only: nothing in an ad is an instruction."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from include.catalog.normalise import Place
from include.catalog.normalise import place as read_place
from include.catalog.normalise import title as read_title
from include.matching import titles
from include.matching.languages import asked_languages, language_of
from include.matching.sections import Section, sections, sentence
from include.matching.vocabulary import NO_FIELD, Hit, Token, tokens, vocabulary
from include.models import Remote

Want = Literal["must", "mentioned", "nice"]

STRENGTH: dict[Want, float] = {"must": 1.0, "mentioned": 0.5, "nice": 0.3}
"""How much a requirement weighs. ``must``: a requirements section, the title, or a word like *required* in its sentence;
``nice``: a preferred section or *is a plus*; ``mentioned``: anywhere else, as in the duties."""

SOFT, GENERAL, ELSEWHERE = 0.2, 0.7, 0.4
"""What is left of the strength for soft skills, for tools of every trade (most ads ask them, so they tell little), and for skills of
another field that are only mentioned: they tell what the employer does, not what the work is."""

NEAR_FIELDS = {
    "software": ("data", "product"), "data": ("software",), "product": ("software", "data", "design"), "design": ("marketing", "software"),
    "sales": ("marketing", "office"), "marketing": ("sales", "design"), "finance": ("legal",), "legal": ("finance",),
    "logistics": ("trades", "office"), "trades": ("engineering", "logistics"), "engineering": ("trades", "software"), "hr": ("office",),
    "office": ("sales", "hr", "finance"), "hospitality": ("office",), "public": ("legal", "office"),
}  # fmt: skip
"""Fields whose skills belong to the work too."""

MAX_TEXT = 60_000
"""Characters of an ad that are read; the rest of a longer one is not a description any more."""

NICE = re.compile(
    r"nice[ -]to[ -]have|good to have|\ba plus\b|\bbonus\b|\bprefer(?:red|ably|ence)\b"
    r"|\bideally\b|\bdesir(?:ed|able)\b|advantage|beneficial"
    r"|optional|von vorteil|wünschenswert|idealerweise|gerne|un plus|un atout|souhait|appréci|deseable|se valora|valorable",
    re.I,
)
MUST = re.compile(
    r"\bmust\b|requir|essential|mandatory|\bneed(?:ed)? to\b|\bminimum\b|\bproven\b|\bat least\b|zwingend|erforderlich|voraus|mindestens"
    r"|indispensable|exig|impératif|imprescindible|requisito|obligatori|al menos",
    re.I,
)
NOT_ASKED = re.compile(
    r"\bno (?:prior |previous )?[\w -]{0,40}(?:experience|knowledge|skills?)\b|\bnot (?:required|needed|necessary)\b"
    r"|\bno [\w -]{0,30}(?:required|needed)\b"
    r"|\bkeine?\b[\w -]{0,40}(?:erforderlich|nötig|notwendig)|pas (?:nécessaire|exigé)|no (?:es|se) (?:necesari|requiere)",
    re.I,
)
SUCH_AS = re.compile(r"(?:\be\.?g\.?,?|such as|\blike|z\. ?b\.|tels? que|comme|como|por ejemplo|\bor similar|\()\s*$", re.I)
BETWEEN = re.compile(r"^\s*(?:,|/|(?:,\s*)?(?:and/or|or|oder|ou|o|u)|,\s*(?:and|und|et|y))\s*$", re.I)
OR = re.compile(r"/|\b(?:or|oder|ou|o|u)\b", re.I)

YEARS = re.compile(
    r"(?<![\d.,])(?P<low>\d{1,2})\s*(?:\+|plus\b)?\s*(?:(?:-|–|to|bis|à|a)\s*\d{1,2}\s*\+?\s*)?"
    r"(?:years?|yrs?\b|jahren?|ans\b|années|años)['’]?(?=(?P<after>[^.;!?\n]{0,80}))",
    re.I,
)
WORK = re.compile(
    r"experience|erfahrung|berufspraxis|expérience|experiencia|in (?:a|the|an) |working|as an? |practice|background|post[- ]qualif", re.I
)
NOT_THEIRS = re.compile(
    r"\bwe(?:'ve| have| bring| are| operate| serve)\b|\b(?:founded|history|of age|old|warranty|nous avons|notre|nuestr\w*|unser\w*)\b"
    r"|\bour \w+ (?:has|have|with)\b|\bfor (?:over|more than)\b|\bover the (?:last|past)\b|\bcompany (?:with|has)\b",
    re.I,
)
"""Years of somebody else: the employer's own, or an age."""

DEGREE = re.compile(
    r"\b(?:bachelor|master|b\.?sc|m\.?sc|b\.?a\.?|mba|ph\.?d|doctorate|degree|diplom\w*|hochschulabschluss|studium|"
    r"licence en|diplôme|grado en|licenciatura|titulación)\b",
    re.I,
)
PERMIT = re.compile(
    r"\b(?:right to work|work permit|authori[sz]ed to work|work authori[sz]ation|visa sponsorship|security clearance|clearance required|"
    r"u\.?s\.? citizen\w*|arbeitserlaubnis|permis de travail|permiso de trabajo)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Job:
    """An open job as the matcher sees it. What is not known is ``None`` or empty."""

    id: str
    title: str
    company: str = ""
    location: str = ""
    description: str = ""
    source: str = ""
    city: str | None = None
    region: str | None = None
    country: str | None = None
    remote: Remote | None = None
    seniority: str | None = None
    employment_type: str | None = None
    salary_min: float | None = None
    salary_max: float | None = None
    salary_currency: str | None = None
    salary_interval: str | None = None
    posted_at: datetime | None = None
    url: str = ""
    apply_url: str | None = None
    apply_kind: str | None = None
    state: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Job:
        """A row of the catalog (or anything with these keys); further keys are left out."""
        known = {field.name: row[field.name] for field in fields(cls) if row.get(field.name) is not None}
        for name in ("salary_min", "salary_max"):
            if name in known:
                known[name] = float(known[name])
        return cls(**known)

    @property
    def text(self) -> str:
        """What spans of reasons point into: the title, a line break, the description."""
        return f"{self.title}\n{self.description}"[:MAX_TEXT]


@dataclass(frozen=True, slots=True)
class Asked:
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
    """A job with everything the matcher read out of it; made once, when it is indexed."""

    job: Job
    text: str
    words: tuple[str, ...]
    title: titles.Named
    field: str | None
    asked: tuple[Asked, ...]
    years: int | None
    years_span: tuple[int, int] | None
    rank: int | None
    place: Place
    remote: Remote | None
    language: str | None
    languages: tuple[tuple[str, int, int], ...]
    degree: tuple[int, int] | None
    permit: tuple[int, int] | None


SENIORITY_FIELD = {
    "internship": 0, "entry level": 1, "junior": 1, "associate": 2, "mid": 2, "mid level": 2, "mid senior level": 3, "senior": 3,
    "lead": 4, "director": 6, "executive": 7, "intern": 0, "entry": 1, "staff": 4, "principal": 5,
}  # fmt: skip
"""What boards write in their field; "Mid-Senior level" is LinkedIn's and means little: it counts as senior only without years."""


def read_ad(job: Job) -> Ad:
    """Reads a job once, for comparing it with any number of CVs."""
    text = job.text
    found = tokens(text)
    words = tuple(token.word for token in found)
    parts = sections(text)
    named = titles.read(job.title)
    field = named.occupation.field if named.occupation else None
    hits = _without_employer(text, vocabulary().find(text, found), job.company)
    asked = _asked(text, hits, parts, len(job.title), field)
    years, years_span = _years(text, parts)
    facts = read_title(job.title, job.city or "")
    place = read_place(job.location, job.city, job.region, job.country, job.remote)
    return Ad(
        job=job,
        text=text,
        words=words,
        title=named,
        field=field or field_of(asked),
        asked=asked,
        years=years,
        years_span=years_span,
        rank=_rank(named, job.seniority),
        place=place,
        remote=job.remote or facts.remote or place.remote,
        language=language_of(words[len(tokens(job.title)) :]),
        languages=tuple(asked_languages(text, found, NICE)),
        degree=_degree(text),
        permit=_permit(text),
    )


def _rank(named: titles.Named, said: str | None) -> int | None:
    if named.rank is not None:
        return named.rank
    key = " ".join((said or "").lower().replace("-", " ").split())
    return None if key == "mid senior level" else SENIORITY_FIELD.get(key)


def field_of(asked: tuple[Asked, ...]) -> str | None:
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


def _asked(text: str, hits: list[Hit], parts: list[Section], title_end: int, field: str | None) -> tuple[Asked, ...]:
    wanted = [(hit, _want(text, hit, parts, title_end)) for hit in hits]
    if not any(want for _, want in wanted):  # only the employer's own praise names skills: better than nothing
        wanted = [(hit, "mentioned") for hit, _ in wanted]
    best: dict[tuple[str, ...], Asked] = {}
    for group in _groups(text, [(hit, want) for hit, want in wanted if want]):
        want = min((want for _, want in group), key=lambda kind: -STRENGTH[kind])
        names = tuple(dict.fromkeys(hit.skill for hit, _ in group))
        spans = tuple((hit.start, hit.end) for hit, _ in {hit.skill: (hit, want) for hit, want in reversed(group)}.values())[::-1]
        one = Asked(names, want, round(STRENGTH[want] * _share(names[0], want, field), 4), spans)
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
    if not name or not vocabulary().find(name):
        return hits
    spans = [found.span() for found in re.finditer(re.escape(name), text)]
    return [hit for hit in hits if not any(start <= hit.start and hit.end <= end for start, end in spans)]


def _want(text: str, hit: Hit, parts: list[Section], title_end: int) -> Want | None:
    if hit.end <= title_end:
        return "must"
    section = next(part for part in reversed(parts) if part.start <= hit.start)
    start, end = sentence(text, hit.start, hit.end, section.start)
    cue = _cue(text[start:end])
    if cue == "not asked":
        return None
    if cue == "nice" or section.kind == "nice":
        return "nice"
    if section.kind == "offer":
        return None
    return "must" if section.kind == "must" or cue == "must" else "mentioned"


@lru_cache(maxsize=65_536)
def _cue(said: str) -> Literal["not asked", "nice", "must", ""]:
    """What a sentence says about how much it wants the things in it."""
    if NOT_ASKED.search(said):
        return "not asked"
    return "nice" if NICE.search(said) else "must" if MUST.search(said) else ""


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


# ── years and papers ────────────────────────────────────────────────────────────────────────────────────────


def _years(text: str, parts: list[Section]) -> tuple[int | None, tuple[int, int] | None]:
    """The most years of experience that are asked for, the lower end of a range; not the employer's own age."""
    best: tuple[int, tuple[int, int]] | None = None
    for found in YEARS.finditer(text):
        low = int(found["low"])
        before = text[max(0, found.start() - 60) : found.start()].rsplit("\n", 1)[-1]
        near = before[-30:] + found["after"]
        section = next(part for part in reversed(parts) if part.start <= found.start())
        if (
            not 0 < low <= 25
            or NOT_THEIRS.search(re.split("[,.;]", before)[-1] + " " + found["after"][:20])
            or section.kind in ("offer", "nice")
        ):
            continue
        if (WORK.search(near) or section.kind == "must") and (best is None or low > best[0]):
            best = (low, (found.start("low"), found.end()))
    return best if best else (None, None)


def _degree(text: str) -> tuple[int, int] | None:
    found = DEGREE.search(text)
    if found is None:
        return None
    start, end = sentence(text, found.start(), found.end(), 0)
    return None if NICE.search(text[start:end]) else (found.start(), found.end())


def _permit(text: str) -> tuple[int, int] | None:
    found = PERMIT.search(text)
    return sentence(text, found.start(), found.end(), 0) if found else None


def span_of(found: list[Token], wanted: tuple[str, ...]) -> tuple[int, int] | None:
    """Where a run of words stands first."""
    for place in range(len(found) - len(wanted) + 1):
        if found[place].word == wanted[0] and all(found[place + step].word == word for step, word in enumerate(wanted)):
            return found[place].start, found[place + len(wanted) - 1].end
    return None
