"""Breezy: its pages. Own fields are ``cName`` … ``cResume``; the questionnaire is JSON in ``input#questions``, drawn or not.

``hp_…`` is a trap; ``smsConsent`` is nobody's need.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rolecall.applying.forms.form_model import Field, Form, Kind
from rolecall.applying.forms.form_page import FormPage
from rolecall.applying.forms.form_schema import field_from_schema, values_under
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader, optional_consents
from rolecall.text.html import as_dict, as_list, as_text

KINDS: dict[str, Kind] = {
    "text": "text",
    "paragraph": "long_text",
    "multiplechoice": "single",
    "dropdown": "single",
    "checkboxes": "multi",
    "file": "file",
    "date": "date",
    "daterange": "date",
    "number": "number",
    "numeric": "number",
    "video": "file",
}
OWN = {
    "cName": "Full Name",
    "cEmail": "Email Address",
    "cPhoneNumber": "Phone Number",
    "cAddress": "Address",
    "cSalary": "Desired Salary",
    "salaryCurrency": "Salary Currency",
    "cSummary": "Experience Summary",
    "cCoverLetter": "Cover Letter",
    "cResume": "Resume",
    "smsConsent": "I agree to receive text messages",
}


class BreezyForms(FormSystem):
    """Employers' forms on Breezy."""

    name = "breezy"
    hosts = ("breezy.hr",)
    marks = ('name="cName"', 'name="cEmail"')

    def read_page(self, page: FormPage) -> Form | None:
        form = Reader(page).form(self.name)
        if not any("{{" in field.id or field.label.startswith("%") for field in form.fields):
            return form
        drawn = [
            self.named(field)
            for field in form.fields
            if field.id in OWN or ("{{" not in field.id and "{{" not in field.label and not field.id.startswith("%"))
        ]
        fields = [*drawn, *self.questionnaire(page)]
        return replace(form, fields=tuple(fields), consents=optional_consents(fields))

    @staticmethod
    def named(field: Field) -> Field:
        """With a label where the page still shows the names of its texts."""
        if field.id in OWN and ("%" in field.label or "{{" in field.label or field.id == "smsConsent"):
            return replace(field, label=OWN[field.id])
        return (
            replace(field, label=field.label.strip("%").removeprefix("EEOC_").removesuffix("_HEADER").replace("_", " ").capitalize())
            if field.label.startswith("%")
            else field
        )

    @staticmethod
    def questionnaire(page: FormPage) -> Iterator[Field]:
        """The fields of an employer's questions, from the JSON that the page carries."""
        holder = page.by_id.get("questions")
        try:
            rows: Any = json.loads(holder["value"]) if holder is not None else []
        except (ValueError, RecursionError):
            rows = []
        sections = [row for row in as_list(rows) if isinstance(row, dict)]
        if any("questions" not in row for row in sections):
            sections = [{"_id": "", "questions": sections}]
        for section in sections:
            for number, row in enumerate(as_list(section.get("questions"))):
                one = as_dict(row)
                kind = KINDS.get(as_text(as_dict(one.get("type")).get("id")), "text")
                yield field_from_schema(
                    f"section_{as_text(section.get('_id'))}_question_{number}",
                    one.get("text"),
                    kind,
                    required=one.get("required"),
                    options=values_under(one.get("options"), "text"),
                    help_text=one.get("body"),
                )
