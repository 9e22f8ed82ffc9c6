"""Templates: autoescaped, with the few words and numbers that pages share."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache, partial
from pathlib import Path
from typing import Any

import nh3
from babel.dates import format_skeleton
from babel.numbers import format_decimal
from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from rolecall.errors import RolecallError
from rolecall.outbox.compose import BOARD_NAMES
from rolecall.text.percent import whole_percent
from rolecall.web import language as spoken
from rolecall.web.language import ENGLISH, mark, texts

HERE = Path(__file__).parent
STATIC = HERE / "static"

TAGS = {"p", "br", "ul", "ol", "li", "b", "strong", "i", "em", "h2", "h3", "h4", "h5", "div", "span", "blockquote"}
"""What of a posting's own HTML is shown: text, lists, headings; no link, no picture, no attribute."""

STATES = {
    "planned": mark("waits"),
    "approved": mark("leaves soon"),
    "submitting": mark("is leaving"),
    "submitted": mark("sent"),
    "refused": mark("declined"),
    "uncertain": mark("unclear"),
    "cancelled": mark("not sent"),
}
"""States of the ledger in words a person reads."""

ANSWERED = {
    "yes": mark("%(names)s: leaves in about %(seconds)s seconds."),
    "no": mark("%(names)s: is not sent."),
    "later": mark("%(names)s: is asked about again."),
    "back": mark("%(names)s: waits for your answer again."),
}
"""What an answer did."""

SCORED = re.compile(r"\Ascore ([01]\.\d{1,4}), at or above ([01](?:\.\d{1,4})?)\Z")
"""Why something was planned, as it was stored before scores were told in percent."""

FILLED_IN = (
    (
        re.compile(r"\Ascore (?P<score>\d{1,3} %), at or above (?P<threshold>\d{1,3} %)\Z"),
        mark("score %(score)s, at or above %(threshold)s"),
    ),
    (
        re.compile(r"\Athe terms of (?P<whose>.{1,200}) forbid that a machine applies there\Z"),
        mark("the terms of %(whose)s forbid that a machine applies there"),
    ),
)
"""Texts with something filled in that come from elsewhere than the page."""

PER = {"hour": mark("an hour"), "day": mark("a day"), "week": mark("a week"), "month": mark("a month"), "year": mark("a year")}


def number(value: float, language: str = ENGLISH) -> str:
    """``72,000`` or ``72.000``."""
    return str(format_decimal(value, format="#,##0", locale=language))


def say(text: object, language: str = ENGLISH) -> str:
    """A text that is known only now, in this language where its catalogue has it: a state, a title, an error's words."""
    known = SCORED.sub(lambda one: f"score {percent(float(one[1]))}, at or above {percent(float(one[2]))}", str(text or ""))
    if language == ENGLISH or not known:
        return known
    said = texts(language).gettext(known)
    if said != known:
        return str(said)
    for form, text in FILLED_IN:
        if filled := form.match(known):
            return str(texts(language).gettext(text)) % filled.groupdict()
    field, colon, problem = known.partition(": ")  # as InvalidInput says it
    return f"{field}: {texts(language).gettext(problem)}" if colon and problem else known


def salary(row: Mapping[str, Any], language: str = ENGLISH) -> str:
    """``72,000–85,000 EUR a year``; empty where the ad says nothing."""
    low, high = row.get("salary_min"), row.get("salary_max")
    if low is None and high is None:
        return ""
    ends = dict.fromkeys(number(one, language) for one in (low, high) if one is not None)
    if low is not None and high is not None:
        said = "–".join(ends)
    else:
        said = texts(language).gettext(mark("from %(amount)s") if high is None else mark("up to %(amount)s")) % {"amount": next(iter(ends))}
    return " ".join(filter(None, [said, row.get("salary_currency") or "", say(PER.get(row.get("salary_interval") or "", ""), language)]))


def when(value: datetime | None, language: str = ENGLISH) -> Markup:
    """A time that the browser writes in the viewer's zone; without a script it is UTC, and says so."""
    if value is None:
        return Markup("{}").format(say(mark("unknown"), language))
    utc = value.astimezone(UTC)
    shown = f"{day(utc.date(), language)}, {utc:%H:%M}"
    return Markup('<time datetime="{}">{} UTC</time>').format(utc.isoformat(timespec="seconds"), shown)


