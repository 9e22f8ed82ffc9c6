"""Claims that are true of the CV's words, and not of the line they stand in: what one only helped with, has only begun, or has not; a
number from another line; years of something that lasted shorter; and what nobody can have done alone without the CV saying so.

A line of the CV is the unit: a sentence that speaks of what one line alone speaks of must keep what that line says about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.matching.cv.person import Person
from rolecall.matching.letters.claim_words import NUMBER_WORDS, PLAIN, SMALL_WORDS, STARTERS, folded
from rolecall.matching.letters.single_claims.leading import leads
from rolecall.matching.letters.single_claims.place_claims import DENIED, QUOTED, SLACK, YEARS, among, bases_of, numbers_of
from rolecall.matching.skills.bags import weight_of

RARE = 30
"""Rarity in tenths from which on a word says what a sentence is about."""

HELPED = re.compile(
    r"\b(?:help\w*|assist(?:s|ed|ing|ance)?|support\w*|aided|contribut\w*|particip\w*|took part|takes? part|taking part|part of|"
    r"members?|involve\w*|"
    r"shadow\w*|accompan\w*|co-\w+|had a hand|hand in|deputy|stands? in|standing in|"
    r"mitarbeit\w*|mitgearbeitet|arbeite\w* mit|mitgewirkt|mitwirk\w*|wirkte mit|mitgeholfen|unterstutz\w*|geholfen|half|helfe|mithilfe|"
    r"mitbegleit\w*|beteilig\w*|teilgenommen|teilnahme|begleit\w*|vertret\w*|stellvertret\w*|zugearbeitet|"
    r"aide\w*|aidais|aidait|assiste\w*|appui\w*|soutien|soutenu|contribu\w*|collabor\w*|membre|"
    r"ayud\w*|apoy\w*|asist\w*|colabor\w*|miembro)\b"
)
"""Not done alone, and not led."""

BEGUN = re.compile(
    r"\bin progress\b|\(ongoing|ongoing\)|\bexpected (?:in )?(?:\w+ )?20\d\d|\(expected|\bcurrently (?:studying|completing|"
    r"pursuing|enrolled)|"
    r"\bpursuing\b|\bplanned for\b|\bexam planned|\b(?:phd|doctoral|degree|master's) candidate|\bnot yet\b|\bworking towards?\b|"
    r"\bto be completed|\bbegonnen\b|\bgeplant\b|\bvoraussichtlich\b|\bangestrebt\b|\blaufend(?:es|e)? (?:studium|"
    r"weiterbildung)|\ben cours\b|"
    r"\bprevue? (?:pour|en)\b|\ben curso\b|\bcursando\b|\bprevist[oa] para\b"
)
"""How a CV says that something is not finished."""

GOES_ON = re.compile(
    BEGUN.pattern
    + r"|\b(?:study(?:ing)?|studies|doing|taking|started|began|begun|towards?|plan\w*|will|aim\w*|hop\w+|finish\w* (?:in|next)|"
    r"complet(?:e|ing) (?:it|my|this|next)|enrolled|currently|now|part-time|next year|soon|midway|mache|absolviere|besuche|"
    r"strebe|plane|werde|"
    r"derzeit|angefangen|bald|nachstes|prepare|bientot|suis|actuellement|estoy|estudi\w*|hago|pronto|actualmente)\b"
)
HAS_NOT = re.compile(
    r"\b(?:no|not|none|without|kein\w*|nicht|nein|ohne|sans|pas de|aucune?|sin|ningun\w*)\b",
)
ALONE = re.compile(
    r"\b(?:alone|single-handed\w*|on my own|by myself|all by|entire|entirely|whole (?!year)|from scratch|company-?wide|solely|sole|"
    r"allein\w*|im alleingang|eigenhandig|komplette?[nrs]?|seule?|tout\w* l[ae']|entier\w*|integral\w*|sol[oa] (?:he|hice|"
    r"me|y)|yo sol[oa]|toda la|todo el)\b"
    r"|\ball (?:the )?(?:\w+ )?(?:sites|branches|departments|locations|stores|offices|filialen|standorte)\b|\balle[nr]? "
    r"(?:filialen|standorte|mitarbeiter\w*)\b"
)
"""All of it, or nobody else: a CV that does not say so does not carry it."""

OWN_MASTER = re.compile(r"\b(?:freelanc\w*|self-employed|freiberuf\w*|selbst(?:st)?andig\w*|independant\w*|autonom[oa]\w*|owner|founder)\b")
"""Who works alone anyway."""

LICENCE_CLASS = re.compile(
    r"\b(?:permis|klasse|class|category|cat|categorie|categoria|carne|carnet)(?: de conducir| poids lourd)?[ (]+(?!de\b)([a-e]\d?e?)\b"
)


@dataclass(frozen=True, slots=True)
class CvLine:
    """One line of the CV.

    :param own: its telling words that no line without its reservation has
    """

    words: frozenset[str]
    numbers: frozenset[str]
    own: frozenset[str]
    reserved: str


class CvLines:
    """A CV by its lines."""

    def __init__(self, person: Person) -> None:
        texts = [line for line in person.text.splitlines() if line.strip()]
        self.plain = folded(person.text)
        self.all = [(frozenset(bases_of(text)), frozenset(numbers_of(text))) for text in texts]
        self.words = frozenset[str]().union(*(words for words, _ in self.all))
        self.reserved: list[CvLine] = []
        for number, text in enumerate(texts):
            for part, kind in _reserved(text):
                rest = frozenset[str]().union(
                    *(words for other, (words, _) in enumerate(self.all) if other != number),
                    bases_of(text.replace(part, " ")),
                )
                words = frozenset(bases_of(part))
                own = frozenset(word for word in words if _tells(word) and not among(word, rest) and not HELPED.fullmatch(word))
                self.reserved.append(CvLine(words, frozenset(numbers_of(part)), own, kind))
        held_back = {line for line in range(len(texts)) if any(True for _ in _reserved(texts[line]))}
        self.free = frozenset[str]().union(*(words for number, (words, _) in enumerate(self.all) if number not in held_back))
        self.spans = [
            (frozenset(bases_of(f"{role.title} {role.company} {role.text}")), role.months / 12 if role.months else None)
            for role in person.cv.roles
        ]
        self.roles = [folded(f"{role.title}. {role.text}") for role in person.cv.roles]
        self.titles = [
            (
                frozenset(bases_of(role.title)),
                int((role.start or "")[:4]),
                int((role.end or "")[:4]) if (role.end or "")[:4].isdecimal() else 9999,
            )
            for role in person.cv.roles
            if (role.start or "")[:4].isdecimal() and role.title
        ]
        self.of_roles = frozenset(
            base for number, line in enumerate(texts) for word in re.findall(r"\b[A-ZÄÖÜÉ][\w-]{3,}", line) for base in bases_of(word)
        )
        self.taught = frozenset(word for line in person.cv.education for word in bases_of(line))


def _reserved(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a line that say less than their words: ``helped``, ``begun``, ``not``."""
    if BEGUN.search(folded(text)):
        yield text, "begun"
        return
    for part in re.split(r"[;.]\s", text):
        begin = " ".join(folded(part).split()[:5])
        if HELPED.search(begin):
            yield part, "helped"
    for part in re.split(r"[;.,:|(]\s?", text):
        if len(part.split()) <= 5 and HAS_NOT.search(folded(part)):
            yield part, "not"


