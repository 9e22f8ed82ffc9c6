"""Coming in and leaving, where the page has logins of its own. A link that is opened logs nobody in: the button on its page does."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from rolecall.people import logins
from rolecall.store import Connection
from rolecall.store.visible import see_everybody
from rolecall.web.page_context import PageContext
from rolecall.web.templating import page
from rolecall.web.viewer import SESSION, VISITOR, acting, check_form, csrf_of, set_cookie, visitor

TOKEN = 200
"""Characters a link's token has at most."""


def router(context: PageContext) -> APIRouter:
    """``/login``, ``/login/{token}``, ``/logout``."""
    routes = APIRouter()

    @routes.get("/login")
    def form(request: Request) -> Response:
        """The form for e-mail address and password."""
        return _form(request)

    @routes.post("/login")
    async def by_password(request: Request) -> Response:
        """Comes in by password."""
        sent = await request.form(max_fields=10)
        check_form(request, sent, csrf_of(request.cookies.get(VISITOR, "")) if request.cookies.get(VISITOR) else "-")
        email, password = _text(sent, "email"), _text(sent, "password", 1_000)
        token = await _tried(request, email, lambda conn: logins.use_password(conn, email, password, device=_device(request)))
        if token is None:
            return _form(request, email=email, wrong="This address and password do not fit.", status=401)
        return _let_in(request, token)

    @routes.get("/login/{token}")
    def link(request: Request, token: str) -> Response:
        """What a one-time link opens: a page with a button."""
        return page(request, "link.html", title="Log in", token=token[:TOKEN], csrf=csrf_of(token[:TOKEN]))

    @routes.post("/login/{token}")
    async def by_link(request: Request, token: str) -> Response:
        """Comes in by a one-time link."""
        sent = await request.form(max_fields=10)
        check_form(request, sent, csrf_of(token[:TOKEN]))
        opened = await _tried(request, "", lambda conn: logins.use_login(conn, token[:TOKEN], device=_device(request)))
        if opened is None:
            return page(request, "failed.html", status=410, title="This link was used, or its day is over", fix="ask for another one")
        context.link_used()
        return _let_in(request, opened)

    @routes.post("/logout")
    async def logout(request: Request) -> Response:
        """Ends this session."""
        sent = await request.form(max_fields=10)
        token = request.cookies.get(SESSION, "")
        check_form(request, sent, csrf_of(token))

        def end() -> None:
            viewer = context.gate.viewer(request, context.database)
            if viewer is not None:
                with acting(context.database, viewer, "logged out", "page") as conn:
                    see_everybody(conn)  # an operator's session is nobody's
                    logins.end_session(conn, viewer.session_id, person_id=None, actor=viewer.actor)

        await run_in_threadpool(end)
        response = RedirectResponse(f"{request.scope.get('root_path', '')}/login", status_code=303)
        response.delete_cookie(SESSION, path=request.scope.get("root_path", "") or "/")
        return response

    async def _tried(request: Request, account: str, work: Callable[[Connection], str | None]) -> str | None:
        host = request.client.host if request.client else ""
        keys = (f"from {host}", *([f"account {account.casefold()}"] if account else []))
        await context.database.everybody.run(lambda conn: logins.count_try(conn, *keys))
        found = await context.database.everybody.run(work)
        if found is not None:
            await context.database.everybody.run(lambda conn: logins.forget_tries(conn, *keys))
        return found

    def _form(request: Request, *, email: str = "", wrong: str = "", status: int = 200) -> Response:
        secret = visitor(request)
        response = page(request, "login.html", status=status, title="Log in", csrf=csrf_of(secret), email=email, wrong=wrong)
        set_cookie(request, response, VISITOR, secret, seconds=3600, secure=context.secure)
        return response

    def _let_in(request: Request, token: str) -> Response:
        response = RedirectResponse(f"{request.scope.get('root_path', '')}/", status_code=303)  # nowhere else: no open redirect
        seconds = int(logins.SESSION_LASTS.total_seconds())
        set_cookie(request, response, SESSION, token, seconds=seconds, secure=context.secure)
        return response

    return routes


def _text(sent: FormData, name: str, most: int = 300) -> str:
    value = sent.get(name)
    return value[:most] if isinstance(value, str) else ""


def _device(request: Request) -> str:
    return request.headers.get("user-agent", "")[:200]
