"""Mails over REST: forwarded, listed, corrected by hand; the calendar behind its secret address."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar

from rolecall.store import Connection
from tests.inbox.test_consequences import ICS, INVITED, RECEIVED, REJECTED, applications, mail
from tests.services.conftest import API

__all__ = ["applications"]

MAIL = {"Content-Type": "message/rfc822"}


@pytest.fixture
def forward(client: TestClient, db: Connection, applications: list[str]) -> Any:
    db.commit()
    return lambda raw, **more: client.post("/api/v1/inbox?userId=p1", content=raw, headers={**API, **MAIL, **more})


def test_a_forwarded_mail_settles_once(forward: Any, client: TestClient, db: Connection, applications: list[str]) -> None:
    first = forward(mail(RECEIVED, "Clinic")).json()
    assert (first["kind"], first["applicationId"], first["known"]) == ("received", applications[0], False)
    assert forward(mail(RECEIVED, "Clinic")).json()["known"] is True
    listed = client.get("/api/v1/inbox?userId=p1", headers=API).json()["mails"]
    assert [one["id"] for one in listed] == [first["id"]]
    assert db.execute("select state from application where id = %s", (applications[0],)).fetchone() == {"state": "submitted"}


def test_what_concerns_no_application_is_not_kept(forward: Any, db: Connection) -> None:
    assert forward(mail("Your parcel has arrived.", "Shop")).json() == {"id": None, "kept": False}
    assert db.execute("select 1 from mail").fetchone() is None


def test_only_a_mail_is_taken_and_only_for_somebody(forward: Any, client: TestClient) -> None:
    assert forward(b"{}", **{"Content-Type": "application/json"}).status_code == 415
    assert client.post("/api/v1/inbox", content=b"x", headers={**API, **MAIL}).status_code == 422
    assert client.post("/api/v1/inbox?userId=nobody", content=b"x", headers={**API, **MAIL}).status_code == 404
    assert client.post("/api/v1/inbox", content=b"x", headers={"Authorization": "Bearer nobodys", **MAIL}).status_code == 403


def test_a_correction_is_the_person_s_own(forward: Any, client: TestClient, db: Connection, applications: list[str]) -> None:
    kept = forward(mail(RECEIVED, "Clinic")).json()["id"]
    path = f"/api/v1/inbox/{kept}/correct"
    assert client.post(path, json={"applicationId": None}, headers={"Authorization": "Bearer nobodys"}).status_code == 403
    assert client.post(path, json={"applicationId": "not-theirs"}, headers=API).status_code == 422
    assert client.post(path, json={"applicationId": None}, headers=API).json() == {"id": kept, "kind": "received", "applicationId": None}
    assert db.execute("select state from application where id = %s", (applications[0],)).fetchone() == {"state": "uncertain"}


def test_the_calendar_opens_by_its_secret_until_it_is_revoked(forward: Any, client: TestClient) -> None:
    forward(mail(INVITED, "Mill", calendar=ICS.format(method="REQUEST", sequence=0, day=10)))
    path = client.post("/api/v1/users/p1/calendar", headers=API).json()["path"]
    feed = client.get(path)
    assert feed.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(feed.content).walk("VEVENT")
    begins = "2031-03-10T13:00:00+00:00"  # any day: the mail brings it
    assert [(str(one["summary"]), one["dtstart"].dt.isoformat()) for one in events] == [("Miller @ Mill", begins)]
    newer = client.post("/api/v1/users/p1/calendar", headers=API).json()["path"]
    assert client.get(path).status_code == 404
    assert client.delete("/api/v1/users/p1/calendar", headers=API).json() == {"revoked": True}
    assert client.get(newer).status_code == 404


def outcomes(client: TestClient) -> Any:
    return client.get("/api/v1/inbox/outcomes?userId=p1&silentDays=5", headers=API).json()


def test_silence_is_said_with_a_letter_that_nobody_sends_until_an_answer_comes(
    forward: Any, client: TestClient, db: Connection, applications: list[str]
) -> None:
    assert outcomes(client)["silent"] == [], "it was sent just now"
    db.execute("update application set submitted_at = now() - interval '7 days' where id = %s", (applications[1],))
    db.commit()
    [silent] = outcomes(client)["silent"]
    assert (silent["applicationId"], silent["days"]) == (applications[1], 7)
    assert "Miller" in silent["draft"]
    assert "Mill team" in silent["draft"]
    forward(mail(REJECTED, "Mill"))
    assert outcomes(client)["silent"] == []


def test_without_a_number_the_days_are_the_persons_own(client: TestClient, db: Connection, applications: list[str]) -> None:
    def silent() -> int:
        db.commit()
        return len(client.get("/api/v1/inbox/outcomes?userId=p1", headers=API).json()["silent"])

    db.execute("update application set submitted_at = now() - interval '7 days' where id = %s", (applications[1],))
    assert silent() == 0
    db.execute('update person set preferences = preferences || \'{"applying": {"remindAfterDays": 6}}\'')
    assert silent() == 1
    db.execute('update person set preferences = preferences || \'{"applying": {"remindAfterDays": 0}}\'')
    assert silent() == 0, "who never wants to be reminded is told of no silence"


def test_a_test_is_a_reminder_until_an_answer_or_a_correction(forward: Any, client: TestClient, applications: list[str]) -> None:
    kept = forward(mail("Please complete the online assessment for the position.", "Mill")).json()
    assert [(one["mailId"], one["kind"]) for one in outcomes(client)["asked"]] == [(kept["id"], "assessment")]
    client.post(f"/api/v1/inbox/{kept['id']}/correct", json={"applicationId": None}, headers=API)
    assert outcomes(client)["asked"] == []


def test_interviews_are_counted_by_board_employer_and_way_and_a_correction_takes_them_back(
    forward: Any, client: TestClient, applications: list[str]
) -> None:
    kept = forward(mail(INVITED, "Mill", calendar=ICS.format(method="REQUEST", sequence=0, day=10))).json()["id"]
    rows = outcomes(client)["interviews"]
    assert [(one["employer"], one["applications"], one["interviews"]) for one in rows if one["employer"]] == [("Mill", 1, 1)]
    assert [(one["board"], one["interviews"]) for one in rows if one["board"]] == [("linkedin", 1)]
    assert [(one["way"], one["interviews"]) for one in rows if one["way"]] == [("other", 1)]
    assert [one for one in rows if [one["board"], one["employer"], one["way"]].count(None) != 2] == []
    client.post(f"/api/v1/inbox/{kept}/correct", json={"applicationId": None}, headers=API)
    assert {one["interviews"] for one in outcomes(client)["interviews"]} == {0}


def test_nobody_else_sees_how_somebody_s_applications_stand(client: TestClient, applications: list[str]) -> None:
    assert client.get("/api/v1/inbox/outcomes?userId=p1", headers={"Authorization": "Bearer nobodys"}).status_code == 403
    assert client.get("/api/v1/inbox/outcomes?userId=p1&silentDays=0", headers=API).status_code == 422
