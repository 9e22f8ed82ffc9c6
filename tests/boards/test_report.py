"""What Slack hears of a run: the seed's words, each failure once, its end once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rolecall.boards import BROKEN
from rolecall.boards.__main__ import main
from rolecall.boards.board_report import lines, report
from rolecall.boards.history.fill_watch import set_watermark
from rolecall.boards.scrape import ScrapeResult, record
from rolecall.store import Connection


def ran(db: Connection, run_id: str, *outcomes: str, count: int | None = 40, unsaved: str | None = None, **more: Any) -> dict[str, Any]:
    """One run with a search an outcome, delivered and reported."""
    for number, outcome in enumerate(outcomes):
        good = outcome in ("ok", "EmptyResult")
        result = ScrapeResult("linkedin", f"s{number} @ anywhere", outcome=outcome, cards=20 if outcome == "ok" else 0)
        result.error = None if good else f"linkedin: {outcome} seen"
        record(db, run_id, result)
    if count is not None:
        db.execute("insert into board_delivery (run_id, board, count, error) values (%s, 'linkedin', %s, %s)", (run_id, count, unsaved))
    summary = report(db, "linkedin", run_id, **more)
    db.commit()
    return summary


def told(db: Connection) -> list[tuple[str, str]]:
    """Channel and words of every message so far, in order."""
    rows = db.execute("select recipient, message from notification order by created_at, id").fetchall()
    return [(row["recipient"], row["message"]) for row in rows]


def alerts(db: Connection) -> list[str]:
    return [words for channel, words in told(db) if channel == "#alerts"]


def test_a_success_is_told_with_the_confirmed_count_in_the_seeds_words(db: Connection) -> None:
    assert ran(db, "r1", "ok", "EmptyResult")["delivered"] == 40
    report(db, "linkedin", "r1")
    assert told(db) == [("#job-scraping", "Successfully scraped 40 jobs from LinkedIn")]


def test_a_run_that_found_nothing_new_says_how_much_it_saw(db: Connection) -> None:
    ran(db, "r1", "ok", "ok", "EmptyResult", count=0)
    assert told(db) == [("#job-scraping", "Scraped LinkedIn: 40 ads seen, 0 new")]


def test_a_report_of_a_board_that_there_is_not_names_those_that_there_are(
    db: Connection, dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ROLECALL_DSN", dsn)
    db.execute("insert into board_search (board, search, max_results, checked_at) values ('gone', 's @ x', 10, now())")
    db.commit()
    assert main(["report", "linkedin", "gone"]) == 0  # searched once, and its file was taken away
    assert main(["report", "linkedln"]) == 2
    out, errors = capsys.readouterr()
    assert errors.startswith("no board is called 'linkedln' → use one of linkedin, indeed")
    assert "linkedln" not in out


@pytest.mark.parametrize("outcome", ["LayoutChanged", "LoginWall", "Blocked", "RateLimited", "RobotsDenied", "InvalidInput"])
def test_a_failure_is_told_once_however_many_searches_and_runs_it_lasts_and_once_when_it_is_over(db: Connection, outcome: str) -> None:
    for number in range(3):
        ran(db, f"r{number}", outcome, outcome, count=0)
    assert told(db) == [("#alerts", f"Error scraping LinkedIn jobs: {outcome}: linkedin: {outcome} seen (s0 @ anywhere and 1 more)")]
    ran(db, "r3", "ok", "ok", count=7)
    ran(db, "r4", "ok", "ok", count=0)
    after = [words for _, words in told(db)][1:]
    assert "Successfully scraped 7 jobs from LinkedIn" in after
    assert len([words for words in after if words.startswith(f"LinkedIn can be scraped again: {outcome} is over")]) == 1
    ran(db, "r5", outcome, "ok")
    assert len(alerts(db)) == 2


def test_another_failure_is_told_even_while_the_first_lasts_and_neither_flaps(db: Connection) -> None:
    for number, outcome in enumerate(["Blocked", "LoginWall", "Blocked", "LoginWall"]):
        ran(db, f"r{number}", outcome, count=0)
    assert [words.split(": ")[1] for words in alerts(db)] == ["Blocked", "LoginWall"]


def test_what_the_platform_did_not_confirm_is_no_success(db: Connection) -> None:
    ran(db, "r1", "ok", count=0, unsaved="the platform API answered 503")
    ran(db, "r2", "ok", count=0, unsaved="the platform API answered 503")
    assert told(db) == [("#alerts", "Error scraping LinkedIn jobs: the platform API answered 503")]
    ran(db, "r3", "ok", count=80)
    assert ("#job-scraping", "Successfully scraped 80 jobs from LinkedIn") in told(db)


def test_a_few_refused_postings_do_not_hide_what_was_saved(db: Connection) -> None:
    ran(db, "r1", "ok", count=39, unsaved="1 postings of linkedin were refused")
    assert sorted((channel for channel, _ in told(db)), reverse=True) == ["#job-scraping", "#alerts"]


def test_silence_is_a_failure(db: Connection) -> None:
    ran(db, "r1", "ok", expected=["s0 @ anywhere", "lost @ sea"])
    assert alerts(db) == ["Error scraping LinkedIn jobs: NoRecord: a search ended without a word; see its log (lost @ sea)"]
    ran(db, "r2", count=None, expected=None)
    assert "the delivery left no word" in alerts(db)[-1]


def test_a_person_sees_searches_fill_rates_and_what_is_wrong(db: Connection) -> None:
    result = ScrapeResult("linkedin", "baker @ Graz", cards=25, fill={"company": 1.0, "posted_at": 0.4}, swept=True)
    newest = datetime.now(UTC) - timedelta(days=1)
    result.newest_posted_at = newest.isoformat()
    record(db, "r1", result)
    set_watermark(db, result, 50)
    ran(db, "r2", "Blocked", count=0)
    shown = "\n".join(lines(db, "linkedin"))
    assert "baker @ Graz" in shown
    assert f"newest {newest:%Y-%m-%d %H:%M}" in shown
    assert "posted_at        40% of cards, usually 40%" in shown
    assert "WRONG since" in shown
    assert "Blocked: linkedin: Blocked seen" in shown


def test_a_board_whose_file_is_broken_is_told_by_the_files_name_and_once(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BROKEN, "linkedin", "linkedin.py: SyntaxError: invalid syntax")
    for run_id in ("r1", "r2"):
        ran(db, run_id, count=0, expected=None)
    (alert,) = alerts(db)
    assert "BrokenBoard: include/rolecall/boards/sites/linkedin.py: SyntaxError" in alert
    monkeypatch.delitem(BROKEN, "linkedin")
    ran(db, "r3", "ok")
    assert any("BrokenBoard is over" in words for _, words in told(db))


def test_a_person_is_told_of_boards_that_cannot_be_asked_or_used(
    db: Connection, dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ROLECALL_DSN", dsn)
    monkeypatch.setitem(BROKEN, "orchard", "orchard.py: SyntaxError: invalid syntax")
    ran(db, "r1", "NotInSandbox")
    assert main(["report"]) == 0
    said = capsys.readouterr().out
    assert "WRONG since" in said
    assert "CANNOT BE USED: include/rolecall/boards/sites/orchard.py: SyntaxError" in said
