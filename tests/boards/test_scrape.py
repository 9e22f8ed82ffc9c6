"""One search, end to end against a board on loopback: everything landed once, everything wrong named."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from rolecall import boards
from rolecall.boards.board_report import report
from rolecall.boards.fetch import RequestBudget
from rolecall.boards.history.replay import replay
from rolecall.boards.scrape import ScrapeResult, scrape
from rolecall.boards.scrape_store import delete_old_answers
from rolecall.errors import (
    Blocked,
    BoardError,
    BoardUnavailable,
    BudgetSpent,
    InvalidInput,
    LayoutChanged,
    LoginWall,
    NotAResultsPage,
    RateLimited,
    UnknownBoard,
)
from rolecall.models import SearchQuery
from rolecall.settings import USER_AGENT
from rolecall.store import Connection
from tests.boards.board_server import DETAIL, MORE, SEARCH, FakeBoard, linkedin_like
from tests.boards.mutations import RESOURCES
from tests.boards.sites.linkedin_pages import DAY, card, page, resource
from tests.http_double import Answer


def run(fake: FakeBoard, dsn: str, *, most: int = 50, run_id: str = "r1", **options: Any) -> ScrapeResult:
    query = SearchQuery(keywords="baker", location="Graz", max_results=most)
    return asyncio.run(scrape("linkedin", query, dsn=dsn, base_url=fake.url, run_id=run_id, **options))


def one(db: Connection, statement: str) -> dict[str, Any]:
    found = db.execute(statement).fetchone()
    db.rollback()
    assert found is not None
    return dict(found)


def test_all_pages_and_details_land_and_the_run_is_recorded(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 12)
    result = run(fake, dsn)
    assert (result.outcome, result.cards, result.landed, result.details, result.rejected) == ("ok", 12, 12, 12, 0)
    assert result.fill == {"title": 1.0, "company": 1.0, "location": 1.0, "posted_at": 1.0, "description": 1.0}
    assert one(db, "select count(*) as n, count(description) as d, count(apply_url) as a from posting") == {"n": 12, "d": 12, "a": 12}
    assert one(db, "select outcome, cards, landed, changed, rejected, error from board_run where run_id = 'r1'") == {
        "outcome": "ok", "cards": 12, "landed": 12, "changed": 0, "rejected": 0, "error": None,
    }  # fmt: skip
    assert one(db, "select count(*) as n, count(*) filter (where outcome = 'ok') as ok from board_answer") == {"n": 16, "ok": 15}
    assert all(headers["user-agent"] == USER_AGENT for headers in (call.headers for call in fake.calls))


def test_a_second_run_changes_nothing_and_asks_for_no_detail(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 7)
    run(fake, dsn)
    before = one(db, "select array_agg(p order by id)::text as rows from (select id, content_hash, changed_at, detailed_at from posting) p")
    fake.calls.clear()
    again = run(fake, dsn, run_id="r2")
    assert (again.landed, again.changed, again.unchanged, again.details) == (0, 0, 5, 0)
    assert not any(DETAIL in target for target in fake.seen)
    assert before == one(
        db, "select array_agg(p order by id)::text as rows from (select id, content_hash, changed_at, detailed_at from posting) p"
    )


def test_the_same_run_again_keeps_its_counts(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 3)
    run(fake, dsn)
    run(fake, dsn)
    assert one(db, "select count(*) as n, sum(landed) as landed, sum(cards) as cards from board_run") == {"n": 1, "landed": 3, "cards": 3}


def test_max_results_is_kept(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 50)
    assert run(fake, dsn, most=7).landed == 7
    assert one(db, "select count(*) as n from posting") == {"n": 7}
    assert len([target for target in fake.seen if SEARCH in target or MORE in target]) == 2


def test_a_bad_card_is_kept_with_its_html_and_the_rest_lands(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 0)
    bad = card(1002, base=fake.url).replace("base-search-card__title", "gone")
    fake.routes[SEARCH] = lambda _: Answer(body=page(card(1001, base=fake.url), bad, card(1003, base=fake.url)))
    result = run(fake, dsn)
    assert (result.outcome, result.landed, result.rejected) == ("ok", 2, 1)
    kept = one(db, "select board, reason, raw from reject")
    assert (kept["board"], kept["reason"]) == ("linkedin", "no title")
    assert "gone" in kept["raw"]


def test_a_page_error_after_some_pages_keeps_what_was_landed_and_names_it(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 20)
    fake.routes[MORE] = lambda _: Answer(429, "slow down")
    result = run(fake, dsn)
    assert (result.outcome, result.landed) == ("RateLimited", 5)
    assert "429" in (result.error or "")
    assert one(db, "select outcome, landed from board_run") == {"outcome": "RateLimited", "landed": 5}


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Answer(403, "go away"), Blocked),
        (Answer(999, "go away"), Blocked),
        (Answer(429, "slow down"), RateLimited),
        (Answer(429, "slow down", {"retry-after": "7200"}), RateLimited),
        (Answer(500, "oops"), BoardUnavailable),
        (Answer(fault="hang up"), BoardUnavailable),
        (Answer(302, headers={"location": "/authwall?trk=x"}), LoginWall),
        (Answer(302, headers={"location": "https://elsewhere.example/"}), Blocked),
        (Answer(302, headers={"location": SEARCH}), NotAResultsPage),
        (Answer(body='<meta content="auth_wall_desktop_jserp">'), LoginWall),
        (Answer(body=page()), LayoutChanged),
        (Answer(body=resource("detail_expired.html")), NotAResultsPage),
        (Answer(body="x" * (20 * 1024 * 1024 + 10)), NotAResultsPage),
        (Answer(body=page(*(card(number).replace("base-search-card__", "new-") for number in range(9)))), LayoutChanged),
    ],
)
def test_a_search_that_fails_as_a_whole_raises_its_name_records_it_and_recovers(
    fake: FakeBoard, dsn: str, db: Connection, reply: Answer, error: type[BoardError]
) -> None:
    linkedin_like(fake, 2)
    healthy = fake.routes[SEARCH]
    fake.routes[SEARCH] = lambda _: reply
    with pytest.raises(error):
        run(fake, dsn)
    assert one(db, "select outcome from board_run") == {"outcome": error.__name__}
    fake.routes[SEARCH] = healthy
    assert run(fake, dsn, run_id="r2").landed == 2


def test_the_network_off_is_named_as_that_told_once_and_over_when_it_is_back(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 2)

    def off(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Network is unreachable", request=request)

    for run_id in ("r1", "r2"):
        with pytest.raises(BoardUnavailable, match="→"):
            run(fake, dsn, run_id=run_id, transport=httpx.MockTransport(off))
        report(db, "linkedin", run_id)
        db.commit()
        assert db.execute("select outcome from board_run where run_id = %s", (run_id,)).fetchone() == {"outcome": "BoardUnavailable"}
    incident = "select opened_run, closed_run from board_incident where kind = 'BoardUnavailable'"
    assert one(db, incident) == {"opened_run": "r1", "closed_run": None}
    assert run(fake, dsn, run_id="r3").landed == 2
    report(db, "linkedin", "r3")
    db.commit()
    assert one(db, incident) == {"opened_run": "r1", "closed_run": "r3"}


def test_a_true_no_jobs_page_is_a_success_with_zero_that_is_marked(fake: FakeBoard, dsn: str, db: Connection) -> None:
    fake.routes[SEARCH] = lambda _: Answer(body=page(empty=True))
    result = run(fake, dsn)
    assert (result.outcome, result.cards) == ("EmptyResult", 0)
    assert one(db, "select outcome from board_run") == {"outcome": "EmptyResult"}


def test_a_missing_detail_page_is_counted_and_tried_again_next_time(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 4)
    healthy = fake.prefixes[DETAIL]
    fake.prefixes[DETAIL] = lambda query: Answer(404, "gone") if query["_rest"] == "1002" else healthy(query)
    result = run(fake, dsn)
    assert (result.outcome, result.landed, result.details, result.details_missing) == ("ok", 4, 3, 1)
    assert "NotAResultsPage 1" in (result.error or "")
    assert one(db, "select external_id from posting where description is null") == {"external_id": "1002"}
    fake.prefixes[DETAIL] = healthy
    assert run(fake, dsn, run_id="r2").details == 1
    assert one(db, "select count(description) as n from posting") == {"n": 4}


def test_a_block_on_details_stops_asking_for_more_of_them(fake: FakeBoard, dsn: str) -> None:
    linkedin_like(fake, 40, per_page=40)
    fake.prefixes[DETAIL] = lambda _: Answer(403, "no")
    result = run(fake, dsn)
    assert result.landed == 40
    assert len([target for target in fake.seen if DETAIL in target]) <= 8


def test_robots_denial_is_a_recorded_outcome_and_nothing_is_asked(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 3)
    fake.robots = Answer(body="User-agent: JobBot\nDisallow: /jobs/\n")
    result = run(fake, dsn)
    assert (result.outcome, result.cards) == ("RobotsDenied", 0)
    assert fake.pages_asked() == []
    assert one(db, "select outcome from board_run") == {"outcome": "RobotsDenied"}


def test_an_owners_permission_overrides_robots_and_is_audited_once(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 3)
    fake.robots = Answer(body="User-agent: *\nDisallow: /\n")
    assert run(fake, dsn, permission="written consent").landed == 3
    assert one(db, "select count(*) as n, max(detail ->> 'reason') as why from audit") == {"n": 1, "why": "written consent"}


@pytest.mark.parametrize(("status", "outcome"), [(404, "ok"), (403, "ok"), (500, "RobotsDenied"), (503, "RobotsDenied")])
def test_a_missing_robots_txt_allows_and_an_unreadable_one_denies(fake: FakeBoard, dsn: str, status: int, outcome: str) -> None:
    linkedin_like(fake, 1)
    fake.robots = Answer(status)
    assert run(fake, dsn).outcome == outcome


def test_retry_after_is_obeyed_and_the_search_goes_on(fake: FakeBoard, dsn: str) -> None:
    linkedin_like(fake, 2)
    healthy, calls = fake.routes[SEARCH], iter(range(10))
    fake.routes[SEARCH] = lambda query: Answer(429, headers={"retry-after": "0"}) if next(calls) == 0 else healthy(query)
    assert run(fake, dsn).landed == 2


def test_a_redirect_within_the_board_is_followed(fake: FakeBoard, dsn: str) -> None:
    linkedin_like(fake, 2)
    healthy = fake.routes[SEARCH]
    fake.routes[SEARCH] = lambda _: Answer(301, headers={"location": "/jobs/search-new?location=Graz&start=0"})
    fake.routes["/jobs/search-new"] = healthy
    assert run(fake, dsn).landed == 2


def redirected(fake: FakeBoard, target: str) -> None:
    linkedin_like(fake, 2)
    healthy = fake.routes[SEARCH]
    fake.routes[SEARCH] = lambda _: Answer(302, headers={"location": target})
    fake.routes["/jobs/search-new"] = fake.routes["/jobs/search-new-graz"] = healthy


def test_a_redirect_that_drops_the_place_is_named_and_nothing_of_elsewhere_is_kept(fake: FakeBoard, dsn: str, db: Connection) -> None:
    redirected(fake, "/jobs/search-new?keywords=baker")
    with pytest.raises(NotAResultsPage, match="without its place, Graz"):
        run(fake, dsn)
    assert one(db, "select outcome from board_run") == {"outcome": "NotAResultsPage"}
    assert one(db, "select count(*) as n from posting") == {"n": 0}


@pytest.mark.parametrize("target", ["/jobs/search-new?geoId=101", "/jobs/search-new-graz?start=0"])
def test_a_redirect_that_says_the_place_otherwise_is_followed(fake: FakeBoard, dsn: str, target: str) -> None:
    redirected(fake, target)
    assert run(fake, dsn).landed == 2


def test_the_runs_budget_ends_it_and_keeps_what_was_landed(fake: FakeBoard, dsn: str) -> None:
    linkedin_like(fake, 50)
    result = run(fake, dsn, budget=RequestBudget(requests=4))
    assert result.landed == 5
    assert result.outcome == "BudgetSpent"


def test_a_board_that_repeats_its_page_for_ever_comes_to_an_end(fake: FakeBoard, dsn: str) -> None:
    linkedin_like(fake, 3)
    fake.routes[MORE] = lambda _: Answer(body=card(1001, base=fake.url))
    assert run(fake, dsn).landed == 3
    assert len([target for target in fake.seen if MORE in target]) == 1


def test_the_same_page_is_not_sent_twice_where_the_board_can_say_unchanged(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 2)
    text = page(card(1001, base=fake.url), card(1002, base=fake.url))

    def tagged(_: dict[str, str]) -> Answer:
        return Answer(304) if fake.calls[-1].headers.get("if-none-match") == '"v1"' else Answer(200, text, {"etag": '"v1"'})

    fake.routes[SEARCH] = tagged
    assert run(fake, dsn).landed == 2
    again = run(fake, dsn, run_id="r2")
    assert (again.outcome, again.unchanged) == ("ok", 2)


def test_an_unknown_board_is_refused_before_anything_happens(dsn: str) -> None:
    with pytest.raises(UnknownBoard):
        asyncio.run(scrape("monster", SearchQuery(), dsn=dsn, run_id="r"))


def test_a_replay_restores_what_was_landed_without_touching_the_board(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 8)
    run(fake, dsn)
    wanted = one(db, "select array_agg(content_hash order by external_id) as hashes from posting")
    fake.calls.clear()
    assert replay(dsn, "linkedin").changed == 0
    db.execute("delete from posting")
    db.commit()
    result = replay(dsn, "linkedin")
    assert (result.answers, result.landed, result.outcomes["EmptyResult"]) == (11, 8, 1)
    assert one(db, "select array_agg(content_hash order by external_id) as hashes from posting") == wanted
    assert fake.seen == []


def test_a_replay_of_an_older_answer_does_not_undo_a_newer_one(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 0)
    titles = iter(("Baker", "Head Baker"))
    fake.routes[SEARCH] = lambda _: Answer(body=page(card(1001, title=next(titles), base=fake.url)))
    run(fake, dsn, run_id="r1")
    run(fake, dsn, run_id="r2")
    assert replay(dsn, "linkedin").changed == 0
    assert one(db, "select title from posting") == {"title": "Head Baker"}


def test_history_is_replayed_by_one_command(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 3)
    run(fake, dsn)
    command = [
        sys.executable,
        "-m",
        "rolecall.boards",
        "replay",
        "linkedin",
        "--since",
        str((datetime.now(UTC) - timedelta(days=1)).date()),
    ]
    done = subprocess.run(command, env={**os.environ, "ROLECALL_DSN": dsn}, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout)["unchanged"] == 6


def test_raw_answers_are_kept_as_long_as_wanted(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 3)
    run(fake, dsn)
    db.execute("update board_answer set fetched_at = fetched_at - interval '10 days' where search = ''")
    assert delete_old_answers(db, "indeed", days=1) == 0
    assert delete_old_answers(db, "linkedin", days=11) == 0
    assert delete_old_answers(db, "linkedin", days=9) == 3
    assert one(db, "select count(*) as n from posting") == {"n": 3}


def test_a_known_and_unchanged_page_is_enough_while_the_last_full_reading_is_fresh(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 12)
    assert run(fake, dsn).swept
    fake.calls.clear()
    again = run(fake, dsn, run_id="r2")
    assert (again.outcome, again.unchanged, again.stopped_early, len(fake.pages_asked())) == ("ok", 5, True, 1)
    linkedin_like(fake, 14)
    assert run(fake, dsn, run_id="r3", most=60).landed == 2
    db.execute("update board_search set swept_at = swept_at - interval '21 hours'")
    db.commit()
    daily = run(fake, dsn, run_id="r4")
    assert (daily.unchanged, daily.stopped_early, daily.swept) == (14, False, True)
    mark = one(db, "select max_results, swept_at > now() - interval '1 minute' as fresh, newest_posted_at from board_search")
    assert mark == {"max_results": 50, "fresh": True, "newest_posted_at": datetime.fromisoformat(DAY).replace(tzinfo=UTC)}


def test_a_search_that_broke_off_is_read_to_its_end_next_time(fake: FakeBoard, dsn: str) -> None:
    linkedin_like(fake, 12)
    healthy = fake.prefixes[DETAIL]
    fake.prefixes[DETAIL] = lambda query: Answer(404, "gone") if query["_rest"] == "1011" else healthy(query)
    assert not run(fake, dsn).swept
    fake.prefixes[DETAIL] = healthy
    again = run(fake, dsn, run_id="r2")
    assert (again.unchanged, again.details, again.stopped_early) == (12, 1, False)


def test_a_replay_of_one_day_reads_that_days_answers_and_undoes_nothing_that_was_seen_later(
    fake: FakeBoard, dsn: str, db: Connection
) -> None:
    linkedin_like(fake, 0)
    titles = iter(("Baker", "Head Baker"))
    fake.routes[SEARCH] = lambda _: Answer(body=page(card(1001, title=next(titles), base=fake.url)))
    run(fake, dsn, run_id="r1")
    ago = "interval '7 days'"
    db.execute(f"update board_answer set fetched_at = fetched_at - {ago}, first_fetched_at = first_fetched_at - {ago}")
    db.execute(f"update posting set last_seen_at = last_seen_at - {ago}, detailed_at = detailed_at - {ago}")
    db.commit()
    run(fake, dsn, run_id="r2")
    before = one(db, "select title, content_hash, changed_at from posting")
    week_ago = datetime.now(UTC) - timedelta(days=7)
    past = replay(dsn, "linkedin", since=week_ago - timedelta(hours=1), until=week_ago + timedelta(hours=1))
    assert (past.answers > 0, past.landed, past.changed) == (True, 0, 0)
    assert one(db, "select title, content_hash, changed_at from posting") == before
    assert before["title"] == "Head Baker"
    assert replay(dsn, "linkedin", until=week_ago - timedelta(days=1)).answers == 0


def test_a_replay_lands_no_more_than_the_search_wanted(fake: FakeBoard, dsn: str, db: Connection) -> None:
    linkedin_like(fake, 50)
    run(fake, dsn, most=7)
    assert replay(dsn, "linkedin").landed == 0
    assert one(db, "select count(*) as n from posting") == {"n": 7}


def test_what_a_search_lacks_to_be_asked_is_recorded_by_name(dsn: str, db: Connection) -> None:
    with pytest.raises(InvalidInput):
        asyncio.run(scrape("ashby", SearchQuery(), dsn=dsn, run_id="r1"))
    assert one(db, "select outcome, cards from board_run") == {"outcome": "InvalidInput", "cards": 0}


@pytest.mark.parametrize("away", ["dropped", "refused", "unknown name"])
def test_a_network_that_is_off_is_no_answer_and_no_robots_denial_and_is_over_when_it_is_back(
    fake: FakeBoard, dsn: str, db: Connection, away: str
) -> None:
    linkedin_like(fake, 2)
    fake.robots = Answer(fault="hang up")
    there = {"dropped": fake.url, "refused": "http://127.0.0.1:9", "unknown name": "http://nowhere.invalid"}[away]
    with pytest.raises(BoardUnavailable, match="no answer") as caught:
        asyncio.run(scrape("linkedin", SearchQuery(keywords="baker"), dsn=dsn, base_url=there, run_id="r1"))
    assert "ROBOTS_PERMISSION" not in str(caught.value)
    assert one(db, "select outcome, error like '%no answer%' as told from board_run") == {"outcome": "BoardUnavailable", "told": True}
    assert fake.pages_asked() == []
    fake.robots = Answer(body="User-agent: *\nAllow: /\n")
    assert run(fake, dsn, run_id="r2").landed == 2


def test_an_owners_permission_holds_where_robots_txt_gives_no_answer(fake: FakeBoard, dsn: str) -> None:
    linkedin_like(fake, 2)
    fake.robots = Answer(fault="hang up")
    assert run(fake, dsn, permission="written consent").landed == 2


def test_a_search_a_run_has_no_time_for_is_recorded_asks_nobody_and_comes_first_in_the_next(
    fake: FakeBoard, dsn: str, db: Connection
) -> None:
    linkedin_like(fake, 2)
    with pytest.raises(BudgetSpent, match="the next run goes on"):
        run(fake, dsn, budget=RequestBudget(seconds=0))
    assert one(db, "select outcome from board_run") == {"outcome": "BudgetSpent"}
    assert (fake.seen, one(db, "select count(*) as n from board_search")["n"]) == ([], 0)


def test_many_searches_of_one_slow_host_all_end_within_their_budget_with_a_record_and_a_watermark(
    dsn: str, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(boards.board("linkedin")), "seconds_per_request", 0.4)

    def board(request: httpx.Request) -> httpx.Response:
        shown = {"/robots.txt": "", SEARCH: page(*(card(number) for number in range(1001, 1040)))}
        detail = resource("detail_fragment.html").replace("7000000001", request.url.path.rpartition("/")[2])
        return httpx.Response(200, text=shown.get(request.url.path, detail))

    async def search(number: int) -> ScrapeResult:
        query = SearchQuery(keywords=f"baker {number}")
        budget = RequestBudget(seconds=3)
        return await scrape("linkedin", query, dsn=dsn, run_id="r", budget=budget, transport=httpx.MockTransport(board))

    async def all_of_them() -> list[ScrapeResult]:
        return await asyncio.gather(*(search(number) for number in range(4)))

    began = time.monotonic()
    results = asyncio.run(all_of_them())
    assert time.monotonic() - began < 30
    assert {result.outcome for result in results} <= {"ok", "BudgetSpent"}
    assert [result for result in results if result.outcome == "BudgetSpent" and result.requests]
    assert one(db, "select extract(epoch from window_start - clock_timestamp()) as ahead from pace")["ahead"] < 3  # none is booked in vain
    assert one(db, "select count(*) as n from board_run") == {"n": 4}
    assert one(db, "select count(*) as n from board_search where swept_at is null") == {"n": 4}


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_search_whose_pages_were_read_in_a_poorer_way_lands_them_goes_on_and_is_named(
    fake: FakeBoard, dsn: str, db: Connection, damage: str
) -> None:
    whole = (RESOURCES / "indeed/search.html").read_text(encoding="utf-8")
    text = whole[: whole.index('"Queen Breeder","title"')] if damage == "cut" else whole.replace("mosaic-provider-jobcards", "x")
    fake.routes["/jobs"] = lambda query: Answer(body=text if query["start"] == "0" else '<div class="jobsearch-NoResult-messageContainer">')
    fake.routes["/viewjob"] = lambda query: Answer(body=f'<h1>Beekeeper</h1><div id="jobDescriptionText">Keep bees {query["jk"]}.</div>')
    result = asyncio.run(scrape("indeed", SearchQuery(keywords="bees"), dsn=dsn, base_url=fake.url, run_id="r1"))
    assert (result.outcome, result.swept, result.landed >= 1, result.details) == ("LayoutChanged", False, True, result.landed)
    assert "its JSON" in (result.error or "")
    assert "its JSON-LD is gone" in (result.error or "")
    assert one(db, "select outcome from board_run") == {"outcome": "LayoutChanged"}
