"""Skills are found where they are named, and nowhere else; the committed vocabulary is sound."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import rolecall.matching
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.text.words import words

DATA = yaml.safe_load((Path(rolecall.matching.__file__).parent / "skills" / "skills.yaml").read_text(encoding="utf-8"))


def found(text: str) -> list[str]:
    return [hit.skill for hit in vocabulary().find(text)]


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Python, C++ and C#", ["Python", "C++", "C#"]),
        ("node.js / Node.js / NODE JS", ["Node.js", "Node.js", "Node.js"]),
        (".NET and ASP.NET", [".NET", ".NET"]),
        ("CI/CD with GitLab CI", ["CI/CD", "GitLab CI"]),
        ("T-SQL", ["SQL"]),
        ("MS Excel, Excel", ["Microsoft Excel", "Microsoft Excel"]),
        ("RN with BLS in the ICU", ["Registered Nurse Licence", "BLS", "Intensive Care"]),
        ("PYTHON", ["Python"]),
        ("Pflege und Intensivstation", ["Patient Care", "Intensive Care"]),
        ("gestión de cuentas", ["Account Management"]),
        ("Data\nWarehousing", ["Data Warehousing"]),
        ("A/B testing", ["A/B Testing"]),
    ],
)
def test_spellings_are_recognised(text: str, skills: list[str]) -> None:
    assert found(text) == skills


@pytest.mark.parametrize(
    "text",
    [
        "we excel at what we do",
        "Excel at your work",
        "go for it, and Go to the next level",
        "R&D",
        "vitamin C and the C-suite",
        "spark joy, swift replies, rust and flask of tea",
        "javanese pythons and scalable sequels",
        "an epic journey",
        "react to change",
        "it is a level of trust",
        "the rest of the team",
        "a doctor or nurse",
        "data cleaning",
    ],
)
def test_words_that_mean_something_else_are_not_skills(text: str) -> None:
    assert [skill for skill in found(text) if skill not in ("Adaptability",)] == []


def test_the_longest_name_wins_and_spans_are_exact() -> None:
    text = "SQL Server, Spring Boot, Power BI"
    assert [(hit.skill, text[hit.start : hit.end]) for hit in vocabulary().find(text)] == [
        ("SQL Server", "SQL Server"),
        ("Spring Boot", "Spring Boot"),
        ("Power BI", "Power BI"),
    ]


def test_in_a_list_of_skills_capitals_do_not_matter() -> None:
    assert (vocabulary().named("excel"), vocabulary().named("rest"), vocabulary().named("underwater basket weaving")) == (
        "Microsoft Excel",
        "REST",
        None,
    )


def test_no_spelling_names_two_skills_and_every_rule_is_about_a_skill() -> None:
    spelled: dict[tuple[str, ...], set[str]] = {}
    for named in DATA["skills"].values():
        for name, others in named.items():
            for spelling in (name, *map(str, others)):
                spelled.setdefault(tuple(words(spelling)), set()).add(name)
    assert {spelling: named for spelling, named in spelled.items() if len(named) > 1 or not spelling} == {}
    names = set(vocabulary().skills)
    listed = {*DATA["exact"], *DATA["unless"], *DATA["implies"], *DATA["licences"]}
    listed |= {name for others in (*DATA["implies"].values(), *DATA["kin"]) for name in others}
    assert listed - names == set()


def test_each_field_of_work_has_skills_of_its_own() -> None:
    fields = {skill.field for skill in vocabulary().skills.values()}
    assert fields >= {"software", "data", "health", "sales", "finance", "logistics", "marketing", "education", "general", "soft"}


def test_what_a_skill_implies_is_followed_all_the_way() -> None:
    assert vocabulary().skills["Next.js"].implies == {"React", "JavaScript"}
    assert vocabulary().skills["Helm"].implies == {"Kubernetes", "Docker"}
