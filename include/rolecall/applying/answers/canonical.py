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
            "current notice period",
            "length of notice period",
            "length of your notice period",
            "what notice period do you have",
            "what notice do you have to give",
            "what notice do you need to give",
            "how much notice do you need to give",
            "how much notice do you have to give",
            "how much notice must you give",
            "how much notice are you required to give",
            "what notice are you required to give",
            "what notice are you required to give your current employer",
            "how much notice do you have to give your current employer",
            "how much notice must you give your current employer",
            "wie lange ist ihre kündigungsfrist",
            "wie lang ist ihre kündigungsfrist",
            "wie lange ist deine kündigungsfrist",
            "welche kündigungsfrist haben sie",
            "welche kündigungsfrist hast du",
            "ihre kündigungsfrist",
            "deine kündigungsfrist",
            "quel est votre préavis",
            "durée de préavis",
            "durée du préavis",
            "durée de votre préavis",
            "quelle est la durée de votre préavis",
            "período de preaviso",
            "periodo de preaviso",
            "plazo de preaviso",
            "cuál es tu periodo de preaviso",
            "cuál es su periodo de preaviso",
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
            "when is the earliest you could start",
            "when is the earliest you can start",
            "how soon can you start",
            "how soon could you start",
            "date available",
            "date available for work",
            "available start date",
            "start date",
            "earliest possible start date",
            "earliest start",
            "when would you be able to start",
            "when would you be available to start",
            "when are you able to start",
            "when could you start work",
            "when can you start work",
            "from when are you available",
            "when are you available",
            "ab wann sind sie verfügbar",
            "ab wann bist du verfügbar",
            "ab wann können sie anfangen",
            "ab wann kannst du anfangen",
            "ab wann können sie starten",
            "ab wann kannst du starten",
            "wann können sie anfangen",
            "wann können sie beginnen",
            "wann kannst du anfangen",
            "wann kannst du starten",
            "frühestmöglicher eintrittstermin",
            "frühestmögliches eintrittsdatum",
            "frühestes eintrittsdatum",
            "frühestmöglicher starttermin",
            "frühester starttermin",
            "möglicher eintrittstermin",
            "eintrittsdatum",
            "à partir de quand êtes vous disponible",
            "quand pouvez vous commencer",
            "quand pourriez vous commencer",
            "quelle est votre date de disponibilité",
            "fecha de incorporación",
            "fecha de disponibilidad",
            "cuándo podrías empezar",
            "cuándo puedes empezar",
            "cuándo podría empezar",
            "cuándo podrías incorporarte",
            "cuándo puedes incorporarte",
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
            "how did you hear about this vacancy",
            "how did you hear about this opportunity",
            "how did you hear about the job",
            "how did you hear about the position",
            "how did you hear about the role",
            "how did you hear about the vacancy",
            "how did you first hear about us",
            "how did you first hear about this job",
            "how did you first hear about this position",
            "how did you first hear about this role",
            "how did you first hear about this vacancy",
            "how did you first hear about this opportunity",
            "how did you first hear about the job",
            "how did you first hear about the position",
            "how did you first hear about the role",
            "how did you first hear about the vacancy",
            "how did you find out about us",
            "how did you find out about this job",
            "how did you find out about this position",
            "how did you find out about this role",
            "how did you find out about this vacancy",
            "how did you find out about this opportunity",
            "how did you find out about the job",
            "how did you find out about the position",
            "how did you find out about the role",
            "how did you find out about the vacancy",
            "how did you learn about us",
            "how did you learn about this job",
            "how did you learn about this position",
            "how did you learn about this role",
            "how did you learn about this vacancy",
            "how did you learn about this opportunity",
            "how did you learn about the job",
            "how did you learn about the position",
            "how did you learn about the role",
            "how did you learn about the vacancy",
            "where did you hear about this job",
            "where did you hear about this position",
            "where did you hear about this role",
            "where did you hear about this vacancy",
            "where did you hear about this opportunity",
            "where did you hear about the job",
            "where did you hear about the position",
            "where did you hear about the role",
            "where did you hear about the vacancy",
            "where did you first hear about us",
            "where did you first hear about this job",
            "where did you first hear about this position",
            "where did you first hear about this role",
            "where did you first hear about this vacancy",
            "where did you first hear about this opportunity",
            "where did you first hear about the job",
            "where did you first hear about the position",
            "where did you first hear about the role",
            "where did you first hear about the vacancy",
            "where did you see this job",
            "where did you see this position",
            "where did you see this role",
            "where did you see this vacancy",
            "where did you first see this job",
            "where did you first see this position",
            "where did you first see this role",
            "where did you first see this vacancy",
            "where did you find this job",
            "where did you find this position",
            "where did you find this role",
            "where did you find this vacancy",
            "how did you find this job",
            "how did you find this position",
            "how did you find this role",
            "how did you find this vacancy",
            "wie haben sie von uns erfahren",
            "wie hast du von uns erfahren",
            "wie haben sie von der stelle erfahren",
            "wie hast du von der stelle erfahren",
            "wie haben sie von dieser stelle erfahren",
            "wie hast du von dieser stelle erfahren",
            "woher kennen sie uns",
            "woher kennst du uns",
            "wo haben sie von der stelle erfahren",
            "wo hast du von der stelle erfahren",
            "comment avez vous entendu parler de nous",
            "comment avez vous connu notre entreprise",
            "comment avez vous entendu parler de ce poste",
            "comment avez vous connu cette offre",
            "comment avez vous découvert cette offre",
            "cómo nos has conocido",
            "cómo nos conociste",
            "cómo conociste esta oferta",
            "cómo te enteraste de esta oferta",
            "cómo te enteraste de esta vacante",
            "cómo has conocido esta oferta",
        ),
    ),
    Canonical(
        "relocate",
        (
            "are you willing to relocate",
            "are you open to relocation",
            "would you be willing to relocate",
            "umzugsbereit",
            "willing to relocate",
            "open to relocation",
            "are you open to relocating",
            "would you consider relocating",
            "would you consider relocation",
            "are you prepared to relocate",
            "are you willing to relocate for this role",
            "are you willing to relocate for this position",
            "are you willing to relocate for this job",
            "sind sie umzugsbereit",
            "bist du umzugsbereit",
            "sind sie bereit umzuziehen",
            "bist du bereit umzuziehen",
            "sind sie zu einem umzug bereit",
            "umzugsbereitschaft",
            "êtes vous prêt à déménager",
            "êtes vous prête à déménager",
            "seriez vous prêt à déménager",
            "disponibilidad para cambiar de residencia",
            "disponibilidad para cambio de residencia",
        ),
    ),
    Canonical(
        "travel",
        (
            "are you willing to travel",
            "willing to travel",
            "reisebereitschaft",
            "are you willing to travel for work",
            "are you prepared to travel",
            "are you willing to travel for business",
            "willingness to travel",
            "sind sie reisebereit",
            "bist du reisebereit",
            "êtes vous prêt à voyager",
            "disponibilidad para viajar",
            "tienes disponibilidad para viajar",
        ),
    ),
    Canonical(
        "linkedin",
        (
            "linkedin",
            "linkedin profile",
            "linkedin url",
            "linkedin profile url",
            "please provide your linkedin profile",
            "linkedin profile link",
            "link to your linkedin profile",
            "link to linkedin profile",
            "linkedin page",
            "linkedin account",
            "linkedin link",
            "your linkedin",
            "your linkedin profile",
            "profil linkedin",
            "perfil de linkedin",
            "linkedin profil",
            "lien linkedin",
            "lien vers votre profil linkedin",
            "link zum linkedin profil",
        ),
    ),
    Canonical(
        "github",
        (
            "github",
            "github url",
            "github profile",
            "github link",
            "github account",
            "github profile url",
            "link to your github profile",
            "link to github",
            "profil github",
            "perfil de github",
        ),
    ),
    Canonical(
        "website",
        (
            "website",
            "portfolio",
            "personal website",
            "portfolio url",
            "website url",
            "other website",
            "website or portfolio",
            "portfolio or website",
            "portfolio website",
            "portfolio link",
            "link to your portfolio",
            "link to portfolio",
            "personal website or portfolio",
            "website portfolio",
            "portfolio website url",
            "homepage",
            "site web",
            "sitio web",
        ),
    ),
    Canonical(
        "job_title",
        (
            "current job title",
            "current title",
            "current role",
            "current position",
            "what is your current job title",
            "what is your current role",
            "present job title",
            "aktuelle position",
            "aktuelle berufsbezeichnung",
            "poste actuel",
            "puesto actual",
        ),
    ),
    Canonical(
        "employer",
        (
            "current company",
            "current employer",
            "who is your current employer",
            "name of current employer",
            "present employer",
            "name of your current employer",
            "aktueller arbeitgeber",
            "derzeitiger arbeitgeber",
            "employeur actuel",
            "entreprise actuelle",
            "empresa actual",
        ),
    ),
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


def bare(words: str) -> str:
    """Folded words of an ordinary question without what only asks politely: ``please enter your notice period (optional)``.

    >>> bare("please enter your notice period optional")
    'notice period'
    """
    for tail in TAILS:
        words = words.removesuffix(tail)
    for group in (LEADS, ASKING, WHOSE):
        words = next((words.removeprefix(one) for one in group if words.startswith(one)), words)
    return words


def meant(label: str, *, country: str, sensitive: bool) -> Meant:
    """What a label asks, exactly; an ordinary one whatever politeness stands around it.

    :param country: the job's, two letters; ``""``: not known
    """
    words = folded(label)
    for wording in known_wordings():
        ordinary = not sensitive and not wording.question.sensitive
        if not wording.has_country and words != wording.before and not (ordinary and bare(words) == bare(wording.before)):
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
