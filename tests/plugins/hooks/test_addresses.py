"""Every option of an address reaches the server: also where Airflow's connection stands between."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from redis.connection import parse_url

from local.processes.postgres import Postgres, binaries
from rolecall.applying.work import _connected
from rolecall.backup.backup_errors import DumpFailed
from rolecall.backup.dump import Tools, dump, environment, snapshot
from rolecall.errors import InvalidInput, StoreUnavailable
from rolecall.hooks.store_hook import StoreHook
from rolecall.services.database import Database
from rolecall.store import connect, migrate, session
from rolecall.triggers import connection_addresses
from tests.airflow_home import as_airflow_reads_it
from tests.conftest import free_port


@dataclass(frozen=True)
class Certificates:
    """Who signs, and whom they signed for."""

    authority: Path
    stranger: Path
    certificate: Path
    key: Path


def certificates(folder: Path) -> Certificates:
    """An authority, a server's certificate for 127.0.0.1 by it, and an authority that has signed nothing."""

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def signed(subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey, authority: bool) -> bytes:
        now = dt.datetime.now(dt.UTC)  # valid for years on both sides: whoever checks it may go by another clock than we
        made = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=3650))
        made = made.not_valid_after(now + dt.timedelta(days=3650)).add_extension(x509.BasicConstraints(authority, None), critical=True)
        if not authority:
            made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        return made.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    root, other, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    made = Certificates(*(folder / file for file in ("authority.pem", "stranger.pem", "server.pem", "server.key")))
    made.authority.write_bytes(signed("authority", root, "authority", root, True))
    made.stranger.write_bytes(signed("stranger", other, "stranger", other, True))
    made.certificate.write_bytes(signed("server", own, "authority", root, False))
    pem, pkcs8, bare = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    made.key.touch(mode=0o600)
    made.key.write_bytes(own.private_bytes(pem, pkcs8, bare))
    return made


ASKS_FOR_TLS = struct.pack("!ii", 8, 80877103)


class Guarded:
    """TLS and nothing else in front of Postgres, whose wheel was built without it: answers the request for TLS, refuses what is plain."""

    def __init__(self, postgres: Postgres, made: Certificates) -> None:
        self.port = free_port()
        self._behind = postgres.port
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(made.certificate, made.key)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Guarded:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, "127.0.0.1", self.port), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            if await reader.readexactly(8) == ASKS_FOR_TLS:
                writer.write(b"S")
                await writer.start_tls(self._context)
                inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._behind)
                await asyncio.gather(self._pipe(reader, inner_writer), self._pipe(inner_reader, writer))
        writer.close()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()
        writer.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def guarded(postgres: Postgres, made: Certificates) -> Iterator[Guarded]:
    with Guarded(postgres, made) as server:
        yield server


@pytest.fixture
def address(dsn: str, guarded: Guarded) -> str:
    """A fresh database behind TLS."""
    return make_conninfo(dsn, port=guarded.port)


def by_hook(dsn: str) -> bool:
    with StoreHook().get_conn() as conn:
        return conn.pgconn.ssl_in_use


def by_trigger(dsn: str) -> bool:
    async def ask() -> bool:
        async with await _connected(await connection_addresses.postgres_dsn("rolecall_db")) as conn:
            return conn.pgconn.ssl_in_use

    return asyncio.run(ask())


def by_itself(dsn: str) -> bool:
    with connect(dsn) as conn:
        return conn.pgconn.ssl_in_use


def by_services(dsn: str) -> bool:
    database = Database(dsn)
    database.open()
    try:
        with database.connection() as conn:
            return conn.pgconn.ssl_in_use
    finally:
        database.close()


def by_migrating(dsn: str) -> bool:
    return bool(migrate(dsn))


EVERY_PART = pytest.mark.parametrize("use", [by_hook, by_trigger, by_itself, by_services, by_migrating])
Uses = Callable[[str], bool]
"""Given ROLECALL_DSN, connects as a part of Rolecall does and says whether that went over TLS."""


@EVERY_PART
def test_a_server_whose_certificate_is_checked_is_reached_by_every_part(
    address: str, made: Certificates, monkeypatch: pytest.MonkeyPatch, use: Uses
) -> None:
    dsn = make_conninfo(address, sslmode="verify-full", sslrootcert=str(made.authority))
    monkeypatch.setenv("AIRFLOW_CONN_ROLECALL_DB", as_airflow_reads_it({"ROLECALL_DSN": dsn})["AIRFLOW_CONN_ROLECALL_DB"])
    assert use(dsn)


