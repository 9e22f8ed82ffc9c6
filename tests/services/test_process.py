"""The process ``rolecall.services`` over a real socket: as it runs beside Airflow, killed in the middle and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from local.base.paths import IMPORTS
from rolecall.clients.ai_client import AiClient
from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import MaybeReceived, RequestRejected
from rolecall.store import Connection
from tests.any_day import shifted
from tests.conftest import free_port, running
from tests.services.conftest import TAKEN, Receiver, add_job

ROOT = Path(__file__).parents[2]


@contextmanager
def services(dsn: str, receiver: Receiver, log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The process, once it is healthy, and its address."""
    port = free_port()
    environment = shifted(
        {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": IMPORTS,
            "ROLECALL_DSN": dsn,
            "API_TOKEN": "api-secret",
            "AI_SERVICE_TOKEN": "ai-secret",
            "SANDBOX_URL": receiver.url,
        }
    )
    command = ["env", "-i", *[f"{name}={value}" for name, value in environment.items()]]
    command += [sys.executable, "-m", "rolecall.services", "--host", "127.0.0.1", "--port", str(port)]
    with running(command, log, signal.SIGTERM) as process:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                if httpx.get(f"{url}/health", timeout=3).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the services did not start:\n{log.read_text()}")
            time.sleep(0.05)
        yield url, process


def test_a_service_killed_while_it_forwards_never_forwards_again(
    dsn: str, db: Connection, mira: str, receiver: Receiver, tmp_path: Path
) -> None:
    add_job(db, "j1", apply_url=f"{receiver.url}/1")
    receiver.answer = replace(TAKEN, delay=5)
    order = {"job_id": "j1", "cv_id": "cv-mira", "cover_letter": "", "platform": "linkedin", "idempotency_key": "k1"}
    with services(dsn, receiver, tmp_path / "first.log") as (url, process):
        killer = threading.Thread(target=_kill_when_forwarding, args=(receiver, process))
        killer.start()
        with AiClient(f"{url}/ai", "ai-secret") as client, pytest.raises(MaybeReceived):
            client.auto_apply(**order)
        killer.join()
    receiver.answer = TAKEN
    with services(dsn, receiver, tmp_path / "second.log") as (url, process):
        with AiClient(f"{url}/ai", "ai-secret") as client:
            with pytest.raises(RequestRejected, match="409"):
                client.auto_apply(**order)
            db.execute("update submission set lease_until = now() - interval '1 second'")
            db.commit()
            assert client.auto_apply_status("k1")["applicationStatus"] == "uncertain"
            assert client.auto_apply(**order)["applicationStatus"] == "uncertain"
        with PlatformClient(url, "api-secret") as platform:
            assert platform.get_cv("cv-mira")["userId"] == "mira"
            assert platform.bulk_create_jobs([_posting(number) for number in range(500)], idempotency_key="b") == 500
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in (0, -signal.SIGTERM)
    assert len(receiver.received) == 1
    said = (tmp_path / "second.log").read_text()
    assert "ai-service POST /ai/api/auto-apply 200" in said
    assert "secret" not in said


def _kill_when_forwarding(receiver: Receiver, process: subprocess.Popen[bytes]) -> None:
    while not receiver.received:
        time.sleep(0.01)
    process.kill()


def _posting(number: int) -> dict[str, str]:
    return {"title": f"Nurse {number}", "url": f"https://board.example/{number}", "source": "linkedin", "externalId": str(number)}


def test_without_a_token_the_process_says_what_is_missing(dsn: str) -> None:
    command = ["env", "-i", f"PYTHONPATH={IMPORTS}", f"ROLECALL_DSN={dsn}", "API_TOKEN=x", sys.executable, "-m", "rolecall.services"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)
    assert ended.returncode == 2
    assert "AI_SERVICE_TOKEN" in ended.stderr
