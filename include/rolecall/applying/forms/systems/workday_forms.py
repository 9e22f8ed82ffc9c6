"""Workday: the steps of its pages that need no account. ``data-automation-id=beecatcher`` is a trap."""

from __future__ import annotations

from rolecall.applying.forms.controls import PageHints, Unit
from rolecall.applying.forms.form_model import Form
from rolecall.applying.forms.form_page import FormPage
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader


def name(unit: Unit) -> str:
    """Ids are numbers of the load: what stays is the automation id of the field."""
    one = unit.first
    return (
        one["id"]
        or next(
            (
                above["data-automation-id"]
                for level, above in enumerate(one.above)
                if level < 6 and above["data-automation-id"].startswith("formField-")
            ),
            "",
        )
        or one["data-automation-id"]
    )


class WorkdayForms(FormSystem):
    """Employers' forms on Workday."""

    name = "workday"
    hosts = ("myworkdayjobs.com", "myworkdaysite.com")
    marks = ("data-automation-id", "workday")

    def read_page(self, page: FormPage) -> Form | None:
        return Reader(page, PageHints(name=name)).form(self.name)
