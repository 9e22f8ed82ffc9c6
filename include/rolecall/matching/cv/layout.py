"""A CV's text read by its layout: headings, contact lines, periods. Every field keeps the place it was read from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import dropwhile
from statistics import median

from rolecall.matching.cv.columns import Line
from rolecall.matching.cv.contacts import EMAIL, LINK, Spans, contacts, has_contact, pieces
from rolecall.matching.cv.cv_dates import PERIOD, YEAR_DIGITS
from rolecall.matching.cv.fragments import joined, mended
from rolecall.matching.cv.heading_parts import Placed, is_place, position_score
from rolecall.matching.cv.headings import (
    APPLIED_FOR,
    BULLET,
    CLOSING,
    LETTER,
    TITLES_OF_PAGES,
    Kind,
    heading,
    is_of_a_role,
    is_of_the_person,
    names_projects,
)
from rolecall.matching.cv.lists import Item, education_lines, read_languages, split_items
from rolecall.matching.cv.names import Name, can_be_name, find_name, is_masked
from rolecall.matching.cv.roles import AT, DEED, PLACEHOLDER, FoundRole, read_roles
from rolecall.models import Cv
from rolecall.text.words import fold, listed, one_line, words

MARKUP = re.compile(r"\*\*|__|`|(?<=\])\([^)]*\)|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|[\[\]]")
NUMBERS = dict(
    zip(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen", "twenty"],
        (*range(1, 13), 15, 20),
        strict=True,
    )
)
STATED = re.compile(
    rf"(?<![\w.])(?P<number>\d{{1,2}}(?:[.,]\d)?|{'|'.join(NUMBERS)})\s{{0,2}}(?:\+|plus\b)?\s{{0,2}}-?(?:years?|yrs|jahren?|ans\b"
    rf"|années|años)['’]?(?!\w)"
    r"(?:\s+(?:and|&)\s+(?P<months>\d{1,2})\s+months?)?"
    r"(?P<behind>[^.\n]{0,60})",
    re.I,
)
OF_WORK = re.compile(r"experience|erfahrung|expérience|experiencia|exp\b|\b(?:as|als|in|working|of)\b", re.I)
OVER = re.compile(
    r"(?:over|more than|nearly|almost|around|about|having|with|total|mehr als|über|plus de|más de|experience)\W+(?:of\W+)?$", re.I
)
AGE = re.compile(r"^\W*(?:old|alt|degree|program|course|diploma|warranty|ago)", re.I)
TITLE_ENDS = re.compile(r"(?<!\s)\s{1,3}(?:with|having|mit|avec|con)\s{1,3}(?:(?:over|more than|a total of)\s{1,3})?\d.*$", re.I | re.S)
OPEN_ENDS = listed("and or with for the a an of in to und mit für et de y con who that which by")
TOP_LINES = 12
MAX_LINE = 400
LOOKED_AT = 1_000
"""Characters of a line in which a name, a headline and a place are looked for: a whole CV may be one line."""
PAGE_OF = re.compile(
    r"^(?:(?:page|seite|página|pagina)\s{1,3}\d{1,3}(?:\s{0,3}(?:/|of|von|de|sur)\s{0,3}\d{1,3})?|\d{1,2}\s?/\s?\d{1,2})$", re.I
)
"""A page's number where pages were joined."""


def read_text(text: str, *, markdown: bool = False, today: date | None = None) -> Cv:
    """Reads plain text or Markdown, see :func:`read_lines`."""
    lines = [_plain(line) if markdown else line.rstrip() for line in mended(text).splitlines()]
    return read_lines([Line(line) for line in joined(lines)], today=today)


