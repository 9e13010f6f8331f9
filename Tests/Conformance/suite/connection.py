"""One connection to the server under test: bytes out, cut as the variant says; frames in, each held
against what must always be true; and a trace of both for the report of a failure.
"""

from __future__ import annotations

import random
import struct
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.message import DecodeError

from .failure import Failure
from .invariants import FRAME_BYTES_MAX, Invariants
from .protocol import encode, frames, show
from .transport import Cut, Transport

# Longer than the longest call (P4.6).
ANSWER_SECONDS_MAX = 40.0
# Beyond this a piece of one byte each would measure this machine, not the server.
_SINGLE_BYTES_MAX = 8192


def whole(data: bytes) -> Iterator[bytes]:
    yield data


def single_bytes(data: bytes) -> Iterator[bytes]:
    for index in range(min(len(data), _SINGLE_BYTES_MAX)):
        yield data[index : index + 1]
    if len(data) > _SINGLE_BYTES_MAX:
        yield data[_SINGLE_BYTES_MAX:]


def at_random(seed: str) -> Cut:
    """Pieces of a few bytes at first, longer ones later; the same for the same seed."""
    dice = random.Random(seed)

    def cut(data: bytes) -> Iterator[bytes]:
        start = 0
        while start < len(data):
            end = start + dice.randint(1, 7 if dice.random() < 0.5 else 2000)
            yield data[start:end]
            start = end

    return cut


