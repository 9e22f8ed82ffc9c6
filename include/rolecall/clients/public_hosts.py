"""Who may be talked to: hosts of the public internet. An address that somebody typed, or that a page named, never leads to this machine or
its network, under whatever name.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

from rolecall.errors import Blocked
from rolecall.settings import Settings

NAT64 = ipaddress.ip_network("64:ff9b::/96")
NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def refuse_private_peer(address: str, host: str, fix: str = "a board's pages never live there; check its base URL") -> None:
    """Refuses one IP address that is not on the public internet, or that leads to one through a tunnel or a translator.

    :raises Blocked: it is not
    """
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    if not all(is_public(each) for each in led_to(ip)):
        raise Blocked(f"{host} leads to the private address {ip}", fix=fix)


def refuse_private_host(host: str, port: int, fix: str) -> None:
    """Looks a name up, and refuses it where any of its addresses is not on the public internet.

    :raises Blocked: one is not
    :raises OSError: there is no such name
    """
    for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        refuse_private_peer(str(entry[4][0]), host, fix)


def peer_check(host: str, fix: str) -> Callable[[str, Mapping[str, Any]], None]:
    """Looks at what was really connected to before anything is said: a name may lead elsewhere than when it was looked up.

    For a request's extension ``trace`` (www.encode.io/httpcore/extensions), of a client that asks no proxy. What it calls raises
    :class:`Blocked`.
    """

    def look(event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            stream = info["return_value"]
            try:
                refuse_private_peer(str(stream.get_extra_info("server_addr")[0]), host, fix)
            except Blocked:
                stream.close()
                raise

    return look


def is_public(ip: Address) -> bool:
    """Whether one host of the public internet answers there: no multicast, nothing reserved (``is_global`` says yes to some of them)."""
    site_local = isinstance(ip, ipaddress.IPv6Address) and (ip.is_site_local or ip in NAT64_LOCAL)
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local or site_local)


def led_to(ip: Address) -> list[Address]:
    """Where packets to an address end: the IPv4 addresses inside it where it has some, itself else."""
    if isinstance(ip, ipaddress.IPv4Address):
        return [ip]
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    if ip in NAT64:
        return [ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)]
    return [ip, *(ip.teredo or ()), *([ip.sixtofour] if ip.sixtofour else [])]


MOST_BYTES = 30_000_000
"""Of one answer: more than fifty mails of the size that is read."""


class _Ending:
    """What a conversation with somebody's server may take in all: whoever sends a byte every few seconds answers in time for ever.

    :ivar until: when it is over, on the monotonic clock
    :ivar taken: bytes since it was last set to 0
    """

    until = float("inf")
    taken = 0

    def recv_into(self, *given: Any, **more: Any) -> int:
        """As a socket's.

        :raises TimeoutError: it is over
        :raises OSError: an answer without end
        """
        self._go_on()
        got: int = super().recv_into(*given, **more)  # type: ignore[misc]
        self.taken += got
        if self.taken > MOST_BYTES:
            raise OSError("its answer has no end")
        return got

    def send(self, *given: Any, **more: Any) -> int:
        """As a socket's.

        :raises TimeoutError: it is over
        """
        self._go_on()
        sent: int = super().send(*given, **more)  # type: ignore[misc]
        return sent

    def _go_on(self) -> None:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the conversation took too long")
        self.settimeout(min(left, self.gettimeout() or left))  # type: ignore[attr-defined]


class _EndingSocket(_Ending, socket.socket):
    """Without TLS."""


class _EndingTlsSocket(_Ending, ssl.SSLSocket):
    """With TLS."""


class MailTls(ssl.SSLContext):
    """TLS to mail servers that people name, checked as usual; what a conversation may take holds behind it, too."""

    def __new__(cls) -> Self:
        """Trusts the usual authorities."""
        made = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        made.load_default_certs()
        made.sslsocket_class = _EndingTlsSocket
        return made

    def wrap_socket(self, sock: socket.socket, *given: Any, **more: Any) -> ssl.SSLSocket:
        """As a context's; a handshake is one answer, and bounded as such."""
        made = super().wrap_socket(sock, *given, **more)
        made.until = getattr(sock, "until", float("inf"))  # type: ignore[attr-defined]
        return made


def mail_socket(host: str, port: int, timeout: float | None, *, lasts: float) -> socket.socket:
    """A connection to a mail server that a person named. The name is looked up once: what was looked at is what is connected to.

    :param timeout: seconds of one answer
    :param lasts: seconds of the whole conversation, the connecting included
    :raises Blocked: it is on this machine or its network, and ``PRIVATE_MAIL_HOSTS`` does not name it
    :raises OSError: nobody answers there
    """
    until = time.monotonic() + lasts
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not is_named(host, port):
        for entry in found:
            refuse_private_peer(str(entry[4][0]), host, "give a public mail server; who runs this may name others in PRIVATE_MAIL_HOSTS")
    failed: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in found:
        if (left := until - time.monotonic()) <= 0:
            break
        connection = _EndingSocket(family, kind, protocol)
        try:
            connection.settimeout(min(left, timeout or left))
            connection.connect(address)
        except OSError as error:
            connection.close()
            failed = error
        else:
            connection.settimeout(timeout)
            connection.until = until
            return connection
    raise failed


def is_named(host: str, port: int) -> bool:
    """Whether who runs this says that mail servers are there: ``PRIVATE_MAIL_HOSTS`` (``host`` or ``host:port``), or the sandbox's."""
    sandbox = ":".join(os.environ.get(f"SANDBOX_SMTP_{name}", "").strip() for name in ("HOST", "PORT"))
    named = {one.strip().lower() for one in (*Settings().private_mail_hosts.split(","), sandbox)} - {"", ":"}
    return bool({host.lower(), f"{host.lower()}:{port}"} & named)
