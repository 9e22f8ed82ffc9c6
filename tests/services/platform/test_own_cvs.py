"""A person has several CVs, sees them all, puts one in another's place and removes one with what was made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rolecall.applying import approval, decisions, ledger
from rolecall.applying.plan import check, plan
from rolecall.applying.requests import next_requests, queue_new_matches
from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import InvalidInput
from rolecall.matching.score.store_matches import store_matches
from rolecall.models import ApplyOrder, Match
from rolecall.people import __main__ as command
from rolecall.people.records import note_matched
from rolecall.services.ai.job_facts import APPLIED
from rolecall.store import Connection, sql
from rolecall.store.documents import get_file
from tests.services.conftest import API, OWNER_TOKEN, add_job, add_person
from tests.services.platform.test_accounts import platform
from tests.services.platform.test_people import bearer
from tests.world import insert

__all__ = ["platform"]

OWN = bearer(OWNER_TOKEN)


def uploaded(client: TestClient, name: str, text: str, **asked: str) -> dict[str, Any]:
    body = f"Mira Vale\nCook\n\nSkills\n{text}".encode()
    answer = client.post("/api/v1/cv", params={"filename": name, **asked}, content=body, headers=OWN)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def listed(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/users/mira/cvs", headers=OWN).json()["cvs"]
    return found


def match(job: str, score: float = 0.9) -> Match:
    found = {"id": job, "title": "Cook", "company": "Ovenly", "source": "linkedin", "matchScore": score, "canAutoApply": True}
    return Match.model_validate({**found, "generatedCoverLetter": "Dear team, I cook."})


def order(cv_id: str) -> ApplyOrder:
    return ApplyOrder(cv_id=cv_id, user_id="mira", user_email="mira@example.com", approval=True)


def planned(db: Connection, cv_id: str, *jobs: str, run: str) -> list[str]:
    """Applications that wait for Mira's yes, or were found to be asked about again."""
    matches = [match(job) for job in jobs]
    store_matches(db, person_id="mira", cv_id=cv_id, matches=matches)
    made = plan(db, order(cv_id), run_id=run, cv_sha256="h", matches=matches)
    approval.store_questions(db, run, made.to_decide)
    db.commit()
    return [one.application_id for one in made.to_decide]


def leave(db: Connection, application: str) -> None:
    """Mira says yes, and it is being sent."""
    row = db.execute("select content_hash from application where id = %s", (application,)).fetchone() or {}
    decisions.decide(db, "mira", [(application, row["content_hash"])], "yes", by="Mira")
    assert ledger.begin(db, application)["state"] == "submitting"  # type: ignore[index]
    db.execute("update apply_request set state = 'done'")
    db.commit()


def state(db: Connection, application: str) -> tuple[str, str, str]:
    row = db.execute("select state, state_reason, cv_id from application where id = %s", (application,)).fetchone() or {}
    db.commit()
    return row["state"], row["state_reason"], row["cv_id"]


def test_a_file_of_the_same_name_replaces_the_cv_and_says_so_unless_it_is_another(client: TestClient, mira: str) -> None:
    first = uploaded(client, "cook.txt", "Soup")
    again = uploaded(client, "cook.txt", "Soup, Bread")
    assert (first["file"]["replaced"], again["file"]["replaced"], again["id"]) == (None, "cook.txt", first["id"])
    other = uploaded(client, "cook.txt", "Soup, Stew", another="yes")
    assert (other["file"]["replaced"], other["id"] == first["id"]) == (None, False)
    chosen = uploaded(client, "baker.txt", "Bread", cvId=first["id"])
    assert (chosen["file"]["replaced"], chosen["id"]) == ("cook.txt", first["id"])
    back = uploaded(client, "cook.txt", "Soup", another="yes")  # its first place holds another file by now
    assert back["id"] not in (first["id"], other["id"])
    assert {one["filename"] for one in listed(client)} == {None, "cook.txt", "baker.txt"}
    assert len(listed(client)) == 4


def test_what_was_given_no_name_replaces_nothing_by_its_name(client: TestClient, mira: str) -> None:
    for text in (b"Kim Lee\nCook", b"Kim Lee\nBaker"):
        client.post("/api/v1/cv", content=text, headers={**OWN, "Content-Type": "text/plain"})
    assert [one["filename"] for one in listed(client)].count("cv.txt") == 2


