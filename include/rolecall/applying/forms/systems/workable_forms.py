"""Workable: ``GET /api/v1/jobs/{code}/form``, and its pages: names are ``firstname``, ``CA_n`` (an attribute), ``QA_n`` (a question).

City, postcode and country are written by the page from the address; a file input's id is another one at each load.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rolecall.applying.forms.form_model import Field, Form, Kind
from rolecall.applying.forms.form_page import FormPage
from rolecall.applying.forms.form_schema import field_from_schema, form_from_fields, values_under
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader
from rolecall.text.html import as_dict, as_list, as_text

KINDS: dict[str, Kind] = {
    "text": "text",
    "email": "email",
    "phone": "phone",
    "date": "date",
    "paragraph": "long_text",
    "boolean": "yes_no",
    "dropdown": "single",
    "multiple": "multi",
    "number": "number",
    "numeric": "number",
    "file": "file",
    "gdpr": "consent",
}


class WorkableForms(FormSystem):
    """Employers' forms on Workable."""

    name = "workable"
    hosts = ("workable.com",)
    marks = ('data-ui="section-fields"',)

    def read_page(self, page: FormPage) -> Form | None:
        return Reader(page).form(self.name)

    def read_json(self, data: Any) -> Form | None:
        sections = data.get("sections") if isinstance(data, dict) else data
        if not isinstance(sections, list) or not any(
            isinstance(section, dict) and isinstance(section.get("fields"), list) for section in sections
        ):
            return None
        return form_from_fields(self.name, self.fields(sections))

    def fields(self, sections: list[Any]) -> Iterator[Field]:
        """The fields of all sections; those of a group one by one."""
        for section in sections:
            for row in as_list(as_dict(section).get("fields")):
                one = as_dict(row)
                type_is = as_text(one.get("type"))
                if type_is == "group":
                    yield from self.fields([{"fields": one.get("fields")}])
                    continue
                kind = KINDS.get(type_is, "text")
                if kind == "multi" and one.get("singleOption") is True:
                    kind = "single"
                if kind == "single" and one.get("singleOption") is False:
                    kind = "multi"
                yield field_from_schema(
                    as_text(one.get("id")),
                    one.get("label"),
                    kind,
                    required=one.get("required"),
                    options=["Yes", "No"] if kind == "yes_no" else values_under(one.get("options"), "value"),
                    help_text=one.get("helper"),
                    max_length=one.get("maxLength"),
                    accepts=as_list(one.get("supportedFileTypes")),
                )
