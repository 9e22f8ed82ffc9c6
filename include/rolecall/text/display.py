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
