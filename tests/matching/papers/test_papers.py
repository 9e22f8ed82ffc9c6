"""CV and letter as PDF: what our own reader reads back is what the CV says, and nothing that was put in is read as a program."""

from __future__ import annotations

import hashlib
from datetime import date

import pypdfium2
import pytest

from rolecall.errors import InvalidInput
from rolecall.matching import read_cv, write_letter
from rolecall.matching.cv.files import child_process
from rolecall.matching.papers.paper_pdf import HEADINGS, LANGUAGES, Pages, cv_pdf, letter_pdf
from rolecall.matching.papers.stored_papers import papers_of
from rolecall.matching.papers.tailored import lines_of, tailored
from rolecall.models import Cv, Role
from rolecall.people.privacy import erase
from rolecall.store import Connection
from rolecall.store.documents import get_file
from tests.matching.conftest import CVS, TODAY, ad, person


@pytest.fixture(autouse=True)
def read_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of its own for each PDF is for files of strangers."""
    monkeypatch.setattr(child_process, "_inside", True)


def facts(cv: Cv) -> dict[str, object]:
    """What a CV says, whatever the order within a list and the breaks between lines."""
    roles = [(role.title, role.company, role.start, role.end, sorted(" ".join(role.text.split()).split())) for role in cv.roles]
    return {
        **{field: getattr(cv, field) for field in ("name", "email", "phone", "headline", "location")},
        **{field: sorted(getattr(cv, field)) for field in ("skills", "education", "languages")},
        "roles": roles,
    }


def text_of(body: bytes) -> str:
    pdf = pypdfium2.PdfDocument(body)
    return " ".join("\n".join(page.get_textpage().get_text_bounded() for page in pdf).split())


def pages_of(body: bytes) -> int:
    return len(pypdfium2.PdfDocument(body))


@pytest.mark.parametrize("pages", [1, 2])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("trade", CVS)
def test_our_own_reader_reads_the_same_facts_back(trade: str, language: str, pages: Pages) -> None:
    cv = person(trade)
    read = read_cv(cv_pdf(cv, job=ad("data"), language=language, pages=pages), filename="cv.pdf", today=TODAY)
    assert facts(read) == facts(cv)


def test_for_a_job_order_and_emphasis_change_and_no_word_is_added() -> None:
    role = Role(title="Clerk", company="Tin Co", start="2019-01", text="Ordered paper\nBuilt reports in SQL and Python\nMade coffee")
    cv = Cv(name="Kim Lee", roles=[role], skills=["Filing", "Python", "Excel"])
    mine = tailored(cv, ad("data"))
    assert [line.text for line in mine.roles[0].lines] == ["Built reports in SQL and Python", "Ordered paper", "Made coffee"]
    assert [line.asked for line in mine.roles[0].lines] == [True, False, False]
    assert [skill.text for skill in mine.skills] == ["Python", "Filing", "Excel"]
    with_job, without = (sorted(text_of(cv_pdf(cv, job=job)).split()) for job in (ad("data"), None))
    assert with_job == without


def test_a_long_cv_keeps_every_role_and_gives_up_the_lines_that_answer_least() -> None:
    lines = [f"Looked after matter number {place} of the office and wrote it down for everybody who asked" for place in range(30)]
    roles = [
        Role(title=f"Clerk {n}", company=f"House {n}", start=f"20{n:02}-01", text="\n".join([*lines, "Wrote SQL"])) for n in range(10, 18)
    ]
    cv = Cv(name="Kim Lee", roles=roles)
    said = text_of(body := cv_pdf(cv, job=ad("data"), pages=1))
    assert pages_of(body) == 1
    assert all(f"House {n}" in said for n in range(10, 18))
    assert "Wrote SQL" in said
    assert "matter number 29" not in said


def test_lines_that_only_the_page_broke_are_one_again() -> None:
    assert lines_of("- Took orders for\n  the kitchen\n• Cooked.\nand more") == ["Took orders for the kitchen", "Cooked.", "and more"]


@pytest.mark.parametrize("odd", ['#read("/etc/passwd")', "$ x $", "*bold* _it_ `c` <b> @ref", '"] #panic() [', "\\ \u2028 // /* = h"])
def test_nothing_in_the_data_is_read_as_typst(odd: str) -> None:
    cv = Cv(name="Kim Lee", summary=f"Before {odd} after", roles=[Role(title="Cook", text=f"Cooked {odd} daily")])
    for body in (cv_pdf(cv), letter_pdf(f"{odd} is it\n\n{odd}", cv, ad("data"))):
        assert "".join(odd.split()) in "".join(text_of(body).split())


@pytest.mark.parametrize("name", ["Nguyễn Thị Hương", "Łukasz Żółć", "Şebnem Ağaoğlu", "Jiří Dvořák", "Ελένη Παππά", "Олена Ковальчук"])
def test_names_with_any_accent_are_read_back(name: str) -> None:
    assert read_cv(cv_pdf(person("data").model_copy(update={"name": name}))).name == name


@pytest.mark.parametrize("name", ["שרה כהן", "محمد العربي"])
def test_a_name_written_from_right_to_left_is_set(name: str) -> None:
    body = letter_pdf("Dear team,\n\nhere I am.", Cv(name=name), ad("data"))
    assert set(text_of(body)) & set(name.replace(" ", "")) or "\ufb1d" < max(text_of(body)) < "\ufefd"


def test_what_no_font_here_has_is_refused_by_name_instead_of_sent_as_boxes() -> None:
    with pytest.raises(InvalidInput, match=r"CJK.*own file"):
        cv_pdf(Cv(name="山田 太郎"))


def test_the_same_input_makes_the_same_bytes_and_every_language_has_its_headings() -> None:
    assert cv_pdf(person("data")) == cv_pdf(person("data"))
    assert {language: set(HEADINGS[language]) for language in LANGUAGES} == {key: set(HEADINGS["en"]) for key in LANGUAGES}
    with pytest.raises(InvalidInput, match="en, de, fr, es"):
        cv_pdf(person("data"), language="tlh")


def test_a_letter_stands_whole_on_its_page_under_name_and_subject() -> None:
    cv, job = person("data"), ad("data")
    letter = write_letter(cv, job)
    body = letter_pdf(letter, cv, job, day=date(2027, 2, 3))  # any day: it is only printed
    said = text_of(body)
    assert pages_of(body) == 1
    assert all(" ".join(part.split()) in said for part in letter.split("\n\n"))
    assert "2027-02-03" in said  # any day: it is only printed


def test_papers_are_kept_by_the_hash_of_their_bytes_and_go_with_the_person(db: Connection) -> None:
    db.execute("insert into person (id, name, email) values ('p1', 'Ada Brook', 'ada@brook.example')")
    cv = person("data").model_copy(update={"id": "c1", "user_id": "p1"})
    cv_paper, letter = papers_of(db, cv, ad("data"), "Dear team,\n\nhere I am.")
    assert cv_paper.made
    assert (cv_paper.name, letter.name) == ("Ada Brook CV.pdf", "Ada Brook Letter.pdf")
    for paper in (cv_paper, letter):
        assert paper.sha256 == hashlib.sha256(paper.body).hexdigest()
        assert get_file(db, paper.sha256) == (paper.name, paper.body)
    assert papers_of(db, cv, ad("data"), "")[0].sha256 == cv_paper.sha256
    erase(db, "p1")
    with pytest.raises(InvalidInput):
        get_file(db, letter.sha256)


def test_a_persons_own_file_goes_unchanged_where_they_have_one(db: Connection) -> None:
    db.execute("insert into person (id, name, email) values ('p1', '山田', 'y@brook.example')")
    db.execute("insert into cv (id, person_id, data, sha256) values ('c1', 'p1', '{}', 'x')")
    db.execute(
        "insert into cv_file (cv_id, filename, kind, sha256, body, uploaded_by) "
        "values ('c1', 'mine.pdf', 'pdf', 'abc', '\\x255044', 'person')"
    )
    cv = Cv(id="c1", user_id="p1", name="山田")
    for own_file in (True, False):  # what no font has goes as the own file whatever was preferred
        assert [(paper.name, paper.body, paper.made) for paper in papers_of(db, cv, ad("data"), "", own_file=own_file)] == [
            ("mine.pdf", b"\x25PD", False)
        ]
    plain = cv.model_copy(update={"name": "Yamada"})
    assert papers_of(db, plain, ad("data"), "", own_file=False)[0].made
