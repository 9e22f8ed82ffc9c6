"""The re-made forms ask what they are said to ask, and are drawn as the recorded pages are: the reader finds the same in both."""

from __future__ import annotations

from pathlib import Path

import pytest

from rolecall.applying.forms import Field, Form, read_form
from sandbox.forms.asked import STANDARD, FormQuestion
from sandbox.forms.draw import drawn

RECORDED = Path(__file__).parents[3] / "shared" / "forms"
CHOICES = ("single", "multi", "yes_no")


@pytest.mark.parametrize("system", STANDARD)
def test_a_re_made_form_is_read_as_what_it_asks(system: str) -> None:
    form = read_form(drawn(system, STANDARD[system], setup={}))
    assert form.system == system
    asked = [(one.label, one.kind, one.required, one.options) for one in STANDARD[system]]
    assert [(one.label, one.kind, one.required, one.options) for one in form.questions] == asked
    ids = [one.id for one in form.questions if not one.id.startswith("input_files_input_")]
    assert ids == [one.id for one in STANDARD[system] if (system, one.kind) != ("workable", "file")]
    assert [one.id for one in form.honeypots] == ["hp_7f2b"] * (system == "breezy")


def as_asked(one: Field) -> FormQuestion:
    return FormQuestion(one.id, one.label, one.kind, one.required, one.options)


def recorded() -> list[tuple[str, Path]]:
    return [(system, page) for system in STANDARD for page in sorted((RECORDED / system).glob("*.html"))]


MOST_ALIKE = 0.9


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded pages are not beside this project")
@pytest.mark.parametrize("system", STANDARD)
def test_the_questions_of_recorded_pages_drawn_anew_are_read_as_the_same(system: str) -> None:
    """A recorded page's fields, drawn as the re-make draws, are the same fields: names, kinds, what is required, options."""
    same = total = 0
    for path in (path for name, path in recorded() if name == system):
        form = read_form(path.read_bytes())
        known = [one for one in form.questions if one.kind != "hidden" and one.label]
        if form.system != system or not known:
            continue
        again: Form = read_form(drawn(system, [as_asked(one) for one in known], setup={}))
        found = {(one.label, one.kind, one.required) for one in again.questions}
        total += len(known)
        same += sum((one.label, one.kind, one.required) in found for one in known)
    assert total
    assert same / total >= MOST_ALIKE, f"{same} of {total}"
    print(f"{system}: {same} of {total}")
