"""Every regular expression of the domain takes time that grows with the text, not with its square: all are found and fed with what hurts.

Each pattern is taken apart, and for each repetition in it a text is made that leads there and repeats it: such texts are where a pattern
starts again at every character, or tries every way of sharing a run between two repetitions.
"""

from __future__ import annotations

import ast
import functools
import gc
import importlib
import itertools
import re
import re._constants as kinds  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest

from rolecall.services.browser.form_sites import SITES

pytestmark = pytest.mark.xdist_group("patterns")  # to find them costs a process seconds

ROOT = Path(__file__).parents[1]
FLAGS_AT = {"compile": 1, "search": 2, "match": 2, "fullmatch": 2, "findall": 2, "finditer": 2, "split": 3, "sub": 4, "subn": 4}
ANCHORED = {"match", "fullmatch"}
LONG = 10_000
"""Characters of the long text; the short one has a quarter of them."""

LONG_OF_MANY = 4_000
"""The same for a pattern that a thousand texts are made for (lists of words in four languages): it costs half of all time else."""

FLOOR = 0.012
"""Seconds of CPU that the long text takes at least before its growth means anything."""

LIMIT = 1.0
PARTS = 6
"""Tests that share the patterns, so that one processor is not left with all of them."""

TRIED = 150
"""Texts for one pattern; of lists of words in four languages, which more are made for, some (all: ``make test-all``)."""

MANY = 8
"""Repetitions with a smaller bound are not worth a text of their own."""

MADE_WHILE_RUNNING = {
    ("include/rolecall/boards/employers/__init__.py", "f'/{re.escape(after)}/([^/?#]+)'"): "two literals around one run",
    (
        "include/rolecall/text/job_titles.py",
        "f'(?<!\\\\w)(?:{pattern})(?!\\\\w)'",
    ): "its patterns are found in the lists they are kept in",
    ("include/rolecall/matching/ads/ad.py", "re.escape(name)"): "a literal",
    ("include/rolecall/matching/letters/claims.py", "f'(?<!\\\\w){re.escape(wanted)}(?!\\\\w)'"): "a literal",
    ("include/rolecall/matching/score/explain.py", "f'(?<!\\\\w){re.escape(name)}(?!\\\\w)'"): "a literal",
    ("include/rolecall/matching/cv/spans.py", "f'(?<!\\\\w){pattern}(?!\\\\w)'"): "literal words with white space between them",
    ("include/rolecall/matching/cv/spans.py", "pattern"): "literal words with white space between them",
    **{
        ("include/rolecall/services/browser/form_filling.py", f"self.site[{name}]"): "one of SITES, whose patterns are tried below"
        for name in ("name", "'posts'", "'applied'", "'done_path'")
    },
    ("include/rolecall/services/browser/form_filling.py", "f'^\\\\s*{re.escape(value)}\\\\s*$'"): "a literal; Chromium tries it on options",
}


class Found(NamedTuple):
    """A pattern, where it is written, and whether it is only ever tried at one place of a text."""

    where: str
    pattern: re.Pattern[Any]
    anchored: bool


def sources() -> list[Path]:
    return [path for path in sorted((ROOT / "include").rglob("*.py")) if path.name != "__main__.py" and "migrations" not in path.parts]


