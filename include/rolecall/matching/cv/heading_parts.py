"""What a part of a heading is: the words of a position, of a company, or of a place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rolecall.matching.skills import titles
from rolecall.matching.skills.lexicon import lexicon
from rolecall.text.places import CANADIAN_PROVINCES, US_STATES, country, is_city, remote_kind
from rolecall.text.places.gazetteer import cities
from rolecall.text.places.regions import regions
from rolecall.text.words import fold, listed, words

EMPLOYERS = listed(
    "gmbh ag kg ohg ug ev inc ltd llc llp plc corp corporation company co se sa sas sarl sl slu bv nv srl spa oy ab as aps lda group "
    "gruppe groupe grupo hospital klinik klinikum clinic krankenhaus hopital clinique university universitat universite universidad bank "
    "sparkasse school schule ecole escuela colegio institute institut agency agentur agence studio "
    "studios solutions technologies systems labs "
    "logistics consulting partners holding holdings foundation stiftung verein ministry council hotel restaurant trust society association "
    "industries services international stores markt apotheke pharmacy kindergarten pflegeheim works media ventures software airlines cafe "
    "limited private pvt consultancy enterprises infotech cabinet clinica gestoria residencia taller empresa banco "
    "ayuntamiento mairie lycee "
    "technology center centre academy college army navy municipality authority "
    "atelier societe agencia farmacia restaurante brasserie verlag praxis kanzlei stadtwerke pharmacie boulangerie"
)
POSITIONS = titles.GENERIC | listed(
    "senior junior head chief director principal staff intern internship trainee apprentice praktikant praktikantin werkstudent "
    "werkstudentin stagiaire becario becaria alternant freelance freelancer founder owner president vp cto ceo cfo coo nurse teacher "
    "driver cook chef clerk cashier nanny tutor scientist researcher designer architect programmer accountant lawyer physician "
    "pflegefachkraft krankenschwester verkaufer verkauferin lehrer lehrerin koch kochin fahrer kaufmann kauffrau sachbearbeiter "
    "sachbearbeiterin entwickler entwicklerin berater beraterin leiterin leitung infirmier infirmiere vendeur vendeuse enseignant "
    "enfermero enfermera vendedor vendedora profesor profesora jefe jefa gerente directeur directrice "
    "desarrollador desarrolladora developpeur developpeuse tecnico tecnica infirmier infirmiere enfermera auxiliar contable comptable "
    "administrativo administrativa comercial abogado abogada cocinero cocinera camarero camarera conductor maestro maestra medico medica "
    "serveur serveuse cuisinier cuisiniere chauffeur assistante conseiller conseillere secretaire avocat formateur formatrice chefe "
    "pflegerin arzt arztin anwalt friseur friseurin kellner kellnerin backer projektleiter abteilungsleiter softwareentwickler "
    "buyer bookseller teller barista server waiter waitress hostess bartender caregiver receptionist recruiter writer editor trainer "
    "educator instructor professor lecturer clinician therapist counselor auditor controller underwriter banker broker trader seller "
    "salesperson salesman foreman carpenter installer inspector supervisor housekeeper janitor driver pilot paralegal attorney pharmacist "
    "dentist dietitian surgeon paramedic firefighter sergeant captain lieutenant producer photographer videographer animator illustrator "
    "planner scheduler estimator surveyor machinist operator assembler packer picker stocker merchandiser stylist tailor hairdresser "
    "buchhalter buchhalterin assistentin elektriker elektrikerin mechaniker mechanikerin mechanic electrician plumber welder"
)
ENDINGS = ("ingenieur", "ingenieurin", "leiter", "leiterin", "berater", "beraterin", "entwickler", "entwicklerin", "manager", "managerin",
           "assistent", "assistentin", "pfleger", "pflegerin", "techniker", "technikerin", "meister", "fachkraft", "kraft")  # fmt: skip
LEGAL = listed("inc ltd limited pvt llc llp plc corp co gmbh ag kg ohg ug sa sas sarl sl srl bv nv spa oy pvt lda")
UNKNOWN = 60
"""Rarity, in tenths, of a word that is most likely a name."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of the CV and where it starts in the text."""

    text: str
    start: int


