"""A sentence about its writer passes only where one part of the CV carries all of it; in four languages."""

from __future__ import annotations

import time

import pytest

from rolecall.matching import read_cv
from rolecall.matching.ads.job import Job
from rolecall.matching.cv.person import Person, read_person
from rolecall.matching.letters.claims import NOT_FOUND, CvWords, marked_sentences, unsupported

JOB = Job(id="any", title="", company="", description="You need somebody to plan the transport of glass.")
CVS = {
    "en": """Petra Lindqvist, Hull
EXPERIENCE
Kennel Manager, Farrow Boarding, Hull, March 2019 - present
- Plans the rota and orders feed for 60 dogs
- Cut feed costs by 7% in 2022
- Assisted with the move to online booking
Kennel Assistant, Dunmore Rescue, Beverley, May 2015 - February 2019
- Walked and washed up to 12 dogs a day, and fed 4 litters
- Wrote adoption notices
EDUCATION
Level 2 Diploma in Animal Care, Bishop Burton College, 2015
Foundation degree in Animal Behaviour, Hull College, in progress
SKILLS
Excel (basic), dog first aid
LANGUAGES
English, Swedish (B1)
""",
    "de": """Katrin Vollmer
Bremen

Berufserfahrung
03/2019 – heute
Disponentin, Nordfracht Logistik GmbH, Bremen
- Disposition von täglich 40 Sendungen im Stückgutverkehr
- Verhandlung von Frachtraten mit Frachtführern, Kosten um 6 % gesenkt
- Einführung von CargoSoft mitbegleitet

08/2016 – 02/2019
Sachbearbeiterin Zoll, Hanse Kontor KG, Hamburg
- Zollanmeldungen über ATLAS für Einfuhren aus China und der Türkei

Ausbildung
2013 – 2016 Ausbildung zur Kauffrau für Spedition und Logistikdienstleistung, Hanse Kontor KG

Sprachen
Deutsch (Muttersprache), Englisch (B2), Türkisch (A2)
""",
    "fr": """Mehdi Roussel
Lille

Parcours
2021 – aujourd'hui : Chef de partie (poissons), Le Beffroi, Lille
Préparation de 90 couverts par service
Gestion des commandes de poisson, pertes réduites de 8 %

2016 – 2021 : Commis de cuisine puis cuisinier, Brasserie du Port, Dunkerque
Réception et rangement des marchandises
Aide à l'inventaire mensuel

Formation
2016 CAP Cuisine, CFA de Dunkerque

Langues : français, arabe (courant), anglais (A2)
""",
    "es": """Lucía Ferrer Navas
Valencia

Experiencia profesional
2019 – actualidad Enfermera de urgencias, Hospital del Turia, Valencia
- Triaje y atención de unos 50 pacientes por turno
- Participación en la renovación del protocolo de sepsis

2015 – 2019 Enfermera de planta, Clínica San Roque, Castellón
- Administración de medicación y curas

Formación
2015 Grado en Enfermería, Universidad Jaume I, Castellón

Idiomas: español (nativo), inglés (B1)
""",
}
PAIRS = [
    ("en", "verb", "I negotiated with the feed dealers.", "I order the feed."),
    ("en", "number of another part", "I fed 12 litters.", "I fed 4 litters."),
    ("en", "role raised", "I led the move to online booking.", "I helped with the move to online booking."),
    ("en", "another role", "At Farrow Boarding I wrote adoption notices.", "At Dunmore Rescue I wrote adoption notices."),
    ("en", "duration", "I was a kennel assistant for six years.", "I was a kennel assistant for almost four years."),
    (
        "en",
        "unfinished",
        "I have completed a foundation degree in animal behaviour.",
        "I am studying for a foundation degree in animal behaviour.",
    ),
    ("en", "quantity", "No dog of mine was ever ill.", "I washed up to 12 dogs a day."),
    ("en", "level", "My Excel is advanced.", "My Excel is basic."),
    ("en", "employer of a thing", "I planned the rota of a zoo.", "I plan the rota."),
    ("en", "about nobody", "Feed costs fell by 17% in 2022.", "I cut feed costs by 7% in 2022."),
    ("de", "role raised", "Ich habe die Einführung von CargoSoft geleitet.", "Die Einführung von CargoSoft habe ich mitbegleitet."),
    ("de", "number", "Ich habe die Kosten um 16 Prozent gesenkt.", "Ich habe Frachtraten verhandelt und die Kosten um 6 Prozent gesenkt."),
    ("de", "place", "Ich habe Zollanmeldungen für Einfuhren aus Indien erstellt.", "Ich habe Zollanmeldungen über ATLAS erstellt."),
    ("fr", "role raised", "Je suis chef de cuisine au Beffroi depuis 2021.", "Je suis chef de partie au Beffroi depuis 2021."),
    ("fr", "thing", "J'ai fait du pain et des viennoiseries.", "Je recevais et rangeais les marchandises."),
    ("es", "role raised", "Dirigí la renovación del protocolo de sepsis.", "Participé en la renovación del protocolo de sepsis."),
    ("es", "thing", "Asistí en partos y cuidé a recién nacidos.", "Administré medicación e hice curas."),
]
NOTHING = [
    ("en", "I would be glad to tell you more in an interview."),
    ("en", "You need somebody to plan the transport of glass; I plan the rota."),
    ("de", "Über eine Einladung zu einem Gespräch freue ich mich sehr."),
    ("fr", "Votre carte de saison me donne envie de cuisiner chez vous."),
    ("es", "Me gustaría mucho formar parte de su equipo."),
]


