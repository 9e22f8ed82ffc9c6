"""Text of a Word file (DOCX, ECMA-376): paragraphs, tables, headers, text boxes; hidden text is left out and counted.

Only named parts are unpacked, each within a bound that is kept while unpacking: what the archive says about its own sizes is not believed.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree import ElementTree as Xml

from rolecall.matching.cv.files.limits import Damaged, Encrypted, Limits, NoText, TooCostly, TooMuch, WrongKind

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
RELATIONS = "word/_rels/document.xml.rels"
OWN_TEXT = frozenset(f"{W}{name}" for name in ("tbl", "tr", "tc", "p"))
MAX_PARTS = 2_000
MAX_UNPACKED = 20_000_000
"""Bytes of all parts that are read, unpacked."""

MAX_DEPTH = 50
"""Tables and text boxes inside each other; people nest two or three."""

LINES_OF_A_COLUMN = 4
"""Paragraphs from which a table's cell is read as a column of the page, not as a cell beside others."""


@dataclass
class Docx:
    """The lines of a Word file, addresses behind its links, and how many characters nobody would see."""

    lines: list[str]
    links: list[str]
    hidden: int = 0


@dataclass
class _Reader:
    unpacked: int = 0
    hidden: int = 0
    links: list[str] = field(default_factory=list)


def read_docx(data: bytes, limits: Limits | None = None) -> Docx:
    """The text of a DOCX file.

    :raises Encrypted, TooMuch, Damaged, WrongKind, NoText: named reasons why not
    """
    limits = limits or Limits()
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _read(archive, limits)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError, OSError) as error:
        if "encrypted" in str(error) or "password" in str(error):
            raise Encrypted("the file is locked with a password", fix="save it without one and send that") from error
        raise Damaged("the Word file cannot be opened", fix="save it as DOCX again, or send PDF or text") from error


def _read(archive: zipfile.ZipFile, limits: Limits) -> Docx:
    names = archive.namelist()
    if len(names) > MAX_PARTS:
        raise TooMuch(f"the file holds {len(names):,} parts", fix="save it as DOCX again, or send PDF or text")
    if "word/document.xml" not in names:
        raise WrongKind("this zip file is no Word file (DOCX)", fix="send DOCX, PDF, plain text, Markdown or JSON Resume")
    reader = _Reader()
    headers = sorted(name for name in names if name.startswith("word/header") and name.endswith(".xml"))
    lines: list[str] = []
    for name in [*headers, "word/document.xml"]:
        root = _xml(archive, name, reader)
        body = root.find(f"{W}body")
        lines += _blocks(root if body is None else body, reader, 0)
    if RELATIONS in names:
        found = (one.get("Target") or "" for one in _xml(archive, RELATIONS, reader))
        reader.links = [link for link in found if link.startswith(("http://", "https://", "mailto:", "tel:"))][:50]
    if sum(map(len, lines)) > limits.text:
        raise TooMuch(f"the file holds more than {limits.text:,} characters", fix="send a shorter CV")
    if not any(line.strip() for line in lines):
        raise NoText("the Word file holds no text, only pictures or nothing", fix="send a file with text in it")
    return Docx(lines, reader.links, reader.hidden)


def _xml(archive: zipfile.ZipFile, name: str, reader: _Reader) -> Xml.Element:
    with archive.open(name) as part:
        content = part.read(MAX_UNPACKED - reader.unpacked + 1)
    reader.unpacked += len(content)
    if reader.unpacked > MAX_UNPACKED:
        raise TooMuch(f"{name} unpacks to more than {MAX_UNPACKED:,} bytes (a zip bomb?)", fix="save it as DOCX again, or send PDF or text")
    bare = content.replace(b"\0", b"")  # in UTF-16 each of these letters has a zero beside it
    if b"<!DOCTYPE" in bare or b"<!ENTITY" in bare:
        raise Damaged(f"{name} declares entities, which no Word file does", fix="save it as DOCX again, or send PDF or text")
    try:
        return Xml.fromstring(content)  # noqa: S314  # no DTD, bounded size: nothing to expand
    except Xml.ParseError as error:
        raise Damaged(f"{name} is no valid XML", fix="save it as DOCX again, or send PDF or text") from error


