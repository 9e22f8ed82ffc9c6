"""CVs are read from text, Markdown and JSON (files: test_cv_files.py); other kinds are refused by name."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from rolecall.errors import InvalidInput
from rolecall.matching import cv_text, read_cv
from rolecall.matching.cv.cv_dates import years_of
from rolecall.matching.cv.person import read_person
from rolecall.models import Cv, Role
from tests.matching.conftest import CVS, TODAY, person

RESUME = {
    "basics": {
        "name": "Ivo Brenner",
        "label": "Accountant",
        "email": "ivo@brenner.example",
        "phone": "+43 1 555 0100",
        "summary": "Closes books.",
        "location": {"city": "Graz", "countryCode": "AT"},
    },
    "work": [
        {"name": "Ledger KG", "position": "Senior Accountant", "startDate": "2020-01-15", "highlights": ["Month-end close"]},
        {"company": "Sums AG", "position": "Accountant", "startDate": "2016-01", "endDate": "2019-12"},
    ],
    "education": [{"studyType": "Bachelor", "area": "Business", "institution": "University of Example"}],
    "skills": [{"name": "Finance", "keywords": ["IFRS", "DATEV"]}, {"name": "Excel"}],
    "languages": [{"language": "German", "fluency": "native"}],
}


def test_plain_text_is_read_by_its_layout() -> None:
    cv = person("data")
    assert (cv.name, cv.headline, cv.email, cv.location) == ("Ada Brook", "Data Engineer", "ada@brook.example", "Berlin, Germany")
    assert cv.phone == "+49 30 5550 1234"
    assert cv.skills == ["Python", "SQL", "Airflow", "dbt", "Snowflake", "AWS", "Docker", "Kafka"]
    assert [(role.title, role.company, role.start, role.end) for role in cv.roles] == [
        ("Senior Data Engineer", "Rye Logistics GmbH", "2020-03", None),
        ("Data Engineer", "Crumb & Co", "2016-01", "2020-02"),
    ]
    assert cv.education == ["B.Sc. Computer Science, University of Example"]
    assert cv.languages == ["English (C1)", "German (native)"]
    assert cv.years == 10.9


def test_markdown_is_read_without_its_marks() -> None:
    cv = person("nurse")
    assert (cv.name, cv.headline) == ("Nia Okoro", "Registered Nurse")
    assert [(role.title, role.company) for role in cv.roles] == [("Registered Nurse - ICU", "Elm Hospital"), ("Staff Nurse", "Oak Clinic")]
    assert cv.skills == ["Patient care", "ICU", "BLS", "ACLS", "Medication administration", "wound care", "Epic"]
    assert "**" not in cv.text


def test_a_role_may_have_its_dates_on_a_line_of_their_own() -> None:
    assert [(role.title, role.company, role.start) for role in person("sales").roles] == [
        ("Regional Sales Manager", "Bright Widgets Inc", "2019"),
        ("Account Executive", "Tin Co", "2014"),
    ]


@pytest.mark.parametrize("data", [RESUME, json.dumps(RESUME), json.dumps(RESUME).encode()])
def test_json_resume_is_read(data: Any) -> None:
    cv = read_cv(data, filename="" if isinstance(data, dict) else "resume.json", today=TODAY)
    assert (cv.name, cv.headline, cv.location) == ("Ivo Brenner", "Accountant", "Graz, AT")
    assert cv.skills == ["Finance", "IFRS", "DATEV", "Excel"]
    assert [(role.title, role.company) for role in cv.roles] == [("Senior Accountant", "Ledger KG"), ("Accountant", "Sums AG")]
    assert (cv.education, cv.languages) == (["Bachelor, Business, University of Example"], ["German (native)"])
    assert cv.years == 10.9
    assert "Month-end close" in cv.text


def test_our_own_record_comes_back_as_it_was() -> None:
    cv = person("data").model_copy(update={"id": "c1", "user_id": "p1"})
    assert read_cv(cv.model_dump(mode="json", by_alias=True), today=TODAY) == cv


@pytest.mark.parametrize(
    ("data", "filename", "said"),
    [
        (b"hello", "cv.exe", "files are not read"),
        (b"", "cv.txt", "nothing in it"),
        (b"   \n", "cv.md", "nothing in it"),
        (b"{", "cv.json", "no valid JSON"),
        (b"[1]", "cv.json", "not an object"),
        (b'{"roles": 7}', "cv.json", "roles"),
        (b"x" * 5_000_001, "cv.txt", "too many"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name_with_the_kinds_that_can(data: bytes, filename: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        read_cv(data, filename=filename)
    assert caught.value.fix


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_told_apart(encoding: str) -> None:
    text = "José Müller\nKöchin\n\nSprachen\nFranzösisch, Español\n" + "Käse für die Größten. " * 5
    cv = read_cv(text.encode(encoding), filename="cv.txt")
    assert cv.name == "José Müller"
    assert cv.languages[0] == "Französisch"


def test_a_hostile_text_is_read_in_bounded_time() -> None:
    began = time.process_time()
    for text in ("(" * 100_000, "- " * 100_000, "2019 - " * 30_000, "a@" * 100_000, "\n" * 200_000 + "x", "1 " * 150_000):
        read_cv("Name\n" + text, filename="cv.txt")
    assert time.process_time() - began < 60  # 5 s here; what tries again at each letter takes hours


@pytest.mark.parametrize(
    ("cv", "years"),
    [
        (Cv(years=3), 3),
        (Cv(roles=[Role(title="a", start="2020-01", end="2021-12"), Role(title="b", start="2021-01", end="2022-12")]), 3.0),
        (Cv(roles=[Role(title="a", start="2024", end="present")]), 2.9),
        (Cv(roles=[Role(title="a", start="2019", end="2024")]), 5.0),
        (Cv(roles=[Role(title="a", start="2014", end="2016"), Role(title="b", start="2016", end="2019")]), 5.0),
        (Cv(roles=[Role(title="a", start="2019", end="2019")]), 1.0),
        (Cv(roles=[Role(title="a", start="2020-01-15", end="2020-06-30")]), 0.5),
        (Cv(roles=[Role(title="a", start="last year", end="2024")]), None),
        (Cv(roles=[Role(title="a", months=18), Role(title="b", months=6)]), 2.0),
        (Cv(roles=[Role(title="a")]), None),
        (Cv(), None),
    ],
)
def test_years_of_work_are_said_or_counted_and_overlaps_count_once(cv: Cv, years: float | None) -> None:
    assert years_of(cv, today=TODAY) == years


@pytest.mark.parametrize("when", ["2019 – 2024", "2019", "03/2019 – 2024", "2019 – 05/2024", "March 2019 – May 2024", "2019 – present"])
def test_years_are_the_months_of_the_one_role(when: str) -> None:
    cv = read_cv(f"Kim Lee\nCook\n\nExperience\nCook, Elm Inn   {when}\nSoup\n", filename="cv.txt", today=TODAY)
    months = cv.roles[0].months
    assert months
    assert cv.years == round(months / 12, 1)


def test_a_cv_is_compared_up_to_a_length_that_is_said() -> None:
    role = {"title": "Cook", "company": "Elm Inn", "start": "2019", "end": "2024", "text": "I bake bread. " * 2_000}
    cv = read_cv({"name": "Kim Lee", "text": "Kim Lee\n" + "I cook. " * 6_000 + "Kubernetes", "roles": [role] * 3}, today=TODAY)
    assert cv.warnings == ["only the first 40,000 characters are compared with ads and told in letters"]
    read = read_person(cv, today=TODAY)
    assert read.text == cv_text(cv)[:40_000]
    assert "Kubernetes" not in read.skills
    assert [len(one.text) for one in read.cv.roles] == [28_000, 12_000, 0]
    assert read.years == 5.0
    assert read_cv({"name": "Kim Lee", "text": "I cook. " * 4_000}, today=TODAY).warnings == []


def test_more_text_than_is_read_is_said_of_json_too() -> None:
    cv = read_cv({"name": "Kim Lee", "text": "I cook. " * 30_000}, today=TODAY)
    assert len(cv.text) == 200_000
    assert cv.warnings[0] == "only the first 200,000 characters were read"


def test_the_text_that_spans_point_into_has_every_stated_fact() -> None:
    cv = Cv(text="I cook.", skills=["Baking"], roles=[Role(title="Cook", company="Crumb & Co", start="2020")], languages=["French"])
    assert cv_text(cv) == "I cook.\nBaking\nCook · Crumb & Co · 2020\nFrench"
    assert CVS["data"].strip() == cv_text(person("data"))
