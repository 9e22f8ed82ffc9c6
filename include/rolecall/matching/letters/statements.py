"""What a CV says was done, sentence by sentence, and how its owner would say it in the first person.

Only sentences are taken whose form is plain (a verb first, an infinitive, a duty, a noun of doing): a letter then adds ``I`` and nothing
else. What cannot be said that way is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rolecall.matching.ads.languages import language_of
from rolecall.matching.cv.person import Person, is_open
from rolecall.matching.cv.spans import find
from rolecall.matching.papers.tailored import lines_of
from rolecall.text.words import fold, listed, words

SHORTEST, LONGEST = 5, 34
"""Words of a sentence that is used."""

MOST = 80
"""Sentences of one CV that are looked at."""

SURE = 0.8
"""How sure the reader of the CV must be of a title or an employer that a letter names."""

DID = listed(
    "led built made ran won wrote grew took oversaw held taught drove sold kept cut set met brought found sent began gave spoke rose dealt "
    "bought fed drew chose undertook rebuilt rewrote brought put spent saw became underwent shot sang flew "
)
NO_DEED = listed(
    "experienced skilled motivated detailed dedicated licensed proven seasoned talented "
    "oriented qualified interested based involved accredited limited need speed "
    "versed rooted driven gifted devoted distinguished varied unmatched exceed succeed proceed feed seed embed "
    "chosen honored honoured ranked inducted graduated "
    "self-motivated detail-oriented results-oriented team-oriented bed red med ed shed hundred biomedical "
)
"""Words in -ed that begin a description of a person, or are no verb of the past."""

BEHIND_PASSIVE = listed("to for as by in on at with and from among of")
PASSIVE = listed(
    "organized trained promoted awarded completed attended assigned educated focused committed elected recognized recognised named "
    "selected required used accomplished advanced certified registered related applied enrolled nominated"
)
"""Words in -ed that say what others did to the person where one of those stands behind: ``Promoted to supervisor``."""

DO = listed(
    "manage process prepare perform provide maintain develop create design build lead coordinate assist support ensure review conduct plan "
    "train supervise handle monitor analyze analyse implement write teach sell negotiate organize organise schedule answer greet operate "
    "research report test deliver direct oversee run recruit hire interview evaluate assess administer collaborate work serve resolve "
    "respond install repair inspect track update compile communicate establish identify facilitate help drive execute present "
    "produce edit draft advise consult counsel care cook clean load order receive verify reconcile audit calculate troubleshoot configure "
    "deploy automate document translate administrate inform introduce integrate generate gather enter assemble "
    "sort stock pack ship supply serve treat examine diagnose dispense administer educate enforce evaluate facilitate file forecast guide "
    "handle influence instruct investigate liaise market measure meet model motivate obtain optimize order oversee pay post price program "
    "purchase recommend record refer repair represent request restock schedule screen select set solve standardize streamline submit "
    "transport utilize validate mentor coach educate promote secure partner participate interact process"
)
REPORTS = re.compile(
    r"\d|%|\$|€|£|\b(?:by \w+ing|result(?:ed|ing|s)?|increas\w+|reduc\w+|improv\w+|sav(?:ed|ing)|grew|won|achiev\w+|exceed\w+|doubl\w+|"
    r"award\w*|launch\w+|steiger\w+|senk\w+|verbesser\w+|erhöh\w+|augment\w+|rédui\w+|amélior\w+|aument\w+|redu[cj]\w+|mejor\w+)",
    re.I,
)
"""What tells a result from a duty."""

UNFIT = re.compile(
    r"[\[\]@:|{}<>“”„»«\"�]|https?|www\.|Â|Ã|â€|\bI\b|\bcompany name\b|^\W*$|\betc\b|#|other duties"
    r"|\b(?:of|the|a|an|and|or|for|to|in|with|by|at|as|from|der|die|das|und|mit|für|von|de|la|le|et|y|los|las|du|des|\w)$",
    re.I,
)
"""What no sentence of a letter has: labels, addresses, leftovers of a template, broken letters, a second subject, a cut end."""

SENTENCE = re.compile(r"(?<=[.!?;]) (?=[^\W\d_a-z])")
RUN_ON = re.compile(r"(?<=[a-z)]) (?=(?:[A-Z][a-z]{2,14}ed|Responsible for) [a-z])")
"""Where the line break between two bullets was lost: ``… of payment Processed all …``."""

GERMAN_DEED = re.compile(
    r"(?:ge\w{2,30}(?:t|en)|\w{1,30}iert|(?:ver|be|ent|er|zer|über|unter)\w{2,30}(?:t|en)|\w{2,12}ge\w{2,30}(?:t|en))$"
)
GERMAN_SMALL = listed(
    "der die das den dem des ein eine einen einem einer mehrere alle neue im in bei mit an am zum zur für auf aus von vom"
)
GERMAN_DOING = re.compile(
    r"^(?:\w{1,40}(?:ung|ungen|ion|ionen|heit|keit|erei|pflege|arbeit|aufbau|einkauf|verkauf|bau|betrieb)|Aufbau|Einsatz)$"
)

Form = Literal["did", "do", "doing", "duty", "noun"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a CV.

    :param text: as it stands, on one line and without a full stop
    :param span: where, in ``person.text``
    :param role: which of ``cv.roles`` it belongs to; ``None``: the CV does not say
    :param form: ``did`` *improved the menu*, ``do`` *manage the bar*, ``doing`` *handling cash*, ``duty`` *responsible for stock*,
        ``noun`` *Betreuung der Kunden*
    :param result: it tells a result, not only a task
    """

    text: str
    span: tuple[int, int]
    role: int | None
    form: Form
    now: bool
    result: bool
    language: str


