"""Quality reports: each run is measured against the last ones; one alert when a rate leaves its band, one when it is back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from rolecall.boards.landing import land
from rolecall.boards.page_hosts import page_hosts
from rolecall.catalog import aggregate, validate
from rolecall.monitoring.quality import QualityReport, as_json, bands, report
from rolecall.store import Connection
from tests.catalog.conftest import posting

NOW = datetime.now(UTC)


def run(db: Connection, number: int) -> QualityReport:
    aggregate(db)
    validate(db, now=NOW)
    return report(db, f"run {number}", NOW + timedelta(hours=number))


def alerts(db: Connection) -> list[str]:
    return [row["message"] for row in db.execute("select message from notification order by created_at, id").fetchall()]


def batch(number: int, **changed: Any) -> list[Any]:
    return [posting(external_id=f"{number}-{each}", title=f"Baker {chr(65 + each)}{number}x", **changed) for each in range(20)]


def test_a_run_is_measured_by_rule_and_board(db: Connection) -> None:
    land(db, [posting(), posting(board="indeed", external_id="7"), posting(external_id="2", title="Baker", company="")])
    made = run(db, 1)
    assert (made.jobs, made.rates["merge_rate"], made.rates["quarantine_rate"]) == (2, 0.5, 0.5)
    assert made.found == {"no_company": {"linkedin": 1}}
    assert made.bands == {}
    assert as_json(made)["outside"] == []


def test_a_rate_that_leaves_its_band_is_one_alert_and_one_when_it_is_back(db: Connection) -> None:
    land(db, batch(0))
    for number in range(1, 7):
        run(db, number)
    assert alerts(db) == []
    db.execute("update posting set company = '', content_hash = 'broken' || id where id in (select id from posting order by id limit 8)")
    made = run(db, 7)
    assert made.outside == ["quarantine_rate"]
    report(db, "run 7", NOW + timedelta(hours=7, minutes=1))
    assert len(alerts(db)) == 1
    assert "jobs in quarantine: 40 %, usually 0 % to 5 %" in alerts(db)[0]
    db.execute("update posting set company = 'Crumb & Co', content_hash = 'mended' || id where company = ''")
    assert run(db, 8).outside == []
    assert len(alerts(db)) == 2
    assert any("as usual again" in text for text in alerts(db))
    assert db.execute("select count(*) as n from quality_report").fetchone() == {"n": 8}


def test_a_small_catalog_alerts_nobody(db: Connection) -> None:
    land(db, [posting()])
    for number in range(6):
        run(db, number)
    db.execute("update posting set company = '', content_hash = 'broken'")
    assert run(db, 9).outside == ["quarantine_rate"]
    assert alerts(db) == []


def test_one_odd_run_does_not_move_what_is_usual() -> None:
    usual = [{"merge_rate": 0.5}] * 9
    assert bands([*usual, {"merge_rate": 1.0}], ["merge_rate"]) == bands(usual, ["merge_rate"]) == {"merge_rate": (0.45, 0.55)}
    assert bands(usual[:4], ["merge_rate"]) == {}


def test_an_address_is_on_the_board_or_on_what_stands_in_for_it() -> None:
    hosts = page_hosts({"linkedin": "http://127.0.0.1:9000/linkedin"})
    assert set(hosts["linkedin"]) == {"linkedin.com", "127.0.0.1"}
    assert "ashby" not in hosts
