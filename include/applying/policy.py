"""May we apply? Rules as data, first match decides, each with a reason the person can read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from include.models import Match


@dataclass(frozen=True)
class Facts:
    """What is known besides the match itself. A fact we do not know (``None``) never blocks.

    :param job_state: our catalog's state of the job; ``None`` for a job that only an external service knows
    :param preferences: the person's, ``{}`` where unknown
    :param locked: an application for this job, under any id it ever had, exists in a state other than planned or approved
    """

    threshold: float
    job_state: str | None = None
    preferences: dict[str, Any] = field(default_factory=dict)
    locked: bool = False


@dataclass(frozen=True)
class Rule:
    """One reason not to apply.

    :param name: stable id, counted in the run's summary
    :param reason: for the person
    :param blocks: whether it speaks against this match
    """

    name: str
    reason: str
    blocks: Callable[[Match, Facts], bool]


def _blacklisted(match: Match, facts: Facts) -> bool:
    names = facts.preferences.get("blacklist") or []
    return match.company.casefold() in {str(name).strip().casefold() for name in names}


RULES: tuple[Rule, ...] = (
    Rule("below_threshold", "the match score is below the threshold", lambda match, facts: match.match_score < facts.threshold),
    Rule("no_auto_apply", "the platform does not take automatic applications for this job", lambda match, _: not match.can_auto_apply),
    Rule("already_applied", "you have already applied for this job", lambda match, facts: match.already_applied or facts.locked),
    Rule("job_closed", "the job is closed", lambda _, facts: facts.job_state == "closed"),
    Rule("job_doubtful", "the job did not pass our checks", lambda _, facts: facts.job_state in ("new", "warned", "quarantined")),
    Rule("blacklisted", "you asked us never to apply to this company", _blacklisted),
    Rule(
        "consent",
        "you have withdrawn your consent to automatic applications",
        lambda _, facts: facts.preferences.get("auto_apply") is False,
    ),
)
"""In the order in which a person would want to hear them; the seed's three filters come first."""


def verdict(match: Match, facts: Facts) -> Rule | None:
    """The first rule that blocks this match, or ``None``: apply."""
    return next((rule for rule in RULES if rule.blocks(match, facts)), None)
