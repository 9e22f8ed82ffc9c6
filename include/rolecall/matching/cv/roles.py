"""Roles of a CV: who held which position where, and when.

The first role of a section shows how all are written: how many lines stand above its dates, and whether the title or the employer comes
first. Words that name occupations, seniority or companies decide where they can; where they cannot, the way of the other roles does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from rolecall.matching.cv.cv_dates import DATE_ONLY, ONE_MOMENT, PERIOD, YEAR_DIGITS, moment, months_between
from rolecall.matching.cv.heading_parts import LEGAL, Placed, commonness, employer_of, is_place, names_a_city, position_score, without_place
from rolecall.matching.cv.headings import BULLET
from rolecall.models import Role
from rolecall.text.words import fold, one_line, words

JOINS = (
    re.compile(r"\s+[–—|·•]+\s+|\s*[|·•]\s*|\t+|\s{3,}"),
    re.compile(r",\s+"),
    re.compile(r"(?<!\s)\s+-+\s+|(?<!\s)\s*;\s+"),
)
"""What stands between title and company, the surest first: "Nurse - ICU, Elm Hospital" is cut at the comma."""

AT = re.compile(r"(?<!\s)\s+(?:at|@|bei(?:\s+der|\s+dem)?|chez|presso)\s+|(?<!\s)\s*@\s+")
"""``Nurse at Elm Hospital``: what is on either side is plain."""

PLACEHOLDER = re.compile(r"\bCompany\s?Name\b|\bCity\s*,\s*(?:State|ST)\b(?:\s*,\s*(?:Country|United States))?|\[[A-Z][A-Z ]{2,30}\]")
"""What a form or a site left where an employer or a place was."""

DEED = re.compile(
    r"(?i)^(?:\w{3,}(?:ed|ing)|responsible|worked|work|led|built|ran|wrote|made|held|oversaw|provide|manage|assist|perform|ensure|zustandig)\b"
)
"""How a line about what was done begins."""

IN = re.compile(r"(?<!\s)\s+(?:in|im|in der|en|dans|with)\s+(?:the\s+)?(?=[A-Z])")
LABELS: dict[str, re.Pattern[str]] = {
    "company": re.compile(
        r"(?i)^(?:company|firm|employer|organi[sz]ation|name of (?:the )?(?:company|employer|organi[sz]ation)|(?:company|firm"
        r"|employer|organi[sz]ation)"
        r"(?: name)?|arbeitgeber|firma|unternehmen|entreprise|employeur|société|empresa|compañía|empleador)\s*(?::|\s-\s|–"
        r"|\s{3,})\s*(?P<said>\S.*)$"
    ),
    "title": re.compile(
        r"(?i)^(?:designation|position(?: held)?|job title|title|role|post|position/role|funktion|stelle|tätigkeit|poste"
        r"|fonction|puesto|cargo)"
        r"\s*(?::|\s-\s|–|\s{3,})\s*(?P<said>\S.*)$"
    ),
    "dates": re.compile(
        r"(?i)^(?:duration|period|tenure|dates?|from|time ?period|zeitraum|dauer|période|dates|durée|período|periodo|fechas?)"
        r"\s*(?::|\s-\s|–|\s{3,})\s*(?P<said>\S.*)$"
    ),
}
"""Roles written as a form: ``Company: …``, ``Designation: …``, ``Duration: …``."""

LABELLED_LINE = re.compile(r"^[^\W\d_]{4,20}(?: [^\W\d_]{1,12}){0,2}:\s+\S")
"""``Clients: …``, ``Reports to: …``: what is said about a role, not whose it is."""

MAX_HEAD = 110
LONGEST_DATES = 200
"""Characters of a role's dates and what sets them apart, in a line that is hardly more."""
MAX_ROLES = 60


@dataclass(slots=True)
class FoundRole:
    """A role with the places of its fields in the CV's text."""

    role: Role
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    sure: dict[str, float] = field(default_factory=dict)


Tag = tuple[int, int]
"""Where a part of a heading stands: lines below its dates (negative: above), and its number on that line."""


@dataclass(slots=True)
class _Head:
    first: int
    last: int
    dated: int
    parts: dict[Tag, str]
    at: bool = False
    blank: bool = False
    lines: dict[int, str] = field(default_factory=dict)


