"""The parts of an ad, told by their headings in English, German, French and Spanish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal, NamedTuple

Kind = Literal["must", "nice", "duties", "offer", "other"]


class Section(NamedTuple):
    """A part of a text, from ``start`` to the next part."""

    start: int
    kind: Kind


HEADING = re.compile(
    r"(?m)(?:^|(?<=[.!?)*] ))[^\S\n]*+(?P<bullet>[-–•*·▪◦►✓]\s*+)?[^\w\n]{0,100}+"
    r"(?P<head>\w[^\n:!?]{1,60}?)[^\w\n:]*+(?P<colon>:)?(?(colon)|$)"
)
"""A short line, or the beginning of a sentence up to a colon."""

NICE = r"""^(?:nice[ -]to[ -]have|preferred|desired|desirable|bonus|good\ to\ have|it'?s\ a\ plus|a\ plus|plus|optional
|extra\ credit|advantageous|would\ be\ (?:a\ plus|great|nice)|additional\ qualifications
|it\ helps|even\ better|ideally|extra\ points|you\ might\ also
|wünschenswert|von\ vorteil|idealerweise|pluspunkte|das\ wäre\ ein\ plus|ein\ plus|schön\ wäre
|les\ plus|atouts|souhait|ce\ serait\ un|un\ plus
|deseable|se\ valora|valorable|sería\ un\ plus|un\ plus)"""

MUST = r"""^(?:(?:the|your|our|key|minimum|basic|essential|job|role|core|main|technical|required|mandatory|position|general|candidate)\ )*
(?:requirements?|qualifications?|must[ -]haves?|essentials?|skills?|experience|profile|competenc\w+|knowledge|criteria|education)\b
|^(?:required|you\ have|you\ bring|you\ are|you'll\ need|you\ will\ need|who\ you\ are|about\ you|to\ succeed
|what\ (?:you|we)(?:'ll|\ will)?\ ?(?:need|bring|have|look|are\ looking|require|expect)\w*|what\ we(?:'re|\ are)\ looking\ for
|we(?:'re|\ are)\ looking\ for|who\ we(?:'re|\ are)\ looking\ for|you(?:'d|\ would)\ be\ a\ (?:great|good)|(?:the\ )?ideal\ candidate
|(?:ihr|dein|das|unser)\ ?(?:profil|anforderung\w*)|anforderungen|qualifikation\w*|voraussetzungen
|was\ (?:du|sie)\ mitbring\w*|das\ bring\w+|(?:was|das)\ (?:wir\ )?(?:erwarten|suchen)\ ?(?:wir)?$|das\ solltest
|(?:votre\ |le\ )?profil|compétences|expérience|prérequis|ce\ que\ nous\ (?:attendons|cherchons|recherchons)
|requisitos|(?:tu\ )?perfil|formación|(?:lo\ )?qu[eé]\ buscamos)"""

DUTIES = r"""^(?:(?:the|your|key|main|job|role|primary|essential|core)\ )*
(?:responsibilit\w+|duties|tasks|role|position|job|mission|accountabilities|functions)\b
|^(?:what\ you(?:'ll|\ will)?\ (?:do|be\ doing)|you\ will|in\ this\ role|day[ -]to[ -]day|a\ day\ in
|what\ the\ (?:job|role|position)\ (?:involves|is)|about\ the\ (?:role|job|position|team)|job\ description|overview|summary
|(?:ihre\ |deine\ |das\ sind\ )?aufgaben|tätigkeiten|das\ erwartet\ (?:sie|dich)|was\ (?:sie|du)\ bei\ uns\ tu
|(?:vos\ |tes\ |les\ )?missions?|ce\ que\ vous\ ferez|le\ poste
|(?:tus\ |las\ )?funciones|responsabilidades|qué\ harás|descripción)"""

OFFER = r"""^(?:about\ (?:us|the\ company|our|\w+$)|who\ we\ are|our\ (?:company|story|mission|values|culture)|the\ company
|company\ description|benefits?|perks|what\ we\ offer|we\ offer|why\ (?:us|join|work|you)|compensation|salary|pay
|in\ return|what's\ in\ it|our\ offer|how\ to\ apply|equal\ opportunit\w+|eeo
|über\ uns|wir\ bieten|unser\ angebot|das\ bieten\ wir|was\ wir\ bieten|darauf\ (?:können|kannst)
|(?:ce\ que\ )?nous\ offrons|pourquoi\ nous|avantages|qui\ sommes|à\ propos
|(?:qué\ )?ofrecemos|beneficios|sobre\ nosotros|quiénes\ somos)"""

FLAGS = re.IGNORECASE | re.VERBOSE
KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("nice", re.compile(NICE, FLAGS)),
    ("must", re.compile(MUST, FLAGS)),
    ("duties", re.compile(DUTIES, FLAGS)),
    ("offer", re.compile(OFFER, FLAGS)),
)
"""Beginnings of headings, in the order in which they are tried."""

STOP = re.compile(r"[.;!?](?:\s|$)|\n")
PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
LINE = re.compile(r"[^\n]+")
BULLET = re.compile(r"\s*(?:[-–•*·▪◦►✓]|\d{1,2}[.)])\s")
MAX_SENTENCE = 400
MAX_LIST, MAX_PARAGRAPH = 200, 5_000
"""Lines under a heading, and characters behind one in a paragraph, among which the end of what it speaks for is looked for."""

MAX_HEADING = 90
"""Characters of a line that can be a heading as a whole."""


def sections(text: str) -> list[Section]:
    """The parts in order; the first starts at 0, without a heading.

    A heading reaches to the next one; but a list under a heading ends where prose begins again, and a heading inside a paragraph
    (``Nice to have: A, B.``) speaks for that paragraph alone.
    """
    found = [Section(0, "other")]
    for heading in _headings(text):
        if heading["bullet"] and not heading["colon"]:
            continue
        head = heading["head"].replace("’", "'")
        kind = next((kind for kind, pattern in KINDS if pattern.match(head)), None)
        if kind and (heading["colon"] or len(head.split()) <= 7):
            found.append(Section(heading.start("head"), kind))
            if kind in ("must", "nice") and (end := _end_of_list(text, heading.end())) is not None:
                found.append(Section(end, "other"))
    found.sort(key=lambda section: section.start)
    return found


def _end_of_list(text: str, start: int) -> int | None:
    """Where what stands under a heading ends, if that is plain: prose after bullets, or the paragraph's end."""
    line_end = text.find("\n", start)
    if line_end < 0:
        return None
    if text[start:line_end].strip():
        gap = PARAGRAPH.search(text, start, start + MAX_PARAGRAPH)
        return gap.end() if gap else None
    listed = False
    for line in islice(LINE.finditer(text, line_end + 1), MAX_LIST):
        if BULLET.match(line[0]):
            listed = True
        elif line[0].strip():
            return line.start() if listed and PARAGRAPH.search(text, max(0, line.start() - 3), line.start() + 1) else None
    return None


def _headings(text: str) -> Iterator[re.Match[str]]:
    """Matches of :data:`HEADING`, in the lines that can have one: short ones and those with a colon."""
    start = 0
    for line in text.split("\n"):
        if 1 < len(line) <= MAX_HEADING or ":" in line:
            yield from HEADING.finditer(text, start, start + len(line))
        start += len(line) + 1


def sentence(text: str, start: int, end: int, least: int) -> tuple[int, int]:
    """The span of the sentence or line around a span, not before ``least``."""
    first = least
    for stop in STOP.finditer(text, max(least, start - MAX_SENTENCE), start):
        first = stop.end()
    last = STOP.search(text, end, min(len(text), end + MAX_SENTENCE))
    return first, last.start() if last else min(len(text), end + MAX_SENTENCE)
