"""Questions that many forms ask, by their common wordings, so that a person is asked each once.

A wording counts whole: what says more, less or the opposite is another question. ``{country}`` stands for a country's name, or for the
job's own in words. Sensitive questions are known by these wordings exactly; others may also be worded a little differently
(``same_question``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import pycountry
from rapidfuzz import fuzz

from rolecall.applying.forms.form_wording import folded


@dataclass(frozen=True, slots=True)
class Canonical:
    """One question.

    :param key: its name in the bank
    :param wordings: the ways to ask it
    :param opposite: the ways to ask for its contrary: yes there is no here
    :param by_country: an answer holds for one country only
    :param sensitive: matched exactly, never nearly
    """

    key: str
    wordings: tuple[str, ...]
    opposite: tuple[str, ...] = ()
    by_country: bool = False
    sensitive: bool = False


QUESTIONS = (
    Canonical(
        "work_permit",
        (
            "are you legally authorized to work in {country}",
            "are you authorized to work in {country}",
            "are you legally eligible to work in {country}",
            "are you eligible to work in {country}",
            "are you legally allowed to work in {country}",
            "do you have the right to work in {country}",
            "do you have a valid work permit for {country}",
            "are you legally authorized to work in the country where this job is located",
            "do you have a valid work permit for the country where the role is based",
            "hast du eine arbeitserlaubnis für {country}",
            "haben sie eine arbeitserlaubnis für {country}",
            "avez vous le droit de travailler en {country}",
        ),
        by_country=True,
        sensitive=True,
    ),
    Canonical(
        "sponsorship",
        (
            "will you now or in the future require sponsorship for employment visa status",
            "will you now or in the future require visa sponsorship",
            "will you now or in the future require sponsorship",
            "do you require visa sponsorship",
            "do you need visa sponsorship",
            "do you require sponsorship to work in {country}",
            "do you need a visa to work in {country}",
            "will you now or in the future require sponsorship for employment in {country}",
        ),
        (
            "are you able to work in {country} without visa sponsorship",
            "can you work in {country} without sponsorship",
        ),
        by_country=True,
        sensitive=True,
    ),
    Canonical(
        "salary",
        (
            "what are your salary expectations",
            "what is your salary expectation",
            "salary expectations",
            "salary expectation",
            "expected salary",
            "desired salary",
            "gehaltsvorstellung",
            "was ist deine gehaltsvorstellung",
            "prétentions salariales",
            "expectativa salarial",
        ),
        by_country=True,
        sensitive=True,
    ),
    Canonical("gender", ("gender", "what is your gender", "geschlecht"), sensitive=True),
    Canonical("ethnicity", ("race", "ethnicity", "race ethnicity", "what is your race ethnicity"), sensitive=True),
    Canonical("veteran", ("veteran status", "are you a veteran"), sensitive=True),
    Canonical("disability", ("disability status", "do you have a disability"), sensitive=True),
    Canonical("pronouns", ("pronouns", "what are your pronouns", "preferred pronouns"), sensitive=True),
    Canonical("birthday", ("birthday", "birth date", "date of birth", "geburtsdatum"), sensitive=True),
    Canonical("nationality", ("nationality", "what is your nationality", "staatsangehörigkeit"), sensitive=True),
    Canonical(
        "notice_period",
        (
            "notice period",
            "what is your notice period",
            "what is your current notice period",
            "how long is your notice period",
            "kündigungsfrist",
            "préavis",
        ),
    ),
    Canonical(
        "start_date",
        (
            "available from",
            "earliest start date",
            "what is your earliest start date",
            "when can you start",
            "when could you start",
            "when are you available to start",
            "desired start date",
            "frühester eintrittstermin",
            "verfügbar ab",
            "eintrittstermin",
            "date de disponibilité",
        ),
    ),
    Canonical(
        "heard",
        (
            "how did you hear about us",
            "how did you hear about this job",
            "how did you hear about this position",
            "how did you hear about this role",
            "where did you hear about us",
            "how did you find us",
            "wie bist du auf uns aufmerksam geworden",
            "wie sind sie auf uns aufmerksam geworden",
        ),
    ),
    Canonical(
        "relocate", ("are you willing to relocate", "are you open to relocation", "would you be willing to relocate", "umzugsbereit")
    ),
    Canonical("travel", ("are you willing to travel", "willing to travel", "reisebereitschaft")),
    Canonical("linkedin", ("linkedin", "linkedin profile", "linkedin url", "linkedin profile url", "please provide your linkedin profile")),
    Canonical("github", ("github", "github url", "github profile")),
    Canonical("website", ("website", "portfolio", "personal website", "portfolio url", "website url", "other website")),
    Canonical("employer", ("current company", "current employer", "who is your current employer")),
)

HERE = ("the country where this job is located", "the country where the role is based")
ALSO_CALLED = {
    "the us": "US",
    "the usa": "US",
    "us": "US",
    "usa": "US",
    "u s": "US",
    "the u s": "US",
    "america": "US",
    "the united states": "US",
    "the united states of america": "US",
    "the uk": "GB",
    "uk": "GB",
    "the united kingdom": "GB",
    "britain": "GB",
    "england": "GB",
    "deutschland": "DE",
    "österreich": "AT",
    "die schweiz": "CH",
    "frankreich": "FR",
    "allemagne": "DE",
    "the netherlands": "NL",
    "france": "FR",
}


@cache
def country_code(name: str) -> str:
    """The two letters of a country's name as folded words; ``""`` where it is none."""
    if name in ALSO_CALLED:
        return ALSO_CALLED[name]
    try:
        found = pycountry.countries.lookup(name.removeprefix("the ")) if len(name) > 3 else None
    except LookupError:
        return ""
    return str(found.alpha_2) if found else ""


