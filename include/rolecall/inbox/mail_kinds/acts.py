"""What the sentences of a mail do: refuse, invite, confirm, ask for something …, weighed by their words, and which kind that makes it.

Two linear models in one file (``acts.npz``, fitted by ``bench/fit/mails.py``): one from a sentence's words to what it does, one from what
all its sentences do to the mail's kind. Both are sums of a few weights; nothing is random, nothing is learnt while running.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rolecall.inbox.mail_reader import Mail
from rolecall.text.words import listed

FILE = Path(__file__).with_name("acts.npz")
MOST_SENTENCES = 80
NOT = listed(
    "not no never neither nor nothing unable nicht kein keine keinen keiner keinem ne pas aucun aucune sans ningun ninguna sin non"
)
SCOPE = 5
"""Words behind a negation that are counted as negated, too."""

WHOLE, STEM = 7, 4
"""Letters of a word that count, and of its stem: endings differ, in four languages."""

TOPICS = listed("job apply elsewhere own private withdrawn because silence fraud")
"""Groups of phrases that say what a mail is about, not what it says."""

FIRM = 0.5
"""From here on a sentence does one thing rather than others: of many sentences, the one with the most of an act has some of it anyway."""

MONEY = re.compile(r"[$€£]\s?\d|\d\s?[€£k]\b")
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\b\d{1,2}\s?(?:am|pm|uhr)\b", re.I)
SHARED_NAMES = listed("no reply noreply donotreply do not notifications notification mail info")


def features(words: Sequence[str]) -> set[str]:
    """What of a sentence is weighed: its words, their stems, two and three of them in a row, two with one between, what is negated."""
    found: set[str] = set()
    before, last, left = "", "<", 0
    for each in words:
        word = "#" if each.isdigit() else each[:WHOLE]
        found |= {word, f"{word[:STEM]}*", f"{last} {word}"}
        if before:
            found |= {f"{before} {last} {word}", f"{before} _ {word}"}
        if left > 0:
            found.add(f"~{word}")
        left = SCOPE if each in NOT else left - 1
        before, last = last, word
    return found | {f"{last} >"}


@dataclass(frozen=True, slots=True)
class ActModel:
    """The two fitted models.

    :param rows: where the weights of each feature of a sentence stand
    :param weights: features × acts, :param bias: acts
    :param signs: where the weights of each sign of a mail stand
    :param kind_weights: signs × kinds, :param kind_bias: kinds
    """

    acts: tuple[str, ...]
    rows: Mapping[str, int]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    kinds: tuple[str, ...]
    signs: Mapping[str, int]
    kind_weights: NDArray[np.float32]
    kind_bias: NDArray[np.float32]

    def of_sentence(self, words: Sequence[str]) -> NDArray[np.float32]:
        """How likely each act is; sums to 1."""
        rows = sorted(row for name in features(words) if (row := self.rows.get(name)) is not None)
        summed = self.weights[rows].sum(axis=0) * spread(len(rows)) if rows else np.zeros(len(self.acts), np.float32)
        return softmax(self.bias + summed)

    def of_mail(self, signs: Mapping[str, float]) -> dict[str, float]:
        """How likely each kind is; sums to 1."""
        total = self.kind_bias.copy()
        for name in sorted(signs):
            if (row := self.signs.get(name)) is not None:
                total += self.kind_weights[row] * signs[name]
        return dict(zip(self.kinds, softmax(total).tolist(), strict=True))


FEW = 14
"""Known features of a sentence; one with fewer (a name, a signature) says little, whatever its words weigh."""


def spread(known: int) -> float:
    """What each of so many features of one sentence counts."""
    return float(max(known, FEW) ** -0.5)


def softmax(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shares that sum to 1."""
    raised = np.exp(values - values.max())
    return np.asarray(raised / raised.sum(), dtype=np.float32)


@cache
def model() -> ActModel:
    """The fitted models. Their weights are kept as whole numbers of −127 to 127, with one scale."""
    with np.load(FILE) as kept:
        words = bytes(kept["words"]).decode().split("\n")
        signs = bytes(kept["signs"]).decode().split("\n")
        return ActModel(
            tuple(bytes(kept["acts"]).decode().split()),
            {word: row for row, word in enumerate(words)},
            kept["weights"].astype(np.float32) * kept["scale"],
            kept["bias"],
            tuple(bytes(kept["kinds"]).decode().split()),
            {sign: row for row, sign in enumerate(signs)},
            kept["kind_weights"],
            kept["kind_bias"],
        )


