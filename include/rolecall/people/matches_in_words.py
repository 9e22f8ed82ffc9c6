"""Matches as a terminal shows them: the best first, what speaks for each, why one was held back, and what was left out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from rolecall.text.percent import percent

LEFT_OUT = {
    "current_employer": "your current employer's",
    "companies": "at a company that you left out, or at none of those you named",
    "remote": "not where you want to work (remote, hybrid, on site)",
    "locations": "not in your places",
    "seniority": "another level than yours",
    "salary_min": "paid less than you ask for",
    "employment_types": "another kind of contract",
    "max_age_days": "older than you want",
    "languages": "in a language that you did not name",
    "exclude": "with a word that you excluded",
    "keywords": "without any of your keywords",
    "threshold": "below your threshold",
    "quarantined": "ads that did not pass our checks (broken, or they look like a fraud)",
}
"""Criterion → what the jobs are that it left out, in words that follow a number."""

WIDTH = 100
SKILLS = 5
"""Skills named for a match."""


def match_lines(matches: Sequence[Mapping[str, Any]]) -> list[str]:
    """The matches of ``GET /api/v1/matches``, or of its preview, in lines."""
    lines: list[str] = []
    for number, one in enumerate(matches, 1):
        what = f"{one['title']} · {one['company'] or 'employer not named'} · {one['location'] or 'place not said'}"
        new = "new: " if one.get("isNew") else ""
        lines += wrapped(f"{number:>2}  {percent(one['matchScore']):>4}  {new}{what}", 0, 10)
        if why := reasons(one["matchReasons"], WIDTH - 10):
            lines.append(f"          {why}")
        if fate := one.get("applicationState") or one["heldBack"]:
            lines += wrapped(fate, 10, 10)
        if one["url"]:
            lines.append(f"          {one['url']}")
    return lines


def left_out_lines(left_out: Sequence[Mapping[str, Any]] | Mapping[str, int]) -> list[str]:
    """How many were left out, and why: as matches say it (with a reason), or a preview (criterion → jobs)."""
    if isinstance(left_out, Mapping):
        left_out = [{"jobs": jobs, "reason": LEFT_OUT.get(rule, rule)} for rule, jobs in sorted(left_out.items(), key=lambda one: -one[1])]
    lines = [f"  {line['jobs']:>4}  {line['reason']}" for line in left_out]
    return ["", "Left out of what looks closest to the CV", *lines] if lines else []


def wrapped(text: str, first: int, others: int) -> list[str]:
    """A text in lines, indented."""
    return textwrap.wrap(text, WIDTH, initial_indent=" " * first, subsequent_indent=" " * others, break_long_words=False)


def reasons(found: Sequence[Any], width: int) -> str:
    """What speaks for a match, in words, whoever wrote them: as many pieces as fit whole into ``width`` columns, the heaviest first.

    Skills come together and first. That the title fits comes last: the line above shows it.
    """
    readable = [reason if isinstance(reason, dict) else {"text": str(reason)} for reason in found]
    speaking = [reason for reason in readable if reason.get("verdict") not in ("missing", "unknown")]
    heaviest = sorted(speaking, key=lambda reason: (reason.get("kind") == "title", -float(reason.get("weight") or 0)))
    skills = [str(reason["label"]) for reason in heaviest if _is_skill(reason)][:SKILLS]
    named = {str(reason["label"]).casefold() for reason in heaviest if _is_skill(reason)}
    others = [reason for reason in heaviest if not _is_skill(reason) and str(reason.get("label")).casefold() not in named]
    rest = [str(reason.get("text") or reason.get("label") or "").strip() for reason in others]
    line = _fitting(skills, ", ", width, start="asked for and in the CV: ")
    return _fitting([line, *rest], "; ", width)


def _fitting(pieces: Sequence[str], between: str, width: int, start: str = "") -> str:
    """``start`` and those of the pieces that still fit, joined; ``""`` where there are none."""
    line = ""
    for piece in filter(None, pieces):
        longer = f"{line}{between}{piece}" if line else f"{start}{piece}"
        if len(longer) <= width:
            line = longer
    return line


def _is_skill(reason: Mapping[str, Any]) -> bool:
    return reason.get("kind") == "skill" and bool(reason.get("label")) and reason.get("verdict") in ("direct", "strong")
