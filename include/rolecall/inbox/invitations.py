"""When and where a meeting is, out of calendar parts and out of text. What is not certain stays empty."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from rolecall.inbox.mail_kinds.phrases import folded
from rolecall.inbox.mail_reader import Mail
from rolecall.inbox.understood import Invitation
from rolecall.text.dates import MONTHS

MOST_ICS = 100_000


def of_calendar(body: bytes) -> Invitation | None:
    """The first meeting of a calendar part; ``None`` where it has none that can be read."""
    try:
        calendar = Calendar.from_ical(body[:MOST_ICS])
        event = next((part for part in calendar.walk("VEVENT") if isinstance(part, Event)), None)
        if event is None:
            return None
        start, zone = _moment(event, "DTSTART")
        end, _ = _moment(event, "DTEND")
        text = f"{_text(event, 'LOCATION')}\n{_text(event, 'DESCRIPTION')}\n{_text(event, 'X-MICROSOFT-SKYPETEAMSMEETINGURL')}"
        day = start.date() if isinstance(start, datetime) else start
        return Invitation(
            method=("cancel" if _text(event, "STATUS").upper() == "CANCELLED" else _text(calendar, "METHOD").lower()[:20]),
            uid=_text(event, "UID")[:500],
            sequence=_number(event.get("SEQUENCE")),
            summary=_text(event, "SUMMARY")[:300],
            start=start.astimezone(UTC) if isinstance(start, datetime) and start.tzinfo else None,
            end=end.astimezone(UTC) if isinstance(end, datetime) and end.tzinfo else None,
            day=day,
            clock=start.time() if isinstance(start, datetime) else None,
            zone=zone,
            link=link(text)[0],
            place=_text(event, "LOCATION")[:300],
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError, StopIteration):
        return None  # the library raises what it likes on damaged calendars


def _text(part: Any, name: str) -> str:
    value = part.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return " ".join(str(value).replace("\0", "").split()) if value is not None else ""


def _number(value: Any) -> int:
    return min(max(int(value), 0), 1_000_000) if isinstance(value, int) else 0


def _moment(event: Event, name: str) -> tuple[datetime | date | None, str]:
    value = event.get(name)
    found = getattr(value, "dt", None)
    if isinstance(found, datetime):
        if not 1970 < found.year < 2100:
            return None, ""
        key = getattr(found.tzinfo, "key", "") if found.tzinfo else ""
        return found, key or (offset(found) if found.tzinfo else "")
    return (found, "") if isinstance(found, date) and 1970 < found.year < 2100 else (None, "")


def offset(moment: datetime) -> str:
    """The UTC offset of an aware time: ``+01:00``."""
    said = moment.strftime("%z")
    return f"{said[:3]}:{said[3:5]}"


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────────────

URL = re.compile(r"https?://[^\s<>\"')\]]{4,500}", re.I)
VIDEO = (
    *("zoom.", "teams.microsoft.", "teams.live.", "meet.google.", "webex.", "whereby.", "meet.jit.si", "gotomeeting.", "bluejeans."),
    *("chime.aws", "meet.", "hirevue.", "sparkhire."),
)
CHOOSING = (
    *("calendly.", "goodtime.io", "cal.com", "calendar.app.google", "outlook.office365.com/owa/calendar", "outlook.office.com/bookwithme"),
    *("doodle.", "youcanbook.me", "savvycal.", "hubspot.com/meetings", "koalendar.", "zcal.", "acuityscheduling.", "paradox.ai", "zeeg."),
    *("/schedule", "/booking", "/book/", "app.greenhouse.io/interview", "meetergo.", "termin.", "rdv."),
)


def link(text: str) -> tuple[str, bool]:
    """(where to meet or to choose a time, whether it is for choosing); ``("", False)``: neither."""
    found = [url.rstrip(".,;") for url in URL.findall(text[:60_000])[:60]]
    for url in found:
        if any(name in url.lower() for name in CHOOSING):
            return url, True
    return next(((url, False) for url in found if any(name in url.lower().split("/")[2] for name in VIDEO)), ("", False))


DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|er)?[. ]{1,2}(?:de |of )?([a-z]{3,10})\b\.?(?:,? (?:de |del )?(\d{4})\b)?")
MONTH_DAY = re.compile(r"\b([a-z]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4})\b)?")
NUMBERS = re.compile(r"(?<![\d./-])(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?(?!\d)")
ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
CLOCK = re.compile(r"(?<![\d:./])(\d{1,2})(?:[:.h](\d{2}))? ?(a\.?m\b|p\.?m\b|uhr\b|h\b|horas\b|heures\b|o.clock\b)?", re.I)
ZONES = {
    "utc": "UTC", "gmt": "UTC", "cet": "Europe/Berlin", "cest": "Europe/Berlin", "mez": "Europe/Berlin", "mesz": "Europe/Berlin",
    "bst": "Europe/London", "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York",
    "cst": "America/Chicago", "cdt": "America/Chicago", "ct": "America/Chicago",
    "mst": "America/Denver", "mdt": "America/Denver", "mt": "America/Denver",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles",
}  # fmt: skip
ZONE = re.compile(
    r"\b(UTC|GMT|CES?T|MES?Z|BST|[ECMP][SD]?T)\b(?: ?([+-]\d{1,2})(?!\d))?"
    r"|\b(?:Europe|America|Asia|Africa|Australia|Pacific)/[A-Z]\w{2,20}"
)
FURTHEST = 14
"""Hours that a zone is from UTC at most: ``CET -30 min`` says how long."""

NEAR = 80
"""Characters between a day and its time of day."""


def of_text(mail: Mail) -> Invitation | None:
    """When a text says that the meeting is. Of two days none is certain; without a zone there is a day and a clock, and no moment."""
    text = mail.text[:20_000]
    url, choose = link(text)
    low = folded(text)
    days = list(dict.fromkeys(_days(low, mail.sent_at)))
    day = clock = None
    zone = ""
    if len({each[0] for each in days}) == 1:
        day, place = days[0]
        clock = _clock(low[place : place + NEAR]) or _clock(low[max(0, place - 30) : place])
        if clock is None:
            day = None  # a day alone may be that of anything: a deadline, a first day at work
        else:
            zone = _zone(text)
    if day is None and not url:
        return None
    start = None
    if day is not None and clock is not None and zone:
        start = datetime.combine(day, clock, tzinfo=_tz(zone)).astimezone(UTC)
    return Invitation(day=day, clock=clock, zone=zone, start=start, link=url, choose=choose)


def _days(low: str, sent: datetime | None) -> list[tuple[date, int]]:
    """(day, where what follows it begins) of each day of a folded text. A day without a year is the next one after the mail."""
    found: list[tuple[date, int]] = []
    for each in list(ISO.finditer(low))[:10]:
        found += _day(int(each[3]), int(each[2]), int(each[1]), sent, each.end())
    for each in list(NUMBERS.finditer(low))[:20]:
        year = int(each[3]) if each[3] else None
        found += _day(int(each[1]), int(each[2]), year + 2000 if year is not None and year < 100 else year, sent, each.end())
    for each in list(DAY_MONTH.finditer(low))[:40]:
        if each[2] in MONTHS:
            found += _day(int(each[1]), MONTHS[each[2]], int(each[3]) if each[3] else None, sent, each.end())
    for each in list(MONTH_DAY.finditer(low))[:40]:
        if each[1] in MONTHS:
            found += _day(int(each[2]), MONTHS[each[1]], int(each[3]) if each[3] else None, sent, each.end())
    return found


def _day(day: int, month: int, year: int | None, sent: datetime | None, end: int) -> list[tuple[date, int]]:
    try:
        if year is not None:
            found = date(year, month, day)
        elif sent is None:
            return []
        else:
            found = date(sent.year, month, day)
            if found < sent.date() - timedelta(days=2):
                found = date(sent.year + 1, month, day)
    except ValueError:
        return []
    near = 1970 < found.year < 2100 if sent is None else timedelta(days=-2) <= found - sent.date() <= timedelta(days=366)
    return [(found, end)] if near else []


def _clock(text: str) -> time | None:
    for each in CLOCK.finditer(text):
        hour, minute, half = int(each[1]), int(each[2] or 0), (each[3] or "").lower().replace(".", "")
        if not each[2] and not half:
            continue
        if half == "pm" and hour < 12:
            hour += 12
        if half == "am" and hour == 12:
            hour = 0
        if hour < 24 and minute < 60:
            return time(hour, minute)
    return None


def _zone(text: str) -> str:
    """IANA name or offset; ``""`` where the text names none, or several."""
    found = set()
    for each in list(ZONE.finditer(text))[:10]:
        if "/" in each[0]:
            found.add(each[0])
        elif each[2] and abs(int(each[2])) <= FURTHEST:
            found.add(f"{int(each[2]):+03d}:00")
        else:
            found.add(ZONES[each[1].lower()])
    return found.pop() if len(found) == 1 else ""


def _tz(zone: str) -> timezone | ZoneInfo:
    if zone[0] in "+-":
        return timezone(timedelta(hours=int(zone[:3])))
    try:
        return ZoneInfo(zone)
    except (ValueError, KeyError):
        return UTC


def invitation(mail: Mail) -> Invitation | None:
    """What a mail says of a meeting: its calendar part where it has one, with the text's link; else its text."""
    found = next((each for each in (of_calendar(body) for body in mail.calendars) if each is not None), None)
    if found is None:
        return of_text(mail)
    if not found.link:
        url, choose = link(mail.text)
        return replace(found, link=url, choose=choose)
    return found
