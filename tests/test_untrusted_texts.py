"""Every reader of texts that others wrote: what it costs grows with a text, not with its square, and nothing in one breaks it.

A reader is measured in CPU time of its thread, with wide margins: four times the text may cost eight times as much.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from types import CodeType
from typing import Any

import pytest

import rolecall.matching
from rolecall.applying.forms import read_form
from rolecall.boards import BOARDS
from rolecall.catalog import normalise, profile
from rolecall.catalog.texts import Text, compare_texts
from rolecall.catalog.validation import rules
from rolecall.catalog.validation.signs import AdClaims
from rolecall.errors import InvalidInput, RolecallError
from rolecall.inbox import understand
from rolecall.inbox.mail_reader import read as read_mail
from rolecall.inbox.mail_reader import seen_of_html
from rolecall.matching import Matcher, check_letter, write_letter
from rolecall.matching.ads import prompt_injection
from rolecall.matching.ads.ad import read_ad
from rolecall.matching.ads.job import Job
from rolecall.matching.cv.files.child_process import run_in_child
from rolecall.matching.cv.files.limits import Limits
from rolecall.matching.cv.json_resume import json_resume
from rolecall.matching.cv.person import read_person
from rolecall.matching.cv.reader import read_cv
from rolecall.matching.letters.claims import marked_sentences
from rolecall.matching.papers.paper_pdf import cv_pdf, letter_pdf
from rolecall.matching.score.job_wishes import Wishes
from rolecall.models import Cv, Role
from rolecall.notifying import ingest, reports
from rolecall.services.ai.ai_app import MAX_LETTER
from rolecall.text import dates, money, places
from rolecall.text import display as notes
from rolecall.text import html as texts
from rolecall.text.html import MAX_NESTING, MAX_OPEN, not_too_deep, safe_html, scrub, text_of_html

NOW = datetime.now(UTC)
SHORT, LONG = 8_000, 32_000
FLOOR = 0.2
"""Seconds of CPU that the long text takes at least before its growth means anything."""

REFUSALS = (RolecallError, ValueError)
"""What a reader may say instead: a refusal with a name, or that it is no such text."""


def page(board: str, how: str) -> Callable[[str], object]:
    one = BOARDS[board]
    url = f"https://{one.hosts[0] if one.hosts else 'acme.example'}/jobs/view/1"
    return lambda text: getattr(one, how)(text, url=url, fetched_at=NOW)


HEAD = "From: Jobs <jobs@acme.example>\nTo: kim@mail.example\nSubject: Your application\nContent-Type: {}; charset=utf-8\n\n"


def mail(kind: str, before: str = "") -> Callable[[str], object]:
    return lambda text: understand((HEAD.format(kind) + before + text).encode("utf-8", "replace"), applications=[])


SOLD = "I sold cars to 20 firms in Leeds, by negotiation."


def cv_of(text: str) -> Cv:
    """A CV with this text where texts stand: all of it, a role's, a skill, a line of education."""
    role = Role(title="Sales Manager", company="Acme", start="2019", end="2024", text=text)
    return Cv(text=f"Kim Lee\nSales Manager\n{text}", name="Kim Lee", skills=[text[:60]], roles=[role], education=[text[:500]])


def job_of(text: str) -> Job:
    return Job("1", "Sales Manager", company="Kestrelbay", description=text)


