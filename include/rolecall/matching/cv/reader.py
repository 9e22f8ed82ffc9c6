"""Reading CVs: PDF, DOCX, plain text, Markdown, JSON (JSON Resume or our own record)."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from rolecall.errors import InvalidInput
from rolecall.matching.cv.columns import Line, read_pages
from rolecall.matching.cv.cv_dates import years_of
from rolecall.matching.cv.files.docx import read_docx
from rolecall.matching.cv.files.limits import Damaged, Encrypted, Limits, TooMuch, WrongKind
from rolecall.matching.cv.files.pdf import read_pdf
from rolecall.matching.cv.layout import read_lines, read_text
from rolecall.matching.cv.spans import MAX_COMPARED, MAX_TEXT, cv_text, located
from rolecall.models import Cv
from rolecall.text.html import as_dict, as_list, as_text, decode, scrub

SUPPORTED = "PDF, DOCX, plain text (.txt), Markdown (.md) or JSON (.json: JSON Resume, or a CV as this service serves it)"
TEXT, MARKDOWN, JSON, FILES = {".txt", ".text", ""}, {".md", ".markdown"}, {".json"}, {".pdf", ".docx"}
SIGNATURES = {
    **dict.fromkeys((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0"), "an image"),
    **dict.fromkeys((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"), "an archive"),
    **dict.fromkeys((b"\x7fELF", b"MZ\x90"), "a program"),
    b"{\\rtf": "an RTF file",
}
PDF, ZIP, OLE = b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST = {"skills": 1_000, "roles": 200, "education": 200, "languages": 100, "links": 100}
"""How many of each a CV has at most; a file that claims more is read as far as this, and says so."""

MAX_LINE = 500
"""Characters of a name, address, headline or place."""

INSTRUCTION = re.compile(
    r"(?:ignore|disregard|forget)\s+(?:all\s+|any\s+|the\s+|your\s+)*(?:previous|prior|above|earlier)\s+(?:instructions?|prompts?|rules)"
    r"|(?:ignoriere|vergiss)\s+(?:alle\s+)?(?:vorherigen|bisherigen)\s+(?:anweisungen|regeln)"
    r"|(?:score|rate|rank)\s+(?:this|me)\b[^.\n]{0,40}\b(?:1\.0|100|highest|first|top)"
    r"|you are (?:now )?(?:an?|the) (?:ai|assistant|language model)|system prompt",
    re.I,
)


def read_cv(data: bytes | str | dict[str, Any], *, filename: str = "", today: date | None = None, limits: Limits | None = None) -> Cv:
    """Reads a CV into the record that matching and letters use; ``text`` is the whole CV as plain text, ``spans`` point into it.

    What the file is, is told by its first bytes; the ending of its name only where they do not say. A role that goes on counts up to
    ``today`` (the day of reading by default); from then on its ``years`` are part of the CV, so that the same CV scores the same
    tomorrow. Text that nobody can see in a PDF or DOCX is left out, and ``warnings`` says so.

    :param data: the file's content, or JSON already read
    :param filename: its name
    :param limits: bounds of size, pages, text and time
    :raises InvalidInput: JSON that is no CV; a file that is refused
        (:class:`~rolecall.matching.cv.files.limits.FileRefused`): a scan, an encrypted, damaged or oversized file
    """
    limits = limits or Limits()
    cv = _from_json(data) if isinstance(data, dict) else _from_file(data, filename, limits, today)
    cv = _bounded(cv)
    if not cv_text(cv).strip():
        raise InvalidInput("cv", "there is nothing in it", fix="send a CV with text")
    years = years_of(cv, today=today)
    cv = cv.model_copy(update={"text": cv_text(cv), "years": years})
    return cv.model_copy(update={"spans": located(cv), "warnings": _warned(cv)})


def _bounded(cv: Cv) -> Cv:
    """The CV with no more of each kind than :data:`MOST`, and a warning where there was more."""
    more = {name: most for name, most in MOST.items() if len(getattr(cv, name)) > most}
    lines = {
        name: value[:MAX_LINE] for name in ("name", "email", "phone", "headline", "location") if len(value := getattr(cv, name)) > MAX_LINE
    }
    if not more and not lines and len(cv.text) <= MAX_TEXT:
        return cv
    said = [f"only the first {MAX_TEXT:,} characters were read"] if len(cv.text) > MAX_TEXT else []
    said += [f"only the first {most:,} {name} were read" for name, most in more.items()]
    said += [f"only the first {MAX_LINE} characters of {name} were read" for name in lines]
    return cv.model_copy(
        update={**lines, **{name: getattr(cv, name)[:most] for name, most in more.items()}, "warnings": [*cv.warnings, *said]}
    )


def _warned(cv: Cv) -> list[str]:
    said = []
    if INSTRUCTION.search(cv.text):
        said.append("the text holds what reads like an instruction to a machine; it is read as words and followed by nobody")
    if len(cv.text) > MAX_COMPARED:
        said.append(f"only the first {MAX_COMPARED:,} characters are compared with ads and told in letters")
    return list(dict.fromkeys([*cv.warnings, *said]))


def _from_file(data: bytes | str, filename: str, limits: Limits, today: date | None) -> Cv:
    size = len(data)
    if size > limits.size:
        raise TooMuch(f"{size:,} bytes are too many", fix=f"send at most {limits.size:,}")
    if isinstance(data, bytes):
        known = _from_known_file(data, limits, today)
        if known is not None:
            return known
    ending = PurePath(filename).suffix.lower()
    if ending in FILES and size:
        raise Damaged(f"this is no {ending[1:].upper()} file, whatever its name says", fix=f"send {SUPPORTED}")
    if ending not in TEXT | MARKDOWN | JSON | FILES:
        raise InvalidInput("filename", f"{ending} files are not read", fix=f"send {SUPPORTED}")
    text = str(scrub(decode(data)))
    if ending in JSON or (not ending and text.lstrip().startswith("{")):
        return _from_json(_parsed(text))
    cv = read_text(text[:MAX_TEXT], markdown=ending in MARKDOWN, today=today)
    return cv.model_copy(update={"warnings": [f"only the first {MAX_TEXT:,} characters were read"]}) if len(text) > MAX_TEXT else cv


def _from_known_file(data: bytes, limits: Limits, today: date | None) -> Cv | None:
    """Files told by their first bytes; ``None`` where they may be text."""
    if PDF in data[:1024]:
        pdf = read_pdf(data, limits)
        return _with_warning(read_lines(read_pages(pdf.pages), links=pdf.links, today=today), pdf.hidden)
    if data.startswith(ZIP):
        word = read_docx(data, limits)
        return _with_warning(read_lines([Line(line) for line in word.lines], links=word.links, today=today), word.hidden)
    if data.startswith(OLE):
        raise Encrypted("this is an old Word file (.doc), or one locked with a password", fix="save it as DOCX or PDF without a password")
    kind = next((kind for first, kind in SIGNATURES.items() if data.startswith(first)), None)
    if kind is None and data.count(0) and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        kind = "a binary file"
    if kind:
        raise WrongKind(f"{kind} is not read as a CV", fix=f"send {SUPPORTED}")
    return None


def _with_warning(cv: Cv, hidden: int) -> Cv:
    said = f"{hidden} characters that nobody can see (white, tiny, covered or off the page) were left out"
    return cv.model_copy(update={"warnings": [said]}) if hidden else cv


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
        "links": _links(basics),
        "headline": as_text(basics.get("label")),
        "summary": as_text(basics.get("summary")),
        "location": ", ".join(filter(None, (as_text(where.get(part)) for part in ("city", "region", "countryCode")))),
        "skills": list(dict.fromkeys(filter(None, named))),
        "roles": [role for role in map(_role, as_list(value.get("work"))) if role["title"] or role["company"]],
        "education": [*filter(None, map(_education, as_list(value.get("education")))), *_certificates(value)],
        "languages": list(filter(None, map(_language, as_list(value.get("languages"))))),
    }


def _links(basics: dict[str, Any]) -> list[str]:
    profiles = [as_text(as_dict(profile).get("url")) for profile in as_list(basics.get("profiles"))]
    return [link for link in [as_text(basics.get("url")), *profiles] if link]


def _certificates(value: dict[str, Any]) -> list[str]:
    named = (as_dict(one) for one in as_list(value.get("certificates")))
    return [", ".join(filter(None, (as_text(one.get("name")), as_text(one.get("issuer"))))) for one in named if as_text(one.get("name"))]


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
