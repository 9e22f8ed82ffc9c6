"""BambooHR: ``GET /careers/{id}/detail`` → ``formFields`` {name: {isRequired, options}}, ``customQuestions``; there is no page of the form.

``nickname_…`` is a trap.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rolecall.applying.forms import form_wording as wording
from rolecall.applying.forms.form_model import Field, Form, Kind
from rolecall.applying.forms.form_schema import field_from_schema, form_from_fields, values_under
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import optional_consents
from rolecall.applying.forms.question_words import humanised
from rolecall.text.html import as_dict, as_list, as_text

KINDS: dict[str, Kind] = {
    "email": "email",
    "phone": "phone",
    "resumeFileId": "file",
    "coverLetterFileId": "file",
    "dateAvailable": "date",
    "short": "text",
    "long": "long_text",
    "yes_no": "yes_no",
    "multi": "single",
    "checkbox": "multi",
    "file": "file",
}
LABELS = {
    "resumeFileId": "Resume",
    "coverLetterFileId": "Cover Letter",
    "zip": "ZIP",
    "countryId": "Country",
    "linkedinUrl": "LinkedIn Profile URL",
    "websiteUrl": "Website, Blog, or Portfolio",
    "streetAddress": "Address",
}
DEMOGRAPHIC = {"genderId": "Gender", "ethnicityId": "Ethnicity", "veteranStatusId": "Veteran Status", "disabilityId": "Disability"}


class BambooHRForms(FormSystem):
    """Employers' forms on BambooHR."""

    name = "bamboohr"
    hosts = ("bamboohr.com",)

    def read_json(self, data: Any) -> Form | None:
        result = as_dict(data.get("result")) or data if isinstance(data, dict) else {}
        fields = result.get("formFields")
        if not isinstance(fields, dict):
            return None
        found = list(self.fields(fields))
        traps = tuple(field for field in found if wording.TRAP_NAMES.search(field.id) or wording.TRAP_WORDS.search(field.label))
        form = form_from_fields(self.name, (field for field in found if field not in traps))
        return Form(self.name, form.fields, traps, optional_consents(list(form.fields)))

    @staticmethod
    def fields(fields: dict[str, Any]) -> Iterator[Field]:
        """The fields of an answer, traps among them."""
        for name, value in fields.items():
            if name == "customQuestions":
                continue
            one = as_dict(value)
            if not one:
                continue  # an empty list: this employer does not ask it
            options = values_under(one.get("options"), "text")
            kind = KINDS.get(name, "single" if "options" in one and (options or name.endswith("Id")) else "text")
            label = as_text(one.get("label")) or LABELS.get(name) or DEMOGRAPHIC.get(name) or humanised(name).title()
            yield field_from_schema(name, label, kind, required=one.get("isRequired"), options=options, sensitive=name in DEMOGRAPHIC)
        for row in as_list(fields.get("customQuestions")):
            one = as_dict(row)
            kind = KINDS.get(as_text(one.get("type")), "text")
            options = values_under(one.get("options"), "text") or values_under(one.get("options"), "label")
            yield field_from_schema(
                as_text(one.get("id")),
                one.get("question") or one.get("label"),
                kind,
                required=one.get("isRequired"),
                options=["Yes", "No"] if kind == "yes_no" and not options else options,
            )
