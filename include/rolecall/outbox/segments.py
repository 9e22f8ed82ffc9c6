"""How long an SMS is. An operator sends it in parts, and each part is paid for.

A text whose characters are all in the GSM 03.38 alphabet goes as GSM-7: 160 units in one part, 153 in each of several; a character
of its extension table counts twice. Any other character makes the whole text UCS-2: 70 units in one part, 67 in each of several,
and an emoji counts two (3GPP TS 23.038; twilio.com/docs/glossary/what-sms-character-limit).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("^{}\\[~]|€\f")
LIMITS = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
"""Units of a text in one part, and of each part of a longer one."""

JOINERS = ("\u200d", "\ufe0e", "\ufe0f", "\u20e3")
"""Zero-width joiner, variation selectors, keycap: they belong to the character before."""


SIMPLER = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "…": "...", "–": "-", "—": "-", "·": "-", "\u00a0": " ", "\u202f": " "}
)
"""Typographic characters and their plain counterparts: one of the former would more than double the price of a text."""


@dataclass(frozen=True)
class Segments:
    """How a text travels.

    :param units: septets of GSM-7, 16-bit units of UCS-2
    :param count: parts that are sent and paid for; 0 for an empty text
    """

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    count: int


def segments(text: str) -> Segments:
    """The encoding, units and parts of an SMS text.

    >>> segments("Hello [you]")
    Segments(encoding='GSM-7', units=13, count=1)
    >>> segments("🎉" * 36).count
    2
    """
    encoding: Literal["GSM-7", "UCS-2"] = "GSM-7" if all(char in BASIC or char in EXTENSION for char in text) else "UCS-2"
    units = sum(_units(char, encoding) for char in text)
    single, part = LIMITS[encoding]
    return Segments(encoding, units, -(-units // part) if units > single else int(units > 0))


def fit(text: str, count: int) -> str:
    """The text in plain typography, cut so that it needs at most ``count`` parts; three dots tell that something is gone. No character
    is cut in two.

    >>> segments(fit("a" * 500, 2)).units
    306
    """
    text = text.translate(SIMPLER)
    found = segments(text)
    if found.count <= count:
        return text
    single, part = LIMITS[found.encoding]
    room = (part * count if count > 1 else single) - 3
    used = end = 0
    for position, char in enumerate(text):
        used += _units(char, found.encoding)
        if used > room:
            break
        end = position + 1
    while 0 < end < len(text) and (_continues(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip() + "..."


def _units(char: str, encoding: str) -> int:
    if encoding == "GSM-7":
        return 2 if char in EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1


def _continues(char: str) -> bool:
    return char in JOINERS or unicodedata.combining(char) > 0 or 0x1F3FB <= ord(char) <= 0x1F3FF  # skin tones
