"""Where the pages of a board are: for telling an address that leads elsewhere."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from rolecall.settings import Settings

ON_THEIR_OWN = ("linkedin", "indeed", "glassdoor", "arbeitnow")
"""Boards that show every ad on their own site; the others link to the employer's."""


def page_hosts(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Board → host names of its ads, with the host of whatever stands in for it."""
    from rolecall.boards import BOARDS  # parsers, which only a task needs

    found = {}
    for name in filter(BOARDS.__contains__, ON_THEIR_OWN):
        address = getattr(settings, f"{name}_base_url", "") or os.environ.get(f"{name.upper()}_BASE_URL", "")
        standing_in = urlsplit(address).hostname
        found[name] = (*BOARDS[name].hosts, *([standing_in] if standing_in else []))
    return found
