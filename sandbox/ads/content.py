"""The invented ads, generated from a seed: the same seed gives the same jobs, ids and words on every machine.

A :class:`~sandbox.ads.jobs.InventedJob` is one opening; a :class:`Listing` is one ad for it on one board. Some openings are posted twice on
a board and most appear on several, each time spelled a little differently. What they are made of is in ``sandbox/data``.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from random import Random

from sandbox.ads.jobs import InventedJob
from sandbox.ads.listings import Listing, listings_of
from sandbox.ads.texts import compose
from sandbox.data import InventedCompany, InventedPlace, InventedRole, companies, facts, places, roles, specials

SEED = 20_251
ATS_SHARE = 0.48
OTHER_WAYS = {0: "mail", 1: "mail", 2: "recruitee", 3: "recruitee", 4: "form"}
"""Of eight openings that are applied for at the employer, how many take mails, Recruitee's interface, or a form of a system only."""

FORMS = (
    "https://job-boards.greenhouse.io/{tenant}/jobs/{job}",
    "https://jobs.lever.co/{tenant}/{job}",
    "https://jobs.ashbyhq.com/{tenant}/{job}",
    "https://{tenant}.jobs.personio.de/job/{job}",
)
"""Where those forms are."""

BY_MAIL = {
    "en": "Send your application with CV to",
    "de": "Bitte sende deine Bewerbung mit Lebenslauf an",
    "fr": "Envoyez votre candidature avec CV à",
    "es": "Envía tu candidatura con CV a",
}
EXPIRED = 41
"""Every 41st opening of a role is closed already."""


class Catalogue:
    """All openings and their listings on the three boards.

    :param seed: decides everything but the dates
    :param anchor: the moment ages count back from
    """

    def __init__(self, *, anchor: datetime, seed: int = SEED) -> None:
        self.anchor = anchor
        self.jobs = openings(seed)
        self.by_reference = {job.reference: job for job in self.jobs}
        self.listings: dict[str, list[Listing]] = {
            board: [item for job in self.jobs for item in listings_of(job, board, seed, anchor)]
            for board in ("linkedin", "indeed", "glassdoor")
        }
        self._by_id = {board: {item.id: item for item in items} for board, items in self.listings.items()}

    def find(self, board: str, identity: str) -> Listing | None:
        """One listing by the board's id."""
        return self._by_id[board].get(identity)

    def apply_url(self, job: InventedJob, base: str) -> str | None:
        """Where one applies: the sandbox's ATS below ``base``, the employer's site or system; ``None``: the board's form, or by mail."""
        if job.apply == "ats":
            return f"{base}/ats/applications/{job.reference}"
        if job.apply == "recruitee":
            return f"https://{job.company.slug}-example.recruitee.com/o/{job.reference.lower()}/c/new"
        if job.apply == "form":
            # behind the dashes: it asks for nothing but the usual (sandbox/forms)
            return FORMS[job.number % len(FORMS)].format(tenant=f"{job.company.slug}-example", job=f"{job.reference.lower()}--plain")
        if job.apply == "site":
            return f"https://careers.{job.company.slug}.example/jobs/{job.reference.lower()}"
        return None


@lru_cache(maxsize=4)
def openings(seed: int) -> tuple[InventedJob, ...]:
    """Every opening, numbered; the odd ones come last."""
    found = [job for role in roles() for job in of_role(role, seed)]
    return tuple(numbered(job, number, seed) for number, job in enumerate([*found, *special(seed)], 1))


def numbered(job: InventedJob, number: int, seed: int) -> InventedJob:
    """Gives an opening its number and its employer's reference."""
    tail = int(hashlib.sha256(f"{seed}/{job.role}/{number}".encode()).hexdigest()[:6], 16) % 90_000 + 10_000
    made = replace(job, number=number, reference=f"{job.company.initials}-{tail}{number % 10}")
    if job.apply != "site" or job.role.startswith("special"):
        return made
    way = OTHER_WAYS.get(int(hashlib.sha256(f"{made.reference}/way".encode()).hexdigest()[:6], 16) % 8, "site")
    said = f"<br><br>{BY_MAIL.get(job.language, BY_MAIL['en'])} {address_of(made)}." if way == "mail" else ""
    return replace(made, apply=way, html=job.html + said)


def address_of(job: InventedJob) -> str:
    """Where mails for an opening go: a mailbox of its own, on the employer's domain."""
    return f"jobs+{job.reference.lower()}@{job.company.slug}.example"


def rng(*what: object) -> Random:
    """A generator of its own for everything that is generated, so that one change does not move the rest."""
    return Random("/".join(map(str, what)))  # noqa: S311 - invented ads, not secrets


