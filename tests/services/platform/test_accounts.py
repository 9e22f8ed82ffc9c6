"""How a person comes in, changes what they said, holds a token of their own, and sees what was found for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient
from psycopg.types.json import Jsonb

from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import RolecallError
from rolecall.people import __main__ as command
from rolecall.people.accounts import merge
from rolecall.services import create_app
from rolecall.settings import Settings
from rolecall.store import Connection
from tests.services.conftest import API, OWNER_TOKEN, add_job, bearer
from tests.world import insert

USER = {"name": "Ada Vale", "email": "ada@example.com", "preferences": {"criteria": {"keywords": ["nurse"]}}}


def test_a_stranger_comes_in_uploads_a_cv_and_reads_it_with_their_own_token(client: TestClient) -> None:
    made = client.post("/api/v1/users", json=USER, headers=API)
    assert made.status_code == 201
    person, own = made.json()["id"], bearer(made.json()["token"])
    assert made.json()["preferences"] == USER["preferences"]
    uploaded = client.post("/api/v1/cv?filename=cv.txt", content=b"Ada Vale\nNurse\n", headers={**own, "Content-Type": "text/plain"})
    assert uploaded.status_code == 201
    assert uploaded.json()["userId"] == person
    assert client.get(f"/api/v1/cv/{uploaded.json()['id']}", headers=own).status_code == 200
    shown = client.get(f"/api/v1/users/{person}", headers=own)
    assert shown.status_code == 200
    assert "token" not in shown.text


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({**USER, "nmae": "x"}, 422, "nmae"),
        ({"name": "Ada"}, 422, "email"),
        ({**USER, "email": "no address"}, 422, "email"),
        ({**USER, "name": "  "}, 422, "name"),
        ({**USER, "id": "../etc"}, 422, "id"),
        ({**USER, "preferences": {"criteria": {"keywrods": ["x"]}}}, 422, "criteria"),
        ({**USER, "preferences": {"applying": {"dailyCap": "many"}}}, 422, "applying.dailyCap"),
        ({**USER, "id": "mira"}, 409, "id"),
    ],
)
def test_what_cannot_be_meant_names_its_field_and_makes_nobody(
    client: TestClient, db: Connection, mira: str, body: dict[str, Any], status: int, field: str
) -> None:
    answer = client.post("/api/v1/users", json=body, headers=API)
    assert (answer.status_code, answer.json()["fix"] != "") == (status, True)
    assert field in answer.json()["field"]
    assert db.execute("select array_agg(id) as ids from person").fetchone() == {"ids": [mira]}


def test_only_the_service_makes_people(client: TestClient, mira: str) -> None:
    assert client.post("/api/v1/users", json=USER, headers=bearer(OWNER_TOKEN)).status_code == 401
    assert client.post("/api/v1/users", json=USER).status_code == 401


def test_a_patch_changes_what_it_says_and_is_audited_once(client: TestClient, db: Connection, mira: str) -> None:
    client.put(f"/api/v1/users/{mira}/preferences", json={"language": "de", "criteria": {"keywords": ["python"]}}, headers=API)
    patch = {"phone": "+44 20 7946 0000", "preferences": {"language": None, "criteria": {"remote": True}}}
    for _ in range(2):
        changed = client.patch(f"/api/v1/users/{mira}", json=patch, headers=bearer(OWNER_TOKEN))
        assert changed.status_code == 200
    assert changed.json()["preferences"] == {"criteria": {"keywords": ["python"], "remote": True}}
    assert changed.json()["phone"] == "+44 20 7946 0000"
    assert changed.json()["email"] == "mira@example.com"
    audited = db.execute("select actor, detail from audit where action = 'account changed'").fetchall()
    assert audited == [{"actor": "the person", "detail": {"changed": ["phone", "preferences"]}}]
    only = client.patch(f"/api/v1/users/{mira}/preferences", json={"language": "fr"}, headers=bearer(OWNER_TOKEN))
    assert only.json()["preferences"] == {"criteria": {"keywords": ["python"], "remote": True}, "language": "fr"}


@pytest.mark.parametrize("mine", ["zoe@example.com", "ZOE@example.com"])
def test_nobody_takes_the_address_of_another_person(client: TestClient, db: Connection, mira: str, mine: str) -> None:
    db.execute("insert into person (id, name, email, phone) values ('zoe', 'Zoe', 'zoe@example.com', '+44 1')")
    db.commit()
    for patch in ({"email": mine}, {"phone": "+44 1"}, {"phone": mine}):
        answer = client.patch(f"/api/v1/users/{mira}", json=patch, headers=bearer(OWNER_TOKEN))
        assert (answer.status_code, answer.json()["field"]) == (422, next(iter(patch))), patch
    kept = client.patch(f"/api/v1/users/{mira}", json={"email": "mira@example.com"}, headers=bearer(OWNER_TOKEN))
    assert kept.status_code == 200


def test_a_chat_or_a_topic_is_given_over_rest_and_a_wrong_one_is_refused_with_its_field(client: TestClient, mira: str) -> None:
    def patched(notifications: Any) -> tuple[int, Any]:
        patch = {"preferences": {"notifications": notifications}}
        answer = client.patch(f"/api/v1/users/{mira}", json=patch, headers=bearer(OWNER_TOKEN))
        body = answer.json()
        return answer.status_code, body.get("field") or body["preferences"].get("notifications")

    assert patched({"channels": ["telegram"]}) == (422, "notifications.telegram.chatId")
    assert patched({"ntfy": {"topic": "https://192.168.1.1/x"}}) == (422, "notifications.ntfy.topic")
    assert patched({"channels": ["pigeon"]}) == (422, "notifications.channels.0")
    said = {"channels": ["telegram", "ntfy"], "telegram": {"chatId": "4711"}, "ntfy": {"topic": "mira-jobs"}}
    assert patched(said) == (200, said)
    assert patched({"telegram": None}) == (422, "notifications.telegram.chatId")
    assert patched(None) == (200, None)


def test_a_patch_that_cannot_be_meant_changes_nothing(client: TestClient, mira: str) -> None:
    before = client.get(f"/api/v1/users/{mira}", headers=API).json()
    for patch in ({"nmae": "x"}, {"name": None}, {"email": ""}, {"preferences": {"criteria": {"remote": "perhaps"}}}, {"preferences": 7}):
        assert client.patch(f"/api/v1/users/{mira}", json=patch, headers=API).status_code == 422, patch
    put = client.put(f"/api/v1/users/{mira}/preferences", json={"criteria": {"keywrods": ["x"]}}, headers=API)
    assert (put.status_code, put.json()["field"]) == (422, "criteria")
    assert client.get(f"/api/v1/users/{mira}", headers=API).json() == before
    assert client.patch("/api/v1/users/nobody", json={"name": "X"}, headers=API).status_code == 404


def test_a_bad_address_is_answered_in_words(client: TestClient) -> None:
    said = client.post("/api/v1/users", json={**USER, "email": "no address"}, headers=API).json()
    assert (said["error"], said["fix"]) == ("email: is no e-mail address", "write it like ada@example.org")
    assert "e-mail" not in client.post("/api/v1/users", json={**USER, "id": "a b"}, headers=API).json()["error"]


@pytest.mark.parametrize("spelling", ["autoApply", "auto_apply"])
@pytest.mark.parametrize("value", [False, None])
def test_consent_is_taken_back_in_either_spelling(client: TestClient, mira: str, spelling: str, value: bool | None) -> None:
    client.put(f"/api/v1/users/{mira}/preferences", json={"auto_apply": True}, headers=API)
    changed = client.patch(f"/api/v1/users/{mira}", json={"preferences": {spelling: value}}, headers=bearer(OWNER_TOKEN))
    assert changed.status_code == 200
    assert changed.json()["preferences"] == ({} if value is None else {"auto_apply": False})


def test_nobody_comes_in_as_an_erased_person(client: TestClient, mira: str) -> None:
    assert client.delete(f"/api/v1/users/{mira}", headers=API).status_code == 200
    again = client.post("/api/v1/users", json={**USER, "id": mira}, headers=API)
    assert (again.status_code, again.json()["field"]) == (409, "id")


def test_a_merge_patch_merges_as_the_standard_says() -> None:
    assert merge({"a": "b", "c": {"d": "e", "f": "g"}}, {"a": "z", "c": {"f": None}}) == {"a": "z", "c": {"d": "e"}}
    assert merge({"a": [1, 2]}, {"a": [3]}) == {"a": [3]}
    assert merge({"a": "text"}, {"a": {"b": None, "c": 1}}) == {"a": {"c": 1}}


def test_a_renewed_token_ends_the_one_before_and_a_revoked_one_opens_nothing(client: TestClient, db: Connection, mira: str) -> None:
    renewed = client.post(f"/api/v1/users/{mira}/token", headers=bearer(OWNER_TOKEN))
    assert renewed.status_code == 201
    own = bearer(renewed.json()["token"])
    assert client.get(f"/api/v1/users/{mira}", headers=bearer(OWNER_TOKEN)).status_code == 403
    assert client.get(f"/api/v1/users/{mira}", headers=own).status_code == 200
    assert client.delete(f"/api/v1/users/{mira}/token", headers=own).status_code == 200
    assert client.get(f"/api/v1/users/{mira}", headers=own).status_code == 403
    assert renewed.json()["token"] not in str(db.execute("select * from audit").fetchall())


@pytest.fixture
def matched(db: Connection, mira: str) -> str:
    """Three jobs of Mira's, one held back, one of somebody else."""
    for number, (person, score) in enumerate(((mira, 0.9), (mira, 0.8), (mira, 0.4), ("otto", 0.95))):
        db.execute(
            "insert into match (person_id, cv_id, source, job_id, score, can_auto_apply, already_applied, title, company, reasons)"
            " values (%s, 'cv', 'linkedin', %s, %s, true, false, 'Nurse', 'Ward Ltd', %s)",
            (person, f"j{number}", score, Jsonb(["fits"])),
        )
    db.execute(
        "insert into held_back (run_id, person_id, source, job_id, title, company, score, rule, reason)"
        " values ('r', %s, 'linkedin', 'j2', 'Nurse', 'Ward Ltd', 0.4, 'below_threshold', 'the match score is below the threshold')",
        (mira,),
    )
    db.commit()
    return mira