def read_lines(lines: Sequence[Line], *, links: Sequence[str] = (), today: date | None = None) -> Cv:
    """Name, contacts, headline, skills, roles, education and languages as far as the layout shows them; ``text`` keeps all of it.

    :param links: addresses that stand behind the text, as in a PDF
    """
    lines = [Line(mended(line.text), line.size) for line in dropwhile(lambda line: not line.text.strip(), lines)]
    text = "\n".join(line.text for line in lines).rstrip()
    placed = list(_placed(lines))
    sizes = {line.start: size for line, (_, size) in zip(placed, lines, strict=True)}
    parts = _parts(placed, _banner(placed, sizes))
    spans: Spans = {}
    sure: dict[str, float] = {}
    top = [Placed(line.text[:LOOKED_AT], line.start) for line in parts["top"] if line.text.strip()]
    found = _jobs(parts, today or datetime.now(UTC).date())
    for number, one in enumerate(found):
        spans |= {f"roles[{number}].{field}": span for field, span in one.spans.items()}
        sure |= {f"roles[{number}].{field}": how for field, how in one.sure.items()}
    name = _name(top, sizes, text, links)
    if name:
        spans["name"], sure["name"] = name.span, name.sure
    reached = contacts(text, placed, top, name.text if name else "", links, spans, sure)
    headline = _headline(top, name, [one.role.company for one in found], spans, sure)
    years = None if any(one.role.start for one in found) else _stated_years(text, parts, spans)
    if years is not None:
        sure["years"] = 0.8
    listed_fields = {
        "skills": split_items(parts["skills"]),
        "education": education_lines(parts["education"]),
        "languages": read_languages(parts["languages"]),
    }
    sure |= {field: 0.9 for field, said in listed_fields.items() if said}
    return Cv.model_validate(
        {
            "name": name.text if name else "",
            "headline": headline,
            **reached,
            **{field: _said(field, said, spans) for field, said in listed_fields.items()},
            "roles": [one.role for one in found],
            "summary": " ".join(line.text.strip() for line in parts["summary"]).strip(),
            "years": years,
            "text": text,
            "spans": spans,
            "sure": sure,
        }
    )


def _jobs(parts: dict[Kind, list[Placed]], today: date) -> list[FoundRole]:
    """The roles under their heading; where there is none, those that stand elsewhere and sound like positions."""
    found = read_roles(parts["experience"], today=today)
    if found:
        return found
    elsewhere = sorted((*parts["top"], *parts["summary"], *parts["other"]), key=lambda line: line.start)
    return [one for one in read_roles(elsewhere, today=today) if position_score(one.role.title) > 0 and one.role.start]


def _plain(line: str) -> str:
    return MARKUP.sub("", re.sub(r"^\s{0,3}(?:#{1,6}|>)\s*", "", line)).rstrip()


def _placed(lines: Sequence[Line]) -> Iterator[Placed]:
    start = 0
    for line in lines:
        yield Placed(line.text, start)
        start += len(line.text) + 1


def _banner(lines: Sequence[Placed], sizes: dict[int, float]) -> int | None:
    """Where a name stands in the largest letters of all, wherever on the page: beside a column of contacts, say."""
    largest = max(lines, key=lambda line: sizes[line.start], default=None)
    if largest is None or sizes[largest.start] < 1.3 * median(sizes.values()) or not can_be_name(largest.text):
        return None
    return largest.start


def _parts(lines: Sequence[Placed], banner: int | None) -> dict[Kind, list[Placed]]:
    """The lines by the headings they stand under; a letter is ``other`` up to its closing, or to the next heading."""
    parts: dict[Kind, list[Placed]] = {kind: [] for kind in ("top", "skills", "experience", "education", "languages", "summary", "other")}
    here: Kind = "top"
    before: Kind | None = None
    more_roles: list[bool] | None = None
    for number, line in enumerate(lines):
        said = line.text.strip()
        here = "top" if line.start == banner else here
        if PAGE_OF.match(said):
            continue
        if LETTER.match(said):
            parts["other"] += _addressee(parts["top"]) if here == "top" else []
            before, here = here, "other"
        elif before is not None and CLOSING.match(said):
            here, before = ("top" if before == "top" else "other"), None
        opened = heading(line.text, here) if line.start != banner else None
        if opened and here == "experience" and is_of_a_role(line.text):
            more_roles = more_roles or _roles_follow(lines)
            opened = None if more_roles[number] and not _are_of_projects(lines, number) else opened
        if opened is None:
            parts[here].append(line)
            continue
        if here == "top" and opened[0] == "other" and is_of_the_person(line.text):
            opened = "top", opened[1]
        here, rest = opened
        before = None
        if rest:
            parts[here].append(Placed(rest, line.start + line.text.rindex(rest)))
    return parts