def read_roles(lines: Sequence[Placed], *, today: date) -> list[FoundRole]:
    """The roles of a section, as listed; ``months`` of one that goes on are counted to ``today``."""
    kept = [line for line in lines if line.text.strip()]
    written = _labelled(kept, today)
    if written:
        return written
    marks = _marks(kept)[:MAX_ROLES]
    if not marks:
        return _undated(kept, today)
    above = _above(kept, marks)
    heads = [_head(kept, place, marks, above) for place in marks]
    usual = _title_tag(heads)
    alone = [_is_alone(kept[place].text) for place in marks]
    mostly = 2 * sum(alone) >= len(alone)
    roles: list[FoundRole] = []
    for number, head in enumerate(heads):
        until = heads[number + 1].first if number + 1 < len(heads) else len(kept)
        title, company = _title_and_company(head, usual)
        if title and not company and not head.blank and roles and not _is_freelance(title):
            company = roles[-1].role.company if above and head.first == head.dated else ""
        known = position_score(title) > 0
        if (not title and not company) or (number and alone[number] != mostly and not known and _is_within(kept[head.dated].text)):
            continue
        found = _found(kept, head, until, title, company, today)
        found.sure["title"] = 0.9 if known else 0.6 if title else 0.0
        found.sure["company"] = 0.0 if not company else 0.9 if position_score(company) < 0 or head.at or known else 0.6
        found.sure["start"] = 0.9 if found.role.start else 0.0
        roles.append(found)
    return roles


def _undated(lines: Sequence[Placed], today: date) -> list[FoundRole]:
    """Roles without any dates: a line that sounds like a position and follows no other short line, and the employer below it."""
    heads: list[_Head] = []
    for number, line in enumerate(lines):
        named = _is_head(line.text) and not _is_deed(line.text) and len(line.text.split()) <= 8
        follows = number > 0 and heads and number <= heads[-1].last
        if not named or follows or (position_score(line.text) <= 0 and number > 0):
            continue
        below = lines[number + 1].text if number + 1 < len(lines) else ""
        employer = bool(below) and _is_head(below) and not _is_deed(below) and position_score(below) <= 0 and len(below.split()) <= 10
        if position_score(line.text) > 0 or employer:
            heads.append(
                _Head(number, number + employer, number, _tagged({number: line.text, **({number + 1: below} if employer else {})}, number))
            )
    roles = []
    for place, head in enumerate(heads[:MAX_ROLES]):
        until = heads[place + 1].first if place + 1 < len(heads) else len(lines)
        title, company = _title_and_company(head, (0, 0))
        found = _found(lines, head, until, title, company, today)
        found.sure |= {"title": 0.6 if position_score(title) > 0 else 0.4, "company": 0.5 if company else 0.0, "start": 0.0}
        roles.append(found)
    return [one for one in roles if one.role.title]


def _is_alone(text: str) -> bool:
    return bool(DATE_ONLY.match(text))


def _is_within(text: str) -> bool:
    """Whether a dated line is more likely about something within a role: a project, a bullet."""
    return bool(BULLET.match(text)) or ":" in text or bool(DEED.match(text.strip()))


