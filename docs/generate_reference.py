"""Writes docs/reference from what runs: settings, commands, REST, the parts for Airflow, the database. ``make docs``; a test fails when it
drifts.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
MADE = "Written by `make docs` from {}; edit that, not this page.\n"
SQL = ROOT / "include" / "rolecall" / "store" / "migrations" / "sql"


def cell(text: object) -> str:
    """A text that can stand in a table."""
    return " ".join(str(text).replace("|", "\\|").split())


def rows(head: Iterable[str], body: Iterable[Iterable[object]]) -> list[str]:
    """A table's lines."""
    head = list(head)
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(map(cell, one)) + " |" for one in body)]


def plain(docstring: str) -> str:
    """The first paragraph of a docstring, as Markdown."""
    text = inspect.cleandoc(docstring).partition("\n\n")[0].partition("\n:param")[0]
    text = re.sub(r":\w+:`[~!]?(?:[^`<]*<)?([^`>]+)>?`", r"`\1`", text)
    return text.replace("``", "`")


# ── settings ───────────────────────────────────────────────────────────────────────────────────────────────────


def said_in_env_example() -> dict[str, str]:
    """What ``.env.example`` says above a variable: the lines of the comment right before it."""
    found: dict[str, str] = {}
    comment: list[str] = []
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines():
        if line.startswith("# ") and "──" not in line:
            comment.append(line[2:])
        elif match := re.match(r"([A-Z][A-Z0-9_]*)=", line):
            found[match[1]] = " ".join(comment)
            comment = []
        else:
            comment = []
    return found


def settings_page() -> str:
    """Every variable that is neither address nor credential: kind, default, meaning."""
    from rolecall.settings import Settings

    tree = ast.parse(inspect.getsource(importlib.import_module("rolecall.settings")))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings").body
    meant: dict[str, str] = {}
    for node, behind in itertools.pairwise(body):
        if isinstance(node, ast.AnnAssign) and isinstance(behind, ast.Expr) and isinstance(behind.value, ast.Constant):
            meant[ast.unparse(node.target)] = plain(str(behind.value.value))
    example = said_in_env_example()
    table = rows(
        ("variable", "default", "meaning"),
        (
            (
                f"`{name.upper()}`",
                f"`{shown}`" if (shown := _default(field.default)) else "",
                meant.get(name) or example.get(name.upper(), ""),
            )
            for name, field in sorted(Settings.model_fields.items())
        ),
    )
    head = ["# Settings", "", MADE.format("`include/rolecall/settings.py` and `.env.example`")]
    return "\n".join([*head, "Addresses and credentials are connections: [configuration](../configuration.md).", "", *table]) + "\n"


def _default(value: object) -> str:
    shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    return "" if shown in (None, "") else str(shown)


# ── commands ───────────────────────────────────────────────────────────────────────────────────────────────────


def commands_page() -> str:
    """Every ``./rolecall`` command that looks at a running stack or changes it."""
    from rolecall.commands import commands

    found = sorted(commands(), key=lambda one: one.name)
    table = rows(("command", "does"), ((f"`{one.call}`", one.does) for one in found))
    head = ["# Commands of a running stack", "", MADE.format("the commands' own help (`./rolecall help`)")]
    return "\n".join([*head, "What sets up, starts and stops: [commands](../commands.md).", "", *table]) + "\n"


# ── REST ───────────────────────────────────────────────────────────────────────────────────────────────────────


