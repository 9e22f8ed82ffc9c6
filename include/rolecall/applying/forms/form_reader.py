"""From a page or an answer to the form that it is."""

from __future__ import annotations

import importlib
import json
import pkgutil
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from rolecall.applying.forms import systems
from rolecall.applying.forms.form_model import Form
from rolecall.applying.forms.form_page import FormPage
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader
from rolecall.errors import InvalidInput
from rolecall.text.html import decode

MAX_CONTENT = 8_000_000
"""Characters or bytes that are read; the largest recorded page has 0.93 million."""


@cache
def all_systems() -> tuple[FormSystem, ...]:
    """One of each system, by name."""
    modules = [importlib.import_module(f"{systems.__name__}.{module.name}") for module in pkgutil.iter_modules(systems.__path__)]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    found = [one() for one in classes if issubclass(one, FormSystem) and one is not FormSystem]
    return tuple(sorted(found, key=lambda one: one.name))


def read_form(content: str | bytes, *, url: str | None = None) -> Form:
    """The form that a page or an interface's answer holds; one without questions where it holds none.

    :param content: HTML or JSON as it came
    :param url: where it came from: tells the system where the content does not
    :raises InvalidInput: it is nothing that can be read: no text, more than 8 million characters, JSON that is broken or no known system's
    """
    if not isinstance(content, str | bytes):
        raise InvalidInput("content", "is neither text nor bytes", fix="give the page or the answer as it came")
    if len(content) > MAX_CONTENT:
        raise InvalidInput("content", f"has more than {MAX_CONTENT:,} characters", fix="give the page of the form alone")
    text = decode(content).strip().lstrip("\ufeff")
    if not text:
        raise InvalidInput("content", "is empty", fix="fetch the page again")
    host = host_of(url)
    if text[0] in "{[":
        return from_json(text, host)
    page = FormPage(text)
    for system in all_systems():
        if system.is_at(host) or system.has_marks(page):
            try:
                found = system.read_page(page)
            except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
                found = None  # the page changed: labels and roles still stand in it
            if found is not None:
                return found
    return Reader(page).form("generic")


def from_json(text: str, host: str) -> Form:
    """The form of an answer of a system's interface.

    :raises InvalidInput: it is no JSON, or of no system that is known here
    """
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("content", "begins like JSON and cannot be read as JSON", fix="fetch it again, whole") from error
    for system in sorted(all_systems(), key=lambda one: not one.is_at(host)):
        try:
            found = system.read_json(data)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
            continue
        if found is not None:
            return found
    raise InvalidInput("content", "is JSON of no form system that is known here", fix="give the page of the form")


def host_of(url: str | None) -> str:
    """The host of an address in small letters; ``""``: none can be read."""
    try:
        return (urlsplit(url or "").hostname or "").lower()
    except ValueError:
        return ""
