"""Who sees what: every route, by looking at the app itself."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from rolecall.people import logins
from rolecall.people.logins import make_login
from rolecall.store import Connection
from tests.web.conftest import BASE, Visitor, login, shown, states, waits

OPEN = {"/health", "/static/{name}", "/login", "/login/mail", "/login/code", "/login/{token}", "/logout"}
OPEN |= {"/answer/{token}", "/stop/{token}"}
OPERATORS = {"/flow", "/people"}


def routes(app: FastAPI) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def walk(some: list[object], prefix: str) -> None:
        for route in some:
            if isinstance(route, APIRoute):
                found.extend((method, prefix + route.path) for method in sorted(route.methods))
            elif inner := getattr(route, "original_router", None) or getattr(route, "app", None):
                walk(inner.routes, prefix)

    walk(list(app.routes), "")
    return found


def filled(path: str, application: str) -> str:
    values = {
        "application_id": application,
        "job_id": "j1",
        "cv_id": "cv-mira",
        "name": "page.css",
        "token": "x",
        "sha256": "0" * 64,
        "what": "cv",
        "day": "2000-01-01",  # any day: an address without a report
        "mail_id": "0",
        "meeting_id": "0",
        "chart": "x",
    }
    return re.sub(r"\{(\w+)\}", lambda one: values[one[1]], path)


def test_there_are_routes_to_look_at(app: FastAPI) -> None:
    found = {path for _, path in routes(app)}
    assert {"/", "/jobs", "/approve", "/applications", "/me", "/flow"} <= found
    assert len(found) > 25


def test_nobody_who_is_not_known_sees_a_page_or_changes_anything(app: FastAPI, db: Connection, visitor: Visitor) -> None:
    (one,) = waits(db, "j1")
    for method, path in routes(app):
        if path in OPEN:
            continue
        answer = visitor.http.request(method, filled(path, one), data={"csrf": "x", "answer": "yes"} if method == "POST" else None)
        assert answer.status_code in (303, 401), (method, path, answer.status_code)
        assert answer.headers.get("location", "/login") == "/login"
        assert "Quartz Harbor" not in answer.text
    assert states(db) == {"j1": "planned"}


def test_nobody_sees_or_changes_what_is_another_persons(app: FastAPI, db: Connection, noor: Visitor) -> None:
    (one,) = waits(db, "j1")
    token, before = noor.csrf(), db.execute("select * from application").fetchall()
    db.commit()
    for method, path in routes(app):
        if path in OPEN or path in ("/me/erase", "/me/cv", "/me/session"):
            continue
        data = {
            "csrf": token,
            "answer": "yes",
            "application": shown(db, one),
            "decision": "withdraw",
            "mark": "saved",
            "letter": "Dear you",
        }
        answer = noor.http.request(method, filled(path, one), data=data if method == "POST" else None)
        assert "Lumen Freight" not in answer.text or "cv-mira" not in answer.text, path
        if "application_id" in path or path.startswith("/me/cv/{cv_id}") or path in OPERATORS:
            assert answer.status_code in (403, 404, 422), (method, path, answer.status_code)
    assert db.execute("select * from application").fetchall() == before
    assert db.execute("select count(*) as n from job_mark where person_id = 'mira'").fetchone() == {"n": 0}


def test_whoever_runs_it_sees_everybodys_page_and_turns_from_one_to_another(db: Connection, operator: Visitor) -> None:
    (one,) = waits(db, "j1")
    assert (operator.get("/").status_code, operator.get("/").headers["location"]) == (303, "/people")  # nobody is chosen yet
    for path in ("/jobs", "/approve", "/applications", "/me", "/flow", "/people", f"/applications/{one}", "/jobs/j1"):
        assert operator.get(path).status_code == 200, path
    unchosen = operator.get("/approve").text
    assert "Quartz Harbor" in unchosen  # whoever has most to decide
    assert "nobody chosen yet, shown is" in unchosen
    assert "/me/pause" not in unchosen
    assert 'name="answer"' not in unchosen  # no button decides for somebody who was not chosen
    operator.post("/people", {"person": "mira"})
    assert "/me/pause" in operator.get("/approve").text
    assert operator.post("/people", {"person": "noor"}).status_code == 303
    assert "<h1>noor" in operator.get("/").text.lower()
    assert "Quartz Harbor" not in operator.get("/approve").text
    assert operator.post("/people", {"person": "nobody"}).status_code == 422


def test_whoever_runs_it_for_several_says_first_for_whom_they_act(app: FastAPI, db: Connection, operator: Visitor) -> None:
    (one,) = waits(db, "j1")
    form = {"answer": "yes", "application": shown(db, one), "pause": "yes", "sure": "erase everything", "mark": "hidden"}
    for method, path in routes(app):
        if method == "POST" and path not in OPEN | {"/people"}:
            answer = operator.post(filled(path, one), form)
            assert (answer.status_code, "Say first for whom" in answer.text) == (409, True), path
    assert states(db) == {"j1": "planned"}
    operator.post("/people", {"person": "mira"})
    assert operator.post("/approve", {"answer": "yes", "application": shown(db, one)}).status_code == 200
    assert states(db) == {"j1": "approved"}


def test_every_form_without_its_token_is_refused(app: FastAPI, db: Connection, operator: Visitor) -> None:
    (one,) = waits(db, "j1")
    operator.post("/people", {"person": "mira"})
    for method, path in routes(app):
        if method == "POST":
            answer = operator.http.post(filled(path, one), data={"answer": "yes", "application": shown(db, one)})
            assert answer.status_code == 403, path
            answer = operator.http.post(filled(path, one), data={"csrf": "0" * 40})
            assert answer.status_code == 403, path
    token = operator.csrf()
    for header in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert operator.http.post("/me/pause", data={"csrf": token, "pause": "yes"}, headers=header).status_code == 403
    assert states(db) == {"j1": "planned"}


def test_every_page_says_what_may_run_on_it_and_holds_no_script_of_its_own(app: FastAPI, db: Connection, operator: Visitor) -> None:
    (one,) = waits(db, "j1")
    for method, path in routes(app):
        if method == "GET":
            answer = operator.get(filled(path, one))
            policy = answer.headers["content-security-policy"]
            assert "unsafe" not in policy, path
            assert "default-src 'none'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|javascript:", answer.text.partition("htmx.min.js")[2] or ""), (
                path
            )
            assert len(answer.content) < 200_000, path


def test_opening_a_link_logs_nobody_in_and_its_button_does_once(app: FastAPI, db: Connection, visitor: Visitor) -> None:
    path = make_login(db, "mira", base_url=BASE).removeprefix(BASE)
    db.commit()
    for _ in range(2):
        page = visitor.get(path)
        assert (page.status_code, "set-cookie" in page.headers, page.text.count("<form")) == (200, False, 1)
    token = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert token is not None
    assert visitor.get("/").status_code == 303
    came_in = visitor.post(path, csrf=token[1])
    cookie = came_in.headers["set-cookie"]
    assert (came_in.status_code, came_in.headers["location"]) == (303, "/")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert visitor.get("/").status_code == 200
    assert visitor.post(path, csrf=token[1]).status_code == 410


def test_a_password_lets_in_and_a_wrong_one_does_not_however_often(
    app: FastAPI, db: Connection, visitor: Visitor, mira: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logins, "TRIES", 3)
    assert mira.post("/me/password", {"password": "short"}).status_code == 422
    assert mira.post("/me/password", {"password": "a long enough one"}).status_code == 303
    token = re.search(r'name="csrf" value="(\w+)"', visitor.get("/login").text)
    assert token is not None

    def tries(password: str, email: str = "MIRA@example.com") -> int:
        return visitor.post("/login", {"email": email, "password": password}, csrf=token[1]).status_code

    assert (tries("wrong"), tries("a long enough one", "nobody@example.com")) == (401, 401)
    assert tries("a long enough one") == 303
    assert [tries(f"guess {number}") for number in range(4)][-1] == 429
    assert tries("a long enough one") == 429


def test_a_session_ends_when_it_is_ended(app: FastAPI, db: Connection, visitor: Visitor, mira: Visitor) -> None:
    other = login(app, db, "mira")
    ids = re.findall(r'name="session" value="([\w-]+)"', mira.get("/me").text)
    assert len(ids) == 2
    assert other.post("/logout", csrf=other.csrf()).status_code == 303
    assert other.get("/").status_code == 303
    for one in ids:
        mira.post("/me/session", {"session": one}, csrf=mira.csrf() or "gone")
    assert mira.get("/me").status_code == 303


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_cookies_leave_only_over_https_where_the_page_is_on_https(app: FastAPI, db: Connection, visitor: Visitor, scheme: str) -> None:
    cookie = visitor.get(f"{scheme}://testserver/login").headers["set-cookie"]
    assert ("Secure" in cookie) == (scheme == "https")


def test_every_act_leaves_a_row_in_the_audit_log(app: FastAPI, db: Connection, mira: Visitor) -> None:
    one, other = waits(db, "j1", "j2")
    acts: dict[str, dict[str, object]] = {
        "/approve": {"application": shown(db, one), "answer": "yes"},
        "/approve/undo": {"application": one},
        f"/approve/{other}/letter": {"letter": "Dear team,\n\nI work in Python."},
        "/jobs/j2/mark": {"mark": "saved"},
        f"/applications/{other}/settle": {"decision": "withdraw"},
        "/me/wishes": {"keywords": "data engineer\nanalyst"},
        "/me/mode": {"mode": "ask"},
        "/me/pause": {"pause": "yes"},
        "/me/messages": {"channels": ["email"], "timeZone": "Europe/Berlin"},
        "/me/token": {},
        "/me/password": {"password": "a long enough one"},
        "/me/export": {},
        "/me/cv/cv-mira": {"headline": "Data engineer", "years": "8", "skills": "Python\nSQL"},
        "/me/cv/cv-mira/remove": {},
        "/me/session": {"session": "none"},
        "/me/erase": {"sure": "erase everything"},
    }
    for path, data in acts.items():
        before = (db.execute("select coalesce(max(id), 0) as id from audit").fetchone() or {})["id"]
        db.commit()
        answer = mira.post(path, data)
        assert answer.status_code in (200, 303), (path, answer.text)
        rows = db.execute("select actor, action from audit where id > %s and action like 'page: %%'", (before,)).fetchall()
        db.commit()
        assert [row["actor"] for row in rows] == ["the person, on the page"], path
    assert db.execute("select 1 from person where id = 'mira'").fetchone() is None