READERS: dict[str, Callable[[str], object]] = {
    "a CV as text": lambda text: read_cv(text.encode(), filename="cv.txt"),
    "a CV as Markdown": lambda text: read_cv(text.encode(), filename="cv.md"),
    "a CV as JSON": lambda text: read_cv(
        {
            "text": text,
            "name": text,
            "headline": text,
            "skills": text.split(" "),
            "education": text.split("\n"),
            "roles": [{"title": text, "company": text, "start": text, "text": text}],
        }
    ),
    "a CV for matching": lambda text: read_person(Cv(text=text)),
    "a CV in a letter": lambda text: write_letter(cv_of(text), job_of("Sales Manager with negotiation and 5 years of experience.")),
    "a CV a letter is held against": lambda text: check_letter(SOLD, cv_of(text), job_of("Sales.")),
    "a letter's sentences": lambda text: marked_sentences(text, read_person(cv_of(SOLD)), job_of("Sales.")),
    "an ad in a letter": lambda text: write_letter(cv_of(SOLD), job_of(text)),
    "a CV among jobs": lambda text: Matcher([job_of("Sales Manager with negotiation.")]).rank(cv_of(text), {"threshold": 0}),
    "a job among jobs": lambda text: Matcher([job_of(text)]).rank(cv_of(SOLD), {"threshold": 0}),
    "a CV on paper": lambda text: cv_pdf(cv_of(text), job=job_of("Sales.")),
    "a letter on paper": lambda text: letter_pdf(text[:MAX_LETTER], cv_of(text), job_of("Sales.")),
    "a CV as JSON Resume": lambda text: json_resume(cv_of(text)),
    "an ad for matching": lambda text: read_ad(Job("1", "Cook", description=text, company="a")),
    "an ad's fields": lambda text: read_ad(Job("1", text, description="Cook", company=text, location=text)),
    "HTML as text": text_of_html,
    "HTML made safe": safe_html,
    "a field": texts.plain,
    "a text in another charset": lambda text: texts.decode(text.encode("latin-1", "replace") + b"\xff"),
    "mojibake": texts.repaired,
    "lines that speak to a machine": prompt_injection.blank_prompt_injection,
    "a date": lambda text: (dates.relative(text, NOW), dates.iso(text)),
    "a salary": money.salary,
    "a place": lambda text: (places.place(text), normalise.place(text)),
    "a title": lambda text: normalise.title(text, ""),
    "a company": normalise.company,
    "rules of the catalog": lambda text: [
        one.broken_by(AdClaims(text, "acme", text[:4_000], text[:4_000], "linkedin", {})) for one in rules.RULES if one.broken_by
    ],
    "a number in an ad": lambda text: (profile.requisition_in(text), profile.text_hash(text), profile.link(text)),
    "two descriptions": lambda text: compare_texts(Text(text), Text(text[:-3] + "xyz" + text[:50])),
    "a letter": lambda text: check_letter(text, Cv(text="Data engineer, Python, since 2019"), Job("1", "Cook", description="Cook for us")),
    "criteria": lambda text: Wishes.read({"keywords": text, "locations": [text], "companies": [text], "exclude": text.split()[:1_000]}),
    "a line of a message": lambda text: (notes.one_line(text), notes.clean(text)),
    "a message of the stream": lambda text: ingest._from_json(text.encode()),
    "a provider's report": lambda text: reports.sendgrid_reports(text.encode()),
    "a mail's words": mail("text/plain"),
    "a mail's page": mail("text/html"),
    "a mail's calendar": mail("text/calendar", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"),
    "a mail's headers": lambda text: read_mail(f"Subject: {text}\nReferences: {text}\n{text}".encode()),
    "a form's page": lambda text: read_form(f"<form>{text}", url="https://acme.example/apply"),
    "a form as JSON": lambda text: read_form(f"[{text}", url="https://acme.example/apply"),
    **{f"a page of {name}": page(name, "read") for name in BOARDS},
    **{f"a detail page of {name}": page(name, "detail") for name in BOARDS},
}
UNITS = {
    "letters": "a",
    "white space": " ",
    "empty lines": "\n",
    "prose": "Senior data engineer in Berlin, kim@mail.example, 2019 - 2021, Python and SQL. ",
    "labels": "a.",
    "places": "Ab, ",
    "digits": "1",
    "brackets": "(",
    "bullets": "- Skills:\n",
    "headings": "Skills: 5 years\n",
    "short items": "a,\n",
    "lines of a letter": "a\n",
    "dates": "03/2019 - 04/2020, ",
    "commas": ",",
    "addresses": "a.b@c-",
    "numbers": "1,234.5 ",
    "skills": "Python, SQL,\n",
    "speech": "user: ignore\n",
    "years": "5 years ",
    "open tags": "<b>",
    "deep tables": "<table><tr><td>x",
    "deep lists": "<ul><li>x",
    "tags without an end": "<a ",
    "attributes without an end": '<a href="x" ',
    "quotes without an end": '<a href="',
    "comments without an end": "<!-- ",
    "declarations": "<![CDATA[",
    "instructions": "<?x ",
    "ends": "</b>",
    "ends of others": "<div></b>x",
    "entities": "&#x",
    "ampersands": "&",
    "scripts": '<script type="application/ld+json">{',
    "pushes": '<script>self.__next_f.push([1,"a"',
    "cards": '<div data-entity-urn="urn:li:jobPosting:1"><a>',
    "listings": '<li data-test="jobListing">',
    "lists in lists": "[",
    "objects in objects": '{"a":',
    "items": "<item>",
    "mojibake": "â€™",
    "questions": '<label>Name<input name="a">',
    "quotes": "> On Monday Kim wrote:\n",
}


LETTERS = str.maketrans("0123456789abcdef", "ghijklmnopabcdef")
DISTINCT = "words that differ"
"""Each another one: what is kept for each word is kept for none of the others."""
UNITS[DISTINCT] = ""


def text_of(unit: str, length: int) -> str:
    if unit == DISTINCT:
        return "".join(f"{word:06x} ".translate(LETTERS) for word in range(length // 7 + 1))[:length]
    return (UNITS[unit] * (length // len(UNITS[unit]) + 1))[:length]


def seconds(reader: str, text: str) -> float:
    started = time.thread_time()
    with suppress(*REFUSALS):
        READERS[reader](text)
    return time.thread_time() - started


READ_BY_NOBODY_HERE = {
    "rolecall.matching.letters.llm.improve": "a model reads; what it answers is held against the CV",
    "rolecall.matching.papers.stored_papers.papers_of": "keeps what is drawn of a CV and of a letter",
    "rolecall.matching.score.scoring.language_verdict": "one word of each, for who explains",
}


def test_whatever_takes_a_cv_or_an_ad_is_among_the_readers() -> None:
    """What a reader above does not reach by itself would be measured by nobody: a CV in a letter was such a one."""
    taking: dict[CodeType, str] = {}
    for found in pkgutil.walk_packages(rolecall.matching.__path__, "rolecall.matching."):
        module = importlib.import_module(found.name)
        for name, function in vars(module).items():
            if not inspect.isfunction(function) or function.__module__ != found.name or name.startswith("_"):
                continue
            if any(
                re.search(r"\b(?:Cv|Person|Job|Ad)\b", str(kind)) for given, kind in function.__annotations__.items() if given != "return"
            ):
                taking[inspect.unwrap(function).__code__] = f"{found.name}.{name}"
    reached: set[CodeType] = set()
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _: reached.add(frame.f_code) if event == "call" else None)
    try:
        for reader in READERS:
            if not reader.startswith(("a page of", "a detail page of", "a mail's")):
                seconds(reader, text_of("prose", 2_000))
    finally:
        sys.setprofile(before)
    assert len(taking) > 20
    assert {name for code, name in taking.items() if code not in reached} == set(READ_BY_NOBODY_HERE)


@pytest.mark.parametrize("reader", READERS)
def test_reading_costs_what_a_text_is_long(reader: str) -> None:
    slow = {}
    for unit in UNITS:
        for _ in range(3):  # a busy machine makes one measurement wrong, not three
            long = seconds(reader, text_of(unit, LONG))
            if long < FLOOR or long < 8 * (short := seconds(reader, text_of(unit, SHORT))):
                break
        else:
            slow[unit] = f"{SHORT:,} characters {short:.2f} s, {LONG:,} characters {long:.2f} s"
    assert not slow


@pytest.mark.parametrize(
    ("unit", "length"),
    [("<p>Sorry. ", 48_000), ("<b hidden>x</b>", 160_000), ("<p style='font-size:0'>a" + "<br>b" * 10_000, 160_000)],
    ids=["open", "hidden", "tiny"],
)
def test_what_a_mail_hides_costs_what_the_mail_is_long(unit: str, length: int) -> None:
    """Looked at by itself, at the size that is read of a mail: beside everything else it would not be seen."""

    def taken(length: int) -> float:
        started = time.thread_time()
        seen_of_html((unit * (length // len(unit) + 1))[:length])
        return time.thread_time() - started

    assert any((long := taken(length)) < FLOOR or long < 8 * taken(length // 4) for _ in range(3))


def read_a_million(_: bytes, *names: str) -> list[str]:
    """What a process of its own does: reads, and says what took long."""
    told = []
    for name in names:
        for unit in ("letters", "digits", "white space", "prose", DISTINCT, "open tags"):
            taken = seconds(name, text_of(unit, 1_000_000))
            told += [f"{name}, {unit}: {taken:.1f} s"] if taken > 8.0 else []
    return told


NAMES = list(READERS)


@pytest.mark.parametrize("first", range(0, len(NAMES), 12))
def test_a_million_characters_are_read_in_bounded_time_and_memory(first: int) -> None:
    """Within 1.5 GB for a process that has everything loaded, of which reading takes a few hundred MB."""
    limits = Limits(cpu=150, seconds=600, memory=1_500_000_000)
    assert run_in_child("tests.test_untrusted_texts:read_a_million", b"", *NAMES[first : first + 12], limits=limits) == []


def test_what_nests_beyond_the_limit_is_cut_there_and_the_rest_stays() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    kept = scrub({"deep": deep, "b": {"c": ["\0d"]}})
    assert kept["b"] == {"c": ["d"]}
    depth, inner = 0, kept["deep"]
    while inner is not None:
        depth, inner = depth + 1, inner[0]
    assert depth == MAX_NESTING


@pytest.mark.parametrize("reader", [text_of_html, safe_html, texts.plain])
def test_a_page_of_open_tags_is_read_as_its_words(reader: Callable[[str], str | None]) -> None:
    said = reader("Cook for us " + "<div><b>" * MAX_OPEN + " and bake")
    assert said is not None
    assert said.startswith("Cook for us")
    assert said.endswith("and bake")


@pytest.mark.parametrize("page", ["<div></b>x" * 50_000, "<div>" * 50_000 + "</div>" * 50_000], ids=["never closed", "closed"])
def test_tags_in_each_other_without_end_are_seen_whatever_stands_between_them(page: str) -> None:
    assert "<" not in not_too_deep(page)
    with pytest.raises(InvalidInput):
        read_form(page)


def test_a_page_with_as_many_open_tags_as_real_ones_have_stays_as_it_is() -> None:
    html = "<p>Cook<br>and bake<img src='x'></p>" * 2_000 + "<!---->" * 900
    assert not_too_deep(html) == html


def test_a_tag_that_never_ends_is_text_as_it_was() -> None:
    assert text_of_html("<p>Cook for us</p>and <a href=") == "Cook for us\nand <a href="
