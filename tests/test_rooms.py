"""The house keeps its order: rooms import only what stands above them, in no circle, and nobody reaches for another's private name."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from docs.rooms import DOMAIN, ENDS, ORDER, ROOT, imports, module_of, parsed, picture, room

pytestmark = pytest.mark.xdist_group("rooms")  # each file is read once

AIRFLOW_SIDE = ROOT / "plugins" / "rolecall"
MOST = 15
"""Python files a folder may hold before it wants to be two."""

ROOMY = ("boards/sites", "store/migrations/versions", "dags")
"""Folders that grow by a file for every board, every migration and every DAG (Astro projects keep DAG files in one flat folder)."""


LINES = 400
LONG = {
    "applying/answers/asked_often.py": "a list of questions, one below the other",
    "applying/forms/labels_and_roles.py": "one reader over one page: its parts share what was read of it",
    "applying/ledger.py": "each transition beside the others; read in one sitting",
    "boards/base.py": "what every board is, in one place for who writes one",
    "boards/employers/addresses.py": "one line and one reader a system",
    "matching/cv/roles.py": "one heading read in one go: its rules lean on each other",
    "matching/letters/cover_letter.py": "one letter, paragraph by paragraph",
    "matching/score/scoring.py": "the score, part by part, with its constants",
    "services/browser/form_filling.py": "one form filled in one browser page",
    "sandbox/forms/draw.py": "a few lines a system, one system below the other",
}
"""Files of the product longer than that, with the reason; a file that needs a table of contents wants to be two."""


PRODUCT = (
    ROOT / "include" / "rolecall",
    AIRFLOW_SIDE,
    *(ROOT / folder for folder in ("dags", "local", "sandbox", "docs", "judge", "bench")),
)


def test_every_room_has_its_place_in_the_order() -> None:
    there = {path.stem for path in DOMAIN.iterdir() if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")}
    assert there == set(ORDER)


def test_a_room_imports_only_rooms_above_it() -> None:
    wrong = [
        f"{one.module} imports {one.target}"
        for one in imports()
        if set(one.rooms) <= set(ORDER) and ORDER.index(one.rooms[1]) > ORDER.index(one.rooms[0])
    ]
    assert not wrong


def test_only_what_dags_start_from_imports_airflows_side() -> None:
    beside = {path.stem for path in AIRFLOW_SIDE.iterdir()}
    assert {one.module for one in imports() if one.rooms[1] in beside} <= {"rolecall.assets", "rolecall.defaults"}


def test_no_module_is_in_a_circle_with_another() -> None:
    """Of the whole product; imports inside functions and under ``TYPE_CHECKING`` count."""
    edges: dict[str, set[str]] = defaultdict(set)
    for one in imports(PRODUCT):
        if one.module != one.target:
            edges[one.module].add(one.target)
    assert {"local", "sandbox", "rolecall", "dags"} <= {module.split(".")[0] for module in edges}
    done: set[str] = set()

    def walk(module: str, way: list[str]) -> None:
        assert module not in way, " → ".join([*way[way.index(module) :], module])
        if module not in done:
            for target in sorted(edges[module]):
                walk(target, [*way, module])
            done.add(module)

    for module in sorted(edges):
        walk(module, [])


def test_nobody_imports_another_rooms_private_name() -> None:
    assert not [one for one in imports() if one.name.startswith("_") and one.rooms[0] != one.rooms[1]]


def test_the_two_halves_of_rolecall_are_one_namespace_without_a_name_in_common() -> None:
    halves = [{path.stem for path in half.iterdir() if path.name != "__pycache__"} for half in (DOMAIN, AIRFLOW_SIDE)]
    assert not halves[0] & halves[1]
    assert not (DOMAIN / "__init__.py").exists()
    assert not (AIRFLOW_SIDE / "__init__.py").exists()


FOLDERS = ("include", "plugins", "dags", "local", "sandbox", "bench", "judge", "docs", "tests")


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_imports_include_so_that_it_runs_beside_any_other_project(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(parsed(path)):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not [name for name in names if name.split(".")[0] == "include"], path


def test_no_folder_is_too_full_to_be_read_at_a_glance() -> None:
    files = Counter(path.parent for part in FOLDERS for path in (ROOT / part).rglob("*.py") if path.stem != "__init__")
    assert not {folder: count for folder, count in files.items() if count > MOST and not folder.as_posix().endswith(ROOMY)}


def test_a_long_file_has_a_reason() -> None:
    files = [path for part in (DOMAIN, AIRFLOW_SIDE, ROOT / "dags", ROOT / "local", ROOT / "sandbox") for path in part.rglob("*.py")]
    long = [path for path in files if path.read_text(encoding="utf-8").count("\n") > LINES]
    unsaid = [path.relative_to(ROOT).as_posix() for path in long if not path.as_posix().endswith(tuple(LONG))]
    assert not unsaid, f"{unsaid} → split where a real seam is, or say in LONG why not"
    assert not [name for name in LONG if not any(path.as_posix().endswith(name) for path in long)], "no reason for what is not long"


def test_every_public_name_says_what_it_is() -> None:
    """Methods that a class has from another one of ours are documented there; routes and DAGs by what decorates them and by their file."""
    parts = (DOMAIN, AIRFLOW_SIDE, ROOT / "local")
    trees = {path: parsed(path) for part in parts for path in part.rglob("*.py") if "versions" not in path.parts}
    classes = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    said = {(one.name, node.name) for one in classes for node in functions(one) if ast.get_docstring(node)}
    own = {one.name for one in classes}
    silent = [path.as_posix() for path, tree in trees.items() if not ast.get_docstring(tree)]
    for path, tree in trees.items():
        for holder in (tree, *(node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))):
            bases = (
                [ast.unparse(base).rpartition(".")[2].partition("[")[0] for base in holder.bases]
                if isinstance(holder, ast.ClassDef)
                else []
            )
            for node in functions(holder):
                given = any((base, node.name) in said or base not in own for base in bases if base not in ("NamedTuple", "Protocol"))
                if not (node.name.startswith("_") or ast.get_docstring(node) or given):
                    silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert silent == []


def functions(holder: ast.Module | ast.ClassDef) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in holder.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_what_a_module_says_it_gives_is_there() -> None:
    """Each name of each ``__all__`` is defined or imported in the file, or a module beside it."""
    missing = []
    for path in [path for part in PRODUCT for path in part.rglob("*.py")]:
        tree = parsed(path)
        said = [node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"]
        if said:
            beside = {one.stem for one in path.parent.iterdir()} if path.stem == "__init__" else set()
            given = {alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
            given |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
            given |= {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)}
            missing += [f"{path}: {name}" for name in ast.literal_eval(said[0]) if name not in beside | given]
    assert missing == []


def test_the_picture_in_the_docs_is_what_the_code_imports() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert picture() in page, "run `make docs`"
    assert page.count(ENDS) == 1


def test_a_rooms_name_is_read_from_a_modules() -> None:
    assert room("rolecall.boards.sites.lever") == "boards"
    assert room("rolecall.models") == "models"
    assert Path(DOMAIN / "boards").is_dir()


def test_no_two_public_classes_or_modules_have_one_name() -> None:
    """Classes of all that runs (measurements apart), so that a search for a name finds one; modules of the domain and of Airflow's side."""
    names: dict[str, set[str]] = defaultdict(set)
    for path in (
        path for part in PRODUCT if part.name not in ("bench", "judge") for path in part.rglob("*.py") if "versions" not in path.parts
    ):
        module = path.relative_to(ROOT).as_posix()
        if path.is_relative_to(DOMAIN) or path.is_relative_to(AIRFLOW_SIDE):
            names[module_of(path).rpartition(".")[2]].add(module)
        for node in parsed(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                names[node.name].add(f"{module}: {node.name}")
    twice = {name: sorted(places) for name, places in names.items() if len(places) > 1 and not name.startswith("__")}
    assert twice == {}


def test_every_place_the_architecture_page_names_is_there() -> None:
    """A reader who has never seen the project looks there first."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    places = re.findall(r"`([a-z_]+(?:/[\w.-]+)+|dags|sandbox)`", page[page.index("## Where is") :])
    assert len(places) > 20
    assert not [one for one in places if not (DOMAIN / one).exists() and not (ROOT / one).exists()]


def test_every_function_and_constant_is_used_by_something_besides_tests() -> None:
    files = [path for folder in (DOMAIN, AIRFLOW_SIDE, ROOT / "dags", ROOT / "local", ROOT / "sandbox") for path in folder.rglob("*.py")]
    others = [ROOT / "pyproject.toml", ROOT / "Makefile", ROOT / "docs" / "entry-points.md", *(ROOT / "bench").rglob("*.py")]
    read = Counter(name for path in (*files, *others) for name in re.findall(r"[A-Za-z_]\w*", path.read_text(encoding="utf-8")))
    unread = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        if "versions" not in path.parts
        for node in parsed(path).body
        for name in names_of(node)
        if read[name] < 2
    ]
    assert unread == []


def names_of(node: ast.stmt) -> list[str]:
    """What a statement of a module defines for others; a decorated function is handed to whoever decorates it."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [] if node.decorator_list or node.name.startswith("__") else [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [one.id for one in targets if isinstance(one, ast.Name) and not one.id.startswith("__")]


def test_tests_have_one_http_server() -> None:
    """Another one would have faults of its own: ``tests/http_double.py`` has them all."""
    with_one = [path for folder in ("tests", "bench") for path in (ROOT / folder).rglob("*.py") if "http.server" in imported(path)]
    assert [path.relative_to(ROOT).as_posix() for path in with_one] == ["tests/http_double.py"]


def imported(path: Path) -> set[str]:
    """The modules a file imports from."""
    return {node.module or "" for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom)}
