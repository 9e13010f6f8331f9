"""Mails and SMS as the server's couriers put them down, found by whom they are for."""

from __future__ import annotations

import email
import email.policy
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from .failure import Failure

ARRIVES_SECONDS_MAX = 20.0
_POLL_SECONDS = 0.01
_LINK = re.compile(r"#([A-Za-z0-9_-]+)>")
_CANCEL = re.compile(r"#cancel=([A-Za-z0-9_-]+)>")
_CODE = re.compile(r" code (\S{5})\.$", re.MULTILINE)


@dataclass(frozen=True)
class Letter:
    """`link`, `cancel` and `code` are empty in letters that bring none."""

    file: str
    to: str
    text: str
    link: str
    # The link that takes a change of contacts back.
    cancel: str
    code: str

    def holds(self, what: str) -> bool:
        """`what`: link, cancel, code or text."""
        return bool(getattr(self, what))


class Letters:
    """Of one server; any thread may ask."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._folders = {"mail": folder / "mail/new", "sms": folder / "sms"}
        self._lock = threading.Lock()
        self._seen: dict[str, dict[str, Letter]] = {"mail": {}, "sms": {}}

    def to(self, address: str, by: str) -> list[Letter]:
        """In the order in which they were queued."""
        with self._lock:
            self._look(by)
            found = [letter for letter in self._seen[by].values() if letter.to == address]
        return sorted(found, key=lambda letter: letter.file)

    def wait(self, address: str, by: str, what: str, known: set[str]) -> Letter:
        """The first letter that holds a link, a code or text and whose file is not in `known`."""
        end = time.monotonic() + ARRIVES_SECONDS_MAX
        while time.monotonic() < end:
            for letter in self.to(address, by):
                if letter.file not in known and letter.holds(what):
                    return letter
            time.sleep(_POLL_SECONDS)
        raise Failure(f"no {by} with a {what} came to {address}")

    def _look(self, by: str) -> None:
        folder, seen = self._folders[by], self._seen[by]
        if not folder.exists():
            return
        for file in folder.iterdir():
            if file.name not in seen:
                seen[file.name] = _mail(file) if by == "mail" else _sms(file)


def _mail(file: Path) -> Letter:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    text = message.get_content()
    link, cancel = _LINK.search(text), _CANCEL.search(text)
    to = message["To"].addresses[0].addr_spec
    whole = f"{message['Subject']}\n{text}"
    return Letter(
        file.name, to, whole, link[1] if link else "", cancel[1] if cancel else "", "")


def _sms(file: Path) -> Letter:
    head, _, text = file.read_text().partition("\n\n")
    code = _CODE.search(text)
    return Letter(file.name, head.removeprefix("To: "), text, "", "", code[1] if code else "")