def _tells(word: str) -> bool:
    return (
        len(word) > 3
        and word not in PLAIN
        and word not in STARTERS
        and not word.isdecimal()
        and word not in NUMBER_WORDS
        and (word not in SMALL and weight_of(word) >= RARE)
    )


SMALL = frozenset().union(*SMALL_WORDS.values())


def reserved(sentence: str, lines: CvLines) -> Iterator[str]:
    """What the CV says with a reservation, and the sentence without."""
    plain = folded(QUOTED.sub(" ", sentence))
    words = [word for word in bases_of(QUOTED.sub(" ", sentence)) if _tells(word)]
    for line in lines.reserved:
        shared = [word for word in words if word not in lines.free and among(word, line.own)]
        if not shared:
            continue
        if line.reserved == "helped" and len(shared) < min(2, len(line.own)):
            continue
        kept = {"helped": HELPED, "begun": GOES_ON, "not": DENIED}[line.reserved]
        if not kept.search(plain) and not (line.reserved == "begun" and DENIED.search(plain)):
            yield f"{line.reserved}: {' '.join(shared[:3])}"
            return


def counted_elsewhere(sentence: str, lines: CvLines) -> Iterator[str]:
    """A number that the CV has only in lines about something else."""
    text = QUOTED.sub(" ", sentence)
    told = numbers_of(text)
    words = [word for word in bases_of(text) if _tells(word)] if told else []
    near = [numbers for line, numbers in lines.all if any(among(word, line) for word in words)]
    if not words or not near:
        return
    for number in told:
        if re.fullmatch(r"(?:19|20)\d\d", number) or any(number in numbers for numbers in near):
            continue
        if any(number in numbers for _, numbers in lines.all) and not YEARS.search(folded(text)):
            yield f"number: {number}"
            return


