"""What a mail can be, and what was understood of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum


class MailKind(StrEnum):
    """What a mail says about an application, or that it says nothing about one."""

    RECEIVED = "received"
    REJECTED = "rejected"
    INTERVIEW_INVITATION = "interview_invitation"
    ASSESSMENT = "assessment"
    ACTION_NEEDED = "action_needed"
    OFFER = "offer"
    POSITION_CANCELLED = "position_cancelled"
    BOUNCE = "bounce"
    SECURITY_CODE = "security_code"
    RECRUITER_OUTREACH = "recruiter_outreach"
    NOISE_JOB_ALERT = "noise_job_alert"
    OTHER_NOISE = "other_noise"


NOISE = frozenset({MailKind.RECRUITER_OUTREACH, MailKind.NOISE_JOB_ALERT, MailKind.OTHER_NOISE})
"""Kinds that concern no application; they are never assigned to one."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A meeting that a mail asks for, moves or calls off. What is not certain is ``None`` or empty.

    :param method: ``request``, ``cancel``, ``reply``, … of a calendar part; ``""``: only the text says so
    :param uid: the calendar's own id of the meeting, the same over all its changes; ``""`` without a calendar part
    :param sequence: grows with each change
    :param start: when, with its zone, in UTC; ``None`` where the zone or the time is not certain
    :param day: the day where it is, in the zone that is meant
    :param clock: the time of day, in the zone that is meant
    :param zone: IANA name or offset of that zone; ``""``: the mail does not say
    :param link: where to meet (video), or where to choose a time; never opened by Rolecall
    :param choose: the link leads to a page where the person chooses a time
    :param place: where, in the calendar part's words
    """

    method: str = ""
    uid: str = ""
    sequence: int = 0
    summary: str = ""
    start: datetime | None = None
    end: datetime | None = None
    day: date | None = None
    clock: time | None = None
    zone: str = ""
    link: str = ""
    choose: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What one mail says.

    :param application: the id, as given, of the one application that it is about; ``None``: none, or it is not certain which
    :param why: the words or signs that decided, for people to read
    :param candidates: ids of applications it may be about, where that is to be asked
    :param suspicious: why the sender may be somebody else; such a mail settles nothing
    :param sure: ``False``: no rule spoke clearly, the kind is the likeliest
    :param text: the sender's own words, without quotes
    """

    kind: MailKind
    application: str | None
    why: str
    invitation: Invitation | None = None
    candidates: tuple[str, ...] = ()
    suspicious: str = ""
    sure: bool = True
    subject: str = ""
    sender: str = ""
    sender_name: str = ""
    message_id: str = ""
    refers_to: tuple[str, ...] = ()
    sent_at: datetime | None = None
    text: str = ""
