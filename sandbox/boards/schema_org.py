"""The schema.org JobPosting that detail pages carry as JSON-LD, with the flaws that real ones have."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox.ads.listings import Listing

KINDS = {"Full-time": "FULL_TIME", "Part-time": "PART_TIME", "Contract": "CONTRACTOR", "Temporary": "TEMPORARY"}


def job_posting(item: Listing, url: str) -> dict[str, Any]:
    """The object; one in seven says ``OTHER``, one in nine ended in 1970, one in eleven has a postcode for a town."""
    job, place, flaw = item.job, item.job.place, item.number
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": item.title,
        "description": item.html,
        "datePosted": item.posted.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "validThrough": "1970-01-01" if flaw % 9 == 0 else (item.posted + timedelta(days=60)).date().isoformat(),
        "employmentType": "OTHER" if flaw % 7 == 0 else KINDS.get(job.employment, "OTHER"),
        "hiringOrganization": {"@type": "Organization", "name": item.company},
        "url": url,
        "directApply": job.apply == "board",
        "identifier": {"@type": "PropertyValue", "name": item.company, "value": item.id},
    }
    if place.remote:
        found["jobLocationType"] = "TELECOMMUTE"
        found["applicantLocationRequirements"] = {"@type": "Country", "name": place.country}
    else:
        town = place.zip if flaw % 11 == 0 else place.local or place.city
        address = {"addressLocality": town, "addressRegion": place.region, "addressCountry": place.code}
        found["jobLocation"] = {"@type": "Place", "address": {"@type": "PostalAddress", **address}}
    if job.pay:
        low, high = job.pay
        unit = {"yr": "YEAR", "hr": "HOUR"}[job.interval]
        value = {"@type": "QuantitativeValue", "minValue": low, "maxValue": high, "unitText": unit}
        found["baseSalary"] = {"@type": "MonetaryAmount", "currency": job.currency, "value": value}
    return found
