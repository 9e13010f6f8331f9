"""Which server the next call goes to: all in turn, a failed one left alone for a while. Pure: it
opens nothing itself, and says what to open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from rekey.retry import BACKOFF_MAX, backoff


@dataclass
class Standing:
    """How one server does."""

    # Failures in a row; an answered call ends the row.
    failures: int = 0
    # No connection is opened to it before.
    not_before: float = 0.0
    is_opening: bool = False
    # One of its connections takes a call now.
    has_room: bool = False

    def failed(self, now: float, random: Random) -> None:
        self.failures += 1
        self.not_before = now + backoff(self.failures, random)

    def refused(self, now: float) -> None:
        """It would say the same again."""
        self.failures += 1
        self.not_before = now + BACKOFF_MAX


@dataclass(frozen=True)
class Choice:
    """By number: the server to use now, if any, and the one to open a connection to, if any. With
    neither there is nothing to do before `wait_until`, unless a connection that is being opened
    comes first."""

    use: int | None = None
    open: int | None = None
    wait_until: float | None = None


class Rotation:
    def __init__(self, servers: Sequence[Standing]) -> None:
        self._servers = servers
        self._next = 0

    def choose(self, now: float) -> Choice:
        """In turn, so that each server gets its share. No call waits for a connection while another
        server has room."""
        turn = [(self._next + step) % len(self._servers) for step in range(len(self._servers))]
        standings = [self._servers[index] for index in turn]
        opened: int | None = None
        for index, standing in zip(turn, standings):
            if standing.has_room:
                self._next = index + 1
                return Choice(use=index, open=opened)
            if opened is None and not standing.is_opening and now >= standing.not_before:
                opened = index
        if opened is not None:
            # Still its turn: the call that opened it is to find it here when it looks again.
            self._next = opened
            return Choice(open=opened)
        waiting = [each.not_before for each in standings if not each.is_opening]
        return Choice(wait_until=min(waiting, default=None))
