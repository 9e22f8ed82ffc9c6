"""What boards serve instead of results: login pages, and results whose cards have other class names."""

from __future__ import annotations

import re

from sandbox.render import page

RENAMED: dict[str, dict[str, list[tuple[str, str]]]] = {
    "linkedin": {
        "": [
            (r'data-entity-urn="urn:li:jobPosting:(\d+)"', r'data-view-ref="\1"'),
            (r"base-search-card|job-search-card|base-card", "jx-tile"),
            (r"hidden-nested-link", "jx-sub"),
        ],
        "title": [(r"base-search-card__title|topcard__title|top-card-layout__title", "jx-a1")],
        "company": [(r"base-search-card__subtitle|topcard__org-name-link", "jx-a2")],
        "location": [(r"job-search-card__location|topcard__flavor--bullet", "jx-a3")],
        "date": [(r"<time [^>]*>", '<span class="jx-a4">'), (r"</time>", "</span>")],
    },
    "indeed": {
        "": [
            (r'window\.mosaic\.providerData\["mosaic-provider-jobcards"\]', 'window.__rx["jc"]'),
            (r"job_seen_beacon|jcs-JobTitle|resultContent", "rx-tile"),
            (r"data-jk=", "data-rx="),
        ],
        "title": [(r'"(displayTitle|title|normTitle)":', r'"\1V2":'), (r"jcs-JobTitle", "rx-a1")],
        "company": [(r'"(company|truncatedCompany)":', r'"\1V2":'), (r'data-testid="company-name"', 'data-testid="rx-a2"')],
        "location": [
            (r'"(formattedLocation|jobLocationCity|jobLocationState)":', r'"\1V2":'),
            (r'data-testid="text-location"', 'data-testid="rx-a3"'),
        ],
        "date": [(r'"(pubDate|createDate|formattedRelativeTime)":', r'"\1V2":')],
    },
    "glassdoor": {
        "": [
            (r'data-jobid="', 'data-listing="'),
            (r'data-test="jobListing"', 'data-test="job-tile"'),
            (r"(JobsList|JobCard|EmployerProfile)_([A-Za-z]+)__\w+", r"\1_\2__Zz9q1"),
            (r'\\"jobview\\":', r"\"tileview\":"),
        ],
        "title": [(r'data-test="job-title"', 'data-test="tile-title"'), (r'\\"jobTitleText\\":', r"\"tileTitle\":")],
        "company": [
            (r"EmployerProfile_compactEmployerName__\w+|id=\"job-employer-", "Gx_a2"),
            (r'\\"(employerNameFromSearch|name|shortName)\\":', r"\"tile\1\":"),
        ],
        "location": [(r'data-test="emp-location"', 'data-test="tile-place"'), (r'\\"locationName\\":', r"\"tilePlace\":")],
        "date": [(r'data-test="job-age"', 'data-test="tile-age"'), (r'\\"ageInDays\\":', r"\"tileAge\":")],
    },
}


def other_layout(board: str, html: str, part: str | None = None) -> str:
    """The page after a redesign: still a results page, but its cards (or only one part of them) are called otherwise."""
    for pattern, name in RENAMED[board][part or ""]:
        html = re.sub(pattern, name, html)
    return html


def login_wall(board: str) -> str:
    """The page a board shows when it wants a login."""
    return page(f"{board}/wall.html")
