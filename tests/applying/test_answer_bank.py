"""What a form is answered with: what the person confirmed and what their CV says, and never anything else."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

import pytest

from rolecall.applying.answers import (
    Answer,
    Given,
    OpenQuestion,
    answer_field,
    answer_form,
    known_answers,
    mark_never_answered,
    save_answer,
)
from rolecall.applying.answers.bank import DECLINING, PRIVACY, options_key
from rolecall.applying.answers.canonical import canonical_meaning, same_question
from rolecall.applying.answers.skill_years import option_of, skill_asked, years_with
from rolecall.applying.forms import Field, Form, Kind
from rolecall.applying.forms.form_wording import folded, is_sensitive
from rolecall.errors import InvalidInput
from rolecall.models import Cv
from rolecall.people import privacy
from rolecall.store import Connection

TODAY = date(2031, 5, 20)
CV = Cv.model_validate(
    {
        "name": "Ada Quill",
        "email": "ada@mail.example",
        "phone": "+49 30 1234",
        "location": "Leeds",
        "links": ["https://www.linkedin.com/in/ada"],
        "skills": ["Python", "Sterile technique"],
        "roles": [
            {"title": "Engineer", "company": "Acme", "start": "2027-01", "end": "2029-07", "text": "Python services"},
            {"title": "Engineer", "company": "Borealis", "start": "2029-01", "end": "2030-01", "text": "More Python, some Rust"},
        ],
    }
)


def asked_as(label: str, kind: Kind = "text", options: Sequence[str] = ()) -> Field:
    return Field("", label, kind, options=tuple(options), sensitive=is_sensitive(label))


def told(question: str, value: str, *, options: tuple[str, ...] = (), country: str = "", state: str = "confirmed") -> Answer:
    said = canonical_meaning(question, country=country, sensitive=is_sensitive(question))
    return Answer(said.key, state, question, value, options_key(options), said.country)  # type: ignore[arg-type]


def said(field: Field, *answers: Answer, country: str = "") -> str | tuple[str, ...] | None:
    found = answer_field(field, CV, answers, today=TODAY, country=country)
    return found.value if isinstance(found, Given) else None


@pytest.mark.parametrize(
    ("question", "kind", "own"),
    [
        ("Do you have at least 2 years of Python experience?", "yes_no", "No"),
        ("How many years of experience do you have with Python?", "text", "1"),
        ("How many years of experience do you have with Rust?", "text", "4"),
        ("City", "text", "York"),
    ],
)
def test_what_a_person_said_to_a_question_outranks_what_the_cv_shows(question: str, kind: Kind, own: str) -> None:
    options = ("Yes", "No") if kind == "yes_no" else ()
    field = asked_as(question, kind, options)
    assert said(field) != own
    assert said(field, told(question, own, options=options)) == own
    assert said(field, told(question, "", options=options, state="never")) is None


def test_name_address_and_links_come_from_the_cv() -> None:
    assert [said(asked_as(label)) for label in ("First name", "Nachname", "Full name", "Phone", "City", "LinkedIn Profile")] == [
        "Ada", "Quill", "Ada Quill", "+49 30 1234", "Leeds", "https://www.linkedin.com/in/ada",
    ]  # fmt: skip
    assert said(asked_as("Name of your referrer")) is None
    assert said(asked_as("GitHub URL")) is None


def test_of_three_names_nobody_guesses_which_is_the_familys() -> None:
    cv = CV.model_copy(update={"name": "Ana Maria Silva Costa"})
    assert isinstance(answer_field(asked_as("Last name"), cv, [], today=TODAY), OpenQuestion)
    found = answer_field(asked_as("Full name"), cv, [], today=TODAY)
    assert isinstance(found, Given)


@pytest.mark.parametrize(
    ("label", "years"),
    [
        ("How many years of experience do you have with Python?", "3"),
        ("How many years of Python experience do you have?", "3"),
        ("Years of experience with Python", "3"),
        ("How many years of sterile technique experience do you have?", None),
        ("How many years of Rust experience do you have?", None),
        ("How many years of experience do you have with Python in production?", None),
        ("How many years have you led Python teams?", None),
        ("How many years of experience do you have?", None),
    ],
)
def test_years_with_a_skill_are_counted_from_roles_that_name_it_and_no_month_twice(label: str, years: str | None) -> None:
    assert said(asked_as(label, "number")) == years


def test_years_choose_the_one_range_that_holds_them() -> None:
    assert option_of(3, ("0-1", "2–4 years", "5+")) == "2–4 years"
    assert option_of(5, ("Less than 2", "2-5", "5+")) is None
    assert option_of(1, ("Less than 2 years", "2 to 5 years", "More than 5 years")) == "Less than 2 years"
    assert option_of(3, ("Some", "A lot")) is None
    assert years_with(CV.model_copy(update={"roles": [CV.roles[0].model_copy(update={"start": None})]}), "python", TODAY) is None
    assert skill_asked("How many years of Python?") == "python"


def test_a_permit_holds_for_its_country_only() -> None:
    mine = told("Are you legally authorized to work in Germany?", "Yes")
    field = asked_as("Are you authorized to work in Germany?", "yes_no", ("Yes", "No"))
    assert said(field, mine) == "Yes"
    assert (
        said(
            asked_as("Do you have a valid work permit for the country where the role is based?", "yes_no", ("Ja", "Nein")),
            mine,
            country="DE",
        )
        == "Ja"
    )
    for other in (
        "Are you authorized to work in Austria?",
        "Are you authorized to work in the US?",
        "Are you authorized to work in Atlantis?",
    ):
        assert said(asked_as(other, "yes_no", ("Yes", "No")), mine) is None
    assert (
        said(
            asked_as("Do you have a valid work permit for the country where the role is based?", "yes_no", ("Yes", "No")),
            mine,
            country="FR",
        )
        is None
    )


def test_a_turned_question_gets_the_turned_answer_or_none() -> None:
    mine = told("Do you require sponsorship to work in the UK?", "No", country="GB")
    assert said(asked_as("Do you require visa sponsorship?", "yes_no", ("Yes", "No")), mine, country="GB") == "No"
    assert said(asked_as("Can you work in the UK without sponsorship?", "yes_no", ("Yes", "No")), mine, country="GB") == "Yes"
    assert said(asked_as("Do you not require visa sponsorship?", "yes_no", ("Yes", "No")), mine, country="GB") is None


def test_an_ordinary_question_may_be_worded_otherwise_but_not_turned_moved_or_counted_otherwise() -> None:
    assert same_question("Are you willing to work at weekends?", "Are you willing to work at the weekend")
    for other in (
        "Are you not willing to work at weekends?",
        "Are you willing to work without weekends?",
        "Were you willing to work at weekends?",
        "Would you work at 2 weekends?",
        "Are you willing to work nights?",
        "Are your colleagues willing to work at weekends?",
    ):
        assert not same_question("Are you willing to work at weekends?", other), other
    assert not same_question("Would you move from Berlin to Bonn?", "Would you move from Bonn to Berlin?")
    assert not same_question("When did you start?", "Where did you start?")
    mine = told("What is your notice period?", "3 months")
    assert said(asked_as("Notice period"), mine) == "3 months"
    assert said(asked_as("Notice period", "single", ("1 month", "3 Months")), mine) == "3 Months"
    assert said(asked_as("Notice period", "single", ("1 month", "6 months")), mine) is None


def test_a_sensitive_question_is_answered_by_its_very_own_answer_or_declined_where_that_is_allowed() -> None:
    field = asked_as("Gender", "single", ("Woman", "Man", "I don't wish to answer"))
    assert said(field) is None
    assert said(field, Answer(DECLINING, "confirmed", DECLINING, "yes")) == "I don't wish to answer"
    assert said(asked_as("Gender", "single", ("Woman", "Man")), Answer(DECLINING, "confirmed", DECLINING, "yes")) is None
    mine = told("How many reports were fired by you?", "2")
    assert said(asked_as("How many reports were fired by you"), mine) == "2"
    assert said(asked_as("How many of your reports were fired by you?"), mine) is None


def test_what_a_person_will_never_answer_stays_open_or_empty() -> None:
    mine = told("What is your notice period?", "", state="never")
    found = answer_field(asked_as("Notice period"), CV, [mine], today=TODAY)
    assert isinstance(found, OpenQuestion)
    assert "will not" in found.why
    form = Form("x", (Field("n", "Notice period", "text"),))
    assert answer_form(form, CV, [mine], today=TODAY) == ([], [])


def test_the_tick_that_is_needed_wants_a_standing_permission_and_no_other_is_set() -> None:
    needed = Field("p", "I have read the privacy policy", "consent", required=True)
    more = Field("t", "I agree that my data is kept in the talent pool for future positions", "consent", required=True)
    extra = Field("n", "Send me the newsletter", "consent")
    permission = Answer(PRIVACY, "confirmed", PRIVACY, "yes")
    assert isinstance(answer_field(needed, CV, [], today=TODAY), OpenQuestion)
    assert said(needed, permission) == "yes"
    assert isinstance(answer_field(more, CV, [permission], today=TODAY), OpenQuestion)
    assert answer_field(extra, CV, [permission], today=TODAY) is None


def test_two_answers_that_fit_and_differ_are_no_answer() -> None:
    field = asked_as("Are you willing to work at the weekends?", "yes_no", ("Yes", "No"))
    answers = [told("Are you willing to work at weekends", "Yes"), told("Are you willing to work at weekend", "No")]
    assert said(field, *answers) is None


def test_the_bank_keeps_one_answer_a_question_and_refuses_what_cannot_be_chosen(db: Connection) -> None:
    db.execute("insert into person (id, name, email) values ('ada', 'Ada Quill', 'ada@mail.example')")
    save_answer(db, "ada", "What is your notice period?", "3 months")
    save_answer(db, "ada", "Notice period", "1 month")
    save_answer(db, "ada", "Are you authorized to work in Germany?", "Yes", options=("Yes", "No"))
    mark_never_answered(db, "ada", "Gender", options=("Woman", "Man"))
    assert [(one.question, one.country, one.state, one.value) for one in known_answers(db, "ada")] == [
        ("gender", "", "never", ""),
        ("notice_period", "", "confirmed", "1 month"),
        ("work_permit", "DE", "confirmed", "Yes"),
    ]
    for question, value, options in (("", "x", ()), ("Level?", "C", ("A", "B")), ("Level?", " ", ()), ("Level?", "x" * 10_001, ())):
        with pytest.raises(InvalidInput):
            save_answer(db, "ada", question, value, options=options)
    with pytest.raises(InvalidInput, match="contrary"):
        save_answer(db, "ada", "Can you work in Germany without sponsorship?", "Yes")
    exported = privacy.export(db, "ada")["person_answer"]
    assert len(exported) == 3
    privacy.erase(db, "ada")
    assert known_answers(db, "ada") == []


# ── the lie test: forms that tempt ──────────────────────────────────────────────────────────────────────────────────

CONFIRMED = (
    ("Are you legally authorized to work in Germany?", "Yes", ("Yes", "No"), "DE"),
    ("Will you now or in the future require visa sponsorship?", "No", ("Yes", "No"), "DE"),
    ("What are your salary expectations?", "65000 EUR", (), "DE"),
    ("What is your notice period?", "3 months", (), ""),
    ("Are you willing to relocate?", "Yes", ("Yes", "No"), ""),
    ("Do you hold a driving licence of class B?", "Yes", ("Yes", "No"), ""),
    ("Do you have a bachelor's degree in physics?", "Yes", ("Yes", "No"), ""),
    ("How did you hear about us?", "LinkedIn", (), ""),
)
TEMPTING = (
    "Are you legally authorized to work in {other}?",
    "Are you legally authorized to work in Germany without restrictions?",
    "Are you not legally authorized to work in Germany?",
    "Do you hold unlimited authorization to work in Germany or {other}?",
    "Is somebody else authorized to work in Germany?",
    "Will you never require visa sponsorship?",
    "Do you need no visa sponsorship?",
    "Will you require relocation support or visa sponsorship?",
    "Did you require visa sponsorship in the past?",
    "What are your minimum salary expectations?",
    "What is your current salary?",
    "What were your last salary expectations?",
    "What is the salary expectation of your partner?",
    "What is your shortest notice period?",
    "What is the notice period in your last job?",
    "Is your notice period below {n} months?",
    "Are you willing to relocate to {other}?",
    "Are you unwilling to relocate?",
    "Are you willing to relocate without support?",
    "Are you willing to relocate within {n} weeks?",
    "Were you willing to relocate before?",
    "Do you hold a driving licence of class {letter}?",
    "Do you hold a driving licence of class B and C?",
    "Have you lost a driving licence of class B?",
    "Do you hold no driving licence of class B?",
    "Do you have a master's degree in physics?",
    "Do you have a bachelor's degree in {subject}?",
    "Did you fail a bachelor's degree in physics?",
    "Do you have a doctorate in physics?",
    "How many years of {skill} experience do you have?",
    "How many years have you managed people?",
    "How many years of experience do you have leading Python teams?",
    "How many years of Python experience do you have as a contractor?",
    "Do you have at least {n} years of Python experience?",
    "Are you certified in Python?",
    "Do you hold a security clearance?",
    "Have you ever been convicted of a felony?",
    "Do you have a disability?",
    "What is your race?",
    "Are you a veteran?",
    "How did you hear about {other}?",
    "Who told you about us?",
    "Do you speak {language} fluently?",
    "Are you at least 18 years of age?",
    "Did you use AI to write this?",
)
FILLED = {
    "other": ("Austria", "the US", "France", "Norway", "Utopia"),
    "n": ("4", "6", "12"),  # up to three the CV says yes, and more it does not deny
    "letter": ("A", "C", "D"),
    "subject": ("chemistry", "biology", "law"),
    "skill": ("Rust", "Kubernetes", "leadership", "sterile technique", "Java"), "language": ("German", "French", "Norwegian"),
}  # fmt: skip
CASES = ((), ("Yes", "No"), ("Ja", "Nein"), ("Less than 2", "2-4", "5+"))


def tempting_form(seed: int) -> Form:
    """Ten questions that look like ones that were answered, and one that was."""
    drawn = random.Random(seed)
    fields = []
    for number, wording in enumerate(drawn.sample(TEMPTING, 10)):
        label = wording.format(**{name: drawn.choice(values) for name, values in FILLED.items()})
        for _ in range(drawn.randrange(3)):
            label = drawn.choice(
                (str.lower, lambda text: f"{text} *", lambda text: f"Please tell us: {text}", lambda text: text.replace("?", " ?"))
            )(label)
        options = drawn.choice(CASES)
        kind = "yes_no" if len(options) == 2 else "single" if options else drawn.choice(("text", "long_text", "number"))
        fields.append(Field(f"q{number}", label, kind, True, options, sensitive=is_sensitive(label)))  # type: ignore[arg-type]
    known = drawn.choice(CONFIRMED)
    fields.insert(
        drawn.randrange(11),
        Field(
            "known",
            known[0].upper() if drawn.random() < 0.3 else known[0],
            "yes_no" if known[2] else "text",
            True,
            known[2],
            sensitive=is_sensitive(known[0]),
        ),
    )
    return Form("generic", tuple(fields))


def test_five_hundred_forms_that_tempt_get_no_answer_that_nobody_gave() -> None:
    answers = [told(question, value, options=options, country=country) for question, value, options, country in CONFIRMED]
    given, answered = [], 0
    for seed in range(500):
        found, left = answer_form(tempting_form(seed), CV, answers, today=TODAY, country="DE")
        assert len(found) + len(left) == 11
        answered += sum(one.field.id == "known" for one in found)
        given += [(seed, one.field.label, one.value) for one in found if one.field.id != "known"]
    assert given == []
    assert answered == 500, "what was confirmed is answered"


def test_the_forms_would_tempt_one_who_only_compares_words() -> None:
    from rapidfuzz import fuzz

    tempted = sum(
        any(fuzz.token_set_ratio(folded(field.label), folded(question)) > 85 for question, *_ in CONFIRMED)
        for seed in range(50)
        for field in tempting_form(seed).fields
        if field.id != "known"
    )
    assert tempted > 100
