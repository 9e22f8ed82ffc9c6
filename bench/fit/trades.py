"""Fits what tells trades apart and writes ``include/rolecall/matching/skills/trades.npz``: a multinomial logistic regression on words
and vectors of meaning, of real texts with a label that says what work they are about.

    make bench ONLY=fit/trades [OPTIONS=--dry]

Read from ``../shared`` beside the project, which is not part of it: CVs by search category, ads by category, vacancy titles by section,
ads by department. Only the parts for which :func:`judge.ranking.held` is false are read, and no CV of ``hr_scores``, so that ``make judge``
measures on other people and other jobs. What is written are weights, and the words that many of the texts have.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from judge.__main__ import SHARED
from judge.ranking import held, job_of, lines
from rolecall.matching import read_cv
from rolecall.matching.ads.ad import read_ad
from rolecall.matching.cv.person import read_person
from rolecall.matching.skills.bags import TERMS, Bag, bag_of
from rolecall.matching.skills.trades import FILE, WEIGHT_SCALE, WORDS_COUNT
from rolecall.matching.skills.vectors import DIMENSIONS, SCALE, Vector
from rolecall.matching.skills.vocabulary import tokens
from rolecall.text.html import text_of_html

RIDGE = 0.5
OFTEN = 30
"""CVs and ads that have a word which is listed."""

CATEGORIES = {
    **{"ACCOUNTANT": "finance", "FINANCE": "finance", "BANKING": "banking", "AGRICULTURE": "science"},
    **{"APPAREL": "retail", "AVIATION": "aviation", "BPO": "service"},
    **{"BUSINESS-DEVELOPMENT": "sales", "CHEF": "catering", "CONSTRUCTION": "construction", "CONSULTANT": "consulting"},
    **{"DESIGNER": "design", "DIGITAL-MEDIA": "marketing", "ENGINEERING": "engineering", "FITNESS": "leisure", "HEALTHCARE": "health"},
    **{"HR": "people", "INFORMATION-TECHNOLOGY": "software", "PUBLIC-RELATIONS": "marketing", "SALES": "sales", "TEACHER": "education"},
}
"""Search categories of CVs, and those of ads. Those whose word finds people of every trade are left out: customers' and patients' advocates
for ADVOCATE, teachers of language arts for ARTS, claims and sales for AUTOMOBILE."""

SECTIONS = {
    **{"recruitment consultancy": "people", "hr": "people", "sales": "sales", "estate agent": "sales", "it": "software"},
    **{"finance": "finance", "accountancy qualified": "finance", "accountancy": "finance", "banking": "banking"},
    **{"general insurance": "insurance", "engineering": "engineering", "energy": "engineering", "marketing": "marketing"},
    **{"media digital creative": "design", "motoring automotive": "automotive", "construction property": "construction", "law": "law"},
    **{"admin secretarial pa": "office", "health": "health", "social care": "care", "customer service": "service"},
    **{"education": "education", "logistics": "logistics", "purchasing": "logistics", "catering": "catering", "retail": "retail"},
    **{"factory": "factory", "leisure tourism": "leisure", "science": "science", "strategy consultancy": "consulting"},
}
"""Sections of vacancy titles."""

DEPARTMENTS = (
    (re.compile(r"customer|support|success|account servicing|collections"), "service"),
    (re.compile(r"engineer|technology|software|\bai\b|data"), "software"),
    (re.compile(r"marketing|growth"), "marketing"),
    (re.compile(r"sales|gtm|go to market|commercial|partnership|revenue"), "sales"),
    (re.compile(r"insurance|underwriting"), "insurance"),
    (re.compile(r"legal|compliance"), "law"),
    (re.compile(r"financ|tax|accounting"), "finance"),
    (re.compile(r"people|talent"), "people"),
    (re.compile(r"design"), "design"),
    (re.compile(r"clinical|medical"), "health"),
    (re.compile(r"hardware"), "engineering"),
)
"""Departments of employers' own boards, by the first that fits."""


class Labelled(NamedTuple):
    """A text's words and vector, its trade, and what it counts: a title says less than a CV."""

    bag: Bag
    vector: Vector
    trade: str
    weight: float


