"""Words of a letter's sentences, asked for among a CV's: a form of one of them is found, and a word without end costs what it is long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.matching import Job, write_letter
from rolecall.matching.cv.files.child_process import run_in_child
from rolecall.matching.cv.files.limits import Limits
from rolecall.matching.letters.single_claims.place_claims import among
from rolecall.models import Cv

WORDS = st.text("abcd", max_size=9)


@given(WORDS, st.frozensets(WORDS, max_size=6))
def test_a_word_is_among_others_where_one_begins_as_it_does(word: str, words: frozenset[str]) -> None:
    beginning = word[: max(5, len(word) - 3)]
    assert among(word, words) == (word in words or (len(word) > 5 and any(other.startswith(beginning) for other in words)))


@pytest.mark.parametrize(("word", "found"), [("managing", True), ("managerial", True), ("manual", False), ("manage", True)])
def test_another_form_of_a_word_is_found(word: str, found: bool) -> None:
    assert among(word, frozenset({"sales", "manager", "mandarin"})) is found


def letters(_: bytes, *units: str) -> list[int]:
    """What a process with a limit does: a letter for each CV of one unbroken word, or of many words without a space."""
    job = Job("1", "Sales Manager", company="Kestrelbay", description="We want a Sales Manager with negotiation and 5 years of experience.")
    made = [Cv(text=f"Kim Lee\nSales Manager\n{(unit * 195_000)[:195_000]}", name="Kim Lee") for unit in units]
    return [len(write_letter(cv, job)) for cv in made]


def test_a_letter_for_a_cv_of_one_word_without_end_needs_no_more_memory_than_another() -> None:
    """All beginnings of such a word would be 19 GB."""
    limits = Limits(cpu=120, seconds=900, memory=1_200_000_000)
    assert min(run_in_child("tests.matching.letters.test_place_claims:letters", b"", "1", "a", "ab-", limits=limits)) > 0
