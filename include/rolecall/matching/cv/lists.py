"""Lists in CVs: skills, languages, education. Wrapped lines are mended, items keep their place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from rolecall.matching.ads.languages import code_of
from rolecall.matching.cv.cv_dates import ONE_MOMENT, PERIOD
from rolecall.matching.cv.heading_parts import Placed
from rolecall.matching.cv.headings import BULLET
from rolecall.matching.skills.vocabulary import vocabulary

SEPARATOR = re.compile(r"[,;|•·▪◦]|\s{3,}|\t|\s/\s|\n")
LABEL = re.compile(r"^[^:,;|]{1,45}:(?=\s|$)")
JOINED = re.compile(r"(?<!\s)\s+(?:and|und|et|y|e|&)\s+", re.I)
RATING = re.compile(r"[●○★☆■□▮▯◆◇]{2,}|\s\(?\d{1,2}\s?/\s?\d{1,2}\)?$|\s\d{1,3}\s?%$")
LEVEL = re.compile(
    r"nati|mother|tongue|mutter|matern|matier|fluen|fließ|fluss|verhandlung|courant|bilingu|\b[abc][12]\b|basic|grund|begin|notion|básic|conversa"
    r"|interm|advanced|fortgeschr|profici|professional|working|gut|good|sehr|elemen|limited|nivel|niveau|level|madre",
    re.I,
)
MAX_ITEM = 60
MAX_ITEMS = 1_000
"""Items that are read of a list; who knows more than a thousand things?"""

DONE = re.compile(r"(?:\w{3,}ed|[Ll]ed|[Bb]uilt|[Rr]an|[Ww]rote|[Mm]ade|[Hh]eld|[Oo]versaw)(?: [\w'’%-]+){4,}$")
"""A deed told among skills: ``Planned routes for forty lorries a day``."""

FULL = 45
"""Characters from which a line counts as full, so that its last item may go on in the next."""


class Item(NamedTuple):
    """One item and the span it was read from."""

    text: str
    span: tuple[int, int]


def split_items(lines: Sequence[Placed]) -> list[Item]:
    """Items of a list written with commas, bullets or on lines; ``Databases:`` before them is no item."""
    kept = [line for line in lines if line.text.strip()]
    found: list[Item] = []
    for text, start in _mended(kept):
        label = LABEL.match(text)
        for item in islice(_cut(text, start, label.end() if label else 0), MAX_ITEMS - len(found)):
            found += () if DONE.match(item.text) else _apart(item)
        if len(found) >= MAX_ITEMS:
            break
    return list({item.text.casefold(): item for item in reversed(found)}.values())[::-1]


def read_languages(lines: Sequence[Placed]) -> list[Item]:
    """Languages with their levels: ``German (native)``, ``Englisch: fließend``, ``English   C1``."""
    found: list[Item] = []
    for line in lines:
        text, start = _bare(line)
        for item in _cut(text, start, 0):
            if code_of(item.text) is None and found and found[-1].span[0] >= line.start and LEVEL.search(item.text):
                level = re.sub(r"^[(\s–:-]+|[)\s]{1,60}$", "", item.text)
                found[-1] = Item(f"{found[-1].text} ({level})", (found[-1].span[0], item.span[1])) if level else found[-1]
            elif re.search(r"\w", item.text):
                found.append(item)
    return list({item.text.casefold(): item for item in reversed(found)}.values())[::-1]


def education_lines(lines: Sequence[Placed]) -> list[Item]:
    """Lines of education; one that a comma or a missing bracket leaves open goes on in the next."""
    found: list[Item] = []
    dated = False
    for line in lines:
        text, start = _bare(line)
        if not text:
            continue
        begins = bool(PERIOD.match(text) or ONE_MOMENT.match(text)) or bool(BULLET.match(line.text))
        dated = dated or (begins and not found)
        if found and not begins and (dated or found[-1].text.endswith(",") or text[0].islower()) and not PERIOD.search(text):
            found[-1] = Item(f"{found[-1].text} {text}", (found[-1].span[0], start + len(text)))
        else:
            found.append(Item(text, (start, start + len(text))))
    return [Item(" ".join(item.text.split()), item.span) for item in found]


def _bare(line: Placed) -> tuple[str, int]:
    text = BULLET.sub("", line.text).strip()
    return text, line.start + line.text.find(text)


def _mended(lines: Sequence[Placed]) -> Iterator[tuple[str, int]]:
    """Lines with their continuations, joined by ``\\n`` where an item ends there and by a space (one character too) where it goes on."""
    widest = max((len(line.text.strip()) for line in lines), default=0)
    text = _Growing("", 0)
    for line in lines:
        bare, begin = _bare(line)
        follows = not BULLET.match(line.text) and not LABEL.match(bare) and begin == text.end + 1
        if text.pieces and follows and text.is_list:
            text.add(bare, goes_on=_goes_on(text, bare, widest))
            continue
        if text.pieces:
            yield "".join(text.pieces), text.start
        text = _Growing(bare, begin)
    if text.pieces:
        yield "".join(text.pieces), text.start


class _Growing:
    """A text that lines are added to; what is asked about it is kept, so that no line is read again for each that follows.

    :ivar last: its last item, or the end of a long one
    :ivar width: characters since its last item that ended with a line
    :ivar opened: brackets opened and not closed
    """

    def __init__(self, line: str, start: int) -> None:
        self.pieces: list[str] = []
        self.start = self.end = start
        self.last, self.width, self.opened, self.is_list = "", 0, 0, False
        if line:
            self._take(line)

    def add(self, line: str, *, goes_on: bool) -> None:
        """Adds a line: as more of the last item, or as the next."""
        self.pieces.append(" " if goes_on else "\n")
        self.end += 1
        self.last, self.width = (f"{self.last} ", self.width + 1) if goes_on else ("", 0)
        self._take(line)

    def _take(self, line: str) -> None:
        self.pieces.append(line)
        self.end += len(line)
        self.width += len(line)
        self.opened += line.count("(") - line.count(")")
        self.last = SEPARATOR.split(self.last + line)[-1][-2 * MAX_ITEM :]
        self.is_list = self.is_list or bool(re.search(r"[,;|•]", line))


def _goes_on(text: _Growing, following: str, widest: int) -> bool:
    last, first = text.last.strip(), SEPARATOR.split(following, maxsplit=1)[0].strip()
    if not last or not first:
        return False
    if text.pieces[-1].endswith("-") or following[0].islower() or text.opened > 0:
        return True
    named = vocabulary().named
    if named(f"{last} {first}"):
        return True
    if named(last) and named(first):
        return False
    return text.width >= max(FULL, 0.8 * widest)


def _cut(text: str, start: int, begin: int) -> Iterator[Item]:
    """The items of a text; separators in brackets do not count."""
    depth, first = 0, begin
    for join in [*re.finditer(rf"[()]|{SEPARATOR.pattern}", text), None]:
        if join and join.start() < begin:
            continue
        if join and join[0] in "()":
            depth += 1 if join[0] == "(" else -min(depth, 1)
            continue
        if join and depth and join[0] in ",;|/":
            continue
        until = join.start() if join else len(text)
        piece = RATING.sub("", text[first:until])
        said = piece.strip(" .\t–-:") if not piece.strip().startswith(".") else piece.strip(" \t–-:")
        if 0 < len(said) <= MAX_ITEM and re.search(r"\w", said):
            place = start + first + text[first:until].index(said)
            yield Item(re.sub(r"-\s(?=\w)", "-", said) if re.search(r"\w-\s\w", said) else said, (place, place + len(said)))
        first = join.end() if join else until


def _apart(item: Item) -> Iterator[Item]:
    """``Docker and Kubernetes`` are two skills where both are known by name; ``Research and Development`` is one."""
    join = JOINED.search(item.text)
    if join is None or "(" in item.text:
        yield item
        return
    left, right = item.text[: join.start()].removeprefix("and ").strip(), item.text[join.end() :].strip()
    known = vocabulary()
    if known.named(item.text) or not (known.named(left) and (hits := known.find(right)) and hits[0].start == 0):
        yield item
        return
    yield Item(left, (item.span[0], item.span[0] + len(left)))
    yield Item(right, (item.span[1] - len(right), item.span[1]))
