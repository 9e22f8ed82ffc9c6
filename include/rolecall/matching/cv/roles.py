"""Roles of a CV: who held which position where, and when.

The first role of a section shows how all are written: how many lines stand above its dates, and whether the title or the employer comes
first. Words that name occupations, seniority or companies decide where they can; where they cannot, the way of the other roles does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from rolecall.matching.cv.cv_dates import DATE_ONLY, ONE_MOMENT, PERIOD, moment, months_between
from rolecall.matching.cv.headings import BULLET
from rolecall.matching.skills import titles
from rolecall.models import Role
from rolecall.text.places import CANADIAN_PROVINCES, US_STATES, country, is_city, remote_kind
from rolecall.text.words import fold, listed, one_line, words

JOINS = (
    re.compile(r"\s+[–—|·•]+\s+|\s*[|·•]\s*|\t+|\s{3,}"),
    re.compile(r",\s+"),
    re.compile(r"(?<!\s)\s+-+\s+|(?<!\s)\s*;\s+"),
)
"""What stands between title and company, the surest first: "Nurse - ICU, Elm Hospital" is cut at the comma."""

AT = re.compile(r"(?<!\s)\s+(?:at|@|bei(?:\s+der|\s+dem)?|chez|presso)\s+|(?<!\s)\s*@\s+")
"""``Nurse at Elm Hospital``: what is on either side is plain."""

EMPLOYERS = listed(
    "gmbh ag kg ohg ug ev inc ltd llc llp plc corp corporation company co se sa sas sarl sl slu bv nv srl spa oy ab as aps lda group "
    "gruppe groupe grupo hospital klinik klinikum clinic krankenhaus hopital clinique university universitat universite universidad bank "
    "sparkasse school schule ecole escuela colegio institute institut agency agentur agence studio "
    "studios solutions technologies systems labs "
    "logistics consulting partners holding holdings foundation stiftung verein ministry council hotel restaurant trust society association "
    "industries services international stores markt apotheke pharmacy kindergarten pflegeheim works media ventures software airlines cafe"
)
POSITIONS = titles.GENERIC | listed(
    "senior junior head chief director principal staff intern internship trainee apprentice praktikant praktikantin werkstudent "
    "werkstudentin stagiaire becario becaria alternant freelance freelancer founder owner president vp cto ceo cfo coo nurse teacher "
    "driver cook chef clerk cashier nanny tutor scientist researcher designer architect programmer accountant lawyer physician "
    "pflegefachkraft krankenschwester verkaufer verkauferin lehrer lehrerin koch kochin fahrer kaufmann kauffrau sachbearbeiter "
    "sachbearbeiterin entwickler entwicklerin berater beraterin leiterin leitung infirmier infirmiere vendeur vendeuse enseignant "
    "enfermero enfermera vendedor vendedora profesor profesora jefe jefa gerente directeur directrice "
    "buchhalter buchhalterin assistentin elektriker elektrikerin mechaniker mechanikerin mechanic electrician plumber welder"
)
ENDINGS = ("ingenieur", "ingenieurin", "leiter", "leiterin", "berater", "beraterin", "entwickler", "entwicklerin", "manager", "managerin",
           "assistent", "assistentin", "pfleger", "pflegerin", "techniker", "technikerin", "meister", "fachkraft", "kraft")  # fmt: skip
LEGAL = listed("inc ltd llc plc corp co gmbh ag kg sa sl srl")
MAX_HEAD = 110
MAX_ROLES = 60


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of the CV and where it starts in the text."""

    text: str
    start: int


@dataclass(slots=True)
class FoundRole:
    """A role with the places of its fields in the CV's text."""

    role: Role
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)


Tag = tuple[int, int]
"""Where a part of a heading stands: lines below its dates (negative: above), and its number on that line."""


@dataclass(slots=True)
class _Head:
    first: int
    last: int
    dated: int
    parts: dict[Tag, str]
    at: bool = False


def read_roles(lines: Sequence[Placed], *, today: date) -> list[FoundRole]:
    """The roles of a section, as listed; ``months`` of one that goes on are counted to ``today``."""
    kept = [line for line in lines if line.text.strip()]
    marks = _marks(kept)[:MAX_ROLES]
    if not marks:
        return []
    above = _above(kept, marks)
    heads = [_head(kept, place, marks, above) for place in marks]
    usual = _title_tag(heads)
    roles: list[FoundRole] = []
    for number, head in enumerate(heads):
        until = heads[number + 1].first if number + 1 < len(heads) else len(kept)
        title, company = _title_and_company(head, usual)
        if not company and roles and not _is_freelance(title):
            company = roles[-1].role.company if above and head.first == head.dated else ""
        if title or company:
            roles.append(_found(kept, head, until, title, company, today))
    return roles


def _marks(lines: Sequence[Placed]) -> list[int]:
    """Lines that carry a role's period; single dates count where the section has no periods, or only set apart."""
    periods = [place for place, line in enumerate(lines) if _is_mark(line.text, PERIOD)]
    dated = set(periods)
    singles = [place for place, line in enumerate(lines) if place not in dated and _is_mark(line.text, ONE_MOMENT)]
    return periods + singles if not periods else sorted(periods + [place for place in singles if "   " in lines[place].text])


def _is_mark(text: str, pattern: re.Pattern[str]) -> bool:
    found = pattern.search(text)
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
    return not BULLET.match(text) and len(text) <= 90 and not _is_sentence(text) and "@" not in text and not text[:1].islower()


