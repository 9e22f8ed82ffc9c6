"""What speaks for a match is not told as if it spoke against it."""

from __future__ import annotations

from datetime import date

from rolecall.matching import Job, Matcher, read_cv
from rolecall.matching.score.explain import Reason
from rolecall.people.own_matches import weaknesses

CV = """Pia Ostrander
Payroll Accountant

EXPERIENCE
Payroll Accountant, Mill Row Ltd, 2012 - present
- Prepared payslips in Sage for 300 people
Junior Bookkeeper, Fenn & Fry, 2008 - 2012
- Booked invoices
SKILLS
Sage, Excel
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


def test_an_accountant_is_not_told_that_accounting_is_missing() -> None:
    found = reasons("Payroll Accountant", "Requirements:\n- Accounting\n- Excel\n- IFRS")
    assert [one.label for one in found if one.kind == "skill" and one.verdict == "missing"] == ["IFRS"]


def test_more_years_than_asked_for_are_never_told_as_missing() -> None:
    for title in ("Accountant", "Junior Accountant", "Head of Accounting", "Accounting Intern"):
        for one in reasons(title, "Requirements:\n- At least 2 years of experience in accounting\n- Excel"):
            assert one.kind != "years" or one.verdict in ("direct", "strong") or "at least 2 years" not in one.text, (title, one.text)
