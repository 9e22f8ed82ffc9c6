"""What a person is told of a match: evidence that is evidence, little of it, nothing twice."""

from __future__ import annotations

import pytest

from rolecall.matching import Job, Matcher, read_cv
from rolecall.matching.score.matcher import Scored
from tests.matching.conftest import CVS, TODAY, ad, all_ads, person

CV = """San Pereira
san.pereira@docker.example | https://sanic.example/san | Leeds

Warehouse Operator

Skills
Forklift driving, stock control, Python

Experience
Warehouse Operator, Northern Goods, 2019 - present
- Receiving pallets and counting stock
"""


def told(description: str, title: str = "Warehouse Operator", cv: str = CV, **more: object) -> Scored:
    who = read_cv(cv.encode(), filename="cv.txt")
    return Matcher().score(who, Job.of({"id": "1", "title": title, "company": "Rye", "description": description, **more}), today=TODAY)


def text_of(scored: Scored) -> str:
    return "\n".join(one.text for one in scored.reasons).casefold()


def test_at_most_eight_are_told_each_once_and_in_one_sentence() -> None:
    for trade in CVS:
        for one in Matcher(all_ads()).rank(person(trade), today=TODAY):
            texts = [reason.text for reason in one.reasons]
            assert len(texts) <= 8
            assert len({text.casefold() for text in texts}) == len(texts)
            assert not any("\n" in text or ". " in text for text in texts)


def test_what_speaks_for_the_job_comes_first() -> None:
    verdicts = [reason.verdict in ("direct", "strong") for reason in Matcher().score(person("data"), ad("data"), today=TODAY).reasons]
    assert verdicts[0]
    assert verdicts == sorted(verdicts, reverse=True)


@pytest.mark.parametrize(
    ("asked", "never"),
    [
        ("Minimum Qualifications\n- Python", "minimum qualifications"),
        ("What We’re Looking For\n- You have a passion for our startup and expect the best\n- Python", "passion"),
        ("Requirements\n- Docker\n- Python\nApply at https://rye.example/san", "docker, and in your cv"),
        ("Requirements\n- Python\nOur perks\n- Gym membership\n- Private health insurance", "insurance"),
        ("About us\nRye was founded by a team of startup veterans.\n\nRequirements\n- Python", "veterans"),
    ],
)
def test_headings_praise_benefits_and_addresses_are_no_requirements(asked: str, never: str) -> None:
    found = told(asked)
    assert "python is required" in text_of(found)
    assert never not in text_of(found)


def test_a_name_or_an_address_is_no_evidence() -> None:
    found = told("Requirements\n- Docker\n- SAN storage\n- Python")
    assert not [one for one in found.reasons if one.cv_quote.casefold() in ("san", "docker", "https")]


def test_a_place_is_not_shown_by_a_part_of_a_word() -> None:
    cv = CV.replace("Leeds", "York").replace("Receiving pallets", "Cleaning bathrooms")
    places = [one for one in told("The work is in Bath.\nRequirements\n- Python", cv=cv, city="Bath").reasons if one.kind == "place"]
    assert places == []


@pytest.mark.parametrize(
    ("said", "stands_in_the_way"),
    [
        ("Visa sponsorship is available.", False),
        ("We are happy to sponsor visas.", False),
        ("We can't offer visa sponsorship.", True),
        ("You need the right to work in the UK.", True),
    ],
)
def test_permits_are_read_with_their_polarity(said: str, stands_in_the_way: bool) -> None:
    found = told(f"Requirements\n- Python\n{said}")
    assert any(note.startswith("unknown") and said.rstrip(".") in note for note in found.eligibility) is stands_in_the_way


def test_a_beginners_job_asks_a_long_career_why() -> None:
    cv = CV.replace("2019", "2001")
    found = told("Requirements\n- Python", title="Graduate Warehouse Operator", cv=cv)
    assert any("say why you want it" in advice for advice in found.recommendations)
    assert not any("say why" in advice for advice in told("Requirements\n- Python", cv=cv).recommendations)


