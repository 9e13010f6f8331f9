"""An installation that people use: accounts, resets with link and code, sessions, failed guesses, strangers,
a checkpoint, a torn end in quarantine. Keeps every secret that somebody was given, for the proof to look
for. Run comes in.
"""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from installation import Installation
from read_journal import read_batch, read_manifest
from rekey_wire import METHODS, Connection, Reply, frames

PEOPLE = 5
STRANGER = "C-7654321"
PASSWORDS = [f"the long password no. {number}" for number in range(PEOPLE + 1)]
# 8 KiB of log each; a checkpoint comes with the first MiB.
CALLS_MAX = 2000
LETTER_SECONDS_MAX = 30.0
POLL_SECONDS = 0.01


class Broken(Exception):
    """The proof does not hold, or could not be made; says why."""


@dataclass
class Person:
    """One account, and what its owner holds."""

    number: int
    password: str
    link: bytes = b""
    code: bytes = b""
    session: bytes = b""

    @property
    def identifier(self) -> str:
        return f"C-{1000000 + self.number}"

    @property
    def mail(self) -> str:
        return f"person{self.number}@exemple.fr"

    @property
    def mobile(self) -> str:
        return f"+3361234567{self.number}"


@dataclass
class Secrets:
    """All that must not be found, by what it is."""

    links: set[bytes] = field(default_factory=set)
    codes: set[bytes] = field(default_factory=set)
    sessions: set[bytes] = field(default_factory=set)
    passwords: set[bytes] = field(default_factory=set)


class Victim:
    """The installation's people; the last of them is the thief."""

    def __init__(self, server: Installation) -> None:
        self.server = server
        self.people = [Person(number, PASSWORDS[number]) for number in range(PEOPLE + 1)]
        self.secrets = Secrets()
        # A call that was made under an idempotency key, but for its password.
        self.keyed_call: dict[str, bytes] = {}

    @property
    def thief(self) -> Person:
        return self.people[-1]

    def done(self, method: str, *, key: bytes = b"", **fields: Any) -> Any:
        outcome = self.wire.call(method, key=key, **fields)
        if not isinstance(outcome, Reply):
            raise Broken(f"{method}: {outcome}")
        return outcome.message

    def live(self) -> None:
        """The whole flow, once for everybody; the server runs before and after."""
        with Connection(self.server.port) as self.wire:
            for person in self.people:
                self.open_account(person)
            self.stranger()
            self.fill()
        self.tear()
        with Connection(self.server.port) as self.wire:
            for person in self.people:
                person.session = self.log_in(person)
                self.done("RequestReset", identifier=person.identifier)
                self.letters(person, 3)
            self.wrong_guesses(self.people[0])
            self.change_contacts(self.people[PEOPLE - 1])

    def open_account(self, person: Person) -> None:
        self.done(
            "CreateAccount", identifier=person.identifier, name="Claire Martin", mail=person.mail,
            mobile=person.mobile, language=1)
        self.letters(person, 1)
        self.keyed_call = {"link": person.link, "code": person.code}
        self.done(
            "Activate", key=f"key {person.number}".encode(), password=person.password.encode(),
            confirmation=person.password.encode(), **self.keyed_call)
        self.secrets.passwords.add(person.password.encode())
        self.log_in(person)

    def log_in(self, person: Person) -> bytes:
        session = self.done(
            "Login", identifier=person.identifier, password=person.password.encode()).session
        self.secrets.sessions.add(session)
        return bytes(session)

    def letters(self, person: Person, count: int) -> None:
        mail, text = self.server.wait_for_letters(count, person.mail, person.mobile)
        person.link, person.code = (mail.link or "").encode(), (text.code or "").encode()
        self.secrets.links.add(person.link)
        self.secrets.codes.add(person.code)

    def stranger(self) -> None:
        """Somebody without an account asks, and guesses."""
        self.done("RequestReset", identifier=STRANGER)
        self.wire.call("Login", identifier=STRANGER, password=b"a stranger's password")

    def wrong_guesses(self, person: Person) -> None:
        for _ in range(2):
            self.wire.call("Login", identifier=person.identifier, password=b"not the password")
            self.wire.call(
                "Activate", link=person.link, code=b"wrong", password=b"a new long password",
                confirmation=b"a new long password")

    def change_contacts(self, person: Person) -> None:
        """By a desk; who was a contact before gets a link that takes it back."""
        version = self.done("GetAccount", identifier=person.identifier).version
        self.done(
            "UpdateAccount", identifier=person.identifier, expected_version=version,
            field_mask=["mobile"], mobile="+33639980000")
        end = time.monotonic() + LETTER_SECONDS_MAX
        while not (links := [mail.cancel for mail in self.server.mails() if mail.cancel]):
            if time.monotonic() > end:
                raise TimeoutError("the change of contacts was not told")
            time.sleep(POLL_SECONDS)
        self.secrets.links.update(link.encode() for link in links)

    def fill(self) -> None:
        """Requests, until a checkpoint is there."""
        folder = self.server.data / "checkpoint"
        for number in range(CALLS_MAX):
            if list(folder.glob("*.checkpoint")):
                return
            self.done("RequestReset", identifier=f"nobody-{number}")
        raise Broken(f"no checkpoint after {CALLS_MAX} calls")

    def tear(self) -> None:
        """kill -9, and the last batch of records comes once more, in part: in flight, as it seems."""
        self.server.kill9()
        segment = max((self.server.data / "log").glob("*.log"))
        data = bytearray(segment.read_bytes())
        store = read_manifest(self.server.data / "manifest")
        found = [
            batch for offset in range(4096, len(data), 4096)
            if (batch := read_batch(data, offset, store))
        ]
        records = [batch for batch in found if batch.kind == "records"][-1]
        torn = bytearray(data[records.offset:records.end])
        torn[60] ^= 1  # The header's checksum.
        data[found[-1].end:found[-1].end + len(torn)] = torn
        segment.write_bytes(data)
        self.server.start()
        if not list((self.server.data / "quarantine").iterdir()):
            raise Broken("the torn end was not put in quarantine")

    def copy_while_used(self, to: Path) -> None:
        """The data directory, file by file, while calls are made."""
        ended = threading.Event()

        def use() -> None:
            with Connection(self.server.port) as wire:
                while not ended.is_set():
                    wire.call("RequestReset", identifier=STRANGER)

        user = threading.Thread(target=use)
        user.start()
        try:
            shutil.copytree(self.server.data, to)
        finally:
            ended.set()
            user.join()


def call_bytes(link: bytes, code: bytes, password: bytes = b"") -> bytes:
    """An Activate as a fingerprint takes it: without call id, key and, as it must be, passwords."""
    method = METHODS["Activate"]
    fields = {"password": password, "confirmation": password} if password else {}
    body = method.request(link=link, code=code, origin={}, **fields).SerializeToString()
    return bytes(frames.Request(method=method.name, body=body).SerializeToString())
