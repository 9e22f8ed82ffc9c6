"""Honesty, on invented sets by somebody who had read none of the code: questions that tempt, sentences of letters of which half are lies
about a CV, and application forms of systems that no reader of ours knows (``judge/invented/forms``).

Halves by hash: the errors of one were looked at, the other one only measures. Of the questions' answers all were read by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from judge.measure import Row, Skipped, developed_on, share
from rolecall.applying.answers.answering import Given, answer_field
from rolecall.applying.answers.bank import Answer, options_key
from rolecall.applying.answers.canonical import canonical_meaning
from rolecall.applying.forms import Field, Form, read_form
from rolecall.applying.forms.form_wording import folded, is_sensitive
from rolecall.errors import InvalidInput
from rolecall.matching import read_cv
from rolecall.matching.ads.job import Job
from rolecall.matching.cv.person import Person, read_person
from rolecall.matching.letters.claims import NOT_FOUND, CvWords, unsupported

SETS = Path(__file__).parent / "invented/forms"
OWN = SETS.parent / "letters"
HALVES = (("developed on", True), ("held", False))


def rows(shared: Path, *, short: bool) -> Iterator[Row | Skipped]:
    """Lies caught and honest sentences stopped; answers that nobody gave; questions of unknown pages, and traps among them."""
    for whose, said in (("by another hand", sentences(short=short)), ("by the rules' own hand", own_sentences())):
        for half, developed in HALVES:
            ours = [one for one in said if developed_on(one.sentence) is developed]
            lies, honest = [float(one.stopped) for one in ours if one.lie], [float(one.stopped) for one in ours if not one.lie]
            yield Row(f"letters {whose}, {half}", "lies caught", *share(lies), "none", None, len(lies), None, False)
            yield Row(f"letters {whose}, {half}", "honest sentences stopped", *share(honest), "none", None, len(honest), None, False,
                      less_is_better=True)  # fmt: skip
            yield Row(f"letters {whose}, {half}", "honest sentences said to be against the CV",
                      *share([float(one.denied) for one in ours if not one.lie]), "none", None, len(honest), None, False,
                      less_is_better=True)  # fmt: skip
    given = list(answered())
    wrong = [float(one.wrong) for one in given]
    yield Row(
        "questions by another hand", "answers that nobody gave", *share(wrong), "none", None, len(wrong), 0.0, False, less_is_better=True
    )
    asked = list(unknown_pages())
    for half, developed in HALVES:
        read = [one for one in asked if developed_on(one.page) is developed]
        figure = share([float(one.right) for one in read], unit=[one.page for one in read])
        yield Row(f"forms of unknown systems by another hand, {half}", "questions read right", *figure, "none", None, len(read), 0.8, False)
    traps = [float(trap) for trap in page_traps()]
    yield Row("forms of unknown systems by another hand", "traps among the fields to fill", *share(traps), "none", None, len(traps), 0.0,
              False, less_is_better=True)  # fmt: skip


class Sentence(NamedTuple):
    """One sentence about a CV, its number before it, and whether the letters' checker stops it, or says that the CV denies it."""

    sentence: str
    lie: bool
    kind: str | None
    stopped: bool
    denied: bool


def sentences(*, short: bool = False) -> list[Sentence]:
    """Every sentence, or those about five of the twenty people."""
    people: dict[str, tuple[Person, CvWords]] = {}
    found = []
    for one in lines("lies.jsonl"):
        if short and int(one["cv"]) > 5:
            continue
        if one["cv"] not in people:
            person = read_person(read_cv((SETS / f"cvs/{one['cv']}.txt").read_text(encoding="utf-8")))
            people[one["cv"]] = (person, CvWords(person))
        person, known = people[one["cv"]]
        found.append(_asked(one["cv"], one["sentence"], one["lie"], one["kind"], person, known))
    return found


