"""What the routes of the page share, and what every page says at its top."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from rolecall.matching.cv.files.limits import Limits
from rolecall.services.database import Database
from rolecall.store import Connection, sql
from rolecall.store.visible import see_everybody, see_person
from rolecall.web.viewer import Forbidden, Gate, Viewer

SQL = Path(__file__).parent / "sql"

T = TypeVar("T")
KEPT = 10.0

SEARCH_HOURS = (6, 12, 18)
"""When boards are searched, in UTC (dags/scrape_boards.py)."""


@dataclass
class PageContext:
    """What routes share.

    :param secure: the page's address is https
    :param airflow_url: where Airflow's web UI is; empty: no links into it
    :param link_used: called after a one-time link was used
    :param preview: what changed criteria of a person would have given; ``None``: nobody is there to be asked
    :param dsn: of the catalog's owner, for what reads the web
    :param mail: mails a one-time link to an address; ``None``: links cannot be mailed
    """

    database: Database
    gate: Gate
    limits: Limits
    secure: bool = False
    airflow_url: str = ""
    link_used: Callable[[], None] = lambda: None
    mail: Callable[[str], None] | None = None
    preview: Callable[[str, dict[str, Any]], dict[str, Any]] | None = None
    dsn: str = field(default="", repr=False)
    posts: dict[str, deque[float]] = field(default_factory=dict)
    kept: dict[str, tuple[float, Any]] = field(default_factory=dict, repr=False)

    def same_for_all(self, name: str, ask: Callable[[], T]) -> T:
        """What is the same for everybody and costs a look at the whole catalog: asked once in :data:`KEPT` seconds, not once a page."""
        now = time.monotonic()
        at, found = self.kept.get(name, (now - 2 * KEPT, None))
        if now - at > KEPT:
            found = ask()
            self.kept[name] = (now, found)
        return found  # type: ignore[no-any-return]


class NobodyChosen(Exception):
    """An operator looks at a person's page, and nobody is here."""


class ChooseFirst(Exception):
    """An operator of several people acts and has not said for whom: the page shows somebody, and may show somebody else by then."""


@contextmanager
def opened(context: PageContext, request: Request) -> Iterator[tuple[Connection, dict[str, Any]]]:
    """A connection that sees the rows of the person whose page it is, and that person; the top of the page is read on the way.

    :raises NobodyChosen: there is no person here
    """
    with context.database.connection() as conn:
        yield conn, top(conn, request)


def top(conn: Connection, request: Request) -> dict[str, Any]:
    """The person whose page it is, and what every page says at its top, which is kept for the template. From here on the transaction sees
    their rows alone, whoever looks.

    :raises NobodyChosen: there is no person here
    """
    viewer: Viewer = request.state.viewer
    if viewer.operator:
        see_everybody(conn)  # how many people there are, and who has most to decide
    else:
        see_person(conn, viewer.person_id or "")
    row = conn.execute(sql(SQL / "top.sql"), {"person": viewer.person_id, "operator": viewer.operator}).fetchone()
    if row is None:
        raise NobodyChosen
    chosen = viewer.person_id is not None or row["people"] == 1
    if viewer.operator:
        see_person(conn, row["id"])
    if viewer.person_id != row["id"]:
        may_act = viewer.may_act and chosen
        request.state.viewer = viewer = Viewer(row["id"], viewer.actor, may_act, viewer.operator, viewer.csrf, viewer.session_id)
    request.state.bar = row | {"chosen": chosen, "next_search": next_search(datetime.now(UTC)), "mode": mode(row["preferences"])}
    return row


def person_of(conn: Connection, request: Request) -> str:
    """The id of the person who is acted for."""
    return str(top(conn, request)["id"])


def viewer_of(request: Request) -> Viewer:
    """Whoever came in."""
    viewer: Viewer = request.state.viewer
    return viewer


def operator_of(request: Request) -> Viewer:
    """Whoever came in, where they may see the flow.

    :raises Forbidden: they may not
    """
    viewer = viewer_of(request)
    if not viewer.operator:
        raise Forbidden("this page is for whoever runs Rolecall")
    return viewer


def form_of(request: Request) -> FormData:
    """The form that was sent; it was checked."""
    form: FormData = request.state.form
    return form


def text_of(request: Request, name: str, *, most: int = 500) -> str:
    """A field of the form, without what surrounds it; empty where it was not sent."""
    value = form_of(request).get(name)
    return value.strip()[:most] if isinstance(value, str) else ""


def turn_to(request: Request, path: str) -> RedirectResponse:
    """To a page, after what was sent is done (303). ``path`` is below the page's own, without a slash before it."""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/{path}", status_code=303)


def known_id(text: str) -> str:
    """An id of the ledger.

    :raises HTTPException: 404, it cannot be one
    """
    try:
        return str(UUID(text))
    except ValueError:
        raise HTTPException(404) from None


def next_search(now: datetime) -> datetime:
    """When boards are searched next."""
    today = now.replace(minute=0, second=0, microsecond=0)
    ahead = [today.replace(hour=hour) for hour in SEARCH_HOURS] + [today.replace(hour=SEARCH_HOURS[0]) + timedelta(days=1)]
    return next(at for at in ahead if at > now)


def mode(preferences: Any) -> str:
    """``look``: nothing is sent; ``ask``: each after a yes; ``auto``: what fits is sent by itself."""
    said = preferences if isinstance(preferences, dict) else {}
    if said.get("auto_apply") is not True:
        return "look"
    applying = said.get("applying")
    return "auto" if isinstance(applying, dict) and applying.get("approval") is False else "ask"
