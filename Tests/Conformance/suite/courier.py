"""A courier that hangs, as one does whose provider takes no more: what it writes goes into a pipe that
nobody reads, and an open(2) of that waits without end. Whoever may write in the server's folder of letters
can do that.
"""

from __future__ import annotations

import os
import select
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .failure import BadCase, Failure
from .run_of_case import Run

# By then a letter that is due has been tried.
_TRIED_SECONDS = 1.0
_READS_SECONDS_MAX = 10.0

Step = dict[str, Any]
Perform = Callable[[Run, Step], None]


def courier(run: Run, step: Step, perform: Perform) -> None:
    """`perform` does a step."""
    match step["courier"]:
        case "hangs":
            _hangs(run, step["to"], perform)
        case "goes-on":
            _goes_on(run, step["to"])
        case other:
            raise BadCase(f"a courier hangs or goes-on, not {other}")


def _hangs(run: Run, name: str, perform: Perform) -> None:
    """The folder of SMS goes away and does not come back: a first attempt fails, and shows the letter's
    name. Where the letter is drafted at the next attempt, a FIFO is by then."""
    shutil.rmtree(run.owned().letters.folder / "sms")
    identifier, account = run.variables[f"{name}.identifier"], run.variables[f"{name}.id"]
    perform(run, {"call": "RequestReset", "with": {"identifier": identifier}})
    tried = {
        "account_id": account, "attempts": {"at-least": 1, "save": f"{name}.attempts"},
        "id": {"save": f"{name}.letter"}, "queued_at_ms": {"save": f"{name}.queued"},
        "next_attempt_at_ms": {"save": f"{name}.next"},
    }  # fmt: skip
    perform(run, {
        "wait-for": "ListLetters", "with": {"limit": 1000}, "expect": {"letters": {"any": tried}}})
    os.mkfifo(_pipe(run, name), 0o600)
    due = run.variables[f"{name}.next"] / 1000 - time.time()
    time.sleep(max(0.0, due) + _TRIED_SECONDS)
    # An attempt that fails is counted, and a letter that was sent is gone.
    hung = {"id": run.variables[f"{name}.letter"], "attempts": run.variables[f"{name}.attempts"]}
    perform(run, {
        "call": "ListLetters", "with": {"limit": 1000}, "expect": {"letters": {"any": hung}}})


def _pipe(run: Run, name: str) -> Path:
    queued, letter = run.variables[f"{name}.queued"], run.variables[f"{name}.letter"]
    return run.owned().letters.folder / f"mail/tmp/{queued:015}.{letter}"


def _goes_on(run: Run, name: str) -> None:
    """Reads what the courier hung at: that it comes shows that it hung until now. What it has for the
    folder of SMS fails from now on; mails go their way."""
    reader = os.open(_pipe(run, name), os.O_RDONLY | os.O_NONBLOCK)
    try:
        if not select.select([reader], [], [], _READS_SECONDS_MAX)[0]:
            raise Failure("no courier hung at the pipe")
        came = os.read(reader, 65536).decode()
    finally:
        os.close(reader)
    run.trace.append(f"the courier hung at: {' '.join(came.split())}")
    if not came.startswith(f"To: {run.variables[f'{name}.mobile']}\n"):
        raise Failure(f"the courier hung at another letter: {came!r}")
