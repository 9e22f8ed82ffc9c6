"""Employers that take applications without an ATS of the sandbox's: by mail, and by the open interface of Recruitee.

``GET /recruitee/{tenant}/api/offers/[{slug}]`` are an invented tenant's offers with their questions, and
``POST /recruitee/{tenant}/api/offers/{slug}/candidates`` takes a candidate, as docs.recruitee.com/reference describes both.
A tenant is ``{employer}-example``. Mail counts as an application where it goes to the address that an ad names. Each is one receipt;
the same again is a duplicate, as the drills count them.
"""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import FormData, UploadFile

from sandbox.ads.content import Catalogue, address_of
from sandbox.ads.jobs import InventedJob
from sandbox.records import Records


def tenant_of(job: InventedJob) -> str:
    """The employer's sub-domain at Recruitee."""
    return f"{job.company.slug}-example"


def questions_of(job: InventedJob) -> list[dict[str, Any]]:
    """What the employer asks beyond the CV: one in two asks for the notice period, one in four for nothing."""
    number = int(hashlib.sha256(job.reference.encode()).hexdigest()[:6], 16)
    asked: list[dict[str, Any]] = []
    if number % 4 in (1, 3):
        asked.append({"id": number * 10 + 1, "kind": "string", "body": "What is your notice period?", "required": True})
    if number % 4 in (2, 3):
        body = f"Do you live within reach of {job.place.city}?"
        asked.append({"id": number * 10 + 2, "kind": "boolean", "body": body, "required": False})
    return [{"position": place, "options": [], **one} for place, one in enumerate(asked, 1)]


def offer_of(job: InventedJob) -> dict[str, Any]:
    """One offer in the interface's shape."""
    home = f"https://{tenant_of(job)}.recruitee.com/o/{job.reference.lower()}"
    return {
        "id": int(hashlib.sha256(job.reference.encode()).hexdigest()[:7], 16),
        "slug": job.reference.lower(),
        "title": job.title,
        "company_name": job.company.name,
        "careers_url": home,
        "careers_apply_url": f"{home}/c/new",
        "mailbox_email": f"job.{job.reference.lower()}@{tenant_of(job)}.recruitee.com",
        "description": job.html,
        "requirements": "",
        "city": job.place.city,
        "country_code": job.place.code,
        "employment_type_code": "fulltime_permanent",
        "options_cv": "required",
        "options_phone": "optional",
        "options_cover_letter": "optional",
        "options_photo": "off",
        "open_questions": questions_of(job),
    }


def wrong_in_candidate(form: FormData, job: InventedJob) -> str | None:
    """What the interface would refuse."""
    for field in ("name", "email"):
        if not str(form.get(f"candidate[{field}]") or "").strip():
            return f"{field} can't be blank"
    if not isinstance(form.get("candidate[cv]"), UploadFile):
        return "cv can't be blank"
    answered: dict[str, str] = {}
    for name, value in form.multi_items():
        if name.startswith("candidate[open_question_answers_attributes]") and name.endswith("[open_question_id]"):
            place = name.removesuffix("[open_question_id]")
            given = [form.get(f"{place}[{kind}]") for kind in ("content", "flag", "multi_content][")]
            answered[str(value)] = next((str(one) for one in given if one), "")
    known = {str(one["id"]): one for one in questions_of(job)}
    if odd := set(answered) - set(known):
        return f"open_question_id {min(odd)} is not of this offer"
    missing = [one["body"] for number, one in known.items() if one["required"] and not answered.get(number, "").strip()]
    return f"{missing[0]} can't be blank" if missing else None


def candidate_of(form: FormData) -> dict[str, Any]:
    """What was sent, files as their names and sizes."""
    items = {
        name: {"name": value.filename, "bytes": value.size} if isinstance(value, UploadFile) else value
        for name, value in form.multi_items()
    }
    return {"way": "recruitee", "candidate": items, "from": items.get("candidate[email]")}


def router(records: Records, catalogue: Catalogue, *, deduplicates: bool = False) -> APIRouter:
    """The interface's routes.

    :param deduplicates: who applied already is declined, as the original does; else it is one more receipt, so that drills can count
    """
    routes = APIRouter(prefix="/recruitee/{tenant}/api")
    openings = {(tenant_of(job), job.reference.lower()): job for job in catalogue.jobs if job.apply == "recruitee"}

    @routes.get("/offers/")
    async def offers(tenant: str) -> dict[str, Any]:
        """All offers of one employer."""
        return {"offers": [offer_of(job) for (name, _), job in openings.items() if name == tenant and not job.expired]}

    @routes.get("/offers/{slug}")
    async def offer(tenant: str, slug: str) -> Response:
        """One offer."""
        job = openings.get((tenant, slug))
        return JSONResponse({"offer": offer_of(job)}) if job and not job.expired else JSONResponse({"error": "Not found"}, 404)

    @routes.post("/offers/{slug}/candidates")
    async def apply(tenant: str, slug: str, request: Request) -> Response:
        """Takes one candidate."""
        job = openings.get((tenant, slug))
        if job is None or job.expired:
            return JSONResponse({"error": "Not found"}, 404)
        async with request.form() as form:
            if wrong := wrong_in_candidate(form, job):
                return JSONResponse({"error": [wrong]}, 422)
            body = candidate_of(form)
        key = f"{tenant}/{slug}/{str(body['from']).lower()}"
        if deduplicates and records.receipt_for(key):
            return JSONResponse({"error": ["You've already applied for this job"]}, 422)
        receipt = records.receive(key, job.reference, body | {"to": job.company.name, "title": job.title}, way="recruitee")
        candidate = {"id": int(receipt.rpartition("-")[2]), "name": body["candidate"]["candidate[name]"], "offer_id": offer_of(job)["id"]}
        return JSONResponse({"candidate": candidate}, 201)

    return routes


class Mailboxes:
    """Which addresses are employers' for applications.

    :param catalogue: the openings
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._jobs = {address_of(job): job for job in catalogue.jobs if job.apply == "mail"}

    def opening(self, address: str) -> InventedJob | None:
        """The opening whose mailbox it is."""
        return self._jobs.get(address.lower())
