"""The parts of a CV, told by their headings in eight languages."""

from __future__ import annotations

import re
from typing import Literal

from rolecall.matching.ads.languages import code_of
from rolecall.text.words import listed, words

Kind = Literal["top", "skills", "experience", "education", "languages", "summary", "other"]

HARD: dict[Kind, frozenset[str]] = {
    "skills": listed(
        "skills skill skillset skillsets competencies competency competences competencias competenze expertise "
        "technologies technology tools kenntnisse fahigkeiten faehigkeiten kompetenzen kernkompetenzen qualifikationen "
        "habilidades aptitudes fachkenntnisse stack strengths starken proficiencies proficiency capabilities competences "
        "vaardigheden abilita "
        "conocimientos conhecimentos umiejetnosci itkenntnisse edvkenntnisse software"
    ),
    "experience": listed(
        "experience experiences employment berufserfahrung berufserfahrungen arbeitserfahrung werdegang berufspraxis praxiserfahrung "
        "experiencia experiencias erfahrungen laufbahn esperienza esperienze werkervaring doswiadczenie berufstatigkeit positions parcours "
        "trayectoria erfahrung internships praktika emplois empleos exposure assignments appointments worked"
    ),
    "education": listed(
        "education educational training trainings academic academics academia scholastic ausbildung studium bildung "
        "bildungsweg weiterbildung "
        "weiterbildungen schulbildung akademischer akademische schulischer schulische hochschulbildung formation formations etudes diplome "
        "educacion formacion estudios diplomes certifications certificates certification licenses license licences zertifikate "
        "zertifizierungen certificaciones istruzione formazione educacao formacao opleiding opleidingen onderwijs "
        "wyksztalcenie credentials "
        "degrees coursework licensure studied"
    ),
    "languages": listed("languages language sprachen sprachkenntnisse fremdsprachen langues idiomas lingue linguas talen jezyki"),
    "summary": frozenset(),
    "other": listed(
        "interests hobbies references projects project publications awards award volunteering volunteer interessen referenzen "
        "projekte loisirs "
        "centres intereses referencias links achievements achievement honors honours memberships activities publikationen "
        "ehrenamt proyectos "
        "projets benevolat interessi progetti contact kontakt contacto contatti patents conferences accomplishments affiliations "
        "declaration workshops kontaktdaten coordonnees anschreiben bewerbungsschreiben "
        "talks presentations lectures grants referees reference "
        "memberships membership extracurricular"
    ),
}
"""Words that tell the part whatever stands beside them, the first of them that a heading has."""

SOFT: dict[Kind, frozenset[str]] = {
    "skills": listed("highlights"),
    "experience": listed(
        "background history career employer employers company companies firm firms organization organisation stationen tatigkeiten"
    ),
    "summary": listed(
        "summary profile about objective objectives profil zusammenfassung resume perfil resumen statement kurzprofil profilo "
        "sommario resumo "
        "samenvatting profiel introduction overview focus"
    ),
    "education": listed("qualifications qualification"),
    "other": listed("information informations details data daten datos"),
}
"""Words that tell the part where no other does: ``Professional background``, but ``Educational background``."""
BEFORE: tuple[Kind, ...] = ("summary", "education", "skills", "experience", "other")
"""Which of the soft words of a heading counts: ``Career overview`` is a summary, ``Company details`` are jobs."""

WEAK = listed(
    "technical core key professional personal personliche work working relevant selected additional other soft hard digital "
    "computer it edv "
    "main executive areas fields industry military teaching clinical internship leadership related previous prior recent full part time "
    "business general special specific management employee set sets professionnel professionnelle professionnelles "
    "professionnels profesional "
    "profesionales laboral laborales beruflicher beruflich berufliche beruflichen personales personnelles personnelle "
    "professionale professionali profissional technische technique techniques tecnicas tecnicos informatiques informatiche linguistiques "
    "linguistiche linguisticas interet interes me mich moi mi uber kurz board invited where what"
)
ALL = WEAK.union(*HARD.values(), *SOFT.values())
FILLING = listed("and und et y of de the my or a d e my meine mes mis of in i en des for ve have")
ACADEMIC = listed("academic academics academia")
"""They tell the part only where nothing else does: ``Academic appointments`` are jobs."""
OF_THE_PERSON = WEAK | listed(
    "contact kontakt contacto contatti kontaktdaten coordonnees information informations details data daten datos"
)
"""Words of headings above who it is: ``Personal information``."""
APPLIED_FOR = re.compile(
    r"(?i)^(?:(?:job|position|post) applied for|(?:desired|preferred) (?:job|position|role)|occupational field|angestrebte "
    r"(?:stelle|position|tätigkeit)|emploi recherché|poste (?:visé|recherché)|puesto (?:solicitado|deseado))\s*:?\s*(?P<said>.*)$"
)
OF_A_ROLE = listed("technologies technology tools software stack project projects company firm employer organization organisation")
"""Words that also label a line of a role: ``Technologies: Java, Spring``."""

