"""The client for programs that wait: the asyncio client on a thread of its own, so that there is
one way in which calls are made, and any number of threads share its connections.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine, Iterable
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

from rekey import aio
from rekey.errors import Unavailable
from rekey.methods import Method, Reply, Request
from rekey.options import KeyedCallOptions
from rekey.services import OperatorService, RekeyService

T = TypeVar("T")


class Client(RekeyService):
    """Calls go to all servers in turn; connections are opened when calls need them, and again when
    they are lost. A call that cannot be done twice by it is repeated until its time is over
    (PROTOCOL.md, 6). Threads may share it. A process forked from one that uses it gets connections
    of its own.

    with rekey.Client() as client:
        client.request_reset("C-1234567")
    """

    def __init__(
        self,
        servers: str | Iterable[str] | None = None,
        *,
        profile: str | os.PathLike[str] | None = None,
        plaintext_on_loopback: bool = False,
        timeout: float = 10.0,
    ) -> None:
        """`servers`: "rekey.example:7350" or several; without them REKEY_SERVER (with commas), or
        those of the profile. `profile`: its folder; without it REKEY_PROFILE,
        $XDG_CONFIG_HOME/rekey or $HOME/.config/rekey. `plaintext_on_loopback`: no profile and no
        TLS, which a server of this machine must have been asked for too. `timeout`: seconds for a
        whole call that names no other. Raises ValueError, such as ProfileError."""
        if servers is not None and not isinstance(servers, str):
            servers = list(servers)

        def make() -> aio.Client:
            return aio.Client(
                servers,
                profile=profile,
                plaintext_on_loopback=plaintext_on_loopback,
                timeout=timeout,
            )

        self._make = make
        # Guards what follows; the thread starts with the first call.
        self._lock = threading.Lock()
        self._worker: _Worker | None = None
        self._is_closed = False
        # Wrong arguments are found out now, not at the first call.
        make()
        self.operator: OperatorService = _Operator(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Takes no further calls, and returns when those in flight are answered."""
        with self._lock:
            self._is_closed = True
            worker, self._worker = self._worker, None
        if worker is not None and worker.pid == os.getpid():
            worker.close()

    def call(
        self, method: Method[Request, Reply], request: Request, **options: Unpack[KeyedCallOptions]
    ) -> Reply:
        """Any method, by its messages: `client.call(rekey.methods.HEALTH, HealthRequest())`.
        Raises a RekeyError; ValueError for options that no server would take."""
        worker = self._running()
        return worker.wait_for(worker.client.call(method, request, **options))

    def _running(self) -> _Worker:
        with self._lock:
            if self._is_closed:
                raise Unavailable("this client is closed")
            if self._worker is not None and self._worker.pid != os.getpid():
                _inherited.append(self._worker)
                self._worker = None
            if self._worker is None:
                self._worker = _Worker(self._make())
            return self._worker


class _Operator(OperatorService):
    def __init__(self, client: Client) -> None:
        self._client = client

    def call(
        self, method: Method[Request, Reply], request: Request, **options: Unpack[KeyedCallOptions]
    ) -> Reply:
        return self._client.call(method, request, **options)


# What a fork inherits is neither used nor collected: its end would disturb the parent's.
_inherited: list[_Worker] = []


class _Worker:
    """An event loop with its thread, and the client that lives there."""

    def __init__(self, client: aio.Client) -> None:
        self.pid = os.getpid()
        self.client = client
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rekey", daemon=True)
        self._thread.start()

    def wait_for(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs it there, in a copy of this thread's context, and waits here; Ctrl-C cancels it."""
        running = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return running.result()
        except BaseException:
            running.cancel()
            raise

    def close(self) -> None:
        self.wait_for(self.client.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
