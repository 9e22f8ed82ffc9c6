"""Reading a letter the way a sceptical recruiter does: what does it claim, and does the CV say so?

The rule is closed-world, and a sentence may break it in two ways. *Denied*: a skill, number, name, degree, certificate, language, position,
achievement or lead over people that the letter mentions must be in the CV, whatever sentence it stands in; only the job's own title and
company may be named as what the letter is about. *Not found*: a sentence about its writer passes only where one part of the CV carries all
of it (:mod:`rolecall.matching.letters.carrying.carried_together`); where none does, it may be true in words that we do not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rolecall.matching.ads.job import Job
from rolecall.matching.ads.languages import CODES
from rolecall.matching.cv.person import Person
from rolecall.matching.letters.carrying.carried import uncarried
from rolecall.matching.letters.carrying.carried_together import uncarried_together
from rolecall.matching.letters.carrying.no_claims import claims_nothing
from rolecall.matching.letters.carrying.record import admits, is_about_nobody, is_greeting, is_private, is_spoken_to, tells_of_record
from rolecall.matching.letters.carrying.same_words import spoken
from rolecall.matching.letters.claim_words import WORKED, folded
from rolecall.matching.letters.cv_words import CvWords, without_skills
from rolecall.matching.letters.single_claims.line_claims import alone, counted_elsewhere, lasted, reserved, studied_elsewhere, titled_when
from rolecall.matching.letters.single_claims.name_claims import SENTENCE, names
from rolecall.matching.letters.single_claims.number_claims import numbers
from rolecall.matching.letters.single_claims.overclaims import absolute, fractions, of_another, uncertified
from rolecall.matching.letters.single_claims.place_claims import (
    QUOTED,
    bases_of,
    denied,
    misplaced,
    mistimed,
    overspoken,
    promoted,
    unstudied,
    unwon,
)
from rolecall.matching.letters.single_claims.standing_claims import (
    degrees,
    feats,
    known_things,
    people,
    positions,
    skills,
    spoken_languages,
)
from rolecall.matching.letters.single_claims.title_claims import misattributed, outlasted
from rolecall.text.job_titles import GENDER

APPLIES = re.compile(
    r"(?:position|role|post|vacancy|opening|application|job|stelle|position|bewerbung|poste|candidature|puesto|candidatura|vacante)"
    r"(?: (?:of|as|for|the|als|auf|die|de|du|au|al|del))*[\s:„“\"'«]*$",
    re.I,
)
"""What stands before the job's title where the letter names what it is about, and claims nothing."""

TOWARDS = re.compile(
    r"(?:\b(?:at|with|join|joining|of|for|to|what|visit|bei|für|was|chez|à|demande|en|a|pide|para|team|the)(?!\w))[\s„“\"'«]*$", re.I
)
"""What stands before the employer's name."""

GERMAN_LETTER = re.compile(r"\b(?:Sehr geehrte|Mit freundlichen Grüßen|Herzliche Grüße|Hochachtungsvoll|Bewerbung auf)\b")
"""A letter is German whatever it quotes."""

MAX_LETTER = 10_000
"""Characters of a letter that is checked; ours have 1,800 at most."""


NOT_FOUND = "not found: "
"""How a claim begins that the CV does not deny and does not carry either."""


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A sentence of a letter that does not pass by itself, and why: one of the two, not both.

    :param denied: what it claims and the CV has not, or has otherwise: a skill, number, name, degree, position
    :param missing: words of it that no part of the CV carries together; it may be true all the same
    """

    sentence: str
    denied: tuple[str, ...]
    missing: tuple[str, ...]


def unsupported(letter: str, person: Person, job: Job, *, cv: CvWords | None = None, language: str | None = None) -> list[str]:
    """Every claim of the letter that the CV does not support, in words; each once, in a fixed order: what it denies, and what it does not
    carry (:data:`NOT_FOUND`). What no person looks at passes only where there is neither.

    :param cv: the CV's words, where several texts are asked about one person
    :param language: the letter's, which says what a sentence means and whether nouns are written with capitals; ``None``: as its words say
    """
    if len(letter) > MAX_LETTER:
        return [f"length: {len(letter):,} characters are no letter"]
    text = _without_subject(letter, job)
    cv = cv or CvWords(person)
    language = language or _letters_language(text, person)
    ad = _words_of(f"{job.title}\n{job.company}\n{job.location}\n{job.text}")
    ad_text = _folded_ad(job.title, job.text)
    wrong: list[str] = []
    for one in filter(str.strip, WHOLE_SENTENCE.split(text)):
        denied = list(_denied(one, person, cv, ad, language))
        wrong += denied or _not_found(one, cv, ad, language, ad_text)
    return list(dict.fromkeys(wrong))


def _letters_language(letter: str, person: Person) -> str:
    return "de" if GERMAN_LETTER.search(letter) else spoken(letter, person.text)


def _own_part(sentence: str, ad: frozenset[str], language: str) -> tuple[bool, str, frozenset[str]]:
    """Whether a sentence tells of its writer's record, what of it does, and the words that it may have because the ad has them."""
    told, spoken_to = True, False
    if language == "en":
        told, spoken_to = tells_of_record(sentence) or _is_fragment(sentence), is_spoken_to(sentence)
    own = _without_admissions(sentence) if language == "en" and told else sentence
    return told, own, ad if not told or spoken_to else frozenset()


