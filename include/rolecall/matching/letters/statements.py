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
from rolecall.matching.cv.cv_dates import is_open
from rolecall.matching.cv.person import Person
from rolecall.matching.cv.spans import find
from rolecall.matching.papers.tailored import lines_of
from rolecall.matching.skills.vocabulary import vocabulary
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
    "transport utilize validate mentor coach educate promote secure partner participate interact process look keep make take hold own fit "
    "chair control ensure host explain book bill code debug brief curate weld wire drive draw calibrate paint grow carry "
    "contribute teach plan "
    "source buy cut set act monitor guarantee tend feed visit treat grade mark lecture tutor"
)
REPORTS = re.compile(
    r"\d|%|\$|€|£|\b(?:by \w+ing|result(?:ed|ing|s)?|increas\w+|reduc\w+|improv\w+|sav(?:ed|ing)|grew|won|achiev\w+|exceed\w+|doubl\w+|"
    r"award\w*|launch\w+|steiger\w+|senk\w+|verbesser\w+|erhöh\w+|augment\w+|rédui\w+|amélior\w+|aument\w+|redu[cj]\w+|mejor\w+)",
    re.I,
)
"""What tells a result from a duty."""

UNFIT = re.compile(
    r"[\[\]@:|{}<>“”„»«\"�]|https?|www\.|Â|Ã|â€|\bI\b|\bcompany name\b|^\W*$|\betc\b|#|other duties"
    r"|\b(?:of|the|a|an|and|or|for|to|in|with|by|at|as|from|der|die|das|und|mit|für|von|de|la|le|et|y|los|las|du|des|\w)$"
    r"|\b(?:his|her|he|she|reason for|city state|city, state|client:|duties|responsibilities)\b|&amp|\?|&\s*$|\w\(|\.\w{4,}",
    re.I,
)
"""What no sentence of a letter has: labels, addresses, leftovers of a template, broken letters, a second subject, a cut end."""

GLUED = re.compile(r"[a-z)] (?P<word>[A-Z][a-z]{3,}) (?P<next>[a-z]{3,})")
"""A capital in the middle of an English sentence, where no skill is named: two of them, and several lines were read as one."""

SENTENCE = re.compile(r"(?<=[.!?;]) (?=[^\W\d_a-z])")
RUN_ON = re.compile(
    r"(?<=[a-z)]) (?=(?:[A-Z][a-z]{2,14}ed|Responsible for|Develop|Manage|Maintain|Provide|Ensure|Create|Prepare|"
    r"Implement|Assist|Coordinate|Perform|Conduct|Monitor|Train) [a-z])"
)
"""Where the line break between two bullets was lost: ``… of payment Processed all …``."""

GERMAN_DEED = re.compile(
    r"(?:ge\w{2,30}(?:t|en)|\w{1,30}iert|(?:ver|be|ent|er|zer|über|unter)\w{2,30}(?:t|en)|\w{2,12}ge\w{2,30}(?:t|en))$"
)
GERMAN_SMALL = listed(
    "der die das den dem des ein eine einen einem einer mehrere alle neue im in bei mit an am zum zur für auf aus von vom "
    "bis über rund mehr täglich wöchentlich monatlich jährlich regelmäßig selbstständig selbständig eigenständig "
    "erfolgreich zwei drei vier fünf "
    "sechs sieben acht neun zehn zwölf"
)
GERMAN_OBJECT = (
    (re.compile(r"^\w+(?:ung|ion|heit|keit|erei|pflege|arbeit)$"), "die "),
    (
        re.compile(
            r"^(?:Aufbau|\w*(?:abschluss|prozess|bericht|auftrag|einsatz|bereich|plan|umsatz|betrieb|einkauf|verkauf|aufbau|kurs|ablauf))$",
            re.I,
        ),
        "den ",
    ),
    (re.compile(r"^\w*(?:system|projekt|team|konzept|rezept|programm|lager|sortiment|angebot|budget)$", re.I), "das "),
    (re.compile(r"^\w+en$"), ""),
)
"""The article of a noun that something was done to, by its ending; plurals have none."""
GERMAN_DOING = re.compile(
    r"^(?:\w{1,40}(?:ung|ungen|ion|ionen|heit|keit|erei|pflege|arbeit|aufbau|einkauf|verkauf|bau|betrieb)|Aufbau|Einsatz)$"
)

SMALL_LAST = listed(
    "of the a an and or for to in with by at as from on into over under within using their its our your my be is are der "
    "die das den dem des und "
    "oder mit für von im in an am zu zum zur bei auf als de la le les et ou y o los las el du des en con para por à au aux & e"
)
"""Words that nothing ends with."""

MIXED = re.compile(r"^(?:\w+ly )?\w+ed(?:,? (?:and|&)|,) (?P<next>[a-z]+)\b")
"""``reviewed and ensure``: two verbs that do not go together; and ``supports and develop``."""

