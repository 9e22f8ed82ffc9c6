"""Jinja2 templates of the sandbox's pages, autoescaped."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup


@cache
def templates() -> Environment:
    """The templates of ``sandbox/templates``; an unknown name in one is an error."""
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    environment.filters["safe_comment"] = safe_comment
    environment.filters["json"] = embedded
    return environment


def safe_comment(text: str) -> Markup:
    """Text inside an HTML comment, where entities are not read: only what would end it is changed."""
    return Markup(text.replace("--", "%2D%2D").replace(">", "%3E").replace('"', "%22"))  # noqa: S704


def embedded(value: Any) -> Markup:
    """JSON inside a script element: nothing in it can end the element."""
    return Markup(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def page(name: str, **values: Any) -> str:
    """Renders one template."""
    return templates().get_template(name).render(values)
