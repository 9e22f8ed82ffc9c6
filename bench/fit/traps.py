"""Fits what speaks to a machine: writes ``include/rolecall/matching/ads/prompt_injection.npz``.

    make bench ONLY=fit/traps

One logistic regression, fitted to the invented lines of ``machine_lines.txt``, opened up, to the half of the judge's lines that may be
developed on, and to the sentences of all real ads and CVs that may be looked at. A feature is one that two invented lines have in common,
or a word of an invented line that three real sources have: what only real texts have is not kept.
"""

from __future__ import annotations

import csv
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bench.fit.mails import opened
from judge.__main__ import SHARED
from judge.traps import injected
from rolecall.matching.ads.machine_lines import FEWEST, FILE, MOST, features, parts, spread, words_of, worth_it

LINES = Path(__file__).with_name("machine_lines.txt")
MAIL_LINES = Path(__file__).with_name("mail_acts.txt")
SECTION = re.compile(r"\[[a-z]+(?: [a-z]{2}(?: [a-z]+)?)?\]")
FOLDS = 5
HELD_DOWN = 8.0
"""How little the weights are held down (``C``)."""

OF_MACHINES, OF_PEOPLE, OF_REAL = 5.0, 3.0, 1.0
"""What an invented line to a machine, one to people and a sentence of a real text count."""

FALSE = 2
"""False sentences of real texts that the bound lets through where their source was left out of the fit."""

OTHERS = 4
"""Of so many sentences that would not be weighed one is fitted to, too."""

FILES = (
    "adzuna_cut/dev field_match/ads_dev field_match/dev livecareer_cv/dev dataturks_cv/dev hr_scores/ads_dev hr_scores/cvs_dev"
    " skillspan/dev skillspan/train job_views/jobs_dev"
)
NOISY = 0.15
"""Share of variants in which letters are changed over, left out or replaced."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One to fit to. :param source: template or text it is of, :param weight: how much it counts"""

    source: str
    to_machine: bool
    words: tuple[str, ...]
    weight: float
    real: bool = False


def misspelt(line: str, chance: random.Random) -> str:
    """The line with two letters changed over, one left out, or digits for letters in some of its long words."""
    words = line.split(" ")
    for place, word in enumerate(words):
        if len(word) > 4 and word.isalpha() and chance.random() < 0.4:
            cut, how = chance.randrange(1, len(word) - 1), chance.randrange(3)
            changed = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :] if how == 0 else word[:cut] + word[cut + 1 :]
            words[place] = word.translate(str.maketrans("oiea", "0134")) if how == 2 else changed
    return " ".join(words)


def invented(file: Path = LINES) -> Iterator[Sentence]:
    """The sentences that the lines of a file stand for."""
    chance, names, section = random.Random(5), {}, ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        if SECTION.fullmatch(line):
            section = line.strip("[]").split()[0]
        elif line.startswith("$") and " = " in line:
            name, _, values = line.partition(" = ")
            names[name] = f"{{{values}}}"
        elif line.strip() and not line.startswith("#"):
            yield from of_line(line, f"{file.name} {number}", section == "machine", names, chance)


def of_line(line: str, source: str, to_machine: bool, names: dict[str, str], chance: random.Random) -> Iterator[Sentence]:
    """The variants of one line."""
    outside = line
    for name in sorted(names, key=len, reverse=True):
        while name in outside:
            place = outside.index(name)
            deep = outside.rfind("{", 0, place) > outside.rfind("}", 0, place)
            value = chance.choice(names[name].strip("{}").split("|")) if deep else names[name]
            outside = outside[:place] + value + outside[place + len(name) :]
    variants = [each.replace("‹", "{").replace("›", "}") for each in opened(outside, chance)]
    for variant in variants:
        said = misspelt(variant, chance) if to_machine and chance.random() < NOISY else variant
        yield Sentence(source, to_machine, tuple(words_of(said)), (OF_MACHINES if to_machine else OF_PEOPLE) * len(variants) ** -0.5)


def real_texts() -> Iterator[tuple[str, str]]:
    """(source, text) of all real ads and CVs to develop on."""
    for file in sorted((SHARED / "captures" / "ashby").glob("*.json")):
        for job in json.loads(file.read_text(encoding="utf-8"))["jobs"]:
            yield file.stem, f"{job.get('title')}\n{job.get('descriptionPlain') or ''}"
    for name in FILES.split():
        for file in sorted((SHARED / "realdata").glob(f"{name}.json*")):
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
                try:
                    told = json.loads(line)
                except json.JSONDecodeError:  # two of dataturks_cv
                    continue
                said = told["tokens"] if "tokens" in told else [each for each in told.values() if isinstance(each, str)]
                yield f"{name} {told.get('idx', number)}", (" " if "tokens" in told else "\n").join(said)
    yield from in_fifties("sayfullina", sayfullina())
    with (SHARED / "realdata" / "jobbert_titles" / "titles.csv").open(encoding="utf-8") as titles:
        yield from in_fifties("titles", (" ".join(row) for row in csv.reader(titles)))


