"""Where a server listens, read from text; kept to this machine where there is no TLS."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple

_PORT_MAX = 65_535
# What can be an alternative name of a certificate (RFC 9525); an international one as A-labels.
_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?")


class Address(NamedTuple):
    """The host, an address or a name, is what the server's certificate must be for."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def addresses(servers: str | Iterable[str], plaintext_on_loopback: bool) -> list[Address]:
    """Reads "rekey.example:7350", "127.0.0.1:7350" or "[::1]:7350". Raises ValueError; in plaintext
    also for what is not a literal address of this machine (P10.6), but for "localhost" (127.0.0.1):
    no name service can then send a password elsewhere."""
    found = [_address(text) for text in ([servers] if isinstance(servers, str) else servers)]
    if plaintext_on_loopback:
        found = [_on_loopback(address) for address in found]
    if not found:
        raise ValueError("a client needs the address of at least one server")
    return list(dict.fromkeys(found))


def _address(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or (":" in host and bare == host) or not (port.isascii() and port.isdigit()):
        raise ValueError(f"{text!r} is no address of a server; write 127.0.0.1:7350")
    if not 0 < int(port) <= _PORT_MAX:
        raise ValueError(f"{text!r} has no port from 1 to {_PORT_MAX}")
    try:
        return Address(str(ipaddress.ip_address(bare)), int(port))
    except ValueError:
        if _NAME.fullmatch(bare):
            return Address(bare, int(port))
    raise ValueError(f"{text!r} names no host; write rekey.example:7350 or 127.0.0.1:7350")


def _on_loopback(address: Address) -> Address:
    host = "127.0.0.1" if address.host == "localhost" else address.host
    try:
        if ipaddress.ip_address(host).is_loopback:
            return Address(host, address.port)
    except ValueError:
        pass
    raise ValueError(
        f"'{address}' is no address of this machine, such as 127.0.0.1: plaintext never leaves it"
    )
