"""onlyfy (Prescreen): its pages. Lists and boxes are played by buttons, the native ones behind them carry the names.

``personal_details[…]``, ``cv[cv]``, ``questions[cf_N]``, ``finish[application_source]``; ``finish[extended_data_retention]`` may stay off.
"""

from __future__ import annotations

from rolecall.applying.forms.form_model import Form
from rolecall.applying.forms.form_page import FormPage
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader


class OnlyfyForms(FormSystem):
    """Employers' forms on onlyfy."""

    name = "onlyfy"
    hosts = ("onlyfy.jobs",)
    marks = ("personal_details[", "finish[")

    def read_page(self, page: FormPage) -> Form | None:
        return Reader(page).form(self.name)
