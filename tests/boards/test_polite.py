"""Manners: one pace for all, no private address, no guess about robots.txt."""

from __future__ import annotations

import asyncio
import ipaddress
import threading
import time
from datetime import UTC, datetime

import httpx
import pytest

from rolecall.boards import board
from rolecall.boards.base import Request
from rolecall.boards.fetch import Fetcher, in_utf8, retry_after, target_of
from rolecall.boards.robots import is_ours, postpone, refuse_private, reserve
from rolecall.boards.scrape_store import ScrapeStore
from rolecall.clients.public_hosts import refuse_private_peer
from rolecall.errors import Blocked, RateLimited, RobotsDenied
from rolecall.store import Connection, connect

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HOST = "jobs.example"


def test_slots_of_one_host_are_spaced_whoever_asks(dsn: str) -> None:
    waits: list[float] = []

    def worker() -> None:
        with connect(dsn) as conn:
            conn.autocommit = True
            waits.extend(reserve(conn, HOST, 10.0) for _ in range(3))

    workers = [threading.Thread(target=worker) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert [round(wait / 10) for wait in sorted(waits)] == list(range(9))


def test_hosts_do_not_wait_for_each_other(db: Connection) -> None:
    reserve(db, HOST, 30)
    assert reserve(db, "other.example", 30) == 0


def test_a_host_booked_too_far_ahead_counts_as_rate_limited_and_no_slot_is_taken(db: Connection) -> None:
    for _ in range(3):
        reserve(db, HOST, 50)
    before = db.execute("select window_start from pace").fetchall()
    with pytest.raises(RateLimited):
        reserve(db, HOST, 50)
    assert db.execute("select window_start from pace").fetchall() == before


def test_a_clock_that_was_set_back_keeps_no_host_from_being_asked(db: Connection) -> None:
    reserve(db, HOST, 30)
    postpone(db, HOST, 20)
    db.execute(
        "update pace set window_start = window_start + interval '1 day', reserved_at = reserved_at + interval '1 day',"
        " held_until = held_until + interval '1 day'"
    )
    assert 25 < reserve(db, HOST, 30) <= 30
    assert 55 < reserve(db, HOST, 30) <= 60


def test_a_short_pause_that_is_asked_for_makes_no_host_be_asked_sooner(db: Connection) -> None:
    for _ in range(2):
        reserve(db, HOST, 30)
    postpone(db, HOST, 40)  # later than the last slot, earlier than the next
    assert 55 < reserve(db, HOST, 30) <= 60


def test_a_retry_after_holds_every_worker_back(db: Connection) -> None:
    reserve(db, HOST, 1)
    postpone(db, HOST, 40)
    postpone(db, HOST, 5)
    assert 20 < reserve(db, HOST, 1) <= 40


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Sun, 01 Mar 2026 09:31:00 GMT", 60.0),
        ("Sun, 01 Mar 2020 09:31:00 GMT", 0.0),
        ("9999999", 86400.0),
        ("²", None),
        ("Sun, 01 Mar 2026 09:31:00 +99999999999999999999", None),
        ("soon", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_of_its_forms(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


PRIVATE = (
    "127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.5.4", "169.254.169.254", "100.64.0.1", str(ipaddress.IPv4Address(0)),
    "0.1.2.3", "224.0.0.1", "239.1.2.3",
    "240.0.0.1", "255.255.255.255", "192.0.2.7", "198.18.0.1",
)  # fmt: skip


def through(address: str) -> list[str]:
    """An IPv4 address as an IPv6 one that a tunnel or a translator leads to it."""
    four = ipaddress.IPv4Address(address)
    high, low = f"{int(four) >> 16:x}", f"{int(four) & 0xFFFF:x}"
    hidden = int(four) ^ 0xFFFFFFFF  # Teredo turns every bit
    return [
        f"::ffff:{address}",
        f"64:ff9b::{address}",
        f"2002:{high}:{low}::1",
        f"2001:0:5db8:d70e:0:ffff:{hidden >> 16:x}:{hidden & 0xFFFF:x}",
        f"::{address}" if int(four) > 0xFFFF else "::2",
    ]


@pytest.mark.parametrize("address", [
    *PRIVATE, *(form for address in PRIVATE for form in through(address)),
    "::", "::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "ff0e::1", "64:ff9b:1::1", "100::1", "2001:db8::1",
])  # fmt: skip
def test_private_addresses_are_refused_however_they_are_wrapped(address: str) -> None:
    with pytest.raises(Blocked):
        refuse_private_peer(address, HOST)


@pytest.mark.parametrize("address", ["93.184.215.14", "::ffff:93.184.215.14", "64:ff9b::93.184.215.14", "2606:4700:10::6816:1"])
def test_public_addresses_are_asked_also_through_a_translator(address: str) -> None:
    refuse_private_peer(address, HOST)


@pytest.mark.parametrize(("url", "asked"), [
    ("https://8.8.8.8/jobs", True), ("http://8.8.8.8:80/", True), ("https://8.8.8.8:443/", True),
    ("http://8.8.8.8:22/", False), ("http://8.8.8.8:6379/", False), ("https://8.8.8.8:8443/", False), ("http://8.8.8.8:99999/", False),
    ("http://[64:ff9b::10.0.0.1]/", False),
])  # fmt: skip
def test_only_ports_of_public_pages_are_asked(url: str, asked: bool) -> None:
    if asked:
        asyncio.run(refuse_private(url))
        return
    with pytest.raises(Blocked):
        asyncio.run(refuse_private(url))


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:9/jobs",
        "http://127.0.0.1:9/jobs",
        "https://evil.example/",
        "https://linkedin.com.evil.example/",
        "file:///etc/passwd",
        "gopher://x",
    ],
)
def test_addresses_off_the_board_are_never_asked(dsn: str, url: str) -> None:
    asked: list[str] = []

    def network(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200)

    async def ask() -> None:
        async with ScrapeStore(dsn) as store, Fetcher(store, board("linkedin"), transport=httpx.MockTransport(network)) as fetcher:
            await fetcher.fetch(Request(url))

    with pytest.raises(Blocked):
        asyncio.run(ask())
    assert asked == []


def test_robots_txt_is_asked_once_a_day_for_a_host_and_kept_for_all(dsn: str, db: Connection) -> None:
    asked: list[str] = []

    def network(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, text="User-agent: *\nDisallow: /private\n" if request.url.path == "/robots.txt" else "page")

    async def ask() -> int:
        async with (
            ScrapeStore(dsn) as store,
            Fetcher(store, board("linkedin"), base_url="http://93.184.215.14", transport=httpx.MockTransport(network)) as fetcher,
        ):
            return (await fetcher.fetch(Request("http://93.184.215.14/jobs"))).status

    assert [asyncio.run(ask()), asyncio.run(ask())] == [200, 200]
    assert asked == ["/robots.txt", "/jobs", "/jobs"]
    assert db.execute("select count(*) as n from robots").fetchone() == {"n": 1}


def test_requests_of_one_run_are_spaced_even_when_they_are_asked_for_at_once(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(board("linkedin")), "seconds_per_request", 0.1)
    times: list[float] = []

    def network(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/robots.txt":
            times.append(time.monotonic())
        return httpx.Response(200)

    async def ask() -> None:
        base = "http://93.184.215.14"
        async with (
            ScrapeStore(dsn) as store,
            Fetcher(store, board("linkedin"), base_url=base, transport=httpx.MockTransport(network)) as fetcher,
        ):
            await asyncio.gather(*(fetcher.fetch(Request(f"{base}/jobs/{number}")) for number in range(6)))

    began = time.monotonic()
    asyncio.run(ask())
    assert len(times) == 6
    for number, moment in enumerate(sorted(times)):  # a busy machine may be late with one, and never early
        assert moment - began >= number * 0.1 - 0.01


def test_a_key_goes_over_the_wire_and_nowhere_else(dsn: str, db: Connection) -> None:
    asked: list[str] = []

    def network(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, text="" if request.url.path == "/robots.txt" else "page")

    request = Request("http://93.184.215.14/api?what=x", secret_params={"app_key": "s3cr3t"})

    async def ask() -> str:
        async with (
            ScrapeStore(dsn) as store,
            Fetcher(store, board("linkedin"), base_url="http://93.184.215.14", transport=httpx.MockTransport(network)) as fetcher,
        ):
            return (await fetcher.fetch(request)).url

    assert asyncio.run(ask()) == "http://93.184.215.14/api?what=x"
    assert asked[-1].endswith("?what=x&app_key=s3cr3t")
    assert "s3cr3t" not in repr(request)


def test_a_key_in_the_path_is_in_no_log_and_in_nothing_that_is_said(dsn: str, db: Connection, caplog: pytest.LogCaptureFixture) -> None:
    denied: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="User-agent: *\nDisallow: /api/\n" if denied and request.url.path == "/robots.txt" else "page")

    async def ask() -> None:
        async with ScrapeStore(dsn) as store, Fetcher(store, board("jooble"), transport=httpx.MockTransport(answer)) as fetcher:
            await fetcher.fetch(Request("https://jooble.org/api/", secret_path="s3cr3t", json={"page": "1"}))

    with caplog.at_level("INFO"), caplog.at_level("INFO", logger="httpx"):
        asyncio.run(ask())
        db.execute("delete from robots")
        db.commit()
        denied.append("from now on")
        with pytest.raises(RobotsDenied) as said:
            asyncio.run(ask())
    assert "jooble.org" in caplog.text
    assert "s3cr3t" not in f"{caplog.text}{said.value}"
    assert "s3cr3t" not in str(db.execute("select url from board_answer").fetchall())


def test_text_in_a_charset_only_the_header_declares_is_kept_readable() -> None:
    assert in_utf8("Bäcker".encode("latin-1"), "iso-8859-1") == "Bäcker".encode()
    assert in_utf8("Bäcker".encode(), "iso-8859-1") == "Bäcker".encode()
    for charset in ("no-such-charset", "undefined", "idna", "base64", "\0"):
        assert in_utf8(b"\xff", charset) == b"\xff"


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("http://sandbox:8090/linkedin/jobs", True),
        ("http://SANDBOX:8090/robots.txt", True),
        ("http://127.0.0.1:4/x", True),
        ("http://sandbox:8091/", False),
        ("https://www.linkedin.com/jobs", False),
    ],
)
def test_the_sandbox_is_known_by_its_address_wherever_it_runs(monkeypatch: pytest.MonkeyPatch, url: str, ours: bool) -> None:
    monkeypatch.setenv("SANDBOX_URL", "http://sandbox:8090/")
    assert is_ours(url) is ours


