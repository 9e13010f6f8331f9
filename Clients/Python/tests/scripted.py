"""A world for one test: an event loop whose clock leaps to the next timer when nothing else is left
to do, and servers whose every frame the test decides. Nothing here waits in real time, and a script
in which everybody waits for everybody fails at once.
"""

from __future__ import annotations

import asyncio
import errno
import selectors
import socket
import unittest
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import rekey
from rekey.address import Address
from rekey.aio.link import Link
from rekey.v1 import frame_pb2 as pb
from tests import frames
from tests.test_decisions import Dice


class _LeapingSelector(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        # A local socket's bytes are there as soon as they are sent: what is not ready now will not
        # be, unless a timer does something.
        ready = super().select(0)
        if not ready and timeout is None:
            raise AssertionError("everybody waits, and no timer is set")
        if not ready and timeout:
            self.now += timeout
        return ready


class LeapingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.leaping = _LeapingSelector()
        super().__init__(self.leaping)

    def time(self) -> float:
        return self.leaping.now


class Peer:
    """The server's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, *data: bytes) -> None:
        for each in data:
            self._writer.write(each)

    async def frame(self) -> pb.Frame:
        length = int.from_bytes(await self._reader.readexactly(4), "big")
        return pb.Frame.FromString(await self._reader.readexactly(length))

    async def request(self) -> pb.Request:
        frame = await self.frame()
        assert frame.WhichOneof("kind") == "request", frame.WhichOneof("kind")
        return frame.request

    async def kind(self) -> str:
        return str((await self.frame()).WhichOneof("kind"))

    async def at_end(self) -> bool:
        """Waits for the client's half-close; True when nothing came before it."""
        return await self._reader.read(1) == b""

    def end(self) -> None:
        self._writer.close()


class World:
    """Servers are their ports: 1, 2, …"""

    def __init__(self) -> None:
        self.dice = Dice(1)
        self.refusing: set[int] = set()
        # What opening a connection to these ends with.
        self.failing: dict[int, Exception] = {}
        # The state of a profile's files, if there were one.
        self.files = 0
        # When a connection to which server was asked for.
        self.attempts: list[tuple[float, int]] = []
        self._peers: list[Peer] = []
        self._arrived: asyncio.Queue[tuple[int, Peer]] = asyncio.Queue()

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def client(self, servers: int = 1, timeout: float = 10.0) -> rekey.aio.Client:
        return rekey.aio.Client(
            [f"127.0.0.1:{port + 1}" for port in range(servers)],
            plaintext_on_loopback=True,
            timeout=timeout,
            _dialer=self,
            _random=self.dice,
        )

    async def arrival(self) -> tuple[int, Peer]:
        """The next connection, and which server it is to."""
        return await self._arrived.get()

    async def peer(self, calls_max: int = 100) -> Peer:
        """The next connection, after both Hellos."""
        _, peer = await self.arrival()
        peer.send(frames.hello(calls_max=calls_max))
        assert await peer.kind() == "hello"
        return peer

    def end(self) -> None:
        for peer in self._peers:
            peer.end()

    def nobody_came(self) -> bool:
        return self._arrived.empty()

    def stamp(self) -> object:
        return self.files

    async def connect(self, address: Address, make_link: Callable[[], Link]) -> Link:
        self.attempts.append((self.now, address.port))
        if address.port in self.refusing:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        if address.port in self.failing:
            raise self.failing[address.port]
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        _, link = await loop.create_connection(make_link, sock=theirs)
        peer = Peer(*await asyncio.open_connection(sock=ours))
        self._peers.append(peer)
        self._arrived.put_nowait((address.port, peer))
        return link


class ScriptedTest(unittest.TestCase):
    def play(self, script: Callable[[World], Coroutine[Any, Any, None]]) -> None:
        with asyncio.Runner(loop_factory=LeapingLoop) as runner:
            runner.run(self._within(script))

    @staticmethod
    async def _within(script: Callable[[World], Coroutine[Any, Any, None]]) -> None:
        # An hour of the leaping clock: more than any script has to tell.
        world = World()
        async with asyncio.timeout(3_600):
            await script(world)
        world.end()
        # What has been closed is let go in the next rounds of the loop.
        await asyncio.sleep(2)


def soon(call: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Begins a call that the script answers."""
    return asyncio.create_task(call)


async def failure(call: Awaitable[Any]) -> rekey.RekeyError:
    try:
        await call
    except rekey.RekeyError as error:
        return error
    raise AssertionError("the call did not fail")
