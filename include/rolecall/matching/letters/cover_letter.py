"""Letters from the CV's facts and the job's title and company, and nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, get_args

import yaml

from rolecall.errors import InvalidInput
from rolecall.matching.ads.ad import Ad, read_ad
from rolecall.matching.ads.job import Job
from rolecall.matching.cv.person import Person, is_open, newest_first, read_person
from rolecall.matching.letters.claims import unsupported
from rolecall.matching.score.scoring import judge
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.models import Cv
from rolecall.text.words import one_line

Tone = Literal["plain", "warm", "formal"]
TONES: tuple[Tone, ...] = get_args(Tone)
MAX_LENGTH = 1_800
"""Characters of a letter, where nothing else is asked for."""

SHORTEST = 200

MAX_NAME = 120
MAX_SKILLS = 5


@cache
def templates() -> dict[str, dict[str, dict[str, str]]]:
    """Language → tone → sentence → words, every tone with every sentence."""
    read: dict[str, dict[str, dict[str, str]]] = yaml.safe_load((Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"))
    return {language: {tone: {**tones["plain"], **tones.get(tone, {})} for tone in TONES} for language, tones in read.items()}


def write_letter(cv: Cv, job: Job, *, language: str | None = None, tone: Tone = "plain", max_length: int = MAX_LENGTH) -> str:
    """A letter in the ad's language (English, German, French, Spanish; English where it is another or unclear).

    It says only what the CV shows: the newest role, whole years, skills that the ad asks for too. Every letter is checked by
    :func:`check_letter` first; sentences that do not hold or do not fit are left out; where nothing is left, the answer is ``""``.

    :param language: ``en``, ``de``, ``fr`` or ``es`` instead of the ad's
    :param tone: ``plain``, ``warm`` or ``formal``
    :param max_length: characters, 200 to 1,800
    :raises InvalidInput: another language or tone, a length out of bounds
    """
    if language is not None and language not in templates():
        raise InvalidInput("language", f"there is no letter in {language!r}", fix=f"use one of {', '.join(templates())}")
    if tone not in TONES:
        raise InvalidInput("tone", f"there is no tone {tone!r}", fix=f"use one of {', '.join(TONES)}")
    if not SHORTEST <= max_length <= MAX_LENGTH:
        raise InvalidInput("max_length", f"{max_length} is out of bounds", fix=f"choose {SHORTEST} to {MAX_LENGTH} characters")
    ad, person = read_ad(job), read_person(cv)
    words = templates()[language or (ad.language if ad.language in templates() else None) or "en"][tone]
    facts = _facts(person, ad, words)
    for parts in (("role", "years", "skills"), ("role", "skills"), ("skills",), ()):
        letter = _compose(words, facts, parts)
        if len(letter) <= max_length and not unsupported(letter, person, job):
            return letter
    return ""


def check_letter(letter: str, cv: Cv, job: Job) -> list[str]:
    """What a letter claims and the CV does not support: skills, years, numbers, employers, positions, degrees. Empty: all is supported."""
    return unsupported(letter, read_person(cv), job)


def _facts(person: Person, ad: Ad, words: dict[str, str]) -> dict[str, str]:
    facts = {
        "title": one_line(ad.job.title, MAX_NAME),
        "company": one_line(ad.job.company, MAX_NAME),
        "name": one_line(person.cv.name, MAX_NAME),
    }
    roles = [role for role in newest_first(person.cv.roles) if role.title]
    if roles:
        facts["role"], facts["employer"] = one_line(roles[0].title, MAX_NAME), one_line(roles[0].company, MAX_NAME)
        facts["now"] = "yes" if is_open(roles[0]) else ""
    if person.years is not None and person.years >= 2:
        facts["years"] = str(int(person.years))
    if shared := shared_skills(person, ad):
        facts["skills"] = _listed(shared, words["joined"])
    return facts


def shared_skills(person: Person, ad: Ad) -> list[str]:
    """Skills that the CV names and the ad asks for, weightiest first, as the CV writes them."""
    met = [one for one in judge(person, ad, []).judged if one.verdict == "direct" and vocabulary().skills[one.skill].field != "soft"]
    met.sort(key=lambda one: (-one.asked.weight, one.ad_span))
    named = [one_line(person.text[slice(*person.skills[one.skill])], MAX_NAME) for one in met]
    return list(dict.fromkeys(named))[:MAX_SKILLS]


def _listed(names: list[str], joined: str) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joined} {names[-1]}"


def _compose(words: dict[str, str], facts: dict[str, str], parts: tuple[str, ...]) -> str:
    body = [words["opening" if facts["company"] else "opening_plain"].format(**facts)]
    body += [words[_role(facts) if part == "role" else part].format(**facts) for part in parts if facts.get(part)]
    paragraphs = [words["subject"].format(**facts), words["greeting"], " ".join(body), words["invite"]]
    return "\n\n".join(paragraphs) + f"\n\n{words['regards']}\n{facts['name']}".rstrip()


def _role(facts: dict[str, str]) -> str:
    if not facts["employer"]:
        return "role_plain"
    return "role_now" if facts["now"] else "role"
