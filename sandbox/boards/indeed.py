"""A board in the structure of Indeed's public pages: cards as embedded JSON and as HTML, fifteen a page, and posting pages.

As on the original, ``start`` counts in tens whatever the number of cards: 0, 10, 20 are pages one, two, three.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from sandbox.ads.content import Catalogue
from sandbox.ads.listings import Listing, remarked
from sandbox.ads.texts import SYMBOLS
from sandbox.boards.linkedin import base_of, offset
from sandbox.boards.schema_org import job_posting
from sandbox.boards.search import country_of, find
from sandbox.boards.times import days
from sandbox.pages import Pages
from sandbox.render import page

BOARD = "indeed"
CARDS = 15
STEP = 10
PER = {"yr": ("yearly", "a year"), "hr": ("hourly", "an hour")}
MODELS = {"remote": ("REMOTE_ALWAYS", "Remote"), "hybrid": ("REMOTE_HYBRID", "Hybrid work")}


def router(catalogue: Catalogue, pages: Pages) -> APIRouter:
    """The board below ``/indeed``."""
    routes = APIRouter(prefix="/indeed")
    listings = catalogue.listings[BOARD]

    @routes.get("/jobs")
    async def search(request: Request, q: str = "", l: str = "", start: str = "0") -> Response:  # noqa: E741 - Indeed's own name
        """One results page; the one that says "no jobs" past the last card."""
        number = offset(start) // STEP
        saved = pages.find(BOARD, q)
        if saved is not None and number == 0:
            return Response(saved, media_type="text/html")
        found = find(listings, q, l) if saved is None else []
        shown = found[number * CARDS : (number + 1) * CARDS]
        now = datetime.now(UTC)
        cards = [card(item, now) for item in shown]
        values = {"query": q, "location": l, "cards": cards, "total": len(found), "base": base_of(request)}
        following = urlencode({"q": q, "l": l, "start": (number + 1) * STEP}) if len(found) > (number + 1) * CARDS else None
        return HTMLResponse(page("indeed/search.html", **values, following=following, mosaic=mosaic(cards, shown, q, l)))

    @routes.get("/viewjob")
    async def view(request: Request, jk: str = "") -> Response:
        """One posting's page."""
        item = catalogue.find(BOARD, jk)
        if item is None:
            return HTMLResponse(page("indeed/missing.html"), 404)
        base = base_of(request)
        address = f"{base}/indeed/viewjob?jk={jk}"
        values = {"item": item, "job": item.job, "card": card(item, datetime.now(UTC)), "base": base}
        return HTMLResponse(page("indeed/view.html", **values, address=address, posting=job_posting(item, address)))

    @routes.get("/applystart")
    async def apply(request: Request, jk: str = "") -> Response:
        """Leads to where one applies."""
        item = catalogue.find(BOARD, jk)
        target = catalogue.apply_url(item.job, base_of(request)) if item and not item.job.expired else None
        return RedirectResponse(target, 302) if target else HTMLResponse(page("indeed/missing.html"), 404)

    return routes


def mosaic(cards: Sequence[dict[str, Any]], shown: Sequence[Listing], query: str, location: str) -> dict[str, Any]:
    """The page's embedded JSON. The country is the one searched in, or the one all cards are in."""
    codes = {item.job.place.code for item in shown} - {"EU"}
    code = country_of(location) or (codes.pop() if len(codes) == 1 else "")
    model = {
        "bot": False,
        "isDesktop": True,
        "loggedIn": False,
        "pageNumber": 1,
        "radius": 25,
        "refineByTypes": [],
        "results": list(cards),
        "tierSummaries": [],
        "what": query,
        "where": location,
    }
    return {
        "metaData": {"isJpBundle": False, "mosaicProviderJobCardsModel": model, "savedJobCount": 0},
        "countryCode": code,
        "language": "en",
        "isProduction": True,
        "hostId": "jobsearch",
        "pageId": "serpGlobal",
        "providerId": "mosaic-provider-jobcards",
    }


