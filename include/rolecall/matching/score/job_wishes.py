"""What a person wishes, as hard criteria: a job that breaks one is left out, and the reason says which.

What an ad does not say breaks nothing: it passes, with a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from rolecall.catalog.company_names import employers, is_one_of
from rolecall.catalog.normalise import company
from rolecall.errors import InvalidInput
from rolecall.matching.ads.ad import Ad
from rolecall.matching.ads.languages import ENGLISH_NAMES, code_of
from rolecall.matching.score.wish_values import RANKS, WishValues
from rolecall.matching.skills.vocabulary import tokens
from rolecall.models import Remote
from rolecall.text.money import PER_YEAR
from rolecall.text.places import Place
from rolecall.text.places.place_wishes import Wished, lies_in, reaches, wished
from rolecall.text.words import words

NOWHERE = "unknown: the ad does not say where the work is"

RANK_NAMES = ("an internship", "junior", "mid-level", "senior", "a lead's", "a principal's", "a director's", "an executive's")


@dataclass(frozen=True, slots=True)
class Wishes:
    """Hard criteria, read.

    :param keywords: at least one of them occurs in the ad, as whole words
    :param exclude: none of them occurs in title or company
    :param companies: only these; ``blacklist``: none of these
    :param current_employer: nor this one, by whatever the catalog knows it
    :param locations: in one of these places or so far around it, or remote from where it is
    :param remote: where the work is done
    :param salary_min: a year, in ``salary_currency``
    :param employment_types: one of these
    :param max_age_days: posted at most so long ago
    :param seniority: ranks 0 (intern) to 7 (chief) the person would take
    :param languages: ISO codes the person would work in; an ad that asks for another is out
    """

    keywords: tuple[tuple[str, ...], ...] = ()
    exclude: tuple[tuple[str, ...], ...] = ()
    companies: frozenset[str] = frozenset()
    blacklist: frozenset[str] = frozenset()
    current_employer: frozenset[str] = frozenset()
    locations: tuple[Wished, ...] = ()
    remote: frozenset[str] = frozenset()
    salary_min: float | None = None
    salary_currency: str | None = None
    employment_types: frozenset[str] = frozenset()
    max_age_days: int | None = None
    languages: frozenset[str] = frozenset()
    seniority: frozenset[int] = frozenset()

    @classmethod
    def read(cls, criteria: Mapping[str, Any]) -> Wishes:
        """Reads criteria as people and services send them.

        :raises InvalidInput: a value of the wrong kind, or criteria that contradict each other
        """
        given = WishValues.of(criteria)
        keywords, exclude = _phrases(given.keywords), _phrases(given.exclude)
        companies, blacklist = (frozenset(company(name).key for name in names) for names in (given.companies, given.blacklist))
        if set(keywords) & set(exclude):
            raise InvalidInput("criteria", "a word is wished for and excluded", fix="remove it from keywords or from exclude")
        if companies & blacklist:
            raise InvalidInput("criteria", "a company is wished for and blacklisted", fix="remove it from companies or from blacklist")
        return cls(
            keywords=keywords,
            exclude=exclude,
            companies=companies,
            blacklist=blacklist,
            current_employer=employers(given.current_employer),
            locations=tuple(wished(text) for text in given.locations),
            remote=frozenset(given.remote),
            salary_min=given.salary_min,
            salary_currency=given.salary_currency.upper() if given.salary_currency else None,
            employment_types=frozenset(map(_kind, given.employment_types)),
            max_age_days=int(given.max_age_days) if given.max_age_days is not None else None,
            languages=frozenset(code for code in map(code_of, given.languages) if code),
            seniority=frozenset(rank for text in given.seniority for rank in RANKS[text]),
        )

    def broken_by(self, ad: Ad, day: date) -> str:
        """The criterion this job breaks and how, as ``"remote: the work is onsite, …"``, or nothing. Cheap ones are looked at first."""
        for name, broken in (
            ("current_employer", self._employer(ad)),
            ("companies", self._company(ad)),
            ("remote", self._remote(ad)),
            ("locations", self._place(ad)),
            ("seniority", self._level(ad)),
        ):
            if broken:
                return f"{name}: {broken}"
        return self._terms(ad, day) or self._words(ad)

    def _company(self, ad: Ad) -> str:
        if not self.companies and not self.blacklist:
            return ""
        employer = company(ad.job.company).key
        if self.companies and employer and employer not in self.companies:
            return "the company is not one of those you named"
        return "you asked us to leave this company out" if employer in self.blacklist else ""

    def _employer(self, ad: Ad) -> str:
        return "it is your current employer" if is_one_of(ad.job.company, self.current_employer) else ""

    def _words(self, ad: Ad) -> str:
        if not self.keywords and not self.exclude:
            return ""
        job = ad.job
        in_title = [token.word for token in tokens(f"{job.title} . {job.company}")]
        if word := _first_said(in_title, self.exclude):
            return f"exclude: you excluded {' '.join(word)!r}"
        if self.keywords and not _first_said(in_title, self.keywords) and not _says(job.description, self.keywords):
            return "keywords: none of your keywords occurs in the ad"
        return ""

    def _level(self, ad: Ad) -> str:
        if not self.seniority or ad.rank is None or ad.rank in self.seniority:
            return ""
        return f"the job is {RANK_NAMES[ad.rank]}"

    def _remote(self, ad: Ad) -> str:
        if self.remote and ad.remote and ad.remote not in self.remote:
            return f"the work is {ad.remote}, you asked for {' or '.join(sorted(self.remote))}"
        return ""

    def _place(self, ad: Ad) -> str:
        if not self.locations or self._in_place(ad) is not False:
            return ""
        limits = [where.country or where.zone or where.region for where in ad.places if "remote" in (where.remote, ad.remote)]
        if limits and len(limits) == len(ad.places):
            return f"remote within {' or '.join(dict.fromkeys(filter(None, limits)))} only"
        return f"{ad.job.location[:200] or 'the place'} is not one of your locations"

    def _in_place(self, ad: Ad) -> bool | None:
        """Whether one of the job's places is one of the wished ones; ``None``: nobody said, or it may be.

        A wish that nobody here knows ("Leipzg") leaves out nothing: those that are known decide.
        """
        answers = {
            fits
            for where in ad.places or (Place(),)
            for wish in self.locations
            for reading in wish.readings
            if (fits := _fits(where, wish, reading, where.remote or ad.remote)) is not False or not wish.unknown or reading.remote
        }
        return True if True in answers else None if None in answers or not answers else False

    def _terms(self, ad: Ad, day: date) -> str:
        job = ad.job
        if self.salary_min is not None and (paid := yearly(job.salary_max or job.salary_min, job.salary_interval)) is not None:
            same_money = self.salary_currency is None or job.salary_currency in (None, self.salary_currency)
            if same_money and paid < self.salary_min:
                return "salary_min: the salary is below your floor"
        if self.employment_types and job.employment_type and _kind(job.employment_type) not in self.employment_types:
            return f"employment_types: the contract is {job.employment_type}"
        if self.max_age_days is not None and job.posted_at is not None:
            posted = job.posted_at.astimezone(UTC) if job.posted_at.tzinfo else job.posted_at
            if (day - posted.date()).days > self.max_age_days:
                return f"max_age_days: posted more than {self.max_age_days} days ago"
        if self.languages and (code := next((code for code, *_ in ad.languages if code not in self.languages), None)):
            return f"languages: the ad asks for {ENGLISH_NAMES[code]}"
        return ""

    def unsaid(self, ad: Ad) -> list[str]:
        """Notes on what you asked for and the ad does not say."""
        notes = []
        if self.remote and not ad.remote:
            notes.append("unknown: the ad does not say whether the work is remote")
        if self.locations and self._in_place(ad) is None:
            said = "; ".join(dict.fromkeys(where.shown for where in ad.places))[:200]
            notes.append(f"unknown: the ad only says {said}, not whether that is one of your locations" if said else NOWHERE)
        if self.salary_min is not None and ad.job.salary_min is None and ad.job.salary_max is None:
            notes.append("unknown: the ad does not say what it pays")
        return notes


def _fits(where: Place, wish: Wished, reading: Place, remote: Remote | None) -> bool | None:
    """Whether one place of a job is one reading of a wish; ``None``: it may be."""
    if remote == "remote":
        return reaches(where, reading)
    if reading.remote == "remote":  # "remote in the EU": a desk there is none
        return False if where.known or remote else None
    return lies_in(where, reading, wish.km)


def yearly(amount: float | None, interval: str | None) -> float | None:
    """A salary as a year's, for full-time work; ``None`` where it is not known of what interval it is."""
    if amount is None or interval not in PER_YEAR:
        return amount if amount is not None and amount >= 10_000 and interval is None else None
    return amount * PER_YEAR[interval]


def _first_said(said: list[str], phrases: Iterable[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The first of the phrases whose words stand there in a row. The words are looked through once, however many phrases there are."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(said):
        places.setdefault(word, []).append(place)
    return next((one for one in phrases if any(tuple(said[place : place + len(one)]) == one for place in places.get(one[0], ()))), None)


def _says(text: str, phrases: Iterable[tuple[str, ...]]) -> bool:
    """Whether a text has the folded words of one of the phrases in a row; a look at the letters first, which settles most."""
    if text.isascii():
        letters = text.lower()
        phrases = [one for one in phrases if one[0] in letters]
        if not phrases:
            return False
    return _first_said([token.word for token in tokens(text)], phrases) is not None


def _phrases(given: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(phrase for phrase in (tuple(words(text)) for text in given) if phrase)


def _kind(text: str) -> str:
    return "".join(words(text))
