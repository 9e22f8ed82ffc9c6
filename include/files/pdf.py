"""Words of a PDF with their boxes, read by PDFium in a process of its own.

The process has a time and memory limit, so that a hostile file (a bomb, a loop, a crash in the library) costs one refused file and nothing
else. Text that nobody can see is left out and counted: each word's box is looked at on the rendered page, so white on white, covered,
transparent and off-page text fall to one rule, and white text on a dark bar or the text layer of a scan do not.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from include.boards.text import scrub
from include.files.limits import Damaged, Encrypted, FileRefused, Limits, NoText, TooMuch

ROOT = Path(__file__).parents[2]


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
    command = [sys.executable, "-m", "include.files.pdf_process", str(limits.pages), str(limits.text), str(limits.memory)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, cwd=ROOT, timeout=limits.seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        fix = "export the CV as a plain PDF, or send DOCX or text"
        raise TooMuch(f"the PDF was not read within {limits.seconds:g} s", fix=fix) from error
    if done.returncode != 0:
        raise Damaged("the PDF breaks its reader (damaged, or made to)", fix="export the CV as a PDF again, or send DOCX or text")
    answer = scrub(json.loads(done.stdout))
    if "refused" in answer:
        raise _refusal(answer, limits)
    pages = [[Word(*word) for word in page] for page in answer["pages"]]
    if not any(pages):
        problem = (
            f"nobody can see the {answer['hidden']} characters of its text" if answer["hidden"] else "the PDF holds no text, only pictures"
        )
        raise NoText(f"{problem} (a scan?)", fix="send a PDF with text in it, DOCX or text; of a scan: run text recognition (OCR) first")
    return Pdf(pages, answer["links"], answer["hidden"])


def _refusal(answer: dict[str, str], limits: Limits) -> FileRefused:
    said = answer["refused"]
    if said == "encrypted":
        return Encrypted("the PDF asks for a password", fix="save it without a password and send that")
    if said == "pages":
        return TooMuch(f"{answer['count']} pages are too many for a CV", fix=f"send at most {limits.pages}")
    if said == "text":
        return TooMuch(f"the PDF holds more than {limits.text:,} characters", fix="send a shorter CV")
    return Damaged("the PDF cannot be opened", fix="export the CV as a PDF again, or send DOCX or text")
