"""From evidence to words: reasons with spans on both sides, recommendations, eligibility; and the check that every span holds."""

from __future__ import annotations

import re

from include.catalog.words import fold, words
from include.matching.ad import DEGREE, Ad, span_of
from include.matching.languages import CODES, ENGLISH_NAMES
from include.matching.person import Person
from include.matching.scoring import LEVEL, SKILLS, TITLE, Evidence, Judged
from include.matching.vocabulary import tokens, vocabulary
from include.models import Reason

MAX_REASONS = 40
WANTED = {"must": "required", "mentioned": "asked for", "nice": "nice to have"}


def reasons(person: Person, ad: Ad, evidence: Evidence) -> list[Reason]:
    """The evidence, weightiest first: title, level, then each requirement. ``weight``: how much of the score it can move."""
    total = sum(one.asked.weight for one in evidence.judged) or 1.0
    listed = [_skill(one, total) for one in evidence.judged]
    listed += [_own(phrase, span, person, ad) for phrase, span in evidence.own]
    listed.sort(key=lambda reason: -reason.weight)
    return (_title(person, ad, evidence) + _level(person, ad, evidence) + _papers(person, ad) + listed)[:MAX_REASONS]


def _skill(one: Judged, total: float) -> Reason:
    text = {
        "direct": f"{one.skill} is {WANTED[one.asked.want]}, and in your CV",
        "strong": f"{one.skill} is {WANTED[one.asked.want]}; your {one.by} includes it",
        "transferable": f"{one.skill} is {WANTED[one.asked.want]}; your {one.by} is close to it",
        "missing": f"{' or '.join(one.asked.skills)} is {WANTED[one.asked.want]}, and not in your CV",
    }[one.verdict]
    weight = round(SKILLS * one.asked.weight / total, 4)
    return Reason(kind="skill", label=one.skill, verdict=one.verdict, weight=weight, ad_span=one.ad_span, cv_span=one.cv_span, text=text)


def _own(phrase: tuple[str, ...], span: tuple[int, int], person: Person, ad: Ad) -> Reason:
    label = person.text[span[0] : span[1]]
    return Reason(
        kind="skill",
        label=label,
        verdict="direct",
        weight=0.0,
        ad_span=words_span(ad, phrase),
        cv_span=span,
        text=f"{label} is named in the ad, and in your CV",
    )


def words_span(ad: Ad, phrase: tuple[str, ...]) -> tuple[int, int] | None:
    """Where an ad has these words in a row."""
    return span_of(tokens(ad.text), phrase)


def _title(person: Person, ad: Ad, evidence: Evidence) -> list[Reason]:
    span = (0, len(ad.job.title)) if ad.job.title else None
    if evidence.title is None or evidence.parts.title is None:
        return [
            Reason(
                kind="title",
                label=ad.job.title,
                verdict="unknown",
                weight=TITLE,
                ad_span=span,
                text="your CV names no job title to compare with",
            )
        ]
    title, where = evidence.title
    near = evidence.parts.title
    verdict = "direct" if near >= 0.8 else "strong" if near >= 0.6 else "transferable" if near >= 0.3 else "missing"
    said = {"direct": "the same work as", "strong": "close to", "transferable": "related to", "missing": "another kind of work than"}[
        verdict
    ]
    return [
        Reason(
            kind="title",
            label=ad.job.title,
            verdict=verdict,
            weight=TITLE,
            ad_span=span,
            cv_span=where,
            text=f"{ad.job.title} is {said} {title.text}",
        )
    ]


def _level(person: Person, ad: Ad, evidence: Evidence) -> list[Reason]:
    near = evidence.parts.level
    if near is None:
        return []
    verdict = "direct" if near >= 0.9 else "strong" if near >= 0.7 else "transferable" if near >= 0.4 else "missing"
    had = f"{person.years:g} years of experience" if person.years is not None else "the level of your titles"
    wanted = f"at least {ad.years} years" if ad.years is not None else "the level in its title"
    return [
        Reason(
            kind="years",
            label="experience",
            verdict=verdict,
            weight=LEVEL,
            ad_span=ad.years_span,
            text=f"the ad asks for {wanted}; you have {had}",
        )
    ]