def test_what_stands_before_ideally_is_wanted_all_the_same() -> None:
    scored = told(
        "A record in stock control, ideally within a cold store. Python would be ideal.\nYou must like forklift driving, preferably."
    )
    assert not any(
        "stock control is nice" in text_of(told(f"Experience in stock control, {soft} in a cold store"))
        for soft in ("ideally", "preferably")
    )
    assert "nice to have" in text_of(told("Ideally you have Python."))
    assert scored.reasons


def test_colleagues_and_what_a_degree_may_be_in_are_no_skills() -> None:
    for said in ("Partner with Sales to plan what we stock", "Keep in touch between the Kubernetes and Terraform teams",
                 "A degree in a quantitative discipline (e.g. Statistics, Mathematics)"):  # fmt: skip
        for word in ("sales", "kubernetes", "terraform", "statistics"):
            assert f"{word} is" not in text_of(told(f"Requirements\n- {said}")), said
    assert "statistics is required" in text_of(told("Requirements\n- A degree, and experience with Statistics"))


def test_years_of_other_work_are_no_reason() -> None:
    assert "years" not in text_of(told("At least 5 years of experience as a nurse", title="Registered Nurse"))
    assert "years of work" in text_of(told("At least 5 years of experience in a warehouse"))


def test_shouted_words_are_told_in_the_ads_own_words() -> None:
    assert "telesales is required" in text_of(told("You call people.", title="TELESALES HERO OF SOME TOWN"))


@pytest.mark.parametrize(
    ("title", "asked", "never"),
    [
        ("Registered Nurse", "Requirements\n- You help at reception and with purchasing\n- Wound care", ("reception", "purchasing")),
        ("Tour Accountant", "Requirements\n- Receiving of settlements from sales\n- Month-end close", ("receiving", "sales")),
        ("Nursery Teacher", "Requirements\n- High school diploma\n- Phonics", ("high school",)),
        ("Bookkeeper", "Analytics:\n- Xero", ("analytics",)),
        ("Web Developer", "Requirements\n- You are self motivated and work with any APIs\n- PHP", ("self motivated", "apis")),
        ("HGV Mechanic", "Requirements\n- Welding", ("commercial driving",)),
    ],
)
def test_ordinary_words_of_other_work_headings_and_traits_are_no_skills(title: str, asked: str, never: tuple[str, ...]) -> None:
    for cv in (CV, CV.replace("Forklift driving", "Forklift driving, reception, sales, receiving, purchasing")):
        found = text_of(told(asked, title=title, cv=cv))
        for word in never:
            assert f"{word} is" not in found, found
            assert f"{word} licence is" not in found, found


def test_an_ordinary_word_is_a_skill_of_its_own_trade() -> None:
    assert "receiving is required" in text_of(told("Requirements\n- Receiving and forklift driving"))


def test_only_what_names_work_is_told_as_a_title() -> None:
    nobody = CV.replace("Warehouse Operator\n", "Zenobia Quillfeather\n", 1).replace(
        "Warehouse Operator, Northern Goods", "Northern Goods, Leeds"
    )
    assert "quillfeather" not in text_of(told("Requirements\n- Python", cv=nobody))
    assert "warehouse operator" in text_of(told("Requirements\n- Python"))


def test_where_somebody_worked_shows_no_skill() -> None:
    cv = CV.replace("Northern Goods", "Figma").replace("Python", "Excel")
    assert "figma is required, and in your cv" not in text_of(told("Requirements\n- Figma", title="Designer", cv=cv))


def test_the_laws_posters_and_an_employers_age_ask_for_nothing() -> None:
    found = told("We are a trusted company celebrating over 20 years service in the care industry. Requirements: Python. "
                 "You may review the Notice of E-Verify Participation and the Right to Work posters.")  # fmt: skip
    assert "20" not in text_of(found)
    assert "posters" not in "\n".join([text_of(found), *found.eligibility])


def test_nobody_is_told_that_an_english_cv_names_no_english() -> None:
    prose = "\n- I worked with the team in the warehouse and was the one who kept the stock for all of our customers"
    assert "english" not in text_of(told("You speak fluent English.", cv=CV + prose))
    assert "german" in text_of(told("You speak fluent German.", cv=CV + prose))