def labelled(shared: Path) -> Iterator[Labelled]:
    """Every text that may be fitted on."""
    real = shared / "realdata"
    judged = {cv["cv"] for cv in lines(real / "hr_scores" / "cvs_dev.jsonl")}
    for cv in lines(real / "livecareer_cv" / "dev.jsonl"):
        if cv["field"] in CATEGORIES and not held(cv["cv"]) and cv["cv"] not in judged:
            person = read_person(read_cv(cv["text"].encode(), filename="cv.txt"))
            yield Labelled(person.bag, person.vector, CATEGORIES[cv["field"]], 1.0)
    for ad in lines(real / "field_match" / "ads_dev.jsonl"):
        found = {CATEGORIES[field] for field in ad["fields"]}
        for trade in [] if held(ad["ad"]) else sorted(found):
            read = read_ad(job_of(ad))
            yield Labelled(read.bag, read.vector, trade, 4.0 / len(found))
    with (real / "reed_uk" / "dev.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            trade = SECTIONS.get(row["category"].removesuffix(" jobs"), "")
            if trade and not held(row["job_title"]):
                bag = bag_of(token.word for token in tokens(row["job_title"]))
                yield Labelled(bag, bag.vector(), trade, 0.15)
    for path in sorted((shared / "captures" / "ashby").glob("*.json")):
        for job in [] if held(path.stem) else json.loads(path.read_text(encoding="utf-8"))["jobs"]:
            department = (job.get("department") or "").lower()
            trade = next((trade for pattern, trade in DEPARTMENTS if pattern.search(department)), "")
            if trade:
                ad = {"ad": job["id"], "title": job["title"], "text": text_of_html(job.get("descriptionHtml") or "")}
                read = read_ad(job_of(ad))
                yield Labelled(read.bag, read.vector, trade, 1.0)


def fitted(found: list[Labelled], listed: list[str]) -> Any:
    """The regression, over the listed words' weights first, then the vector."""
    row = {TERMS.number(word): place for place, word in enumerate(listed)}
    words = sparse.lil_matrix((len(found), len(listed)))
    for place, one in enumerate(found):
        for number, weight in zip(one.bag.numbers.tolist(), one.bag.weights.tolist(), strict=True):
            if number in row:
                words[place, row[number]] = weight
    vectors = sparse.csr_matrix(np.stack([one.vector for one in found]).astype(float) / SCALE)
    texts = sparse.hstack([normalize(words.tocsr()) * WORDS_COUNT, vectors]).tocsr()
    return LogisticRegression(C=1 / RIDGE, max_iter=500).fit(
        texts, [one.trade for one in found], sample_weight=[one.weight for one in found]
    )


def main() -> None:
    """Fits, prints, writes."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--dry", action="store_true", help="print only")
    given = options.parse_args()
    if not FILE.exists():  # texts are read with what stands there; their words and vectors do not ask it
        write(["work"], [], np.zeros((1, DIMENSIONS)), np.zeros(1))
    found = [one for one in labelled(SHARED) if one.vector.any()]
    often = Counter(number for one in found if one.weight >= 1 for number in one.bag.numbers.tolist())
    listed = sorted(TERMS.word(number) for number, count in often.items() if count >= OFTEN)
    model = fitted(found, listed)
    print(f"{len(found):,} texts, {len(listed):,} words, {len(model.classes_)} trades: {', '.join(model.classes_)}")
    if not given.dry:
        write(model.classes_, listed, model.coef_, model.intercept_)


def write(names: Any, listed: list[str], weights: Any, bias: Any) -> None:
    """Writes the file."""
    whole = lambda values: np.rint(np.asarray(values) * WEIGHT_SCALE).astype(np.int16)  # noqa: E731
    np.savez_compressed(
        FILE, names=np.asarray(names, dtype=str), words=np.frombuffer("\n".join(listed).encode(), dtype=np.uint8),
        word_weights=whole(weights[:, : len(listed)].T), weights=whole(weights[:, len(listed) :]), bias=whole(bias),
    )  # fmt: skip


if __name__ == "__main__":
    main()