TITLES_OF_PAGES = re.compile(
    r"(?i)^(?:curriculum\s+vitae|lebenslauf|résumé|resume|c\.?v\.?|hoja de vida|currículum(?:\s+v[ií]tae)?|bewerbung|biodata"
    r"|bio-data)\s*:?$"
)
BULLET = re.compile(r"^\s*(?:[-–•*·▪◦►✓‣●○■□➢➤§]|\d{1,2}[.)])\s+")
SPACED = re.compile(r"^\W{0,3}(?:[^\W\d_&]{1,2}|&)(?: {1,8}(?:[^\W\d_&]{1,2}|&)){4,60}\W{0,3}$")
"""Letters set apart: ``E D U C AT I O N``."""

LETTER = re.compile(
    r"^(?:dear\s+(?!diary)\w|to whom it may concern|sehr geehrte|liebe[rs]? \w+|madame,? monsieur|chère? \w+|estimad[oa]s?\b|a "
    r"quien corresponda"
    r"|(?:cover(?:ing)? letter|anschreiben|motivationsschreiben|lettre de motivation|carta de presentación)\s*:?$)",
    re.I,
)
CLOSING = re.compile(
    r"^(?:(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|(?:best|kind|warm) regards|regards|mit (?:freundlichen|besten) "
    r"grüßen|freundliche grüße"
    r"|cordialement|bien cordialement|atentamente|un (?:cordial )?saludo)\W{0,3}$",
    re.I,
)


def heading(line: str, here: Kind) -> tuple[Kind, str] | None:
    """The part that a line opens, and what stands behind the colon: ``SKILLS``, ``Work Experience:``, ``Languages: English, German``.

    :param here: the part that the line stands in
    """
    plain = unspaced(line)
    if BULLET.match(line) or len(plain) > 400:
        return None
    head, colon, rest = plain.partition(":")
    if not colon:
        head, _, rest = re.split(r"(\s{3,}|\t)", plain + "   ", maxsplit=1)
    rest = rest.strip()
    if len(head) > 45 or head.endswith((".", ",")):
        return None
    said = [word for word in _known(head) if word not in FILLING]
    if not said or len(said) > 4:
        return None
    kind = _kind(said, here)
    if kind is None or (rest and kind == "experience"):
        return None
    if kind == "languages" and rest and code_of(rest) is None:
        return None  # "Languages: Python, Java" among the skills
    if rest and here not in ("top", "other") and kind == "other":
        return None
    if here == "experience" and ((colon and kind in ("summary", "other")) or (kind == "summary" and not OF_A_ROLE.isdisjoint(said))):
        return None  # "Company profile", "Achievements:" within a role
    return kind, rest


def is_of_the_person(line: str) -> bool:
    """Whether a heading has nothing but words that stand above who somebody is: ``Persönliche Daten``."""
    said = words(line.partition(":")[0])
    return bool(said) and all(word in OF_THE_PERSON or word in FILLING for word in said)


def names_projects(line: str) -> bool:
    """Whether a heading is of projects."""
    return not listed("project projects projekte").isdisjoint(words(line))


def is_of_a_role(line: str) -> bool:
    """Whether a heading may as well label a line of a role, see :data:`OF_A_ROLE`."""
    return not OF_A_ROLE.isdisjoint(words(line.partition(":")[0]))


def unspaced(line: str) -> str:
    """The line without what sets its letters apart; words are told by wider gaps, where there are any."""
    said = line.strip()
    if not SPACED.match(said) or len(said.replace(" ", "")) < 5:
        return said
    return " ".join(part.replace(" ", "") for part in re.split(r" {2,}", said))


def is_heading_word(word: str) -> bool:
    """Whether a folded word is one of those that headings are made of."""
    return word in ALL


def _known(head: str) -> list[str]:
    """The folded words of a heading; of two that stand together without a space both, where both are known."""
    said: list[str] = []
    for word in words(head):
        if word in ALL or word in FILLING or len(word) > 45:
            said.append(word)
            continue
        cut = next((place for place in range(2, len(word) - 1) if word[:place] in ALL and word[place:] in ALL), 0)
        said += [word[:cut], word[cut:]] if cut else [word]
    return said


def _kind(said: list[str], here: Kind) -> Kind | None:
    if any(word not in ALL for word in said):
        return None
    hard = next((kind for word in sorted(said, key=ACADEMIC.__contains__) for kind, known in HARD.items() if word in known), None)
    if hard is not None:
        return hard
    soft = {kind: word for kind in BEFORE for word in said if word in SOFT.get(kind, ())}
    kind = next((kind for kind in BEFORE if kind in soft), None)
    if kind == "education" and (here in ("top", "summary") or not listed("core key summary professional").isdisjoint(said)):
        return "skills"  # in front of the jobs qualifications are what somebody can do
    if kind == "skills" and here == "experience":
        return None
    if kind == "experience" and said in (["company"], ["firm"], ["employer"], ["organization"], ["organisation"]):
        return None
    return kind
