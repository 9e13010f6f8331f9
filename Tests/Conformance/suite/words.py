"""The words a step can be, with the modifiers that each takes. What they do is in steps.py; what they
mean to somebody who reads or writes a case is in cases/README.md.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """What may stand beside it in a step, and where it can run."""

    modifiers: frozenset[str] = frozenset()
    # It is about bytes and frames, so the case runs with three ways to cut them.
    on_wire: bool = False
    # The command line cannot do it …
    no_command_line: bool = False
    # … or not with these modifiers.
    wire_only: frozenset[str] = frozenset()
    # One of these must stand among the needs of a case that uses it.
    needs: frozenset[str] = frozenset()


def _wire(*modifiers: str) -> Word:
    return Word(frozenset({"on", "caller", *modifiers}), on_wire=True)


_ONLY_WIRE = frozenset({"on", "key", "timeout_ms", "trace_context", "save-answer"})
_CALL = frozenset({"with", "expect", "refused", "caller"}) | _ONLY_WIRE
_LETTERS = frozenset({"letters"})
_PROCESS = frozenset({"restart", "access"})
_ACCESS = frozenset({"access"})
_AUTHORITY = frozenset({"access", "authority"})
_SPEAKS_TLS = frozenset({"access", "authority", "tls"})


def _handshake(*modifiers: str) -> Word:
    """How bytes are cut says nothing about who comes in, so its case runs once."""
    return Word(frozenset({"caller", *modifiers}), no_command_line=True, needs=_SPEAKS_TLS)


def _files(*modifiers: str) -> Word:
    return Word(frozenset(modifiers), no_command_line=True, needs=_ACCESS)


WORDS = {
    # Bytes and frames
    "connect": _wire("hello", "resumes", "server-certificate"),
    "send": _wire(),
    "send-hex": _wire(),
    "send-frame": _wire(),
    "send-until-stuck": _wire("at-most"),
    "expect-frame": _wire("within"),
    "expect-any-order": _wire(),
    "expect-nothing": _wire(),
    "expect-close": _wire("after", "before"),
    "ping": _wire(),
    "half-close": _wire(),
    "close": _wire(),
    "reset": _wire(),
    # Calls
    "call": Word(_CALL, wire_only=_ONLY_WIRE),
    "wait-for": Word(
        frozenset({"with", "expect", "refused", "on", "caller"}), no_command_line=True),
    "start": Word(
        _CALL - {"expect", "refused", "save-answer"} | {"as", "times"}, no_command_line=True),
    "answer": Word(frozenset({"expect", "refused"}), no_command_line=True),
    "unanswered": Word(frozenset({"at-least", "at-most"}), no_command_line=True),
    "answers": Word(frozenset({"are"}), no_command_line=True),
    "answers-alike": Word(frozenset({"when", "at-least"}), no_command_line=True),
    # People and their letters
    "account": Word(
        frozenset({"pending", "password", "language", "on"}), wire_only=frozenset({"on"}),
        needs=_LETTERS),
    "person": Word(),
    "letter": Word(frozenset({"to", "save", "matches", "lacks"}), needs=_LETTERS),
    "letters": Word(
        frozenset({"mails", "texts", "on"}), wire_only=frozenset({"on"}), needs=_LETTERS),
    "courier": Word(frozenset({"to"}), no_command_line=True, needs=_PROCESS),
    # The server
    "stop-server": Word(needs=_PROCESS),
    "kill-server": Word(needs=_PROCESS),
    "start-server": Word(frozenset({"with"}), needs=_PROCESS),
    "wait-for-exit": Word(needs=_PROCESS),
    "refuses-to-start": Word(frozenset({"with", "says"}), needs=_PROCESS),
    "advance-clock": Word(needs=frozenset({"clock"})),
    "measure": Word(needs=frozenset({"memory"})),
    "peak": Word(frozenset({"at-least", "at-most"}), needs=frozenset({"memory"})),
    "grew-at-most": Word(frozenset({"processor-seconds"}), needs=frozenset({"memory"})),
    # Who comes in
    "handshake-fails": _handshake("version", "before"),
    "tcp": Word(frozenset({"on"}), no_command_line=True),
    "tcp-trickles": Word(frozenset({"on", "for"}), no_command_line=True),
    "tcp-closes": Word(no_command_line=True),
    "tcp-ends": Word(frozenset({"after", "before"}), no_command_line=True),
    "certificate": Word(
        frozenset({"of", "names", "signed-by", "chain", "may-sign", "valid", "usages", "key-of"}),
        no_command_line=True, needs=_AUTHORITY),
    "file": _files(
        "text", "append", "pem", "append-pem", "mode", "has-mode", "gone", "keep"),
    "callers": _files(),
    "rekeyd": _files("exit", "says", "times"),
    "reload": Word(no_command_line=True, needs=_PROCESS),
    "log": Word(no_command_line=True, needs=_PROCESS),
    "rekey": Word(
        frozenset({"caller", "server", "exit", "says"}), no_command_line=True,
        needs=_SPEAKS_TLS | _PROCESS),
    # Values
    "let": Word(),
    "same": Word(),
    "differ": Word(),
    "ascending": Word(),
    "described": Word(),
    "number": Word(frozenset({"at-least", "at-most"})),
    "repeat": Word(frozenset({"steps"})),
}
