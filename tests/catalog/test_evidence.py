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
WHOLE = LONG + " Whoever starts here learns how dough behaves before anything is computed about it, and keeps a share of the bread."
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
        ({"location": "Graz, Austria"}, {"location": "Graz, Austria (Remote)"}, "same"),
        ({"location": "Graz, Austria"}, {"location": "Graz, Austria (Remote)", "description": None}, "doubt"),
        ({"location": "Graz, Austria", "remote": "onsite"}, {"location": "Graz, Austria (Remote)"}, "different"),
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
    ("one", "other"),
    [
        ({"location": "Toronto"}, {"location": "Toronto (Remote)"}),
        ({"location": "Berlin, Germany"}, {"location": "Hybrid work in Berlin"}),
        ({"location": "Munich, Germany"}, {"location": "Munich Office"}),
        ({"location": "Palo Alto, CA"}, {"location": "Bay Area"}),
        ({"location": "Graz, Austria"}, {"location": "HQ"}),
        ({"location": "Graz, Austria"}, {"location": "Crumb & Co HQ"}),
        ({"location": "HQ"}, {"location": "Headquarters"}),
        ({"location": "Graz, Austria"}, {"location": "Market Street 12, Graz"}),
        ({"location": "Toronto, ON"}, {"location": "Greater Toronto Area"}),
        ({"location": "London; Berlin; Paris"}, {"location": "London | Berlin | Paris"}),
        ({"location": "London; Berlin; Paris"}, {"location": "London, United Kingdom"}),
        ({"company": "Crumb"}, {"company": "Crumb Technologies, Inc."}),
        ({"company": "Crumb"}, {"company": "Crumb (YC W22)"}),
        ({"company": "Crumb"}, {"company": "crumb.io"}),
        ({"company": "Crumb"}, {"company": "Careers at Crumb"}),
        ({"company": "Rye Rocket"}, {"company": "RyeRocket"}),
        ({}, {"title": "Data Engineer - Graz"}),
        ({}, {"title": "NEW: Data Engineer at Crumb & Co"}),
        ({}, {"title": "Data Engineer (m/f/d) – $90k-$110k"}),
        ({"title": "Senior Data & Platform Engineer"}, {"title": "Sr. Data and Platform Engineer"}),
        ({"title": "Data Engineer (Linz)", "location": "Austria"}, {"title": "Data Engineer", "location": "Linz, Austria"}),
        ({}, {"description": WHOLE[: len(WHOLE) * 2 // 3]}),
        ({}, {"description": WHOLE[: len(WHOLE) * 2 // 3 - 3] + "… Show more"}),
        ({}, {"description": f"About the job\n{WHOLE}\nShow more\nShow less\nIndustries\nFood"}),
        ({}, {"description": "".join(f"<p>{line} &amp; more</p>" for line in WHOLE.split(". "))}),
        (
            {"description": WHOLE + " Größe und Öfen zählen."},
            {"description": (WHOLE + " Größe und Öfen zählen.").encode().decode("cp1252")},
        ),
        ({"description": WHOLE + " Größe und Öfen zählen."}, {"description": WHOLE + " Gr?e und ?fen z?hlen."}),
    ],
)
def test_what_boards_do_to_one_ad_does_not_make_it_two(one: dict[str, Any], other: dict[str, Any]) -> None:
    found = judge({"description": WHOLE} | one, {"description": WHOLE} | other)
    assert found.outcome == "same", found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"location": "Toronto, ON"}, {"location": "Montreal, QC"}),
        ({"location": "Toronto", "remote": "onsite"}, {"location": "Toronto (Remote)"}),
        ({"location": "San Francisco"}, {"location": "US Remote"}),
        ({"location": "Paris; Berlin"}, {"location": "Berlin; London"}),
        ({"location": "Paris; Berlin"}, {"location": "Berlin"}),
        ({"title": "Data Engineer (Linz)", "location": "Austria"}, {"title": "Data Engineer (Graz)", "location": "Austria"}),
        ({"title": "Data Engineer - Go"}, {"title": "Data Engineer"}),
        ({"company": "Crumb Health"}, {"company": "Crumb Technologies", "description": OTHER}),
        ({"company": "Crumb", "description": None}, {"company": "Crumb Technologies"}),
        ({"location": "Graz, Austria", "description": None}, {"location": "HQ"}),
        ({"company": "Crumb", "location": "Graz"}, {"company": "Crumb Labs", "location": "HQ", "description": OTHER}),
    ],
)
def test_siblings_of_one_text_stay_two(one: dict[str, Any], other: dict[str, Any]) -> None:
    found = judge({"description": WHOLE} | one, {"description": WHOLE} | other)
    assert found.outcome != "same", found


def settled(*changed: dict[str, Any]) -> list[list[int]]:
    ads = [read(number, board=f"b{number}", **({"description": WHOLE} | one)) for number, one in enumerate(changed, 1)]
    texts = {one.ad.id: text.source if text else "" for one, text in ads}
    return [[ad.ad.id for ad in job] for job in resolve_family([one for one, _ in ads], lambda one: texts[one.ad.id]).jobs]


def test_a_third_ad_that_fits_both_of_two_siblings_tears_neither_apart() -> None:
    graz, linz, neither = {"location": "Graz, Austria"}, {"location": "Linz, Austria"}, {"location": "HQ"}
    assert settled(graz, graz | {"title": "Data Engineer (m/f/d)"}, linz, linz, neither, neither) == [[1, 2], [3, 4], [5, 6]]
    assert settled(graz, neither, linz) == [[1], [2], [3]]


def test_an_ad_that_clearly_fits_one_of_two_siblings_better_belongs_to_it() -> None:
    paid = {"salary_min": 50_000, "salary_max": 60_000, "salary_currency": "EUR"}
    assert settled({"location": "Graz, Austria", **paid}, {"location": "HQ", **paid}, {"location": "Linz, Austria"}) == [[1, 2], [3]]


def test_two_pieces_of_one_text_are_one_job_with_the_whole() -> None:
    parts = WHOLE.split(". ")
    whole = ". ".join(parts + [f"{part} in the {number}th bakery of the town" for number, part in enumerate(parts)]) + "."
    half = len(whole) // 2
    assert settled({"description": whole}, {"description": whole[: half - 40] + "…"}, {"description": f"…{whole[half + 40 :]}"}) == [
        [1, 2, 3]
    ]


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
    assert [[ad.ad.id for ad in job] for job in joined.jobs] == [[3, 1], [2]]
