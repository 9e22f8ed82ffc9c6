"""Reading a letter the way a sceptical recruiter does: what does it claim, and does the CV say so?

The rule is closed-world: a skill, number, name, degree, certificate, language, position, achievement or lead over people that the letter
mentions must be in the CV, whatever sentence it stands in; only the job's own title and company may be named as what the letter is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rolecall.catalog.job_titles import GENDER
from rolecall.matching.ads.job import Job
from rolecall.matching.ads.languages import CODES, COMPOUNDS, code_of, language_of
from rolecall.matching.cv.person import Person
from rolecall.matching.letters.carried import CarriedWords, uncarried
from rolecall.matching.letters.claim_words import (
    ABBREVIATED,
    ALLOWED_NAMES,
    ARTICLES,
    AT_LEAST,
    COUNTED,
    DEGREES,
    FEATS,
    FIRST_FORMS,
    FIRST_WORDS,
    FURTHER_LANGUAGES,
    GERMAN_NOUN,
    GERMAN_NOUNS,
    GERMAN_TAILS,
    GERMAN_WORKING_NOUNS,
    KNOWS,
    LEADS_BY_TITLE,
    LED_COUNT,
    LONG_TIMES,
    NAME_CONTEXT,
    NATIVE,
    NUMBER_WORDS,
    ORDINARY_ENDING,
    PLAIN,
    SMALL_WORDS,
    STARTERS,
    WORKED,
    YEAR_UNITS,
    folded,
)
from rolecall.matching.letters.common_words import EMPLOYERS_TOO, GERMAN_MORE_NOUNS
from rolecall.matching.letters.leading import leads
from rolecall.matching.letters.line_claims import (
    CvLines,
    alone,
    counted_elsewhere,
    lasted,
    reserved,
    studied_elsewhere,
    titled_when,
)
from rolecall.matching.letters.overclaims import absolute, fractions, of_another, uncertified
from rolecall.matching.letters.place_claims import (
    QUOTED,
    CvSections,
    bases_of,
    denied,
    misplaced,
    mistimed,
    overspoken,
    promoted,
    unstudied,
    unwon,
)
from rolecall.matching.letters.record import admits, is_about_nobody, is_greeting, is_private, is_spoken_to, tells_of_record
from rolecall.matching.letters.title_claims import TitledRoles, misattributed, outlasted
from rolecall.matching.skills import titles
from rolecall.matching.skills.thesaurus import is_word
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.text.words import WORD, fold, listed, words

APPLIES = re.compile(
    r"(?:position|role|post|vacancy|opening|application|job|stelle|position|bewerbung|poste|candidature|puesto|candidatura|vacante)"
    r"(?: (?:of|as|for|the|als|auf|die|de|du|au|al|del))*[\s:„“\"'«]*$",
    re.I,
)
"""What stands before the job's title where the letter names what it is about, and claims nothing."""

TOWARDS = re.compile(
    r"(?:\b(?:at|with|join|joining|of|for|to|what|visit|bei|für|was|chez|à|demande|en|a|pide|para|team|the)(?!\w))[\s„“\"'«]*$", re.I
)
"""What stands before the employer's name."""

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
TOKEN = re.compile(r"[^\W_][\w&'’+#-]*(?:\.(?=\w)[\w]+)*")
ELISION = re.compile(r"\b(?:[cdjlmnst]|qu)['’](?=\w)", re.I)
SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")
GERMAN_LETTER = re.compile(r"\b(?:Sehr geehrte|Mit freundlichen Grüßen|Herzliche Grüße|Hochachtungsvoll|Bewerbung auf)\b")
"""A letter is German whatever it quotes."""

MAX_LETTER = 10_000
"""Characters of a letter that is checked; ours have 1,800 at most."""


def unsupported(letter: str, person: Person, job: Job, *, cv: CvWords | None = None, language: str | None = None) -> list[str]:
    """Every claim of the letter that the CV does not support, in words; each once, in a fixed order.

    :param cv: the CV's words, where several texts are asked about one person
    :param language: the letter's, which says what a sentence means and whether nouns are written with capitals; ``None``: as its words say
    """
    if len(letter) > MAX_LETTER:
        return [f"length: {len(letter):,} characters are no letter"]
    text = _without_subject(letter, job)
    cv = cv or CvWords(person)
    language = language or _letters_language(text)
    ad = _words_of(f"{job.title}\n{job.company}\n{job.location}\n{job.text}")
    wrong = [claim for one in WHOLE_SENTENCE.split(text) if one.strip() for claim in _claimed(one, person, cv, ad, language)]
    return list(dict.fromkeys(wrong))


