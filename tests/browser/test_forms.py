"""Employers' forms, re-made: filled in and sent by a real Chromium, once, and every ending by its name."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from _pytest.mark.structures import ParameterSet

from rolecall.applying.forms import Field, Form
from rolecall.errors import MaybeReceived, NeverSent, NotAsPrepared, RequestRejected, ServiceError
from rolecall.services.browser import browser_process
from rolecall.services.browser.browser_process import NAMES, end_abandoned
from rolecall.services.submitters.browser_way import BrowserSubmitter
from sandbox.app import Sandbox
from sandbox.forms.asked import STANDARD
from sandbox.forms.form_routes import CODE, THINGS
from tests.browser.form_sends import address, answer, application, chromium_of
from tests.sandbox.conftest import served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not any(map(shutil.which, NAMES)), reason="no Chromium (apt install chromium)")]


class World:
    """The sandbox, and the submitter that fills its forms."""

    def __init__(self, sandbox: Sandbox, url: str) -> None:
        self.sandbox = sandbox
        self.submitter = BrowserSubmitter(sandbox=url)

    def receipts(self, system: str, job: str) -> list[dict[str, object]]:
        found = self.sandbox.records.receipts(bodies=True)["receipts"]
        return [one for one in found if one["job_id"] == f"{system}/harbor-example/{job}"]


def cases(names: Iterable[str], *, short: set[str]) -> list[ParameterSet]:
    """All of them; what is not in ``short`` is part of the long form."""
    return [pytest.param(name, marks=[] if name in short else [pytest.mark.long]) for name in names]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    sandbox = Sandbox()
    with pytest.MonkeyPatch.context() as patched, served(sandbox) as running:
        for limit, times in (("FILL_LIMIT", 4), ("SHOW_LIMIT", 4), ("RECEIPT_LIMIT", 2)):  # a loaded machine is slower than any employer
            patched.setattr(browser_process, limit, times * getattr(browser_process, limit))
        made = World(sandbox, running.url)
        yield made
        made.submitter.close()


@pytest.mark.parametrize("system", cases(STANDARD, short={"ashby"}))
def test_a_form_is_filled_in_as_answered_and_sent_once(world: World, system: str) -> None:
    sent = application(system)
    assert world.submitter.submit(sent).startswith(system)
    (receipt,) = world.receipts(system, "1001")
    said = " ".join(map(str, receipt["body"].values()))  # type: ignore[attr-defined]
    for one in STANDARD[system]:
        wanted = answer(Field(one.id, one.label, one.kind, one.required, one.options))  # type: ignore[arg-type]
        if one.kind == "file":
            wanted = "ada.pdf"
        if one.kind != "consent":
            assert all(each in said for each in ((wanted,) if isinstance(wanted, str) else wanted)), one.label
    assert "CV READER" not in said
    assert "future jobs" not in said


ENDINGS: dict[str, tuple[type[ServiceError], str, int]] = {
    "closed": (RequestRejected, "closed", 0),
    "gone": (RequestRejected, "closed", 0),
    "applied": (RequestRejected, "applied for it before", 0),
    "limit": (RequestRejected, "limit", 0),
    "login": (RequestRejected, "log-in", 0),
    "blocked": (RequestRejected, "refuses programs", 0),
    "challenge-first": (RequestRejected, "challenge", 0),
    "challenge": (RequestRejected, "challenge", 0),
    "code": (RequestRejected, "code", 0),
    "closes": (RequestRejected, "410", 0),
    "twice": (RequestRejected, "applied for it before", 0),
    "broken": (MaybeReceived, "500", 0),
    "lost": (MaybeReceived, "clearly", 1),
    "late": (MaybeReceived, "clearly", 1),
    "anyget": (MaybeReceived, "nothing was seen to leave", 0),
}


@pytest.mark.parametrize("ending", cases(ENDINGS, short={"challenge", "lost"}))
def test_every_ending_has_its_name(world: World, ending: str) -> None:
    error, word, receipts = ENDINGS[ending]
    system = list(STANDARD)[sum(map(ord, ending)) % len(STANDARD)]
    with pytest.raises(error, match=word):
        world.submitter.submit(application(system, f"1--{ending}"))
    assert len(world.receipts(system, f"1--{ending}")) == receipts


@pytest.mark.long
def test_an_answer_of_200_with_errors_is_no_receipt(world: World) -> None:
    with pytest.raises(RequestRejected, match="did not take it"):
        world.submitter.submit(application("ashby", "1--errors"))
    with pytest.raises(MaybeReceived):
        world.submitter.submit(application("workable", "1--errors"))


@pytest.mark.parametrize("odd", cases(["invisible", "slow", "overwrites", "redraws", "double", "intl", "framed"], short={"overwrites"}))
def test_odd_pages_are_filled_in_all_the_same(world: World, odd: str) -> None:
    world.submitter.submit(application("greenhouse", f"2--{odd}"))
    (receipt,) = world.receipts("greenhouse", f"2--{odd}")
    body: dict[str, str] = receipt["body"]  # type: ignore[assignment]
    assert "CV READER" not in str(body)
    assert re.sub(r"\D", "", body["phone"]).endswith("2079460000")


@pytest.mark.long
@pytest.mark.parametrize("system", ["breezy", "teamtailor"])
def test_what_people_do_not_see_stays_empty_and_what_nobody_needs_stays_off(world: World, system: str) -> None:
    world.submitter.submit(application(system, "14"))
    (receipt,) = world.receipts(system, "14")
    body: dict[str, str] = receipt["body"]  # type: ignore[assignment]
    assert not body.get("hp_7f2b")
    assert not body.get("smsConsent")
    assert body.get("candidate[consent_given_future_jobs]") in (None, "0")


@pytest.mark.long
@pytest.mark.parametrize("system", ["teamtailor", "workable"])
def test_a_page_that_sends_twice_by_itself_is_received_once(world: World, system: str) -> None:
    with suppress(MaybeReceived):
        world.submitter.submit(application(system, "15--double"))
    assert len(world.receipts(system, "15--double")) == 1


@pytest.mark.long
def test_a_code_by_mail_is_typed_in_only_where_there_is_one_and_sent_once(world: World) -> None:
    asked: list[tuple[str, ...]] = []

    def code(senders: tuple[str, ...]) -> str:
        asked.append(senders)
        return CODE

    sent = application("greenhouse", "16--code")
    assert world.submitter.submit(replace(sent, code=code)).startswith("greenhouse")
    assert asked == [("greenhouse-mail.io",)]
    (receipt,) = world.receipts("greenhouse", "16--code")
    assert receipt["body"]["security_code"] == CODE  # type: ignore[index]
    for wrong in ("", "00000000", "123"):
        with pytest.raises(RequestRejected, match="code"):
            world.submitter.submit(replace(application("greenhouse", "17--code"), code=lambda _, said=wrong: said))
    given = iter([True, False])
    with pytest.raises(RequestRejected, match="code"):
        world.submitter.submit(replace(application("greenhouse", "17--code"), code=code, may_leave=lambda: next(given)))
    assert not world.receipts("greenhouse", "17--code")


@pytest.mark.long
def test_a_page_reaches_nobody_but_its_own_host_and_leaves_nothing_on_the_disk(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="rolecall.services")
    world.submitter.submit(application("workable", "18--outside"))
    (told,) = [said for said in caplog.messages if "not its own" in said]
    for what in ("http://127.0.0.1:9/asked", "http://127.0.0.1:9/told", "http://127.0.0.1:9/frame", "ws://127.0.0.1:9/socket"):
        assert what in told, what
    folder = world.submitter.process.folder
    assert folder is not None
    kept = [file for file in folder.rglob("*") if file.is_file()]
    assert kept, "it writes somewhere, and that is looked at"
    for file in kept:
        body = file.read_bytes()
        for word in (b"ada@mail.example", b"Quill", b"ada.pdf", b"%PDF-1.7 bytes", b"2079460000", THINGS):
            assert word not in body, (file, word)
            assert word.decode().encode("utf-16-le") not in body, (file, word)
    world.submitter.close()
    assert not folder.exists()
    assert not at_work_in(folder)


def at_work_in(folder: Path) -> list[str]:
    """Processes of a browser's folder."""
    found = []
    for one in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if Path(one.cwd()) == folder or str(folder) in " ".join(one.cmdline()):
                found.append(one.name())
    return found


