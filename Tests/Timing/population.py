"""The people whom the proof asks about: an installation with accounts in every state, and links in
every way of being dead. A build for tests makes it, since hours go by; what is measured opens a copy
of it in the present.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from rekey_wire import Connection, Refusal, Reply

from server import Broken, Fields, Server, call_all

PASSWORD = b"a password that was chosen once"
WRONG_PASSWORD = b"a password that nobody has chosen"
# Of 5 characters, none of which is in a code's alphabet.
WRONG_CODE = b"00000"
HOUR = 3600.0
# After so many failures a login is blocked for half an hour (R52).
FAILURES = 16
WRONG_CODES = 5


class Person(NamedTuple):
    """Somebody with an account."""

    identifier: str
    mail: str
    mobile: str


class Keys(NamedTuple):
    """What letters brought."""

    link: bytes
    code: bytes


@dataclass(frozen=True)
class Sizes:
    """How many people of each kind."""

    # Those whose identifiers are asked about.
    people: int
    # Those whose links are.
    links: int
    # Those who failed to log in often.
    blocked: int


@dataclass
class Population:
    """Where it is, and who is in it."""

    # Keys and data, as in an installation's folder.
    base: Path
    people: dict[str, list[Person]] = field(default_factory=dict)
    keys: dict[str, list[Keys]] = field(default_factory=dict)
    # Identifiers that nobody has, without end.
    strangers: Iterator[str] = iter(())
    # Those of them that are over their limit since the last start.
    asked: list[str] = field(default_factory=list)

    def unknown(self, count: int) -> list[str]:
        """So many identifiers that nobody has, and that were not asked about before."""
        return list(islice(self.strangers, count))


def identifiers(dice: random.Random) -> Iterator[str]:
    """All as long, in no order, each once."""
    taken = set()
    while True:
        number = dice.randrange(10**9)
        if number not in taken:
            taken.add(number)
            yield f"C-{number:09}"


class Maker:
    """Lives through the day before the measurement."""

    def __init__(self, server: Server, clock: Path, sizes: Sizes, dice: random.Random) -> None:
        self.server = server
        self.clock = clock
        self.sizes = sizes
        self.names = identifiers(dice)
        self.people: dict[str, list[Person]] = {}
        self.keys: dict[str, list[Keys]] = {}
        self.seen: set[str] = set()
        self.links: dict[str, bytes] = {}
        self.codes: dict[str, bytes] = {}
        self.made = 0

    def make(self) -> None:
        """From yesterday to now."""
        sizes = self.sizes
        with self.at(-26 * HOUR) as self.connection:
            for kind in ("known", "over", "disabled"):
                self.create(kind, sizes.people)
            for kind in ("expired", "late", "burned", "voided"):
                self.create(kind, sizes.links)
            self.create("blocked", sizes.blocked)
            self.activate(sorted(self.people))
            # Whoever was just activated has a used link.
            self.keys["used"] = self.keys.pop("known")[: sizes.links]
            for person in self.people["disabled"]:
                self.expect(Reply, "DisableAccount", [{"identifier": person.identifier}])
            self.request("expired")
            self.move_to(-25 * HOUR)
            self.block()
            self.move_to(-HOUR)
            self.create("pending", sizes.people)
            self.create("deleted", sizes.people)
            self.activate(["deleted"])
            self.call("DeleteAccount", "deleted")
            for kind in ("late", "burned", "voided"):
                self.request(kind)
            self.burn()
            self.void()
        # The present begins with a start of its own, so that its clocks are on the disk.
        with self.at(0):
            pass

    @contextmanager
    def at(self, seconds: float) -> Iterator[Connection]:
        """A server whose clock is so far ahead of the machine's."""
        self.move_to(seconds)
        self.server.start()
        with Connection(self.server.port) as connection:
            yield connection
        if self.server.stop() != 0:
            raise Broken("the server did not stop in order")

    def move_to(self, seconds: float) -> None:
        """Holds at once."""
        self.clock.write_bytes(struct.pack("<q", int(seconds * 1000)))

    def expect(self, outcome: type, method: str, calls: list[Fields]) -> None:
        """All of them end so."""
        for got in call_all(self.connection, method, calls):
            if not isinstance(got, outcome):
                raise Broken(f"{method}: {got}")

    def call(self, method: str, kind: str) -> None:
        """For all people of a kind."""
        self.expect(
            Reply, method, [{"identifier": person.identifier} for person in self.people[kind]])

    def create(self, kind: str, count: int) -> None:
        """Accounts that their owners have not activated."""
        people = []
        for name in islice(self.names, count):
            self.made += 1
            mobile = f"+336{self.made:08}"
            people.append(Person(name, f"p{self.made:06}@example.fr", mobile))
        self.people[kind] = people
        self.expect(
            Reply, "CreateAccount",
            [{**person._asdict(), "name": "Claire Martin", "language": 1} for person in people])

    def take(self, kind: str) -> None:
        """Link and code of each one's newest letters."""
        self.server.take_letters(self.connection)
        letters = self.server.mails(self.seen) + self.server.texts(self.seen)
        for letter in letters:
            self.seen.add(letter.file)
            if letter.link:
                self.links[letter.to] = letter.link.encode()
            elif letter.code:
                self.codes[letter.to] = letter.code.encode()
        self.keys[kind] = [
            Keys(self.links[person.mail], self.codes[person.mobile])
            for person in self.people[kind]
        ]

    def activate(self, kinds: list[str]) -> None:
        """With a password."""
        for kind in kinds:
            self.take(kind)
        self.expect(
            Reply, "Activate", [activation(keys) for kind in kinds for keys in self.keys[kind]])

    def request(self, kind: str) -> None:
        """New links and codes."""
        self.call("RequestReset", kind)
        self.take(kind)

    def burn(self) -> None:
        """R26."""
        guesses = [
            activation(Keys(keys.link, WRONG_CODE)) for keys in self.keys["burned"]
        ] * WRONG_CODES
        self.expect(Refusal, "Activate", guesses)

    def void(self) -> None:
        """R18: by a change of contacts."""
        self.expect(Reply, "UpdateAccount", [
            {
                "identifier": person.identifier, "mail": f"new-{person.mail}",
                # Created, activated.
                "expected_version": 2, "field_mask": ["mail"],
            }
            for person in self.people["voided"]
        ])  # fmt: skip

    def block(self) -> None:
        """Fails so often that the block lasts. A failure counts when the block before is over."""
        for failure in range(FAILURES):
            self.move_to((failure / 2 - 25) * HOUR + failure * 60)
            self.expect(Refusal, "Login", [
                {"identifier": person.identifier, "password": WRONG_PASSWORD}
                for person in self.people["blocked"]
            ])  # fmt: skip


def activation(keys: Keys) -> Fields:
    """An Activate with a password that passes every rule."""
    return {
        "link": keys.link, "code": keys.code,
        "password": PASSWORD, "confirmation": PASSWORD,
    }  # fmt: skip


def open_population(
    stack: ExitStack, test_binaries: Path, folder: Path, sizes: Sizes, seed: int,
    environment: dict[str, str],
) -> Population:
    """Makes it in `folder`, with what the build for tests is told; it is there as long as `stack`."""
    dice = random.Random(f"{seed}/population")
    clock = folder / "clock"
    server = stack.enter_context(
        Server(
            test_binaries, "--clock-accept-ahead", "true",
            environment={"REKEY_TEST_CLOCK": str(clock), **environment}, place=str(folder),
            hashes=False))
    maker = Maker(server, clock, sizes, dice)
    maker.make()
    return Population(server.folder, maker.people, maker.keys, maker.names)
