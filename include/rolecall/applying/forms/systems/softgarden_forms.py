"""softgarden: its pages, by Wicket: names are paths (``firstNameBorder:firstNameBorder_body:firstName``), ids change with each load."""

from __future__ import annotations

from rolecall.applying.forms.form_model import Form
from rolecall.applying.forms.form_page import FormPage
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader


class SoftgardenForms(FormSystem):
    """Employers' forms on softgarden."""

    name = "softgarden"
    hosts = ("softgarden.io", "softgarden.de")
    marks = ("softgarden", "Border_body:")

    def read_page(self, page: FormPage) -> Form | None:
        return Reader(page).form(self.name)