@dataclass(frozen=True, slots=True)
class Acts:
    """What a mail's sentences do.

    :param sentences: in words, subject first
    :param likely: sentences × acts
    :param names: of the acts
    :param subject: how many of the sentences are the subject's
    """

    sentences: tuple[str, ...]
    likely: NDArray[np.float32]
    names: tuple[str, ...]
    subject: int

    def most(self, act: str) -> tuple[float, str]:
        """How likely the likeliest sentence does that, and the sentence."""
        if not self.sentences:
            return 0.0, ""
        column = self.likely[:, self.names.index(act)]
        place = int(column.argmax())
        return float(column[place]), self.sentences[place]


TURNS = frozenset({"but", "aber", "sondern", "mais", "pero", "sino", "however", "jedoch", "cependant", "toutefois"})
"""What follows such a word is said against what stands before it: two clauses, each weighed by itself."""


def clauses(sentence: Sequence[str]) -> list[Sequence[str]]:
    """A sentence where it turns, in two or more."""
    cuts = [place for place, word in enumerate(sentence) if word in TURNS and 3 <= place <= len(sentence) - 3]
    return [sentence[start:end] for start, end in zip([0, *cuts], [*cuts, len(sentence)], strict=True)]


MILD, HARSH = 0.7, 0.27
"""How likely each clause of a mild sentence speaks of conditions or of another trade at least, and how likely it refuses at most."""


def mild(words: Sequence[str], using: ActModel | None = None) -> bool:
    """Whether a sentence that may have the words of a refusal only says what may happen, or to everybody: ``we cannot answer each of
    you``, ``if you are not selected, we will keep your data``.
    """
    by = using or model()
    no, gone, maybe, sell = (by.acts.index(name) for name in ("no", "gone", "maybe", "sell"))
    weighed = [by.of_sentence(clause) for clause in clauses(words)]
    return all(each[maybe] + each[sell] >= MILD and each[no] + each[gone] <= HARSH for each in weighed)


def acts_of(subject: Sequence[Sequence[str]], body: Sequence[Sequence[str]], using: ActModel | None = None) -> Acts:
    """What the sentences of a mail do."""
    by = using or model()
    said = [*subject[:3], *[clause for each in body[:MOST_SENTENCES] for clause in clauses(each)][: 2 * MOST_SENTENCES]]
    likely = np.array([by.of_sentence(words) for words in said], np.float32) if said else np.zeros((0, len(by.acts)), np.float32)
    return Acts(tuple(" ".join(words)[:160] for words in said), likely, by.acts, len(subject[:3]))


def signs_of(mail: Mail, acts: Acts, topics: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """What a mail's kind is weighed by: what its sentences do, what it is about, and what it has."""
    found: dict[str, float] = {}
    body, subject = acts.likely[acts.subject :], acts.likely[: acts.subject]
    for place, name in enumerate(acts.names):
        column = np.sort(body[:, place])[::-1]
        found[f"most {name}"] = float(column[0]) if len(column) else 0.0
        found[f"firm {name}"] = max(found[f"most {name}"] - FIRM, 0.0) / (1 - FIRM)
        found[f"second {name}"] = float(column[1]) if len(column) > 1 else 0.0
        found[f"sum {name}"] = min(float(column.sum()), 4.0) / 2
        found[f"subject {name}"] = float(subject[:, place].max()) if len(subject) else 0.0
    for name in sorted(TOPICS):
        found[f"about {name}"] = min(len(topics.get(name, ())), 2) / 2
    text = mail.text[:8_000]
    found |= {
        "length": min(len(text.split()) / 100, 3.0),
        "list": float("list-unsubscribe" in mail.headers or "list-id" in mail.headers),
        "questions": min(text.count("?"), 3) / 2,
        "links": min(text.count("http"), 5) / 3,
        "calendar": float(bool(mail.calendars)),
        "refers": float(bool(mail.refers_to)),
        "money": min(len(MONEY.findall(text)), 4) / 3,
        "clock": min(len(CLOCK.findall(text)), 2) / 2,
    }
    for name in sorted(set(re.findall(r"[a-z]{2,20}", mail.sender.partition("@")[0])) - SHARED_NAMES)[:4]:
        found[f"from {name}"] = 0.3
    return found
