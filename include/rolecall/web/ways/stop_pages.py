"""The page behind the link that stops what is about to leave. Opening it stops nothing: its button does."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from rolecall.applying import approval, decisions
from rolecall.store.visible import see_person
from rolecall.web.page_context import PageContext
from rolecall.web.templating import page
from rolecall.web.viewer import Viewer, acting_transaction, check_form, csrf_of

TOKEN = 100
ACTOR = "the person, by the link in their mail"


def router(context: PageContext) -> APIRouter:
    """``/stop/{token}``: needs no login."""
    routes = APIRouter()

    def shown(request: Request, token: str, *, stopped: list[str] | None = None) -> Response:
        with context.database.connection() as conn:
            person = approval.person_of_link(conn, token) or ""
            see_person(conn, person)
            if approval.run_of_link(conn, token) != approval.STOP:
                fix = "what waits and what was sent stands on your page"
                return page(request, "failed.html", status=410, title="This link's time is over", fix=fix)
            held = decisions.applications_on_hold(conn, person)
        return page(request, "stop.html", title="About to leave", token=token, csrf=csrf_of(token), held=held, stopped=stopped)

    @routes.get("/stop/{token}")
    def look(request: Request, token: str) -> Response:
        """What is about to leave, with one button. Stops nothing."""
        return shown(request, token[:TOKEN])

    @routes.post("/stop/{token}")
    async def stop(request: Request, token: str) -> Response:
        """Stops all of it: each waits for the person's yes."""
        token = token[:TOKEN]
        check_form(request, await request.form(max_files=1, max_fields=10), csrf_of(token))
        return await run_in_threadpool(stopped, request, token)

    def stopped(request: Request, token: str) -> Response:
        with context.database.connection() as conn:
            person = approval.person_of_link(conn, token) or ""
            see_person(conn, person)
            if approval.run_of_link(conn, token) != approval.STOP:
                return shown(request, token)
        with acting_transaction(
            context.database, Viewer(person, ACTOR, True, False, ""), "stopped what was about to leave", "applications"
        ) as conn:
            named = decisions.stop_held(conn, person, by=ACTOR)
        return shown(request, token, stopped=named)

    return routes
