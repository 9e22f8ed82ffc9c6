"""Forms: recorded pages of application forms against the questions that another project's extractor found in them.

Where that list and the page disagree, the page is right: ``forms_rulings.tsv`` says so question by question, by hashes only
(made by reading the page; ``none``: it asks nothing there – a trap, a search box, a part of another control, one list twice).
A question is right when its label, kind, whether it is required, and its options are.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from judge.measure import Row, Skipped, developed_on, share
from rolecall.applying.forms import Field, Form, read_form
from rolecall.applying.forms.form_page import FormPage
from rolecall.applying.forms.form_wording import folded
from rolecall.applying.forms.labels_and_roles import Reader

RULINGS = Path(__file__).with_name("forms_rulings.tsv")
KINDS = {
    "text": {"text", "email", "phone", "number", "date"},
    "email": {"email"},
    "tel": {"phone"},
    "textarea": {"long_text"},
    "date": {"date"},
    "file": {"file"},
    "password": {"text"},
    "radio": {"single", "yes_no", "consent"},
    "select": {"single", "yes_no", "multi"},
    "checkbox": {"multi", "consent", "yes_no"},
}


class Asked(NamedTuple):
    """One question of the list, and what was made of it."""

    page: str
    system: str
    key: str
    wrong: dict[str, str]
    trap: bool


def rows(shared: Path, *, short: bool) -> Iterator[Row | Skipped]:
    """All systems in both halves, by the systems' readers and by labels and roles alone; then each system."""
    folder = shared / "forms"
    if not folder.is_dir():
        yield Skipped("forms", f"forms is not in {shared.name}")
        return
    known = list(asked(folder, generic=False))
    alone = list(asked(folder, generic=True))
    for half, developed in (("developed", True), ("held", False)):
        ours = [one for one in known if developed_on(one.page) == developed]
        others = [one for one in alone if developed_on(one.page) == developed]
        yield row(f"forms, {half} half", ours, 0.98, others)
        yield row(f"forms by labels and roles alone, {half} half", others, 0.80)
    for system in sorted({one.system for one in known}):
        yield row(f"forms: {system}", [one for one in known if one.system == system], None, [one for one in alone if one.system == system])
    traps = [float(one.trap) for one in known]
    yield Row(
        "forms",
        "traps among the fields to fill",
        *share(traps, unit=[one.page for one in known]),
        "none",
        None,
        len(traps),
        0.0,
        True,
        less_is_better=True,
    )


def row(name: str, found: list[Asked], bound: float | None, baseline: list[Asked] | None = None) -> Row:
    figure = share([float(not one.wrong) for one in found], unit=[one.page for one in found])
    other = sum(not one.wrong for one in baseline) / len(baseline) if baseline else None
    return Row(name, "questions read right", *figure, "labels and roles" if baseline else "none", other, len(found), bound, True)


def asked(folder: Path, *, generic: bool) -> Iterator[Asked]:
    """Every question of every page that has a list."""
    rulings = read_rulings()
    for path in sorted(folder.glob("*/*.html")):
        listed = path.with_name(f"{path.stem}.expected.json")
        if not listed.exists():
            continue
        html = path.read_text(encoding="utf-8")
        form = Reader(FormPage(html)).form("generic") if generic else read_form(html)
        page = f"{path.parent.name}/{path.stem}"
        for number, expected in enumerate(json.loads(listed.read_text(encoding="utf-8"))["fields"]):
            key = hashed(f"{page}|{number}|{expected['question']}")
            ruling = rulings.get(key, {})
            if "none" not in ruling:
                yield Asked(page, path.parent.name, key, differences(expected, field_of(expected, form), ruling), False)
            else:
                trap = ruling["none"] == "trap" and field_of(expected, form, by_id_only=True) is not None
                if ruling["none"] == "trap":
                    yield Asked(page, path.parent.name, key, {"trap": ""} if trap else {}, trap)


def field_of(expected: dict[str, Any], form: Form, *, by_id_only: bool = False) -> Field | None:
    """The field that is meant: by its name or id, else by its label."""
    dom = expected["dom"]
    names = {name for name in (dom.get("id"), dom.get("name"), dom.get("data_field_path"), dom.get("data_testid")) if name}
    for field in form.questions:
        if field.id and (field.id in names or any(f"_{field.id}" in name or f"{field.id}-labeled" in name for name in names)):
            return field
    if by_id_only:
        return None
    scored = [
        (fuzz.token_set_ratio(folded(field.label), folded(expected["question"])), -number) for number, field in enumerate(form.questions)
    ]
    best = max(scored, default=(0.0, 0))
    return form.questions[-best[1]] if best[0] >= 90 else None


def differences(expected: dict[str, Any], field: Field | None, ruling: dict[str, str]) -> dict[str, str]:
    """What of a question is wrong → what we say, as a ruling would have it."""
    if field is None:
        return {"missing": ""}
    said = {
        "label": hashed(folded(field.label)),
        "kind": field.kind,
        "required": str(field.required),
        "options": hashed("|".join(map(folded, field.options))),
    }
    ours, theirs = folded(field.label), folded(expected["question"])
    options = {folded(option) for option in expected["options"] or [] if option != "Select..."}
    right = {
        "label": bool(ours) and (ours == theirs or ours in theirs or theirs in ours or fuzz.ratio(ours, theirs) > 85),
        "kind": field.kind in KINDS.get(expected["field_type"], set()),
        "required": field.required == expected["required"],
        "options": not options or field.kind == "consent" or options == {folded(option) for option in field.options},
    }
    return {aspect: said[aspect] for aspect in right if not (said[aspect] == ruling[aspect] if aspect in ruling else right[aspect])}


def read_rulings() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    with RULINGS.open(encoding="utf-8") as file:
        for line in csv.DictReader(file, delimiter="\t"):
            found.setdefault(line["question"], {})[line["aspect"]] = line["value"]
    return found


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
