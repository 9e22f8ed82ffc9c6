"""What a form is answered with: the person's own answers and what their CV says. What neither says is left open, and asked.

1. what is the person's and stands in the CV: name, address, links, files, years with a skill
2. the person's own answer to this very question, its options and its country
3. for an ordinary question, their answer to the same one in other words
4. for a sensitive one, "prefer not to say" where they allowed that and it is offered
5. nothing: a required question is open, another one stays empty
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rolecall.applying.answers import bank
from rolecall.applying.answers.bank import Answer
from rolecall.applying.answers.canonical import Meant, canonical_meaning, same_question, wordings_of
from rolecall.applying.answers.skill_years import goes_on, least_years_asked, option_of, skill_asked, years_with
from rolecall.applying.forms.form_model import Field, Form
from rolecall.applying.forms.form_wording import CONSENT, NO, NOT_NEEDED, YES, folded
from rolecall.models import Cv

SURE = 0.8
"""How sure the reader of the CV must be of what a form is told."""

Source = Literal["confirmed", "cv", "file", "declined", "consent"]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to a field.

    :param source: who says so: the person, their CV, a file of theirs, their wish to decline, their standing permission
    """

    field: Field
    value: str | tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that only the person can answer, and why."""

    field: Field
    why: str


CONTACT_WORDINGS: tuple[tuple[str, frozenset[str]], ...] = (
    ("first_name", frozenset({"first name", "first", "given name", "vorname", "prénom", "nombre", "nome", "forename"})),
    ("last_name", frozenset({"last name", "last", "surname", "family name", "nachname", "nom", "apellidos", "apellido", "cognome"})),
    (
        "name",
        frozenset({"name", "full name", "your name", "your full name", "legal name", "nome completo", "nom complet", "vollständiger name"}),
    ),
    (
        "email",
        frozenset(
            {
                "email",
                "e mail",
                "email address",
                "e mail address",
                "your email",
                "e mail adresse",
                "confirm your email",
                "correo electrónico",
            }
        ),
    ),
    (
        "phone",
        frozenset(
            {
                "phone",
                "phone number",
                "mobile",
                "mobile phone",
                "telephone",
                "telefon",
                "telefonnummer",
                "téléphone",
                "teléfono",
                "mobile number",
                "mobile phone number",
                "cell phone",
                "cell phone number",
                "telephone number",
                "contact number",
                "your phone number",
                "handynummer",
                "mobilnummer",
                "numéro de téléphone",
                "teléfono móvil",
                "número de teléfono",
            }
        ),
    ),
    (
        "location",
        frozenset(
            {
                "current location",
                "city",
                "location city",
                "home city",
                "where are you based",
                "where are you currently based",
                "where are you located",
                "where do you live",
                "city of residence",
                "stadt",
                "ort",
                "wohnort",
                "ville",
                "ciudad",
            }
        ),
    ),
)
LINKS = {"linkedin": "linkedin.com/", "github": "github.com/"}
RESUME = re.compile(r"resume|résumé|\bcv\b|lebenslauf|curriculum|currículum", re.I)
LETTER = re.compile(r"cover ?letter|anschreiben|lettre de motivation|motivation letter|carta de presentación", re.I)
DECLINE = re.compile(
    r"prefer not|not to (say|answer|disclose)|(decline|choose not|don[’']t wish|do not wish|don[’']t want"
    r"|do not want) to|rather not|keine angabe|möchte ich nicht|ne souhaite pas|prefiero no",
    re.I,
)


def answer_form(
    form: Form, cv: Cv, answers: Iterable[Answer], *, today: date, country: str = "", letter: str = ""
) -> tuple[list[Given], list[OpenQuestion]]:
    """What a form is answered with, and what is open: required questions that nobody but the person can answer.

    :param country: the job's, two letters
    :param letter: the letter of this application, for a field that takes one
    """
    known = list(answers)
    given: list[Given] = []
    left: list[OpenQuestion] = []
    for field in form.questions:
        found = answer_field(field, cv, known, today=today, country=country, letter=letter)
        if isinstance(found, Given):
            given.append(found)
        elif found is not None and field.required:
            left.append(found)
    return given, left


def answer_field(
    field: Field, cv: Cv, answers: Sequence[Answer], *, today: date, country: str = "", letter: str = ""
) -> Given | OpenQuestion | None:
    """One field's answer; ``None``: it is nothing that is answered."""
    if field.kind == "hidden":
        return None
    if field.kind == "file":
        return _file(field, letter)
    if field.kind == "consent":
        return _consent(field, answers)
    said = canonical_meaning(field.label, country=country, sensitive=field.sensitive)
    kept = _kept(field, said, answers)
    if not field.sensitive and (kept is None or kept.question != said.key):  # what the person said to this very question outranks the CV
        found = _from_cv(field, cv, today)
        if found is not None:
            return found
    if kept is not None:
        if kept.state == "never":
            return OpenQuestion(field, "you said that you will not answer this")
        value = _as_offered(field, kept, contrary=said.contrary)
        if value is not None:
            return Given(field, value, "confirmed")
        return OpenQuestion(field, "your answer to this is none of what can be chosen here")
    if said.sensitive:
        refusal = next((option for option in field.options if DECLINE.search(option)), None)
        if refusal and any(one.question == bank.DECLINING and one.state == "confirmed" for one in answers):
            return Given(field, refusal, "declined")
        return OpenQuestion(field, "only you can answer this")
    if said.key in NOW and field.kind == "text" and (now := _now(cv, said.key)):
        return Given(field, now, "cv")
    if said.key in LINKS and (link := next((one for one in cv.links if LINKS[said.key] in one), "")):
        return Given(field, link, "cv")
    return OpenQuestion(field, "you have not been asked this before")


