"""The platform API (``API_BASE_URL``): the seed's InternalAPIConnector, typed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from rolecall.clients.http import json_object, request
from rolecall.errors import BadAnswer, MaybeReceived, NeverSent, RequestRejected, ServiceBusy

SERVICE = "the platform API"
TIMEOUT = httpx.Timeout(10.0, connect=3.0)

LONGEST_PAUSE = 30.0
"""Seconds of a ``Retry-After`` that are waited for here. Who asks for more is asked again by the next run of the task."""

backoff = wait_exponential_jitter(multiplier=1, max=10)


def worth_repeating(error: BaseException) -> bool:
    """Whether the same call may succeed in a moment; for calls that may be repeated at all."""
    if isinstance(error, ServiceBusy):
        return (error.retry_after or 0.0) <= LONGEST_PAUSE
    return isinstance(error, NeverSent | MaybeReceived)


def pause(state: RetryCallState) -> float:
    """Seconds until the next try: 1 s, 2 s, … with jitter, and never less than the service asked for."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, ServiceBusy) else None
    return max(float(backoff(state)), asked or 0.0)


repeatable = Retrying(retry=retry_if_exception(worth_repeating), stop=stop_after_attempt(3), wait=pause, reraise=True)
"""Three tries: for reads and for writes that the contract makes idempotent (PUT, PATCH, the bulk POST under its key)."""


