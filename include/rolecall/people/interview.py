"""What a person who comes in is asked, and what becomes of their answers. The page, the terminal and scripts ask the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rolecall.errors import InvalidInput
from rolecall.models import Cv
from rolecall.settings import contact
from rolecall.text.html import EMPLOYMENT, employment
from rolecall.text.money import salary

ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
ANYWHERE = frozenset({"anywhere", "everywhere", "worldwide", "all"})
SURE = 0.7
"""From which certainty on what a CV says stands as it was read; below it the reader says that it is unsure."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    :param name: of the answer; of the flag, too
    :param asks: in words
    :param hint: how to answer, and what it does
    :param read: text → answer; raises :class:`InvalidInput` where it cannot be meant
    :param doubts: answer → what in it is probably not meant, a sentence each; it is taken all the same
    """

    name: str
    asks: str
    hint: str
    read: Callable[[str], Any]
    doubts: Callable[[Any], list[str]] = lambda _: []


def _text(value: str) -> str:
    return " ".join(value.split())[:300]


def _email(value: str) -> str:
    if not ADDRESS.fullmatch(value.strip()):
        raise InvalidInput("email", f"{value.strip()[:80]!r} is no e-mail address", fix="write it like ada@example.org")
    return value.strip()


def _employers(value: str) -> list[str]:
    return list(dict.fromkeys(filter(None, map(_text, value.split(";")))))


def _words(value: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (_text(one) for one in re.split(r"[,;]", value)))))


def _places(value: str) -> list[str]:
    found = dict.fromkeys(filter(None, (_text(one) for one in re.split(r";|\bor\b", value))))
    return [one for one in found if one.lower() not in ANYWHERE]


def _unknown(places: list[str]) -> list[str]:
    from rolecall.text.places.place_wishes import doubts

    return doubts(places)


def _remote(value: str) -> list[str]:
    spelled = {"home": "remote", "remote": "remote", "hybrid": "hybrid", "onsite": "onsite", "office": "onsite"}
    kinds = [spelled.get(re.sub(r"[\s-]", "", one).lower(), "") for one in _words(value)]
    if not all(kinds):
        raise InvalidInput("remote", f"{value!r} is none of remote, hybrid, onsite", fix="name one or several of them, with commas")
    return list(dict.fromkeys(kinds))


def _salary(value: str) -> dict[str, Any]:
    from rolecall.matching.score.job_wishes import yearly

    text = _text(value)
    read = salary(text)
    low = read.low if read.low is not None else read.high
    amount = yearly(low, read.interval or "year")
    bare = re.fullmatch(r"(\d{1,3}(?:[ .,’']\d{3})+|\d+)(k?)", text, re.I)
    if amount is None and bare:
        amount = float(re.sub(r"\D", "", bare[1])) * (1000 if bare[2] else 1)
    if amount is None:
        raise InvalidInput("salary", f"{text!r} is no pay we can read", fix="write a year's pay with its currency: 60000 EUR")
    return {"salaryMin": round(amount), **({"salaryCurrency": read.currency} if read.currency else {})}


def _languages(value: str) -> list[str]:
    from rolecall.matching.ads.languages import code_of

    found = _words(value)
    for one in found:
        if code_of(one) is None:
            raise InvalidInput("languages", f"{one!r} is no language we know", fix="write it in English or its own words: German, Français")
    return found


def _contract(value: str) -> list[str]:
    kinds = [employment(one) for one in _words(value)]
    if not all(kind in EMPLOYMENT for kind in kinds):
        raise InvalidInput("contract", f"{value!r} is no kind of contract we know", fix=f"name one or several of {', '.join(EMPLOYMENT)}")
    return [kind for kind in dict.fromkeys(kinds) if kind]


def _yes(value: str) -> bool:
    said = value.strip().lower()
    if said not in ("y", "yes", "true", "1", "n", "no", "false", "0"):
        raise InvalidInput("apply", f"{said!r} is neither yes nor no", fix="answer yes or no")
    return said in ("y", "yes", "true", "1")


ABOUT_YOU = (
    Question("name", "Your name?", "as it stands under a letter", _text),
    Question("email", "Your e-mail address?", "messages about your search go there; it stays on this machine", _email),
    Question("work", "What work do you look for?", "job titles, with commas: data engineer, analytics engineer", _words),
    Question("places", "Where?", "with semicolons: Berlin; within 50 km of Leeds; remote in the EU. Empty: anywhere", _places, _unknown),
    Question("remote", "From home?", "remote, hybrid, onsite; several with commas. Empty: all the same to you", _remote),
    Question("salary", "What must it pay in a year, at least?", "60000 EUR. Ads that do not say stay in. Empty: no floor", _salary),
    Question("languages", "Which languages would you work in?", "German, English. Ads that ask for another are left out", _languages),
    Question("contract", "Which kind of contract?", f"{', '.join(EMPLOYMENT)}. Empty: any", _contract),
    Question("employer", "Who employs you now?", "never applied to, its jobs never shown to you; several with semicolons", _employers),
    Question("apply", "Shall Rolecall prepare applications?", "yes: each is shown to you first, and sent only after your yes", _yes),
)
"""In the order in which they are asked. Every one may be left out, and is asked again the next time."""

CONTACT_QUESTION = Question(
    "contact",
    "How can a job board reach you?",
    "an e-mail or web address, sent with each request to a board: good manners. Empty: none is sent",
    contact,
)


def from_cv(cv: Cv) -> dict[str, str]:
    """What a CV already answers, as a person would type it: only what was read for sure."""
    now = next((role for role in cv.roles if role.company and (role.end or "").strip().lower() in ("", "now", "present", "today")), None)
    read = {
        "name": cv.name if sure(cv, "name") else "",
        "email": cv.email,
        "work": cv.headline if sure(cv, "headline") else "",
        "places": cv.location if sure(cv, "location") else "",
        "employer": now.company if now and now.start else "",
    }
    return {name: value for name, value in read.items() if value}


def sure(cv: Cv, field: str) -> bool:
    """Whether the reader of a CV stands by a field."""
    return bool(getattr(cv, field, "")) and cv.sure.get(field, 1.0) >= SURE


CRITERIA = {
    "work": "keywords", "places": "locations", "remote": "remote", "languages": "languages", "contract": "employmentTypes",
    "employer": "currentEmployer",
}  # fmt: skip


def preferences_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as a merge patch of preferences; what was not answered is not in it, ``None`` takes back."""
    criteria: dict[str, Any] = {}
    for answer, criterion in CRITERIA.items():
        if answer in answers:
            criteria[criterion] = answers[answer]
    if "salary" in answers:
        criteria |= {"salaryMin": None, "salaryCurrency": None} | (answers["salary"] or {})
    patch: dict[str, Any] = {"criteria": criteria} if criteria else {}
    return patch | ({"auto_apply": answers["apply"] is True} if "apply" in answers else {}) | {"applying": {"approval": True}}