def _papers(person: Person, ad: Ad) -> list[Reason]:
    found = []
    for code, start, end in ad.languages:
        has = code in person.languages
        verdict = "direct" if has else "missing" if person.languages else "unknown"
        found.append(
            Reason(
                kind="language",
                label=ENGLISH_NAMES[code],
                verdict=verdict,
                ad_span=(start, end),
                cv_span=_language(person, code) if has else None,
                text=f"the ad asks for {ENGLISH_NAMES[code]}",
            )
        )
    if ad.degree:
        cv_span = _degree(person)
        found.append(
            Reason(
                kind="degree",
                label=ad.text[slice(*ad.degree)],
                verdict="strong" if cv_span else "unknown",
                ad_span=ad.degree,
                cv_span=cv_span,
                text="the ad asks for a degree",
            )
        )
    if ad.permit:
        found.append(
            Reason(
                kind="permit", label="permit to work", verdict="unknown", ad_span=ad.permit, text=ad.text[slice(*ad.permit)].strip()[:200]
            )
        )
    return found


def _language(person: Person, code: str) -> tuple[int, int] | None:
    for found in re.finditer(r"[^\W\d_]+", person.text):
        if CODES.get(fold(found[0])) == code:
            return found.span()
    return None


def _degree(person: Person) -> tuple[int, int] | None:
    found = DEGREE.search(person.text)
    return found.span() if found else None


def recommendations(person: Person, ad: Ad, evidence: Evidence) -> list[str]:
    """What to stress, and what is missing, weightiest first."""
    advice = []
    met = [one for one in evidence.judged if one.verdict in ("direct", "strong") and vocabulary().skills[one.skill].field != "soft"]
    met.sort(key=lambda one: (-one.asked.weight, one.ad_span))
    if met:
        advice.append("Stress " + ", ".join(dict.fromkeys(one.skill if one.verdict == "direct" else one.by for one in met[:4])))
    missing = [one for one in evidence.judged if one.verdict == "missing" and one.asked.want != "nice" and one.asked.weight > 0.2]
    missing.sort(key=lambda one: (-one.asked.weight, one.ad_span))
    advice += [f"Missing: {' or '.join(one.asked.skills)} ({WANTED[one.asked.want]})" for one in missing[:5]]
    advice += [
        f"Explain how your {one.by} carries over to {one.skill}"
        for one in evidence.judged
        if one.verdict == "transferable" and one.asked.want == "must"
    ][:3]
    if ad.years is not None and person.years is not None and person.years + 0.5 < ad.years:
        advice.append(f"The ad asks for {ad.years} years, you have {person.years:g}: show results that make up for it")
    return advice


def eligibility(person: Person, ad: Ad, evidence: Evidence) -> list[str]:
    """What may rule the person out whatever the score: licences, languages, permits. ``missing`` or ``unknown``, never guessed."""
    notes = [
        f"missing: {' or '.join(one.asked.skills)} is required"
        for one in evidence.judged
        if one.verdict == "missing" and one.asked.want == "must" and vocabulary().skills[one.skill].licence
    ]
    notes += [
        f"{'missing' if person.languages else 'unknown'}: the ad asks for {ENGLISH_NAMES[code]}"
        for code, _, _ in ad.languages
        if code not in person.languages
    ]
    if ad.permit:
        notes.append(f"unknown: {ad.text[slice(*ad.permit)].strip()[:200]}")
    return notes


# ── the check ───────────────────────────────────────────────────────────────────────────────────────────────


def check(found: list[Reason], ad_text: str, text_of_cv: str) -> list[str]:
    """Every reason whose span does not show what it claims, in words; empty when all hold."""
    wrong = []
    for reason in found:
        for side, text, span in (("ad", ad_text, reason.ad_span), ("CV", text_of_cv, reason.cv_span)):
            if span is not None and not 0 <= span[0] < span[1] <= len(text):
                wrong.append(f"{reason.label}: the span {span} is outside the {side}")
            elif span is not None and reason.kind == "skill" and not _shows(reason, side, text[span[0] : span[1]]):
                wrong.append(f"{reason.label}: {text[span[0] : span[1]]!r} in the {side} does not show it")
        if reason.verdict in ("direct", "strong", "transferable") and reason.kind == "skill" and None in (reason.ad_span, reason.cv_span):
            wrong.append(f"{reason.label}: {reason.verdict} without a place in both texts")
    return wrong


def _shows(reason: Reason, side: str, quoted: str) -> bool:
    known = vocabulary()
    skill = known.skills.get(reason.label)
    named = {hit.skill for hit in known.find(quoted)} | ({name} if (name := known.named(quoted)) else set())
    if skill is None:
        return words(quoted) == words(reason.label)
    if side == "ad" or reason.verdict == "direct":
        return reason.label in named
    if reason.verdict == "strong":
        return any(reason.label in known.skills[name].implies for name in named)
    return any(name in skill.kin for name in named)
