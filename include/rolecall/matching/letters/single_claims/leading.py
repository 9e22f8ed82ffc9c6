"""Whether a text says that somebody leads people."""

from __future__ import annotations

import re

from rolecall.matching.letters.claim_words import MANAGES, PEOPLE, PEOPLE_ALONE

NEAR = 70
"""Characters between a verb of leading and the people led."""


def leads(plain: str) -> str | None:
    """The words that say somebody leads people, or ``None``."""
    alone = PEOPLE_ALONE.search(plain)
    if alone:
        return alone[0]
    for verb in MANAGES.finditer(plain):
        before, behind = plain[max(0, verb.start() - NEAR) : verb.start()], plain[verb.end() : verb.end() + NEAR]
        if PEOPLE.search(re.split(r"[.!?]", behind)[0]) or PEOPLE.search(re.split(r"[.!?]", before)[-1]):
            return verb[0]
    return None
