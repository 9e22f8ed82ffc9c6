"""A board in the structure of LinkedIn's public pages: search, "see more" fragments, detail fragments and detail pages."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from sandbox.ads.content import Catalogue
from sandbox.ads.listings import Listing
from sandbox.boards.search import find
from sandbox.boards.times import ago
from sandbox.data import slug
from sandbox.pages import Pages
from sandbox.render import page

BOARD = "linkedin"
CARDS = 25
LIMIT = 1000
"""Guests see no more cards than this."""

INDUSTRIES = {
    "tech": "Software Development",
    "fintech": "Financial Services",
    "bank": "Banking",
    "insurer": "Insurance",
    "energy": "Renewable Energy Semiconductor Manufacturing",
    "hospital": "Hospitals and Health Care",
    "care": "Hospitals and Health Care",
    "health_tech": "Hospitals and Health Care",
    "logistics": "Transportation, Logistics, Supply Chain and Storage",
    "retail": "Retail",
    "industry": "Industrial Machinery Manufacturing",
    "agency": "Advertising Services",
    "media": "Online Audio and Video Media",
    "consulting": "Business Consulting and Services",
    "accounting": "Accounting",
    "school": "Education",
    "build": "Construction",
    "hospitality": "Hospitality",
    "public": "Government Administration",
    "recruiter": "Staffing and Recruiting",
}


def router(catalogue: Catalogue, pages: Pages) -> APIRouter:
    """The board below ``/linkedin``."""
    routes = APIRouter(prefix="/linkedin")
    listings = catalogue.listings[BOARD]

    @routes.get("/jobs/search")
    @routes.get("/jobs/search/")
    async def search(request: Request, keywords: str = "", location: str = "", start: str = "0") -> Response:
        """A whole results page, or the one that says that there are none."""
        first = offset(start)
        saved = pages.find(BOARD, keywords)
        if saved is not None and not first:
            return Response(saved, media_type="text/html")
        found = find(listings, keywords, location) if saved is None else []
        shown = found[first : first + CARDS]
        base, now = base_of(request), datetime.now(UTC)
        cards = [card(item, base, keywords, location, first + number, now) for number, item in enumerate(shown)]
        where = location or "Worldwide"
        values = {"base": base, "keywords": keywords, "location": where, "cards": cards, "count": amount(len(found)), "total": len(found)}
        tracking = token(keywords, location, now.date())
        query = urlencode({"keywords": keywords, "location": location})
        return HTMLResponse(page("linkedin/search.html", **values, tracking=tracking, query=query))

    @routes.get("/jobs-guest/jobs/api/seeMoreJobPostings/search")
    async def see_more(request: Request, keywords: str = "", location: str = "", start: str = "0") -> Response:
        """A fragment of cards; empty past the end, and always for a saved page."""
        first = offset(start)
        found = find(listings, keywords, location)[:LIMIT] if pages.find(BOARD, keywords) is None else []
        base, now = base_of(request), datetime.now(UTC)
        cards = [card(item, base, keywords, location, first + number, now) for number, item in enumerate(found[first : first + CARDS])]
        return HTMLResponse(page("linkedin/more.html", cards=cards) if cards else "")

    @routes.get("/jobs-guest/jobs/api/jobPosting/{identity}")
    async def fragment(request: Request, identity: str) -> Response:
        """The detail page's inner part."""
        return detail(request, identity, "linkedin/fragment.html")

    @routes.get("/jobs/view/externalApply/{identity}")
    async def external_apply(request: Request, identity: str) -> Response:
        """Leads to where one applies, whatever the ``url`` parameter says."""
        item = catalogue.find(BOARD, identity)
        target = catalogue.apply_url(item.job, base_of(request)) if item else None
        return RedirectResponse(target, 303) if target else not_found()

    @routes.get("/jobs/view/{name}")
    @routes.get("/jobs/view/{name}/")
    async def view(request: Request, name: str) -> Response:
        """The detail page; ``name`` is ``<slug>-<id>`` or the id alone."""
        number = re.search(r"(\d+)$", name)
        return detail(request, number[1] if number else "", "linkedin/detail.html")

    def detail(request: Request, identity: str, template: str) -> Response:
        item = catalogue.find(BOARD, identity)
        if item is None:
            return not_found()
        base, now = base_of(request), datetime.now(UTC)
        others = similar(item, listings)
        asides = [card(other, base, "", "", number, now) for number, other in enumerate(others)]
        return HTMLResponse(page(template, base=base, **detail_values(item, catalogue, base, now), similar=asides))

    return routes


