"""Whether two ads are one job: facts are compared one by one, each answer has a weight and words, and the sum decides.

Employer, work and place must all agree (3 + 3 + 2 = 8 = :data:`MERGE`). Where one of them is not said, something as good must stand in
for it: the employer's number of the opening, the address one applies at, or the missing name in the other ad's text. A likeness of texts
alone never does: employers fill one template for many openings. A fact that contradicts keeps two ads apart whatever else agrees.
Between :data:`DOUBT` and :data:`MERGE` nobody can tell: the ads stay two jobs, and the doubt is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from rolecall.catalog.company_names import initials
from rolecall.catalog.profile import Profile
from rolecall.catalog.texts import Text, compare_texts
from rolecall.catalog.whereabouts import compare_places
from rolecall.text.words import words

MERGE = 8.0
DOUBT = 5.0
LONG = 40
"""Words of the shorter of two texts from which their being one says that nobody else wrote them."""

LEAST_DOUBT = 2.0
"""The bound where one number or address stands against a contradiction."""

Outcome = Literal["same", "doubt", "different"]


@dataclass(frozen=True, slots=True)
class EvidencePiece:
    """One compared fact.

    :param kind: ``company``, ``title``, ``place``, ``requisition``, ``apply_link``, ``salary``, ``dates``, ``description``, ``ruling``
    :param weight: points for (above 0) or against its being one job
    :param text: for a person
    :param contradicts: no sum of points makes up for it
    """

    kind: str
    weight: float
    text: str
    contradicts: bool = False


FACTS = {"title": -1.0, "place": -1.0, "salary": -3.0, "description": -3.0}
"""Kinds of evidence that speak against one job, and from how many points on they tell more than that something is not known."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all pieces together say.

    :param decisive: the employer's number or address says so: not a coincidence of names
    """

    outcome: Outcome
    score: float
    pieces: tuple[EvidencePiece, ...]
    decisive: bool = False

    @property
    def apart(self) -> bool:
        """Whether a fact of the two ads speaks against their being one job, and not only something that is not known."""
        return self.outcome != "same" and any(piece.contradicts or piece.weight <= FACTS.get(piece.kind, -99) for piece in self.pieces)

    def as_json(self) -> dict[str, Any]:
        """For the store: ``{outcome, score, evidence: [{kind, weight, text}]}``."""
        pieces = [{"kind": piece.kind, "weight": piece.weight, "text": piece.text} for piece in self.pieces]
        return {"outcome": self.outcome, "score": round(self.score, 2), "evidence": pieces}


Reader = Callable[[Profile], Text | None]
"""An ad's description; ``None`` without one."""


def compare(one: Profile, other: Profile, text_of: Reader) -> Verdict:
    """Symmetric in outcome and score. Texts are read only where the rest leaves the question open."""
    pieces: list[EvidencePiece] = []
    tied = (one.requisition and one.requisition == other.requisition) or (one.link and one.link == other.link)
    for piece in _facts(one, other, text_of):
        pieces.append(piece)
        if piece.contradicts and not tied:
            return Verdict("different", sum(each.weight for each in pieces), tuple(pieces))
    decisive = any(piece.kind in ("requisition", "apply_link") and piece.weight > 2 for piece in pieces)
    score = sum(piece.weight for piece in pieces)
    contradicted = any(piece.contradicts for piece in pieces)
    if contradicted and not decisive:
        return Verdict("different", score, tuple(pieces))
    if score + 2 >= DOUBT:
        pieces += _description(one, other, text_of)
        score = sum(piece.weight for piece in pieces)
    if contradicted:  # one address or number, two titles or places: a person has to look
        return Verdict("doubt" if score >= LEAST_DOUBT else "different", score, tuple(pieces))
    outcome: Outcome = "same" if score >= MERGE else "doubt" if score >= DOUBT else "different"
    return Verdict(outcome, score, tuple(pieces), decisive)


def _facts(one: Profile, other: Profile, text_of: Reader) -> Iterator[EvidencePiece]:
    yield _title(one, other)
    yield from _contract(one, other)
    yield from _numbers(one, other)
    yield _company(one, other, text_of)
    yield _place(one, other, text_of)
    yield from _pay(one, other)
    yield from _dates(one, other)


