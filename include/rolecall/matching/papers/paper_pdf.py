"""CV and letter as PDF, by Typst. The same input makes the same bytes, so that a hash says what was sent.

Data reach the templates as JSON and are set as text; nothing in them is read as Typst. Fonts are Libertinus Serif (inside Typst) and, for
Hebrew, Arabic, Georgian and Armenian letters, DejaVu Sans (inside matplotlib): no font of the machine is used. Together they cover Latin
with all its accents (Vietnamese, Polish, …), Greek, Cyrillic and those four; Chinese, Japanese, Korean, Thai and the scripts of India are
not covered, and a paper that needs them is refused: the person's own file goes instead.
"""

from __future__ import annotations

import json
import threading
import unicodedata
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import matplotlib
import pypdfium2
import typst
from matplotlib.ft2font import FT2Font

from rolecall.errors import InvalidInput
from rolecall.matching.ads.job import Job
from rolecall.matching.ads.languages import language_of
from rolecall.matching.papers.tailored import Tailored, tailored
from rolecall.models import Cv
from rolecall.text.words import one_line, words

HERE = Path(__file__).parent
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
LANGUAGES = ("en", "de", "fr", "es")
Pages = Literal[1, 2]

HEADINGS = {
    "en": {"summary": "Summary", "work": "Work experience", "education": "Education", "skills": "Skills", "languages": "Languages",
           "now": "present"},
    "de": {"summary": "Profil", "work": "Berufserfahrung", "education": "Ausbildung", "skills": "Kenntnisse", "languages": "Sprachen",
           "now": "heute"},
    "fr": {"summary": "Profil", "work": "Expérience professionnelle", "education": "Formation", "skills": "Compétences",
           "languages": "Langues", "now": "présent"},
    "es": {"summary": "Perfil", "work": "Experiencia", "education": "Formación", "skills": "Habilidades", "languages": "Idiomas",
           "now": "actualidad"},
}  # fmt: skip

SIZES = (10.0, 9.0, 8.5)
"""Sizes of letters that are tried before lines are left out."""

FEWER = (1.0, 0.6, 0.35, 0.15, 0.0)
"""Shares of the lines that are kept, in turn, until the CV fits its pages."""

_one_at_a_time = threading.Lock()


def cv_pdf(cv: Cv, *, job: Job | None = None, language: str | None = None, pages: Pages = 2) -> bytes:
    """The CV on at most one or two A4 pages.

    For a job its order, selection and emphasis change: lines that answer the ad come first within their role and are bold, and are the
    last to be left out where there is no room. Every word is the CV's own; the roles stay in their order.

    :param language: of the headings: ``en``, ``de``, ``fr``, ``es`` (that of the CV's text by default, English where it is another)
    :raises InvalidInput: another language, or characters that no font here has
    """
    spoken = _language(language, cv.text or " ".join([cv.summary, *(role.text for role in cv.roles)]))
    everything = tailored(cv, job)
    for size, share in [*((size, 1.0) for size in SIZES), *((SIZES[-1], share) for share in FEWER[1:])]:
        if share == 1.0 and size != SIZES[-1] and _is_hopeless(everything, pages):
            continue
        body = _compiled("cv.typ", _cv_data(cv, everything.shortened(share), spoken, size, pages))
        if _pages(body) <= pages:
            return body
    return body


def letter_pdf(letter: str, cv: Cv, job: Job, *, language: str | None = None, day: date | None = None) -> bytes:
    """The letter as it stands, under the person's name and address, to the employer.

    :param letter: paragraphs apart by empty lines; a first one on one line that ends without a stop is the subject
    :param day: the date it bears; none by default
    :raises InvalidInput: another language, or characters that no font here has
    """
    spoken = _language(language, letter)
    paragraphs = [[line.strip() for line in part.splitlines() if line.strip()] for part in letter.split("\n\n")]
    paragraphs = [part for part in paragraphs if part]
    subject = one_line(job.title, 200)
    if paragraphs and len(paragraphs[0]) == 1 and paragraphs[0][0][-1] not in ".,!:;?":
        subject = paragraphs.pop(0)[0]
    data = {
        "language": spoken,
        "name": one_line(cv.name, 200),
        "contact": _contact(cv),
        "company": one_line(job.company, 200),
        "subject": subject,
        "day": day.isoformat() if day else "",
        "paragraphs": paragraphs,
    }
    return _compiled("letter.typ", data)


