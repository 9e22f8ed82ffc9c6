"""A CV as JSON Resume (https://jsonresume.org/schema, 1.0.0): what others read, and what our reader reads back."""

from __future__ import annotations

import re
from typing import Any

from rolecall.models import Cv

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
DAY = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
"""What the schema takes as a date: a year, a month, a day."""

FLUENCY = re.compile(r"(\S[^()]{0,99})\s\(([^()]{1,100})\)")
"""``German (C1)``."""


def json_resume(cv: Cv) -> dict[str, Any]:
    """The CV; what is not known is left out, a date that the schema does not take too. A place stands as it was read, in ``city``."""
    basics = {
        "name": cv.name, "label": cv.headline, "email": cv.email, "phone": cv.phone, "summary": cv.summary,
        "url": cv.links[0] if cv.links else "",
        "location": {"city": cv.location} if cv.location else None,
        "profiles": [{"url": link} for link in cv.links[1:]],
    }  # fmt: skip
    work = [
        {"name": role.company, "position": role.title, "startDate": _day(role.start), "endDate": _day(role.end), "summary": role.text}
        for role in cv.roles
    ]
    return {"$schema": SCHEMA, "basics": _said(basics)} | _said(
        {
            "work": [_said(one) for one in work],
            "education": [{"institution": one} for one in cv.education],
            "skills": [{"name": skill} for skill in cv.skills],
            "languages": [_language(one) for one in cv.languages],
        }
    )


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _day(text: str | None) -> str:
    return text if text and DAY.fullmatch(text) else ""


def _language(text: str) -> dict[str, str]:
    found = FLUENCY.fullmatch(text)
    return {"language": found[1], "fluency": found[2]} if found else {"language": text}
