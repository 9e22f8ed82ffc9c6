"""Which applicant tracking system an employer uses, and what it is called there: by an address, else by a careers page."""

from __future__ import annotations

from rolecall.boards.employers.addresses import NAMED, READABLE, Employer, of_address
from rolecall.boards.employers.pages import of_page

__all__ = ["READABLE", "Employer", "identify", "of_anything"]


def identify(url: str, html: str | None = None) -> Employer | None:
    """The employer that an address or a careers page belongs to; ``None`` where that is not certain. Asks nobody.

    A page is read for the systems of :data:`READABLE`, Rippling and Gem. Where a careers site is on a host of the employer's (Recruitee,
    Personio, Teamtailor, Breezy) and does not say its name there, ``slug`` is that host: the board is read there. It is empty where that
    is no host of a public name (a port, a number).

    :param url: of a board, a posting, an interface; or of the page
    :param html: the page, where its address alone does not tell
    """
    found = of_anything(url, html)
    return found if found is None or not html or found.system in NAMED or of_address(url) is not None else None


def of_anything(url: str, html: str | None = None) -> Employer | None:
    """The same for every system that is known by name, so that it can be said which it is."""
    seen = of_address(url)
    if seen is not None:
        return seen.employer
    return of_page(url, html) if html else None