def test_a_person_sees_their_own_matches_best_first_and_why_one_was_held_back(client: TestClient, matched: str) -> None:
    answer = client.get("/api/v1/matches", headers=bearer(OWNER_TOKEN)).json()
    assert (answer["userId"], answer["total"]) == (matched, 3)
    assert [(one["id"], one["matchScore"], one["heldBack"]) for one in answer["matches"]] == [
        ("j0", 0.9, None), ("j1", 0.8, None), ("j2", 0.4, "below your threshold: 40% of 70%"),
    ]  # fmt: skip
    assert answer["matches"][0]["matchReasons"] == ["fits"]
    page = client.get("/api/v1/matches?userId=mira&minScore=0.5&limit=1&offset=1", headers=API).json()
    assert ([one["id"] for one in page["matches"]], page["total"]) == (["j1"], 2)


def test_a_match_that_only_a_job_alert_named_says_so(client: TestClient, db: Connection, matched: str) -> None:
    for job, description in (("j0", None), ("j1", "You bake.")):
        add_job(db, job, description=description)
        mail = {"alert": "when the mail named it"}
        insert(
            db, "posting", board="linkedin", external_id=job, url="https://b.example", title="Baker", job_id=job, content_hash=job, raw=mail
        )
    db.commit()
    answer = client.get("/api/v1/matches", headers=bearer(OWNER_TOKEN)).json()
    assert {one["id"]: one["fromAlert"] for one in answer["matches"]} == {"j0": True, "j1": False, "j2": False}


