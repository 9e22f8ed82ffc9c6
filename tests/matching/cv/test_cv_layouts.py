"""CVs as people lay them out: whose they are, what they do, where they live and worked; what is unsure stays empty."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from judge.invented.cvs import LAYOUTS, PEOPLE, Person, as_docx, as_pdf
from rolecall.matching import read_cv
from rolecall.matching.cv.degrees import Degree, degree_in, least_degree_in
from rolecall.matching.cv.headings import Kind, heading
from rolecall.models import Cv
from rolecall.text.words import words
from tests.matching.conftest import TODAY


def read(text: str) -> Cv:
    return read_cv(text.encode(), filename="cv.txt", today=TODAY)


def check(cv: Cv, who: Person) -> None:
    assert words(cv.name) == words(who.name)
    assert words(cv.headline) == words(who.headline)
    assert words(who.place)[0] in words(cv.location)[:2]
    assert cv.email == who.email
    assert [(words(role.title), role.start, role.end) for role in cv.roles] == [(words(job.title), job.start, job.end) for job in who.jobs]
    assert [words(role.company)[: len(words(job.company))] for role, job in zip(cv.roles, who.jobs, strict=True)] == [
        words(job.company) for job in who.jobs
    ]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_every_layout_is_read_in_every_language(layout: Callable[[Person], str]) -> None:
    for who in PEOPLE:
        check(read(layout(who)), who)


@pytest.mark.parametrize("number", range(3))
def test_layouts_are_read_as_word_file_and_as_pdf(number: int) -> None:
    who, layout = PEOPLE[4 * number], LAYOUTS[5 * number]
    check(read_cv(as_docx(layout(who)), filename="cv.docx", today=TODAY), who)
    check(read_cv(as_pdf(layout(who), who), filename="cv.pdf", today=TODAY), who)


# ── whose it is ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "first",
    [
        "Education Details", "Skill Details", "Professional Background", "Executive Profile", "Career Focus", "Work History", "Highlights",
        "SALES ASSOCIATE", "Director Of Business Development", "Line Attendant", "Benefit Advocate Supervisor", "Sous Chef",
         "Floral Designer",
        "Information Technology", "Grant Writer", "Art Director", "Van Driver", "Chase Banker", "Quillfeather Systems Inc", "Google HQ",
        "New York", "Python Java", "xxxxx xxxxxxx", "[NAME]", "Strong Communication", "Company Name", "O",
    ],
)  # fmt: skip
def test_no_heading_title_company_place_or_blank_is_a_name(first: str) -> None:
    text = f"{first}\nReach me at contact@mail.example\n\nSummary\nLikes calm days.\n\nExperience\nCook, Elm Inn   2019 - 2021\nSoup\n"
    assert read(text).name == ""


@pytest.mark.parametrize(
    ("text", "name", "sure"),
    [
        ("Zorblatt Quindlemeyer\nzorblatt.q@mail.example\n", "Zorblatt Quindlemeyer", 0.97),
        ("Name: Zorblatt Quindlemeyer\nCook\n", "Zorblatt Quindlemeyer", 0.99),
        ("Kim Lee\nCook\n", "Kim Lee", 0.9),
        ("Zorblatt Quindlemeyer\n+49 421 555 0188\n", "Zorblatt Quindlemeyer", 0.7),
        ("Zorblatt Quindlemeyer\nCook\n", "", 0),
        ("Resume of KIM LEE, MBA\nCook\n", "Kim Lee", 0.9),
        ("K I M   L E E\nCook\n", "Kim Lee", 0.9),
    ],
)
def test_a_name_is_as_sure_as_what_speaks_for_it(text: str, name: str, sure: float) -> None:
    cv = read(text)
    assert cv.name == name
    assert cv.sure.get("name", 0) == sure


def test_how_sure_a_field_is_is_said_for_each_and_a_cv_of_fields_is_its_owners() -> None:
    cv = read(LAYOUTS[0](PEOPLE[0]))
    assert {"name", "email", "headline", "location", "roles[0].title", "roles[1].company", "roles[0].start"} <= set(cv.sure)
    assert all(0 <= how <= 1 for how in cv.sure.values())
    assert read_cv({"name": "Kim Lee", "headline": "Cook"}).sure == {}


# ── headline, place, years ──────────────────────────────────────────────────────────────────────────────────


def test_an_address_is_no_headline_and_no_proof_of_years() -> None:
    cv = read("Kim Lee\nlinkedin.com/in/kim-lee-10-years-of-experience\nkim@mail.example\n\nExperience\nBar work\n")
    assert (cv.headline, cv.years) == ("", None)


@pytest.mark.parametrize(
    ("lines", "headline", "place"),
    [
        ("Analyst - Larkspur Systems Ltd", "Analyst", ""),
        ("Process specialist - Claims", "Process specialist - Claims", ""),
        ("Product engineer with 7+ years of experience", "Product engineer", ""),
        ("Seeking to work with a firm, to constantly upgrade my knowledge", "", ""),
        ("Carrying experience in new lines of business, high growth", "", ""),
        ("Cook\nQasvera, Tamil Nadu - kim@mail.example", "Cook", "Qasvera, Tamil Nadu"),
        ("Cook\nTesting, Selenium - kim@mail.example", "Cook", ""),
    ],
)
def test_headline_and_place_are_what_one_would_point_at(lines: str, headline: str, place: str) -> None:
    cv = read(f"Kim Lee\n{lines}\n\nSkills\nKnives\n")
    assert (cv.headline, cv.location) == (headline, place)


@pytest.mark.parametrize(
    ("said", "years"),
    [
        ("Cook with over 7 years of experience.", 7),
        ("More than ten years' experience in kitchens.", 10),
        ("3.5 years of experience as a cook", 3.5),
        ("Über 8 Jahre Erfahrung in der Küche", 8),
        ("I am 34 years old.", None),
        ("A warranty of 5 years", None),
    ],
)
def test_years_that_are_said_count_where_dates_are_missing(said: str, years: float | None) -> None:
    assert read(f"Kim Lee\nCook\n\nSummary\n{said}\n\nSkills\nKnives\n").years == years
    dated = read(f"Kim Lee\nCook\n\nSummary\n{said}\n\nExperience\nCook, Elm Inn   2015 - 2016\n")
    assert dated.years == 1.0


# ── headings ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("E D U C AT I O N", "education"), ("W O R K   E X P E R I E N C E", "experience"),
         ("P R O F E S S I O N A L E X P E R I E N C E", "experience"),
        ("Professional background", "experience"), ("Educational Background", "education"), ("Kernkompetenzen", "skills"),
        ("Erfahrungen", "experience"), ("Skill Details", "skills"), ("Education Details", "education"), ("Firm / Company Details",
         "experience"),
        ("Career Overview", "summary"), ("Executive Profile", "summary"), ("Akademischer Werdegang", "education"),
        ("Personal Information", "other"), ("ProfessionalSummary", "summary"), ("Core Qualifications", "skills"),
        ("Company", None), ("Kim Lee", None), ("Infosys", None),
    ],
)  # fmt: skip
def test_unusual_headings_are_told(line: str, kind: Kind | None) -> None:
    found = heading(line, "top")
    assert (found[0] if found else None) == kind


def test_what_stands_within_a_role_is_no_heading() -> None:
    body = "Company Profile: an inn\nTechnologies: Java, SQL\nAchievements:\n- Soup\n"
    text = f"Kim Lee\n\nExperience\nCook, Elm Inn   2019 - 2021\n{body}Waiter, Oak Inn   2017 - 2019\n"
    assert [(role.title, role.company) for role in read(text).roles] == [("Cook", "Elm Inn"), ("Waiter", "Oak Inn")]


def test_a_letter_behind_the_cv_is_no_part_of_its_last_section() -> None:
    cv = read(
        "Kim Lee\nCook\n\nLanguages\nEnglish, French\n\nDear chef,\nI speak plainly, cook well, and hope to hear from "
        "you.\nKind regards\nKim Lee\n"
    )
    assert cv.languages == ["English", "French"]


# ── roles ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_site_left_blank_is_no_employer_and_no_place() -> None:
    cv = read("COOK\nExperience\nCook\nJan 2013\nto \nJan 2014\nCompany Name\n- \nCity\n, \nState\nMade soup for many guests.\n")
    assert [(role.title, role.company, role.start, role.end, role.text) for role in cv.roles] == [
        ("Cook", "", "2013-01", "2014-01", "Made soup for many guests.")
    ]
    assert (cv.name, cv.location, cv.headline) == ("", "", "COOK")


@pytest.mark.parametrize(
    ("head", "title", "company"),
    [
        ("Nurse — Elm Hospital, Leeds (2019 – 2021)", "Nurse", "Elm Hospital"),
        ("Nurse\nElm Hospital -  Qasvera, Tamil Nadu -\nMay 2019 to June 2021", "Nurse", "Elm Hospital"),
        (
            "Eighth, Ninth and Tenth Grade Teacher\nMay 2019 to June 2021 Company Name - City , State",
            "Eighth, Ninth and Tenth Grade Teacher",
            "",
        ),
        ("Media Coordinator\nLarkspur Ltd\n2019 - 2021", "Media Coordinator", "Larkspur Ltd"),
        ("Developer in Larkspur Solutions   2019 - 2021", "Developer", "Larkspur Solutions"),
        ("Firm: Larkspur\nDesignation: Developer\nDuration: Jan 2019 - till date", "Developer", "Larkspur"),
        ("company - Larkspur\ndescription - Wrote things that work", "", "Larkspur"),
    ],
)
def test_title_and_employer_are_told_apart_and_the_city_is_neither(head: str, title: str, company: str) -> None:
    section = "Company Details" if head.startswith("company") else "Experience"
    cv = read(f"Kim Lee\n\n{section}\n{head}\n- Did this and that with much care\n\nSkills\nKnives\n")
    assert [(role.title, role.company) for role in cv.roles] == [(title, company)]


def test_roles_without_any_dates_are_roles() -> None:
    cv = read("Kim Lee\n\nWork Experience\n\nData Entry Operator\n\nLarkspur\n\n• Typed all day\n\nSkills\nExcel\n")
    assert [(role.title, role.company, role.start) for role in cv.roles] == [("Data Entry Operator", "Larkspur", None)]


def test_words_of_a_pdf_that_draws_no_spaces_are_told_by_their_gaps() -> None:
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    lines = ["Kim Lee", "Supervisor of the Kitchen", "kim@mail.example", "Experience", "Cook of fine soups 2019 - 2021", "Elm Inn Ltd"]
    for row, line in enumerate(lines):
        x = 50.0
        for word in line.split():
            for letter in word:
                canvas.setFont("Times-Roman", 10)
                canvas.drawString(x, 780 - 20 * row, letter)
                x += stringWidth(letter, "Times-Roman", 10)
            x += 1.9  # less than what a reader of the file takes for a space
    canvas.save()
    cv = read_cv(out.getvalue(), filename="cv.pdf", today=TODAY)
    assert (cv.name, cv.headline) == ("Kim Lee", "Supervisor of the Kitchen")
    assert [(role.title, role.start) for role in cv.roles] == [("Cook of fine soups", "2019")]


# ── degrees ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("B.Tech in Computer Science", Degree.BACHELOR), ("BSc Biology", Degree.BACHELOR), ("Bachelor of Arts", Degree.BACHELOR),
        ("Licence de comptabilité", Degree.BACHELOR), ("Grado en Enfermería", Degree.BACHELOR), ("Licenciatura en Derecho",
         Degree.BACHELOR),
        ("M.Sc. Physik", Degree.MASTER), ("MBA, Finance", Degree.MASTER), ("Master of Social Work", Degree.MASTER),
        ("Diplom-Ingenieur Maschinenbau", Degree.MASTER), ("Diplôme d'ingénieur", Degree.MASTER), ("Máster en Historia", Degree.MASTER),
        ("Ph.D. in Chemistry", Degree.DOCTOR), ("Dr. rer. nat.", Degree.DOCTOR), ("Doctorat en droit", Degree.DOCTOR), ("Doctorado",
         Degree.DOCTOR),
        ("Ausbildung zur Köchin", Degree.TRADE), ("Associate of Science", Degree.TRADE), ("BTS Informatique", Degree.TRADE),
        ("MS Office, MS Excel", None), ("Boston, MA", None), ("Scrum Master", None), ("Forklift licence", None), ("doctor's office", None),
    ],
)  # fmt: skip
def test_degrees_have_an_order(text: str, degree: Degree | None) -> None:
    found = degree_in(text)
    assert (found[0] if found else None) == degree
    assert Degree.TRADE < Degree.BACHELOR < Degree.MASTER < Degree.DOCTOR


def test_the_lowest_degree_that_is_asked_for_is_enough() -> None:
    assert least_degree_in("Bachelor's or Master's degree in law") == Degree.BACHELOR


# ── telephone numbers ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said",
    [
        *("+49 30 5550 1234", "(555) 010-1234", "555-010-1234", "555 010 2019", "030 5550 1234", "06 12 34 56 78", "01.02.20.19.55"),
        *("020 7946 0123", "5552010123", "0171/5550123", "+4915155501234", "Tel. 55501234", "Phone number: 123456789", "M: 5550 1234"),
    ],
)
def test_a_telephone_number_is_read_as_it_stands(said: str) -> None:
    assert said.endswith(read(f"Kim Lee\nCook\n{said} | kim@mail.example\n\nSkills\nKnives\n").phone or "none")


@pytest.mark.parametrize(
    "said",
    [
        *("2019 2021 2021", "2019 2020", "2015/2016 2017/2018", "1998 1999 2000 2001", "2019 12345", "01.02.2019", "12/05/1990"),
        *("2019-03-01", "01.02.2019 2020", "10115 80331", "28013 28014 28015", "94103-1234", "ISBN 3-16-148410-0", "978-3-16-148410-0"),
        *(
            "ID 123 456 789",
            "Passport No. 123456789",
            "Certificate: 1234-5678-90",
            "Steuernummer 12 345 67890",
            "123456789",
            "1234567890123",
        ),
    ],
)
def test_years_dates_postcodes_and_numbers_of_documents_are_no_telephone_number(said: str) -> None:
    cv = read(f"Kim Lee\nCook\n{said}\nkim@mail.example\n\nSkills\nKnives\n")
    assert (cv.phone, cv.email, "phone" in cv.spans) == ("", "kim@mail.example", False)
