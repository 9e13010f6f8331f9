"""The client for asyncio:

async with rekey.aio.Client() as client:
    await client.request_reset("C-1234567")
"""

from __future__ import annotations

import asyncio
import math
import os
import secrets
from collections.abc import Iterable
from random import Random, SystemRandom
from types import TracebackType
from typing import Self, Unpack

from rekey.address import addresses
from rekey.aio.dial import Dialer, Plaintext, Tls
from rekey.aio.pool import Pool
from rekey.aio.services import OperatorService, RekeyService
from rekey.connection import Answered, Outcome
from rekey.errors import AccessError, ProtocolError, RekeyError, Status
from rekey.methods import Method, Repeat, Reply, Request
from rekey.options import KeyedCallOptions
from rekey.profile import Profile
from rekey.retry import error, is_unknown, may_repeat, pause
from rekey.trace import checked
from rekey.wire import Malformed, parse

__all__ = ["Client"]

# What a server gives a call at most (P4.6), and so what one attempt asks for.
_ATTEMPT_MS_MAX = 30_000
# A key is good for an hour (P6.3); repeats must not outlive it.
_TIMEOUT_MAX = 1_800.0
_KEY_BYTES = 16
_KEY_BYTES_MAX = 64


class Client(RekeyService):
    """Calls go to all servers in turn; connections are opened when calls need them, and again when
    they are lost. A call that cannot be done twice by it is repeated until its time is over
    (PROTOCOL.md, 6). For the tasks of one event loop.
    """

    def __init__(
        self,
        servers: str | Iterable[str] | None = None,
        *,
        profile: str | os.PathLike[str] | None = None,
        plaintext_on_loopback: bool = False,
        timeout: float = 10.0,
        _dialer: Dialer | None = None,
        _random: Random | None = None,
    ) -> None:
        """`servers`: "rekey.example:7350" or several; without them REKEY_SERVER (with commas), or
        those of the profile. `profile`: its folder; without it REKEY_PROFILE,
        $XDG_CONFIG_HOME/rekey or $HOME/.config/rekey. `plaintext_on_loopback`: no profile and no
        TLS, which a server of this machine must have been asked for too. `timeout`: seconds for a
        whole call that names no other. Raises ValueError, such as ProfileError."""
        self._timeout = _checked_timeout(timeout)
        self._random = _random or SystemRandom()
        dialer: Dialer
        if plaintext_on_loopback:
            if profile is not None:
                raise ValueError("a profile is for TLS: leave it out, or plaintext_on_loopback")
            dialer = Plaintext()
            found = _named(servers) or ()
        else:
            used = Profile.find(os.environ) if profile is None else Profile(profile)
            # What is wrong with it is said now, not at the first call.
            used.tls_context()
            dialer = Tls(used)
            found = _named(servers) or used.servers()
        self._pool = Pool(
            addresses(found, plaintext_on_loopback), self._random, _dialer or dialer
        )
        self.operator: OperatorService = _Operator(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Takes no further calls, and returns when those in flight are answered."""
        await self._pool.close()

    async def call(
        self, method: Method[Request, Reply], request: Request, **options: Unpack[KeyedCallOptions]
    ) -> Reply:
        """Any method, by its messages: `await client.call(rekey.methods.HEALTH, HealthRequest())`.
        Raises a RekeyError; ValueError for options that no server would take."""
        timeout = options.get("timeout")
        deadline = asyncio.get_running_loop().time() + (
            self._timeout if timeout is None else _checked_timeout(timeout)
        )
        response = await self._repeat(
            method.name,
            method.repeat,
            request.SerializeToString(),
            deadline,
            _checked_key(method.repeat, options.get("idempotency_key")),
            checked(options.get("trace_context")),
        )
        try:
            return parse(method.reply, response)
        except Malformed as malformed:
            raise ProtocolError(
                f"the call was done, but its reply does not parse: {malformed}"
            ) from None

    async def _repeat(
        self,
        method: str,
        repeat: Repeat,
        body: bytes,
        deadline: float,
        key: bytes,
        trace_context: str,
    ) -> bytes:
        """The body of the reply. Makes the call as often as that is safe and there is time."""
        loop = asyncio.get_running_loop()
        outcome: Outcome | None = None
        # The newest attempt that may have been done although no answer says so.
        unknown: Outcome | None = None
        attempts = 0
        while True:
            try:
                link = await self._pool.link(deadline)
            except RekeyError as failure:
                # What a server answered says more than that there is none now; what may have been
                # done matters more than why it cannot be done again.
                if outcome is None or (unknown is None and isinstance(failure, AccessError)):
                    raise
                raise error(repeat, outcome, unknown) from None
            left_ms = max(1, math.ceil((deadline - loop.time()) * 1000))
            outcome = await link.call(
                method,
                body,
                timeout_ms=min(left_ms, _ATTEMPT_MS_MAX),
                key=key,
                trace_context=trace_context,
            )
            attempts += 1
            if isinstance(outcome, Answered) and Status(outcome.response.status) is Status.OK:
                return outcome.response.body
            unknown = outcome if is_unknown(outcome) else unknown
            wait = pause(outcome, attempts, self._random)
            if not may_repeat(repeat, outcome) or loop.time() + wait >= deadline:
                raise error(repeat, outcome, unknown)
            await asyncio.sleep(wait)


class _Operator(OperatorService):
    def __init__(self, client: Client) -> None:
        self._client = client

    async def call(
        self, method: Method[Request, Reply], request: Request, **options: Unpack[KeyedCallOptions]
    ) -> Reply:
        return await self._client.call(method, request, **options)


def _named(servers: str | Iterable[str] | None) -> str | Iterable[str] | None:
    """The servers that were given, here or around."""
    if servers is None and os.environ.get("REKEY_SERVER"):
        return [each.strip() for each in os.environ["REKEY_SERVER"].split(",")]
    return servers


def _checked_timeout(timeout: float) -> float:
    if not 0 < timeout <= _TIMEOUT_MAX:
        raise ValueError(f"timeout is more than 0 and at most {_TIMEOUT_MAX:.0f} seconds")
    return timeout


def _checked_key(repeat: Repeat, key: bytes | None) -> bytes:
    """The key of one call: the same for all its attempts."""
    if repeat is not Repeat.WITH_KEY:
        if key is not None:
            raise ValueError("this method takes no idempotency_key")
        return b""
    if key is None:
        return secrets.token_bytes(_KEY_BYTES)
    if not 1 <= len(key) <= _KEY_BYTES_MAX:
        raise ValueError(f"idempotency_key has 1 to {_KEY_BYTES_MAX} bytes")
    return key
