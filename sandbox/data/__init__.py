"""What the invented ads are made of, read from the YAML files beside this one."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
LANGUAGES = {"en": "what", "de": "de", "fr": "fr", "es": "es"}
LETTERS = {"ß": "ss", "ø": "o", "æ": "ae", "å": "a", "ł": "l"}


def slug(text: str) -> str:
    """``Merrow Street & Sons`` → ``merrow-street-sons``, ASCII only."""
    plain = unicodedata.normalize("NFKD", "".join(LETTERS.get(letter, letter) for letter in text.lower()))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")


@dataclass(frozen=True, slots=True)
class InventedPlace:
    """A city, or an area one can work from anywhere in.

    :param also: other spellings on LinkedIn
    :param names: what people type to find it, lower case
    """

    key: str
    country: str
    code: str
    city: str = ""
    region: str = ""
    zip: str = ""
    local: str = ""
    remote: bool = False
    also: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """``Berlin, Berlin, Germany``; an area is its name alone."""
        if self.remote:
            return self.country
        return f"{self.city}, {self.region}" if self.code == "US" else f"{self.city}, {self.region}, {self.country}"


@dataclass(frozen=True, slots=True)
class InventedCompany:
    """An employer. ``what``: language → the words that complete "<name> …"."""

    name: str
    kind: str
    places: tuple[str, ...]
    what: dict[str, str] = dataclasses.field(hash=False, compare=False, default_factory=dict)

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return slug(self.name)

    @property
    def initials(self) -> str:
        """Two or three capitals for reference numbers."""
        words = self.slug.split("-")
        return ("".join(word[0] for word in words)[:3] if len(words) > 1 else words[0][:3]).upper()

    @classmethod
    def unknown(cls, name: str) -> InventedCompany:
        """One that posts a single odd ad."""
        return cls(name, "unknown", (), {})


@dataclass(frozen=True, slots=True)
class InventedRole:
    """A kind of job: how many openings, where, at whom, and the sentences its ads are made of."""

    name: str
    field: str
    function: str
    count: int
    at: tuple[str, ...]
    where: dict[str, int]
    titles: dict[str, list[str]]
    levels: dict[str, int]
    pay: float
    pitch: list[str]
    duties: list[str]
    must: list[str]
    nice: list[str]
    language: str = "en"
    interval: str = "yr"
    pay_shown: float = 0.35
    tools: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    modes: dict[str, int] = dataclasses.field(default_factory=lambda: {"onsite": 1})
    employment: dict[str, int] = dataclasses.field(default_factory=lambda: {"Full-time": 1})


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


@cache
def facts() -> dict[str, Any]:
    """Phrases, levels, money."""
    found: dict[str, Any] = _read("phrases.yaml")
    return found


@cache
def places() -> dict[str, InventedPlace]:
    """All places by key."""
    found = {}
    for key, item in _read("places.yaml").items():
        names = {item.get("city", ""), item.get("local", ""), *item.get("names", ()), *item.get("also", ())} - {""}
        values = {**item, "also": tuple(item.get("also", ())), "names": tuple(sorted(name.lower() for name in names))}
        found[key] = InventedPlace(key=key, **values)
    return found


@cache
def companies() -> tuple[InventedCompany, ...]:
    """All employers."""
    return tuple(
        InventedCompany(
            item["name"],
            item["kind"],
            tuple(item["in"]),
            {key: item[name] for key, name in LANGUAGES.items() if name in item},
        )
        for item in _read("companies.yaml")
    )


@cache
def roles() -> tuple[InventedRole, ...]:
    """All roles, file by file in the order of their names."""
    found = []
    for file in sorted((FOLDER / "roles").glob("*.yaml")):
        group = _read(f"roles/{file.name}")
        found += [
            InventedRole(field=group["field"], function=group["function"], **{**item, "at": tuple(item["at"])}) for item in group["roles"]
        ]
    return tuple(found)


@cache
def specials() -> tuple[dict[str, Any], ...]:
    """The odd ads."""
    return tuple(_read("specials.yaml"))