def _letters_language(letter: str) -> str | None:
    return "de" if GERMAN_LETTER.search(letter) else _spoken(letter)


def _claimed(sentence: str, person: Person, cv: CvWords, ad: frozenset[str], language: str | None) -> Iterator[str]:
    """What one sentence claims in vain.

    :param ad: words that a sentence about the ad, or about nobody's record, may have too
    """
    told, spoken_to = True, False
    if language == "en":
        told, spoken_to = tells_of_record(sentence) or _is_fragment(sentence), is_spoken_to(sentence)
    own = _without_admissions(sentence) if language == "en" and told else sentence
    plain, allowed = folded(own), ad if not told or spoken_to else frozenset[str]()
    yield from (claim for claim in _skills(own, person, cv) if not _is_of(claim, allowed))
    if told or not is_private(sentence):
        yield from (claim for claim in _numbers(plain, person, cv) if not _is_of(claim, allowed))
    yield from (claim for claim in _names(_without_skills(own), cv, language) if not _is_of(claim, allowed))
    yield from _degrees(plain, cv) if told else ()
    yield from (claim for claim in _languages(own, plain, person, cv) if not _is_of(claim, allowed))
    yield from overspoken(own, person, CODES)
    if not told:
        return
    yield from _known_things(plain, cv)
    yield from _positions(own, cv)
    yield from _people(plain, person)
    yield from _feats(plain, cv)
    yield from misplaced(sentence, cv.sections)
    yield from promoted(sentence, person)
    yield from (*unstudied(sentence, person), *unwon(sentence, person), *denied(sentence, person))
    yield from (*reserved(sentence, cv.lines), *counted_elsewhere(sentence, cv.lines), *alone(sentence, cv.lines))
    yield from studied_elsewhere(sentence, cv.lines)
    for clause in CLAUSE.split(sentence):
        yield from (*mistimed(clause, cv.sections), *lasted(clause, cv.lines), *titled_when(clause, cv.lines))
    if language != "en":
        return
    yield from (*absolute(sentence, person), *fractions(sentence, person), *of_another(sentence, person), *uncertified(sentence, person))
    yield from (*misattributed(sentence, cv.roles), *outlasted(sentence, cv.roles))
    unknown = [word for word in uncarried(QUOTED.sub(" ", own), cv.carried) if word not in allowed]
    yield from [f"not said: {' '.join(unknown[:3])}"] * bool(unknown)


def _is_of(claim: str, ad: frozenset[str]) -> bool:
    """Whether what is claimed is only what the ad says."""
    return bool(ad) and all(word in ad for word in bases_of(claim.partition(": ")[2]))


def _is_fragment(sentence: str) -> bool:
    """Half a line of a CV, which claims what it names: ``Fluent in Dutch.``"""
    return is_about_nobody(sentence) and not is_greeting(sentence) and not FINITE.search(folded(sentence)) and len(sentence.split()) > 2


FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|can|could|will|would|must|should|may|might|do|does|did|need\w*|make[s]?|matter[s]?|deserve[s]?|cost[s]?|learn[s]?|"
    r"want[s]?|help[s]?|show[s]?|sound[s]?|look[s]?|mean[s]?|bring[s]?|begin[s]?|start[s]?|keep[s]?|work[s]|come[s]?|go(?:es)?|belong[s]?|please|let)\b"
)


def _without_admissions(sentence: str) -> str:
    """The sentence without the clauses that say what somebody has not."""
    return "".join(part for part in re.split(r"(?<=[,;:])(?= )|(?= but )", sentence) if not admits(part))


def unsupported_sentences(letter: str, person: Person, job: Job) -> list[tuple[str, list[str]]]:
    """The letter's sentences that the CV does not support, in its order, each once with what it claims; for showing where."""
    cv, language = CvWords(person), _letters_language(letter)
    sentences = list(dict.fromkeys(filter(None, map(str.strip, WHOLE_SENTENCE.split(letter)))))
    if len(letter) > MAX_LETTER:
        return [(sentences[0], unsupported(letter, person, job))] if sentences else []
    return [(one, claims) for one in sentences if (claims := unsupported(one, person, job, cv=cv, language=language))]


