"""Signs in what an ad says and where it leads: its language, its board's own words, free mail, addresses that imitate."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

from rapidfuzz.distance import Levenshtein

from rolecall.catalog.company_names import aliases, company
from rolecall.text.mail_domains import is_free_mail, registered
from rolecall.text.words import fold, listed, words

MAX_TEXT = 30_000
LEAST_WORDS = 40
"""A shorter text says nothing about its language."""

COMMON = 0.06
"""Least share of the commonest words in a text of a language that is read."""

FEW = 80
"""Characters that must be left without the board's own words."""


@dataclass(frozen=True)
class AdClaims:
    """What a job says, for tests in Python.

    :param text: title and description
    :param source: board of ``url``
    :param hosts: board → host names of its pages; a board without is not judged
    """

    text: str
    company: str = ""
    url: str = ""
    apply_url: str | None = None
    source: str = ""
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


READ = listed(
    "the and of to in for with you your we our is are a an or on as will be at by from this that "
    "der die das und zu in den mit für wir sie ist ein eine im auf von bei als du dein ihr unser "
    "le la les de des et en un une pour vous nous est dans du avec sur votre notre au "
    "el los las y que un una para con por su del se tu nuestro te "
    "il di che per con una sono nel della e gli het een van voor met je wij zijn op te o os um uma não com"
)
"""The commonest words of English, German, French, Spanish, Italian, Dutch and Portuguese."""

CHROME = re.compile(
    r"show (?:more|less)|see (?:more|less|who|all)[^.\n]{0,40}|sign in[^.\n]{0,80}|join (?:now|or sign in)[^.\n]{0,60}"
    r"|report this job[^.\n]{0,40}|apply (?:now|on company site|in \w+ minutes)[^.\n]{0,40}|easy apply|save(?: this)? job[^.\n]{0,30}"
    r"|be among the first[^.\n]{0,40}|(?:this )?(?:website|site) uses cookies[^.\n]{0,120}|accept (?:all )?cookies[^.\n]{0,60}"
    r"|(?:enable|turn on) javascript[^.\n]{0,80}|job description|about the job|get notified[^.\n]{0,60}|(?<!\d)\d+ applicants"
    r"|posted \d+ \w+ ago|promoted|actively (?:hiring|recruiting)",
    re.I,
)
MAIL = re.compile(r"(?<![\w.+-])(?P<who>[\w.+-]{1,64})@(?P<host>[\w-]+(?:\.[\w-]+)+)")
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"')]{3,300}", re.I)
LIKENESS = str.maketrans("0134578i|аеорсхуіѕӏɡո", "oleastbllaeopcxylslgn")
"""Letters and digits that look like another one."""


def off_board(ad: AdClaims) -> bool:
    """Whether the address is on another site than the board's."""
    hosts = ad.hosts.get(ad.source, ())
    host = _host(ad.url)
    return bool(hosts) and not any(host == own or host.endswith(f".{own}") for own in hosts)


def boilerplate(ad: AdClaims) -> bool:
    """Whether little is left of a description without what the board writes around every ad."""
    _, _, description = ad.text[:MAX_TEXT].partition("\n")
    if len(description) < FEW:
        return False
    left = CHROME.sub(" ", description)
    return len(" ".join(left.split())) < min(FEW, len(description) // 2)


def unread_language(ad: AdClaims) -> bool:
    """Whether a text long enough to tell is in none of the languages whose commonest words are known, or in another script."""
    text = ad.text[:MAX_TEXT]
    letters = [char for char in text[:4_000] if char.isalpha()]
    if len(letters) > 4 * LEAST_WORDS and sum("LATIN" in unicodedata.name(char, "") for char in letters) < len(letters) / 2:
        return True
    found = [word for word in words(text) if not word.isdecimal()]
    return len(found) >= LEAST_WORDS and sum(word in READ for word in found) < COMMON * len(found)


def free_mail(ad: AdClaims) -> bool:
    """Whether the ad gives a free mail account that bears the employer's name, or calls itself its recruiting."""
    own = _letters(company(ad.company).key)
    for found in MAIL.finditer(ad.text[:MAX_TEXT]):
        who = _letters(fold(found["who"]))
        if is_free_mail(found["host"]) and ((len(own) > 3 and own in who) or re.search(r"hr|recruit|career|jobs?|hiring|talent", who)):
            return True
    return False


def look_alike(ad: AdClaims) -> bool:
    """Whether an address in the ad reads like the employer's name, or a well-known one's, without being it."""
    text = ad.text[:MAX_TEXT]
    hosts = {found["host"] for found in MAIL.finditer(text)} | {_host(found[0]) for found in ADDRESS.finditer(text)}
    hosts.add(_host(ad.apply_url or ""))
    own = _letters(company(ad.company).key)
    known = {own, *_well_known()} if own else set()
    return any(_imitates(registered(host), name) for host in hosts if host for name in known if len(name) > 4)


@cache
def _well_known() -> frozenset[str]:
    return frozenset(_letters(name) for name in aliases().values())


def _imitates(label: str, name: str) -> bool:
    """``northfe11`` and ``north-fell`` beside ``northfell``: the first does, the second is the name with a hyphen."""
    bare = label.replace("-", "")
    if bare == name:
        return False
    if _seen(bare) == _seen(name):
        return True
    return len(name) > 7 and abs(len(bare) - len(name)) < 2 and bare != f"{name}s" and Levenshtein.distance(bare, name, score_cutoff=1) == 1


def _seen(name: str) -> str:
    """As the eye reads it: ``rn`` is ``m``, ``0`` is ``o``."""
    return fold(name).translate(LIKENESS).replace("rn", "m").replace("vv", "w").replace("cl", "d")


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name)


def _host(address: str) -> str:
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    try:
        return host.encode("ascii").decode("idna").lower() if "xn--" in host else host.lower()
    except UnicodeError:
        return host.lower()
