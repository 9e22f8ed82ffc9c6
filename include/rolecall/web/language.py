"""In which language a page speaks: the person's setting, else what the browser asks for. Texts are gettext catalogues, one a language,
in ``locale/``: a new language is a new ``.po`` file there, and whatever it does not say is said in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from fastapi import Request

LOCALE = Path(__file__).parent / "locale"
ENGLISH = "en"
LANGUAGES = (ENGLISH, *sorted(path.stem for path in LOCALE.glob("*.po")))

ASKED = re.compile(r"([a-z]{2,3})(?:-[\w-]+)?(?:\s*;\s*q=([\d.]{1,5}))?")


def names() -> dict[str, str]:
    """Each language by its own name: ``{"de": "Deutsch"}``."""
    return {one: (Locale.parse(one).get_display_name(one) or one).capitalize() for one in LANGUAGES}


def chosen(preferences: Any) -> str | None:
    """The language a person has set; ``None``: none that we speak."""
    wanted = str((preferences if isinstance(preferences, Mapping) else {}).get("language") or "").replace("_", "-").split("-")[0].lower()
    return wanted if wanted in LANGUAGES else None


def asked_for(header: str) -> str:
    """The best of the languages that a browser asks for (``Accept-Language``); English where we speak none of them."""
    wanted = []
    for place, part in enumerate(header.lower().split(",")[:20]):
        found = ASKED.fullmatch(part.strip())
        if found and found[1] in LANGUAGES:
            try:
                wanted.append((-float(found[2] or 1), place, found[1]))
            except ValueError:
                continue
    return min(wanted)[2] if wanted else ENGLISH


def language_of(request: Request) -> str:
    """The language of the answer to a request. A person's setting is for their own page; whoever runs Rolecall reads by the browser's."""
    viewer, bar = getattr(request.state, "viewer", None), getattr(request.state, "bar", None)
    own = chosen(bar["preferences"]) if bar and viewer and not viewer.operator else None
    return own or asked_for(request.headers.get("accept-language", ""))


@cache
def texts(language: str) -> NullTranslations:
    """A language's texts; English ones are the keys themselves."""
    if language == ENGLISH:
        return NullTranslations()
    compiled = BytesIO()
    with (LOCALE / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def mark(text: str) -> str:
    """Marks a text that a page says later (``say`` in a template), so that catalogues have it."""
    return text
