"""Recruitee: ``GET https://{company}.recruitee.com/api/offers/``, all published offers of one employer in one answer, no key.

Format: https://docs.recruitee.com/reference/intro-to-careers-site-api. Not verified live. ``remote``, ``hybrid`` and ``on_site`` are three
flags of one offer: more than one of them is a choice. Times are written "2026-02-20 09:00:00 UTC", amounts as texts, ``0`` for none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rolecall.boards.base import Board, Page, Request
from rolecall.boards.employers import board_origin, company_at, company_wanted, lines
from rolecall.boards.jsonld import moment
from rolecall.boards.jsonld import number as positive
from rolecall.models import JobPosting, Remote, SearchQuery
from rolecall.text.apply_address import contact_address
from rolecall.text.dates import believable
from rolecall.text.html import as_dict, as_list, as_text, description_of, employment, plain, safe_html
from rolecall.text.money import Salary, interval
from rolecall.text.places import country

KINDS = {
    **dict.fromkeys(("fulltime", "fulltime_permanent"), "full-time"),
    **dict.fromkeys(("parttime", "parttime_permanent"), "part-time"),
    **dict.fromkeys(("fulltime_fixed_term", "parttime_fixed_term", "contract", "freelance"), "contract"),
    **dict.fromkeys(("internship", "traineeship"), "internship"),
    **dict.fromkeys(("temporary", "seasonal"), "temporary"),
    "volunteer": "volunteer",
}


class Recruitee(Board):
    """Employers' boards on Recruitee (Tellent)."""

    name = "recruitee"
    title = "Recruitee"
    hosts = ("recruitee.com",)
    default_base_url = "https://recruitee.com"
    seconds_per_request = 1.0
    can = frozenset()
    on_own_hosts = True
    complete = True
    rich_fields = ("company", "location", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The one answer with all of a company's offers."""
        company = company_wanted(query, self.title)
        return Request(f"{board_origin(company, self.hosts[0], base_url)}/api/offers/") if number == 0 else None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{offers: […]}``."""
        company = company_at(url, self.hosts[0], "api")
        return lines(text, "offers", lambda offer: self._posting(offer, company, fetched_at))

    def _posting(self, offer: dict[str, Any], company: str, fetched_at: datetime) -> JobPosting:
        places = [as_dict(one) for one in as_list(offer.get("locations"))] or [offer]
        one = places[0] if len(places) == 1 else {}
        city, region = (plain(as_text(one.get(name))) or None for name in ("city", "state" if one is not offer else "state_name"))
        nations = {country(as_text(each.get("country_code")), code=True) for each in places}
        html = as_text(offer.get("description")) + as_text(offer.get("requirements"))
        kind = as_text(offer.get("employment_type_code"))
        title = plain(as_text(offer.get("title")))
        form = as_text(offer.get("careers_apply_url"))
        mailbox = None if form else contact_address(as_text(offer.get("mailbox_email")), title=title)
        return JobPosting(
            board=self.name,
            external_id=as_text(offer.get("id")),
            url=as_text(offer.get("careers_url")),
            title=title,
            company=plain(as_text(offer.get("company_name"))) or company,
            location="; ".join(dict.fromkeys(filter(None, map(words_of, places)))) or plain(as_text(offer.get("location"))),
            city=city,
            region=region,
            country=nations.pop() if len(nations) == 1 else None,
            remote=remote_of(offer),
            posted_at=believable(moment(offer.get("published_at")), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            employment_type=KINDS.get(kind) or employment(kind.replace("_", " ")),
            seniority=plain(as_text(offer.get("experience_code"))).replace("_", " ") or None,
            apply_url=form or mailbox,
            apply_kind="external" if form else "mail" if mailbox else None,
            raw={name: value for name, value in offer.items() if name not in ("description", "requirements", "translations")}
            | {
                "open_questions": [
                    {name: one[name] for name in one if name != "translations"}
                    for one in map(as_dict, as_list(offer.get("open_questions")))
                ]
            },
            **pay(as_dict(offer.get("salary"))).fields(),
        )


def words_of(at: dict[str, Any]) -> str:
    """One place in words: city, state, country."""
    parts = (plain(as_text(at.get("city"))), plain(as_text(at.get("state"))), plain(as_text(at.get("country"))))
    return ", ".join(dict.fromkeys(filter(None, parts)))


def remote_of(offer: dict[str, Any]) -> Remote | None:
    """The one of the three flags that is set; a choice of several is none."""
    flags: dict[str, Remote] = {"remote": "remote", "hybrid": "hybrid", "on_site": "onsite"}
    said = [kind for name, kind in flags.items() if offer.get(name) is True]
    return said[0] if len(said) == 1 else None


def pay(salary: dict[str, Any]) -> Salary:
    """``{min, max, period, currency}``, amounts as texts or numbers."""
    low, high = positive(salary.get("min")), positive(salary.get("max"))
    return Salary(low, high, as_text(salary.get("currency")).upper() or None, interval(salary.get("period")))
