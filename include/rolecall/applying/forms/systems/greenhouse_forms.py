"""Greenhouse: ``GET /v1/boards/{board}/jobs/{id}?questions=true``, and its pages, which carry the same in ``__remixContext``.

Format: https://developers.greenhouse.io/job-board.html. Lists are react-select comboboxes with the field's name as id; a phone number has a
list of countries beside it that must be chosen. Whether a CV is required is checked by script: only the schema says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rolecall.applying.forms import form_wording as wording
from rolecall.applying.forms.controls import PageHints
from rolecall.applying.forms.form_model import Field, Form, Kind
from rolecall.applying.forms.form_page import FormPage
from rolecall.applying.forms.form_schema import complete_from_schema, field_from_schema, form_from_fields, json_after, values_under
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader
from rolecall.text.html import as_dict, as_list, as_text

KINDS: dict[str, Kind] = {
    "input_text": "text",
    "textarea": "long_text",
    "input_file": "file",
    "multi_value_single_select": "single",
    "multi_value_multi_select": "multi",
    "input_hidden": "hidden",
    "SINGLE_SELECT": "single",
    "MULTI_SELECT": "multi",
    "FREE_FORM": "long_text",
}
BY_NAME: dict[str, Kind] = {"email": "email", "phone": "phone"}


class GreenhouseForms(FormSystem):
    """Employers' forms on Greenhouse."""

    name = "greenhouse"
    hosts = ("greenhouse.io",)
    marks = ("greenhouse.io", 'id="application-form"')

    def read_page(self, page: FormPage) -> Form | None:
        scope = page.by_id.get("application-form")
        form = Reader(
            page, PageHints(scope=lambda _: scope, skip=lambda one: "requiredInput" in one["class"] or one["id"].startswith("iti-"))
        ).form(self.name)
        form = replace(form, fields=(*form.fields, *self.files_given(page, {field.id for field in form.fields})))
        post = next(
            (
                post
                for _, script in page.scripts
                if "__remixContext" in script and (post := self.post(json_after(script, "__remixContext =")))
            ),
            None,
        )
        if post is None:
            return form if scope is not None else Form(self.name)
        schema = {field.id: field for field in self.fields(post)}
        return complete_from_schema(form, schema) if scope is not None else Form(self.name)

    @staticmethod
    def files_given(page: FormPage, known: set[str]) -> Iterator[Field]:
        """Files of a form in which one was chosen already: its input is gone, its label is there."""
        for one in page.elements:
            name = one["aria-labelledby"].removeprefix("upload-label-")
            if one["role"] == "group" and name != one["aria-labelledby"] and name not in known:
                label = page.by_id.get(one["aria-labelledby"])
                said = label.text if label is not None else name
                yield field_from_schema(name, said, "file", required=one["aria-required"] == "true" or wording.says_required(said))

    @staticmethod
    def post(context: Any) -> dict[str, Any] | None:
        """The posting in what the page's script was given; ``None``: there is none."""
        loaded = as_dict(as_dict(as_dict(context).get("state")).get("loaderData"))
        return next(
            (as_dict(value["jobPost"]) for value in loaded.values() if isinstance(value, dict) and isinstance(value.get("jobPost"), dict)),
            None,
        )

    def read_json(self, data: Any) -> Form | None:
        if not isinstance(data, dict) or not isinstance(data.get("questions"), list) or "sections" in data:
            return None
        if not any(isinstance(question, dict) and isinstance(question.get("fields"), list) for question in data["questions"]):
            return None
        return form_from_fields(self.name, self.fields(data))

    def fields(self, post: dict[str, Any]) -> Iterator[Field]:
        """The fields of a posting, as the page's script and the interface have it."""
        for question in (*as_list(post.get("questions")), *as_list(post.get("location_questions"))):
            yield from self.question(question)
        for section in (*as_list(post.get("compliance")), *as_list(post.get("eeoc_sections"))):
            for question in as_list(as_dict(section).get("questions")):
                yield from self.question(question, sensitive=True)
        for question in as_list(as_dict(post.get("demographic_questions")).get("questions")):
            one = as_dict(question)
            options = as_list(one.get("answer_options"))
            kind = KINDS.get(as_text(one.get("type")) or as_text(as_dict(one.get("answer_type")).get("key")), "single")
            label = one.get("label") or one.get("name")
            yield field_from_schema(
                as_text(one.get("id")),
                label,
                kind,
                required=one.get("required"),
                options=values_under(options, "label" if one.get("label") else "name"),
                sensitive=True,
            )
        for rule in as_list(post.get("data_compliance")):
            one = as_dict(rule)
            for key, name in (
                ("requires_consent", "gdpr_consent_given"),
                ("requires_processing_consent", "gdpr_processing_consent_given"),
                ("requires_retention_consent", "gdpr_retention_consent_given"),
            ):
                if one.get(key) is True:
                    yield field_from_schema(
                        name, "I consent to the processing of my data", "consent", required=key != "requires_retention_consent"
                    )

    @staticmethod
    def question(question: Any, *, sensitive: bool = False) -> Iterator[Field]:
        """The fields of one question; a text to paste instead of a file is the same answer."""
        one = as_dict(question)
        for number, field in enumerate(as_list(one.get("fields"))):
            part = as_dict(field)
            name = as_text(part.get("name"))
            if number and name.endswith("_text"):
                continue  # the same answer, pasted
            kind = BY_NAME.get(name) or KINDS.get(as_text(part.get("type")), "text")
            accepts = [f".{kind_of_file}" for kind_of_file in as_list(part.get("allowed_filetypes"))]
            yield field_from_schema(
                name,
                one.get("label"),
                kind,
                required=one.get("required"),
                options=values_under(part.get("values"), "label"),
                help_text=one.get("description"),
                accepts=accepts,
                sensitive=sensitive,
            )