CHANGED = re.compile(r"(?<!\d)(\d++(?:[.,]\d++)?)[^\d\n.;]{0,24}?\b(?:to|auf|a|al) \D{0,2}(\d+(?:[.,]\d+)?)")
"""From one number to another, which tells their difference too."""

WHOLE_SENTENCE, CLAUSE = re.compile(r"(?<=[.!?])\s+|\n+"), re.compile(r"[,;:]\s")


class CvWords:
    """A CV's words, for asking what it says."""

    def __init__(self, person: Person) -> None:
        self.plain = folded(person.text)
        self.sections, self.lines = CvSections(person), CvLines(person)
        self.carried = CarriedWords(part for word in self.lines.words for part in (word, *re.split(r"[-'/]", word)))
        self.roles = TitledRoles(person, self.sections.rest, self.sections.rest_numbers)
        self.counted = {
            "languages": len(person.languages),
            "employers": len({fold(role.company) for role in person.cv.roles if role.company}),
            "degrees": sum(any(pattern.search(folded(one)) for pattern in DEGREES.values()) for one in person.cv.education),
        }
        found = re.findall(r"\d{1,3}(?:[., ]\d{3})+|\d+(?:[.,]\d+)?", person.text)
        self.amounts = {float(re.sub(r"[., ](?=\d{3}\b)", "", one).replace(",", ".")) for one in found}
        self.changes = {
            round(abs(float(one.replace(",", ".")) - float(two.replace(",", "."))), 2) for one, two in CHANGED.findall(folded(person.text))
        }
        self.abbreviated = {kind for kind, pattern in ABBREVIATED if pattern.search(person.text)}
        self.words = frozenset(_bases(person.text))
        self.names = frozenset(_bases(_without_skills(person.text)))
        self.occupations = {named.occupation.name for _, named, _ in person.titles if named.occupation}
        self.said = f" {' '.join(words(person.text))} "
        self.numbers = frozenset(NUMBER.findall(person.text)) | {str(NUMBER_WORDS[word]) for word in self.words if word in NUMBER_WORDS}


def _without_skills(text: str) -> str:
    """The text with named skills blanked: who knows Google Analytics has not worked at Google for that."""
    for hit in reversed(vocabulary().find(ELISION.sub("  ", text))):
        text = text[: hit.start] + "_" * (hit.end - hit.start) + text[hit.end :]
    return text


def _bases(text: str) -> Iterator[str]:
    """Folded words, and the parts of those written with hyphens, dots or apostrophes."""
    for word in WORD.findall(text):
        yield fold(word)
    for token in TOKEN.findall(text):
        yield fold(token)


def _without_subject(letter: str, job: Job) -> str:
    """The letter with the job's own title and company blanked where they only say what it is about."""
    text = letter
    spoken = GENDER.sub("", job.title).strip()
    for name, before, claims in ((job.title, APPLIES, None), (spoken, APPLIES, None), (job.company, TOWARDS, WORKED)):
        wanted = " ".join(name.split())[:120]
        for found in reversed(list(re.finditer(rf"(?<!\w){re.escape(wanted)}(?!\w)", text, re.I))) if wanted else ():
            ahead = text[max(0, found.start() - 60) : found.start()]
            claimed = claims is not None and claims.search(folded(SENTENCE.split(ahead)[-1]))
            if before.search(ahead) and not (claimed and not APPLIES.search(ahead.rsplit(" ", 2)[0])):
                text = text[: found.start()] + "_" * len(wanted) + text[found.end() :]
    return text


# ── skills and things known ─────────────────────────────────────────────────────────────────────────────────


def _skills(text: str, person: Person, cv: CvWords) -> list[str]:
    known = vocabulary().skills
    implied = frozenset(name for had in person.skills for name in known[had].implies)
    apart = ELISION.sub("  ", text)  # "m'a" is no M&A
    found = {
        hit.skill: text[hit.start : hit.end]
        for hit in vocabulary().find(apart)
        if hit.skill not in person.skills and hit.skill not in implied
    }
    return [f"skill: {name}" for name, said in found.items() if not (said.islower() and said.isalpha() and cv.carried.carry(fold(said)))]


