"""Where the pages of a board are: for telling an address that leads elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

ON_THEIR_OWN = ("linkedin", "indeed", "glassdoor", "arbeitnow")
"""Boards that show every ad on their own site; the others link to the employer's."""


def page_hosts(addresses: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Board → host names of its ads, with the host of whatever stands in for it.

    :param addresses: where boards are asked, by board; empty where they are
    """
    from rolecall.boards import BOARDS  # parsers, which only a task needs

    found = {}
    for name in filter(BOARDS.__contains__, ON_THEIR_OWN):
        standing_in = urlsplit(addresses.get(name, "")).hostname
        found[name] = (*BOARDS[name].hosts, *([standing_in] if standing_in else []))
    return found
