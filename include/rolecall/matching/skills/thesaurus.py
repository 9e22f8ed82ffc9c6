"""Which English words mean the same, or a thing of the same kind: a committed table made by ``bench/fit/thesaurus.py`` from WordNet."""

from __future__ import annotations

import gzip
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "thesaurus.txt.gz"


class WordMeaning(NamedTuple):
    """What a word can mean.

    :param kinds: WordNet's lexicographer files of its meanings, each part of speech's most usual first
    :param own: its meanings, and those that a word formed from it has
    :param above: meanings that are one or two steps more general
    """

    kinds: tuple[int, ...]
    own: frozenset[int]
    above: frozenset[int]


@cache
def _lines() -> dict[str, str]:
    return dict(line.split("\t", 1) for line in gzip.decompress(FILE.read_bytes()).decode("utf-8").splitlines())


@lru_cache(maxsize=65_536)
def word_meaning(word: str) -> WordMeaning | None:
    """What a folded word can mean; ``None``: the table does not have it."""
    found = [line.split("\t") for base in bases(word) if (line := _lines().get(base))]
    if not found:
        return None
    kinds, own, above = zip(*found, strict=True)
    return WordMeaning(tuple(map(int, ",".join(kinds).split(","))), _numbers(own), _numbers(above))


def _numbers(parts: tuple[str, ...]) -> frozenset[int]:
    return frozenset(int(one) for part in parts for one in part.split())


def bases(word: str) -> list[str]:
    """A word and what it may be a form of, likeliest first.

    >>> bases("rehearsing"), bases("carried")
    (['rehearsing', 'rehears', 'rehearse'], ['carried', 'carri', 'carrie', 'carry'])
    """
    found = [word]
    for ending, instead in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 1:
            stem = word[: len(word) - len(ending)]
            found += [stem + one for one in instead]
            if len(stem) > 3 and stem[-1] == stem[-2] and "" in instead and ending in ("ed", "ing", "er"):
                found.append(stem[:-1])
    return list(dict.fromkeys(found))


ENDINGS = (
    ("ies", ("y",)), ("es", ("", "e")), ("'s", ("",)), ("s", ("",)), ("ied", ("y",)), ("ed", ("", "e")), ("ing", ("", "e")),
    ("isation", ("ization", "ize")), ("ise", ("ize",)), ("ised", ("ize",)), ("ising", ("ize",)), ("yse", ("yze",)), ("ysed", ("yze",)),
    ("our", ("or",)), ("oured", ("or",)), ("elling", ("el",)), ("elled", ("el",)), ("re", ("er",)), ("ly", ("", "le")),
    ("er", ("", "e")), ("est", ("", "e")),
)  # fmt: skip
"""Endings of English forms, and what stood there before."""


NAMES_ONLY = frozenset((15, 18))


def is_word(word: str) -> bool:
    """Whether a folded word is an ordinary English one, not only a place or a person."""
    one = word_meaning(word)
    return one is not None and not set(one.kinds) <= NAMES_ONLY


def is_said_by(word: str, words: frozenset[str]) -> bool:
    """Whether what a word says one of others says: the same, in other words, or something more special."""
    one = word_meaning(word)
    return bool((one and one.own & _meanings(words)) or work_synonyms(word) & words)


@lru_cache(maxsize=512)
def _meanings(words: frozenset[str]) -> frozenset[int]:
    found = [one for word in words if (one := word_meaning(word))]
    return frozenset().union(*(one.own | one.above for one in found))


def work_synonyms(word: str) -> frozenset[str]:
    """Words that people at work use for the same, and a dictionary keeps apart."""
    return frozenset().union(*(_groups().get(base, frozenset()) for base in bases(word)))


@cache
def _groups() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in GROUPS:
        group = line.split()
        for one in group:
            found.setdefault(one, set()).update(form for other in group for form in _forms(other))
    return {word: frozenset(words) for word, words in found.items()}


def _forms(word: str) -> list[str]:
    stem = word.removesuffix("e")
    short = word[:-1] if word.endswith("y") else word
    return [
        word,
        f"{word}s",
        f"{stem}es",
        f"{short}ies",
        f"{stem}ed",
        f"{stem}ing",
        f"{short}ied",
        f"{word}{word[-1]}ing",
        f"{word}{word[-1]}ed",
    ]


