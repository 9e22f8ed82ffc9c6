"""The facts behind every invented person and ad. No sentence is written here, and no text is read to label a pair."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

Split = Literal["dev", "test"]

LEVEL_YEARS = ((0, 2), (3, 5), (6, 10), (11, 18))
"""Years in the role a person of level 0 (junior), 1, 2 (senior), 3 (lead) has, both ends included."""

LANGUAGES = {"de": "German", "fr": "French", "es": "Spanish"}
JOBS_PER_FAMILY, PEOPLE_PER_FAMILY = 12, 2


@dataclass(frozen=True)
class Family:
    """One role of one trade; phrase lists as in catalog.yaml, one string per column."""

    name: str
    trade: str
    titles: tuple[str, ...]
    core: tuple[str, ...]


@dataclass(frozen=True)
class Trade:
    """A trade with its phrases. Some of its ads are in ``lang``; ``strict`` is the share of them that demands the credential."""

    name: str
    test_only: bool
    lang: str | None
    strict: float
    credential: tuple[str, ...]
    skills: dict[str, tuple[str, ...]]
    families: tuple[Family, ...]


@dataclass(frozen=True)
class Person:
    """What is true of a person. ``languages`` maps a language to whether it is fluent; ``past`` is a spell of months in another family."""

    id: str
    trade: str
    family: str
    level: int
    years: int
    skills: tuple[str, ...]
    credential: bool
    languages: dict[str, bool]
    needs_visa: bool
    past: str | None


@dataclass(frozen=True)
class Ad:
    """What an employer wants. ``decoy`` is another trade the text talks about without asking for it."""

    id: str
    trade: str
    family: str
    level: int
    min_years: int | None
    musts: tuple[str, ...]
    nices: tuple[str, ...]
    credential: bool
    language: str | None
    no_visa: bool
    lang: str
    decoy: str | None


@cache
def trades() -> dict[str, Trade]:
    """The catalogue by trade name, in file order."""
    raw = yaml.safe_load((Path(__file__).parent / "catalog.yaml").read_text(encoding="utf-8"))
    return {name: _trade(name, body) for name, body in raw.items()}


def _trade(name: str, body: dict[str, object]) -> Trade:
    families, skills = body["families"], body["skills"]
    assert isinstance(families, dict)
    assert isinstance(skills, dict)
    lang = body.get("lang")
    return Trade(
        name=name,
        test_only=bool(body.get("test_only")),
        lang=str(lang) if lang else None,
        strict=float(str(body["strict"])),
        credential=_phrases(body["credential"]),
        skills={key: _phrases(value) for key, value in skills.items()},
        families=tuple(Family(key, name, _phrases(one["titles"]), tuple(one["core"].split())) for key, one in families.items()),
    )


def _phrases(value: object) -> tuple[str, ...]:
    return tuple(str(value).split(" | "))


def in_split(split: Split) -> list[Trade]:
    """The trades of one split: some are kept out of dev."""
    return [trade for trade in trades().values() if split == "test" or not trade.test_only]


def people(split: Split, seed: int) -> list[Person]:
    """The invented persons of one split; the same list for the same seed on any machine."""
    rng = random.Random(f"people {split} {seed}")
    slots = [(trade, family) for trade in in_split(split) for family in trade.families for _ in range(PEOPLE_PER_FAMILY)]
    return [_person(f"{split}-cv-{number:03}", trade, family, split, rng) for number, (trade, family) in enumerate(slots, 1)]


def _person(id_: str, trade: Trade, family: Family, split: Split, rng: random.Random) -> Person:
    level = rng.choices(range(4), (2, 4, 3, 1))[0]
    known = rng.sample(family.core, rng.choice((4, 5, 6, 6, 7)))
    sibling = [skill for skill in trade.skills if skill not in family.core]
    languages = {name: rng.random() < 0.7 for name in LANGUAGES.values() if rng.random() < 0.2}
    if trade.lang and rng.random() < 0.6:
        languages[LANGUAGES[trade.lang]] = rng.random() < 0.75
    others = [other.name for one in in_split(split) if one is not trade for other in one.families]
    return Person(
        id=id_,
        trade=trade.name,
        family=family.name,
        level=level,
        years=rng.randint(*LEVEL_YEARS[level]),
        skills=tuple(known + rng.sample(sibling, rng.randint(0, 2))),
        credential=rng.random() < max(0.45, trade.strict),
        languages=languages,
        needs_visa=rng.random() < 0.15,
        past=rng.choice(others) if rng.random() < 0.5 else None,
    )


def ads(split: Split, seed: int) -> list[Ad]:
    """The invented ads of one split; the same list for the same seed on any machine."""
    rng = random.Random(f"ads {split} {seed}")
    slots = [(trade, family) for trade in in_split(split) for family in trade.families for _ in range(JOBS_PER_FAMILY)]
    return [_ad(f"{split}-job-{number:03}", trade, family, split, rng) for number, (trade, family) in enumerate(slots, 1)]


def _ad(id_: str, trade: Trade, family: Family, split: Split, rng: random.Random) -> Ad:
    level = rng.choices(range(4), (2, 4, 3, 1))[0]
    wanted = rng.sample(family.core, 7)
    count = rng.choice((3, 4, 4, 5))
    lang = trade.lang if trade.lang and rng.random() < 0.3 else "en"
    spoken = LANGUAGES.get(lang) or (rng.choice(list(LANGUAGES.values())) if rng.random() < 0.1 else None)
    others = [one.name for one in in_split(split) if one is not trade]
    return Ad(
        id=id_,
        trade=trade.name,
        family=family.name,
        level=level,
        min_years=(0, 2, 5, 8)[level] or None if rng.random() < 0.7 else None,
        musts=tuple(wanted[:count]),
        nices=tuple(wanted[count : count + rng.randint(1, 2)]),
        credential=rng.random() < trade.strict,
        language=spoken,
        no_visa=rng.random() < 0.15,
        lang=lang,
        decoy=rng.choice(others) if rng.random() < 0.5 else None,
    )
