"""What speaks for a match is not told as if it spoke against it."""

from __future__ import annotations

from datetime import date

from rolecall.matching import Job, Matcher, read_cv
from rolecall.matching.score.explain import Reason
from rolecall.people.own_matches import LITTLE_IN_COMMON, weaknesses

CV = """Pia Ostrander
Payroll Accountant

EXPERIENCE
Payroll Accountant, Mill Row Ltd, 2012 - present
- Prepared payslips in Sage for 300 people
Junior Bookkeeper, Fenn & Fry, 2008 - 2012
- Booked invoices
SKILLS
Sage, Excel
LANGUAGES
English
"""


def reasons(title: str, text: str) -> list[Reason]:
    job = Job(id="1", title=title, company="Rosemill", description=text)
    (row,) = Matcher([job]).rank(read_cv(CV), limit=1, today=date(2026, 1, 1))
    return list(row.reasons)


def test_what_comes_close_is_no_reason_why_a_match_is_held_back() -> None:
    told = [
        {"verdict": "transferable", "text": "Sage 200 is asked for; your Sage is close to it", "weight": 0.9},
        {"verdict": "missing", "text": "IFRS is required, and not in your CV", "weight": 0.2},
    ]
    assert weaknesses(told) == ["IFRS is required, and not in your CV"]


def test_what_is_nice_to_have_is_never_why_a_score_is_low() -> None:
    nice = {"verdict": "missing", "text": "Excel is nice to have, and not in your CV", "weight": 0.3}
    german = {"verdict": "missing", "text": "The ad asks for German, which your CV does not name", "weight": 0.1}
    assert weaknesses([nice, german]) == [german["text"]]
    assert weaknesses([nice]) == [LITTLE_IN_COMMON]
    assert weaknesses([]) == weaknesses("odd") == weaknesses([{"text": "of a service that gives no verdicts"}]) == []


def test_of_a_low_score_what_counts_most_is_told_first() -> None:
    asked = "Requirements:\n- SAP is required\n- Fluent German is required\nNice to have:\n- Docker"
    found = weaknesses([one.model_dump() for one in reasons("Payroll Accountant", asked)])
    assert "German" in found[0], found
    assert not any("Docker" in one for one in found)


def test_an_accountant_is_not_told_that_accounting_is_missing() -> None:
    found = reasons("Payroll Accountant", "Requirements:\n- Accounting\n- Excel\n- IFRS")
    assert [one.label for one in found if one.kind == "skill" and one.verdict == "missing"] == ["IFRS"]


def test_more_years_than_asked_for_are_never_told_as_missing() -> None:
    for title in ("Accountant", "Junior Accountant", "Head of Accounting", "Accounting Intern"):
        for one in reasons(title, "Requirements:\n- At least 2 years of experience in accounting\n- Excel"):
            assert one.kind != "years" or one.verdict in ("direct", "strong") or "at least 2 years" not in one.text, (title, one.text)