def day(value: date, language: str = ENGLISH) -> str:
    """``27 Nov 2026``, ``27. Nov. 2026``: the day first, as in :func:`when` and in what the browser makes of it."""
    return str(format_skeleton("yMMMd", value, locale="en_GB" if language == ENGLISH else language))


def posted(value: datetime | None, language: str = ENGLISH) -> str | Markup:
    """When a board says that an ad was posted: most name a day, which is the same in every zone; :func:`when` where one names a time."""
    if value is None:
        return when(value, language)
    utc = value.astimezone(UTC)
    return day(utc.date(), language) if utc.time() == time() else when(value, language)


def percent(value: float | None, language: str = ENGLISH) -> str:
    """``87 %``; unknown is not zero."""
    return say(mark("unknown"), language) if value is None else f"{whole_percent(value)} %"


def many(count: int, one: str, more: str, language: str = ENGLISH) -> str:
    """``1 job``, ``3 jobs``: the form for this many, its ``%(n)s`` the number."""
    return str(texts(language).ngettext(one, more, count)) % {"n": number(count, language)}


def posting_html(text: str | None) -> Markup:
    """A posting's own HTML, of which nothing runs, loads or leads away."""
    return Markup(nh3.clean(text or "", tags=TAGS, attributes={}, strip_comments=True))  # noqa: S704  # cleaned


BROWSERS = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux"}


def device(agent: str, language: str = ENGLISH) -> str:
    """``Chrome on Linux``, as a browser says of itself."""
    browser = next((name for sign, name in BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in agent), "")
    if not system:
        return browser or say(mark("An unknown device"), language)
    named = {"browser": browser or say(mark("A program"), language), "system": system}
    return str(texts(language).gettext(mark("%(browser)s on %(system)s"))) % named


def board_name(name: str) -> str:
    """A board as it writes itself."""
    return BOARD_NAMES.get(name, name)


def web_address(value: object) -> str:
    """The address where it is one of the web, else nothing."""
    return value if isinstance(value, str) and value.startswith(("http://", "https://")) else ""


def marked(text: str, spans: list[tuple[int, int]]) -> Markup:
    """A text with the quoted places highlighted; overlapping ones become one."""
    out, at = Markup(""), 0
    for start, end in sorted(spans):
        start = max(start, at)
        if not start < end <= len(text):
            continue
        out += Markup("{}<mark>{}</mark>").format(text[at:start], text[start:end])
        at = end
    return out + text[at:]


@cache
def _environment(language: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(texts(language), newstyle=True)  # type: ignore[attr-defined]
    own = {one.__name__: partial(one, language=language) for one in (when, day, posted, percent, salary, device, number, say, many)}
    made.filters |= {name: own[name] for name in ("when", "day", "posted", "percent", "salary", "device", "number", "say")}
    made.filters |= {"posting_html": posting_html, "web": web_address, "board_name": board_name}
    made.globals |= {"many": own["many"], "say": own["say"], "states": {key: say(text, language) for key, text in STATES.items()}}
    made.globals |= {"marked": marked, "stamp": _stamp(), "language": language}
    return made


def _stamp() -> str:
    """Changes when a static file does, so that browsers may keep them for ever."""
    found = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def tell(request: Request, text: str, **values: Any) -> str:
    """A text in the language of this request's answer, with its ``%(values)s``."""
    return say(text, spoken.language_of(request)) % values


def refusal(request: Request, error: RolecallError) -> str:
    """Why something was not done, and what to do."""
    return " ".join(f"{one[:1].upper()}{one[1:]}." for one in (tell_plain(request, error.message), tell_plain(request, error.fix)) if one)


def tell_plain(request: Request, text: str) -> str:
    """:func:`tell` for what may hold a per cent sign."""
    return say(text, spoken.language_of(request))


def page(request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """A page. ``viewer`` is whoever came in, or ``None``; ``here`` is the entry of the navigation that it belongs to."""
    values = {
        "root": request.scope.get("root_path", ""),
        "viewer": getattr(request.state, "viewer", None),
        "bar": getattr(request.state, "bar", None),
        "here": "",
        "said": "",
        "wrong": "",
        "fix": "",
        **shown,
    }
    return HTMLResponse(_environment(spoken.language_of(request)).get_template(template).render(values), status_code=status)