def _blocks(parent: Xml.Element, reader: _Reader, depth: int) -> list[str]:
    if depth > MAX_DEPTH:
        raise TooCostly(f"the Word file nests tables or text boxes more than {MAX_DEPTH} deep", fix="send the CV as PDF or text")
    lines: list[str] = []
    for child in parent:
        if child.tag == f"{W}p":
            lines += _paragraph(child, reader, depth)
        elif child.tag == f"{W}tbl":
            for row in _parts(child, f"{W}tr"):
                lines += _row([_blocks(cell, reader, depth + 1) for cell in _parts(row, f"{W}tc")])
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}txbxContent"):
            lines += _blocks(child, reader, depth + 1)
    return lines


def _parts(parent: Xml.Element, wanted: str) -> Iterator[Xml.Element]:
    """A table's own rows, or a row's own cells, whatever wraps them (content controls, tracked changes); not those of an inner table."""
    waiting = list(reversed(parent))
    while waiting:
        node = waiting.pop()
        if node.tag == wanted:
            yield node
        elif node.tag not in OWN_TEXT:
            waiting.extend(reversed(node))


def _row(cells: list[list[str]]) -> list[str]:
    """Cells beside each other: as columns where two of them are long, else side by side, line by line."""
    full = [[line for line in cell if line.strip()] for cell in cells]
    if sum(len(cell) >= LINES_OF_A_COLUMN for cell in full) > 1:
        return [line for cell in cells for line in [*cell, ""]]
    longest = max(map(len, full), default=0)
    return ["   ".join(cell[number].strip() for cell in full if number < len(cell)) for number in range(longest)]


def _paragraph(paragraph: Xml.Element, reader: _Reader, depth: int) -> list[str]:
    pieces = list(_runs(paragraph, reader))
    boxes = [line for box in _boxes(paragraph) for line in _blocks(box, reader, depth + 1)]
    text = "".join(pieces)
    if text.strip() and paragraph.find(f"{W}pPr/{W}numPr") is not None:
        text = f"- {text.strip()}"
    return [*boxes, *(line.rstrip() for line in text.split("\n"))] if text.strip() or not boxes else boxes


def _boxes(paragraph: Xml.Element) -> Iterator[Xml.Element]:
    """Text boxes, each once: the fallback for old readers says the same again."""
    waiting = list(reversed(paragraph))
    while waiting:
        node = waiting.pop()
        if node.tag == f"{W}txbxContent":
            yield node
        elif node.tag != FALLBACK:
            waiting.extend(reversed(node))


def _runs(node: Xml.Element, reader: _Reader) -> Iterator[str]:
    waiting = list(reversed(node))
    while waiting:
        child = waiting.pop()
        if child.tag == f"{W}r":
            said = "".join(_said(child))
            if _is_hidden(child):
                reader.hidden += len(said.strip())
            else:
                yield said
        elif child.tag in (f"{W}hyperlink", f"{W}ins", f"{W}smartTag", f"{W}sdt", f"{W}sdtContent", f"{W}fldSimple"):
            waiting.extend(reversed(child))


def _said(run: Xml.Element) -> Iterator[str]:
    for part in run:
        if part.tag == f"{W}t":
            yield part.text or ""
        elif part.tag == f"{W}tab":
            yield "   "
        elif part.tag in (f"{W}br", f"{W}cr"):
            yield "\n"
        elif part.tag == f"{W}noBreakHyphen":
            yield "-"


def _is_hidden(run: Xml.Element) -> bool:
    """Marked as hidden, white without a coloured ground, or at most two points high."""
    style = run.find(f"{W}rPr")
    if style is None:
        return False
    vanish, colour, size = (style.find(f"{W}{name}") for name in ("vanish", "color", "sz"))
    if vanish is not None and vanish.get(f"{W}val") not in ("0", "false"):
        return True
    white = colour is not None and (colour.get(f"{W}val") or "").upper() in ("FFFFFF", "FEFEFE")
    if white and style.find(f"{W}shd") is None and style.find(f"{W}highlight") is None:
        return True
    half_points = size.get(f"{W}val", "") if size is not None else ""
    return half_points.isdecimal() and int(half_points) <= 4
