"""Who takes applications for us: one submitter per kind of receiver. No submitter, no automatic application."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import quote, urlsplit

import httpx

from rolecall.applying.forms import Form
from rolecall.applying.policy import no_way, not_open
from rolecall.clients.http import json_object, request
from rolecall.errors import BadAnswer, RequestRejected
from rolecall.models import Cv
from rolecall.services.ai.job_facts import JobFacts
from rolecall.settings import user_agent

CONNECT_LIMIT = 3.0
FORWARD_LIMIT = 15.0
"""Seconds a caller waits for the receiver's answer before hearing ``uncertain``; callers themselves wait 30."""

ANSWER_LIMIT = 30.0
"""Seconds of silence after which a receiver's answer is no longer waited for."""


@dataclass(frozen=True)
class SentFile:
    """A file that goes along: what it is (``cv``, ``letter``), its name, its bytes."""

    what: str
    name: str
    body: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def said(self) -> dict[str, Any]:
        """What it is, without its bytes."""
        return {"what": self.what, "name": self.name, "sha256": self.sha256, "bytes": len(self.body)}


@dataclass(frozen=True)
class Application:
    """What a receiver gets.

    :param key: the idempotency key, handed on as it came
    :param answers: field → what is answered, for a receiver whose form asks
    :param flags: fields that are yes or no, whatever the words of the others are
    :param files: what goes along, the CV first
    :param address: where it goes, as it was prepared; ``""``: the receiver has one place for all
    :param form: the form that was prepared, where one is filled in
    :param sender: who sends for the person (their own SMTP settings), where a way needs that
    :param code: waits for the code that a form sends by mail from these domains, where the person switched that on; else ``""``
    :param shown: told how a form looked when it was sent, and its page after that: JPEG
    :param may_leave: asked once more just before the point of no return: the row may have been given up meanwhile
    """

    key: str
    job: JobFacts
    cv: Cv
    cover_letter: str
    answers: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    flags: frozenset[str] = frozenset()
    files: tuple[SentFile, ...] = ()
    address: str = ""
    sender: Any = None
    form: Form | None = None
    may_leave: Callable[[], bool] = field(default=lambda: True, compare=False)
    code: Callable[[tuple[str, ...]], str] = field(default=lambda senders: "", compare=False)
    shown: Callable[[bytes, bytes], None] = field(default=lambda before, after: None, compare=False)

    def body(self) -> dict[str, Any]:
        """The JSON that leaves the house: who applies, with what, for what. Nothing else about the person."""
        cv = self.cv
        applicant = {
            "name": cv.name,
            "email": cv.email,
            "headline": cv.headline,
            "location": cv.location,
            "summary": cv.summary,
            "skills": cv.skills,
        }
        return {
            "jobId": self.job.id,
            "title": self.job.title,
            "company": self.job.company,
            "cvId": cv.id,
            "coverLetter": self.cover_letter,
            "applicant": applicant,
        }


class Submitter(Protocol):
    """One kind of receiver.

    :ivar way: the name of the way out
    :ivar exact: it takes only what was prepared and shown, named by its hash
    :ivar limit: seconds a caller waits for it
    """

    way: str
    exact: bool
    limit: float

    def accepts(self, job: JobFacts) -> bool:
        """Whether it takes applications for this job."""
        ...

    def submit(self, application: Application) -> str:
        """Sends the application, once, and returns the receipt.

        :raises NeverSent, ServiceBusy: it had no effect
        :raises AuthFailed, RequestRejected: the receiver declined
        :raises MaybeReceived, BadAnswer: it may have been received
        """
        ...

    def received(self, key: str) -> str | None:
        """Asks the receiver itself: the receipt of what it got under a key, ``None`` where it got nothing or cannot be asked.

        :raises ServiceError: it does not answer
        """
        ...

    def close(self) -> None:
        """Frees what it holds."""
        ...


class SandboxReceiver:
    """The sandbox's receiving side (``POST /ats/applications/{job}``). It takes only jobs whose apply address is on its own
    origin, so a real page that was captured or scraped is never applied to.

    :param base_url: ``SANDBOX_URL``
    """

    way = "sandbox"
    exact = False
    limit = FORWARD_LIMIT

    def __init__(self, base_url: str) -> None:
        self._origin = origin(base_url)
        limits = httpx.Limits(max_keepalive_connections=0)  # an idle connection that dies under a request makes it look as if it was sent
        timeout = httpx.Timeout(ANSWER_LIMIT, connect=CONNECT_LIMIT)
        headers = {"User-Agent": user_agent()}
        self._http = httpx.Client(base_url=base_url.rstrip("/"), timeout=timeout, limits=limits, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def accepts(self, job: JobFacts) -> bool:
        """Whether the job is applied for on the sandbox's origin."""
        return job.apply_url is not None and origin(job.apply_url) == self._origin is not None

    def submit(self, application: Application) -> str:
        """One POST under the application's key."""
        response = request(
            self._http,
            "POST",
            f"/ats/applications/{quote(application.job.id, safe='')}",
            service="the receiver",
            json=application.body(),
            headers={"Idempotency-Key": application.key},
        )
        receipt = json_object(response, "the receiver").get("receipt")
        if not isinstance(receipt, str) or not receipt:
            raise BadAnswer("the receiver took the application without giving a receipt", fix="look there before repeating it")
        return receipt

    def received(self, key: str) -> str | None:
        """``GET /ats/receipts/{key}``."""
        try:
            response = request(self._http, "GET", f"/ats/receipts/{quote(key, safe='')}", service="the receiver")
        except RequestRejected as error:
            if error.status == 404:
                return None
            raise
        receipt = json_object(response, "the receiver").get("receipt")
        return str(receipt) if receipt else None

    def close(self) -> None:
        """Closes its connections."""
        self._http.close()


def origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an http(s) address, or ``None``."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return parts.scheme, parts.hostname.lower(), port or (443 if parts.scheme == "https" else 80)


def submitter_for(job: JobFacts, known: Sequence[Submitter]) -> Submitter | None:
    """The submitter that takes this job."""
    return next((submitter for submitter in known if submitter.accepts(job)), None)


def obstacle(job: JobFacts, known: Sequence[Submitter]) -> str | None:
    """Why this job cannot be applied for automatically, in words a person reads; ``None``: it can."""
    if stands := not_open("closed" if job.expired else job.state, job.risk):
        return stands
    return no_way(job.apply_url, job.url, job.source) if submitter_for(job, known) is None else None
