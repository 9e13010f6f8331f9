"""The W3C traceparent that calls carry, so that the server's log lines can be found by it."""

from __future__ import annotations

from contextvars import ContextVar

TRACE_CONTEXT_BYTES_MAX = 128

# What calls carry that are given no `trace_context` of their own. Set it once where a request of
# your own comes in; each thread and each asyncio task has its own.
trace_context: ContextVar[str] = ContextVar("rekey.trace_context", default="")


def checked(context: str | None) -> str:
    """`context`, or the one of `trace_context` when it is None; judged as in P4.8."""
    chosen = trace_context.get() if context is None else context
    if len(chosen.encode(errors="replace")) > TRACE_CONTEXT_BYTES_MAX or not chosen.isprintable():
        raise ValueError("trace_context is a W3C traceparent: printable, at most 128 bytes")
    return chosen
