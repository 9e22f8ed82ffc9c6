"""Where a CV's text says what its fields hold, for CVs that came as fields (JSON) rather than as a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from rolecall.models import Cv

Spans = dict[str, tuple[int, int]]

MAX_FIELDS, MAX_PHRASE = 400, 300
"""Fields that are looked for in the text, and characters of one: each is a search through all of it."""


def located(cv: Cv) -> Spans:
    """Field → span in ``cv.text``: as the CV says where it is within bounds, else the first place with these words."""
    known = {name: span for name, span in cv.spans.items() if 0 <= span[0] < span[1] <= len(cv.text)}
    if known:
        return known
    return {name: span for name, value in islice(_fields(cv), MAX_FIELDS) if (span := find(value, cv.text)) is not None}


def find(phrase: str, text: str) -> tuple[int, int] | None:
    """The first place of a phrase in a text, whatever the capitals and the white space between its words; whole words only."""
    said = phrase.split()
    if not said or len(phrase) > MAX_PHRASE:
        return None
    pattern = r"\s+".join(re.escape(word) for word in said)
    found = re.search(rf"(?<!\w){pattern}(?!\w)", text, re.I) or re.search(pattern, text, re.I)
    return found.span() if found else None


def _fields(cv: Cv) -> Iterator[tuple[str, str]]:
    yield from (("name", cv.name), ("email", cv.email), ("phone", cv.phone), ("headline", cv.headline), ("location", cv.location))
    for name in ("links", "skills", "education", "languages"):
        yield from ((f"{name}[{number}]", value) for number, value in enumerate(getattr(cv, name)))
    for number, role in enumerate(cv.roles):
        for field in ("title", "company", "start", "end"):
            yield f"roles[{number}].{field}", getattr(role, field) or ""
