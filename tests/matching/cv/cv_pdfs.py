"""Invented CVs drawn as PDFs: layouts, fonts and languages that people use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import reportlab
from reportlab.lib.colors import black, darkblue, white
from reportlab.lib.pagesizes import A4, letter
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

pdfmetrics.registerFont(TTFont("Vera", str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")))
pdfmetrics.registerFont(TTFont("VeraBd", str(Path(reportlab.__file__).parent / "fonts" / "VeraBd.ttf")))


@dataclass(frozen=True)
class Job:
    """One role as it is written, and as it should be read."""

    title: str
    company: str
    place: str
    dates: str
    start: str
    end: str | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """An invented person."""

    name: str
    headline: str
    email: str
    phone: str
    place: str
    headings: tuple[str, str, str, str, str]  # profile, experience, education, skills, languages
    profile: str
    jobs: tuple[Job, ...]
    education: tuple[str, ...]
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    codes: frozenset[str] = field(default_factory=frozenset)


PEOPLE = {
    "de": Person(
        "Katrin Vogelsang", "Pflegefachfrau Intensivstation", "katrin@vogelsang.example", "+49 421 555 0188", "28195 Bremen",
        ("Profil", "Berufserfahrung", "Ausbildung", "Kenntnisse", "Sprachen"),
        "Examinierte Pflegefachfrau mit Freude an ruhiger Arbeit in unruhigen Nächten.",
        (
            Job("Pflegefachfrau", "Klinikum Weserbogen", "Bremen", "03/2019 – heute", "2019-03", None,
                ("Betreuung beatmeter Patienten auf der Intensivstation", "Einarbeitung neuer Kolleginnen und Kollegen")),
            Job("Gesundheits- und Krankenpflegerin", "St. Ansgar Hospital", "Oldenburg", "10/2014 – 02/2019", "2014-10", "2019-02",
                ("Wundversorgung und Medikamentengabe", "Dokumentation im Klinikinformationssystem")),
        ),
        ("2011 – 2014 Ausbildung zur Gesundheits- und Krankenpflegerin, Pflegeschule Nordufer",),
        ("Wundversorgung", "Intensivpflege", "Beatmung", "Medikamentengabe", "Dokumentation", "Schichtleitung"),
        ("Deutsch (Muttersprache)", "Englisch (B2)"), frozenset({"de", "en"}),
    ),
    "fr": Person(
        "Maëlle Kerbrat", "Responsable comptable", "maelle.kerbrat@courriel.example", "+33 2 55 50 01 44", "Rennes, France",
        ("Profil", "Expérience professionnelle", "Formation", "Compétences", "Langues"),
        "Comptable rigoureuse, à l'aise dans les clôtures mensuelles.",
        (
            Job("Responsable comptable", "Brasserie du Menhir SA", "Rennes", "janvier 2020 – aujourd'hui", "2020-01", None,
                ("Clôture mensuelle et annuelle des comptes", "Suivi de la trésorerie")),
            Job("Comptable", "Cabinet Lézardrieux", "Brest", "septembre 2015 – décembre 2019", "2015-09", "2019-12",
                ("Tenue des comptes de quarante clients",)),
        ),
        ("2012 – 2015 Licence de comptabilité, Université des Embruns",),
        ("Sage", "Excel", "Clôture mensuelle", "TVA", "Trésorerie"),
        ("Français (langue maternelle)", "Anglais (C1)", "Breton"), frozenset({"fr", "en"}),
    ),
    "es": Person(
        "Iker Zubiaurre Lago", "Jefe de cocina", "iker@zubiaurre.example", "+34 944 55 01 22", "Bilbao, España",
        ("Perfil", "Experiencia laboral", "Formación", "Habilidades", "Idiomas"),
        "Cocinero de mercado y de temporada.",
        (
            Job("Jefe de cocina", "Restaurante Arrantzale", "Bilbao", "mayo de 2018 - actualidad", "2018-05", None,
                ("Menús de temporada para ochenta comensales", "Control de costes y alérgenos")),
            Job("Cocinero", "Hotel Mirador del Norte", "Santander", "2013 - 2018", "2013", "2018", ("Partida de pescados",)),
        ),
        ("2011 - 2013 Técnico en Cocina, Escuela de Hostelería del Cantábrico",),
        ("Cocina de mercado", "Control de costes", "APPCC", "Gestión de equipos", "Panadería"),
        ("Español (nativo)", "Euskera", "Inglés (B1)"), frozenset({"es", "en"}),
    ),
    "en": Person(
        "Tobias Underhill", "Regional Sales Manager", "t.underhill@post.example", "+44 20 7946 0958", "Leeds, United Kingdom",
        ("PROFILE", "EMPLOYMENT HISTORY", "EDUCATION", "KEY SKILLS", "LANGUAGES"),
        "Sells fasteners to people who did not know they needed them.",
        (
            Job("Regional Sales Manager", "Pennine Fasteners Ltd", "Leeds", "Sept 2017 – Present", "2017-09", None,
                ("Grew the northern region from nine to thirty accounts", "Negotiated frame contracts with three builders")),
            Job("Account Executive", "Harrow & Tring", "York", "Feb 2012 – Aug 2017", "2012-02", "2017-08",
                ("Cold calls, warm tea, signed orders", "Forecasts in Salesforce every Friday")),
            Job("Sales Assistant", "Moorgate Tools", "York", "2009 – 2011", "2009", "2011", ("Counter sales",)),
        ),
        ("2006 – 2009 BA Business Studies, University of Aire",),
        ("Salesforce", "B2B sales", "Negotiation", "Account management", "Forecasting", "Excel", "Public speaking"),
        ("English (native)", "German (B1)"), frozenset({"en", "de"}),
    ),
}  # fmt: skip


class Page:
    """A canvas that writes lines downwards in a column."""

    def __init__(self, fonts: tuple[str, str], size: tuple[float, float] = A4, body: float = 9.5) -> None:
        self._out = BytesIO()
        self.canvas = Canvas(self._out, pagesize=size)
        self.regular, self.bold = fonts
        self.width, self.height = size
        self.body, self.x, self.y, self.room = body, 50.0, size[1] - 55.0, size[0] - 100.0

    def column(self, x: float, y: float, room: float) -> None:
        """Goes on writing there."""
        self.x, self.y, self.room = x, y, room

    def line(self, text: str, *, bold: bool = False, size: float | None = None, indent: float = 0.0) -> None:
        """One paragraph, wrapped."""
        font, size = self.bold if bold else self.regular, size or self.body
        for part in simpleSplit(text, font, size, self.room - indent):
            if self.y < 50:
                self.canvas.showPage()
                self.y = self.height - 55
            self.canvas.setFont(font, size)
            self.canvas.drawString(self.x + indent, self.y, part)
            self.y -= 1.35 * size

    def sides(self, left: str, right: str, *, bold: bool = False) -> None:
        """Something at the left edge and something at the right edge of one line."""
        self.canvas.setFont(self.bold if bold else self.regular, self.body)
        self.canvas.drawString(self.x, self.y, left)
        self.canvas.setFont(self.regular, self.body)
        self.canvas.drawRightString(self.x + self.room, self.y, right)
        self.y -= 1.35 * self.body

    def head(self, text: str) -> None:
        """A heading."""
        self.y -= 8
        self.line(text, bold=True, size=self.body + 2.5)

    def save(self) -> bytes:
        """The file."""
        self.canvas.save()
        return self._out.getvalue()


SANS, SERIF, VERA = ("Helvetica", "Helvetica-Bold"), ("Times-Roman", "Times-Bold"), ("Vera", "VeraBd")


def one_column(who: Person) -> bytes:
    """Title and dates on a line, the company below; skills with commas."""
    page = Page(SERIF, body=10.5)
    page.line(who.name, bold=True, size=22)
    page.line(who.headline, size=12)
    page.line(f"{who.email} | {who.phone} | {who.place}")
    page.head(who.headings[0])
    page.line(who.profile)
    page.head(who.headings[1])
    for job in who.jobs:
        page.sides(job.title, job.dates, bold=True)
        page.sides(job.company, job.place)
        for said in job.lines:
            page.line(f"• {said}", indent=10)
    for number, lines in ((2, who.education), (3, (", ".join(who.skills),)), (4, (", ".join(who.languages),))):
        page.head(who.headings[number])
        for said in lines:
            page.line(said)
    return page.save()


def left_sidebar(who: Person) -> bytes:
    """A narrow column with contacts, skills and languages, white on dark; the name above the wide column."""
    page = Page(SANS)
    page.canvas.setFillColor(darkblue)
    page.canvas.rect(0, 0, 190, page.height, stroke=0, fill=1)
    page.canvas.setFillColor(white)
    page.column(25, page.height - 120, 150)
    for said in (who.email, who.phone, who.place):
        page.line(said, size=8.5)
    page.head(who.headings[3])
    for said in who.skills:
        page.line(said)
    page.head(who.headings[4])
    for said in who.languages:
        page.line(said)
    page.canvas.setFillColor(black)
    page.column(215, page.height - 60, 330)
    page.line(who.name, bold=True, size=24)
    page.line(who.headline, size=13)
    page.head(who.headings[0])
    page.line(who.profile)
    page.head(who.headings[1])
    for job in who.jobs:
        page.line(job.title, bold=True)
        page.line(f"{job.company} | {job.dates}")
        for said in job.lines:
            page.line(f"- {said}", indent=8)
    page.head(who.headings[2])
    for said in who.education:
        page.line(said)
    return page.save()


def right_sidebar(who: Person) -> bytes:
    """The name across the page; roles at the left, lists at the right, on the same base lines by chance."""
    page = Page(VERA, size=letter, body=8.5)
    page.line(who.name.upper(), bold=True, size=20)
    page.line(f"{who.headline}", size=11)
    page.line(f"{who.place}  •  {who.phone}  •  {who.email}")
    top = page.y - 10
    page.column(50, top, 320)
    page.head(who.headings[1])
    for job in who.jobs:
        page.line(f"{job.company}, {job.place}", bold=True)
        page.line(f"{job.title}, {job.dates}")
        for said in job.lines:
            page.line(f"• {said}", indent=6)
    page.head(who.headings[2])
    for said in who.education:
        page.line(said)
    page.column(410, top, 160)
    page.head(who.headings[3])
    for said in who.skills:
        page.line(f"• {said}")
    page.head(who.headings[4])
    for said in who.languages:
        page.line(f"• {said}")
    page.head(who.headings[0])
    page.line(who.profile)
    return page.save()


def dates_at_the_left(who: Person) -> bytes:
    """A table: dates in a narrow column, everything else beside them."""
    page = Page(SANS, body=10)
    page.line("Curriculum Vitae", size=12)
    page.line(who.name, bold=True, size=18)
    page.line(who.headline)
    page.line(who.place)
    page.line(f"{who.phone}   {who.email}")
    page.head(who.headings[1])
    for job in who.jobs:
        page.canvas.setFont(page.regular, page.body)
        page.canvas.drawString(50, page.y, job.dates)
        page.column(200, page.y, 340)
        page.line(f"{job.title}, {job.company}, {job.place}", bold=True)
        for said in job.lines:
            page.line(said)
        page.column(50, page.y, 495)
    for number, lines in ((2, who.education), (3, ("; ".join(who.skills),)), (4, who.languages)):
        page.head(who.headings[number])
        for said in lines:
            page.line(said)
    return page.save()


LAYOUTS: dict[str, Callable[[Person], bytes]] = {
    "one column": one_column,
    "left sidebar": left_sidebar,
    "right sidebar": right_sidebar,
    "dates at the left": dates_at_the_left,
}


def hiding(words: str, *, how: str) -> bytes:
    """A CV in which ``words`` are hidden."""
    who = PEOPLE["en"]
    page = Page(SANS)
    page.line(who.name, bold=True, size=22)
    page.line(who.email)
    page.head(who.headings[3])
    page.line(", ".join(who.skills))
    if how == "white":
        page.canvas.setFillColor(white)
        page.line(words)
    elif how == "tiny":
        page.line(words, size=1)
    elif how == "off the page":
        page.canvas.drawString(-4000, 300, words)
    elif how == "covered":
        page.line(words)
        page.canvas.setFillColor(white)
        page.canvas.rect(0, page.y + 8, page.width, 13, stroke=0, fill=1)
    elif how == "transparent":
        page.canvas.setFillAlpha(0)
        page.line(words)
    elif how == "invisible":
        text = page.canvas.beginText(50, 300)
        text.setFont(page.regular, 10)
        text.setTextRenderMode(3)
        text.textLine(words)
        page.canvas.drawText(text)
    return page.save()


def pages(count: int) -> bytes:
    """A PDF of so many pages with a line on each."""
    page = Page(SANS)
    for number in range(count):
        page.canvas.drawString(50, 500, f"Page of a long life, {number}")
        page.canvas.showPage()
    return page.save()


def picture_only() -> bytes:
    """A page that is drawn, not written."""
    page = Page(SANS)
    for step in range(40):
        page.canvas.rect(50, 700 - 12 * step, 300 - step, 6, fill=1)
    return page.save()


def locked() -> bytes:
    """A PDF that asks for a password."""
    out = BytesIO()
    canvas = Canvas(out, encrypt="secret")
    canvas.drawString(50, 500, "locked")
    canvas.save()
    return out.getvalue()
