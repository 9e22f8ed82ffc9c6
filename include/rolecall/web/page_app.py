"""The application: served alone, and mounted in Airflow's web server; who comes in is the gate's business, what they may is a route's."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rolecall.clients.platform_client import PlatformClient
from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput, RolecallError, StoreUnavailable
from rolecall.matching.cv.files.limits import Limits
from rolecall.people.logins import TooManyTries
from rolecall.services.api_errors import ApiError
from rolecall.services.database import Database
from rolecall.services.route_guards import BodyLimit
from rolecall.store.dead_letters import UNSTORABLE, in_log
from rolecall.web import cv_pages, flow_page, jobs_pages, live, me_pages, today_page
from rolecall.web.applications import answer_pages, applications_pages, approve_pages, inbox_pages
from rolecall.web.language import mark
from rolecall.web.live import Live
from rolecall.web.login import login_pages, second_factor_pages
from rolecall.web.login.login_mail import can_mail, mailer
from rolecall.web.market_figures import market_page
from rolecall.web.market_figures.drawings import PictureCache
from rolecall.web.page_context import ChooseFirst, NobodyChosen, PageContext
from rolecall.web.templating import STATIC, page
from rolecall.web.viewer import Forbidden, Gate, NotLoggedIn, SessionGate, check_form
from rolecall.web.ways import stop_pages, ways_pages

log = logging.getLogger("rolecall.page")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
UPLOAD = "/me/cv"
ENVELOPE = 64 * 1024

CHOOSING = "/people"
"""Where an operator says whose page it is."""

POSTS_A_MINUTE = 120
"""Forms that one visitor may send in a minute."""


def create_page_app(
    settings: Endpoints,
    *,
    gate: Gate | None = None,
    database: Database | None = None,
    airflow_url: str = "",
    link_used: Callable[[], None] = lambda: None,
) -> FastAPI:
    """The app.

    :param gate: who comes in; our own logins where none is given
    :param database: somebody else's, who opens and closes it
    :param airflow_url: where Airflow's web UI is, for the engineer's links; a path where it is on the same server; empty: no links
    :param link_used: called after a one-time link was used
    """
    store = database or Database(settings.dsn)
    limits = Limits(size=settings.cv_max_bytes, pages=settings.cv_max_pages)
    secure = (settings.page_url or "").startswith("https://")
    context = PageContext(store, gate or SessionGate(), limits, secure, airflow_url.rstrip("/"), link_used)
    context.dsn = settings.dsn
    context.preview = previewer(settings)
    context.mail = mailer(settings, store) if can_mail(settings) else None

    @asynccontextmanager
    async def opened(_: FastAPI) -> Any:
        if database is None:
            store.open()
        yield
        if database is None:
            store.close()

    app = FastAPI(title="Rolecall", docs_url=None, redoc_url=None, openapi_url=None, lifespan=opened, redirect_slashes=False)
    app.state.context = context
    app.state.live = Live(store)
    app.add_middleware(BodyLimit, limits={UPLOAD: limits.size + ENVELOPE})
    app.add_middleware(Headers)
    _failures(app, context)
    app.include_router(_open(context))
    guarded = APIRouter(dependencies=[Depends(_guard(context))])
    for module in (today_page, jobs_pages, approve_pages, applications_pages, inbox_pages, ways_pages, me_pages, cv_pages, flow_page):
        guarded.include_router(module.router(context))
    guarded.include_router(market_page.router(context, PictureCache(settings.dsn)))
    guarded.include_router(live.router(context, app.state.live))
    if context.gate.own_logins:
        guarded.include_router(second_factor_pages.router(context))
    app.include_router(guarded)
    return app


def previewer(settings: Endpoints) -> Callable[[str, dict[str, Any]], dict[str, Any]] | None:
    """Asks the platform API, whose engine knows the open jobs, what other wishes would have given."""
    if not settings.api_base_url:
        return None

    def preview(person_id: str, criteria: dict[str, Any]) -> dict[str, Any]:
        with PlatformClient(settings.api_base_url, settings.api_token.get_secret_value(), seconds=20) as platform:
            return platform.preview(person_id, criteria=criteria)

    return preview


def _open(context: PageContext) -> APIRouter:
    """What needs no login: styles, scripts, a sign of life, the login itself."""
    routes = APIRouter()

    @routes.get("/health")
    async def health() -> Response:
        """Whether the page and its database answer."""
        await context.database.probe()
        return JSONResponse({"status": "ok", "service": "page"})

    @routes.get("/static/{name}")
    def static(name: str) -> Response:
        """A style or a script of ours."""
        known = {path.name for path in STATIC.iterdir()}
        if name not in known:
            raise HTTPException(404)
        return FileResponse(STATIC / name, headers={"Cache-Control": "public, max-age=31536000, immutable"})

    routes.include_router(answer_pages.router(context))
    routes.include_router(stop_pages.router(context))
    if context.gate.own_logins:
        routes.include_router(login_pages.router(context))
    return routes


def _guard(context: PageContext) -> Callable[[Request], Awaitable[None]]:
    """Every route but the open ones: somebody is known, a form is ours, and not too many come at once."""

    async def guard(request: Request) -> None:
        viewer = await run_in_threadpool(context.gate.viewer, request, context.database)
        if viewer is None:
            raise NotLoggedIn
        request.state.viewer = viewer
        request.state.form = None
        if request.method not in ("GET", "HEAD"):
            if not viewer.may_act:
                raise Forbidden("you may look, and not decide")
            if viewer.operator and viewer.person_id is None and not request.url.path.endswith(CHOOSING):
                await run_in_threadpool(_one_person, context)
            _slow_down(context, viewer.csrf)
            request.state.form = await request.form(max_files=1, max_fields=500)
            check_form(request, request.state.form, viewer.csrf)

    return guard


def _one_person(context: PageContext) -> None:
    """Lets an operator act who has chosen nobody, where there is only one person they can mean.

    :raises ChooseFirst: there are several
    """
    with context.database.unrestricted.connection() as conn:
        if len(conn.execute("select from person limit 2").fetchall()) > 1:
            raise ChooseFirst


def _slow_down(context: PageContext, who: str) -> None:
    now = time.monotonic()
    if len(context.posts) > 10_000:
        context.posts.clear()
    sent = context.posts.setdefault(who, deque(maxlen=POSTS_A_MINUTE))
    if len(sent) == POSTS_A_MINUTE and now - sent[0] < 60:
        raise HTTPException(429, "too many forms in a minute: wait a moment")
    sent.append(now)


class Headers:
    """Says with every answer what may run and who may keep it. An answer that goes on is passed on as it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (*HEADERS.items(), ("Cache-Control", "no-store")):
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _failures(app: FastAPI, context: PageContext) -> None:
    """Every failure is a readable page, and none repeats what was sent."""

    def failed(request: Request, status: int, said: str, fix: str = "") -> Response:
        return page(request, "failed.html", status=status, title=said, fix=fix)

    @app.exception_handler(NotLoggedIn)
    async def _nobody(request: Request, _: NotLoggedIn) -> Response:
        if request.method in ("GET", "HEAD") and "hx-request" not in request.headers:
            return RedirectResponse(context.gate.login(request), status_code=303)
        return failed(request, 401, "You are not logged in", "log in, and do it again")

    @app.exception_handler(NobodyChosen)
    async def _nobody_chosen(request: Request, _: NobodyChosen) -> Response:
        return page(request, "nobody.html", title="Nobody is here")

    @app.exception_handler(ChooseFirst)
    async def _choose_first(request: Request, _: ChooseFirst) -> Response:
        return page(request, "choose_first.html", status=409, title=mark("Say first for whom"))

    @app.exception_handler(Forbidden)
    async def _forbidden(request: Request, error: Forbidden) -> Response:
        return failed(request, 403, "This is not open to you", str(error))

    @app.exception_handler(InvalidInput)
    async def _invalid(request: Request, error: InvalidInput) -> Response:
        return failed(request, 422, error.message, error.fix)

    @app.exception_handler(ApiError)
    async def _api(request: Request, error: ApiError) -> Response:
        return failed(request, error.status, error.error, error.fix)

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, _: RequestValidationError) -> Response:
        return failed(request, 422, "This address or form says something that cannot be understood", "go back and correct it")

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        said = {404: mark("There is nothing here"), 405: mark("There is nothing here"), 413: mark("This is too large")}.get(
            error.status_code, str(error.detail)
        )
        return failed(request, error.status_code, said)

    @app.exception_handler(StoreUnavailable)
    async def _store(request: Request, error: StoreUnavailable) -> Response:
        return failed(request, 503, "The database does not answer; nothing was changed", "try again in a moment")

    @app.exception_handler(TooManyTries)
    async def _too_many(request: Request, error: TooManyTries) -> Response:
        return failed(request, 429, error.message, error.fix)

    @app.exception_handler(RolecallError)
    async def _ours(request: Request, error: RolecallError) -> Response:
        return failed(request, 409, error.message, error.fix)

    @app.exception_handler(psycopg.Error)
    async def _postgres(request: Request, error: psycopg.Error) -> Response:
        log.warning("the database refused: %s", in_log(error))
        if isinstance(error, UNSTORABLE):
            return failed(request, 422, "This cannot be understood", "go back and correct it")
        return failed(request, 500, "The database refused this; nothing was changed", "the page's log says why")

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:
        log.error("%s failed: %s", request.scope.get("route"), in_log(error))
        response = failed(request, 500, "The page failed; nothing was changed", "the page's log says why")
        response.headers.update(HEADERS)
        return response
