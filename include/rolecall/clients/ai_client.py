"""The AI service (``AI_SERVICE_URL``): job matching, and the door through which applications leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx
from pydantic import ValidationError
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from rolecall.clients.http import json_object, request, trusted
from rolecall.errors import BadAnswer, MaybeReceived, NeverSent, ServiceBusy
from rolecall.models import Match

SERVICE = "the AI service"
MATCH_TIMEOUT = httpx.Timeout(60.0, connect=3.0)
APPLY_TIMEOUT = httpx.Timeout(30.0, connect=3.0)


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """What ``job-match`` answered.

    :param problems: a line for each match that could not be read
    :param more: there may be further matches; only the bundled service says that there are none
    :param jobs: how many jobs it knows; ``None``: it does not say
    :param left_out: criterion, or ``threshold``, → jobs that it left out; empty where a service does not say
    """

    matches: list[Match]
    problems: list[str]
    more: bool = True
    jobs: int | None = None
    left_out: dict[str, int] = field(default_factory=dict)


class AiClient:
    """Calls the AI service with a bearer token. Use as a context manager.

    :param base_url: without a trailing slash
    :param token: bearer; sent only to ``base_url``
    :param transport: what sends; it may know the credentials itself
    :param seconds: how long matching may take, where the usual limit is not right; sending an application keeps its own
    """

    def __init__(
        self, base_url: str, token: str = "", *, transport: httpx.BaseTransport | None = None, seconds: float | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        verify = trusted(base_url)
        timeout = httpx.Timeout(seconds, connect=min(seconds, 3.0)) if seconds else MATCH_TIMEOUT
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=timeout, transport=transport, verify=verify)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def job_match(self, cv: dict[str, Any], criteria: dict[str, Any]) -> tuple[list[Match], list[str]]:
        """:meth:`matched`: the matches it could read, and one line for each it could not.

        :raises BadAnswer: no ``matches`` list
        """
        answer = self.matched(cv, criteria)
        return answer.matches, answer.problems

    def matched(self, cv: dict[str, Any], criteria: dict[str, Any]) -> MatchAnswer:
        """``POST /api/job-match``. Reading again is safe: three tries.

        :raises BadAnswer: no ``matches`` list
        """
        matching = Retrying(
            retry=retry_if_exception_type((NeverSent, ServiceBusy, MaybeReceived)),
            stop=stop_after_attempt(3),
            wait=wait_exponential_jitter(multiplier=1, max=10),
            reraise=True,
        )
        response = matching(request, self._http, "POST", "/api/job-match", service=SERVICE, json={"cv": cv, "criteria": criteria})
        answer = json_object(response, SERVICE)
        found = answer.get("matches")
        if not isinstance(found, list):
            raise BadAnswer(f"{SERVICE} answered job-match without a list of matches", fix="the contract asks for {matches: […]}")
        matches, problems = [], []
        for number, line in enumerate(found):
            try:
                matches.append(Match.model_validate(line))
            except ValidationError as error:
                first = error.errors()[0]
                problems.append(f"match {number}: {'.'.join(map(str, first['loc']))}: {first['msg']}")
        left_out = answer.get("leftOut")
        counts = left_out if isinstance(left_out, dict) else {}
        return MatchAnswer(
            matches,
            problems,
            more=answer.get("more") is not False,
            jobs=answer["jobs"] if isinstance(answer.get("jobs"), int) else None,
            left_out={str(name): many for name, many in counts.items() if isinstance(many, int)},
        )

    def prepare(self, *, job_id: str, cv_id: str, cover_letter: str) -> dict[str, Any]:
        """``POST /api/auto-apply/prepare``: what would be sent, and which questions are open. Nothing leaves.

        Only the bundled service has it.
        """
        body = {"jobId": job_id, "cvId": cv_id, "coverLetter": cover_letter}
        return json_object(request(self._http, "POST", "/api/auto-apply/prepare", service=SERVICE, json=body), SERVICE)

    def auto_apply(
        self, *, job_id: str, cv_id: str, cover_letter: str, platform: str, idempotency_key: str, prepared_hash: str = ""
    ) -> dict[str, Any]:
        """``POST /api/auto-apply``: sends one application, **once**; never repeated here.

        :param prepared_hash: of what was prepared: that is sent, or nothing; ``""``: the seed's request
        :return: the answer, with ``applicationStatus``
        :raises NotAsPrepared: it would not be what was prepared; nothing was sent
        :raises BadAnswer: a 2xx without ``applicationStatus``: it may have been sent
        """
        body = {"jobId": job_id, "cvId": cv_id, "coverLetter": cover_letter, "platform": platform}
        body |= {"hash": prepared_hash} if prepared_hash else {}
        response = request(
            self._http,
            "POST",
            "/api/auto-apply",
            service=SERVICE,
            json=body,
            headers={"Idempotency-Key": idempotency_key},
            timeout=APPLY_TIMEOUT,
        )
        answer = json_object(response, SERVICE)
        if not isinstance(answer.get("applicationStatus"), str):
            raise BadAnswer(
                f"{SERVICE} answered auto-apply without applicationStatus", fix="look there: the application may have been sent"
            )
        return answer

    def auto_apply_status(self, idempotency_key: str, *, at_receiver: bool = False) -> dict[str, Any]:
        """``GET /api/auto-apply/{key}``: what became of one application (the bundled service has it; others may answer 404).

        :param at_receiver: the bundled service asks the receiver instead of its own books; others do not know this and say what they know
        """
        asked = {"receiver": "true"} if at_receiver else None
        response = request(self._http, "GET", f"/api/auto-apply/{quote(idempotency_key, safe='')}", service=SERVICE, params=asked)
        return json_object(response, SERVICE)

    def health(self) -> dict[str, Any]:
        """``GET /health``."""
        return json_object(request(self._http, "GET", "/health", service=SERVICE), SERVICE)
