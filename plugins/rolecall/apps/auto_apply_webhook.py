"""``POST /webhook/auto-apply``: the seed's way into the auto-apply workflow. Airflow mounts plugin apps without asking who calls:
this one asks itself.
"""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any
from uuid import UUID

import anyio
from anyio import to_thread
from fastapi import FastAPI, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse

from rolecall import criteria
from rolecall.applying import webhook
from rolecall.errors import InvalidInput
from rolecall.hooks.ai_service_hook import AiServiceHook
from rolecall.hooks.store_hook import StoreHook
from rolecall.people.privacy import Erased
from rolecall.services import api_errors
from rolecall.services.api_errors import ApiError
from rolecall.services.route_guards import BodyLimit
from rolecall.settings import Settings
from rolecall.store import connect

AT_ONCE = 8
"""Requests written to Postgres at the same time by one web server process. The others wait their turn without holding one of the threads
that Airflow's own API answers from."""

PATH = "/auto-apply"
FIX = "send one JSON object: cvId, userId, userEmail, userToken, criteria"


@cache
def app() -> FastAPI:
    """The app, mounted under ``/webhook``. No documentation pages: whoever may call has the documentation."""
    made = FastAPI(title="Rolecall webhook", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    api_errors.install(made)
    made.add_middleware(BodyLimit, limits={PATH: webhook.MAX_BODY})
    turn = anyio.CapacityLimiter(AT_ONCE)

    @made.post(PATH, status_code=202)
    async def accept(request: Request) -> JSONResponse:
        """Takes a request to apply: 202 with the id of its run and where to ask about it."""
        body = await request.body()
        _let_in(request, body)
        asked = await to_thread.run_sync(_read, body)
        key = _key(request)
        try:
            accepted = await to_thread.run_sync(_accepted, asked, key, limiter=turn)
        except webhook.AnotherRequest as error:
            fix = "use a key of its own for each request, and repeat it only to repeat that request"
            raise ApiError(409, "this key was used for another person or CV", field="Idempotency-Key", fix=fix) from error
        url = f"{_origin(request)}/webhook{PATH}/{accepted.request_id}"
        answer = {
            "runId": accepted.run_id,
            "requestId": accepted.request_id,
            "statusUrl": url,
            "repeated": accepted.repeated,
        }
        return JSONResponse(answer, status_code=202, headers={"Location": url})

    @made.get(PATH + "/{request_id}")
    async def status(request_id: str, request: Request) -> dict[str, Any]:
        """What became of a request."""
        _let_in(request, request_id.encode("utf-8", "surrogateescape"))
        found = await to_thread.run_sync(_status, request_id, limiter=turn)
        if found is None:
            raise api_errors.not_found("request", request_id, field="requestId", fix="send the requestId that the webhook answered")
        return {
            "requestId": found.request_id,
            "runId": found.run_id,
            "state": found.state,
            "requestedAt": found.requested_at,
            "triggeredAt": found.triggered_at,
            "doneAt": found.done_at,
            "applications": found.applications,
        }

    return made


def _let_in(request: Request, signed: bytes) -> None:
    secret = Settings().webhook_secret.get_secret_value()
    problem = webhook.rejection_reason({name.lower(): value for name, value in request.headers.items()}, signed, secret, now=time.time())
    if problem:
        fix = f"send `Authorization: Bearer <WEBHOOK_SECRET>`, or {webhook.TIMESTAMP} and {webhook.SIGNATURE} as docs/applying.md says"
        raise ApiError(401 if secret else 503, problem, field="Authorization", fix=fix, headers={"WWW-Authenticate": "Bearer"})


def _read(body: bytes) -> webhook.ApplyRequest:
    try:
        value = json.loads(body, parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        said = str(error) if isinstance(error, _Unclear) else "it is not JSON"
        raise ApiError(400, f"body: {said}", field="body", fix=FIX) from error
    if not isinstance(value, dict):
        raise ApiError(422, "body: it is not an object", field="body", fix=FIX)
    try:
        return _read_by_the_service(webhook.ApplyRequest.model_validate(value))
    except ValidationError as error:
        # as FastAPI would say it: the errors' place begins with "body"
        problems = [
            api_errors.problem({**each, "loc": ("body", *each["loc"])}) for each in error.errors(include_input=False, include_url=False)
        ]
        first = problems[0]
        extra = {"problems": problems, "problemCount": len(problems)}
        raise ApiError(422, f"{first['field']}: {first['error']}", field=first["field"], fix=first["fix"], extra=extra) from None


def _read_by_the_service(asked: webhook.ApplyRequest) -> webhook.ApplyRequest:
    """Criteria that the bundled AI service does not read are a mistake; what another one reads is its own business."""
    if AiServiceHook().bundled and (strange := criteria.unknown(asked.criteria)):
        field = f"criteria.{strange[0]}"
        said, fix = criteria.problem(strange) or ("", "")
        raise ApiError(422, f"{field}: is not known: {said}", field=field, fix=fix)
    return asked


class _Unclear(ValueError):
    """JSON that two readers may read differently."""


def _no_number(name: str) -> None:
    raise _Unclear(f"{name} is not a JSON number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _Unclear("a name stands twice in one object")
    return made


def _key(request: Request) -> str | None:
    key = request.headers.get(webhook.KEY)
    if key is not None and not (0 < len(key) <= webhook.MAX_KEY and key.isascii() and key.isprintable()):
        fix = f"send 1 to {webhook.MAX_KEY} printable ASCII characters, or leave the header out"
        raise ApiError(400, "Idempotency-Key: this is no usable key", field="Idempotency-Key", fix=fix)
    return key


def _accepted(asked: webhook.ApplyRequest, key: str | None) -> webhook.Accepted:
    try:
        with connect(StoreHook().dsn, name="webhook") as conn:
            return webhook.accept(conn, asked, key=key, stored=AiServiceHook().bundled)
    except webhook.NotStored as error:
        fix = "store the person first: POST /api/v1/users, or ./rolecall person add; of a platform of your own they come by sync"
        raise api_errors.not_found("person", asked.user_id, field="userId", fix=fix) from error
    except Erased as error:
        raise ApiError(410, error.message, field=error.field, fix=error.fix) from error
    except InvalidInput as error:  # a server that is not set up is no mistake of the caller's
        raise ApiError(503, error.message, fix=f"on the server: {error.fix}") from error


def _status(request_id: str) -> webhook.Status | None:
    try:
        UUID(request_id)
    except ValueError:
        return None
    with connect(StoreHook().dsn, name="webhook") as conn:
        return webhook.status(conn, request_id)


def _origin(request: Request) -> str:
    """Where people reach this server: its configured address, not what a caller's Host header says."""
    from airflow.configuration import conf

    return str(conf.get("api", "base_url", fallback="") or request.base_url).rstrip("/").removesuffix("/webhook")