def _company(one: Profile, other: Profile, text_of: Reader) -> EvidencePiece:
    if one.who and one.who == other.who:
        spellings = sorted({one.named, other.named})
        return EvidencePiece("company", 3, f"the same employer: {' = '.join(spellings)}")
    if not one.who and not other.who:
        return EvidencePiece("company", 0, "neither names the employer")
    if one.who and other.who:
        return _two_names(one, other, text_of)
    silent, known = (other, one) if one.who else (one, other)
    if _names(text_of(silent), known.who):
        return EvidencePiece("company", 2, f"only one names the employer; the other's text does: {known.named}")
    return EvidencePiece("company", 0, f"only one names the employer: {known.named}")


def _two_names(one: Profile, other: Profile, text_of: Reader) -> EvidencePiece:
    """``Acme`` and ``Acme Technologies, Inc.`` are one employer where the texts are one; else nobody can tell."""
    short, long = sorted((one, other), key=lambda each: (len(each.who), each.who))
    names = " = ".join(sorted((one.named, other.named)))
    if one.who.replace(" ", "") == other.who.replace(" ", ""):
        return EvidencePiece("company", 3, f"the same employer, written in one word: {names}")
    if one.root == other.root:
        if _one_text(one, other, text_of):
            return EvidencePiece("company", 3, f"the same employer, with more to its name, and one text: {names}")
        return EvidencePiece("company", 1.5, f"likely the same employer, with more to its name: {names}")
    if short.who in initials(long.who):
        if _names(text_of(short), long.who):
            return EvidencePiece("company", 3, f"{short.named} are the initials of {long.named}, which its text names")
        return EvidencePiece("company", 0, f"{short.named} may be the initials of {long.named}")
    begins = min(len(one.root), len(other.root)) > 3 and (one.root.startswith(other.root) or other.root.startswith(one.root))
    if begins and _one_text(one, other, text_of):
        return EvidencePiece("company", 2, f"one name begins like the other, and the texts are one: {names}")
    return EvidencePiece("company", -6, f"two employers: {one.named}, {other.named}", contradicts=True)


def _one_text(one: Profile, other: Profile, text_of: Reader) -> bool:
    mine, yours = text_of(one), text_of(other)
    return mine is not None and yours is not None and _telling_text(mine, yours) and compare_texts(mine, yours).kind in ("same", "cut")


def _telling_text(mine: Text, yours: Text) -> bool:
    """Whether the shorter one is long enough to be one employer's own."""
    return min(len(mine.tokens), len(yours.tokens)) >= LONG


def _names(text: Text | None, name: str) -> bool:
    """Whether the text says the name, which is not one short word."""
    if text is None or len(name) < 4:
        return False
    return f" {name.replace(' and ', ' ')} " in f" {' '.join(word for word in text.tokens if word != 'and')} "


def _title(one: Profile, other: Profile) -> EvidencePiece:
    mine, yours = one.what, other.what
    if mine.ranks != yours.ranks or mine.level != yours.level:
        said = [" ".join([*what.ranks, *(["level", str(what.level)] if what.level else [])]) or "no rank" for what in (mine, yours)]
        return EvidencePiece("title", -6, f"two ranks: {said[0]}, {said[1]}", contradicts=True)
    if one.work == other.work:
        return EvidencePiece("title", 3, f"the same work: {' '.join((*mine.ranks, *mine.core))}")
    if sorted(one.work) == sorted(other.work):
        return EvidencePiece("title", 3, f"the same work in another order of words: {' '.join(mine.core)}, {' '.join(yours.core)}")
    less, more = sorted((set(one.work), set(other.work)), key=lambda core: (len(core), sorted(core)))
    if less and less < more:
        return EvidencePiece("title", -1, f"only one title says: {' '.join(sorted(more - less))}")
    return EvidencePiece("title", -6, f"other work: {' '.join(mine.core)}, {' '.join(yours.core)}", contradicts=True)


def _contract(one: Profile, other: Profile) -> Iterator[EvidencePiece]:
    special = [frozenset(profile.what.contract) - {"full-time", "part-time"} for profile in (one, other)]
    if special[0] != special[1]:
        yield EvidencePiece("contract", -6, f"another contract: {', '.join(sorted(special[0] ^ special[1]))}", contradicts=True)
    if bool(one.part_time) != bool(other.part_time):
        yield EvidencePiece("contract", -6, "only one is part-time", contradicts=True)


