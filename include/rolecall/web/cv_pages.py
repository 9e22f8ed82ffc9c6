"""The CVs on *Me*: one comes in, in the place of another or as one more, is corrected, or is removed."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rolecall.applying import decisions
from rolecall.errors import InvalidInput
from rolecall.matching.cv.cv_dates import years_of
from rolecall.models import Cv, Role
from rolecall.people.cvs.own_cvs import remove_cv
from rolecall.people.privacy import BeingSent
from rolecall.people.records import save_cv
from rolecall.services.platform.uploads import AT_ONCE, UploadedFile, store_upload
from rolecall.web.language import mark
from rolecall.web.page_context import PageContext, form_of, person_of, text_of, turn_to, viewer_of
from rolecall.web.viewer import acting_transaction

LISTS = ("skills", "languages", "education")
LABELS = {
    "name": mark("Name"),
    "headline": mark("Headline"),
    "location": mark("Place"),
    "email": mark("E-mail"),
    "phone": mark("Phone"),
    "years": mark("Years of work"),
    "skills": mark("Skills"),
    "languages": mark("Languages"),
    "education": mark("Education"),
}
UNSURE = 0.7
"""Below it a field that was read is asked about."""

ANOTHER = "another"
"""Chosen where a file is one more CV whatever its name."""


def router(context: PageContext) -> APIRouter:
    """``/me/cv``."""
    routes = APIRouter()
    at_once = anyio.CapacityLimiter(AT_ONCE)

    @routes.post("/me/cv")
    async def upload(request: Request) -> Response:
        """Takes a CV in and reads it: in the place of the CV of its name, of one that was chosen, or as another."""
        file, viewer = form_of(request).get("file"), viewer_of(request)
        if not isinstance(file, UploadFile) or not file.filename:
            raise InvalidInput("file", "is missing", fix="choose a PDF, a Word document or a text")
        data, name, place = await file.read(), file.filename, text_of(request, "place")

        def store() -> dict[str, Any]:
            with acting_transaction(context.database, viewer, "uploaded a CV", "cv") as conn:
                person = person_of(conn, request)
            replaces, other = ("", True) if place == ANOTHER else (place, False)
            return store_upload(context.database, UploadedFile(data, name, person, replaces or None, other), person, context.limits)

        kept = await anyio.to_thread.run_sync(store, limiter=at_once)
        return turn_to(request, "me?cv=replaced#cv" if kept["file"]["replaced"] else "me#cv")

    @routes.post("/me/cv/{cv_id}")
    def correct(request: Request, cv_id: str) -> Response:
        """Takes what the person says over what was read."""
        viewer = viewer_of(request)
        with acting_transaction(context.database, viewer, "corrected a CV", "cv") as conn:
            person = person_of(conn, request)
            row = conn.execute("select data from cv where id = %s and person_id = %s for update", (cv_id, person)).fetchone()
            if row is None:
                raise HTTPException(404)
            save_cv(
                conn,
                cv_id=cv_id,
                person_id=person,
                data=corrected(row["data"], {name: text_of(request, name, most=5_000) for name in LABELS}),
            )
            decisions.prepare_again(conn, person)
        return turn_to(request, "me#cv")

    @routes.post("/me/cv/{cv_id}/remove")
    def remove(request: Request, cv_id: str) -> Response:
        """Removes a CV, with its matches and what waits to be sent with it."""
        viewer = viewer_of(request)
        with acting_transaction(context.database, viewer, "removed a CV", "cv") as conn:
            try:
                done = remove_cv(conn, person_of(conn, request), cv_id, actor=viewer.actor)
            except BeingSent as error:
                raise InvalidInput("cv", error.message, fix=error.fix) from error
            if done is None:
                raise HTTPException(404)
        return turn_to(request, "me?cv=removed#cv")

    return routes


def read_fields(cv: dict[str, Any]) -> list[dict[str, Any]]:
    """What a CV says, field by field: ``{name, value, sure, quote, ask}``; ``sure`` is ``None`` where its owner said it."""
    sure, spans, text = _mapping(cv.get("sure")), _mapping(cv.get("spans")), str(cv.get("text") or "")
    found = []
    for name in LABELS:
        value = cv.get(name)
        shown = "\n".join(map(str, value)) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else str(value or "")
        parts = [sure[key] for key in sure if key == name or key.startswith(f"{name}[")]
        how = min(parts) if parts else None
        span = spans.get(name)
        quote = text[span[0] : span[1]] if isinstance(span, list) and len(span) == 2 else ""
        counted = name == "years" and how is None and isinstance(value, int | float) and _is_counted(cv, value)
        found.append(
            {"counted": counted, "name": name, "value": shown, "sure": how, "quote": quote[:200], "ask": how is not None and how < UNSURE}
        )
    return found


def _is_counted(cv: dict[str, Any], years: float) -> bool:
    """Whether the years of work are no more than what the dates of the roles give."""
    roles = [Role.model_validate(one) for one in cv.get("roles") or [] if isinstance(one, dict)]
    of_roles = years_of(Cv(roles=roles))
    return of_roles is not None and abs(of_roles - years) < 1.5  # a role that goes on has grown since it was read


def corrected(cv: dict[str, Any], said: dict[str, str]) -> dict[str, Any]:
    """A CV with what its owner says in place of what was read; of that nobody is unsure any more.

    :raises InvalidInput: the years are no number
    """
    made = dict(cv)
    for name, text in said.items():
        before = next(one["value"] for one in read_fields(cv) if one["name"] == name)
        if text.replace("\r\n", "\n") == before:
            continue
        if name in LISTS:
            made[name] = [line.strip() for line in text.splitlines() if line.strip()]
        elif name == "years":
            try:
                made[name] = float(text.replace(",", ".")) if text else None
            except ValueError:
                raise InvalidInput("years", "is no number", fix="type a number such as 8") from None
            if made[name] is not None and not 0 <= made[name] <= 80:
                raise InvalidInput("years", "is no number of years", fix="type a number from 0 to 80")
        else:
            made[name] = text
        for kept in ("sure", "spans"):
            made[kept] = {key: one for key, one in _mapping(made.get(kept)).items() if key != name and not key.startswith(f"{name}[")}
    return made


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
