"""A server of its own for a proof: made by `rekeyd init` in a temporary folder, run and killed as a
process, its letters read from where its couriers put them. Leaving the `with` ends and removes all.
"""

from __future__ import annotations

import email
import email.policy
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 20.0
_POLL_SECONDS = 0.002
_LINK = re.compile(r"#([A-Za-z0-9_-]+)>")
_CANCEL = re.compile(r"#cancel=([A-Za-z0-9_-]+)>")
_CODE = re.compile(r" code (\S{5})\.$", re.MULTILINE)


class NotStarted(Exception):
    """The server ended before it took connections; holds what it logged."""


@dataclass(frozen=True)
class Letter:
    """A mail or an SMS as it arrived. Letters queued in one step have the same `queued_ms`."""

    file: str
    to: str
    text: str
    queued_ms: int

    @property
    def link(self) -> str | None:
        """The token behind the # of a mail's URL."""
        found = _LINK.search(self.text)
        return found and found[1]

    @property
    def cancel(self) -> str | None:
        """The token in a mail that takes a change of contacts back."""
        found = _CANCEL.search(self.text)
        return found and found[1]

    @property
    def code(self) -> str | None:
        """The five characters of an SMS."""
        found = _CODE.search(self.text)
        return found and found[1]


# Proofs make more calls in a second than people in a day; the limits of many have tests of their own.
_UNLIMITED = [
    word
    for kind in ("letters", "forged-links", "failed-logins")
    for scope in ("per-origin", "per-caller", "in-all")
    for word in (f"--policy-{kind}-{scope}", "1000000000")
]


class Installation:
    """Use from one thread; `port` may be read by any."""

    def __init__(self, binaries: Path, *settings: str) -> None:
        """`settings`: further flags of `rekeyd serve`, in pairs."""
        self._rekeyd = binaries / "rekeyd"
        self._settings = settings
        self._server: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> Installation:
        self.home = Path(tempfile.mkdtemp(prefix="rekey-proof-"))
        try:
            made = subprocess.run(
                [self._rekeyd, "init", self.folder], capture_output=True, text=True,
                # Where it leaves the operator's profile for `rekey`: not with whoever runs this.
                env={**os.environ, "XDG_CONFIG_HOME": str(self.home / "config")},
            )
            if made.returncode != 0:
                raise NotStarted(made.stderr)
        except BaseException:
            shutil.rmtree(self.home)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill9()
        shutil.rmtree(self.home)

    @property
    def folder(self) -> Path:
        return self.home / "rekey"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What every run of the server wrote to stderr."""
        return self.home / "log"

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server else None

    def start(self) -> None:
        """Returns when the server takes connections; raises NotStarted with its log."""
        port_file = self.home / "port"
        port_file.unlink(missing_ok=True)
        command = [
            self._rekeyd, "serve", "--config", self.folder / "rekeyd.json",
            "--listen-plaintext-on-loopback", "true", "--listen-port", "0",
            "--listen-port-file", port_file, *_UNLIMITED, *self._settings,
        ]  # fmt: skip
        # A crash is to be seen at once, not after the seconds that a backtrace takes.
        environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
            )
        end = time.monotonic() + START_SECONDS_MAX
        # The file appears whole, by a rename.
        while not port_file.exists():
            if self._server.poll() is not None or time.monotonic() > end:
                self.kill9()
                raise NotStarted(self.log.read_text(errors="replace"))
            time.sleep(_POLL_SECONDS)
        self.port = int(port_file.read_text())

    def kill9(self) -> int:
        """kill -9, and wait until it is gone; -9 unless it ended by itself before."""
        return self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; the server's exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, with_signal: signal.Signals) -> int:
        server, self._server = self._server, None
        if server is None:
            return 0
        server.send_signal(with_signal)
        try:
            return server.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
            raise

    def mails(self, seen: Container[str] = ()) -> list[Letter]:
        """In the order in which they were queued, all but those whose file is in `seen`."""
        return [_mail(file) for file in _files(self.folder / "letters/mail/new", seen)]

    def texts(self, seen: Container[str] = ()) -> list[Letter]:
        """The SMS, likewise."""
        return [_text(file) for file in _files(self.folder / "letters/sms", seen)]

    def wait_for_letters(self, count: int, to_mail: str, to_mobile: str) -> tuple[Letter, Letter]:
        """The newest link and code of a person, once `count` mails and as many SMS came to them."""
        end = time.monotonic() + START_SECONDS_MAX
        while True:
            mails = [letter for letter in self.mails() if letter.to == to_mail]
            texts = [letter for letter in self.texts() if letter.to == to_mobile]
            links = [letter for letter in mails if letter.link]
            codes = [letter for letter in texts if letter.code]
            # A letter may come twice, so the count alone does not say that these two are there.
            if min(len(mails), len(texts)) >= count and links and codes:
                return links[-1], codes[-1]
            if time.monotonic() > end:
                raise TimeoutError(f"{len(mails)} mails, {len(texts)} SMS of {count} came")
            time.sleep(_POLL_SECONDS)


def _files(folder: Path, seen: Container[str]) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.name not in seen)
    except FileNotFoundError:
        return []


def _queued_ms(file: Path) -> int:
    return int(file.name.split(".")[0])


def _mail(file: Path) -> Letter:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    to = message["To"].addresses[0].addr_spec
    return Letter(file.name, to, message.get_content(), _queued_ms(file))


def _text(file: Path) -> Letter:
    head, _, words = file.read_text().partition("\n\n")
    return Letter(file.name, head.removeprefix("To: "), words, _queued_ms(file))
