"""The one-time link of a mail that asks: a look changes nothing, it works once, for what its run asked, until its time is over."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from rolecall.applying import approval
from rolecall.store import Connection
from tests.web.conftest import BASE, Visitor, shown, states, waits


def link(db: Connection, run: str = "r1", lasts: timedelta = timedelta(hours=1)) -> str:
    made = approval.make_link(db, run, "mira", base_url=BASE, lasts=lasts).removeprefix(BASE)
    db.commit()
    return made


def press(visitor: Visitor, path: str, *ticked: str, answer: str | list[str] = "yes") -> tuple[int, str]:
    """Ticks, presses, and says what the page says then; the form's token comes from the page."""
    csrf = re.search(r'name="csrf" value="(\w+)"', visitor.get(path).text)
    sent = visitor.post(path, {"application": list(ticked), "answer": answer}, csrf=csrf[1] if csrf else "")
    return sent.status_code, sent.text


def following(page: str) -> str:
    found = re.search(r'action="(/answer/[\w-]+)"', page)
    assert found is not None, page
    return found[1]


def test_a_scanner_that_opens_the_link_over_and_over_decides_nothing(db: Connection, visitor: Visitor) -> None:
    waits(db, "j1", "j2")
    path = link(db)
    for method in ("GET", "HEAD", "GET"):
        answer = visitor.http.request(method, path)
        assert answer.status_code in (200, 405)
        assert "set-cookie" not in answer.headers
    page = visitor.get(path).text
    assert ("Quartz Harbor" in page, "Lumen Freight" in page, "checked" in page) == (True, True, False)
    assert states(db) == {"j1": "planned", "j2": "planned"}
    assert press(visitor, path, answer="yes")[0] == 422  # nothing was ticked, and the link is as good as before
    assert visitor.get(path).status_code == 200


def test_the_link_answers_once_and_the_answer_is_the_persons(db: Connection, visitor: Visitor) -> None:
    first, second = waits(db, "j1", "j2")
    path = link(db)
    ticked = shown(db, first)
    assert press(visitor, path, ticked)[0] == 200
    assert states(db) == {"j1": "approved", "j2": "planned"}
    row = db.execute("select approved_by from application where id = %s", (first,)).fetchone()
    db.commit()
    assert row == {"approved_by": "the person, by the link in their mail"}
    assert visitor.get(path).status_code == 410
    token = visitor.http.post(path, data={"csrf": "x"}).status_code
    assert token == 403
    assert states(db) == {"j1": "approved", "j2": "planned"}
    answers = {str(one["application_id"]): one["answer"] for one in db.execute("select application_id, answer from approval").fetchall()}
    assert answers == {first: "yes", second: None}


def test_a_no_can_be_taken_back_from_the_page_that_follows_until_the_job_is_closed(db: Connection, visitor: Visitor) -> None:
    first, second = waits(db, "j1", "j2")
    _, page = press(visitor, link(db), shown(db, first), shown(db, second), answer="no")
    assert states(db) == {"j1": "cancelled", "j2": "cancelled"}
    status, page = press(visitor, following(page), first, answer="back")
    assert (status, states(db)) == (200, {"j1": "planned", "j2": "cancelled"})
    path = following(page)
    db.execute("update job set state = 'closed', closed_at = now() where id = 'j2'")
    db.commit()
    status, page = press(visitor, path, second, answer="back")
    assert (status, states(db)) == (409, {"j1": "planned", "j2": "cancelled"})
    assert press(visitor, path, shown(db, first))[0] == 200  # what was refused used nothing up
    assert states(db)["j1"] == "approved"


@pytest.mark.parametrize("answer", [["yes", "no"], ["no", "yes"], "perhaps", ""])
def test_an_answer_that_contradicts_itself_is_refused_on_both_pages(
    db: Connection, visitor: Visitor, mira: Visitor, answer: str | list[str]
) -> None:
    (one,) = waits(db, "j1")
    path = link(db)
    assert press(visitor, path, shown(db, one), answer=answer)[0] == 422
    assert mira.post("/approve", {"application": [shown(db, one)], "answer": answer}).status_code == 422
    assert states(db) == {"j1": "planned"}
    assert visitor.get(path).status_code == 200


def test_a_link_opens_what_its_run_asked_and_nothing_else(db: Connection, visitor: Visitor) -> None:
    waits(db, "j1")
    (other,) = waits(db, "j9", run="r9", title="Nurse", company="Clinic")
    db.execute("update application set run_id = 'r1' where job_id = 'j1'")
    db.commit()
    path = link(db)
    assert "Clinic" not in visitor.get(path).text
    assert press(visitor, path, shown(db, other))[0] == 409
    assert states(db) == {"j1": "planned", "j9": "planned"}


def test_a_yes_by_link_is_for_what_was_shown(db: Connection, visitor: Visitor) -> None:
    (one,) = waits(db, "j1")
    path, before = link(db), shown(db, one)
    db.execute("update application set letter = 'another'")
    db.commit()
    assert press(visitor, path, before)[0] in (403, 409)  # nothing is open: no form, or a form of before
    assert states(db) == {"j1": "planned"}


def test_a_link_whose_time_is_over_or_that_nobody_made_opens_nothing(db: Connection, visitor: Visitor) -> None:
    waits(db, "j1")
    late = link(db, lasts=timedelta(seconds=-1))
    for path in (late, "/answer/x", "/answer/" + "%00" * 3, f"/answer/{'y' * 5000}"):
        answer = visitor.get(path)
        assert (answer.status_code, "Quartz" in answer.text) == (410, False)


def test_no_link_says_whose_it_is_and_none_is_kept(db: Connection) -> None:
    waits(db, "j1")
    first, second = link(db), link(db)
    assert first != second
    kept = db.execute("select * from approval_link").fetchall()
    assert len(kept) == 2
    for path in (first, second):
        token = path.rpartition("/")[2]
        assert not [one for one in ("mira", "example") if one in token]
        assert token not in str(kept)
