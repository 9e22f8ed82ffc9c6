"""Letters that never lie: seeded lies caught, honest letters passed, milliseconds a letter.

    make bench ONLY=letters OPTIONS="[--quick] [--seed 7]"

Invented people of ten trades and ads for them are made from word lists; every letter of every language and tone must pass the checker
(bound: 0 refused), must use the person's facts (bound: 95 % name the newest employer), and take at most 20 ms in the median. Then one lie
is put into each of 1,000 honest letters: a skill, years, an employer, a degree or certificate, a language, a position or a lead over people
that the CV does not have. Half of the phrasings are such as the checker was written with (``near``); the other half (``far``) were written
without looking at its patterns. Bound: 99 % caught, of each half.
"""

# ruff: noqa: E501  # sentences in tables

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass

from rolecall.matching import Job, check_letter, write_letter
from rolecall.matching.cv.person import read_person
from rolecall.matching.letters.cover_letter import TONES, templates
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.models import Cv, Role

FIRST = [
    "Ada",
    "Bruno",
    "Carla",
    "Dario",
    "Elif",
    "Femke",
    "Goran",
    "Hana",
    "Ivo",
    "Jelena",
    "Kofi",
    "Lena",
    "Marek",
    "Noor",
    "Olaf",
    "Petra",
    "Quim",
    "Rosa",
    "Sven",
    "Tariq",
    "Uma",
    "Vera",
    "Wanda",
    "Yusuf",
    "Zora",
]
LAST = [
    "Achterberg",
    "Brandt",
    "Castell",
    "Dufour",
    "Eriksen",
    "Falk",
    "Grimaldi",
    "Hoekstra",
    "Ibarra",
    "Jansen",
    "Kowal",
    "Lindt",
    "Moreau",
    "Nowak",
    "Okafor",
    "Pereira",
    "Quist",
    "Rinaldi",
    "Sato",
]
EMPLOYERS = (
    "Elm Hospital", "Rye Logistics GmbH", "Quartz Harbor", "Bright Widgets Inc", "Café Morgenrot", "Pennine Fasteners Ltd", "Tin & Sons",
    "Brasserie du Menhir SA", "Klinikum Weserbogen", "Hotel Mirador", "Lumen Freight", "Castle Print", "Olive Street School", "Nordlicht AG",
)  # fmt: skip
TRADES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "data": ("Data Engineer", ("Python", "SQL", "Airflow", "dbt", "Kafka", "Snowflake"), ("Data Analyst", "ETL Developer")),
    "web": ("Frontend Developer", ("JavaScript", "TypeScript", "React", "CSS", "HTML"), ("Web Developer", "UI Developer")),
    "nurse": ("Registered Nurse", ("Patient care", "Wound care", "Triage", "BLS"), ("Staff Nurse", "Nursing Assistant")),
    "sales": (
        "Sales Manager",
        ("Negotiation", "Salesforce", "B2B sales", "Lead generation"),
        ("Account Executive", "Sales Representative"),
    ),
    "finance": ("Accountant", ("IFRS", "Excel", "DATEV", "Accounts payable"), ("Bookkeeper", "Junior Accountant")),
    "kitchen": ("Chef", ("HACCP", "Menu planning", "Food preparation"), ("Cook", "Line Cook")),
    "logistics": ("Warehouse Worker", ("Order picking", "Forklift", "Inventory management"), ("Forklift Operator", "Picker")),
    "school": ("Primary School Teacher", ("Lesson planning", "Classroom management"), ("Teaching Assistant", "Tutor")),
    "marketing": ("Digital Marketing Manager", ("SEO", "Google Analytics", "Content marketing"), ("Copywriter", "Marketing Assistant")),
    "electric": ("Electrician", ("Wiring", "Blueprint reading", "PLC"), ("Maintenance Technician", "Apprentice Electrician")),
}
LANGUAGES = ("English", "German", "French", "Spanish", "Polish", "Turkish", "Dutch", "Italian")
TEXTS = {
    "en": "We are looking for a person who is good with {skills}. You will work with our team and you have experience in this field.",
    "de": "Wir suchen für unser Team eine Person, die sich mit {skills} auskennt und die Freude an der Arbeit hat. Sie sind für die Qualität verantwortlich.",
    "fr": "Nous cherchons pour notre équipe une personne qui connaît {skills} et qui aime le travail bien fait dans une équipe de la région.",
    "es": "Buscamos para nuestro equipo una persona que conozca {skills} y que tenga ganas de trabajar en la empresa con nosotros y con los clientes.",
}

