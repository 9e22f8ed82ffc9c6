"""CVs in layouts that are unusual: whose, what, where, which jobs; invented, see ``odd_cvs.txt``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from rolecall.matching import read_cv
from rolecall.matching.cv.degrees import degree_in
from rolecall.models import Cv

TODAY = date(2025, 1, 1)


class Odd(NamedTuple):
    """One CV and what is in it."""

    said: dict[str, str]
    roles: list[tuple[str, ...]]
    text: str

    def read(self) -> Cv:
        return read_cv(self.text, filename="cv.txt", today=TODAY)


def _all() -> dict[str, Odd]:
    found = {}
    for block in (Path(__file__).parent / "odd_cvs.txt").read_text(encoding="utf-8").split("\n=== ")[1:]:
        head, _, text = block.partition("\n---\n")
        layout, *fields = head.splitlines()
        said = [tuple(part.strip() for part in field.split(":", 1)) for field in fields]
        roles = [tuple(part.strip() for part in value.split("|")) for name, value in said if name == "role"]
        found[layout] = Odd({name: value for name, value in said if name != "role"}, roles, text)
    return found


ODD = _all()


@pytest.mark.parametrize("layout", ODD)
def test_every_field_of_an_unusual_cv_is_what_a_person_reads(layout: str) -> None:
    odd = ODD[layout]
    cv = odd.read()
    assert (cv.name, cv.headline) == (odd.said.get("name", ""), odd.said.get("headline", ""))
    assert odd.said["location"] in cv.location if odd.said.get("location") else not cv.location
    assert [(role.title, role.company, role.start or "", role.end or "") for role in cv.roles] == odd.roles
    if "years" in odd.said:
        assert cv.years == pytest.approx(float(odd.said["years"]), abs=1)
    if "degree" in odd.said:
        degree = degree_in("\n".join(cv.education))
        assert degree
        assert degree[0] == int(odd.said["degree"])


def test_nothing_but_skills_stands_among_the_skills() -> None:
    noise = {skill for odd in ODD.values() for skill in odd.read().skills if skill.startswith(("Page ", "Planned ", "Answered "))}
    assert not noise
