"""``POST /api/v1/users/{id}/applied``: what a person sent themselves, one by one or as a CSV file."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Request
from pydantic import Field, SecretStr, ValidationError

from rolecall.applying.elsewhere import MOST_BYTES, SentElsewhere, day, note, note_csv, summary
from rolecall.errors import InvalidInput, first_of
from rolecall.models import Text
from rolecall.services.api_errors import ApiError, refused
from rolecall.services.database import Database
from rolecall.services.platform.people_routes import read_user
from rolecall.services.platform.rights import admit, for_the_person
from rolecall.services.route_guards import Body, bearer

PATH = "/api/v1/users/{user_id}/applied"


class AppliedIn(Body):
    """One application: by the ad's address, by the id of a job, or by title and company."""

    url: Annotated[Text, Field(max_length=2000)] = ""
    job_id: Annotated[Text, Field(max_length=200)] = ""
    title: Annotated[Text, Field(max_length=1000)] = ""
    company: Annotated[Text, Field(max_length=1000)] = ""
    date: datetime.date | None = None


def router(database: Database, token: SecretStr) -> APIRouter:
    """The route, for the service's token or the person's own."""

    routes = APIRouter(route_class=for_the_person(database, token))

    @routes.post(PATH)
    async def applied(user_id: str, request: Request) -> Any:
        """JSON: ``{"became", "inCatalog", "words"}``. CSV: ``{"counts", "lines", "words"}``, a line for each row not plainly noted."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await request.body()
        return await anyio.to_thread.run_sync(_csv if kind == "text/csv" else _one, database, user_id, body, bearer(request), token)

    return routes


def _one(database: Database, user_id: str, body: bytes, given: str, token: SecretStr) -> Any:
    try:
        asked = AppliedIn.model_validate_json(body)
    except ValidationError as error:
        return refused([first_of(error, "body")])
    with database.connection() as conn:
        actor = admit(conn, user_id, given, token)
        read_user(conn, user_id)
        try:
            on = day(asked.date.isoformat()) if asked.date else None
            sent = SentElsewhere(url=asked.url, job=asked.job_id, title=asked.title, company=asked.company, on=on)
            done = note(conn, user_id, sent, actor=actor)
        except InvalidInput as error:
            return refused([error])
    return {"became": done.became, "inCatalog": done.in_catalog, "words": done.words}


def _csv(database: Database, user_id: str, body: bytes, given: str, token: SecretStr) -> Any:
    if len(body) > MOST_BYTES:
        raise ApiError(413, f"body: {len(body):,} bytes are too many", field="body", fix=f"send at most {MOST_BYTES:,}")
    with database.connection() as conn:
        actor = admit(conn, user_id, given, token)
        read_user(conn, user_id)
        try:
            counts, lines = note_csv(conn, user_id, body, actor=actor)
        except InvalidInput as error:
            return refused([error])
    return {"counts": dict(counts), "lines": lines, "words": summary(counts)}
