"""Fits what sentences of mails do, and what that makes a mail: writes ``include/rolecall/inbox/mail_kinds/acts.npz``.

    make bench ONLY=fit/mails

Two logistic regressions. The first is fitted to the invented sentences of ``mail_acts.txt``, opened up (``{a|b}``); a feature counts
that two lines have in common. It is fitted again with the sentences of the invented mails that may be looked at, each as the act that it
most likely does among those that its mail's kind allows: what stands in an invitation refuses nobody, whatever its words. The second is
fitted to the halves of all sets of mails that may be looked at (:func:`judge.measure.developed_on`); of real mails nothing but the second's
few hundred weights remains. Both leave the halves that measure alone.
"""

from __future__ import annotations

import random
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from judge.__main__ import SHARED
from judge.invented import mails as invented
from judge.mails import labelled_bytes
from judge.measure import developed_on
from rolecall.inbox import mail_reader
from rolecall.inbox.mail_kinds.acts import FILE, MOST_SENTENCES, ActModel, acts_of, clauses, features, signs_of, spread
from rolecall.inbox.mail_kinds.phrase_rules import look
from rolecall.inbox.mail_kinds.phrases import sentences
from rolecall.inbox.understood import MailKind

LINES = Path(__file__).with_name("mail_acts.txt")
CHOICE = re.compile(r"\{([^{}]*)\}")
VARIANTS = 14
"""Of one line, at most."""

OF_WORDS, OF_SIGNS = 20.0, 2.0
"""How little the weights of the first and of the second are held down (``C``)."""

FAINT = 2
"""Of 127: a feature all of whose weights are so small is left out."""


def opened(line: str, chance: random.Random) -> list[str]:
    """Variants of a line: each alternative at least once, as far as :data:`VARIANTS` go."""
    choices = [part.split("|") if number % 2 else [part] for number, part in enumerate(CHOICE.split(line))]
    longest = max(len(each) for each in choices)
    orders = [chance.sample(each, len(each)) for each in choices]
    made: dict[str, None] = {}
    for number in range(min(VARIANTS, 2 * longest)):
        picked = (order[number % len(order)] if number < longest else chance.choice(order) for order in orders)
        made[" ".join("".join(picked).split())] = None
    return list(made)


STRONG = frozenset({"no", "gone", "meet", "test", "do", "offer", "maybe"})
"""Acts that a sentence does whatever kind words stand in it, too."""

KIND = frozenset({"got", "wait", "polite"})
MIXED, MIXED_WEIGHT = 4, 0.5
"""Variants of a line, of those that are :data:`STRONG`, to which kind words are put; and what these count of the others' weight."""


def spoken() -> Iterator[tuple[int, str, list[str], float]]:
    """(line, act, words, weight) of each sentence that the lines of ``mail_acts.txt`` stand for.

    Mails say the one thing that matters after a thank-you in the same sentence, or in the next one without a full stop between: such
    are made of a strong line and a kind one of the same language.
    """
    chance, act, language = random.Random(3), "", ""
    said: list[tuple[int, str, str, list[str]]] = []
    for number, line in enumerate(LINES.read_text(encoding="utf-8").splitlines()):
        if line.startswith("["):
            act, language = line.strip("[]").split()
        elif line.strip() and not line.startswith("#"):
            said.append((number, act, language, opened(line, chance)))
    kind: dict[str, list[str]] = defaultdict(list)
    for _, act, language, variants in said:
        if act in KIND:
            kind[language] += variants
    for number, act, language, variants in said:
        weight = len(variants) ** -0.5
        for variant in variants:
            for words in sentences(variant):
                yield number, act, words, weight
        for variant in chance.sample(variants, min(MIXED, len(variants))) if act in STRONG else ():
            beside = [word for words in sentences(chance.choice(kind[language])) for word in words]
            for words in sentences(variant):
                yield number, act, [*beside, *words] if chance.random() < 0.75 else [*words, *beside], MIXED_WEIGHT * weight


ALLOWED = {
    MailKind.RECEIVED: "got wait maybe polite do sell",
    MailKind.REJECTED: "no bye polite got maybe",
    MailKind.POSITION_CANCELLED: "gone bye polite wait got",
    MailKind.INTERVIEW_INVITATION: "meet got wait polite do maybe",
    MailKind.ASSESSMENT: "test got wait polite do maybe meet",
    MailKind.ACTION_NEEDED: "do got wait polite maybe",
    MailKind.OFFER: "offer polite do wait meet got",
    MailKind.SECURITY_CODE: "code polite maybe do sell",
    MailKind.RECRUITER_OUTREACH: "reach polite meet sell maybe",
    MailKind.NOISE_JOB_ALERT: "alert sell polite maybe",
    MailKind.OTHER_NOISE: "sell polite maybe do got code alert meet",
}
"""What a sentence of a mail of that kind may do. The first makes it one: the sentence that most likely does that is taken to do it."""

OVERHEARD_WEIGHT = 0.3
"""Of a mail's sentence, of a made one's, where its act leaves no doubt."""


