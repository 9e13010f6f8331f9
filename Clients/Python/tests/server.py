"""A real server for a test: an installation of its own in a temporary folder, on a free port, with
the profiles of an operator and of a portal, and the letters that it sent. REKEY_BIN names the
folder of the binary; without it such tests are skipped.
"""

from __future__ import annotations

import email
import email.policy
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import rekey

_WITHIN = 30.0
_POLL = 0.005
_LINK = re.compile(r"#([A-Za-z0-9_-]+)>")
_CANCEL = re.compile(r"#cancel=([A-Za-z0-9_-]+)>")
_CODE = re.compile(r" code (\S{5})\.$", re.MULTILINE)


class Server:
    def __init__(self, binaries: Path, *settings: str) -> None:
        """`settings`: further flags of `rekeyd serve`."""
        self._rekeyd = binaries / "rekeyd"
        self._settings = settings
        self._home = tempfile.TemporaryDirectory(prefix="rekey-python-")
        self.folder = Path(self._home.name) / "rekey"
        self._port_file = Path(self._home.name) / "port"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        # Where it leaves the operator's profile for `rekey`: not with whoever runs this.
        around = {**os.environ, "XDG_CONFIG_HOME": str(Path(self._home.name) / "config")}
        self._run("init", self.folder, env=around)
        self.certificate("issue", "--role", "service", "--name", "portal")
        self.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def operator(self) -> Path:
        """The profile of the first operator."""
        return self.folder / "operator"

    @property
    def portal(self) -> Path:
        """That of a service."""
        return self.folder / "portal"

    def certificate(self, command: str, *arguments: str) -> None:
        """`rekeyd cert …`."""
        self._run("cert", command, "--config", self.folder / "rekeyd.json", *arguments)

    def reload(self) -> None:
        """Certificates, callers and revocations are read again, soon."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def _run(self, *arguments: str | Path, env: dict[str, str] | None = None) -> None:
        subprocess.run([self._rekeyd, *arguments], check=True, capture_output=True, env=env)

    def start(self) -> None:
        """On the same port each time."""
        self._port_file.unlink(missing_ok=True)
        command: list[str | Path] = [
            self._rekeyd, "serve", "--config", self.folder / "rekeyd.json",
            "--listen-port", str(self.port), "--listen-port-file", self._port_file,
            *self._settings,
        ]  # fmt: skip
        with open(Path(self._home.name) / "log", "ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._until(self._port_file.exists, "the server starts")
        self.port = int(self._port_file.read_text())

    def end(self, with_signal: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(with_signal)
            process.wait(_WITHIN)

    def remove(self) -> None:
        self.end(signal.SIGKILL)
        self._home.cleanup()

    def link(self, mail: str, count: int = 1) -> str:
        """The newest link in the mails to this address, when it has come `count` times."""
        return self._newest("mail/new", mail, _LINK, count)

    def cancel_link(self, mail: str) -> str:
        """The newest link that takes a change of contacts back, in the mails to this address."""
        return self._newest("mail/new", mail, _CANCEL, 1)

    def code(self, mobile: str, count: int = 1) -> str:
        """The newest code in the SMS to this number, likewise."""
        return self._newest("sms", mobile, _CODE, count)

    def _newest(self, place: str, to: str, secret: re.Pattern[str], count: int) -> str:
        def found() -> list[str]:
            texts = [_text(file) for file in sorted((self.folder / "letters" / place).glob("*"))]
            matches = [secret.search(text) for receiver, text in texts if receiver == to]
            return [match[1] for match in matches if match]

        self._until(lambda: len(found()) >= count, f"{count} letters to {to}")
        return found()[-1]

    @staticmethod
    def _until(condition: object, what: str) -> None:
        assert callable(condition)
        end = time.monotonic() + _WITHIN
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(what)
            time.sleep(_POLL)


def _text(file: Path) -> tuple[str, str]:
    """To whom a letter goes, and what it says."""
    if file.parent.name == "new":
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert isinstance(mail, email.message.EmailMessage)
        return str(mail["To"].addresses[0].addr_spec), str(mail.get_content())
    head, _, text = file.read_text().partition("\n\n")
    return head.removeprefix("To: "), text


class RealServerTest(unittest.TestCase):
    """With a server of its own, and a person who has no account yet."""

    MAIL = "claire.martin@exemple.fr"
    MOBILE = "+33612345678"
    OLD = "my first long password"
    NEW = "mon deuxième mot de passe"
    SETTINGS: tuple[str, ...] = ()

    def setUp(self) -> None:
        binaries = os.environ.get("REKEY_BIN")
        if not binaries:
            self.skipTest("REKEY_BIN names no folder with a rekeyd")
        self.server = Server(Path(binaries), *self.SETTINGS)
        self.addCleanup(self.server.remove)
        self.client = self.connect(self.server.portal)
        self.operator = self.connect(self.server.operator).operator

    def connect(self, profile: Path) -> rekey.Client:
        client = rekey.Client(self.server.address, profile=profile)
        self.addCleanup(client.close)
        return client

    def open_account(self, identifier: str = "C-1234567") -> rekey.Account:
        return self.operator.create_account(
            identifier,
            name="Claire Martin",
            mail=self.MAIL,
            mobile=self.MOBILE,
            language=rekey.Language.FRENCH,
        )

    def activate_account(self, identifier: str = "C-1234567") -> None:
        self.open_account(identifier)
        link, code = self.server.link(self.MAIL), self.server.code(self.MOBILE)
        self.client.activate(link, code, self.OLD, self.OLD)
