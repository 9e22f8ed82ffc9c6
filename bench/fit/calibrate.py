"""Fits the matcher's weights on the development half of ``bench/cvset`` and writes ``include/rolecall/matching/score/calibration.json``.

    make bench ONLY=fit/calibrate OPTIONS="[--dry]"

A logistic regression on the features of :class:`rolecall.matching.score.scoring.Parts`, no weight below zero, ridge penalty 1. Out-of-fold
figures (six folds, no person on both sides) are printed: they choose nothing here. The test half is never read.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from bench.cvset import load
from bench.fit.judged import Judgement, judged

FILE = Path(__file__).parents[2] / "include/rolecall/matching/score/calibration.json"
TODAY = date(2026, 11, 1)
FOLDS, RIDGE = 6, 1.0

Floats = NDArray[np.float64]


def fit(features: Floats, labels: Floats) -> Floats:
    """Bias and weights."""

    def loss(guess: Floats) -> tuple[float, Floats]:
        odds = features @ guess[1:] + guess[0]
        error = 1 / (1 + np.exp(-odds)) - labels
        value = float((np.logaddexp(0, odds) - labels * odds).sum() + RIDGE / 2 * (guess[1:] ** 2).sum())
        return value, np.concatenate([[error.sum()], features.T @ error + RIDGE * guess[1:]])

    start = np.concatenate([[-4.0], np.ones(features.shape[1])])
    bounds: list[tuple[float | None, float | None]] = [(None, None)] + [(0.0, None)] * features.shape[1]
    found: Any = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 2_000})
    return np.asarray(found.x, dtype=np.float64)


def out_of_fold(pairs: list[Judgement], features: Floats, labels: Floats) -> Floats:
    """Chances of each pair from a fit that never saw its person."""
    people = sorted({pair.cv_id for pair in pairs})
    chances = np.zeros(len(labels))
    for fold in range(FOLDS):
        held = np.isin([pair.cv_id for pair in pairs], people[fold::FOLDS])
        weights = fit(features[~held], labels[~held])
        chances[held] = 1 / (1 + np.exp(-(features[held] @ weights[1:] + weights[0])))
    return chances


def calibration_error(chances: Floats, labels: Floats, bins: int = 10) -> float:
    """Expected calibration error: mean distance of chance and share of positives over equally wide bins, weighted by their size."""
    places = np.minimum((chances * bins).astype(int), bins - 1)
    return float(sum(abs(chances[places == one].sum() - labels[places == one].sum()) for one in range(bins)) / len(labels))


def main() -> None:
    """Fits, prints, writes."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--dry", action="store_true", help="print only")
    given = options.parse_args()
    pairs = judged(load("dev"), today=TODAY)
    names = list(pairs[0].parts.features)
    features = np.array([[pair.parts.features[name] for name in names] for pair in pairs])
    labels = np.array([float(pair.label) for pair in pairs])
    chances = out_of_fold(pairs, features, labels)
    figures = {
        "pairs": len(pairs),
        "positive": int(labels.sum()),
        "auc": round(float(roc_auc_score(labels, chances)), 4),
        "brier": round(float(((chances - labels) ** 2).mean()), 4),
        "ece": round(calibration_error(chances, labels), 4),
    }
    weights = {name: round(float(value), 4) for name, value in zip(["bias", *names], fit(features, labels), strict=True)}
    print(json.dumps({"out of fold, dev": figures}, indent=1))
    for name, value in weights.items():
        print(f"  {name:14} {value:8.4f}")
    if not given.dry:
        FILE.write_text(
            json.dumps({"fitted on": "bench/cvset dev", "out of fold": figures, "weights": weights}, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
