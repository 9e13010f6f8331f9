"""rekeyd as `rekeyd init` sets it up, and the command line that speaks to it."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import time
from pathlib import Path

from peers.server import Load, Server, fail, output

LETTER_SECONDS_MAX = 30
# The account that is there, where there is one.
IDENTIFIER = "C-1234567"
_LINK = re.compile(r"#([A-Za-z0-9_-]+)>")
_CODE = re.compile(r" code (\S{5})\.$", re.MULTILINE)
# A load makes more calls in a second than people in a day.
_UNLIMITED = [
    word
    for kind in ("letters", "forged-links", "failed-logins")
    for scope in ("per-origin", "per-caller", "in-all")
    for word in (f"--policy-{kind}-{scope}", "1000000000")
]


class Rekeyd(Server):
    """A server with plaintext on loopback, on a port that it chooses itself."""

    name = "Rekey"
    version = "this build"

    def __init__(self, folder: Path, binaries: Path) -> None:
        super().__init__(folder)
        self.home = self.folder / "home"
        self.rekey = str(binaries / "rekey")
        self.rekeyd = str(binaries / "rekeyd")
        # Of the account that `open_reset` makes.
        self.password_file = self.folder / "password"

    def launch(self) -> None:
        self.launch_under([], {})

    def launch_under(self, tool: list[str], environment: dict[str, str]) -> None:
        """The same with the words of a tool in front, like valgrind's, and more environment."""
        port_file = self.folder / "port"
        port_file.unlink(missing_ok=True)
        if not self.home.exists():
            # Where it leaves the operator's profile for `rekey`: not with whoever runs this.
            environment_of_init = dict(os.environ, XDG_CONFIG_HOME=str(self.folder / "config"))
            output([self.rekeyd, "init", str(self.home)], env=environment_of_init)
        self.start(
            [*tool, self.rekeyd, "serve", "--config", str(self.home / "rekeyd.json")]
            + ["--listen-plaintext-on-loopback", "true", "--listen-port", "0"]
            + ["--listen-port-file", str(port_file), *_UNLIMITED],
            env=dict(os.environ, **environment),
        )
        self.wait_until(port_file.exists)
        self.port = int(port_file.read_text())
        self.environment = dict(
            os.environ,
            REKEY_SERVER=f"127.0.0.1:{self.port}",
            REKEY_PLAINTEXT_ON_LOOPBACK="true",
        )

    def call(self, *arguments: str) -> dict:
        """The JSON that a command of rekey's prints."""
        return json.loads(output([self.rekey, *arguments, "--json"], env=self.environment))

    def bench(self, method: str, connections: int, seconds: float, *options: str) -> Load:
        """A run of `rekey bench`."""
        run = self.call(
            "bench", method, "--connections", f"{connections}", "--duration", f"{seconds}",
            *options,
        )
        succeeded = run["outcomes"][0]
        latencies = succeeded.get("latencyUs", {"p50": 0, "p99": 0})
        return Load(
            calls=succeeded["calls"],
            per_second=succeeded["calls"] / run["seconds"],
            p50_ms=latencies["p50"] / 1000,
            p99_ms=latencies["p99"] / 1000,
            refused=sum(outcome["calls"] for outcome in run["outcomes"][1:]),
        )

    def open_reset(self) -> bytes:
        """The live link of an active account that asked for a new password: what a user whom
        ValidateLink serves has before them."""
        password = self.password_file
        link, code = self.folder / "first-link", self.folder / "first-code"
        password.write_text("correct horse battery staple")
        self.call(
            "account", "create", IDENTIFIER, "--name", "Claire Martin", "--mail",
            "claire.martin@exemple.fr", "--mobile", "+33612345678", "--language", "fr",
        )
        link.write_text(self._await_letters("mail/new", _LINK, 1)[0])
        code.write_text(self._await_letters("sms", _CODE, 1)[0])
        self.call(
            "reset", "activate", "--link-file", str(link), "--code-file", str(code),
            "--password-file", str(password),
        )
        self.call("reset", "request", IDENTIFIER)
        links = self._await_letters("mail/new", _LINK, 2)
        return next(text for text in links if text != link.read_text()).encode()

    def _await_letters(self, kind: str, pattern: re.Pattern[str], count: int) -> list[str]:
        """What the pattern finds in the letters of a kind, once so many hold it."""
        limit = time.monotonic() + LETTER_SECONDS_MAX
        while True:
            files = (self.home / "letters" / kind).glob("*")
            texts = [_text(file) if kind == "mail/new" else file.read_text() for file in files]
            found = [match[1] for match in map(pattern.search, texts) if match]
            if len(found) >= count:
                return found
            if time.monotonic() > limit:
                fail(f"{len(found)} letters of {count} came:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.02)


def _text(mail: Path) -> str:
    return email.message_from_bytes(mail.read_bytes(), policy=email.policy.default).get_content()
