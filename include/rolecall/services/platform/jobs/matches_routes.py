"""``GET /api/v1/matches``: what was found for a person, and why; what they say of a job, and the order of their own that follows."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import SecretStr

from rolecall.errors import InvalidInput
from rolecall.people import own_signals
from rolecall.people.job_marks import mark_job
from rolecall.people.own_matches import matches_of
from rolecall.services.api_errors import ApiError
from rolecall.services.database import Database
from rolecall.services.platform.payloads import MarkIn, MatchesIn
from rolecall.services.platform.people_routes import read_user
from rolecall.services.platform.rights import admit
from rolecall.services.platform.uploads import owner_of
from rolecall.services.route_guards import bearer, is_token, with_any_token
from rolecall.store import Connection
from rolecall.store.visible import see_person


def router(database: Database, token: SecretStr) -> APIRouter:
    """``/api/v1/matches``, ``/api/v1/users/{id}/marks/{job}``, ``/api/v1/users/{id}/own-order``."""
    routes = APIRouter(prefix="/api/v1", route_class=with_any_token())

    @routes.get("/matches")
    def matches(asked: Annotated[MatchesIn, Query()], request: Request) -> dict[str, Any]:
        """A page of the person's matches, best first: their own with their own token, anybody's (``userId``) with the service's."""
        with database.connection() as conn:
            person = person_of(conn, asked.user_id, bearer(request), token)
            found = matches_of(conn, person, least=asked.min_score, source=asked.source, limit=asked.limit, offset=asked.offset)
            return {"userId": person, **found}

    @routes.put("/users/{user_id}/marks/{job_id}")
    def mark(user_id: str, job_id: str, body: MarkIn, request: Request) -> dict[str, Any]:
        """Saves a job, hides it (a hidden one is never applied for), or neither."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            try:
                mark_job(conn, read_user(conn, user_id)["id"], job_id, body.mark, reason=body.because if body.mark == "hidden" else "")
            except InvalidInput as error:
                raise ApiError(422, error.message, field=error.field, fix=error.fix) from error
        return {"jobId": job_id, "mark": body.mark, "because": body.because if body.mark == "hidden" else ""}

    @routes.get("/users/{user_id}/own-order")
    def order(user_id: str, request: Request) -> dict[str, Any]:
        """Whether the person's own signals change their order, and how, in words."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            return own_signals.shown(own_signals.own_order(conn, read_user(conn, user_id)["id"]))

    @routes.delete("/users/{user_id}/own-order")
    def forget_order(user_id: str, request: Request) -> dict[str, Any]:
        """Forgets what was learned; marks and applications stay."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            person = read_user(conn, user_id)["id"]
            own_signals.forget(conn, person)
            return own_signals.shown(own_signals.own_order(conn, person))

    return routes


def person_of(conn: Connection, said: str | None, given: str, token: SecretStr) -> str:
    """Whose matches are asked for: anybody's with the service's token, who must name them; one's own with one's own.

    :raises ApiError: 422, 403, 404
    """
    if is_token(given, token):
        if said is None:
            raise ApiError(422, "userId: is missing", field="userId", fix="name the person, or use their own token")
        see_person(conn, said)
        return str(read_user(conn, said)["id"])
    person = owner_of(conn, given)
    if said not in (None, person):
        admit(conn, str(said), given, token)
    return person