LIES: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    "skill": {
        "near": {
            "en": ("I have worked with {x} every day.", "I am proficient in {x}.", "My knowledge of {x} is deep."),
            "de": ("Ich habe täglich mit {x} gearbeitet.", "Ich bin versiert in {x}."),
            "fr": ("J'ai une solide maîtrise de {x}.", "Je travaille chaque jour avec {x}."),
            "es": ("Tengo amplios conocimientos de {x}.", "He trabajado a diario con {x}."),
        },
        "far": {
            "en": ("{x} is second nature to me.", "Colleagues come to me whenever {x} misbehaves.", "I could do {x} in my sleep.", "Ask anyone: nobody knows {x} like I do."),
            "de": ("{x} ist für mich längst Routine.", "Bei {x} macht mir so schnell niemand etwas vor."),
            "fr": ("{x} n'a plus de secret pour moi.", "On me sollicite souvent pour {x}."),
            "es": ("{x} no tiene secretos para mí.", "Todos me preguntan cuando se trata de {x}."),
        },
    },
    "years": {
        "near": {
            "en": ("I bring {n} years of experience.", "I have over {n} years in this field."),
            "de": ("Ich bringe {n} Jahre Erfahrung mit.",), "fr": ("J'ai {n} ans d'expérience.",), "es": ("Tengo {n} años de experiencia.",),
        },
        "far": {
            "en": ("For {w} years now this has been my daily bread.", "My {n}-year career speaks for itself.", "I have spent two decades perfecting my craft.",
                   "After more than a quarter of a century on the job, little surprises me.", "It has been {n}+ yrs and counting."),
            "de": ("Seit {n} Jahren ist das mein tägliches Brot.", "Nach zwei Jahrzehnten im Beruf überrascht mich wenig.", "Meine {n}-jährige Laufbahn spricht für sich."),
            "fr": ("Voilà {n} ans que je fais ce métier.", "Après deux décennies de métier, peu de choses me surprennent."),
            "es": ("Llevo {n} años dedicándome a esto.", "Tras más de dos décadas de oficio, pocas cosas me sorprenden."),
        },
    },
    "employer": {
        "near": {
            "en": ("Before that I worked at {x}.", "I spent several years with {x}."), "de": ("Davor war ich bei {x} tätig.",),
            "fr": ("Auparavant, j'ai travaillé chez {x}.",), "es": ("Antes trabajé en {x}.",),
        },
        "far": {
            "en": ("{x} trusted me with their largest accounts.", "During my time on the {x} payroll I learned a lot.", "You may know my work from {x}.", "Previously: {x}."),
            "de": ("Zuvor schenkte mir {x} das Vertrauen.", "Meine Handschrift kennt man auch von {x}."),
            "fr": ("La société {x} m'a fait confiance auparavant.", "On connaît mon travail grâce à {x}."),
            "es": ("La empresa {x} confió en mí anteriormente.", "Mi trabajo se conoce gracias a {x}."),
        },
    },
    "degree": {
        "near": {
            "en": ("I hold a PhD in the subject.", "I have a master's degree.", "I am a certified specialist."), "de": ("Ich habe einen Masterabschluss.", "Ich bin zertifiziert."),
            "fr": ("Je suis titulaire d'un doctorat.", "J'ai obtenu une certification."), "es": ("Tengo un máster en la materia.", "Cuento con un certificado oficial."),
        },
        "far": {
            "en": ("My doctoral work at university prepared me well.", "I graduated at the top of my class.", "Having completed my MBA, I think in numbers.",
                   "I passed the chartered examination with distinction.", "I majored in exactly this."),
            "de": ("Promoviert habe ich mit Bestnote.", "Mein Studium schloss ich mit Auszeichnung ab.", "Ein Staatsexamen habe ich ebenfalls."),
            "fr": ("Mes études de troisième cycle m'y ont préparé : un master.", "Je suis diplômé d'une grande école."),
            "es": ("Me licencié con honores: soy licenciado en la materia.", "Soy titulado universitario."),
        },
    },
    "language": {
        "near": {
            "en": ("I am fluent in {l}.",), "de": ("Ich spreche fließend {l}.",), "fr": ("Je parle couramment le {l}.",), "es": ("Hablo {l} con fluidez.",),
        },
        "far": {
            "en": ("I dream in {l}.", "Clients are surprised by my {l}.", "I grew up speaking {l} at home."), "de": ("Mit Kunden rede ich auch gern auf {l}.",),
            "fr": ("Mes clients apprécient mon {l}.",), "es": ("A los clientes les sorprende mi {l}.",),
        },
    },
    "people": {
        "near": {
            "en": ("I led a team of engineers.", "I managed a staff of many people."), "de": ("Ich habe ein Team geleitet.", "Ich hatte Personalverantwortung."),
            "fr": ("J'ai dirigé une équipe.",), "es": ("Dirigí un equipo de profesionales.",),
        },
        "far": {
            "en": ("A whole department reported to me.", "Several direct reports looked to me for guidance.", "People under me always knew where we were going.", "I ran a crew on the night shift."),
            "de": ("Mir waren mehrere Kollegen unterstellt.", "Als Vorgesetzter von vielen Mitarbeitern behielt ich die Ruhe."),
            "fr": ("Plusieurs personnes travaillaient sous ma responsabilité.", "J'ai encadré de nombreux collaborateurs."),
            "es": ("Tuve a varias personas a mi cargo.", "Fui responsable de todo un departamento."),
        },
    },
    "position": {
        "near": {
            "en": ("For a long time I worked as {p}.",), "de": ("Lange Zeit habe ich als {p} gearbeitet.",), "fr": ("J'ai longtemps travaillé comme {p}.",), "es": ("Durante mucho tiempo trabajé como {p}.",),
        },
        "far": {
            "en": ("My years in the {p} seat taught me patience.", "I was hired to be their {p}."), "de": ("Man holte mich einst, um {p} zu werden.",),
            "fr": ("On m'avait recruté pour être {p}.",), "es": ("Me contrataron para ser {p}.",),
        },
    },
}  # fmt: skip
STRANGERS = (
    "Google",
    "Siemens",
    "Northwind Traders",
    "Umbrella GmbH",
    "Volkswagen",
    "Deloitte",
    "St Mary Clinic",
    "IKEA",
    "BNP Paribas",
    "Telefónica",
    "McKinsey",
)
POSITIONS = (
    "Chief Financial Officer",
    "Registered Midwife",
    "Machine Learning Engineer",
    "Head Chef",
    "Tax Advisor",
    "Civil Engineer",
    "Flight Attendant",
)
TONGUES = {
    "en": ("Portuguese", "Russian", "Mandarin", "Arabic", "Norwegian", "Korean"), "de": ("Portugiesisch", "Russisch", "Arabisch", "Koreanisch"),
    "fr": ("portugais", "russe", "arabe", "japonais"), "es": ("portugués", "ruso", "árabe", "japonés"),
}  # fmt: skip
WORDS = {
    11: "eleven",
    12: "twelve",
    13: "thirteen",
    14: "fourteen",
    15: "fifteen",
    16: "sixteen",
    17: "seventeen",
    18: "eighteen",
    19: "nineteen",
    20: "twenty",
    25: "twenty-five",
}


