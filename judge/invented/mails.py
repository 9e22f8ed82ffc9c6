"""Invented mails of every kind in four languages: templates × slots, in the encodings and shapes that mails come in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from importlib.resources.abc import Traversable
from pathlib import Path
from zipfile import ZipFile

FILE = Path(__file__).with_name("mails.txt")
SECOND = Path(__file__).with_name("second_mails.txt")
"""Written before the rules were changed that read them; one half by :func:`judge.measure.developed_on` measures only."""
THIRD = Path(__file__).with_name("third_mails.zip")
"""Written by another hand, who had read no rule and no other set: whole mails, called by kind, language and number. Halves as above."""

FOURTH = Path(__file__).with_name("fourth_mails.txt")
"""Written, as the second was, before the mechanism was changed that reads them."""

FIFTH = Path(__file__).with_name("fifth_mails.txt")
"""So was this, in the manner of what applicant tracking systems send, footers and conditions included."""

SIXTH = Path(__file__).with_name("sixth_mails.txt")
"""Written by a third hand, who knew nothing of the code nor of any other set: small firms and public offices among the systems, too."""

SLOTS = (
    {"company": "Quillfeather", "slug": "quillfeather", "domain": "quillfeather.example", "title": "Data Engineer", "city": "Ghent",
     "first": "Ada", "last": "Quill", "name": "Ada Quill", "date_en": "12 March", "date_de": "12. März", "date_fr": "12 mars",
     "date_es": "12 de marzo"},
    {"company": "Brackwater Mills", "slug": "brackwater", "domain": "brackwater-mills.example", "title": "Staff Nurse", "city": "Lund",
     "first": "Mirela", "last": "Sandoval", "name": "Mirela Sandoval", "date_en": "June 3", "date_de": "03.06.", "date_fr": "mardi 3 juin",
     "date_es": "martes 3 de junio"},
    {"company": "Ténor & Söhne GmbH", "slug": "tenor", "domain": "tenor-soehne.example", "title": "Leiter Einkauf (m/w/d)",
     "city": "Zürich",     "first": "Zoë", "last": "Şahin", "name": "Zoë Şahin",
     "date_en": "Monday 9 November", "date_de": "Montag, den 9. November",
     "date_fr": "lundi 9 novembre", "date_es": "lunes, 9 de noviembre"},
)  # fmt: skip

SHAPES = ("plain", "html", "both")


@dataclass(frozen=True)
class Template:
    """One block of the file."""

    kind: str
    language: str
    sender: str
    subject: str
    text: str


@dataclass(frozen=True)
class InventedMail:
    """A mail with what it is.

    :param company: who it is from, or about
    """

    name: str
    kind: str
    language: str
    raw: bytes
    company: str
    title: str


def templates(file: Traversable = FILE) -> list[Template]:
    """The blocks of a file, in order."""
    found = []
    for block in file.read_text(encoding="utf-8").split("\n=== ")[1:]:
        head, _, text = block.partition("\n")
        what, sender, subject = (part.strip() for part in head.split(" | ", 2))
        kind, language = what.split()
        found.append(Template(kind, language, sender, subject, text.strip()))
    return found


def mails() -> Iterator[InventedMail]:
    """Every template with every filling, each in one shape and encoding."""
    for number, template in enumerate(templates()):
        for filling, slots in enumerate(SLOTS):
            shape = SHAPES[(number + filling) % len(SHAPES)]
            raw = written(template, slots, shape=shape, number=number * len(SLOTS) + filling)
            yield InventedMail(f"{template.kind}-{template.language}-{number}-{filling}", template.kind, template.language, raw,
                               slots["company"], slots["title"])  # fmt: skip


def second_mails(file: Traversable = SECOND) -> Iterator[InventedMail]:
    """Every template of the second set, or of another, with one filling."""
    for number, template in enumerate(templates(file)):
        slots = SLOTS[number % len(SLOTS)]
        raw = written(template, slots, shape=SHAPES[number // 3 % len(SHAPES)], number=10_000 + number)
        name = f"{template.kind}-{template.language}-{template.subject}"
        yield InventedMail(name, template.kind, template.language, raw, slots["company"], slots["title"])


def third_mails() -> Iterator[tuple[str, str, bytes]]:
    """(name, kind, bytes) of each mail of the third set."""
    with ZipFile(THIRD) as kept:
        for name in kept.namelist():
            yield name, name.partition("--")[0], kept.read(name)


def written(template: Template, slots: dict[str, str], *, shape: str, number: int) -> bytes:
    """A mail's bytes."""
    name, _, address = template.sender.format(**slots).rpartition(" <")
    text = template.text.format(**slots)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f'"{name}" <{address}'
    mail["To"] = f"{slots['first']} <{slots['slug']}@mailbox.example>".encode("ascii", "replace").decode()
    mail["Subject"] = template.subject.format(**slots)
    mail["Message-ID"] = f"<invented-{number}@{slots['domain']}>"
    mail["Date"] = "Tue, 03 Mar 2026 09:00:00 +0000"
    western = text.encode("windows-1252", "replace").decode("windows-1252") == text
    charset = "windows-1252" if western and not number % 4 else "utf-8"
    if shape == "plain":
        mail.set_content(text, charset=charset, cte=("quoted-printable", "base64")[number % 2])
        return mail.as_bytes()
    if shape == "both":
        mail.set_content("Please use a mail program that shows HTML." if number % 2 else text)
        mail.add_alternative(_page(text), subtype="html")
    else:
        mail.set_content(_page(text), subtype="html", charset=charset)
    return mail.as_bytes()


def _page(text: str) -> str:
    paragraphs = "".join(
        f"<tr><td style='font-size:14px'><p>{escape(one).replace(chr(10), '<br>')}</p></td></tr>" for one in text.split("\n\n")
    )
    return (
        "<html><head><style>p{color:#333}</style><title>x</title></head><body><div style='display:none'>preheader</div>"
        f"<div style='font-size:0px'><table>{paragraphs}</table></div><p style='font-size:11px'>Privacy</p></body></html>"
    )
