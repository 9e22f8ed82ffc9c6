"""A board in the structure of Glassdoor's public pages: ``jobview`` objects in a React stream and the same cards as HTML,
thirty a page, the next one by the cursor that the page gives (``p=2&pgc=…``), and posting pages."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from sandbox.ads.content import Catalogue
from sandbox.ads.listings import Listing, remarked
from sandbox.ads.texts import SYMBOLS
from sandbox.boards.linkedin import base_of, offset
from sandbox.boards.schema_org import job_posting
from sandbox.boards.search import find
from sandbox.boards.times import days
from sandbox.pages import Pages
from sandbox.render import page

BOARD = "glassdoor"
CARDS = 30
PUSH = 3000
"""Characters of the stream in one script; the cuts fall where they fall, as on the original."""


def router(catalogue: Catalogue, pages: Pages) -> APIRouter:
    """The board below ``/glassdoor``."""
    routes = APIRouter(prefix="/glassdoor")
    listings = catalogue.listings[BOARD]

    @routes.get("/Job/jobs.htm")
    async def search(
        request: Request, keyword: str = Query("", alias="sc.keyword"), location: str = Query("", alias="locKeyword"), p: str = "1"
    ) -> Response:
        """One results page."""
        number = max(1, offset(p)) - 1
        saved = pages.find(BOARD, keyword)
        if saved is not None and number == 0:
            return Response(saved, media_type="text/html")
        found = find(listings, keyword, location) if saved is None else []
        base, now = base_of(request), datetime.now(UTC)
        cards = [card(item, base, now) for item in found[number * CARDS : (number + 1) * CARDS]]
        values = {"base": base, "keyword": keyword, "location": location, "cards": cards, "total": len(found)}
        return HTMLResponse(
            page("glassdoor/search.html", **values, pushes=pushes(stream([one["view"] for one in cards], len(found), number + 1)))
        )

    @routes.get("/job-listing/{name}")
    async def view(request: Request, name: str, jl: str = "") -> Response:
        """One posting's page."""
        item = catalogue.find(BOARD, jl)
        if item is None:
            return HTMLResponse(page("glassdoor/missing.html"), 404)
        base = base_of(request)
        address = f"{base}{path_of(item)}"
        values = {"item": item, "job": item.job, "card": card(item, base, datetime.now(UTC)), "base": base}
        return HTMLResponse(page("glassdoor/view.html", **values, address=address, posting=job_posting(item, address)))

    @routes.get("/partner/jobListing.htm")
    async def leave(request: Request, job_listing_id: str = Query("", alias="jobListingId")) -> Response:
        """Leads to where one applies."""
        item = catalogue.find(BOARD, job_listing_id)
        target = catalogue.apply_url(item.job, base_of(request)) if item and not item.job.expired else None
        return RedirectResponse(target, 302) if target else HTMLResponse(page("glassdoor/missing.html"), 404)

    return routes


def path_of(item: Listing) -> str:
    """``/job-listing/<title>-<employer>-JV_IC…_KO0,9_KE10,19.htm?jl=<id>``: the numbers say where title and employer are."""
    title = re.sub(r"\W+", "-", item.title.lower()).strip("-")
    end = len(title)
    spans = f"JV_IC{2_600_000 + item.number % 90_000}_KO0,{end}_KE{end + 1},{end + 1 + len(item.job.company.slug)}"
    return f"/glassdoor/job-listing/{quote(title)}-{item.job.company.slug}-{spans}.htm?jl={item.id}"


def card(item: Listing, base: str, now: datetime) -> dict[str, Any]:
    """What one HTML card shows, and its ``jobview`` object."""
    age = days(item.posted, now)
    estimated = item.job.pay is None and item.number % 3 == 0
    return {
        "id": item.id,
        "title": item.title,
        "company": item.company,
        "location": item.location,
        "href": f"{base}{path_of(item)}",
        "age": "24h" if age == 0 else "30d+" if age >= 30 else f"{age}d",
        "rating": round(2.9 + item.number % 20 / 10, 1) if item.number % 4 else None,
        "salary": salary(item) if item.job.pay else None,
        "estimated": estimated,
        "easy": item.job.apply == "board",
        "tracking": f"/glassdoor/partner/jobListing.htm?pos=101&ao=1110586&s=58&src=GD_JOB_AD&vt=w&jobListingId={item.id}",
        "snippet": item.snippet(120),
        "view": jobview(item, base, age, estimated),
    }


