"""The rooms of the domain: in which order they stand, what imports what, and the picture of it in docs/architecture.md.

A room imports only rooms above it in :data:`ORDER`; imports inside functions and under ``TYPE_CHECKING`` count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOMAIN = ROOT / "include" / "rolecall"

ORDER = (
    *("errors", "settings", "criteria", "models", "assets", "defaults", "connections", "endpoints", "entry", "commands"),
    *("store", "clients", "text", "outbox", "boards", "catalog", "matching", "people", "sync", "applying", "inbox", "notifying"),
    *("monitoring", "analytics", "maintenance", "backup", "services", "web"),
)
"""From what everything may import to what nothing imports."""

BEGINS, ENDS = "<!-- rooms: made by `make docs` -->", "<!-- end of rooms -->"


@dataclass(frozen=True)
class Import:
    """One import of the domain by the domain: full module names, and the imported name where it is no module."""

    module: str
    target: str
    name: str

    @property
    def rooms(self) -> tuple[str, str]:
        """The rooms of both, ``""`` for the package itself."""
        return room(self.module), room(self.target)


def room(module: str) -> str:
    """``rolecall.boards.scrape`` is in ``boards``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def module_of(path: Path) -> str:
    """The import name of a file of the project."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[parts[0] in ("include", "plugins") :]).removesuffix(".__init__")


@cache
def parsed(path: Path) -> ast.Module:
    """A file of the project, read once."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(folders: Sequence[Path] = (DOMAIN,)) -> Iterator[Import]:
    """Every import by these folders of these folders, the domain's of the domain if none are given, wherever it stands in a file."""
    paths = sorted(path for folder in folders for path in folder.rglob("*.py"))
    modules = {module_of(path) for path in paths}
    packages = {"rolecall", *(module.split(".")[0] for module in modules)}
    for path in paths:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                yield from (Import(module_of(path), one.name, "") for one in node.names if one.name.split(".")[0] in packages)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in packages:
                for one in node.names:
                    whole = f"{node.module}.{one.name}"
                    yield Import(module_of(path), whole, "") if whole in modules else Import(module_of(path), str(node.module), one.name)


def picture() -> str:
    """The rooms and their imports as a Mermaid graph and a table."""
    edges = sorted({one.rooms for one in imports() if one.rooms[0] != one.rooms[1] and "" not in one.rooms and is_room(one.rooms[1])})
    used = {name: sorted((target for source, target in edges if source == name), key=ORDER.index) for name in ORDER if is_room(name)}
    rows = [f"| `{name}/` | {sentence(name)} | {', '.join(targets) or 'none'} |" for name, targets in used.items()]
    arrows = [f"  {source} --> {target}" for source, target in edges if is_room(source)]
    return "\n".join(
        [BEGINS, "| room | what is in it | imports |", "|---|---|---|", *rows, "", "```mermaid", "graph TD", *arrows, "```", ENDS]
    )


def is_room(name: str) -> bool:
    """Whether it is a folder, not one of the files that everything may import."""
    return (DOMAIN / name).is_dir()


def sentence(name: str) -> str:
    """The first sentence of a room's docstring."""
    said = ast.get_docstring(parsed(DOMAIN / name / "__init__.py")) or ""
    return said.split("\n\n")[0].replace("\n", " ").split(". ")[0].rstrip(".")


def main() -> None:
    """Writes the picture into docs/architecture.md."""
    page = ROOT / "docs" / "architecture.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text[: text.index(BEGINS)] + picture() + text[text.index(ENDS) + len(ENDS) :], encoding="utf-8")


if __name__ == "__main__":
    main()
