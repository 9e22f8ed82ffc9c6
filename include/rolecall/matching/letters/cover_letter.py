"""Letters from the CV's own sentences and the ad's own words, and nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from rolecall.errors import InvalidInput
from rolecall.matching.ads.ad import Ad, read_ad
from rolecall.matching.ads.job import Job
from rolecall.matching.cv.person import Person, is_open, newest_first, read_person
from rolecall.matching.letters.answering_statements import AnsweringStatement, answers, wanted_by
from rolecall.matching.letters.claims import CvWords, unsupported
from rolecall.matching.letters.statements import SURE, clause, statements_of
from rolecall.matching.score.scoring import judge
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.models import Cv
from rolecall.text.words import one_line
from rolecall.text.words import words as split_words

Tone = Literal["plain", "warm", "formal"]
TONES: tuple[Tone, ...] = get_args(Tone)
MAX_LENGTH = 1_800
"""Characters of a letter, where nothing else is asked for."""

SHORTEST = 200

MAX_NAME = 120
MAX_SKILLS = 5
LEAST_WORDS, MOST_WORDS = 145, 230
MOST_ANSWERS, MOST_SAID = 3, 9
"""Answers of a letter; where it is short with them, more until it has :data:`LEAST_WORDS`, as far as the CV has something to say."""

LONGEST_QUOTE = 16
"""Words of the ad that are quoted in one piece."""

Span = tuple[int, int]
BULLETS = " -–—•*·▪.,;:"


@dataclass(frozen=True, slots=True)
class LetterSentence:
    """One sentence and what carries it: places in :func:`rolecall.matching.cv_text` and in ``job.text``."""

    text: str
    cv_spans: tuple[Span, ...] = ()
    ad_spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class CoverLetter:
    """A letter: ``text`` as it is sent, and its ``sentences`` without subject, greeting and name."""

    text: str = ""
    sentences: tuple[LetterSentence, ...] = ()


@cache
def templates() -> dict[str, dict[str, dict[str, Any]]]:
    """Language → tone → sentence → words, or a list of them, every tone with every sentence."""
    read: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load((Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"))
    return {language: {tone: {**tones["plain"], **tones.get(tone, {})} for tone in TONES} for language, tones in read.items()}


def write_letter(cv: Cv, job: Job, *, language: str | None = None, tone: Tone = "plain", max_length: int = MAX_LENGTH) -> str:
    """The text of :func:`letter_of`."""
    return letter_of(cv, job, language=language, tone=tone, max_length=max_length).text


def letter_of(cv: Cv, job: Job, *, language: str | None = None, tone: Tone = "plain", max_length: int = MAX_LENGTH) -> CoverLetter:
    """A letter in the ad's language (English, German, French, Spanish; English where it is another or unclear).

    The two or three sentences of the CV that answer what the ad wants most, each beside the ad's own words; where the CV is in another
    language they are quoted as they stand. Short where the CV has nothing to say. Every sentence is checked against the CV by
    :func:`check_letter`; what does not hold or does not fit is left out; where nothing is left, the letter is empty.

    :param language: ``en``, ``de``, ``fr`` or ``es`` instead of the ad's
    :param tone: ``plain``, ``warm`` or ``formal``
    :param max_length: characters, 200 to 1,800
    :raises InvalidInput: another language or tone, a length out of bounds
    """
    if language is not None and language not in templates():
        raise InvalidInput("language", f"there is no letter in {language!r}", fix=f"use one of {', '.join(templates())}")
    if tone not in TONES:
        raise InvalidInput("tone", f"there is no tone {tone!r}", fix=f"use one of {', '.join(TONES)}")
    if not SHORTEST <= max_length <= MAX_LENGTH:
        raise InvalidInput("max_length", f"{max_length} is out of bounds", fix=f"choose {SHORTEST} to {MAX_LENGTH} characters")
    ad, person = read_ad(job), read_person(cv)
    spoken = language or (ad.language if ad.language in templates() else None) or "en"
    return _Writer(person, ad, spoken, templates()[spoken][tone]).letter(max_length)


def check_letter(letter: str, cv: Cv, job: Job) -> list[str]:
    """What a letter claims and the CV does not support: skills, years, numbers, employers, positions, degrees. Empty: all is supported."""
    return unsupported(letter, read_person(cv), job)


def shared_skills(person: Person, ad: Ad) -> list[str]:
    """Skills that the CV names and the ad asks for, weightiest first, as the CV writes them."""
    met = [one for one in judge(person, ad, []).judged if one.verdict == "direct" and vocabulary().skills[one.skill].field != "soft"]
    met.sort(key=lambda one: (-one.asked.weight, one.ad_span))
    named = [one_line(person.text[slice(*person.skills[one.skill])], MAX_NAME) for one in met]
    return list(dict.fromkeys(named))[:MAX_SKILLS]


def _listed(names: list[str], joined: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joined} {names[-1]}"


class _Writer:
    """One letter for one person and one ad."""

    def __init__(self, person: Person, ad: Ad, language: str, words: dict[str, Any]) -> None:
        self.person, self.ad, self.language, self.words = person, ad, language, words
        self._cv = CvWords(person)
        self._dice = int.from_bytes(hashlib.sha256(f"{ad.job.source} {ad.job.id} {ad.job.title}".encode()).digest()[:4], "big")
        self._last_role: int | None = None
        self._quoted: list[Span] = []
        self.facts = {
            "title": one_line(ad.job.title, MAX_NAME),
            "company": one_line(ad.job.company, MAX_NAME),
            "name": one_line(person.cv.name, MAX_NAME),
        }
        self._title: tuple[Span, ...] = ((0, len(ad.job.title)),) if ad.job.title else ()

    def letter(self, max_length: int) -> CoverLetter:
        """The longest that holds and fits."""
        opening = next(self._openings(), None)
        if opening is None:
            return CoverLetter()
        found = answers(self.person, self.ad, statements_of(self.person), 2 * MOST_SAID)
        closing = self._said("invite" if self.facts["company"] else "invite_plain", ad_spans=self._title)
        last = [closing] if closing else []
        body: list[LetterSentence] = []
        for one in found:
            short = len(self._whole([[opening], body, last]).text.split()) < LEAST_WORDS
            if (len(body) < MOST_ANSWERS or (short and len(body) < MOST_SAID)) and (told := self._answer(one)):
                body.append(told)
        matter = self._matter() if len(body) > 1 else None
        skills = self._skills(" ".join(one.text for one in body))
        for lead, kept, tail in (
            ([matter] if matter else [], body, [skills] if skills else []),
            ([], body, [skills] if skills else []),
            ([], body, []),
            *(([], body[:count], []) for count in range(len(body) - 1, 0, -1)),
            ([], [], [skills] if skills else []),
            ([], [], []),
        ):
            whole = self._whole([[opening, *lead], kept, tail, last])
            fits = len(whole.text) <= max_length and len(whole.text.split()) <= MOST_WORDS
            if fits and self._holds(whole.text):
                return whole
        return CoverLetter()

    def _whole(self, paragraphs: list[list[LetterSentence]]) -> CoverLetter:
        told = [" ".join(one.text for one in part) for part in paragraphs if part]
        head = [self.words["subject"].format(**self.facts), self.words["greeting"]]
        end = f"\n\n{self.words['regards']}\n{self.facts['name']}".rstrip()
        return CoverLetter("\n\n".join([*head, *told]) + end, tuple(one for part in paragraphs for one in part))

    def _openings(self) -> Iterator[LetterSentence]:
        """The position, the newest role and the years; with less where that does not hold."""
        roles = [(number, role) for number, role in enumerate(self.person.cv.roles) if role.title]
        newest = newest_first([role for _, role in roles])[:1]
        first = self.words["opening" if self.facts["company"] else "opening_plain"]
        role = years = ""
        spans: list[Span] = []
        if newest:
            said = {"role": one_line(newest[0].title, MAX_NAME), "employer": one_line(newest[0].company, MAX_NAME)}
            self.facts.update(said)
            role = self.words["role_plain" if not said["employer"] else "role_now" if is_open(newest[0]) else "role"]
            spans = [span for value in said.values() if (span := self._in_cv(value))]
        if self.person.years is not None and self.person.years >= 2:
            self.facts["years"] = str(int(self.person.years))
            years = self.words["years"]
        for parts in dict.fromkeys((role + years, role, years, "")):
            text = (first + parts).format(**self.facts) + "."
            if self._holds(text):
                yield LetterSentence(text, tuple(spans), self._title)

    def _answer(self, one: AnsweringStatement) -> LetterSentence | None:
        said = one.statement
        claim = clause(said) if said.language == self.language else self.words["quote"].format(text=said.text)
        where, spans = self._where(said.role)
        quotes = list(self._quotes(one.wanted.span)) if one.wanted else []
        for quote, span in quotes:
            if any(span[0] < end and start < span[1] for start, end in self._quoted if (start, end) not in self._title):
                continue
            text = self._form("answer", said.span[0], wish=quote, where=where, claim=claim)
            if self._holds(text):
                return self._told(text, said.role, (said.span, *spans), (span,))
        text = self._form("further", said.span[0], where=where, claim=claim)
        return self._told(text, said.role, (said.span, *spans), self._title) if self._holds(text) else None

    def _told(self, text: str, role: int | None, cv_spans: tuple[Span, ...], ad_spans: tuple[Span, ...]) -> LetterSentence:
        self._last_role = role
        self._quoted += ad_spans
        return LetterSentence(text, cv_spans, ad_spans)

    def _where(self, number: int | None) -> tuple[str, tuple[Span, ...]]:
        """In which position; empty where the reader of the CV is not sure of it."""
        if number is None:
            return "", ()
        if number == self._last_role:
            return self.words["same"], ()
        cv = self.person.cv
        title, employer = (
            one_line(value, MAX_NAME) if cv.sure.get(f"roles[{number}].{name}", 1.0) >= SURE else ""
            for name, value in (("title", cv.roles[number].title), ("company", cv.roles[number].company))
        )
        if not title:
            return "", ()
        spans = tuple(span for value in (title, employer) if value and (span := self._in_cv(value)))
        return self.words["as_at" if employer else "as"].format(role=title, employer=employer), spans

    def _quotes(self, span: Span) -> Iterator[tuple[str, Span]]:
        """The ad's own words around a wish, the whole line first where it is short."""
        text = self.ad.text
        start, end = text.rfind("\n", 0, span[0]) + 1, text.find("\n", span[1])
        line = (start, end if end >= 0 else len(text))
        for first, last in dict.fromkeys((line, _around(text, line, span, SENTENCE_END), _around(text, line, span, PART_END), span)):
            while first < last and text[first] in BULLETS:
                first += 1
            while last > first and text[last - 1] in BULLETS + "!?":
                last -= 1
            quote = " ".join(text[first:last].split())
            if 1 <= len(quote.split()) <= LONGEST_QUOTE and not UNQUOTED.search(quote):
                yield quote, (first, last)
                if quote[1:2].islower():  # a capital that only begins the line
                    yield quote[0].lower() + quote[1:], (first, last)

    def _matter(self) -> LetterSentence | None:
        """What the job is about, in the ad's words: what it wants most beside what the letter answers."""
        for wish in wanted_by(self.ad):
            for quote, span in self._quotes(wish.span):
                if len(quote.split()) < 3 or any(span[0] < end and start < span[1] for start, end in self._quoted):
                    continue
                text = self._form("matter", 0, wish=quote)
                if self._holds(text):
                    return LetterSentence(text, (), (span,))
        return None

    def _skills(self, said: str) -> LetterSentence | None:
        """Skills that the ad asks for, the CV names, and the letter has not said yet."""
        told = f" {' '.join(split_words(said))} "
        shared = [one for one in shared_skills(self.person, self.ad) if f" {' '.join(split_words(one))} " not in told]
        if not shared:
            return None
        text = self._form("skills", 0, skills=_listed(shared, self.words["joined"]))
        spans = tuple(span for skill in shared if (span := self._in_cv(skill)))
        return LetterSentence(text, spans, self._title) if self._holds(text) else None

    def _said(self, name: str, **spans: tuple[Span, ...]) -> LetterSentence | None:
        text = self.words[name].format(**self.facts)
        return LetterSentence(text, **spans) if self._holds(text) else None

    def _form(self, name: str, salt: int, **given: str) -> str:
        """One of the ways to say it, by the job and what is said: letters to several jobs do not repeat each other."""
        ways = self.words[name]
        return str(ways[(self._dice + salt) % len(ways)]).format(**{**self.facts, **given})

    def _holds(self, text: str) -> bool:
        return not unsupported(text, self.person, self.ad.job, cv=self._cv, german=self.language == "de")

    def _in_cv(self, value: str) -> Span | None:
        start = self.person.text.find(value)
        return (start, start + len(value)) if value and start >= 0 else None


SENTENCE_END, PART_END = re.compile(r"[.;:!?•](?=\s|$)|\s[-–—]\s"), re.compile(r"[.;:!?•,()](?=\s|$)|\s[-–—(]\s?")


def _around(text: str, line: Span, span: Span, cut: re.Pattern[str]) -> Span:
    """The part of a line around a span, up to where it is cut."""
    ends = [found.span() for found in cut.finditer(text, *line)]
    first = max((end for _, end in ends if end <= span[0]), default=line[0])
    return first, min((start for start, _ in ends if start >= span[1]), default=line[1])


UNQUOTED = re.compile(
    r"[“”„\"«»\[\]{}|@#]|https?:|www\.|"
    r"\b(?:you|your|we|our|us|ihr|ihre|wir|uns|unser\w*|vous|votre|nous|notre|nuestr\w+)\b",
    re.I,
)
"""What is not quoted: quotations, addresses, and sentences to the reader, which would speak of somebody else in a letter."""