def shown(cv: Cv) -> list[str]:
    """What was read of a CV, in lines, each with how sure the reader is of it."""
    skills = ", ".join(cv.skills[:12]) + (f" and {len(cv.skills) - 12} more" if len(cv.skills) > 12 else "")
    work = "; ".join(f"{role.title} at {role.company}" if role.company else role.title for role in cv.roles[:4])
    said = {
        "name": cv.name, "headline": cv.headline, "location": cv.location, "email": cv.email,
        "years": f"{cv.years:g}" if cv.years is not None else "", "roles": work, "skills": skills, "languages": ", ".join(cv.languages),
    }  # fmt: skip
    lines = [f"  {SAID_OF[field]:<14} {text or 'not found'}{_how_sure(cv, field) if text else ''}" for field, text in said.items()]
    return lines + [f"  {'mind':<14} {warning}" for warning in cv.warnings]


SAID_OF = {
    "name": "name", "headline": "headline", "location": "place", "email": "e-mail", "years": "years of work", "roles": "work",
    "skills": "skills", "languages": "languages",
}  # fmt: skip


def _how_sure(cv: Cv, field: str) -> str:
    degree = cv.sure.get(field)
    if degree is None:
        return ""
    return "  (sure)" if degree >= 0.9 else "  (fairly sure)" if degree >= SURE else f"  (not sure: {degree:.0%})"
