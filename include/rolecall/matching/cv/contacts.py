"""How to reach a person and where they live, as the lines above the first heading show it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rolecall.matching.cv.cv_dates import PERIOD, YEAR
from rolecall.matching.cv.heading_parts import POSITIONS, Placed, is_place, position_score
from rolecall.matching.cv.headings import is_heading_word
from rolecall.matching.cv.names import is_masked
from rolecall.matching.skills import titles
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.text.words import one_line, words

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w/.])\+?\(?\d[\d\s()/.-]{6,18}\d(?!\w)")
LABEL = 30
"""Characters before a number that say what it is."""

TO_CALL = re.compile(
    r"(?:\b(?:tel\w*|t[ée]l\w*|(?:tele)?(?:ph|f)on\w*|mob\w*|cell?\w*|handy\w*|ruf\w*|call|m[óo]vil|portable|whats\s?app|gsm|contact\w*|[tpmhc])\b|[☎📞📱✆])"
    r"[^\d\n]{0,20}$",
    re.I,
)
OTHER_NUMBER = re.compile(
    r"(?:\b(?:id|isbn|iban|bic|no|nr|num\w*|ref\w*|pass\w*|cert\w*|zertifi\w*|licen[cs]e\w*|reg\w*|invoice|order|account|konto\w*|vat|ust\w*|steuer\w*|tax"
    r"|ssn|matri\w*|member\w*|mitglied\w*|pin|badge|zip|post\w*|plz|cp|siret|siren|dni|nie|nif|code|key|patent|doi|orcid)\b|[#№])[^\w\n]{0,6}$",
    re.I,
)
YEARS = re.compile(rf"(?<!\d){YEAR}(?!\d)")
DATE = re.compile(r"(?<![\d./-])(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{2}){1,2}|\d{4}[./-]\d{1,2}[./-]\d{1,2})(?!\d|[./-]\d)")
POSTCODES = re.compile(r"\d{4,5}(?:[\s,./()-]+\d{4,5})+|\d{5}-\d{4}")
ISBN = re.compile(r"97[89]\d{10}")
NATIONAL = re.compile(r"[2-9]\d{2}[2-9]\d{6}|[6-9]\d{9}")
"""Ten digits in a row that are a number of North America or India: others have signs between them, a zero or a plus before, or a label."""

LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'|,;]+|\b(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|io|dev|me|de|fr|es|eu|uk|ch|at|example)/[^\s<>\"'|,;]+",
    re.I,
)
PIECES = re.compile(r"\s*[|•·]\s*|\s{3,}|\t|\s,\s|\s[–—-]\s")
PLACE_LABEL = re.compile(
    r"(?i)^(?:(?:current |home )?location|(?:home |permanent |present )?address|adresse|anschrift|wohnort|ort|lieu|domicilio|ubicación|"
    r"dirección|indirizzo|residence|city|ville|ciudad)\s*[:–-]\s*(.+)"
)
OTHER_LABEL = re.compile(
    r"(?i)^(?:date of birth|d\.?o\.?b|born|geburtsdatum|geburtsort|geboren|place of birth|nationality|nationalität"
    r"|staatsangehörigkeit|nacionalidad"
    r"|nationalité|marital status|familienstand|gender|fecha|date de naissance|né|willing to relocate|relocat)"
)
PLACE = re.compile(r"[^\W\d_][\w .'’-]*(?:, [^\W\d_][\w .'’-]+){1,3}(?:,? \d{4,6}(?:-\d{4})?)?")
POSTCODE_PLACE = re.compile(r"(?:\b[A-Z]{1,2}-)?\b\d{4,5}\s+([^\W\d_][^\d,|]{2,40})")
SEARCHED = 14
"""Lines at the top that are looked at for a place."""

MAX_PLACE, MAX_WORDS = 120, 9
"""Characters and words of a place at most: more is prose."""

LABELLED, KNOWN, SHAPED = 0.95, 0.9, 0.7
WINDOW = 1_000
"""Characters of a line around contact details in which a place is looked for: a whole CV may be one line."""

Spans = dict[str, tuple[int, int]]
Sure = dict[str, float]


def contacts(
    text: str, lines: Sequence[Placed], top: Sequence[Placed], name: str, links: Sequence[str], spans: Spans, sure: Sure
) -> dict[str, object]:
    """E-mail address, phone number, links and place, as fields of the CV.

    :param name: whose they are, and so no place
    :param links: addresses that stand behind the text
    """
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
    found: dict[str, object] = {
        "email": email[0] if email else behind["mailto:"],
        "phone": text[slice(*phone)] if phone else behind["tel:"],
        "links": addresses,
        "location": _location(top, name, spans, sure) or _location(_around(lines, spans), name, spans, sure),
    }
    near_top = len(text) // 3
    sure |= {
        field: 0.98 if field not in spans or spans[field][0] <= max(near_top, 1_000) else 0.8
        for field in ("email", "phone")
        if found[field]
    }
    return found


def has_contact(line: str) -> bool:
    """Whether a line says how to reach somebody."""
    return bool(EMAIL.search(line) or LINK.search(line) or _phone(line))


def pieces(line: Placed) -> Iterator[Placed]:
    """What a line sets apart by bars, dots, dashes and gaps."""
    end = 0
    for join in [*PIECES.finditer(line.text), None]:
        until = join.start() if join else len(line.text)
        piece = line.text[end:until]
        if piece.strip():
            yield Placed(piece.strip(), line.start + end + len(piece) - len(piece.lstrip()))
        end = join.end() if join else until


def _address(link: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", link.lower()).rstrip("/")


def _phone(text: str) -> tuple[int, int] | None:
    """Where the first number to call stands; none where it may be something else."""
    for found in PHONE.finditer(text):
        begin = found.start() + len(found[0]) - len(found[0].lstrip())
        said = found[0].strip()
        if "\n" not in said and _is_phone(said, text[max(0, begin - LABEL) : begin].rpartition("\n")[2]):
            return begin, begin + len(said)
    return None


def _is_phone(said: str, before: str) -> bool:
    """Whether digits are a telephone number, and no years, dates, postcodes or number of a document.

    :param before: what stands before them in the line
    """
    groups = re.findall(r"\d+", said)
    digits = "".join(groups)
    if not 8 <= len(digits) <= 15:
        return False
    if said.startswith("+"):
        return True
    if PERIOD.search(said) or DATE.search(said) or len(YEARS.findall(said)) * 2 >= len(groups):
        return False
    if TO_CALL.search(before):
        return True
    if OTHER_NUMBER.search(before) or POSTCODES.fullmatch(said) or (len(digits) in (10, 13) and ISBN.match(digits)):
        return False
    return digits.startswith("0") or len(groups) > 1 or NATIONAL.fullmatch(digits) is not None


def _around(lines: Sequence[Placed], spans: Spans) -> list[Placed]:
    """The lines around the e-mail address and the phone number, wherever on the page they stand."""
    at = [span[0] for field in ("email", "phone") if (span := spans.get(field))]
    beside = {number for number, line in enumerate(lines) for where in at if line.start <= where <= line.start + len(line.text)}
    near = sorted({near for number in beside for near in range(number - 3, number + 4) if 0 <= near < len(lines)})
    return [_window(lines[number], at) for number in near]


def _window(line: Placed, at: Sequence[int]) -> Placed:
    """What of a line is near the first of these places in it; from its start where there is none."""
    where = next((each for each in at if line.start <= each <= line.start + len(line.text)), line.start)
    begin = max(0, where - line.start - WINDOW // 2)
    return Placed(line.text[begin : begin + WINDOW], line.start + begin)


def _location(top: Sequence[Placed], name: str, spans: Spans, sure: Sure) -> str:
    """The first place that has a label, a postal code or a known name, or the shape of one beside contact details."""
    best: tuple[float, Placed] | None = None
    lines = [line for line in top if line.text.strip()][:SEARCHED]
    contact = [has_contact(line.text) or is_masked(line.text.partition(" - ")[2]) for line in lines]
    for number, line in enumerate(lines):
        beside = any(contact[max(0, number - 1) : number + 2])
        for place, piece in enumerate(_places_in(line)):
            if (name and name in (piece.text, piece.text.title())) or OTHER_LABEL.match(piece.text):
                continue
            how, said = _how_sure(piece.text, beside=beside and (contact[number] or place == 0))
            if said and (best is None or how > best[0]):
                best = how, Placed(said, piece.start + piece.text.index(said))
    if best is None:
        return ""
    how, found = best
    spans["location"] = (found.start, found.start + len(found.text))
    sure["location"] = how
    return one_line(found.text, 200)


def _how_sure(piece: str, *, beside: bool) -> tuple[float, str]:
    """How sure a piece of a line is a place, and the words of it that are.

    :param beside: whether contact details stand beside it
    """
    labelled = PLACE_LABEL.match(piece)
    said = (labelled[1] if labelled else piece).strip(" .,;")
    if not said or len(said) > MAX_PLACE or len(said.split()) > MAX_WORDS or is_masked(said) or not _is_written_as_a_name(said):
        return 0.0, ""
    if labelled:
        return LABELLED, said
    postal = POSTCODE_PLACE.search(said)
    if postal and beside:
        return KNOWN, said
    if is_place(said):
        return (KNOWN, said) if beside or "," in said else (SHAPED, said)
    if not PLACE.fullmatch(said) or position_score(said) > 0 or _is_of_work(said):
        return 0.0, ""
    parts = [part.strip() for part in re.split(r",|\s(?=\d)", said) if part.strip()]
    if any(is_place(part) for part in parts[-2:]) and all(len(part.split()) <= 3 for part in parts[-3:]):
        return KNOWN if beside else SHAPED, said
    return (SHAPED, said) if beside and len(parts) <= 3 and all(len(part.split()) <= 3 for part in parts) else (0.0, "")


def _is_written_as_a_name(said: str) -> bool:
    small = [word for word in said.split() if word[:1].islower()]
    return all(len(word) <= 4 for word in small) and 2 * len(small) <= len(said.split())


def _is_of_work(said: str) -> bool:
    named = vocabulary().named
    return (
        titles.occupations().find(said) is not None
        or any(word in POSITIONS or is_heading_word(word) for word in words(said))
        or any(named(part.strip()) for part in said.split(","))
    )


def _places_in(line: Placed) -> Iterator[Placed]:
    """The pieces of a contact line without its address, number and links."""
    bare = line.text
    for pattern in (EMAIL, LINK, PHONE):
        bare = pattern.sub(lambda found: "|" * len(found[0]), bare)
    for piece in pieces(Placed(bare, line.start)):
        for run in re.finditer(r"[^|]+", piece.text[:MAX_PLACE]):
            said = run[0].strip(" ,|·•")
            if said:
                yield Placed(said, piece.start + run.start() + run[0].index(said))
