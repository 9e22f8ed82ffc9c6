"""Titles: the same work under many names is near, another trade is far."""

from __future__ import annotations

import pytest

from rolecall.matching.skills.titles import nearness, read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Senior Data Engineer", "Data Engineer II (m/w/d)"),
        ("Data Engineer", "Data Platform Engineer"),
        ("Staff Nurse (Band 5)", "RN, Emergency Department"),
        ("Krankenpfleger (m/w/d)", "Registered Nurse"),
        ("Infirmier(e) H/F", "Registered Nurse"),
        ("Head of Sales", "Sales Director"),
        ("Softwareentwickler:in", "Software Engineer"),
        ("Teacher of Mathematics", "Math Teacher"),
        ("Florist", "Senior Florist"),
        ("Engineer, Data", "Data Engineer"),
    ],
)
def test_the_same_work_is_near(one: str, other: str) -> None:
    assert nearness(read(one), read(other)) >= 0.85
    assert nearness(read(other), read(one)) >= 0.85


@pytest.mark.parametrize(
    ("one", "other"), [("Data Engineer", "Analytics Engineer"), ("Account Executive", "Sales Manager"), ("Nurse", "Midwife")]
)
def test_kin_occupations_are_half_way(one: str, other: str) -> None:
    assert 0.5 <= nearness(read(one), read(other)) <= 0.75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Data Engineer", "Sales Engineer"),
        ("Data Engineer", "Mechanical Engineer"),
        ("Sales Manager", "Marketing Manager"),
        ("Registered Nurse", "Nursery Nurse"),
        ("SQL Server Administrator", "Waiter"),
        ("Head Chef", "Head of Finance"),
        ("Florist", "Data Engineer"),
    ],
)
def test_other_trades_are_far(one: str, other: str) -> None:
    assert nearness(read(one), read(other)) <= 0.2


@pytest.mark.parametrize(
    ("title", "rank"),
    [("Intern, Data", 0), ("Junior Nurse", 1), ("Data Engineer", None), ("Senior Data Engineer", 3), ("Staff Engineer", 4),
     ("Staff Nurse", None),
     ("Principal Engineer", 5), ("Director of Nursing", 6), ("VP Sales", 7), ("Engineer II", 2),
     ("Software Engineer (New Grad)", 1), ("Recent Graduate Accountant", 1), ("Early Career Analyst", 1), ("Working Student Marketing", 0),
     ("Sales Graduate", 1), ("Dean of Graduate Studies", None)],
)  # fmt: skip
def test_ranks_are_read(title: str, rank: int | None) -> None:
    assert read(title).rank == rank
