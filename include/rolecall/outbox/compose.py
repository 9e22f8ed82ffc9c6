"""From a fact to the messages that tell it: which kind goes to whom through which channel, in which words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from jinja2 import UndefinedError

from rolecall.errors import InvalidInput
from rolecall.models import Channel
from rolecall.outbox import rendering
from rolecall.outbox.kinds import KINDS, Kind
from rolecall.outbox.message_wishes import Preferences
from rolecall.outbox.messages import Draft
from rolecall.outbox.own_addresses import own_addresses
from rolecall.outbox.segments import fit
from rolecall.outbox.signed_links import unsubscribe_url
from rolecall.text.display import one_line, shorten

SMS_PARTS = 3
"""Parts of one SMS at most; the rest is told by e-mail."""

PUSH = 300
"""Characters of a push text."""


BOARD_NAMES = {"linkedin": "LinkedIn", "indeed": "Indeed", "glassdoor": "Glassdoor"}
"""The seed's spelling; any other board goes by the name it is given."""


def compose(
    kind: str,
    context: Mapping[str, Any],
    *,
    available: Collection[str] | None = None,
    unsubscribe: Callable[[str, str], str] | None = None,
) -> list[Draft]:
    """The drafts that tell one fact. Values may be anything; a missing field is a mistake of the caller.

    Context of every personal kind: ``userId, userEmail, phone, preferences`` and

    =================== =====================================================================================
    applied, uncertain   ``applicationId, jobTitle, companyName, platform, reason``; perhaps ``receipt, matchScore, letter, jobUrl``;
                         ``reasons: [text]`` of an applied one
    approval_wanted      ``key, runId, jobs: [{jobTitle, companyName, matchScore}], approveUrl``; ``again``: why again, or empty;
                         ``answerUrl``: the person's own one-time link, or empty
    about_to_leave       ``key, runId, jobs: [{jobTitle, companyName, matchScore}], minutes``; ``stopUrl``: the person's own link, or empty
    status_change        ``applicationId, jobTitle, companyName, platform, status``
    mailbox_refused      ``key, mailbox, host, reason``
    reminder             the same as status_change and ``days``
    digest               ``key, count, jobs: [{jobTitle, companyName, matchScore, url}], others: [text]``
    weekly_report        ``key, weekStart, weekEnd`` (dates), ``matches, applications, answers, uncertain`` (counts)
    =================== =====================================================================================

    Of the team's: ``scraped_ok``: ``key, board, count, seen``;
    ``scraped_error``: ``key, board, error``; ``scraped_again``: ``key, board, kind,
    since``; ``alert``: ``key, title, text``; ``health_alert``: ``key, service, status``;
    ``figures``: ``key, day, jobs, jobs_before, changes, report``. They may name another Slack channel as
    ``channel``; an ``alert`` with ``critical: true`` goes to ``ALERT_WEBHOOK_URL`` too, perhaps with ``workflow, node, time`` as fields.

    :param available: channels that are set up (``channels.configured``); ``None``: all. E-mail and Slack are always written: what
        must be told waits there, with its reason
    :param unsubscribe: person and kind → where one click stops them; by default from the environment
    :raises InvalidInput: unknown kind, or a field is missing: names it
    """
    plan = KINDS.get(kind)
    if plan is None:
        raise InvalidInput("kind", f"there are no messages of kind {kind!r}", fix=f"use one of {', '.join(KINDS)}")
    boards = {name: BOARD_NAMES.get(str(context[name]), context[name]) for name in ("board", "platform") if name in context}
    values = rendering.one_line_names({**context, **boards})
    try:
        about = ":".join(str(values[name]) for name in plan.about)
        drafts = _to_the_person(kind, plan, about, values, available, unsubscribe or unsubscribe_url) if plan.personal else []
        return drafts + _to_the_team(kind, plan, about, values, available)
    except KeyError as error:
        raise InvalidInput(f"context.{error.args[0]}", "is missing", fix=f"give it to a message of kind {kind!r}") from error
    except UndefinedError as error:
        raise InvalidInput("context", f"{error.message}", fix=f"give it to a message of kind {kind!r}") from error


# ── to the person ───────────────────────────────────────────────────────────────────────────────────────────


