"""Recruitee's open interface: ``POST https://{company}.recruitee.com/api/offers/{slug}/candidates``, no key, from the candidate's side.

Format: https://docs.recruitee.com/reference/offersoffer_idcandidates. ``GET /api/offers/{slug}`` says the questions. Not verified live.
It takes no key: what is not clearly answered is uncertain, and the employer's mail of confirmation settles it.
"""

from __future__ import annotations

import logging
import re
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from rolecall.applying.forms.form_wording import NO, YES, folded
from rolecall.applying.policy import host_of
from rolecall.clients.http import json_object, request
from rolecall.errors import InvalidInput, MaybeReceived, NeverSent, RequestRejected, ServiceError
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.submitters import ANSWER_LIMIT, CONNECT_LIMIT, FORWARD_LIMIT, Application
from rolecall.services.submitters.way_out import Destination, WayOut, destination_of
from rolecall.settings import USER_AGENT

log = logging.getLogger(__name__)

OFFER = re.compile(r"/o/([\w-]{1,200})(?:/c/new)?/?")
TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\.recruitee\.com")


class RecruiteeWay(WayOut):
    """Jobs on a company's own host below recruitee.com."""

    name = "recruitee"
    order: ClassVar[int] = 20
    receipt = "201 with the candidate, then a mail of confirmation"

    def destination(self, job: JobFacts) -> Destination | None:
        """The offer's address; a company's own domain is not known to be Recruitee's."""
        url = job.apply_url or job.url
        host = host_of(url)
        found = OFFER.fullmatch(urlsplit(url).path) if TENANT.fullmatch(host) else None
        if found is None:
            return None
        offer = f"https://{host}/api/offers/{found[1]}"
        return Destination(self.name, f"{offer}/candidates", offer, "Recruitee takes applications by its open interface")


class RecruiteeInterface:
    """Sends one application to one address.

    :param transport: a stand-in for the network
    """

    def __init__(self, *, transport: httpx.BaseTransport | None = None) -> None:
        limits = httpx.Limits(max_keepalive_connections=0)  # an idle connection that dies under a request makes it look as if it was sent
        timeout = httpx.Timeout(ANSWER_LIMIT, connect=CONNECT_LIMIT)
        self._http = httpx.Client(timeout=timeout, limits=limits, headers={"User-Agent": USER_AGENT}, transport=transport)

    def submit(self, application: Application, destination: Destination) -> str:
        """One POST; the receipt is the candidate's number, or that it was created.

        :raises ServiceError: as in :func:`rolecall.clients.http.request`; ``RequestRejected`` also where this person applied before
        """
        files = [
            (
                {"cv": "candidate[cv]", "letter": "candidate[cover_letter_file]"}.get(one.what, f"candidate[{one.what}]"),
                (one.name, one.body),
            )
            for one in application.files
        ]
        response = request(self._http, "POST", destination.address, service="Recruitee", data=fields_of(application), files=files or None)
        if response.status_code < 400 and response.status_code != 201:
            fix = "ask the employer whether it arrived before anything else"
            raise MaybeReceived(f"Recruitee answered {response.status_code}, not 201: it may have taken it", fix=fix)
        if response.status_code != 201:
            raise RequestRejected(f"Recruitee answered {response.status_code}, not 201: nothing was created", status=response.status_code)
        candidate = json_object(response, "Recruitee").get("candidate")
        number = candidate.get("id") if isinstance(candidate, dict) else None
        return f"recruitee candidate {number}" if number else "recruitee: created (201)"

    def offer(self, address: str) -> str:
        """What the interface says of an offer, its questions among it, as JSON.

        :raises ServiceError: it does not
        """
        response = request(self._http, "GET", address, service="Recruitee", timeout=SCHEMA_LIMIT)
        json_object(response, "Recruitee")
        return response.text

    def close(self) -> None:
        """Closes its connections."""
        self._http.close()


SCHEMA_LIMIT = 5.0
"""Seconds the questions may take: nothing is lost where they do not come, it is prepared again."""

INVENTED = "-example.recruitee.com"
"""How a tenant of the sandbox ends: nobody's."""


class RecruiteeSubmitter:
    """Sends by the interface, once; what it took is only in its answer, and in the employer's mail.

    :param sandbox: where the sandbox is, which plays the interface of invented tenants; ``None``: the real one
    """

    way = RecruiteeWay.name
    exact = True
    limit = FORWARD_LIMIT

    def __init__(self, *, sandbox: str | None = None, transport: httpx.BaseTransport | None = None) -> None:
        self._sandbox = sandbox
        self._interface = RecruiteeInterface(transport=transport)

    def accepts(self, job: JobFacts) -> bool:
        """Whether the job is an offer on a company's own host; in a sandbox only an invented company's."""
        found = destination_of(job)
        return found.way == self.way and (self._sandbox is None or host_of(found.address).endswith(INVENTED))

    def submit(self, application: Application) -> str:
        """One POST.

        :raises NeverSent: an answer that the interface has no place for, or the row was given up meanwhile
        """
        if not application.may_leave():
            raise NeverSent("it took too long until the request could begin", fix="nothing was sent")
        try:
            return self._interface.submit(application, Destination(self.way, self._where(application.address)))
        except InvalidInput as error:
            raise NeverSent(error.message, fix=f"{error.fix}; nothing was sent") from error

    def questions(self, where: Destination) -> str | None:
        """The offer as its interface says it now, as JSON; ``None``: it does not say."""
        if not where.schema_url or (self._sandbox is not None and not host_of(where.schema_url).endswith(INVENTED)):
            return None
        try:
            return self._interface.offer(self._where(where.schema_url))
        except ServiceError as error:
            log.warning("the questions of an offer could not be read: %s", error)
            return None

    def _where(self, address: str) -> str:
        """The address, or what plays it in the sandbox."""
        if self._sandbox is None:
            return address
        parts = urlsplit(address)
        return f"{self._sandbox.rstrip('/')}/recruitee/{(parts.hostname or '').partition('.')[0]}{parts.path}"

    def received(self, key: str) -> str | None:
        """Nobody can be asked: the interface knows no keys."""
        return None

    def close(self) -> None:
        """Closes its connections."""
        self._interface.close()


def fields_of(application: Application) -> dict[str, str | list[str]]:
    """The form fields of one application, in the interface's names.

    :raises InvalidInput: an answer that the interface has no place for
    """
    cv = application.cv
    fields: dict[str, str | list[str]] = {"candidate[name]": cv.name, "candidate[email]": cv.email}
    if cv.phone:
        fields["candidate[phone]"] = cv.phone
    if application.cover_letter:
        fields["candidate[cover_letter]"] = application.cover_letter
    own = {"name", "email", "phone", "cv", "cover_letter", "photo"}
    number = 0
    for name, value in application.answers:
        if name in own:
            continue
        question = name.removeprefix("open_question.")
        if question == name or not question.isdigit():
            raise InvalidInput("answers", f"{name}: Recruitee's interface has no such field", fix="apply by hand")
        place = f"candidate[open_question_answers_attributes][{number}]"
        fields[f"{place}[open_question_id]"] = question
        if isinstance(value, tuple):
            fields[f"{place}[multi_content][]"] = list(value)
        elif name in application.flags:
            if folded(value) not in YES | NO:
                raise InvalidInput("answers", f"{name} wants yes or no", fix="answer it with one of both, or apply by hand")
            fields[f"{place}[flag]"] = "true" if folded(value) in YES else "false"
        else:
            fields[f"{place}[content]"] = value
        number += 1
    return fields
