"""Coming in by a mailed link, and setting up a code, in a real Chromium."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from cryptography.fernet import Fernet

from rolecall.applying.tokens import KEY
from rolecall.store import Connection
from rolecall.web.page_app import create_page_app
from tests.browser.conftest import sync_api
from tests.browser.test_page import accessible, looked_at, served
from tests.conftest import free_port
from tests.services.conftest import add_person, make_settings
from tests.smtp_double import taking
from tests.web.login.test_login import links

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme", "locale"), [(390, "light", "de"), pytest.param(1440, "dark", "en", marks=pytest.mark.long)])
def test_a_stranger_comes_in_by_a_mailed_link_and_from_then_on_with_a_code(
    browser: sync_api.Browser, dsn: str, db: Connection, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str, locale: str
) -> None:
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())
    add_person(db, "mira")
    port, german = free_port(), locale == "de"
    url = f"http://127.0.0.1:{port}"
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale=locale)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)  # type: ignore[attr-defined]
    with taking() as (smtp, kept):
        settings = make_settings(dsn, smtp_host="127.0.0.1", smtp_port=smtp, smtp_security="none", page_url=url)
        with served(create_page_app(settings), port):

            def ask() -> str:
                page.goto(f"{url}/login")
                accessible(page)
                looked_at(page, f"login-{width}-{scheme}")
                page.get_by_label("E-Mail-Adresse" if german else "E-mail address").first.fill("mira@example.com")
                page.get_by_role("button", name="Link zusenden" if german else "Send me a link").click()
                page.get_by_role("status").wait_for()
                for _ in range(100):
                    if kept.taken:
                        break
                    time.sleep(0.1)
                return re.sub(r"^https?://[^/]+", "", links(kept, url)[-1])

            page.goto(f"{url}{ask()}")
            page.get_by_role("button", name="Anmelden" if german else "Log in").click()
            page.wait_for_url(f"{url}/")
            page.goto(f"{url}/me/second-factor")
            page.get_by_role("button", name="Einrichten" if german else "Set it up").click()
            page.locator(".qr svg").wait_for()
            accessible(page)
            looked_at(page, f"qr-{width}-{scheme}")
            app = pyotp.TOTP(page.locator("code").inner_text())
            page.locator("#code").fill(app.generate_otp(int(time.time()) // 30 - 1))
            page.get_by_role("button", name="Einschalten" if german else "Turn it on").click()
            page.locator(".codes li").first.wait_for()
            accessible(page)
            paper = page.locator(".codes li").first.inner_text()

            kept.taken.clear()
            context.clear_cookies()
            page.goto(f"{url}{ask()}")
            page.get_by_role("button", name="Anmelden" if german else "Log in").click()
            page.locator("#code").fill(paper)
            accessible(page)
            looked_at(page, f"code-{width}-{scheme}")
            page.get_by_role("button", name="Anmelden" if german else "Log in").click()
            page.wait_for_url(f"{url}/")
    context.close()
