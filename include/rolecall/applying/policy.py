"""May we apply? Rules and limits as data, first match decides, each with a reason the person can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rolecall.models import Match
from rolecall.people.applying_wishes import ApplyingWishes

RISKY = 0.5
"""``job.risk`` from which on an ad counts as a likely scam."""


@dataclass(frozen=True)
class Facts:
    """What is known besides the match itself. A fact we do not know (``None``, empty) never blocks.

    :param job_state: our catalog's state of the job; ``None`` for a job that only an external service knows
    :param risk: our catalog's estimate that the ad is a scam, 0 to 1
    :param company: the company, by any spelling
    :param blacklist: companies the person never wants, in the same spelling
    :param own_state: state of this person's application for the job, under any id it ever had
    :param asked_again: that application was cancelled because nobody answered in time: it may be asked for again
    :param doubtful: it may be a job the person has applied for, and nobody has said that it is another
    :param cv_changed: the CV is not any more the one that was matched
    :param consent: ``False`` where the person has withdrawn it
    """

    threshold: float
    job_state: str | None = None
    risk: float | None = None
    company: str = ""
    blacklist: frozenset[str] = field(default_factory=frozenset)
    own_state: str | None = None
    asked_again: bool = False
    doubtful: bool = False
    cv_changed: bool = False
    consent: bool | None = None


@dataclass(frozen=True)
class PolicyRule:
    """One reason not to apply.

    :param name: stable id, counted in the run's summary
    :param reason: for the person
    :param blocks: whether it speaks against this match
    """

    name: str
    reason: str
    blocks: Callable[[Match, Facts], bool]


SENT = ("submitting", "submitted", "uncertain", "refused")

RULES: tuple[PolicyRule, ...] = (
    PolicyRule("below_threshold", "the match score is below the threshold", lambda match, facts: match.match_score < facts.threshold),
    PolicyRule(
        "no_auto_apply", "the platform does not take automatic applications for this job", lambda match, _: not match.can_auto_apply
    ),
    PolicyRule(
        "already_applied",
        "you have already applied for this job",
        lambda match, facts: match.already_applied or facts.own_state in SENT,
    ),
    PolicyRule(
        "declined",
        "you said no to this application, or took it back",
        lambda _, facts: facts.own_state == "cancelled" and not facts.asked_again,
    ),
    PolicyRule("consent", "you have withdrawn your consent to automatic applications", lambda _, facts: facts.consent is False),
    PolicyRule("job_closed", "the job is closed", lambda _, facts: facts.job_state == "closed"),
    PolicyRule("scam_risk", "the ad shows signs of a scam", lambda _, facts: facts.risk is not None and facts.risk >= RISKY),
    PolicyRule("job_doubtful", "the job did not pass our checks", lambda _, facts: facts.job_state in ("new", "warned", "quarantined")),
    PolicyRule("blacklisted", "you asked us never to apply to this company", lambda _, facts: facts.company in facts.blacklist),
    PolicyRule(
        "possible_duplicate",
        "it may be the same job as one you have applied for; say whether it is",
        lambda _, facts: facts.doubtful,
    ),
    PolicyRule(
        "cv_changed", "your CV has changed since this match was made; the next run matches it anew", lambda _, facts: facts.cv_changed
    ),
)
"""In the order in which a person would want to hear them; the seed's three filters come first."""


def verdict(match: Match, facts: Facts) -> PolicyRule | None:
    """The first rule that blocks this match, or ``None``: apply."""
    return next((rule for rule in RULES if rule.blocks(match, facts)), None)


@dataclass(frozen=True)
class Limit:
    """So many applications in so many days, of all or to one company.

    :param most: ``None`` where the person sets none
    :param days: the window, back from now
    """

    name: str
    reason: str
    most: Callable[[ApplyingWishes], int | None]
    days: Callable[[ApplyingWishes], float]
    per_company: bool = False


LIMITS: tuple[Limit, ...] = (
    Limit("daily_cap", "your limit of applications in 24 hours is reached", lambda w: w.daily_cap, lambda _: 1),
    Limit("weekly_cap", "your limit of applications in 7 days is reached", lambda w: w.weekly_cap, lambda _: 7),
    Limit(
        "company_cap",
        "your limit of applications to this company is reached",
        lambda w: w.company_cap,
        lambda w: w.company_cap_days,
        per_company=True,
    ),
    Limit(
        "cool_down",
        "you applied to this company a short while ago",
        lambda w: 1 if w.cool_down_days else None,
        lambda w: w.cool_down_days or 0,
        per_company=True,
    ),
)


def exceeded(limits: ApplyingWishes, company: str, history: Sequence[tuple[str, float]]) -> Limit | None:
    """The first limit that one more application to ``company`` would break, or ``None``.

    :param history: the person's applications as ``(company, days ago)``
    """
    for limit in LIMITS:
        most = limit.most(limits)
        if most is None or (limit.per_company and not company):
            continue
        counted = sum(age < limit.days(limits) and (not limit.per_company or name == company) for name, age in history)
        if counted >= most:
            return limit
    return None