def in_fifties(name: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Texts of which nobody says whose they are: fifty are one source."""
    return ((f"{name} {number // 50}", text) for number, text in enumerate(texts))


def sayfullina() -> Iterator[str]:
    """Its sentences, which stand a word a line."""
    words: list[str] = []
    for file in sorted((SHARED / "realdata" / "sayfullina").glob("*.conll")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                words.append(line.split()[0])
            elif words:
                yield " ".join(words)
                words = []


def real() -> Iterator[Sentence]:
    """Each sentence of them once, and each two in a row: all that are weighed, and of the others every fourth."""
    seen: set[tuple[str, ...]] = set()
    for source, text in real_texts():
        for line in text.split("\n"):
            for words in every(line):
                if words not in seen and (worth_it(words) or len(seen) % OTHERS == 0):
                    yield Sentence(source, False, words, OF_REAL, real=True)
                seen.add(words)


def every(line: str) -> list[tuple[str, ...]]:
    """The words of each sentence of a line, and of each two in a row."""
    single = [tuple(words_of(line[start:end])) for start, end in parts(line)]
    return [words for words in [*single, *(one + two for one, two in pairwise(single))] if FEWEST <= len(words) <= MOST]


def table_of(said: list[Sentence], names: list[set[str]], rows: dict[str, int]) -> csr_matrix:
    """Sentences × features."""
    known = [sorted(name for name in found if name in rows) for found in names]
    places = [(number, rows[name], spread(len(found))) for number, found in enumerate(known) for name in found]
    at, column, value = zip(*places, strict=True)
    return csr_matrix((value, (at, column)), (len(said), len(rows)))


def kept_features(said: list[Sentence], names: list[set[str]]) -> dict[str, int]:
    """Which features are weighed."""
    ours: dict[str, set[str]] = defaultdict(set)
    theirs: dict[str, set[str]] = defaultdict(set)
    for one, found in zip(said, names, strict=True):
        for name in found:
            (theirs if one.real else ours)[name].add(one.source)
    kept = sorted(name for name, where in ours.items() if len(where) > 1 or (len(theirs[name]) > 2 and " " not in name))
    return {name: place for place, name in enumerate(kept)}


def fold_of(source: str) -> int:
    """Which fold a source is in; templates in turn, real sources by their name."""
    return sum(source.encode()) % FOLDS


def main() -> None:
    """Fits, says how well in folds left out, and writes."""
    began = time.process_time()
    lines = list(invented())
    tuned = [Sentence(f"tuned {line}", True, tuple(words_of(line)), OF_MACHINES) for line in injected("tune")]
    everything = [*lines, *tuned, *(replace(one, to_machine=False) for one in invented(MAIL_LINES)), *real()]
    names = [features(one.words) for one in everything]
    rows = kept_features(everything, names)
    table, label = table_of(everything, names, rows), np.array([one.to_machine for one in everything])
    counted, fold = np.array([one.weight for one in everything]), np.array([sum(one.source.encode()) % FOLDS for one in everything])
    print(f"{sum(one.to_machine for one in lines)} lines to machines of {len({one.source for one in lines if one.to_machine})} templates, "
          f"{sum(not one.to_machine for one in lines)} to people, {len(everything)} in all, {len(rows)} features")  # fmt: skip

    left_out = np.zeros(len(everything))
    for each in range(FOLDS):
        inside = fold != each
        left_out[~inside] = regression().fit(table[inside], label[inside], counted[inside]).decision_function(table[~inside])
    of_real = np.array([one.real and worth_it(one.words) for one in everything])
    least = float(np.sort(left_out[of_real])[-FALSE - 1])
    found = np.mean(left_out[label] > least)
    print(f"bound {least:.2f}: where their source was left out {found:.3f} of the sentences to machines are found and {FALSE} real ones")

    write(list(rows), regression().fit(table, label, counted), least)
    print(f"{FILE.stat().st_size} bytes, {time.process_time() - began:.0f} s of CPU")


def regression() -> LogisticRegression:
    """An unfitted one."""
    return LogisticRegression(C=HELD_DOWN, solver="liblinear", tol=1e-3, random_state=0)


def write(names: list[str], fitted: LogisticRegression, least: float) -> None:
    """Keeps the weights as whole numbers of −127 to 127."""
    scale = np.float32(np.abs(fitted.coef_[0]).max() / 127)
    whole = np.round(fitted.coef_[0] / scale).astype(np.int8)
    kept = np.flatnonzero(whole)
    text = np.frombuffer("\n".join(names[at] for at in kept).encode(), np.uint8)
    bias = np.float32(fitted.intercept_[0])
    np.savez_compressed(FILE, names=text, weights=whole[kept], scale=scale, bias=bias, least=np.float32(least))


if __name__ == "__main__":
    main()