def test_a_removed_cv_takes_its_matches_and_withdraws_what_waits_and_keeps_what_was_sent(
    client: TestClient, db: Connection, mira: str
) -> None:
    add_job(db, "sent")
    add_job(db, "waits")
    cv = uploaded(client, "cook.txt", "Soup")["id"]
    sent, waits = planned(db, cv, "sent", "waits", run="r1")
    assert {one["id"]: (one["matches"], one["waiting"]) for one in listed(client)}[cv] == (2, 2)
    leave(db, sent)
    ledger.finish(db, sent, ledger.Result("submitted", "taken", {"receipt": "R1"}))
    past = "2020-01-01"  # any day: long past
    insert(db, "submission", key="k", platform="p", job_id="sent", cv_id=cv, body_sha256="x", state="submitted", lease_until=past)
    insert(db, "apply_request", person_id="mira", cv_id=cv, person_email="mira@example.com", origin="dispatch")
    db.commit()
    kept = db.execute("select sha256, body from cv_file where cv_id = %s", (cv,)).fetchone() or {}
    answer = client.delete(f"/api/v1/cv/{cv}", headers=OWN)
    assert answer.json() == {"id": cv, "filename": "cook.txt", "matches": 2, "withdrawn": ["Cook @ Ovenly"], "askedAnew": []}
    assert [one["id"] for one in listed(client)] == ["cv-mira"]
    assert client.get(f"/api/v1/cv/{cv}", headers=OWN).status_code == client.delete(f"/api/v1/cv/{cv}", headers=OWN).status_code == 404
    assert db.execute("select count(*) as n from match where cv_id = %s", (cv,)).fetchone() == {"n": 0}
    assert state(db, waits) == ("cancelled", "its CV was removed", cv)
    assert state(db, sent)[::2] == ("submitted", cv)
    assert get_file(db, kept["sha256"]) == ("cook.txt", bytes(kept["body"]))
    assert db.execute("select distinct state from apply_request").fetchall() == [{"state": "done"}]
    audited = db.execute("select actor, action from audit where subject = %s order by id desc limit 1", (f"cv:{cv}",)).fetchone()
    assert audited == {"actor": "the person", "action": "cv deleted"}
    db.execute("delete from application_lock")
    counts = db.execute(sql(APPLIED), {"person": "mira", "cv": "cv-mira"}).fetchall()
    assert counts == [{"id": "sent"}], "what was forwarded with it counts as applied for"


def test_where_another_cv_matches_the_job_it_is_asked_anew_with_that_one(client: TestClient, db: Connection, mira: str) -> None:
    add_job(db, "waits")
    cv = uploaded(client, "cook.txt", "Soup")["id"]
    (waits,) = planned(db, cv, "waits", run="r1")
    store_matches(db, person_id="mira", cv_id="cv-mira", matches=[match("waits", 0.8)])
    db.commit()
    assert client.delete(f"/api/v1/cv/{cv}", headers=OWN).json()["askedAnew"] == ["Cook @ Ovenly"]
    assert queue_new_matches(db) == 1
    assert [one["conf"]["cvId"] for one in next_requests(db)] == ["cv-mira"]
    assert planned(db, "cv-mira", "waits", run="r2") == [waits]
    assert state(db, waits)[::2] == ("planned", "cv-mira")


def test_a_removed_cv_is_nobodys_and_no_run_goes_on_with_it(client: TestClient, db: Connection, mira: str) -> None:
    add_person(db, "otto", "otto-token")
    add_job(db, "waits")
    cv = uploaded(client, "cook.txt", "Soup")["id"]
    (waits,) = planned(db, cv, "waits", run="r1")
    assert client.delete(f"/api/v1/cv/{cv}", headers=bearer("otto-token")).status_code == 403
    assert client.delete(f"/api/v1/cv/{cv}", headers=API).status_code == 200
    taken = client.post("/api/v1/cv", params={"cvId": cv}, content=b"Otto\nCook", headers=bearer("otto-token"))
    assert taken.status_code == 403, "its id is nobody else's"
    with pytest.raises(InvalidInput, match="was removed"):
        check(db, order(cv))
    assert not note_matched(db, cv)
    db.execute("update application set state = 'planned' where id = %s", (waits,))  # as what turned out not to have left
    insert(db, "apply_request", person_id="mira", cv_id=cv, person_email="mira@example.com", origin="dispatch")
    assert next_requests(db) == []
    assert state(db, waits)[:2] == ("cancelled", "its CV was removed")
    assert uploaded(client, "cook.txt", "Soup")["id"] == cv, "the same file again is that CV again"
    check(db, order(cv))


def test_a_cv_is_not_removed_while_an_application_leaves_with_it(client: TestClient, db: Connection, mira: str) -> None:
    add_job(db, "leaves")
    (one,) = planned(db, "cv-mira", "leaves", run="r1")
    leave(db, one)
    answer = client.delete("/api/v1/cv/cv-mira", headers=OWN)
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "60")
    assert client.get("/api/v1/cv/cv-mira", headers=OWN).status_code == 200


def test_by_command_cvs_are_listed_replaced_and_removed_by_id_or_file_name(platform: PlatformClient, mira: str, tmp_path: Path) -> None:
    file = tmp_path / "cook.txt"

    def said(*words: str) -> str:
        return "\n".join(command.cv(platform, command.parsed(["cv", mira, *words])))

    both = "in the place of cook.txt (--another keeps both)"
    for text, flags, place in (("Soup", [], ""), ("Bread", [], both), ("Stew", ["--another"], "")):
        file.write_text(f"Mira Vale\nCook\n\nSkills\n{text}")
        first = said(str(file), *flags).partition("\n")[0]
        assert ("in the place" in first) == bool(place)
        assert place in first
    lines = said().splitlines()
    assert len(lines) == 3
    assert sum("cook.txt" in line and "not matched yet" in line for line in lines) == 2
    with pytest.raises(InvalidInput, match="2 CVs are called cook"):
        said("--remove", "cook.txt")
    file.rename(tmp_path / "baker.txt")
    assert "in the place of cv-mira" in said(str(tmp_path / "baker.txt"), "--replace", "cv-mira")
    assert said("--remove", "baker.txt").startswith("baker.txt is removed, with 0 matches")
    there = str(tmp_path / "baker.txt")
    for wrong in (["--remove", "bakr.txt"], ["--remove", "x", there], ["--another"], ["--replace", "nobody", there]):
        with pytest.raises(InvalidInput):
            said(*wrong)
