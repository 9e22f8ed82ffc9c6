"""Sentences of a letter that tell nothing of a record, by their form: wishes, courtesy, availability, what the ad says.

A sentence is one only where nothing in it looks back: no past tense of *I*, no number of years, no role.
"""

from __future__ import annotations

import re

from rolecall.matching.letters.carrying.record import I_WISH, is_about_nobody, is_greeting, tells_of_record
from rolecall.matching.letters.claim_words import folded

WISH = {
    "de": re.compile(
        r"\b(?:freu\w*|wurde (?:mich|ich|gern\w*)|mochte|hoff\w*|wunsch\w*|gern(?:e)? (?:zeige|stelle|erzahle|komme|uberzeuge|"
        r"bringe|wurde|lerne)|"
        r"reizt|interessiere mich|interessiert mich|interessieren mich|mich interessier\w+|gefallt|anspricht|spricht mich|"
        r"mich begeistert|begeistert mich|begeistern mich|uberzeugt mich|gespannt|bewerbe|bewerbung|suche (?:eine[nr]?|nach)|"
        r"kennenlernen|kennenzulernen|verfugung|verfugbar|kann (?:zum|ab|am|sofort|jederzeit)|bereit|macht mir nichts|gerne? in einem|"
        r"einem gesprach|ein gesprach|personliche\w* gesprach|einladung|ruckmeldung|antwort|danke|dank|grusse?n?|geehrte\w*|"
        r"kundigungsfrist|gehalts\w*|umzug\w*|umziehen|neugierig|"
        r"vorstellungsgesprach|eintritt\w*|anfangen)\b"
    ),
    "fr": re.compile(
        r"\b(?:serai[st]?|aimerais|souhait\w*|voudrais|espere|esperant|disposition|disponible|m'attire|m'interesse\w*|m'inspire|me plait|"
        r"m'a (?:plu|attire|seduit)\w*|donne envie|envie de|candidature|postule|un entretien|rencontrer|veuillez|agreer|salutations|"
        r"remerci\w*|merci|madame|monsieur|cordialement|enthousiaste|volontiers|je recherche une?|pret|prete|curieu\w+|joindre|"
        r"pretentions|preavis)\b"
    ),
    "es": re.compile(
        r"\b(?:gustaria|encantaria|desear?\w*|quisiera|espero|esperando|disposicion|disponible|disponibilidad|me atrae|"
        r"me interesa\w*|me ilusiona|"
        r"me motiva|podria\w*|agradezco|agradeceria|gracias|saludos?|atentamente|estimad[oa]s?|candidatura|postul\w+|"
        r"una entrevista|conocerles|"
        r"conocerlos|incorporarme|busco (?:una?|trabajo)|quedo|ilusion|dispuest[oa]|curiosidad|solicito|solicitud)\b"
    ),
}  # fmt: skip
LOOKS_BACK = {
    "de": re.compile(
        r"jahrig|\b(?:habe|hatte|war|wurde(?! mich| ich| gern)|konnte|arbeitete|leitete|jahren?|erfahrung\w*|"
        r"als [a-z]+(?:in|er|t|ent)|verfuge|besitze|beherrsche|"
        r"spreche|leite|betreue|verantwort\w*|abgeschlossen\w*|kenntnis\w*)\b"
    ),
    "fr": re.compile(
        r"\b(?:j'ai (?!hate|envie|toujours|lu|le plaisir|joint)|j'avais|j'etais|ans|annees|experiences?|diplom\w+|titulaire|"
        r"maitrise|parle|dirige|encadre|gere|responsable|"
        r"certifi\w+|competences?)\b"
    ),
    "es": re.compile(
        r"\b(?:he (?!leido|visto)|fui|era|estuve|trabaj[eo]|anos|experiencias?|titul\w+|hablo|dirijo|dirigi|gestion[oe]|"
        r"superviso|domino|responsable|"
        r"certificad\w+|licenciad\w+|diplomad\w+|conocimientos?)\b"
    ),
}
YOURS = {
    "de": re.compile(r"\b(?:[Ii]hnen|Ihr(?:e[mnrs]?)?|Sie)\b"),
    "fr": re.compile(r"\b(?:vous|votre|vos)\b", re.I),
    "es": re.compile(r"\b(?:usted(?:es)?|su|sus|les|vuestr\w+|ofrecen|buscan|piden)\b", re.I),
}
MINE = {
    "de": re.compile(r"\b(?:ich|mein\w*|mir|mich|wir|uns|unser\w*)\b"),
    "fr": re.compile(r"\b(?:je|j'|mon|ma|mes|moi|me|m'|nous|notre|nos)\b|\b[jm]'"),
    "es": re.compile(r"\b(?:yo|mi|mis|me|nos|nuestr\w+|soy|estoy|tengo|he|fui|\w+e|\w+o)\b"),
}
TELLS = re.compile(
    r"\b(?:was|were|had|did|has|have|been|\w{3,}ed|ran|won|led|built|held|cut|grew|sold|taught|wrote|made|kept|gave|took|brought|\d+)\b"
)

