"""The connections of one client: opens them when calls need them, hands out one with room, and
leaves a server alone for a while that does not answer. Lives on one event loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from rekey.address import Address
from rekey.aio.dial import Dialer
from rekey.aio.link import Link
from rekey.connection import (
    CALLER_REFUSED,
    CERTIFICATE_REFUSED,
    HELLO_WITHIN,
    Answered,
    Ended,
    Event,
    Leaving,
    Opened,
)
from rekey.errors import CallerRefused, ProtocolError, RekeyError, Unavailable
from rekey.rotation import Rotation, Standing

# A server that has not said Hello by now does not keep a call from trying the next one.
NEXT_SERVER_AFTER = 0.25
_log = logging.getLogger("rekey")


@dataclass
class _Server:
    address: Address
    standing: Standing = field(default_factory=Standing)
    links: list[Link] = field(default_factory=list)
    # Why it could not be used the last time.
    why: str = "no connection yet"
    kind: type[RekeyError] = Unavailable
    # The GoAway's, or one like it.
    reason: str = ""
    # To try again changes nothing before the files of the profile do.
    is_final: bool = False
    # Of those files, as they were for the connection that is or was opened last.
    stamp: object = None

    def link_with_room(self) -> Link | None:
        return next((link for link in self.links if link.has_room), None)


class Pool:
    def __init__(self, servers: Sequence[Address], random: Random, dialer: Dialer) -> None:
        self._servers = [_Server(address) for address in servers]
        self._rotation = Rotation([server.standing for server in self._servers])
        self._random = random
        self._dialer = dialer
        self._openings: set[asyncio.Task[None]] = set()
        # Those too that are about to end.
        self._links: set[Link] = set()
        # Set and replaced whenever a call that waits should look again.
        self._change = asyncio.Event()
        self._is_closed = False

    async def link(self, deadline: float) -> Link:
        """One with room, waiting for it until `deadline` of the loop's clock. Raises Unavailable,
        or at once a ProtocolError or an AccessError when that is what all servers come to."""
        loop = asyncio.get_running_loop()
        while True:
            if self._is_closed:
                raise Unavailable("this client is closed")
            now = loop.time()
            for server in self._servers:
                server.standing.has_room = server.link_with_room() is not None
                if server.is_final and server.stamp != self._dialer.stamp():
                    # What it would be shown now it has not refused.
                    server.is_final, server.standing.not_before = False, now
            choice = self._rotation.choose(now)
            if choice.open is not None:
                self._start_opening(self._servers[choice.open])
            if choice.use is not None:
                link = self._servers[choice.use].link_with_room()
                assert link is not None, "just looked at"
                return link
            if now >= deadline or all(map(self._is_over, self._servers)):
                raise self._failure()
            until = deadline if choice.wait_until is None else min(deadline, choice.wait_until)
            if choice.open is not None:
                until = min(until, now + NEXT_SERVER_AFTER)
            await self._wait(until)

    async def close(self) -> None:
        """Takes no further calls; returns when those in flight are answered and all is closed."""
        self._is_closed = True
        self._changed()
        for opening in self._openings:
            opening.cancel()
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

    def _is_over(self, server: _Server) -> bool:
        """No call waits for it: it says the same until somebody has acted. Later calls try again,
        when it was left alone for long enough: nobody tells a client that a server has changed."""
        if not server.is_final or server.standing.is_opening:
            return False
        return not any(link.takes_calls for link in server.links)

    def _failure(self) -> RekeyError:
        """What all servers come to, or Unavailable where one may yet take the call."""
        whys = "; ".join(f"{server.address}: {server.why}" for server in self._servers)
        first = self._servers[0]
        are_alike = all(
            server.is_final == first.is_final and (server.is_final or server.kind is first.kind)
            for server in self._servers
        )
        failure = (first.kind if are_alike else Unavailable)(f"no server takes the call ({whys})")
        failure.not_processed = True
        if isinstance(failure, CallerRefused):
            failure.reason = first.reason
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
            server.stamp = self._dialer.stamp()
            async with asyncio.timeout(HELLO_WITHIN):
                link = await self._dialer.connect(server.address, lambda: Link(notice))
            self._links.add(link)
            link.closed.add_done_callback(lambda _: self._links.discard(link))
            # The connection itself minds how long its Hello takes.
            ended = await link.opened
        except TimeoutError:
            self._failed(server, "nothing answers there")
        except RekeyError as error:
            self._failed(server, str(error), type(error), is_final=True)
        except OSError as error:
            self._failed(server, str(error))
        else:
            if ended is not None:
                self._not_opened(server, link, ended)
        finally:
            server.standing.is_opening = False
            self._changed()

    def _notice(self, server: _Server, link: Link, event: Event) -> None:
        if isinstance(event, Opened):
            # Here, since the end may come with the same bytes.
            server.kind, server.is_final = Unavailable, False
            server.links.append(link)
        elif isinstance(event, Answered):
            server.standing.failures = 0
        elif link in server.links:
            if isinstance(event, Leaving) and event.reason in CALLER_REFUSED:
                why = f"the server said {event.reason}"
                self._failed(server, why, CallerRefused, event.reason, is_final=True)
            elif isinstance(event, Leaving) and event.reason != "IDLE":
                self._failed(server, f"the server said {event.reason}")
            elif isinstance(event, Ended):
                server.links.remove(link)
                self._ended(server, event)
        self._changed()

    def _not_opened(self, server: _Server, link: Link, ended: Ended) -> None:
        if ended.reason in CALLER_REFUSED:
            self._failed(server, ended.why, CallerRefused, ended.reason, is_final=True)
        elif ended.protocol_broken:
            self._failed(server, ended.why, ProtocolError, is_final=True)
        elif link.is_tls and not ended.reason:
            # What a server does that says nothing to a certificate it does not accept; also one
            # that dies just now, so that it is tried again.
            self._failed(server, ended.why, CallerRefused, CERTIFICATE_REFUSED)
        else:
            self._failed(server, ended.why)

    def _ended(self, server: _Server, ended: Ended) -> None:
        _log.info("a connection to %s ended: %s", server.address, ended.why)
        # After a GoAway it has been counted already.
        if ended.reason in ("", "PEER_SILENT") or ended.protocol_broken:
            self._failed(server, ended.why)

    def _failed(
        self,
        server: _Server,
        why: str,
        kind: type[RekeyError] = Unavailable,
        reason: str = "",
        is_final: bool = False,
    ) -> None:
        server.why, server.kind, server.reason = why, kind, reason
        # A certificate that was renewed since has not been refused.
        server.is_final = is_final and server.stamp == self._dialer.stamp()
        now = asyncio.get_running_loop().time()
        if server.is_final:
            server.standing.refused(now)
        else:
            server.standing.failed(now, self._random)
        _log.info("%s cannot be used for a while: %s", server.address, why)
