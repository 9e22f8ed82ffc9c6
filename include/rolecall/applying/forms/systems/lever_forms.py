"""Lever: its pages only, no interface gives the questions. Own questions stand in hidden inputs ``cards[…][baseTemplate]`` as JSON.

A choice is sent as its text. Pronouns, ``consent[marketing]`` and surveys may stay empty; choosing a CV overwrites what is not filled yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from rolecall.applying.forms.controls import PageHints
from rolecall.applying.forms.form_model import Field, Form, Kind
from rolecall.applying.forms.form_page import Element, FormPage
from rolecall.applying.forms.form_schema import complete_from_schema, field_from_schema, values_under
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader
from rolecall.text.html import as_dict, as_list, as_text

KINDS: dict[str, Kind] = {
    "multiple-choice": "single",
    "dropdown": "single",
    "multiple-select": "multi",
    "text": "text",
    "textarea": "long_text",
    "file-upload": "file",
}


def entry(one: Element) -> Element | None:
    """The element that holds one question and its controls."""
    return next((above for level, above in enumerate(one.above) if level < 9 and "application-question" in above.classes), None)


def is_custom_pronoun(one: Element) -> bool:
    """Whether a control belongs to one's own pronouns, which are part of another question."""
    return one["name"] in ("customPronounsInput", "pronounsCustom") or one["id"] in ("customPronounsInput", "useNameOnlyPronounsOption")


class LeverForms(FormSystem):
    """Employers' forms on Lever."""

    name = "lever"
    hosts = ("lever.co",)
    marks = ("application-question", "lever")

    def read_page(self, page: FormPage) -> Form | None:
        form = Reader(page, PageHints(entry=entry, skip=is_custom_pronoun)).form(self.name)
        return complete_from_schema(form, {field.id: field for field in self.cards(page)})

    @staticmethod
    def cards(page: FormPage) -> Iterator[Field]:
        """The fields of an employer's own questions, from the templates that the page carries."""
        for one in page.elements:
            if not one["name"].endswith("[baseTemplate]"):
                continue
            try:
                card = as_dict(json.loads(one["value"]))
            except (ValueError, RecursionError):
                continue
            for number, row in enumerate(as_list(card.get("fields"))):
                field = as_dict(row)
                yield field_from_schema(
                    f"{one['name'].removesuffix('[baseTemplate]')}[field{number}]",
                    field.get("text"),
                    KINDS.get(as_text(field.get("type")), "text"),
                    required=field.get("required"),
                    options=values_under(field.get("options"), "text"),
                    help_text=field.get("description"),
                )
