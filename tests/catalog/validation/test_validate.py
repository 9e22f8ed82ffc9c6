"""Validation: good jobs go on, others are kept with their reasons, and are released once they are mended."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rolecall.boards.landing import land
from rolecall.catalog import Validated, aggregate, id_ranges, validate
from rolecall.catalog.validation.rules import RULES
from rolecall.catalog.validation.scams import asks_bank_data, asks_payment, messenger_only, unrealistic_pay
from rolecall.catalog.validation.signs import AdClaims
from rolecall.store import Connection
from tests.catalog.conftest import LONG, Land, jobs, posting

NOW = datetime.now(UTC)
HOSTS = {"linkedin": ("linkedin.com",)}

BY_ID = {rule.id: rule for rule in RULES}


def check(db: Connection, **options: Any) -> Validated:
    aggregate(db)
    return validate(db, now=NOW, **options)


def broken(db: Connection) -> dict[str, str]:
    return {row["rule"]: row["severity"] for row in db.execute("select rule, severity from quarantine")}


def test_a_job_that_is_applied_for_by_mail_is_valid(db: Connection, landed: Land) -> None:
    landed(apply_url="mailto:jobs@crumbco.example?subject=Data%20Engineer", posted_at=NOW - timedelta(days=3))
    assert check(db) == Validated(valid=1)


def test_a_good_job_is_valid_and_a_second_run_changes_nothing(db: Connection, landed: Land) -> None:
    landed(posted_at=NOW - timedelta(days=3), salary_min=40_000, salary_max=50_000, salary_currency="EUR", salary_interval="year")
    assert check(db) == Validated(valid=1)
    assert broken(db) == {}
    before = jobs(db)
    assert check(db) == Validated()
    assert check(db, full=True) == Validated(valid=1)
    assert jobs(db) == before


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"company": ""}, "no_company"),
        ({"title": "🔥🔥"}, "no_title"),
        ({"title": "Engineer " * 40}, "text_as_title"),
        ({"title": "Engineer " * 20}, "long_title"),
        ({"description": None}, "no_description"),
        ({"description": "Come and work."}, "short_description"),
        ({"url": "https://nowhere"}, "bad_url"),
        ({"apply_url": "http:///x"}, "bad_url"),
        ({"posted_at": NOW + timedelta(days=2)}, "posted_in_future"),
        ({"posted_at": NOW - timedelta(days=181)}, "stale"),
        ({"salary_min": 60_000, "salary_max": 50_000}, "salary_upside_down"),
        ({"salary_min": 9_000, "salary_max": 9_000, "salary_interval": "hour"}, "salary_absurd"),
        ({"salary_min": -1}, "salary_absurd"),
        ({"salary_min": 9_000_000, "salary_currency": "USD"}, "salary_absurd"),
        ({"salary_min": 25, "salary_max": 30, "salary_currency": "EUR", "salary_interval": "year"}, "salary_too_low"),
        ({"location": ""}, "no_place"),
        ({"url": "https://somewhere.example/jobs/100"}, "url_off_board"),
        (
            {"description": "Show more Show less. Sign in to see who you know at this place. Report this job. Easy apply. 25 applicants"},
            "boilerplate",
        ),
        ({"description": "求人情報" * 60}, "unread_language"),
        ({"description": "Szukamy osoby, która lubi pracę z ludźmi oraz dane. " * 8}, "unread_language"),
        ({"description": LONG + " Write to crumbco.hiring@gmail.com today."}, "free_mail"),
        ({"company": "Northfell Energy", "description": LONG + " Apply at https://northfe11energy.example/jobs now."}, "look_alike_domain"),
        ({"company": "Northfell Energy", "apply_url": "https://jobs.northfelenergy.example/4711"}, "look_alike_domain"),
        ({"description": LONG + " Please pay a registration fee of 50 EUR."}, "asks_payment"),
        ({"description": LONG + " Send us your bank account details and a copy of your passport."}, "asks_bank_data"),
        ({"description": LONG + " Contact our manager on Telegram: @crumbjobs"}, "messenger_only"),
        ({"description": LONG + " No experience needed, earn $4,000 per week from home."}, "unrealistic_pay"),
    ],
)
def test_each_rule_is_broken_by_what_it_is_about_and_decides_the_state(
    db: Connection, landed: Land, changed: dict[str, Any], rule: str
) -> None:
    landed(**changed)
    check(db, hosts={"linkedin": ("linkedin.example", "nowhere")})
    severity = BY_ID[rule].severity
    assert broken(db) == {rule: severity}
    assert jobs(db)[0]["state"] == {"error": "quarantined", "warning": "warned"}[severity]
    row = db.execute("select reason, fix from quarantine").fetchone()
    assert row == {"reason": BY_ID[rule].reason, "fix": BY_ID[rule].fix}


def test_every_rule_has_its_words_and_exactly_one_test() -> None:
    assert len(BY_ID) == len(RULES)
    for rule in RULES:
        assert rule.reason
        assert rule.fix
        assert rule.severity in ("error", "warning", "note")
        assert bool(rule.broken) != bool(rule.broken_by)


def test_a_mended_job_is_released_and_keeps_nothing_of_its_quarantine(db: Connection, landed: Land) -> None:
    landed(company="")
    assert check(db) == Validated(quarantined=1)
    landed(company="Crumb & Co")
    assert check(db) == Validated(valid=1)
    assert broken(db) == {}


def test_a_job_that_breaks_an_error_and_a_warning_shows_both(db: Connection, landed: Land) -> None:
    landed(company="", description=None)
    assert check(db) == Validated(quarantined=1)
    assert broken(db) == {"no_company": "error", "no_description": "warning"}


def test_a_job_is_closed_when_all_its_postings_have_expired_and_opened_again_when_one_is_back(db: Connection, landed: Land) -> None:
    landed(board="linkedin")
    landed(board="indeed", external_id="2")
    check(db)
    land(db, [posting(board="indeed", external_id="2", expired=True)], detailed=True)
    check(db)
    assert jobs(db)[0]["state"] == "valid"
    land(db, [posting(expired=True)], detailed=True)
    assert check(db) == Validated(closed=1)
    assert jobs(db)[0]["state"] == "closed"
    land(db, [posting()], detailed=True)
    assert check(db) == Validated(valid=1)


def test_a_job_grows_stale_without_being_touched(db: Connection, landed: Land) -> None:
    landed(posted_at=NOW - timedelta(days=10))
    check(db)
    assert validate(db, now=NOW + timedelta(days=175), unseen_days=1000) == Validated(warned=1)
    assert validate(db, now=NOW + timedelta(days=176), unseen_days=1000) == Validated()


def test_a_job_that_no_board_shows_any_more_is_closed_with_its_reason_and_opened_when_it_is_seen_again(
    db: Connection, landed: Land
) -> None:
    landed()
    check(db)
    later = datetime.now(UTC) + timedelta(days=22)
    assert validate(db, now=later) == Validated(closed=1)
    row = db.execute("select state, closed_reason, closed_at from job").fetchone()
    assert row == {"state": "closed", "closed_reason": "not_seen", "closed_at": later}
    assert validate(db, now=later + timedelta(days=1)) == Validated()
    db.execute("update posting set last_seen_at = %s", (later + timedelta(days=2),))
    assert validate(db, now=later + timedelta(days=3)) == Validated(valid=1)
    assert db.execute("select state, closed_reason, closed_at from job").fetchone() == {
        "state": "valid",
        "closed_reason": None,
        "closed_at": None,
    }


def test_signs_of_fraud_add_up_to_a_risk_with_reasons(db: Connection, landed: Land) -> None:
    landed(description=LONG + " Contact our manager on Telegram: @crumbjobs and pay a registration fee of 50 EUR.")
    check(db)
    row = db.execute("select risk, risk_reasons from job").fetchone()
    assert row is not None
    assert round(row["risk"], 3) == 0.97
    assert [each["signal"] for each in row["risk_reasons"]] == ["asks_payment", "messenger_only"]
    db.execute("update posting set description = %s, content_hash = 'mended'", (LONG,))
    check(db)
    assert db.execute("select risk, risk_reasons from job").fetchone() == {"risk": 0.0, "risk_reasons": []}


def test_a_date_in_the_future_is_forgiven_when_it_has_come(db: Connection, landed: Land) -> None:
    landed(posted_at=NOW + timedelta(days=5))
    assert check(db) == Validated(warned=1)
    assert validate(db, now=NOW + timedelta(days=6)) == Validated(valid=1)


def test_content_that_changes_and_changes_back_is_checked_again(db: Connection, landed: Land) -> None:
    landed()
    check(db)
    landed(title="Bread Engineer")
    aggregate(db)
    landed()
    assert check(db) == Validated(valid=1)


def test_a_merged_job_leaves_the_quarantine(db: Connection, landed: Land) -> None:
    landed(board="linkedin", description=None)
    check(db)
    assert broken(db) == {"no_description": "warning"}
    landed(board="indeed", external_id="2")
    check(db)
    assert broken(db) == {}


def test_a_description_of_a_megabyte_is_checked_in_bounded_time(db: Connection, landed: Land) -> None:
    landed(description="pay send bank telegram no experience $ 5 a day " * 25_000)
    assert sum(vars(check(db)).values()) == 1


@pytest.mark.parametrize(
    "honest",
    [
        "Crumb & Co will never ask you to pay an application fee or to send your bank account details.",
        "We do not interview over WhatsApp or Telegram.",
        "Beware of fraud: scammers contact people on Telegram in our name.",
        "You process application fees for the university and deposit cheques at the bank.",
        "You advise customers who open a bank account or a credit card.",
        "Experience with the WhatsApp Business API is a plus.",
        "Salary 30 EUR per hour, no experience required.",
        "Wir fragen nie nach Bankdaten.",
        "We pay your visa fee and all flights.",
        "Training fees of 500 are paid by the employer.",
        "Our app lets users send money by Zelle.",
        "Deposit cheques and keep the register balanced.",
        "As IT support you install TeamViewer and AnyDesk.",
        "Kunden legitimieren und ein Konto eröffnen.",
    ],
)
def test_honest_ads_show_no_sign_of_fraud(honest: str) -> None:
    assert not any(test(honest) for test in (asks_payment, asks_bank_data, messenger_only, unrealistic_pay))


@pytest.mark.parametrize(
    "ad",
    [
        AdClaims(LONG + " Mail us: jobs@north-fell-energy.example, https://www.northfellenergy.example/x", "Northfell Energy"),
        AdClaims(LONG + " Write to our works council: maria.k@gmail.com", "Northfell Energy"),
        AdClaims(
            LONG, "Northfell Energy", "https://de.linkedin.com/jobs/view/1", "https://boards.greenhouse.io/n/jobs/1", "linkedin", HOSTS
        ),
        AdClaims("Bäcker\nWir suchen einen Bäcker, der mit uns im Team für die Region backt. " * 10, "Brot AG"),
        AdClaims("x\n" + "\u0000" * 200, "Brot AG", "http://[broken", "https://[broken"),
    ],
)
def test_honest_addresses_and_ordinary_texts_break_no_rule(ad: AdClaims) -> None:
    assert [rule.id for rule in RULES if rule.broken_by and rule.broken_by(ad)] == []


def test_a_changed_rule_looks_at_every_job_again_and_releases_what_it_held(
    db: Connection, landed: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    landed(company="")
    assert check(db) == Validated(quarantined=1)
    monkeypatch.setattr(
        sys.modules["rolecall.catalog.validation.validate"], "RULES", tuple(rule for rule in RULES if rule.id != "no_company")
    )
    assert validate(db, now=NOW) == Validated()
    monkeypatch.setattr(sys.modules["rolecall.catalog.validation.validate"], "VERSION", "another")
    assert validate(db, now=NOW) == Validated(valid=1)
    assert broken(db) == {}
    assert validate(db, now=NOW) == Validated()


def test_a_note_is_kept_and_changes_nothing(db: Connection, landed: Land) -> None:
    landed(external_id="1")
    landed(external_id="2")
    assert check(db) == Validated(valid=1)
    assert broken(db) == {"twice_on_board": "note"}


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("You must pay a training fee before you start.", asks_payment),
        ("A refundable deposit secures your place.", asks_payment),
        ("Buy gift cards and send us the codes.", asks_payment),
        ("Provide your online banking login for the payroll set-up.", asks_bank_data),
        ("Text Mr Brown on WhatsApp to start today!", messenger_only),
        ("Telegram: +44 20 0000", messenger_only),
        ("Purchase three Steam cards for the event and send the numbers to your supervisor.", asks_payment),
        ("Goods are shipped to your house; repack and mail them abroad.", asks_payment),
        ("You receive company funds by Zelle and pass them on; your share is 5 percent.", asks_payment),
        ("Recharge your account when the balance turns negative and cash out in USDT.", asks_payment),
        ("Bitte überweisen Sie vor Arbeitsbeginn 80 Euro Kaution.", asks_payment),
        ("Share the six-digit code that your bank sends you.", asks_bank_data),
        ("Rental of your LinkedIn account: 100 dollars weekly.", asks_bank_data),
        ("Send a picture of your ID card and a selfie holding it.", asks_bank_data),
        ("Earn up to $900 a day, no skills needed.", unrealistic_pay),
        ("Financial freedom! 3.500 € pro Woche.", unrealistic_pay),
    ],
)
def test_dishonest_ads_are_seen_through(text: str, test: Any) -> None:
    assert test(text)


def test_parts_together_check_what_one_run_checks_and_each_job_once(db: Connection, landed: Land) -> None:
    for number in range(40):
        landed(external_id=f"x{number}", title=f"Engineer {number}", company=f"Mill {number}")
    aggregate(db)
    cut = id_ranges(db, size=7)
    assert [cut[0][0], cut[-1][1], len(cut)] == ["", "", 6]
    counts = [validate(db, part, now=NOW) for part in cut]
    looked_at = [count.valid + count.warned + count.quarantined + count.closed for count in counts]
    assert sum(looked_at) == 40
    assert max(looked_at) < 20
    assert validate(db, now=NOW) == Validated()
    assert id_ranges(db) == [("", "")]
