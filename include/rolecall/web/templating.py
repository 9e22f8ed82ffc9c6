"""Templates: autoescaped, with the few words and numbers that pages share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import nh3
from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

HERE = Path(__file__).parent
STATIC = HERE / "static"

TAGS = {"p", "br", "ul", "ol", "li", "b", "strong", "i", "em", "h2", "h3", "h4", "h5", "div", "span", "blockquote"}
"""What of a posting's own HTML is shown: text, lists, headings; no link, no picture, no attribute."""

STATES = {
    "planned": "waits",
    "approved": "leaves soon",
    "submitting": "is leaving",
    "submitted": "sent",
    "refused": "declined",
    "uncertain": "unclear",
    "cancelled": "not sent",
}
"""States of the ledger in words a person reads."""

PER = {"hour": "an hour", "day": "a day", "week": "a week", "month": "a month", "year": "a year"}


def salary(row: Mapping[str, Any]) -> str:
    """``72,000–85,000 EUR a year``; empty where the ad says nothing."""
    low, high = row.get("salary_min"), row.get("salary_max")
    if low is None and high is None:
        return ""
    ends = dict.fromkeys(f"{one:,.0f}" for one in (low, high) if one is not None)
    said = "–".join(ends) if low is not None and high is not None else f"from {low:,.0f}" if low is not None else f"up to {high:,.0f}"
    return " ".join(filter(None, [said, row.get("salary_currency") or "", PER.get(row.get("salary_interval") or "", "")]))


def when(value: datetime | None) -> Markup:
    """A time that the browser writes in the viewer's zone; without a script it is UTC, and says so."""
    if value is None:
        return Markup("unknown")
    utc = value.astimezone(UTC)
    return Markup('<time datetime="{}">{} UTC</time>').format(utc.isoformat(timespec="seconds"), f"{utc:%d %b %Y, %H:%M}")


def percent(value: float | None) -> str:
    """``87 %``; unknown is not zero."""
    return "unknown" if value is None else f"{int(value * 100 + 1e-9)} %"  # never rounded up over a threshold


def many(count: int, one: str, more: str = "") -> str:
    """``1 job``, ``3 jobs``."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def posting_html(text: str | None) -> Markup:
    """A posting's own HTML, of which nothing runs, loads or leads away."""
    return Markup(nh3.clean(text or "", tags=TAGS, attributes={}, strip_comments=True))  # noqa: S704  # cleaned


BROWSERS = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux"}


def device(agent: str) -> str:
    """``Chrome on Linux``, as a browser says of itself."""
    browser = next((name for sign, name in BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in agent), "")
    return f"{browser or 'A program'} on {system}" if system else browser or "An unknown device"


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
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {"when": when, "percent": percent, "posting_html": posting_html, "salary": salary, "web": web_address, "device": device}
    made.globals |= {"many": many, "states": STATES, "marked": marked, "stamp": _stamp()}
    return made


def _stamp() -> str:
    """Changes when a static file does, so that browsers may keep them for ever."""
    found = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def page(request: Request, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """A page. ``viewer`` is whoever came in, or ``None``; ``here`` is the entry of the navigation that it belongs to."""
    values = {
        "root": request.scope.get("root_path", ""),
        "viewer": getattr(request.state, "viewer", None),
        "bar": getattr(request.state, "bar", None),
        "here": "",
        "said": "",
        "wrong": "",
        **shown,
    }
    return HTMLResponse(_environment().get_template(template).render(values), status_code=status)
