"""One invented opening, before any board has it."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.ads.texts import money
from sandbox.data import InventedCompany, InventedPlace


@dataclass(frozen=True, slots=True)
class InventedJob:
    """One opening.

    :param reference: the employer's own number for it; the ATS knows it by this
    :param hours: its age at the catalogue's anchor
    :param apply: ``ats`` (the sandbox's), ``site`` (the employer's own), ``mail``, ``recruitee``, ``form`` (of a system) or ``board`` (the
        board's form)
    :param pay: yearly (or hourly) range in ``currency`` where the ad says it
    """

    number: int
    reference: str
    title: str
    company: InventedCompany
    place: InventedPlace
    mode: str
    language: str
    field: str
    role: str
    level: str
    seniority: str
    employment: str
    function: str
    html: str
    hours: float
    apply: str
    pay: tuple[int, int] | None
    currency: str
    interval: str
    expired: bool = False

    @property
    def salary(self) -> str | None:
        """``€62,000.00/yr - €78,000.00/yr``, as LinkedIn writes it."""
        return money(self.pay, self.currency, self.interval) if self.pay else None
