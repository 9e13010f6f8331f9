"""How the parts of the suite say what went wrong. Imports nothing of it."""

from __future__ import annotations


class Failure(Exception):
    """The server did something else than the case says it must."""


class BadCase(Exception):
    """A case that cannot be understood: the suite's fault, not the server's."""


class NoCommandLine(Exception):
    """A step that only the wire can do."""
