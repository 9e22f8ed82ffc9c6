"""A burst of notifications: how long until all are sent, whether each channel's pace is kept, whether bad recipients hurt anybody.

    make bench ONLY=notify OPTIONS="[--quick] [--many 10000] [--latency 0.05]"

Starts a Postgres of its own and sinks in a process of their own that answer after ``--latency`` seconds: SMTP, and HTTP for Twilio,
push, Slack and the platform API. Writes the burst (half e-mail, 30 % SMS, 20 % push, 10 Slack messages, one in a hundred to an address
that cannot be), then runs what ``send_notifications`` runs: ``batches`` processes of ``deliver_due``, then ``deliver_outbox``.

Fails unless, for 10,000: everything is drained within 5 minutes; every good message arrived exactly once; every bad one failed by name;
no channel was faster than its pace in any 5 seconds; every status was told to the platform.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg

from local.processes.postgres import Postgres
from rolecall.clients.platform_client import PlatformClient
from rolecall.endpoints import Endpoints, endpoints
from rolecall.notifying.send.batches import batches
from rolecall.notifying.send.deliver import BURST, deliver_due, prepare
from rolecall.notifying.send.platform_calls import deliver_outbox
from rolecall.outbox.messages import Draft, enqueue
from rolecall.settings import NOTIFY_RATES
from rolecall.store import connect, migrate
from tests.conftest import free_port, running

LIMIT = 300.0
"""Seconds for the whole burst of 10,000."""

WINDOW = 5.0
"""Seconds over which a channel's pace is checked."""

ROOT = Path(__file__).parents[1]


# ── the sinks: a process of their own ───────────────────────────────────────────────────────────────────────


class Sinks:
    """SMTP and HTTP on loopback, as thin as they can be, so that they cost the sender's cores little."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.seen: dict[str, list[tuple[float, str]]] = defaultdict(list)

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Any number of requests on one connection."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                path = lines[0].split()[1]
                length = next((int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length")), 0)
                body = await reader.readexactly(length)
                if path == "/seen":
                    answer = json.dumps(self.seen).encode()
                else:
                    self.seen[path.split("/")[1]].append((time.monotonic(), _who(path, body)))
                    await asyncio.sleep(self.latency)
                    answer = b'{"sid": "SM1", "id": "x", "status": "queued"}'
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
                await writer.drain()
        writer.close()

    async def smtp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One session with any number of letters."""

        async def say(line: bytes) -> None:
            writer.write(line + b"\r\n")
            await writer.drain()

        await say(b"220 sink")
        to = ""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                word = line[:4].upper()
                if word == b"RCPT":
                    to = line.decode().split("<")[1].split(">")[0]
                if word == b"DATA":
                    await say(b"354 go on")
                    await reader.readuntil(b"\r\n.\r\n")
                    self.seen["email"].append((time.monotonic(), to))
                    await asyncio.sleep(self.latency)
                await say(b"221 bye" if word == b"QUIT" else b"250 OK")
                if word == b"QUIT":
                    break
        writer.close()


def _who(path: str, body: bytes) -> str:
    """What tells messages apart at the sink."""
    if path.startswith("/push"):
        return str(json.loads(body)["userId"])
    if path.startswith("/twilio"):
        return body.decode().split("To=%2B")[1].split("&")[0]
    return path if path.startswith("/api") else str(json.loads(body)["text"])


async def serve(port: int, smtp_port: int, latency: float) -> None:
    """Runs until it is stopped."""
    sinks = Sinks(latency)
    web = await asyncio.start_server(sinks.http, "127.0.0.1", port, backlog=512)
    mail = await asyncio.start_server(sinks.smtp, "127.0.0.1", smtp_port, backlog=512)
    async with web, mail:
        await asyncio.gather(web.serve_forever(), mail.serve_forever())


# ── the burst ───────────────────────────────────────────────────────────────────────────────────────────────


def drafts(many: int) -> Iterator[Draft]:
    """The burst; every hundredth cannot be delivered."""
    html = "<p>" + "We've automatically applied to a job that matches your profile! " * 20 + "</p>"
    for n in range(many):
        channel = "email" if n % 10 < 5 else "sms" if n % 10 < 8 else "push"
        address = {"email": f"u{n}@example.com", "sms": f"+4915{n:09d}", "push": f"u{n}"}[channel]
        if n % 100 == 0:
            address = "nobody"
        yield Draft(
            dedupe_key=f"applied:{n}:{channel}",
            person_id=f"u{n}",
            kind="applied",
            type=channel,  # type: ignore[arg-type]
            recipient=address,
            subject="Auto-Applied to Nurse at Clinic",
            message="We've automatically applied to a job that matches your profile!",
            html=html if channel == "email" else None,
        )
    for n in range(10):
        yield Draft(
            dedupe_key=f"scraped:{n}", kind="scraped_ok", type="slack", recipient="#job-scraping", message=f"Successfully scraped {n}"
        )