def _to_the_person(
    kind: str, plan: Kind, about: str, values: Mapping[str, Any], available: Collection[str] | None, unsubscribe: Callable[[str, str], str]
) -> list[Draft]:
    wishes = Preferences.read(values["preferences"]).for_kind(kind)
    if wishes.opted_out and not plan.transactional:
        return []
    language = rendering.language_of(values["preferences"])
    addresses: dict[str, str] = {
        "email": str(values["userEmail"] or ""),
        "push": str(values["userId"]),
        "sms": str(values["phone"] or ""),
        **own_addresses(values["preferences"]),
    }
    chosen = _channels(plan, wishes.channels, addresses, available)
    stop = "" if plan.transactional else unsubscribe(str(values["userId"]), kind)
    shown = rendering.page(language, kind, values, unsubscribe_url=stop)
    bare = rendering.page(language, kind, {**values, "letter": ""}, unsubscribe_url=stop)  # where nothing can be attached
    return [
        _draft(kind, plan, about, channel, shown if channel == "email" else bare, values, addresses, language, available)
        for channel in chosen
    ]


def _channels(plan: Kind, wanted: list[str] | None, addresses: Mapping[str, str], available: Collection[str] | None) -> list[Channel]:
    """The person's channels for this kind. A message goes out by e-mail at least."""
    usable: tuple[Channel, ...] = ("email", "sms", "push", "telegram", "ntfy")
    chosen: list[Channel] = [
        channel
        for channel in usable
        if (channel in plan.personal if wanted is None else channel in wanted)
        and (available is None or channel in available)
        and (channel in ("email", "push") or addresses.get(channel))
    ]
    return chosen or ["email"]


def _draft(
    kind: str,
    plan: Kind,
    about: str,
    channel: Channel,
    shown: rendering.LetterPage,
    values: Mapping[str, Any],
    addresses: Mapping[str, str],
    language: str,
    available: Collection[str] | None,
) -> Draft:
    mail = channel == "email"
    return Draft(
        dedupe_key=f"{kind}:{about}:{channel}",
        person_id=str(values["userId"]),
        kind=kind,
        type=channel,
        recipient=addresses[channel],
        subject=shown.subject,
        title=shown.subject,
        message=_words(kind, channel, shown, values, language),
        html=rendering.as_html(shown) if mail else None,
        data=_data(kind, channel, shown, values),
        attachments=_letter(values) if mail else [],
        fallback={
            other: address
            for other, address in addresses.items()
            if other != channel and address and (available is None or other in available)
        },
        held=not plan.transactional,
    )


def _words(kind: str, channel: Channel, shown: rendering.LetterPage, values: Mapping[str, Any], language: str) -> str:
    """What the channel has room for; what carries a whole letter's text has the link in it, too."""
    if channel in ("email", "telegram", "ntfy"):
        return rendering.as_text(shown)
    short = rendering.part(language, kind, "short", values)
    return fit(short, SMS_PARTS) if channel == "sms" else shorten(short, PUSH)


def _data(kind: str, channel: Channel, shown: rendering.LetterPage, values: Mapping[str, Any]) -> dict[str, Any]:
    """For an app: what it is about. For what shows a link beside the text: the page that the letter's button opens, which only asks."""
    if channel == "push":
        return {"kind": kind, **{name: values[name] for name in ("applicationId", "runId") if name in values}}
    if channel in ("telegram", "ntfy") and shown.action_url:
        return {"url": shown.action_url, "label": shown.action_label}
    return {}


def _letter(values: Mapping[str, Any]) -> list[dict[str, str]]:
    """The cover letter that went out, for the person's own records."""
    letter = values.get("letter")
    return [{"filename": "cover-letter.txt", "type": "text/plain", "text": str(letter)}] if letter else []


# ── to the team ─────────────────────────────────────────────────────────────────────────────────────────────


def _to_the_team(kind: str, plan: Kind, about: str, values: Mapping[str, Any], available: Collection[str] | None) -> list[Draft]:
    if not plan.team:
        return []
    text = rendering.part("en", kind, "slack", values)
    recipient = str(values.get("channel") or plan.team)
    drafts = [Draft(dedupe_key=f"{kind}:{about}:slack", kind=kind, type="slack", recipient=recipient, message=text)]
    if (plan.critical or values.get("critical")) and (available is None or "alert" in available):
        fields = {name: one_line(str(values[name])) for name in ("workflow", "node", "time", "service") if values.get(name)}
        subject = rendering.part("en", kind, "subject", values)
        drafts.append(
            Draft(dedupe_key=f"{kind}:{about}:alert", kind=kind, type="alert", recipient="team", subject=subject, message=text, data=fields)
        )
    return drafts
