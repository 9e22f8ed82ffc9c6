"""Names of companies: one employer in many spellings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rolecall.text.words import fold, listed, mended, one_line, words

LEGAL_FORMS = listed(
    "inc incorporated llc llp lp ltd limited corp corporation co company plc gmbh ggmbh mbh ag se kg kgaa ohg gbr eg ev ug sa sas sarl "
    "sasu eurl sl slu srl spa sapa bv nv vof oy oyj ab as asa aps kk pty pvt pte lda ltda sro zoo doo jsc ooo pjsc bhd sdn "
    "pbc pllc lllp kft zrt nyrt uab sia ehf eood ou"
)
"""Endings that say how a company is registered. A name that is nothing else keeps them."""

SPLIT_FORMS = re.compile(r"\b(S\.?\s?[àa]\s?r\.?\s?l\.?)(?!\w)|\b((?:[a-zA-Z]\.\s?){2,5})(?!\w)|\b([a-zA-Z](?:/[a-zA-Z]){1,2})(?!\w)")
"""``S.A.``, ``S. r. l.``, ``d.o.o.``, ``A/S``: forms written letter by letter."""

NOBODY = frozenset({"", "confidential", "anonymous", "undisclosed", "unknown", "private", "na", "n a", "none", "company confidential"})
"""Names behind which any employer may stand: they say nothing about who it is."""


@dataclass(frozen=True, slots=True)
class Company:
    """An employer.

    :param key: equal for spellings of one name; empty where the name says nothing
    :param legal_form: how it is registered, as written, in lower case
    :param root: the name without what boards hang on it ("Acme Technologies, Inc.", "Acme (YC W22)", "acme.com", "Careers at Acme" are
        ``acme``), in one word. Two employers may share it: it never says by itself that two are one
    """

    key: str
    legal_form: str = ""
    root: str = ""


@cache
def aliases() -> dict[str, str]:
    """Folded name → folded name under which the same employer is better known, from ``aliases.tsv``."""
    known: dict[str, str] = {}
    for line in (Path(__file__).parent / "aliases.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, *others = [" ".join(words(part.replace("&", " and "))) for part in line.split("\t")]
            known.update(dict.fromkeys(others, name))
    return known


BRACKETED = re.compile(r"(?<!\s)\s*[(\[]\s*(\w{2,8})\s*[)\]]\s*$")


def initials(name: str) -> frozenset[str]:
    """What people make of a folded name of three words and more: all first letters, and those of the words that are not small.

    >>> sorted(initials("bank of the west"))
    ['botw', 'bw']
    """
    parts = name.split()
    if len(parts) < 3:
        return frozenset()
    return frozenset(("".join(part[0] for part in parts), "".join(part[0] for part in parts if part not in ("and", "of", "the"))))


@lru_cache(maxsize=65_536)
def company(text: str) -> Company:
    """Reads a company's name.

    >>> company("The Acme Widgets GmbH & Co. KG"), company("ACME WIDGETS").key
    (Company(key='acme widgets', legal_form='gmbh co kg', root='acmewidgets'), 'acme widgets')
    """
    if (short := BRACKETED.search(text[:500])) and fold(short[1]) in initials(company(text[: short.start()]).key):
        return company(text[: short.start()])  # "Rye and Wheat Mills (RWM)"
    joined = SPLIT_FORMS.sub(
        lambda found: re.sub(r"[\s./]", "", found[0]).replace("à", "a") + " ", mended(one_line(text, 500)).replace("&", " & ")
    )
    parts = words(joined.replace("&", " and "))
    if parts[:1] == ["the"] and len(parts) > 1:
        parts = parts[1:]
    end = len(parts)
    while end > 1 and (parts[end - 1] in LEGAL_FORMS or (parts[end - 1] == "and" and end < len(parts))):
        end -= 1
    key = " ".join(parts[:end])
    key = aliases().get(key, key)
    form = " ".join(part for part in parts[end:] if part != "and")
    return Company("" if key in NOBODY else key, form, "" if key in NOBODY else _root(text, key))


def employers(names: Iterable[str]) -> frozenset[str]:
    """What :func:`is_one_of` knows these employers by; names that say nothing are left out."""
    return frozenset(known for name in names for known in (company(name).key, company(name).root) if known)


def is_one_of(name: str, known: frozenset[str]) -> bool:
    """Whether a name may be one of these employers, by its key or its root: "Acme" and "Acme Technologies, Inc." are. For who would
    rather leave one too many out than one too few.
    """
    found = company(name)
    return bool(known) and bool(known & {found.key, found.root} - {""})


GENERAL = listed(
    "technology technologies tech labs lab group software holding holdings systems solutions services ai hq global international worldwide "
    "digital studio studios industries ventures partners careers career jobs hiring recruiting recruitment talent team people official "
    "uk us usa eu emea apac uae germany deutschland france spain canada india europe ireland netherlands australia japan singapore"
)
"""Words behind a name that say little about who it is."""
BESIDE = re.compile(r"[(\[][^()\[\]]{0,200}(?:[)\]]|$)|(?<!\s)\s+[|•·–—-]\s.*$|,\s?(?:an?|the|part of|powered by|by)\s.*$", re.S)
"""``(YC W22)``, ``| Careers``, ``- Talent Team``, ``, a Rye company``."""
BEFORE = re.compile(r"^\s*(?:jobs|careers?|working|work|life|hiring|team)\s+(?:at|with|for|bei|chez)\s+", re.I)
DOMAIN = re.compile(r"(?<=\w)\.(?:com|io|ai|co|net|org|dev|app|eu|de|fr|es|nl|tech|so|gg|co\.uk)(?![\w.])", re.I)
""":data:`GENERAL` for addresses: ``acme.io``."""


def _root(text: str, key: str) -> str:
    name = DOMAIN.sub("", BEFORE.sub("", BESIDE.sub("", mended(one_line(text, 500)))))
    parts = [part for part in words(name.replace("&", " and ")) if part != "and"]
    if parts[:1] == ["the"] and len(parts) > 1:
        parts = parts[1:]
    while len(parts) > 1 and (parts[-1] in GENERAL or parts[-1] in LEGAL_FORMS):
        parts.pop()
    known = aliases().get(" ".join(parts))
    return "".join((known or " ".join(parts) or key).split())
