"""What a person says of jobs places their own matches, and nobody else's; of several CVs the best is named and used."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from rolecall.applying.requests import queue_new_matches
from rolecall.store import Connection
from tests.services.conftest import API, CV, OWNER_TOKEN, add_job
from tests.world import insert

OWN = {"Authorization": f"Bearer {OWNER_TOKEN}"}


def match(db: Connection, job: str, score: float, cv: str = "cv-mira", **more: Any) -> None:
    insert(db, "match", person_id="mira", cv_id=cv, source="linkedin", job_id=job, score=score, can_auto_apply=True, already_applied=False,
           title="Data engineer", **{"company": "Harbor", **more})  # fmt: skip


def test_enough_signals_move_ones_own_order_and_forgetting_moves_it_back(client: TestClient, db: Connection, mira: str) -> None:
    for number in range(22):
        add_job(db, f"h{number}", company="Acme" if number % 2 else "Birch")
    for name, company in (("ja", "Acme"), ("jb", "Birch")):
        add_job(db, name, company=company)
        match(db, name, 0.8 if company == "Acme" else 0.79, company=company)
    db.commit()
    path = f"/api/v1/users/{mira}"

    def listed() -> list[tuple[str, float]]:
        return [(one["id"], one["matchScore"]) for one in client.get("/api/v1/matches", headers=OWN).json()["matches"]]

    for number in range(22):
        if number == 19:
            assert listed() == [("ja", 0.8), ("jb", 0.79)]
            assert client.get(f"{path}/own-order", headers=OWN).json()["on"] is False
        body = {"mark": "hidden", "because": "employer"} if number % 2 else {"mark": "saved"}
        assert client.put(f"{path}/marks/h{number}", headers=OWN, json=body).status_code == 200
    assert client.put(f"{path}/marks/h1", headers=OWN, json={"mark": "hidden", "because": "the moon"}).status_code == 422
    assert client.put(f"{path}/marks/nothing", headers=OWN, json={"mark": "saved"}).status_code == 422
    assert listed() == [("jb", 0.79), ("ja", 0.8)]
    first, second = client.get("/api/v1/matches", headers=OWN).json()["matches"]
    assert first["ownScore"] > second["ownScore"]
    assert any("employer acme" in said for said in second["ownBecause"])
    assert client.delete(f"{path}/own-order", headers=OWN).json() == {"signals": 0, "needed": 20, "on": False, "because": []}
    assert listed() == [("ja", 0.8), ("jb", 0.79)]


def test_of_several_cvs_the_best_is_named_and_applied_with(client: TestClient, db: Connection, mira: str) -> None:
    insert(db, "cv", id="cv-two", person_id="mira", data={**CV, "headline": "Editor"}, sha256="y")
    add_job(db, "j1")
    add_job(db, "j2")
    match(db, "j1", 0.8)
    match(db, "j1", 0.9, "cv-two")
    match(db, "j2", 0.8)
    db.execute("update person set preferences = '{\"auto_apply\": true}' where id = 'mira'")
    db.commit()
    first, second = client.get("/api/v1/matches", headers=OWN).json()["matches"]
    assert (first["id"], first["cvId"], first["cvName"]) == ("j1", "cv-two", "Editor")
    assert first["otherCvs"] == [{"cvId": "cv-mira", "matchScore": 0.8}]
    assert (second["cvId"], second["otherCvs"]) == ("cv-mira", [])
    assert queue_new_matches(db) == 2
    taken = db.execute("select job_id, cv_id from match where request_id is not null order by job_id").fetchall()
    assert [(row["job_id"], row["cv_id"]) for row in taken] == [("j1", "cv-two"), ("j2", "cv-mira")]
    assert queue_new_matches(db) == 0, "the other CV's match is the same job"
    assert client.get("/api/v1/users/mira/own-order", headers=API).status_code == 200
