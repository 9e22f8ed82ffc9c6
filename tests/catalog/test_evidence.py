"""Evidence: what makes two ads one job, what keeps them apart, and what nobody can tell."""

from __future__ import annotations

from typing import Any

import pytest

from rolecall.catalog.cluster import resolve_family
from rolecall.catalog.evidence import Verdict, compare
from rolecall.catalog.profile import ComparedAd, Profile, profile
from rolecall.catalog.texts import Text, compare_texts
from tests.catalog.conftest import LONG, posting


def read(number: int, **changed: Any) -> tuple[Profile, Text | None]:
    made = posting(external_id=str(number), **changed)
    ad = ComparedAd.of(made, number)
    return profile(ad), Text(made.description or "") if ad.text else None


def judge(one: dict[str, Any], other: dict[str, Any]) -> Verdict:
    first, second = read(1, **one), read(2, board="indeed", **other)
    texts = {first[0].ad.id: first[1], second[0].ad.id: second[1]}
    there = compare(first[0], second[0], lambda ad: texts[ad.ad.id])
    back = compare(second[0], first[0], lambda ad: texts[ad.ad.id])
    assert (there.outcome, there.score) == (back.outcome, back.score), "the order does not matter"
    return there


APPLY = "https://jobs.crumb.example/apply/481516"
NAMELESS = LONG.replace("Crumb & Co", "Our customer")
OTHER = "Crumb & Co wants somebody who forecasts the demand for rolls with statistics, weather and holidays in mind, all year round."


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        ({}, {"description": None}, "same"),
        ({}, {"title": "Engineer, Data"}, "same"),
        ({"title": "Data Engineer (R10001)"}, {"description": f"Requisition ID: R-10001. {LONG}"}, "same"),
        ({"location": ""}, {}, "doubt"),
        ({"location": "", "description": LONG + " You work in Graz."}, {}, "same"),
        ({"location": "", "apply_url": APPLY}, {"apply_url": APPLY + "?utm_source=x"}, "same"),
        ({"company": ""}, {}, "same"),
        ({"company": "", "description": NAMELESS}, {"description": NAMELESS}, "doubt"),
        ({"title": "Data Engineer, Ovens", "apply_url": APPLY}, {"apply_url": APPLY}, "same"),
        ({"title": "Data Engineer, Ovens"}, {}, "doubt"),
        ({"title": "Senior Data Engineer", "apply_url": APPLY}, {"apply_url": APPLY}, "doubt"),
        ({"apply_url": APPLY}, {"apply_url": APPLY.replace("481516", "2342")}, "doubt"),
        ({"description": LONG.replace("warehouse", "payroll")}, {}, "doubt"),
        ({"description": OTHER}, {}, "different"),
        ({"title": "Data Engineer (R10001)"}, {"title": "Data Engineer (R10002)"}, "different"),
        ({"salary_min": 50_000, "salary_max": 60_000}, {"salary_min": 90_000, "description": None}, "doubt"),
        ({"title": "Data Engineer (part-time)"}, {"employment_type": "Part-time"}, "same"),
        ({"company": "Crumb & Rye Mills"}, {"company": "CRM", "description": LONG + " Crumb and Rye Mills is growing."}, "same"),
        ({"company": "Crumb & Rye Mills"}, {"company": "CRM", "description": None}, "doubt"),
        ({"location": "Graz, Austria"}, {"location": "Graz, Austria (Remote)"}, "doubt"),
        ({"location": "Remote"}, {"location": "Remote in Austria"}, "same"),
        ({"location": "Remote"}, {"location": "Remote in Austria", "description": None}, "doubt"),
        ({"location": "Remote in Austria"}, {"location": "Remote in Germany"}, "different"),
    ],
)
def test_facts_are_weighed(one: dict[str, Any], other: dict[str, Any], outcome: str) -> None:
    verdict = judge(one, other)
    assert verdict.outcome == outcome, verdict
    assert all(piece.text for piece in verdict.pieces)
    assert verdict.score == pytest.approx(sum(piece.weight for piece in verdict.pieces)) or any(
        piece.contradicts for piece in verdict.pieces
    )


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        (LONG.replace(" ", "\n "), "same"),
        (LONG[: len(LONG) // 2], "cut"),
        (LONG.replace("warehouse", "payroll"), "template"),
        (LONG.replace("forty", "thirty"), "template"),
        (OTHER, "different"),
    ],
)
def test_texts_are_told_apart(other: str, kind: str) -> None:
    assert compare_texts(Text(LONG), Text(other)).kind == kind


def test_an_ad_that_fits_two_openings_which_contradict_each_other_stays_alone_and_is_doubted() -> None:
    ads = [read(1, title="Data Engineer (R10001)"), read(2, title="Data Engineer (R10002)"), read(3, board="indeed")]
    texts = {one.ad.id: text.source if text else "" for one, text in ads}
    found = resolve_family([one for one, _ in ads], lambda one: texts[one.ad.id])
    assert [[ad.ad.id for ad in job] for job in found.jobs] == [[3], [1], [2]]
    assert sorted(found.doubts) == [(0, 1), (0, 2)]


def test_a_person_outweighs_the_evidence_both_ways() -> None:
    ads = [read(1), read(2), read(3, board="indeed", title="Baker")]
    texts = {one.ad.id: text.source if text else "" for one, text in ads}
    family = [one for one, _ in ads]
    split = resolve_family(family, lambda one: texts[one.ad.id], {(1, 2): "different"})
    assert [[ad.ad.id for ad in job] for job in split.jobs] == [[3], [1], [2]]
    joined = resolve_family(family, lambda one: texts[one.ad.id], {(1, 3): "same"})
    assert [3, 1] in [[ad.ad.id for ad in job] for job in joined.jobs] or len(joined.jobs) < 3
