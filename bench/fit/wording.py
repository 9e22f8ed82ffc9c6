"""Fits which kind the words of a whole mail make it: writes ``include/rolecall/inbox/mail_kinds/wording.npz``.

    make bench ONLY=fit/wording

One logistic regression, fitted to the invented mails that may be looked at (:func:`bench.fit.mails.made`) and to the 1,329 of
``whole_mails.zip``, by six more writers in eight languages. But for the first, each of them knew neither the code nor the others' mails.
Real mails and the halves that measure are left alone.

    BY_WRITER=1 make bench ONLY=fit/wording

tells instead how often it is right on each of those writers when it is fitted to the others' mails, and with fewer of them.
"""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bench.fit.mails import made
from judge.invented import mails as invented
from rolecall.inbox import mail_reader
from rolecall.inbox.mail_kinds.mail_words import FILE, WordingModel, wording
from rolecall.inbox.mail_kinds.phrases import sentences
from rolecall.inbox.understood import MailKind

MAILS = Path(__file__).with_name("whole_mails.zip")

HELD_DOWN = 50.0
"""How little the weights are held down (``C``): 10 and 50 told the mails of a writer left out equally well."""

LEAST = 3
"""Mails that a feature must be in."""

FAINT = 1
"""Of 127: a feature none of whose weights is larger is left out."""


class Labelled(NamedTuple):
    """A mail that is fitted to."""

    writer: str
    kind: str
    names: set[str]
    weight: float


def labelled() -> Iterator[Labelled]:
    """Each mail that is fitted to; a bounce is told by its form alone."""
    with zipfile.ZipFile(MAILS) as kept:
        more = [(name, zipfile.Path(kept, name)) for name in sorted(kept.namelist())]
        written = [(writer, one.kind, one.raw, 1.0) for writer, file in more for one in invented.second_mails(file)]
    for writer, kind, raw, weight in [*(("", kind, raw, weight) for _, kind, raw, weight in made()), *written]:
        if kind != MailKind.BOUNCE:
            mail = mail_reader.read(raw)
            yield Labelled(writer, str(kind), wording(sentences(mail.subject), sentences(mail.text)), weight)


def fitted(mails: list[Labelled]) -> WordingModel:
    """The model of these mails."""
    seen = Counter(name for one in mails for name in one.names)
    rows = {name: row for row, name in enumerate(sorted(name for name, times in seen.items() if times >= LEAST))}
    known = [sorted(rows[name] for name in one.names if name in rows) for one in mails]
    places = [(number, row, len(found) ** -0.5) for number, found in enumerate(known) for row in found]
    at, column, value = zip(*places, strict=True)
    model = LogisticRegression(C=HELD_DOWN, max_iter=150, tol=1e-3, class_weight="balanced")
    model.fit(csr_matrix((value, (at, column)), (len(mails), len(rows))), [one.kind for one in mails], [one.weight for one in mails])
    scale = float(np.abs(model.coef_).max() / 127)
    whole = np.rint(model.coef_.T / scale).astype(np.int8)
    kept = np.flatnonzero(np.abs(whole).max(axis=1) > FAINT)
    names = list(rows)
    return WordingModel(
        tuple(model.classes_),
        {names[row]: place for place, row in enumerate(kept)},
        whole[kept],
        scale,
        model.intercept_.astype(np.float32),
    )


def by_writer(mails: list[Labelled]) -> None:
    """How often it is right on the mails of each writer, fitted to fewer and to all of the others."""
    writers = sorted({one.writer for one in mails} - {""})
    for others in (0, 1, 3, len(writers) - 1):
        shares = []
        for place, writer in enumerate(writers):
            heard = {"", *[writers[(place + step) % len(writers)] for step in range(1, others + 1)]}
            model = fitted([one for one in mails if one.writer in heard])
            theirs = [one for one in mails if one.writer == writer]
            shares.append(sum(most_likely(model, one.names) == one.kind for one in theirs) / len(theirs))
        told = ", ".join(f"{writer.removesuffix('.txt')} {share:.3f}" for writer, share in zip(writers, shares, strict=True))
        print(f"fitted to {others} others: {sum(shares) / len(shares):.3f} ({told})", flush=True)


def most_likely(model: WordingModel, names: set[str]) -> str:
    """The likeliest kind of a mail with these features."""
    likely = model.of_names(names)
    return max(likely, key=lambda kind: likely[kind])


def main() -> None:
    """Writes the file."""
    mails = list(labelled())
    if os.environ.get("BY_WRITER"):
        return by_writer(mails)
    model = fitted(mails)

    def text(lines: list[str], between: str) -> np.ndarray:
        return np.frombuffer(between.join(lines).encode(), np.uint8)

    np.savez_compressed(
        FILE, kinds=text(list(model.kinds), " "), names=text(list(model.rows), "\n"), weights=model.weights,
        scale=np.float32(model.scale), bias=model.bias,
    )  # fmt: skip
    print(f"{len(mails):,} mails, {len(model.rows):,} features, {FILE.stat().st_size:,} bytes")
    return None


if __name__ == "__main__":
    main()
