"""What carries bytes between a connection of the suite and the server: TCP, or TLS over TCP. TLS here is
Python's, on memory, so that the suite owns each byte that goes out and can end one direction alone, which
Python's TLS sockets cannot.
"""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from .failure import BadCase, Failure

Address = tuple[str, int]
Cut = Callable[[bytes], Iterator[bytes]]
# What TLS puts into one record.
_RECORD_BYTES_MAX = 16384
HANDSHAKE_SECONDS_MAX = 20.0


class Transport(Protocol):
    """Raises OSError where the connection is gone, TimeoutError where time is over."""

    def send(self, data: bytes, cut: Cut, within: float) -> None:
        """All of it, as `cut` says."""

    def send_some(self, data: bytes, within: float) -> int:
        """As much as is taken at once; how many bytes that were."""

    def receive(self, end: float) -> bytes:
        """What there is; empty when the server has ended its direction."""

    def server_certificate(self) -> str:
        """What the server showed, in hexadecimal; empty without TLS."""

    def half_close(self) -> None:
        """Ends this direction."""

    def close(self) -> None: ...

    def reset(self) -> None:
        """Goes away as a crashed machine does: with an RST."""


def dial(address: Address) -> socket.socket:
    peer = socket.create_connection(address, timeout=HANDSHAKE_SECONDS_MAX)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return peer


class Tcp:
    """No TLS."""

    def __init__(self, address: Address) -> None:
        self.peer = dial(address)

    def send(self, data: bytes, cut: Cut, within: float) -> None:
        self.peer.settimeout(within)
        for piece in cut(data):
            self.peer.sendall(piece)

    def send_some(self, data: bytes, within: float) -> int:
        self.peer.settimeout(within)
        return self.peer.send(data)

    def receive(self, end: float) -> bytes:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.peer.settimeout(left)
        return self.peer.recv(65536)

    def server_certificate(self) -> str:
        return ""

    def half_close(self) -> None:
        self.peer.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.peer.close()

    def reset(self) -> None:
        self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.peer.close()


class HandshakeRefused(Failure):
    """An alert, or an end before there was a frame."""


class Tls:
    """TLS over TCP. A piece of the variant becomes a record, and the records are cut once more."""

    def __init__(
        self, address: Address, context: ssl.SSLContext, session: ssl.SSLSession | None = None
    ) -> None:
        """Done with the handshake as far as a client sees it; under TLS 1.3 the server may still
        refuse the certificate."""
        self.context = context
        self._tcp = Tcp(address)
        self._came, self._goes = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._came, self._goes, server_hostname=address[0], session=session)
        # Records on their way out, and text that was read ahead.
        self._left = bytearray()
        self._read_ahead = bytearray()
        self._ended = False
        self._has_spoken = False
        self._shake_hands(time.monotonic() + HANDSHAKE_SECONDS_MAX)

    def _shake_hands(self, end: float) -> None:
        try:
            while True:
                try:
                    self._tls.do_handshake()
                    self._flush(end)
                    return
                except ssl.SSLWantReadError:
                    self._flush(end)
                    self._wait(end)
        except TimeoutError:
            self._tcp.close()
            raise Failure("the TLS handshake was not done in time") from None
        except OSError as error:
            self._tcp.close()
            if not self._has_spoken:
                raise BadCase(f"this machine's TLS cannot do that: {_words(error)}") from None
            raise HandshakeRefused(f"the TLS handshake failed: {_words(error)}") from None

    @property
    def session(self) -> ssl.SSLSession | None:
        """What a later connection may go on with; there once the server has sent its ticket."""
        return self._tls.session

    @property
    def was_resumed(self) -> bool:
        return bool(self._tls.session_reused)

    def server_certificate(self) -> str:
        return (self._tls.getpeercert(binary_form=True) or b"").hex()

    def send(self, data: bytes, cut: Cut, within: float) -> None:
        for piece in cut(data):
            for start in range(0, len(piece), _RECORD_BYTES_MAX):
                self._tls.write(piece[start : start + _RECORD_BYTES_MAX])
        records, self._left = bytes(self._left) + self._goes.read(), bytearray()
        self._tcp.send(records, cut, within)

    def send_some(self, data: bytes, within: float) -> int:
        if not self._left:
            data = data[:_RECORD_BYTES_MAX]
            self._tls.write(data)
            self._flush(time.monotonic() + within)
            return len(data)
        self._flush(time.monotonic() + within)
        return 0

    def receive(self, end: float) -> bytes:
        while not (text := self._text()):
            if self._ended:
                return b""
            self._wait(end)
        return text

    def _text(self) -> bytes:
        """What is decrypted already."""
        if self._read_ahead:
            text, self._read_ahead = bytes(self._read_ahead), bytearray()
            return text
        if self._ended:
            return b""
        try:
            text = self._tls.read(65536)
            # That is close_notify.
            self._ended = not text
            return text
        except ssl.SSLWantReadError:
            # What TLS itself has to say, such as new keys.
            self._flush(time.monotonic() + HANDSHAKE_SECONDS_MAX)
            return b""
        except ssl.SSLZeroReturnError:
            self._ended = True
            return b""
        except ssl.SSLEOFError:
            raise Failure("P7.3: the server ended TCP without TLS's close_notify") from None
        except ssl.SSLError as error:
            raise HandshakeRefused(f"TLS ended: {_words(error)}") from None

    def _wait(self, end: float) -> None:
        """For bytes, or their end."""
        data = self._tcp.receive(end)
        if data:
            self._came.write(data)
        else:
            self._came.write_eof()

    def _flush(self, end: float) -> None:
        self._left += self._goes.read()
        self._has_spoken = self._has_spoken or bool(self._left)
        while self._left:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            taken = self._tcp.send_some(bytes(self._left), left)
            del self._left[:taken]

    def half_close(self) -> None:
        """close_notify, and reading goes on. OpenSSL wants nothing unread then."""
        while text := self._text():
            self._read_ahead += text
        try:
            self._tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        self._flush(time.monotonic() + HANDSHAKE_SECONDS_MAX)

    def close(self) -> None:
        self._tcp.close()

    def reset(self) -> None:
        self._tcp.reset()


def _words(error: OSError) -> str:
    """OpenSSL's own, without where in it they were said."""
    return getattr(error, "reason", None) or error.strerror or str(error)


def context(
    authority: Path | None, identity: Path | None, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> ssl.SSLContext:
    """Of a client that trusts this authority alone, or, without one, everybody: then the case is about
    what the server makes of the client. `version` is the only one that it speaks."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if version < ssl.TLSVersion.TLSv1_2:
        # Debian's OpenSSL does not speak them otherwise.
        made.set_ciphers("ALL:@SECLEVEL=0")
    made.minimum_version = made.maximum_version = version
    if authority:
        made.load_verify_locations(authority)
    else:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if identity:
        made.load_cert_chain(identity)
    return made


def client_hello() -> bytes:
    """A ClientHello as TLS's first bytes bring it."""
    came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context(None, None).wrap_bio(came, goes)
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return goes.read()