def _language(given: str | None, text: str) -> str:
    if given is not None and given not in LANGUAGES:
        raise InvalidInput("language", f"there is no paper in {given!r}", fix=f"use one of {', '.join(LANGUAGES)}")
    told = given or language_of(words(text[:20_000])) or "en"
    return told if told in LANGUAGES else "en"


def _contact(cv: Cv) -> list[str]:
    first = " · ".join(filter(None, (one_line(part, 200) for part in (cv.email, cv.phone, cv.location))))
    return [line for line in (first, " · ".join(one_line(link, 200) for link in cv.links[:4])) if line]


def _is_hopeless(everything: Tailored, pages: Pages) -> bool:
    """Whether smaller letters will not do: a page of the smallest holds some 5,500 characters."""
    return everything.length > 5_500 * pages


def _cv_data(cv: Cv, chosen: Tailored, language: str, size: float, pages: Pages) -> dict[str, Any]:
    named = HEADINGS[language]
    return {
        "language": language,
        "size": size,
        "pages": pages,
        "words": named,
        "name": one_line(cv.name, 200),
        "headline": one_line(cv.headline, 200),
        "contact": _contact(cv),
        "summary": " ".join(cv.summary.split())[:1_500],
        "roles": [
            {
                "title": one_line(role.title, 200),
                "company": one_line(role.company, 200),
                "period": _period(role.start, role.end, named["now"]),
                "lines": [{"text": line.text, "asked": line.asked} for line in role.lines],
            }
            for role in chosen.roles
        ],
        "education": [one_line(line, 400) for line in cv.education],
        "skills": [{"text": one_line(skill.text, 200), "asked": skill.asked} for skill in chosen.skills],
        "languages": [one_line(line, 200) for line in cv.languages],
    }


def _period(start: str | None, end: str | None, now: str) -> str:
    if not start:
        return _day(end)
    return f"{_day(start)} – {_day(end) or now}"


def _day(said: str | None) -> str:
    """``2021-03`` as ``03/2021``, what every CV writes; anything else as it stands."""
    parts = (said or "").split("-")
    if len(parts) >= 2 and len(parts[0]) == 4 and all(part.isdecimal() for part in parts):
        return f"{parts[1]}/{parts[0]}"
    return said or ""


def _compiled(template: str, data: dict[str, Any]) -> bytes:
    said = json.dumps(_clean(data), ensure_ascii=False, sort_keys=True)
    if strange := sorted({char for char in said if not char.isspace() and ord(char) not in _covered()})[:5]:
        names = ", ".join(unicodedata.name(char, f"U+{ord(char):04X}") for char in strange)
        raise InvalidInput("cv", f"no font here has {names}", fix="send the person's own file")
    with _one_at_a_time:  # a compiler keeps what it read of fonts and templates between two papers
        try:
            body = _compiler(template).compile(format="pdf", sys_inputs={"data": said}, timestamp=0)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of Typst's is no Exception
            _compiler.cache_clear()
            raise InvalidInput("cv", f"cannot be set ({type(error).__name__})", fix="send the person's own file") from error
    if not isinstance(body, bytes):
        raise InvalidInput("cv", "makes more than one file", fix="report it: a template is wrong")
    return body


def _clean(value: Any) -> Any:
    """Texts composed (NFC) and without characters that are no text: controls, and marks of direction, which Typst sets by itself."""
    if isinstance(value, str):
        return "".join(char for char in unicodedata.normalize("NFC", value) if char.isspace() or unicodedata.category(char)[0] != "C")
    if isinstance(value, dict):
        return {name: _clean(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return value


@cache
def _compiler(template: str) -> typst.Compiler:
    return typst.Compiler(HERE / template, root=HERE, font_paths=[FONTS], ignore_system_fonts=True)


@cache
def _covered() -> frozenset[int]:
    """What DejaVu Sans has; Libertinus Serif has hardly anything beyond."""
    return frozenset(FT2Font(str(FONTS / "DejaVuSans.ttf")).get_charmap())


def _pages(body: bytes) -> int:
    pdf = pypdfium2.PdfDocument(body)
    try:
        return len(pdf)
    finally:
        pdf.close()
