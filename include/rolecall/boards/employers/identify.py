"""Which applicant tracking system an employer uses, and what it is called there: by an address, else by a careers page."""

from __future__ import annotations

from rolecall.boards.employers.addresses import READABLE, Employer, of_address
from rolecall.boards.employers.pages import of_page

__all__ = ["READABLE", "Employer", "identify"]


def identify(url: str, html: str | None = None) -> Employer | None:
    """The employer that an address or a careers page belongs to; ``None`` where that is not certain. Asks nobody.

    :param url: of a board, a posting, an interface; or of the page
    :param html: the page, where its address alone does not tell
    """
    seen = of_address(url)
    if seen is not None:
        return seen.employer
    return of_page(url, html) if html else None
