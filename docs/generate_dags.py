"""Writes docs/DAGS.md from the DAGs' own docstrings, schedules, assets and params: ``make docs``. A test fails when it drifts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "DAGS.md"


def schedule(dag: Any) -> str:
    """When a DAG runs, in words."""
    table = dag.timetable
    condition = getattr(table, "asset_condition", None)
    assets = sorted(asset.name for asset in getattr(condition, "objects", []))
    expression = getattr(table, "expression", None) or getattr(getattr(table, "timetable", None), "expression", None)
    parts = [f"cron `{expression}` UTC"] if expression else []
    parts += [f"asset `{name}`" for name in assets]
    if not parts:
        parts = ["continuously"] if "Continuous" in type(table).__name__ else ["on demand: REST, the UI, other DAGs"]
    return " or ".join(parts)


def section(dag: Any) -> str:
    """One DAG as Markdown."""
    order = " → ".join(f"`{task.task_id}`" + (" (mapped)" if task.is_mapped else "") for task in dag.topological_sort())
    writes = sorted({asset.name for task in dag.tasks for asset in getattr(task, "outlets", None) or []})
    title = next((line[4:] for line in (dag.doc_md or "").splitlines() if line.startswith("### ")), "")
    lines = [f"## {dag.dag_id}: {title[:1].lower()}{title[1:]}", "", f"**Runs** {schedule(dag)}. **Tasks** {order}."]
    if writes:
        lines.append(f"**Updates** {', '.join(f'`{name}`' for name in writes)}.")
    body = (dag.doc_md or "").strip().splitlines()
    lines += ["", *[line for line in body if not line.startswith("### ")]]
    if dag.params:
        lines += ["", "| param | default | meaning |", "|---|---|---|"]
        for name in dag.params:
            param = dag.params.get_param(name)
            optional = param.has_value or "null" in param.schema.get("type", [])
            default = f"`{param.value!r}`" if optional else "required"
            lines.append(f"| `{name}` | {default} | {param.description or ''} |")
    return "\n".join(lines)


def render(dags: dict[str, Any]) -> str:
    """The whole page. Boards share one workflow: the first is described, the others are named."""
    boards = sorted(name for name in dags if name.startswith("scrape_"))
    shown = [*boards[:1], *sorted(set(dags) - set(boards))]
    others = ", ".join(f"`{name}`" for name in boards[1:])
    head = ["# DAGs", "", "Written by `make docs` from the DAGs themselves; edit their docstrings, not this page.", ""]
    if others:
        head += [f"The same workflow for each further board: {others}.", ""]
    return "\n".join(head) + "\n" + "\n\n".join(section(dags[name]) for name in shown) + "\n"


def main() -> None:
    """Parses the DAGs and writes the page."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(ROOT / "dags", bundle_name="dags-folder", bundle_path=ROOT / "dags")
    if bag.import_errors:
        sys.exit(f"not written: {bag.import_errors}")
    TARGET.write_text(render(bag.dags), encoding="utf-8")


if __name__ == "__main__":
    main()