def base_of(request: Request) -> str:
    """The sandbox's own address as the asker knows it."""
    return str(request.base_url).rstrip("/")


def offset(start: str) -> int:
    """``start`` as a number; nonsense is 0, as on the real board."""
    return int(start) if start.isdecimal() and len(start) < 7 else 0


def amount(count: int) -> str:
    """Results as the board counts them: exact when few, rounded with a plus when many."""
    return str(count) if count < 100 else f"{count // 100 * 100:,}+"


def token(*what: Any) -> str:
    """A tracking id: sixteen bytes in base64, the same for the same page."""
    return base64.b64encode(hashlib.md5("/".join(map(str, what)).encode(), usedforsecurity=False).digest()).decode()


def path_of(item: Listing) -> str:
    """``/jobs/view/<title>-at-<company>-<id>``; letters beyond ASCII are percent-encoded."""
    title = re.sub(r"\W+", "-", item.title.lower()).strip("-")
    return f"/linkedin/jobs/view/{quote(title)}-at-{item.job.company.slug}-{item.id}"


def card(item: Listing, base: str, keywords: str, location: str, position: int, now: datetime) -> dict[str, Any]:
    """What one card shows."""
    reference, tracking = token(keywords, location, now.date()), token(item.id, keywords, now.date())
    query = urlencode({"position": position % CARDS + 1, "pageNum": position // CARDS, "refId": reference, "trackingId": tracking})
    fresh = (now - item.posted).total_seconds() < 86_400
    return {
        "id": item.id,
        "title": item.title,
        "company": item.company,
        "company_slug": slug(item.company),
        "location": item.location,
        "href": f"{base}{path_of(item)}?{query}",
        "date": item.posted.date().isoformat(),
        "ago": ago(item.posted, now),
        "fresh": fresh,
        "early": item.early,
        "salary": item.job.salary if int(item.id) % 3 == 0 else None,
        "reference": reference,
        "tracking": tracking,
        "position": position,
        "logo": int(item.id) % 5 != 0,
        "linked": int(item.id) % 7 != 0,
    }


def detail_values(item: Listing, catalogue: Catalogue, base: str, now: datetime) -> dict[str, Any]:
    """What a detail page shows."""
    job = item.job
    target = catalogue.apply_url(job, base)
    wrapped = f"{base}/linkedin/jobs/view/externalApply/{item.id}?{urlencode({'url': target, 'urlHash': item.id[-4:]})}" if target else None
    return {
        "item": item,
        "job": job,
        "path": path_of(item),
        "company_slug": slug(item.company),
        "ago": ago(item.posted, now),
        "date": item.posted.date().isoformat(),
        "apply_url": wrapped if not job.expired else None,
        "easy": job.apply == "board" and not job.expired,
        "applicants": applicants(item, now),
        "industry": INDUSTRIES.get(job.company.kind, "Internet Publishing"),
        "reference": token(item.id, "detail", now.date()),
        "tracking": token(item.id, "top", now.date()),
    }


def applicants(item: Listing, now: datetime) -> str:
    """How many applied, as the board puts it."""
    count = int((now - item.posted).total_seconds() / 3600 * (int(item.id) % 9 + 1) / 12)
    if count < 25:
        return "Be among the first 25 applicants"
    return "Over 200 applicants" if count > 200 else f"{count} applicants"


def similar(item: Listing, listings: Sequence[Listing]) -> list[Listing]:
    """Other ads for the same kind of job, for the sidebar."""
    same = [other for other in listings if other.job.role == item.job.role and other.id != item.id]
    start = int(item.id) % max(1, len(same))
    return (same + same)[start : start + min(6, len(same))]


def not_found() -> HTMLResponse:
    """The board's own 404."""
    return HTMLResponse(page("linkedin/missing.html"), 404)
