"""Whether two names are one employer's: a slug, a host, what a site calls itself."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

COMMON = frozenset([
    "www", "the", "and", "job", "jobs", "career", "careers", "karriere", "team", "group", "hq", "inc", "llc", "ltd", "gmbh",
    "limited", "plc", "corp", "corporation", "company", "companies", "co", "hiring", "talent", "work", "working", "join", "about",
    "home", "official", "global", "international", "com", "net", "org", "io", "app", "dev", "people", "site", "website", "page",
    "web", "online", "info", "blog", "news", "de", "eu", "us", "uk", "fr", "nl", "es", "it", "at", "ch",
])  # fmt: skip
"""Words that many names have."""


def letters(text: str) -> str:
    """Letters and digits of a text in lower case."""
    return re.sub(r"[\W_]", "", unquote(unescape(text)).casefold())


def core(name: str) -> str:
    """What tells a name from others: without words that many names have, without what stands around it."""
    words = [word for word in re.split(r"[\W_]+", unquote(unescape(name[:200])).casefold()) if word]
    kept = [word for word in words if word not in COMMON] or words
    text = "".join(kept)
    for end in ("careers", "career", "jobs", "hiring", "gmbh", "inc", "hq", "group", "ltd"):
        if text.endswith(end) and len(text) - len(end) >= 3:
            text = text.removesuffix(end)
    for start in ("join", "workat", "team", "get", "the"):
        if text.startswith(start) and len(text) - len(start) >= 4:
            text = text.removeprefix(start)
    return text.rstrip("0123456789") or text


def alike(one: str, other: str) -> bool:
    """Whether two cores are one name: equal, or one begins or ends with the other and is not much longer."""
    short, long = sorted((one, other), key=len)
    if short == long:
        return bool(short)
    return len(short) >= 4 and (long.startswith(short) or long.endswith(short)) and len(long) <= 3 * len(short)
