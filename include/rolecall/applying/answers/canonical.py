"""Questions that many forms ask, by their common wordings, so that a person is asked each once.

A wording counts whole: what says more, less or the opposite is another question. ``{country}`` stands for a country's name, or for the
job's own in words. Sensitive questions are known by these wordings exactly; others may also be worded a little differently
(``same_question``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import pycountry
from rapidfuzz import fuzz

from rolecall.applying.answers.asked_often import QUESTIONS, Canonical
from rolecall.applying.forms.form_wording import folded

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
    """One way to ask: the words before and behind a country's name, where it has one; and what is left without politeness."""

    before: str
    behind: str
    has_country: bool
    question: Canonical
    contrary: bool
    core: str


@cache
def known_wordings() -> tuple[Wording, ...]:
    """Every wording, with what it asks and whether it asks for the contrary."""
    made = []
    for one in QUESTIONS:
        for contrary, wordings in ((False, one.wordings), (True, one.opposite)):
            for wording in wordings:
                before, country, behind = folded(wording.replace("{country}", "xcountryx")).partition("xcountryx")
                made.append(Wording(before, behind, bool(country), one, contrary, strip_politeness(before)))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a question asks: a canonical one or itself, for which country, and whether it asks for the contrary."""

    key: str
    country: str = ""
    contrary: bool = False
    sensitive: bool = False
    canonical: bool = False


LEADS = ("please ", "kindly ", "could you please ", "can you please ", "bitte ", "merci de ", "por favor ")
ASKING = (
    "enter ",
    "provide ",
    "provide us with ",
    "state ",
    "share ",
    "tell us ",
    "let us know ",
    "give ",
    "indicate ",
    "specify ",
    "add ",
    "nennen sie ",
    "indiquer ",
    "indica ",
)
WHOSE = ("what is your ", "what s your ", "what is the ", "your ", "the ", "ihr ", "ihre ", "dein ", "deine ", "votre ", "tu ", "su ")
TAILS = (
    " optional",
    " required",
    " if applicable",
    " if any",
    " if available",
    " if you have one",
    " or type n a",
    " or n a",
    " facultatif",
    " opcional",
    " freiwillig",
)


def strip_politeness(words: str) -> str:
    """Folded words of an ordinary question without what only asks politely: ``please enter your notice period (optional)``.

    >>> strip_politeness("please enter your notice period optional")
    'notice period'
    """
    for tail in TAILS:
        words = words.removesuffix(tail)
    for group in (LEADS, ASKING, WHOSE):
        words = next((words.removeprefix(one) for one in group if words.startswith(one)), words)
    return words


def canonical_meaning(label: str, *, country: str, sensitive: bool) -> Meant:
    """What a label asks, exactly; an ordinary one whatever politeness stands around it.

    :param country: the job's, two letters; ``""``: not known
    """
    words = folded(label)
    core = strip_politeness(words)
    for wording in known_wordings():
        ordinary = not sensitive and not wording.question.sensitive
        if not wording.has_country and words != wording.before and not (ordinary and core == wording.core):
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


@lru_cache(maxsize=4096)
def content_words(label: str) -> tuple[str, ...]:
    """The words of a question that make it what it is, in order."""
    bare = folded(label.replace("'", "").replace("\u2019", ""))
    words = f" {bare} ".replace(" the us ", " the_us ").split()  # the country is not "us"
    return tuple(word for word in words if word not in SMALL)


@lru_cache(maxsize=4096)
def interrogatives(label: str) -> frozenset[str]:
    """The question words of a label: "when" is not "where"."""
    return frozenset(folded(label).split()) & KEPT_APART


def same_question(one: str, other: str) -> bool:
    """Whether two ordinary questions ask the same: equal content words but for spelling, the same order, the same turns and numbers."""
    first, second = content_words(one), content_words(other)
    if not first or not second or len(first) != len(second):
        return first == second and bool(first)
    if [word in TURNING for word in first] != [word in TURNING for word in second]:
        return False
    return interrogatives(one) == interrogatives(other) and all(_same_word(left, right) for left, right in zip(first, second, strict=True))


def _same_word(one: str, other: str) -> bool:
    """Equal but for a plural or a slip in a long word; names of countries are no slips."""
    if one == other or f"{one}s" == other or f"{other}s" == one:
        return True
    long = one.isalpha() and other.isalpha() and min(len(one), len(other)) >= 8
    return long and fuzz.ratio(one, other) >= 90 and not (country_code(one) or country_code(other))


def wordings_of(key: str) -> tuple[str, ...]:
    """The ways to ask a canonical question; empty for one that is none."""
    return next((one.wordings for one in QUESTIONS if one.key == key), ())
