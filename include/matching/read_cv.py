"""Reading CVs: plain text, Markdown, JSON (JSON Resume or our own record)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from include.boards.text import as_dict, as_list, as_text, decode, scrub
from include.errors import InvalidInput
from include.matching.cv_layout import read_text
from include.matching.person import MAX_TEXT, cv_text, years_of
from include.models import Cv

MAX_BYTES = 5_000_000
SUPPORTED = "plain text (.txt), Markdown (.md) and JSON (.json: JSON Resume, or a CV as this service serves it)"
TEXT, MARKDOWN, JSON = {".txt", ".text", ""}, {".md", ".markdown"}, {".json"}
SIGNATURES = {b"%PDF": "a PDF", b"PK\x03\x04": "a DOCX, ODT or zip file", b"\xd0\xcf\x11\xe0": "an old Word file", b"{\\rtf": "an RTF file",
              b"\x89PNG": "an image", b"\xff\xd8\xff": "an image"}  # fmt: skip


def read_cv(data: bytes | str | dict[str, Any], *, filename: str = "", today: date | None = None) -> Cv:
    """Reads a CV into the record that matching and letters use; ``text`` is the whole CV as plain text.

    A role that goes on counts up to ``today`` (the day of reading by default); from then on its ``years`` are part of the CV, so that
    the same CV scores the same tomorrow.

    :param data: the file's content, or JSON already read
    :param filename: its name; the ending and the first bytes say what it is
    :raises InvalidInput: an unsupported kind, an empty or oversized file, JSON that is no CV
    """
    cv = _from_json(data) if isinstance(data, dict) else _from_file(data, filename)
    if not cv_text(cv).strip():
        raise InvalidInput("cv", "there is nothing in it", fix="send a CV with text")
    years = years_of(cv, today=today)
    return cv.model_copy(update={"text": cv_text(cv), "years": years})


def _from_file(data: bytes | str, filename: str) -> Cv:
    size = len(data)
    if size > MAX_BYTES:
        raise InvalidInput("cv", f"{size:,} bytes are too many", fix=f"send at most {MAX_BYTES:,}")
    ending = PurePath(filename).suffix.lower()
    if isinstance(data, bytes):
        kind = next((kind for first, kind in SIGNATURES.items() if data.startswith(first)), None)
        if kind:
            raise InvalidInput("cv", f"{kind} is not read yet", fix=f"send {SUPPORTED}")
    if ending not in TEXT | MARKDOWN | JSON:
        raise InvalidInput("filename", f"{ending} files are not read", fix=f"send {SUPPORTED}")
    text = str(scrub(decode(data)))
    if ending in JSON or (not ending and text.lstrip().startswith("{")):
        return _from_json(_parsed(text))
    return read_text(text[:MAX_TEXT], markdown=ending in MARKDOWN)


def _parsed(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("cv", f"this is no valid JSON ({str(error)[:200]})", fix="send valid JSON, or the CV as text") from error
    if not isinstance(value, dict):
        raise InvalidInput("cv", "the JSON is not an object", fix="send JSON Resume: {…}")
    return value


def _from_json(value: dict[str, Any]) -> Cv:
    value = scrub(value)
    data = _from_resume(value) if isinstance(value.get("basics"), dict) else value
    try:
        return Cv.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "cv"
        raise InvalidInput(field, first["msg"], fix="send JSON Resume, or a CV as this service serves it") from error


def _from_resume(value: dict[str, Any]) -> dict[str, Any]:
    """JSON Resume (https://jsonresume.org/schema, 1.0.0) as our record."""
    basics = as_dict(value.get("basics"))
    where = as_dict(basics.get("location"))
    skills = [as_dict(skill) for skill in as_list(value.get("skills"))]
    named = [as_text(name) for skill in skills for name in (skill.get("name"), *as_list(skill.get("keywords")))]
    return {
        "name": as_text(basics.get("name")),
        "email": as_text(basics.get("email")),
        "phone": as_text(basics.get("phone")),
        "headline": as_text(basics.get("label")),
        "summary": as_text(basics.get("summary")),
        "location": ", ".join(filter(None, (as_text(where.get(part)) for part in ("city", "region", "countryCode")))),
        "skills": list(dict.fromkeys(filter(None, named))),
        "roles": [role for role in map(_role, as_list(value.get("work"))) if role["title"] or role["company"]],
        "education": list(filter(None, map(_education, as_list(value.get("education"))))),
        "languages": list(filter(None, map(_language, as_list(value.get("languages"))))),
    }


def _role(value: Any) -> dict[str, Any]:
    work = as_dict(value)
    lines = [as_text(work.get("summary")), *map(as_text, as_list(work.get("highlights")))]
    return {
        "title": as_text(work.get("position")),
        "company": as_text(work.get("name")) or as_text(work.get("company")),
        "start": as_text(work.get("startDate")) or None,
        "end": as_text(work.get("endDate")) or None,
        "text": "\n".join(filter(None, lines)),
    }


def _education(value: Any) -> str:
    study = as_dict(value)
    return ", ".join(filter(None, (as_text(study.get(part)) for part in ("studyType", "area", "institution"))))


def _language(value: Any) -> str:
    spoken = as_dict(value)
    name, how = as_text(spoken.get("language")), as_text(spoken.get("fluency"))
    return f"{name} ({how})" if name and how else name
