"""Teamtailor: its pages. ``candidate[answers_attributes][i][text|choice|choices][]|boolean|date]``; files are stored before they are sent.

A form that is still folded has ``tabindex=-1`` on its real inputs; boxes of the cookie dialog stand in the same page.
"""

from __future__ import annotations

from rolecall.applying.forms.controls import PageHints
from rolecall.applying.forms.form_model import Form
from rolecall.applying.forms.form_page import Element, FormPage
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader


def scope(page: FormPage) -> Element | None:
    """The element that holds the form."""
    found = page.by_id.get("job-application-form")
    if found is not None:
        return found
    first = next((one for one in page.elements if one["name"].startswith("candidate[")), None)
    return next((above for above in first.above if above.tag == "form"), None) if first is not None else None


class TeamtailorForms(FormSystem):
    """Employers' forms on Teamtailor."""

    name = "teamtailor"
    hosts = ("teamtailor.com",)
    marks = ("candidate[email]", "teamtailor")

    def read_page(self, page: FormPage) -> Form | None:
        return Reader(page, PageHints(scope=scope, skip=lambda one: one["id"].startswith("iti-"))).form(self.name)
