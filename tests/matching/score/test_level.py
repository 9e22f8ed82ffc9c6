"""What level, time and aims do to a score: they are evidence, and bury nothing."""

from __future__ import annotations

import pytest

from rolecall.matching import Job, Matcher, read_cv
from rolecall.matching.ads.ad import read_ad
from rolecall.matching.cv.person import read_person
from rolecall.matching.score.scoring import judge
from rolecall.models import Cv
from tests.matching.conftest import ADS, CVS, TODAY

SENIOR = CVS["data"]


def scored(cv: Cv | str, title: str, description: str = ADS["data"]) -> float:
    who = cv if isinstance(cv, Cv) else read_cv(cv.encode(), filename="cv.txt")
    return Matcher().score(who, Job(id="1", title=title, description=description), today=TODAY).score


@pytest.mark.parametrize("title", ["Data Engineer (New Grad)", "Graduate Data Engineer", "Data Engineering Intern"])
def test_a_senior_is_no_perfect_match_for_a_beginners_job_yet_comes_before_another_trade(title: str) -> None:
    text = ADS["data"].replace("- 4+ years of experience as a data engineer\n", "")
    own, beginners = scored(SENIOR, "Senior Data Engineer", text), scored(SENIOR, title, text)
    assert beginners < min(0.94, own - 0.05)
    assert beginners > 2 * scored(SENIOR, "Registered Nurse", ADS["nurse"])


def test_a_headline_with_and_has_two_aims() -> None:
    both = Cv(headline="Accountant and Nurse", skills=["Bookkeeping"])
    assert [title.text for _, title, _ in read_person(both, today=TODAY).titles] == ["Accountant", "Nurse"]
    assert scored(both, "Registered Nurse", "Care.") > scored(
        Cv(headline="Accountant", skills=["Bookkeeping"]), "Registered Nurse", "Care."
    )


def title_part(cv: Cv, title: str) -> float:
    return judge(read_person(cv, today=TODAY), read_ad(Job(id="1", title=title)), []).parts.title or 0.0


def roles(*held: tuple[str, str, str]) -> Cv:
    return Cv.model_validate({"roles": [{"title": title, "start": start, "end": end} for title, start, end in held]})


def test_old_roles_fade_with_time_and_not_with_position() -> None:
    long_ago = roles(("Product Manager", "2016-01", "present"), ("Software Developer", "2010-01", "2015-12"))
    lately = roles(("Product Manager", "2026-01", "present"), ("Software Developer", "2018-01", "2025-12"))
    old, new = (read_person(cv, today=TODAY).titles[1][0] for cv in (long_ago, lately))
    assert old < 0.4 < 0.8 < new
    assert title_part(long_ago, "Software Developer") < title_part(lately, "Software Developer") - 0.3
    assert read_person(long_ago, today=TODAY).fields == {"product"}


def test_who_has_been_out_of_work_for_years_keeps_the_last_work() -> None:
    cv = roles(("Registered Nurse", "2010-01", "2018-12"), ("Florist", "2004-01", "2008-12"))
    assert next(weight for weight, _, _ in read_person(cv, today=TODAY).titles) == 1.0


@pytest.mark.parametrize(("held", "part"), [("Ph.D. Physics", 1.0), ("Master of Science", 1.0), ("B.Sc. Physics", 0.5), ("", 0.7)])
def test_degrees_have_an_order(held: str, part: float) -> None:
    cv = read_cv(
        f"Ada Brook\nPhysicist\n\nEducation\n{held}, University of Example\n".encode() if held else b"Ada\nPhysicist\n", filename="cv.txt"
    )
    ad = read_ad(Job(id="1", title="Physicist", description="Requirements:\n- Master's degree in physics"))
    assert judge(read_person(cv, today=TODAY), ad, []).parts.degree == part
    easier = read_ad(Job(id="1", title="Physicist", description="Requirements:\n- Master's degree in physics or equivalent experience"))
    assert judge(read_person(cv, today=TODAY), easier, []).parts.degree in (1.0, 0.7)


def test_a_job_for_beginners_stays_below_070_for_a_senior_whatever_the_years_it_asks_for() -> None:
    text = ADS["data"].replace("4+ years", "1+ years")
    assert scored(SENIOR, "Data Engineer", text) > 0.7
    for title in ("Data Engineer (New Grad)", "Graduate Data Engineer"):
        assert scored(SENIOR, title, text) < 0.7