def _from_cv(field: Field, cv: Cv, today: date) -> Given | OpenQuestion | None:
    """Name, address and years of work; ``None``: it asks for something else."""
    if own := _contact(field, cv):
        return Given(field, own, "cv")
    if skill := skill_asked(field.label):
        return _years(field, cv, skill, today)
    if field.kind in ("yes_no", "single") and (least := least_years_asked(field.label)):
        return _has_years(field, cv, *least, today)
    return None


NOW = ("employer", "job_title")


def _now(cv: Cv, what: str) -> str:
    """Employer or title of the one role that goes on; empty where there is none, or several, or the CV does not name it surely."""
    going_on = [number for number, role in enumerate(cv.roles) if role.start and goes_on(role)]
    if len(going_on) != 1:
        return ""
    name = "company" if what == "employer" else "title"
    sure = cv.sure.get(f"roles[{going_on[0]}].{name}", 1.0) >= SURE
    return str(getattr(cv.roles[going_on[0]], name)) if sure else ""


def _file(field: Field, letter: str) -> Given | OpenQuestion | None:
    said = f"{field.label} {field.id}"
    if LETTER.search(said) and not RESUME.search(field.label):
        return Given(field, "letter", "file") if letter else OpenQuestion(field, "it wants a letter")
    if RESUME.search(said):
        return Given(field, "cv", "file")
    return OpenQuestion(field, "it wants a file that you have not given")


def _consent(field: Field, answers: Sequence[Answer]) -> Given | OpenQuestion | None:
    """The one tick that is needed, where the person permitted it for good; any other stays off or is asked."""
    if not field.required:
        return None
    asks_for_more = NOT_NEEDED.search(f"{field.label} {field.help}") or not CONSENT.search(f"{field.label} {field.help}")
    if not asks_for_more and any(one.question == bank.PRIVACY and one.state == "confirmed" for one in answers):
        return Given(field, "yes", "consent")
    words = folded(field.label)
    if any(one.state == "confirmed" and one.question == f"text:{words}"[:600] and folded(str(one.value)) in YES for one in answers):
        return Given(field, "yes", "confirmed")
    return OpenQuestion(field, "it wants your consent")


