"""What a caller reads when something is wrong: ``{"error", "field", "fix"}``, the same shape on every route."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from rolecall.errors import InvalidInput, RolecallError, StoreUnavailable
from rolecall.store.dead_letters import UNSTORABLE, in_log

log = logging.getLogger("rolecall.services")

MAX_PROBLEMS = 50
"""Problems listed in one answer; ``problemCount`` says how many there are."""

FIXES = {
    "missing": "add it",
    "extra_forbidden": "remove it, or correct its spelling",
    "string_type": "send text",
    "string_too_short": "it may not be empty",
    "too_short": "it may not be empty",
    "json_invalid": "send valid JSON",
    "bool_type": "send true or false",
    "bool_parsing": "send true or false",
    "list_type": "send a list: […]",
    "dict_type": "send an object: {…}",
    "model_type": "send an object: {…}",
    "model_attributes_type": "send a JSON object with Content-Type: application/json",
    "timezone_aware": "add the time zone: 2026-11-22T06:00:00Z",
    "datetime_from_date_parsing": "send an ISO 8601 time: 2026-11-22T06:00:00Z",
    "datetime_parsing": "send an ISO 8601 time: 2026-11-22T06:00:00Z",
    "int_parsing": "send a whole number",
    "int_type": "send a whole number",
    "float_parsing": "send a number",
    "float_type": "send a number",
    "finite_number": "send a finite number",
}

SAID = {
    "missing": "is missing",
    "too_short": "is empty",
    "string_too_short": "is empty",
    "extra_forbidden": "is not a field of this request",
}

TITLES = {401: "the request is not authenticated", 404: "there is nothing at this address", 405: "this address does not take this method"}


class ApiError(Exception):
    """An answer other than success.

    :param status: HTTP status
    :param error: what is wrong, in words a person reads
    :param field: the part of the request it is about
    :param fix: what to do next
    :param extra: further members of the answer
    """

    def __init__(
        self,
        status: int,
        error: str,
        *,
        field: str | None = None,
        fix: str = "",
        headers: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(error)
        self.status, self.error, self.field, self.fix = status, error, field, fix
        self.headers, self.extra = headers, extra or {}


def not_found(what: str, identity: str, *, field: str, fix: str) -> ApiError:
    """404, naming what was looked for."""
    return ApiError(404, f"there is no {what} {identity[:200]!r}", field=field, fix=fix)


def answer(
    status: int,
    error: str,
    *,
    field: str | None = None,
    fix: str = "",
    headers: dict[str, str] | None = None,
    extra: dict[str, Any] | None = None,
) -> JSONResponse:
    """The error answer."""
    body = {"error": error, **({"field": field} if field else {}), **({"fix": fix} if fix else {}), **(extra or {})}
    return JSONResponse(body, status_code=status, headers=headers)


def field_name(location: Sequence[int | str]) -> str:
    """A readable path: ``("body", "jobs", 3, "title")`` → ``jobs[3].title``."""
    name = ""
    for part in location[1:] if location and location[0] in ("body", "query", "path", "header") else location:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name or "body"


def problem(error: dict[str, Any]) -> dict[str, str]:
    """One problem of a validation error as ``{"field", "error", "fix"}``."""
    kind, context = error["type"], error.get("ctx") or {}
    said = SAID.get(kind) or str(error["msg"]).removeprefix("Value error, ")
    if kind == "json_invalid":
        said = f"the body is not JSON ({context.get('error', said)} at character {error['loc'][-1]})"
        return {"field": "body", "error": said, "fix": FIXES[kind]}
    if kind == "string_pattern_mismatch" and "[^@" in str(context.get("pattern")):  # a person wrote it, and reads no pattern
        return {"field": field_name(error["loc"]), "error": "is no e-mail address", "fix": "write it like ada@example.org"}
    fix = FIXES.get(kind) or (f"send {context['expected']}" if kind in ("literal_error", "enum") else "correct it as the message says")
    return {"field": field_name(error["loc"]), "error": said[:1].lower() + said[1:], "fix": fix}


def invalid(errors: Sequence[Any]) -> JSONResponse:
    """422 for a list of validation errors: the first in the usual members, all in ``problems``."""
    problems = [problem(error) for error in errors[:MAX_PROBLEMS]]
    first = problems[0]
    return answer(
        422,
        f"{first['field']}: {first['error']}",
        field=first["field"],
        fix=first["fix"],
        extra={"problems": problems, "problemCount": len(errors)},
    )


def refused(wrong: Sequence[InvalidInput]) -> JSONResponse:
    """422 for values that a reader of ours refused, in the same shape."""
    problems = [{"field": error.field, "error": error.message, "fix": error.fix} for error in wrong[:MAX_PROBLEMS]]
    first = problems[0]
    extra = {"problems": problems, "problemCount": len(wrong)}
    return answer(422, first["error"], field=first["field"], fix=first["fix"], extra=extra)


def install(app: FastAPI) -> None:
    """Gives every failure of ``app`` its readable answer. No answer repeats a token, a connection string or a stack."""

    @app.exception_handler(ApiError)
    async def _api_error(_: Request, error: ApiError) -> JSONResponse:
        return answer(error.status, error.error, field=error.field, fix=error.fix, headers=error.headers, extra=error.extra)

    @app.exception_handler(RequestValidationError)
    async def _validation(_: Request, error: RequestValidationError) -> JSONResponse:
        return invalid(error.errors())

    @app.exception_handler(InvalidInput)
    async def _invalid_input(_: Request, error: InvalidInput) -> JSONResponse:
        return answer(422, error.message, field=error.field, fix=error.fix)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        text = TITLES.get(error.status_code, str(error.detail))
        fix = "check the address and the method" if error.status_code in (404, 405) else ""
        return answer(error.status_code, f"{text}: {request.method} {request.url.path}", fix=fix, headers=dict(error.headers or {}))

    @app.exception_handler(StoreUnavailable)
    async def _store(_: Request, error: StoreUnavailable) -> JSONResponse:
        return answer(503, error.message, fix=error.fix, headers={"Retry-After": "5"})

    @app.exception_handler(RolecallError)
    async def _ours(_: Request, error: RolecallError) -> JSONResponse:
        log.error("%s", in_log(error))
        return answer(500, error.message, fix=error.fix)

    @app.exception_handler(psycopg.Error)
    async def _postgres(_: Request, error: psycopg.Error) -> JSONResponse:
        if isinstance(error, UNSTORABLE):
            said = "the request holds what Postgres cannot store (a NUL, a number out of range, a text too long for an index)"
            return answer(422, said, fix="remove it")
        if isinstance(error, psycopg.errors.UndefinedTable):
            return answer(503, "the database has no schema yet", fix="make up", headers={"Retry-After": "5"})
        log.warning("the database failed: %s", in_log(error))
        if isinstance(error, psycopg.OperationalError):
            return answer(503, "Postgres went away during the request", fix="repeat it once it is back", headers={"Retry-After": "5"})
        return answer(500, f"the database refused the request ({type(error).__name__})", fix="look at the service's log")

    @app.exception_handler(RecursionError)
    async def _too_deep(_: Request, error: RecursionError) -> JSONResponse:
        return answer(422, "the request nests too deep", field="body", fix="send fewer levels of lists and objects")

    @app.exception_handler(UnicodeEncodeError)
    async def _unicode(_: Request, error: UnicodeEncodeError) -> JSONResponse:
        return answer(422, "a text in the request holds half a character (a lone surrogate)", fix="send valid Unicode")

    @app.exception_handler(Exception)
    async def _unexpected(_: Request, error: Exception) -> JSONResponse:
        return answer(500, f"the service failed ({type(error).__name__})", fix="look at the service's log")