AD_TALK = {
    "en": re.compile(
        r"\b(?:(?:since |because )?(?:you(?:['’]re| are)? (?:also )?(?:ask|need|look|want|list|seek|mention|writ|say|requir|"
        r"expect|describ)\w*|"
        r"your (?:advertisement|ad|advert|posting|text|wish|point|job ad)\b|(?:part of )?the (?:position|role|job|"
        r"post)(?: at [\w_&.-]{1,60}){0,1}"
        r" (?:calls for|is to|asks for|requires|needs)|to your point|of what [^;:,.]{1,80} asks for)(?:(?!\b(?:I|my|me)\b)[^;:.])*)",
        re.I,
    ),
    "de": re.compile(
        r"\b(?:sie (?:nennen|schreiben|suchen|fragen|brauchen|erwarten|wünschen|verlangen)|(?:nennen|suchen|brauchen) sie|"
        r"in ihrer (?:anzeige|ausschreibung) "
        r"steht|zum thema|zu ihrem punkt|gefragt ist|von dem, was|für die stelle bei|was (?=[^;:.]{1,200} angeht))"
        r"(?:(?!\b(?:ich|mein|meine|meiner|meinem|meinen|mir|habe)\b)[^;:.])*",
        re.I,
    ),
    "fr": re.compile(
        r"\b(?:vous (?:demandez|cherchez|recherchez|citez|mentionnez|écrivez|souhaitez|indiquez)|votre annonce|quant à|de ce que demande|"
        r"pour le poste chez|que vous demandez|sur (?=[^;:.]{1,200}, je peux dire))(?:(?!\b(?:je|mon|ma|mes|moi|en tant que|"
        r"chez|j['’])\b)[^;:.])*",
        re.I,
    ),
    "es": re.compile(
        r"\b(?:su anuncio|ustedes (?:piden|buscan|nombran)|en cuanto a|de lo que pide|que piden para|para el puesto en|"
        r"sobre (?=[^;:.]{1,200} puedo decir))"
        r"(?:(?!\b(?:yo|mi|mis)\b)[^;:.,])*",
        re.I,
    ),
}
"""What a sentence says of the ad, up to where it speaks of its writer."""


def without_ad_talk(sentence: str, language: str) -> str:
    """The sentence without what it names as the ad's."""
    return AD_TALK[language].sub(" ", sentence) if language in AD_TALK else sentence


def claims_nothing(sentence: str, language: str) -> bool:
    """Whether a sentence says nothing that a CV would have to carry."""
    plain = folded(sentence)
    if language == "en":
        if is_greeting(sentence):
            return True
        if tells_of_record(sentence):
            return False
        if re.search(
            r"\b(?:me|us)\b",
            re.sub(r"\b(?:to|for|let|call|tell|contact|reach|invite|interests?|attracts?|appeals?|made|makes|drew|draws) me\b", " ", plain),
        ):
            return False
        if I_WISH.search(plain):
            return True
        return not (is_about_nobody(sentence) and (TELLS.search(plain) or len(plain.split()) < 4))
    if language not in WISH:
        return False
    if WISH[language].search(plain) and not LOOKS_BACK[language].search(plain):
        return True
    return bool(YOURS[language].search(sentence) and not MINE[language].search(plain))


__all__ = ["claims_nothing", "without_ad_talk"]
