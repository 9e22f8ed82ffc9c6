"""JSON as strangers write it: a number of five thousand digits, NaN and Infinity are no numbers, and cost nobody the rest of the text."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

LONGEST = 300
"""Digits of a whole number; a longer one fits no float."""


def odd_number_as_none(_: str) -> None:
    """Reads an odd number as ``None``, as for boards' answers: unsure means empty."""
    return


def odd_number_as_text(number: str) -> str:
    """Reads an odd number as text, as for what people send: validation then refuses it by name instead of losing it."""
    return number if len(number) < 12 else f"a number of {len(number):,} digits"


def read_json(
    text: str | bytes, *, instead: Callable[[str], Any] = odd_number_as_none, strict: bool = True, start: int | None = None
) -> Any:
    """The value; of numbers that are none, what ``instead`` makes of their text.

    :param strict: ``False``: texts may hold raw line ends
    :param start: where in the text it begins; whatever follows it is left alone
    :raises ValueError: it is not JSON
    :raises RecursionError: it nests too deep
    """

    def whole(digits: str) -> Any:
        return int(digits) if len(digits) <= LONGEST else instead(digits)

    def fraction(digits: str) -> Any:
        return value if math.isfinite(value := float(digits)) else instead(digits)

    def read(**more: Any) -> Any:
        decoder = json.JSONDecoder(strict=strict, parse_constant=instead, parse_float=fraction, **more)
        return decoder.decode(said) if start is None else decoder.raw_decode(said, start)[0]

    said = text if isinstance(text, str) else text.decode(json.detect_encoding(text), "surrogatepass")
    try:
        return read()
    except json.JSONDecodeError:
        raise
    except ValueError:  # a number that is longer than Python reads: each is looked at, which takes longer
        return read(parse_int=whole)


def stored(text: str | bytes) -> Any:
    """A ``jsonb`` as Postgres gives it, which keeps numbers of any length."""
    try:
        return json.loads(text)
    except ValueError:
        return read_json(text, instead=odd_number_as_text)
