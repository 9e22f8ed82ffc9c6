"""The years of experience, the degree and the permit that an ad asks for, and where it does."""

from __future__ import annotations

import re
from bisect import bisect_right

from rolecall.matching.ads.patterns import (
    DEGREE,
    DENIED,
    INSTEAD,
    MUST,
    NICE,
    NO_PERMIT,
    NOT_THEIRS,
    PERMIT,
    SPONSORED,
    WORK,
    YEARS,
)
from rolecall.matching.ads.sections import Section, sentence
from rolecall.matching.cv.degrees import Degree, least_degree_in

A_CAREER = 12
"""Years from which on a number is rather the employer's age, where nothing says that it is asked for."""


def years_asked(text: str, parts: list[Section]) -> tuple[int | None, tuple[int, int] | None]:
    """The most years of experience that are asked for, the lower end of a range; not the employer's own age."""
    best: tuple[int, tuple[int, int]] | None = None
    for found in YEARS.finditer(text):
        low = int(found["low"])
        before = text[max(0, found.start() - 60) : found.start()].rsplit("\n", 1)[-1]
        near = before[-30:] + found["after"]
        section = parts[bisect_right(parts, found.start(), key=lambda part: part.start) - 1]
        if (
            not 0 < low <= 25
            or NOT_THEIRS.search(re.split("[,.;]", before)[-1] + " " + found["after"][:20])
            or section.kind in ("offer", "nice")
            or (low > A_CAREER and section.kind != "must" and not MUST.search(text[slice(*sentence(text, *found.span("low"), 0))]))
        ):
            continue
        if (WORK.search(near) or section.kind == "must") and (best is None or low > best[0]):
            best = (low, (found.start("low"), found.end()))
    return best if best else (None, None)


def degree_asked(text: str) -> tuple[int, int] | None:
    """Where a degree is asked for; ``None``: nowhere, or it is only welcome."""
    found = DEGREE.search(text)
    if found is None:
        return None
    start, end = sentence(text, found.start(), found.end(), 0)
    return None if NICE.search(text[start:end]) else (found.start(), found.end())


def least_degree_asked(text: str, degree: tuple[int, int]) -> Degree | None:
    """The least degree that meets what is asked; ``None``: any, or work that stands in for one."""
    start, end = sentence(text, *degree, 0)
    return None if INSTEAD.search(text[start:end]) else least_degree_in(text[start:end])


def permit_asked(text: str) -> tuple[int, int] | None:
    """The sentence that asks for a permit to work and offers no sponsorship."""
    for found in PERMIT.finditer(text):
        start, end = sentence(text, found.start(), found.end(), 0)
        said = text[start:end]
        if not NO_PERMIT.search(said) and (not SPONSORED.search(said) or DENIED.search(said)):
            return start, end
    return None