class Wording(NamedTuple):
    """One way to ask: the words before and behind a country's name, where it has one."""

    before: str
    behind: str
    has_country: bool
    question: Canonical
    contrary: bool


@cache
def known_wordings() -> tuple[Wording, ...]:
    """Every wording, with what it asks and whether it asks for the contrary."""
    made = []
    for one in QUESTIONS:
        for contrary, wordings in ((False, one.wordings), (True, one.opposite)):
            for wording in wordings:
                before, country, behind = folded(wording.replace("{country}", "xcountryx")).partition("xcountryx")
                made.append(Wording(before, behind, bool(country), one, contrary))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a question asks: a canonical one or itself, for which country, and whether it asks for the contrary."""

    key: str
    country: str = ""
    contrary: bool = False
    sensitive: bool = False
    canonical: bool = False


def meant(label: str, *, country: str, sensitive: bool) -> Meant:
    """What a label asks, exactly.

    :param country: the job's, two letters; ``""``: not known
    """
    words = folded(label)
    for wording in known_wordings():
        if not wording.has_country and words != wording.before:
            continue
        if wording.has_country and not (
            len(words) > len(wording.before + wording.behind) and words.startswith(wording.before) and words.endswith(wording.behind)
        ):
            continue
        where = words[len(wording.before) : len(words) - len(wording.behind)] if wording.has_country else ""
        named = country if not where or where in HERE else country_code(where)
        if where and not named:
            continue
        one = wording.question
        return Meant(one.key, named if one.by_country else "", wording.contrary, one.sensitive or sensitive, canonical=True)
    return Meant(f"text:{words}"[:600], "", False, sensitive)


SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "is",
        "are",
        "be",
        "been",
        "being",
        "do",
        "does",
        "have",
        "has",
        "you",
        "your",
        "yours",
        "me",
        "it",
        "this",
        "that",
        "these",
        "those",
        "of",
        "to",
        "for",
        "at",
        "by",
        "please",
        "kindly",
        "tell",
        "let",
        "know",
        "give",
        "provide",
        "share",
        "state",
        "enter",
        "describe",
        "any",
        "there",
        "with",
        "on",
        "in",
        "currently",
        "current",
        "now",
    ]
)
"""Words that a question can have or lack and still be the same; none that turns it, counts, or names a place or a time."""
KEPT_APART = frozenset(["how", "many", "much", "when", "where", "which", "who", "why", "what"])
TURNING = frozenset(
    [
        "not",
        "no",
        "never",
        "none",
        "nobody",
        "without",
        "neither",
        "nor",
        "unable",
        "unwilling",
        "refuse",
        "decline",
        "except",
        "unless",
        "cannot",
        "cant",
        "dont",
        "wont",
        "isnt",
        "arent",
        "havent",
        "hasnt",
        "doesnt",
        "didnt",
        "couldnt",
        "wouldnt",
        "shouldnt",
        "non",
        "against",
        "opposed",
        "nicht",
        "kein",
        "keine",
        "keinen",
        "keiner",
        "ohne",
        "nie",
        "pas",
        "sans",
        "jamais",
        "nunca",
        "sin",
        "ninguna",
    ]
)
"""Words that turn a question."""


def content(label: str) -> tuple[str, ...]:
    """The words of a question that make it what it is, in order."""
    bare = folded(label.replace("'", "").replace("\u2019", ""))
    words = f" {bare} ".replace(" the us ", " the_us ").split()  # the country is not "us"
    return tuple(word for word in words if word not in SMALL)


def asks(label: str) -> frozenset[str]:
    """The question words of a label: "when" is not "where"."""
    return frozenset(folded(label).split()) & KEPT_APART


def same_question(one: str, other: str) -> bool:
    """Whether two ordinary questions ask the same: equal content words but for spelling, the same order, the same turns and numbers."""
    first, second = content(one), content(other)
    if not first or not second or len(first) != len(second):
        return first == second and bool(first)
    if [word in TURNING for word in first] != [word in TURNING for word in second]:
        return False
    return asks(one) == asks(other) and all(_same_word(left, right) for left, right in zip(first, second, strict=True))


def _same_word(one: str, other: str) -> bool:
    """Equal but for a plural or a slip in a long word; names of countries are no slips."""
    if one == other or f"{one}s" == other or f"{other}s" == one:
        return True
    long = one.isalpha() and other.isalpha() and min(len(one), len(other)) >= 8
    return long and fuzz.ratio(one, other) >= 90 and not (country_code(one) or country_code(other))


def wordings_of(key: str) -> tuple[str, ...]:
    """The ways to ask a canonical question; empty for one that is none."""
    return next((one.wordings for one in QUESTIONS if one.key == key), ())
