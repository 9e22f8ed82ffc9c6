"""The text of an invented person's CV, from the facts alone."""

from __future__ import annotations

import random
from typing import Any

from bench.cvset.facts import LANGUAGES, Family, Person, Split, Trade, trades
from bench.cvset.wording import LEVEL_WORDS, listed, phrase, phrases, sentence

FIRST = [
    "Ada",
    "Bram",
    "Chidi",
    "Daria",
    "Elif",
    "Femi",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kemal",
    "Lina",
    "Marek",
    "Noor",
    "Oskar",
    "Pilar",
    "Quirin",
    "Rosa",
    "Sami",
    "Tove",
    "Uma",
    "Vito",
    "Wanda",
    "Yara",
    "Zeno",
]
LAST = [
    "Abelmann",
    "Brisk",
    "Castellon",
    "Dovrin",
    "Ekholt",
    "Farrow",
    "Galdiano",
    "Hestrup",
    "Ilvonen",
    "Jarrick",
    "Kestler",
    "Lomax",
    "Mirabel",
    "Nordane",
    "Okello",
    "Pelham",
]
CITIES = ("Leeds", "Berlin", "Lyon", "Valencia", "Dublin", "Hamburg", "Bristol", "Lille", "Rotterdam", "Graz")
FIRMS = (
    "Halden & Rowe",
    "Bluegate",
    "Nordwerk",
    "Orchard Lane",
    "Kestrel Group",
    "Sankt Viktor",
    "Maison Tilleul",
    "Tramway Nine",
    "Pine & Partners",
    "Corvina",
)
SUMMARIES = (
    "{years_text}{title} who enjoys calm, careful work. Known for {a}.",
    "I like places where people help each other. Colleagues come to me for {a}.",
    "{title} with a practical mind. Recent focus: {a}.",
    "Looking for a team with room to learn. Strong in {a}.",
)
DUTIES = ("Responsible for {x}", "{x}", "Daily work: {x}", "Took over {x} for the team", "Improved how we did {x}", "Trusted with {x}")
HOBBIES = (
    "choir and hiking",
    "chess, baking bread",
    "amateur theatre",
    "running a youth football team",
    "repairing old radios",
    "gardening",
)


def cv(person: Person, split: Split, seed: int) -> dict[str, Any]:
    """A record for ``rolecall.models.Cv``; what a style leaves out is left out of the fields too, ``text`` always holds the whole CV."""
    rng = random.Random(f"cv {person.id} {seed}")
    trade = trades()[person.trade]
    family = next(one for one in trade.families if one.name == person.family)
    number = int(person.id[-3:]) + (200 if split == "test" else 0)  # 25 and 16 share no factor: 400 different names
    name = f"{FIRST[number % 25]} {LAST[number % 16]}"
    said = phrases(person.skills, split, trade, rng)
    split_at = rng.randint(1, len(said) - 1)
    as_list = rng.random() < 0.55
    roles = _roles(person, family, said, split_at if as_list else 0, split, trade, rng)
    education = [phrase(trade.credential, split, trade, rng)] if person.credential else []
    education.append(
        rng.choice(("Secondary school certificate", "Vocational college", "Evening courses, first aid", "School leaving diploma"))
    )
    languages = _languages(person, rng)
    record: dict[str, Any] = {
        "id": person.id,
        "name": name,
        "email": f"{name.lower().replace(' ', '.')}@mail.example",
        "headline": roles[0]["title"] if rng.random() < 0.6 else "",
        "location": rng.choice(CITIES),
        "skills": said[:split_at] if as_list else [],
        "roles": roles,
        "education": education,
        "languages": languages,
        "summary": _summary(person, roles[0]["title"], said, rng),
    }
    record["text"] = _text(record, person, rng)
    return record


def _summary(person: Person, title: str, said: list[str], rng: random.Random) -> str:
    if rng.random() < 0.3:
        return ""
    years = f"{person.years} years in the job. " if person.years > 1 and rng.random() < 0.5 else ""
    return rng.choice(SUMMARIES).format(years_text=years, title=title, a=rng.choice(said))


def _roles(
    person: Person, family: Family, said: list[str], listed_only: int, split: Split, trade: Trade, rng: random.Random
) -> list[dict[str, Any]]:
    """Newest first; their months add up to the person's years, and an old spell elsewhere comes last."""
    end, months = 2026 * 12 + 4, max(person.years * 12, 5)
    spans = [months] if months < 48 or rng.random() < 0.2 else [months // 2, months - months // 2]
    duties, roles = said[listed_only:], []
    for index, span in enumerate(spans):
        own = duties[index :: len(spans)]
        level = max(person.level - index, 0)
        word = rng.choice(LEVEL_WORDS[level])
        roles.append(_role(f"{word} {_title(family, split, trade, rng)}".strip(), end - span, end, index == 0, own, rng))
        end -= span
    if person.past:
        past_trade = next(one for one in trades().values() if person.past in [family.name for family in one.families])
        past = next(one for one in past_trade.families if one.name == person.past)
        seen = phrases(rng.sample(past.core, 2), split, past_trade, rng)
        roles.append(_role(f"Temporary help to a {_title(past, split, past_trade, rng)}", end - 9, end - 3, False, seen, rng))
    return roles


def _title(family: Family, split: Split, trade: Trade, rng: random.Random) -> str:
    return phrase(family.titles, split, trade, rng)


def _role(title: str, start: int, end: int, current: bool, duties: list[str], rng: random.Random) -> dict[str, Any]:
    if rng.random() < 0.5:
        text = "\n".join("- " + sentence(rng.choice(DUTIES).format(x=duty)) for duty in duties)
    else:
        text = f"My work there was {listed(duties)}." if duties else ""
    return {"title": title, "company": rng.choice(FIRMS), "start": _month(start), "end": None if current else _month(end), "text": text}


def _month(count: int) -> str:
    return f"{count // 12}-{count % 12 + 1:02}"


def _languages(person: Person, rng: random.Random) -> list[str]:
    fluent, weak = ("fluent", "C1", "native speaker"), ("basic", "A2", "school level")
    said = ["English (fluent)"]
    return said + [
        f"{name} ({rng.choice(fluent if person.languages[name] else weak)})" for name in LANGUAGES.values() if name in person.languages
    ]


def _text(record: dict[str, Any], person: Person, rng: random.Random) -> str:
    head = [record["name"], record["headline"], f"{record['location']} · {record['email']}"]
    visa = (
        "I would need visa sponsorship."
        if person.needs_visa
        else rng.choice(("Work permit: unlimited.", "", "Free to work here without a visa."))
    )
    work = [
        f"{one['title']}, {one['company']} ({one['start']} – {one['end'] or 'present'})\n{one['text']}".strip() for one in record["roles"]
    ]
    sections = [
        (rng.choice(("Experience", "Work history", "Career")), "\n\n".join(work)),
        (rng.choice(("Education", "Training and certificates", "Qualifications")), "\n".join(record["education"])),
        (rng.choice(("Skills", "What I can do", "Strengths")), " · ".join(record["skills"])),
        ("Languages", ", ".join(record["languages"])),
        (rng.choice(("Other", "Personal")), f"{visa} Free time: {rng.choice(HOBBIES)}.".strip()),
    ]
    if rng.random() < 0.4:
        sections.insert(0, sections.pop(2))
    body = [f"{title}\n{content}" for title, content in [("Profile", record["summary"]), *sections] if content]
    return "\n\n".join(["\n".join(line for line in head if line), *body])
