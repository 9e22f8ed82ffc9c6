"""The claims ledger and the threat model name only what is there: tests, commands, pages."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from local.base.paths import ROOT

PAGES = [(ROOT / page).read_text(encoding="utf-8") for page in ("docs/claims.md", "SECURITY.md")]
ROWS = [
    line for page in PAGES for line in page.splitlines() if line.startswith("| ") and not line.startswith(("| promise", "| attack", "|---"))
]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


def named(row: str) -> list[str]:
    return re.findall(r"`(tests/[^`]+)`", row)


def commands(row: str) -> list[str]:
    return re.findall(r"`(make [^`]+)`", row)


@cache
def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def missing(text: str) -> str | None:
    """Why a named proof is none; ``None``: it is there."""
    if text.startswith("tests/"):
        path, _, name = text.partition("::")
        if not (ROOT / path).is_file():
            return f"no file {path}"
        return None if name.startswith("test_") and name in functions(path) else f"no test {text}"
    target = text.split()[1]
    if target not in TARGETS:
        return f"no target {target}"
    if only := re.search(r'ONLY=(?:"([^"]+)"|(\S+))', text):
        folder = {"bench": "bench", "judge": "judge"}.get(target)
        if folder is None:
            return None if (ROOT / only[2]).exists() else f"nothing at {only[2]}"
        for name in (only[1] or only[2]).split():
            if not (ROOT / folder / f"{name}.py").is_file():
                return f"no {folder}/{name}.py"
    return None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:70])
def test_a_promise_names_a_proof_that_is_there(row: str) -> None:
    proofs = [*named(row), *commands(row)]
    assert proofs, "nothing proves this"
    assert [why for text in proofs if (why := missing(text))] == []


def test_what_is_not_there_is_found() -> None:
    wrong = [
        "tests/docs/test_claims.py::test_of_nothing",
        "tests/nowhere.py::test_x",
        "tests/docs/test_claims.py",
        "make nothing",
        "make bench ONLY=nothing",
        'make judge ONLY="cvs nothing"',
    ]
    assert [text for text in wrong if missing(text) is None] == []