def _known_things(plain: str, cv: CvWords) -> list[str]:
    """``proficient in glassblowing``: what is said to be known must be in the CV, also where it is no skill we know by name."""
    wrong = []
    for found in KNOWS.finditer(plain):
        what = [
            word
            for word in words(found["what"])
            if word not in PLAIN and not word.isdecimal() and word not in NUMBER_WORDS and len(word) > 2
        ]
        if what and not any(_has(word, cv) for word in what[:3]):
            wrong.append(f"knowledge: {found['what'].strip()}")
    return wrong


def _means(word: str) -> bool:
    return word not in PLAIN and word not in NUMBER_WORDS and not word.isdecimal() and len(word) > 2


def _has(word: str, cv: CvWords) -> bool:
    return word in cv.words or (len(word) > 5 and any(other.startswith(word[:-2]) for other in cv.words))


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────────────────


def _numbers(plain: str, person: Person, cv: CvWords) -> list[str]:
    """Years of work up to those of the CV; any other number, in digits or words, only as the CV has it."""
    wrong: list[str] = []
    for found in re.finditer(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:-[^\W\d_]+)?", plain):
        value, said = _value(found[0])
        if value is None:
            continue
        behind = re.sub(r"^[\s+-]*(?:d'|de |of )?", "", plain[found.end() : found.end() + 60])
        if YEAR_UNITS.match(behind) or _is_of_years(found[0]):
            if not _years_hold(value, person):
                wrong.append(f"years: {found[0]} {behind.split(' ')[0]}".strip())
        elif found[0] not in ARTICLES and said not in cv.numbers and found[0] not in cv.words:
            before = plain[max(0, found.start() - 30) : found.start()]
            derived = value in cv.changes or (behind.startswith(("in ten", "out of ten", "von zehn")) and _is_near_tenths(value, cv))
            if not (
                derived
                or _is_counted(value, behind, cv)
                or _is_exceeded(value, before, cv)
                or (before.endswith(("in ", "of ")) and value == 10)
            ):
                wrong.append(f"number: {found[0]}")
    for pattern, years in LONG_TIMES:
        if (long := pattern.search(plain)) and not _years_hold(years, person):
            wrong.append(f"years: {long[0]}")
            break
    return wrong


def _is_near_tenths(value: float, cv: CvWords) -> bool:
    """``nine in ten`` where the CV says 88 %."""
    return any(10 * value - 6 <= one <= 10 * value + 4 for one in cv.amounts)


def _is_counted(value: float, behind: str, cv: CvWords) -> bool:
    """``three languages`` of a CV that names three."""
    return any(value <= cv.counted[what] for what, pattern in COUNTED if pattern.match(behind))


def _is_exceeded(value: float, before: str, cv: CvWords) -> bool:
    """``more than a hundred`` where the CV says 140."""
    return bool(AT_LEAST.search(before)) and any(value < one <= 1.5 * value for one in cv.amounts)


def _value(text: str) -> tuple[float | None, str]:
    if text[0].isdecimal():
        try:
            return float(re.sub(r"[.,](?=\d{3}\b)", "", text).replace(",", ".")), text
        except ValueError:
            return 0.0, text  # 1.200.000: no years, and to be found as it stands
    parts = text.split("-")
    stem = parts[0].partition("jahrig")[0].partition("fach")[0]
    if all(part in NUMBER_WORDS for part in (stem, *parts[1:2])) and stem:
        number = NUMBER_WORDS[stem] + (NUMBER_WORDS.get(parts[1], 0) if len(parts) > 1 and parts[1] != stem else 0)
        return float(number), str(number)
    if stem in NUMBER_WORDS:
        return float(NUMBER_WORDS[stem]), str(NUMBER_WORDS[stem])
    return None, ""


def _is_of_years(text: str) -> bool:
    return bool(re.search(r"jahrig|-years?$|-yrs?$", text))


def _years_hold(years: float, person: Person) -> bool:
    if person.years is not None and years <= person.years:
        return True
    stated = re.finditer(
        r"((?<!\d)\d+|(?<![^\W\d_])[^\W\d_]+)(?:\s*\+)?[\s-]*(?:years?|yrs|jahre\w*|ans|ann[ée]es|a[ñn]os)\b", person.text, re.I
    )
    return any(_value(fold(found[1]))[0] == years for found in stated)


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────