def of_role(role: InventedRole, seed: int) -> list[InventedJob]:
    """The openings of one role; every sixth has a sibling: another level, or another city, at the same employer."""
    made: list[InventedJob] = []
    taken: dict[tuple[str, str], int] = defaultdict(int)
    order = rng(seed, role.name, "apply")
    applies = ["ats" if n < role.count * ATS_SHARE else "board" if n > role.count * 0.93 else "site" for n in range(role.count)]
    order.shuffle(applies)
    while len(made) < role.count:
        index = len(made)
        dice = rng(seed, role.name, index)
        sibling = made[-1] if index % 6 == 5 and made else None
        made.append(opening(role, index, dice, applies[index], sibling, taken))
    return made


def opening(
    role: InventedRole, index: int, dice: Random, apply: str, sibling: InventedJob | None, taken: dict[tuple[str, str], int]
) -> InventedJob:
    """One opening; a sibling keeps the employer and changes level or city."""
    company, place = sibling_place(role, sibling, dice) if sibling else employer(role, dice, taken)
    level = dice.choices(list(role.levels), list(role.levels.values()))[0]
    if sibling and place == sibling.place:
        others = [one for one in role.levels if one != sibling.level]
        level = dice.choice(others) if others else level
    taken[company.name, place.key] += 1
    mode = "remote" if place.remote else dice.choices(list(role.modes), list(role.modes.values()))[0]
    employment = dice.choices(list(role.employment), list(role.employment.values()))[0]
    pay = salary(role, level, place, dice) if dice.random() < role.pay_shown else None
    currency = facts()["money"][place.code][0]
    words = compose(role, level, company, place, mode, pay, currency, dice)
    return InventedJob(
        number=0,
        reference="",
        title=words.title,
        company=company,
        place=place,
        mode=mode,
        language=role.language,
        field=role.field,
        role=role.name,
        level=level,
        seniority=facts()["levels"][level]["label"],
        employment=employment,
        function=role.function,
        html=words.html,
        hours=age(dice),
        apply=apply,
        pay=pay,
        currency=currency,
        interval=role.interval,
        expired=index % EXPIRED == EXPIRED - 30,
    )


def employer(role: InventedRole, dice: Random, taken: dict[tuple[str, str], int]) -> tuple[InventedCompany, InventedPlace]:
    """A place by the role's weights, and an employer there that has the fewest openings of this role so far."""
    for _ in range(50):
        key = dice.choices(list(role.where), list(role.where.values()))[0]
        fitting = [one for one in companies() if one.kind in role.at and key in one.places and role.language in one.what]
        if fitting:
            least = min(taken[one.name, key] for one in fitting)
            return dice.choice([one for one in fitting if taken[one.name, key] == least]), places()[key]
    raise ValueError(f"{role.name}: none of its employers ({', '.join(role.at)}) is in any of its places")


def sibling_place(role: InventedRole, sibling: InventedJob, dice: Random) -> tuple[InventedCompany, InventedPlace]:
    """The sibling's employer, in another of its cities where it has one."""
    others = [key for key in sibling.company.places if key != sibling.place.key and key in role.where]
    key = dice.choice(others) if others and dice.random() < 0.5 else sibling.place.key
    return sibling.company, places()[key]


def salary(role: InventedRole, level: str, place: InventedPlace, dice: Random) -> tuple[int, int]:
    """A range around the role's middle, by level and country."""
    middle = role.pay * facts()["levels"][level]["pay"] * facts()["money"][place.code][1] * dice.uniform(0.92, 1.08)
    step = 1 if role.interval == "hour" else 1000
    low = round(middle * dice.uniform(0.88, 0.95) / step) * step
    return int(low), int(max(low + step, round(middle * dice.uniform(1.06, 1.18) / step) * step))


def age(dice: Random) -> float:
    """Hours since it was posted: many are a few days old, few a month."""
    return round(min(dice.expovariate(1 / 150), 27 * 24) + dice.random() * 3, 2)


def special(seed: int) -> Iterable[InventedJob]:
    """The odd ones: scams, broken characters, a wall of capitals."""
    known = {company.name: company for company in companies()}
    for index, item in enumerate(specials()):
        dice = rng(seed, "special", index)
        company = known.get(item["company"]) or InventedCompany.unknown(item["company"])
        place = places()[item["place"]]
        yield InventedJob(
            number=0,
            reference="",
            title=item["title"],
            company=company,
            place=place,
            mode=item.get("mode", "remote" if place.remote else "onsite"),
            language=item.get("language", "en"),
            field=item["field"],
            role=f"special {index}",
            level=item.get("level", "any"),
            seniority=facts()["levels"][item.get("level", "any")]["label"],
            employment=item.get("employment", "Full-time"),
            function=item.get("function", "Other"),
            html=item["html"],
            hours=age(dice) + 48,
            apply=item.get("apply", "site"),
            pay=tuple(item["pay"]) if "pay" in item else None,
            currency=item.get("currency", facts()["money"][place.code][0]),
            interval=item.get("interval", "yr"),
            expired=item.get("expired", False),
        )
