"""The records that travel through Rolecall. Unknown is ``None``, never guessed.

JSON on the seed's contracts is camelCase; these models read and write both spellings.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.alias_generators import to_camel

from rolecall.criteria import THRESHOLD, check_transport
from rolecall.errors import InvalidInput, first_of, suggesting

Remote = Literal["remote", "hybrid", "onsite"]
SalaryInterval = Literal["hour", "day", "week", "month", "year"]
Channel = Literal["email", "sms", "push", "telegram", "ntfy", "slack", "alert"]

Text = Annotated[str, BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value)]
"""A string without surrounding white space."""

Id = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value), Field(min_length=1, max_length=200)]
"""An id of ours or of another service; whole numbers are taken as their digits."""


EmailAddress = Annotated[str, Field(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$", max_length=254)]
"""An address by shape only: a platform's own domain (``.local``, ``.test``) is its own business."""


UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


def text_digest(text: str) -> str:
    """SHA-256 of a text in hex: how a token is kept, compared and looked up."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def digest(value: Any) -> str:
    """SHA-256 in hex of a JSON-able value, the same for equal values whatever the order of keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


class Record(BaseModel):
    """Base of all records: camelCase aliases, unknown fields ignored."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", defer_build=True)


class SearchQuery(Record):
    """One search on one board.

    :param keywords: what to look for, as typed into the board's search box
    :param location: where, as typed; empty means anywhere
    :param remote: only work from home, on boards that can be asked for it
    :param max_results: cards to take at most, 1 to 10,000
    :param company: whose board, on services that give every employer one of its own (Greenhouse, Lever, Ashby, …)
    :param radius: kilometres around the place, on boards that can be asked for it
    :param max_age_days: only ads so young, likewise
    :param contract: only this kind of contract, as :data:`rolecall.text.html.EMPLOYMENT` names it, likewise
    """

    keywords: Text = Field(default="", max_length=300)
    location: Text = Field(default="", max_length=300)
    remote: bool = False
    max_results: int = Field(default=50, ge=1, le=10_000)
    company: Text = Field(default="", max_length=200)
    radius: int | None = Field(default=None, ge=1, le=1_000)
    max_age_days: int | None = Field(default=None, ge=1, le=3_650)
    contract: Text = Field(default="", max_length=40)

    @property
    def key(self) -> str:
        """A stable, readable name: ``data engineer @ Berlin``, ``acme: data engineer @ anywhere``."""
        what = f"{self.keywords or 'anything'} @ {self.location or 'anywhere'}{', remote' if self.remote else ''}"
        what += "".join(
            said
            for said, asked in (
                (f", {self.radius} km around", self.radius),
                (f", {self.max_age_days} days old at most", self.max_age_days),
                (f", {self.contract}", self.contract),
            )
            if asked
        )
        return f"{self.company}: {what}" if self.company else what


class JobPlace(Record):
    """One of the places of a job, in English; ``None`` is what nobody said.

    :param zone: several countries, where no single one is named: "Europe", "Worldwide", "UTC-5 to UTC+1"
    :param area: the city and what is around it
    :param part: the borough or quarter of the city
    """

    city: str | None = Field(default=None, max_length=300)
    region: str | None = Field(default=None, max_length=300)
    country: str | None = Field(default=None, max_length=300)
    remote: Remote | None = None
    zone: str | None = Field(default=None, max_length=300)
    area: bool = False
    part: str | None = Field(default=None, max_length=300)


def is_web_address(text: str) -> bool:
    """Whether it is an http(s) address that can be taken apart: ``https://[x/jobs`` cannot. That it leads anywhere is the catalog's rule.

    >>> is_web_address("https://acme.example/jobs"), is_web_address("https://[x/jobs")
    (True, False)
    """
    try:
        urlsplit(text)
    except ValueError:  # a bracket that never ends
        return False
    return text.startswith(("http://", "https://"))


MAILTO = re.compile(r"mailto:[^@\s?]{1,64}@[^@\s?]{1,253}(?:\?\S{0,1000})?")
"""Where a job is applied for by mail."""


class JobPosting(Record):
    """What one board says about one job, normalised at the edge. Times are aware UTC; money is in ``salary_currency``.

    :param places: every place it is open in; ``city``, ``region`` and ``country`` are the first one's. Not given: read from ``location``
        where a posting comes in (:func:`rolecall.text.places.with_places`)
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", defer_build=True, allow_inf_nan=False)

    board: str = Field(min_length=1, max_length=64)
    external_id: str = Field(min_length=1, max_length=500)  # it is in an index, whose rows hold less than 2,704 bytes
    url: str = Field(max_length=4_000)
    title: Text = Field(min_length=1, max_length=10_000)
    company: Text = Field(default="", max_length=10_000)
    location: Text = Field(default="", max_length=10_000)
    city: str | None = None
    region: str | None = None
    country: str | None = None
    remote: Remote | None = None
    places: list[JobPlace] = Field(default_factory=list, max_length=1_000)
    posted_at: datetime | None = None
    description: str | None = None
    description_html: str | None = None
    employment_type: str | None = None
    seniority: str | None = None
    salary_min: float | None = None
    salary_max: float | None = None
    salary_currency: str | None = None
    salary_interval: SalaryInterval | None = None
    apply_url: str | None = None
    apply_kind: str | None = None
    expired: bool = False
    raw: dict[str, Any] = Field(default_factory=dict)

    @field_validator("posted_at")
    @classmethod
    def _somebodys_day(cls, value: datetime | None) -> datetime | None:
        """A day on which nobody can have posted (a library's first or last) is none; Postgres would keep it and Python not read it back."""
        return value if value is not None and 1900 <= value.year <= 9000 else None

    @field_validator("url", "apply_url")
    @classmethod
    def _web_address(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None or is_web_address(value):
            return value
        if info.field_name == "apply_url" and MAILTO.fullmatch(value):
            return value
        raise ValueError(
            "must be an http(s) address" if info.field_name == "url" else "must be an http(s) address, or mailto: and an address"
        )

    @property
    def content_hash(self) -> str:
        """Changes when, and only when, something a reader can see changed."""
        return digest(self.model_dump(mode="json", exclude={"raw"}))


class Role(Record):
    """One position in a CV."""

    title: Text
    company: Text = ""
    start: str | None = None
    end: str | None = None
    months: int | None = Field(default=None, ge=0)
    text: str = ""


class Cv(Record):
    """A person's CV, as the matcher and the letter writer read it. ``text`` is the whole CV as plain text.

    :param spans: field → ``[start, end)`` in ``text`` that it was read from: ``name``, ``skills[0]``, ``roles[1].company``, …; a field
        without one was not read from the text (a link behind a word, years counted from roles)
    :param sure: field → how sure the reader is of it, 0 (not read: ask) to 1; empty for a CV that came as fields, which its owner wrote
    :param warnings: what a reader should know about the file, such as text that nobody can see and that was left out
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="allow")

    id: Id | None = None
    user_id: Id | None = Field(default=None, validation_alias=AliasChoices("userId", "user_id", "personId", "person_id"))
    name: Text = ""
    email: Text = ""
    phone: Text = ""
    links: list[str] = Field(default_factory=list)
    headline: Text = Field(default="", validation_alias=AliasChoices("headline", "title", "label"))
    location: Text = ""
    skills: list[str] = Field(default_factory=list)
    roles: list[Role] = Field(default_factory=list, validation_alias=AliasChoices("roles", "experience", "work"))
    education: list[str] = Field(default_factory=list)
    languages: list[str] = Field(default_factory=list)
    years: float | None = Field(default=None, ge=0, le=80)
    summary: str = ""
    text: str = ""
    spans: dict[str, tuple[int, int]] = Field(default_factory=dict)
    sure: dict[str, float] = Field(default_factory=dict)
    warnings: list[str] = Field(default_factory=list)


class Reason(Record):
    """One piece of evidence: what the ad asks, where it says so, where the CV answers, and how well.

    Spans are ``[start, end)`` character offsets into the ad's and the CV's text; ``None`` where there is nothing to point at. The quotes
    are what stands there.
    """

    kind: str
    label: str
    verdict: Literal["direct", "strong", "transferable", "missing", "unknown"]
    weight: float = 0.0
    ad_span: tuple[int, int] | None = None
    cv_span: tuple[int, int] | None = None
    ad_quote: str = ""
    cv_quote: str = ""
    text: str = ""


class Match(Record):
    """One line of the AI service's answer. Only the seed's fields are required; ``company``/``title`` go by two names."""

    id: Id
    title: Text = Field(default="", validation_alias=AliasChoices("title", "jobTitle", "job_title"))
    company: Text = Field(default="", validation_alias=AliasChoices("company", "companyName", "company_name"))
    source: Text = Field(min_length=1, max_length=100)
    match_score: float = Field(ge=0, le=1, validation_alias=AliasChoices("matchScore", "match_score"))
    can_auto_apply: bool = Field(validation_alias=AliasChoices("canAutoApply", "can_auto_apply"))
    already_applied: bool = Field(default=False, validation_alias=AliasChoices("alreadyApplied", "already_applied"))
    generated_cover_letter: str | None = Field(
        default=None, validation_alias=AliasChoices("generatedCoverLetter", "generated_cover_letter")
    )
    match_reasons: list[Any] = Field(default_factory=list, validation_alias=AliasChoices("matchReasons", "match_reasons", "reasons"))
    recommendations: list[Any] = Field(default_factory=list)
    url: str | None = None
    engine: str = ""
    way: str | None = Field(default=None, max_length=40)
    """By which way it would be applied for, as the bundled service says; ``None``: the service says nothing of ways."""
    prepared: dict[str, Any] | None = None
    """What ``prepare`` answered."""

    @property
    def by_itself(self) -> bool:
        """Whether it leaves for a real employer, not for whoever the service knows."""
        return self.way not in (None, "sandbox")

    @field_validator("url", mode="before")
    @classmethod
    def _web_address(cls, value: object) -> object:
        """Where the ad can be read; anything else than a web address is none."""
        return value if isinstance(value, str) and len(value) <= 2000 and is_web_address(value) else None

    @property
    def reason_texts(self) -> list[str]:
        """The first five reasons in words, whatever shape the service gives them."""
        said = [reason.get("text") if isinstance(reason, dict) else reason for reason in self.match_reasons]
        return [text.strip()[:300] for text in said if isinstance(text, str) and text.strip()][:5]


class ApplyOrder(Record):
    """What ``auto_apply`` is asked to do: the validated conf of one run."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", hide_input_in_errors=True)

    cv_id: Id
    user_id: Id
    user_email: EmailAddress
    criteria: Annotated[dict[str, Any], AfterValidator(check_transport)] = Field(default_factory=dict)
    threshold: float = Field(default=THRESHOLD, ge=0, le=1)
    batch_size: int = Field(default=5, ge=1, le=100)
    delay_seconds: float = Field(default=2, ge=0, le=3600)
    dry_run: bool = False
    approval: bool = False
    request_id: Annotated[str, Field(pattern=UUID)] | None = None

    @classmethod
    def of(cls, conf: Mapping[str, Any]) -> ApplyOrder:
        """Reads a run's conf. A field that was emptied in the form counts as one that was left alone.

        :raises InvalidInput: names every key that is unknown, else the first value that is wrong
        """
        known = {to_camel(name) for name in cls.model_fields}
        if strange := sorted(set(conf) - known):
            raise InvalidInput("conf", f"unknown: {suggesting(strange, known)}"[:500], fix=f"auto_apply knows {', '.join(sorted(known))}")
        try:
            return cls.model_validate({name: value for name, value in dict(conf).items() if value is not None})
        except ValidationError as error:
            raise first_of(error, "conf") from None


class Attachment(Record):
    """A file of an e-mail: ``text``, or ``content`` in base64."""

    filename: str = Field(min_length=1, max_length=200)
    type: str = Field(default="application/octet-stream", pattern=r"^[a-z0-9.+-]+/[a-z0-9.+-]+$")
    text: str | None = None
    content: str | None = None


class Message(Record):
    """The seed's notification message: what the queue carries and what ``send_notifications`` delivers.

    :param kind: of ours, such as ``reminder``; empty for other producers
    """

    id: Id
    type: str
    recipient: str
    subject: str = ""
    message: str
    html: str | None = None
    user_id: str | None = None
    title: str = ""
    data: dict[str, Any] = Field(default_factory=dict)
    kind: str = ""
    cc: list[str] = Field(default_factory=list)
    bcc: list[str] = Field(default_factory=list)
    attachments: list[Attachment] = Field(default_factory=list)
