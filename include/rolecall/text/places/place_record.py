"""One place, however it was written."""

from __future__ import annotations

from typing import Any, NamedTuple

from rolecall.models import Remote
from rolecall.text.words import words


class Place(NamedTuple):
    """A place; what the text leaves open is ``None``.

    :param city: its English or usual name; as it is written where the gazetteer does not have it
    :param region: the state's or province's code in the United States and Canada, the English name elsewhere
    :param country: English short name
    :param zone: several countries, where there is no ``country``: "Europe", "DACH", "Worldwide", "UTC-5 to UTC+1"
    :param area: the city and what is around it: "Greater Lyon Area" is larger than Lyon
    :param part: the borough or quarter of the city
    """

    city: str | None = None
    region: str | None = None
    country: str | None = None
    remote: Remote | None = None
    zone: str | None = None
    area: bool = False
    part: str | None = None

    def fields(self) -> dict[str, Any]:
        """The posting's three place fields."""
        return {"city": self.city, "region": self.region, "country": self.country}

    @property
    def key(self) -> str:
        """Equal for spellings of one place. Remote is a place of its own; hybrid, on-site and unsaid are not told apart."""
        return "|".join((
            " ".join(words(self.city or "")),
            (self.region or "") if self.country in REGIONS_MATTER or not self.country else "",
            self.country or self.zone or "",
            "area" if self.area else "",
            "remote" if self.remote == "remote" else "",
        ))  # fmt: skip

    @property
    def known(self) -> bool:
        """Whether it says anything about where."""
        return bool(self.city or self.region or self.country or self.zone or self.remote == "remote")

    @property
    def shown(self) -> str:
        """For people: "Austin, TX, United States"."""
        where = ", ".join(part for part in (self.city, self.region, self.country or self.zone) if part)
        return " ".join(
            part for part in (f"{where} and around" if self.area else where, "(remote)" if self.remote == "remote" else "") if part
        )


REGIONS_MATTER = frozenset({"United States", "Canada"})
"""Where one name is many cities. Elsewhere boards differ in whether they name the region, and cities of one name are rare."""
