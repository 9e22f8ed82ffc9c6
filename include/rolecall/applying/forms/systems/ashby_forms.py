"""Ashby: ``POST /api/non-user-graphql?op=ApiJobPosting``, and its pages: each question stands in an element with ``data-field-path``.

A yes or no is two buttons over a hidden box; the first file input only fills the form from a CV and is no question.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rolecall.applying.forms.controls import PageHints, Unit
from rolecall.applying.forms.form_model import Field, Form, Kind
from rolecall.applying.forms.form_page import Element, FormPage
from rolecall.applying.forms.form_schema import field_from_schema, form_from_fields, values_under
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader
from rolecall.text.html import as_dict, as_list, as_text

KINDS: dict[str, Kind] = {
    "String": "text",
    "Email": "email",
    "Phone": "phone",
    "LongText": "long_text",
    "RichText": "long_text",
    "Boolean": "yes_no",
    "Number": "number",
    "Score": "number",
    "Date": "date",
    "File": "file",
    "Location": "single",
    "ValueSelect": "single",
    "MultiValueSelect": "multi",
    "SocialLink": "text",
}


def entry(one: Element) -> Element | None:
    """The element that holds one question and its controls."""
    return next((above for level, above in enumerate(one.above) if level < 14 and above["data-field-path"]), None)


def name(unit: Unit) -> str:
    """What a field is called: its path in the form; ``""``: it is none of the form's."""
    box = entry(unit.first)
    return "" if box is None or unit.first["name"] == "communicationConsent" else box["data-field-path"]


def is_autofill(one: Element) -> bool:
    """Whether a file input only fills the form from a CV."""
    return one["type"] == "file" and any("autofill" in above["class"].lower() for level, above in enumerate(one.above) if level < 6)


class AshbyForms(FormSystem):
    """Employers' forms on Ashby."""

    name = "ashby"
    hosts = ("ashbyhq.com",)
    marks = ("ashby-application-form",)

    def read_page(self, page: FormPage) -> Form | None:
        return Reader(page, PageHints(name=name, entry=entry, skip=is_autofill)).form(self.name)

    def read_json(self, data: Any) -> Form | None:
        posting = as_dict(as_dict(as_dict(data).get("data")).get("jobPosting")) if isinstance(data, dict) else {}
        if "applicationForm" not in posting:
            return None
        return form_from_fields(self.name, self.fields(posting))

    @staticmethod
    def fields(posting: dict[str, Any]) -> Iterator[Field]:
        """The fields of a posting's form and its surveys."""
        for number, form in enumerate((posting.get("applicationForm"), *as_list(posting.get("surveyForms")))):
            for section in as_list(as_dict(form).get("sections")):
                for row in as_list(as_dict(section).get("fieldEntries")):
                    one = as_dict(row)
                    field = as_dict(one.get("field"))
                    if one.get("isHidden") is True:
                        continue
                    kind = KINDS.get(as_text(field.get("type")), "text")
                    options = values_under(field.get("selectableValues"), "label")
                    if kind == "yes_no":
                        options = ["Yes", "No"]
                    yield field_from_schema(
                        as_text(field.get("path")) or as_text(one.get("id")),
                        field.get("title"),
                        kind,
                        required=one.get("isRequired"),
                        options=options,
                        help_text=one.get("descriptionHtml"),
                        sensitive=bool(number),
                    )