def _contact(field: Field, cv: Cv) -> str:
    words = folded(field.label)
    asked = next((what for what, wordings in CONTACT_WORDINGS if words in wordings), "")
    if (field.kind in ("single", "multi", "yes_no", "date", "number") and asked != "location") or field.options:
        return ""
    first, _, last = cv.name.rpartition(" ")
    own = {"name": cv.name, "email": cv.email, "phone": cv.phone, "location": cv.location if field.kind == "text" else ""}
    if len(cv.name.split()) == 2:  # of three names nobody but the person says which is the family's
        own |= {"first_name": first, "last_name": last}
    return own.get(asked, "")


def _years(field: Field, cv: Cv, skill: str, today: date) -> Given | OpenQuestion:
    years = years_with(cv, skill, today)
    if years is None:
        return OpenQuestion(field, f"your CV does not say how long you worked with {skill}")
    if field.kind in ("single", "multi"):
        option = option_of(years, field.options)
        return Given(field, option, "cv") if option else OpenQuestion(field, f"none of what can be chosen is surely {years} years")
    if field.kind in ("text", "number", "long_text"):
        return Given(field, str(years), "cv")
    return OpenQuestion(field, "you have not been asked this before")


def _has_years(field: Field, cv: Cv, least: int, skill: str, today: date) -> Given | OpenQuestion:
    """Yes where the CV shows so many years; where it does not, it may only be silent, and the person is asked."""
    years = years_with(cv, skill, today)
    yes = next((option for option in field.options or ("Yes",) if folded(option) in YES), "")
    if years is not None and years >= least and yes:
        return Given(field, yes, "cv")
    return OpenQuestion(field, f"your CV does not say that you worked {least} years with {skill}")


def _kept(field: Field, said: Meant, answers: Sequence[Answer]) -> Answer | None:
    """The person's answer to this question: the very one, else the same in other words where it is an ordinary one."""
    options = bank.options_key(field.options)
    exact = [one for one in answers if one.question == said.key and one.country == said.country and one.options in ("", options)]
    if said.sensitive and not said.canonical:
        exact = [one for one in exact if one.options == options]
    if exact:
        return max(exact, key=lambda one: (one.options == options, len(one.options)))
    if said.sensitive or said.contrary:
        return None
    alike = {
        (one.question, one.country): one
        for one in answers
        if one.options in ("", options)
        and one.country in ("", said.country)
        and any(
            same_question(field.label, wording)
            for wording in ((one.asked,) if one.question.startswith("text:") else wordings_of(one.question))
        )
    }
    values = {str(one.value).casefold() for one in alike.values()}
    return next(iter(alike.values())) if len(values) == 1 else None  # two that fit and differ: nobody knows which is meant


def _as_offered(field: Field, kept: Answer, *, contrary: bool) -> str | tuple[str, ...] | None:
    """The answer as this form can take it; ``None``: it cannot."""
    values = kept.value if isinstance(kept.value, tuple) else (kept.value,)
    if contrary:
        turned = [("no" if folded(one) in YES else "yes" if folded(one) in NO else "") for one in values]
        if len(turned) != 1 or not turned[0]:
            return None
        values = (turned[0],)
    if field.kind in ("single", "multi", "yes_no") and (field.options or field.kind == "yes_no"):
        chosen = [next((option for option in field.options or ("Yes", "No") if _same_choice(option, one)), None) for one in values]
        if None in chosen or (field.kind != "multi" and len(chosen) != 1):
            return None
        return tuple(str(one) for one in chosen) if field.kind == "multi" else chosen[0]
    if field.kind in ("single", "multi"):
        return values if field.kind == "multi" else values[0] if len(values) == 1 else None
    text = ", ".join(values)
    if field.kind == "number" and not re.fullmatch(r"\d+(?:[.,]\d+)?", text.strip()):
        return None
    if field.kind == "date" and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        return None
    return text if not field.max_length or len(text) <= field.max_length else None


def _same_choice(option: str, value: str) -> bool:
    """Whether an option is the answer: in the same words, or both a plain yes or a plain no."""
    one, other = folded(option), folded(value)
    return one == other or (one in YES and other in YES) or (one in NO and other in NO)
