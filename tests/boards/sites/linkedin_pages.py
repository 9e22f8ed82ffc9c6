"""LinkedIn-like pages with invented content, in the markup of the real ones."""

from __future__ import annotations

from html import escape
from pathlib import Path

RESOURCES = Path(__file__).parents[1] / "resources" / "linkedin"


DAY = "2026-03-01"  # any day: cards only say it, and nobody asks how long ago it was


def resource(name: str) -> str:
    return (RESOURCES / name).read_text(encoding="utf-8")


def card(
    number: int,
    title: str = "Baker",
    company: str = "Crumb & Co",
    place: str = "Graz, Styria, Austria",
    day: str = DAY,
    base: str = "https://at.linkedin.com",
) -> str:
    link = f"{base}/jobs/view/baker-at-crumb-{number}?position=1&amp;pageNum=0&amp;refId=aZ%3D%3D&amp;trackingId=bY%3D%3D"
    return f"""
    <li>
      <div class="base-card relative w-full
        base-card--link base-search-card job-search-card" data-entity-urn="urn:li:jobPosting:{number}" data-tracking-id="bY==">
        <a class="base-card__full-link absolute" href="{link}"><span class="sr-only">{escape(title)}</span></a>
        <div class="base-search-card__info">
          <h3 class="base-search-card__title">
            {escape(title)}
          </h3>
          <h4 class="base-search-card__subtitle"><a class="hidden-nested-link" href="{base}/company/x?trk=y">
            {escape(company)}
          </a></h4>
          <div class="base-search-card__metadata">
            <span class="job-search-card__location">
              {escape(place)}
            </span>
            <time class="job-search-card__listdate" datetime="{day}">
              2 weeks ago
            </time>
          </div>
        </div>
      </div>
    </li>"""


def page(*cards: str, empty: bool = False) -> str:
    return f"""<!DOCTYPE html><html lang="en"><head>
<meta name="pageKey" content="d_jobs_guest_search">
<meta name="linkedin:pageTag" content="urlType=jserp_custom;emptyResult={str(empty).lower()}">
<title>Baker jobs in Austria</title></head><body>
<div class="results-context-header"><h1>{len(cards)} Baker jobs</h1></div>
<ul class="jobs-search__results-list">{"".join(cards)}</ul></body></html>"""
