"""Letters from the CV's own sentences and the ad's own words, and nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from rolecall.errors import InvalidInput
from rolecall.matching.ads.ad import Ad, read_ad
from rolecall.matching.ads.job import Job
from rolecall.matching.cv.cv_dates import is_open
from rolecall.matching.cv.person import Person, newest_first, read_person
from rolecall.matching.letters.answering_statements import AnsweringStatement, answers, wanted_by
from rolecall.matching.letters.claims import CvWords, unsupported
from rolecall.matching.letters.statements import SURE, Statement, clause, statements_of
from rolecall.matching.letters.wish_wording import WishWording, named, wordings
from rolecall.matching.score.scoring import judge
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.models import Cv
from rolecall.text.job_titles import GENDER
from rolecall.text.words import one_line
from rolecall.text.words import words as split_words
from rolecall.text.yaml_tables import read_table

Tone = Literal["plain", "warm", "formal"]
TONES: tuple[Tone, ...] = get_args(Tone)
MAX_LENGTH = 1_800
"""Characters of a letter, where nothing else is asked for."""

SHORTEST = 200

MAX_NAME = 120
MAX_SKILLS = 5
LEAST_WORDS, MOST_WORDS = 155, 230
FRAME_WORDS = 25
"""Words of a letter beside its opening, what was done and the job's title: greeting, end."""

MOST_PART = 3
"""Sentences about one position in a row."""

NO_ROLE = -1
"""None has been told of."""

MOST_ANSWERS, MOST_SAID = 3, 9
"""Answers of a letter; where it is short with them, more until it has :data:`LEAST_WORDS`, as far as the CV has something to say."""

MOST_YEARS = 15
"""Years of work that a letter names: beyond them nobody counts any more."""

MOST_TITLE_WORDS = 8

