"""Reading a letter the way a sceptical recruiter does: what does it claim, and does the CV say so?"""

from __future__ import annotations

import re

from include.catalog.normalise import company
from include.catalog.words import fold, words
from include.matching import titles
from include.matching.job import Job
from include.matching.person import Person
from include.matching.vocabulary import vocabulary

APPLIES = re.compile(
    r"(?:position|role|post|vacancy|opening|application|job|stelle|position|bewerbung|poste|candidature|puesto|candidatura|vacante)"
    r"(?: (?:of|as|for|the|als|auf|die|de|du|au|al|del))*[\s:„“\"'«]*$",
    re.I,
)
"""What stands before the job's title where the letter names what it is about, and claims nothing."""

TOWARDS = re.compile(r"(?:\b(?:at|with|join|joining|of|for|bei|für|chez|en|para|team|the)\b)[\s„“\"'«]*$", re.I)
"""What stands before the employer's name."""

COUNTED = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
    "ein zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn zwanzig",
    "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince",
)
NUMBER_WORDS = {word: number for row in COUNTED for number, word in enumerate(row.split(), 1)} | {
    "thirty": 30, "dreissig": 30, "vingt": 20, "trente": 30, "veinte": 20, "treinta": 30,
}  # fmt: skip
YEARS = re.compile(
    r"(?P<number>\d{1,2}(?:[.,]\d)?|[^\W\d_]+)\s*\+?(?:-|\s)(?:full |whole |ganze |long )?(?:years?|yrs|jahren?|jähr\w+|ans\b|années|años?)"
    r"|(?P<decade>\bdecades?|\bjahrzehnt\w*|\bdécennie\w*|\bdécada\w*)",
    re.I,
)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NAME = r"[A-ZÄÖÜÉÀ0-9][\w&'’-]*(?:\.\w+)*"
EMPLOYER = re.compile(
    rf"\b(?:at|bei|chez|for|with|für|en|para)\s+(?P<name>{NAME}(?:\s+(?:&\s+|and\s+|und\s+|et\s+|y\s+|of\s+|de\s+)?{NAME})*)"
)
POSITION = re.compile(r"\b(?:as an?|as the|as|als|en tant que|comme|como|position was|career as an?)\s+(?P<title>[^.,;:\n]{3,80})", re.I)
ENDS = re.compile(r"\s+(?:at|with|for|in|bei|chez|en|gearbeitet|tätig|since|seit|depuis|desde|where|and i|und ich)\b.*$", re.I)
DEGREE = re.compile(
    r"\b(?:bachelor\w*|master'?s?(?: degree| of \w+)|m\.?sc|b\.?sc|mba|ph\.?d|doctorate|degree|diplom\w*|abschluss|studium|promotion in|"
    r"licence en|doctorat|licenciatura|grado en|máster|doctorado|certified|certification|zertifi\w+|certifi[ée]e?)\b",
    re.I,
)


def unsupported(letter: str, person: Person, job: Job) -> list[str]:
    """Every claim of the letter that the CV does not support, in words; each once, in a fixed order."""
    text = _without_subject(letter, job)
    said = f" {' '.join(words(person.text))} "
    wrong = [*_skills(text, person), *_years(text, person), *_numbers(text, person)]
    wrong += [*_employers(text, said, job), *_positions(text, said), *_degrees(text, said)]
    return list(dict.fromkeys(wrong))


def _without_subject(letter: str, job: Job) -> str:
    """The letter with the job's own title and company blanked where they only say what it is about."""
    text = letter
    for name, before in ((job.title, APPLIES), (job.company, TOWARDS)):
        wanted = " ".join(name.split())[:120]
        start = text.find(wanted) if wanted else -1
        while start >= 0:
            if before.search(text[max(0, start - 40) : start]):
                text = text[:start] + "_" * len(wanted) + text[start + len(wanted) :]
            start = text.find(wanted, start + len(wanted))
    return text


def _skills(text: str, person: Person) -> list[str]:
    known = vocabulary().skills
    implied = frozenset(name for had in person.skills for name in known[had].implies)
    found = dict.fromkeys(hit.skill for hit in vocabulary().find(text))
    return [f"skill: {name}" for name in found if name not in person.skills and name not in implied]


def _years(text: str, person: Person) -> list[str]:
    wrong = []
    for found in YEARS.finditer(text):
        number = 10.0 if found["decade"] else _number(found["number"])
        if number is not None and (person.years is None or number > person.years) and not _says_years(person, number):
            wrong.append(f"years: {found[0].strip()}")
    return wrong


def _says_years(person: Person, number: float) -> bool:
    return any(_number(found["number"] or "") == number for found in YEARS.finditer(person.text))


def _number(text: str) -> float | None:
    if text[:1].isdecimal():
        return float(text.replace(",", "."))
    return NUMBER_WORDS.get(fold(text))


def _numbers(text: str, person: Person) -> list[str]:
    """Numbers other than years of work: percentages, budgets, calendar years, head counts."""
    spans = [found.span() for found in YEARS.finditer(text)]
    known = set(NUMBER.findall(person.text))
    wrong = []
    for found in NUMBER.finditer(text):
        inside = any(start <= found.start() < end for start, end in spans)
        if not inside and found[0] not in known:
            wrong.append(f"number: {found[0]}")
    return wrong


def _employers(text: str, said: str, job: Job) -> list[str]:
    theirs = company(job.company).key
    wrong = []
    for found in EMPLOYER.finditer(text):
        name = " ".join(words(found["name"]))
        key = company(found["name"]).key
        if name and key != theirs and f" {name} " not in said and f" {key} " not in said:
            wrong.append(f"employer: {found['name']}")
    return wrong


def _positions(text: str, said: str) -> list[str]:
    wrong = []
    for found in POSITION.finditer(text):
        title = ENDS.sub("", found["title"]).strip(" _")
        folded = " ".join(words(title))
        if folded and titles.occupations().find(title) and f" {folded} " not in said:
            wrong.append(f"position: {title}")
    return wrong


def _degrees(text: str, said: str) -> list[str]:
    return [f"degree: {found[0]}" for found in DEGREE.finditer(text) if f" {' '.join(words(found[0]))} " not in said]
