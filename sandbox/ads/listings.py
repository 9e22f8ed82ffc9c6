"""One opening as the boards show it: which boards have it, under which id, and how each spells title, employer and place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from html import escape, unescape
from random import Random

from sandbox.ads.jobs import InventedJob

SHARE = {"linkedin": 0.94, "indeed": 0.62, "glassdoor": 0.5}
"""How many of the openings each board has."""

TWICE = {"linkedin": 0.085, "indeed": 0.05, "glassdoor": 0.03}
"""How many of those are posted a second time."""

CUT = 900
"""Characters left of a description that was cut."""

ID_BASE = 4_310_000_000


@dataclass(frozen=True)
class Listing:
    """One ad on one board.

    :param title, company, location: as this board spells them
    :param posted: when it appeared there
    :param early: carries the board's "be an early applicant" badge
    """

    job: InventedJob
    board: str
    id: str
    title: str
    company: str
    location: str
    posted: datetime
    early: bool = False

    @property
    def number(self) -> int:
        """A number that is always the same for this ad: decides its small peculiarities."""
        return int(self.id, 16 if self.board == "indeed" else 10)

    @cached_property
    def html(self) -> str:
        """The description as this board has it: Glassdoor got one in five cut short."""
        if self.board != "glassdoor" or self.number % 5 or len(self.text) < CUT:
            return self.job.html
        return f"<p>{escape(self.text[:CUT].rsplit(' ', 1)[0])}…</p>"

    @cached_property
    def text(self) -> str:
        """The description as plain text."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.job.html)).split())

    @cached_property
    def words(self) -> tuple[str, str]:
        """Title, and everything that is searched, both lower case."""
        return self.title.lower(), f"{self.title} {self.company} {self.text}".lower()

    def snippet(self, length: int = 160) -> str:
        """The beginning of the text, cut at a word, with an ellipsis."""
        return self.text if len(self.text) <= length else self.text[:length].rsplit(" ", 1)[0] + " …"


def listings_of(job: InventedJob, board: str, seed: int, anchor: datetime) -> Iterable[Listing]:
    """The ads for one opening on one board: none, one, or two."""
    dice = Random(f"{seed}/{board}/{job.reference}")  # noqa: S311 - invented ads, not secrets
    if dice.random() > SHARE[board] and not job.role.startswith("special"):
        return
    spell = {"linkedin": on_linkedin, "indeed": on_indeed, "glassdoor": on_glassdoor}[board]
    delay = 0.0 if board == "linkedin" else dice.uniform(0, min(job.hours, 60))
    for copy in range(2 if dice.random() < TWICE[board] else 1):
        title, company, location = spell(job, dice, copy)
        hours = max(0.4, (job.hours - delay) * (dice.uniform(0.1, 0.6) if copy else 1))
        posted = anchor - timedelta(hours=hours)
        early = hours < 40 and dice.random() < 0.4
        yield Listing(job, board, identity_of(board, job, seed, copy), title, company, location, posted, early)


def identity_of(board: str, job: InventedJob, seed: int, copy: int) -> str:
    """The board's id: ten digits on LinkedIn, sixteen hex digits on Indeed, thirteen digits on Glassdoor."""
    mark = hashlib.sha256(f"{seed}/{board}/{job.reference}/{copy}".encode()).hexdigest()
    if board == "indeed":
        return mark[:16]
    if board == "glassdoor":
        return str(1_009_000_000_000 + int(mark[:10], 16) % 900_000_000)
    return str(ID_BASE + job.number * 100_000 + int(mark[:6], 16) % 90_000 + copy)


def on_linkedin(job: InventedJob, dice: Random, copy: int) -> tuple[str, str, str]:
    """LinkedIn: the title as the employer wrote it; a repost has another marker or another spelling of the place."""
    place = job.place
    location = dice.choice(place.also) if place.also and (copy or dice.random() < 0.12) else place.line
    title = job.title
    if copy:
        title = dice.choice([title, remarked(title), f"{title} ({job.reference})", title.replace("Senior", "Sr.")])
    return title, job.company.name, location


def on_indeed(job: InventedJob, dice: Random, copy: int) -> tuple[str, str, str]:
    """Indeed: postcodes and "City, ST"; sometimes the legal form, sometimes the place in the title."""
    place = job.place
    title = dice.choice([job.title, job.title, remarked(job.title), job.title.replace("Senior", "Sr.")])
    company = legal(job) if dice.random() < 0.4 else job.company.name
    if place.remote:
        location = dice.choice([f"Remote in {place.country}", "Remote"])
    elif place.code == "US":
        location = dice.choice([f"{place.city}, {place.region} {place.zip}", f"{place.city}, {place.region}"])
    elif place.code == "DE":
        location = dice.choice([f"{place.zip} {place.local or place.city}", place.local or place.city])
    else:
        location = dice.choice([place.local or place.city, f"{place.city} {place.zip}"])
    if job.mode == "hybrid" and dice.random() < 0.5:
        location = f"Hybrid work in {location}"
    return title, company, location


def on_glassdoor(job: InventedJob, dice: Random, copy: int) -> tuple[str, str, str]:
    """Glassdoor: short places, shortened titles of long names."""
    place = job.place
    title = dice.choice([job.title, remarked(job.title)])
    if len(title) > 48:
        title = title[:46].rsplit(" ", 1)[0] + "..."
    location = "Remote" if place.remote else f"{place.city}, {place.region}" if place.code == "US" else place.local or place.city
    return title, job.company.name if dice.random() < 0.85 else legal(job), location


def remarked(title: str) -> str:
    """The same title with another gender marker, or none."""
    bare = re.sub(r"\s*\((?:m/[fw]/[dx]|[fw]/m/d|all genders)\)", "", title)
    return bare if bare != title else title


FORMS = {
    **dict.fromkeys(("DE", "AT"), "GmbH"),
    **dict.fromkeys(("GB", "IE"), "Ltd"),
    **dict.fromkeys(("US", "CA"), "Inc."),
    **{"CH": "AG", "NL": "B.V.", "FR": "SAS", "ES": "S.L.", "AU": "Pty Ltd"},
}


def legal(job: InventedJob) -> str:
    """The employer's name with its legal form."""
    form = FORMS.get(job.place.code, "")
    return job.company.name if not form or job.company.name.endswith(("LLP", "Trust", "Partners")) else f"{job.company.name} {form}"