def card(item: Listing, now: datetime) -> dict[str, Any]:
    """One card's JSON; the HTML card shows some of it."""
    job, place = item.job, item.job.place
    posted = item.posted.replace(hour=6, minute=0, second=0, microsecond=0)
    age = days(item.posted, now)
    model = MODELS.get(job.mode) if item.number % 4 else None
    own = job.apply == "board"
    return {
        "adId": str(400_000_000 + item.number % 50_000_000),
        "company": item.company,
        "truncatedCompany": item.company,
        "companyRating": round(2.8 + item.number % 22 / 10, 1) if item.number % 3 else 0,
        "companyReviewCount": item.number % 300 if item.number % 3 else 0,
        "createDate": int(item.posted.timestamp() * 1000),
        "pubDate": int(posted.timestamp() * 1000),
        "formattedRelativeTime": "Just posted" if age == 0 else "30+ days ago" if age >= 30 else f"{age} day{'s' if age > 1 else ''} ago",
        "displayTitle": item.title,
        "title": item.title,
        "normTitle": remarked(item.title),
        "jobkey": item.id,
        "formattedLocation": item.location,
        "jobLocationCity": "" if place.remote else place.local or place.city,
        "jobLocationState": place.region if place.code == "US" else "",
        "jobLocationPostal": place.zip if place.zip and place.zip in item.location else "",
        "remoteLocation": place.remote,
        **({"remoteWorkModel": {"inlineText": True, "text": model[1], "type": model[0]}} if model else {}),
        "jobTypes": [job.employment] if item.number % 5 else [],
        "taxonomyAttributes": [
            {"attributes": [{"label": job.employment, "suid": "CF3CP"}], "label": "job-types"},
            {"attributes": [], "label": "shifts"},
            {"attributes": [{"label": model[1], "suid": "DSQF7" if job.mode == "remote" else "PAXZC"}] if model else [], "label": "remote"},
        ],
        **salaries(item),
        "snippet": snippet(item),
        "viewJobLink": f"/indeed/viewjob?jk={item.id}&from=vjs&tk=1sandbox0{item.number % 999_983}&viewtype=embedded",
        "link": f"/indeed/rc/clk?jk={item.id}&bb=sandbox&xkcb=S0{item.number % 999_979}&fccid=0&vjs=3",
        "indeedApplyEnabled": own,
        "indeedApplyable": own,
        **({} if own else {"thirdPartyApplyUrl": f"/indeed/applystart?jk={item.id}&from=vj&pos=top"}),
        "expired": job.expired,
        "newJob": age < 2,
        "sponsored": item.number % 6 == 0,
        "urgentlyHiring": item.number % 17 == 0,
        "hiringEventJob": False,
        "jobCardRequirementsModel": {"jobOnlyRequirements": [], "requirements": [], "screenerQuestionRequirements": []},
        "rankingScoresModel": {"bid": 0, "bidPosition": 0},
        "recommendationReasonModel": {"reason": None},
    }


def snippet(item: Listing) -> str:
    """The card's teaser, as HTML."""
    style = "list-style-type:circle;margin-top: 0px;margin-bottom: 0px;padding-left:20px;"
    return f'<ul style="{style}">\n <li>{escape(item.snippet(150), quote=False)}</li>\n</ul>'


def salaries(item: Listing) -> dict[str, Any]:
    """What the ad says, or Indeed's own guess: −1 stands for "no bound"."""
    job = item.job
    if job.pay is None:
        guess = {"estimatedSalary": {"formattedRange": "40K - 60K a year", "max": 60_123.4, "min": 40_321.9, "type": "YEARLY"}}
        return {"salarySnippet": {"currency": job.currency, "salaryTextFormatted": False}, **(guess if item.number % 4 == 0 else {})}
    (low, high), (kind, per) = job.pay, PER[job.interval]
    sign, open_ended = SYMBOLS[job.currency], item.number % 6 == 1
    text = f"From {sign}{low:,} {per}" if open_ended else f"{sign}{low:,} - {sign}{high:,} {per}"
    return {
        "extractedSalary": {"max": -1 if open_ended else high, "min": low, "type": kind},
        "salarySnippet": {"currency": job.currency, "salaryTextFormatted": False, "source": "EXTRACTION", "text": text},
    }
