"""How well the matcher ranks, side by side in one run with TF-IDF (default; 1–2-grams, sublinear) and WordLlama alone.

    make bench ONLY=matching OPTIONS="[--quick]"

Two tables. **Titles**: each job title of ``melo_usa_en`` (O*NET) against 33,809 ESCO labels; mean reciprocal rank of the first right
label, equal scores sharing their ranks (its expectation over their orders). The data is not part of the repository: it is read from the
folder that ``ROLECALL_SHARED`` names, and the table is left out, saying so, where that is absent. **Pairs**: ``bench/cvset``, test half;
area under the curve of the score, of the score with ineligible pairs last (as a person sees them), and the calibration error.

Exits with 1 where a gate is missed: MRR 0.64; AUC 0.90 and 0.05 above the best baseline. ``--quick``: every fifth title.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score

from bench.cvset import CvSet, load
from bench.fit.calibrate import TODAY, calibration_error
from bench.fit.judged import job_of, judged
from rolecall.matching.cv.spans import cv_text
from rolecall.matching.skills.title_index import TitleIndex
from rolecall.matching.skills.vectors import table

MELO = Path(os.environ.get("ROLECALL_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "melo_usa_en"
MRR_GATE, MRR_GOAL, AUC_GATE, AUC_LEAD = 0.64, 0.68, 0.90, 0.05

Floats = NDArray[np.float64]
Ranker = Callable[[str], Floats]
SUBLINEAR: dict[str, Any] = {"ngram_range": (1, 2), "sublinear_tf": True, "stop_words": "english"}
TFIDF: dict[str, dict[str, Any]] = {"TF-IDF default": {}, "TF-IDF 1-2-grams, sublinear": SUBLINEAR}


def read_melo() -> tuple[list[str], list[str], list[list[int]]]:
    """Titles, labels, and for each title the numbers of the right labels."""

    def rows(name: str) -> list[list[str]]:
        return [line.split("\t") for line in (MELO / name).read_text(encoding="utf-8").splitlines()]

    labels = rows("corpus_elements.tsv")
    place = {row[0]: number for number, row in enumerate(labels)}
    right: dict[str, list[int]] = {}
    for query, _, label, _ in rows("annotations.tsv"):
        right.setdefault(query, []).append(place[label])
    queries = rows("queries.tsv")
    return [row[1] for row in queries], [row[1] for row in labels], [right[row[0]] for row in queries]


def reciprocal_rank(scores: Floats, right: list[int]) -> float:
    """Expectation of 1 / rank of the first right one, equal scores (to 6 digits) in any order."""
    rounded = np.round(scores, 6)
    best = rounded[right].max()
    above, equal = int((rounded > best).sum()), int((rounded == best).sum())
    good = int((rounded[right] == best).sum())
    ways = math.comb(equal, good)
    return sum(math.comb(equal - 1 - place, good - 1) / ways / (above + place + 1) for place in range(equal - good + 1))


def rankers(labels: list[str]) -> dict[str, Ranker]:
    """Each method's scores of all labels for a title."""
    found: dict[str, Ranker] = {}
    for name, options in TFIDF.items():
        vectorizer = TfidfVectorizer(**options)
        matrix = vectorizer.fit_transform(labels)
        found[name] = lambda title, v=vectorizer, m=matrix: (m @ v.transform([title]).T).toarray().ravel()  # type: ignore[misc]
    meanings = static(labels)
    found["WordLlama alone"] = lambda title: meanings @ static([title])[0]
    index = TitleIndex()
    rows = np.array([index.add(label) for label in labels])
    found["Rolecall"] = lambda title: index.near(title)[rows]
    return found


def static(texts: Sequence[str]) -> Floats:
    """WordLlama as it comes: the mean of a text's token rows, of length 1."""
    rows, tokenizer = table()
    means = [rows[one.ids].astype(np.float64).mean(axis=0) for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
    matrix = np.stack(means)
    return np.asarray(matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12))


def bench_titles(step: int) -> bool:
    """Prints the first table. Whether the gate holds."""
    if not MELO.is_dir():
        print(f"titles: left out, {MELO} is not here (set ROLECALL_SHARED)")
        return True
    titles, labels, right = read_melo()
    print(f"titles: {len(titles[::step]):,} of melo_usa_en against {len(labels):,} ESCO labels, MRR (gate {MRR_GATE}, goal {MRR_GOAL})")
    figures = {
        name: float(np.mean([reciprocal_rank(rank(title), good) for title, good in zip(titles[::step], right[::step], strict=True)]))
        for name, rank in rankers(labels).items()
    }
    for name, value in figures.items():
        print(f"  {name:34} {value:.4f}")
    return figures["Rolecall"] >= MRR_GATE


def baselines(split: CvSet) -> dict[str, Floats]:
    """Each baseline's scores of a split's pairs, on the texts the matcher reads."""
    cvs = {name: cv_text(cv) for name, cv in split.cvs.items()}
    ads = {name: job_of(split, name).text for name in split.jobs}
    left, right = list(cvs), list(ads)
    found: dict[str, Floats] = {}
    for name, options in TFIDF.items():
        vectorizer = TfidfVectorizer(**options).fit([*cvs.values(), *ads.values()])
        matrix = (vectorizer.transform(cvs.values()) @ vectorizer.transform(ads.values()).T).toarray()
        found[name] = np.array([matrix[left.index(pair.cv_id), right.index(pair.job_id)] for pair in split.pairs])
    matrix = static(list(cvs.values())) @ static(list(ads.values())).T
    found["WordLlama alone"] = np.array([matrix[left.index(pair.cv_id), right.index(pair.job_id)] for pair in split.pairs])
    return found


def bench_pairs() -> bool:
    """Prints the second table. Whether the gates hold."""
    split = load("test")
    pairs = judged(split, today=TODAY)
    labels = np.array([float(pair.label) for pair in pairs])
    scores = np.array([pair.parts.score for pair in pairs])
    rows = baselines(split)
    best = max(float(roc_auc_score(labels, row)) for row in rows.values())
    rows["Rolecall, score alone"] = scores
    rows["Rolecall, ineligible last"] = scores + np.array([float(pair.eligible) for pair in pairs])
    print(
        f"pairs: bench/cvset test, {len(pairs):,} pairs, {int(labels.sum())} positive; AUC (gate {AUC_GATE}, and {AUC_LEAD} above the best)"
    )
    figures = {name: float(roc_auc_score(labels, row)) for name, row in rows.items()}
    for name, value in figures.items():
        print(f"  {name:34} {value:.4f}")
    ours = figures["Rolecall, score alone"]
    print(f"  lead over the best baseline {ours - best:+.4f}")
    brier = float(((scores - labels) ** 2).mean())
    print(f"  calibration: Brier {brier:.4f}, expected calibration error {calibration_error(scores, labels):.4f}")
    for low in (0.0, 0.1, 0.3, 0.5, 0.7):
        here = (scores >= low) & (scores < {0.0: 0.1, 0.1: 0.3, 0.3: 0.5, 0.5: 0.7, 0.7: 1.1}[low])
        if here.any():
            print(
                f"    scores from {low:.1f}: {int(here.sum()):5} pairs, mean {scores[here].mean():.3f}, invited {labels[here].mean():.3f}"
            )
    return ours >= AUC_GATE and ours - best >= AUC_LEAD


def main() -> None:
    """Both tables; exit status 1 where a gate is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true")
    given = options.parse_args()
    held = [bench_titles(5 if given.quick else 1), bench_pairs()]
    if not all(held):
        sys.exit("a gate is missed")


if __name__ == "__main__":
    main()
