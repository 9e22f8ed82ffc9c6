"""The e-mail address that an ad names for applications, as ``mailto:``; one with a shade of doubt is none."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote, unquote

from rolecall.text.html import TAG
from rolecall.text.mail_domains import is_free_mail, registered
from rolecall.text.words import fold, listed, words

MAIL = re.compile(r"(?<![\w.+%-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w@-])")
LINKED = re.compile(r"<a\s[^<>]{0,200}?href=[\"']mailto:([^\"'?<>\s]{3,254})[^\"'<>]{0,500}[\"'][^<>]{0,200}>", re.I)

SEND = re.compile(
    r"\b(?:appl(?:y|ications?|ying)|cvs?|resumes?|résumés?|cover letters?|bewerb\w*|lebenslaufs?|unterlagen|candidatures?|postulez|postuler"
    r"|lettre de motivation|candidatura|solicitud|currículum|curriculum|curriculo|sollicita\w+|solliciteren)\b",
    re.I,
)
"""Words of what is sent, or of sending it."""

NOT_FOR = re.compile(
    r"\b(?:not|never|don'?t|accommodat\w+|disabilit\w+|accessib\w+|adjustments?|privacy|data protection|gdpr|datenschutz\w*|nicht|kein\w*"
    r"|unsubscribe|fraud|scam|complain\w*|agenc(?:y|ies)|recruiters|headhunter|questions?|fragen|rückfragen|press|noreply|no-reply|donotreply"
    r"|report|suspicious|delete|deletion)\b",
    re.I,
)
"""Words that say the address is for something else, or that nothing is sent there."""

BEFORE, AFTER = 160, 60
"""Characters around an address that say what it is for."""

MOST_TEXT = 30_000
MOST_FOUND = 20


def mailto(address: str, title: str) -> str:
    """The apply address: the title goes along, since an address that takes all of an employer's applications is no one job's.

    >>> mailto("Jobs@Acme.example", "Staff nurse (m/f/d)")
    'mailto:jobs@acme.example?subject=Staff%20nurse%20%28m%2Ff%2Fd%29'
    """
    return f"mailto:{address.lower()}?subject={quote(' '.join(title.split())[:200], safe='')}"


def apply_address(text: str | None, html: str | None, *, company: str, title: str) -> str | None:
    """The address in an ad's own words: on the employer's domain, where the words around it say that applications go there. Two are none.

    :param text: the ad as plain text
    :param html: the same as HTML, whose links may hold addresses that the text does not show
    """
    whole = text or ""
    if "mailto:" in (html or ""):
        whole = unescape(TAG.sub(" ", LINKED.sub(lambda found: f" {unquote(found[1])} ", (html or "")[: 2 * MOST_TEXT])))
    if "@" not in whole:
        return None
    whole = whole[:MOST_TEXT]
    found: dict[str, None] = {}
    for place in list(MAIL.finditer(whole))[:MOST_FOUND]:
        address = place[0].lower()
        if is_own(address.rpartition("@")[2], company) and is_for_applications(whole, place.start(), place.end(), address):
            found[address] = None
    return mailto(next(iter(found)), title) if len(found) == 1 else None


def contact_address(address: str, *, title: str) -> str | None:
    """An address that the ad's data name as the one for applications; a free-mail provider's is none."""
    address = address.strip().removeprefix("mailto:")
    if not MAIL.fullmatch(address) or NOT_FOR.search(address.replace("_", " ")) or is_free_mail(address.rpartition("@")[2]):
        return None
    return mailto(address, title)


def is_for_applications(text: str, start: int, end: int, address: str) -> bool:
    """Whether the sentence around an address says that applications go there."""
    before = re.split(r"[.!?](?=\s)|\n\s*\n", text[max(0, start - BEFORE) : start])[-1]
    after = re.split(r"[.!?](?=\s|$)|\n", text[end : end + AFTER])[0]
    around = before + " " + after
    return SEND.search(around) is not None and NOT_FOR.search(f"{around} {address.partition('@')[0]}") is None


def is_own(domain: str, company: str) -> bool:
    """Whether a domain bears the employer's name.

    >>> is_own("acme-widgets.example", "Acme Widgets GmbH"), is_own("jobs.acme.example", "Acme Widgets"), is_own("other.example", "Acme")
    (True, True, False)
    """
    if is_free_mail(domain):
        return False
    named = [word for word in words(fold(company)) if word not in FILLING]
    letters = "".join(named)
    if len(letters) < 3:
        return False
    bare = re.sub(r"[^a-z0-9]", "", fold(registered(domain)))
    return bare == letters or (len(bare) > 3 and bare in ends(named))


def ends(named: list[str]) -> frozenset[str]:
    """A name's first words, written together: one, two, …"""
    return frozenset("".join(named[:count]) for count in range(1, len(named) + 1))


FILLING = listed("the and of und der die das gmbh ag se kg ltd limited inc llc plc sas sarl sa bv nv co corp corporation company group")
"""Words of a name that a domain leaves out."""
