"""CVs: whose they are, what they do, where they live, which positions they held.

Real texts: ``livecareer_cv`` (no name and no place in them: whatever is returned is invented), its PDFs with titles and dates
labelled by hand where ``livecareer_cv/labels.json`` or ``ROLECALL_CV_LABELS`` is there, and ``dataturks_cv`` with spans. Invented
ones: :mod:`judge.invented.cvs`. Of each real set only the half that nobody looked at is counted (by the last bit of a hash of the name).

Compared by folded words: a span counts where it starts and ends at words, stands at the start of a line that is no prose, and is
asked for once a CV. ``whole`` means equal words, neither more nor less.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from judge.invented.cvs import LAYOUTS, made
from judge.measure import Row, Skipped, share
from rolecall.matching import read_cv
from rolecall.matching.cv.cv_dates import moment, years_of
from rolecall.matching.cv.files.limits import Limits
from rolecall.models import Cv, Role
from rolecall.text.words import words

READ_ON = date(2018, 6, 1)
"""The day on which roles that go on are taken to be read: the sets are from then."""

PATIENT = Limits(seconds=600)
"""What is measured is what is read, not how busy the machine is."""

SHORT, SHORT_PDF = 80, 6
TITLE = re.compile(
    r"\b(?:engineer|developer|manager|consultant|analyst|teacher|accountant|assistant|director|specialist|nurse|chef)\b", re.I
)
PLAIN_PLACE = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)?, [A-Z][A-Za-z]+\b")
PLAIN_PERIOD = re.compile(
    r"((?:[A-Z][a-z]{2,8} |\d{1,2}/)?(?:19|20)\d\d)\s*(?:-|–|to)\s*((?:[A-Z][a-z]{2,8} |\d{1,2}/)?(?:19|20)\d\d|[A-Z][a-z]+)"
)


def rows(shared: Path, *, short: bool) -> Iterator[Row | Skipped]:
    real = shared / "realdata"
    yield from _livecareer(real / "livecareer_cv", short=short)
    yield from _labelled(real / "livecareer_cv", short=short)
    yield from _dataturks(real / "dataturks_cv", short=short)
    yield from _invented(short=short)


def held(name: str) -> bool:
    """Whether a CV is of the half that only measures."""
    return hashlib.sha256(name.encode()).digest()[-1] % 2 == 1


def loaded(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file of JSON; a stray backslash is one."""
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            yield json.loads(re.sub(r'\\(?!["\\/bfnrtu])', r"\\\\", line))


def _read(text: str) -> Cv:
    return read_cv(text.encode(), filename="cv.txt", today=READ_ON)