def salary(item: Listing) -> str:
    """``€60K - €75K``, or by the hour."""
    low, high = item.job.pay or (0, 0)
    sign = SYMBOLS[item.job.currency]
    if item.job.interval == "hr":
        return f"{sign}{low}.00 - {sign}{high}.00 Per Hour"
    return f"{sign}{low // 1000}K - {sign}{high // 1000}K"


def jobview(item: Listing, base: str, age: int, estimated: bool) -> dict[str, Any]:
    """The object the page's scripts work with."""
    job = item.job
    low, high = job.pay or ((41_000, 58_000) if estimated else (None, None))
    paid = low is not None and high is not None
    header = {
        "adOrderId": 1_136_043,
        "ageInDays": age,
        "easyApply": job.apply == "board",
        "employer": {"id": item.number % 900_000, "name": item.company, "ratings": None, "shortName": job.company.name},
        "employerNameFromSearch": item.company,
        "expired": job.expired,
        "goc": job.function.lower(),
        "gocId": 100_000 + item.number % 9_000,
        "indeedJobAttribute": None,
        "isSponsoredEmployer": False,
        "isSponsoredJob": item.number % 8 == 0,
        "jobCountryId": 1,
        "jobLink": f"/glassdoor/partner/jobListing.htm?pos=101&jobListingId={item.id}",
        "jobTitleText": item.title,
        "locId": 2_600_000 + item.number % 90_000,
        "locationName": item.location,
        "locationType": "N" if job.place.remote else "C",
        "normalizedJobTitle": remarked(item.title).lower(),
        "payCurrency": job.currency,
        "payPeriod": ("HOURLY" if job.interval == "hr" else "ANNUAL") if paid else None,
        "payPeriodAdjustedPay": {"p10": low, "p50": ((low or 0) + (high or 0)) // 2, "p90": high} if paid else None,
        "rating": None,
        "salarySource": "EMPLOYER_PROVIDED" if job.pay else "ESTIMATED" if estimated else None,
        "savedJobId": None,
        "seoJobLink": f"{base}{path_of(item)}",
    }
    details = {"descriptionFragmentsText": [item.snippet(120)], "jobTitleId": 0, "jobTitleText": item.title, "listingId": int(item.id)}
    return {
        "header": header,
        "job": details,
        "jobListingAdminDetails": {"userEligibleForAdminJobDetails": False},
        "overview": {"shortName": job.company.name, "squareLogoUrl": ""},
    }


def stream(views: Sequence[dict[str, Any]], total: int, number: int) -> str:
    """The React stream: one row an object, ``<hex>:<json>``, with ``$<hex>`` in the place of inner objects."""
    rows: list[str] = []
    count = iter(range(0xAB, 1 << 30))

    def put(value: Any) -> str:
        name = f"{next(count):x}"
        if isinstance(value, dict):
            value = {key: put(inner) if isinstance(inner, (dict, list)) else inner for key, inner in value.items()}
        elif isinstance(value, list):
            value = [put(inner) if isinstance(inner, (dict, list)) else inner for inner in value]
        rows.append(f"{name}:{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}")
        return f"${name}"

    cursors = [
        {"cursor": f"AB4A{page:04}sandbox+/==", "pageNumber": page} for page in range(1, math.ceil(total / CARDS) + 1) if page != number
    ]
    listings = [{"jobview": view} for view in views]
    put({"indexablePageForSeo": True, "jobListings": listings, "paginationCursors": cursors, "totalJobsCount": total})
    return "\n".join(rows) + "\n"


def pushes(text: str) -> list[Markup]:
    """The stream cut into the string literals of ``self.__next_f.push([1,"…"])``; nothing in one can end its script."""
    pieces = [text[at : at + PUSH] for at in range(0, len(text), PUSH)]
    literals = [json.dumps(piece, ensure_ascii=False) for piece in pieces]
    return [Markup(one.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")) for one in literals]  # noqa: S704
