"""1,000 applications by mail and by Recruitee's interface, the sender killed at random moments and the receiving side dying at others."""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from rolecall.applying.tokens import KEY
from rolecall.services.submitters import smtp_accounts
from rolecall.services.submitters.mail_way import SmtpAccount, message_id
from rolecall.store import Connection, connect
from tests.chaos.processes import ways_worker
from tests.chaos.verdict import Line
from tests.services.conftest import add_job, add_person
from tests.world import insert

OWN = "mira@post.example"
ANSWER = (
    b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 25\r\nConnection: close\r\n\r\n{"candidate": {"id": 77}}'
)


class Dying:
    """A server on loopback that counts what it has whole, and ends a conversation at a random moment, one of so many times."""

    def __init__(self, talk: object, seed: int, often: float) -> None:
        self.received: Counter[str] = Counter()
        self._chance, self._often, self._lock = random.Random(seed), often, threading.Lock()
        self._talk = talk
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with self._lock:
                dies = self._chance.randrange(12) if self._chance.random() < self._often else -1
            threading.Thread(target=self._one, args=(connection, dies), daemon=True).start()

    def _one(self, connection: socket.socket, dies: int) -> None:
        connection.settimeout(20)
        try:
            with connection:
                for moment, _ in enumerate(self._talk(self, connection)):  # type: ignore[operator]
                    if moment == dies:
                        return
        except OSError:
            return  # the sender was killed

    def count(self, key: str) -> None:
        """It has one whole."""
        with self._lock:
            self.received[key] += 1

    def close(self) -> None:
        self._listening.close()


def smtp(server: Dying, connection: socket.socket) -> Iterator[None]:
    with connection.makefile("rb") as lines:
        for answer in (b"220 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
            yield
            connection.sendall(answer)
            if not lines.readline():
                return
            yield
        body = b"".join(iter(lines.readline, b".\r\n")) if (first := lines.readline()) else b""
        found = re.search(rb"(?mi)^Message-ID: (<\S+>)", first + body)
        if found is None or not body:
            return
        server.count(found[1].decode())
        yield
        connection.sendall(b"250 taken\r\n")
        yield


def interface(server: Dying, connection: socket.socket) -> Iterator[None]:
    said = b""
    yield
    while b"\r\n\r\n" not in said or (b"POST" in said[:4] and not said.endswith(b"--\r\n")):
        part = connection.recv(65536)
        if not part:
            return
        said += part
    if said.startswith(b"GET"):
        body = b'{"offer": {"options_cv": "required", "options_phone": "off", "open_questions": []}}'
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
        return
    server.count(re.findall(rb"/offers/o(\d+)/", said)[0].decode())
    for place in range(0, len(ANSWER), 16):
        yield
        connection.sendall(ANSWER[place : place + 16])


@contextmanager
def dying(talk: object, seed: int, often: float) -> Iterator[Dying]:
    server = Dying(talk, seed, often)
    try:
        yield server
    finally:
        server.close()


def world(db: Connection, many: int, port: int) -> None:
    """Jobs, by turns on a mail address and at an invented tenant of Recruitee's."""
    add_person(db, "mira")
    insert(db, "cv_file", cv_id="cv-mira", filename="mira.pdf", kind="pdf", sha256="x", body=b"%PDF-1.7 Mira", uploaded_by="person")
    for number in range(many):
        where = f"https://acme-example.recruitee.com/o/o{number}" if number % 2 else f"mailto:jobs{number}@harbor.example"
        add_job(db, f"j{number}", apply_url=where, title=f"Data engineer {number}")
    smtp_accounts.keep(db, "mira", SmtpAccount(OWN, "127.0.0.1", port, "none", password=SecretStr("open sesame")))
    db.commit()


def open_ones(dsn: str, many: int) -> list[int]:
    """What is not settled yet. A killed sender's lease is over at once, instead of after 25 s."""
    with connect(dsn) as conn:
        conn.execute("update submission set lease_until = clock_timestamp() - interval '1 second' where state = 'forwarding'")
        rows = conn.execute("select key from submission where state <> 'forwarding'").fetchall()
        return sorted({*range(many)} - {int(row["key"][1:]) for row in rows})


@pytest.mark.chaos
def test_a_thousand_sends_under_random_kills_are_received_once_at_most(
    db: Connection, dsn: str, lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())
    many = int(os.environ.get("SENDS", "1000"))
    chance, kills, began = random.Random(20), 0, time.monotonic()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([ways_worker.__name__])
    with dying(smtp, 1, 0.15) as mails, dying(interface, 2, 0.15) as offers:
        world(db, many, mails.port)
        environment = {KEY: os.environ[KEY], "PRIVATE_MAIL_HOSTS": "127.0.0.1"}
        while left := open_ones(dsn, many):
            worker = context.Process(target=ways_worker.work, args=(dsn, f"http://127.0.0.1:{offers.port}", environment, left), daemon=True)
            worker.start()
            worker.join(chance.uniform(0.4, 4.0) if kills < many // 8 else 600)
            if worker.is_alive():
                worker.kill()
                kills += 1
            worker.join()
        time.sleep(1)  # what was on its way arrives
    rows = {row["key"]: row["state"] for row in db.execute("select key, state from submission").fetchall()}
    received = {key: offers.received[key[1:]] if int(key[1:]) % 2 else mails.received[message_id(key, OWN)] for key in rows}
    states = Counter(rows.values())
    twice = sum(count > 1 for count in received.values())
    lost = sum(bool(received[key]) and state not in ("submitted", "uncertain") for key, state in rows.items())
    invented = sum(state == "submitted" and not received[key] for key, state in rows.items())
    arrived = sum(map(bool, received.values()))
    print(f"{many} sends, {kills} kills, states {dict(states)}, received {arrived}, {time.monotonic() - began:.0f} s")
    assert (len(rows), twice, lost, invented) == (many, 0, 0, 0)
    assert sum(mails.received.values()) + sum(offers.received.values()) == sum(received.values()), "nothing came under another key"
    name = "mail and Recruitee: SIGKILL of the sender and death of the receiver, at random moments"
    lines.append(Line(name, "bare", kills, many, twice, lost, states["uncertain"], round(time.monotonic() - began, 1)))
