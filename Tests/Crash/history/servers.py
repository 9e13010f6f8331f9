"""Tells clients which server runs, and who kills servers how busy the clients were."""

from __future__ import annotations

import threading
import time


class Servers:
    """Which server runs now, and when the others ended."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._port = 0
        self._calls_left = 0
        self._ended = False
        self.count = 0
        # When the process of each start was surely gone.
        self.gone: dict[int, float] = {}

    def up(self, port: int) -> None:
        with self._change:
            self.count += 1
            self._port = port
            self._change.notify_all()

    def down(self) -> None:
        with self._change:
            self._port = 0

    def buried(self) -> None:
        self.gone[self.count] = time.monotonic()

    def end(self) -> None:
        with self._change:
            self._ended = True
            self._change.notify_all()

    def await_server(self) -> tuple[int, int] | None:
        """Port and number of the server that runs; None when there will be no more calls."""
        with self._change:
            self._change.wait_for(lambda: self._port or self._ended)
            return None if self._ended else (self._port, self.count)

    def call_made(self) -> None:
        with self._change:
            self._calls_left -= 1
            if self._calls_left <= 0:
                self._change.notify_all()

    def await_calls(self, count: int, seconds: float) -> None:
        """Returns after `count` further calls, or when the time is over."""
        with self._change:
            self._calls_left = count
            self._change.wait_for(lambda: self._calls_left <= 0 or self._ended, seconds)