def _names(text: str, cv: CvWords, language: str | None) -> list[str]:
    """Words written as names that the CV does not have: employers, schools, products, places."""
    wrong = []
    german = language == "de"
    begins = FIRST_FORMS.get(str(language))
    for sentence in SENTENCE.split(text):
        tokens = list(TOKEN.finditer(sentence))
        for number, token in enumerate(tokens):
            if number == 0 and begins and begins.match(fold(token[0])):
                continue
            if (
                number == 0
                and language == "en"
                and is_word(fold(token[0]))
                and not _is_odd(token[0])
                and fold(token[0]) not in EMPLOYERS_TOO
            ):
                continue
            if german and number == 0 and is_german_adjective(token, tokens[1:2]):
                continue
            if german and not _is_odd(token[0]) and _has_stem(fold(token[0]), cv):
                continue
            if _is_name(token[0], first=number == 0, german=german) and not _is_backed(token[0], cv):
                before = folded(sentence[: token.start()])
                kind = "employer" if NAME_CONTEXT.search(before) else "name"
                wrong.append(f"{kind}: {token[0]}")
    return wrong


def is_german_adjective(token: re.Match[str], after: list[re.Match[str]]) -> bool:
    """``Junge`` of *Junge Menschen*: what begins a German sentence with an adjective's ending, before a noun."""
    return bool(re.fullmatch(r"\w{4,}(?:e|en|er|es|em)", token[0])) and any(one[0][:1].isupper() for one in after)


STEM_END = re.compile(r"(?:innen|ungen|ung|iken|ikum|ern|in|en|er|um|es|e|n|s)$")


def _has_stem(word: str, cv: CvWords) -> bool:
    """Whether a German noun is one of the CV's in another form, or made of one: ``Klinikum`` of *Klinik*."""
    stem = STEM_END.sub("", word)
    return len(stem) >= 5 and any(
        stem in other or (len(other) >= 6 and STEM_END.sub("", other) in word and len(STEM_END.sub("", other)) >= 6) for other in cv.words
    )


def _spoken(text: str) -> str | None:
    """The language of a text of one sentence or more, by its small words."""
    said = list(map(fold, WORD.findall(text)))
    found = {language: sum(word in marks for word in said) for language, marks in SMALL_WORDS.items()}
    best = max(found, key=lambda one: found[one])
    clear = found[best] and all(found[best] > count for language, count in found.items() if language != best)
    return best if clear else language_of(words(text))


def _is_name(word: str, *, first: bool, german: bool) -> bool:
    if not word[:1].isupper():
        return _is_odd(word)
    base = fold(word.replace("’", "'"))
    if base in ALLOWED_NAMES or len(word) == 1 or word.startswith("_"):
        return False
    if german and (
        base in GERMAN_NOUNS
        or base in GERMAN_WORKING_NOUNS
        or base in GERMAN_MORE_NOUNS
        or GERMAN_NOUN.search(base)
        or base.endswith(GERMAN_TAILS)
    ):
        return _is_odd(word)
    head = re.split(r"[-']", base)
    if first and (
        base in FIRST_WORDS
        or base in NUMBER_WORDS
        or base in STARTERS
        or head[0] in STARTERS
        or head[-1] in STARTERS
        or ORDINARY_ENDING.search(base)
    ):
        return _is_odd(word)
    return True


def _is_odd(word: str) -> bool:
    """``IBM``, ``PyTorch``, ``s3``: capitals or digits where ordinary words have none."""
    return (sum(char.isupper() for char in word[1:]) > 0 and not word.isupper()) or (word.isupper() and len(word) > 1)


def _is_backed(word: str, cv: CvWords) -> bool:
    base = fold(word.replace("’", "'"))
    parts = [part for part in re.split(r"[-'&.]", base) if part]
    if base.endswith("er") and len(base) > 6 and any(name.startswith(base[:-2]) for name in cv.names):
        return True  # Göttinger, of Göttingen
    known = cv.names | ALLOWED_NAMES
    short = base.removesuffix("'s")
    if base in known or short in known or (base.endswith("s") and base[:-1] in known) or f"{base}s" in known:
        return True
    if len(base) >= 5 and any(name.endswith(base) for name in cv.names):
        return True  # Geselle, of Bäckergeselle
    return code_of(word) is not None or (
        len(parts) > 1 and all(part in known or len(part) == 1 or part in GERMAN_WORKING_NOUNS for part in parts)
    )


# ── positions, degrees, languages, people ───────────────────────────────────────────────────────────────────


