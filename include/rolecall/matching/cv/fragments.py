"""Lines of text mended that a copy out of a PDF or a page broke: a bullet, a dash or half a period on a line of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rolecall.matching.cv.cv_dates import DATE_ONLY, END_ALONE
from rolecall.text.html import repaired

JOINT = re.compile(r"^[ \t]*([,:–—|-]|to|till|until|bis|à|al?|hasta)[ \t]*$", re.I)
"""A line that only joins its neighbours."""

LONE_BULLET = re.compile(r"^\s*[•●○■▪◦►✓➢➤]\s*$")
BROKEN_SPACE = re.compile(r"(?<![ÂÃ])[ÂÃ]++(?=\s|$)")
"""What is left of a no-break space that was read as Windows-1252 once or twice."""
BROKEN_DASH = re.compile("ï¼[\u008d\u200b\ufffd]?")
"""A full-width dash that was read as Windows-1252."""

MOST_JOINED = 80
"""Characters of a line that is joined to a neighbour: longer ones are prose."""


def mended(text: str) -> str:
    """The text without mojibake, as far as that is certain; as long as before or shorter."""
    if "Â" in text or "Ã" in text or "ï¼" in text or "â" in text:
        return BROKEN_DASH.sub(" – ", BROKEN_SPACE.sub("", repaired(text)))
    return text


def joined(lines: Sequence[str]) -> list[str]:
    """``Jan 2013``, ``to``, ``Jan 2014`` on three lines are one; so are a company, a dash, a city, a comma and a state."""
    kept: list[str] = []
    pending = ""
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else ""
        if pending:
            kept[-1] = f"{kept[-1]}{pending}{line.strip()}"
            pending = ""
            continue
        if LONE_BULLET.match(line) and following.strip() and not LONE_BULLET.match(following):
            kept.append("")
            pending = f"{line.strip()} "
            continue
        joint = JOINT.match(line)
        if joint and kept and _joins(kept[-1], joint[1], following):
            pending = {",": ", ", ":": ": "}.get(joint[1], f" {joint[1]} ")
            continue
        kept.append(line)
    return kept


def _joins(before: str, joint: str, behind: str) -> bool:
    if not before.strip() or not behind.strip() or max(len(before), len(behind)) > MOST_JOINED or before.rstrip().endswith((".", ";")):
        return False
    if joint.isalpha():
        return bool(END_ALONE.match(behind.strip())) and any(char.isdecimal() for char in before)
    if joint in "-–—":
        return len(behind.split()) <= 4 and not behind.rstrip().endswith(".") and (behind[:1].isalnum() or bool(DATE_ONLY.match(behind)))
    return True
