"""Lines of a PDF page in the order a person reads them: columns told from tables by geometry and headings.

A page is cut along a gutter, a vertical strip that no text crosses, when both sides have headings of their own, or when their lines do
not stand on common base lines. Dates beside entries share base lines and have no headings: such pages are read row by row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from rolecall.matching.cv.cv_dates import DATE_ONLY, END_ALONE, HALF
from rolecall.matching.cv.files.pdf import Word
from rolecall.matching.cv.headings import heading

GAP = "   "
"""Stands between pieces of a line that are set apart."""

PAGE_NUMBER = re.compile(r"^(?:page|seite|página)?\s*\d{1,3}\s*(?:(?:/|of|von|de|sur)\s*\d{1,3})?$", re.I)
LEAST_BEGINS = 4
"""Lines that begin at an edge of the text."""

LEAST_ROWS = 3
"""Rows that a column has at least."""


class Line(NamedTuple):
    """A line of text; ``size`` is the height of its largest letters, 0 where unknown."""

    text: str
    size: float = 0.0


@dataclass(slots=True)
class TextPiece:
    """Words of one line with no wide gap between them."""

    text: str
    x0: float
    x1: float
    y: float
    size: float


class Cut(NamedTuple):
    """A page around a gutter at ``x``."""

    x: float
    above: list[TextPiece]
    left: list[TextPiece]
    right: list[TextPiece]
    below: list[TextPiece]


def read_pages(pages: Sequence[Sequence[Word]]) -> list[Line]:
    """The lines of all pages; a column goes on in the same column of the next page."""
    lines: list[Line] = []
    column: Cut | None = None
    for words in pages:
        edge = max((word.y for word in words), default=0) - 1
        pieces = [piece for piece in _pieces(words) if not (PAGE_NUMBER.match(piece.text) and piece.y >= edge)]
        cut = _cut(pieces)
        if column and not column.below and _goes_on(column, cut, pieces):
            step = max(piece.y for piece in (*column.left, *column.right)) + 20
            more = cut or Cut(column.x, [], pieces, [], [])
            left, right = ([*old, *_moved(new, step)] for old, new in ((column.left, more.left), (column.right, more.right)))
            column = Cut(column.x, column.above, left, right, more.below)
            continue
        lines += _lines_of(column) if column else []
        column = cut
        if cut is None:
            lines += _rows(pieces)
    return lines + (_lines_of(column) if column else [])


def _goes_on(column: Cut, cut: Cut | None, pieces: list[TextPiece]) -> bool:
    if cut is None:
        return bool(pieces) and all(piece.x1 <= column.x for piece in pieces)
    return abs(cut.x - column.x) < 15 and not cut.above


def _moved(pieces: list[TextPiece], step: float) -> list[TextPiece]:
    return [TextPiece(piece.text, piece.x0, piece.x1, piece.y + step, piece.size) for piece in pieces]


def _lines_of(cut: Cut) -> list[Line]:
    return [*_rows(cut.above), *_ordered(cut.left), *_ordered(cut.right), *_ordered(cut.below)]


def _ordered(pieces: list[TextPiece]) -> list[Line]:
    cut = _cut(pieces)
    return _lines_of(cut) if cut else _rows(pieces)


# ── pieces and rows ─────────────────────────────────────────────────────────────────────────────────────────


def _grouped(pieces: Sequence[TextPiece]) -> list[list[TextPiece]]:
    """Rows from top to bottom, each from left to right."""
    rows: list[list[TextPiece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.y, piece.x0)):
        if rows and abs(piece.y - rows[-1][0].y) <= 0.3 * min(piece.size, rows[-1][0].size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.x0) for row in rows]


def _pieces(words: Sequence[Word]) -> list[TextPiece]:
    """Words joined; a wide gap sets apart, and so does a smaller one in front of an edge where many lines begin."""
    rows = _grouped([TextPiece(*word) for word in words])
    begins = Counter(round(row[0].x0) for row in rows)
    edges = {x for x, count in begins.items() if count >= LEAST_BEGINS}
    pieces: list[TextPiece] = []
    for row in rows:
        here: TextPiece | None = None
        for word in row:
            gap = word.x0 - here.x1 if here else 0.0
            size = max(word.size, here.size) if here else 0.0
            if here and gap <= 1.1 * size and not (gap > 0.42 * size and any(abs(word.x0 - edge) <= 1 for edge in edges)):
                joint = "" if gap < 0.08 * word.size else " "
                here.text += joint + word.text
                here.x1, here.size = max(here.x1, word.x1), max(here.size, word.size)
            else:
                here = TextPiece(word.text, word.x0, word.x1, word.y, word.size)
                pieces.append(here)
    return pieces


def _rows(pieces: list[TextPiece]) -> list[Line]:
    rows = _grouped(pieces)
    for row, following in pairwise(rows):
        _complete_date(row, following)
    return [Line(GAP.join(piece.text for piece in row), max(piece.size for piece in row)) for row in rows if row]


def _complete_date(row: list[TextPiece], following: list[TextPiece]) -> None:
    """Joins ``2017 –`` with ``Present`` below it."""
    if not row or not following or not HALF.match(row[0].text) or not END_ALONE.match(following[0].text):
        return
    if following[0].x0 < row[0].x1 and following[0].x1 > row[0].x0:
        row[0].text += f" {following.pop(0).text}"


# ── gutters ─────────────────────────────────────────────────────────────────────────────────────────────────


def _cut(pieces: list[TextPiece]) -> Cut | None:
    """The best way to cut a page into columns, or ``None``."""
    if len(pieces) < 2 * LEAST_ROWS:
        return None
    best: tuple[float, Cut] | None = None
    lefts = sorted({round(piece.x0) for piece in pieces})[1:]
    for x in lefts:
        for found in _bands(pieces, x - 0.6):
            if _are_columns(found.left, found.right):
                worth = len(_grouped(found.left)) + len(_grouped(found.right)) + 0.001 * x
                if best is None or worth > best[0]:
                    best = (worth, found)
    return best[1] if best else None


def _bands(pieces: list[TextPiece], x: float) -> list[Cut]:
    """The page cut at ``x``, once for each band between pieces that cross it."""
    crossing = sorted(piece.y for piece in pieces if piece.x0 < x < piece.x1)
    edges = [float("-inf"), *crossing, float("inf")]
    cuts = []
    for top, bottom in pairwise(edges):
        inside = [piece for piece in pieces if top < piece.y < bottom and not piece.x0 < x < piece.x1]
        left, right = [piece for piece in inside if piece.x1 <= x], [piece for piece in inside if piece.x0 >= x]
        if len(left) < LEAST_ROWS or len(right) < LEAST_ROWS:
            continue
        if x - max(piece.x1 for piece in left) < 0.5 * median(piece.size for piece in inside):
            continue
        inner = {id(piece) for piece in inside}
        rest = [piece for piece in pieces if id(piece) not in inner]
        cuts.append(Cut(x, [piece for piece in rest if piece.y <= top], left, right, [piece for piece in rest if piece.y >= bottom]))
    return cuts


def _are_columns(left: list[TextPiece], right: list[TextPiece]) -> bool:
    sides = _grouped(left), _grouped(right)
    if min(map(len, sides)) < LEAST_ROWS:
        return False
    plain = [[row for row in side if not _is_heading(row)] for side in sides]
    if any(2 * sum(bool(DATE_ONLY.match(row[0].text)) for row in rows) >= len(rows) for rows in plain):
        return False
    if all(len(rows) < len(side) for rows, side in zip(plain, sides, strict=True)):
        return True
    fewer, more = sorted(sides, key=len)
    aligned = sum(any(abs(row[0].y - other[0].y) <= 0.3 * row[0].size for other in more) for row in fewer)
    return len(fewer) > LEAST_ROWS and aligned < 0.6 * len(fewer)


def _is_heading(row: list[TextPiece]) -> bool:
    return heading(GAP.join(piece.text for piece in row), "top") is not None
