"""SmartRecruiters' one-click form: web components in open shadow roots; flattened, or with the components' ``label`` and ``required`` only.

``confirm-email-input`` takes the address once more. Of two boxes about privacy the second is the talent community.
The first drop zone fills the form from a CV; the CV itself is ``resume-upload``.
"""

from __future__ import annotations

from rolecall.applying.forms.controls import PageHints, Unit
from rolecall.applying.forms.form_model import Form
from rolecall.applying.forms.form_page import Element, FormPage
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader


def is_no_question(one: Element) -> bool:
    """Filling from a CV, and the search in the list of country codes."""
    above = [other for level, other in enumerate(one.above) if level < 14]
    if one["type"] == "file" and any("apply-with-resume" in other.tag or "apply-with-resume" in other["data-test"] for other in above):
        return True
    return one["role"] == "combobox" and any("phone" in other.tag for other in above)


def name(unit: Unit) -> str:
    """What a field is called: the test mark around an upload, else its id or name."""
    one = unit.first
    if unit.type == "file":
        box = next((above["data-test"] for level, above in enumerate(one.above) if level < 12 and above["data-test"]), "")
        return box or one["id"] or one["name"]
    return one["id"] or one["name"]


class SmartRecruitersForms(FormSystem):
    """Employers' forms on SmartRecruiters."""

    name = "smartrecruiters"
    hosts = ("jobs.smartrecruiters.com",)
    marks = ("oc-oneclick-form",)

    def read_page(self, page: FormPage) -> Form | None:
        return Reader(page, PageHints(skip=is_no_question, name=name)).form(self.name)
