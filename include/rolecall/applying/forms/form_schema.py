"""Fields from what an interface says of them, and pages completed by such a schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from rolecall.applying.forms import form_wording as wording
from rolecall.applying.forms.form_model import Field, Form, Kind
from rolecall.applying.forms.labels_and_roles import optional_consents
from rolecall.text.html import as_list, as_text, text_of_html

MOST = 600


def field_from_schema(
    name: str,
    label: object,
    kind: Kind,
    *,
    required: object = False,
    options: Iterable[object] = (),
    help_text: object = "",
    max_length: object = None,
    accepts: Iterable[object] = (),
    sensitive: bool = False,
) -> Field:
    """A field of a schema's values: what is not as it should be is left out."""
    bare = wording.bare_label(as_text(text_of_html(as_text(label)) or label))
    said = tuple(dict.fromkeys(text for option in options if (text := as_text(option).strip())))[:1000]
    if kind == "single" and wording.yes_and_no(said):
        kind = "yes_no"
    if kind in ("single", "multi", "yes_no") and len(said) == 1 and wording.CONSENT.search(f"{bare} {said[0]}"):
        kind, said = "consent", ()
    return Field(
        id=name,
        label=bare,
        kind=kind,
        required=required is True or required in ("true", "required", 1),
        options=said,
        max_length=max_length if isinstance(max_length, int) and not isinstance(max_length, bool) and max_length > 0 else None,
        accepts=tuple(as_text(one) for one in accepts if one)[:40],
        sensitive=kind not in ("file", "consent", "hidden") and (sensitive or wording.is_sensitive(bare)),
        help=wording.bare_label(as_text(text_of_html(as_text(help_text))))[:500],
    )


def form_from_fields(system: str, fields: Iterable[Field]) -> Form:
    """A form of a schema's fields, each id once."""
    kept = list({(field.id or field.label): field for field in fields if field.id or field.label}.values())[:MOST]
    return Form(system, tuple(kept), (), optional_consents(kept))


def complete_from_schema(form: Form, schema: Mapping[str, Field]) -> Form:
    """A page's form where its schema says more: kinds of answers, options that the page loads later, what is required.

    The page is right about which questions there are and what they are called.
    """
    fields = []
    for field in form.fields:
        known = schema.get(field.id) or schema.get(f"{field.id}[]")
        if known is not None and field.kind != "hidden":
            field = replace(
                field,
                kind=known.kind if known.options or field.kind in ("text", "single") else field.kind,
                label=field.label or known.label,
                options=known.options or field.options,
                required=field.required or known.required,
                accepts=field.accepts or known.accepts,
                sensitive=field.sensitive or known.sensitive,
                help=field.help or known.help,
            )
        fields.append(field)
    return replace(form, fields=tuple(fields), consents=optional_consents(fields))


def values_under(rows: object, key: str) -> list[str]:
    """One value of each of a list of objects."""
    return [as_text(row.get(key)) for row in as_list(rows) if isinstance(row, dict)]


def json_after(text: str, mark: str) -> Any:
    """The JSON value that stands behind a mark in a script; ``None`` where there is none that can be read."""
    at = text.find(mark)
    start = min((place for sign in "{[" if (place := text.find(sign, at + len(mark))) >= 0), default=-1) if at >= 0 else -1
    if start < 0 or start - at - len(mark) > 20:
        return None
    try:
        return json.JSONDecoder().raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None
