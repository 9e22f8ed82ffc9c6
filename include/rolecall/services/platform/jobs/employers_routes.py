"""The platform API's employers: who is followed, and what somebody pastes."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field, SecretStr

from rolecall.boards.add import Added, add, words
from rolecall.boards.employers.directory import search
from rolecall.boards.employers.follow_employer import employers, unfollow
from rolecall.errors import BoardError, InvalidInput
from rolecall.models import Text
from rolecall.services.api_errors import ApiError
from rolecall.services.database import Database
from rolecall.services.route_guards import Body, guarded


class AddressIn(Body):
    """``POST /api/v1/employers``: a careers page, a posting, a board; or one ad."""

    url: Annotated[Text, Field(min_length=1, max_length=2_000)]


def router(database: Database, dsn: str, token: SecretStr) -> APIRouter:
    """``/api/v1/employers``."""
    routes = APIRouter(prefix="/api/v1/employers", route_class=guarded(token))

    @routes.post("", status_code=201)
    def create(body: AddressIn, response: Response) -> dict[str, Any]:
        """Follows the employer an address belongs to (201, or 200 where it was followed already); its postings come with the board's next
        run. A page that is one ad is taken as that. 422 says why neither."""
        try:
            added = asyncio.run(add(body.url, dsn=dsn))
        except BoardError as error:
            raise InvalidInput("url", error.message, fix=error.fix) from error
        response.status_code = 201 if added.new or added.ads else 200
        return as_answer(added)

    @routes.get("")
    def read() -> dict[str, Any]:
        """Everybody who is followed, by name."""
        with database.unrestricted.connection() as conn:
            rows = employers(conn)
        return {
            "employers": [
                {"system": row["board"], "company": row["company"], "url": row["url"], "addedAt": row["added_at"]} for row in rows
            ]
        }

    @routes.get("/search")
    def find(name: Annotated[str, Query(min_length=1, max_length=200)], limit: Annotated[int, Query(ge=1, le=200)] = 20) -> dict[str, Any]:
        """Boards of the directory that came with Rolecall, unchecked."""
        found = search(name, limit=limit)
        return {"employers": [{"system": one.system, "slug": one.slug, "url": one.address, "readable": one.is_readable} for one in found]}

    @routes.delete("/{system}/{company:path}", status_code=204)
    def delete(system: str, company: str) -> None:
        """Follows an employer no longer."""
        with database.unrestricted.connection() as conn:
            if not unfollow(conn, system, company):
                raise ApiError(404, f"nobody called {company} on {system} is followed", field="company", fix="GET /api/v1/employers")

    return routes


def as_answer(added: Added) -> dict[str, Any]:
    """What became of an address: ``{employer, new, ads, message}``."""
    one = added.employer
    ads = [{"source": ad.board, "externalId": ad.external_id, "title": ad.title, "company": ad.company, "url": ad.url} for ad in added.ads]
    return {
        "employer": {"system": one.system, "slug": one.slug, "company": one.company} if one else None,
        "new": added.new,
        "ads": ads,
        "message": words(added),
    }
