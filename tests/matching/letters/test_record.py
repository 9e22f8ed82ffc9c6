"""Which sentences of a letter tell of a record, what carries a word, and of which position something is said."""

from __future__ import annotations

import pytest

from rolecall.matching import Job, read_cv
from rolecall.matching.cv.person import read_person
from rolecall.matching.letters.carrying.record import admits, tells_of_record
from rolecall.matching.letters.claims import CvWords, unsupported
from rolecall.matching.skills.thesaurus import bases, is_said_by, is_word

CV = """Pavel Oriole
Stock Clerk

EXPERIENCE
Stock Clerk, Brindle Outdoor, Leeds, 2019 - 2022
- Counted merchandise every quarter and ordered new stock
- Cut missing items at Brindle by 40%
Night Porter, Hotel Marlow, York, 2016 - 2018
- Checked in late guests and walked the fire rounds
LICENCES
Forklift licence (counterbalance)
"""
JOB = Job(id="1", title="Warehouse Assistant", company="Fennick", description="You pick orders with Deltapick on 40 lanes in Hull.")


@pytest.fixture(scope="module")
def pavel() -> tuple:  # type: ignore[type-arg]
    person = read_person(read_cv(CV))
    return person, CvWords(person)


@pytest.mark.parametrize(
    ("sentence", "tells"),
    [
        ("I would be glad to meet your team.", False),
        ("Night shifts suit me well.", False),
        ("You ask for somebody who picks orders.", False),
        ("My notice period is four weeks.", False),
        ("Thank you for reading my application.", False),
        ("A tidy shelf saves everybody time.", False),
        ("I counted merchandise.", True),
        ("My team won a prize.", True),
        ("They named me porter of the year.", True),
        ("I like rain, and have worked in it.", True),
        ("I am confident with forklifts.", True),
    ],
)
def test_a_wish_or_a_courtesy_is_no_record(sentence: str, tells: bool) -> None:
    assert tells_of_record(sentence) is tells


def test_what_one_has_not_is_said_to_be_so() -> None:
    assert admits("I have not worked with Deltapick yet")
    assert not admits("I have worked with Deltapick")


def test_a_word_is_carried_by_its_forms_by_other_words_and_by_something_more_special() -> None:
    assert is_said_by("goods", frozenset({"merchandise"}))
    assert not is_said_by("merchandise", frozenset({"goods"})) or is_said_by("merchandise", frozenset({"stock"}))
    assert is_said_by("coworkers", frozenset({"colleague"}))
    assert not is_said_by("injections", frozenset({"patient"}))
    assert "carry" in bases("carried")
    assert is_word("weekend")
    assert not is_word("deltapick")


@pytest.mark.parametrize(
    ("lie", "honest"),
    [
        ("As a stock clerk I walked the fire rounds.", "As a night porter I walked the fire rounds."),
        ("As a night porter I cut missing items by 40 %.", "As a stock clerk I cut missing items by 40 %."),
        ("I was a stock clerk for seven years.", "I was a stock clerk for three years."),
        ("I was a night porter from 2014 to 2018.", "I was a night porter from 2016 to 2018."),
        ("I never had a single accident.", "I want to work without accidents."),
        ("I halved the time of each count.", "I counted goods every quarter."),
        ("I hold an electrician's licence.", "I hold a forklift licence."),
        ("I picked orders with Deltapick.", "I have not worked with Deltapick yet, but would like to learn it."),
        ("I served 40 lanes in Hull.", "I would like to work on your 40 lanes in Hull."),
    ],
)
def test_a_sentence_is_held_to_the_position_it_names_and_a_wish_to_nothing(pavel: tuple, lie: str, honest: str) -> None:  # type: ignore[type-arg]
    person, known = pavel
    assert unsupported(honest, person, JOB, cv=known) == [], honest
    assert unsupported(lie, person, JOB, cv=known), lie