def test_below_the_threshold_the_weightiest_that_is_missing_is_said(client: TestClient, db: Connection, matched: str) -> None:
    reasons = [
        {"verdict": "direct", "weight": 0.9, "text": "SQL is required, and in your CV"},
        {"verdict": "missing", "weight": 0.1, "text": "Excel is nice to have, and not in your CV"},
        {"verdict": "missing", "weight": 0.5, "text": "NMC is required, and not in your CV"},
    ]
    db.execute("update match set reasons = %s where job_id = 'j2'", (Jsonb(reasons),))
    db.commit()
    worst = client.get("/api/v1/matches", headers=bearer(OWNER_TOKEN)).json()["matches"][-1]
    because = "NMC is required, and not in your CV"
    assert worst["heldBack"] == f"below your threshold: 40% of 70%, because {because}"
    client.patch("/api/v1/users/mira/preferences", json={"criteria": {"threshold": 0.3}}, headers=bearer(OWNER_TOKEN))
    assert client.get("/api/v1/matches", headers=bearer(OWNER_TOKEN)).json()["matches"][-1]["heldBack"] is None


def test_the_current_employers_jobs_are_never_shown_and_counted_with_the_reason(client: TestClient, db: Connection, matched: str) -> None:
    db.execute("update match set company = 'WARD Limited' where job_id = 'j0'")
    db.execute("update match set company = 'Wardrobe Ltd' where job_id = 'j1'")
    db.commit()
    client.patch("/api/v1/users/mira/preferences", json={"criteria": {"currentEmployer": "The Ward"}}, headers=bearer(OWNER_TOKEN))
    answer = client.get("/api/v1/matches", headers=bearer(OWNER_TOKEN)).json()
    assert ([one["id"] for one in answer["matches"]], answer["total"]) == (["j1"], 1)
    assert {"rule": "current_employer", "reason": "your current employer's", "jobs": 2} in answer["leftOut"]