def is_place(text: str) -> bool:
    """``San Francisco, CA``, ``Berlin``, ``USA``, ``Remote``: only places, and ones we know."""
    pieces = [piece.strip(" .()") for piece in re.split(r"[,/]", text) if piece.strip(" .()")]
    regional = [
        bool(country(piece)) or piece in US_STATES or piece in CANADIAN_PROVINCES or bool(regions(piece) and not cities(piece))
        for piece in pieces
    ]
    known = [wide or bool(remote_kind(piece)) or _is_city(piece) for wide, piece in zip(regional, pieces, strict=True)]
    if len(known) > 1 and regional[-1] and len(pieces[0].split()) <= 3:
        return all(known) or not position_score(pieces[0]) or names_a_city(pieces[0])  # *Macon* is a bricklayer's trade too
    return bool(known) and all(known)


def names_a_city(piece: str) -> bool:
    """A name that is a city's before it is anything else's; for where something beside it says that a place is meant."""
    return any(city.primary for city in cities(piece))


def _is_city(piece: str) -> bool:
    """A city we know; one word that belongs to work as well (*Sales* is a town in Brazil) is none."""
    said = words(piece)
    if not any(city.listed for city in cities(piece)):
        return False  # *Google* is a name that Topeka once gave itself
    return is_city(piece) and not (len(said) == 1 and (lexicon().weight(said[0]) < UNKNOWN or said[0] in POSITIONS))


def position_score(part: str) -> int:
    """Above 0: the words of a position; below 0: of a company."""
    said = words(part)
    at_work = [any((word in POSITIONS, len(word) > 8 and word.endswith(ENDINGS))) for word in said]
    known = 2 * bool(titles.occupations().find(part)) + any(at_work)
    if any(word in LEGAL for word in said[1:]):
        return min(known, 1) - 3
    employer = any(word in EMPLOYERS for word in said)
    if employer and known and at_work and (at_work[-1] or at_work[0]):
        employer = False  # "Media Coordinator", "Manager Guest Services"
    return known - 2 * employer - bool("&" in part and not known)


def employer_of(text: str) -> str:
    """An employer without the place behind it: ``Elm Hospital - Leeds, West Yorkshire``, ``Elm Hospital, Leeds``."""
    said = text.strip(" -–—,|")
    bracket = re.search(r"\(([^()]{2,40})\)$", said)
    if bracket and (
        is_place(bracket[1]) or (position_score(said[: bracket.start()]) < 0 and not bracket[1].isupper() and _is_name_of_place(bracket[1]))
    ):
        said = said[: bracket.start()].rstrip()
    head, joint, tail = re.split(r"(\s[-–—]+\s|$)", said, maxsplit=1)
    if joint and head and (is_place(tail) or all(_is_name_of_place(part) for part in tail.split(","))):
        said = head
    while True:
        head, comma, tail = said.rpartition(",")
        if not comma or not head.strip() or not (is_place(tail) or _is_name_of_place(tail)) or fold(tail.strip(" .")) in LEGAL:
            return said.strip(" -–—,")
        said = head


def without_place(line: str) -> str:
    """``Elm Hospital - Leeds, West Yorkshire -`` without its end."""
    head, joint, tail = re.sub(r"(?<=\s)[-–—]\s*$", "", line).rstrip().rpartition(" - ")
    parts = tail.split(",")
    if joint and head.strip() and (is_place(tail) or (1 < len(parts) <= 3 and all(map(_is_name_of_place, parts)))):
        return head.strip()
    return line


def _is_name_of_place(text: str) -> bool:
    """One to three words with capitals that are neither of work nor of companies."""
    said = text.strip(" .()").split()
    return 1 <= len(said) <= 3 and all(
        word[:1].isupper()
        and word.replace("-", "").replace(".", "").isalpha()
        and fold(word) not in EMPLOYERS
        and fold(word) not in LEGAL
        and fold(word) not in POSITIONS
        and (len(word) > 3 or word.isupper())
        and lexicon().weight(fold(word)) >= UNKNOWN
        for word in said
    )


def commonness(part: str) -> float:
    """Below 1, above 0: words of work are more common than names are."""
    said = [word for word in words(part) if len(word) > 2]
    return sum(lexicon().weight(word) < UNKNOWN for word in said) / (len(said) + 1) if said else 0.0
