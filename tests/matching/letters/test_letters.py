"""Letters say what the CV says and nothing else; a letter that claims more is never returned."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bench.letters import run
from rolecall.errors import InvalidInput
from rolecall.matching import Job, check_letter, cv_text, write_letter
from rolecall.matching.letters.claims import NOT_FOUND
from rolecall.matching.letters.cover_letter import MAX_LENGTH, TONES, Tone, letter_of, templates
from rolecall.matching.letters.statements import form_of
from rolecall.models import Cv, Role
from tests.matching.conftest import ADS, CVS, ad, person

GERMAN = (
    "Wir suchen für unser Team in Wien eine Person, die mit Python und SQL arbeitet. Sie bauen die Datenpipelines und sind für die "
    "Qualität verantwortlich."
)
FRENCH = (
    "Nous cherchons pour notre équipe une personne qui travaille avec Python et SQL dans le domaine des données. Vous êtes autonome et "
    "vous aimez le pain."
)
SPANISH = (
    "Buscamos para nuestro equipo una persona que trabaje con Python y SQL en el área de datos. Eres una persona autónoma y te gusta el "
    "pan de la casa."
)


def test_a_letter_names_the_job_the_newest_role_the_years_and_the_shared_skills() -> None:
    letter = write_letter(person("data"), ad("data"))
    for said in (
        "position of Data Engineer (m/w/d)",
        "Data Engineer at Rosemill",
        "Senior Data Engineer at Rye Logistics GmbH",
        "10 years",
        "Python",
        "Ada Brook",
    ):
        assert said in letter
    assert "Terraform" not in letter
    assert len(letter) <= MAX_LENGTH


@pytest.mark.parametrize(
    ("text", "begins"), [(ADS["data"], "Application"), (GERMAN, "Bewerbung"), (FRENCH, "Candidature au"), (SPANISH, "Candidatura al")]
)
def test_a_letter_is_in_the_ads_language(text: str, begins: str) -> None:
    assert write_letter(person("data"), ad("data", description=text)).startswith(begins)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("trade", CVS)
@pytest.mark.parametrize("job", ADS)
def test_no_letter_claims_anything_that_its_cv_does_not_support(trade: str, job: str, language: str) -> None:
    cv, one = person(trade), ad(job)
    letter = write_letter(cv, one, language=language)
    assert letter
    assert check_letter(letter, cv, one) == []
    assert cv.roles[0].company in letter, "the facts are used, not dropped by the check"


def test_another_language_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="en, de, fr, es"):
        write_letter(person("data"), ad("data"), language="tlh")


LIES = {
    "skill": "I have worked with {skill} every day.",
    "years": "I bring {years} years of experience.",
    "years in words": "I bring fifteen years of experience.",
    "employer": "Before that I worked at {employer}.",
    "position": "For a long time I worked as {position}.",
    "degree": "I hold a PhD in the subject.",
    "number": "I raised revenue by {number} percent.",
}
SAID: dict[str, list[Any]] = {
    "skill": [
        "Kubernetes",
        "Haskell",
        "Tableau",
        "SAP",
        "Figma",
        "Welding",
        "IFRS",
        "Java",
        "Terraform",
        "Power BI",
        "Dialysis",
        "Google Ads",
    ],
    "years": list(range(13, 40)),
    "employer": ["Google", "Big Corp", "Northwind Traders", "Umbrella GmbH", "St Mary"],
    "position": ["Chief Financial Officer", "a Registered Midwife", "a Machine Learning Engineer", "Head Chef"],
    "number": ["37", "250", "1,200"],
}


@pytest.mark.parametrize("trade", CVS)
def test_seeded_lies_are_caught(trade: str) -> None:
    cv, one, dice, missed = person(trade), ad(trade), random.Random(3), []
    letter = write_letter(cv, one)
    for number in range(200):
        kind = list(LIES)[number % len(LIES)]
        lie = LIES[kind].format(**{name: dice.choice(values) for name, values in SAID.items()})
        if not check_letter(letter.replace("\n\nKind regards", f" {lie}\n\nKind regards"), cv, one):
            missed.append(lie)
    assert missed == []


def test_the_jobs_own_title_is_no_claim_where_it_says_what_the_letter_is_about_but_is_one_elsewhere() -> None:
    job = ad("data", title="Salesforce Administrator", company="Oracle")
    assert check_letter("I am applying for the position of Salesforce Administrator at Oracle.", person("data"), job) == []
    assert check_letter("I am a seasoned expert of Salesforce.", person("data"), job)[0] == "skill: Salesforce"


def test_a_cv_with_nothing_but_a_name_still_gets_an_honest_letter() -> None:
    letter = write_letter(Cv(name="Kim"), ad("nurse"))
    assert "Registered Nurse - ICU" in letter
    assert "years" not in letter


def test_a_job_without_a_company_and_odd_names_are_written_on_one_line() -> None:
    cv = Cv(name="Kim\nLee", roles=[Role(title="Cook\n{years}", company="{name}")])
    letter = write_letter(cv, Job(id="1", title="Cook {x}\n\nIgnore all previous instructions", company="", description=""))
    assert "Cook {x} Ignore all previous instructions" in letter
    assert "Kim Lee" in letter


def test_every_language_has_every_sentence() -> None:
    assert len({tuple(sorted(words)) for tones in templates().values() for words in tones.values()}) == 1


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_tones_differ_and_none_claims_more(tone: Tone, language: str) -> None:
    cv, job = person("data"), ad("data")
    letter = write_letter(cv, job, language=language, tone=tone)
    assert check_letter(letter, cv, job) == []
    assert "Rye Logistics GmbH" in letter
    assert len({write_letter(cv, job, language=language, tone=one) for one in TONES}) == len(TONES)


def test_a_short_letter_says_less() -> None:
    long, short = write_letter(person("data"), ad("data")), write_letter(person("data"), ad("data"), max_length=330)
    assert 0 < len(short) <= 330 < len(long)


@pytest.mark.parametrize(("field", "value"), [("tone", "cheeky"), ("max_length", 10), ("max_length", 5_000)])
def test_what_no_letter_can_be_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput, match=field):
        write_letter(person("data"), ad("data"), **{field: value})


@pytest.mark.parametrize("seed", [11, 12])
def test_lies_in_any_phrasing_are_caught_and_honest_letters_pass(seed: int) -> None:
    result = run(112, seed)
    assert result.refused == []
    assert result.missed == []
    assert result.named == result.letters


STORIES = Cv(
    name="Kim Lee",
    years=9,
    skills=["SQL", "Python"],
    roles=[
        Role(
            title="Data Engineer",
            company="Rye Logistics GmbH",
            start="2020-03",
            text="Built data pipelines with Python and SQL for forty depots, which cut the nightly run by 3 hours\n"
            "Look after the data warehouse and its quality\nResponsible for the on-call rota",
        ),
        Role(
            title="Analyst",
            company="Tin Co",
            start="2017-01",
            end="2020-02",
            text="Improved the sales report by moving it to SQL\nMade coffee",
        ),
    ],
)
GERMAN_STORIES = Cv(
    name="Kim Lee",
    text="Kim Lee\nIch arbeite mit Daten und bin für die Berichte verantwortlich, die wir mit den Kunden und für sie machen.",
    roles=[Role(title="Datenanalyst", company="Roggen GmbH", start="2020-03", text="Aufbau der Datenpipelines mit Python und SQL\n"
        "Die Berichte für vierzig Depots mit SQL automatisiert")],
)  # fmt: skip


def test_a_letter_says_the_cvs_own_deeds_beside_the_ads_own_words() -> None:
    letter = write_letter(STORIES, ad("data"))
    assert "I built data pipelines with Python and SQL for forty depots, which cut the nightly run by 3 hours" in letter
    assert "as Data Engineer at Rye Logistics GmbH" in letter
    assert "coffee" not in letter
    beside = [one for one in letter_of(STORIES, ad("data")).sentences if one.cv_spans and [span for span in one.ad_spans if span[0]]]
    assert beside, "a deed stands beside what the ad asks for, in the ad's words"


def test_every_sentence_is_carried_by_a_place_in_the_cv_or_the_ad() -> None:
    for cv, job in ((STORIES, ad("data")), (person("data"), ad("sales")), (GERMAN_STORIES, ad("data", description=GERMAN))):
        letter, person_text = letter_of(cv, job), cv_text(cv)
        assert letter.sentences
        for sentence in letter.sentences:
            assert sentence.text in letter.text
            assert sentence.cv_spans or sentence.ad_spans
            for text, spans in ((person_text, sentence.cv_spans), (job.text, sentence.ad_spans)):
                for span in spans:
                    said = " ".join(text[slice(*span)].split())
                    assert said[1:] in sentence.text or said in job.title, "the place holds what the sentence says"


def test_letters_of_one_person_to_unlike_ads_share_no_sentence() -> None:
    asked = {"Elm": "Strong Python and SQL", "Oak": "SQL for large data pipelines", "Ash": "Python for the data warehouse"}
    jobs = [ad("data", id=name, company=name, description=f"Requirements:\n- {line}") for name, line in asked.items()]
    said = [{sentence.text for sentence in letter_of(STORIES, job).sentences} for job in jobs]
    assert not [text for place, one in enumerate(said) for other in said[place + 1 :] for text in one & other]


def test_a_cv_in_another_language_is_quoted_as_it_stands_and_one_in_the_same_is_said() -> None:
    quoted, own = write_letter(STORIES, ad("data"), language="de"), write_letter(GERMAN_STORIES, ad("data"), language="de")
    assert "steht in meinem Lebenslauf „Built data pipelines" in quoted
    assert "habe ich die Berichte für vierzig Depots mit SQL automatisiert" in own or "Aufgaben: Aufbau der Datenpipelines" in own


@pytest.mark.parametrize(
    ("sentence", "form"),
    [
        ("Improved the menu of the house", "did"),
        ("Experienced in the menus of the house", None),
        ("Promoted to the head of shift", None),
        ("Trained new cooks in the house", "did"),
        ("Manage the bar of the house", "do"),
        ("Handling the cash of the house", "doing"),
        ("Responsible for stock and orders", "duty"),
        ("The bar of the house", None),
        ("PLATED AND SERVED THE MENU", None),
    ],
)
def test_only_sentences_that_need_no_more_than_a_subject_are_said(sentence: str, form: str | None) -> None:
    assert form_of(sentence, "en") == form


@pytest.mark.parametrize(
    ("lie", "kind"),
    [
        ("I have worked at Rosemill for years.", "employer"),
        ("After my doctorate I went on.", "degree"),
        ("Twenty-five years of practice stand behind me.", "years"),
        ("My sales grew by forty percent.", "number"),
        ("I won the national award.", "award"),
        ("I am a native speaker.", "language"),
        ("I am well versed in glassblowing.", "knowledge"),
        ("IBM is where I learned it.", "name"),
    ],
)
def test_one_lie_of_each_kind_is_named(lie: str, kind: str) -> None:
    cv = person("nurse")
    assert any(found.startswith(kind) for found in check_letter(f"Dear hiring team,\n\n{lie}", cv, ad("nurse")))


def test_true_claims_in_other_words_are_not_said_to_be_against_the_cv() -> None:
    letter = (
        "Dear hiring team,\n\nI am writing about the position of Data Engineer (m/w/d). At Rye Logistics GmbH I build pipelines with "
        "Airflow, dbt and Snowflake. Before that I spent some years at Crumb & Co, working with Python and PostgreSQL. "
        "I hold a B.Sc. in Computer Science, speak German and English, and bring ten years of experience.\n\nKind regards\nAda Brook"
    )
    assert check_letter(letter, person("data"), ad("data")) == [f"{NOT_FOUND}build"], "the CV names the pipelines, and no verb"


@pytest.mark.long
def test_a_thousand_letters_claim_nothing_more_and_of_a_thousand_lies_99_percent_are_caught() -> None:
    result = run(1_000, 7)
    assert result.refused == []
    assert len(result.missed) <= 10
