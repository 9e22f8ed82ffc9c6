"""The check that every reason holds: its spans lie inside the texts, quote what stands there, and show what it claims."""

from __future__ import annotations

from collections.abc import Iterable

from rolecall.matching.ads.clauses import alikeness
from rolecall.matching.score.scoring import SAID
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.models import Reason
from rolecall.text.words import words

SHOWN = ("skill", "licence")
"""Kinds whose spans must name the skill itself; others are checked for place and quote."""


def check(found: Iterable[Reason], ad_text: str, text_of_cv: str) -> list[str]:
    """Every reason whose span does not show what it claims, in words; empty when all hold."""
    wrong = []
    for reason in found:
        sides = (("ad", ad_text, reason.ad_span, reason.ad_quote), ("CV", text_of_cv, reason.cv_span, reason.cv_quote))
        for side, text, span, quote in sides:
            if span is None:
                if quote:
                    wrong.append(f"{reason.label}: {quote!r} is quoted from nowhere in the {side}")
            elif not 0 <= span[0] < span[1] <= len(text):
                wrong.append(f"{reason.label}: the span {span} is outside the {side}")
            elif quote and text[slice(*span)] != quote:
                wrong.append(f"{reason.label}: the {side} has {text[slice(*span)]!r} where {quote!r} is quoted")
            elif side == "CV" and reason.kind == "phrase" and not _means(reason, ad_text, text[slice(*span)]):
                wrong.append(f"{reason.label}: {text[slice(*span)]!r} in the CV does not come near it")
            elif reason.kind in SHOWN and not _shows(reason, side, text[slice(*span)]):
                wrong.append(f"{reason.label}: {text[slice(*span)]!r} in the {side} does not show it")
        if reason.verdict in ("direct", "strong", "transferable") and reason.kind in SHOWN and None in (reason.ad_span, reason.cv_span):
            wrong.append(f"{reason.label}: {reason.verdict} without a place in both texts")
        if reason.verdict in ("missing", "unknown") and reason.kind in SHOWN and reason.cv_span is not None:
            wrong.append(f"{reason.label}: {reason.verdict}, yet a place in the CV is given")
    return wrong


def _means(reason: Reason, ad_text: str, said: str) -> bool:
    """Whether two clauses are as near as the verdict claims."""
    if reason.ad_span is None:
        return False
    least = next((least for verdict, least in SAID if verdict == reason.verdict), None)
    return least is not None and alikeness(ad_text[slice(*reason.ad_span)], said) >= least


def _shows(reason: Reason, side: str, quoted: str) -> bool:
    known = vocabulary()
    skill = known.skills.get(reason.label)
    if skill is None:
        return words(quoted) == words(reason.label)
    named = {hit.skill for hit in known.find(quoted)} | ({name} if (name := known.named(quoted)) else set())
    if side == "ad" or reason.verdict == "direct":
        return reason.label in named
    if reason.verdict == "strong":
        return any(reason.label in known.skills[name].implies for name in named)
    return any(name in skill.kin for name in named)
