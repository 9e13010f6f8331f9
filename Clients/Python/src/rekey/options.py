"""What a call may be given beside its own arguments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from rekey.v1 import recovery_pb2 as recovery


class CallOptions(TypedDict, total=False):
    """`timeout`: seconds for the whole call, repeats included; without it the client's.
    `trace_context`: a W3C traceparent; without it that of `rekey.trace_context`."""

    timeout: float | None
    trace_context: str | None


class KeyedCallOptions(CallOptions, total=False):
    """`idempotency_key`: 1 to 64 random bytes. The client draws one itself for each call; give one
    to make the very same call again later, within an hour, also after a crash of your own."""

    idempotency_key: bytes | None


@dataclass(frozen=True)
class Origin:
    """The end user on whose behalf a service calls, as far as it knows."""

    # An IPv4 or IPv6 address, or empty.
    address: str = ""
    # A browser's User-Agent or the like; at most 256 bytes.
    agent: str = ""

    @staticmethod
    def message(origin: Origin | None) -> recovery.Origin | None:
        if origin is None:
            return None
        return recovery.Origin(address=origin.address, agent=origin.agent)
