"""Whether words of a CV say what a word of a sentence says, in another form or in other words; in which language a sentence is."""

from __future__ import annotations

import re
from functools import lru_cache

from rolecall.matching.letters.carrying.plain_words import DERIVED, FREE, free_words
from rolecall.matching.letters.single_claims.place_claims import bases_of
from rolecall.matching.skills.thesaurus import bases, word_meaning, work_synonyms
from rolecall.matching.skills.vectors import WORD_SCALE, word_vector

ROUND_ABOUT = {"every": "daily weekly monthly yearly each every per taglich monatlich", "each": "daily weekly monthly each every per",
               "cada": "mensual mensuales diario por cada semanal", "chaque": "par mensuel quotidien chaque", "all": "every each",
               "jeden": "taglich monatlich wochentlich pro",
               "card": "certificate certificates licence licences license certifications",
               "ticket": "certificate certificates licence licences",
               "certification": "certificate certificates", "myself": "personally", "mother": "native", "tongue": "native",
               "kinder": "kind", "carnet": "carne", "muttersprache": "native", "lengua": "nativo", "materna": "nativo"}  # fmt: skip


SAME = {"won": "win", "winning": "win", "children": "child",
        "men": "man", "women": "woman", "personally": "myself", "mother": "native", "tongue": "native",
        "wrote": "write", "written": "write", "drawn": "draw", "laid": "lay"}  # fmt: skip


ENDINGS = {
    "de": ("erinnen", "ierung", "ungen", "innen", "ierte", "iert", "iere", "ieren", "ation", "erin", "ung", "ern", "ten", "ter", "tes",
           "tem", "te", "er", "en", "es", "em", "et", "st", "e", "n", "s", "t"),
    "fr": ("issements", "issement", "ations", "ation", "ements", "ement", "aient", "atrice", "ateur", "euses", "euse", "eurs", "eur",
           "trice", "tions", "tion", "ions", "ages", "age", "ures", "ure", "ees", "ais", "ait", "ant", "ent", "iez", "ons", "ier", "iere",
           "er", "ir", "es", "ez", "ee", "e", "s"),
    "es": ("aciones", "acion", "imientos", "imiento", "amientos", "amiento", "adoras", "adora", "adores", "ador", "ciones", "cion",
           "iendo", "ando", "abamos", "aba", "aban", "ados", "adas", "ado", "ada", "idos", "idas", "ido", "ida", "imos", "amos", "ores",
           "ora", "or", "ais", "ia", "ian", "ar", "er", "ir", "as", "es", "os", "e", "o", "a", "s", "n"),
}  # fmt: skip


PARTICIPLE = re.compile(r"^(ein|an|auf|aus|ab|mit|vor|um|zu|nach|bei|hin|her|unter|durch|weiter|)ge(\w{3,}(?:t|en))$")


@lru_cache(maxsize=65_536)
def stem(word: str, language: str) -> str:
    """The word without an ending of its language and without the beginning of a German participle."""
    if language == "de":
        word = PARTICIPLE.sub(r"\1\2", word)
    for ending in ENDINGS.get(language, ()):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=2_048)
def _stems(words: frozenset[str], language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in words)


@lru_cache(maxsize=131_072)
def carries(word: str, words: frozenset[str], language: str) -> bool:
    """Whether words of a CV say what a word of a sentence says."""
    if word in words or (word in ROUND_ABOUT and not words.isdisjoint(ROUND_ABOUT[word].split())):
        return True
    parts = [part for part in re.split(r"[-'/]", word) if len(part) > 1]
    if len(parts) > 1 and all(part in free_words(language) or carries(part, words, language) for part in parts):
        return True
    word = SAME.get(word, word)
    if language == "en":
        found = bases(word)
        own = frozenset(found)
        if any(base in words for base in found) or any(not own.isdisjoint(bases(other)) for other in words if other[:3] == word[:3]):
            return True
        return _is_said_by(word, words) or _is_form(word, words)
    root = stem(word, language)
    stems = _stems(words, language)
    if root in stems or (len(root) >= 5 and any(other.startswith(root) or (len(other) >= 5 and root.startswith(other)) for other in stems)):
        return True
    if language in ("fr", "es") and any(len(other) >= 4 and root.startswith(other) and len(root) - len(other) < 3 for other in stems):
        return True
    if language == "de" and len(root) >= 5 and any(root in other for other in words if len(other) > len(root) + 3):
        return True
    if language == "de" and len(word) >= 9:
        for other in stems:
            tail = word[len(other) :].removeprefix("s") if len(other) >= 4 and word.startswith(other) else ""
            if len(tail) >= 4 and carries(tail, words, language):
                return True
    for line in DERIVED.get(language, "").split():
        first, *others = line.split(":")
        if word.startswith(first) and any(
            other.startswith(one) or (language == "de" and one in other) for one in others for other in words
        ):
            return True
    return _is_form(word, words)


NEAR = 0.33
"""Cosine from which on two words that a dictionary gives one meaning are used for one thing: *prepare* and *company* share one, too."""


def _is_said_by(word: str, words: frozenset[str]) -> bool:
    one = word_meaning(word)
    if work_synonyms(word) & words:
        return True
    if one is None:
        return False
    return any((other := word_meaning(said)) and one.own & (other.own | other.above) and _cosine(word, said) >= NEAR for said in words)


@lru_cache(maxsize=65_536)
def _cosine(word: str, other: str) -> float:
    return float(word_vector(word).astype("float64") @ word_vector(other).astype("float64")) / WORD_SCALE**2


def _is_form(word: str, words: frozenset[str]) -> bool:
    """Whether it begins like one of them and differs by an ending only."""
    return len(word) > 6 and any(
        len(other) > 5 and other[: max(6, len(word) - 3)] == word[: max(6, len(word) - 3)] and abs(len(other) - len(word)) < 5
        for other in words
    )


def spelled(word: str, words: frozenset[str]) -> bool:
    """Whether a word is among them as it stands, in its singular or in its plural."""
    return any(base in words for base in bases(word)) or f"{word}s" in words


def spoken(sentence: str, cv: str) -> str:
    """The language of a sentence by its small words; the CV's where two have as many."""
    said = bases_of(sentence)
    found = {language: sum(word in words for word in said) for language, words in FREE.items()}
    most = max(found.values())
    likely = [language for language, count in found.items() if count == most]
    return likely[0] if len(likely) == 1 else _spoken_in(cv, tuple(likely))


@lru_cache(maxsize=64)
def _spoken_in(cv: str, likely: tuple[str, ...]) -> str:
    said = bases_of(cv[:4_000])
    return max(likely, key=lambda language: sum(word in FREE[language] for word in said))


__all__ = ["carries", "spelled", "spoken"]
