"""*Me*, the second step of logging in: set up with a QR code, confirmed by a code, turned off by one."""

from __future__ import annotations

import segno
from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from rolecall.applying.tokens import fernet
from rolecall.people import logins, second_factor
from rolecall.web.language import mark
from rolecall.web.page_context import PageContext, opened, person_of, text_of, viewer_of
from rolecall.web.templating import page, tell
from rolecall.web.viewer import acting_transaction


def router(context: PageContext) -> APIRouter:
    """``/me/second-factor``."""
    routes = APIRouter()

    def shown(
        request: Request,
        *,
        wrong: str = "",
        codes: list[str] | None = None,
        enrolment: second_factor.Enrolment | None = None,
        status: int = 200,
    ) -> Response:
        with opened(context, request) as (conn, person):
            on, left = second_factor.is_on(conn, person["id"]), second_factor.left_on_paper(conn, person["id"])
        picture = _picture(enrolment.uri, tell(request, mark("QR code of the key"))) if enrolment else ""
        title = mark("A code when logging in")
        return page(
            request,
            "second_factor.html",
            status=status,
            title=title,
            here="me",
            wrong=wrong,
            codes=codes,
            enrolment=enrolment,
            picture=picture,
            on=on,
            left=left,
        )

    @routes.get("/me/second-factor")
    def look(request: Request) -> Response:
        """Whether a code is asked for."""
        return shown(request)

    @routes.post("/me/second-factor/begin")
    def begin(request: Request) -> Response:
        """A new key, shown this once; it counts when a code of it was given."""
        viewer = viewer_of(request)
        with acting_transaction(context.database, viewer, "began a second step of logging in", "login") as conn:
            person = person_of(conn, request)
            made = second_factor.begin(conn, person, request.state.bar["email"], seal=fernet())
        return shown(request, enrolment=made)

    @routes.post("/me/second-factor/confirm")
    def confirm(request: Request) -> Response:
        """Turns it on, where the code fits."""
        viewer, code = viewer_of(request), text_of(request, "code", most=40)
        _count(request)
        with acting_transaction(context.database, viewer, "gave the first code of a second step", "login") as conn:
            codes = second_factor.confirm(conn, person_of(conn, request), code, seal=fernet())
        if codes is None:
            wrong = mark("This code does not fit. Begin again, and look whether the clock of your telephone is right.")
            return shown(request, wrong=wrong, status=422)
        return shown(request, codes=codes)

    @routes.post("/me/second-factor/off")
    def turn_off(request: Request) -> Response:
        """Turns it off: by a code, or by whoever runs Rolecall, for somebody who lost all of them."""
        viewer, code = viewer_of(request), text_of(request, "code", most=40)
        _count(request)
        with acting_transaction(context.database, viewer, "asked to turn off a second step", "login") as conn:
            person = person_of(conn, request)
            fits = viewer.operator or second_factor.fits(conn, person, code, seal=fernet())
            if fits:
                second_factor.turn_off(conn, person)
        return shown(request) if fits else shown(request, wrong=mark("This code does not fit."), status=422)

    def _count(request: Request) -> None:
        with context.database.unrestricted.connection() as conn:
            logins.count_try(conn, f"code of {viewer_of(request).person_id}")

    return routes


def _picture(uri: str, named: str) -> Markup:
    """The QR code, inline: nobody else is asked to draw it."""
    drawn = segno.make(uri, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff", title=named)
    return Markup(drawn.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704  # drawn by segno, which escapes the title