def _addressee(top: list[Placed]) -> list[Placed]:
    """Takes the block of lines right above a letter's greeting out of the top, unless the top begins with it."""
    end = len(top)
    while end and not top[end - 1].text.strip():
        end -= 1
    begin = end
    while begin and top[begin - 1].text.strip():
        begin -= 1
    taken = top[begin:] if any(line.text.strip() for line in top[:begin]) else []
    del top[len(top) - len(taken) :]
    return taken


def _roles_follow(lines: Sequence[Placed]) -> list[bool]:
    """For each line, whether another period of work stands below it before the next heading with a line of its own."""
    following, answer = False, []
    for line in reversed(lines):
        answer.append(following)
        if len(line.text) < MAX_LINE and YEAR_DIGITS.search(line.text):
            following = following or bool(PERIOD.search(line.text))
        elif (opened := heading(line.text, "experience")) and not opened[1] and not is_of_a_role(line.text):
            following = False
    return answer[::-1]


def _are_of_projects(lines: Sequence[Placed], number: int) -> bool:
    """Whether ``Projects`` stands on a line by itself and no employer stands around the periods below it: these are no jobs."""
    if ":" in lines[number].text or not names_projects(lines[number].text) or (number and lines[number - 1].text.strip()):
        return False
    for place in range(number + 1, len(lines)):
        text = lines[place].text
        if (opened := heading(text, "experience")) and not opened[1]:
            break
        if len(text) < MAX_LINE and YEAR_DIGITS.search(text) and PERIOD.search(text):
            around = [PERIOD.sub(" ", line.text) for line in lines[max(number + 1, place - 2) : place + 2]]
            if any(position_score(part) < 0 or PLACEHOLDER.search(part) or AT.search(part) for said in around for part in said.split(",")):
                return False
    return True


def _said(name: str, found: Sequence[Item], spans: Spans) -> list[str]:
    for number, item in enumerate(found):
        spans[f"{name}[{number}]"] = item.span
    return [item.text for item in found]


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _name(top: Sequence[Placed], sizes: dict[int, float], text: str, links: Sequence[str]) -> Name | None:
    first = top[: TOP_LINES + 3]
    contact = [has_contact(line.text) for line in first]
    near = [any(contact[number : number + 4]) for number in range(len(first))]
    mails = [found[0] for found in EMAIL.finditer(text)] + [link.removeprefix("mailto:") for link in links if "@" in link]
    paths = [found[0] for found in LINK.finditer(text)] + [link for link in links if "@" not in link]
    own = [mail.partition("@")[0] for mail in mails] + [
        path.partition("://")[2].partition("/")[2] or path.partition("/")[2] for path in paths
    ]
    addresses = " ".join(own)
    return find_name(first, sizes, fold(addresses[:2_000]), near)


def _headline(top: Sequence[Placed], name: Name | None, companies: Sequence[str], spans: Spans, sure: dict[str, float]) -> str:
    """What the person is by their own words: beside the name, below it, above it, or at the very top where there is no name."""
    place = name.line if name else -1
    shown = [line for line in top[:TOP_LINES] if not is_masked(line.text) and len(line.text.strip()) > 2]
    for number, line in enumerate(top):
        applied = APPLIED_FOR.match(line.text.strip())
        wanted = applied and Placed(applied["said"], line.start + line.text.find(applied["said"])) if applied else None
        wanted = wanted if wanted is None or wanted.text else next(iter(top[number + 1 : number + 2]), None)
        if wanted and _is_headline(wanted.text.strip(), first=True, alone=False):
            text = wanted.text.strip()
            begin = wanted.start + wanted.text.index(text)
            spans["headline"], sure["headline"] = (begin, begin + len(text)), 0.95
            return one_line(text, 200)
    below = top[place + 1 : place + 6] if name else shown[:3]
    near = [piece for line in [*below, *top[: max(place, 0)]] for piece in _titles_in(line)]
    if name and name.behind:
        line = top[name.line]
        near = [*_titles_in(Placed(name.behind, line.start + max(line.text.find(name.behind), 0))), *near]
    lives = spans.get("location", (-1, -1))
    near = [piece for piece in near if not lives[0] <= piece.start < lives[1]]
    for number, piece in enumerate(near):
        said = _title_of(piece, companies)
        how = _is_headline(said.text, first=number == 0, alone=name is None)
        if how:
            spans["headline"] = (said.start, said.start + len(said.text))
            sure["headline"] = how
            return one_line(said.text, 200)
    return ""


