"""A CV's text, and where it says what its fields hold, for CVs that came as fields (JSON) rather than as a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from rolecall.models import Cv, Role

Spans = dict[str, tuple[int, int]]

MAX_TEXT = 200_000
"""Characters of a CV that are read."""

MAX_COMPARED = 40_000
"""Characters of them that are compared with ads and told in letters: twenty pages; each letter looks through all of it."""

MAX_FACTS = 3_000
"""Stated facts that are looked for in the text: each is a search through all of it."""

MAX_FIELDS, MAX_PHRASE = 400, 300
"""Fields that are looked for in the text, and characters of one: each is a search through all of it."""


def cv_text(cv: Cv) -> str:
    """The CV's text, with a line for every stated fact (skill, role, education, language) that the text lacks. Spans point into this."""
    text = cv.text.rstrip()
    folded = " ".join(text.casefold().split())
    roles = [line for role in cv.roles for line in (_headline(role, folded), *role.text.splitlines())]
    facts = [cv.name, cv.headline, cv.summary, cv.location, *cv.skills, *roles, *cv.education, *cv.languages][:MAX_FACTS]
    missing = [fact.strip() for fact in facts if fact.strip() and " ".join(fact.casefold().split()) not in folded]
    return "\n".join([text, *missing] if text else missing)[:MAX_TEXT]


def _headline(role: Role, folded: str) -> str:
    """Title, company and period on a line, unless the text has title and company already."""
    if all(" ".join(part.casefold().split()) in folded for part in (role.title, role.company)):
        return ""
    period = " – ".join(part for part in (role.start, role.end) if part)
    return " · ".join(part for part in (role.title, role.company, period) if part)


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
