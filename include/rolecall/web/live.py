"""What changes while a page is open: server-sent events. One look at the database serves everybody who listens; where events cannot be had,
pages ask for the same numbers now and then."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

from rolecall.errors import RolecallError
from rolecall.services.database import Database
from rolecall.store import sql
from rolecall.web.page_context import SQL, PageContext, opened, viewer_of
from rolecall.web.viewer import Forbidden

log = logging.getLogger("rolecall.page")

LASTS = 15 * 60.0
"""Seconds after which a stream ends; browsers begin another one by themselves."""

ASK_AGAIN = 60.0
"""Seconds after which it is asked again whether the session still holds."""

EVERY, QUIET = 3.0, 20.0
"""Seconds between two looks; seconds without news after which a comment keeps the line open."""

LISTENERS, OF_ONE = 200, 6
"""Streams at once, in all and of one visitor."""

NOTHING = {"waiting": 0, "uncertain": 0, "leaving": 0}


@dataclass(eq=False)
class Listener:
    """One open page.

    :param operator: hears of the stages too
    """

    person: str
    visitor: str
    operator: bool
    news: asyncio.Queue[dict[str, Any]] = field(default_factory=lambda: asyncio.Queue(1))
    heard: dict[str, Any] | None = None

    def tell(self, found: dict[str, Any]) -> None:
        """Puts news where there are any, in place of older ones that were not read."""
        if found != self.heard:
            self.heard = found
            if self.news.full():
                self.news.get_nowait()
            self.news.put_nowait(found)


class Live:
    """Who listens, and the one task that looks while anybody does."""

    def __init__(self, database: Database, *, lasts: float = LASTS) -> None:
        self._database = database
        self._listeners: set[Listener] = set()
        self._looking: asyncio.Task[None] | None = None
        self.lasts = lasts

    def look(self, people: list[str], *, stages: bool) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
        """Person → what waits for them; and what each stage has in hand, where it is asked for. Blocks."""
        with self._database.unrestricted.connection() as conn:
            rows = conn.execute(sql(SQL / "live.sql"), {"people": people}).fetchall()
            found = conn.execute(sql(SQL / "in_hand.sql")).fetchone() if stages else None
        return {row["person_id"]: {name: row[name] for name in NOTHING} for row in rows}, dict(found or {})

    async def events(self, listener: Listener, still_in: Callable[[], bool]) -> AsyncIterator[str]:
        """What happens, as lines of an event stream, until the stream has lasted long enough or the session is over.

        :param still_in: whether the visitor may still see it; called in a thread
        """
        self._listeners.add(listener)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._looks())
        ends, asked = time.monotonic() + self.lasts, time.monotonic()
        try:
            yield "retry: 5000\n\n"
            while True:
                try:
                    news = await asyncio.wait_for(listener.news.get(), min(QUIET, max(1.0, ends - time.monotonic())))
                    yield f"data: {json.dumps(news)}\n\n"
                except TimeoutError:
                    yield ": still here\n\n"
                if time.monotonic() >= ends:
                    return
                if time.monotonic() - asked > ASK_AGAIN:
                    asked = time.monotonic()
                    if not await run_in_threadpool(still_in):
                        return
        finally:
            self._listeners.discard(listener)

    def room_for(self, visitor: str) -> bool:
        """Whether one more stream may begin."""
        return len(self._listeners) < LISTENERS and sum(one.visitor == visitor for one in self._listeners) < OF_ONE

    async def _looks(self) -> None:
        while self._listeners:
            people = sorted({one.person for one in self._listeners})
            stages = any(one.operator for one in self._listeners)
            try:
                found, in_hand = await run_in_threadpool(self.look, people, stages=stages)
            except RolecallError as error:
                log.warning("nobody is told what changes: %s", error.message)
            else:
                for one in list(self._listeners):
                    own = found.get(one.person, NOTHING)
                    one.tell({**own, "stages": in_hand} if one.operator else own)
            await asyncio.sleep(EVERY)


def router(context: PageContext, live: Live) -> APIRouter:
    """``/live`` and ``/live/events``."""
    routes = APIRouter()

    def whose(request: Request) -> Listener:
        with opened(context, request) as (_, person):
            viewer = viewer_of(request)
            return Listener(str(person["id"]), viewer.csrf, viewer.operator)

    def still_in(request: Request) -> bool:
        try:
            viewer = context.gate.viewer(request, context.database)
        except (Forbidden, RolecallError):
            return False
        return viewer is not None

    @routes.get("/live")
    def once(request: Request) -> Response:
        """What waits now."""
        one = whose(request)
        found, in_hand = live.look([one.person], stages=one.operator)
        own = found.get(one.person, NOTHING)
        return JSONResponse({**own, "stages": in_hand} if one.operator else own)

    @routes.get("/live/events")
    async def events(request: Request) -> Response:
        """The same as events, whenever it changes."""
        listener = await run_in_threadpool(whose, request)
        if not live.room_for(listener.visitor):
            raise HTTPException(429, "too many pages listen at once")
        stream = live.events(listener, lambda: still_in(request))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    return routes