def _labelled(lines: Sequence[Placed], today: date) -> list[FoundRole]:
    """Roles written as a form; none where fewer than two kinds of labels, or no employer or position, are there."""
    said: list[tuple[int, str, re.Match[str]]] = []
    for number, line in enumerate(lines):
        text = BULLET.sub("", line.text)
        if len(text) <= MAX_HEAD:
            said += [(number, kind, found) for kind, pattern in LABELS.items() if (found := pattern.match(text.strip()))][:1]
    kinds = [kind for _, kind, _ in said]
    first = next((kind for kind in kinds if kind != "dates"), None)
    if first is None or "company" not in kinds or (len(set(kinds)) < 2 and kinds.count("company") * 4 < len(lines)):
        return []
    if any(YEAR_DIGITS.search(line.text) and _is_alone(line.text) and PERIOD.search(line.text) for line in lines):
        return []
    begins = [number for number, kind, _ in said if kind == kinds[0]][:MAX_ROLES]
    roles: list[FoundRole] = []
    for begin, until in zip(begins, [*begins[1:], len(lines)], strict=True):
        fields = {kind: found["said"].strip(" -,") for number, kind, found in reversed(said) if begin <= number < until}
        dated = next((number for number, kind, _ in said if kind == "dates" and begin <= number < until), None)
        if dated is None:
            dated = next((number for number in range(begin, min(until, begin + 6)) if PERIOD.search(lines[number].text)), begin)
        last = max([number for number, _, _ in said if begin <= number < min(until, begin + 6)], default=begin)
        title = one_line(fields.get("title", ""), 200)
        company = employer_of(one_line(fields.get("company", ""), 200))
        role = _found(lines, _Head(begin, last, dated, {}), until, title, company, today)
        role.sure |= {"title": 0.9 if title else 0.0, "company": 0.9 if company else 0.0, "start": 0.9 if role.role.start else 0.0}
        roles.append(role)
    return roles


def _marks(lines: Sequence[Placed]) -> list[int]:
    """Lines that carry a role's period; single dates count where the section has no periods, or only set apart."""
    periods = [place for place, line in enumerate(lines) if _is_mark(line.text, PERIOD)]
    plain = [place for place in periods if not LABELS["dates"].match(BULLET.sub("", lines[place].text).strip())]
    periods = plain or periods
    dated = set(periods)
    singles = [place for place, line in enumerate(lines) if place not in dated and _is_mark(line.text, ONE_MOMENT)]
    if not periods:
        return singles
    alone = 2 * sum(_is_alone(lines[place].text) for place in periods) >= len(periods)
    return sorted(periods + [place for place in singles if "   " in lines[place].text or (alone and _is_alone(lines[place].text))])


def _is_mark(text: str, pattern: re.Pattern[str]) -> bool:
    if len(text) > MAX_HEAD + LONGEST_DATES:
        return False
    found = pattern.search(text) if YEAR_DIGITS.search(text) else None
    if found is None or (BULLET.match(text) and not BULLET.sub("", text)[:1].isupper() and not DATE_ONLY.match(text)):
        return False
    if BULLET.match(text) and pattern is ONE_MOMENT:
        return False
    rest = (text[: found.start()] + text[found.end() :]).strip(" ,;|()–—-:\t")
    return len(rest) <= MAX_HEAD and not _is_sentence(rest)


def _is_sentence(text: str) -> bool:
    """Prose, not the line of a name: ends in a full stop (but ``Inc.``), or is long and mostly in small letters."""
    said = text.split()
    if text.endswith((".", ";")) and words(said[-1])[-1:] and words(said[-1])[-1] not in LEGAL:
        return True
    small = sum(word[:1].islower() for word in said)
    return len(said) > 7 and small > 0.6 * len(said)


def _is_head(text: str) -> bool:
    return (
        not BULLET.match(text)
        and not LABELLED_LINE.match(text)
        and len(PLACEHOLDER.sub("", text)) <= 90
        and not _is_sentence(text)
        and not re.search(r"\S@|@\S", text)
        and not text[:1].islower()
        and not text.rstrip().endswith((":", ","))
    )


def _is_deed(text: str) -> bool:
    """A line about what was done, not whose name it is: mostly small letters, or begun with what was done."""
    said = re.findall(r"[^\W\d_]+", text)
    small = sum(word[:1].islower() and len(word) > 3 for word in said)
    return bool(DEED.match(text) and position_score(text) <= 0) or (len(said) > 3 and 2 * small >= len(said))


def _above(lines: Sequence[Placed], marks: list[int]) -> int:
    """Lines of a heading above its dates, as most roles show it, and never more than stand above the first."""
    first = marks[0]
    if first <= 3 and all(_is_head(lines[place].text) for place in range(first)):
        return first
    counts = []
    for before, place in zip([-1, *marks], marks, strict=False):
        count = 0
        while (
            count < 2
            and place - count - 1 > before
            and _is_head(lines[place - count - 1].text)
            and not _is_deed(lines[place - count - 1].text)
        ):
            count += 1
        counts.append(count)
    named = sum(position_score(lines[place - 1].text) != 0 for place, count in zip(marks, counts, strict=True) if count)
    return min(counts) if 2 * named > len(marks) else 0


