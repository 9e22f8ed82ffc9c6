"""Which tests ask a clock, and which days they write down: read from the sources, without running them.

A test is followed by name into its fixtures, its helpers and the product: functions, constants, ``.sql`` files, and of the classes it
names the methods that anything it reaches calls. A clock is asked by Python (``datetime.now``, ``time.time``, …), by SQL (``now()``, …),
and by a column that is set to it, or left to it by default, where the same test reaches a statement that compares that column.
``now or datetime.now(UTC)`` asks nobody where ``now`` is passed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = {
    **dict.fromkeys(("dags", "local", "sandbox", "bench", "judge", "tests"), (ROOT,)),
    "rolecall": (ROOT / "include", ROOT / "plugins"),
}

ASKING = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.strftime",
}  # fmt: skip
SQL_ASKS = re.compile(r"\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp)\(\)", re.IGNORECASE)
WRITTEN = re.compile(r"\b([a-z_]+)\s*=\s*" + SQL_ASKS.pattern + r"(?!\s*[-+])", re.IGNORECASE)
"""A column that a statement sets to the clock."""
INSERT = re.compile(r"insert\s+into\s+([a-z_.]+)\s*(?:as\s+\w+\s*)?(\([^()]*\))?", re.IGNORECASE)
COLUMN = re.compile(r"\s*(?:alter table \S+ )?(?:add column )?(?:if not exists )?([a-z_]+)\s.*default (?:now|clock_timestamp)\(\)")
COMPARED = re.compile(r"\b([a-z_]+)\s*[<>]|[<>]=?\s*(?:\w+\.)?([a-z_]+)\b")
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DAY = re.compile(rf"(?<![\w/-])20\d\d-[01]\d-[0-3]\d|\b20\d\d[01]\d[0-3]\dT\d{{6}}|\b\d{{1,2}} (?:{MONTHS})\w* 20\d\d")
"""A day within a text; none in the middle of an address or of a file's name."""

Key = tuple[str, str]
"""Module and name; a method is ``Class.method``."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Day:
    """A day that is written down."""

    file: Path
    line: int
    text: str


@dataclass
class Symbol:
    """One function, class or constant: what it says by itself."""

    module: Module
    nodes: list[ast.AST] = field(default_factory=list)

    @cached_property
    def inside(self) -> list[ast.AST]:
        """All nodes but annotations."""
        return [inner for node in self.nodes for inner in _inside(node)]

    @cached_property
    def links(self) -> set[Key]:
        """What of ours it names."""
        return {key for node in self.inside if (name := _dotted(node)) for key in self.module.find(name)}

    @cached_property
    def attributes(self) -> set[str]:
        """Methods it may call, of whatever."""
        return {node.attr for node in self.inside if isinstance(node, ast.Attribute)}

    @cached_property
    def calls(self) -> list[ast.Call]:
        """What it calls."""
        return [node for node in self.inside if isinstance(node, ast.Call)]

    @cached_property
    def texts(self) -> list[tuple[int, str]]:
        """Line and text of its strings, without documentation."""
        spoken = {id(node.value) for node in self.inside if isinstance(node, ast.Expr)}
        constants = [node for node in self.inside if isinstance(node, ast.Constant) and id(node) not in spoken]
        return [(node.lineno, node.value) for node in constants if isinstance(node.value, str)]

    @cached_property
    def optional(self) -> dict[str, int]:
        """Parameters without which it asks a clock, and their places."""
        found = {}
        for node in self.nodes:
            if isinstance(node, Function):
                names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
                found |= {name: names.index(name) for inner in ast.walk(node) if (name := _passed(inner)) in names}
        return found

    @cached_property
    def asks(self) -> list[str]:
        """Where it asks a clock, whatever is passed to it."""
        else_passed = {id(inner) for node in self.inside if _passed(node) for inner in ast.walk(node)}
        here = self.module.path.relative_to(ROOT)
        found = [f"{here}:{node.lineno} {name}()" for node in self.inside if id(node) not in else_passed and (name := _asks(node))]
        return found + [f"{place} {match[0]}" for place, text in self.statements for match in SQL_ASKS.finditer(WRITTEN.sub("", text))]

    @cached_property
    def statements(self) -> list[tuple[str, str]]:
        """Its texts and the ``.sql`` files it names, with their places."""
        found = []
        for line, text in self.texts:
            file = next(self.module.path.parent.rglob(Path(text).name), None) if text.endswith(".sql") else None
            found.append((f"{self.module.path.relative_to(ROOT)}:{line}", text))
            if file:
                found.append((str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")))
        return found

    @cached_property
    def left_to_clock(self) -> list[tuple[str, str]]:
        """Columns whose value it leaves to the database's clock, with the places."""
        return [(column, f"{place} {table}.{column}") for place, text in self.statements for table, column in _left_to_clock(text)]

    @cached_property
    def compared(self) -> set[str]:
        """Columns it compares by size."""
        return {name for _, text in self.statements for pair in COMPARED.findall(text) for name in pair}

    @cached_property
    def days(self) -> list[Day]:
        """The days it writes down."""
        found = [Day(self.module.path, line, text) for line, text in self.texts if DAY.search(text)]
        for node in self.inside:
            if isinstance(node, ast.Call) and (_dotted(node.func) or "").split(".")[-1] in ("datetime", "date") and len(node.args) >= 3:
                year = node.args[0]
                if isinstance(year, ast.Constant) and isinstance(year.value, int) and year.value >= 2000:
                    found.append(Day(self.module.path, node.lineno, ast.unparse(node)))
        return found

    @cached_property
    def parameters(self) -> set[str]:
        """Names by which a test or fixture asks for fixtures: parameters, and words of decorators (``usefixtures``)."""
        functions = [node for node in self.nodes if isinstance(node, Function)]
        words = {
            inner.value for node in functions for mark in node.decorator_list for inner in ast.walk(mark) if isinstance(inner, ast.Constant)
        }
        return {argument.arg for node in functions for argument in node.args.args} | {word for word in words if isinstance(word, str)}


