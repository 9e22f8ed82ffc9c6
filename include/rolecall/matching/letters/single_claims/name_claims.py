"""Words written as names that a CV does not have."""

from __future__ import annotations

import re

from rolecall.matching.ads.languages import code_of
from rolecall.matching.letters.carrying.plain_words import FREE
from rolecall.matching.letters.claim_words import (
    ALLOWED_NAMES,
    FIRST_FORMS,
    FIRST_WORDS,
    GERMAN_NOUN,
    GERMAN_NOUNS,
    GERMAN_TAILS,
    GERMAN_WORKING_NOUNS,
    NAME_CONTEXT,
    NUMBER_WORDS,
    ORDINARY_ENDING,
    STARTERS,
    folded,
)
from rolecall.matching.letters.common_words import EMPLOYERS_TOO, GERMAN_MORE_NOUNS
from rolecall.matching.letters.cv_words import TOKEN, CvWords
from rolecall.matching.skills.thesaurus import is_word
from rolecall.text.words import fold

SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")


def names(text: str, cv: CvWords, language: str | None) -> list[str]:
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
                and (is_word(fold(token[0])) or fold(token[0]) in FREE["en"])
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


__all__ = ["SENTENCE", "names"]
