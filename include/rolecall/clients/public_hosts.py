"""Who may be talked to: hosts of the public internet. An address that somebody typed, or that a page named, never leads to this machine or
its network, under whatever name.
"""

from __future__ import annotations

import ipaddress
import os
import socket

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


def mail_socket(host: str, port: int, timeout: float | None) -> socket.socket:
    """A connection to a mail server that a person named. The name is looked up once: what was looked at is what is connected to.

    :raises Blocked: it is on this machine or its network, and ``PRIVATE_MAIL_HOSTS`` does not name it
    :raises OSError: nobody answers there
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not is_named(host, port):
        for entry in found:
            refuse_private_peer(str(entry[4][0]), host, "give a public mail server; who runs this may name others in PRIVATE_MAIL_HOSTS")
    failed: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in found:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(timeout)
            connection.connect(address)
        except OSError as error:
            connection.close()
            failed = error
        else:
            return connection
    raise failed


def is_named(host: str, port: int) -> bool:
    """Whether who runs this says that mail servers are there: ``PRIVATE_MAIL_HOSTS`` (``host`` or ``host:port``), or the sandbox's."""
    sandbox = ":".join(os.environ.get(f"SANDBOX_SMTP_{name}", "").strip() for name in ("HOST", "PORT"))
    named = {one.strip().lower() for one in (*Settings().private_mail_hosts.split(","), sandbox)} - {"", ":"}
    return bool({host.lower(), f"{host.lower()}:{port}"} & named)
