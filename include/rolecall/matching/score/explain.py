"""From evidence to words: every requirement with its verdict and the places in both texts, what to do about it, what may rule one out."""

from __future__ import annotations

import re

from rolecall.matching.ads.ad import Ad, span_of
from rolecall.matching.ads.languages import CODES, ENGLISH_NAMES
from rolecall.matching.ads.requirement_strength import STRENGTH
from rolecall.matching.ads.sections import sentence
from rolecall.matching.cv.degrees import degree_in, least_degree_in
from rolecall.matching.cv.person import Person
from rolecall.matching.score.scoring import BEGINNER, JudgedRequirement, ScoreEvidence, language_verdict, shares
from rolecall.matching.score.telling import ReasonSelection
from rolecall.matching.skills.vocabulary import tokens, vocabulary
from rolecall.models import Reason
from rolecall.text.words import fold

MAX_REASONS = 40
BULLETS = " -–•*·."
MANY_YEARS = 5
"""Years of work that a beginners' job needs an explanation for."""

MAX_PHRASED = 12
"""Clauses in words of its own that are listed, the most wanted first."""

LONGEST_SHORT_FORM = 6
"""Letters up to which capitals are a name's own (NMC, SQL); longer ones are a shouting heading."""

LIST = re.compile(r"[,;/&+]| (?:and|or|und|oder|et|ou|y|o) ")
LEVEL_NAMES = {1: "", 2: "", 3: ", fluently"}
NEAR_TITLES = (("direct", 0.8), ("strong", 0.6), ("transferable", 0.3), ("missing", -1.0))
"""Nearness of titles from which on they are the same work, close, related."""

ASIDE = 0.2
"""Weight of a skill up to which nobody is told that it is missing: of another field than the job's, and named in passing."""

VERY_SAME = 0.99
"""Nearness of titles that differ in nothing that matters."""

ELSEWHERE = 0.3
"""Nearness of titles below which years of work are years of other work."""

RANKS = ("interns", "juniors", "people with some years", "seniors", "people who lead", "principals", "directors", "the top")
"""For whom a job of each rank is."""

WANTED = {"must": "required", "mentioned": "asked for", "nice": "nice to have"}
OWN_PLACE = {True: ", which your CV names", False: ", which your CV does not name"}
KNOWN = {"direct": ", and your CV names it", "missing": ", which your CV does not name", "unknown": "; your CV names no languages"}
Span = tuple[int, int] | None


