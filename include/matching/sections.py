"""The parts of an ad, told by their headings in English, German, French and Spanish."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal["must", "nice", "duties", "offer", "other"]


class Section(NamedTuple):
    """A part of a text, from ``start`` to the next part."""

    start: int
    kind: Kind


HEADING = re.compile(
    r"(?m)(?:^|(?<=[.!?)*] ))[^\S\n]*(?P<bullet>[-–•*·▪◦►✓]\s*)?[^\w\n]*(?P<head>\w[^\n:!?]{1,60}?)[^\w\n:]*(?P<colon>:)?(?(colon)|[?!]?[^\S\n]*$)"
)
"""A short line, or the beginning of a sentence up to a colon."""

KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "nice",
        re.compile(
            r"^(?:nice[ -]to[ -]have|preferred|desired|desirable|bonus|good to have|it'?s a plus|a plus|plus|extra credit|optional|advantageous|"
            r"would be (?:a plus|great|nice)|what would be|wünschenswert|von vorteil|idealerweise|pluspunkte|les plus|atouts|souhait|deseable|"
            r"se valora|valorable|additional qualifications)",
            re.I,
        ),
    ),
    (
        "must",
        re.compile(
            r"^(?:(?:the|your|our|key|minimum|basic|essential|job|role|core|main|technical|required|mandatory|position|general|candidate) )*"
            r"(?:requirements?|qualifications?|must[ -]haves?|essentials?|skills?|experience|profile|competenc\w+|knowledge|criteria|education|credentials?)\b|"
            r"^(?:required|you have|you bring|you are|you'll need|you will need|who you are|about you|what (?:you|we)(?:'ll| will)? ?(?:need|bring|have|look|are looking|require|expect)\w*|"
            r"what we(?:'re| are) looking for|we(?:'re| are) looking for|to succeed|you(?:'d| would) be a (?:great|good)|ideal candidate|the ideal candidate|who we(?:'re| are) looking for|"
            r"(?:ihr|dein|das|unser) ?(?:profil|anforderung\w*)|anforderungen|qualifikation\w*|voraussetzungen|was (?:du|sie) mitbring\w*|das bring\w+|"
            r"(?:votre |le )?profil|compétences|expérience|prérequis|requisitos|perfil|tu perfil|formación|qué buscamos|lo que buscamos)",
            re.I,
        ),
    ),
    (
        "duties",
        re.compile(
            r"^(?:(?:the|your|key|main|job|role|primary|essential|core) )*(?:responsibilit\w+|duties|tasks|role|position|job|mission|accountabilities|functions)\b|"
            r"^(?:what you(?:'ll| will)? (?:do|be doing)|you will|in this role|day[ -]to[ -]day|a day in|about the (?:role|job|position|team)|job description|overview|summary|"
            r"(?:ihre |deine |das sind )?aufgaben|tätigkeiten|(?:vos |tes |les )?missions?|(?:tus |las )?funciones|responsabilidades|qué harás|descripción)",
            re.I,
        ),
    ),
    (
        "offer",
        re.compile(
            r"^(?:about (?:us|the company|our|\w+$)|who we are|our (?:company|story|mission|values|culture)|the company|company description|benefits?|perks|what we offer|we offer|why (?:us|join|work|you)|"
            r"compensation|salary|pay|what's in it|our offer|how to apply|equal opportunit\w+|eeo|"
            r"über uns|wir bieten|unser angebot|das bieten wir|was wir bieten|benefits|nous offrons|avantages|qui sommes|à propos|ofrecemos|qué ofrecemos|beneficios|sobre nosotros|quiénes somos)",
            re.I,
        ),
    ),
)
STOP = re.compile(r"[.;!?](?:\s|$)|\n")
MAX_SENTENCE = 400


def sections(text: str) -> list[Section]:
    """The parts in order; the first starts at 0, without a heading."""
    found = [Section(0, "other")]
    for heading in HEADING.finditer(text):
        if heading["bullet"] and not heading["colon"]:
            continue
        head = heading["head"].replace("’", "'")
        kind = next((kind for kind, pattern in KINDS if pattern.match(head)), None)
        if kind and (heading["colon"] or len(head.split()) <= 7):
            found.append(Section(heading.start("head"), kind))
    return found


def sentence(text: str, start: int, end: int, least: int) -> tuple[int, int]:
    """The span of the sentence or line around a span, not before ``least``."""
    first = least
    for stop in STOP.finditer(text, max(least, start - MAX_SENTENCE), start):
        first = stop.end()
    last = STOP.search(text, end, min(len(text), end + MAX_SENTENCE))
    return first, last.start() if last else min(len(text), end + MAX_SENTENCE)
