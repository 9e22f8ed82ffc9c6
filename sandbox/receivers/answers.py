"""What the invented employers answer the applications they received: five mails, the same however often they are asked for.

The first that came by mail is confirmed, the second declined, the first by Recruitee's interface is answered with a meeting (a calendar
part), the first two at the ATS with a test and a receipt; everybody else is silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from icalendar import Calendar, Event

from sandbox.data import slug
from sandbox.records import Records


@dataclass(frozen=True, slots=True)
class Received:
    """An application as its employer knows it."""

    receipt: str
    key: str
    way: str
    at: datetime
    applicant: str
    title: str
    company: str
    sender: str


def answers(records: Records) -> list[dict[str, str]]:
    """``{to, subject, mail}`` of each answer, in the order in which they were written; ``mail`` is the whole of it (RFC 5322)."""
    found = [one for receipt in records.receipts(limit=20_000, bodies=True)["receipts"] if (one := _received(receipt))]
    chosen = {way: [one for one in found if one.way == way] for way in ("mail", "recruitee", "ats")}
    written = [
        *zip(chosen["mail"], ("received", "rejected"), strict=False),
        *zip(chosen["recruitee"], ("interview",), strict=False),
        *zip(chosen["ats"], ("assessment", "received"), strict=False),
    ]
    mails = [WRITTEN[kind](one) for one, kind in written]
    return [{"to": str(each["To"]), "subject": str(each["Subject"]), "mail": each.as_string()} for each in mails]


def _received(receipt: Mapping[str, Any]) -> Received | None:
    """``None`` where the body is gone, or says too little to answer it."""
    body, way = receipt["body"] or {}, receipt["way"]
    applicant = (body.get("applicant") or {}).get("email") if way == "ats" else body.get("from")
    company = str(body.get("to") if way == "recruitee" else body.get("company") or "")
    if not (applicant and company and body.get("title")):
        return None
    sender = f"no-reply@{slug(company)}-example.recruitee.com" if way == "recruitee" else f"jobs@{slug(company)}.example"
    return Received(
        receipt["receipt"], receipt["key"], way, datetime.fromisoformat(receipt["at"]), applicant, body["title"], company, sender
    )


def _mail(one: Received, subject: str, lines: Iterable[str]) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f'"{one.company}" <{one.sender}>', one.applicant, subject
    made["Date"] = format_datetime(one.at + timedelta(minutes=1))
    made["Message-ID"] = f"<{one.receipt.lower()}@{one.sender.partition('@')[2]}>"
    if one.way == "mail":
        made["In-Reply-To"] = one.key
    made.set_content("\n\n".join(["Hello,", *lines, f"Kind regards\n{one.company}"]))
    return made


def _confirmed(one: Received) -> EmailMessage:
    return _mail(one, f"Your application: {one.title}", [
        f"thank you for applying. We have received your application for the position of {one.title} at {one.company}.",
        "We will look at it and get back to you.",
    ])  # fmt: skip


def _declined(one: Received) -> EmailMessage:
    return _mail(one, f"Your application: {one.title}", [
        f"thank you for the time you took for your application for the position of {one.title} at {one.company}.",
        "After careful consideration we have decided to move forward with other candidates. We wish you all the best.",
    ])  # fmt: skip


def _tested(one: Received) -> EmailMessage:
    return _mail(one, f"Next step of your application: {one.title}", [
        f"we have looked at your application for the position of {one.title} at {one.company}.",
        "As a next step, please complete our online assessment within seven days. It takes about an hour.",
    ])  # fmt: skip


def meeting_of(one: Received) -> datetime:
    """10:00 UTC of the working day that comes a week after the application."""
    day = (one.at + timedelta(days=7)).replace(hour=10, minute=0, second=0, microsecond=0)
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)


def _invited(one: Received) -> EmailMessage:
    starts = meeting_of(one)
    made = _mail(one, f"Invitation to an interview: {one.title}", [
        f"we would like to invite you to an interview for the position of {one.title} at {one.company}.",
        f"We suggest {starts:%d %B %Y}, {starts:%H:%M} UTC, by video. The entry for your calendar is attached.",
    ])  # fmt: skip
    event = Event()
    for name, value in (
        ("uid", f"{one.receipt.lower()}@{one.sender.partition('@')[2]}"), ("dtstamp", one.at), ("sequence", 0), ("dtstart", starts),
        ("dtend", starts + timedelta(minutes=45)), ("summary", f"Interview: {one.title}"), ("location", "by video"),
    ):  # fmt: skip
        event.add(name, value)
    calendar = Calendar()
    for name, value in (("prodid", "-//Rolecall's sandbox//EN"), ("version", "2.0"), ("method", "REQUEST")):
        calendar.add(name, value)
    calendar.add_component(event)
    made.add_attachment(calendar.to_ical(), maintype="text", subtype="calendar", filename="invite.ics", params={"method": "REQUEST"})
    made.set_boundary(f"=={one.receipt}==")
    return made


WRITTEN: dict[str, Callable[[Received], EmailMessage]] = {
    "received": _confirmed, "rejected": _declined, "assessment": _tested, "interview": _invited,
}  # fmt: skip
