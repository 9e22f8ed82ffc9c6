"""The REST interface as OpenAPI, for whoever has a token: what is asked, answered and refused, made from the routes themselves."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from pydantic import SecretStr

from rolecall.models import text_digest
from rolecall.services.api_errors import ApiError
from rolecall.services.database import Database
from rolecall.services.route_guards import bearer, is_token, with_any_token

PATH = "/api/v1/openapi.json"

OPEN = ("/health", "/metrics", "/ai")
"""Paths that are no part of it, or ask for no token."""

PROBLEM = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string", "description": "what is wrong"},
        "field": {"type": ["string", "null"], "description": "where"},
        "fix": {"type": ["string", "null"], "description": "what to do"},
    },
}

REFUSALS = {
    "400": "the body is not what its header says",
    "401": "no token",
    "403": "the token does not open this",
    "404": "there is no such thing, or not for this token",
    "409": "it goes against what is there",
    "413": "the body is too large",
    "415": "a kind of body that is not taken",
    "422": "something in it cannot be understood: which field, and what to do",
    "429": "too much at once: wait as long as Retry-After says",
    "503": "the database, or another service that is needed, does not answer; nothing was changed",
}
"""What any route may refuse with, always in the shape of a :data:`PROBLEM`."""


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an app."""
    made = get_openapi(title="Rolecall", version="1", routes=app.routes)
    made["paths"] = {path: found for path, found in made["paths"].items() if not path.startswith(OPEN)}
    parts = made.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = PROBLEM
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"token": []}]
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for methods in made["paths"].values():
        for operation in methods.values():
            if "201" in operation["responses"]:
                operation["responses"]["200"] = {"description": "it was there already: the same as the first time"}
            for status, said in REFUSALS.items():
                operation["responses"][status] = {"description": said, "content": content}
    return made


def router(app: FastAPI, database: Database, token: SecretStr) -> APIRouter:
    """``GET /api/v1/openapi.json``, for the service's token or any person's own."""
    routes = APIRouter(route_class=with_any_token())

    @routes.get(PATH, include_in_schema=False)
    async def openapi(request: Request) -> dict[str, Any]:
        """What can be asked."""
        given = bearer(request)
        if not is_token(given, token):
            owner = await database.run(lambda conn: conn.execute("select person_of_token(%s) as id", (text_digest(given),)).fetchone())
            if owner is None or owner["id"] is None:
                raise ApiError(403, "this token opens nothing here", field="Authorization", fix="use the service's token, or your own")
        return document(app)

    return routes
