"""Recruitee: ``GET /api/offers/{slug}`` says the questions (``options_cv`` … ``open_questions``), and its pages.

Ids are those of the interface that takes candidates: ``candidate.openQuestionAnswers.{id}`` in the page and ``open_question.{id}`` here.
Format: https://docs.recruitee.com/reference/intro-to-careers-site-api.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rolecall.applying.forms.controls import PageHints
from rolecall.applying.forms.form_model import Field, Form, Kind
from rolecall.applying.forms.form_page import Element, FormPage
from rolecall.applying.forms.form_schema import field_from_schema, form_from_fields, values_under
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader
from rolecall.text.html import as_dict, as_list, as_text

KINDS: dict[str, Kind] = {
    "string": "text",
    "text": "long_text",
    "boolean": "yes_no",
    "single_choice": "single",
    "multi_choice": "multi",
    "file": "file",
    "number": "number",
    "date": "date",
    "salary": "text",
    "video": "file",
    "legal": "consent",
}
OWN: tuple[tuple[str, str, Kind, str], ...] = (
    ("phone", "Phone number", "phone", "options_phone"),
    ("cv", "CV or resume", "file", "options_cv"),
    ("cover_letter", "Cover letter", "file", "options_cover_letter"),
    ("photo", "Photo", "file", "options_photo"),
)


def is_country_code(one: Element) -> bool:
    """Whether a control chooses the country of a phone number."""
    return one["id"].startswith(("downshift-", "country-select-")) or one["name"].startswith("country-select-")


class RecruiteeForms(FormSystem):
    """Employers' forms on Recruitee."""

    name = "recruitee"
    hosts = ("recruitee.com",)
    marks = ("recruitee", "candidate.openQuestionAnswers")

    def has_marks(self, page: FormPage) -> bool:
        return super().has_marks(page) or ("recruitee" in page.html and 'name="candidate.email"' in page.html)

    def read_page(self, page: FormPage) -> Form | None:
        return Reader(page, PageHints(skip=is_country_code)).form(self.name)

    def read_json(self, data: Any) -> Form | None:
        offer = as_dict(data.get("offer")) or data if isinstance(data, dict) else {}
        if len(listed := as_list(offer.get("offers"))) == 1:
            offer = as_dict(listed[0])
        if "open_questions" not in offer or "options_cv" not in offer:
            return None
        return form_from_fields(self.name, self.fields(offer))

    @staticmethod
    def fields(offer: dict[str, Any]) -> Iterator[Field]:
        """The fields of an offer: those of everybody, those switched on, the employer's questions."""
        yield field_from_schema("name", "Full name", "text", required=True)
        yield field_from_schema("email", "Email address", "email", required=True)
        for name, label, kind, option in OWN:
            if offer.get(option) in ("required", "optional"):
                yield field_from_schema(name, label, kind, required=offer.get(option) == "required")
        if offer.get("locations_question"):
            places = [
                as_text(as_dict(place).get("full_address")) or as_text(as_dict(place).get("name")) or as_text(as_dict(place).get("city"))
                for place in as_list(offer.get("locations"))
            ]
            many = offer.get("locations_question_type") != "single_choice"
            yield field_from_schema(
                "locations",
                offer.get("locations_question"),
                "multi" if many else "single",
                required=offer.get("locations_question_required"),
                options=places,
            )
        for row in as_list(offer.get("open_questions")):
            one = as_dict(row)
            kind = KINDS.get(as_text(one.get("kind")), "text")
            yield field_from_schema(
                f"open_question.{as_text(one.get('id'))}",
                one.get("body"),
                kind,
                required=one.get("required"),
                options=["Yes", "No"] if kind == "yes_no" else values_under(one.get("open_question_options"), "body"),
                max_length=as_dict(one.get("options")).get("length") if kind in ("text", "long_text") else None,
            )
