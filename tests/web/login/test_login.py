"""Coming in as a stranger can: by a link that is mailed, and with a second step for who wants one."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

import pyotp
import pytest
from cryptography.fernet import Fernet
from fastapi.testclient import TestClient

from rolecall.applying.tokens import KEY
from rolecall.people import logins, second_factor
from rolecall.store import Connection
from rolecall.web.login.login_mail import MAILS
from rolecall.web.page_app import create_page_app
from tests.conftest import free_port
from tests.services.conftest import add_person, make_settings
from tests.smtp_double import Kept, taking
from tests.web.conftest import BASE, Visitor, login


@contextmanager
def site(dsn: str, port: int) -> Iterator[Visitor]:
    """A visitor of a page whose mails go to this port."""
    app = create_page_app(make_settings(dsn, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", page_url=BASE))
    with TestClient(app, base_url=BASE, follow_redirects=False, raise_server_exceptions=False) as http:
        yield Visitor(http)


def asks(visitor: Visitor, email: str) -> tuple[int, str]:
    token = re.search(r'name="csrf" value="(\w+)"', visitor.get("/login").text)
    answer = visitor.post("/login/mail", {"email": email}, csrf=token[1] if token else "")
    return answer.status_code, answer.text.replace(email, "")


def links(kept: Kept, base: str = BASE) -> list[str]:
    """What stands in the mails, as paths."""
    found = []
    for one in kept.taken:
        body = message_from_bytes(one, policy=default).get_body(("plain",))
        link = re.search(rf"{re.escape(base)}(/login/\S+)", body.get_content() if body else "")
        found.append(link[1] if link else "")
    return found


def test_a_mailed_link_lets_in_once_by_its_button_and_only_who_is_known_gets_one(dsn: str, db: Connection) -> None:
    add_person(db, "mira")
    with taking() as (port, kept), site(dsn, port) as visitor:
        known, unknown = asks(visitor, "MIRA@example.com"), asks(visitor, "nobody@example.com")
        assert known == unknown
        assert known[0] == 200
        (path,) = links(kept)
        hashes = [row["token_sha256"] for row in db.execute("select token_sha256 from page_login").fetchall()]
        db.commit()
        assert not any(one in path or path.endswith(one) for one in hashes)
        page = visitor.get(path)
        assert visitor.get("/").status_code == 303  # opening it logs nobody in
        form = re.search(r'name="csrf" value="(\w+)"', page.text)
        assert form is not None
        assert visitor.post(path, csrf=form[1]).status_code == 303
        assert visitor.get("/").status_code == 200
        assert visitor.post(path, csrf=form[1]).status_code == 410


def test_a_mailed_link_is_over_after_a_quarter_of_an_hour(dsn: str, db: Connection) -> None:
    add_person(db, "mira")
    with taking() as (port, kept), site(dsn, port) as visitor:
        asks(visitor, "mira@example.com")
        row = db.execute("select expires_at - clock_timestamp() as left from page_login").fetchone() or {}
        assert row["left"] <= logins.MAILED_LASTS
        (path,) = links(kept)
        form = re.search(r'name="csrf" value="(\w+)"', visitor.get(path).text)
        db.execute("update page_login set expires_at = clock_timestamp() - interval '1 second'")
        db.commit()
        assert visitor.get(path).status_code == 410  # said before anybody presses a button
        assert visitor.post(path, csrf=form[1] if form else "").status_code == 410


def test_an_address_is_not_flooded_with_links_whether_it_is_known_or_not(dsn: str, db: Connection) -> None:
    add_person(db, "mira")
    with taking() as (port, kept), site(dsn, port) as visitor:
        for email in ("mira@example.com", "nobody@example.com"):
            assert [asks(visitor, email)[0] for _ in range(MAILS + 1)] == [200] * MAILS + [429]
        assert len(kept.taken) == MAILS


def test_a_mail_server_that_is_down_is_nobodys_answer(dsn: str, db: Connection) -> None:
    add_person(db, "mira")
    with site(dsn, free_port()) as visitor:
        assert asks(visitor, "mira@example.com") == asks(visitor, "nobody@example.com")


def test_where_mails_have_no_way_out_the_login_offers_none(visitor: Visitor) -> None:
    assert "/login/mail" not in visitor.get("/login").text
    assert asks(visitor, "mira@example.com")[0] == 422


# ── the second step ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())


def begun(mira: Visitor) -> tuple[pyotp.TOTP, str]:
    page = mira.post("/me/second-factor/begin").text
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert secret is not None
    return pyotp.TOTP(secret[1]), page


def enrolled(mira: Visitor) -> tuple[pyotp.TOTP, list[str]]:
    app, _ = begun(mira)
    for _ in range(3):  # the code of the half minute before is over when the next one begins meanwhile
        page = mira.post("/me/second-factor/confirm", {"code": app.generate_otp(int(time.time()) // 30 - 1)})
        if page.status_code == 200:
            break
    assert page.status_code == 200
    return app, re.findall(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>", page.text)


def by_password(visitor: Visitor, db: Connection) -> str:
    """The page that asks for the code."""
    logins.set_password(db, "mira", "a long enough one", actor="test")
    db.commit()
    token = re.search(r'name="csrf" value="(\w+)"', visitor.get("/login").text)
    data = {"email": "mira@example.com", "password": "a long enough one"}
    return visitor.post("/login", data, csrf=token[1] if token else "").text


def gives(visitor: Visitor, page: str, code: str) -> int:
    found = dict(re.findall(r'name="(csrf|token)" value="([\w-]+)"', page))
    return visitor.post("/login/code", {"token": found["token"], "code": code}, csrf=found["csrf"]).status_code


@pytest.mark.usefixtures("sealed")
def test_the_second_step_is_set_up_by_a_picture_and_a_code_and_then_asked_for(db: Connection, visitor: Visitor, mira: Visitor) -> None:
    app, page = begun(mira)
    assert '<svg role="img"' in page
    row = db.execute("select secret, confirmed_at from page_totp").fetchone() or {}
    db.commit()
    assert app.secret.encode() not in bytes(row["secret"])
    assert mira.post("/me/second-factor/confirm", {"code": "000000"}).status_code == 422
    assert visitor.get("/").status_code == 303
    app, paper = enrolled(mira)
    assert len(set(paper)) == second_factor.RECOVERY
    asked = by_password(visitor, db)
    assert visitor.get("/").status_code == 303  # the password alone lets nobody in
    assert gives(visitor, asked, "12345") == 401
    assert gives(visitor, asked, app.now()) == 303
    assert visitor.get("/").status_code == 200
    assert gives(visitor, asked, paper[0]) == 410


@pytest.mark.usefixtures("sealed")
def test_a_code_counts_once_and_one_on_paper_too(db: Connection, visitor: Visitor, mira: Visitor) -> None:
    app, paper = enrolled(mira)
    code = app.now()
    assert gives(visitor, by_password(visitor, db), code) == 303
    assert gives(visitor, by_password(visitor, db), code) == 401
    assert gives(visitor, by_password(visitor, db), paper[3].upper().replace("-", " ")) == 303
    assert gives(visitor, by_password(visitor, db), paper[3]) == 401
    assert "9 codes on paper" in mira.get("/me/second-factor").text


@pytest.mark.usefixtures("sealed")
def test_codes_are_not_guessed_however_often(db: Connection, visitor: Visitor, mira: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    app, _ = enrolled(mira)
    monkeypatch.setattr(logins, "TRIES", 3)
    asked = by_password(visitor, db)
    assert [gives(visitor, asked, f"00000{number}") for number in range(4)] == [401, 401, 401, 429]
    assert gives(visitor, asked, app.now()) == 429


@pytest.mark.usefixtures("sealed")
def test_a_link_is_not_enough_either_and_is_used_up(app: object, db: Connection, visitor: Visitor, mira: Visitor) -> None:
    enrolled(mira)
    path = logins.make_login(db, "mira", base_url=BASE).removeprefix(BASE)
    db.commit()
    form = re.search(r'name="csrf" value="(\w+)"', visitor.get(path).text)
    assert form is not None
    assert "/login/code" in visitor.post(path, csrf=form[1]).text
    assert visitor.get("/").status_code == 303
    assert visitor.post(path, csrf=form[1]).status_code == 410


@pytest.mark.usefixtures("sealed")
def test_what_waits_for_a_code_is_no_link(db: Connection, visitor: Visitor, mira: Visitor) -> None:
    enrolled(mira)
    found = dict(re.findall(r'name="(csrf|token)" value="([\w-]+)"', by_password(visitor, db)))
    assert visitor.post(f"/login/{found['token']}", csrf=found["csrf"]).status_code == 410


@pytest.mark.usefixtures("sealed")
def test_it_is_turned_off_by_a_code_or_by_whoever_runs_it(app: object, db: Connection, mira: Visitor) -> None:
    _, paper = enrolled(mira)
    assert mira.post("/me/second-factor/off", {"code": "000000"}).status_code == 422
    assert mira.post("/me/second-factor/begin").status_code == 422
    assert mira.post("/me/second-factor/off", {"code": paper[0]}).status_code == 200
    assert not second_factor.is_on(db, "mira")
    enrolled(mira)
    operator = login(app, db, None, operator=True)  # type: ignore[arg-type]
    operator.post("/people", {"person": "mira"})
    assert operator.post("/me/second-factor/off").status_code == 200
    assert not second_factor.is_on(db, "mira")