Span = tuple[int, int]


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
    read: dict[str, dict[str, dict[str, Any]]] = read_table(Path(__file__).parent / "sentences.yaml")
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
        self._seed = f"{ad.job.source} {ad.job.id} {ad.job.title} {ad.job.company}"
        self._used: set[str] = set()
        self._last_role: int | None = NO_ROLE
        self._named: list[Span] = []
        self.facts = {
            "title": self._in_prose(one_line(_without_gender(ad.job.title), MAX_NAME)),
            "company": one_line(ad.job.company, MAX_NAME),
            "name": one_line(person.cv.name, MAX_NAME),
        }
        self._title: tuple[Span, ...] = ((0, len(ad.job.title)),) if ad.job.title else ()

    def letter(self, max_length: int) -> CoverLetter:
        """The longest that holds and fits."""
        opening = next(self._openings(), None)
        if opening is None:
            return CoverLetter()
        parts = self._answers(opening)
        said = " ".join(one.text for part in parts for one in part)
        skills = self._skills(said)
        last = self._closing(f"{said} {skills.text if skills else ''}" if parts else "")
        for body, tail in (
            (parts, skills),
            (parts, None),
            *((_shortened(parts, count), None) for count in range(sum(map(len, parts)) - 1, 0, -1)),
            ([], skills),
            ([], None),
            (None, None),
        ):
            if body is None:
                opening, body = LetterSentence(self.words["opening"].format(**self.facts), (), self._title), []
            whole = self._whole([[opening], *_paragraphs(body, tail), [last] if last else []])
            fits = len(whole.text) <= max_length and len(whole.text.split()) <= MOST_WORDS
            if fits and self._holds(whole.text):
                return whole
        return CoverLetter()

    def _whole(self, paragraphs: list[list[LetterSentence]]) -> CoverLetter:
        told = [" ".join(one.text for one in part) for part in paragraphs if part]
        head = [self.words["subject"].format(**{**self.facts, "title": one_line(self.ad.job.title, MAX_NAME)}), self.words["greeting"]]
        end = f"\n\n{self.words['regards']}\n{self.facts['name']}".rstrip()
        return CoverLetter("\n\n".join([*head, *told]) + end, tuple(one for part in paragraphs for one in part))

    def _openings(self) -> Iterator[LetterSentence]:
        """The position, the newest role and the years; with less where that does not hold."""
        roles = [role for role in self.person.cv.roles if role.title]
        newest = newest_first(roles)[:1]
        self.facts["apply"] = self.words["apply" if self.facts["company"] else "apply_plain"].format(**self.facts)
        names: list[str] = []
        spans: list[Span] = []
        years = self.person.years is not None and 2 <= self.person.years <= MOST_YEARS
        if years:
            self.facts["years"] = str(int(self.person.years or 0))
        if newest and _is_title(newest[0].title):
            employer = one_line(newest[0].company, MAX_NAME)
            said = {"role": self._in_prose(one_line(newest[0].title, MAX_NAME)), "employer": employer if _is_employer(employer) else ""}
            self.facts.update(said)
            spans = [span for value in (newest[0].title, said["employer"]) if (span := self._in_cv(value))]
            role = "opening_role" if not said["employer"] else "opening_now" if is_open(newest[0]) else "opening_was"
            names = [role + "_years"] * years + [role]
        for name in (*names, *["opening_years"] * years, "opening"):
            text = self.words[name].format(**self.facts)
            if self._holds(text):
                yield LetterSentence(text, tuple(spans), self._title)

    # ── what was done ───────────────────────────────────────────────────────────────────────────────────────

    def _answers(self, opening: LetterSentence) -> list[list[LetterSentence]]:
        """A part for each of the two or three sentences that answer best, and beside it more of the same position until the letter is
        long enough, as far as the CV has something to say."""
        found = answers(self.ad, statements_of(self.person), 3 * MOST_SAID)
        parts: list[list[LetterSentence]] = []
        roles: list[int | None] = []
        said: list[Statement] = []
        waiting: list[AnsweringStatement] = []
        frame = FRAME_WORDS + len(self.facts["title"].split())
        for one in found:
            told = None
            if len(parts) < MOST_ANSWERS and (one.wanted or one.statement.role not in roles) and not _repeats(one.statement, said):
                told = self._answer(one)
            if told is None:
                waiting.append(one)
                continue
            parts.append([told])
            roles.append(one.statement.role)
            said.append(one.statement)
        for one in waiting:
            words = sum(len(sentence.text.split()) for part in [[opening], *parts] for sentence in part)
            if words + frame >= LEAST_WORDS or len(said) >= MOST_SAID:
                break
            if _repeats(one.statement, said):
                continue
            place = next(
                (number for number, role in enumerate(roles) if role == one.statement.role and len(parts[number]) < MOST_PART), None
            )
            self._last_role = one.statement.role if place is not None else NO_ROLE
            if not (told := self._further(one.statement)):
                continue
            said.append(one.statement)
            if place is None:
                parts.append([told])
                roles.append(one.statement.role)
            else:
                parts[place].append(told)
        return parts

    def _answer(self, one: AnsweringStatement) -> LetterSentence | None:
        """A sentence beside the ad's own words for what it answers."""
        for wish in self._wishes(one):
            if any(wish.span[0] < end and start < wish.span[1] for start, end in self._named):
                continue
            where, spans = self._where(one.statement.role)
            text = self._form(wish.form, one.statement, wish=wish.said, where=where, claim=self._claim(one.statement))
            if text and self._holds(text):
                named_too = tuple(span for span in spans if " ".join(self.person.text[slice(*span)].split())[1:] in text)
                return self._sentence(text, one.statement, named_too, (wish.span,))
        return self._further(one.statement)

    def _further(self, said: Statement) -> LetterSentence | None:
        """A sentence that stands for itself, or goes on about the position of the one before."""
        where, spans = self._where(said.role)
        same = said.role is not None and said.role == self._last_role
        before = self.words["before"] if self._is_earlier(said.role) else ""
        text = self._form(
            "further" if same else "first",
            said,
            where=where,
            same=self._same(said) if same else "",
            before=before,
            claim=self._claim(said),
            also=self._claim(said, also=True),
        )
        named_too = tuple(span for span in spans if " ".join(self.person.text[slice(*span)].split())[1:] in text)
        return self._sentence(text, said, named_too, self._title) if text and self._holds(text) else None

    def _is_earlier(self, number: int | None) -> bool:
        """Whether a role surely ended before the one that was told of last began."""
        roles = self.person.cv.roles
        if number is None or self._last_role is None or self._last_role < 0:
            return False
        ended, began = roles[number].end or "", roles[self._last_role].start or ""
        return ended[:4].isdecimal() and began[:4].isdecimal() and ended[:7] <= began[:7]

    def _sentence(self, text: str, said: Statement, cv_spans: tuple[Span, ...], ad_spans: tuple[Span, ...]) -> LetterSentence:
        self._last_role = said.role
        self._named += [span for span in ad_spans if span not in self._title]
        return LetterSentence(text, (said.span, *cv_spans), ad_spans)

    def _claim(self, said: Statement, *, also: bool = False) -> str:
        if said.language != self.language:
            return str(self.words["in_quotes"].format(text=said.text))
        return clause(said, self._one_of("also", said.text) if also else "")

    def _wishes(self, one: AnsweringStatement) -> Iterator[WishWording]:
        if one.wanted is None:
            return
        if one.wanted.skills and (skill := named(self.ad.text, one.wanted.span)) and one.wanted.span[0] >= len(self.ad.job.title):
            yield skill
        yield from wordings(self.ad.text, one.wanted.span, self.language if self.language == self.ad.language else "")

    def _where(self, number: int | None) -> tuple[str, tuple[Span, ...]]:
        """In which position, with a way to say it by the job; ``nowhere`` where the reader of the CV is not sure of it."""
        title, employer = self._position(number)
        if not title and not employer:
            return self.words["nowhere"], ()
        titled = self.person.cv.roles[number].title if number is not None and title else ""
        spans = tuple(span for value in (titled, employer) if value and (span := self._in_cv(value)))
        name = "as_at" if title and employer else "as" if title else "at"
        return self._one_of(name, f"{number} {len(self._used)}").format(role=title, employer=employer), spans

    def _same(self, said: Statement) -> str:
        """The position that was just told of."""
        title, employer = self._position(said.role)
        ways = [way for way in self.words["same"] if (title or "{role}" not in way) and (employer or "{employer}" not in way)]
        return str(ways[self._number("same", said.text) % len(ways)].format(role=title, employer=employer))

    def _position(self, number: int | None) -> tuple[str, str]:
        """Title and employer of a role, each empty where the reader of the CV is not sure of it or it can stand in no sentence."""
        if number is None:
            return "", ""
        cv = self.person.cv
        title, employer = (
            one_line(value, MAX_NAME) if cv.sure.get(f"roles[{number}].{name}", 1.0) >= SURE else ""
            for name, value in (("title", cv.roles[number].title), ("company", cv.roles[number].company))
        )
        return self._in_prose(title) if _is_title(title) else "", employer if _is_employer(employer) else ""

    # ── skills, and the end ─────────────────────────────────────────────────────────────────────────────────

    def _skills(self, said: str) -> LetterSentence | None:
        """Skills that the ad asks for, the CV names, and the letter has not said yet."""
        told = f" {' '.join(split_words(said))} "
        shared = [one for one in shared_skills(self.person, self.ad) if f" {' '.join(split_words(one))} " not in told]
        if not shared:
            return None
        text = self._form("skills", None, skills=_listed(shared, self.words["joined"]))
        spans = tuple(span for skill in shared if (span := self._in_cv(skill)))
        return LetterSentence(text, spans, self._title) if text and self._holds(text) else None

    def _closing(self, said: str) -> LetterSentence | None:
        """An invitation, with something of the job that the letter has not named yet."""
        told = f" {' '.join(split_words(said))} "
        for wish in wanted_by(self.ad) if said else ():
            name = named(self.ad.text, wish.span) if wish.skills and wish.span[0] >= len(self.ad.job.title) else None
            if name is None or f" {' '.join(split_words(name.said))} " in told:
                continue
            text = self._form("invite_matter", None, wish=name.said)
            if text and self._holds(text):
                return LetterSentence(text, (), (name.span, *self._title))
        text = self._form("invite", None) or self.words["invite_plain"].format(**self.facts)
        return LetterSentence(text, (), self._title) if self._holds(text) else None

    # ── words ───────────────────────────────────────────────────────────────────────────────────────────────

    def _form(self, name: str, said: Statement | None, **given: str) -> str:
        """One of the ways to say it, by the job and what is said, each once in a letter as long as there are others."""
        ways = [way for way in self.words[name] if self.facts["company"] or "{company}" not in way]
        if not ways:
            return ""
        start = self._number(name, said.text if said else "")
        turned = [ways[(start + place) % len(ways)] for place in range(len(ways))]
        way = next((one for one in turned if one not in self._used), turned[0])
        self._used.add(way)
        text = str(way.format(**{**self.facts, **given}))
        if "my work as" in text and (", my work" in text or "my job" in text):  # once is enough
            text = text.replace("in my work as", "as").replace("In my work as", "as")
        return text[0].upper() + text[1:]

    def _one_of(self, name: str, salt: str) -> str:
        ways = self.words[name]
        return str(ways[self._number(name, salt) % len(ways)])

    def _number(self, *salt: str) -> int:
        """A number that stays the same for a job and what is said, so that letters to several jobs do not repeat each other."""
        return int.from_bytes(hashlib.sha256("\n".join((self._seed, *salt)).encode()).digest()[:4], "big")

    def _holds(self, text: str) -> bool:
        return not unsupported(text, self.person, self.ad.job, cv=self._cv, language=self.language)

    def _in_prose(self, title: str) -> str:
        """A title as it is written in the middle of a sentence: in French and Spanish without a capital."""
        return title[0].lower() + title[1:] if self.language in ("fr", "es") and title[1:2].islower() else title

    def _in_cv(self, value: str) -> Span | None:
        start = self.person.text.find(value)
        return (start, start + len(value)) if value and start >= 0 else None


