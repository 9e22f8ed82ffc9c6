"""The kinds of messages, and what holds for each."""

from __future__ import annotations

from dataclasses import dataclass

from rolecall.models import Channel


@dataclass(frozen=True)
class Kind:
    """Where one kind of message goes.

    :param about: the context's fields that identify the fact; a message about the same fact is never sent twice
    :param personal: channels to the person, unless the preferences say otherwise
    :param team: Slack channel
    :param critical: goes to ``ALERT_WEBHOOK_URL`` too
    :param transactional: always goes, at once, one message a fact: no quiet hours, no digest, no opting out
    """

    about: tuple[str, ...]
    personal: tuple[Channel, ...] = ()
    team: str | None = None
    critical: bool = False
    transactional: bool = True


KINDS: dict[str, Kind] = {
    "applied": Kind(("applicationId",), personal=("email", "sms", "push")),
    "uncertain": Kind(("applicationId",), personal=("email", "sms", "push"), team="#alerts"),
    "approval_wanted": Kind(("key",), personal=("email", "sms", "push")),
    "about_to_leave": Kind(("key",), personal=("email", "sms", "push")),
    "status_change": Kind(("applicationId", "status"), personal=("email", "push")),
    "mailbox_refused": Kind(("key",), personal=("email", "push")),
    "reminder": Kind(("applicationId", "days"), personal=("email",), transactional=False),
    "digest": Kind(("key",), personal=("email",), transactional=False),
    "weekly_report": Kind(("key",), personal=("email",), transactional=False),
    "scraped_ok": Kind(("key",), team="#job-scraping"),
    "scraped_error": Kind(("key",), team="#alerts"),
    "scraped_again": Kind(("key",), team="#job-scraping"),
    "alert": Kind(("key",), team="#alerts"),
    "figures": Kind(("key",), team="#analytics"),
    "health_alert": Kind(("key",), team="#alerts", critical=True),
}


def may_unsubscribe(kind: str) -> bool:
    """Whether a person may stop messages of this kind."""
    plan = KINDS.get(kind)
    return plan is not None and not plan.transactional


def is_resendable(kind: str) -> bool:
    """Whether a message of this kind goes out again after an unclear answer: twice is better than never for the team's own news and
    for summaries. What is transactional, or somebody else's, goes out once at most."""
    plan = KINDS.get(kind)
    return plan is not None and (not plan.transactional or not plan.personal)
