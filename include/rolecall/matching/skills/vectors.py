"""Meaning of words and texts as vectors: WordLlama's static table (MIT), read from its wheel, in whole numbers.

A word is the sum of its pieces' rows, of one length; a text is the sum of its words, each by rarity and number, without the direction
that all texts share. Everything is rounded to integers small enough that a float32 holds each sum exactly: products of these vectors
are the same on every machine, whatever order a linear-algebra library adds in.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rolecall.matching.skills.lexicon import lexicon, singular

DIMENSIONS = 256
SCALE = 2_000
"""Length of a vector. Products stay below 2,000² = 4 million, sums within the 16 million that a float32 counts exactly."""

WORD_SCALE = 2_000
WHOLE = 2.0**20
"""Bound of the numbers that are squared and summed: 256 squares of them stay below 2⁵³, where float64 counts exactly."""

MAX_WORDS = 400
"""Different words of a text that make its vector, the rarest and most repeated first: bounds cost and sums."""

Vector = NDArray[np.int16]


@lru_cache(maxsize=60_000)
def word_vector(word: str) -> Vector:
    """One folded word (its singular), of length ``WORD_SCALE``."""
    row = pieces(singular(word))
    whole = row.astype(np.int64)  # exact on any machine
    length = float(np.sqrt(np.float64(int((whole * whole).sum()))))
    return np.rint(row * (WORD_SCALE / length)).astype(np.int16) if length else np.zeros(DIMENSIONS, np.int16)


def pieces(word: str) -> NDArray[np.float64]:
    """The sum of a word's rows in the table, in whole thousandths."""
    rows, tokenizer = table()
    ids = tokenizer.encode(word, add_special_tokens=False).ids
    summed: NDArray[np.float64] = np.rint(rows[ids].astype(np.float64) * 1000).sum(axis=0)
    return summed


def text_vector(weights: Iterable[tuple[str, int]], *, centred: bool = True) -> Vector:
    """The direction of a bag of words, of length ``SCALE``; zero where no word counts.

    :param weights: folded words and how much each counts, whole numbers
    :param centred: without the direction that all texts share
    """
    chosen = sorted(((weight, word) for word, weight in weights if weight > 0), reverse=True)[:MAX_WORDS]
    if not chosen:
        return np.zeros(DIMENSIONS, np.int16)
    rows = np.stack([word_vector(word) for _, word in chosen]).astype(np.float64)
    total = np.array([weight for weight, _ in chosen], dtype=np.float64) @ rows
    if centred:
        total = _unit(total, SCALE) - _shared(total)
    return np.rint(_unit(total, SCALE)).astype(np.int16)


def _shared(total: NDArray[np.float64]) -> NDArray[np.float64]:
    """The part of a text's vector that lies in the common direction."""
    common = _common()
    scaled = np.rint(_unit(total, SCALE))
    return common * (float((scaled * common).sum()) / float((common * common).sum()))


def _unit(row: NDArray[np.float64], scale: int) -> NDArray[np.float64]:
    most = float(np.abs(row).max())
    whole = np.rint(row if most <= WHOLE else row * 2.0 ** -np.ceil(np.log2(most / WHOLE)))
    length = float(np.sqrt((whole * whole).sum()))
    return whole * (scale / length) if length else whole


BLOCK = 8_192
"""Rows compared at once: memory stays flat."""


def nearness(matrix: NDArray[np.int16], vector: Vector) -> NDArray[np.float64]:
    """Cosines of rows with a vector, each exact: float32 sums of whole numbers below 2²⁴."""
    found = np.empty(len(matrix), dtype=np.float64)
    wanted = vector.astype(np.float32)
    for start in range(0, len(matrix), BLOCK):
        found[start : start + BLOCK] = matrix[start : start + BLOCK].astype(np.float32) @ wanted
    return found / (SCALE * SCALE)


@cache
def _common() -> NDArray[np.float64]:
    return np.array(lexicon().common, dtype=np.float64)


@cache
def table() -> tuple[NDArray[np.float16], Tokenizer]:
    """The rows and the tokenizer out of WordLlama's wheel; the package itself is not imported.

    :raises ModuleNotFoundError: the wheel is not installed
    """
    spec = importlib.util.find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("wordllama is not installed: its wheel holds the word vectors")
    folder = Path(spec.origin).parent
    raw = (folder / "weights" / "l2_supercat_256.safetensors").read_bytes()
    header = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
    entry = next(value for name, value in header.items() if name != "__metadata__")
    if entry["dtype"] != "F16" or entry["shape"][1] != DIMENSIONS:
        raise ValueError(f"unexpected word vectors: {entry['dtype']} {entry['shape']}")
    offset = 8 + int.from_bytes(raw[:8], "little") + entry["data_offsets"][0]
    count = entry["shape"][0] * entry["shape"][1]
    rows = np.frombuffer(raw, dtype="<f2", count=count, offset=offset).reshape(entry["shape"])
    return rows, Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
