"""The labels: stated rules over facts. See README.md for the same rules in words."""

from __future__ import annotations

from bench.cvset.facts import Ad, Person

ENOUGH, MOST = 0.6, 0.75
"""Share of an ad's musts a person needs to be invited, and to be called an excellent fit."""


def grade(person: Person, ad: Ad) -> tuple[int, str]:
    """Relevance 0..3 and the reason, the first rule that applies.

    0: another trade, or a sister role with little in common. 1: the right field, but a fair recruiter would not invite.
    2: would invite. 3: would invite first.
    """
    covered = len(set(ad.musts) & set(person.skills)) / len(ad.musts)
    same = person.family == ad.family
    if person.trade != ad.trade:
        return 0, "another trade"
    if not same and covered < MOST:
        return (1, "sister role, some musts") if covered >= 0.5 else (0, "sister role, few musts")
    for reason, holds in obstacles(person, ad, covered):
        if holds:
            return 1, reason
    short = (ad.min_years or 0) - person.years
    if same and covered >= MOST and person.level == ad.level and short <= 0:
        return 3, "role, musts, level and years fit"
    return 2, "close fit"


def obstacles(person: Person, ad: Ad, covered: float) -> list[tuple[str, bool]]:
    """Everything that can keep a person of the right role from being invited, in order, and whether it does."""
    return [
        ("credential demanded, not held", ad.credential and not person.credential),
        ("language demanded, not fluent", ad.language is not None and not person.languages.get(ad.language, False)),
        ("needs a visa, none sponsored", ad.no_visa and person.needs_visa),
        ("too few musts", covered < ENOUGH),
        ("too junior", ad.level - person.level >= 2),
        ("too senior", person.level - ad.level >= 2),
        ("years short by more than one", (ad.min_years or 0) - person.years > 1),
    ]


def label(relevance: int) -> int:
    """1: a fair recruiter would invite."""
    return int(relevance >= 2)