NO_SECOND = listed("willing able ready is are was were")
AMBIGUOUS = listed(
    "support design research test document market program process report schedule order answer review plan care cook load stock ship audit "
    "supply sort post price pay file record monitor train lead need screen select model measure run perform release"
)
"""Words that are a verb or a noun: what begins with one is something to do only where an article or the like stands behind."""
UNLIKE_NOUN = listed("perform select process monitor train review schedule answer lead")
OPENS = listed("the a an all and or new with to on for any both each customer client patient high in up other our their its incoming daily")

ENGLISH_NOUN = re.compile(
    r"^(?:[a-z-]{3,20} )?(?:\w{2,20}(?:tion|sion|ment|ance|ence)|design|support|analysis|maintenance|control|planning|care|"
    r"service|delivery|"
    r"pipelines|set-?up) (?:and [\w-]{4,20} )?(?:of|in|for|with) ",
    re.I,
)
"""``Administration of medication``, ``Pipelines in Airflow``: a noun, and what it is of."""

MEMBER = listed("member preceptor mentor supervisor leader coordinator treasurer secretary volunteer organiser organizer trainer tutor")
"""What somebody is of a group: ``Member of the works council``."""

Form = Literal["did", "do", "does", "doing", "duty", "noun", "is"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a CV.

    :param text: as it stands, on one line and without a full stop
    :param span: where, in ``person.text``
    :param role: which of ``cv.roles`` it belongs to; ``None``: the CV does not say
    :param form: ``did`` *improved the menu*, ``do`` *manage the bar*, ``does`` *manages the bar*, ``doing`` *handling cash*,
        ``duty`` *responsible for stock*, ``noun`` *Betreuung der Kunden*, ``is`` *member of the council*
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
        if form is None or key in found or (role is None and form == "noun"):
            continue
        span = find(sentence, person.text)
        if span and not any(start < span[1] and span[0] < end for start, end in person.ignored):
            goes_on = now and not re.search(r"\b(?:19|20)\d\d\b", sentence)
            found[key] = Statement(sentence, span, role, form, goes_on, bool(REPORTS.search(sentence)), language)
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
        if first.endswith("ly") and len(first) > 4 and len(said) > 2:
            first, second = second, said[2].lower().strip(",&/")
        mixed = MIXED.match(sentence)
        if mixed and mixed["next"] in DO | NO_SECOND and not mixed["next"].endswith("ed"):
            return None
        begins = [[*part.lower().split(), "", ""][:2] for part in sentence.split("; ")]
        if len(begins) > 1 and not all(_english(*begin) == "did" for begin in begins):
            return None
        glued = [found for found in GLUED.finditer(sentence) if found["next"] not in SMALL_LAST and not vocabulary().find(found["word"])]
        if len(glued) > 1:
            return None
        return _english(first, second) or ("noun" if ENGLISH_NOUN.match(sentence) else None)
    if language == "de":
        if first == "verantwortlich" and second == "für":
            return "duty"
        if GERMAN_DEED.fullmatch(said[-1]) and (first in GERMAN_SMALL or said[0].isdecimal() or _german_object(said) is not None):
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


def _german_object(said: list[str]) -> str | None:
    """The article to put before a noun that something was done to; ``None`` where nobody can tell."""
    if len(said) > 2 and said[0][:1].isupper() and said[1] in ("und", "sowie") and said[2][:1].isupper():
        return ""  # Brote und Brötchen
    return next((article for pattern, article in GERMAN_OBJECT if pattern.match(said[0])), None) if said[0][:1].isupper() else None


def _english(first: str, second: str) -> Form | None:
    if first == "responsible" and second == "for":
        return "duty"
    if first in PASSIVE and second in BEHIND_PASSIVE:
        return None
    if first in MEMBER and second in ("of", "to", "for", "in"):
        return "is"
    if first in DID or (first.endswith("ed") and len(first) > 4 and first not in NO_DEED and "-" not in first):
        return "did"
    if first in DO and (first not in AMBIGUOUS or second in OPENS or first in UNLIKE_NOUN):
        return "do"
    if first.endswith("s") and _infinitive(first) in DO and second not in BEHIND_PASSIVE:
        return "does"
    if first == "acting":
        return None
    if (first.endswith("ing") and first.removesuffix("ing") + "e" in DO) or (first.endswith("ing") and first.removesuffix("ing") in DO):
        return "doing"
    return None


def _infinitive(third: str) -> str:
    """``manage`` of ``manages``, ``assess`` of ``assesses``, ``carry`` of ``carries``; as it stands where there is none."""
    for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
        if third.endswith(ending) and (base := third.removesuffix(ending) + instead) in DO:
            return base
    return third


def _as_infinitives(text: str) -> str:
    """``installs and tests units`` → ``install and test units``: the first verb, and those that are joined to it."""
    said = text.split(" ")
    for number, word in enumerate(said):
        bare = word.rstrip(",")
        joined = number == 0 or said[number - 1] in ("and", "&") or said[number - 1].endswith(",") or said[number - 1].endswith("ly")
        if joined and bare.endswith("s") and _infinitive(bare) in DO and (number == 0 or _is_verb_here(said, number)):
            said[number] = _infinitive(bare) + word[len(bare) :]
    return " ".join(said)


def _is_verb_here(said: list[str], number: int) -> bool:
    """Whether something to do it to stands behind: ``and plans the rota``, not ``and plans``."""
    behind = said[number + 1] if number + 1 < len(said) else ""
    return behind.lower() in ("the", "a", "an", "all", "and", "new", "with", "to", "for", "on", "their", "our", "its") or number == 1


GERMAN_PLURAL = re.compile(r"\b(?:und|sowie)\b|^\w+(?:ungen|ionen|heiten|keiten|arbeiten)\b")
GERMAN_GENDER = (
    (re.compile(r"^\w+(?:ungen|ionen|heiten|keiten|arbeiten)\b"), "die"),
    (re.compile(r"^\w+(?:ung|ion|heit|keit|erei|pflege|arbeit)\b"), "die"),
    (re.compile(r"^\w*(?:aufbau|einsatz|einkauf|verkauf|betrieb|bau)\b", re.I), "der"),
)
LATIN_GENDER = {
    "fr": ((re.compile(r"^\w+(?:tion|sion|ance|ence|ure|erie|ise)\b", re.I), "la"), (re.compile(r"^\w+(?:ment|age)\b", re.I), "le")),
    "es": (
        (re.compile(r"^\w+(?:ción|sión|dad|ncia)\b", re.I), "la"),
        (re.compile(r"^(?:\w+(?:miento|aje)|desarrollo|manejo|control)\b", re.I), "el"),
    ),
}
"""Which article a noun of doing has, by its ending."""


def with_article(noun: str, language: str) -> str | None:
    """``la gestion des stocks``, ``die Betreuung der Kunden``; ``None`` where its article is not known."""
    lower = noun[0].lower() + noun[1:]
    if language == "de":
        article = next((one for pattern, one in GERMAN_GENDER if pattern.match(noun)), None)
        return f"{article} {noun}" if article else None
    article = next((one for pattern, one in LATIN_GENDER.get(language, ()) if pattern.match(lower)), None)
    if article is None:
        return None
    return f"l'{lower}" if language == "fr" and lower[0] in "aeiouéèêh" else f"{article} {lower}"


def clause(one: Statement, also: str = "") -> str:
    """The sentence with its subject, in its own language, to stand behind ``As clerk at Tin Co,``.

    :param also: a word that adds it to what was said before, such as *also*, *auch*
    """
    text = one.text if one.text[:2].isupper() else one.text[0].lower() + one.text[1:]
    too = f"{also} " if also else ""
    if one.language == "en":
        text = re.sub(r"; (?=\w)", ", and ", text)
        verb, lower = _as_infinitives(text), text
        return {
            "did": f"I {too}{lower}",
            "do": f"I {too}{lower}" if one.now else f"it was {too}my job to {lower}",
            "does": f"I {too}{verb}" if one.now else f"it was {too}my job to {verb}",
            "doing": f"my work {too}{'includes' if one.now else 'included'} {lower}",
            "duty": f"I {'am' if one.now else 'was'} {too}{lower}",
            "noun": f"my work {too}{'covers' if one.now else 'covered'} {lower}",
            "is": f"I {'am' if one.now else 'was'} {too}a {lower}",
        }[one.form]
    if one.language == "de":
        small = one.text.split()[0].lower() in GERMAN_SMALL
        kept = text if small else (_german_object(one.text.split()) or "") + one.text
        noun, many = with_article(one.text, "de"), "n" if GERMAN_PLURAL.search(one.text) else ""
        belongs = f"gehör{'en' if many else 't'}" if one.now else f"gehörte{many}"
        short = noun and len(noun.split()) <= 14
        return {
            "did": f"habe ich {too}{kept}",
            "duty": f"{'bin' if one.now else 'war'} ich {too}{text}",
            "noun": f"{belongs} {too}{noun} zu meinen Aufgaben"
            if short
            else f"{'gehört' if one.now else 'gehörte'} {too}dies zu meinen Aufgaben: {one.text}",
        }[one.form]
    if one.language == "fr":
        of = "d'" if text[0] in "aeiouyhéèê" else "de "
        noun = with_article(one.text, "fr")
        return {
            "did": f"j'ai {too}{text}",
            "do": f"ma mission {'est' if one.now else 'était'} {too}{of}{text}",
            "duty": ("je suis " if one.now else "j'étais ") + too + text,
            "noun": f"mon travail {'comprend' if one.now else 'comprenait'} {too}{noun or f'ceci : {text}'}",
        }[one.form]
    noun = with_article(one.text, "es")
    return {
        "did": f"{too}{text}",
        "do": f"mi tarea {too}{'es' if one.now else 'era'} {text}",
        "duty": f"{too}{'soy' if one.now else 'fui'} {text}",
        "noun": f"mi trabajo {too}{'incluye' if one.now else 'incluía'} {noun or text}",
    }[one.form]
