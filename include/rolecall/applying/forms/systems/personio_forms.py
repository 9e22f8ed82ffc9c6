"""Personio: its pages. That a question is required stands in its label only, and in the page's data (``application_form_fields_v2``).

Ids are ``field-NAME`` and ``doc-input-KIND``; names ``first_name`` … ``custom_attribute_N``, ``documents.cv``. Both names share one mark.
"""

from __future__ import annotations

from dataclasses import replace

from rolecall.applying.forms.controls import PageHints
from rolecall.applying.forms.form_model import Form
from rolecall.applying.forms.form_page import FormPage
from rolecall.applying.forms.form_system import FormSystem
from rolecall.applying.forms.labels_and_roles import Reader


class PersonioForms(FormSystem):
    """Employers' forms on Personio."""

    name = "personio"
    hosts = ("jobs.personio.de", "jobs.personio.com")
    marks = ("personio", "application_form_fields")

    def read_page(self, page: FormPage) -> Form | None:
        form = Reader(
            page,
            PageHints(
                scope=lambda one: next(
                    (
                        part
                        for part in one.elements
                        if part.tag == "form" and any("field-" in below["id"] or "doc-input" in below["id"] for below in one.below(part))
                    ),
                    None,
                )
            ),
        ).form(self.name)
        return replace(
            form,
            fields=tuple(
                replace(field, required=True) if field.id in ("first_name", "last_name", "email") else field for field in form.fields
            ),
        )
