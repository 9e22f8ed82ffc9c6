"""How well what an ad asks for is read: ads in which people marked skills and knowledge, and sentences of ads with a skill named for each.

``skillspan``: a requirement we read is right when it overlaps a mark, a mark is found when one of ours overlaps it; ads resampled. The ads
held by :func:`held_ad` only measure. ``esco_skills``: the same of single sentences that people linked to a skill; those in which they
marked nothing are left out, as most were not looked at whole. Baseline: every name of our vocabulary and of the wider table, wherever it
stands.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from judge.measure import Row, Skipped, developed_on, share
from rolecall.matching.ads.ad import read_ad
from rolecall.matching.ads.job import Job
from rolecall.matching.skills.lexicon import find as lexicon_names
from rolecall.matching.skills.vocabulary import tokens, vocabulary

LEAST_PRECISION, LEAST_RECALL = 0.75, 0.5
MASKS = ("<ORGANIZATION>", "<LOCATION>", "<NAME>", "<ADDRESS>", "<CONTACT>", "<PROFESSION>")
Span = tuple[int, int]


class MarkedAd(NamedTuple):
    """An ad and what people marked in it."""

    name: str
    text: str
    marks: list[Span]


def marked_ads(path: Path) -> list[MarkedAd]:
    """SkillSpan's ads: sentences of one number that follow each other."""
    ads: list[tuple[str, list[dict[str, list[str]]]]] = []
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        name = f"{path.stem} {row['source']} {row['idx']}"
        if not ads or ads[-1][0].rsplit("|", 1)[0] != name:
            ads.append((f"{name}|{place}", []))
        ads[-1][1].append(row)
    return [_marked(name, rows) for name, rows in ads]


def _marked(name: str, rows: Sequence[dict[str, list[str]]]) -> MarkedAd:
    lines, marks, at = [], [], 0
    for row in rows:
        spans, said = [], []
        for token in row["tokens"]:
            word = f"Acme{' ' * (len(token) - 4)}" if token in MASKS else token
            spans.append((at, at + len(word)))
            said.append(word)
            at += len(word) + 1
        for tags in (row["tags_skill"], row["tags_knowledge"]):
            marks += [(spans[first][0], spans[last][1]) for first, last in _runs(tags)]
        lines.append(" ".join(said))
    return MarkedAd(name, "\n".join(lines), sorted(marks))


def _runs(tags: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = None
    for place, tag in enumerate([*tags, "O"]):
        if start is not None and not tag.startswith("I"):
            yield start, place - 1
            start = None
        if tag.startswith("B"):
            start = place


def held_ad(ad: MarkedAd) -> bool:
    """Whether an ad of the second part only measures."""
    return not developed_on(ad.name.rsplit("|", 1)[0])


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one[0] < other[1] and other[0] < one[1]


def read_spans(text: str) -> list[Span]:
    """Where we read that something is asked: skills, names, clauses; of those that overlap, the shorter."""
    ad = read_ad(Job(id="1", title="", description=text))
    named = [span for one in (*ad.asked, *ad.named) for span in one.spans]
    phrased = [(start, end) for start, end, _ in ad.phrased if not any(overlaps((start, end), span) for span in named)]
    return [(start - 1, end - 1) for start, end in named + phrased]


def every_name(text: str) -> list[Span]:
    """The baseline: all names that either table knows."""
    found = tokens(text)
    hits = [(hit.start, hit.end) for hit in vocabulary().find(text, found)]
    taken = [any(overlaps((token.start, token.end), hit) for hit in hits) for token in found]
    return hits + [(found[one.first].start, found[one.end - 1].end) for one in lexicon_names(text, found, taken)]


def rows(shared: Path, *, short: bool) -> Iterator[Row | Skipped]:
    """Both sets."""
    real = shared / "realdata"
    if (real / "skillspan").is_dir():
        ads = [ad for ad in marked_ads(real / "skillspan" / "dev.json") if held_ad(ad)]
        yield from _figures("skillspan, held", ads[: 12 if short else None])
    else:
        yield Skipped("skillspan", "../shared/realdata is not here")
    if (real / "esco_skills").is_dir():
        yield from _figures("esco_skills, held", [ad for ad in _sentences(real / "esco_skills") if held_ad(ad)])
    else:
        yield Skipped("esco_skills", "../shared/realdata is not here")


def _sentences(folder: Path) -> Iterator[MarkedAd]:
    """Sentences with what people linked to a skill in them."""
    marked: dict[str, list[Span]] = {}
    for path in sorted(folder.glob("*_validation_annotations.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                start = row["sentence"].find(row["span"]) if row["span"] else -1
                if start >= 0:
                    marked.setdefault(row["sentence"], []).append((start, start + len(row["span"])))
    return (MarkedAd(sentence, sentence, marks) for sentence, marks in marked.items())


def _figures(name: str, ads: Sequence[MarkedAd]) -> Iterator[Row]:
    ours, names = [read_spans(ad.text) for ad in ads], [every_name(ad.text) for ad in ads]
    for measure, bound, one in (("precision", LEAST_PRECISION, _right), ("recall", LEAST_RECALL, _found)):
        hits, of = zip(*(one(spans, ad.marks) for spans, ad in zip(ours, ads, strict=True)), strict=True)
        theirs, total = zip(*(one(spans, ad.marks) for spans, ad in zip(names, ads, strict=True)), strict=True)
        figure = share(hits, of=of, unit=[ad.name for ad in ads])
        yield Row(name, f"requirements: {measure}", *figure, "every known name", sum(theirs) / max(1, sum(total)), sum(of), bound, True)


def _right(spans: Sequence[Span], marks: Sequence[Span]) -> tuple[float, float]:
    return float(sum(any(overlaps(span, mark) for mark in marks) for span in spans)), float(len(spans))


def _found(spans: Sequence[Span], marks: Sequence[Span]) -> tuple[float, float]:
    return float(sum(any(overlaps(span, mark) for span in spans) for mark in marks)), float(len(marks))
