"""Texts from outside, made safe for headers, for Postgres and for a small screen."""

from __future__ import annotations

import unicodedata
from typing import Any

from rolecall.store.documents import storable

DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
"""Marks that turn the direction of what follows: a title that holds one could rewrite the sentence it stands in."""


def one_line(text: str, limit: int = 250) -> str:
    """The text on one line without control characters, at most ``limit`` characters: fit for a mail header.

    >>> one_line("Hello\\r\\nBcc: everybody@example.com")
    'Hello Bcc: everybody@example.com'
    """
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text if char not in DIRECTIONS)
    return shorten(" ".join(printable.split()), limit)


def isolated(text: str) -> str:
    """The text, set apart where it holds right-to-left letters, so that the words around it keep their order (Unicode UAX 9, FSI and PDI).

    >>> isolated("Engineer")
    'Engineer'
    """
    return f"\u2068{text}\u2069" if any(unicodedata.bidirectional(char) in ("R", "AL") for char in text) else text


def unseen(text: str) -> str:
    """The first character that nobody sees and that may make a text look like another: controls, zero-width ones, marks of direction.
    ``""`` where there is none. A joiner stays between letters whose writing needs one.

    >>> unseen("Ada\u200bVale"), unseen("Ada Vale")
    ('U+200B (ZERO WIDTH SPACE)', '')
    """
    found = next((char for place, char in enumerate(text) if _hidden(text, place)), "")
    return found and f"U+{ord(found):04X} ({unicodedata.name(found, 'a control character')})"


JOINERS = "\u200c\u200d"
FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u034f\u2800")
"""Letters and marks that are blank."""


def _hidden(text: str, place: int) -> bool:
    char = text[place]
    kind = unicodedata.category(char)
    return char in FILLERS or (kind in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") and not (char in JOINERS and _joins(text, place)))


def _joins(text: str, place: int) -> bool:
    """As in domain names (RFC 5892, A.1 and A.2): behind a virama, or between letters that are written joined."""
    before, after = text[:place][-1:], text[place + 1 : place + 2]
    if before and unicodedata.combining(before) == 9:
        return True
    return bool(before and after) and all(unicodedata.bidirectional(each) in ("AL", "NSM") for each in (before, after))


def shorten(text: str, limit: int) -> str:
    """The text, at most ``limit`` characters; an ellipsis tells that something is gone.

    >>> shorten("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clean(value: Any) -> Any:
    """The same JSON-able value without what Postgres refuses to store: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        text: str = storable(value)
        return text.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {clean(key): clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [clean(inner) for inner in value]
    return value