def _titles_in(line: Placed) -> Iterator[Placed]:
    """A line as a whole where a dash is all that parts it and nothing in it is a contact or a place, then its pieces."""
    line = Placed(line.text[:MAX_LINE], line.start)
    parts = list(pieces(line))
    dashed = len(parts) == 2 and re.search(r"\s[-–—]\s", line.text)
    if dashed and not has_contact(line.text) and not any(is_masked(part.text) or is_place(part.text) for part in parts):
        yield Placed(line.text.strip(), line.start + len(line.text) - len(line.text.lstrip()))
    else:
        yield from parts


def _title_of(piece: Placed, companies: Sequence[str]) -> Placed:
    """The headline without the employer behind it; a dash that sets apart what is no employer belongs to it."""
    text = TITLE_ENDS.sub("", piece.text)
    for joint in re.finditer(r",?\s{1,3}[–—-]\s+|,\s+", text[:MAX_LINE]):
        if _is_company(text[joint.end() :], companies) and (position_score(text[: joint.start()]) > 0 or "," not in joint[0]):
            text = text[: joint.start()]
            break
    at = AT.search(text)
    if at and position_score(text[: at.start()]) > 0:
        text = text[: at.start()]
    begin = len(text) - len(text.lstrip(" ,;–—-"))
    return Placed(text.strip(" ,;–—-"), piece.start + begin)


def _is_company(text: str, companies: Sequence[str]) -> bool:
    said = words(text)
    return position_score(text) < 0 or any(said == words(company)[: len(said)] for company in companies if company)


def _is_headline(said: str, *, first: bool, alone: bool) -> float:
    """How sure a piece near the name is a headline, 0: not at all.

    :param first: whether it stands where a headline stands most
    :param alone: whether there is no name
    """
    text = TITLE_ENDS.sub("", said).strip()
    if (
        BULLET.match(said)
        or PERIOD.search(said)
        or (DEED.match(text) and position_score(text.split()[-1]) <= 0)
        or re.search(r"\w{3}\.\s+\w", text)
    ):
        return 0.0
    parts = text.split()
    if not parts or has_contact(text) or ":" in text or is_masked(text) or len(text) > 100 or not text[0].isalnum() or text[0].isdecimal():
        return 0.0
    if text.endswith((".", ",", ";", "!", "?")) or fold(parts[-1]) in OPEN_ENDS or is_place(text) or TITLES_OF_PAGES.match(text):
        return 0.0
    small = sum(word[:1].islower() and fold(word) not in OPEN_ENDS for word in parts)
    if len(parts) > 12 or (len(parts) > 3 and small > (0.5 if first else 0.34) * len(parts)) or (text[0].islower() and not first):
        return 0.0
    if position_score(text) > 0:
        return 0.9 if first else 0.8
    plain = (
        first
        and len(parts) <= 8
        and 3 * small <= len(parts)
        and (alone or position_score(text) == 0)
        and not any(char.isdecimal() for char in text)
    )
    return 0.6 if plain and len(text) > 2 and "," not in text.strip(",")[-3:] else 0.0


def _stated_years(text: str, parts: dict[Kind, list[Placed]], spans: Spans) -> float | None:
    """Years of work as the CV says them, where its roles have no dates: the most that its first lines say, else the whole text."""
    first = max((line.start + len(line.text) for kind in ("top", "summary") for line in parts[kind]), default=0)
    plain = LINK.sub(lambda link: " " * len(link[0]), text)
    found = [(how, one) for one in STATED.finditer(plain) if (how := _years_in(one, text)) is not None]
    best = max([pair for pair in found if pair[1].start() < first] or found, key=lambda pair: pair[0], default=None)
    if best is None:
        return None
    spans["years"] = (best[1].start(), best[1].end() - len(best[1]["behind"]))
    return best[0]


def _years_in(found: re.Match[str], text: str) -> float | None:
    before = text[max(0, found.start() - 40) : found.start()]
    if AGE.match(found["behind"]) or not (OF_WORK.search(found["behind"]) or OVER.search(before)):
        return None
    said = found["number"].casefold()
    years = float(NUMBERS[said] if said in NUMBERS else said.replace(",", "."))
    years += int(found["months"]) / 12 if found["months"] else 0
    return round(years, 1) if years <= 60 else None