def _above(lines: Sequence[Placed], marks: list[int]) -> int:
    """Lines of a heading above its dates, as the first role shows it."""
    first = marks[0]
    return first if first <= 3 and all(_is_head(lines[place].text) for place in range(first)) else 0


def _head(lines: Sequence[Placed], place: int, marks: list[int], above: int) -> _Head:
    first = place
    while place - first < above and first - 1 >= 0 and first - 1 not in marks and _is_head(lines[first - 1].text):
        first -= 1
    if place - first < above:
        first = place  # fewer lines than the first role has: what stands above belongs to the role before
    dated = PERIOD if PERIOD.search(lines[place].text) else ONE_MOMENT
    bare = {place: BULLET.sub("", dated.sub("   ", lines[place].text, count=1)).strip(" ,;|()–—-:\t")}
    bare |= {row: lines[row].text for row in range(first, place)}
    last, parts = place, _tagged(bare, place)
    while len(parts) < 2 and last + 1 < len(lines) and last - place < 2 and last + 1 not in marks and _is_head(lines[last + 1].text):
        last += 1
        bare[last] = lines[last].text
        parts = _tagged(bare, place)
    for row in sorted(bare):
        named = AT.split(bare[row], maxsplit=1)
        if len(named) == 2 and len(named[0].split()) <= 8 and named[1].strip():
            employer = (_split(named[1]) or [named[1]])[0]
            return _Head(first, last, place, {(0, 0): named[0].strip(" ,"), (0, 1): employer.strip(" ,()")}, at=True)
    return _Head(first, last, place, parts)


def _tagged(bare: dict[int, str], dated: int) -> dict[Tag, str]:
    return {(row - dated, number): part for row in sorted(bare) for number, part in enumerate(_split(bare[row]))}


def _split(line: str) -> list[str]:
    """The parts of a heading that are no places, cut at the surest sign that gives two."""
    for join in JOINS:
        pieces = [piece for piece in join.split(line) if re.search(r"\w", piece)]
        if len(pieces) > 1:
            parts = _bare(pieces)
            return _split(parts[0]) if len(parts) == 1 and len(parts[0]) < len(line.strip()) else parts
    return _bare([line])


def _bare(pieces: list[str]) -> list[str]:
    kept: list[str] = []
    for piece in pieces:
        part = re.sub(r"^\((.*)\)$", r"\1", piece.strip(" ,;|–—-:\t")).strip()
        if not part or not re.search(r"\w", part):
            continue
        if kept and fold(part.strip(".")) in LEGAL:
            kept[-1] += f", {part}"
        elif not is_place(part):
            kept.append(part)
    return kept


def is_place(text: str) -> bool:
    """``San Francisco, CA``, ``Berlin``, ``USA``, ``Remote``: only places, and ones we know."""
    pieces = [piece.strip(" .()") for piece in re.split(r"[,/]", text) if piece.strip(" .()")]
    known = [bool(country(piece)) or piece in US_STATES or piece in CANADIAN_PROVINCES or bool(remote_kind(piece))
             or is_city(piece) for piece in pieces]  # fmt: skip
    return bool(known) and (all(known) or (len(known) > 1 and known[-1] and not worth(pieces[0]) and len(pieces[0].split()) <= 3))


def worth(part: str) -> int:
    """Above 0: the words of a position; below 0: of a company."""
    said = words(part)
    known = 2 * bool(titles.occupations().find(part))
    known += any(word in POSITIONS or (len(word) > 8 and word.endswith(ENDINGS)) for word in said)
    return known - 2 * any(word in EMPLOYERS for word in said) - bool("&" in part)


def _title_tag(heads: list[_Head]) -> Tag | None:
    """Where this CV writes titles: the place whose parts sound most like positions, over all its roles."""
    votes: dict[Tag, int] = {}
    for head in heads:
        if not head.at:
            for tag, part in head.parts.items():
                votes[tag] = votes.get(tag, 0) + worth(part)
    firsts = {tag: vote for tag, vote in votes.items() if tag[1] < 2}
    return max(firsts, key=lambda tag: (firsts[tag], -abs(tag[0]), -tag[1])) if firsts else None


def _title_and_company(head: _Head, usual: Tag | None) -> tuple[str, str]:
    parts = head.parts
    if not parts:
        return "", ""
    best = max(parts, key=lambda tag: worth(parts[tag]))
    chosen = (0, 0) if head.at else usual if usual in parts and worth(parts[best]) - worth(parts[usual]) < 2 else best
    if usual not in parts and worth(parts[best]) < 0:
        return "", one_line(parts[best], 200)

    def after(tag: Tag) -> tuple[int, bool]:
        """Beside the title, or first on another line."""
        beside = tag[0] == chosen[0]
        return (max(0, tag[1] - 1) if beside else tag[1]), not beside

    company = min((tag for tag in parts if tag != chosen), key=after, default=None)
    return one_line(parts[chosen], 200), one_line(parts[company], 200) if company else ""


def _is_freelance(title: str) -> bool:
    return bool(re.search(r"free-?lance|self-?employed|selbst|freiberuf|indépendant|autónom|consultant", title, re.I))


def _found(lines: Sequence[Placed], head: _Head, until: int, title: str, company: str, today: date) -> FoundRole:
    period = PERIOD.search(lines[head.dated].text) or ONE_MOMENT.search(lines[head.dated].text)
    said = period.groupdict() if period else {}
    began = said.get("start") or said.get("since") or said.get("left_open") or ""
    ended = said.get("end") or ""
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