def lasted(clause: str, lines: CvLines) -> Iterator[str]:
    """So many years of something that only roles speak of which lasted shorter."""
    plain = folded(QUOTED.sub(" ", clause))
    if not YEARS.search(plain):
        return
    words = [word for word in bases_of(plain) if _tells(word)]
    about = [length for said, length in lines.spans if any(among(word, said) for word in words)]
    if not about and leads(plain):
        about = [length for (_, length), text in zip(lines.spans, lines.roles, strict=True) if leads(text)]
    if not about or len(about) == len(lines.spans) or None in about:
        return
    for found in YEARS.finditer(plain):
        value = int(found[1]) if found[1].isdecimal() else NUMBER_WORDS.get(found[1], 0)
        if value > sum(length or 0 for length in about) + SLACK:
            yield f"years: {found[0]}"
            return


def titled_when(clause: str, lines: CvLines) -> Iterator[str]:
    """A year beside a position that was held in others."""
    text = QUOTED.sub(" ", clause)
    years, words = [int(one) for one in re.findall(r"\b(?:19|20)\d\d\b", text)], frozenset(bases_of(text))
    about = [(begin, end) for title, begin, end in lines.titles if title <= words]
    if about and years and not any(begin <= year <= end for year in years for begin, end in about):
        yield f"date: {years[0]}"


STUDIED = re.compile(
    r"\b(?:studied|degree|diploma|nvq|bsc|msc|ba|ma|bachelor\w*|master'?s|graduated|thesis|phd|college|university|studiert\w*|"
    r"studium|examen|"
    r"abschluss|ausbildung gemacht|etudie|diplome|licence|estudie|carrera|grado)\b"
)


def studied_elsewhere(sentence: str, lines: CvLines) -> Iterator[str]:
    """A place of work given as one of study."""
    for clause in re.split(r"[,;:]\s|\b(?:and|und|et|y|before|after|then|now|moved|from)\b", QUOTED.sub(" ", sentence)):
        if not lines.taught or not STUDIED.search(folded(clause)) or DENIED.search(folded(clause)):
            continue
        for word in re.findall(r"(?<=\s)[A-ZÄÖÜÉ][\w-]{3,}", clause):
            base = bases_of(word)[:1]
            if base and not among(base[0], lines.taught) and base[0] in lines.of_roles:
                yield f"place: {word}"
                return


def alone(sentence: str, lines: CvLines) -> Iterator[str]:
    """All of it, by oneself, in every place: only where the CV says so."""
    plain = folded(QUOTED.sub(" ", sentence))
    if (found := ALONE.search(plain)) and not ALONE.search(lines.plain) and not OWN_MASTER.search(lines.plain):
        yield f"scope: {found[0]}"
    for licence in LICENCE_CLASS.finditer(plain):
        held = {one[1] for one in LICENCE_CLASS.finditer(lines.plain)}
        if held and licence[1] not in held and not DENIED.search(plain):
            yield f"licence: {licence[0]}"
