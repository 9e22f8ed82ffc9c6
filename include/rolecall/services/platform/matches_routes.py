"""``GET /api/v1/matches``: what was found for a person, and why."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import SecretStr

from rolecall.people.own_matches import matches_of
from rolecall.services.api_errors import ApiError
from rolecall.services.database import Database
from rolecall.services.platform.payloads import MatchesIn
from rolecall.services.platform.people_routes import read_user
from rolecall.services.platform.rights import admit
from rolecall.services.platform.uploads import owner_of
from rolecall.services.web import bearer, is_token, with_any_token
from rolecall.store import Connection
from rolecall.store.visible import see_person


def router(database: Database, token: SecretStr) -> APIRouter:
    """``/api/v1/matches``."""
    routes = APIRouter(prefix="/api/v1", route_class=with_any_token())

    @routes.get("/matches")
    def matches(asked: Annotated[MatchesIn, Query()], request: Request) -> dict[str, Any]:
        """A page of the person's matches, best first: their own with their own token, anybody's (``userId``) with the service's."""
        with database.connection() as conn:
            person = person_of(conn, asked.user_id, bearer(request), token)
            found = matches_of(conn, person, least=asked.min_score, source=asked.source, limit=asked.limit, offset=asked.offset)
            return {"userId": person, **found}

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