@pytest.mark.parametrize(("sandbox", "slots"), [("http://sandbox.test:8090", 0), ("", 1)])
def test_the_sandbox_of_another_container_is_not_paced(
    dsn: str, db: Connection, monkeypatch: pytest.MonkeyPatch, sandbox: str, slots: int
) -> None:
    monkeypatch.setenv("SANDBOX_URL", sandbox)

    async def three() -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, text="User-agent: *\nAllow: /"))
        base = "http://sandbox.test:8090/linkedin"
        async with ScrapeStore(dsn) as store, Fetcher(store, board("linkedin"), base_url=base, transport=transport) as fetcher:
            await fetcher.fetch(Request(f"{base}/jobs"))

    asyncio.run(three())
    assert len(db.execute("select key from pace").fetchall()) == slots


@pytest.mark.parametrize("status", [200, 302])
@pytest.mark.parametrize("location", ["http://[::1", "https://[x]/", "//board.example:99999/", "https://board.example:port/"])
def test_a_location_that_is_no_address_leads_nowhere_and_ends_nothing(status: int, location: str) -> None:
    assert target_of(httpx.Response(status, headers={"location": location}), "https://board.example/jobs") is None


def test_a_location_is_read_beside_the_address_that_was_asked() -> None:
    assert target_of(httpx.Response(302, headers={"location": "../b?c=1"}), "https://board.example/a/jobs") == "https://board.example/b?c=1"
    assert target_of(httpx.Response(302), "https://board.example/a") is None
