"""How applications leave, in a real Chromium: what is sent, the open question, the form's picture, by hand, Me, and the link that stops."""

from __future__ import annotations

import pytest
from psycopg.types.json import Jsonb

from rolecall.applying import approval
from tests.browser.conftest import sync_api
from tests.browser.test_page import Site, accessible, looked_at, site, visit
from tests.web.conftest import states
from tests.web.ways.test_ways import NOTICE, PREPARED, by_hand, prepared

__all__ = ["site"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), pytest.param(1440, "light", marks=pytest.mark.long)])
def test_what_is_sent_and_what_was_by_every_way(browser: sync_api.Browser, site: Site, width: int, scheme: str) -> None:
    db, (shown, asked, held), name = site.db, site.applications, f"{width}-{scheme}"
    page = visit(browser, site, width, scheme)
    prepared(db, shown)
    db.execute("update form_shown set body = %s", (page.screenshot(type="jpeg"),))
    db.execute("update application set obstacle = 'needs answer', open_questions = %s where id = %s", (Jsonb([NOTICE]), asked))
    db.execute(
        "update application set answer = %s where job_id = 'j4'", (Jsonb({**PREPARED, "way": "mail", "messageId": "<m@post.example>"}),)
    )
    by_hand(db)

    page.goto(f"{site.url}/approve")
    card = page.locator(f"#a-{shown}")
    for what in ("filled in in a browser", "Do you need a visa?", "talent pool", "Mira CV.pdf"):
        card.get_by_text(what).first.wait_for()
    card.get_by_text("The form as it was filled in").click()
    card.locator(".form-picture").wait_for()
    assert page.evaluate("document.querySelector('.form-picture').decode().then(() => true)"), "it is a picture"
    page.get_by_label("Notice period?").fill("3 months")
    looked_at(page, f"ways-approve-{name}")
    accessible(page)
    page.get_by_role("button", name="Keep my answer").click()
    page.wait_for_url(f"{site.url}/approve#a-{asked}")

    page.goto(f"{site.url}/applications?state=uncertain")
    page.get_by_role("link", name="Data engineer").click()
    page.get_by_text("<m@post.example>").first.wait_for()
    looked_at(page, f"ways-application-{name}")
    accessible(page)
    page.get_by_role("button", name="I applied for it myself").click()
    page.get_by_text("a person's word").wait_for()

    page.goto(f"{site.url}/by-hand")
    page.get_by_role("link", name="Data engineer").click()
    page.get_by_role("button", name="Copy the letter").click()
    page.get_by_role("button", name="Copied").wait_for()
    looked_at(page, f"ways-by-hand-{name}")
    accessible(page)
    page.get_by_role("button", name="I sent it").click()
    page.get_by_text("you applied for it yourself").wait_for()
    found = states(db)
    assert (found["j4"], found["j7"]) == ("submitted", "submitted")

    page.goto(f"{site.url}/me#answers")
    page.get_by_text("3 months").first.wait_for()
    page.locator("select[name='ways:mail']").select_option("send")
    page.locator("#ways").get_by_role("button", name="Save changes").click()
    page.wait_for_load_state("networkidle")
    assert page.locator("select[name='ways:mail']").input_value() == "send"
    looked_at(page, f"ways-me-{name}")
    accessible(page)
    page.get_by_role("button", name="Forget it: Notice period?").click()
    page.get_by_text("3 months").first.wait_for(state="detached")

    db.execute(
        "update application set state = 'approved', approval_required = false, approval_hash = null,"
        " hold_until = clock_timestamp() + interval '9 minutes' where id = %s", (held,)
    )  # fmt: skip
    assert approval.enqueue_holds(db, "mira", "r1", page_url=site.url)
    mail = db.execute("select message from notification where kind = 'about_to_leave' and type = 'email'").fetchone()
    db.commit()
    stranger = browser.new_page(viewport={"width": width, "height": 900})
    stranger.goto(next(word for word in str((mail or {})["message"]).split() if "/stop/" in word))
    stranger.get_by_text("Nothing is stopped by opening this page").wait_for()
    assert states(db)["j3"] == "approved"
    accessible(stranger)
    stranger.get_by_role("button", name="Stop all of it").click()
    stranger.get_by_text("It waits for your yes").wait_for()
    assert states(db)["j3"] == "planned"
