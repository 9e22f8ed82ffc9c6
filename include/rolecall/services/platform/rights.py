"""Who may read whose data (:func:`admit`), and what a person may ask for: everything about them, and that it is erased."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.encoders import jsonable_encoder
from fastapi.routing import APIRoute
from pydantic import SecretStr
from starlette.responses import JSONResponse, Response

from rolecall.models import text_digest
from rolecall.people import privacy
from rolecall.services.api_errors import ApiError, not_found
from rolecall.services.database import Database
from rolecall.services.route_guards import bearer, checked_by, is_token, with_any_token
from rolecall.store import Connection
from rolecall.store.visible import see_everybody, see_person


def router(database: Database, token: SecretStr) -> APIRouter:
    """``GET /api/v1/users/{id}/export`` and ``DELETE /api/v1/users/{id}``, for the service's token or the person's own."""
    routes = APIRouter(prefix="/api/v1/users", route_class=with_any_token())

    @routes.get("/{user_id}/export")
    def export(user_id: str, request: Request, format: Literal["json", "zip"] = "json") -> Response:
        """Every row about the person by table; ``format=zip``: with the files of their CVs."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            found = jsonable_encoder(privacy.export(conn, user_id), custom_encoder={bytes: lambda raw: raw.hex()})
            if not found:
                raise not_found("person", user_id, field="id", fix="send the id of a stored person")
            return JSONResponse(found) if format == "json" else zipped_export(found, privacy.files(conn, user_id))

    @routes.delete("/{user_id}")
    def erase(user_id: str, request: Request) -> dict[str, Any]:
        """Erases the person; the answer says how many rows went, by table."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            try:
                done = privacy.erase(conn, user_id)
            except privacy.BeingSent as error:
                raise ApiError(409, error.message, field="id", fix=error.fix, headers={"Retry-After": "60"}) from error
        if done is None:
            raise not_found("person", user_id, field="id", fix="send the id of a stored person")
        return {"id": user_id, "erased": done}

    return routes


def for_the_person(database: Database, token: SecretStr) -> type[APIRoute]:
    """Routes below ``/users/{user_id}`` that :func:`admit` opens."""

    def check(request: Request) -> None:
        with database.connection() as conn:
            admit(conn, request.path_params["user_id"], bearer(request), token)

    return checked_by(check)


def admit(conn: Connection, user_id: str, given: str, token: SecretStr) -> str:
    """Who is let in to what is a person's: the service's token, or the person's own. Returns the name for the audit log.

    From here on the transaction sees everybody's rows, or this person's alone.

    :raises ApiError: 403
    """
    if is_token(given, token):
        see_everybody(conn)
        return "platform API"
    own = conn.execute("select person_of_token(%s) as id", (text_digest(given),)).fetchone()
    if own is None or own["id"] != user_id:
        raise ApiError(403, "this token does not open this person", field="Authorization", fix="use their own token, or the service's")
    see_person(conn, user_id)
    return "the person"


def zipped_export(found: dict[str, Any], files: list[tuple[str, bytes]], *, name: str = "export.zip") -> Response:
    """All rows about a person as JSON, with the files of their CVs, to be kept as ``name``."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.json", json.dumps(found, ensure_ascii=False, indent=1))
        for name, body in files:
            archive.writestr(f"files/{name}", body)
    return Response(out.getvalue(), media_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'})