def _first(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _same(one: str, other: str) -> bool:
    return bool(words(one)) and words(one) == words(other)


# ── no name, no place ───────────────────────────────────────────────────────────────────────────────────────


def _livecareer(folder: Path, *, short: bool) -> Iterator[Row | Skipped]:
    if not (folder / "dev.jsonl").is_file():
        yield Skipped("livecareer_cv", "the folder is not there")
        return
    texts = [one["text"] for one in loaded(folder / "dev.jsonl") if held(one["cv"])][: SHORT if short else None]
    cvs = [_read(text) for text in texts]
    name = "livecareer_cv, held"
    n = len(texts)
    yield Row(name, "names invented", *share([bool(cv.name) for cv in cvs]), "the first line", 1.0, n, 0.01, True, True)
    plain = sum(bool(PLAIN_PLACE.search("\n".join(text.splitlines()[:12]))) for text in texts) / n
    yield Row(name, "places invented", *share([bool(cv.location) for cv in cvs]), "City, Region in 12 lines", plain, n, 0.02, True, True)
    titled = [(cv, text) for cv, text in zip(cvs, texts, strict=True) if _first(text).isupper() and len(_first(text)) > 2]
    plain = sum(bool(TITLE.search(_first(text))) for _, text in titled) / max(len(titled), 1)
    right = [_same(cv.headline, _first(text)) for cv, text in titled]
    yield Row(name, "headline is the title line", *share(right), "a first line with a word of work", plain, len(right), 0.9, True)


# ── titles and dates, labelled by hand ──────────────────────────────────────────────────────────────────────


def _labelled(folder: Path, *, short: bool) -> Iterator[Row | Skipped]:
    labels = Path(os.environ.get("ROLECALL_CV_LABELS") or folder / "labels.json")
    if not labels.is_file() or not (folder / "pdf").is_dir():
        yield Skipped("livecareer_cv/pdf", f"no labels (ROLECALL_CV_LABELS, or {labels.name} beside the texts)", own=True)
        return
    gold: dict[str, Any] = json.loads(labels.read_text(encoding="utf-8"))
    stems = sorted(gold)[: SHORT_PDF if short else None]
    ours, theirs = _Roles(), _Roles()
    years: list[bool] = []
    for stem in stems:
        data = (folder / "pdf" / f"{stem}.pdf").read_bytes()
        wanted = [Role(**role) for role in gold[stem]["roles"]]
        cv = read_cv(data, filename=f"{stem}.pdf", today=READ_ON, limits=PATIENT)
        ours.count(stem, wanted, cv.roles)
        theirs.count(stem, wanted, _plain_roles(cv.text.splitlines()))
        meant = years_of(Cv(roles=wanted), today=READ_ON) or 0.0
        years.append(cv.years is not None and abs(cv.years - meant) <= 1)
    name = "livecareer_cv/pdf, labelled by hand"
    for measure in ("title", "dates", "title and dates"):
        hit, plain = ours.hits[measure], theirs.hits[measure]
        yield Row(
            name,
            f"roles with their {measure}",
            *share(hit, unit=ours.unit),
            "what stands before a date",
            _mean(plain),
            len(hit),
            0.85,
            True,
        )
    made_up = [not one for one in ours.right]
    yield Row(
        name, "roles that are none", *share(made_up), "what stands before a date", 1 - _mean(theirs.right), len(made_up), 0.1, True, True
    )
    yield Row(name, "years within ±1", *share(years), "", None, len(years), 0.85, True)


class _Roles:
    """Labelled roles found again."""

    def __init__(self) -> None:
        self.hits: dict[str, list[bool]] = {"title": [], "dates": [], "title and dates": []}
        self.unit: list[str] = []
        self.right: list[bool] = []

    def count(self, cv: str, wanted: Sequence[Role], read: Sequence[Role]) -> None:
        def dated(one: Role, other: Role) -> bool:
            return (one.start, one.end) == (other.start, other.end)

        for role in wanted:
            self.unit.append(cv)
            self.hits["title"].append(any(_same(role.title, one.title) for one in read))
            self.hits["dates"].append(any(dated(role, one) for one in read))
            self.hits["title and dates"].append(any(_same(role.title, one.title) and dated(role, one) for one in read))
        self.right += [any(_same(one.title, role.title) or dated(one, role) for role in wanted) for one in read]


def _plain_roles(lines: Sequence[str]) -> list[Role]:
    """What a plain reader finds: a period, and in front of it, else on the line above, the title."""
    found = []
    for number, line in enumerate(lines):
        period = PLAIN_PERIOD.search(line)
        if period:
            title = line[: period.start()].strip(" ,") or (lines[number - 1] if number else "")
            found.append(Role(title=title, start=moment(period[1]), end=moment(period[2])))
    return found


def _mean(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0


# ── spans ───────────────────────────────────────────────────────────────────────────────────────────────────


def _dataturks(folder: Path, *, short: bool) -> Iterator[Row | Skipped]:
    if not (folder / "dev.jsonl").is_file():
        yield Skipped("dataturks_cv", "the folder is not there")
        return
    found = [one for one in loaded(folder / "dev.jsonl") if held(one["id"])][: SHORT // 4 if short else None]
    cvs = [_read(one["text"]) for one in found]
    name = "dataturks_cv, held"
    yield from _spans(
        name, "Designation", "designations whole", found, cvs, lambda cv: [cv.headline, *(role.title for role in cv.roles)], 0.85
    )
    yield from _spans(name, "Companies worked at", "employers whole", found, cvs, lambda cv: [role.company for role in cv.roles], 0.85)
    places, plain = [], []
    for one, cv in zip(found, cvs, strict=True):
        first = next((said for begin, said in _aligned(one, "Location") if begin < 200), "")
        if first:
            places.append(words(cv.location)[: len(words(first))] == words(first))
            guessed = PLAIN_PLACE.search("\n".join(one["text"].splitlines()[:12]))
            plain.append(bool(guessed) and words(guessed[0])[: len(words(first))] == words(first) if guessed else False)
    yield Row(name, "location", *share(places), "City, Region in 12 lines", _mean(plain), len(places), 0.85, True)
    named = [bool(cv.name) for cv in cvs]
    yield Row(name, "names read out of what is blanked", *share(named), "the first line", 1.0, len(named), 0.01, True, True)


def _aligned(one: dict[str, Any], label: str) -> list[tuple[int, str]]:
    """The spans of a label that start and end at words: (where, what)."""
    text: str = one["text"]
    kept: list[tuple[int, str]] = []
    for begin, end, kind in one["spans"]:
        said = text[begin:end]
        first, last = begin + len(said) - len(said.lstrip()), begin + len(said.rstrip(" \n\t,.-"))
        if kind != label or first >= last or "\n" in text[first:last]:
            continue
        if not text[max(first - 1, 0)].isalnum() and not text[last : last + 1].isalnum():
            kept.append((first, text[first:last]))
    return kept


def _asked(one: dict[str, Any], label: str) -> list[str]:
    """The spans that stand where a title or an employer stands: first on a line that is no prose, or behind a dash near the top."""
    text: str = one["text"]
    found: dict[str, str] = {}
    for begin, said in _aligned(one, label):
        start = text.rfind("\n", 0, begin) + 1
        end = text.find("\n", begin)
        line, before = text[start : end if end >= 0 else len(text)], text[start:begin].strip()
        if len(line) <= 90 and not before and not line.rstrip().endswith(".") and len(words(said)) <= 10:
            found.setdefault(" ".join(words(said)), said)
    return list(found.values())


def _spans(
    name: str, label: str, measure: str, found: Sequence[dict[str, Any]], cvs: Sequence[Cv], read: Callable[[Cv], list[str]], bound: float
) -> Iterator[Row]:
    hits, plain, unit = [], [], []
    for one, cv in zip(found, cvs, strict=True):
        ours = read(cv)
        guessed = [
            part for line in one["text"].splitlines() if len(line) < 60 for part in line.split(" - ") if TITLE.search(part) or " - " in line
        ]
        for said in _asked(one, label):
            hits.append(any(_same(said, title) for title in ours))
            plain.append(any(_same(said, title) for title in guessed))
            unit.append(one["id"])
    if hits:
        yield Row(name, measure, *share(hits, unit=unit), "short lines with a word of work", _mean(plain), len(hits), bound, True)


# ── invented ────────────────────────────────────────────────────────────────────────────────────────────────


def _invented(*, short: bool) -> Iterator[Row]:
    found = list(made(files=not short))
    hits: dict[str, list[bool]] = {}
    first: dict[str, list[bool]] = {}
    for who, layout, data, filename in found:
        cv = read_cv(data, filename=filename, today=READ_ON, limits=PATIENT)
        said = {
            "name": _same(cv.name, who.name),
            "headline": _same(cv.headline, who.headline),
            "location": _same(cv.location, who.place) or words(who.place)[0] in words(cv.location)[:2],
            "roles": [(words(role.title), words(role.company), role.start, role.end) for role in cv.roles]
            == [(words(job.title), words(job.company), job.start, job.end) for job in who.jobs],
        }
        for field, right in said.items():
            hits.setdefault(f"{field}, {who.language}", []).append(right)
        line = _first(layout(who)) if isinstance(data, bytes) and filename.endswith("txt") else ""
        if line:
            first.setdefault(f"name, {who.language}", []).append(_same(line, who.name))
    for measure, all_right in sorted(hits.items()):
        baseline = _mean(first[measure]) if measure in first else None
        yield Row(
            f"CVs of {len(LAYOUTS)} layouts", measure, *share(all_right), "the first line" if baseline is not None else "", baseline,
            len(all_right), 0.95, False,
        )  # fmt: skip
