"""Coming in and leaving, where the page has logins of its own. A link that is opened logs nobody in: the button on its page does."""

from __future__ import annotations

import re
from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from rolecall.applying.tokens import fernet
from rolecall.people import logins
from rolecall.store import Connection
from rolecall.store.visible import see_everybody
from rolecall.web.language import mark
from rolecall.web.login.login_mail import MAILS
from rolecall.web.page_context import PageContext, turn_to
from rolecall.web.templating import page
from rolecall.web.viewer import SESSION, VISITOR, acting_transaction, check_form, csrf_of, set_cookie, visitor

TOKEN = 200
"""Characters a link's token has at most."""

MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,250}")
MINUTES = int(logins.MAILED_LASTS.total_seconds() // 60)


def router(context: PageContext) -> APIRouter:
    """``/login``, ``/login/mail``, ``/login/code``, ``/login/{token}``, ``/logout``."""
    routes = APIRouter()

    @routes.get("/login")
    def form(request: Request) -> Response:
        """The forms: a link by mail, or e-mail address and password."""
        return _form(request)

    @routes.post("/login")
    async def by_password(request: Request) -> Response:
        """Comes in by password."""
        sent = await _checked(request)
        email, password = _text(sent, "email"), _text(sent, "password", 1_000)
        found = await _tried(request, email, lambda conn: logins.use_password(conn, email, password, device=_device(request)))
        if found is None:
            return _form(request, email=email, wrong=mark("This address and password do not fit."), status=401)
        return _came_in(request, found)

    @routes.post("/login/mail")
    async def by_mail(request: Request) -> Response:
        """Mails a link, if the address is known; the answer is the same where it is not, and as quick."""
        sent = await _checked(request)
        email = _text(sent, "email").strip()
        if context.mail is None or not MAIL.fullmatch(email):
            return _form(request, email=email, wrong=mark("This is no e-mail address."), status=422)
        host, everybody = _host(request), context.database.unrestricted
        await everybody.run(lambda conn: logins.count_try(conn, f"mail from {host}"))
        await everybody.run(lambda conn: logins.count_try(conn, f"mail to {email.casefold()}", tries=MAILS))
        response = page(request, "mailed.html", title="Look into your mailbox", email=email, minutes=MINUTES)
        response.background = BackgroundTask(context.mail, email)
        return response

    @routes.post("/login/code")
    async def by_code(request: Request) -> Response:
        """Comes in by the code of the second step."""
        sent = await request.form(max_fields=10)
        token, code = _text(sent, "token", TOKEN), _text(sent, "code", 40)
        check_form(request, sent, csrf_of(token))
        person = await context.database.unrestricted.run(lambda conn: logins.who_needs_a_code(conn, token))
        if person is None:
            return page(request, "failed.html", status=410, title="This took too long, or was done already", fix="log in again")
        found = await _tried(
            request,
            f"code of {person}",
            lambda conn: logins.use_code(conn, token, code, seal=fernet(), device=_device(request)),
        )
        if found is None:
            return _code(request, token, wrong=mark("This code does not fit."), status=401)
        return _came_in(request, found)

    @routes.get("/login/{token}")
    async def link(request: Request, token: str) -> Response:
        """What a one-time link opens: a page with a button, as long as it can be used. Opening it uses nothing up: scanners of mails do."""
        if not await context.database.unrestricted.run(lambda conn: logins.login_waits(conn, token[:TOKEN])):
            return page(request, "failed.html", status=410, title="This link was used, or its time is over", fix="ask for another one")
        return page(request, "link.html", title="Log in", token=token[:TOKEN], csrf=csrf_of(token[:TOKEN]))

    @routes.post("/login/{token}")
    async def by_link(request: Request, token: str) -> Response:
        """Comes in by a one-time link."""
        sent = await request.form(max_fields=10)
        check_form(request, sent, csrf_of(token[:TOKEN]))
        found = await _tried(request, "", lambda conn: logins.use_login(conn, token[:TOKEN], device=_device(request)))
        if found is None:
            return page(request, "failed.html", status=410, title="This link was used, or its time is over", fix="ask for another one")
        context.link_used()
        return _came_in(request, found)

    @routes.post("/logout")
    async def logout(request: Request) -> Response:
        """Ends this session."""
        sent = await request.form(max_fields=10)
        token = request.cookies.get(SESSION, "")
        check_form(request, sent, csrf_of(token))

        def end() -> None:
            viewer = context.gate.viewer(request, context.database)
            if viewer is not None:
                with acting_transaction(context.database, viewer, "logged out", "page") as conn:
                    see_everybody(conn)  # an operator's session is nobody's
                    logins.end_session(conn, viewer.session_id, person_id=None, actor=viewer.actor)

        await run_in_threadpool(end)
        response = turn_to(request, "login")
        response.delete_cookie(SESSION, path=request.scope.get("root_path", "") or "/")
        return response

    async def _checked(request: Request) -> FormData:
        sent = await request.form(max_fields=10)
        check_form(request, sent, csrf_of(request.cookies.get(VISITOR, "")) if request.cookies.get(VISITOR) else "-")
        return sent

    async def _tried(request: Request, account: str, work: Callable[[Connection], logins.CameIn | None]) -> logins.CameIn | None:
        keys = (f"from {_host(request)}", *([f"account {account.casefold()}"] if account else []))
        everybody = context.database.unrestricted
        await everybody.run(lambda conn: logins.count_try(conn, *keys))
        found = await everybody.run(work)
        if found is not None:
            await everybody.run(lambda conn: logins.forget_tries(conn, *keys))
        return found

    def _form(request: Request, *, email: str = "", wrong: str = "", status: int = 200) -> Response:
        secret = visitor(request)
        by_mail = context.mail is not None
        erased = "erased" in request.query_params
        shown = {"csrf": csrf_of(secret), "email": email, "wrong": wrong, "by_mail": by_mail, "erased": erased}
        response = page(request, "login.html", status=status, title="Log in", **shown)
        set_cookie(request, response, VISITOR, secret, seconds=3600, secure=context.secure)
        return response

    def _code(request: Request, token: str, *, wrong: str = "", status: int = 200) -> Response:
        return page(request, "code.html", status=status, title="One more step", token=token, csrf=csrf_of(token), wrong=wrong)

    def _came_in(request: Request, found: logins.CameIn) -> Response:
        if found.code_missing:
            return _code(request, found.token)
        response = turn_to(request, "")  # nowhere else: no open redirect
        seconds = int(logins.SESSION_LASTS.total_seconds())
        set_cookie(request, response, SESSION, found.token, seconds=seconds, secure=context.secure)
        return response

    return routes


def _host(request: Request) -> str:
    return request.client.host if request.client else ""


def _text(sent: FormData, name: str, most: int = 300) -> str:
    value = sent.get(name)
    return value[:most] if isinstance(value, str) else ""


def _device(request: Request) -> str:
    return request.headers.get("user-agent", "")[:200]
