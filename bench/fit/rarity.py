"""Counts how rare words are in real CVs and ads and writes ``include/rolecall/matching/skills/rarity.txt``.

    make bench ONLY=fit/rarity [OPTIONS=--dry]

The table of ``bench/fit/lexicon.py`` counts concepts, in which *apply* or *team* is rare. Read from ``../shared`` beside the project, only
what :func:`judge.ranking.held` leaves and no CV of ``hr_scores``: CVs, ads of a country's boards, ads of employers' own boards (at most
:data:`MOST` of one). A word's rarity is the mean of that in CVs and that in ads. Only words that :data:`OFTEN` texts have are written.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from judge.__main__ import SHARED
from judge.ranking import held, lines
from rolecall.matching.skills.bags import RARITY
from rolecall.matching.skills.lexicon import EMPTY, UNIT, singular
from rolecall.matching.skills.vocabulary import tokens
from rolecall.text.html import text_of_html

OFTEN, MOST = 20, 12


def cvs(real: Path) -> Iterator[str]:
    """CVs that may be fitted on."""
    judged = {cv["cv"] for cv in lines(real / "hr_scores" / "cvs_dev.jsonl")}
    return (cv["text"] for cv in lines(real / "livecareer_cv" / "dev.jsonl") if not held(cv["cv"]) and cv["cv"] not in judged)


def board_ads(real: Path) -> Iterator[str]:
    """Ads of a country's boards that may be fitted on."""
    return (f"{ad['title']}\n{ad['text']}" for ad in lines(real / "field_match" / "ads_dev.jsonl") if not held(ad["ad"]))


def employers_ads(captures: Path) -> Iterator[str]:
    """Ads of employers that may be fitted on."""
    for path in sorted((captures / "ashby").glob("*.json")):
        for job in [] if held(path.stem) else json.loads(path.read_text(encoding="utf-8"))["jobs"][:MOST]:
            yield f"{job['title']}\n{text_of_html(job.get('descriptionHtml') or '')}"


def main() -> None:
    """Counts, prints, writes."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--dry", action="store_true", help="print only")
    given = options.parse_args()
    real, counted = SHARED / "realdata", []
    for texts in (cvs(real), board_ads(real), employers_ads(SHARED / "captures")):
        bags = [{singular(token.word) for token in tokens(text)} for text in texts]
        counted.append((Counter(word for bag in bags for word in bag), len(bags)))
    every = Counter(word for often, _ in counted for word in often.elements())
    found = []
    for word in sorted(word for word, count in every.items() if count >= OFTEN and word not in EMPTY and not word.isdecimal()):
        of_cvs, *of_ads = (math.log((total + 1) / (often[word] + 1)) for often, total in counted)
        found.append((word, round(UNIT * (of_cvs + sum(of_ads) / len(of_ads)) / 2)))
    print(f"{', '.join(f'{total:,}' for _, total in counted)} texts, {len(found):,} words")
    if not given.dry:
        RARITY.write_text("".join(f"{word}\t{rarity}\n" for word, rarity in found), encoding="utf-8")


if __name__ == "__main__":
    main()
