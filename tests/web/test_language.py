"""The pages speak the person's language, and no text of theirs is left in English."""

from __future__ import annotations

import re
from typing import Any

import pytest
from babel.messages.pofile import read_po
from psycopg.types.json import Jsonb

from rolecall.store import Connection
from rolecall.web.language import ENGLISH, LANGUAGES, LOCALE, asked_for, names
from rolecall.web.templating import HERE, many, number, salary, say, when
from tests.web.conftest import Visitor, shown, waits
from tests.web.spoken import bare_texts, of_code, of_templates

OTHERS = [one for one in LANGUAGES if one != ENGLISH]
PLACES = re.compile(r"%\((\w+)\)s|%%|<[^>]*>")


def catalogue(language: str) -> dict[Any, Any]:
    with (LOCALE / f"{language}.po").open("rb") as file:
        return {one.id: one.string for one in read_po(file, locale=language) if one.id}


def test_german_is_one_of_them() -> None:
    assert names() == {"en": "English", "de": "Deutsch"}


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_of_the_pages_is_left_in_english(language: str) -> None:
    known = catalogue(language)
    missing = sorted(
        map(str, {one for one in of_templates() | of_code() if not (known.get(one) and all(known[one]))}),
    )
    assert not missing, f"say it in {LOCALE / language}.po"


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_has_the_places_and_tags_of_the_english_one(language: str) -> None:
    for english, said in catalogue(language).items():
        forms = zip((english,), (said,), strict=True) if isinstance(english, str) else zip(english, said, strict=True)
        for one, other in forms:
            assert sorted(map(str, PLACES.findall(one))) == sorted(map(str, PLACES.findall(other))), one


@pytest.mark.parametrize("template", sorted(str(path.relative_to(HERE / "templates")) for path in (HERE / "templates").rglob("*.html")))
def test_no_template_says_anything_past_the_catalogues(template: str) -> None:
    assert bare_texts((HERE / "templates" / template).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ["<p>Hello there</p>", '<a title="Hello there">', "{{ 'waits' if x else _('wait') }}", "{{ name or 'a job' }}", "<b>{{ x }} jobs</b>"],
)
def test_a_text_past_the_catalogues_is_found(source: str) -> None:
    assert bare_texts(source)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"), ("en-GB,en;q=0.9,de;q=0.5", "en"), ("fr,de;q=0.3", "de"), ("xx", "en"), ("", "en"),
        ("de;q=zzz,,;;,en", "en"), ("de;q=1.1.1,en;q=0.1", "en"),
    ],
)  # fmt: skip
def test_the_browser_is_asked_which(header: str, language: str) -> None:
    assert asked_for(header) == language


def test_the_persons_own_setting_goes_before_the_browsers(db: Connection, mira: Visitor) -> None:
    german = {"accept-language": "de"}
    assert '<html lang="de">' in mira.get("/me", headers=german).text
    assert "Wo ich arbeiten würde" in mira.get("/me", headers=german).text
    assert mira.post("/me/language", {"language": "en"}).status_code == 303
    assert '<html lang="en">' in mira.get("/me", headers=german).text
    assert mira.post("/me/language", {"language": "de"}).status_code == 303
    assert '<html lang="de">' in mira.get("/me").text
    assert mira.post("/me/language", {"language": ""}).status_code == 303
    assert '<html lang="en">' in mira.get("/me").text
    assert mira.post("/me/language", {"language": "tlh"}).status_code == 422


def test_whoever_runs_it_reads_by_their_browser_whatever_the_person_chose(db: Connection, operator: Visitor) -> None:
    db.execute("update person set preferences = %s", (Jsonb({"language": "de"}),))
    db.commit()
    operator.post("/people", {"person": "mira"})
    assert '<html lang="en">' in operator.get("/").text


def test_answers_and_refusals_are_german_too(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    german = {"accept-language": "de"}
    assert "Wird nicht gesendet." in mira.post("/approve", {"application": shown(db, one), "answer": "no"}, headers=german).text
    assert "Hier ist nichts" in mira.get("/nowhere", headers=german).text
    refused = mira.post("/me/erase", {"sure": "x"}, headers=german).text
    assert "nichts wurde gelöscht" in refused
    assert "Bei Rolecall anmelden" in mira.get("/login", headers=german).text
    assert mira.post("/me/erase", {"sure": "Alles löschen"}, headers=german).status_code == 303


def test_numbers_times_and_forms_are_the_languages_own() -> None:
    row = {"salary_min": 72000, "salary_max": None, "salary_currency": "EUR", "salary_interval": "year"}
    assert salary(row, "de") == "ab 72.000 EUR im Jahr"
    assert number(1234567, "de") == "1.234.567"
    assert many(1, "%(n)s open job", "%(n)s open jobs", "de") == "1 offene Stelle"
    assert many(2000, "%(n)s open job", "%(n)s open jobs", "de") == "2.000 offene Stellen"
    assert when(None, "de") == "unbekannt"
    assert say("years: is no number", "de") == "years: ist keine Zahl"
    assert say("87 % of it", "de") == "87 % of it"
