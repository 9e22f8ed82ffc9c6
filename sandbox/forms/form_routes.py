"""Serves the re-made forms and takes what they send: ``/forms/{system}/{tenant}/{job}``. A job's name says how its form behaves.

``1001`` behaves; behind ``--`` stands what does not: ``1001--lost`` takes the application and hangs up. Every application that is taken
is a receipt, whoever sent it how often. A code that it sends by mail is :data:`CODE`.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse

from sandbox.edge import HANG_UP
from sandbox.forms.asked import STANDARD
from sandbox.forms.draw import drawn
from sandbox.records import Records

SENDING: dict[str, dict[str, str]] = {
    "greenhouse": {"post": "/jobs/1", "submit": "button[type=submit]", "donePath": "/confirmation"},
    "lever": {"post": "/apply", "submit": "#btn-submit", "donePath": "/thanks"},
    "ashby": {
        "post": "/api/non-user-graphql?op=ApiSubmitSingleApplicationFormAction",
        "submit": ".ashby-application-form-submit-button",
        "doneHtml": "<div role='status' class='ashby-application-form-success-container'><p>Application received!</p></div>",
    },
    "workable": {
        "post": "/jobs/1/apply", "submit": "[data-ui=apply-button]",
        "doneHtml": "<div data-ui='successful-submit'>Thank you for applying</div>",
    },
    "personio": {"post": "/application", "submit": "form button[type=submit]", "doneHtml": "<p class='success'>It is here</p>"},
    "recruitee": {
        "post": "/candidates", "submit": "button[type=submit]",
        "doneHtml": "<h2>All done!</h2><p>Your application has been successfully submitted!</p>",
    },
    "teamtailor": {"post": "/applications", "submit": "[type=submit]", "donePath": "/received"},
    "smartrecruiters": {
        "post": "/candidates", "submit": "[data-test=footer-submit]",
        "doneHtml": "<div data-test='success-page-confirmation'>Your application was sent</div>",
    },
    "breezy": {"post": "/apply", "submit": "button.button.green", "doneHtml": "<h2>Your application was received</h2>"},
}  # fmt: skip
THANKS = {
    "greenhouse": "<div class='confirmation'>Thank you for applying.</div>",
    "lever": "<h3 data-qa='msg-submit-success'>Application submitted!</h3>",
    "teamtailor": "<div data-application-received>Your application has been received</div>",
}
SCRIPT = Path(__file__).with_name("behaviour.js")
CLOSED = "<main><h1>This position is no longer open</h1></main>"
APPLIED = "<main><h1>You have already applied for this job</h1></main>"
LIMIT = "<main><h1>You have reached the application limit of this employer</h1></main>"
LOG_IN = "<main><h1>Sign in</h1><input type='password' style='width:200px;height:30px'></main>"
INSTEAD = {"closed": CLOSED, "applied": APPLIED, "limit": LIMIT, "login": LOG_IN}
CODE = "K7Q2M9XA"
INVENTED = ("Do you have a bicycle", "What is your notice period")
"""What the invented questions begin with that only the person knows; forms whose job ends in ``--plain`` ask none of them."""
THINGS = b"things to keep on somebody's disk"
FRAMED = (
    "<!doctype html><html><body><main><h1>Join us</h1>"
    "<iframe src='{path}?framed=1' style='width:100%;height:1600px'></iframe></main></body></html>"
)
PLACE = "/forms/{system}/{tenant}/{job}"


def router(records: Records) -> APIRouter:
    """The forms' routes."""
    routes = APIRouter()
    begun: set[str] = set()

    def first_time(where: str) -> bool:
        """Whether this misbehaves now; it does so once."""
        fresh = where not in begun
        begun.add(where)
        return fresh

    @routes.get("/forms/_/behaviour.js")
    async def behaviour() -> Response:
        """What all of them run."""
        return Response(SCRIPT.read_text(encoding="utf-8"), media_type="text/javascript")

    @routes.get(PLACE)
    async def form(system: str, tenant: str, job: str, request: Request) -> Response:
        """The form's page."""
        asked, quirk = STANDARD.get(system), job.partition("--")[2]
        if asked is None or quirk == "gone":
            return HTMLResponse("<h1>Not found</h1>", 404)
        if quirk in INSTEAD:
            return HTMLResponse(f"<!doctype html><html><body>{INSTEAD[quirk]}</body></html>")
        if quirk == "endless" and first_time(f"{system}/{tenant}/{job}"):
            return StreamingResponse(never_ending(), media_type="text/html")
        if quirk == "framed" and "framed" not in request.query_params:
            return HTMLResponse(FRAMED.format(path=request.url.path))
        if quirk == "blocked":
            return HTMLResponse("Access denied", 403)
        if quirk == "changes" and not first_time(f"{system}/{tenant}/{job}"):
            asked = asked[:-1]  # it asks less than it did
        if quirk == "plain":
            asked = tuple(one for one in asked if not one.label.startswith(INVENTED))
        required = [one.id for one in asked if one.required and one.id != "candidate[consent_given]"]
        if system == "teamtailor":
            required = [one if one != "candidate_resume_remote_url" else "candidate[resume_remote_url]" for one in required]
        page = drawn(system, asked, setup={**SENDING[system], "quirk": quirk, "required": required})
        return HTMLResponse(page.replace("RANDOM", secrets.token_hex(8)))

    @routes.post(PLACE + "/upload")
    async def upload(system: str, tenant: str, job: str, request: Request) -> Response:
        """Takes a file, ahead of the form."""
        if job.endswith("--upload-hangs") and first_time(f"{system}/{tenant}/{job}"):
            await asyncio.sleep(60)
        return JSONResponse({"id": len(await request.body())})

    @routes.get(PLACE + "/{rest:path}")
    async def after(system: str, tenant: str, job: str, rest: str) -> Response:
        """The page after it: it answers whoever asks, and proves nothing."""
        if rest == "things.bin":
            return Response(THINGS, headers={"Content-Disposition": "attachment; filename=things.bin"})
        return HTMLResponse(f"<!doctype html><html><body><main>{THANKS.get(system, 'Thank you')}</main></body></html>")

    @routes.post(PLACE + "/{rest:path}")
    async def take(system: str, tenant: str, job: str, rest: str, request: Request) -> Response:
        """Takes one application."""
        quirk = job.partition("--")[2]
        body = await request.body()
        if system == "ashby" and "op=ApiSetFormValue" in str(request.url):
            return JSONResponse({"data": {"setFormValue": {"__typename": "FormRender"}}})
        said = _fields(body.decode()) if system in ("lever", "teamtailor") else json.loads(body or b"{}")
        if quirk == "errors":
            return JSONResponse({"data": {"__typename": "FormRender", "errors": ["Error"]}}, 200)
        if quirk == "code" and said.get("security_code") != CODE:
            return JSONResponse({"captcha-failed": True, "security_code_recipient": "you"}, 428)
        if quirk == "closes":
            return PlainTextResponse("This position is no longer open", 410)
        if quirk == "twice":
            return PlainTextResponse("You have already applied for this job", 409)
        if quirk == "broken":
            return PlainTextResponse("Internal error", 500)
        if quirk == "hangs":
            await asyncio.sleep(60)
        email = next((str(value) for name, value in said.items() if "email" in name.lower()), "")
        records.receive(f"{system}/{tenant}/{job}/{email}", f"{system}/{tenant}/{job}", {**said, "from": email}, way="form")
        if quirk == "lost":
            request.scope[HANG_UP]()
        if quirk == "late":
            await asyncio.sleep(60)
        if system in ("lever", "teamtailor"):
            return RedirectResponse(f"/forms/{system}/{tenant}/{job}{SENDING[system]['donePath']}", 303)
        return JSONResponse({"data": {"__typename": "FormSubmitSuccess"}}, 201 if system in ("workable", "recruitee") else 200)

    return routes


async def never_ending() -> AsyncIterator[str]:
    """A page that goes on and on, for a minute."""
    for _ in range(240):
        yield "<!-- . -->"
        await asyncio.sleep(0.25)


def _fields(body: str) -> dict[str, Any]:
    found: dict[str, str] = {}
    for name, value in parse_qsl(body):
        found[name] = f"{found[name]}|{value}" if name in found else value
    return found
