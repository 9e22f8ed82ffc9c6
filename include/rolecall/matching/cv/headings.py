"""The parts of a CV, told by their headings in eight languages."""

from __future__ import annotations

import re
from typing import Literal

from rolecall.matching.ads.languages import code_of
from rolecall.text.words import listed, words

Kind = Literal["top", "skills", "experience", "education", "languages", "summary", "other"]

STRONG: dict[Kind, frozenset[str]] = {
    "skills": listed(
        "skills skill competencies competences competencias competenze expertise "
        "technologies technology tools kenntnisse fahigkeiten kompetenzen "
        "habilidades aptitudes fachkenntnisse stack strengths starken proficiencies capabilities compétences vaardigheden abilita "
        "conocimientos conhecimentos umiejetnosci itkenntnisse edvkenntnisse software"
    ),
    "experience": listed(
        "experience experiences employment history career berufserfahrung werdegang berufspraxis praxiserfahrung experiencia experiencias "
        "esperienza esperienze werkervaring experiencias doswiadczenie berufstatigkeit positions parcours trayectoria erfahrung"
    ),
    "education": listed(
        "education training qualifications academic ausbildung studium bildung bildungsweg weiterbildung weiterbildungen schulbildung "
        "formation formations etudes diplome educacion formacion estudios diplomes certifications certificates certification licenses "
        "licences zertifikate zertifizierungen certificaciones istruzione formazione educacao formacao opleiding opleidingen onderwijs "
        "wyksztalcenie credentials degrees coursework"
    ),
    "languages": listed("languages language sprachen sprachkenntnisse fremdsprachen langues idiomas lingue linguas talen jezyki"),
    "summary": listed(
        "summary profile about objective profil zusammenfassung resume perfil resumen statement kurzprofil profilo sommario resumo "
        "samenvatting profiel introduction overview"
    ),
    "other": listed(
        "interests hobbies references projects project publications awards volunteering interessen referenzen projekte loisirs centres "
        "intereses referencias links achievements honors memberships activities publikationen ehrenamt proyectos projets benevolat "
        "interessi progetti contact kontakt contacto contatti references patents conferences"
    ),
}  # fmt: skip
WEAK = listed(
    "technical core key professional personal work working relevant selected additional other soft hard digital computer it edv main "
    "professionnel professionnelle professionnelles professionnels profesional profesionales laboral laborales beruflicher beruflich "
    "professionale professionali profissional "
    "akademische akademischer schulische technische technique techniques tecnicas tecnicos informatiques informatiche linguistiques "
    "linguistiche linguisticas interet interes me mich moi mi uber kurz areas fields industry"
)
FILLING = listed("and und et y of de the my or a d e my meine mes mis of in i en des")
NEVER_INLINE = frozenset({"experience"})
"""Kinds whose heading never has its content on the same line."""

BULLET = re.compile(r"^\s*(?:[-–•*·▪◦►✓‣●○■□➢➤§]|\d{1,2}[.)])\s+")
SPACED = re.compile(r"(?:\b\w ){3,}\w\b")


def heading(line: str, here: Kind) -> tuple[Kind, str] | None:
    """The part that a line opens, and what stands behind the colon: ``SKILLS``, ``Work Experience:``, ``Languages: English, German``.

    :param here: the part that the line stands in
    """
    plain = SPACED.sub(lambda spaced: spaced[0].replace(" ", ""), line.strip()) if SPACED.search(line) else line.strip()
    head, colon, rest = plain.partition(":")
    if not colon:
        head, _, rest = re.split(r"(\s{3,}|\t)", plain + "   ", maxsplit=1)
        colon = ":" if rest.strip() else ""
    rest = rest.strip()
    if BULLET.match(line) or len(head) > 45:
        return None
    said = [word for word in words(head) if word not in FILLING]
    if not said or len(said) > 4:
        return None
    kind = _kind(said)
    if kind is None or (rest and kind in NEVER_INLINE):
        return None
    if kind == "languages" and rest and code_of(rest) is None:
        return None  # "Languages: Python, Java" among the skills
    if rest and here not in ("top", "other") and kind == "other":
        return None
    return kind, rest


def _kind(said: list[str]) -> Kind | None:
    kinds = []
    for word in said:
        kind = next((kind for kind, known in STRONG.items() if word in known), None)
        if kind is None and word not in WEAK:
            return None
        if kind:
            kinds.append(kind)
    return kinds[0] if kinds else None
