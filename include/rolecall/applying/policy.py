"""May we apply? Rules and limits as data, first match decides, each with a reason the person can read; and the last look before sending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rolecall.errors import InvalidInput
from rolecall.models import Match
from rolecall.outbox.compose import BOARD_NAMES
from rolecall.people import preferences
from rolecall.people.applying_wishes import ApplyingWishes, blacklist, company_key, current_employer, is_employer
from rolecall.store import Connection
from rolecall.text.words import fold

RISKY = 0.5
"""``job.risk`` from which on an ad counts as a likely scam."""


@dataclass(frozen=True)
class Facts:
    """What is known besides the match itself. A fact we do not know (``None``, empty) never blocks.

    :param apply_url: where the job's ad says that one applies
    :param url: that ad, and ``source`` the board it is from, as our catalog knows them
    :param job_state: our catalog's state of the job; ``None`` for a job that only an external service knows
    :param risk: our catalog's estimate that the ad is a scam, 0 to 1
    :param company: the company, by any spelling
    :param blacklist: companies the person never wants, in the same spelling
    :param employer: it may be the person's current employer
    :param own_state: state of this person's application for the job, under any id it ever had
    :param elsewhere: the person told us that they applied for a job of this name at this company
    :param asked_again: that application was cancelled because nobody answered in time: it may be asked for again
    :param doubtful: it may be a job the person has applied for, and nobody has said that it is another
    :param cv_changed: the CV is not any more the one that was matched
    :param hidden: the person hid the job
    :param consent: ``False`` where the person has withdrawn it
    :param off: the person switched this way, or this board, off
    """

    threshold: float
    apply_url: str | None = None
    url: str = ""
    source: str = ""
    job_state: str | None = None
    risk: float | None = None
    company: str = ""
    blacklist: frozenset[str] = field(default_factory=frozenset)
    employer: bool = False
    own_state: str | None = None
    elsewhere: bool = False
    asked_again: bool = False
    doubtful: bool = False
    cv_changed: bool = False
    hidden: bool = False
    consent: bool | None = None
    off: bool = False


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


CLOSED = "the job is closed"
UNCHECKED = "the job did not pass our checks"
FRAUD = "the ad looks like a fraud: read it yourself first"


def not_open(job_state: str, risk: float) -> str | None:
    """Why a job of our catalog is not applied for, whoever takes applications for it; ``None``: nothing speaks against it."""
    return CLOSED if job_state == "closed" else UNCHECKED if job_state != "valid" else FRAUD if risk >= RISKY else None


FORBIDDEN = ("linkedin.com", "indeed.com", "icims.com", "glassdoor.com", "glassdoor.de", "glassdoor.co.uk")
"""Hosts whose terms forbid that a machine applies: what is prepared is handed over."""

FORBIDDING = frozenset({"linkedin", "indeed", "glassdoor"})
"""Boards with a form of their own, whose terms forbid that a machine fills it, wherever their pages are read."""


def host_of(url: str) -> str:
    """The host of an http(s) address, ``""`` where it has none."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower() if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def forbids_machines(url: str) -> bool:
    """Whether an address belongs to a site whose terms forbid that machines apply there."""
    host = host_of(url)
    return any(host == one or host.endswith(f".{one}") for one in FORBIDDEN)


def no_way(apply_url: str | None, url: str, source: str) -> str:
    """Why nobody takes an automatic application for a job of our catalog: one reason, in the words of every page, list and log.

    :param apply_url: where its ad says that one applies
    :param url: its ad
    :param source: the board it is from
    """
    if forbids_machines(apply_url or url):
        return f"the terms of {host_of(apply_url or url)} forbid that a machine applies there"
    if not apply_url and source in FORBIDDING:
        return f"the terms of {BOARD_NAMES[source]} forbid that a machine applies there"
    if apply_url and apply_url.startswith("mailto:"):
        return "its ad names an address for applications, and no mail is sent there by itself"
    return "its employer takes applications only on a page of its own" if apply_url else "its board names no address to apply at"


SENT = ("submitting", "submitted", "uncertain", "refused")

