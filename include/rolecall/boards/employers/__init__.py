"""What the services that give every employer a board of its own have in common: a company in the address, JSON in the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from rolecall.boards.base import BadCard, Page, Unreadable, collect, json_document
from rolecall.errors import InvalidInput
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.html import as_dict

EMPTY = "the board says that there are no jobs"


def company_wanted(query: SearchQuery, title: str) -> str:
    """The company a search names.

    :raises InvalidInput: it names none
    """
    if not query.company:
        raise InvalidInput(
            "company", f"{title} has one board per employer", fix="name the employer as its board's address does: `company: acme`"
        )
    return query.company


def company_of(url: str | None, after: str) -> str:
    """The company as an address names it, in the path segment behind ``after``; empty if it is not there."""
    found = re.search(rf"/{re.escape(after)}/([^/?#]+)", urlsplit(url or "").path)
    return unquote(found[1]) if found else ""


def lines(text: str, name: str | None, read: Callable[[dict[str, Any]], JobPosting]) -> Page:
    """Reads a JSON answer whose postings are in the list ``name``. An empty list is a true "no jobs".

    :param name: dots lead inside objects; ``None``: the answer itself is the list
    :raises Unreadable: not JSON, or no such list
    """
    found = document = json_document(text)
    for part in name.split(".") if name else []:
        found = as_dict(found).get(part)
    if not isinstance(found, list):
        raise Unreadable("LayoutChanged", f"JSON without {f'a list {name!r}' if name else 'a list'}: {as_raw(document)[:200]}")
    if not found:
        raise Unreadable("EmptyResult", EMPTY)

    def one(line: Any) -> JobPosting:
        if not isinstance(line, dict):
            raise BadCard(f"no object but {type(line).__name__}")
        return read(line)

    return collect(found, one, as_raw)


def as_raw(value: Any) -> str:
    """A rejected card as it came."""
    return json.dumps(value, ensure_ascii=False, default=str)