def test_nobody_sees_a_bare_zero(client: TestClient, db: Connection, mira: str) -> None:
    def note() -> str:
        answer = client.get("/api/v1/matches", headers=bearer(OWNER_TOKEN)).json()
        assert (answer["matches"], answer["total"]) == ([], 0)
        return str(answer["note"])

    db.execute("delete from cv")
    db.commit()
    assert "there is no CV yet → " in note()
    client.post("/api/v1/cv?filename=cv.txt", content=b"Mira\nNurse\n", headers=bearer(OWNER_TOKEN))
    assert "has not been matched yet" in note()
    db.execute("update cv set matched_at = now()")
    db.commit()
    assert "no job has come in yet: boards are read at 6, 12 and 18 o'clock (UTC)" in note()
    db.execute(
        "insert into board_run (run_id, board, search, outcome, error) values ('r', 'remotive', 'x', 'BoardUnavailable', 'no answer')"
    )
    db.commit()
    assert "no job has come in yet: no board answered, last asked at " in note()
    db.execute("insert into board_run (run_id, board, search, outcome) values ('r', 'arbeitnow', 'x', 'EmptyResult')")
    db.commit()
    assert "no job has come in yet: boards were asked at " in note()
    add_job(db, "j9")
    assert "no job is open" in note()
    db.execute('update cv set matching = \'{"jobs": 5, "leftOut": {"locations": 5}}\'')
    db.commit()
    assert "breaks a wish" in note()
    left = client.get("/api/v1/matches", headers=bearer(OWNER_TOKEN)).json()["leftOut"]
    assert left == [{"rule": "locations", "reason": "not in your places", "jobs": 5}]


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("/api/v1/matches", "api-secret", 422),
        ("/api/v1/matches?userId=nobody", "api-secret", 404),
        ("/api/v1/matches?userId=otto", OWNER_TOKEN, 403),
        ("/api/v1/matches?limt=5", OWNER_TOKEN, 422),
        ("/api/v1/matches", "a-token-of-nobody", 403),
    ],
)
def test_nobody_sees_what_was_found_for_others(client: TestClient, matched: str, path: str, token: str, status: int) -> None:
    assert client.get(path, headers=bearer(token)).status_code == status