SPEAKERS = listed("i ich je yo habe bin have am was war ai suis soy he my mein meine mon ma mi im in bei at dans chez")
"""Words of a sentence, and of no occupation."""


@lru_cache(maxsize=65_536)
def _occupation(phrase: str) -> str | None:
    found = titles.occupations().find(phrase)
    return found.name if found else None


def _positions(text: str, cv: CvWords) -> list[str]:
    """Occupations that the letter names and the CV does not: two words and more anywhere, one behind ``as`` and the like."""
    wrong = []
    for clause in re.split(r"[.,;:!?\n_()]", text):
        said = WORD.findall(clause)
        names = [fold(word) for word in said]
        for start in range(len(said)):
            lone = start > 0 and names[start - 1] in ("as", "als", "comme", "que", "como", "a", "an", "former", "experienced", "de")
            for length in (1, 2, 3, 4) if lone else (2, 3, 4):
                phrase = " ".join(names[start : start + length])
                if start + length > len(said) or f" {phrase} " in cv.said or names[start] in PLAIN or names[start + length - 1] in PLAIN:
                    continue
                if any(name in SPEAKERS for name in names[start : start + length]):
                    continue
                occupation = _occupation(phrase)
                if occupation and not _is_in(phrase, occupation, cv):
                    wrong.append(f"position: {' '.join(said[start : start + length])}")
    return wrong[:1]


def _is_in(phrase: str, occupation: str, cv: CvWords) -> bool:
    if f" {occupation} " in cv.said or occupation in cv.occupations:
        return True
    head = phrase.split()
    return all(word in cv.words for word in head)


def _degrees(plain: str, cv: CvWords) -> list[str]:
    wrong = []
    said, backed = re.sub(r"[^\w\s'-]", " ", plain), re.sub(r"[^\w\s'-]", " ", cv.plain)
    held = {kind for kind, pattern in DEGREES.items() if pattern.search(backed)} | cv.abbreviated
    for kind, pattern in DEGREES.items():
        found = pattern.search(said)
        if found and kind not in held and not (kind == "degree" and held - {"certificate"}):
            wrong.append(f"{'certificate' if kind == 'certificate' else 'degree'}: {found[0]}")
    return wrong


def _languages(text: str, plain: str, person: Person, cv: CvWords) -> list[str]:
    wrong = []
    for word in dict.fromkeys(fold(found) for found in WORD.findall(text)):
        compound = next((ending for ending in COMPOUNDS if word.endswith(ending)), "")
        base = word.removesuffix(compound) if compound else word
        code = CODES.get(base)
        if (code and code not in person.languages and base not in cv.words) or (base in FURTHER_LANGUAGES and base not in cv.words):
            wrong.append(f"language: {word}")
    if NATIVE.search(plain) and not NATIVE.search(cv.plain):
        wrong.append("language: native")
    return wrong


def _people(plain: str, person: Person) -> list[str]:
    lines = [folded(line) for line in person.text.splitlines()]
    for found in LED_COUNT.finditer(plain):
        value, _ = _value(found["many"] or found["many2"])
        who = (found["who"] or found["who2"])[:5]
        if value and value >= 2 and not any(_says_number(value, line) for line in lines if leads(line) or who in line):
            return [f"people: {found[0]}"]
    claim = leads(plain)
    if claim and re.match(r"hired|recruit", claim) and re.search(r"\b(?:hir|recruit)", folded(person.text)):
        return []
    if claim is None or any(leads(folded(line)) for line in person.text.splitlines()):
        return []
    if any(LEADS_BY_TITLE.search(folded(role.title)) for role in person.cv.roles):
        return []
    return [f"people: {claim}"]


def _says_number(value: float, line: str) -> bool:
    return any(_value(one)[0] == value for one in re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+", line))


@lru_cache(maxsize=4)
def _words_of(ad: str) -> frozenset[str]:
    """A letter is asked about sentence by sentence, and its ad stays the same."""
    return frozenset(bases_of(ad))


def _feats(plain: str, cv: CvWords) -> list[str]:
    said = ((kind, pattern.search(plain), pattern) for kind, pattern in FEATS.items())
    return [f"{kind}: {found[0]}" for kind, found, pattern in said if found and not pattern.search(cv.plain)]


__all__ = ["CvWords", "unsupported", "unsupported_sentences"]
