"""A CV's text read by its layout: headings, contact lines, periods."""

from __future__ import annotations

import re

from include.catalog.words import fold, listed, one_line, words
from include.matching import titles
from include.models import Cv, Role

HEADINGS = {
    "skills": listed(
        "skills technical core key professional competencies competences expertise technologies tools kenntnisse fahigkeiten kompetenzen "
        "habilidades aptitudes fachkenntnisse it"
    ),
    "experience": listed(
        "experience employment work professional history career berufserfahrung werdegang beruflicher experiences professionnelles "
        "experiencia laboral profesional"
    ),
    "education": listed(
        "education training qualifications academic ausbildung studium bildung formation formations etudes educacion formacion diplomes "
        "certifications certificates zertifikate"
    ),
    "languages": listed("languages language sprachen sprachkenntnisse langues idiomas"),
    "summary": listed("summary profile about objective profil zusammenfassung resume perfil resumen statement personal me"),
    "other": listed(
        "interests hobbies references projects publications awards volunteering interessen referenzen projekte loisirs centres intereses "
        "referencias"
    ),
}
FILLING = listed("and und et y of de the my or a d e")
MONTH_NAMES = (
    "jan january januar janvier enero ene", "feb february februar fevrier fev febrero", "mar march marz mars marzo",
    "apr april avril avr abril abr", "may mai mayo", "jun june juni juin junio", "jul july juli juillet julio",
    "aug august aout agosto ago",
    "sep sept september septembre septiembre", "oct october oktober okt octobre octubre", "nov november novembre noviembre",
    "dec december dezember dez decembre diciembre dic",
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(MONTH_NAMES, 1) for name in names.split()}
MOMENT = r"(?:(?:[^\W\d_]{3,10}\.?\s+|\d{1,2}[./-])?(?:19|20)\d{2}(?:-\d{2}(?!\d))?)"
NOW = r"(?:present|now|current|today|heute|jetzt|aktuell|aujourd'?hui|présent|actuel|actualidad|presente|ongoing)"
PERIOD = re.compile(
    rf"\(?(?P<start>{MOMENT})\s*(?:-|–|—|to|bis|à|a|until)\s*(?P<end>{MOMENT}|{NOW})\)?|(?:since|seit|depuis|desde)\s+(?P<since>{MOMENT})",
    re.I,
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w/.])\+?\(?\d[\d\s()/.-]{6,18}\d(?!\w)")
BULLET = re.compile(r"^\s*(?:[-–•*·▪◦►✓]|\d+[.)])\s+")
MARKUP = re.compile(r"\*\*|__|`|(?<=\])\([^)]*\)|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|[\[\]]")
JOINS = (
    re.compile(r"\s+(?:at|@|bei|chez)\s+|\s+[–—|·•]+\s+|\s*[|·•]\s*|\t+|\s{3,}"),
    re.compile(r",\s+"),
    re.compile(r"\s+-+\s+"),
)
"""What stands between title and company, the surest first: "Nurse - ICU, Elm Hospital" is cut at the comma."""


def read_text(text: str, *, markdown: bool = False) -> Cv:
    """Name, contacts, headline, skills, roles, education and languages as far as the layout shows them; ``text`` keeps all of it."""
    plain = "\n".join(_plain(line) if markdown else line.rstrip() for line in text.splitlines()).strip()
    parts = _parts(plain)
    top = [line.strip() for line in parts["top"] if line.strip()]
    email, phone = EMAIL.search(plain), _phone(plain)
    name, headline = _name(top)
    roles = _roles(parts["experience"])
    return Cv.model_validate(
        {
            "name": name,
            "headline": headline,
            "email": email[0] if email else "",
            "phone": phone,
            "location": _location(top),
            "skills": _items(parts["skills"]),
            "roles": roles,
            "education": [line for line in map(_bare, parts["education"]) if line],
            "languages": _items(parts["languages"]),
            "summary": " ".join(line.strip() for line in parts["summary"]).strip(),
            "text": plain,
        }
    )


def _plain(line: str) -> str:
    return MARKUP.sub("", re.sub(r"^\s{0,3}(?:#{1,6}|>)\s*", "", line)).rstrip()


def _parts(text: str) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {name: [] for name in ("top", *HEADINGS)}
    here = "top"
    for line in text.splitlines():
        kind, rest = _heading(line)
        if kind:
            here = kind
            if rest:
                parts[here].append(rest)
        else:
            parts[here].append(line)
    return parts


def _heading(line: str) -> tuple[str | None, str]:
    """``SKILLS``, ``Work Experience:``, ``Languages: English, German``."""
    head, colon, rest = line.partition(":")
    if BULLET.match(line) or len(head) > 45:
        return None, ""
    said = [word for word in words(head) if word not in FILLING]
    if not said or len(said) > 4 or (not colon and rest):
        return None, ""
    for kind, known in HEADINGS.items():
        if all(word in known for word in said) and not (colon and rest.strip() and kind == "experience"):
            return kind, rest.strip()
    return None, ""


def _phone(text: str) -> str:
    for found in PHONE.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if 8 <= len(digits) <= 15 and not PERIOD.search(found[0]):
            return found[0].strip()
    return ""


def _name(top: list[str]) -> tuple[str, str]:
    for place, line in enumerate(top[:5]):
        said = re.sub(r"(?i)^(?:name|curriculum vitae|lebenslauf|cv|résumé|resume)\s*:?\s*", "", line)
        if said and not EMAIL.search(said) and not any(char.isdecimal() for char in said) and len(said.split()) <= 5:
            head, _, behind = said.partition(" - ") if " - " in said else said.partition(" | ")
            headline = behind or next((one for one in top[place + 1 : place + 3] if _is_headline(one)), "")
            return one_line(head, 200).strip(" ,"), one_line(headline, 200)
    return "", ""


def _is_headline(line: str) -> bool:
    return (
        not EMAIL.search(line)
        and not _phone(line)
        and "http" not in line
        and len(line.split()) <= 12
        and titles.occupations().find(line) is not None
    )


def _location(top: list[str]) -> str:
    for line in top[:8]:
        for part in re.split(r"\s*[|•·]\s*", line):
            found = re.match(r"(?i)(?:location|address|wohnort|adresse|ubicación)\s*:\s*(.+)", part)
            if found or (
                re.fullmatch(r"[^\W\d_][\w .'-]+, [^\W\d_][\w .'-]+", part)
                and not EMAIL.search(part)
                and not titles.occupations().find(part)
            ):
                return one_line(found[1] if found else part, 200)
    return ""


def _bare(line: str) -> str:
    return BULLET.sub("", line).strip()


def _items(lines: list[str]) -> list[str]:
    """Items of a list written with commas, bullets or on lines; ``Databases:`` before them is no item."""
    items = []
    for line in lines:
        bare = re.sub(r"^[^:,;]{1,40}:\s*", "", _bare(line))
        for item in re.split(r"[,;|•·]|\s{3,}", re.sub(r"\(([^()]*)\)", lambda found: found[0].replace(",", "\0"), bare)):
            said = item.replace("\0", ",").strip(" .\t")
            if 0 < len(said) <= 60:
                items.append(said)
    return list(dict.fromkeys(items))


# ── roles ───────────────────────────────────────────────────────────────────────────────────────────────────


def _roles(lines: list[str]) -> list[Role]:
    kept = [line for line in lines if line.strip()]
    marks = [place for place, line in enumerate(kept) if not BULLET.match(line) and PERIOD.search(line)]
    heads = [_head(kept, place, marks) for place in marks]
    roles = []
    for number, (place, (_, last, parts)) in enumerate(zip(marks, heads, strict=True)):
        until = heads[number + 1][0] if number + 1 < len(heads) else len(kept)
        found = PERIOD.search(kept[place])
        if found is None or not parts:
            continue
        title, company = _title_and_company(parts)
        start, end = moment(found["start"] or found["since"]), moment(found["end"] or "present")
        body = "\n".join(_bare(line) for line in kept[last + 1 : until])
        roles.append(Role(title=title, company=company, start=start, end=end, text=body))
    return roles


def _head(lines: list[str], place: int, marks: list[int]) -> tuple[int, int, list[str]]:
    """First and last line of a role's heading, and its parts: on the line of the period, and on the line before or behind it."""
    here = _split(PERIOD.sub("", lines[place]))
    first = last = place
    before = place - 1
    if before >= 0 and before not in marks and _is_head(lines[before]) and len(here) < 2:
        here, first = _split(lines[before]) + here, before
        if len(here) < 2 and before - 1 >= 0 and before - 1 not in marks and _is_head(lines[before - 1]):
            here, first = _split(lines[before - 1]) + here, before - 1
    after = place + 1
    if len(here) < 2 and after < len(lines) and after not in marks and _is_head(lines[after]):
        here, last = here + _split(lines[after]), after
    return first, last, here


def _is_head(line: str) -> bool:
    return not BULLET.match(line) and len(line) <= 90 and not line.rstrip().endswith((".", ";")) and not EMAIL.search(line)


def _split(line: str) -> list[str]:
    parts: list[str] = []
    for join in JOINS:
        parts = [part.strip(" ,;|()–—-\t") for part in join.split(line) if part.strip(" ,;|()–—-\t")]
        if len(parts) > 1:
            break
    return parts


def _title_and_company(parts: list[str]) -> tuple[str, str]:
    """The part that names an occupation is the title, else the first; the next other part is the company."""
    place = next((place for place, part in enumerate(parts) if titles.occupations().find(part)), 0)
    others = [part for number, part in enumerate(parts) if number != place]
    return one_line(parts[place], 200), one_line(others[0], 200) if others else ""


def moment(text: str) -> str | None:
    """``March 2019``, ``03/2019``, ``2019-03`` → ``2019-03``; ``2019`` → ``2019``; a word for now → ``None``."""
    year = re.search(r"(?:19|20)\d{2}", text)
    if year is None:
        return None
    month = next((MONTHS[word] for word in (fold(part) for part in re.findall(r"[^\W\d_]+", text)) if word in MONTHS), None)
    if month is None:
        number = re.search(r"(?<!\d)(\d{1,2})[./-](?=(?:19|20)\d{2})|(?<=\d{4}-)(\d{2})", text)
        month = int(number[1] or number[2]) if number else None
    return f"{year[0]}-{month:02d}" if month and 1 <= month <= 12 else year[0]
