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
    return Word(frozenset({"on", *modifiers}), on_wire=True)


_CALL = frozenset({"with", "expect", "refused", "on", "key", "timeout_ms", "trace_context"})
_ONLY_WIRE = frozenset({"on", "key", "timeout_ms", "trace_context"})
_LETTERS = frozenset({"letters"})
_PROCESS = frozenset({"restart"})

WORDS = {
    # Bytes and frames
    "connect": _wire("hello"),
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
    "wait-for": Word(frozenset({"with", "expect", "on"}), no_command_line=True),
    "start": Word(_CALL - {"expect", "refused"} | {"as", "times"}, no_command_line=True),
    "answer": Word(frozenset({"expect", "refused"}), no_command_line=True),
    "unanswered": Word(frozenset({"at-least", "at-most"}), no_command_line=True),
    "answers": Word(frozenset({"are"}), no_command_line=True),
    # People and their letters
    "account": Word(frozenset({"pending", "password", "language"}), needs=_LETTERS),
    "person": Word(),
    "letter": Word(frozenset({"to", "save", "matches", "lacks"}), needs=_LETTERS),
    "letters": Word(frozenset({"mails", "texts"}), needs=_LETTERS),
    # The server
    "stop-server": Word(needs=_PROCESS),
    "kill-server": Word(needs=_PROCESS),
    "start-server": Word(needs=_PROCESS),
    "wait-for-exit": Word(needs=_PROCESS),
    "refuses-to-start": Word(frozenset({"with"}), needs=_PROCESS),
    "advance-clock": Word(needs=frozenset({"clock"})),
    "measure": Word(needs=frozenset({"memory"})),
    "grew-at-most": Word(frozenset({"processor-seconds"}), needs=frozenset({"memory"})),
    # Values
    "let": Word(),
    "same": Word(),
    "differ": Word(),
    "ascending": Word(),
    "described": Word(),
    "number": Word(frozenset({"at-least", "at-most"})),
    "repeat": Word(frozenset({"steps"})),
}