def routes(app: Any, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Method, path and what its function says, of an app, of what is mounted in it, of its routers."""
    for one in app.routes:
        inner = getattr(one, "original_router", None) or getattr(one, "app", None)
        if getattr(one, "methods", None):
            for method in sorted(one.methods - {"HEAD"}):
                yield method, f"{prefix}{one.path}", plain(getattr(one, "endpoint", None).__doc__ or "")
        elif hasattr(inner, "routes"):
            yield from routes(inner, prefix + getattr(one, "path", ""))


def rest_page(apps: Mapping[str, Any]) -> str:
    """Every address of each app.

    :param apps: title → app
    """
    lines = ["# REST", "", MADE.format("the routes themselves")]
    lines += ["Who may what: [people](../people.md), [page](../page.md), [deploying](../deploying.md). Errors: [errors](../errors.md).", ""]
    for title, app in apps.items():
        found = sorted(set(routes(app)), key=lambda one: (one[1], one[0]))
        lines += [f"## {title}", "", *rows(("", "address", "does"), ((how, f"`{path}`", does) for how, path, does in found)), ""]
    return "\n".join(lines)


# ── Airflow ────────────────────────────────────────────────────────────────────────────────────────────────────


def airflow_page() -> str:
    """What the wheel brings into an Airflow: operators, sensors, hooks, triggers, notifiers, connection types, its configuration."""
    from rolecall.provider import get_provider_info

    info = get_provider_info()
    lines = ["# Parts for Airflow", "", MADE.format("the classes' docstrings and `plugins/rolecall/provider.py`")]
    lines += ["How they are used in a DAG of your own: [entry points](../entry-points.md#in-an-airflow-of-your-own).", ""]
    for kind in ("operators", "sensors", "hooks", "triggers"):
        modules = [name for group in info[kind] for name in group["python-modules"]]
        lines += [f"## {kind.title()}", ""]
        for module in modules:
            for one in public_classes(importlib.import_module(module)):
                lines += class_lines(one)
    lines += ["## Notifiers", ""]
    for path in info["notifications"]:
        module, _, name = path.rpartition(".")
        lines += class_lines(getattr(importlib.import_module(module), name))
    types = ((f"`{one['connection-type']}`", one["hook-name"], f"`{one['hook-class-name']}`") for one in info["connection-types"])
    lines += ["## Connection types", "", *rows(("type", "is", "hook"), types), ""]
    options = info["config"]["rolecall"]["options"]
    table = rows(
        ("option", "default", "meaning"), ((f"`{name}`", f"`{one['default']}`", one["description"]) for name, one in options.items())
    )
    return "\n".join([*lines, "## `[rolecall]` in Airflow's configuration", "", *table]) + "\n"


def public_classes(module: Any) -> list[type]:
    """The classes a module defines, in its order."""
    return [one for name, one in vars(module).items() if inspect.isclass(one) and one.__module__ == module.__name__ and name[0] != "_"]


def class_lines(one: type) -> list[str]:
    """A class: where it is, what it says, its parameters."""
    text = inspect.cleandoc(one.__doc__ or "")
    given = re.findall(r"^:param (\w+): (.+(?:\n    .+)*)", text, re.M)
    table = ["", *rows(("parameter", "meaning"), ((f"`{name}`", plain(meaning)) for name, meaning in given))] if given else []
    return [f"### {one.__name__}", "", f"`{one.__module__}.{one.__name__}`: {cell(plain(text))}", *table, ""]


# ── the database ───────────────────────────────────────────────────────────────────────────────────────────────

COLUMNS = """
    select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
           coalesce(col_description(c.oid, a.attnum), '') as says
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by c.relname, a.attnum
"""
POINTERS = """
    select distinct conrelid::regclass::text as table, confrelid::regclass::text as other
    from pg_constraint join pg_class c on c.oid = conrelid join pg_namespace n on n.oid = c.relnamespace
    where contype = 'f' and n.nspname = 'public' and not c.relispartition order by 1, 2
"""


def column_comments() -> dict[tuple[str, str], str]:
    """What the migrations' SQL says behind a column: (table, column) → words."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(SQL.glob("*.sql")):
        table = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if begun := re.match(r"\s*(?:create|alter) table (?:if (?:not )?exists )?([a-z_.]+)", line, re.I):
                table = begun[1]
            if said := re.match(r"\s*(?:alter table \w+ )?(?:add (?:column )?)?(?:if not exists )?([a-z_0-9]+)\s+[a-z].*?--\s*(.+)$", line):
                found.setdefault((table, said[1]), said[2])
    return found


def database_page(conn: Any) -> str:
    """Tables and their columns, and which points to which.

    :param conn: a migrated database, rows as mappings
    """
    says = column_comments()
    tables: dict[str, list[Mapping[str, Any]]] = {}
    for one in conn.execute(COLUMNS).fetchall():
        tables.setdefault(one["table"], []).append(one)
    pointers = [(one["table"], one["other"]) for one in conn.execute(POINTERS).fetchall()]
    lines = ["# Database", "", MADE.format("a database that all migrations have run on, and from the words in their SQL")]
    lines += [f"{len(tables)} tables. What they hold against whom: [architecture](../architecture.md), [privacy](../privacy.md).", ""]
    lines += ["```mermaid", "erDiagram", *(f'    {other} ||--o{{ {table} : ""' for table, other in pointers if table != other), "```", ""]
    for table, columns in tables.items():
        body = (
            (
                f"`{one['name']}`",
                one["type"] + ("" if one["required"] else ", may be empty"),
                one["says"] or says.get((table, one["name"]), ""),
            )
            for one in columns
        )
        lines += [f"## {table}", "", *rows(("column", "type", "is"), body), ""]
    return "\n".join(lines)


# ── all of it ──────────────────────────────────────────────────────────────────────────────────────────────────


def apps() -> dict[str, Any]:
    """The apps with a REST interface. Nothing is asked of their database."""
    from pydantic import SecretStr

    from rolecall.apps import auto_apply_webhook, figures_pages
    from rolecall.endpoints import Endpoints
    from rolecall.services import create_app

    settings = Endpoints(
        rolecall_dsn=SecretStr("postgresql://nobody@127.0.0.1:1/none"), api_token=SecretStr("t"), ai_service_token=SecretStr("a")
    )
    return {
        "Platform and AI service": create_app(settings),
        "Webhook, in Airflow's web server at `/webhook`": auto_apply_webhook.app(),
        "Figures, in Airflow's web server at `/figures`": figures_pages.app(),
    }


def pages(conn: Any) -> dict[str, str]:
    """File name → page."""
    return {
        "settings.md": settings_page(),
        "commands.md": commands_page(),
        "rest.md": rest_page(apps()),
        "airflow.md": airflow_page(),
        "database.md": database_page(conn),
    }


def main() -> None:
    """Writes the pages, with a database of their own that is gone afterwards."""
    from local.processes.postgres import throwaway_database
    from rolecall.store import connect, migrate

    with throwaway_database(durable=False) as dsn:
        migrate(dsn)
        with connect(dsn, name="docs") as conn:
            made = pages(conn)
    FOLDER.mkdir(exist_ok=True)
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