def settings(dsn: str, port: int, smtp_port: int) -> dict[str, str]:
    """The environment of the senders."""
    base = f"http://127.0.0.1:{port}"
    return {
        **{"ROLECALL_DSN": dsn, "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(smtp_port), "SMTP_SECURITY": "none"},
        **{
            "TWILIO_BASE_URL": f"{base}/twilio",
            "TWILIO_ACCOUNT_SID": "AC1",
            "TWILIO_AUTH_TOKEN": "t",
            "TWILIO_PHONE_NUMBER": "+15005550006",
        },
        **{"PUSH_NOTIFICATION_URL": f"{base}/push", "SLACK_WEBHOOK_URL": f"{base}/slack", "API_BASE_URL": base, "API_TOKEN": "t"},
    }


def drain(environment: dict[str, str], count: int) -> float:
    """Runs the batches as processes until nothing is due; returns the seconds it took."""
    began = time.monotonic()
    command = [sys.executable, "-m", "bench.notify", "--batch"]
    senders = [subprocess.Popen(command, env={**os.environ, **environment}, cwd=ROOT) for _ in range(count)]  # noqa: S603  # our own module
    codes = [sender.wait() for sender in senders]
    assert codes == [0] * count, f"batches ended with {codes}"
    return time.monotonic() - began


def fastest(times: list[float]) -> float:
    """The most messages a second in any window."""
    best, start = 0, 0
    for end, at in enumerate(times):
        while at - times[start] > WINDOW:
            start += 1
        best = max(best, end - start + 1)
    return best / WINDOW


def measure(many: int, latency: float) -> bool:
    """Runs it and prints the table; whether all bounds hold."""
    with tempfile.TemporaryDirectory(prefix="rolecall-bench-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder) / "data", free_port(), secrets.token_hex(8))
        server.prepare()
        port, smtp_port = free_port(), free_port()
        sinks = [sys.executable, "-m", "bench.notify", "--sinks", str(port), str(smtp_port), "--latency", str(latency)]
        with running(server.command, Path(folder) / "pg", signal.SIGINT), running(sinks, Path(folder) / "sinks", signal.SIGTERM):
            dsn = _ready(server, port)
            return _run(many, latency, settings(dsn, port, smtp_port), f"http://127.0.0.1:{port}")


def _ready(server: Postgres, port: int) -> str:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(server.dsn("postgres"), connect_timeout=2).close()
            httpx.get(f"http://127.0.0.1:{port}/seen", timeout=2)
            break
        except (psycopg.OperationalError, httpx.HTTPError):
            assert time.monotonic() < deadline, "Postgres or the sinks did not start"
            time.sleep(0.1)
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as admin:
        admin.execute("create database rolecall")
    migrate(server.dsn("rolecall"))
    return server.dsn("rolecall")


def _run(many: int, latency: float, environment: dict[str, str], base: str) -> bool:
    dsn = environment["ROLECALL_DSN"]
    with connect(dsn) as conn:
        enqueue(conn, drafts(many))
    count = len(batches(prepare(dsn, Endpoints.model_validate({}))))
    took = drain(environment, count)
    with connect(dsn) as conn:
        states = {(row["type"], row["state"]): row["n"] for row in conn.execute(STATES).fetchall()}
        bad = conn.execute("select count(*) as n from notification where recipient = 'nobody' and error like '%recipient:%'").fetchone()
        alerts = conn.execute("select count(*) as n from notification where kind = 'alert'").fetchone()
    began = time.monotonic()
    with PlatformClient(base, "t") as platform:
        while deliver_outbox(dsn, platform).done:
            pass
    reports = time.monotonic() - began
    seen: dict[str, Any] = httpx.get(f"{base}/seen", timeout=60).json()
    return _report(many, latency, count, took, reports, states, bad["n"] if bad else 0, alerts["n"] if alerts else 0, seen)


STATES = "select type, state, count(*) as n from notification where kind <> 'alert' group by type, state order by 1, 2"


def _report(
    many: int,
    latency: float,
    count: int,
    took: float,
    reports: float,
    states: dict[tuple[str, str], int],
    bad: int,
    alerts: int,
    seen: dict[str, Any],
) -> bool:
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{many:,} notifications, {count} batches, sinks answer after {latency * 1000:.0f} ms, {os.cpu_count()} cores")
    own = cpu.ru_utime + cpu.ru_stime
    print(f"drained in {took:.1f} s ({many / took:.0f}/s), own CPU of the senders {own:.0f} s; statuses told in {reports:.1f} s")
    print(f"{'channel':9}{'sent':>8}{'failed':>8}{'at sink':>9}{'twice':>7}{'fastest/s':>11}{'pace/s':>8}")
    good = took <= LIMIT
    for channel, sink in (("email", "email"), ("sms", "twilio"), ("push", "push"), ("slack", "slack")):
        found = seen.get(sink, [])
        twice = sum(n - 1 for n in Counter(who for _, who in found).values())
        sent, failed = states.get((channel, "sent"), 0), states.get((channel, "failed"), 0)
        speed, pace = fastest(sorted(at for at, _ in found)), NOTIFY_RATES[channel]
        print(f"{channel:9}{sent:8,}{failed:8,}{len(found):9,}{twice:7}{speed:11.1f}{pace:8.0f}")
        good = good and twice == 0 and len(found) == sent and speed <= pace + (BURST + 1) / WINDOW + 0.02 * pace
    total = sum(n for (_, state), n in states.items() if state in ("sent", "failed"))
    patched = len(seen.get("api", []))
    print(f"settled {total:,} of {many + 10:,}; bad recipients named {bad} of {many // 100}; alerts {alerts}; statuses told {patched:,}")
    good = good and total == patched == many + 10 and bad == many // 100 and alerts == 1
    print("all bounds hold" if good else "A BOUND IS BROKEN")
    return good


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--quick", action="store_true", help="1,000 notifications")
    parser.add_argument("--batch", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--sinks", nargs=2, type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.sinks:
        asyncio.run(serve(*given.sinks, given.latency))
    elif given.batch:
        settings = endpoints()
        deliver_due(settings.dsn, settings)
    else:
        sys.exit(0 if measure(1_000 if given.quick else given.many, given.latency) else 1)


if __name__ == "__main__":
    main()
