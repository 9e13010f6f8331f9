"""Frames as a server would send them, for tests that write a server's part."""

from __future__ import annotations

from rekey.v1 import frame_pb2 as pb
from rekey.wire import frame_bytes

ANNOUNCED = 2**64 - 1


def hello(low: int = 1, high: int = 1, calls_max: int = 100, features: int = 0) -> bytes:
    said = pb.Hello(
        version_min=low,
        version_max=high,
        request_frame_bytes_max=65_536,
        response_frame_bytes_max=1_048_576,
        calls_max=calls_max,
        features=["x"] * features,
    )
    return frame_bytes(pb.Frame(hello=said))


def ok(call_id: int, body: bytes = b"") -> bytes:
    return frame_bytes(pb.Frame(response=pb.Response(call_id=call_id, body=body)))


def refusal(
    call_id: int, status: int, reason: str, retry_after_ms: int = 0, not_processed: bool = False
) -> bytes:
    response = pb.Response(
        call_id=call_id,
        reason=reason,
        message="a sentence",
        retry_after_ms=retry_after_ms,
        not_processed=not_processed,
    )
    # Also numbers that the enum does not have.
    response.MergeFromString(bytes([2 << 3, status]))
    return frame_bytes(pb.Frame(response=response))


def go_away(last_call_id: int, reason: str) -> bytes:
    said = pb.GoAway(last_call_id=last_call_id, reason=reason, message="a sentence")
    return frame_bytes(pb.Frame(go_away=said))


def ping(token: int) -> bytes:
    return frame_bytes(pb.Frame(ping=pb.Ping(token=token)))


def pong(token: int) -> bytes:
    return frame_bytes(pb.Frame(pong=pb.Pong(token=token)))


def read(output: bytes) -> list[pb.Frame]:
    """All frames of what a client sent."""
    found = []
    while output:
        end = 4 + int.from_bytes(output[:4], "big")
        found.append(pb.Frame.FromString(output[4:end]))
        output = output[end:]
    return found


def kinds(output: bytes) -> list[str | None]:
    return [frame.WhichOneof("kind") for frame in read(output)]