@pytest.fixture(scope="module")
def people() -> dict[str, tuple[Person, CvWords]]:
    found = {}
    for language, text in CVS.items():
        person = read_person(read_cv(text.encode()))
        found[language] = (person, CvWords(person))
    return found


@pytest.mark.parametrize(("language", "kind", "lie", "honest"), PAIRS, ids=[f"{one[0]} {one[1]}" for one in PAIRS])
def test_what_no_part_carries_together_is_named(
    people: dict[str, tuple[Person, CvWords]], language: str, kind: str, lie: str, honest: str
) -> None:
    person, known = people[language]
    assert unsupported(lie, person, JOB, cv=known), (kind, lie)
    assert unsupported(honest, person, JOB, cv=known) == [], (kind, honest)


@pytest.mark.parametrize(("language", "sentence"), NOTHING)
def test_wishes_courtesy_and_the_ad_claim_nothing(people: dict[str, tuple[Person, CvWords]], language: str, sentence: str) -> None:
    person, known = people[language]
    assert unsupported(sentence, person, JOB, cv=known) == []


def test_a_sentence_without_an_end_is_not_believed_and_costs_little(people: dict[str, tuple[Person, CvWords]]) -> None:
    person, known = people["en"]
    before = time.process_time()
    assert unsupported("I fed 4 litters of 60 dogs and " * 300, person, JOB, cv=known)
    assert time.process_time() - before < 5


def test_a_sentence_has_one_kind_of_mark_and_one_only_where_the_cv_denies_it(people: dict[str, tuple[Person, CvWords]]) -> None:
    person, _ = people["en"]
    letter = "I order the feed. I negotiated with the feed dealers.\n\nI hold a PhD and negotiated with the feed dealers. I hold a PhD."
    marked = marked_sentences(letter, person, JOB)
    assert [(one.sentence, bool(one.denied), bool(one.missing)) for one in marked] == [
        ("I negotiated with the feed dealers.", False, True),
        ("I hold a PhD and negotiated with the feed dealers.", True, False),
        ("I hold a PhD.", True, False),
    ]
    assert [claim for claim in unsupported(letter, person, JOB) if claim.startswith(NOT_FOUND)], "and nothing is left to one of them alone"
