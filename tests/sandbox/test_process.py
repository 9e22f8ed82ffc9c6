"""The process: saved pages, readiness, SIGTERM, a port that is taken."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from sandbox.app import Sandbox
from sandbox.pages import Pages
from tests.conftest import free_port
from tests.sandbox.conftest import served

ROOT = Path(__file__).parents[2]


@contextmanager
def process(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The sandbox's process for the length of the block."""
    command = [sys.executable, "-m", "sandbox", *arguments]
    running = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield running
    finally:
        if running.poll() is None:
            running.kill()
        running.communicate()


def ready(port: int, running: subprocess.Popen[str]) -> None:
    """Waits until it serves."""
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/_sandbox/health", timeout=2).raise_for_status()
            return
        except httpx.TransportError:
            assert running.poll() is None, "it ended"
            assert time.monotonic() < deadline, "it did not start in time"
            time.sleep(0.05)


def test_it_serves_http_and_smtp_and_stops_on_sigterm_with_its_receipts_kept(tmp_path: Path) -> None:
    port, smtp_port = free_port(), free_port()
    arguments = ("--port", str(port), "--smtp-port", str(smtp_port), "--state", str(tmp_path / "state"))
    url = f"http://127.0.0.1:{port}"
    with process(*arguments) as running:
        ready(port, running)
        httpx.post(f"{url}/ats/applications/j", json={"jobId": "j", "cvId": "c"}, headers={"Idempotency-Key": "k"}).raise_for_status()
        httpx.put(f"{url}/_sandbox/faults", json={"target": "ats", "kind": "lost_answer"}).raise_for_status()
        try:
            httpx.post(f"{url}/ats/applications/j", json={"jobId": "j", "cvId": "c"}, headers={"Idempotency-Key": "k"})
        except httpx.TransportError as error:
            lost = error
        assert isinstance(lost, (httpx.RemoteProtocolError, httpx.ReadError))
        with smtplib.SMTP("127.0.0.1", smtp_port, timeout=30) as server:
            server.sendmail("a@rolecall.example", ["b@rolecall.example"], b"Subject: x\r\n\r\ny")
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0
    with process(*arguments) as running:
        ready(port, running)
        receipts = httpx.get(f"{url}/_sandbox/receipts").json()
        assert (receipts["total"], receipts["duplicates"]) == (2, 1)
        assert httpx.get(f"{url}/_sandbox/messages").json()["counts"]["email"] == 1
        running.kill()


def test_a_taken_port_ends_it_with_a_reason() -> None:
    with served(Sandbox()) as taken:
        port = taken.url.rsplit(":", 1)[1]
        for arguments in (("--port", port, "--smtp-port", "0"), ("--port", str(free_port()), "--smtp-port", port)):
            with process(*arguments) as running:
                assert running.wait(60) != 0
                assert "address already in use" in (running.stdout.read() if running.stdout else "").lower()


def test_a_folder_that_is_not_there_is_named() -> None:
    with process("--pages", "/nowhere/at/all") as running:
        assert running.wait(60) == 2
        assert "--pages: /nowhere/at/all is not a folder" in (running.stdout.read() if running.stdout else "")


def test_saved_pages_are_served_verbatim_once(tmp_path: Path) -> None:
    saved = "<html>d_jobs_guest_search ümläut\r\n</html>".encode()
    for board in ("linkedin", "indeed", "glassdoor", "elsewhere"):
        (tmp_path / board).mkdir()
        (tmp_path / board / "my page.html").write_bytes(saved)
        (tmp_path / board / "notes.txt").write_text("no page")
    with served(Sandbox(pages=Pages(tmp_path))) as running:
        assert running.client.get("/_sandbox/pages").json() == {board: ["my page"] for board in ("linkedin", "indeed", "glassdoor")}
        for first, later in (
            (
                "/linkedin/jobs/search?keywords=my+page&location=&start=0",
                "/linkedin/jobs-guest/jobs/api/seeMoreJobPostings/search?keywords=my+page&start=0",
            ),
            ("/linkedin/jobs/search?keywords=my+page", "/linkedin/jobs-guest/jobs/api/seeMoreJobPostings/search?keywords=my+page&start=25"),
            ("/indeed/jobs?q=my+page", "/indeed/jobs?q=my+page&start=10"),
            ("/glassdoor/Job/jobs.htm?sc.keyword=my+page", "/glassdoor/Job/jobs.htm?sc.keyword=my+page&p=2"),
        ):
            assert running.client.get(first).content == saved
            answer = running.client.get(later)
            assert answer.status_code == 200
            assert "data-entity-urn" not in answer.text
            assert saved not in answer.content
        assert running.client.get("/linkedin/jobs-guest/jobs/api/seeMoreJobPostings/search?keywords=my+page&start=0").content == b""
        assert running.client.get("/linkedin/jobs/search?keywords=../linkedin/my+page").content != saved
        assert "urn:li:jobPosting" in running.client.get("/linkedin/jobs/search?keywords=nurse").text


def test_captured_pages_come_through_unchanged(shared: Path) -> None:
    with served(Sandbox(pages=Pages(shared / "captures"))) as running:
        answer = running.client.get("/linkedin/jobs/search", params={"keywords": "search_2025"})
        assert answer.content == (shared / "captures/linkedin/search_2025.html").read_bytes()
