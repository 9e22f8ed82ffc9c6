"""``GET /figures/``: the daily reports, for who may read the DAG `analytics` that writes them. Airflow mounts plugin apps without asking
who calls: this one asks itself. Its redirect is relative: it holds behind any path prefix.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from airflow.api_fastapi.core_api.security import requires_access_dag
from airflow.sdk import ObjectStoragePath, conf
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from rolecall.settings import Settings

HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", "X-Content-Type-Options": "nosniff"}
NONE = 'There is no report yet: the first one is written at 00:30 UTC. Today so far: trigger the DAG analytics with {"day": "today"}.'


@cache
def app() -> FastAPI:
    """The app, mounted under ``/figures``."""
    may_read = Depends(requires_access_dag(method="GET", param_dag_id="analytics"))
    made = FastAPI(title="Rolecall figures", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[may_read])

    @made.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        """Sends a browser that is not logged in to Airflow's login, and from there back; other clients get the error as JSON or text."""
        if error.status_code != 401 or "text/html" not in request.headers.get("accept", ""):
            return await http_exception_handler(request, error)
        back = f"{urlsplit(conf.get('api', 'base_url', fallback='')).path.rstrip('/')}/figures/{request.url.path.rpartition('/')[2]}"
        return RedirectResponse(f"../api/v2/auth/login?{urlencode({'next': back})}", status_code=303)

    @made.exception_handler(RequestValidationError)
    async def no_day(request: Request, error: RequestValidationError) -> Response:
        """What is no day has no report: said in a sentence, to whoever reads it."""
        return PlainTextResponse("There is no such report: its address ends in a day, such as /figures/2000-01-31.", status_code=404)

    @made.get("/")
    def newest() -> Response:
        """On to the report of the newest day."""
        days = sorted(path.name for path in _folder().glob("analytics-*.html")) if _folder().exists() else []
        if not days:
            return PlainTextResponse(NONE, status_code=404)
        return RedirectResponse(days[-1].removeprefix("analytics-").removesuffix(".html"))

    @made.get("/{day}.pdf")
    def paper(day: date) -> Response:
        """A day's report for print."""
        return _answer(day, "pdf", "application/pdf")

    @made.get("/{day}")
    def page(day: date) -> Response:
        """A day's report."""
        return _answer(day, "html", HTMLResponse.media_type)

    return made


def _answer(day: date, ending: str, media_type: str | None) -> Response:
    path = _folder() / f"analytics-{day}.{ending}"
    if not path.exists():
        return PlainTextResponse(f"There is no report of {day}.", status_code=404)
    return Response(path.read_bytes(), media_type=media_type, headers=HEADERS)


def _folder() -> Any:
    return ObjectStoragePath(Settings().report_url)