class Module:
    """One file, and what its names stand for."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self.name, self.path = name, path
        self.imports: dict[str, tuple[str, ...]] = {}
        self.symbols: dict[str, Symbol] = {}
        self.fixtures: dict[str, str] = {}
        self.autouse: list[str] = []
        self.methods: dict[str, list[str]] = {}
        self._found: dict[str, list[Key]] = {}
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                self.imports |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
            elif isinstance(node, ast.Import):
                self.imports |= {alias.asname: (alias.name,) for alias in node.names if alias.asname}
        for node in tree.body:
            self._define(node)

    def _add(self, name: str, node: ast.AST) -> None:
        self.symbols.setdefault(name, Symbol(self)).nodes.append(node)

    def _define(self, node: ast.stmt) -> None:
        if isinstance(node, Function):
            self._add(node.name, node)
            for decorator in node.decorator_list:
                self._decorated(node, decorator)
        elif isinstance(node, ast.ClassDef):
            self._add(node.name, ast.Tuple(node.bases, ast.Load()))
            self.methods[node.name] = [inner.name for inner in node.body if isinstance(inner, Function)]
            for inner in node.body:
                self._add(f"{node.name}.{inner.name}" if isinstance(inner, Function) else node.name, inner)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in (inner for target in targets for inner in ast.walk(target)):
                if isinstance(name, ast.Name):
                    self._add(name.id, node)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            for inner in node.body:
                self._define(inner)

    def _decorated(self, node: Function, decorator: ast.expr) -> None:
        name = _dotted(decorator.func if isinstance(decorator, ast.Call) else decorator) or ""
        if name.endswith("fixture"):
            words = {word.arg: word.value for word in decorator.keywords} if isinstance(decorator, ast.Call) else {}
            called = words.get("name")
            self.fixtures[str(called.value) if isinstance(called, ast.Constant) else node.name] = node.name
            if "autouse" in words:
                self.autouse.append(node.name)
        elif "." in name and not name.startswith("pytest"):
            self._add(name.split(".")[0], node)  # @router.get: who has the router may get there

    def find(self, dotted: str) -> list[Key]:
        """What of ours a dotted name stands for."""
        if dotted not in self._found:
            first, *rest = dotted.split(".")
            origin = self.imports.get(first)
            self._found[dotted] = _find(origin[0], (*origin[1:], *rest)) if origin else self.own(first, *rest)
        return self._found[dotted]

    def own(self, *names: str) -> list[Key]:
        """What of its own a name stands for: a method and its class."""
        return [(self.name, name) for name in dict.fromkeys((".".join(names[:2]), names[0])) if name in self.symbols]

    def homes_of_fixtures(self) -> list[Module]:
        """Itself and the ``conftest`` above it."""
        parts = self.name.split(".")
        return [self, *(home for n in range(len(parts) - 1, 0, -1) if (home := load(".".join([*parts[:n], "conftest"]))))]

    def fixture(self, name: str) -> list[Key]:
        """The fixture of this name, as seen from here."""
        for home in self.homes_of_fixtures():
            if name in home.fixtures:
                return [(home.name, home.fixtures[name])]
            if name in home.imports and (found := home.find(name)):
                return found
        return []


def _find(module: str, names: tuple[str, ...]) -> list[Key]:
    if names and load(f"{module}.{names[0]}"):
        return _find(f"{module}.{names[0]}", names[1:])
    home = load(module)
    if not home or not names:
        return []
    if names[0] in home.imports and names[0] not in home.symbols:  # handed on
        return home.find(".".join(names))
    return home.own(*names)


@cache
def load(name: str) -> Module | None:
    """A module of ours by its dotted name."""
    for root in PACKAGES.get(name.split(".")[0], ()):
        base = root / Path(*name.split("."))
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if path.is_file():
                return Module(name, path, path.read_text(encoding="utf-8"))
    return None


@cache
def clock_columns() -> dict[str, set[str]]:
    """By table, the columns whose default is the clock."""
    found: dict[str, set[str]] = {}
    for file in sorted((ROOT / "include/rolecall/store/migrations/sql").glob("*.sql")):
        table = ""
        for line in file.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"(?:create|alter) table (?:if not exists )?([a-z_.]+)", line):
                table = match[1]
            if match := COLUMN.match(line):
                found.setdefault(table, set()).add(match[1])
    return found


def _left_to_clock(text: str) -> Iterator[tuple[str, str]]:
    """Tables and columns that a statement leaves to the clock."""
    for match in INSERT.finditer(text):
        given = set(re.findall(r"[a-z_]+", match[2] or ""))
        yield from ((match[1], column) for column in sorted(clock_columns().get(match[1], set()) - given))
    yield from (("", match[1]) for match in WRITTEN.finditer(text))


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns"):
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, ast.AST):
                    yield from _inside(inner)


def _dotted(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return before and f"{before}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else None


def _asks(node: ast.AST) -> str | None:
    name = ".".join((_dotted(node) or "").split(".")[-2:]) if isinstance(node, ast.Attribute) else ""
    return name if name in ASKING else None


def _passed(node: ast.AST) -> str | None:
    """``now`` of ``now or datetime.now(UTC)``."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and isinstance(node.values[0], ast.Name):
        return node.values[0].id if any(_asks(inner) for value in node.values[1:] for inner in ast.walk(value)) else None
    return None