@dataclass(frozen=True)
class Pair:
    """A person, a job and a language."""

    cv: Cv
    job: Job
    language: str


def pair(dice: random.Random) -> Pair:
    """An invented person and an ad, of the same trade or of another."""
    trade = dice.choice(list(TRADES))
    title, skills, earlier = TRADES[trade]
    employers, year = dice.sample(EMPLOYERS, 2), dice.randint(2017, 2022)
    own = dice.sample(skills, dice.randint(2, len(skills)))
    spoken = dice.sample(LANGUAGES, dice.randint(1, 3))
    roles = [
        Role(
            title=title,
            company=employers[0],
            start=f"{year}-0{dice.randint(1, 9)}",
            end=dice.choice([None, "2025-06"]),
            text=f"Daily work with {own[0]}",
        ),
        Role(title=dice.choice(earlier), company=employers[1], start=str(year - dice.randint(1, 3)), end=str(year)),
    ]
    name = f"{dice.choice(FIRST)} {dice.choice(LAST)}"
    cv = Cv(name=name, headline=title, email="x@example.com", skills=own, roles=roles, languages=spoken)
    wanted = TRADES[trade if dice.random() < 0.7 else dice.choice(list(TRADES))]
    language = dice.choice(list(TEXTS))
    text = TEXTS[language].format(skills=", ".join(wanted[1]))
    job = Job.of(
        {"id": "1", "title": wanted[0], "company": dice.choice(EMPLOYERS), "location": "Vienna", "description": text, "source": "x"}
    )
    return Pair(cv, job, language)


