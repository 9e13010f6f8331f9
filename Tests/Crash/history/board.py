"""What all clients together know of one account, and the history of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from operation import Operation


@dataclass
class Board:
    """Shared by all clients: each appends what it learns, and takes what it finds."""

    identifier: str
    mail: str
    mobiles: tuple[str, str]
    passwords: list[str]
    mobile: str = ""
    version: int = 0
    held: bool = False
    # Its mobile was changed, and nobody recovers it.
    paused: bool = False
    sessions: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    # Links that take a change of contacts back.
    cancels: list[str] = field(default_factory=list)
    # By the instant in their SMS's name; empty where two were made in one.
    codes: dict[int, str] = field(default_factory=dict)
    # Which instant a link's newest code has, as far as was told.
    code_of: dict[str, int] = field(default_factory=dict)
    history: list[Operation] = field(default_factory=list)
    # The server (by number of its start) that an unknown call ran on, by the call's number.
    ran_on: dict[int, int] = field(default_factory=dict)