class Connection:
    """Used by one thread."""

    def __init__(
        self, name: str, dial: Callable[[], Transport], cut: Cut, trace: list[str]
    ) -> None:
        self.name = name
        self.opened = time.monotonic()
        self._cut = cut
        self._trace = trace
        self._received = bytearray()
        # Frames that came while another one was waited for.
        self._set_aside: deque[Any] = deque()
        self._sent = bytearray()
        self._invariants = Invariants()
        # Each Response as its bytes were, by its call.
        self.answers: dict[int, bytes] = {}
        self.transport = dial()
        # P3.1: it comes without being asked for.
        self.hello = self.next().hello

    @property
    def last_call_id(self) -> int:
        """The highest that a Request on it had."""
        return self._invariants.last_call_id

    # Out

    def send_frame(self, frame: Any) -> None:
        self.send(encode(frame))

    def send(self, data: bytes) -> None:
        """Bytes as the variant cuts them. That the server has closed is for a later step to see."""
        self._remember(data)
        try:
            self.transport.send(data, self._cut, ANSWER_SECONDS_MAX)
        except TimeoutError:
            raise Failure(f"the server did not read for {ANSWER_SECONDS_MAX:g} s") from None
        except OSError as error:
            self.note(f"   (not all was taken: {error})")

    def send_until_stuck(self, data: bytes, at_most: int, seconds: float) -> int:
        """Sends `data` again and again while the server takes it; how many bytes it took."""
        taken = 0
        self.note(f"-> {len(data)} bytes, again and again")
        try:
            while taken < at_most:
                taken += self.transport.send_some(data[taken % len(data) :], seconds)
        except TimeoutError:
            pass
        except OSError as error:
            self.note(f"   (the server ended it: {error})")
        return taken

    def half_close(self) -> None:
        self.note("-> end of stream")
        try:
            self.transport.half_close()
        except OSError as error:
            self.note(f"   ({error})")

    def close(self) -> None:
        self.transport.close()

    def reset(self) -> None:
        """Goes away as a crashed machine does: with an RST."""
        self.note("-> RST")
        self.transport.reset()

    # In

    def next(self, within: float = ANSWER_SECONDS_MAX) -> Any:
        """The next frame. Raises Failure when there is none in time, or no more."""
        if self._set_aside:
            return self._set_aside.popleft()
        frame = self._read_frame(time.monotonic() + within)
        if frame is None:
            raise Failure("the server closed the connection; a frame was expected")
        return frame

    def first(self, wanted: Callable[[Any], bool], within: float = ANSWER_SECONDS_MAX) -> Any:
        """The first frame that is wanted; those before it are kept for later."""
        for frame in self._set_aside:
            if wanted(frame):
                self._set_aside.remove(frame)
                return frame
        end = time.monotonic() + within
        while (frame := self._read_frame(end)) is not None:
            if wanted(frame):
                return frame
            self._set_aside.append(frame)
        raise Failure("the server closed the connection before it had answered")

    def has_answer(self, call_id: int) -> bool:
        """Whether it is among the frames that were kept for later."""
        return any(
            frame.WhichOneof("kind") == "response" and frame.response.call_id == call_id
            for frame in self._set_aside)

    def expect_end(self, within: float = ANSWER_SECONDS_MAX) -> None:
        """Nothing but the end of the stream may follow; a reset is a failure."""
        if self._set_aside:
            raise Failure(f"expected the end, had {show(self._set_aside[0])}")
        frame = self._read_frame(time.monotonic() + within)
        if frame is not None:
            raise Failure(f"expected the end, got {show(frame)}")
        if self._received:
            raise Failure(f"the stream ended within a frame: {bytes(self._received).hex(' ')}")

    def expect_nothing(self, seconds: float) -> None:
        try:
            frame = self.next(seconds)
        except TimeoutFailure:
            return
        raise Failure(f"nothing was to come for {seconds:g} s, got {show(frame)}")

    def _read_frame(self, end: float) -> Any | None:
        while (body := self._whole_frame()) is None:
            chunk = self._read(end)
            if not chunk:
                self.note("<- end of stream")
                return None
            self._received += chunk
        try:
            frame = frames.Frame.FromString(body)
        except DecodeError as error:
            raise Failure(f"P2.4: a frame that does not parse: {body.hex(' ')}") from error
        self.note(f"<- {show(frame)}")
        self._invariants.received(frame, len(body))
        if frame.WhichOneof("kind") == "response":
            self.answers[frame.response.call_id] = body
        return frame

    def _whole_frame(self) -> bytes | None:
        if len(self._received) < 4:
            return None
        (length,) = struct.unpack_from(">I", self._received)
        if not 0 < length <= FRAME_BYTES_MAX:
            raise Failure(f"P2.2, P2.3: the server announces a frame of {length} bytes")
        if len(self._received) < 4 + length:
            return None
        body = bytes(self._received[4 : 4 + length])
        del self._received[: 4 + length]
        return body

    def _read(self, end: float) -> bytes:
        try:
            return self.transport.receive(end)
        except TimeoutError:
            raise TimeoutFailure("nothing came in time") from None
        except ConnectionResetError:
            self.note("<- RST")
            raise Failure("P7.3: the server reset the connection instead of closing it") from None

    # Trace

    def note(self, line: str) -> None:
        self._trace.append(f"{time.monotonic() - self.opened:8.3f} {self.name:5} {line}")

    def _remember(self, data: bytes) -> None:
        """Shows what was sent, whole frames as what they say, and learns which calls are open."""
        self._sent += data
        while len(self._sent) >= 4:
            (length,) = struct.unpack_from(">I", self._sent)
            if not 0 < length <= 65536 or len(self._sent) < 4 + length:
                break
            body = bytes(self._sent[4 : 4 + length])
            del self._sent[: 4 + length]
            try:
                frame = frames.Frame.FromString(body)
                self.note(f"-> {show(frame)}")
                self._invariants.sent(frame)
            except DecodeError:
                self.note(f"-> {length} bytes: {_hex(body)}")
        if self._sent:
            self.note(f"-> part of a frame: {_hex(bytes(self._sent))}")


class TimeoutFailure(Failure):
    """Nothing came in time."""


def _hex(data: bytes) -> str:
    return data[:60].hex(" ") + (f" … {len(data)} bytes" if len(data) > 60 else "")