def lie(dice: random.Random, kind: str, style: str, one: Pair) -> str:
    """A sentence that the person's CV does not support."""
    person = read_person(one.cv)
    sentence = dice.choice(LIES[kind][style][one.language])
    implied = {name for had in person.skills for name in vocabulary().skills[had].implies}
    foreign = [
        skill
        for _, skills, _ in TRADES.values()
        for skill in skills
        if (name := vocabulary().named(skill)) and name not in person.skills and name not in implied
    ]
    years = dice.choice([number for number in WORDS if number > (person.years or 0) + 1])
    return sentence.format(
        x=dice.choice(STRANGERS) if kind == "employer" else dice.choice(foreign), n=years, w=WORDS[years], l=dice.choice(TONGUES[one.language]),
        p=dice.choice(POSITIONS),
    )  # fmt: skip


def inserted(letter: str, sentence: str, dice: random.Random) -> str:
    """The letter with the sentence at the beginning, in the middle or at the end of its body."""
    paragraphs = letter.split("\n\n")
    place = dice.randint(2, len(paragraphs) - 2)
    paragraphs[place] = f"{sentence} {paragraphs[place]}" if dice.random() < 0.3 else f"{paragraphs[place]} {sentence}"
    return "\n\n".join(paragraphs)


@dataclass
class Result:
    """What a run found."""

    refused: list[tuple[str, list[str]]]
    named: int
    letters: int
    median_ms: float
    caught: Counter[tuple[str, str]]
    told: Counter[tuple[str, str]]
    missed: list[str]

    def share(self, style: str) -> float:
        """Lies caught, of those of one style."""
        return sum(count for (_, had), count in self.caught.items() if had == style) / sum(
            count for (_, had), count in self.told.items() if had == style
        )


def run(count: int, seed: int) -> Result:
    """Writes ``count`` letters, checks them, and puts one lie into each."""
    dice = random.Random(seed)
    result, taken = Result([], 0, 0, 0.0, Counter(), Counter(), []), []
    for number in range(count):
        one = pair(dice)
        started = time.process_time()
        letter = write_letter(one.cv, one.job, language=one.language, tone=TONES[number % len(TONES)])
        taken.append((time.process_time() - started) * 1000)
        result.letters += 1
        problems = check_letter(letter, one.cv, one.job)
        if problems or not letter:
            result.refused.append((letter, problems))
            continue
        result.named += one.cv.roles[0].company in letter
        kind, style = list(LIES)[number % len(LIES)], ("near", "far")[number // len(LIES) % 2]
        sentence = lie(dice, kind, style, one)
        result.told[kind, style] += 1
        if check_letter(inserted(letter, sentence, dice), one.cv, one.job):
            result.caught[kind, style] += 1
        else:
            result.missed.append(f"{kind}/{style}/{one.language}: {sentence}")
    result.median_ms = statistics.median(taken)
    return result


def main() -> None:
    """Prints the table; exits 1 below a bound."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    assert set(templates()) == set(TEXTS)
    result = run(200 if options.quick else 1_000, options.seed)
    print(f"{'lies':12}{'near':>12}{'far':>12}")
    for kind in LIES:
        cells = [f"{result.caught[kind, style]}/{result.told[kind, style]}" for style in ("near", "far")]
        print(f"{kind:12}{cells[0]:>12}{cells[1]:>12}")
    print(f"{'all':12}{result.share('near'):>11.1%} {result.share('far'):>11.1%}   (bound 99 %)")
    print(
        f"honest letters refused: {len(result.refused)} of {result.letters} (bound 0); naming the employer: {result.named / result.letters:.1%} (bound 95 %)"
    )
    print(f"a letter, written and checked: {result.median_ms:.1f} ms of CPU in the median (bound 20 ms)")
    for missed in result.missed[:20]:
        print("missed:", missed)
    for letter, problems in result.refused[:3]:
        print("refused:", problems, letter)
    bad = (
        min(result.share("near"), result.share("far")) < 0.99
        or bool(result.refused)
        or result.named < 0.95 * result.letters
        or result.median_ms > 20
    )
    sys.exit(bad)


if __name__ == "__main__":
    main()
