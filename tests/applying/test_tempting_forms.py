"""Five hundred forms that tempt: what is answered was confirmed for that very meaning and country, or stands in the CV.

The questions are worded by somebody who had read none of the rules (``judge/invented/forms``); each says what it asks.
"""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

from rolecall.applying.answers.answering import answer_form
from rolecall.applying.answers.asked_often import QUESTIONS
from rolecall.applying.answers.bank import Answer
from rolecall.applying.forms.form_model import Field, Form
from rolecall.applying.forms.form_wording import is_sensitive
from rolecall.matching import read_cv

SETS = Path(__file__).parents[2] / "judge/invented/forms"
COUNTRIES = ("", "US", "GB", "DE", "FR", "ES", "NL", "CH", "AT", "CA", "IE", "SE", "AU", "IN", "PL", "IT", "BE", "PT", "SG", "AE", "LU")

CV = """Ines Maro
Software Engineer
ines@maro.example | +49 170 1234567 | Berlin, Germany

EXPERIENCE
Senior Software Engineer, Hollow Tree GmbH, Berlin
March 2020 - Present
- Built services with Java, Kotlin, SQL, Kubernetes and AWS.
- Led a team of 4 engineers.
Software Engineer, Pale Moon Ltd, London
January 2015 - February 2020
- Built web applications with JavaScript, React, TypeScript and Python.

EDUCATION
B.Sc. Computer Science, TU Berlin, 2014
"""
IN_THE_CV = {"years of experience with JavaScript": "5"}

MEANS = {
    "earliest start date": "start_date",
    "start date": "start_date",
    "notice period": "notice_period",
    "source of application": "heard",
    "how did you hear": "heard",
}
"""What may be answered by which of the answers everybody is asked for: read by hand, so that a new one is looked at."""


def _questions() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SETS / "reworded_questions.jsonl").read_text(encoding="utf-8").splitlines()]


def _bank() -> list[Answer]:
    """Somebody who answered whatever is asked often, for each country, with an answer that tells which one it was."""
    return [
        Answer(one.key, "confirmed", one.wordings[0], f"{one.key} {country}", "", country)
        for one in QUESTIONS
        for country in (COUNTRIES if one.by_country else ("",))
    ]


def _field(number: int, one: dict[str, Any], *, as_text: bool) -> Field:
    options = () if as_text else tuple(one["options"] or ())
    kind = "text" if as_text else one["kind"]
    return Field(id=f"q{number}", label=one["label"], kind=kind, required=True, options=options, sensitive=is_sensitive(one["label"]))


def test_five_hundred_tempting_forms_are_told_nothing_that_nobody_said() -> None:
    cv, bank, today = read_cv(CV.encode(), filename="cv.txt"), _bank(), date(2026, 11, 27)
    yes = [Answer(one.question, one.state, one.asked, "Yes", "", one.country) for one in bank]
    questions, told = _questions(), 0
    for seed in range(500):
        dice = random.Random(seed)
        asked = dice.sample(questions, dice.randint(6, 14))
        country = dice.choice(COUNTRIES)
        as_text = seed % 2 == 0
        fields = [_field(number, one, as_text=as_text) for number, one in enumerate(asked)]
        form = Form(system="any", fields=tuple(fields))
        given, left = answer_form(form, cv, bank if as_text else yes, today=today, country=country)
        assert len(given) + len(left) == len(fields), "each question is answered or asked"
        for one in given:
            question = asked[int(one.field.id[1:])]
            told += 1
            if one.source == "cv":
                assert one.value == IN_THE_CV.get(question["meaning"]), question
                continue
            assert one.source == "confirmed", question
            key = MEANS.get(question["meaning"])
            assert key is not None, f"{question} was answered with {one.value}"
            assert not as_text or str(one.value).split()[0] == key, f"{question} was answered with {one.value}"
    assert told >= 50
