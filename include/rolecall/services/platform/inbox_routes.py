"""``/api/v1/inbox``: mails that a person forwards, what was kept, corrections by hand; and the calendar to subscribe to."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from pydantic import SecretStr

from rolecall.errors import InvalidInput
from rolecall.inbox import MailKind, consequences, feed
from rolecall.inbox.outcomes import outcomes
from rolecall.inbox.reading import take_in
from rolecall.people.privacy import Erased, refuse_the_erased
from rolecall.services.api_errors import ApiError, not_found
from rolecall.services.database import Database
from rolecall.services.platform.rights import admit
from rolecall.services.platform.uploads import owner_of
from rolecall.services.route_guards import Body, RowId, bearer, is_token, with_any_token
from rolecall.store import Connection
from rolecall.store.visible import see_person

PATH = "/api/v1/inbox"
MOST_BYTES = 25 * 1024 * 1024
TOKEN = re.compile(r"[\w-]{20,100}")

LISTED = """
select id, sent_at, sender, sender_name, subject, body, kind, why, sure, suspicious, application_id, candidates, invitation, corrected_at
from mail where person_id = %s order by coalesce(sent_at, read_at) desc, id desc limit 200
"""


class CorrectionIn(Body):
    """What a person says a mail is about; ``null``: none of their applications."""

    application_id: str | None
    kind: MailKind | None = None


def router(database: Database, token: SecretStr) -> APIRouter:
    """``/api/v1/inbox``, ``/api/v1/users/{id}/calendar``, ``/calendar/{secret}.ics``."""
    routes = APIRouter(route_class=with_any_token())

    def person(conn: Connection, request: Request) -> str:
        given, asked = bearer(request), request.query_params.get("userId")
        if not is_token(given, token):
            return owner_of(conn, given)
        if not asked:
            raise ApiError(422, "userId: is missing", field="userId", fix="name the person, or use their own token")
        see_person(conn, asked)
        try:
            refuse_the_erased(conn, asked)
        except Erased as error:
            raise ApiError(410, error.message, field="userId", fix=error.fix) from error
        if conn.execute("select 1 from person where id = %s for share", (asked,)).fetchone() is None:
            raise not_found("user", asked, field="userId", fix="send the id of a stored person")
        return asked

    @routes.post(PATH)
    async def forward(request: Request) -> dict[str, Any]:
        """Takes one mail as it came (``message/rfc822``). The same again changes nothing; what concerns no application is not kept."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in ("message/rfc822", "application/octet-stream"):
            raise ApiError(415, f"{kind or 'nothing'} is no mail", field="Content-Type", fix="send the mail as message/rfc822")
        raw = await request.body()

        def taken(conn: Connection) -> dict[str, Any]:
            return take_in(conn, person(conn, request), raw) or {"id": None, "kept": False}

        return await database.run(taken)

    @routes.get(PATH)
    def kept(request: Request) -> dict[str, Any]:
        """The newest mails that were kept, with what each says."""
        with database.connection() as conn:
            return {"mails": jsonable_encoder(conn.execute(LISTED, (person(conn, request),)).fetchall())}

    @routes.get(f"{PATH}/outcomes")
    def came_of_it(request: Request, silent_days: Annotated[int | None, Query(alias="silentDays", ge=1, le=365)] = None) -> dict[str, Any]:
        """Who is silent, with a letter to change and send; what is asked of the person; interviews by board, employer and way out."""
        with database.connection() as conn:
            found: dict[str, Any] = jsonable_encoder(outcomes(conn, person(conn, request), silent_days=silent_days))
            return found

    @routes.post(f"{PATH}/{{mail_id}}/correct")
    def correct(mail_id: RowId, body: CorrectionIn, request: Request) -> dict[str, Any]:
        """Says which application a mail is about: what followed from it is undone, and follows anew."""
        with database.connection() as conn:
            own = conn.execute("select person_of_mail(%s) as person_id", (mail_id,)).fetchone()
            if own is None or own["person_id"] is None:
                raise not_found("mail", str(mail_id), field="mailId", fix="take the id from the list")
            actor = admit(conn, own["person_id"], bearer(request), token)
            try:
                row = consequences.correct(conn, mail_id, body.application_id, actor=actor, kind=body.kind)
            except InvalidInput as error:
                raise ApiError(422, error.message, field=error.field, fix=error.fix) from error
            return {"id": mail_id, "kind": row["kind"], "applicationId": str(row["application_id"]) if row["application_id"] else None}

    @routes.post("/api/v1/users/{user_id}/calendar", status_code=201)
    def subscribe(user_id: str, request: Request) -> dict[str, str]:
        """A new address of the person's calendar, shown this once; the one before ends."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            if conn.execute("select 1 from person where id = %s for share", (user_id,)).fetchone() is None:
                raise not_found("user", user_id, field="id", fix="send the id of a stored person")
            return {"path": f"/calendar/{feed.issue(conn, user_id)}.ics"}

    @routes.delete("/api/v1/users/{user_id}/calendar")
    def unsubscribe(user_id: str, request: Request) -> dict[str, bool]:
        """No calendar address any more."""
        with database.connection() as conn:
            admit(conn, user_id, bearer(request), token)
            return {"revoked": feed.revoke(conn, user_id)}

    public = APIRouter()

    @public.get("/calendar/{secret}.ics")
    def calendar(secret: str) -> Response:
        """The meetings behind a secret address, for calendar programs."""
        with database.connection() as conn:
            found = feed.of_token(conn, secret) if TOKEN.fullmatch(secret) else None
        if found is None:
            raise ApiError(404, "this address opens nothing", field="secret", fix="make a new one: POST /api/v1/users/{id}/calendar")
        return Response(found, media_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"})

    both = APIRouter()
    both.include_router(routes)
    both.include_router(public)
    return both