def statements_of(person: Person) -> list[Statement]:
    """The CV's sentences that a letter can say, in the CV's order, roles first; each once."""
    language = language_of(words(person.text[:20_000])) or "en"
    found: dict[str, Statement] = {}
    for role, now, sentence in _sentences(person):
        key = fold(sentence)
        form = form_of(sentence, language)
        if form is None or key in found:
            continue
        span = find(sentence, person.text)
        if span and not any(start < span[1] and span[0] < end for start, end in person.ignored):
            found[key] = Statement(sentence, span, role, form, now, bool(REPORTS.search(sentence)), language)
        if len(found) >= MOST:
            break
    return list(found.values())


def _sentences(person: Person) -> Iterator[tuple[int | None, bool, str]]:
    for number, role in enumerate(person.cv.roles):
        for line in lines_of(role.text):
            yield from ((number, is_open(role), part) for part in _parts(line))
    if person.cv.text:
        for line in lines_of(person.cv.text, most=1_000):
            yield from ((None, False, part) for part in _parts(line) if REPORTS.search(part))


def _parts(line: str) -> Iterator[str]:
    for sentence in SENTENCE.split(line):
        for part in RUN_ON.split(sentence):
            said = re.sub(r"^(?:I|Ich habe|J'ai|J’ai) ", "", part.strip(" .;,!–-•*·"))
            if SHORTEST <= len(said.split()) <= LONGEST and not UNFIT.search(said) and said.count("(") == said.count(")"):
                yield said


def form_of(sentence: str, language: str) -> Form | None:
    """The form of a sentence without its subject; ``None``: it cannot be said by just adding one."""
    said = sentence.split()
    first, second = said[0].lower().strip(",&/"), said[1].lower().strip(",&/")
    if sum(word.isupper() and len(word) > 3 for word in said) > len(said) / 3 or not said[0][:1].isalpha() or said[0][1:].isupper():
        return None
    if language == "en":
        if first.endswith("ly") and len(first) > 4:
            first = second
        return _english(first, second)
    if language == "de":
        if first == "verantwortlich" and second == "für":
            return "duty"
        if GERMAN_DEED.fullmatch(said[-1]) and (first in GERMAN_SMALL or GERMAN_DOING.match(said[0]) or said[0].isupper()):
            return "did"
        return "noun" if GERMAN_DOING.match(said[0]) else None
    if language == "fr":
        if first in ("responsable", "chargé", "chargée") and second in ("de", "du", "des"):
            return "duty"
        if re.fullmatch(r"\w{3,40}é", first):
            return "did"
        if re.fullmatch(r"\w{2,40}(?:er|ir|re)", first):
            return "do"
        return "noun" if re.fullmatch(r"\w{3,40}(?:tion|ment|age|ise|ance|erie)", first) else None
    if language == "es":
        if first == "responsable" and second in ("de", "del"):
            return "duty"
        if re.fullmatch(r"\w{3,40}[éí]", first):
            return "did"
        if re.fullmatch(r"\w{2,40}(?:ar|er|ir)", first):
            return "do"
        return "noun" if re.fullmatch(r"\w{3,40}(?:ción|sión|miento|aje|ncia|dad)", first) or first in ("desarrollo", "manejo") else None
    return None


def _english(first: str, second: str) -> Form | None:
    if first == "responsible" and second == "for":
        return "duty"
    if first in PASSIVE and second in BEHIND_PASSIVE:
        return None
    if first in DID or (first.endswith("ed") and len(first) > 4 and first not in NO_DEED and "-" not in first):
        return "did"
    if first in DO:
        return "do"
    if (first.endswith("ing") and first.removesuffix("ing") + "e" in DO) or (first.endswith("ing") and first.removesuffix("ing") in DO):
        return "doing"
    return None


def clause(one: Statement) -> str:
    """The sentence with its subject, in its own language, to stand behind ``As clerk at Tin Co,``."""
    text = one.text if one.text[:2].isupper() else one.text[0].lower() + one.text[1:]
    if one.language == "en":
        return {
            "did": f"I {text}",
            "do": f"I {text}" if one.now else f"it was my task to {text}",
            "doing": f"my work {'includes' if one.now else 'included'} {text}",
            "duty": f"I {'am' if one.now else 'was'} {text}",
        }[one.form]
    if one.language == "de":
        kept = text if fold(one.text.split()[0]) in GERMAN_SMALL else one.text
        return {
            "did": f"habe ich {kept}",
            "duty": f"{'bin' if one.now else 'war'} ich {text}",
            "noun": f"{'gehört' if one.now else 'gehörte'} zu meinen Aufgaben: {one.text}",
        }[one.form]
    if one.language == "fr":
        of = "d'" if text[0] in "aeiouyhéèê" else "de "
        return {
            "did": f"j'ai {text}",
            "do": f"ma mission {'est' if one.now else 'était'} {of}{text}",
            "duty": ("je suis " if one.now else "j'étais ") + text,
            "noun": f"mon travail {'comprend' if one.now else 'comprenait'} ceci : {text}",
        }[one.form]
    return {
        "did": text,
        "do": f"mi tarea {'es' if one.now else 'era'} {text}",
        "duty": f"{'soy' if one.now else 'fui'} {text}",
        "noun": f"mi trabajo {'incluye' if one.now else 'incluía'} {text}",
    }[one.form]