def own_sentences() -> list[Sentence]:
    """Sentences about eight more people in four languages, written before the rules that they measure, by whoever wrote those."""
    people: dict[str, tuple[Person, CvWords]] = {}
    found = []
    for line in (OWN / "sentences.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, said, kind, sentence = line.split("\t")
        if name not in people:
            person = read_person(read_cv((OWN / f"{name}.txt").read_text(encoding="utf-8")))
            people[name] = (person, CvWords(person))
        person, known = people[name]
        found.append(_asked(name, sentence, said == "lie", kind or None, person, known))
    return found


def _asked(name: str, sentence: str, lie: bool, kind: str | None, person: Person, known: CvWords) -> Sentence:
    claims = unsupported(sentence, person, Job(id="any", title="", company=""), cv=known)
    return Sentence(name + sentence, lie, kind, bool(claims), not all(claim.startswith(NOT_FOUND) for claim in claims))


class Answered(NamedTuple):
    """One answer that was given, and whether nobody gave it."""

    question: str
    value: str
    wrong: bool


def answered() -> Iterator[Answered]:
    """Asks each half of the questions of somebody who answered the other half. An answer is wrong where it is not the favourable one to a
    question that has a favourable answer, or was given to a question about something else.
    """
    questions = lines("questions.jsonl")
    cv = read_cv((SETS / "cvs/01.txt").read_text(encoding="utf-8"))
    today = datetime.now(UTC).date()
    for developed in (True, False):
        bank, topics = _bank([one for one in enumerate(questions) if developed_on(one[1]["question"]) is developed])
        for one in questions:
            if developed_on(one["question"]) is developed:
                continue
            field = Field(id="asked", label=one["question"], kind=one["kind"], required=True, options=tuple(one["options"] or ()),
                          sensitive=is_sensitive(one["question"]))  # fmt: skip
            found = answer_field(field, cv, bank, today=today, country=one["country"] or "")
            if isinstance(found, Given):
                value = found.value if isinstance(found.value, str) else found.value[0]
                favourable = _favourable(one)
                about = found.source != "confirmed" or one["topic"] in topics.get(value, set())
                yield Answered(one["question"], value, bool((favourable and value != favourable) or not about))


def _bank(told: list[tuple[int, dict[str, Any]]]) -> tuple[list[Answer], dict[str, set[str]]]:
    """A bank that answers these questions, and the topics that each value was told about."""
    kept: dict[tuple[str, str, str], Answer] = {}
    topics: dict[str, set[str]] = {}
    for number, one in told:
        options = one["options"] or []
        plain = {"number": str(1000 + number), "date": f"2031-01-{number % 28 + 1:02}"}.get(one["kind"], f"answer {number}")
        value = _favourable(one) or (options[number % len(options)] if options else plain)
        try:
            said = canonical_meaning(one["question"], country=one["country"] or "", sensitive=is_sensitive(one["question"]))
        except InvalidInput:
            continue
        if not said.contrary:
            key = (said.key, options_key(tuple(options)), said.country)
            kept[key] = Answer(said.key, "confirmed", one["question"], (value,) if one["kind"] == "multi" else value, key[1], said.country)
            topics.setdefault(value, set()).add(one["topic"])
    return list(kept.values()), topics


def _favourable(one: dict[str, Any]) -> str:
    """Which answer favours whoever applies; empty where neither does."""
    if one["kind"] != "yes_no" or not one["polarity"]:
        return ""
    yes, no = (one["options"] or ["Yes", "No"])[:2]
    return str(yes if one["polarity"] == "yes_is_good" else no)


class AskedOnPage(NamedTuple):
    """One question of an unknown page, and whether label, kind, required and options were read right."""

    page: str
    label: str
    right: bool


def unknown_pages() -> Iterator[AskedOnPage]:
    """Every question of every page."""
    for page, form, expected in _pages():
        for one in expected["fields"]:
            yield AskedOnPage(page, one["label"], _is_right(one, _found(one, form)))


def page_traps() -> Iterator[bool]:
    """For every trap whether it is among the fields to fill."""
    for _, form, expected in _pages():
        fields = {field.id for field in form.questions}
        yield from (trap in fields for trap in expected["honeypots"])


def _pages() -> Iterator[tuple[str, Form, dict[str, Any]]]:
    for path in sorted((SETS / "pages").glob("*.html")):
        expected = json.loads(path.with_name(f"{path.stem}.expected.json").read_text(encoding="utf-8"))
        yield path.stem, read_form(path.read_text(encoding="utf-8")), expected


def _found(one: dict[str, Any], form: Form) -> Field | None:
    by_id = next((field for field in form.questions if field.id and field.id == one.get("control")), None)
    scored = ((fuzz.token_set_ratio(folded(field.label), folded(one["label"])), -number) for number, field in enumerate(form.questions))
    best = max(scored, default=(0.0, 0))
    return by_id or (form.questions[-best[1]] if best[0] >= 90 else None)


def _is_right(one: dict[str, Any], field: Field | None) -> bool:
    if field is None:
        return False
    ours, theirs = folded(field.label), folded(one["label"])
    label = bool(ours) and (ours in theirs or theirs in ours or fuzz.ratio(ours, theirs) > 85)
    options = {folded(option) for option in one.get("options") or ()}
    chosen = not options or one["kind"] == "consent" or options == {folded(option) for option in field.options}
    return label and chosen and field.kind == one["kind"] and field.required == one["required"]


def lines(name: str) -> list[dict[str, Any]]:
    """One of the sets."""
    return [json.loads(line) for line in (SETS / name).read_text(encoding="utf-8").splitlines() if line]
