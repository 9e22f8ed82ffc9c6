"""The text of an invented job ad, from the facts alone."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bench.cvset.facts import Ad, Split, Trade, trades
from bench.cvset.wording import listed, phrase, phrases, sentence

FIRMS = (
    "Aldermoor",
    "Brightwater",
    "Castell Süd",
    "Delvaux & Fils",
    "Eastfield",
    "Fjordlys",
    "Grupo Almena",
    "Hartwell",
    "Isarblick",
    "Juniper Row",
)
FORMS = ("Ltd", "Group", "Services", "Works", "International")
PLACES = {
    "en": ("Leeds", "Dublin", "Bristol", "Rotterdam", "Berlin", "Remote"),
    "de": ("Hamburg", "Graz", "München"),
    "fr": ("Lyon", "Lille"),
    "es": ("Valencia", "Sevilla"),
}
PAY = (24_000, 32_000, 43_000, 58_000)
LEVEL_NAMES = ("Entry level", "Associate", "Mid-Senior level", "Director")


@cache
def sentences() -> dict[str, Any]:
    """The sentence patterns by language."""
    return dict(yaml.safe_load((Path(__file__).parent / "wording_ad.yaml").read_text(encoding="utf-8")))


def job(ad: Ad, split: Split, seed: int) -> dict[str, Any]:
    """A record for ``rolecall.models.JobPosting``; salary, seniority and contract are only there when the ad says so."""
    rng = random.Random(f"ad {ad.id} {seed}")
    trade, say = trades()[ad.trade], sentences()[ad.lang]
    family = next(one for one in trade.families if one.name == ad.family)
    firm = f"{rng.choice(FIRMS)} {rng.choice(FORMS)}"
    level_in_title = rng.random() < 0.6
    name = family.titles[3] if ad.lang != "en" else phrase(family.titles, split, trade, rng)
    title = f"{rng.choice(say['level'][ad.level])} {name}".strip() if level_in_title else name
    record: dict[str, Any] = {
        "board": "cvset",
        "external_id": ad.id,
        "url": f"https://jobs.example/{ad.id}",
        "title": title,
        "company": firm,
        "location": rng.choice(PLACES[ad.lang]),
        "description": _description(ad, firm, level_in_title, split, trade, rng),
    }
    if rng.random() < 0.5:
        record["employment_type"] = rng.choice(("full_time", "full_time", "part_time", "contract"))
    if rng.random() < 0.4:
        record["seniority"] = LEVEL_NAMES[ad.level]
    if rng.random() < 0.4:
        low = PAY[ad.level] + rng.randrange(0, 6_000, 500)
        record |= {"salary_min": low, "salary_max": low + 6_000, "salary_currency": "EUR", "salary_interval": "year"}
    return record


def _description(ad: Ad, firm: str, level_in_title: bool, split: Split, trade: Trade, rng: random.Random) -> str:
    say = sentences()[ad.lang]

    def pick(key: str, **values: Any) -> str:
        return sentence(str(rng.choice(say[key])).format(**values))

    intro = pick("intro", firm=firm, n=rng.randint(50, 99))
    if not level_in_title or rng.random() < 0.3:
        intro += f" {sentence(say['level_text'][ad.level])}."
    must, nice = (_skills(ad, skills, split, trade, rng) for skills in (ad.musts, ad.nices))
    rules = _rules(ad, split, trade, rng, pick)
    if rng.random() < 0.55:
        wanted = f"{rng.choice(say['must_heads'])}:\n" + "\n".join(f"- {sentence(line)}" for line in [*must, *rules])
        extra = f"{rng.choice(say['nice_heads'])}:\n" + "\n".join(f"- {sentence(line)}" for line in nice)
    else:
        wanted = " ".join([pick("must", x=listed(must, say["joint"])), *rules])
        extra = pick("nice", x=listed(nice, say["joint"]))
    parts = [wanted, extra] if rng.random() < 0.8 else [extra, wanted]
    parts = [intro, *_decoy(ad, split, rng, pick), *parts, pick("benefits"), pick("eeo", firm=firm)]
    return "\n\n".join(part for part in parts if part)


def _skills(ad: Ad, skills: tuple[str, ...], split: Split, trade: Trade, rng: random.Random) -> list[str]:
    return phrases(skills, split, trade, rng) if ad.lang == "en" else [trade.skills[skill][3] for skill in skills]


def _rules(ad: Ad, split: Split, trade: Trade, rng: random.Random, pick: Any) -> list[str]:
    """The sentences on years, credential, language and permit that the facts call for, shuffled."""
    out = []
    if ad.min_years:
        out.append(pick("years", n=ad.min_years))
    if ad.credential:
        out.append(pick("credential", x=trade.credential[3] if ad.lang != "en" else phrase(trade.credential, split, trade, rng)))
    if ad.language:
        out.append(pick("language", x=ad.language))
    if ad.no_visa:
        out.append(pick("visa"))
    rng.shuffle(out)
    return out


def _decoy(ad: Ad, split: Split, rng: random.Random, pick: Any) -> list[str]:
    """Words of another trade, not asked for. Only English ads carry them."""
    if not ad.decoy or ad.lang != "en":
        return []
    other = trades()[ad.decoy]
    return [pick("decoy", x=listed(phrases(rng.sample(rng.choice(other.families).core, 4), split, other, rng)))]