class ReasonWriter:
    """Writes reasons about one pair, each with the places and what stands there."""

    def __init__(self, person: Person, ad: Ad, evidence: ScoreEvidence) -> None:
        self.person, self.ad, self.evidence = person, ad, evidence
        self._ad_text = ad.text

    def reason(self, kind: str, label: str, verdict: str, text: str, ad_span: Span, cv_span: Span, weight: float = 0.0) -> Reason:
        """One reason with its quotes."""
        return Reason.model_validate(
            {
                "kind": kind,
                "label": label,
                "verdict": verdict,
                "weight": round(weight, 4),
                "ad_span": ad_span,
                "cv_span": cv_span,
                "ad_quote": self._ad_text[slice(*ad_span)] if ad_span else "",
                "cv_quote": self.person.text[slice(*cv_span)] if cv_span else "",
                "text": text,
            }
        )

    def reasons(self) -> tuple[Reason, ...]:
        """Those a person is told, see :class:`rolecall.matching.score.telling.ReasonSelection`."""
        aside = {("skill", one.skill) for one in self.evidence.judged if one.verdict == "missing" and one.asked.weight <= ASIDE}
        return ReasonSelection(self.person, self.ad).of(
            one for one in self.all() if one.verdict != "missing" or (one.kind, one.label) not in aside
        )

    def all(self) -> list[Reason]:
        """Title, level, papers and place, then each requirement, weightiest first."""
        evidence = self.evidence
        total = sum(one.asked.weight for one in (*evidence.judged, *evidence.named)) or 1.0
        worth = shares()["skills"] / total
        judged = sorted((*evidence.judged, *evidence.named), key=lambda one: (-one.asked.weight, one.ad_span))
        listed = [self._skill(one, worth * one.asked.weight) for one in judged]
        first = [*self._title(), *self._level(), *self._languages(), *self._degree(), *self._permit(), *self._place()]
        return (first + listed + self._phrased(judged) + [self._unlisted_skill(*one) for one in evidence.own])[:MAX_REASONS]

    def _skill(self, one: JudgedRequirement, weight: float) -> Reason:
        known = vocabulary().skills.get(one.skill)
        skill = self._spelt(one.skill, one.ad_span, one.cv_span)
        wanted = WANTED[one.asked.want]
        asked, had = skill, skill
        if known is None or not known.licence:
            asked, had = self._said(self._ad_text, one.ad_span, skill), self._said(self.person.text, one.cv_span, skill)
        text = {
            "direct": f"{asked} is {wanted}, and in your CV" if fold(asked) == fold(had) else f"{asked} is {wanted}; your CV says {had}",
            "strong": f"{asked} is {wanted}; your {had} includes it",
            "transferable": f"{asked} is {wanted}; your {had} is close to it",
            "missing": f"{self._any_of(one)} is {wanted}, and not in your CV",
        }[one.verdict]
        kind = "licence" if known is not None and known.licence else "skill"
        return self.reason(kind, skill, one.verdict, text, one.ad_span, one.cv_span, weight)

    def _any_of(self, one: JudgedRequirement) -> str:
        asked = zip(one.asked.skills, one.asked.spans, strict=True)
        licences = {name for name in one.asked.skills if (known := vocabulary().skills.get(name)) and known.licence}
        spelt = ((skill, span, self._spelt(skill, span, None)) for skill, span in asked)
        return " or ".join(
            dict.fromkeys(name if skill in licences else self._said(self._ad_text, span, name) for skill, span, name in spelt)
        )

    @staticmethod
    def _said(text: str, span: Span, skill: str) -> str:
        """A skill as the text has it: two words for one thing are not always one thing."""
        said = " ".join(text[slice(*span)].split()) if span else ""
        if not said or fold(said) == fold(skill):
            return skill
        return said.lower() if len(said) > LONGEST_SHORT_FORM and said.isupper() else said

    def _spelt(self, skill: str, ad_span: Span, cv_span: Span) -> str:
        """A skill as people write it: our list has its spelling; the wider table is folded, so the CV's, else the ad's."""
        if skill in vocabulary().skills:
            return skill
        quoted = [text[slice(*span)] for text, span in ((self.person.text, cv_span), (self._ad_text, ad_span)) if span]
        written = [quote for quote in quoted if fold(quote) == fold(skill) and not (len(quote) > LONGEST_SHORT_FORM and quote.isupper())]
        return next((quote for quote in written if quote != quote.lower()), skill)

    def _phrased(self, judged: list[JudgedRequirement]) -> list[Reason]:
        """What is asked in words of its own, apart from clauses whose skills are listed already and from papers; nothing twice."""
        listed = sorted(one.ad_span for one in judged)
        papers = [span for span in (self.ad.degree, self.ad.permit, self.ad.years_span) if span]
        papers += [(start, end) for _, start, end, _ in self.ad.languages]
        found = []
        asked = [one for one in self.evidence.phrased if one.want != "nice" and not _touches(one.ad_span, listed + papers)]
        total = sum(STRENGTH[one.want] for one in asked) or 1.0
        already = {fold(one.skill) for one in judged}
        fresh = []
        for one in sorted(asked, key=lambda one: (-STRENGTH[one.want], one.ad_span)):
            said = self._ad_text[slice(*one.ad_span)]
            if not self._repeats(said, already):
                already.add(fold(said))
                fresh.append(one)
        for one in fresh[:MAX_PHRASED]:
            said, wanted = self._ad_text[slice(*one.ad_span)], WANTED[one.want]
            cv_span = None if one.verdict == "missing" else one.cv_span
            yours = None if cv_span is None else self.person.text[slice(*cv_span)]
            if yours is None:
                text = f"{said!r} is {wanted}; nothing in your CV comes near it"
            elif yours.casefold() == said.casefold():
                text = f"{said!r} is {wanted}, and in your CV"
            else:
                text = f"{said!r} is {wanted}; your CV says {yours!r}"
            worth = shares().get("phrases", 0.0) * STRENGTH[one.want] / total
            found.append(self.reason("phrase", said[:80], one.verdict, text, one.ad_span, cv_span, worth))
        return found

    @staticmethod
    def _repeats(said: str, already: set[str]) -> bool:
        """Whether a clause says nothing but what was told: the same words, or a list of skills that were listed."""
        parts = [fold(part) for part in LIST.split(said) if part.strip()]
        return fold(said) in already or all(part in already or fold(vocabulary().named(part) or "") in already for part in parts)

    def _unlisted_skill(self, phrase: tuple[str, ...], span: tuple[int, int]) -> Reason:
        label = self.person.text[slice(*span)]
        where = span_of(tokens(self._ad_text), phrase)
        return self.reason("skill", label, "direct", f"{label} is named in the ad, and in your CV", where, span)

    def _title(self) -> list[Reason]:
        title, near = self.evidence.title, self.evidence.parts.title
        wanted = " ".join(self.ad.job.title.split())
        span = (0, len(self.ad.job.title)) if wanted else None
        if title is None or near is None:
            text = "Your CV names no job title to compare with"
            return [self.reason("title", wanted, "unknown", text, span, None, shares()["title"])]
        verdict = next(verdict for verdict, least in NEAR_TITLES if near >= least)
        held = " ".join(title[0].text.split())
        said = {"direct": "is the same kind of work as", "strong": "is close to"}.get(verdict)
        if near >= VERY_SAME or fold(wanted) == fold(title[0].text):
            said = "is the same work as"
        text = f"{wanted} {said} {held}" if said else f"The job is {wanted}; the nearest title in your CV is {held}"
        return [self.reason("title", wanted, verdict, text, span, title[1], shares()["title"])]

    def _level(self) -> list[Reason]:
        near, person, ad = self.evidence.parts.level, self.person, self.ad
        span = ad.years_span or ((0, len(ad.job.title)) if ad.job.title else None)
        rank = ad.title.rank
        wanted = f"asks for at least {ad.years} year{'s' * (ad.years != 1)} of experience"
        if ad.years is None:
            wanted = "says its level in the title" if rank is None else f"is for {RANKS[rank]}"
        if near is None:
            if ad.years is None:
                return []
            text = f"The ad {wanted}; your CV does not say how many you have"
            return [self.reason("years", "experience", "unknown", text, span, None, shares()["level"])]
        verdict = "direct" if near >= 0.8 else "strong" if near >= 0.6 else "transferable" if near >= 0.4 else "missing"
        had = "your CV shows the level of its titles"
        if person.years is not None:
            had = f"your CV shows {person.years:g} year{'s' * (person.years != 1)} of work"
            title = self.evidence.parts.title
            if ad.years is not None and person.years >= ad.years and title is not None and title < ELSEWHERE:
                verdict, had = "unknown", f"{had}, in other jobs"
        elif person.rank is not None:
            had = f"your CV's titles are those of {RANKS[person.rank]}"
        if verdict in ("transferable", "missing") and ad.years is not None and person.years is not None and person.years >= ad.years:
            if rank is None or person.rank is None or rank == person.rank:
                verdict = "direct"  # the years are there, and nothing else is known against them
            else:
                wanted, had = f"is for {RANKS[rank]}", f"your CV's titles are those of {RANKS[person.rank]}"
        return [self.reason("years", "experience", verdict, f"The ad {wanted}; {had}", span, None, shares()["level"])]

    def _languages(self) -> list[Reason]:
        found = []
        for code, start, end, wanted in self.ad.languages:
            verdict = language_verdict(self.person, code, wanted)
            where = _language(self.person, code) if code in self.person.languages else None
            name = ENGLISH_NAMES[code]
            said = f"The ad asks for {name}" + KNOWN[verdict]
            found.append(self.reason("language", name, verdict, said, (start, end), where, shares()["language"]))
        return found

    def _degree(self) -> list[Reason]:
        if self.ad.degree is None:
            return []
        span, worth = self.person.degree, shares()["degree"]
        label = self._ad_text[slice(*self.ad.degree)]
        held = degree_in(self.person.text[slice(*span)]) if span else None
        start, end = sentence(self._ad_text, *self.ad.degree, 0)
        asked = least_degree_in(self._ad_text[start:end])
        if held and asked and held[0] < asked:
            said = f"The ad asks for {asked.shown}; your CV names {held[0].shown}"
            return [self.reason("degree", label, "missing", said, self.ad.degree, span, worth)]
        wanted = f"The ad asks for {asked.shown if asked else 'a degree'}"
        if not span:
            return [self.reason("degree", label, "unknown", f"{wanted}; your CV names none", self.ad.degree, None, worth)]
        named = held[0].shown if held else self.person.text[slice(*span)]
        return [self.reason("degree", label, "strong", f"{wanted}; your CV names {named}", self.ad.degree, span, worth)]

    def _permit(self) -> list[Reason]:
        if self.ad.permit is None:
            return []
        said = f"The ad says of permits: {' '.join(self._ad_text[slice(*self.ad.permit)].split())[:200].strip(BULLETS)}"
        return [self.reason("permit", "permit to work", "unknown", said, self.ad.permit, None)]

    def _place(self) -> list[Reason]:
        """Where the work is, where the ad's text names the city: met by the CV's, unknown where the CV does not say."""
        city = self.ad.job.city or ""
        span = _word(self._ad_text, city) if len(city) > 2 else None
        if span is None or self.ad.remote == "remote":
            return []
        own = _word(self.person.text, city)
        return [self.reason("place", city, "direct" if own else "unknown", f"The work is in {city}" + OWN_PLACE[bool(own)], span, own)]

    def advice(self) -> list[Reason]:
        """What to stress, what is missing, what to explain, weightiest first: reasons whose text is the advice."""
        evidence = self.evidence
        judged = sorted(evidence.judged, key=lambda one: (-one.asked.weight, one.ad_span))
        shown = {(one.kind, one.label) for one in ReasonSelection(self.person, self.ad).that_hold(self._skill(one, 0.0) for one in judged)}
        judged = [one for one in judged if {("skill", one.skill), ("licence", one.skill)} & shown]
        met = [one for one in judged if one.verdict in ("direct", "strong")]
        found = []
        if met:
            stressed = ", ".join(dict.fromkeys(one.skill if one.verdict == "direct" else one.by for one in met[:4]))
            found.append(self.reason("stress", met[0].skill, met[0].verdict, f"Stress {stressed}", met[0].ad_span, met[0].cv_span))
        missing = [one for one in judged if one.verdict == "missing" and one.asked.want == "must" and one.asked.weight > ASIDE]
        for one in missing[:3]:
            text = f"Add {self._any_of(one)} to your CV if you have it: the ad requires it"
            found.append(self.reason("missing", one.skill, "missing", text, one.ad_span, None))
        near = [one for one in judged if one.verdict == "transferable" and one.asked.want == "must"]
        for one in near[:2]:
            text = f"Explain how your {one.by} carries over to {one.skill}"
            found.append(self.reason("explain", one.skill, "transferable", text, one.ad_span, one.cv_span))
        ad, person = self.ad, self.person
        if ad.years is not None and person.years is not None and person.years + 0.5 < ad.years:
            text = f"The ad asks for {ad.years} years, you have {person.years:g}: show results that make up for it"
            found.append(self.reason("years", "experience", "missing", text, ad.years_span, None))
        elif ad.title.rank is not None and ad.title.rank <= BEGINNER and person.years is not None and person.years >= MANY_YEARS:
            text = f"The job is for {RANKS[ad.title.rank]}, you have {person.years:g} years of work: say why you want it"
            found.append(self.reason("years", "experience", "missing", text, (0, len(ad.job.title)), None))
        return found

    def eligibility(self) -> list[str]:
        """What may rule the person out whatever the score: licences, languages, permits. ``missing`` or ``unknown``, never guessed."""
        person, ad = self.person, self.ad
        known = vocabulary().skills
        notes = [
            f"missing: {' or '.join(one.asked.skills)} is required"
            for one in self.evidence.judged
            if one.verdict == "missing" and one.asked.want == "must" and known[one.skill].licence
        ]
        notes += [
            f"{'unknown' if verdict == 'unknown' else 'missing'}: the ad asks for {ENGLISH_NAMES[code]}{LEVEL_NAMES[wanted]}"
            for code, _, _, wanted in ad.languages
            if (verdict := language_verdict(person, code, wanted)) != "direct"
        ]
        if ad.permit:
            notes.append(f"unknown: {self._ad_text[slice(*ad.permit)].strip()[:200]}")
        return notes + self._outcomes()

    def _outcomes(self) -> list[str]:
        """What stood in the way of reading the two texts, by name."""
        person, ad = self.person, self.ad
        notes = []
        if not ad.job.description.strip():
            notes.append("unknown: the ad says nothing about the work")
        if ad.language and person.languages and ad.language not in person.languages and ad.language not in {c for c, *_ in ad.languages}:
            notes.append(f"unknown: the ad is in {ENGLISH_NAMES[ad.language]}, which your CV does not list")
        if ad.ignored:
            notes.append("ignored: lines of the ad that speak to a machine")
        if person.ignored:
            notes.append("ignored: lines of your CV that speak to a machine")
        return notes


def _word(text: str, name: str) -> Span:
    """Where a name stands as words of its own: Bath is in no bathroom."""
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return found.span() if found else None


def _touches(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _language(person: Person, code: str) -> Span:
    for found in re.finditer(r"[^\W\d_]+", person.text):
        if CODES.get(fold(found[0])) == code:
            return found.span()
    return None
