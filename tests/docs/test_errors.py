"""Each named error of the domain stands on the page of errors, and no other does."""

from __future__ import annotations

import ast
import re

from local.base.paths import ROOT

PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")


def named_errors() -> set[str]:
    """Public classes that are a ``RolecallError`` by their bases, wherever they stand, without the first one."""
    bases: dict[str, set[str]] = {}
    for path in (ROOT / "include" / "rolecall").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(base.id for base in node.bases if isinstance(base, ast.Name))
    found = {"RolecallError"}
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return {name for name in found if not name.startswith("_")} - {"RolecallError"}


def test_every_named_error_is_on_the_page_and_nothing_else_is() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.M)) == named_errors()


def test_each_says_why_and_what_to_do() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert [row for row in rows if len([cell for cell in row.strip("| ").split(" | ") if cell.strip()]) != 3] == []
