"""Dates, places, money and text as boards write them: what is certain, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rolecall.boards.employers import name_written
from rolecall.text.dates import believable, epoch, iso, relative
from rolecall.text.html import decode, employment, plain, repaired, safe_html, scrub, text_of_html
from rolecall.text.money import Salary, salary
from rolecall.text.places import Place, place

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3 days ago", 3), ("a month ago", 30), ("16 hours ago", 1), ("2 hours ago", 0), ("Just posted", 0), ("yesterday", 1), ("3d", 3),
        ("24h", 1), ("vor 2 Wochen", 14),
        ("gestern", 1), ("vor einem Tag", 1), ("il y a 3 jours", 3), ("il y a un an", 365), ("2j", 2),
        ("hace 1 mes", 30), ("hace una semana", 7), ("3 giorni fa", 3), ("há 2 dias", 2), ("2 weken geleden", 14),
        ("3 dni temu", 3), ("před 3 dny", 3),
        ("2 veckor sedan", 14), ("for 4 dager siden", 4), ("3 gün önce", 3),
    ],
)  # fmt: skip
def test_relative_dates_in_many_languages_name_a_day(text: str, days: int) -> None:
    assert relative(text, NOW) == datetime(2026, 11, 22, tzinfo=UTC) - timedelta(days=days)


@pytest.mark.parametrize(
    "text", ["30+ days ago", "30j+", "", None, "Engineer", "99999999 days ago", "9999 years ago", "soon", "3 applicants"]
)
def test_what_is_no_date_stays_unknown(text: str | None) -> None:
    assert relative(text, NOW) is None


def test_absolute_dates_are_utc_and_unbelievable_ones_are_none() -> None:
    assert iso("2026-02-20T10:00:00-05:00") == datetime(2026, 2, 20, 15, tzinfo=UTC)
    assert iso("2026-02-30") is None
    assert epoch(1771574400) == epoch(1771574400000) == datetime(2026, 2, 20, 8, tzinfo=UTC)
    assert epoch(0) is epoch(-1) is epoch(True) is epoch(float("inf")) is epoch(None) is None
    assert believable(iso("1970-01-01"), NOW) is believable(iso("2099-01-01"), NOW) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bengaluru, Karnataka, India", Place("Bengaluru", "Karnataka", "India")),
        ("Greater Bengaluru Area", Place("Bengaluru", None, "India", area=True)),
        ("Czech Republic", Place(country="Czechia")),
        ("Berlin, Germany", Place("Berlin", None, "Germany")),
        ("San Francisco, CA", Place("San Francisco", "CA", "United States")),
        ("Toronto, ON", Place("Toronto", "ON", "Canada")),
        ("Atlanta, Georgia", Place("Atlanta", "GA", "United States")),
        ("Georgia", Place()),
        ("Cambridge", Place("Cambridge")),
        ("Remote", Place(remote="remote")),
        ("Lyon, France (Hybrid)", Place("Lyon", None, "France", "hybrid")),
        ("Portland, OR (On-site)", Place("Portland", "OR", "United States", "onsite")),
        ("", Place()),
        (",,,", Place()),
    ],
)
def test_a_place_is_taken_apart_as_far_as_it_is_certain(text: str, expected: Place) -> None:
    assert place(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("€50,000.00/yr - €60,000.00/yr", Salary(50000, 60000, "EUR", "year")),
        ("60.000 € – 70.000 € pro Jahr", Salary(60000, 70000, "EUR", "year")),
        ("$45 an hour", Salary(45, 45, "USD", "hour")),
        ("From $22.50 an hour", Salary(22.5, None, "USD", "hour")),
        ("Up to £30,000 a year", Salary(None, 30000, "GBP", "year")),
        ("$120K - $150K (Employer est.)", Salary(120000, 150000, "USD", None)),
        ("35 k € - 45 k €", Salary(35000, 45000, "EUR", None)),
        ("CHF 88’000", Salary(88000, 88000, "CHF", None)),
        ("$110,000+", Salary(110000, None, "USD", None)),
        ("R$9.000,00/mês", Salary(9000, 9000, "BRL", "month")),
        ("PKR 120,000 - 160,000 per month", Salary(120000, 160000, "PKR", "month")),
        ("AED 14,000/month", Salary(14000, 14000, "AED", "month")),
        ("14 LPA", Salary(1400000, 1400000, "INR", "year")),
        ("₹9,00,000 - ₹11,50,000 a year", Salary(900000, 1150000, "INR", "year")),
        ("$140,000-$170,000 (Boston), $110k–$130k (elsewhere)", Salary(110000, 170000, "USD", None)),
        ("£25-30K, OTE £60K", Salary(25000, 30000, "GBP", None)),
        ("15.50 USD/hour, 40 hours per week", Salary(15.5, 15.5, "USD", "hour")),
        ("ab 2.800 € brutto/Monat", Salary(2800, None, "EUR", "month")),
        ("â‚¬45,000 per annum", Salary(45000, 45000, "EUR", "year")),
        ("401k match", Salary()),
        ("Competitive", Salary()),
        ("€9 - €3", Salary()),
        ("€" + "9" * 300, Salary()),
    ],
)
def test_a_salary_text_is_read_or_left(text: str, expected: Salary) -> None:
    assert salary(text, dollars="USD") == expected


def test_a_field_of_pay_may_leave_the_currency_to_its_site() -> None:
    assert salary("21 to 23,000 per annum", currency="GBP") == Salary(21000, 23000, "GBP", "year")
    assert salary("350 per week", currency="GBP") == Salary(350, 350, "GBP", "week")
    assert salary("37.5 hours", currency="GBP") == salary("350 per week") == Salary()


def test_an_employer_is_called_as_its_own_texts_write_it() -> None:
    assert name_written("salt-and-pine", ["About Salt & Pine: we bake.", "Salt & Pine is hiring", "at Salt and Pine"]) == "Salt & Pine"
    assert name_written("hiveworks", ["HiveWorks keeps bees", None, "why HiveWorks?"]) == "HiveWorks"  # type: ignore[list-item]
    assert name_written("acme-labs", ["nothing of the kind"]) == "acme-labs"
    assert name_written("", ["Anything"]) == ""


def test_a_bare_dollar_is_no_certain_currency_and_crossed_bounds_are_no_salary() -> None:
    assert salary("$45 an hour").currency is None
    assert set(Salary(9, 3, "EUR", "year").fields().values()) == {None}


def test_texts_become_plain_safe_and_storable() -> None:
    assert plain("R&amp;D <b>Lead</b>\0 \n II") == "R&D Lead II"
    assert plain("a &lt; b") == "a < b"
    assert text_of_html("<p>One</p><ul><li>two<li>three</ul><script>x</script>") == "One\n- two\n- three"
    assert text_of_html("<div>" * 5000 + "deep") == "deep"
    assert safe_html('<p style="x" onclick="y()">a<img src=x onerror=z><a href="/relative">b</a></p>') == "<p>a<a>b</a></p>"
    assert safe_html("  ") is None
    assert repaired("We donâ€™t — é") == "We don’t — é"
    assert repaired("Grüße".encode().decode("latin-1")) == repaired("Grüße".encode().decode("cp1252")) == "Grüße"
    assert repaired("Â£30,000, CafÃ©") == "£30,000, Café"
    assert repaired("São Tomé, Ærø, 5 × â") == "São Tomé, Ærø, 5 × â"
    assert plain("R&amp;amp;D, P&amp;amp;amp;L") == "R&D, P&L"
    assert text_of_html("<p>R&amp;amp;D&amp;nbsp;team, AT&amp;T</p>") == "R&D\xa0team, AT&T"
    assert scrub({"a\0": ["\ud800", 1]}) == {"a": ["\ufffd", 1]}
    assert decode("Grüße".encode("utf-16")) == "Grüße"
    assert decode("Grüße aus Köln, schöne Wörter".encode("cp1252")) == "Grüße aus Köln, schöne Wörter"
    assert [employment(kind) for kind in ("FULL_TIME", "Vollzeit", "OTHER", "Zero hours", None)] == [
        "full-time",
        "full-time",
        None,
        "Zero hours",
        None,
    ]
