"""The receiving side of applications: an applicant tracking system that keeps one receipt for every request it takes.

``POST /ats/applications/{job_id}`` with ``Idempotency-Key`` and JSON ``{jobId, cvId, coverLetter, applicant, …}`` → 201
``{"receipt", "status": "received"}``. A repeated key is recorded again, as a duplicate; that is what the drills count.
``GET /ats/receipts/{key}`` → 200 with the same, 404 where nothing was received under the key.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from sandbox.ads.content import Catalogue
from sandbox.records import Records
from sandbox.render import page


def problem(status: int, field: str, message: str) -> JSONResponse:
    """The ATS's error shape: ``{"error": {"field", "message"}}``."""
    return JSONResponse({"error": {"field": field, "message": message}}, status)


def router(records: Records, catalogue: Catalogue, *, deduplicates: bool = False) -> APIRouter:
    """The ATS's routes.

    :param deduplicates: a repeated key is answered 200 with its first receipt and not recorded again
    """
    routes = APIRouter()

    @routes.post("/ats/applications/{job_id:path}")
    async def apply(job_id: str, request: Request) -> Response:
        """Takes one application."""
        key = request.headers.get("idempotency-key", "").strip()
        if not key or len(key) > 200:
            return problem(400, "Idempotency-Key", "the header is missing" if not key else "longer than 200 characters")
        if not job_id or len(job_id) > 200:
            return problem(404, "job_id", "there is no such job")
        body = await _object(request)
        if isinstance(body, JSONResponse):
            return body
        for field in ("jobId", "cvId"):
            if not isinstance(body.get(field), (str, int)) or not str(body[field]).strip():
                return problem(422, field, "is required")
        if not isinstance(body.get("coverLetter", ""), (str, type(None))):
            return problem(422, "coverLetter", "must be text")
        if not isinstance(body.get("applicant", {}), dict):
            return problem(422, "applicant", "must be an object")
        if deduplicates and (known := records.receipt_for(key)):
            return JSONResponse({"receipt": known, "status": "received", "repeated": True}, 200)
        return JSONResponse({"receipt": records.receive(key, job_id, body), "status": "received"}, 201)

    @routes.get("/ats/receipts/{key:path}")
    async def receipt(key: str) -> Response:
        """What was received under a key: how a sender who has lost their memory gets it back."""
        known = records.receipt_for(key)
        return JSONResponse({"receipt": known, "status": "received"}) if known else problem(404, "key", "nothing was received under it")

    @routes.get("/ats/applications/{reference}")
    async def form(reference: str) -> Response:
        """What a person who follows the apply link sees."""
        job = catalogue.by_reference.get(reference)
        return HTMLResponse(page("ats.html", job=job, reference=reference), 200 if job else 404)

    return routes


async def _object(request: Request) -> dict[str, Any] | JSONResponse:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        return problem(400, "body", "is not JSON")
    return body if isinstance(body, dict) else problem(400, "body", "must be a JSON object")
