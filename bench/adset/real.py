"""Real ads as several boards might show them: ``build_real("tune", folder)``.

The jobs are what employers had open on their own boards (``captures/ashby``, which lies beside the project and belongs to others: nothing
of it is kept here); the other boards' ads about them are made by :mod:`bench.adset.noise`. **Siblings** are real: two openings of one
employer with the same title, or whose texts are nearly one. Employers and families of noise are split in two halves, ``tune`` and
``held``; what was made with the first is measured on the second.
"""

from __future__ import annotations

import hashlib
import random
import re
from itertools import combinations
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote

from bench.adset.noise import HELD, TUNE
from bench.adset.postings import BOARDS, AdSet
from rolecall.boards.sites.ashby import Ashby
from rolecall.models import JobPosting

Half = Literal["tune", "held"]

OFTEN = (0.12, 0.12, 0.12, 0.7)
"""How often a board's ad changes the place, the employer's name, the title, the text."""


def employers(folder: Path) -> list[tuple[str, list[JobPosting]]]:
    """(name, its openings) of every file ``<slug>.json``, by name; two postings that a reader could not tell apart count once."""
    found = []
    for file in sorted(folder.glob("*.json")):
        slug = unquote(file.stem)
        page = Ashby().read(file.read_bytes(), url=f"https://api.ashbyhq.com/posting-api/job-board/{quote(slug)}")
        name = slug.replace("-", " ").title() if slug.islower() and "." not in slug else slug.replace("-", " ")
        seen: dict[tuple[str, ...], JobPosting] = {}
        for ad in page.postings:
            seen.setdefault((_plain(ad.title), _plain(ad.location), _plain(ad.description or "")), ad.model_copy(update={"company": name}))
        found.append((name, list(seen.values())))
    return found


def half_of(name: str) -> Half:
    """Which half an employer is in."""
    return "held" if hashlib.sha256(f"half {name}".encode()).digest()[0] % 2 else "tune"


def build_real(half: Half, folder: Path, *, seed: int = 7, noises: Half | None = None, hard: bool = False) -> AdSet:
    """Every opening as its employer's board shows it, and one to three other boards' ads about it.

    :param noises: ``held``: with the families that were held out, too
    :param hard: each ad is changed in one to three ways. Else most texts are, and each of employer, title and place in one ad of eight:
        a plain key finds about 0.8 of the pairs of such ads, as it does on boards
    """
    rng, made = random.Random(f"real {half} {noises} {hard} {seed}"), AdSet()
    number = 0
    for name, ads in employers(folder):
        if half_of(name) != half:
            continue
        numbers = range(number, number + len(ads))
        for one, other in combinations(numbers, 2):
            if _siblings(ads[one - number], ads[other - number]):
                made.siblings[one, other] = "opening"
        for job, ad in zip(numbers, ads, strict=True):
            shown = [ad, *(_shown(ad, noises == "held", hard, rng) for _ in range(rng.choice((1, 1, 2, 3))))]
            boards = ["ashby", *rng.sample(BOARDS, len(shown) - 1)]
            for board, posting in zip(boards, shown, strict=True):
                identity = f"{rng.randrange(16**12):012x}"
                named = {
                    "board": board,
                    "external_id": identity,
                    "url": f"https://{board}.example/{identity}",
                    "apply_url": None,
                    "raw": {"employer": name},
                }
                made.postings.append(posting.model_copy(update=named))
                made.job_of[board, identity] = job
        number += len(ads)
    rng.shuffle(made.postings)
    return made


def _shown(ad: JobPosting, held: bool, hard: bool, rng: random.Random) -> JobPosting:
    shown = ad
    if rng.random() < 0.5:
        shown = shown.model_copy(update={"city": None, "region": None, "country": None, "remote": rng.choice((None, ad.remote))})
    kinds = [(*tune, *(other if held else ())) for tune, other in zip(TUNE, HELD, strict=True)]
    if hard:
        chosen = rng.sample(kinds, rng.choice((1, 2, 2, 3)))
    else:
        chosen = [kind for kind, often in zip(kinds, OFTEN, strict=True) if rng.random() < often]
    for kind in chosen:
        for way in rng.sample(kind, len(kind)):
            if (changed := way(shown, rng)) is not None:
                shown = changed
                break
    return shown


def _siblings(one: JobPosting, other: JobPosting) -> bool:
    mine, yours = set(_plain(one.description or "").split()), set(_plain(other.description or "").split())
    alike = len(mine & yours) / max(1, min(len(mine), len(yours)))
    return _plain(one.title) == _plain(other.title) or alike > 0.8


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
