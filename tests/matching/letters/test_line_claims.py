"""Claims held against the line of the CV that they are about."""

from __future__ import annotations

import pytest

from rolecall.matching import Job, read_cv
from rolecall.matching.cv.person import read_person
from rolecall.matching.letters.claims import CvWords, marked_sentences, unsupported

CV = """Ines Vantorre
Lab Technician, Ghent

EXPERIENCE
Lab Technician, Meander Dairy, Ghent, 2019 - present
- Helped to introduce the barcode system in the sample store
- Test 60 samples a day for salmonella
- Cut the waiting time for results from 9 to 4 days
Shop Assistant, Velo Ruys, Bruges, 2017 - 2019
- Sold and repaired bicycles; trained 3 newcomers

EDUCATION
BSc Chemistry, Hogeschool Leieland, 2017
In progress: Master of Food Technology
LANGUAGES
Dutch (native), French (basic), English (fluent)
OTHER
Driving licence class B, no forklift permit
"""
JOB = Job(id="1", title="Lab Analyst", company="Rosemill", description="We test honey for pesticides.")


@pytest.fixture(scope="module")
def ines() -> tuple:  # type: ignore[type-arg]
    person = read_person(read_cv(CV))
    return person, CvWords(person)


@pytest.mark.parametrize(
    ("lie", "honest"),
    [
        ("I introduced the barcode system in the sample store.", "I helped with the introduction of the barcode system."),
        ("I hold a Master of Food Technology.", "I am working towards a Master of Food Technology."),
        ("I have a forklift permit.", "I have no forklift permit."),
        ("I cut the waiting time for results from 9 to 3 days.", "I cut the waiting time for results from 9 to 4 days."),
        ("I repaired bicycles for six years.", "I repaired bicycles for two years."),
        ("I introduced everything at the dairy entirely alone.", "I work at a dairy."),
        ("My driving licence is class C.", "My driving licence is class B."),
        ("I studied chemistry in Bruges.", "I studied chemistry."),
        ("In 2021 I was a Shop Assistant.", "In 2017 I was a Shop Assistant."),
        ("I also restore medieval manuscripts.", "I taught newcomers how to repair bicycles."),
    ],
)
def test_a_sentence_keeps_what_its_line_of_the_cv_says(ines: tuple, lie: str, honest: str) -> None:  # type: ignore[type-arg]
    person, known = ines
    assert unsupported(lie, person, JOB, cv=known), lie
    assert unsupported(honest, person, JOB, cv=known) == [], honest


def test_what_the_ad_says_is_no_claim_about_the_person(ines: tuple) -> None:  # type: ignore[type-arg]
    assert unsupported("I should like to test honey for pesticides at Rosemill.", ines[0], JOB, cv=ines[1]) == []


def test_of_an_edited_letter_only_the_lying_sentences_are_named_each_once(ines: tuple) -> None:  # type: ignore[type-arg]
    letter = (
        "Dear hiring team,\n\nI am applying for the position of Lab Analyst at Rosemill. I test 60 samples a day for salmonella. "
        "I hold a PhD and led 40 people at Initech. I would be glad to meet you. I am fluent in Icelandic.\n\nKind regards\nInes Vantorre"
    )
    found = marked_sentences(letter, ines[0], JOB)
    assert [one.sentence for one in found if one.denied] == ["I hold a PhD and led 40 people at Initech.", "I am fluent in Icelandic."]
