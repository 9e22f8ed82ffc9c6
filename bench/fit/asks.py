"""Fits what tells that a clause asks for a skill and writes ``include/rolecall/matching/ads/asks.txt``.

    make bench ONLY=fit/asks [OPTIONS=--dry]

A logistic regression over the clauses of SkillSpan's ads (MIT, © 2023 Mike Zhang), whose spans of skills and knowledge were marked by
people: a clause asks when a span lies in it. Read from ``../shared`` beside the project: the training part, and of the other what
:func:`judge.skills.held_ad` leaves to it. Written are weights, and words that :data:`OFTEN` clauses have.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from judge.__main__ import SHARED
from judge.skills import MarkedAd, held_ad, marked_ads, overlaps
from rolecall.matching.ads.asks import FILE, SCALE, ClauseFacts, clause_facts
from rolecall.matching.ads.clauses import clauses, worded
from rolecall.matching.ads.requirement_strength import RequirementStrength
from rolecall.matching.ads.sections import sections
from rolecall.matching.skills.vectors import DIMENSIONS, WORD_SCALE, word_vector
from rolecall.matching.skills.vocabulary import tokens

OFTEN, RIDGE, MEANING_COUNTS = 5, 3.0, 2.0


def labelled(ad: MarkedAd) -> list[tuple[ClauseFacts, bool]]:
    """Each clause, and whether it asks."""
    found = tokens(ad.text)
    spans, bags = worded(clauses(ad.text), found)
    facts = clause_facts(ad.text, spans, bags, found, RequirementStrength(ad.text, sections(ad.text), 0))
    return [(one, any(overlaps(span, mark) for mark in ad.marks)) for one, span in zip(facts, spans, strict=True)]


def main() -> None:
    """Fits, prints, writes."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--dry", action="store_true", help="print only")
    given = options.parse_args()
    folder = SHARED / "realdata" / "skillspan"
    ads = [*marked_ads(folder / "train.json"), *(ad for ad in marked_ads(folder / "dev.json") if not held_ad(ad))]
    pairs = [pair for ad in ads for pair in labelled(ad)]
    often = Counter(word for facts, _ in pairs for word in set(facts.words))
    listed = sorted(word for word, count in often.items() if count >= OFTEN)
    signs = sorted({sign for facts, _ in pairs for sign in facts.signs})
    row, sign_row = {word: place for place, word in enumerate(listed)}, {sign: place for place, sign in enumerate(signs)}
    told = sparse.lil_matrix((len(pairs), 3 * len(listed) + len(signs)))
    meant = np.zeros((len(pairs), DIMENSIONS))
    for place, (facts, _) in enumerate(pairs):
        columns = [row[word] for word in set(facts.words) if word in row]
        for step, word in enumerate((facts.words[:1], facts.words[-1:]), 1):
            columns += [step * len(listed) + row[one] for one in word if one in row]
        told[place, columns + [3 * len(listed) + sign_row[sign] for sign in facts.signs]] = 1
        total = sum(weight for _, weight in facts.bag)
        meant[place] = sum(word_vector(word).astype(float) * weight for word, weight in facts.bag) / (WORD_SCALE * total)
    texts = sparse.hstack([told.tocsr(), sparse.csr_matrix(meant) * MEANING_COUNTS]).tocsr()
    model = LogisticRegression(C=1 / RIDGE, max_iter=600).fit(texts, [asks for _, asks in pairs])
    whole = np.rint(SCALE * model.coef_[0]).astype(int).tolist()
    of_words, of_signs, of_meaning = whole[: 3 * len(listed)], whole[3 * len(listed) : told.shape[1]], whole[told.shape[1] :]
    print(f"{len(ads)} ads, {len(pairs):,} clauses, {sum(asks for _, asks in pairs):,} of them ask, {len(listed):,} words")
    if not given.dry:
        lines = [
            str(round(SCALE * float(model.intercept_[0]))),
            "\t".join(f"{sign}={value}" for sign, value in zip(signs, of_signs, strict=True)),
            " ".join(str(round(value * MEANING_COUNTS)) for value in of_meaning),
            *(f"{word}\t" + "\t".join(str(of_words[step * len(listed) + place]) for step in range(3)) for word, place in row.items()),
        ]
        FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
