"""A CV's text read by its layout: headings, contact lines, periods. Every field keeps the place it was read from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import dropwhile
from statistics import median

from rolecall.matching.cv.columns import Line
from rolecall.matching.cv.cv_dates import ONE_MOMENT, PERIOD, YEAR
from rolecall.matching.cv.headings import BULLET, Kind, heading
from rolecall.matching.cv.lists import Item, entries, items, spoken
from rolecall.matching.cv.roles import Placed, is_place, read_roles, worth
from rolecall.matching.skills import titles
from rolecall.models import Cv
from rolecall.text.words import one_line

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w/.])\+?\(?\d[\d\s()/.-]{6,18}\d(?!\w)")
LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'|,;]+|\b(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|io|dev|me|de|fr|es|eu|uk|ch|at|example)/[^\s<>\"'|,;]+",
    re.I,
)
MARKUP = re.compile(r"\*\*|__|`|(?<=\])\([^)]*\)|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|[\[\]]")
PIECES = re.compile(r"\s*[|•·]\s*|\s{3,}|\t|\s,\s|\s–\s")
LABEL = re.compile(
    r"(?i)^(?:name|curriculum vitae|lebenslauf|cv|résumé|resume|e-?mail|mail|phone|tel(?:efon|\.)?|mobil\w*|linkedin|github|web|website|"
    r"address|adresse|anschrift|wohnort|location|ubicación|dirección|indirizzo|date of birth|geburtsdatum|nationality)\s*:\s*"
)
PLACE_LABEL = re.compile(r"(?i)^(?:location|address|adresse|anschrift|wohnort|ort|ubicación|dirección|indirizzo|residence)\s*:\s*(.+)")
PLACE = re.compile(r"[^\W\d_][\w .'-]+(?:, [^\W\d_][\w .'-]+){1,3}")
POSTCODE_PLACE = re.compile(r"(?:[A-Z]{1,2}-)?\d{4,5}\s+([^\W\d_][^\d,|]{2,40})")
TITLES_OF_PAGES = re.compile(r"(?i)^(?:curriculum\s+vitae|lebenslauf|résumé|resume|cv|hoja de vida|currículum|bewerbung)$")
STATED = re.compile(
    r"(?P<number>\d{1,2})\s*(?:\+\s*)?(?:years?|yrs|jahren?|ans\b|années|años)\b(?=[^.\n]{0,60}(?:experience|erfahrung|expérience|experiencia|as\b|als\b))",
    re.I,
)
Spans = dict[str, tuple[int, int]]


def read_text(text: str, *, markdown: bool = False, today: date | None = None) -> Cv:
    """Reads plain text or Markdown, see :func:`read_lines`."""
    return read_lines([Line(_plain(line) if markdown else line.rstrip()) for line in text.splitlines()], today=today)


def read_lines(lines: Sequence[Line], *, links: Sequence[str] = (), today: date | None = None) -> Cv:
    """Name, contacts, headline, skills, roles, education and languages as far as the layout shows them; ``text`` keeps all of it.

    :param links: addresses that stand behind the text, as in a PDF
    """
    lines = list(dropwhile(lambda line: not line.text.strip(), lines))
    text = "\n".join(line.text for line in lines).rstrip()
    placed = list(_placed(lines))
    sizes = {line.start: size for line, (_, size) in zip(placed, lines, strict=True)}
    parts = _parts(placed, _banner(placed, sizes))
    spans: Spans = {}
    name, headline = _name(parts["top"], sizes, spans)
    roles = read_roles(parts["experience"], today=today or datetime.now(UTC).date())
    for number, found in enumerate(roles):
        spans |= {f"roles[{number}].{field}": span for field, span in found.spans.items()}
    contacts = _contacts(text, parts["top"], (name, headline), links, spans)
    dated = any(found.role.start for found in roles)
    return Cv.model_validate(
        {
            "name": name,
            "headline": headline,
            **contacts,
            "skills": _said("skills", items(parts["skills"]), spans),
            "roles": [found.role for found in roles],
            "education": _said("education", entries(parts["education"]), spans),
            "languages": _said("languages", spoken(parts["languages"]), spans),
            "summary": " ".join(line.text.strip() for line in parts["summary"]).strip(),
            "years": None if dated else _stated_years(text, spans),
            "text": text,
            "spans": spans,
        }
    )


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
    if largest is None or sizes[largest.start] < 1.3 * median(sizes.values()) or not _can_be_name(largest.text):
        return None
    return largest.start


def _parts(lines: Sequence[Placed], banner: int | None) -> dict[Kind, list[Placed]]:
    parts: dict[Kind, list[Placed]] = {kind: [] for kind in ("top", "skills", "experience", "education", "languages", "summary", "other")}
    here: Kind = "top"
    for line in lines:
        here = "top" if line.start == banner else here
        opened = heading(line.text, here) if line.start != banner else None
        if opened is None:
            parts[here].append(line)
            continue
        here, rest = opened
        if rest:
            parts[here].append(Placed(rest, line.start + line.text.rindex(rest)))
    return parts


def _said(name: str, found: Sequence[Item], spans: Spans) -> list[str]:
    for number, item in enumerate(found):
        spans[f"{name}[{number}]"] = item.span
    return [item.text for item in found]


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _name(top: Sequence[Placed], sizes: dict[int, float], spans: Spans) -> tuple[str, str]:
    """The largest line at the top that can be a name, else the first that can; the headline is near it."""
    lines = [line for line in top if line.text.strip()][:12]
    candidates = [line for line in lines if _can_be_name(line.text)]
    if not candidates:
        return "", ""
    largest = max(sizes.get(line.start, 0.0) for line in candidates)
    chosen = next(line for line in candidates if sizes.get(line.start, 0.0) >= largest - 0.1)
    said, begin = _name_in(chosen)
    head, behind = _cut_name(said)
    name = one_line(head, 200).strip(" ,")
    if name in chosen.text:
        begin = chosen.start + chosen.text.index(name)
        spans["name"] = (begin, begin + len(name))
    name = name.title() if name.isupper() and len(name) > 3 else name
    place = lines.index(chosen)
    near = [piece for line in [*lines[place + 1 : place + 6], *lines[:place]] for piece in _pieces(line)]
    headline = (
        Placed(behind, chosen.start + chosen.text.index(behind)) if behind else next((one for one in near if _is_headline(one.text)), None)
    )
    if headline is None:
        return name, ""
    title = one_line(headline.text, 200)
    spans["headline"] = (headline.start, headline.start + len(headline.text))
    return name, title


def _name_in(line: Placed) -> tuple[str, int]:
    said = LABEL.sub("", line.text.strip())
    return re.split(r"\s{3,}|\t", said)[0], line.start + line.text.find(said)


def _cut_name(said: str) -> tuple[str, str]:
    for join in (" - ", " | ", " – ", " — "):
        head, found, behind = said.partition(join)
        if found:
            return head, behind.strip()
    return said, ""


def _can_be_name(line: str) -> bool:
    said = re.split(r"\s{3,}|\t", LABEL.sub("", line.strip()))[0]
    head = _cut_name(said)[0]
    if not head or TITLES_OF_PAGES.match(head) or EMAIL.search(head) or LINK.search(head) or any(char.isdecimal() for char in head):
        return False
    if not head[:1].isalpha() or re.search(r"[§#@]", head) or (len(head.split()) == 1 and len(said.split()) == 1 and head.islower()):
        return False
    return (
        len(head.split()) <= 5 and not is_place(head) and not PLACE_LABEL.match(line) and not _is_occupation(head) and "," not in head[:-1]
    )


def _is_occupation(text: str) -> bool:
    return titles.occupations().find(text) is not None


def _pieces(line: Placed) -> Iterator[Placed]:
    end = 0
    for join in [*PIECES.finditer(line.text), None]:
        until = join.start() if join else len(line.text)
        piece = line.text[end:until]
        if piece.strip():
            yield Placed(piece.strip(), line.start + end + len(piece) - len(piece.lstrip()))
        end = join.end() if join else until


def _is_headline(line: str) -> bool:
    return not EMAIL.search(line) and not _phone(line) and "http" not in line and len(line.split()) <= 12 and worth(line) > 0


# ── how to reach them ───────────────────────────────────────────────────────────────────────────────────────


def _contacts(text: str, top: Sequence[Placed], taken: tuple[str, str], links: Sequence[str], spans: Spans) -> dict[str, object]:
    email, phone = EMAIL.search(text), _phone(text)
    if email:
        spans["email"] = email.span()
    if phone:
        spans["phone"] = phone
    behind = {
        kind: next((link.split(":", 1)[1].split("?")[0] for link in links if link.lower().startswith(kind)), "")
        for kind in ("mailto:", "tel:")
    }
    shown = [
        (found[0].rstrip(".,)"), found.span())
        for found in LINK.finditer(text)
        if not (email and email.start() <= found.start() < email.end())
    ]
    named = {
        _address(link): link for link in reversed([*(link for link, _ in shown), *(link for link in links if link.startswith("http"))])
    }
    addresses = list(named.values())[::-1][:20]
    for number, link in enumerate(addresses):
        place = next((span for said, span in shown if said == link), None)
        if place:
            spans[f"links[{number}]"] = (place[0], place[0] + len(link))
    return {
        "email": email[0] if email else behind["mailto:"],
        "phone": text[slice(*phone)] if phone else behind["tel:"],
        "links": addresses,
        "location": _location(top, taken, spans),
    }


def _address(link: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", link.lower()).rstrip("/")


def _phone(text: str) -> tuple[int, int] | None:
    for found in PHONE.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if (
            8 <= len(digits) <= 15
            and not PERIOD.search(found[0])
            and not re.fullmatch(rf"{YEAR}\s*{YEAR}", found[0].strip())
            and "\n" not in found[0].strip()
        ):
            begin = found.start() + len(found[0]) - len(found[0].lstrip())
            return begin, begin + len(found[0].strip())
    return None


def _location(top: Sequence[Placed], taken: tuple[str, str], spans: Spans) -> str:
    for line in [line for line in top if line.text.strip()][:14]:
        for piece in _places_in(line):
            found = PLACE_LABEL.match(piece.text)
            postal = POSTCODE_PLACE.search(piece.text)
            said = found[1] if found else piece.text if PLACE.fullmatch(piece.text) or postal or is_place(piece.text) else ""
            said = said.strip()
            if (
                not said
                or said in taken
                or said.title() in taken
                or (not found and not postal and _is_occupation(said))
                or EMAIL.search(said)
            ):
                continue
            begin = piece.start + piece.text.index(said)
            spans["location"] = (begin, begin + len(said))
            return one_line(said, 200)
    return ""


def _places_in(line: Placed) -> Iterator[Placed]:
    """The pieces of a contact line without its address, number and links."""
    bare = line.text
    for pattern in (EMAIL, LINK, PHONE):
        bare = pattern.sub(lambda found: "|" * len(found[0]), bare)
    for piece in _pieces(Placed(bare, line.start)):
        for run in re.finditer(r"[^|]+", piece.text):
            said = run[0].strip(" ,|·•")
            if said:
                yield Placed(said, piece.start + run.start() + run[0].index(said))


def _stated_years(text: str, spans: Spans) -> float | None:
    """Years of work as the CV says them, where its roles have no dates."""
    found = max(STATED.finditer(text), key=lambda one: int(one["number"]), default=None)
    if found is None:
        return None
    spans["years"] = found.span()
    return float(found["number"])


__all__ = ["BULLET", "ONE_MOMENT", "Line", "read_lines", "read_text"]