class PlatformClient:
    """Calls the platform API with a bearer token. Use as a context manager.

    :param base_url: without a trailing slash
    :param token: bearer; sent only to ``base_url``
    :param transport: what sends; it may know the credentials itself
    :param seconds: how long an answer may take, where the usual limit is not right
    """

    def __init__(
        self, base_url: str, token: str = "", *, transport: httpx.BaseTransport | None = None, seconds: float | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        timeout = httpx.Timeout(seconds, connect=min(seconds, 3.0)) if seconds else TIMEOUT
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=timeout, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def _call(self, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        return json_object(request(self._http, method, path, service=SERVICE, **kwargs), SERVICE)

    def _repeat(self, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        answer: dict[str, Any] = repeatable(self._call, method, path, **kwargs)
        return answer

    def get_cv(self, cv_id: str, *, user_token: str | None = None) -> dict[str, Any]:
        """``GET /api/v1/cv/{id}``: the CV as served, with the person's own token where one is given."""
        headers = {"Authorization": f"Bearer {user_token}"} if user_token else {}
        answer = self._repeat("GET", f"/api/v1/cv/{quote(cv_id, safe='')}", headers=headers)
        inner = answer.get("cv")
        return inner if isinstance(inner, dict) else answer

    def bulk_create_jobs(self, jobs: Sequence[dict[str, Any]], *, idempotency_key: str) -> int:
        """``POST /api/v1/jobs/bulk``: returns the count it confirms.

        :raises BadAnswer: not 201, or a count that is not the number sent
        """
        response = repeatable(
            request,
            self._http,
            "POST",
            "/api/v1/jobs/bulk",
            service=SERVICE,
            json={"jobs": list(jobs)},
            headers={"Idempotency-Key": idempotency_key},
        )
        if response.status_code != 201:
            raise BadAnswer(f"{SERVICE} answered {response.status_code} to the bulk POST", fix="201 is what the contract asks for")
        count = json_object(response, SERVICE).get("count")
        if count != len(jobs):
            raise BadAnswer(f"{SERVICE} confirmed {count} of {len(jobs)} jobs", fix="look at its log; the rest is sent again next time")
        return len(jobs)

    def create_application(
        self, *, job_id: str, user_id: str, cv_id: str, status: str, applied_at: datetime, idempotency_key: str
    ) -> dict[str, Any]:
        """``POST /api/v1/applications`` in the seed's words. One try: the outbox repeats it."""
        body = {
            "jobId": job_id,
            "userId": user_id,
            "cvId": cv_id,
            "status": status,
            "autoApplied": True,
            "appliedAt": applied_at.isoformat(),
        }
        return self._call("POST", "/api/v1/applications", json=body, headers={"Idempotency-Key": idempotency_key})

    def application(self, application_id: str) -> dict[str, Any]:
        """``GET /api/v1/applications/{id}``: the record with its ``status`` (the bundled platform has it; others may answer 404)."""
        return self._repeat("GET", f"/api/v1/applications/{quote(application_id, safe='')}")

    def update_application_status(self, application_id: str, status: str) -> dict[str, Any]:
        """``PATCH /api/v1/applications/{id}/status``."""
        return self._repeat("PATCH", f"/api/v1/applications/{quote(application_id, safe='')}/status", json={"status": status})

    def update_notification_status(self, notification_id: str, status: str, sent_at: datetime | None) -> dict[str, Any]:
        """``PATCH /api/v1/notifications/{id}/status``. One try: the outbox repeats it."""
        body = {"status": status, "sentAt": sent_at.isoformat() if sent_at else None}
        return self._call("PATCH", f"/api/v1/notifications/{quote(notification_id, safe='')}/status", json=body)

    def create_user(self, user: dict[str, Any]) -> dict[str, Any]:
        """``POST /api/v1/users`` of the bundled platform: the person, and their own ``token``. One try."""
        return self._call("POST", "/api/v1/users", json=user)

    def change_user(self, user_id: str, patch: dict[str, Any]) -> dict[str, Any]:
        """``PATCH /api/v1/users/{id}`` of the bundled platform: a merge patch (RFC 7396). The person as they are then."""
        return self._repeat("PATCH", f"/api/v1/users/{quote(user_id, safe='')}", json=patch)

    def upload_cv(self, user_id: str, data: bytes, *, filename: str, cv_id: str = "", another: bool = False) -> dict[str, Any]:
        """``POST /api/v1/cv`` of the bundled platform: what was read. A file of the same name again comes in the place of the one before.

        :param cv_id: takes this CV's place; empty: that of its name, or it is a new one
        :param another: it is one more, whatever its name
        """
        asked = {"userId": user_id, "filename": filename} | ({"cvId": cv_id} if cv_id else {}) | ({"another": "yes"} if another else {})
        return self._repeat("POST", "/api/v1/cv", params=asked, content=data, headers={"Content-Type": "application/octet-stream"})

    def cvs(self, user_id: str) -> list[dict[str, Any]]:
        """``GET /api/v1/users/{id}/cvs`` of the bundled platform: the one changed last first."""
        answer = self._repeat("GET", f"/api/v1/users/{quote(user_id, safe='')}/cvs")
        return [one for one in answer.get("cvs", []) if isinstance(one, dict)]

    def remove_cv(self, cv_id: str) -> dict[str, Any]:
        """``DELETE /api/v1/cv/{id}`` of the bundled platform: ``{id, filename, matches, withdrawn, askedAnew}``. One try."""
        return self._call("DELETE", f"/api/v1/cv/{quote(cv_id, safe='')}")

    def matches(self, user_id: str, *, limit: int) -> dict[str, Any]:
        """``GET /api/v1/matches`` of the bundled platform: ``{"matches", "total"}``, best first."""
        return self._repeat("GET", "/api/v1/matches", params={"userId": user_id, "limit": min(limit, 200)})

    def preview(self, user_id: str, *, criteria: dict[str, Any], threshold: float | None = None, limit: int = 10) -> dict[str, Any]:
        """``GET /api/v1/matches/preview`` of the bundled platform: what changed wishes would have given. Nothing is changed.

        :param criteria: a merge patch of the person's criteria
        :param threshold: another one than the person's; 0 to 1
        """
        asked: dict[str, Any] = {"userId": user_id, "criteria": json.dumps(criteria), "limit": min(limit, 50)}
        return self._repeat("GET", "/api/v1/matches/preview", params=asked | ({} if threshold is None else {"threshold": threshold}))

    def mark(self, user_id: str, job_id: str, mark: str | None, because: str = "") -> dict[str, Any]:
        """``PUT /api/v1/users/{id}/marks/{job}`` of the bundled platform."""
        path = f"/api/v1/users/{quote(user_id, safe='')}/marks/{quote(job_id, safe='')}"
        return self._repeat("PUT", path, json={"mark": mark, "because": because})

    def own_order(self, user_id: str, *, forget: bool = False) -> dict[str, Any]:
        """``GET``, or ``DELETE``, ``/api/v1/users/{id}/own-order`` of the bundled platform."""
        return self._repeat("DELETE" if forget else "GET", f"/api/v1/users/{quote(user_id, safe='')}/own-order")

    def answers(self, user_id: str) -> list[dict[str, Any]]:
        """``GET /api/v1/users/{id}/answers`` of the bundled platform."""
        found: list[dict[str, Any]] = self._repeat("GET", f"/api/v1/users/{quote(user_id, safe='')}/answers")["answers"]
        return found

    def questions(self, user_id: str) -> list[dict[str, Any]]:
        """What the person's applications wait for (``open`` of the same answer)."""
        found: list[dict[str, Any]] = self._repeat("GET", f"/api/v1/users/{quote(user_id, safe='')}/answers")["open"]
        return found

    def keep_smtp(self, user_id: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """``PUT``, or without a body ``DELETE``, ``/api/v1/users/{id}/smtp`` of the bundled platform. One try."""
        return self._call("PUT" if body else "DELETE", f"/api/v1/users/{quote(user_id, safe='')}/smtp", **({"json": body} if body else {}))

    def stop(self, user_id: str) -> list[str]:
        """``POST /api/v1/users/{id}/stop`` of the bundled platform: what was about to leave, and waits for a yes now."""
        found: list[str] = self._repeat("POST", f"/api/v1/users/{quote(user_id, safe='')}/stop")["stopped"]
        return found

    def by_hand(self, user_id: str, job_id: str, decision: str) -> str:
        """``POST /api/v1/users/{id}/by-hand`` of the bundled platform; in words."""
        body = {"jobId": job_id, "decision": decision}
        return str(self._repeat("POST", f"/api/v1/users/{quote(user_id, safe='')}/by-hand", json=body)["words"])

    def answer(self, user_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """``PUT /api/v1/users/{id}/answers`` of the bundled platform: the answer as it is kept."""
        return self._repeat("PUT", f"/api/v1/users/{quote(user_id, safe='')}/answers", json=body)

    def issue_token(self, user_id: str) -> dict[str, Any]:
        """``POST /api/v1/users/{id}/token`` of the bundled platform: a new ``token``. One try."""
        return self._call("POST", f"/api/v1/users/{quote(user_id, safe='')}/token")

    def revoke_token(self, user_id: str) -> None:
        """``DELETE /api/v1/users/{id}/token`` of the bundled platform."""
        self._repeat("DELETE", f"/api/v1/users/{quote(user_id, safe='')}/token")

    def get_user(self, user_id: str) -> dict[str, Any]:
        """``GET /api/v1/users/{id}``."""
        return self._repeat("GET", f"/api/v1/users/{quote(user_id, safe='')}")

    def changed_users(self, since: datetime | None, cursor: str | None, limit: int) -> dict[str, Any] | None:
        """``GET /api/v1/users?updatedSince=…``: ``{"users", "next"}``. ``None``: the platform has no such list (the seed's has none)."""
        asked: dict[str, str | int] = (
            {"limit": limit} | ({"updatedSince": since.isoformat()} if since else {}) | ({"cursor": cursor} if cursor else {})
        )
        try:
            page = self._repeat("GET", "/api/v1/users", params=asked)
        except RequestRejected as error:
            if error.status in (400, 404, 405):
                return None
            raise
        return page if isinstance(page.get("users"), list) else None

    def update_user_preferences(self, user_id: str, preferences: dict[str, Any]) -> dict[str, Any]:
        """``PUT /api/v1/users/{id}/preferences``."""
        return self._repeat("PUT", f"/api/v1/users/{quote(user_id, safe='')}/preferences", json=preferences)

    def create_job(self, job: dict[str, Any]) -> dict[str, Any]:
        """``POST /api/v1/jobs``."""
        return self._call("POST", "/api/v1/jobs", json=job)

    def search_jobs(self, **criteria: str | int) -> dict[str, Any]:
        """``GET /api/v1/jobs/search?…``: one page."""
        return self._repeat("GET", "/api/v1/jobs/search", params=criteria)

    def all_jobs(self, *, most: int = 10_000, **criteria: str | int) -> Iterator[dict[str, Any]]:
        """The jobs of all pages, at most ``most``. By the answer's ``next`` cursor, else by ``offset`` while its ``total`` says more."""
        seen, step = 0, dict(criteria)
        while seen < most:
            page = self.search_jobs(**step)
            jobs = next((page[name] for name in ("jobs", "results", "items") if isinstance(page.get(name), list)), None)
            if jobs is None:
                raise BadAnswer(f"{SERVICE} answered a search without a list of jobs", fix='expected {"jobs": […]}')
            yield from jobs[: most - seen]
            seen += len(jobs)
            cursor, total = page.get("next") or page.get("nextCursor"), page.get("total")
            if not jobs or (not cursor and not (isinstance(total, int) and seen < total)):
                return
            step = {**criteria, **({"cursor": str(cursor)} if cursor else {"offset": seen})}

    def health(self) -> dict[str, Any]:
        """``GET /health``."""
        return self._call("GET", "/health")
