"""The page inside Airflow: its login and roles decide who looks, who decides and who sees everybody's page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jwt.exceptions import InvalidTokenError

from rolecall.apps import rolecall_page
from rolecall.apps.rolecall_page import AirflowGate
from rolecall.plugin import PeoplesPage
from rolecall.store import Connection
from rolecall.web.page_app import create_page_app
from tests.services.conftest import add_person, make_settings
from tests.web.conftest import shown, states, waits

Browser = Callable[[str | None, str | None], TestClient]


class Manager(SimpleAuthManager):
    """Airflow's simple auth manager; a token is a user name and a role."""

    async def get_user_from_token(self, token: str) -> SimpleAuthManagerUser:
        name, _, role = token.partition("-")
        if not name:
            raise InvalidTokenError
        return SimpleAuthManagerUser(username=name, role=role or None)


@pytest.fixture
def browser(dsn: str, db: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Somebody of a name and a role; nobody without a name."""
    monkeypatch.setattr(rolecall_page, "get_auth_manager", Manager)
    for person in ("mira", "noor"):
        add_person(db, person)
    outer = FastAPI()
    inner = create_page_app(make_settings(dsn), gate=AirflowGate())
    outer.mount("/rolecall", inner)
    inner.state.context.database.open()

    def made(name: str | None, role: str | None) -> TestClient:
        cookies = {COOKIE_NAME_JWT_TOKEN: f"{name}-{role or ''}"} if name else {}
        return TestClient(outer, cookies=cookies, follow_redirects=False, raise_server_exceptions=False)

    yield made
    inner.state.context.database.close()


def form(http: TestClient) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', http.get("/rolecall/approve").text)
    return found[1] if found else ""


def test_nobody_is_sent_to_airflows_login_and_from_there_back(browser: Browser) -> None:
    answer = browser(None, None).get("/rolecall/jobs")
    assert (answer.status_code, answer.headers["location"]) == (303, "/api/v2/auth/login?next=%2Frolecall%2Fjobs")
    assert browser(None, None).post("/rolecall/approve").status_code == 401
    assert browser(None, None).get("/rolecall/login").status_code == 404


@pytest.mark.parametrize(("name", "role", "page", "act", "flow"), [
    ("mira", None, 403, 403, 403), ("mira", "viewer", 200, 403, 403), ("mira", "user", 200, 200, 403), ("boss", "admin", 200, 200, 200),
    ("stranger", "user", 403, 403, 403),
])  # fmt: skip
def test_a_role_in_airflow_says_who_looks_who_decides_and_who_sees_all(
    browser: Browser, db: Connection, name: str, role: str | None, page: int, act: int, flow: int
) -> None:
    (one,) = waits(db, "j1")
    http = browser(name, role)
    assert http.get("/rolecall/approve").status_code == page
    assert http.get("/rolecall/flow").status_code == flow
    if role == "admin":  # who runs it for several says first for whom
        http.post("/rolecall/people", data={"csrf": form(http), "person": "mira"})
    answer = http.post("/rolecall/approve", data={"csrf": form(http), "application": shown(db, one), "answer": "yes"})
    assert (answer.status_code, states(db)) == (act, {"j1": "approved" if act == 200 else "planned"})


def test_whoever_runs_airflow_turns_from_one_person_to_another(browser: Browser, db: Connection) -> None:
    waits(db, "j1")
    http = browser("boss", "admin")
    assert "Quartz Harbor" in http.get("/rolecall/approve").text
    assert http.post("/rolecall/people", data={"csrf": form(http), "person": "noor"}).status_code == 303
    assert "Quartz Harbor" not in http.get("/rolecall/approve").text


def test_its_addresses_hold_behind_any_path_prefix(browser: Browser) -> None:
    page = browser("mira", "viewer").get("/rolecall/")
    assert page.status_code == 200
    assert not re.findall(r'(?:href|src|action)="/(?!rolecall/)', page.text)
    assert all(not view["href"].startswith("/") for view in PeoplesPage.external_views)