RULES: tuple[PolicyRule, ...] = (
    PolicyRule("below_threshold", "the match score is below the threshold", lambda match, facts: match.match_score < facts.threshold),
    PolicyRule(
        "no_auto_apply", "the platform does not take automatic applications for this job", lambda match, _: not match.can_auto_apply
    ),
    PolicyRule(
        "already_applied",
        "you have already applied for this job",
        lambda match, facts: match.already_applied or facts.own_state in SENT or facts.elsewhere,
    ),
    PolicyRule(
        "declined",
        "you said no to this application, or took it back",
        lambda _, facts: facts.own_state == "cancelled" and not facts.asked_again,
    ),
    PolicyRule("hidden", "you hid this job", lambda _, facts: facts.hidden),
    PolicyRule("consent", "you have withdrawn your consent to automatic applications", lambda _, facts: facts.consent is False),
    PolicyRule("off", "you switched automatic applications off for it", lambda _, facts: facts.off),
    PolicyRule("job_closed", CLOSED, lambda _, facts: facts.job_state == "closed"),
    PolicyRule("scam_risk", FRAUD, lambda _, facts: facts.risk is not None and facts.risk >= RISKY),
    PolicyRule("job_doubtful", UNCHECKED, lambda _, facts: facts.job_state in ("new", "warned", "quarantined")),
    PolicyRule("current_employer", "it is your current employer", lambda _, facts: facts.employer),
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


def blocking_rule(match: Match, facts: Facts) -> PolicyRule | None:
    """The first rule that blocks this match, or ``None``: apply."""
    return next((rule for rule in RULES if rule.blocks(match, facts)), None)


def words(rule: PolicyRule, facts: Facts) -> str:
    """The rule's reason; for a job of our catalog that takes no automatic application, what stands in the way there."""
    if rule.name != "no_auto_apply" or facts.job_state is None:
        return rule.reason
    return not_open(facts.job_state, facts.risk or 0.0) or no_way(facts.apply_url, facts.url, facts.source)


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


def exceeded_limit(limits: ApplyingWishes, company: str, history: Sequence[tuple[str, float]]) -> Limit | None:
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


HISTORY = """
select a.id, a.state, a.company_key, extract(epoch from clock_timestamp() - at)::float8 / 86400 as days
from application a
cross join lateral (
    select case when a.state in ('planned', 'approved') then clock_timestamp()
                when a.run_id = 'elsewhere, dated' then a.submitted_at
                when a.run_id = 'elsewhere' then null  -- nobody said when
                else (select max(e.at) from application_event e
                      where e.application_id = a.id and e.to_state in ('submitting', 'uncertain')) end as at
) sent
where a.person_id = %(person)s and at is not null
  and (a.state in ('submitting', 'submitted', 'refused', 'uncertain')
       or (a.state in ('planned', 'approved') and a.updated_at > clock_timestamp() - interval '1 day'))
"""
"""What counts against a person's limits: what was sent, when it was, and what is about to be."""

ELSEWHERE = "select title, company_key from application where person_id = %s and run_id in ('elsewhere', 'elsewhere, dated')"
"""What the person told us that they sent themselves (:mod:`rolecall.applying.elsewhere`)."""


def sent_elsewhere(conn: Connection, person_id: str) -> frozenset[tuple[str, str]]:
    """Titles and companies, folded, of what the person sent themselves."""
    return frozenset((fold(row["title"]), row["company_key"]) for row in conn.execute(ELSEWHERE, (person_id,)).fetchall() if row["title"])


WISHES = """
select a.person_id, a.title, a.company, a.company_key, a.approval_hash, a.way, a.source, p.preferences,
       exists (select from apply_request r where 'request__' || r.id = a.run_id
               and (r.origin = 'dispatch' or r.origin = 'page' and a.approval_hash is null))
           or (a.hold_until is not null and a.approval_hash is null) as by_itself
from application a join person p on p.id = a.person_id
where a.id = %s for share of p
"""
"""The person's row is locked: who changes their wishes is answered after the intent is committed, or before this reads them."""


def objection_to_sending(conn: Connection, application_id: str) -> str | None:
    """Why the person would not want it sent by now, in words they read; ``None``: nothing speaks against it, or the person is not ours.

    Call it under the person's lock, in the transaction that commits the intent. What the database can tell by itself (consent, the CV, the
    job, another application for it) is asked by ``application_hold``.
    """
    row = conn.execute(WISHES, (application_id,)).fetchone()
    if row is None:
        return None
    said = preferences.said(row["preferences"])
    try:
        preferences.understood(said, preferences.LIMITING)
        wishes = ApplyingWishes.read(said)
    except InvalidInput as error:
        return f"the preferences cannot be understood any more: {error.message}"
    if row["by_itself"] and said.get("auto_apply") is not True:
        return "the consent to automatic applications was withdrawn"
    company = row["company_key"] or company_key(row["company"])
    if company in blacklist(said):
        return "the company is on the blacklist by now"
    if is_employer(row["company"], current_employer(said)):
        return "it is the person's current employer"
    if company and (fold(row["title"]), company) in sent_elsewhere(conn, row["person_id"]):
        return "the person applied for it themselves"
    if wishes.dry_run:
        return "the preferences ask for a dry run by now"
    mode = wishes.mode_for(row["way"], row["source"])
    if mode == "off":
        return "automatic applications are switched off by now"
    if (wishes.asks(stored=True) or mode == "prepare") and not row["approval_hash"]:
        return "the preferences ask for an approval by now"
    sent = conn.execute(HISTORY, {"person": row["person_id"]}).fetchall()
    history = [(one["company_key"], one["days"]) for one in sent if one["state"] not in ("planned", "approved")]
    limit = exceeded_limit(wishes, company, history)
    return limit.reason if limit else None
