"""The connections of one client: opens them when calls need them, hands out one with room, and
leaves a server alone for a while that does not answer. Lives on one event loop.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from rekey.address import Address
from rekey.aio.link import Link
from rekey.connection import HELLO_WITHIN, Answered, Ended, Event, Leaving, Opened
from rekey.errors import ProtocolError, RekeyError, Unavailable
from rekey.rotation import Rotation, Standing

# Opens a connection: an address, and what makes its Link. A test puts something else here.
Connect = Callable[[Address, Callable[[], Link]], Awaitable[Link]]

# A server that has not said Hello by now does not keep a call from trying the next one.
NEXT_SERVER_AFTER = 0.25
_log = logging.getLogger("rekey")


async def connect_tcp(address: Address, make_link: Callable[[], Link]) -> Link:
    """The real way."""
    loop = asyncio.get_running_loop()
    _, link = await loop.create_connection(make_link, address.host, address.port)
    return link


@dataclass
class _Server:
    address: Address
    standing: Standing = field(default_factory=Standing)
    links: list[Link] = field(default_factory=list)
    # Why it could not be used the last time.
    why: str = "nothing was tried"
    is_broken: bool = False

    def link_with_room(self) -> Link | None:
        return next((link for link in self.links if link.has_room), None)


class Pool:
    def __init__(self, servers: Sequence[Address], random: Random, connect: Connect) -> None:
        self._servers = [_Server(address) for address in servers]
        self._rotation = Rotation([server.standing for server in self._servers])
        self._random = random
        self._connect = connect
        self._openings: set[asyncio.Task[None]] = set()
        # Those too that are about to end.
        self._links: set[Link] = set()
        # Set and replaced whenever a call that waits should look again.
        self._change = asyncio.Event()
        self._is_closed = False

    async def link(self, deadline: float) -> Link:
        """One with room, waiting for it until `deadline` of the loop's clock. Raises Unavailable,
        or ProtocolError when no server speaks this protocol."""
        loop = asyncio.get_running_loop()
        while True:
            if self._is_closed:
                raise Unavailable("this client is closed")
            now = loop.time()
            for server in self._servers:
                server.standing.has_room = server.link_with_room() is not None
            choice = self._rotation.choose(now)
            if choice.open is not None:
                self._start_opening(self._servers[choice.open])
            if choice.use is not None:
                link = self._servers[choice.use].link_with_room()
                assert link is not None, "just looked at"
                return link
            if all(server.is_broken for server in self._servers):
                raise self._failure(ProtocolError)
            if now >= deadline:
                raise self._failure(Unavailable)
            until = deadline if choice.wait_until is None else min(deadline, choice.wait_until)
            if choice.open is not None:
                until = min(until, now + NEXT_SERVER_AFTER)
            await self._wait(until)

    async def close(self) -> None:
        """Takes no further calls; returns when those in flight are answered and all is closed."""
        self._is_closed = True
        self._changed()
        if self._openings:
            await asyncio.wait(self._openings)
        links = list(self._links)
        for link in links:
            link.close()
        for link in links:
            await link.closed

    async def _wait(self, until: float) -> None:
        change = self._change
        try:
            async with asyncio.timeout_at(until):
                await change.wait()
        except TimeoutError:
            pass

    def _changed(self) -> None:
        change, self._change = self._change, asyncio.Event()
        change.set()

    def _failure(self, kind: type[RekeyError]) -> RekeyError:
        whys = "; ".join(f"{server.address}: {server.why}" for server in self._servers)
        failure = kind(f"no server takes the call ({whys})")
        failure.not_processed = True
        return failure

    def _start_opening(self, server: _Server) -> None:
        server.standing.is_opening = True
        opening = asyncio.create_task(self._open(server))
        self._openings.add(opening)
        opening.add_done_callback(self._openings.discard)

    async def _open(self, server: _Server) -> None:
        def notice(link: Link, event: Event) -> None:
            self._notice(server, link, event)

        try:
            async with asyncio.timeout(HELLO_WITHIN):
                link = await self._connect(server.address, lambda: Link(notice))
            self._links.add(link)
            link.closed.add_done_callback(lambda _: self._links.discard(link))
            # The connection itself minds how long its Hello takes.
            ended = await link.opened
        except TimeoutError:
            self._failed(server, "nothing answers there")
        except OSError as error:
            # asyncio's own text says which call failed instead of why.
            why = os.strerror(error.errno) if error.errno else str(error)
            self._failed(server, f"cannot connect: {why}")
        else:
            if ended is not None:
                server.is_broken = ended.protocol_broken
                self._failed(server, ended.why)
        finally:
            server.standing.is_opening = False
            self._changed()

    def _notice(self, server: _Server, link: Link, event: Event) -> None:
        if isinstance(event, Opened):
            # Here, since the end may come with the same bytes.
            server.is_broken = False
            server.links.append(link)
        elif isinstance(event, Answered):
            server.standing.failures = 0
        elif link in server.links:
            if isinstance(event, Leaving) and event.reason != "IDLE":
                self._failed(server, f"the server said {event.reason}")
            elif isinstance(event, Ended):
                server.links.remove(link)
                self._ended(server, event)
        self._changed()

    def _ended(self, server: _Server, ended: Ended) -> None:
        _log.info("a connection to %s ended: %s", server.address, ended.why)
        # After a GoAway it has been counted already.
        if ended.reason in ("", "PEER_SILENT") or ended.protocol_broken:
            self._failed(server, ended.why)

    def _failed(self, server: _Server, why: str) -> None:
        server.why = why
        server.standing.failed(asyncio.get_running_loop().time(), self._random)
        _log.info("%s cannot be used for a while: %s", server.address, why)
