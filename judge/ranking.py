"""How well CVs and ads are ranked for each other: real CVs, real ads.

``hr_scores``: CVs of one ad, scored by people who hire: pairs ordered as they did. ``field_match``: ads of a CV's field of work above the
others, per CV and pooled, and the ten best. Baselines see the same texts in the same run; those that learn from texts (TF-IDF, LSA, BM25)
learn from exactly those that they rank. Held parts only: no weight was fitted on these people or these ads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics import ndcg_score, roc_auc_score
from sklearn.preprocessing import normalize

from judge.measure import Figure, Row, Skipped, bootstrap
from rolecall.matching import Matcher, read_cv
from rolecall.matching.ads.job import Job
from rolecall.matching.skills.vectors import table

Floats = NDArray[np.float64]
DAY = date(2020, 1, 1)
"""For roles that go on: the CVs are about so old."""

SHORT_CVS = 40


def held(name: str) -> bool:
    """Whether a person, ad or employer only measures: a quarter of them."""
    return hashlib.sha256(name.encode()).digest()[0] % 4 == 1


def lines(path: Path) -> list[dict[str, Any]]:
    """A file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def job_of(ad: Mapping[str, Any]) -> Job:
    """An ad of these sets as it would come from a board."""
    address = f"https://jobs.example/{ad['ad']}"
    return Job.of({
        "id": ad["ad"], "title": ad.get("title") or "Job", "company": "Example", "location": ad.get("place") or "",
        "description": ad["text"], "source": "example", "url": address,
    })  # fmt: skip


def ours(cvs: Sequence[str], jobs: Sequence[Job]) -> Floats:
    """The engine's score of each CV for each job."""
    matcher, place = Matcher(jobs), {job.id: number for number, job in enumerate(jobs)}
    found = np.zeros((len(cvs), len(jobs)))
    for number, text in enumerate(cvs):
        for row in matcher.rank(read_cv(text.encode(), filename="cv.txt"), limit=len(jobs), today=DAY):
            found[number, place[row.job_id]] = row.score
    return found


def baselines(cvs: Sequence[str], ads: Sequence[str]) -> dict[str, Floats]:
    """Each baseline's score of each CV for each ad."""
    tfidf = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, stop_words="english").fit([*cvs, *ads])
    left, right = tfidf.transform(cvs), tfidf.transform(ads)
    lsa = TruncatedSVD(min(50, len(cvs) + len(ads) - 1), random_state=0).fit(tfidf.transform([*cvs, *ads]))
    return {
        "TF-IDF 1-2-grams": (left @ right.T).toarray(),
        "LSA": normalize(lsa.transform(left)) @ normalize(lsa.transform(right)).T,
        "WordLlama": _static(cvs) @ _static(ads).T,
        "BM25": _bm25(cvs, ads),
    }


