"""One table over everything that is judged: real texts first, what was invented behind, each figure beside a baseline.

    make judge [ONLY=places] [SHORT=1] [OPTIONS="--json --complete --write"]

Sets are read from ``../shared`` beside the project; one that is not there is named and left out (``--complete``: that fails).
Exits 1 when the figure in ``judge/figures.json`` is better than this one's whole interval, or when one misses its bound. The short form
shows what misses its bound and goes on: it is there to tell when something got worse.
``--write`` keeps this run's figures there: numbers only.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from judge.measure import Row, Skipped

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared"
FIGURES = HERE / "figures.json"


def subjects(folder: Path = HERE) -> list[str]:
    """The modules of this folder that judge something."""
    return sorted(path.stem for path in folder.glob("[a-z]*.py") if path.stem != "measure")


def judged(names: Iterable[str], shared: Path, *, short: bool) -> Iterator[Row | Skipped]:
    """What the named modules give. One that fails stops the run: half a table would read like a whole one."""
    for name in names:
        yield from importlib.import_module(f"judge.{name}").rows(shared, short=short)


def table(found: Sequence[Row | Skipped], last: dict[str, float]) -> str:
    """The figures as text."""
    head = ("set", "measure", "ours", "95 %", "baseline", "", "n", "bound", "last", "")
    lines = [head]
    for row in sorted((row for row in found if isinstance(row, Row)), key=lambda row: not row.real):
        sign, before = "≤" if row.less_is_better else "≥", last.get(row.key)
        lines.append((
            row.set if row.real else f"[invented] {row.set}",
            row.measure,
            f"{row.ours:.4f}",
            f"{row.low:.4f}–{row.high:.4f}",
            "–" if row.baseline is None else f"{row.baseline:.4f}",
            row.baseline_name,
            f"{row.n:,}",
            "" if row.bound is None else f"{sign} {row.bound:g}",
            "" if before is None else f"{before:.4f}",
            " ".join(["MISSED"] * row.missed + ["WORSE"] * row.worse_than(before)),
        ))  # fmt: skip
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([*text, *(f"skipped: {one.set}: {one.why}" for one in found if isinstance(one, Skipped))])


def failures(found: Sequence[Row | Skipped], last: dict[str, float], *, complete: bool = False, short: bool = False) -> list[str]:
    """Why this run fails; nothing: it does not."""
    missed = [] if short else [row for row in found if isinstance(row, Row) and row.missed]
    wrong = [f"{row.key}: {row.ours:.4f} misses its bound {row.bound}" for row in missed]
    wrong += [
        f"{row.key}: {row.ours:.4f} ({row.low:.4f}–{row.high:.4f}) is worse than {last[row.key]:.4f} before"
        for row in found
        if isinstance(row, Row) and row.worse_than(last.get(row.key))
    ]
    return wrong + [f"{one.set} was skipped: {one.why}" for one in found if isinstance(one, Skipped) and complete and not one.own]


def main(arguments: Sequence[str] | None = None, *, figures: Path = FIGURES, shared: Path = SHARED) -> int:
    parser = argparse.ArgumentParser(prog="judge", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], metavar="SUBJECT", help=", ".join(subjects()))
    parser.add_argument("--short", action="store_true", help="fewer texts, under a minute or two")
    parser.add_argument("--json", action="store_true", help="the rows as JSON")
    parser.add_argument("--complete", action="store_true", help="a set that is not there is a failure")
    parser.add_argument("--write", action="store_true", help="keep these figures as the last ones")
    given = parser.parse_args(arguments)
    if strange := sorted(set(given.only) - set(subjects())):
        parser.error(f"{', '.join(strange)}: unknown → one of {', '.join(subjects())}")
    kept: dict[str, dict[str, float]] = json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else {}
    form = "short" if given.short else "full"
    last = kept.get(form, {})
    found = list(judged(given.only or subjects(), shared, short=given.short))
    if given.json:
        print(json.dumps([row.plain() if isinstance(row, Row) else {"set": row.set, "skipped": row.why} for row in found], indent=1))
    else:
        print(table(found, last))
    if given.write:
        kept[form] = last | {row.key: round(row.ours, 4) for row in found if isinstance(row, Row)}
        figures.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        last = {}
    wrong = failures(found, last, complete=given.complete, short=given.short)
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
