"""Fits the matcher's weights and writes ``include/rolecall/matching/score/calibration.json``.

    make bench ONLY=fit/calibrate OPTIONS="[--dry]"

A logistic regression on the features of :class:`rolecall.matching.score.scoring.Parts`, no weight below zero, over two sets that count
in the proportion of :data:`COUNTS`, each with a bias of its own: ``bench/cvset``, development half (invented; all of what a score rests
on is judged there), and ``field_match`` (real CVs and ads, one field of work or not), what :func:`judge.ranking.held` leaves.
The ridge penalty draws the two texts' words and meaning to :data:`EXPECTED` and all else to zero: invented ads are lists of skills, real
ones are prose. The bias is then the one under which the mean score over ``hr_scores`` is the share of CVs that people who hire put at 5
or more of 7; it changes no order. ``../shared`` holds the real sets, beside the project; none of their text is written.
"""

from __future__ import annotations

import argparse
import json
import random
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize
from sklearn.metrics import roc_auc_score

from bench.cvset import load
from bench.fit.judged import judged
from judge.__main__ import SHARED
from judge.ranking import DAY, held, job_of, lines
from rolecall.matching import read_cv
from rolecall.matching.ads.ad import Ad, read_ad
from rolecall.matching.cv.person import read_person
from rolecall.matching.score.scoring import judge
from rolecall.matching.skills.unlisted_skills import UnlistedSkills

FILE = Path(__file__).parents[2] / "include/rolecall/matching/score/calibration.json"
TODAY = date(2026, 11, 1)
RIDGE = 20.0
EXPECTED = {"words": 4.0, "meaning": 3.0, "log level": 0.8, "title squared": 1.0}
COUNTS = {"cvset": 3000.0, "field_match": 1500.0}
"""What all pairs of a set count together."""

SHARE = 0.15
"""Of the pairs of ``field_match``: there are a hundred thousand."""

INVITED = 5
"""Of 7: a CV that people who hire would look at twice."""

Floats = NDArray[np.float64]


class Pairs(NamedTuple):
    """Features of each pair (a row each, columns by name) and whether the pair fits."""

    names: list[str]
    features: Floats
    labels: Floats


def fit(sets: dict[str, Pairs]) -> Floats:
    """The weights, by feature."""
    names = next(iter(sets.values())).names
    aim = np.array([EXPECTED.get(name, 0.0) for name in names])

    def loss(guess: Floats) -> tuple[float, Floats]:
        weights = guess[len(sets) :]
        value, slope, biases = float(RIDGE / 2 * ((weights - aim) ** 2).sum()), RIDGE * (weights - aim), []
        for bias, (name, pairs) in zip(guess, sets.items(), strict=False):
            odds, count = pairs.features @ weights + bias, COUNTS[name] / len(pairs.labels)
            error = count * (1 / (1 + np.exp(-odds)) - pairs.labels)
            value += float(count * (np.logaddexp(0, odds) - pairs.labels * odds).sum())
            slope += pairs.features.T @ error
            biases.append(error.sum())
        return value, np.concatenate([biases, slope])

    start = np.concatenate([np.full(len(sets), -4.0), np.full(len(names), 0.5)])
    bounds: list[tuple[float | None, float | None]] = [(None, None)] * len(sets) + [(0.0, None)] * len(names)
    found: Any = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 3_000})
    return np.asarray(found.x[len(sets) :], dtype=np.float64)


def calibration_error(chances: Floats, labels: Floats, bins: int = 10) -> float:
    """Expected calibration error: mean distance of chance and share of positives over equally wide bins, weighted by their size."""
    places = np.minimum((chances * bins).astype(int), bins - 1)
    return float(sum(abs(chances[places == one].sum() - labels[places == one].sum()) for one in range(bins)) / len(labels))


def cvset(split: str) -> Pairs:
    """The pairs of a half of the invented set."""
    pairs = judged(load(split), today=TODAY)
    return _pairs([pair.parts.features for pair in pairs], [float(pair.label) for pair in pairs])


def field_match(shared: Path) -> Pairs:
    """A share of the real pairs that may be fitted on."""
    folder = shared / "realdata" / "field_match"
    ads = [(ad, read_ad(job_of(ad))) for ad in lines(folder / "ads_dev.jsonl") if not held(ad["ad"])]
    drawn, found, labels = random.Random(17), [], []
    for cv in lines(folder / "dev.jsonl"):
        chosen = [] if held(cv["cv"]) else [one for one in ads if drawn.random() < SHARE]
        found += _features(cv["text"], [ad for _, ad in chosen])
        labels += [float(cv["field"] in ad["fields"]) for ad, _ in chosen]
    return _pairs(found, labels)


def hr_scores(shared: Path) -> Pairs:
    """Pairs that people who hire have scored."""
    folder = shared / "realdata" / "hr_scores"
    ads = {ad["ad"]: read_ad(job_of(ad)) for ad in lines(folder / "ads_dev.jsonl")}
    texts = {cv["cv"]: cv["text"] for cv in lines(folder / "cvs_dev.jsonl")}
    pairs = lines(folder / "dev.jsonl")
    return _pairs(
        [_features(texts[pair["cv"]], [ads[pair["ad"]]])[0] for pair in pairs], [float(pair["score"] >= INVITED) for pair in pairs]
    )


def _features(text: str, ads: list[Ad]) -> list[dict[str, float]]:
    person = read_person(read_cv(text.encode(), filename="cv.txt"), today=DAY)
    own = UnlistedSkills(person)
    return [judge(person, ad, own.in_ad(ad)).parts.features for ad in ads]


def _pairs(features: list[dict[str, float]], labels: list[float]) -> Pairs:
    names = list(features[0])
    return Pairs(names, np.array([[one[name] for name in names] for one in features]), np.array(labels))


def main() -> None:
    """Fits, prints, writes."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--dry", action="store_true", help="print only")
    given = options.parse_args()
    sets = {"cvset": cvset("dev"), "field_match": field_match(SHARED)}
    people = hr_scores(SHARED)
    weights = fit(sets)
    odds = people.features @ weights
    bias = float(brentq(lambda bias: float((1 / (1 + np.exp(-odds - bias)) - people.labels).mean()), -50, 50))
    figures = {
        name: {
            "pairs": len(pairs.labels), "positive": int(pairs.labels.sum()),
            "auc on what was fitted": round(float(roc_auc_score(pairs.labels, pairs.features @ weights)), 4),
        }
        for name, pairs in sets.items()
    }  # fmt: skip
    kept = {"bias": round(bias, 4)} | {name: round(float(value), 4) for name, value in zip(people.names, weights, strict=True)}
    print(json.dumps(figures, indent=1))
    for name, value in kept.items():
        print(f"  {name:14} {value:8.4f}")
    if not given.dry:
        FILE.write_text(json.dumps({"fitted on": figures, "weights": kept}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
