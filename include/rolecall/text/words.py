"""Words of a text, so that spellings of one thing compare equal whatever the capitals, accents and widths of their letters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:[+#]+(?!\w))?|(?<!\w)\.\w+")
"""A run of letters and digits; ``C++``, ``C#`` and ``.NET`` are words of their own."""

ASCII_WORD = re.compile(r"[a-z0-9]+(?:[+#]+(?!\w))?|(?<!\w)\.\w+")
"""The same for text in lower-case ASCII, twice as fast."""

UNFOLDED = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ı": "i"}
)

BROKEN = re.compile("[ÃÂâ][\u0080-\u00ff‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]")
"""UTF-8 that somebody read as Windows-1252: ``MÃ¼nchen``."""


def listed(text: str) -> frozenset[str]:
    """The words of a list written as one text, for tables in code."""
    return frozenset(text.split())


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """The word without case, accents and compatibility forms: ``Zürich`` → ``zurich``, ``ﬁ`` → ``fi``."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.translate(UNFOLDED))
    return unicodedata.normalize("NFKC", "".join(char for char in parts if not "\u0300" <= char <= "\u036f")).casefold()


def words(text: str) -> list[str]:
    """The folded words in order: ``Sr. C++ Developer`` → ``["sr", "c++", "developer"]``."""
    if text.isascii():
        return ASCII_WORD.findall(text.lower())
    return [fold(found) for found in WORD.findall(text)]


def mended(text: str) -> str:
    """The text with mojibake undone where that is certain (it decodes cleanly), else as it is."""
    if not BROKEN.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def one_line(text: str, limit: int = 1000) -> str:
    """The text on one line: white space runs are one space, control characters gone, cut at ``limit`` characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text[: 4 * limit].split())[:limit]
    kept = "".join(char if unicodedata.category(char)[0] != "C" or char.isspace() else "" for char in text[: 4 * limit])
    return " ".join(kept.split())[:limit]