def _static(texts: Sequence[str]) -> Floats:
    """WordLlama as it comes: the mean of a text's token rows, of length 1."""
    rows, tokenizer = table()
    means = [rows[one.ids].astype(np.float64).mean(axis=0) for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
    return np.asarray(normalize(np.stack(means)))


def _bm25(cvs: Sequence[str], ads: Sequence[str], k1: float = 1.5, b: float = 0.75) -> Floats:
    """Okapi BM25: the CV's different words as the query, ads as documents."""
    counter = CountVectorizer(stop_words="english")
    counts = counter.fit_transform(ads).tocsr().astype(float)
    length = np.asarray(counts.sum(axis=1)).ravel()
    seen = np.asarray((counts > 0).sum(axis=0)).ravel()
    idf = np.log(1 + (len(ads) - seen + 0.5) / (seen + 0.5))
    row, column = counts.nonzero()
    part = counts.data * (k1 + 1) / (counts.data + k1 * (1 - b + b * length[row] / length.mean())) * idf[column]
    counts.data = part
    return np.asarray(((counter.transform(cvs) > 0).astype(float) @ counts.T).toarray())


def auc_per_cv(labels: Floats, scores: Floats) -> float:
    """Mean area under the curve of the rows that have both labels."""
    both = [roc_auc_score(want, got) for want, got in zip(labels, scores, strict=True) if 0 < want.sum() < len(want)]
    return float(np.mean(both)) if both else float("nan")


def pooled_auc(labels: Floats, scores: Floats) -> float:
    """Area under the curve over all pairs."""
    return float(roc_auc_score(labels.ravel(), scores.ravel()))


def best_ten(labels: Floats, scores: Floats) -> float:
    """Mean nDCG@10 of the rows that have something to find."""
    some = labels.sum(axis=1) > 0
    return float(ndcg_score(labels[some], scores[some], k=10))


def pair_accuracy(ads: Sequence[str], wanted: Floats, scores: Floats) -> float:
    """Pairs of CVs of one ad that people scored differently: the share ordered as they did, equal scores half."""
    number = {ad: place for place, ad in enumerate(dict.fromkeys(ads))}
    which = np.array([number[ad] for ad in ads])
    above = (which[:, None] == which[None, :]) & (wanted[:, None] > wanted[None, :])
    right = (scores[:, None] > scores[None, :]) + 0.5 * (scores[:, None] == scores[None, :])
    return float(right[above].mean()) if above.any() else float("nan")


def rows(shared: Path, *, short: bool) -> Iterator[Row | Skipped]:
    """Both sets."""
    real = shared / "realdata"
    for name, judged in (("hr_scores", _hr_scores), ("field_match", _field_match)):
        if (real / name).is_dir():
            yield from judged(real / name, short=short)
        else:
            yield Skipped(name, "../shared/realdata is not here")


def _hr_scores(folder: Path, *, short: bool) -> Iterator[Row]:
    """All ads: there are few, and nothing of them was fitted on."""
    del short
    pairs, ads = lines(folder / "dev.jsonl"), {ad["ad"]: ad for ad in lines(folder / "ads_dev.jsonl")}
    cvs = {cv["cv"]: cv["text"] for cv in lines(folder / "cvs_dev.jsonl")}
    left, right = list(cvs), list(ads)
    at = np.array([[left.index(pair["cv"]), right.index(pair["ad"])] for pair in pairs])
    wanted = np.array([float(pair["score"]) for pair in pairs])
    scores = {"": ours(list(cvs.values()), [job_of(ads[one]) for one in right])}
    scores |= baselines(list(cvs.values()), [ads[one]["text"] for one in right])
    which = [pair["ad"] for pair in pairs]
    found = {name: matrix[at[:, 0], at[:, 1]] for name, matrix in scores.items()}
    groups = [np.array([number for number, ad in enumerate(which) if ad == one]) for one in dict.fromkeys(which)]

    def resampled(drawn: NDArray[np.int64]) -> float:
        taken = np.concatenate([groups[one] for one in drawn])
        names = [f"{place}" for place, one in enumerate(drawn) for _ in groups[one]]
        return pair_accuracy(names, wanted[taken], found[""][taken])

    yield _beside("hr_scores", "pair accuracy", bootstrap(resampled, len(groups)), len(pairs),
                  {name: pair_accuracy(which, wanted, got) for name, got in found.items() if name})  # fmt: skip


def _field_match(folder: Path, *, short: bool) -> Iterator[Row]:
    cvs = [cv for cv in lines(folder / "dev.jsonl") if held(cv["cv"])][: SHORT_CVS if short else None]
    ads = [ad for ad in lines(folder / "ads_dev.jsonl") if held(ad["ad"])]
    labels = np.array([[float(cv["field"] in ad["fields"]) for ad in ads] for cv in cvs])
    scores = {"": ours([cv["text"] for cv in cvs], [job_of(ad) for ad in ads])}
    scores |= baselines([cv["text"] for cv in cvs], [f"{ad['title']}\n{ad['text']}" for ad in ads])
    measures: dict[str, Callable[[Floats, Floats], float]] = {
        "AUC per CV": auc_per_cv, "AUC pooled": pooled_auc, "nDCG@10": best_ten,
    }  # fmt: skip
    for name, measure in measures.items():

        def resampled(drawn: NDArray[np.int64], measure: Callable[[Floats, Floats], float] = measure) -> float:
            return measure(labels[drawn], scores[""][drawn])

        others = {other: measure(labels, matrix) for other, matrix in scores.items() if other}
        yield _beside("field_match, held", name, bootstrap(resampled, len(cvs), rounds=200), len(cvs), others)


def _beside(name: str, measure: str, figure: Figure, units: int, others: dict[str, float]) -> Row:
    """The figure beside the best of the baselines, which is its bound where the interval does not reach it."""
    best = max(others, key=lambda one: others[one])
    bound = others[best] if figure.high < others[best] else None
    return Row(name, measure, *figure, best, others[best], units, bound, real=True)