@pytest.mark.long
@pytest.mark.parametrize("how", ["hang", "memory", "busy"])
def test_a_browser_that_hangs_or_takes_too_much_is_killed_with_all_its_processes(
    world: World, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, folders = world.submitter.process, []

    def told(step: str) -> None:
        if step == "fill":
            folders.append(process.folder)
            if how == "hang":
                for one in chromium_of(process.pid or 0):
                    one.send_signal(signal.SIGSTOP)

    monkeypatch.setattr(browser_process, "FILL_LIMIT", 12)
    monkeypatch.setattr(process, "told", told)
    if how == "memory":
        monkeypatch.setattr(browser_process, "MOST_MEMORY", 1_000_000)
    with pytest.raises(NeverSent):
        world.submitter.submit(application("breezy", f"19--{how}" if how == "busy" else "19"))
    assert process.pid is None
    if how != "busy":
        (folder,) = folders
        assert not folder.exists()
        assert not at_work_in(folder)
    assert not world.receipts("breezy", "19")


@pytest.mark.long
def test_a_browser_ends_with_its_service_and_what_it_wrote_goes_with_the_next_one(world: World) -> None:
    script = "import sys, time; from rolecall.services.browser.browser_process import BrowserProcess as B\n" \
        "b = B(); b._begin(time.monotonic() + 120); print(b.pid, b.folder, flush=True); time.sleep(300)"  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    service = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment)
    assert service.stdout is not None
    pid, _, folder = service.stdout.readline().strip().partition(" ")
    driver = psutil.Process(int(pid))
    everyone = [driver, *driver.children(recursive=True)]
    service.kill()
    service.wait()
    service.stdout.close()
    _, left = psutil.wait_procs(everyone, timeout=60)
    assert not [one for one in left if one.status() != psutil.STATUS_ZOMBIE]
    end_abandoned()
    assert not Path(folder).exists()


