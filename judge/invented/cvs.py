"""Invented people, their CVs in twenty-four layouts, four languages, and as text, Word file or PDF."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from io import BytesIO


@dataclass(frozen=True)
class Job:
    """A position as it is written, and as it should be read."""

    title: str
    company: str
    city: str
    start: str
    end: str | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """An invented person."""

    language: str
    name: str
    headline: str
    email: str
    phone: str
    place: str
    jobs: tuple[Job, ...]
    education: tuple[str, ...]
    skills: tuple[str, ...]
    languages: tuple[str, ...]


Layout = Callable[[Person], str]

HEADINGS = {
    "en": ("Profile", "Work Experience", "Education", "Skills", "Languages"),
    "de": ("Profil", "Berufserfahrung", "Ausbildung", "Kenntnisse", "Sprachen"),
    "fr": ("Profil", "Expérience professionnelle", "Formation", "Compétences", "Langues"),
    "es": ("Perfil", "Experiencia profesional", "Formación", "Habilidades", "Idiomas"),
}
UNUSUAL = {
    "en": ("About me", "Professional background", "Academic background", "Areas of expertise", "Language skills"),
    "de": ("Über mich", "Beruflicher Werdegang", "Akademischer Werdegang", "Kernkompetenzen", "Sprachkenntnisse"),
    "fr": ("À propos de moi", "Parcours professionnel", "Études et formations", "Compétences clés", "Langues"),
    "es": ("Sobre mí", "Trayectoria profesional", "Formación académica", "Conocimientos", "Idiomas"),
}
MONTHS = {
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    "de": ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
    "fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    "es": ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
}
NOW = {"en": "Present", "de": "heute", "fr": "aujourd'hui", "es": "actualidad"}
PROSE = {
    "en": "Careful worker who likes calm days, clear words and teams that finish what they begin.",
    "de": "Sorgfältige Arbeit, klare Worte und Freude an Aufgaben, die jemand zu Ende bringt.",
    "fr": "Goût du travail soigné, des mots simples et des équipes qui terminent ce qu'elles commencent.",
    "es": "Gusto por el trabajo cuidadoso, las palabras claras y los equipos que terminan lo que empiezan.",
}
LETTERS = {
    "en": (
        "Dear hiring team,",
        "I read about your open position and would like to join. I speak plainly and work with care.",
        "Kind regards",
    ),
    "de": (
        "Sehr geehrte Damen und Herren,",
        "Ihre Anzeige hat mich sofort angesprochen, und ich bringe alles mit.",
        "Mit freundlichen Grüßen",
    ),
    "fr": ("Madame, Monsieur,", "Votre annonce a retenu toute mon attention et je souhaite rejoindre votre équipe.", "Cordialement"),
    "es": ("Estimado equipo:", "He leído su anuncio con mucho interés y quisiera trabajar con ustedes.", "Atentamente"),
}

PEOPLE = (
    Person("en", "Harriet Penhallow", "Senior Payroll Officer", "h.penhallow@post.example", "+44 1632 960 144", "Leeds, United Kingdom",
        (Job("Senior Payroll Officer", "Quillfeather Ltd", "Leeds", "2014-03", None, ("Ran the monthly payroll for 900 people",
         "Answered tax questions")),
         Job("Payroll Clerk", "Mossbank Council", "York", "2009-06", "2014-02", ("Checked time sheets", "Kept records in order"))),
        ("BSc Accounting, University of Fernhollow, 2009",), ("Sage", "Excel", "Payroll", "Reporting"), ("English (native)",
         "French (B1)")),
    Person("en", "Tunde Abiola-Reyes", "Backend Developer", "tunde@abiola-reyes.example", "(555) 010-7788", "Austin, TX",
        (Job("Backend Developer", "Larkspur Systems Inc", "Austin", "2015-01", None, ("Built services in Go and Python",
         "Cut costs by a third")),
         Job("Software Engineer", "Copperline Labs", "Denver", "2011-09", "2014-12", ("Wrote tests first", "Moved data to PostgreSQL"))),
        ("BS Computer Science, Cedar Valley College, 2011",), ("Python", "Go", "PostgreSQL", "Docker"), ("English", "Spanish (C1)")),
    Person("en", "Mei-Ling Okafor", "Staff Nurse", "meiling.okafor@post.example", "+1 555 010 2299", "Toronto, Canada",
        (Job("Staff Nurse", "Elmgrove Hospital", "Toronto", "2013-05", None, ("Cared for patients after surgery",
         "Trained new colleagues")),
         Job("Nursing Assistant", "Willow Clinic", "Ottawa", "2010-02", "2013-04", ("Helped with meals", "Kept charts up to date"))),
        ("Bachelor of Nursing, Harbourfront University, 2010",), ("Wound care", "Triage", "Epic"), ("English", "Mandarin (native)")),
    Person("de", "Annelie Brückner", "Buchhalterin", "annelie.brueckner@post.example", "+49 421 555 0133", "28195 Bremen",
        (Job("Buchhalterin", "Weserlicht GmbH", "Bremen", "2012-04", None, ("Monatsabschlüsse nach HGB", "Prüfung der Belege")),
         Job("Sachbearbeiterin", "Kontor Moorweide AG", "Oldenburg", "2008-08", "2012-03", ("Pflege der Stammdaten", "Mahnwesen"))),
        ("Ausbildung zur Steuerfachangestellten, Berufsschule Nordufer, 2008",), ("DATEV", "Excel", "HGB"),
         ("Deutsch (Muttersprache)", "Englisch (B2)")),
    Person("de", "Jörg Ziegenhals", "Elektriker", "joerg@ziegenhals.example", "0351 555 0199", "Dresden, Deutschland",
        (Job("Elektriker", "Lichtwerk Elbaue GmbH", "Dresden", "2013-09", None, ("Montage von Schaltschränken", "Wartung vor Ort")),
         Job("Mechaniker", "Ziegelei Ottendorf KG", "Pirna", "2007-02", "2013-08", ("Reparatur der Pressen", "Schichtdienst"))),
        ("Ausbildung zum Elektriker, Handwerkskammer Elbland, 2006",), ("SPS", "Schaltpläne", "Schweißen"), ("Deutsch",
         "Tschechisch (B1)")),
    Person("de", "Dilara Yıldırım-Voss", "Softwareentwicklerin", "dilara.voss@post.example", "+49 30 555 01 77", "Berlin, Deutschland",
        (Job("Softwareentwicklerin", "Kranichfeld Software GmbH", "Berlin", "2015-02", None, ("Dienste in Kotlin",
         "Abbau alter Schnittstellen")),
         Job("Werkstudentin", "Institut Havelblick", "Potsdam", "2012-10", "2015-01", ("Auswertung von Messdaten",
          "Pflege der Webseiten"))),
        ("Bachelor Informatik, Hochschule Havelblick, 2014",), ("Kotlin", "Java", "PostgreSQL"), ("Deutsch", "Türkisch", "Englisch (C1)")),
    Person("fr", "Clémence Tréguier", "Comptable", "clemence.treguier@courriel.example", "+33 2 55 50 01 44", "Rennes, France",
        (Job("Comptable", "Brasserie du Goéland SA", "Rennes", "2013-01", None, ("Clôtures mensuelles", "Suivi de la trésorerie")),
         Job("Assistante comptable", "Cabinet Kerouanne", "Brest", "2009-09", "2012-12", ("Saisie des factures", "Relance des clients"))),
        ("Licence de comptabilité, Université des Embruns, 2009",), ("Sage", "Excel", "TVA"), ("Français", "Anglais (C1)")),
    Person("fr", "Baptiste Nouvian", "Développeur web", "baptiste@nouvian.example", "06 55 50 01 99", "Lyon, France",
        (Job("Développeur web", "Atelier Lumignon SARL", "Lyon", "2014-06", None, ("Sites en TypeScript", "Tests automatiques")),
         Job("Technicien support", "Groupe Palombière", "Grenoble", "2011-03", "2014-05", ("Aide aux utilisateurs", "Gestion du parc"))),
        ("BTS Informatique, Lycée des Alpilles, 2010",), ("TypeScript", "React", "Node.js"), ("Français", "Italien (B1)")),
    Person("fr", "Aïssatou Delmas", "Infirmière", "aissatou.delmas@courriel.example", "+33 6 55 50 01 12", "Toulouse, France",
        (Job("Infirmière", "Clinique des Tamaris", "Toulouse", "2012-10", None, ("Soins après opération", "Formation des stagiaires")),
         Job("Vendeuse", "Pharmacie Belcastel", "Albi", "2008-01", "2012-09", ("Conseil aux clients", "Tenue de la caisse"))),
        ("Diplôme d'infirmière, Institut Garonne, 2012",), ("Soins", "Triage", "Pansements"), ("Français", "Wolof", "Anglais (B2)")),
    Person("es", "Itziar Belmonte", "Contable", "itziar.belmonte@correo.example", "+34 655 501 144", "Valencia, España",
        (Job("Contable", "Naranjal del Turia SL", "Valencia", "2013-04", None, ("Cierres mensuales", "Control de facturas")),
         Job("Administrativa", "Gestoría Peñagolosa", "Castellón", "2009-02", "2013-03", ("Atención al cliente", "Archivo"))),
        ("Grado en Contabilidad, Universidad de la Albufera, 2009",), ("Excel", "SAP", "IVA"), ("Español (nativo)", "Inglés (B2)")),
    Person("es", "Gonzalo Urquiza", "Desarrollador de software", "gonzalo@urquiza.example", "+34 655 501 877", "Sevilla, España",
        (Job("Desarrollador de software", "Alameda Digital SA", "Sevilla", "2014-11", None, ("Servicios en Java", "Pruebas y despliegues")),
         Job("Técnico de sistemas", "Hospital Torreluna", "Cádiz", "2010-05", "2014-10", ("Redes y servidores", "Ayuda a usuarios"))),
        ("Ingeniería informática, Universidad del Guadalhorce, 2010",), ("Java", "Linux", "SQL"), ("Español", "Portugués (C1)")),
    Person("es", "Rocío Antúnez Maldonado", "Enfermera", "rocio.antunez@correo.example", "+34 655 501 233", "Bilbao, España",
        (Job("Enfermera", "Clínica Arratiola", "Bilbao", "2011-07", None, ("Cuidados intensivos", "Formación de nuevos compañeros")),
         Job("Auxiliar de enfermería", "Residencia Zumalabe", "Vitoria", "2007-03", "2011-06", ("Higiene y comidas", "Registro diario"))),
        ("Grado en Enfermería, Universidad de Zugarra, 2011",), ("Urgencias", "Curas", "Triaje"), ("Español", "Euskera (nativo)")),
)  # fmt: skip


def dates(job: Job, language: str, form: str = "month") -> str:
    """A period as people write it: ``month`` (March 2014 – Present), ``number`` (03/2014 - 02/2016), ``to`` (Mar 2014 to Jan 2015)."""

    def one(moment: str | None) -> str:
        if moment is None:
            return NOW[language]
        year, month = moment.split("-")
        return f"{month}/{year}" if form == "number" else f"{MONTHS[language][int(month) - 1]} {year}"

    joint = {"month": " – ", "number": " - ", "to": {"en": " to ", "de": " bis ", "fr": " à ", "es": " a "}[language]}[form]
    return f"{one(job.start)}{joint}{one(job.end)}"


def spaced(text: str) -> str:
    """``E X P E R I E N C E``."""
    return "   ".join(" ".join(word) for word in text.upper().split())


def _rest(who: Person, headings: tuple[str, ...], *, comma: bool = True) -> list[str]:
    skills = [", ".join(who.skills)] if comma else [f"• {skill}" for skill in who.skills]
    return ["", headings[2], *who.education, "", headings[3], *skills, "", headings[4], ", ".join(who.languages)]


def _contact(who: Person, joint: str = " | ") -> str:
    return joint.join((who.place, who.email, who.phone))


def _page(
    who: Person,
    top: list[str],
    role: Callable[[Job], list[str]],
    *,
    headings: Mapping[str, tuple[str, ...]] = HEADINGS,
    dress: Callable[[str], str] = str,
    bullets: str = "- ",
    profile: bool = True,
    rest_first: bool = False,
    comma: bool = True,
) -> str:
    said = tuple(dress(heading) for heading in headings[who.language])
    jobs = [line for job in who.jobs for line in (*role(job), *(f"{bullets}{line}" for line in job.lines), "")]
    about = ["", said[0], PROSE[who.language]] if profile else []
    rest = _rest(who, said, comma=comma)
    body = [*rest, "", said[1], *jobs] if rest_first else ["", said[1], *jobs, *rest]
    return "\n".join([*top, *about, *body]) + "\n"


def classic(who: Person) -> str:
    return _page(who, [who.name, who.headline, _contact(who)], lambda job: [f"{job.title}, {job.company}   {dates(job, who.language)}"])


def capitals(who: Person) -> str:
    top = [who.name.upper(), who.headline.upper(), _contact(who, " • ")]
    return _page(who, top, lambda job: [job.title, f"{job.company}, {job.city}", dates(job, who.language)], dress=str.upper)


def spaced_out(who: Person) -> str:
    return _page(who, [who.name, who.headline, _contact(who)],
                 lambda job: [job.title, f"{job.company} | {dates(job, who.language)}"], dress=spaced)  # fmt: skip


def title_dash_company_city(who: Person) -> str:
    return _page(who, [who.name, _contact(who), "", who.headline],
                 lambda job: [f"{job.title} — {job.company}, {job.city} ({dates(job, who.language)})"])  # fmt: skip


def company_first(who: Person) -> str:
    return _page(who, [f"{who.name} – {who.headline}", _contact(who)],
                 lambda job: [f"{job.company}, {job.city}", f"{job.title}   {dates(job, who.language, 'number')}"])  # fmt: skip


def dates_first(who: Person) -> str:
    return _page(who, [who.name, who.headline, who.place, who.phone, who.email],
                 lambda job: [f"{dates(job, who.language, 'number')}   {job.title}, {job.company}"])  # fmt: skip


def dates_above(who: Person) -> str:
    return _page(who, [who.name, who.headline, _contact(who)],
                 lambda job: [dates(job, who.language), job.title, f"{job.company}, {job.city}"])  # fmt: skip


def labels(who: Person) -> str:
    said = {"en": ("Name", "Address", "Phone", "E-mail"), "de": ("Name", "Anschrift", "Telefon", "E-Mail"),
            "fr": ("Nom", "Adresse", "Téléphone", "E-mail"), "es": ("Nombre", "Dirección", "Teléfono", "E-mail")}[who.language]  # fmt: skip
    top = [
        "Curriculum Vitae",
        "",
        f"{said[0]}: {who.name}",
        f"{said[1]}: {who.place}",
        f"{said[2]}: {who.phone}",
        f"{said[3]}: {who.email}",
        who.headline,
    ]
    return _page(who, top, lambda job: [f"{job.title}, {job.company}   {dates(job, who.language)}"], profile=False)


def form(who: Person) -> str:
    said = {"en": ("Company", "Designation", "Duration"), "de": ("Firma", "Position", "Zeitraum"),
            "fr": ("Entreprise", "Poste", "Période"), "es": ("Empresa", "Puesto", "Período")}[who.language]  # fmt: skip
    return _page(who, [who.name, who.headline, _contact(who)],
                 lambda job: [f"{said[0]}: {job.company}", f"{said[1]}: {job.title}",
                  f"{said[2]}: {dates(job, who.language)}"])  # fmt: skip


def at(who: Person) -> str:
    word = {"en": "at", "de": "bei", "fr": "chez", "es": "@"}[who.language]
    return _page(
        who, [who.name, who.headline, _contact(who)], lambda job: [f"{job.title} {word} {job.company}", dates(job, who.language, "to")]
    )


def unusual(who: Person) -> str:
    return _page(who, [who.name, who.headline, _contact(who)],
                 lambda job: [job.title, f"{job.company} – {job.city}", dates(job, who.language)], headings=UNUSUAL)  # fmt: skip


def letter_behind(who: Person) -> str:
    hello, said, bye = LETTERS[who.language]
    return classic(who) + "\n".join(["", hello, "", said, said, "", bye, "", who.name, ""])


def letter_before(who: Person) -> str:
    hello, said, bye = LETTERS[who.language]
    return "\n".join([hello, "", said, said, "", bye, "", ""]) + classic(who)


def markdown_like(who: Person) -> str:
    return _page(who, [who.name, "=" * len(who.name), who.headline, _contact(who)],
                 lambda job: [f"{job.title} | {job.company} | {dates(job, who.language)}"], bullets="* ")  # fmt: skip


def broken_lines(who: Person) -> str:
    return _page(who, [who.name, who.headline, who.email, who.phone, who.place],
                 lambda job: [job.title, *dates(job, who.language, "to").replace(" to ", "\nto\n").replace(" bis ",
                  "\nbis\n").split("\n"), job.company],
                 bullets="•\n")  # fmt: skip


def skills_first(who: Person) -> str:
    return _page(who, [who.name, who.headline, _contact(who)],
                 lambda job: [f"{job.title}, {job.company}, {job.city}", dates(job, who.language)], rest_first=True,
                  comma=False)  # fmt: skip


def contact_first(who: Person) -> str:
    return _page(who, [_contact(who), who.name, who.headline], lambda job: [job.title, job.company, dates(job, who.language)])


def resume_of(who: Person) -> str:
    word = {"en": "Resume of", "de": "Lebenslauf von", "fr": "CV de", "es": "CV de"}[who.language]
    return _page(who, [f"{word} {who.name}", who.headline, _contact(who, "   ")],
                 lambda job: [f"{job.title}   {dates(job, who.language)}", f"{job.company}   {job.city}"])  # fmt: skip


def one_line_top(who: Person) -> str:
    return _page(who, [f"{who.name} | {who.headline} | {who.email}", f"{who.place} | {who.phone}"],
                 lambda job: [f"{job.company} – {job.title}", dates(job, who.language, "number")], bullets="• ")  # fmt: skip


def no_profile(who: Person) -> str:
    return _page(who, ["", "", who.name, "", who.headline, "", _contact(who, ", ")],
                 lambda job: ["", job.title, "", f"{job.company} -  {job.city}", "", dates(job, who.language, "to"), ""],
                  profile=False)  # fmt: skip


def technologies(who: Person) -> str:
    word = {"en": "Technologies", "de": "Software", "fr": "Technologies", "es": "Software"}[who.language]
    return _page(who, [who.name, who.headline, _contact(who)],
                 lambda job: [f"{job.title}, {job.company}   {dates(job, who.language)}",
                  f"{word}: {', '.join(who.skills[:2])}"])  # fmt: skip


def underlined(who: Person) -> str:
    return _page(who, [who.name, who.headline, _contact(who)],
                 lambda job: [f"{job.company}   {dates(job, who.language, 'number')}", job.title],
                  dress=lambda said: f"{said}:")  # fmt: skip


def personal_details(who: Person) -> str:
    said = {"en": "Personal details", "de": "Persönliche Daten", "fr": "Informations personnelles", "es": "Datos personales"}[who.language]
    return _page(who, [who.name, who.headline, "", said, f"E-Mail: {who.email}", f"Tel: {who.phone}", who.place],
                 lambda job: [f"{job.title}, {job.company}   {dates(job, who.language)}"])  # fmt: skip


def brackets(who: Person) -> str:
    return _page(who, [who.name, who.headline, _contact(who)],
                 lambda job: [f"{job.title} ({dates(job, who.language)})", f"{job.company} ({job.city})"])  # fmt: skip


LAYOUTS: tuple[Layout, ...] = (
    classic, capitals, spaced_out, title_dash_company_city, company_first, dates_first, dates_above, labels, form, at, unusual,
     letter_behind,
    letter_before, markdown_like, broken_lines, skills_first, contact_first, resume_of, one_line_top, no_profile, technologies, underlined,
    personal_details, brackets,
)  # fmt: skip


def made(*, files: bool = True) -> Iterator[tuple[Person, Layout, bytes, str]]:
    """Every layout of every person: (who, layout, content, file name); with ``files`` some as Word file or PDF as well."""
    for number, layout in enumerate(LAYOUTS):
        for place, who in enumerate(PEOPLE):
            text = layout(who)
            yield who, layout, text.encode(), "cv.txt"
            if files and (number + place) % 12 == 0 and layout is not broken_lines:
                yield who, layout, as_docx(text), "cv.docx"
            if files and (number + place) % 12 == 5 and layout is not broken_lines:
                yield who, layout, as_pdf(text, who), "cv.pdf"


def as_docx(text: str) -> bytes:
    """A Word file with a paragraph for each line."""
    kept = "".join(
        f'<w:p><w:r>{"<w:tab/>".join(f"""<w:t xml:space="preserve">{escape(part)}</w:t>""" for part in line.split("   "))}</w:r></w:p>'
        for line in text.split("\n")
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{kept}</w:body></w:document>")
    return out.getvalue()


def as_pdf(text: str, who: Person) -> bytes:
    """A PDF: the line with the name in large letters, what is set apart at the right edge."""
    from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
    from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    y = A4[1] - 60
    for line in text.split("\n"):
        size = 20 if who.name.casefold() in line.casefold() and y > A4[1] - 120 else 10
        left, *right = line.split("   ", 1) if len(line.replace(" ", "")) * 2 != len(line.replace("   ", " ")) + 1 else [line]
        canvas.setFont("Helvetica-Bold" if size > 10 else "Helvetica", size)
        canvas.drawString(50, y, left.replace("—", "–"))
        if right:
            canvas.drawString(A4[0] - 50 - pdfmetrics.stringWidth(right[0], "Helvetica", size), y, right[0])
        y -= 1.5 * size
        if y < 60:
            canvas.showPage()
            y = A4[1] - 60
    canvas.save()
    return out.getvalue()
