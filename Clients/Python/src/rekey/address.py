"""Where a server listens: read from text, and kept to this machine as long as there is no TLS."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import NamedTuple

_PORT_MAX = 65_535


class Address(NamedTuple):
    """A literal address, so that no name service can send a password elsewhere."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def addresses(servers: str | Iterable[str], plaintext_on_loopback: bool) -> list[Address]:
    """Reads "127.0.0.1:7350", "[::1]:7350" or "localhost:7350" (127.0.0.1). Raises ValueError, also
    for what is not on this machine (P10.1)."""
    if not plaintext_on_loopback:
        raise ValueError(
            "this version has no TLS yet: pass plaintext_on_loopback=True to talk in plaintext "
            "to a server on this machine"
        )
    found = [_address(text) for text in ([servers] if isinstance(servers, str) else servers)]
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
        literal = ipaddress.ip_address("127.0.0.1" if bare == "localhost" else bare)
    except ValueError:
        raise ValueError(f"{text!r} names no address of this machine, such as 127.0.0.1") from None
    if not literal.is_loopback:
        raise ValueError(f"{text!r} is not on this machine, and this version has no TLS yet")
    return Address(str(literal), int(port))
