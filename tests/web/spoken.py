"""Every text that the page's own code says, as its catalogues must have it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from babel.messages.extract import extract
from jinja2 import Environment, nodes
from jinja2.ext import babel_extract

from rolecall.web.templating import HERE

SAID = {"title", "said", "wrong", "fix"}
"""Keyword arguments whose text a page shows."""

REFUSALS = {"InvalidInput": 1, "Forbidden": 0, "HTTPException": 1, "failed": 2, "ApiError": 1}
"""What refuses, and which argument says why."""


def of_templates() -> set[str | tuple[str, ...]]:
    """What templates say: texts, or the forms of one for one and for many."""
    found: set[str | tuple[str, ...]] = set()
    for path in sorted((HERE / "templates").rglob("*.html")):
        with path.open("rb") as file:
            for _, text, _, _ in extract(babel_extract, file, keywords={"_": None, "gettext": None, "many": (2, 3)}):
                found.add(text if isinstance(text, str) else tuple(text))
    return found


def of_code() -> set[str]:
    """What the page's routes say."""
    return {text for path in sorted(HERE.rglob("*.py")) for text in _said(ast.parse(path.read_text(encoding="utf-8")))}


def _said(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in ("mark", "tell"):
            yield from (one for arg in node.args for one in _texts(arg))
        refusal = REFUSALS.get(name)
        if refusal is not None:
            yield from (one for arg in node.args[refusal : refusal + 1] for one in _texts(arg))
        if refusal is not None or name in ("page", "shown", "_form", "_code", "_letter", "failed"):
            yield from (one for given in node.keywords if given.arg in SAID for one in _texts(given.value))


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"[A-Za-z]", node.value):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def bare_texts(source: str) -> list[str]:
    """Words of a template that are said in no language but its own: between tags, in attributes that people read, or in an expression."""
    parsed = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source)
    found = []
    plain = re.sub(r"\{#.*?#\}|\{% *trans.*?endtrans *%\}", " ", source, flags=re.DOTALL)
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\x00", plain, flags=re.DOTALL)
    plain = re.sub(r"<(pre|code|kbd|style|script)\b.*?</\1>", " ", plain, flags=re.DOTALL)
    for name, value in re.findall(r'\s(aria-label|title|placeholder|alt)="([^"]*)"', plain):
        if re.search(r"[A-Za-z]{2}", value) and value not in FREE:
            found.append(f"{name}: {value}")
    for text in re.split(r"<[^>]*>", plain):
        pieces = (one.strip() for one in re.split(r"\x00|&\w+;|·|,", text))
        found += [one for one in pieces if re.search(r"[A-Za-z]{2}", one) and one not in FREE]
    for output in parsed.find_all(nodes.Output):
        for one in output.nodes:
            if not isinstance(one, nodes.TemplateData):
                found += [text for text in _consts(one) if re.search(r"[A-Za-z]{2}", text) and text.strip() not in FREE]
    return found


FREE = {
    *(
        "Rolecall",
        "SHA-256",
        "Message-ID",
        "UTC",
        "DAG",
        "s",
        "Europe/Berlin",
        "smtp.example.org",
        "https://jobs.lever.co/acme",
        "2",
        "DE",
        "imap.example.org",
        "kB",
        "Message-ID:",
    ),
    *("ok", "bad", "warn", "two", "danger", "yes", "hidden", "checked", 'class="narrow"'),
}
"""Names and examples that are the same in every language, and CSS classes."""


def _consts(node: object) -> Iterator[str]:
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        for one in (node.expr1, node.expr2):
            yield from _consts(one)
    elif isinstance(node, (nodes.Concat, nodes.Or, nodes.And, nodes.Add)):
        for one in node.iter_child_nodes():
            yield from _consts(one)
    elif isinstance(node, nodes.Filter):
        yield from _consts(node.node)
    elif isinstance(node, nodes.List):
        for one in node.items:
            yield from _consts(one)
