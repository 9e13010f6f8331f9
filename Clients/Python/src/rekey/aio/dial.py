"""How a connection is opened: with TLS and a profile, or in plaintext to this machine."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable
from typing import Protocol

from rekey.address import Address
from rekey.aio.link import CLOSE_WITHIN, Link
from rekey.errors import ProtocolError, ServerUntrusted
from rekey.profile import Profile


class Dialer(Protocol):
    """A test puts something else here."""

    async def connect(self, address: Address, make_link: Callable[[], Link]) -> Link:
        """A connection, before its Hellos. Raises OSError, or a RekeyError where to try again helps
        nobody."""

    def stamp(self) -> object:
        """Another one when what was refused may be tried again."""


class Plaintext:
    async def connect(self, address: Address, make_link: Callable[[], Link]) -> Link:
        loop = asyncio.get_running_loop()
        try:
            _, link = await loop.create_connection(make_link, address.host, address.port)
        except OSError as error:
            raise _reworded(error) from None
        return link

    def stamp(self) -> object:
        return None


class Tls:
    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    async def connect(self, address: Address, make_link: Callable[[], Link]) -> Link:
        loop = asyncio.get_running_loop()
        try:
            _, link = await loop.create_connection(
                make_link,
                address.host,
                address.port,
                ssl=self._profile.tls_context(),
                server_hostname=address.host,
                ssl_shutdown_timeout=CLOSE_WITHIN,
            )
        except ssl.SSLCertVerificationError as error:
            raise ServerUntrusted(f"its certificate is not to be believed: {_why(error)}") from None
        except ssl.SSLError as error:
            raise ProtocolError(
                f"it speaks no TLS 1.3 ({error.reason}); is it a rekeyd, and not one without TLS?"
            ) from None
        except OSError as error:
            raise _reworded(error) from None
        return link

    def stamp(self) -> object:
        return self._profile.stamp()


def _why(error: ssl.SSLCertVerificationError) -> str:
    # OpenSSL's sentence, with or without an end.
    return str(error.verify_message).rstrip(".")


def _reworded(error: OSError) -> OSError:
    """asyncio's own text says which call failed instead of why."""
    if error.errno is not None and error.errno > 0:
        why = os.strerror(error.errno)
    else:
        why = error.strerror or str(error) or "the connection ended in the TLS handshake"
    return OSError(f"cannot connect: {why}")