NO_TITLE = re.compile(r"\d|[|;:@]|^(?:internship|apprenticeship|praktikum|ausbildung|stage|prácticas|volunteering)\b|\bto\b", re.I)
"""What names no position that somebody has: a line of a table, a time of training."""


def _without_gender(title: str) -> str:
    """``Nurse (m/f/d)`` → ``Nurse``, as one says it."""
    return GENDER.sub("", title).strip() or title


def _is_title(title: str) -> bool:
    """Whether a title can stand in a sentence; a line of a table that was read as one cannot."""
    return bool(title) and len(title.split()) <= MOST_TITLE_WORDS and not NO_TITLE.search(title)


def _is_employer(employer: str) -> bool:
    return len(employer) > 1 and len(employer.split()) <= MOST_TITLE_WORDS and any(map(str.isalpha, employer))


def _repeats(one: Statement, said: list[Statement]) -> bool:
    """Whether most of it was said already."""
    mine = frozenset(split_words(one.text))
    return any(len(mine & frozenset(split_words(other.text))) > 0.6 * min(len(mine), len(split_words(other.text))) for other in said)


def _paragraphs(parts: list[list[LetterSentence]], tail: LetterSentence | None) -> list[list[LetterSentence]]:
    """What was done in one or two paragraphs, the skills at the end of the last."""
    whole: list[list[LetterSentence]] = []
    for part in parts:
        if whole and (len(whole[-1]) < 2 or len(whole) > 1):
            whole[-1] = [*whole[-1], *part]
        else:
            whole.append(list(part))
    whole = whole or [[]]
    if tail:
        whole[-1] = [*whole[-1], tail]
    return whole


def _shortened(parts: list[list[LetterSentence]], count: int) -> list[list[LetterSentence]]:
    """The paragraphs with so many sentences in all: the last of the longest goes first."""
    kept = [list(part) for part in parts]
    while sum(map(len, kept)) > count:
        longest = max(range(len(kept)), key=lambda number: (len(kept[number]), number))
        kept[longest].pop()
        kept = [part for part in kept if part]
    return kept