@EVERY_PART
@pytest.mark.parametrize("mode", ["stranger", "disable"])
def test_a_server_that_the_settings_do_not_trust_is_not_talked_to(
    address: str, made: Certificates, monkeypatch: pytest.MonkeyPatch, use: Uses, mode: str
) -> None:
    monkeypatch.setattr("rolecall.services.database.WAIT", 1.0)
    dsn = make_conninfo(
        address, **({"sslmode": mode} if mode == "disable" else {"sslmode": "verify-full", "sslrootcert": str(made.stranger)})
    )
    monkeypatch.setenv("AIRFLOW_CONN_ROLECALL_DB", as_airflow_reads_it({"ROLECALL_DSN": dsn})["AIRFLOW_CONN_ROLECALL_DB"])
    with pytest.raises((StoreUnavailable, psycopg.OperationalError, sqlalchemy.exc.OperationalError)):
        use(dsn)


def test_a_backup_hands_them_to_pg_dump() -> None:
    said = environment("postgresql://me:pw@db.example/jobs?sslmode=verify-full&sslrootcert=/etc/ca.pem")
    assert (said["PGSSLMODE"], said["PGSSLROOTCERT"]) == ("verify-full", "/etc/ca.pem")


def test_a_dump_by_tools_without_tls_says_what_to_install(address: str, dsn: str) -> None:
    over_tls = make_conninfo(address, sslmode="require")
    with snapshot(dsn) as (_, name), pytest.raises(DumpFailed, match="POSTGRES_BIN"):
        list(dump(over_tls, Tools(str(binaries())), name))


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://me:p%40ss@db.example:6432/jobs?sslmode=verify-full&sslrootcert=/etc/ca.pem&sslcert=/c.pem&sslkey=/k.pem",
        "postgresql://me@one.example:5432,two.example:5433/jobs?target_session_attrs=read-write&connect_timeout=9",
        "postgresql://me@db.example/jobs?options=-c%20search_path%3Dmine&application_name=theirs&keepalives_idle=30&gssencmode=disable",
        "host=/var/run/postgresql port=5432 dbname=jobs user=me channel_binding=require",
    ],
)
def test_an_address_is_the_same_behind_an_airflow_connection(monkeypatch: pytest.MonkeyPatch, dsn: str) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ROLECALL_DB", as_airflow_reads_it({"ROLECALL_DSN": dsn})["AIRFLOW_CONN_ROLECALL_DB"])
    expected = {"port": "5432", **conninfo_to_dict(dsn)}
    assert conninfo_to_dict(StoreHook().dsn) == expected
    assert conninfo_to_dict(asyncio.run(connection_addresses.postgres_dsn("rolecall_db"))) == expected
    kept = {name: value for name, value in conninfo_to_dict(session(dsn, name="x")).items() if name != "options"}
    assert {**kept, **{name: expected[name] for name in expected if name != "options"}} == kept | {"port": expected["port"]}


def test_an_address_with_options_of_its_own_keeps_them_and_our_time_zone(dsn: str) -> None:
    own = make_conninfo(dsn, options="-c work_mem=5MB -c timezone=Asia/Tokyo -c statement_timeout=7s", application_name="theirs")
    with connect(own, name="ours") as conn:
        shown = {name: str((conn.execute(f"show {name}").fetchone() or {}).popitem()[1]) for name in ("work_mem", "timezone")}  # type: ignore[arg-type]
        assert shown == {"work_mem": "5MB", "timezone": "UTC"}
        assert (conn.execute("show statement_timeout").fetchone() or {})["statement_timeout"] == "7s"
        assert (conn.execute("show application_name").fetchone() or {})["application_name"] == "theirs"


@pytest.mark.parametrize("misspelt", ["sslmod", "ssl_mode", "cursors"])
def test_an_option_that_is_none_is_named_rather_than_left_out(monkeypatch: pytest.MonkeyPatch, misspelt: str) -> None:
    fields = {"conn_type": "postgres", "host": "db.example", "password": "secret", "extra": {misspelt: "require"}}
    monkeypatch.setenv("AIRFLOW_CONN_ROLECALL_DB", json.dumps(fields))
    with pytest.raises(InvalidInput, match=f'connection rolecall_db.*"{misspelt}"') as refused:
        _ = StoreHook().dsn
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "redis://:pw@cache.example:6379/2",
        "rediss://me:p%3Aw@cache.example:6380/0?ssl_ca_certs=%2Fetc%2Fca.pem&ssl_cert_reqs=required",
        "rediss://:pw@cache.example:6379/1?ssl_check_hostname=false&socket_keepalive=true",
    ],
)
def test_a_redis_address_is_the_same_behind_an_airflow_connection(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_REDIS_DEFAULT", as_airflow_reads_it({"REDIS_URL": url})["AIRFLOW_CONN_REDIS_DEFAULT"])
    assert parse_url(asyncio.run(connection_addresses.redis_url("redis_default"))) == parse_url(url)
