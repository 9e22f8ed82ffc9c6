"""Writes ``data/`` again from the catalogue and a seed: ``make bench ONLY=cvset/build``. The same bytes every time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from bench.cvset import DATA, Pair
from bench.cvset.facts import Ad, Person, Split, ads, people
from bench.cvset.rules import grade, label
from bench.cvset.wording_ad import job
from bench.cvset.wording_cv import cv

SEED = 20260601
PAIRS_PER_PERSON = 66


def pairs(persons: list[Person], jobs: list[Ad], split: Split, seed: int = SEED) -> list[Pair]:
    """The judged sample: for each person every ad of the trade, every ad that only talks about the trade, some ads of an old spell
    in another trade, and random ads up to ``PAIRS_PER_PERSON``."""
    rng = random.Random(f"pairs {split} {seed}")
    return [_pair(person, ad) for person in persons for ad in _judged(person, jobs, rng)]


def _judged(person: Person, jobs: list[Ad], rng: random.Random) -> list[Ad]:
    own = [ad for ad in jobs if ad.trade == person.trade]
    tempting = [ad for ad in jobs if ad.trade != person.trade and (ad.decoy == person.trade or ad.family == person.past)]
    taken = {ad.id for ad in own + tempting}
    rest = [ad for ad in jobs if ad.id not in taken]
    chosen = own + tempting + rng.sample(rest, PAIRS_PER_PERSON - len(taken))
    return sorted(chosen, key=lambda ad: ad.id)


def _pair(person: Person, ad: Ad) -> Pair:
    relevance, reason = grade(person, ad)
    return Pair(person.id, ad.id, label(relevance), relevance, reason)


def files(seed: int = SEED) -> dict[str, str]:
    """Every committed file by name, as text."""
    out: dict[str, str] = {}
    splits: tuple[Split, ...] = ("dev", "test")
    for split in splits:
        persons, jobs = people(split, seed), ads(split, seed)
        out[f"{split}.cvs.jsonl"] = _lines(cv(person, split, seed) for person in persons)
        out[f"{split}.jobs.jsonl"] = _lines(job(ad, split, seed) for ad in jobs)
        out[f"{split}.pairs.jsonl"] = _lines(pairs(persons, jobs, split, seed))
        out[f"{split}.facts.jsonl"] = _lines([asdict(one) for one in persons] + [asdict(one) for one in jobs])
    return out


def _lines(values: Iterable[Any]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n" for value in values)


def main() -> None:
    DATA.mkdir(exist_ok=True)
    for name, text in files().items():
        (DATA / name).write_text(text, encoding="utf-8")
        print(f"{name:20} {text.count(chr(10)):6} lines {len(text.encode()):9} bytes")


if __name__ == "__main__":
    main()
