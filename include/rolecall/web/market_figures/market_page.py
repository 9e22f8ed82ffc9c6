"""*Market*: what is asked for, offered and paid, from the first day on; every day that was counted; the same as a PDF. Who runs Rolecall
also sees the figures of people."""

from __future__ import annotations

from datetime import UTC, date, datetime

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rolecall.store.visible import see_everybody
from rolecall.web.language import mark
from rolecall.web.market_figures.drawings import DayPictures, PictureCache
from rolecall.web.page_context import NobodyChosen, PageContext, top, viewer_of
from rolecall.web.templating import page

FOR_ALL = ["Market", "Boards"]
FOR_OPERATORS = ["Market", "Boards", "People"]
"""Sections of the report; the figures of people are of few people, and not for each other."""

NAMES = {"Market": mark("Market"), "Boards": mark("Boards"), "People": mark("People")}

DAYS = "select distinct day from figures.funnel where day < %s order by day desc limit 60"
IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Of a picture, opened alone: its own colours."""


def router(context: PageContext, drawings: PictureCache) -> APIRouter:
    """``/market``."""
    routes = APIRouter()

    def asked(day: str) -> date:
        today = datetime.now(UTC).date()
        try:
            wanted = date.fromisoformat(day) if day else today
        except ValueError:
            raise HTTPException(404) from None
        if wanted > today:
            raise HTTPException(404)
        return wanted

    def seen(request: Request, day: date) -> list[str]:
        """The sections that this visitor may see; 404 where the day was not counted."""
        sections = FOR_OPERATORS if viewer_of(request).operator else FOR_ALL
        if day < datetime.now(UTC).date():
            with context.database.unrestricted.connection() as conn:
                if not conn.execute("select 1 from figures.funnel where day = %s limit 1", (day,)).fetchone():
                    raise HTTPException(404)
        return sections

    def drawn(request: Request, day: date) -> tuple[DayPictures, list[str]]:
        sections = seen(request, day)
        return drawings.of(day).result(60), sections

    @routes.get("/market")
    def market(request: Request, day: str = "") -> Response:
        """A day's charts; while they are drawn, that they are."""
        wanted = asked(day)
        sections = seen(request, wanted)
        with context.database.connection() as conn:
            try:
                top(conn, request)
            except NobodyChosen:
                request.state.bar = None
            see_everybody(conn)
            days = [row["day"] for row in conn.execute(DAYS, (datetime.now(UTC).date(),)).fetchall()]
        future = drawings.of(wanted)
        found = future.result() if future.done() and future.exception() is None else None
        part = "market_charts.html" if request.headers.get("hx-request") else "market.html"
        return page(
            request,
            part,
            title="Market",
            here="market",
            day=wanted,
            today=datetime.now(UTC).date(),
            days=days,
            drawn=found,
            failed=future.done() and future.exception() is not None,
            sections=[(NAMES[one], found.sections[one]) for one in sections if found and one in found.sections],
        )

    @routes.get("/market/{day}/report.pdf")
    def paper(request: Request, day: str) -> Response:
        """A day's charts as a PDF."""
        found, sections = drawn(request, asked(day))
        name = f"rolecall-{found.day}.pdf"
        content = drawings.in_a_thread(found, sections)
        return Response(content, media_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'})

    @routes.get("/market/{day}/{chart}.svg")
    def picture(request: Request, day: str, chart: str) -> Response:
        """One chart."""
        found, sections = drawn(request, asked(day))
        picture = found.picture(chart, sections)
        if picture is None:
            raise HTTPException(404)
        headers = {"Content-Security-Policy": IMAGE_POLICY, "Cache-Control": "private, max-age=300"}
        return Response(picture, media_type="image/svg+xml", headers=headers)

    return routes
