"""What leaves without a yes is told by mail, with one link that stops it: opening the link stops nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from rolecall.applying import approval
from rolecall.store import Connection
from tests.web.conftest import Visitor, states, waits

PAGE = "https://jobs.example"


def held(db: Connection, *jobs: str) -> list[str]:
    """Mails that tell what is about to leave; the links they hold."""
    made = waits(db, *jobs)
    db.execute(
        "update application set state = 'approved', approval_required = false, hold_until = %s where id = any(%s::uuid[])",
        (datetime.now(UTC) + timedelta(minutes=9), made),
    )
    assert approval.enqueue_holds(db, "mira", "r1", page_url=PAGE)
    assert approval.enqueue_holds(db, "mira", "r2", page_url=PAGE), "of the same ones it is said once"
    db.commit()
    mails = db.execute("select message from notification where kind = 'about_to_leave' and type = 'email'").fetchall()
    return re.findall(rf"{PAGE}(/stop/\S+)", " ".join(row["message"] for row in mails))


def test_the_link_stops_all_that_is_about_to_leave_and_only_by_its_button(db: Connection, visitor: Visitor) -> None:
    (link,) = held(db, "j1", "j2")
    page = visitor.get(link)
    assert (page.status_code, "Data engineer" in page.text) == (200, True)
    assert visitor.http.head(link).status_code in (200, 405)
    assert states(db) == {"j1": "approved", "j2": "approved"}, "a mail scanner opens links"
    token = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert token is not None
    assert visitor.post(link, csrf="0" * 40).status_code == 403
    done = visitor.post(link, csrf=token[1])
    assert (done.status_code, "It waits for your yes" in done.text) == (200, True)
    assert states(db) == {"j1": "planned", "j2": "planned"}
    assert "Nothing was left to stop" in visitor.post(link, csrf=token[1]).text
    actor = db.execute("select actor from audit where action = 'page: stopped what was about to leave' limit 1").fetchone()
    assert actor is not None
    assert "link" in actor["actor"]


@pytest.mark.parametrize("link", ["/stop/nothing", "/stop/" + "x" * 500])
def test_a_link_that_never_was_opens_nothing(visitor: Visitor, link: str) -> None:
    assert visitor.get(link).status_code == 410
    assert visitor.post(link, csrf="0" * 40).status_code == 403


def test_a_link_that_stops_answers_nothing_and_one_that_answers_stops_nothing(db: Connection, visitor: Visitor) -> None:
    (link,) = held(db, "j1")
    assert "Send what is ticked" not in visitor.get(link.replace("/stop/", "/answer/")).text
    answers = approval.make_link(db, "r1", "mira", base_url="", lasts=timedelta(days=1))
    db.commit()
    assert visitor.get(answers.replace("/answer/", "/stop/")).status_code == 410


def test_where_nothing_is_about_to_leave_nothing_is_told(db: Connection, visitor: Visitor) -> None:
    waits(db, "j1")
    assert not approval.enqueue_holds(db, "mira", "r1", page_url=PAGE)