def _place(one: Profile, other: Profile, text_of: Reader) -> EvidencePiece:
    if met := compare_places(one.where, other.where):
        if met.weight < 1 and not met.contradicts and (said := _said(one, other, text_of)):
            return said
        return EvidencePiece("place", met.weight, met.text, met.contradicts)
    if not one.where.known and not other.where.known:
        mine, yours = (" ".join(words(ad.ad.location)) for ad in (one, other))
        if mine and mine == yours:
            return EvidencePiece("place", 1, f"the same words for a place that they do not name: {mine}")
        return EvidencePiece("place", 0 if mine or yours else -0.5, "neither names the place")
    return _said(one, other, text_of) or EvidencePiece("place", 0, f"only one says the place: {one.where.text or other.where.text}")


def _said(one: Profile, other: Profile, text_of: Reader) -> EvidencePiece | None:
    """One of the two does not say the place, or not the city: its text may."""
    for silent, known in ((one, other), (other, one)):
        named = known.where.places[0].city if known.where.places else None
        if named and not any(place.city and not place.area for place in silent.where.places) and _names(text_of(silent), named):
            return EvidencePiece("place", 1.5, f"only one says the place; the other's text names {known.where.text}")
    return None


def _numbers(one: Profile, other: Profile) -> Iterator[EvidencePiece]:
    if one.requisition and other.requisition:
        if one.requisition == other.requisition:
            yield EvidencePiece("requisition", 4, f"the employer's number of the opening: {one.requisition}")
        else:
            yield EvidencePiece("requisition", -8, f"two numbers of openings: {one.requisition}, {other.requisition}", contradicts=True)
    if one.link and other.link:
        if one.link == other.link:
            yield EvidencePiece("apply_link", 4, f"one address to apply at: {one.link}")
        elif one.link.split("/")[0] == other.link.split("/")[0]:
            yield EvidencePiece("apply_link", -3, f"two addresses of one site to apply at: {one.link}, {other.link}")


def _pay(one: Profile, other: Profile) -> Iterator[EvidencePiece]:
    if one.pay is None or other.pay is None or one.pay[2] != other.pay[2]:
        return
    if one.pay == other.pay:
        yield EvidencePiece("salary", 0.5, "the same pay")
    elif one.pay[0] > other.pay[1] or other.pay[0] > one.pay[1]:
        yield EvidencePiece("salary", -3, "pay that does not meet")


def _dates(one: Profile, other: Profile) -> Iterator[EvidencePiece]:
    apart = abs(one.month - other.month) if one.month is not None and other.month is not None else 0
    if apart > 6:
        yield EvidencePiece("dates", -2, f"posted {apart} months apart")
    elif apart > 2:
        yield EvidencePiece("dates", -0.5, f"posted {apart} months apart")


def _description(one: Profile, other: Profile, text_of: Reader) -> Iterator[EvidencePiece]:
    mine, yours = text_of(one), text_of(other)
    if mine is None or yours is None:
        return
    found = compare_texts(mine, yours, max(one.who, other.who, key=len))
    share = f"{found.share:.0%}"
    weight = 2 if _telling_text(mine, yours) else 1.5
    match found.kind:
        case "same":
            yield EvidencePiece("description", weight, "the same text")
        case "cut":
            yield EvidencePiece("description", weight, f"one text is part of the other ({share} of its word triples)")
        case "reworded":
            yield EvidencePiece("description", 0.5, f"reworded: {share} of the shorter text's telling words are in the other")
        case "fragments":
            yield EvidencePiece("description", -1.5, "two pieces of texts, which share nothing")
        case "template":
            mine_words, yours_words = sorted(found.words)
            yield EvidencePiece("description", -3, f"one template, filled in anew: {mine_words} / {yours_words}")
        case "unclear":
            yield EvidencePiece("description", -1.5, f"texts of which nobody can say ({share} of the telling words)")
        case "different":
            yield EvidencePiece("description", -4, f"two texts ({share} of the telling words)")