def _not_found(sentence: str, cv: CvWords, ad: frozenset[str], language: str, ad_text: str) -> list[str]:
    """The words of one sentence about its writer that no part of the CV carries together, as one claim; empty where one part does.

    :param ad_text: what is quoted from it claims nothing
    """
    told, own, allowed = _own_part(sentence, ad, language)
    if claims_nothing(sentence, language):
        return []
    missing: list[str] = []
    if told and language == "en":
        missing = [word for word in uncarried(QUOTED.sub(" ", own), cv.carried) if word not in allowed]
    if not missing:
        missing = uncarried_together(own, cv.units, language, ad_text, allowed)
    return [NOT_FOUND + " ".join(missing[:3])] if missing else []


def _denied(sentence: str, person: Person, cv: CvWords, ad: frozenset[str], language: str) -> Iterator[str]:
    """What one sentence claims against the CV.

    :param ad: words that a sentence about the ad, or about nobody's record, may have too
    """
    told, own, allowed = _own_part(sentence, ad, language)
    plain = folded(own)
    yield from (claim for claim in skills(own, person, cv) if not _is_of(claim, allowed))
    if told or not is_private(sentence):
        yield from (claim for claim in numbers(plain, person, cv) if not _is_of(claim, allowed))
    yield from (claim for claim in names(without_skills(own), cv, language) if not _is_of(claim, allowed))
    yield from degrees(plain, cv) if told else ()
    yield from (claim for claim in spoken_languages(own, plain, person, cv) if not _is_of(claim, allowed))
    yield from overspoken(own, person, CODES)
    if not told:
        return
    yield from known_things(plain, cv)
    yield from positions(own, cv)
    yield from people(plain, person)
    yield from feats(plain, cv)
    yield from misplaced(sentence, cv.sections)
    yield from promoted(sentence, person)
    yield from (*unstudied(sentence, person), *unwon(sentence, person), *denied(sentence, person))
    yield from (*reserved(sentence, cv.lines), *counted_elsewhere(sentence, cv.lines), *alone(sentence, cv.lines))
    yield from studied_elsewhere(sentence, cv.lines)
    for clause in CLAUSE.split(sentence):
        yield from (*mistimed(clause, cv.sections), *lasted(clause, cv.lines), *titled_when(clause, cv.lines))
    if language != "en":
        return
    yield from (*absolute(sentence, person), *fractions(sentence, person), *of_another(sentence, person), *uncertified(sentence, person))
    yield from (*misattributed(sentence, cv.roles), *outlasted(sentence, cv.roles))


def _is_of(claim: str, ad: frozenset[str]) -> bool:
    """Whether what is claimed is only what the ad says."""
    return bool(ad) and all(word in ad for word in bases_of(claim.partition(": ")[2]))


def _is_fragment(sentence: str) -> bool:
    """Half a line of a CV, which claims what it names: ``Fluent in Dutch.``"""
    return is_about_nobody(sentence) and not is_greeting(sentence) and not FINITE.search(folded(sentence)) and len(sentence.split()) > 2


FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|can|could|will|would|must|should|may|might|do|does|did|need\w*|make[s]?|matter[s]?|deserve[s]?|cost[s]?|learn[s]?|"
    r"want[s]?|help[s]?|show[s]?|sound[s]?|look[s]?|mean[s]?|bring[s]?|begin[s]?|start[s]?|keep[s]?|work[s]|come[s]?|go(?:es)?|belong[s]?|please|let)\b"
)


def _without_admissions(sentence: str) -> str:
    """The sentence without the clauses that say what somebody has not."""
    return "".join(part for part in re.split(r"(?<=[,;:])(?= )|(?= but )", sentence) if not admits(part))


def marked_sentences(letter: str, person: Person, job: Job) -> list[MarkedSentence]:
    """The letter's sentences that do not pass by themselves, in its order, each once; for showing where."""
    cv, language = CvWords(person), _letters_language(letter, person)
    sentences = list(dict.fromkeys(filter(None, map(str.strip, WHOLE_SENTENCE.split(letter)))))
    if len(letter) > MAX_LETTER:
        return [MarkedSentence(sentences[0], tuple(unsupported(letter, person, job)), ())] if sentences else []
    marked = []
    for one in sentences:
        claims = unsupported(one, person, job, cv=cv, language=language)
        denied = tuple(claim for claim in claims if not claim.startswith(NOT_FOUND))
        missing = () if denied else tuple(word for claim in claims for word in claim.removeprefix(NOT_FOUND).split())
        if denied or missing:
            marked.append(MarkedSentence(one, denied, missing))
    return marked


WHOLE_SENTENCE, CLAUSE = re.compile(r"(?<=[.!?])\s+|\n+"), re.compile(r"[,;:]\s")


def _without_subject(letter: str, job: Job) -> str:
    """The letter with the job's own title and company blanked where they only say what it is about."""
    text = letter
    spoken = GENDER.sub("", job.title).strip()
    for name, before, claims in ((job.title, APPLIES, None), (spoken, APPLIES, None), (job.company, TOWARDS, WORKED)):
        wanted = " ".join(name.split())[:120]
        for found in reversed(list(re.finditer(rf"(?<!\w){re.escape(wanted)}(?!\w)", text, re.I))) if wanted else ():
            ahead = text[max(0, found.start() - 60) : found.start()]
            claimed = claims is not None and claims.search(folded(SENTENCE.split(ahead)[-1]))
            if before.search(ahead) and not (claimed and not APPLIES.search(ahead.rsplit(" ", 2)[0])):
                text = text[: found.start()] + "_" * len(wanted) + text[found.end() :]
    return text


@lru_cache(maxsize=4)
def _folded_ad(title: str, text: str) -> str:
    return folded(f"{title}\n{text}")


@lru_cache(maxsize=4)
def _words_of(ad: str) -> frozenset[str]:
    """A letter is asked about sentence by sentence, and its ad stays the same."""
    return frozenset(bases_of(ad))


__all__ = ["NOT_FOUND", "CvWords", "MarkedSentence", "marked_sentences", "unsupported"]
