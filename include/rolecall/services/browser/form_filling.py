"""One application in one page: open, recognise, upload, fill, read back, show, ask, one click, and what came of it.

Runs in a process of its own (``browser_worker.py``). It decides nothing: what is answered comes from the other side, and before the one
click the other side is asked. It hides nothing, fakes nothing and solves nothing: a challenge shown to a person ends it.
"""

from __future__ import annotations

import base64
import fnmatch
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright import sync_api
from playwright.sync_api import expect as expect_page

READING = Path(__file__).with_name("page_reading.js").read_text(encoding="utf-8")
STEP = 8_000
"""Milliseconds for one thing on the page."""

Said = dict[str, Any]


class Ended(Exception):
    """It goes no further, and nothing was sent.

    :param outcome: ``refused``: it is not to be tried again by itself; ``changed``: the form is another one; ``never_sent``
    """

    def __init__(self, outcome: str, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


class FormFilling:
    """One application.

    :param site: :attr:`FormSite.said`
    :param told: called with the name of each step
    """

    def __init__(self, page: sync_api.Page, site: Said, url: str, told: Callable[[str], None]) -> None:
        self.page = page
        self.at = page.main_frame
        self.site = site
        self.url = url
        self.told = told
        self.posted: list[tuple[int, str]] = []
        self.under_way = 0

    # ── open ────────────────────────────────────────────────────────────────────────────────────────────

    def open(self) -> str:
        """The form's page as it stands, shadow roots opened.

        :raises Ended: it is not there: closed, applied for before, a limit, a challenge, a log-in
        """
        self.told("open")
        try:
            answer = self.page.goto(self.url, wait_until="domcontentloaded", timeout=15_000)
        except sync_api.Error as error:
            raise Ended("never_sent", f"its page does not open ({short(error)})") from error
        status = answer.status if answer is not None else 0
        if status in (404, 410):
            raise Ended("refused", "the job is closed: its form is gone")
        if status in (401, 403, 429, 999):
            raise Ended("never_sent" if status == 429 else "refused", f"the site refuses programs ({status}); apply by hand")
        if status >= 500:
            raise Ended("never_sent", f"the site is out of order ({status})")
        deadline = time.monotonic() + STEP / 1_000
        while not self.found():
            self.stand()
            if time.monotonic() > deadline:
                raise Ended("never_sent", "its page has no form of the system that it is said to be")
            self.page.wait_for_timeout(200)
        self.told("recognise")
        self.stand()
        self.settled()
        return self.read()

    def found(self) -> bool:
        """Whether its form is there, in the page or in a frame of it: from then on everything happens where it is."""
        for frame in self.page.frames:
            with suppress(sync_api.Error):
                if frame.locator(self.site["form"]).count():
                    self.at = frame
                    return True
        return False

    def stand(self) -> None:
        """What speaks against going on, by its name.

        :raises Ended: that
        """
        text = self.text()[:20_000]
        where = f"{text}\n{self.page.url}"
        if self.shown(self.site["challenges"]):
            raise Ended("refused", "the site wants a person to answer a challenge; apply by hand")
        if self.shown(self.site["log_in"]):
            raise Ended("refused", "the site wants a log-in; apply by hand")
        there = self.at.locator(self.site["form"]).count() > 0
        for name, reason in (
            ("limit", "the employer's limit of applications is reached"),
            ("applied", "the site says that you applied for it before"),
            ("closed", "the job is closed"),
        ):
            found = re.search(self.site[name], where, re.I)
            if found and (not there or name == "applied"):
                raise Ended("refused", f"{reason} ({found[0][:80]!r})")

    def text(self) -> str:
        """What the page says, and the frame of the form, in one line."""
        frames = {self.page.main_frame, self.at}
        return " ".join(" ".join(frame.locator("body").inner_text(timeout=STEP) for frame in frames).split())

    def shown(self, selectors: list[str]) -> bool:
        """Whether one of these is drawn, with a size, and visible."""
        return any(
            one.is_visible() and (box := one.bounding_box()) is not None and box["width"] * box["height"] > 400
            for frame in {self.page.main_frame, self.at}
            for selector in selectors
            for one in frame.locator(selector).all()[:5]
        )

    def settled(self) -> None:
        """Until its scripts have drawn what they draw after loading."""
        before = -1
        for _ in range(20):
            now = int(self.at.evaluate("document.querySelectorAll('*').length"))
            if now == before:
                return
            before = now
            self.page.wait_for_timeout(120)

    def read(self) -> str:
        """The page with its open shadow roots as templates."""
        return str(self.at.evaluate(READING, ["page"]))

    # ── fill ────────────────────────────────────────────────────────────────────────────────────────────

    def fill(self, answers: list[Said], files: Said | None) -> None:
        """Files first, since a site may read the CV and write over what stands in the form; then everything, read back, twice if need be.

        :param files: ``None``: none is given away, the form is only shown
        :raises Ended: the form does not take or keep an answer
        """
        self.told("upload")
        if files is None:
            answers = [one for one in answers if one["kind"] != "file"]
        for one in answers:
            if one["kind"] == "file" and files is not None:
                self.upload(one, files)
        self.told("fill")
        for attempt in range(3):
            wrong = [one for one in answers if not self.holds(one)] if attempt else [one for one in answers if one["kind"] != "file"]
            for one in wrong:
                self.write(one)
            self.page.wait_for_timeout(150)
            self.told("read back")
            wrong = [one for one in answers if not self.holds(one)]
            if not wrong:
                return
        raise Ended("refused", f"the form does not keep what is answered to {wrong[0]['label'][:80]!r}; apply by hand")

    def upload(self, one: Said, files: Said) -> None:
        """Puts a file into its field, or raises :class:`Ended` where the file is not there or is not taken."""
        given = files.get(one["value"])
        if given is None:
            raise Ended("never_sent", f"there is no file for {one['label'][:80]!r}")
        body = {"name": given["name"], "mimeType": "application/pdf", "buffer": base64.b64decode(given["body"])}
        target = self.controls(one).and_(self.at.locator("input[type=file]")).first
        try:
            target.set_input_files(body, timeout=STEP)  # type: ignore[arg-type]
            self.quiet()
            if self.site["uploaded"] and one["value"] == "cv":
                self.at.locator(self.site["uploaded"]).first.wait_for(state="visible", timeout=2 * STEP)
            one["file"] = given["name"]
            deadline = time.monotonic() + 2 * STEP / 1000
            while not self.holds(one):
                if time.monotonic() > deadline:
                    raise Ended("never_sent", f"the site did not take the file for {one['label'][:80]!r}")
                self.page.wait_for_timeout(150)
        except sync_api.Error as error:
            raise Ended("never_sent", f"the site did not take the file for {one['label'][:80]!r} ({short(error)})") from error
        self.settled()

    def quiet(self) -> None:
        """Until no request is under way, or five seconds."""
        deadline = time.monotonic() + 5
        calm = 0
        while calm < 3 and time.monotonic() < deadline:
            calm = calm + 1 if self.under_way == 0 else 0
            self.page.wait_for_timeout(60)

    def controls(self, one: Said) -> sync_api.Locator:
        """All controls of a question: by the name it is sent under, else by its container.

        A page may have drawn itself anew since: nothing found before is held on to.
        """
        name = quoted(one["id"])
        ways = [f'[id="{name}"]', f'[name="{name}"]', f'[name="{name}[]"]', f'[data-ui="{name}"]']
        ways += [f'[data-field-path="{name}"] :is(input, textarea, select, button)', f'[data-test="{name}"] :is(input, textarea, select)']
        ways += [f'[aria-labelledby="{name}-label"]', f'[role=group][aria-labelledby="upload-label-{name}"] input']
        found = self.at.locator(", ".join(ways)).and_(
            self.at.locator("input:not([type=hidden]), textarea, select, button, [role=radiogroup] input, fieldset input")
        )
        if found.count() == 0:
            found = self.at.locator(f'[data-ui="{name}"] input, [id="{name}"] input')
        if found.count() == 0:
            found = self.at.get_by_label(one["label"], exact=False)
        if found.count() == 0:
            raise Ended("changed", f"the form has no {one['label'][:80]!r} any more")
        return found

    def write(self, one: Said) -> None:
        """Answers one field; :class:`Ended` (never sent) names the field that could not be filled in."""
        try:
            self._write(one)
        except sync_api.Error as error:
            raise Ended("never_sent", f"{one['label'][:80]!r} could not be filled in ({short(error)})") from error

    def _write(self, one: Said) -> None:
        if one["kind"] == "file":
            return
        found = self.controls(one)
        kind = self.kind_of(found)
        values = one["value"] if isinstance(one["value"], list) else [one["value"]]
        if kind == "combobox":
            for value in values:
                self.choose(found, one, value)
        elif kind == "select":
            found.first.select_option(label=values, timeout=STEP)
        elif kind in ("radio", "checkbox"):
            self.tick(found, one, values, exclusive=kind == "radio")
        elif kind == "buttons":
            said = found.and_(self.at.locator("button"))
            for value in values:
                said.filter(has_text=re.compile(rf"^\s*{re.escape(value)}\s*$", re.I)).first.click(timeout=STEP)
        else:
            target = found.and_(self.at.locator("input, textarea")).first
            target.fill(values[0], timeout=STEP)
            target.evaluate("one => one.dispatchEvent(new Event('blur', {bubbles: true}))")

    def kind_of(self, found: sync_api.Locator) -> str:
        """What kind of control a field is: ``radio``, ``select``, ``combobox``, ``text`` …."""
        return str(found.evaluate_all(READING, ["kind"]))

    def tick(self, found: sync_api.Locator, one: Said, values: list[str], *, exclusive: bool) -> None:
        """Ticks the wanted boxes or buttons of a group, and no other where ``exclusive``."""
        boxes = found.and_(self.at.locator("input[type=radio], input[type=checkbox]"))
        if one["kind"] == "consent" or boxes.count() == 1:
            want = one["value"] is not False and folded(str(values[0])) not in ("no", "off", "false")
            self.set_box(boxes.first, want)
            return
        said = [str(text) for text in boxes.evaluate_all(READING, ["labels"])]
        wanted = {folded(value) for value in values}
        if not wanted <= {folded(text) for text in said}:
            raise Ended("changed", f"{one['label'][:80]!r} does not offer {values[0][:80]!r}")
        for number, text in enumerate(said):
            if folded(text) in wanted:
                self.set_box(boxes.nth(number), True)
            elif not exclusive:
                self.set_box(boxes.nth(number), False)

    @staticmethod
    def set_box(box: sync_api.Locator, want: bool) -> None:
        """Also where the box itself is drawn away and its label stands for it."""
        if box.is_checked(timeout=STEP) != want:
            box.evaluate("one => one.click()")

    def choose(self, found: sync_api.Locator, one: Said, value: str) -> None:
        """An option of a list that opens, exactly as it is worded: typed, since some look options up while one types."""
        box = found.and_(self.at.locator("[role=combobox], input[aria-autocomplete], input[aria-haspopup]")).first
        box.click(timeout=STEP, force=True)
        option = self.at.locator("[role=option]:visible").filter(has_text=re.compile(rf"^\s*{re.escape(value)}\s*$", re.I))
        try:
            option.first.wait_for(state="visible", timeout=700)
        except sync_api.Error:
            box.fill("")
            box.press_sequentially(value[:40], delay=5)
            try:
                option.first.wait_for(state="visible", timeout=4_000)
            except sync_api.Error:
                raise Ended("changed", f"{one['label'][:80]!r} does not offer {value[:80]!r}") from None
        if option.count() > 1:
            raise Ended("refused", f"{one['label'][:80]!r} offers {value[:80]!r} more than once; apply by hand")
        option.first.click(timeout=STEP)

    def holds(self, one: Said) -> bool:
        """Whether the page holds the answer, and no other."""
        try:
            found = self.at.locator("body") if one["kind"] == "file" else self.controls(one)
            value = one.get("file") or one["value"]
            return bool(found.evaluate_all(READING, ["holds", one["kind"], value, one["id"]]))
        except sync_api.Error:
            return False

    def trapped(self, traps: list[str], off: list[Said]) -> None:
        """Nothing stands in a field that people do not see, and no tick that nobody needs is on."""
        for name in map(quoted, traps):
            found = self.at.locator(f'[id="{name}"], [name="{name}"]')
            if found.count() and found.first.input_value(timeout=STEP):
                raise Ended("refused", "a field that must stay empty is filled in; apply by hand")
        for one in off:
            try:
                self.set_box(self.controls(one).and_(self.at.locator("input[type=checkbox]")).first, False)
            except (Ended, sync_api.Error):
                continue

    def picture(self, sensitive: list[Said], *, limit: int = 2 * STEP) -> bytes:
        """The filled form, what is sensitive covered.

        :param limit: milliseconds
        """
        self.told("picture")
        covered = []
        for one in sensitive:
            try:
                covered += [self.controls(one), self.at.locator(f'[data-field-path="{one["id"]}"]')]
                covered.append(self.controls(one).first.locator("xpath=ancestor::*[self::fieldset or contains(@class,'field')][1]"))
            except Ended:
                continue
        return self.page.screenshot(full_page=True, type="jpeg", quality=60, mask=covered, timeout=limit, animations="disabled")

    # ── send ────────────────────────────────────────────────────────────────────────────────────────────

    def ready(self) -> sync_api.Locator:
        """The one button, on the page and able to be clicked; up to now nothing was sent.

        :raises Ended: the form does not let it be sent
        """
        self.told("ready")
        button = self.at.locator(self.site["submit"]).locator("visible=true")
        if button.count() != 1:
            raise Ended("refused", f"it has {button.count()} buttons to send it; apply by hand")
        try:
            expect_page(button).to_be_enabled(timeout=STEP)
        except AssertionError:
            raise Ended("refused", "the form does not let itself be sent as it is filled in; apply by hand") from None
        self.stand()
        return button

    def send(self, button: sync_api.Locator, *, seconds: float, code: Callable[[], str], again: Callable[[], bool]) -> Said:
        """One click, and what came of it; one more where it took nothing yet and wants a code that it sent by mail, if there is one.

        :param code: the code; ``""``: the person reads it themselves
        :param again: whether it still may leave
        """
        self.told("click")
        self.clicked = True
        try:
            button.click(timeout=STEP, no_wait_after=True)
        except sync_api.Error as error:
            return {"outcome": "uncertain", "reason": f"the click was not answered ({short(error)}); it may have been received"}
        self.told("receipt")
        deadline = time.monotonic() + seconds
        while time.monotonic() < min(deadline, self.lost + 2):
            try:
                if self.wants_code() and self.typed(code()) and again():
                    self.posted.clear()
                    self.carried = False
                    button.click(timeout=STEP, no_wait_after=True)
                    deadline = time.monotonic() + seconds
                if ended := self.came():
                    return ended
                self.page.wait_for_timeout(100)
            except sync_api.Error as error:
                if self.page.is_closed():
                    return {"outcome": "uncertain", "reason": f"the page went away ({short(error)}); it may have been received"}
        with suppress(sync_api.Error):
            if not self.posted and self.done():
                return {"outcome": "uncertain", "reason": "its page says that it was received, but nothing was seen to leave; look there"}
        if not self.posted and not self.started:
            return {"outcome": "refused", "reason": f"the form did not let itself be sent: nothing left; {self.complaint()}"}
        told = f" ({self.posted[-1][0]})" if self.posted else ""
        return {"outcome": "uncertain", "reason": f"the site did not say clearly that it was received{told}"}

    clicked = False
    carried = False
    coded = False
    started = False
    lost = float("inf")
    """When its own request broke off, or was answered that the site is out of order."""

    def is_own(self, request: sync_api.Request) -> bool:
        """Whether it carries the application."""
        parts = urlsplit(request.url)
        place = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return request.method == "POST" and bool(re.search(self.site["posts"], place))

    def carry(self, route: sync_api.Route) -> None:
        """The one request that carries the application, taken there once: Chromium itself sends a POST again over a new connection when a
        kept one breaks off without an answer, and scripts of pages do the same. A second one does not leave.
        """
        if not self.clicked or self.carried:
            route.abort("blockedbyclient")
            return
        self.carried = True
        try:
            answer = route.fetch(max_redirects=0, max_retries=0, timeout=30_000)
            body = "" if 300 <= answer.status < 400 else answer.text()[:20_000]
            self.posted.append((answer.status, body))
            if answer.status >= 500:
                self.lost = time.monotonic()
            route.fulfill(response=answer)
        except sync_api.Error:
            self.lost = time.monotonic()
            with suppress(sync_api.Error):
                route.abort("connectionreset")

    def wants_code(self) -> bool:
        """Whether it asks for one, the first time."""
        if self.coded or not self.site["code"] or not self.posted or self.posted[-1][0] != 428:
            return False
        with suppress(sync_api.Error):
            self.at.locator(self.site["code"]).first.wait_for(state="visible", timeout=1_000)
        self.coded = True
        return self.at.locator(self.site["code"]).locator("visible=true").count() > 0

    def typed(self, code: str) -> bool:
        """The code, a sign a box."""
        boxes = self.at.locator(self.site["code"]).locator("visible=true")
        if not code or boxes.count() != len(code):
            return False
        for number, sign in enumerate(code):
            boxes.nth(number).fill(sign, timeout=STEP)
        return True

    def came(self) -> Said | None:
        """The receipt: the status of the own POST with what the page says, or ``None`` while neither has come."""
        status, body = self.posted[-1] if self.posted else (0, "")
        accepted = 200 <= status < 400 and (not self.site["accepted"] or self.site["accepted"] in body)
        if accepted and self.done():
            text = self.text()[:300]
            return {"outcome": "submitted", "receipt": f"{self.site['name']} {status}: {text}"[:300], "url": self.page.url}
        if self.shown(self.site["challenges"]) and not accepted:
            if status and status not in (403, 409, 428):
                return {"outcome": "uncertain", "reason": "the site wants a person to answer a challenge, after it was sent"}
            return {"outcome": "refused", "reason": "the site wants a person to answer a challenge; nothing was taken; apply by hand"}
        if status == 428:
            return {"outcome": "refused", "reason": "the site wants the code that it sent you by mail; finish it by hand"}
        if 400 <= status < 500 and status not in (408, 425):
            if status == 409 and re.search(self.site["applied"], f"{body} {self.text()}", re.I):
                return {"outcome": "refused", "reason": "the site says that you applied for it before"}
            return {"outcome": "refused", "reason": f"the site declined it ({status}); {self.complaint()}"}
        if 200 <= status < 300 and self.site["accepted"] and not accepted and "rror" in body:
            return {"outcome": "refused", "reason": f"the site did not take it; {self.complaint()}"}
        return None

    def done(self) -> bool:
        """Whether the page shows that it was taken, and its form is not asked for again."""
        there = self.at.locator(self.site["done"]).locator("visible=true").count() > 0
        at = bool(self.site["done_path"]) and bool(re.search(self.site["done_path"], urlsplit(self.at.url).path))
        return there or (at and self.at.locator(self.site["form"]).count() == 0)

    def complaint(self) -> str:
        """What the page says is wrong, shortened; nothing of what was filled in."""
        try:
            said = self.at.locator("[role=alert], .error, .error-message, [class*=error]").locator("visible=true").all_inner_texts()
        except sync_api.Error:
            said = []
        return next((" ".join(one.split())[:120] for one in said if one.strip()), "it does not say why")


def quoted(name: str) -> str:
    """A page's own name, as it stands within the quotes of a selector."""
    return re.sub(r'["\\\n\r\f]', lambda found: f"\\{ord(found[0]):x} ", name)


def folded(text: str) -> str:
    """A text for comparing: one line, no asterisk of a required field, no capitals."""
    return " ".join(text.split()).strip(" *✱").casefold()


def short(error: Exception) -> str:
    """The kind of an error of the browser's, without anything that was filled in."""
    first = str(error).partition("\n")[0].partition("Call log")[0]
    found = re.search(r"net::\w+|Timeout|Target \w+|closed", first)
    return found[0] if found else type(error).__name__


def allowed(url: str, hosts: list[str]) -> bool:
    """Whether the page may ask for an address: on a host that is named; without TLS only one named with its port, a sandbox's."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        place = f"{host}:{parts.port}" if parts.port else host
    except ValueError:
        return False
    if parts.scheme in ("data", "blob", "about"):
        return True
    if parts.scheme == "http":
        return ":" in place and place in hosts
    return parts.scheme in ("https", "wss") and any(fnmatch.fnmatchcase(one, pattern) for pattern in hosts for one in (host, place))
