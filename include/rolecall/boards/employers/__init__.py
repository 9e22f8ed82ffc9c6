"""What the services that give every employer a board of its own have in common: a company in the address, JSON in the answer."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree

from rolecall.boards.base import BadCard, Page, Unreadable, json_document, read_cards, what_html_is
from rolecall.boards.employers.addresses import OWN_HOST
from rolecall.errors import InvalidInput
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.html import as_dict, as_list, as_text
from rolecall.text.words import words

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


def sub_domain(company: str, domain: str, base_url: str | None) -> str:
    """Where the board of an employer with a sub-domain of its own is; below a stand-in it is a folder.

    :raises InvalidInput: the name can be no sub-domain
    """
    if base_url:
        return f"{base_url.rstrip('/')}/{quote(company, safe='')}"
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9-]{1,20})?", company, re.I):
        raise InvalidInput(
            "company", f"{company!r} is no sub-domain of {domain}", fix=f"name the employer as in https://acme.{domain}: acme"
        )
    return f"https://{company.lower()}.{domain}"


def board_origin(company: str, domain: str, base_url: str | None) -> str:
    """The same on systems that serve a board on a host of the employer's, too: ``https://jobs.acme.example``.

    :raises InvalidInput: the name can be neither
    """
    return (own_host(company) if not base_url else "") or sub_domain(company, domain, base_url)


def own_host(company: str) -> str:
    """The origin of a board on a host of the employer's, as a search names it (``company: https://jobs.acme.example``); else empty."""
    host = company.strip().lower().removeprefix("https://").rstrip("/")
    return f"https://{host}" if company.strip().lower().startswith("https://") and OWN_HOST.fullmatch(host) else ""


def company_at(url: str | None, domain: str, folder: str) -> str:
    """The employer whose sub-domain an address is on, or below a stand-in the folder before ``folder``, or else whose host it is; empty if
    there is neither."""
    parts = urlsplit(url or "")
    host = (parts.hostname or "").lower()
    if host.endswith(f".{domain}"):
        return host.removesuffix(f".{domain}")
    path = parts.path.split("/")
    if path[1:2] == [folder]:
        return host if OWN_HOST.fullmatch(host) and host != domain else ""
    return unquote(path[path.index(folder) - 1]) if folder in path[1:] else ""


def company_of(url: str | None, after: str) -> str:
    """The company as an address names it, in the path segment behind ``after``; empty if it is not there."""
    found = re.search(rf"/{re.escape(after)}/([^/?#]+)", urlsplit(url or "").path)
    return unquote(found[1]) if found else ""


MOST_READ = 20
"""Texts in which an employer's name is looked for."""
NAME_PART = re.compile(r"[^\W_]+|&")


def name_written(slug: str, texts: Iterable[str]) -> str:
    """An employer's name as its own texts write it most often: ``hims-and-hers`` → "Hims & Hers"; else the slug as it is."""
    wanted = _letters(slug)
    found: Counter[str] = Counter()
    for text in islice(filter(None, texts), MOST_READ):
        pieces = list(NAME_PART.finditer(text[:5_000]))
        for start, first in enumerate(pieces):
            if not (first[0][0].isupper() or first[0][0].isdigit()):
                continue
            letters = ""
            for last in pieces[start : start + 6]:
                letters += _letters(last[0])
                if letters == wanted and last.end() - first.start() < len(slug) + 12:
                    found[" ".join(text[first.start() : last.end()].split())] += 1
                if len(letters) >= len(wanted) or not wanted.startswith(letters):
                    break
    return found.most_common(1)[0][0] if wanted and found else slug


def texts_of(text: str, name: str | None, field: str) -> Iterator[str]:
    """A field of each posting of a JSON answer, as far as it can be read: see :func:`lines`."""
    with suppress(Unreadable, ValueError, RecursionError):
        document = json_document(text)
        for one in as_list(as_dict(document).get(name) if name else document):
            yield as_text(as_dict(one).get(field))


def _letters(text: str) -> str:
    return "".join(words(text.replace("&", " and ")))


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

    return read_cards(found, one, as_raw)


def xml_root(text: str, tag: str) -> ElementTree.Element:
    """The root of an XML answer.

    :param tag: what it is called
    :raises Unreadable: another, not XML, cut off, or it declares entities, which could be made to explode and which no feed has a use for
    """
    if "<!DOCTYPE" in text[:2000] or "<!ENTITY" in text:
        raise Unreadable(what_html_is(text), "no feed: it declares a document type")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without entities there is nothing to attack
    except (ElementTree.ParseError, ValueError) as error:
        raise Unreadable(what_html_is(text), f"not XML, or cut off ({error})") from None
    if root.tag != tag:
        raise Unreadable("Blocked" if what_html_is(text) == "Blocked" else "LayoutChanged", f"XML of another kind: {root.tag[:80]}")
    return root


def as_raw(value: Any) -> str:
    """A rejected card as JSON text, as it is kept with its reason."""
    return json.dumps(value, ensure_ascii=False, default=str)