@pytest.mark.long
def test_a_form_that_asks_otherwise_than_prepared_is_not_sent(world: World) -> None:
    sent = application("recruitee", "3")
    assert sent.form is not None
    fewer = replace(sent.form, fields=sent.form.fields[:-1])
    more = replace(sent.form, fields=(*sent.form.fields, Field("x", "Another question?", "text", True)))
    for form in (fewer, more):
        with pytest.raises(NotAsPrepared):
            world.submitter.submit(replace(sent, form=form))
    assert not world.receipts("recruitee", "3")


def test_a_row_that_was_given_up_is_not_clicked(world: World) -> None:
    with pytest.raises(NeverSent):
        world.submitter.submit(replace(application("breezy", "4"), may_leave=lambda: False))
    assert not world.receipts("breezy", "4")


def test_a_form_is_shown_filled_in_and_nothing_leaves(world: World) -> None:
    asked: list[Form] = []

    def answering(form: Form) -> tuple[list[tuple[Field, str | tuple[str, ...]]], str]:
        asked.append(form)
        return [(one, answer(one)) for one in form.questions if one.kind != "consent"], ""

    for system in ("greenhouse", "ashby", "smartrecruiters"):
        shown = world.submitter.show(application(system, "5"), address(system, "5"), answering)
        assert shown.picture[:2] == b"\xff\xd8"
        assert shown.form.questions
        assert not world.receipts(system, "5")
    without = world.submitter.show(application("lever", "5"), address("lever", "5"), lambda form: ([], "needs answer"))
    assert (without.picture, without.why) == (b"", "needs answer")


def test_nothing_but_the_forms_own_host_is_asked_and_a_sandbox_reaches_nobody_outside(world: World) -> None:
    with pytest.raises(NeverSent):
        world.submitter.submit(application("greenhouse", "6", tenant="real-employer"))
    with pytest.raises(NeverSent):
        world.submitter.submit(replace(application("greenhouse", "6"), address="https://www.linkedin.com/jobs/view/1"))


def test_a_killed_browser_is_started_again(world: World) -> None:
    world.submitter.submit(application("breezy", "7"))
    pid = world.submitter.process.pid
    assert pid is not None
    os.kill(pid, 9)
    with suppress(NeverSent):  # where the write into its pipe was still taken
        world.submitter.submit(application("breezy", "8"))
    assert len(world.receipts("breezy", "8")) <= 1
    world.submitter.submit(application("breezy", "9"))
    assert len(world.receipts("breezy", "9")) == 1