def _head(lines: Sequence[Placed], place: int, marks: list[int], above: int) -> _Head:
    first = place
    while place - first < above and first - 1 >= 0 and first - 1 not in marks and _is_head(lines[first - 1].text):
        if first < place and _is_deed(lines[first - 1].text):
            break
        first -= 1
    if 0 < place - first < above and not any(position_score(line.text) for line in lines[first:place]):
        first = place  # fewer lines than the first role has: what stands above belongs to the role before
    dated = PERIOD if PERIOD.search(lines[place].text) else ONE_MOMENT
    bare = {place: BULLET.sub("", dated.sub("   ", lines[place].text, count=1)).strip(" ,;|()–—-:\t")}
    bare |= {row: lines[row].text for row in range(first, place)}
    following = next((mark for mark in marks if mark > place), len(lines) + above)
    last, parts = place, _tagged(bare, place)
    blank = any(PLACEHOLDER.search(text) for text in bare.values())
    while len(parts) < 2 and last + 1 < len(lines) and last - place < 2 and last + 1 not in marks and _is_head(lines[last + 1].text):
        if above and first == place and last + 1 >= following - above:
            break  # that is the next role's
        below = lines[last + 1].text
        left = bool(PLACEHOLDER.search(below))
        if (parts and blank and not left) or (_is_deed(below) and not left):
            break
        last += 1
        bare[last] = below
        blank = blank or left
        parts = _tagged(bare, place)
    for row in sorted(bare):
        named = _at(bare[row])
        if named:
            employer = (_split(named[1]) or [named[1]])[0]
            return _Head(first, last, place, {(0, 0): named[0].strip(" ,"), (0, 1): employer.strip(" ,()")}, at=True, blank=blank)
    return _Head(
        first,
        last,
        place,
        parts,
        blank=blank,
        lines={row - place: whole for row in bare if (whole := _whole(bare[row], parts, row - place))},
    )


def _whole(line: str, parts: dict[Tag, str], row: int) -> str:
    """A line of several parts as one, where only places were cut off it."""
    said = [parts[tag] for tag in sorted(parts) if tag[0] == row]
    if len(said) < 2:
        return ""
    line = without_place(PLACEHOLDER.sub(" | ", line).strip(" |–—-"))
    begin = line.find(said[0])
    end = line.rfind(said[-1]) + len(said[-1])
    whole = line[begin:end]
    return (
        whole if begin >= 0 and not re.search(r"\s{3}|[\t|]", whole) and len(whole) <= 120 and min(map(position_score, said)) >= 0 else ""
    )


def _at(text: str) -> list[str] | None:
    """``Nurse at Elm Hospital`` as its two sides; ``Nurse in Elm Hospital`` where the words on either side say so."""
    named = AT.split(text, maxsplit=1)
    if len(named) == 2 and len(named[0].split()) <= 8 and named[1].strip():
        return named
    named = IN.split(text, maxsplit=1)
    return named if len(named) == 2 and position_score(named[0]) > 0 and position_score(named[1]) < 0 else None


def _tagged(bare: dict[int, str], dated: int) -> dict[Tag, str]:
    return {(row - dated, number): part for row in sorted(bare) for number, part in enumerate(_split(bare[row]))}


def _split(line: str) -> list[str]:
    """The parts of a heading that are no places, cut at the surest sign that gives two."""
    line = without_place(PLACEHOLDER.sub(" | ", line).strip(" |"))
    for join in JOINS:
        pieces = [piece for piece in join.split(line) if re.search(r"\w", piece)]
        if len(pieces) > 1:
            parts = _bare(pieces)
            return _split(parts[0]) if len(parts) == 1 and len(parts[0]) < len(line.strip()) else parts
    return _bare([line])


def _bare(pieces: list[str]) -> list[str]:
    kept: list[str] = []
    behind_place = False
    for piece in pieces:
        part = re.sub(r"^\((.*)\)$", r"\1", piece.strip(" ,;|–—-:\t")).strip()
        if not part or not re.search(r"\w", part):
            continue
        if kept and fold(part.strip(".")) in LEGAL and not behind_place:  # "Acme, Co.", not "Acme, Denver, CO"
            kept[-1] += f", {part}"
            continue
        behind_place = is_place(part) or bool(kept and position_score(kept[-1]) < 0 and names_a_city(part))
        if not behind_place:
            kept.append(part)
    return kept


