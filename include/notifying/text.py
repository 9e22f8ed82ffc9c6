"""Texts from outside, made safe for headers, for Postgres and for a small screen."""

from __future__ import annotations

import unicodedata
from typing import Any

from include.documents import storable


def one_line(text: str, limit: int = 250) -> str:
    """The text on one line without control characters, at most ``limit`` characters: fit for a mail header.

    >>> one_line("Hello\\r\\nBcc: everybody@example.com")
    'Hello Bcc: everybody@example.com'
    """
    printable = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    return shorten(" ".join(printable.split()), limit)


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
