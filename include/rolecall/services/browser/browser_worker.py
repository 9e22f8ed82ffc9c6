"""The process that drives the browser (:class:`BrowserProcess` starts it), one application after the other.

Lines of JSON, one each. In: an order, then answers to its questions. Out: ``{"step": …}`` as it goes, ``{"ask": "form", "page": …}`` and
``{"ask": "leave", …}``, which wait for an answer, and at the end ``{"done": …}``. It ends with its input: nobody is left who could say yes.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from contextlib import suppress
from typing import Any

from playwright import sync_api

from rolecall.services.browser.form_filling import Ended, FormFilling, allowed, short

FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-dev-shm-usage", "--js-flags=--max-old-space-size=512", "--renderer-process-limit=4",
)  # fmt: skip


def answered() -> dict[str, Any]:
    line = sys.stdin.readline()
    if not line:
        os._exit(0)  # the service is gone: whatever is in the page stays unsent
    found: dict[str, Any] = json.loads(line)
    return found


def say(**said: Any) -> None:
    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def ask(what: str, **more: Any) -> dict[str, Any]:
    say(ask=what, **more)
    return answered()


def apply(browser: sync_api.Browser, order: dict[str, Any]) -> dict[str, Any]:
    """One application in a context of its own, of which nothing stays."""
    context = browser.new_context(accept_downloads=False, service_workers="block", viewport={"width": 1100, "height": 900}, locale="en-GB")
    blocked: set[str] = set()
    try:
        context.set_default_timeout(8_000)
        page = context.new_page()
        filling = FormFilling(page, order["site"], order["url"], lambda step: say(step=step))

        def guard(route: sync_api.Route) -> None:
            if allowed(route.request.url, order["hosts"]) and (order["sends"] or route.request.method in ("GET", "HEAD", "OPTIONS")):
                if order["sends"] and filling.is_own(route.request):
                    filling.carry(route)
                else:
                    route.continue_()
            else:
                blocked.add(route.request.url.partition("?")[0][:120])
                route.abort("blockedbyclient")

        context.route("**/*", guard)
        page.on("request", lambda request: counted(filling, request.method, 1))
        page.on("requestfinished", lambda request: counted(filling, request.method, -1))
        page.on("requestfailed", lambda request: counted(filling, request.method, -1))
        page.on("dialog", lambda dialog: dialog.dismiss())
        context.on("page", lambda other: None if other is page else other.close())
        return applied(filling, order)
    except Ended as ended:
        return {"outcome": ended.outcome, "reason": ended.reason, "blocked": sorted(blocked)[:10]}
    finally:
        with suppress(sync_api.Error):
            context.close()


def counted(filling: FormFilling, method: str, by: int) -> None:
    filling.under_way += by
    if by > 0 and method == "POST":
        filling.started = True


def applied(filling: FormFilling, order: dict[str, Any]) -> dict[str, Any]:
    pages = 0
    while True:
        wanted = ask("form", page=filling.open() if not pages else filling.read(), number=pages)
        if "stop" in wanted:
            raise Ended(wanted.get("outcome", "changed"), wanted["stop"])
        filling.trapped(wanted["traps"], wanted["off"])
        filling.fill(wanted["answers"], wanted["files"] if order["sends"] else None)
        filling.trapped(wanted["traps"], wanted["off"])
        pages += 1
        if pages < 6 and forwarded(filling):
            continue
        break
    picture = base64.b64encode(filling.picture(wanted["sensitive"])).decode()
    if not order["sends"]:
        ask("leave", picture=picture)
        return {"outcome": "shown", "reason": "it was filled in and shown"}
    page = filling.read()
    button = filling.ready()
    if time.monotonic() - order["began"] > order["fill_limit"]:
        raise Ended("never_sent", "it took too long to fill the form in")
    if not ask("leave", picture=picture, page=page).get("go"):
        return {"outcome": "shown", "reason": "it was filled in and shown"}
    filling.posted.clear()
    filling.started = False
    return filling.send(button, seconds=order["receipt_limit"])


def forwarded(filling: FormFilling) -> bool:
    """Whether there is a next step, and it was gone to."""
    forward = filling.site["forward"]
    button = filling.page.locator(forward or ":not(*)").locator("visible=true")
    if not forward or button.count() == 0 or filling.page.locator(filling.site["submit"]).locator("visible=true").count():
        return False
    filling.told("forward")
    before = filling.read()
    button.first.click()
    filling.settled()
    if filling.read() == before:
        raise Ended("refused", f"the form does not go on to its next step; {filling.complaint()}")
    return True


def main() -> None:
    """Until its input ends."""
    with sync_api.sync_playwright() as driver:
        sandboxed = os.geteuid() != 0
        browser = driver.chromium.launch(
            executable_path=sys.argv[1], args=list(FLAGS), chromium_sandbox=sandboxed, timeout=30_000, handle_sigterm=False
        )
        say(ready=browser.version)
        while True:
            order = answered()
            order["began"] = time.monotonic()
            try:
                done = apply(browser, order)
            except sync_api.Error as error:
                done = {"outcome": "broken", "reason": f"the browser failed ({short(error)})"}
            say(done=done)
            if done["outcome"] == "broken":
                return


if __name__ == "__main__":
    main()
