"""Word files with much inside each other: read once, or refused by name; never twice a level."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO

import pytest

from rolecall.matching.cv.files.docx import MAX_DEPTH, MAX_UNPACKED, read_docx
from rolecall.matching.cv.files.limits import TooCostly, TooMuch

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(body: str, **more: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in more.items():
            archive.writestr(f"word/{name}.xml", content)
    return out.getvalue()


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def tables(depth: int) -> str:
    """Tables in each other, with a line before and behind each."""
    opening = "".join(f"<w:tbl><w:tr><w:tc>{p(f'before {level}')}" for level in range(depth))
    return opening + p("inmost") + "</w:tc></w:tr></w:tbl>" * depth


def boxes(depth: int) -> str:
    return "<w:p><w:r><w:txbxContent>" * depth + p("inmost") + "</w:txbxContent></w:r></w:p>" * depth


def wrapped(depth: int) -> str:
    return "<w:p>" + "<w:ins>" * depth + "<w:r><w:t>inmost</w:t></w:r>" + "</w:ins>" * depth + "</w:p>"


@pytest.mark.parametrize("depth", [1, 2, 3, 30])
def test_tables_in_tables_are_read_once(depth: int) -> None:
    lines = read_docx(word(tables(depth))).lines
    assert [line for line in lines if line] == [*(f"before {level}" for level in range(depth)), "inmost"]


def test_text_boxes_in_text_boxes_are_read_once() -> None:
    assert [line for line in read_docx(word(boxes(10))).lines if line] == ["inmost"]


def test_rows_and_cells_in_content_controls_are_read_where_they_stand() -> None:
    def control(inner: str) -> str:
        return f"<w:sdt><w:sdtContent>{inner}</w:sdtContent></w:sdt>"

    def cell(text: str) -> str:
        return f"<w:tc>{p(text)}</w:tc>"

    rows = control(f"<w:tr>{cell('one')}{control(cell('two'))}</w:tr>") + f"<w:tr>{cell('three')}{cell('four')}</w:tr>"
    assert read_docx(word(f"<w:tbl>{rows}</w:tbl>")).lines == ["one   two", "three   four"]


@pytest.mark.parametrize("made", [tables, boxes])
def test_what_nests_deeper_than_the_limit_is_refused_by_name(made: object) -> None:
    with pytest.raises(TooCostly, match=f"more than {MAX_DEPTH} deep"):
        read_docx(word(made(MAX_DEPTH + 2)))  # type: ignore[operator]
    with pytest.raises(TooCostly, match="deep"):
        read_docx(word(made(100_000)))  # type: ignore[operator]


def test_a_run_wrapped_a_hundred_thousand_times_is_read() -> None:
    assert read_docx(word(wrapped(100_000))).lines == ["inmost"]


def test_all_parts_together_unpack_to_no_more_than_the_limit() -> None:
    header = f"<w:hdr {W}>{' ' * (MAX_UNPACKED // 3)}</w:hdr>"
    with pytest.raises(TooMuch, match="zip bomb"):
        read_docx(word(p("x"), header1=header, header2=header, header3=header))


@pytest.mark.parametrize("made", ["tables", "wide", "boxes beside each other", "wrapped"])
def test_reading_grows_with_the_file_and_not_with_its_square(made: str) -> None:
    def of(size: int) -> bytes:
        if made == "tables":
            return word(tables(40) * (size // 40))
        if made == "wide":
            return word(f"<w:tbl><w:tr>{'<w:tc>' + p('x') + '</w:tc>'}</w:tr></w:tbl>".replace("<w:tc>", "<w:tc>" + p("x") * size, 1))
        if made == "wrapped":
            return word(wrapped(size))
        return word(f"<w:p>{'<w:r><w:txbxContent>' + p('x') + '</w:txbxContent></w:r>'}</w:p>" * size)

    small, large = (min(_seconds(of(size)) for _ in range(2)) for size in (2_000, 8_000))
    assert large < max(8 * small, 0.2)


def _seconds(data: bytes) -> float:
    started = time.thread_time()
    read_docx(data)
    return time.thread_time() - started