@dataclass
class Followed:
    """A test and all that it reaches."""

    key: Key
    reached: dict[Key, Symbol]

    def days(self) -> list[Day]:
        """The days that it and its helpers write down."""
        return [day for key, symbol in self.reached.items() if key[0].startswith("tests.") for day in symbol.days]

    def names_a_clock(self) -> bool:
        """Whether it asks one in the words of its own file."""
        return any("(" in why for key, symbol in self.reached.items() if key[0] == self.key[0] for why in symbol.asks)

    def asks(self) -> list[str]:
        """Where it asks a clock."""
        found = [why for symbol in self.reached.values() for why in symbol.asks]
        compared = set[str]().union(*(symbol.compared for symbol in self.reached.values()))
        found += [why for symbol in self.reached.values() for column, why in symbol.left_to_clock if column in compared]
        optional = {key: symbol.optional for key, symbol in self.reached.items() if symbol.optional}
        names = {key[1].split(".")[-1] for key in optional}
        for symbol in self.reached.values():
            for call in symbol.calls:
                last = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                if last in names:
                    found += self._left_out(symbol, call, last, optional)
        return found

    def _left_out(self, symbol: Symbol, call: ast.Call, last: str, optional: dict[Key, dict[str, int]]) -> Iterator[str]:
        """Parameters that are not passed, in whose absence a clock is asked; of any method of that name, called of an object."""
        keys = symbol.module.find(_dotted(call.func) or "")
        if not keys and symbol.module.name.startswith("tests."):
            keys = [key for key in optional if key[1].endswith(f".{last}")]
        for key in keys:
            for parameter, place in optional.get(key, {}).items():
                if len(call.args) <= place and not any(word.arg in (parameter, None) for word in call.keywords):
                    yield f"{symbol.module.path.relative_to(ROOT)}:{call.lineno} {key[1]}() without {parameter}"


def follow(module: Module, name: str) -> Followed:
    """Follows one test function."""
    reached: dict[Key, Symbol] = {}
    attributes = {"__init__", "__post_init__", "__enter__", "__exit__", "__call__", "__iter__", "__getitem__", "__getattr__"}
    classes: list[tuple[str, str, list[str]]] = []
    todo = [(module.name, name), *((home.name, fixture) for home in module.homes_of_fixtures() for fixture in home.autouse)]
    while todo:
        key = todo.pop()
        home = module if key[0] == module.name else load(key[0])
        if key not in reached and home and key[1] in home.symbols:
            symbol = reached[key] = home.symbols[key[1]]
            todo += symbol.links
            if key[0].startswith("tests."):
                todo += [found for parameter in symbol.parameters for found in home.fixture(parameter)]
            attributes |= symbol.attributes
            if methods := home.methods.get(key[1]):
                classes.append((*key, methods))
        if not todo:  # of the classes, what was called by anything so far
            called = [(home, f"{name}.{method}") for home, name, methods in classes for method in methods if method in attributes]
            todo = [method for method in called if method not in reached]
    return Followed((module.name, name), reached)


def tests(module: Module) -> list[str]:
    """Names of a file's tests."""
    return [name for name in module.symbols if name.startswith("test_")]


def modules() -> list[Module]:
    """All files of tests."""
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted((ROOT / "tests").rglob("test_*.py"))]
    return [module for name in names if (module := load(name))]


def asking(*, short: bool = False) -> list[str]:
    """Node ids of the tests that ask a clock; in short those which do so in their own words or write down a day, and no drills."""
    found = []
    for module in modules():
        if short and module.name.startswith("tests.chaos."):
            continue
        for name in tests(module):
            followed = follow(module, name)
            if (followed.days() or followed.names_a_clock() or not short) and followed.asks():
                found.append(f"{module.path.relative_to(ROOT)}::{name}")
    return found
