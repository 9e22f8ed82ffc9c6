"""Words of a PDF with their boxes, read by PDFium in a process of its own (:mod:`rolecall.matching.cv.files.child_process`).

Text that nobody can see is left out and counted: each word's box is looked at on the rendered page, so white on white, covered,
transparent and off-page text fall to one rule, and white text on a dark bar or the text layer of a scan do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from rolecall.matching.cv.files.child_process import run_in_child
from rolecall.matching.cv.files.limits import Limits, NoText
from rolecall.text.html import scrub


class Word(NamedTuple):
    """A word on a page. Points from the page's top left; ``y`` is the base line, ``size`` the height of the letters' boxes."""

    text: str
    x0: float
    x1: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Pdf:
    """What a reader of the PDF sees.

    :param pages: words by page, in the file's order
    :param links: addresses behind link areas
    :param hidden: characters that nobody can see and that were left out
    """

    pages: list[list[Word]]
    links: list[str]
    hidden: int


def read_pdf(data: bytes, limits: Limits | None = None) -> Pdf:
    """The words of a PDF.

    :raises Encrypted, TooMuch, Damaged, NoText: named reasons why not
    """
    limits = limits or Limits()
    answer = scrub(run_in_child("rolecall.matching.cv.files.pdf_process:read", data, limits.pages, limits.text, limits=limits))
    pages = [[Word(*word) for word in page] for page in answer["pages"]]
    if not any(pages):
        problem = (
            f"nobody can see the {answer['hidden']} characters of its text" if answer["hidden"] else "the PDF holds no text, only pictures"
        )
        raise NoText(f"{problem} (a scan?)", fix="send a PDF with text in it, DOCX or text; of a scan: run text recognition (OCR) first")
    return Pdf(pages, answer["links"], answer["hidden"])
