"""A PDF's words with their boxes, read by PDFium. Called by ``pdf.py`` only, in a process of its own."""

from __future__ import annotations

import ctypes
from typing import Any

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


def _runs(page_text: Any, height: float) -> list[tuple[str, float, float, float, float, float, float]]:
    """Letters in the file's order, joined to words where they stand side by side on one base line."""
    handle = page_text.raw
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    origin_x, origin_y, loose = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    found: list[tuple[str, float, float, float, float, float, float]] = []
    word: list[Any] | None = None
    for index in range(page_text.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, index)
        if code in SPACES:
            _close(word, found)
            word = None
            continue
        raw.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
        raw.FPDFText_GetCharOrigin(handle, index, origin_x, origin_y)
        raw.FPDFText_GetLooseCharBox(handle, index, loose)
        size = max(loose.top - loose.bottom, top.value - bottom.value)
        x0, x1 = min(left.value, loose.left), max(right.value, loose.right)
        y = height - origin_y.value
        letter = HYPHENS.get(code) or (chr(code) if code < 0x110000 else "\ufffd")
        if word and (abs(y - word[3]) > 0.3 * size or not -0.6 * size < x0 - word[2] < 0.25 * size):
            _close(word, found)
            word = None
        if word is None:
            word = [letter, x0, x1, y, size, height - top.value, height - bottom.value]
        else:
            word[0] += letter
            word[2] = max(word[2], x1)
            word[4] = max(word[4], size)
            word[5], word[6] = min(word[5], height - top.value), max(word[6], height - bottom.value)
    _close(word, found)
    return found


def _close(word: list[Any] | None, found: list[Any]) -> None:
    """Ends a word; the next letter begins another."""
    if word:
        found.append(tuple(word))


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
