"""What docstrings and pages refer to is there: a reader who follows a name finds it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from docs.rooms import module_of
from local.base.paths import ROOT

SOURCES = tuple(path for folder in ("include", "plugins", "dags", "local", "sandbox") for path in (ROOT / folder).rglob("*.py"))
PAGES = (*(one for one in ROOT.glob("*.md") if one.stem != "CHANGELOG"), *(ROOT / "docs").rglob("*.md"), ROOT / "sandbox" / "README.md")
EXAMPLES = {"include/rolecall/boards/sites/orchard.py"}
"""Files that a page tells how to write."""

ROLE = re.compile(r":(?:mod|func|class|meth|data|attr):`~?((?:rolecall|local|sandbox)\.[\w.]+)`")
PLACE = re.compile(r"`((?:include|plugins|dags|local|sandbox|docs|docker|tests|bench|judge)/[\w./-]*\w)/?`")


@cache
def modules() -> dict[str, Path]:
    """Import name → file."""
    return {module_of(path): path for path in SOURCES}


@cache
def names(module: str) -> set[str]:
    """What a module defines or imports, its classes' members among it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(modules()[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            found |= {one.asname or one.name for one in node.names}
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.id if isinstance(node, ast.Name) else node.attr)
    return found


def is_there(reference: str) -> bool:
    parts = reference.split(".")
    module = next((".".join(parts[:end]) for end in range(len(parts), 0, -1) if ".".join(parts[:end]) in modules()), "")
    return bool(module) and set(parts[module.count(".") + 1 :]) <= names(module)


def test_every_name_that_a_docstring_refers_to_is_there() -> None:
    said = {(path, one) for path in SOURCES for one in ROLE.findall(path.read_text(encoding="utf-8"))}
    assert len(said) > 50
    assert not sorted(f"{path.relative_to(ROOT)}: {one}" for path, one in said if not is_there(one))


def test_every_file_that_a_page_or_a_docstring_names_is_there() -> None:
    said = {(path, one) for path in (*SOURCES, *PAGES) for one in PLACE.findall(path.read_text(encoding="utf-8"))}
    assert len(said) > 100
    assert not sorted(f"{path.relative_to(ROOT)}: {one}" for path, one in said if one not in EXAMPLES and not (ROOT / one).exists())
