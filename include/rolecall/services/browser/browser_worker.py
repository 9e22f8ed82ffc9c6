"""The process that drives the browser (:class:`BrowserProcess` starts it), one application after the other.

Lines of JSON, one each. In: an order, then answers to its questions. Out: ``{"step": …}`` as it goes, ``{"ask": "form", "page": …}``,
``{"ask": "leave", …}`` and ``{"ask": "code"}``, which wait for an answer, and at the end ``{"done": …}``. It ends with its input, whatever
the browser is at: nobody is left who could say yes.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import threading
import time
from contextlib import suppress
from queue import Queue
from typing import Any

import psutil
from playwright import sync_api

from rolecall.services.browser.form_filling import Ended, FormFilling, allowed, short

FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-dev-shm-usage", "--dns-prefetch-disable", "--disable-breakpad",
    "--force-webrtc-ip-handling-policy", "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=512", "--renderer-process-limit=4",
)  # fmt: skip


heard: Queue[str] = Queue()


def listen() -> None:
    """Until the input ends: then the browser ends, also where a page holds it; what is in the page stays unsent."""
    for line in sys.stdin:
        heard.put(line)
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            one.kill()
    os._exit(0)


def answered() -> dict[str, Any]:
    """The next line of the process that asked for this browser."""
    found: dict[str, Any] = json.loads(heard.get())
    return found


def say(**said: Any) -> None:
    """One line of JSON for it."""
    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def ask(what: str, **more: Any) -> dict[str, Any]:
    """Asks it something and waits for the answer."""
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

        def guard_socket(socket: sync_api.WebSocketRoute) -> None:
            if order["sends"] and allowed(socket.url, order["hosts"]):
                socket.connect_to_server()
            else:
                blocked.add(socket.url.partition("?")[0][:120])
                socket.close()

        context.route("**/*", guard)
        context.route_web_socket("**/*", guard_socket)
        page.on("request", lambda request: counted(filling, request.method, 1))
        page.on("requestfinished", lambda request: counted(filling, request.method, -1))
        page.on("requestfailed", lambda request: counted(filling, request.method, -1))
        page.on("dialog", lambda dialog: dialog.dismiss())
        context.on("page", lambda other: None if other is page else other.close())
        return {**applied(filling, order), "blocked": sorted(blocked)[:10]}
    except Ended as ended:
        return {"outcome": ended.outcome, "reason": ended.reason, "blocked": sorted(blocked)[:10]}
    finally:
        with suppress(sync_api.Error):
            context.close()


def counted(filling: FormFilling, method: str, by: int) -> None:
    """Counts the requests under way; a POST means that sending has begun."""
    filling.under_way += by
    if by > 0 and method == "POST":
        filling.started = True


def applied(filling: FormFilling, order: dict[str, Any]) -> dict[str, Any]:
    """Fills in, asks, clicks, and says what came of it."""
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

    def code() -> str:
        return str(ask("code")["code"])

    def again() -> bool:
        return bool(ask("leave", picture=picture).get("go"))

    done = filling.send(button, seconds=order["receipt_limit"], code=code, again=again)
    with suppress(sync_api.Error):
        done["after"] = base64.b64encode(filling.picture(wanted["sensitive"], limit=1_500)).decode()
    return done


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
    threading.Thread(target=listen, daemon=True, name="orders").start()
    with sync_api.sync_playwright() as driver:
        sandboxed = os.geteuid() != 0 and os.environ.get("BROWSER_SANDBOX") != "off"  # its own needs rights that containers lack
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