GROUPS = (
    "colleague coworker co-worker staff teammate team personnel employee associate peer",
    "customer client guest shopper consumer patron buyer",
    "pupil student child kid schoolchild learner class grade",
    "child kid youth youngster boy girl teenager adolescent",
    "patient resident client bedside ward",
    "physician doctor surgeon clinician medical",
    "shop store retail outlet branch supermarket grocery boutique",
    "goods merchandise product item stock ware article",
    "stock inventory supply",
    "check audit inspect verify review control examine test proofread",
    "bill invoice billing invoicing",
    "invoice billing",
    "till register cash checkout cashier",
    "payment cash pay money credit transaction",
    "clothes apparel clothing garment fashion dress wear",
    "theft steal shoplifting shrinkage loss",
    "lead manage supervise head direct run oversee charge chief leader manager supervisor leadership",
    "train teach instruct coach mentor educate trainer teacher training onboard tutor",
    "hire recruit recruitment employ hiring staff appoint",
    "build construct create develop make produce design set",
    "introduce implement launch rollout establish start implementation roll introduction",
    "organise organize coordinate arrange plan schedule coordination planning",
    "appointment schedule scheduling booking calendar",
    "answer respond reply response",
    "phone telephone call calls",
    "write draft author compose prepare produce document",
    "halve half cut reduce",
    "reduce cut lower decrease drop shorten bring",
    "grow increase raise boost expand growth rise improve",
    "win earn receive award gain secure close",
    "finish complete graduate end",
    "school education educational elementary primary secondary district",
    "hospital clinic medical nursing ward care health",
    "surgery operation surgical operative operate theatre procedure operating",
    "truck lorry van vehicle artic hgv driver",
    "drive driver driving deliver delivery",
    "warehouse store storage depot logistics",
    "repair fix maintain mend service maintenance",
    "machine equipment device",
    "computer software digital pc it laptop",
    "website site web page online internet",
    "kitchen cook chef cooking culinary restaurant",
    "dish meal food menu recipe plate",
    "restaurant kitchen dining",
    "hotel guest hospitality room reception",
    "desk reception front receptionist",
    "paperwork document filing file form documentation administrative record",
    "number figure data financial accounting account",
    "book bookkeeping ledger account accounting",
    "month monthly",
    "week weekly",
    "day daily",
    "year yearly annual annually",
    "quarter quarterly",
    "month-end close",
    "year-end close",
    "salary pay payroll wage",
    "law legal lawyer attorney solicitor",
    "house home residential",
    "flat apartment housing",
    "house building construction",
    "work job employment shift position role",
    "firm company business employer",
    "boss manager director head supervisor",
    "apprentice trainee junior newcomer",
    "newcomer hire starter joiner trainee",
    "certificate certification certified licence license licensed qualification permit card ticket",
    "licence license",
    "degree bachelor master diploma ba bsc msc ma",
    "bachelor bachelors ba bsc bs",
    "master masters ma msc ms mba meng",
    "study student studies degree university major",
    "college university",
    "award prize honour honor recognition distinction medal",
    "language speak bilingual fluent native",
    "paint painting painter",
    "draw drawing illustration",
    "photo photograph photography photographer",
    "nurse nursing rn",
    "teacher teach educator teaching",
    "engineer engineering",
    "baker bakery bread",
    "carpenter joiner carpentry joinery wood timber",
    "electrician electrical wiring wire",
    "gardener garden landscaping",
    "programmer developer software coding code program",
    "accountant accounting accountancy bookkeeping",
    "seller sale sales sell sold",
    "buyer purchase purchasing procurement buy order",
    "order requisition purchase request",
    "complaint issue problem resolve dispute",
    "conflict dispute",
    "safe safety secure security",
    "clean tidy cleaning hygiene sanitation",
    "display signage arrangement showcase",
    "unpack unbox",
    "shelf stock restock replenish",
    "extra overtime additional",
    "young junior youth",
    "old elderly senior aged",
    "parent family mother father guardian",
    "relative family",
    "report inform reporting notify",
    "present presentation pitch",
    "meet meeting",
    "speak talk communicate communication",
    "listen listener listening",
    "help assist support aid",
    "care look caring attend",
    "watch observe monitor supervise",
    "symptom sign",
    "medicine medication drug",
    "operation surgery",
    "insurance coverage insurer payer",
    "claim denial",
    "budget cost spend spending expense financial",
    "forecast projection predict plan",
    "contract agreement",
    "tender bid proposal",
    "subcontractor contractor sub-contractor",
    "negotiate negotiation",
    "supplier vendor",
    "ship dispatch send shipping deliver",
    "pack package bag box wrap",
    "load unload lift",
    "route round tour",
    "bike bicycle cycle cyclist",
    "car automobile vehicle auto",
    "garage workshop",
    "volunteer voluntary",
    "intern internship placement trainee",
    "switch change migrate move replace",
    "migrate migration move moved",
    "split break divide",
    "speed fast latency time",
    "error mistake fault defect bug",
    "uptime availability reliability",
    "server backend infrastructure",
    "app application mobile",
    "cloud aws azure gcp",
    "database sql data",
    "statistics statistical data analysis",
    "analyse analyze analysis analyst analytics evaluate",
    "research study investigate researcher",
    "experiment test trial lab",
    "lab laboratory",
    "measure record document log track",
    "record log register note",
    "keep maintain hold",
    "choose select pick selection",
    "decide decision",
    "solve resolve fix troubleshoot",
    "prevent avoid stop",
    "protect safeguard",
    "improve better enhance optimise optimize upgrade increase",
    "open opening close closing",
    "close shut",
    "greet welcome receive",
    "serve service waiter waitress",
    "advise consult recommend guide advice consultant",
    "persuade convince influence",
    "campaign marketing advertising promotion",
    "newsletter email mailing",
    "event conference function",
    "trip excursion travel tour",
    "sport athletic athlete game",
    "member membership belong",
    "captain lead",
    "chair chairman lead head",
    "board committee council",
    "union works",
    "german germany",
    "french france",
    "spanish spain",
    "english england",
    "staff personnel workforce crew employee",
    "crew team squad",
    "night nightshift overnight",
    "supervise monitor oversee",
    "visit attend",
    "attend attendance participate",
    "participate part join took involved",
    "translate translation interpret",
    "edit editor editing",
    "publish publication print",
    "magazine publication monthly",
    "logo brand identity",
    "packaging package",
    "brewery beer brew",
    "wine beverage drink bar",
    "drink beverage liquid",
    "eat food feed meal",
    "soil garden plant",
    "tree arborist forestry",
    "animal pet veterinary",
    "dog pet canine",
    "vet veterinary veterinarian",
    "money financial finance fund cash",
    "revenue sales turnover income",
    "turnover revenue sales",
    "profit margin",
    "tax fiscal vat",
    "price pricing cost rate",
    "discount promotion",
    "customer-facing customer",
    "shopfloor store sales floor",
)
"""Words of one line say nearly the same at work."""
