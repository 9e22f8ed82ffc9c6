"""Doors for people and providers: signed reports of what became of messages, and one click that stops a kind of them.

None asks for the bearer: each request proves itself by its signature.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from rolecall.endpoints import Endpoints
from rolecall.notifying import reports
from rolecall.notifying.send.channels.sms import CALLBACK, callback_url
from rolecall.notifying.wishes import unsubscribes
from rolecall.outbox import rendering
from rolecall.outbox.kinds import may_unsubscribe
from rolecall.outbox.signed_links import read
from rolecall.services.api_errors import ApiError
from rolecall.services.database import Database
from rolecall.store import Connection
from rolecall.store.visible import see_person

LANGUAGE = "select preferences from person where id = %s"


def router(database: Database, settings: Endpoints) -> APIRouter:
    """``/webhooks/twilio/status``, ``/webhooks/sendgrid/events``, ``/unsubscribe/{token}``."""
    routes = APIRouter()
    key = settings.api_token.get_secret_value()

    @routes.post(CALLBACK, status_code=204)
    async def twilio(request: Request) -> None:
        """One status of one SMS."""
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
        token = settings.twilio_auth_token.get_secret_value() if settings.twilio_auth_token else ""
        identity = request.query_params.get("notification", "")
        if not reports.is_twilios(request.headers.get("x-twilio-signature", ""), callback_url(settings, identity), form, token):
            raise _unsigned("X-Twilio-Signature", "check TWILIO_AUTH_TOKEN and PUBLIC_URL")
        report = reports.twilio_report(form, identity)
        await database.unrestricted.run(lambda conn: reports.record(conn, "twilio", [report]))

    @routes.post("/webhooks/sendgrid/events", status_code=204)
    async def sendgrid(request: Request) -> None:
        """A batch of events."""
        if not settings.sendgrid_webhook_key:
            raise ApiError(404, "no key of the signed event webhook is set", field="SENDGRID_WEBHOOK_KEY", fix="set it in the environment")
        body, prefix = await request.body(), "x-twilio-email-event-webhook-"
        signature, timestamp = (request.headers.get(prefix + name, "") for name in ("signature", "timestamp"))
        if not reports.is_sendgrids(signature, timestamp, body, settings.sendgrid_webhook_key):
            raise _unsigned("X-Twilio-Email-Event-Webhook-Signature", "check SENDGRID_WEBHOOK_KEY")
        found = reports.sendgrid_reports(body)
        await database.unrestricted.run(lambda conn: reports.record(conn, "sendgrid", found))

    def named(token: str) -> tuple[str, str]:
        found = read(key, token)
        if found is None or not may_unsubscribe(found[1]):
            raise ApiError(404, "this link is not one of ours", fix="use the link as it stands in the letter")
        return found

    @routes.get("/unsubscribe/{token}")
    def ask(token: str) -> HTMLResponse:
        """A page with one button. Looking changes nothing: mail scanners follow every link."""
        person_id, _ = named(token)
        with database.connection() as conn:
            see_person(conn, person_id)
            return _page(_spoken(conn, person_id), "stop_question", "stop_button", undo=False)

    @routes.post("/unsubscribe/{token}")
    async def unsubscribe(token: str, request: Request) -> Response:
        """Stops the kind (RFC 8058: one click, no question), or takes it back."""
        person_id, kind = named(token)
        form: dict[str, Any] = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))

        def change(conn: Connection) -> dict[str, str]:
            see_person(conn, person_id)
            (unsubscribes.resubscribe if form.get("undo") else unsubscribes.unsubscribe)(conn, person_id, kind)
            return _spoken(conn, person_id)

        spoken = await database.run(change)
        if form.get("undo"):
            return _page(spoken, "resumed", "stop_button", undo=False)
        return _page(spoken, "stopped", "undo_button", undo=True)

    return routes


def _unsigned(header: str, fix: str) -> ApiError:
    return ApiError(403, "the request's signature is not the provider's", field=header, fix=fix)


def _spoken(conn: Connection, person_id: str) -> dict[str, str]:
    row = conn.execute(LANGUAGE, (person_id,)).fetchone()
    spoken = rendering.words(rendering.language_of(row["preferences"] if row else None))
    return {**spoken["say"], "locale": spoken["locale"]}


def _page(spoken: dict[str, str], said: str, button: str, *, undo: bool) -> HTMLResponse:
    shown = rendering.unsubscribe_page(locale=spoken["locale"], text=spoken[said], button=spoken[button], undo=undo)
    return HTMLResponse(shown, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"})
