"""What word counting alone reaches on this set: ``make bench ONLY=cvset/baselines``. Needs scikit-learn.

The set should be neither trivial nor impossible; these figures say so and tune nothing.
"""

from __future__ import annotations

import re
from typing import Any

from bench.cvset import CvSet, load
from bench.cvset.facts import Split
from rolecall.models import JobPosting

Scores = list[float]


def ad_text(job: JobPosting) -> str:
    """Title and description, as one text."""
    return f"{job.title}\n{job.description or ''}"


def overlap(cvset: CvSet) -> Scores:
    """Shared words divided by the square root of both vocabularies' sizes, for each pair."""
    left = {key: _words(cv.text) for key, cv in cvset.cvs.items()}
    right = {key: _words(ad_text(job)) for key, job in cvset.jobs.items()}
    return [len(left[pair.cv_id] & right[pair.job_id]) / (len(left[pair.cv_id]) * len(right[pair.job_id])) ** 0.5 for pair in cvset.pairs]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def tfidf(cvset: CvSet, **options: Any) -> Scores:
    """Cosine of TF-IDF vectors fitted on this split's texts, for each pair."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-not-found,import-untyped,unused-ignore]

    texts = {key: cv.text for key, cv in cvset.cvs.items()} | {key: ad_text(job) for key, job in cvset.jobs.items()}
    matrix = TfidfVectorizer(**options).fit_transform(texts.values())
    row = {key: index for index, key in enumerate(texts)}
    left, right = (matrix[[row[key] for key in keys]] for keys in zip(*(pair[:2] for pair in cvset.pairs), strict=True))
    return [float(value) for value in left.multiply(right).sum(axis=1).A1]


def main() -> None:
    from sklearn.metrics import roc_auc_score  # type: ignore[import-not-found,import-untyped,unused-ignore]

    splits: tuple[Split, ...] = ("dev", "test")
    for split in splits:
        cvset = load(split)
        labels = [pair.label for pair in cvset.pairs]
        for name, scores in (
            ("token overlap", overlap(cvset)),
            ("TF-IDF default", tfidf(cvset)),
            ("TF-IDF 1-2-grams, sublinear, stop words", tfidf(cvset, ngram_range=(1, 2), sublinear_tf=True, stop_words="english")),
        ):
            print(f"{split:5} {name:42} AUC {roc_auc_score(labels, scores):.3f}")
        print(f"{split:5} {len(labels)} pairs, {sum(labels)} positive ({sum(labels) / len(labels):.1%})")


if __name__ == "__main__":
    main()