def _title_tag(heads: list[_Head]) -> Tag | None:
    """Where this CV writes titles: the place whose parts sound most like positions, over all its roles."""
    votes: dict[Tag, float] = {}
    for head in heads:
        if not head.at:
            for tag, part in head.parts.items():
                votes[tag] = votes.get(tag, 0) + position_score(part) + commonness(part)
    firsts = {tag: vote for tag, vote in votes.items() if tag[1] < 2}
    return max(firsts, key=lambda tag: (firsts[tag], -abs(tag[0]), -tag[1])) if firsts else None


def _title_and_company(head: _Head, usual: Tag | None) -> tuple[str, str]:
    parts = head.parts
    if not parts:
        return "", ""
    best = max(parts, key=lambda tag: position_score(parts[tag]))
    chosen = (0, 0) if head.at else usual if usual in parts and position_score(parts[best]) - position_score(parts[usual]) < 2 else best
    if usual not in parts and position_score(parts[best]) < 0:
        return "", employer_of(one_line(parts[best], 200))

    def after(tag: Tag) -> tuple[int, bool]:
        """Sort key for the company: parts on the title's line come first, the nearest first; then the first part of another line."""
        beside = tag[0] == chosen[0]
        return (max(0, tag[1] - 1) if beside else tag[1]), not beside

    company = min((tag for tag in parts if tag != chosen), key=after, default=None)
    if company and company[0] == chosen[0] and position_score(parts[company]) >= 0:
        named = [tag for tag in parts if tag[0] != chosen[0] and tag[1] == 0 and position_score(parts[tag]) < 0]
        company = named[0] if named else company  # "Elm Hospital" above "Nurse, ICU"
    if company and head.blank and position_score(parts[company]) >= 0:
        company = None  # whose name is left out
    if company and company[0] > max(chosen[0], 0) and position_score(parts[company]) > 0 and position_score(parts[chosen]) > 0:
        company = None  # the next role's title: this one's employer is not said
    title = parts[chosen]
    if not head.at and (company is None or company[0] != chosen[0]):
        title = head.lines.get(chosen[0], title)  # nothing else stands on its line
    return one_line(title, 200), employer_of(one_line(parts[company], 200)) if company else ""


def _is_freelance(title: str) -> bool:
    return bool(re.search(r"free-?lance|self-?employed|selbst|freiberuf|indépendant|autónom|consultant", title, re.I))


def _found(lines: Sequence[Placed], head: _Head, until: int, title: str, company: str, today: date) -> FoundRole:
    period = PERIOD.search(lines[head.dated].text) or ONE_MOMENT.search(lines[head.dated].text)
    said = period.groupdict() if period else {}
    ended = said.get("end") or said.get("same_year") or ""
    within = f"{said.get('month')} {ended[-4:]}" if said.get("month") else ""  # January – May 2017
    began = said.get("start") or said.get("since") or said.get("left_open") or within
    single = period is not None and "since" not in said
    start = moment(began)
    end = start if single else moment(ended) if ended else None
    goes_on = not single and end is None
    months = months_between(start, None if goes_on else end, today)
    body = "\n".join(BULLET.sub("", line.text).strip() for line in lines[head.last + 1 : until])
    found = FoundRole(Role(title=title, company=company, start=start, end=end, months=months, text=body))
    base = lines[head.dated].start
    if period:
        for name, group in (("start", next((one for one in ("start", "since", "left_open") if said.get(one)), "")), ("end", "end")):
            if said.get(group):
                found.spans[name] = (base + period.start(group), base + period.end(group))
        found.spans["months"] = (base + period.start(), base + period.end())
    for name, value in (("title", title), ("company", company)):
        for row in lines[head.first : head.last + 1]:
            place = row.text.find(value) if value else -1
            if place >= 0:
                found.spans[name] = (row.start + place, row.start + place + len(value))
                break
    return found
