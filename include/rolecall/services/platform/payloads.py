"""What callers of the platform API may send: the seed's bodies, checked strictly."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StrictBool, model_validator
from pydantic.alias_generators import to_camel

from rolecall.models import EmailAddress, Id, JobPosting, Remote, Text
from rolecall.services.route_guards import Body
from rolecall.text.display import unseen
from rolecall.text.html import safe_html, scrub
from rolecall.text.places import with_places

MAX_BULK = 5_000
"""Postings in one bulk POST."""

SEED_NAMES = {"board": "source", "posted_at": "postedDate"}
"""Where the seed's name of a posting's field is not the record's own in camelCase."""

TRACKING = ("utm_", "refid", "trackingid", "trk", "position", "pagenum", "originalsubdomain", "gclid", "fbclid")
"""Query parameters (their beginnings, in lower case) that say who clicked, not which job it is."""


def _utc(value: datetime) -> datetime:
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is beyond the first or the last day of the calendar") from None


def _whole_day(value: Any) -> Any:
    """A plain date is that day's first moment, UTC."""
    if isinstance(value, str) and len(value.strip()) == 10:
        try:
            return datetime.combine(date.fromisoformat(value.strip()), time(), UTC)
        except ValueError:
            return value
    return value


Moment = Annotated[datetime, BeforeValidator(_whole_day), AfterValidator(_utc)]
"""A time in ISO 8601, or a date; without a zone it is taken as UTC."""

Status = Annotated[Text, Field(min_length=1, max_length=100)]


class JobIn(JobPosting):
    """One posting as the seed's scraper sends it: title, company, location, description, postedDate, url, source.

    Any other field of a posting may come along in camelCase (``externalId``, ``remote``, ``salaryMin``, …); what is no
    field of a posting is kept in ``raw``.
    """

    model_config = ConfigDict(
        alias_generator=lambda name: SEED_NAMES.get(name, to_camel(name)),
        extra="allow",
        allow_inf_nan=False,
    )

    board: Annotated[Text, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]
    external_id: Annotated[Text, Field(max_length=300)] = ""  # absent: taken from the url
    url: Annotated[Text, Field(max_length=4000)]
    title: Annotated[Text, Field(min_length=1, max_length=500)]
    company: Annotated[Text, Field(max_length=500)] = ""
    location: Annotated[Text, Field(max_length=10_000)] = ""
    posted_at: Moment | None = None

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: inner for name, inner in scrub(value).items() if inner is not None}

    def posting(self) -> JobPosting:
        """The record that is landed."""
        values = self.model_dump(include=set(JobPosting.model_fields))
        values["board"] = self.board.lower()
        values["external_id"] = self.external_id or stable_id(self.url)
        values["description_html"] = safe_html(self.description_html)
        values["raw"] = {**self.raw, **(self.model_extra or {})}
        return with_places(JobPosting.model_validate(values))


def stable_id(url: str) -> str:
    """An external id for a posting that comes without one: the same for the same address, whoever clicked it."""
    parts = urlsplit(url)
    kept = sorted((name, value) for name, value in parse_qsl(parts.query) if not name.lower().startswith(TRACKING))
    address = f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{urlencode(kept)}"
    return "url-" + hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()[:32]


class BulkIn(Body):
    """``POST /api/v1/jobs/bulk``."""

    jobs: Annotated[list[JobIn], Field(max_length=MAX_BULK)]


class SearchIn(Body):
    """Query of ``GET /api/v1/jobs/search``: every word of ``keywords`` must occur in title, company, place or description."""

    keywords: Annotated[Text, Field(max_length=300)] = ""
    location: Annotated[Text, Field(max_length=300)] = ""
    company: Annotated[Text, Field(max_length=300)] = ""
    source: Annotated[Text, Field(max_length=64)] = ""
    remote: Remote | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class UsersIn(Body):
    """Query of ``GET /api/v1/users``."""

    updated_since: Moment | None = None
    cursor: Annotated[str, Field(max_length=300, pattern=r"^$|^\d{4}-\d\d-\d\dT[0-9:.+-]+ .+$")] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


def _seen(value: str) -> str:
    if found := unseen(value):
        raise ValueError(f"holds {found}, which nobody sees")
    return value


PersonId = Annotated[str, Field(pattern=r"^[\w.:@-]{1,200}$")]
Name = Annotated[Text, Field(min_length=1, max_length=300), AfterValidator(_seen)]
Phone = Annotated[Text, Field(min_length=1, max_length=50), AfterValidator(_seen)]
Mail = Annotated[EmailAddress, AfterValidator(_seen)]


class UserIn(Body):
    """``POST /api/v1/users``."""

    id: PersonId | None = None
    name: Name
    email: Mail
    phone: Phone | None = None
    preferences: dict[str, Any] = Field(default_factory=dict)


class UserPatch(Body):
    """``PATCH /api/v1/users/{id}``: a merge patch (RFC 7396); what is not sent stays, null removes."""

    name: Name = ""
    email: Mail = ""
    phone: Phone | None = None
    preferences: dict[str, Any] | None = None


class MatchesIn(Body):
    """Query of ``GET /api/v1/matches``."""

    user_id: Id | None = None
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.0
    source: Annotated[Text, Field(max_length=64)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class MarkIn(Body):
    """``PUT /api/v1/users/{id}/marks/{job}``: saved, hidden or neither; ``because``: what about a hidden one is not for the person."""

    mark: Literal["saved", "hidden"] | None
    because: Literal["", "employer", "place", "level", "field", "contract", "pay", "other"] = ""


class AnswerIn(Body):
    """``PUT /api/v1/users/{id}/answers``: the person's answer to one question, or that they never answer it.

    :param question: as the form asks it, or a canonical key (``notice_period``)
    :param value: a text, or several where several may be chosen
    :param country: of the job that asked, two letters; for questions whose answer holds for one country
    """

    question: Annotated[Text, Field(min_length=1, max_length=2_000)]
    value: Annotated[str, Field(max_length=10_000)] | list[Annotated[str, Field(max_length=2_000)]] | None = None
    options: Annotated[list[Annotated[str, Field(max_length=2_000)]], Field(max_length=1_000, default_factory=list)]
    country: Annotated[str, Field(pattern="^([A-Za-z]{2})?$")] = ""
    never: bool = False


class ApplicationIn(Body):
    """``POST /api/v1/applications``, in the seed's words."""

    job_id: Id
    user_id: Id
    cv_id: Id
    status: Status
    auto_applied: StrictBool = False
    applied_at: Moment | None = None


class StatusIn(Body):
    """``PATCH /api/v1/applications/{id}/status``."""

    status: Status


class NotificationStatusIn(Body):
    """``PATCH /api/v1/notifications/{id}/status``."""

    status: Status
    sent_at: Moment | None = None