def overheard(words: ActModel) -> Iterator[tuple[int, str, list[str], float]]:
    """(number, act, words, weight) of each clause of the invented mails that may be looked at, by what is known so far."""
    number = len(LINES.read_text(encoding="utf-8").splitlines())
    for name, kind, raw, weight in made():
        if kind not in ALLOWED or (weight < 1 and not name.endswith("-0")):
            continue  # of one template's fillings one
        places = [words.acts.index(act) for act in ALLOWED[MailKind(kind)].split()]
        said = [clause for each in sentences(mail_reader.read(raw).text)[:MOST_SENTENCES] for clause in clauses(each)]
        likely = np.array([words.of_sentence(clause)[places] for clause in said]).reshape(-1, len(places))
        telling = int(likely[:, 0].argmax()) if said else -1
        for place, (clause, each) in enumerate(zip(said, likely, strict=True)):
            number += 1
            best = 0 if place == telling else int(each.argmax())
            share = 1.0 if place == telling else float(each[best] / each.sum())
            yield number, words.acts[places[best]], list(clause), OVERHEARD_WEIGHT * share


def first(more: Iterable[tuple[int, str, list[str], float]] = ()) -> ActModel:
    """From a sentence's words to what it does."""
    said = [*spoken(), *more]
    lines: dict[str, set[int]] = defaultdict(set)
    named = [features(words) for _, _, words, _ in said]
    for (line, *_), names in zip(said, named, strict=True):
        for name in names:
            lines[name].add(line)
    rows = {name: row for row, name in enumerate(sorted(name for name, where in lines.items() if len(where) > 1 or " " not in name))}
    known = [sorted(rows[name] for name in names if name in rows) for names in named]
    places = [(number, row, spread(len(found))) for number, found in enumerate(known) for row in found]
    at, column, value = zip(*places, strict=True)
    fitted = LogisticRegression(C=OF_WORDS, max_iter=200, tol=1e-3, class_weight="balanced")
    fitted.fit(csr_matrix((value, (at, column)), (len(said), len(rows))), [act for _, act, _, _ in said], [weight for *_, weight in said])
    weights = fitted.coef_.T
    scale = np.abs(weights).max() / 127
    whole = np.round(weights / scale).astype(np.int8)
    kept = np.flatnonzero(np.abs(whole).max(axis=1) > FAINT)
    names = list(rows)
    empty = np.zeros((0, 0), np.float32)
    return ActModel(
        tuple(fitted.classes_), {names[row]: place for place, row in enumerate(kept)}, (whole[kept] * scale).astype(np.float32),
        fitted.intercept_.astype(np.float32), (), {}, empty, empty[0:0, 0:0].reshape(0),
    )  # fmt: skip


def made() -> Iterator[tuple[str, str, bytes, float]]:
    """(name, kind, bytes, weight) of each invented mail that may be looked at."""
    for one in invented.mails():
        yield one.name, one.kind, one.raw, 1 / len(invented.SLOTS)
    for file in (invented.SECOND, invented.FOURTH, invented.FIFTH, invented.SIXTH):
        yield from ((one.name, one.kind, one.raw, 1.0) for one in invented.second_mails(file) if developed_on(one.name))
    yield from ((name, kind, raw, 1.0) for name, kind, raw in invented.third_mails() if developed_on(name))


def mails() -> Iterator[tuple[str, bytes, float]]:
    """(kind, bytes, weight) of each mail that may be looked at."""
    yield from ((kind, raw, weight) for _, kind, raw, weight in made())
    if (SHARED / "mails").exists():
        yield from ((kind, raw, 1.0) for name, kind, raw in labelled_bytes(SHARED / "mails") if developed_on(name))


def second(words: ActModel) -> tuple[list[str], LogisticRegression]:
    """From what a mail's sentences do to its kind."""
    found, kinds, counted = [], [], []
    for kind, raw, weight in mails():
        if kind == MailKind.BOUNCE:
            continue  # told by its form
        mail = mail_reader.read(raw)
        subject, body = sentences(mail.subject), sentences(mail.text)
        _, groups = look(subject, body)
        found.append(signs_of(mail, acts_of(subject, body, words), groups.groups))
        kinds.append(kind)
        counted.append(weight)
    names = sorted({name for signs in found for name in signs})
    table = np.array([[signs.get(name, 0.0) for name in names] for signs in found])
    fitted = LogisticRegression(C=OF_SIGNS, max_iter=500, class_weight="balanced").fit(table, kinds, counted)
    print(f"{len(found)} mails, {fitted.score(table, kinds):.3f} of them right by the fit itself")
    return names, fitted


def main() -> None:
    """Fits both and writes them."""
    began = time.process_time()
    words = first(overheard(first()))
    names, kinds = second(words)
    scale = np.float32(np.abs(words.weights).max() / 127)

    def text(lines: list[str], between: str = "\n") -> np.ndarray:
        return np.frombuffer(between.join(lines).encode(), np.uint8)

    np.savez_compressed(
        FILE, acts=text(list(words.acts), " "), words=text(list(words.rows)), weights=np.round(words.weights / scale).astype(np.int8),
        scale=scale, bias=words.bias, kinds=text(list(kinds.classes_), " "), signs=text(names),
        kind_weights=kinds.coef_.T.astype(np.float32), kind_bias=kinds.intercept_.astype(np.float32),
    )  # fmt: skip
    print(f"{len(words.rows)} features of sentences, {len(names)} signs of mails, {FILE.stat().st_size} bytes, "
          f"{time.process_time() - began:.0f} s of CPU")  # fmt: skip


if __name__ == "__main__":
    main()
