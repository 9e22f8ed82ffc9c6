"""From a fact to the messages that tell it: which kind goes to whom through which channel, in which words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, UndefinedError, select_autoescape

from include.errors import InvalidInput
from include.models import Channel
from include.notifying.outbox import Draft
from include.notifying.text import one_line, shorten

TEMPLATES = Path(__file__).parent / "templates"
SHORT = 300
"""Characters of an SMS or push text: two SMS segments."""


@dataclass(frozen=True)
class Kind:
    """Where one kind of message goes.

    :param about: the context's field that identifies the fact; a message about the same fact is never sent twice
    :param personal: channels to the person, unless the preferences say otherwise
    :param team: Slack channel
    """

    about: str
    personal: tuple[Channel, ...] = ()
    team: str | None = None


KINDS: dict[str, Kind] = {
    "applied": Kind("applicationId", personal=("email", "sms", "push")),
    "uncertain": Kind("applicationId", personal=("email", "sms", "push"), team="#alerts"),
    "scraped_ok": Kind("key", team="#job-scraping"),
    "scraped_error": Kind("key", team="#alerts"),
    "alert": Kind("key", team="#alerts"),
}

NAMES = ("jobTitle", "companyName", "platform")
"""Fields that a stranger wrote and that stand inside a sentence: one line each, so that they cannot pretend to be another."""

BOARD_NAMES = {"linkedin": "LinkedIn", "indeed": "Indeed", "glassdoor": "Glassdoor"}
"""The seed's spelling; any other board goes by the name it is given."""


def compose(kind: str, context: Mapping[str, Any], *, available: Collection[str] | None = None) -> list[Draft]:
    """The drafts that tell one fact. Values may be anything; a missing field is a mistake of the caller.

    Context of ``applied`` and ``uncertain``: ``applicationId, userId, userEmail, phone, preferences, jobTitle, companyName, platform,
    reason`` and perhaps ``receipt, matchScore``; of ``scraped_ok``: ``key, board, count``; of ``scraped_error``: ``key, board,
    error``; of ``alert``: ``key, title, text``. Team kinds may name another Slack channel as ``channel``.

    :param available: channels that are set up (``channels.configured``); ``None``: all. E-mail and Slack are always written: what
        must be told waits there, with its reason
    :raises InvalidInput: unknown kind, or a field is missing: names it
    """
    plan = KINDS.get(kind)
    if plan is None:
        raise InvalidInput("kind", f"there are no messages of kind {kind!r}", fix=f"use one of {', '.join(KINDS)}")
    values = _readable(context)
    try:
        about = str(values[plan.about])
        drafts = [_personal(kind, about, channel, values) for channel in _channels(plan, kind, values, available)]
        if plan.team:
            text = _part(f"{kind}.txt", "slack", values)
            recipient = str(values.get("channel") or plan.team)
            drafts.append(Draft(dedupe_key=f"{kind}:{about}:slack", kind=kind, type="slack", recipient=recipient, message=text))
    except KeyError as error:
        raise InvalidInput(f"context.{error.args[0]}", "is missing", fix=f"give it to a message of kind {kind!r}") from error
    except UndefinedError as error:
        raise InvalidInput("context", f"{error.message}", fix=f"give it to a message of kind {kind!r}") from error
    return drafts


def _readable(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context with names as people write them."""
    names = {name: one_line(str(context[name] or ""), 150) for name in NAMES if name in context}
    boards = {name: BOARD_NAMES.get(str(context[name]), context[name]) for name in ("board", "platform") if name in context}
    return {**context, **names, **boards}


def _channels(plan: Kind, kind: str, values: Mapping[str, Any], available: Collection[str] | None) -> list[Channel]:
    """The person's channels for this kind. A transactional message goes out by e-mail at least."""
    wanted = _preferred(values.get("preferences"), kind)
    chosen: list[Channel] = [
        channel
        for channel in plan.personal
        if (wanted is None or channel in wanted) and (available is None or channel in available) and (channel != "sms" or values["phone"])
    ]
    return chosen or (["email"] if plan.personal else [])


def _preferred(preferences: Any, kind: str) -> list[Any] | None:
    """``preferences.notifications.kinds.<kind>.channels``, else ``preferences.notifications.channels``; ``None`` where unsaid."""

    def inside(value: Any, *path: str) -> Any:
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    for path in (("notifications", "kinds", kind, "channels"), ("notifications", "channels")):
        channels = inside(preferences, *path)
        if isinstance(channels, list):
            return channels
    return None


def _personal(kind: str, about: str, channel: Channel, values: Mapping[str, Any]) -> Draft:
    name = f"{kind}.txt"
    subject = _part(name, "subject", values)
    person_id = str(values["userId"])
    key = f"{kind}:{about}:{channel}"
    if channel == "email":
        return Draft(
            dedupe_key=key,
            person_id=person_id,
            kind=kind,
            type=channel,
            recipient=str(values["userEmail"] or ""),
            subject=subject,
            title=subject,
            message=_part(name, "message", values),
            html=_template(f"{kind}.html").render(values, subject=subject),
        )
    return Draft(
        dedupe_key=key,
        person_id=person_id,
        kind=kind,
        type=channel,
        recipient=str(values["phone"]) if channel == "sms" else person_id,
        subject=subject,
        title=subject,
        message=shorten(_part(name, "short", values), SHORT),
        data={"kind": kind, "applicationId": about} if channel == "push" else {},
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),  # by file name: subjects and texts are no HTML, an & stays an &
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)


def _part(name: str, block: str, values: Mapping[str, Any]) -> str:
    """One block of a text template."""
    template = _template(name)
    return "".join(template.blocks[block](template.new_context(dict(values)))).strip()
