"""Human languages: which one a text is in, and which ones an ad asks for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from rolecall.matching.ads.sections import sentence
from rolecall.matching.skills.vocabulary import Token
from rolecall.text.words import WORD, fold, listed

NAMES = {
    "en": ("english", "englisch", "anglais", "ingles"),
    "de": ("german", "deutsch", "allemand", "aleman"),
    "fr": ("french", "franzosisch", "francais", "frances"),
    "es": ("spanish", "spanisch", "espagnol", "espanol", "castellano"),
    "it": ("italian", "italienisch", "italien", "italiano"),
    "nl": ("dutch", "niederlandisch", "neerlandais", "holandes"),
    "pt": ("portuguese", "portugiesisch", "portugais", "portugues"),
    "pl": ("polish", "polnisch", "polonais", "polaco"),
    "ru": ("russian", "russisch", "russe", "ruso"),
    "zh": ("chinese", "mandarin", "chinesisch", "chinois", "chino"),
    "ja": ("japanese", "japanisch", "japonais", "japones"),
    "ar": ("arabic", "arabisch", "arabe"),
    "tr": ("turkish", "turkisch", "turc", "turco"),
    "sv": ("swedish", "schwedisch", "suedois", "sueco"),
    "da": ("danish", "danisch", "danois", "danes"),
    "cs": ("czech", "tschechisch", "tcheque", "checo"),
    "hi": ("hindi",),
    "ko": ("korean", "koreanisch", "coreen", "coreano"),
    "uk": ("ukrainian", "ukrainisch", "ukrainien", "ucraniano"),
    "he": ("hebrew", "hebraisch", "hebreu", "hebreo"),
}
CODES = {name: code for code, names in NAMES.items() for name in names}
ENGLISH_NAMES = {code: names[0].capitalize() for code, names in NAMES.items()}

COMMON = {
    "en": listed("the and of to in with for you we our are is will a be as on your or an that work this have"),
    "de": listed("und die der das mit fur wir sie in ein eine zu von ist im auf den als bei sowie werden du dein ihr ihre unser unsere"),
    "fr": listed("le la les des et de en un une vous nous pour dans avec est sur au aux notre votre du qui vos nos"),
    "es": listed("el la los las de y en un una que para con por se del nuestro tu su como es al nuestra te mas"),
}
LEAST = 8
"""Common words that a text must have before its language is said."""

LEVEL = re.compile(
    r"fluen|native|proficien|command of|\b[abc][12]\b|speak|spoken|written|verbal|bilingual|language|mother tongue|kenntnisse|fließend|"
    r"verhandlungssicher|sprach|in wort und schrift|courant|bilingue|maîtris|langue|parl|fluid|nivel|idioma|dominio|nativo|"
    r"required|must|mandatory|essential",
    re.I,
)
SUBJECT = re.compile(
    r"\s+(?:teacher|market|company|client|customer|law|hgb|team|literature|department|office|gaap|tax|subsidiar|class|lesson|course)", re.I
)
"""``English teacher``, ``German market``, ``French company``: about a thing, not about the person's tongue."""

COMPOUNDS = ("kenntnisse", "sprachig", "sprachige")
"""German says it in one word: ``Deutschkenntnisse``."""


BASIC, GOOD, FLUENT = 1, 2, 3
"""Levels: A1–A2 or school; B1–B2 or unsaid in an ad; C1–C2, fluent, native."""

LEVELS = (
    (FLUENT, re.compile(
        r"\bc[12]\b|fluen|native|mother tongue|bilingual|excellent|proficien|full professional|verhandlungssicher|muttersprach"
        r"|fließend|sehr gut"
        r"|courant|bilingue|maternelle|maîtrise|fluid|nativ|perfect|dominio", re.I)),
    (BASIC, re.compile(r"\ba[12]\b|basic|beginner|elementary|school|some\b|grundk|notions|débutant|scolaire|básic|elemental", re.I)),
    (GOOD, re.compile(r"\bb[12]\b|good|intermediate|conversational|working|gute?\b|konversation|intermédi|bon\b|intermed|buen", re.I)),
)  # fmt: skip


def level_of(said: str) -> int | None:
    """How well, as a phrase says it; ``None`` where it does not."""
    return next((level for level, pattern in LEVELS if pattern.search(said)), None)


def code_of(text: str) -> str | None:
    """The ISO 639-1 code of the language a text names: ``Deutsch (C1)``, ``de``, ``English - native``."""
    for word in WORD.findall(text):
        if code := CODES.get(fold(word)):
            return code
    key = text.strip().lower()
    return key if key in NAMES else None


def language_of(found: Sequence[str]) -> str | None:
    """``en``, ``de``, ``fr`` or ``es``, where common ones among the folded words make it plain; else ``None``."""
    often = Counter(found[:800])
    counts = sorted(((sum(often[word] for word in common), code) for code, common in COMMON.items()), reverse=True)
    (most, code), (second, _) = counts[0], counts[1]
    return code if most >= LEAST and most > 1.5 * second else None


def asked_languages(text: str, found: Sequence[Token], unless: re.Pattern[str]) -> Iterator[tuple[str, int, int, int]]:
    """(code, start, end, level) of every language an ad asks for; ``unless``: sentences with this do not ask."""
    seen: set[str] = set()
    for token in found:
        if token.word not in CODES and not token.word.endswith(COMPOUNDS):
            continue
        compound = next((ending for ending in COMPOUNDS if token.word.endswith(ending)), "")
        code = CODES.get(token.word[: len(token.word) - len(compound)])
        if code is None or code in seen:
            continue
        start, end = sentence(text, token.start, token.end, 0)
        said = text[start:end]
        if (compound or LEVEL.search(said)) and not unless.search(said) and not SUBJECT.match(text, token.end):
            seen.add(code)
            yield code, token.start, token.end, level_of(said) or GOOD
