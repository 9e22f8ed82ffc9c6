"""Letters to real ads from real CVs: how many are as long as a letter is, how often one sentence comes back, and whether every word is
carried, by a check that knows nothing of the letters' own checker: what is neither the ad's part of a sentence nor a word of the frames
must stand in the CV.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from judge.measure import Row, Skipped, share
from judge.ranking import held, job_of, lines
from rolecall.matching import Matcher, read_cv
from rolecall.matching.ads.job import Job
from rolecall.matching.cv.spans import cv_text
from rolecall.matching.letters.cover_letter import CoverLetter, letter_of, templates
from rolecall.models import Cv
from rolecall.text.words import fold

CVS, LETTERS = 40, 25
SHORT_CVS, SHORT_LETTERS = 4, 5
EMPLOYERS = ("Halden & Co", "Marwick Group", "Tessel Ltd", "Oakridge", "Northmere", "Pellar")
"""Invented: the ads name none."""

WORD = re.compile(r"[^\W\d_]{4,}|\d+(?:[.,]\d+)*")
LEAST, MOST = 140, 230


def rows(shared: Path, *, short: bool) -> Iterator[Row | Skipped]:
    """Letters of people of the held part to the ads that fit them best."""
    folder = shared / "realdata/field_match"
    if not folder.is_dir():
        yield Skipped("field_match, letters", f"{folder} is not there")
        return
    ads = [one for one in lines(folder / "ads_dev.jsonl") if len(one["text"].split()) > 80]
    jobs = {ad["ad"]: _named(job_of(ad), number) for number, ad in enumerate(ads)}
    matcher = Matcher(list(jobs.values()))
    people = [one for one in lines(folder / "dev.jsonl") if held(one["cv"])][: SHORT_CVS if short else CVS]
    long: list[float] = []
    wrong: list[float] = []
    most: list[float] = []
    for one in people:
        cv = read_cv(one["text"].encode(), filename="cv.txt")
        best = [jobs[row.job_id] for row in matcher.rank(cv, limit=SHORT_LETTERS if short else LETTERS)]
        letters = [(job, letter_of(cv, job)) for job in best]
        said = Counter(sentence.text for _, letter in letters for sentence in letter.sentences)
        long += [float(LEAST <= len(letter.text.split()) <= MOST) for _, letter in letters]
        wrong += [float(bool(uncarried(letter, cv, job))) for job, letter in letters]
        most.append(float(max(said.values(), default=0) <= max(1, 0.2 * len(letters))))
    name = "field_match, letters"
    yield Row(name, "letters of 140 to 230 words", *share(long), "none", None, len(long), None, True)
    yield Row(name, "people of whose letters no sentence is in more than a fifth", *share(most), "none", None, len(most), None, True)
    yield Row(name, "letters with a word that nothing carries", *share(wrong), "none", None, len(wrong), 0.0, True, less_is_better=True)


def uncarried(letter: CoverLetter, cv: Cv, job: Job) -> list[str]:
    """The words of a letter's sentences that neither the CV nor the frames have, beside the part in which a sentence names the ad."""
    had = _words(cv_text(cv))
    had |= {str(int(cv.years or 0))} | _words(json.dumps([role.model_dump() for role in cv.roles], ensure_ascii=False))
    found = []
    for sentence in letter.sentences:
        text = sentence.text
        for name in (
            job.title,
            re.sub(r"\s*\([^)]*\)", "", job.title),
            job.company,
            *(job.text[start:end] for start, end in sentence.ad_spans),
        ):
            text = re.sub(re.escape(" ".join(name.split())), " ", text, flags=re.I) if name.strip() else text
        found += [word for word in _words(text) if not _is_in(word, had) and not _is_in(word, _frames())]
    return found


def _named(job: Job, number: int) -> Job:
    fields: dict[str, Any] = {
        "id": job.id, "title": job.title, "company": EMPLOYERS[number % len(EMPLOYERS)], "location": job.location,
        "description": job.description, "source": job.source, "url": job.url,
    }  # fmt: skip
    return Job.of(fields)


def _words(text: str) -> set[str]:
    return {fold(word) for word in WORD.findall(text)}


def _frames() -> set[str]:
    """The words that our sentences add."""
    return _words(json.dumps(templates(), ensure_ascii=False)) | _words(CLAUSES)


CLAUSES = "there task work job includes included covers covered responsible also"
"""What stands between a position and what the CV says of it."""


def _is_in(word: str, words: set[str]) -> bool:
    """Whether it is among them, in another form of at most three letters less too."""
    return word in words or (len(word) > 5 and any(other.startswith(word[:-3]) for other in words))