@functools.cache
def uses() -> dict[tuple[str, str], set[str]]:
    """(module, global name) → methods it is called by anywhere; a use that is no call counts as ``search``."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {one.asname or one.name: (node.module or "", one.name) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
                    for one in node.names}  # fmt: skip
        called: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                called.add(id(node.value))
                if node.attr not in ("pattern", "flags"):
                    found.setdefault(imported.get(node.value.id, (dotted(path), node.value.id)), set()).add(node.attr)
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called:
                found.setdefault(imported.get(node.id, (dotted(path), node.id)), set()).add("search")
    return found


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def read(path: Path, unreadable: list[tuple[str, str]]) -> Iterator[Found]:
    """The patterns of one file: those given to a function of ``re``, and those its global names hold."""
    name = str(path.relative_to(ROOT))
    module = importlib.import_module(dotted(path))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {id(node.value): target.id for node in ast.walk(tree) if isinstance(node, ast.Assign) for target in node.targets
             if isinstance(target, ast.Name)}  # fmt: skip
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)):
            continue
        if node.func.value.id != "re" or node.func.attr not in FLAGS_AT:
            continue
        given = (
            next((word.value for word in node.keywords if word.arg == "flags"), None)
            or (node.args[FLAGS_AT[node.func.attr] :] or [None])[0]
        )
        try:
            said, flags = (eval(ast.unparse(one), vars(module)) if one is not None else 0 for one in (node.args[0], given))  # noqa: S307
        except NameError:
            unreadable.append((name, ast.unparse(node.args[0])))
            continue
        method = {node.func.attr} if node.func.attr != "compile" else uses().get((dotted(path), names.get(id(node), "")), {"search"})
        yield Found(f"{name}:{node.lineno}", said if isinstance(said, re.Pattern) else re.compile(said, flags), method <= ANCHORED)
    for label, value in vars(module).items():
        if not isinstance(value, re.Pattern):
            yield from (Found(f"{name} {label}", one, False) for one in held(value))


def held(value: Any, depth: int = 3) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (list, tuple, dict)) and depth and len(value) < 1_000:
        for one in value.values() if isinstance(value, dict) else value:
            yield from held(one, depth - 1)


@functools.cache
def patterns() -> tuple[list[Found], list[tuple[str, str]]]:
    unreadable: list[tuple[str, str]] = []
    gc.disable()  # CPython 3.11 ends a parse with an error where a collection in the middle of it runs code that recurses (gh-106905)
    try:
        every = [one for path in sources() for one in read(path, unreadable)]
    finally:
        gc.enable()
    known: dict[tuple[Any, int], Found] = {}
    for one in every:
        known.setdefault((one.pattern.pattern, one.pattern.flags), one)
    return list(known.values()), unreadable


# ── texts that hurt ─────────────────────────────────────────────────────────────────────────────────────────


def is_in(category: str, char: str) -> bool:
    kind = category.rpartition("_")[2]
    has = char.isdigit() if kind == "DIGIT" else char.isspace() if kind == "SPACE" else char.isalnum() or char == "_"
    return has != ("NOT_" in category)


def members(items: list[tuple[Any, Any]]) -> list[str]:
    """Characters of a set, the ordinary ones first."""

    def matches(op: Any, value: Any, char: str) -> bool:
        if op is kinds.LITERAL:
            return ord(char) == value
        if op is kinds.RANGE:
            return bool(value[0] <= ord(char) <= value[1])
        return op is kinds.CATEGORY and is_in(str(value), char)

    negated = bool(items) and items[0][0] is kinds.NEGATE
    ranged = [chr(value if op is kinds.LITERAL else value[0]) for op, value in items if op in (kinds.LITERAL, kinds.RANGE)]
    return [char for char in dict.fromkeys("a1 .-_\t\n," + "".join(ranged) + "éA/@:|•")
            if any(matches(op, value, char) for op, value in items) != negated]  # fmt: skip


def example(tree: Any, choice: int = 0) -> str:
    """A text that the pattern matches, more or less."""
    text = ""
    for op, value in tree:
        if op is kinds.LITERAL:
            text += chr(value)
        elif op is kinds.NOT_LITERAL:
            text += "b" if value == ord("a") else "a"
        elif op is kinds.ANY:
            text += "a"
        elif op is kinds.IN:
            text += "".join(members(value)[:1])
        elif op is kinds.BRANCH:
            text += example(value[1][min(choice, len(value[1]) - 1)], choice)
        elif op is kinds.SUBPATTERN:
            text += example(value[3], choice)
        elif op is kinds.ATOMIC_GROUP:
            text += example(value, choice)
        elif op in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            text += example(value[2], choice) * max(value[0], 1)
    return text


def hurting(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """(what leads there, what is repeated) for each repetition, and each beginning of the pattern again and again."""
    for (op, value), after in itertools.zip_longest(tree, list(tree)[1:], fillvalue=(None, None)):
        if op in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            inner = list(value[2])
            if value[1] > MANY:
                single = members(inner[0][1])[:6] if len(inner) == 1 and inner[0][0] is kinds.IN else []
                for unit in single or [example(inner, choice) for choice in range(3)]:
                    yield before, unit
            yield from hurting(value[2], before)
        elif op is kinds.BRANCH:
            for branch in value[1]:
                yield from hurting(branch, before)
        elif op in (kinds.SUBPATTERN, kinds.ATOMIC_GROUP):
            yield from hurting(value[3] if op is kinds.SUBPATTERN else value, before)
        elif op in (kinds.ASSERT, kinds.ASSERT_NOT):
            yield from hurting(value[1], before)
        before += example([(op, value)])
        if after[0] is not kinds.LITERAL:  # the beginning of a word costs what the word costs
            yield "", before


def attacks(pattern: re.Pattern[Any]) -> list[Callable[[int], Any]]:
    written, flags = pattern.pattern, pattern.flags
    if isinstance(written, bytes):
        written, flags = written.decode("latin-1"), flags & ~re.UNICODE
    tree = parser.parse(written, flags)
    pairs = [*hurting(tree), *(("", example(tree, choice)) for choice in range(3)), *(("", char) for char in "a1 .-,\n")]

    def text(before: str, unit: str, length: int) -> Any:
        made = before + unit * max(1, length // len(unit)) + "\0!"
        return made.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else made

    return [functools.partial(text, before, unit) for before, unit in dict.fromkeys(pairs) if unit]


# ── how long ────────────────────────────────────────────────────────────────────────────────────────────────


class _TooLong(Exception):
    pass


def _stop(_: int, __: FrameType | None) -> None:
    raise _TooLong


def seconds(pattern: re.Pattern[Any], text: Any, anchored: bool) -> float:
    """CPU time of all matches in a text, :data:`LIMIT` where it takes longer."""
    before, started = signal.signal(signal.SIGVTALRM, _stop), time.thread_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    try:
        if anchored:
            pattern.match(text)
            pattern.fullmatch(text)
        else:
            for _ in pattern.finditer(text):
                pass
    except _TooLong:
        return LIMIT
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.thread_time() - started


def worst(pattern: re.Pattern[Any], anchored: bool = False, length: int = 0, tried: int = TRIED) -> str | None:
    """The text that a pattern takes too long for, described; ``None`` where there is none."""
    texts = attacks(pattern)
    length = length or (LONG if len(texts) < 1_000 else LONG_OF_MANY)
    for made in texts[:: max(1, len(texts) // tried)]:
        for _ in range(3):  # a busy machine makes one measurement wrong, not three
            long = seconds(pattern, made(length), anchored)
            if long < FLOOR or (long < LIMIT and long < 8 * seconds(pattern, made(length // 4), anchored)):
                break
        else:
            before, unit = made.args  # type: ignore[attr-defined]
            return f"{before[:40]!r} and then {unit[:40]!r} for {length:,} characters: {long:.2f} s"
    return None


@pytest.mark.parametrize("part", range(PARTS))
def test_no_pattern_takes_time_with_the_square_of_a_text(part: int) -> None:
    found, _ = patterns()
    assert len(found) > 150, "the patterns are not found any more"
    slow = {one.where: told for one in found[part::PARTS] if (told := worst(one.pattern, one.anchored))}
    assert not slow, "\n".join(f"{where}: {told}" for where, told in slow.items())


@pytest.mark.long
def test_none_does_on_any_text_that_is_made_for_it() -> None:
    found, _ = patterns()
    many = [one for one in found if len(attacks(one.pattern)) > TRIED]
    slow = {one.where: told for one in many if (told := worst(one.pattern, one.anchored, tried=10**9))}
    assert many
    assert not slow


def test_patterns_made_while_running_are_known_by_name() -> None:
    _, unreadable = patterns()
    assert set(unreadable) <= set(MADE_WHILE_RUNNING), "say in MADE_WHILE_RUNNING why it cannot take long, or write it as a constant"


def test_what_a_form_systems_pages_are_told_by_takes_no_time_with_the_square_of_a_text() -> None:
    told = {"posts", "done_path", "closed", "applied", "limit"}  # the others are selectors and words
    patterns = [(f"{site.name}.{name}", getattr(site, name)) for site in SITES for name in sorted(told)]
    tried = {pattern: where for where, pattern in patterns if pattern}
    slow = {where: found for pattern, where in tried.items() if (found := worst(re.compile(pattern, re.IGNORECASE)))}
    assert not slow


@pytest.mark.parametrize("slow", [r"\s+$", r"(?:a+)+b", r"[\w.+-]+@x", r"<!--.*?-->", r"\d\s*\+?\s*x", r"\b(?:[a-z]+\.)+com/", r"(a|a)*b"])
def test_a_slow_pattern_would_be_found(slow: str) -> None:
    assert worst(re.compile(slow), length=LONG_OF_MANY) is not None  # the harder one


@pytest.mark.parametrize("fast", [r"(?<!\s)\s+$", r"[\w.+-]{1,64}@x", r"\d\s*(?:\+\s*)?x", r"\w+", "plain"])
def test_a_fast_pattern_is_let_through(fast: str) -> None:
    assert worst(re.compile(fast)) is None