@pytest.fixture
def platform(settings: Settings) -> Iterator[PlatformClient]:
    """Our client of the platform API, over a server on loopback."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server ended before it listened"
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        with PlatformClient(f"http://127.0.0.1:{port}", "api-secret", seconds=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(30)


def test_a_command_says_what_the_service_says_of_a_cv(platform: PlatformClient, mira: str, tmp_path: Path) -> None:
    file = tmp_path / "cv.txt"
    file.write_text("Mira Lee\nNurse\n" + "I nurse. " * 30_000, encoding="utf-8")
    said = command.cv(platform, command.parsed(["cv", "mira", str(file)]))
    assert [" ".join(line.split()) for line in said if " mind " in line] == [
        "mind only the first 200,000 characters were read",
        "mind only the first 40,000 characters are compared with ads and told in letters",
    ]


def test_a_command_brings_a_person_in_and_shows_what_was_read_and_found(
    platform: PlatformClient, db: Connection, mira: str, matched: str, tmp_path: Path
) -> None:
    file = tmp_path / "cv.txt"
    file.write_text("Ada Vale\nNurse\nada@example.com\n\nExperience\nNurse, Ward Ltd, 2019 - 2023\n", encoding="utf-8")
    given = command.parsed(["add", "--email", "ada@example.com", "--cv", str(file), "--keywords", "nurse", "--id", "ada"])
    said = "\n".join(command.add(platform, given))
    assert "Ada Vale is in, as ada" in said
    assert "cv.txt is stored as cv-" in said
    kept = db.execute("select preferences from person where id = 'ada'").fetchone()
    assert kept == {"preferences": {"criteria": {"keywords": ["nurse"]}, "applying": {"approval": True}}}
    said = "\n".join(command.matches(platform, "mira", 10))
    assert said.startswith("3 of 3, best first\n 1   90%  Nurse · Ward Ltd · place not said\n          fits\n")
    assert "          below your threshold: 40% of 70%" in said
    assert "has not been matched yet" in command.matches(platform, "ada", 10)[0]
    assert command.token(platform, "ada", revoke=True) == ["the token of ada opens nothing any more"]


def test_wishes_are_tried_out_and_changed_by_a_command(platform: PlatformClient, db: Connection, mira: str) -> None:
    add_job(db, "j1", location="Leeds, United Kingdom")
    db.execute("update person set preferences = %s", (Jsonb({"criteria": {"locations": ["Berlin"], "remote": ["onsite"]}}),))
    db.commit()

    def tried(*flags: str) -> str:
        return "\n".join(command.preview(platform, command.parsed(["preview", mira, *flags])))

    assert "from 70% on: 0, 0 of them new" in tried()
    assert "mind: every one of these jobs would break a wish" in tried()
    assert "   1  not in your places" in tried()
    assert "from 5% on: 1, 1 of them new" in tried("--places", "Leeds", "--remote", "-", "--threshold", "5%")
    assert "Data engineer · Quartz Harbor · Leeds" in tried("--places", "-", "--remote", "-", "--threshold", "0.05")
    given = command.parsed(
        ["change", mira, "--places", "Leeds; remote in the EU", "--remote", "-", "--salary", "60k EUR", "--name", "Mira"]
    )
    assert command.change(platform, given)[:3] == [
        "Mira (mira) looks for", "  locations        Leeds, remote in the EU", "  salaryMin        60000",
    ]  # fmt: skip
    doubted = command.change(platform, command.parsed(["change", mira, "--places", "Leipzg"]))
    assert "mind: Leipzg: no place that Rolecall knows → Leipzig?" in doubted
    assert "warnings" not in platform.get_user(mira)
    assert command.listed(platform, 20) == ["mira  Mira  mira@example.com"]
    for wrong in (["change", mira], ["change", mira, "--salary", "much"], ["preview", mira, "--remote", "the moon"]):
        with pytest.raises(RolecallError, match="→"):
            (command.change if wrong[0] == "change" else command.preview)(platform, command.parsed(wrong))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["add", "--email", "ada@example.com"], "--name"),
        (["add", "--email", "ada@example.com", "--cv", "nowhere.pdf"], "nowhere.pdf"),
        (["add", "--email", "no address", "--name", "Ada"], "email"),
        (["add", "--email", "ada@example.com", "--name", "Ada", "--id", "mira"], "id: is taken"),
    ],
)
def test_a_command_that_cannot_be_meant_makes_nobody(
    platform: PlatformClient, db: Connection, mira: str, arguments: list[str], named: str
) -> None:
    with pytest.raises(RolecallError, match=named):
        command.add(platform, command.parsed(arguments))
    assert db.execute("select count(*) as people from person").fetchone() == {"people": 1}


def test_who_is_not_there_is_told_without_an_address_of_rest(platform: PlatformClient, mira: str) -> None:
    asked = command.parsed(["matches", "nobody"])
    with pytest.raises(RolecallError) as refused:
        command.matches(platform, asked.id, 10)
    assert command.in_words(refused.value, asked) == "no person nobody → ./rolecall applications people"


def test_many_small_changes_cannot_grow_preferences_without_end(client: TestClient, mira: str) -> None:
    statuses = []
    for number in range(12):
        patch = {f"other{number}": "x" * 45_000}
        statuses.append(client.patch("/api/v1/users/mira/preferences", json=patch, headers=bearer(OWNER_TOKEN)))
    assert [answer.status_code for answer in statuses] == [200] * 8 + [422] * 4
    assert (statuses[-1].json()["field"], "null removes" in statuses[-1].json()["fix"]) == ("preferences", True)
    assert set(client.get("/api/v1/users/mira", headers=API).json()["preferences"]) >= {"other0", "other7"}
    gone = client.patch("/api/v1/users/mira/preferences", json={"other0": None, "other8": "x" * 45_000}, headers=bearer(OWNER_TOKEN))
    assert gone.status_code == 200


def test_null_removes_at_any_depth_and_what_is_too_deep_is_refused_instead_of_removed(client: TestClient, mira: str) -> None:
    def patched(preferences: Any) -> Any:
        return client.patch("/api/v1/users/mira", json={"preferences": preferences}, headers=bearer(OWNER_TOKEN))

    patched({"theirs": {"a": {"b": {"c": 1, "d": 2}}, "list": [1, None]}})
    assert patched({"theirs": {"a": {"b": {"c": None}}, "new": {"x": None, "y": 3}}}).json()["preferences"]["theirs"] == {
        "a": {"b": {"d": 2}}, "list": [1, None], "new": {"y": 3},
    }  # fmt: skip
    deep: Any = "end"
    for _ in range(150):
        deep = {"a": deep}
    for refused in (patched({"theirs": deep}), client.put("/api/v1/users/mira/preferences", json={"theirs": deep}, headers=API)):
        assert (refused.status_code, refused.json()["field"]) == (422, "preferences")
    assert "theirs" in client.get("/api/v1/users/mira", headers=API).json()["preferences"]
    assert "theirs" not in patched({"theirs": None}).json()["preferences"]


UNSEEN = ("\0", "\x07", "\n", "\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u2060", "\u3164", "\U000e0041")
WRITTEN = ("Zoë Ng", "O’Brien-Smith", "李 小龙", "עדה", "محمد\u200cرضا", "क्\u200dष")


def test_what_nobody_sees_in_a_name_is_refused_and_named(client: TestClient, mira: str) -> None:
    for char in UNSEEN:
        for field, text in (("name", "Ada {}Vale"), ("email", "ada{}@mail.example"), ("phone", "+44 20{} 7946")):
            value = text.format(char)
            new = {"name": "Ada Vale", "email": "ada@mail.example", field: value}
            for answer in (
                client.patch(f"/api/v1/users/{mira}", json={field: value}, headers=bearer(OWNER_TOKEN)),
                client.post("/api/v1/users", json=new, headers=API),
            ):
                assert (answer.status_code, answer.json()["field"].endswith(field)) == (422, True), ascii(value)


def test_names_keep_the_joiners_that_their_writing_needs(client: TestClient, mira: str) -> None:
    for name in WRITTEN:
        changed = client.patch(f"/api/v1/users/{mira}", json={"name": name}, headers=bearer(OWNER_TOKEN))
        assert (changed.status_code, changed.json()["name"]) == (200, name)


def test_a_person_notes_what_they_applied_for_themselves_one_by_one_and_as_a_file(client: TestClient, db: Connection, mira: str) -> None:
    add_job(db, "j9")
    own = bearer(OWNER_TOKEN)
    done = client.post("/api/v1/users/mira/applied", json={"jobId": "j9", "date": "2020-01-31"}, headers=own)  # any day: long ago
    assert (done.status_code, done.json()["became"], done.json()["inCatalog"]) == (200, "noted", True)
    body = "url,title,company\nhttps://x.example/1,Baker,Crumb\n,,\nnonsense,,\n"
    filed = client.post("/api/v1/users/mira/applied", content=body, headers={**own, "Content-Type": "text/csv"})
    assert filed.json()["counts"] == {"unknown": 1, "wrong": 1}
    assert len(filed.json()["lines"]) == 2
    to_come = {"title": "Baker", "company": "Ovenly", "date": "2999-01-01"}  # its cool-down would never end
    wrongs = (({"jbId": "j9"}, "jbId"), ({"title": "x"}, "applied"), ({"jobId": "j8"}, "job_id"), (to_come, "date"))
    for wrong, field in wrongs:
        answer = client.post("/api/v1/users/mira/applied", json=wrong, headers=own)
        assert answer.status_code == 422
        assert field in answer.json()["field"]
    for odd in ("https://[x.example/1", "https://x.example/" + "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(1_900))):
        assert client.post("/api/v1/users/mira/applied", json={"url": odd}, headers=own).status_code == 422
    assert client.post("/api/v1/users/otto/applied", json={"jobId": "j9"}, headers=own).status_code == 403
    assert client.post("/api/v1/users/nobody/applied", json={"jobId": "j9"}, headers=API).status_code == 404


def test_a_misspelt_preference_is_refused_and_named_and_other_peoples_are_kept(client: TestClient, db: Connection, mira: str) -> None:
    own = bearer(OWNER_TOKEN)
    for path in ("/api/v1/users/mira/preferences", "/api/v1/users/mira"):
        for name, meant in (("autoaply", "auto_apply"), ("notification", "notifications"), ("Criteria", "criteria")):
            sent = {name: True} if path.endswith("preferences") else {"preferences": {name: True}}
            answer = client.patch(path, json=sent, headers=own)
            assert (answer.status_code, answer.json()["field"]) == (422, name)
            assert meant in answer.json()["fix"]
    assert client.put("/api/v1/users/mira/preferences", json={"autoaply": True}, headers=own).status_code == 422
    kept = client.patch("/api/v1/users/mira/preferences", json={"theirOwn": 1, "autoaply": None}, headers=own)
    assert (kept.status_code, kept.json()["preferences"]["theirOwn"]) == (200, 1)


def test_what_other_wishes_would_have_given_is_shown_and_changes_nothing(client: TestClient, db: Connection, mira: str) -> None:
    for number, place in enumerate(("Berlin", "Berlin", "Leeds, United Kingdom")):
        add_job(db, f"j{number}", location=place)
    add_job(db, "old")
    db.execute("update job set created_at = now() - interval '15 days' where id = 'old'")
    db.execute('update person set preferences = \'{"criteria": {"locations": ["Berlin"], "keywords": ["nothing has it"]}}\'')
    db.execute(
        "insert into match (person_id, cv_id, source, job_id, score, can_auto_apply, already_applied, title, company)"
        " values ('mira', 'cv-mira', 'linkedin', 'j0', 0.9, true, false, 'Data engineer', 'Quartz Harbor')"
    )
    db.commit()
    own = bearer(OWNER_TOKEN)

    def preview(**asked: Any) -> dict[str, Any]:
        answer = client.get("/api/v1/matches/preview", params=asked, headers=own)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    same = preview()
    assert (same["days"], same["jobs"], same["now"], same["then"], same["new"], same["threshold"]) == (14, 3, 1, 2, 1, 0.7)
    assert {one["id"]: one["isNew"] for one in same["matches"]} == {"j0": False, "j1": True}
    assert same["leftOut"] == {"locations": 1}
    wider = preview(criteria='{"locations": ["Berlin", "Leeds"]}')
    assert sorted(one["id"] for one in wider["matches"]) == ["j0", "j1", "j2"]
    assert preview(criteria='{"locations": null}', limit=1)["then"] == 3
    none = preview(threshold=1)
    assert (none["then"], none["new"], len(none["matches"])) == (0, 0, 2)
    assert "of 100%" in none["matches"][0]["heldBack"]
    db.execute(
        "insert into application_record (id, user_id, job_id, cv_id, status, auto_applied, applied_at)"
        " values ('r1', 'mira', 'j0', 'cv-mira', 'submitted', false, now())"
    )
    db.commit()
    applied = preview()
    assert (applied["now"], applied["then"]) == (0, 1), "what was applied for counts on neither side"
    assert "none would reach the threshold" in none["note"]
    assert "every one of these jobs would break a wish" in preview(criteria='{"locations": ["Osaka"]}')["note"]
    assert "nobody knows yet" in preview(criteria='{"keywords": ["nurse"]}')["note"]
    db.execute("update job set created_at = now() - interval '15 days'")
    db.commit()
    assert "no job that is open now came in" in preview()["note"]
    kept = db.execute("select preferences -> 'criteria' -> 'locations' as kept from person").fetchone()
    assert kept == {"kept": ["Berlin"]}
    for wrong, field in (({"criteria": "["}, "criteria"), ({"criteria": '{"lcations": []}'}, "criteria"), ({"threshold": 7}, "threshold")):
        answer = client.get("/api/v1/matches/preview", params=wrong, headers=own)
        assert (answer.status_code, field in answer.json()["field"]) == (422, True), answer.text
    assert client.get("/api/v1/matches/preview?userId=otto", headers=own).status_code == 403


def test_a_cv_goes_out_as_json_resume_and_comes_in_as_the_same(client: TestClient, mira: str) -> None:
    own = bearer(OWNER_TOKEN)
    out = client.get("/api/v1/cv/cv-mira?format=jsonresume", headers=own).json()
    assert (out["basics"]["label"], out["basics"]["location"]) == ("Senior data engineer", {"city": "Berlin"})
    assert out["work"][0] == {
        "name": "Lumen Freight", "position": "Data engineer", "startDate": "2019-03", "summary": "Airflow pipelines in Python",
    }  # fmt: skip
    back = client.post("/api/v1/cv?filename=resume.json&cvId=cv-back", json=out, headers=own).json()
    again = client.get("/api/v1/cv/cv-back?format=jsonresume", headers=own).json()
    assert again == out
    assert back["skills"] == ["Python", "Airflow", "PostgreSQL", "dbt", "Kafka"]
    assert client.get("/api/v1/cv/cv-mira?format=yaml", headers=own).status_code == 422
    assert client.get("/api/v1/cv/cv-mira?format=jsonresume", headers=bearer("nobody")).status_code == 403
