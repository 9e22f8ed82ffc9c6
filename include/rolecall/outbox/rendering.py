"""The words of every message: one YAML file a language, each part a Jinja template, laid out as plain text and as HTML.

Plain text and HTML come from the same parts, so that they cannot drift apart. The parts are rendered as text; the HTML layout
escapes them as a whole: nothing that a stranger wrote is ever markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, Undefined, select_autoescape

from rolecall.text.display import isolated, one_line

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGES = ("en", "de", "fr", "es")
"""The first one is used where nobody said another."""

NAMES = ("jobTitle", "companyName", "platform")
"""Fields that a stranger wrote and that stand inside a sentence: one line each, so that they cannot pretend to be another."""

MAX_NAME = 150
SHOWN = 10
"""Jobs one letter shows; the others are counted, so that the button below stays within reach."""


@dataclass(frozen=True)
class Card:
    """One job as it is shown."""

    title: str
    detail: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class LetterPage:
    """Everything one e-mail says, before it is laid out."""

    locale: str
    subject: str
    lead: str = ""
    cards: list[Card] = field(default_factory=list)
    more: str = ""
    facts: list[str] = field(default_factory=list)
    lines_label: str = ""
    lines: list[str] = field(default_factory=list)
    close: str = ""
    action_label: str = ""
    action_url: str = ""
    note: str = ""
    unsubscribe_label: str = ""
    unsubscribe_url: str = ""


def language_of(preferences: Any) -> str:
    """``preferences.notifications.language``, else ``preferences.language``; a region is ignored, an unknown language is English.

    >>> language_of({"language": "de-AT"})
    'de'
    """
    outer = preferences if isinstance(preferences, Mapping) else {}
    inner = outer.get("notifications")
    for source in (inner if isinstance(inner, Mapping) else {}, outer):
        wanted = str(source.get("language") or "").replace("_", "-").split("-")[0].lower()
        if wanted in LANGUAGES:
            return wanted
    return LANGUAGES[0]


def part(language: str, kind: str, name: str, values: Mapping[str, Any]) -> str:
    """One part of a message, such as ``subject``, ``short`` or ``slack``; ``""`` where the kind has none.

    :raises jinja2.UndefinedError: a field is missing
    """
    return _render(language, kind, name, values)


def page(language: str, kind: str, values: Mapping[str, Any], *, unsubscribe_url: str = "") -> LetterPage:
    """The whole page.

    :param unsubscribe_url: where one click stops messages of this kind; ``""`` for those that cannot be stopped
    :raises jinja2.UndefinedError: a field is missing
    """
    plan: dict[str, Any] = words(language)[kind]

    def text(*path: str, card: Any = None) -> str:
        return _render(language, kind, "/".join(path), values if card is None else {**values, **card})

    cards = plan.get("cards") or {}
    cards_of = [{"card": one_line_names(one)} for one in _each(values, cards["each"])] if "each" in cards else [{}] if cards else []
    lines = plan.get("lines") or {}
    return LetterPage(
        locale=words(language)["locale"],
        subject=text("subject"),
        lead=text("lead"),
        cards=[
            Card(text("cards", "title", card=c), text("cards", "detail", card=c), _web(text("cards", "url", card=c)))
            for c in cards_of[:SHOWN]
        ],
        more=words(language)["say"]["more"].format(count=len(cards_of) - SHOWN) if len(cards_of) > SHOWN else "",
        facts=[fact for number in range(len(plan.get("facts") or [])) if (fact := text("facts", str(number)))],
        lines_label=text("lines", "label"),
        lines=[text("lines", "line", card={"line": line}) for line in _each(values, lines["each"])] if lines else [],
        close=text("close"),
        action_label=text("action", "label"),
        action_url=_web(text("action", "url")),
        note=text("note"),
        unsubscribe_label=words(language)["say"]["unsubscribe"] if unsubscribe_url else "",
        unsubscribe_url=unsubscribe_url,
    )


def as_text(shown: LetterPage) -> str:
    """The page as plain text."""
    return _layouts().get_template("letter.txt").render(page=shown).strip()


def as_html(shown: LetterPage) -> str:
    """The page as HTML, everything escaped."""
    return _layouts().get_template("letter.html").render(page=shown)


def unsubscribe_page(*, locale: str, text: str, button: str, undo: bool) -> str:
    """The page of an unsubscribe link: one sentence, one button."""
    return _layouts().get_template("unsubscribe.html").render(locale=locale, text=text, button=button, undo=undo)


def one_line_names(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with names on one line each, and a right-to-left name kept from turning the sentence around it."""
    return {**values, **{name: isolated(one_line(str(values[name] or ""), MAX_NAME)) for name in NAMES if name in values}}


@cache
def words(language: str) -> dict[str, Any]:
    """One language's file."""
    loaded: dict[str, Any] = yaml.safe_load((TEMPLATES / f"{language}.yaml").read_text(encoding="utf-8"))
    return loaded


def _web(url: str) -> str:
    """The address, if a browser may follow it without harm; else none."""
    return url if url.startswith(("https://", "http://")) else ""


def _each(values: Mapping[str, Any], name: str) -> list[Any]:
    """A list of the context; a missing one is missing like any other field."""
    if name not in values:
        StrictUndefined(name=name)._fail_with_undefined_error()
    return list(values[name])


def _render(language: str, kind: str, path: str, values: Mapping[str, Any]) -> str:
    template = _template(language, kind, path)
    if template is None:
        return ""
    given = dict(values)
    if path != "subject" and "{{ subject }}" in _source(language, kind, path):
        given["subject"] = _render(language, kind, "subject", values)
    return template.render(given).strip()


def _source(language: str, kind: str, path: str) -> str:
    found: Any = words(language).get(kind) or (words(LANGUAGES[0])[kind] if path == "slack" else {})
    for step in path.split("/"):
        found = found[int(step)] if isinstance(found, list) else found.get(step) if isinstance(found, dict) else None
        if found is None:
            return ""
    return str(found)


@cache
def _template(language: str, kind: str, path: str) -> Template | None:
    source = _source(language, kind, path)
    return _phrases(language).from_string(source) if source else None


@cache
def _phrases(language: str) -> Environment:
    """Renders text, not HTML: an & stays an & in a subject, and the HTML layout escapes it."""
    spoken = words(language)
    made = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701  # see above
    made.globals["say"] = spoken["say"]
    made.filters["percent"] = lambda score: f"{round(score * 100)} %"
    made.filters["day"] = lambda value: _day(value, spoken)
    made.filters["status"] = lambda status: _status(status, spoken)
    return made


def _day(value: Any, spoken: Mapping[str, Any]) -> str:
    """``2026-11-23`` as people of that language write it."""
    if isinstance(value, Undefined):
        return str(value)  # raises, naming the field
    day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    return str(spoken["day"]).format(day=day.day, month=spoken["months"][day.month - 1])


def _status(status: Any, spoken: Mapping[str, Any]) -> str:
    """A status in the person's language; one that nobody translated stays as it came."""
    text = one_line(str(status), MAX_NAME)
    return str(spoken["statuses"].get(text.lower().replace(" ", "_").replace("-", "_"), text))


@cache
def _layouts() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
