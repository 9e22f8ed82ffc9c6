"""A PDF's words with their boxes, read by PDFium. Called by ``pdf.py`` only, in a process of its own."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from statistics import median_low
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from rolecall.matching.cv.files.limits import Damaged, Encrypted, TooMuch

SPACES = {0, 9, 10, 13, 32, 160}
HYPHENS = {2: "-", 0xFFFE: "-", 0xAD: "-"}
MAX_SIDE = 1_600
"""Pixels of the longer side of the picture that visibility is judged on."""

CONTRAST = 10
"""Least difference of grey, of 255, between the lightest and the darkest pixel of a visible word's box."""

TINY = 3.0
"""Points: smaller letters are not meant for people."""

WORD_GAP = 0.1
"""What a gap between words has more than the usual one between letters, of the height of the letters."""

MAX_LINKS = 50


DAMAGED = "the PDF cannot be opened", "export the CV as a PDF again, or send DOCX or text"


def read(data: bytes, max_pages: str | int, max_text: str | int) -> dict[str, Any]:
    """``{"pages": [[[text, x0, x1, y, size], …], …], "links", "hidden"}``.

    :raises Encrypted, TooMuch, Damaged: named reasons why not
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise Encrypted("the PDF asks for a password", fix="save it without a password and send that") from error
        raise Damaged(DAMAGED[0], fix=DAMAGED[1]) from error
    if len(document) > int(max_pages):
        raise TooMuch(f"{len(document)} pages are too many for a CV", fix=f"send at most {max_pages}")
    pages, links, hidden, left = [], list[str](), 0, int(max_text)
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage()
        except pdfium.PdfiumError as error:
            raise Damaged(DAMAGED[0], fix=DAMAGED[1]) from error
        left -= text.count_chars()
        if left < 0:
            raise TooMuch(f"the PDF holds more than {int(max_text):,} characters", fix="send a shorter CV")
        words, unseen = _words(page, text)
        hidden += unseen
        pages.append(words)
        links += _links(page, document)
    return {"pages": pages, "links": list(dict.fromkeys(links))[:MAX_LINKS], "hidden": hidden}


def _words(page: Any, text: Any) -> tuple[list[list[Any]], int]:
    width, height = page.get_size()
    picture = _Picture(page, width, height)
    words, hidden = [], 0
    for word in _runs(text, height):
        spoken, x0, x1, y, size, top, bottom = word
        if size < TINY or not picture.shows(x0, x1, top, bottom):
            hidden += len(spoken)
        else:
            words.append([spoken, round(x0, 2), round(x1, 2), round(y, 2), round(size, 2)])
    return words, hidden


class _Letter(NamedTuple):
    """A letter with its box; ``y`` is its base line."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    top: float
    bottom: float


def _runs(page_text: Any, height: float) -> list[_Letter]:
    """Letters in the file's order, joined to words where they stand side by side on one base line."""
    runs: list[list[_Letter]] = [[]]
    for letter in _letters(page_text, height):
        last = runs[-1][-1] if runs[-1] else None
        if (
            letter is None
            or last is None
            or abs(letter.y - last.y) > 0.3 * letter.size
            or not -0.6 * letter.size < letter.x0 - last.x1 < 0.25 * letter.size
        ):
            runs.append([])
        if letter is not None:
            runs[-1].append(letter)
    overhang = _overhang(runs)
    return [word for run in runs for word in _words_of(run, overhang)]


def _overhang(runs: list[list[_Letter]]) -> dict[str, float]:
    """Letter → how far its box usually reaches into the next one's, of its height, where that is much (``f``)."""
    gaps: dict[str, list[float]] = {}
    for run in runs:
        for last, letter in pairwise(run):
            gaps.setdefault(last.text, []).append((letter.x0 - last.x1) / (letter.size or 1.0))
    usual = {text: median_low(found) for text, found in gaps.items() if len(found) > 2}
    return {text: -gap for text, gap in usual.items() if gap < -1.5 * WORD_GAP}


def _letters(page_text: Any, height: float) -> Iterator[_Letter | None]:
    """The letters of a page; ``None`` for white space."""
    handle = page_text.raw
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    origin_x, origin_y, loose = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    for index in range(page_text.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        if code in SPACES:
            yield None
            continue
        raw.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
        raw.FPDFText_GetCharOrigin(handle, index, origin_x, origin_y)
        raw.FPDFText_GetLooseCharBox(handle, index, loose)
        size = max(loose.top - loose.bottom, top.value - bottom.value)
        letter = HYPHENS.get(code) or (chr(code) if code < 0x110000 else "\ufffd")
        yield _Letter(
            letter,
            min(left.value, loose.left),
            max(right.value, loose.right),
            height - origin_y.value,
            size,
            height - top.value,
            height - bottom.value,
        )


def _words_of(run: list[_Letter], overhang: dict[str, float]) -> list[_Letter]:
    """The words of letters that stand side by side: cut where a gap is wider than those around it, for files that draw no spaces."""
    gaps = [letter.x0 - last.x1 + overhang.get(last.text, 0.0) * letter.size for last, letter in pairwise(run)]
    usual = median_low(gaps) if len(gaps) > 2 else 0.0
    words: list[list[_Letter]] = []
    for letter, gap in zip(run, [0.0, *gaps], strict=bool(run)):
        if not words or gap - usual > WORD_GAP * letter.size:
            words.append([])
        words[-1].append(letter)
    return [
        _Letter(
            "".join(letter.text for letter in word),
            word[0].x0,
            max(letter.x1 - overhang.get(letter.text, 0.0) * letter.size for letter in word),
            word[0].y,
            max(letter.size for letter in word),
            min(letter.top for letter in word),
            max(letter.bottom for letter in word),
        )
        for word in words
    ]


class _Picture:
    """The page in grey, to see which words can be seen."""

    def __init__(self, page: Any, width: float, height: float) -> None:
        self._scale = min(2.0, MAX_SIDE / max(width, height, 1))
        bitmap = page.render(scale=self._scale, grayscale=True)
        self._pixels = bytes(bitmap.buffer)
        self._width, self._height, self._stride = bitmap.width, bitmap.height, bitmap.stride

    def shows(self, x0: float, x1: float, top: float, bottom: float) -> bool:
        """Whether there is any contrast in the box."""
        left, right = max(0, int(x0 * self._scale) - 1), min(self._width, int(x1 * self._scale) + 2)
        first, last = max(0, int(top * self._scale) - 1), min(self._height, int(bottom * self._scale) + 2)
        if right <= left or last <= first:
            return False
        rows = [self._pixels[row * self._stride + left : row * self._stride + right] for row in range(first, last)]
        return max(map(max, rows)) - min(map(min, rows)) >= CONTRAST


def _links(page: Any, document: Any) -> list[str]:
    start, link = ctypes.c_int(0), raw.FPDF_LINK()
    found: list[str] = []
    while len(found) < MAX_LINKS and raw.FPDFLink_Enumerate(page.raw, start, link):
        action = raw.FPDFLink_GetAction(link)
        size = raw.FPDFAction_GetURIPath(document.raw, action, None, 0) if action else 0
        if 1 < size < 2_000:
            buffer = ctypes.create_string_buffer(size)
            raw.FPDFAction_GetURIPath(document.raw, action, buffer, size)
            found.append(buffer.value.decode("utf-8", "replace"))
    return found
