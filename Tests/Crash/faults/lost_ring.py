"""A store whose key ring is lost, and what may be there after a `rekeyd keys replace --lost` that
did not come to its end: the old store whole, or the new one. Replaced-ring comes in; no-memory takes
what people do.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from faulted import Faulted
from holder import ACTIVE, LOCKED, View
from installation import Installation
from ledger import Broken, accounts
from rekey_wire import Connection, Refusal, Reply

PASSWORD_OFF, DISABLED = 4, 7
PEOPLE = 5
# Those that an operator holds. Everybody else may recover.
HELD = {2: ("LockAccount", LOCKED), 3: ("DisableAccount", DISABLED)}
FREE = [number for number in range(PEOPLE) if number not in HELD]
# Who has a password, a session and a link besides.
USER = 0
OLD_PASSWORD, NEW_PASSWORD = b"the long password of before", b"the long password of after"
OLD, NEW = "the old store", "the new store"


def identifier(number: int) -> str:
    # As the server shows it, in lower case.
    return f"c-{1000000 + number}"


def mail(number: int) -> str:
    return f"person{number}@exemple.fr"


def mobile(number: int) -> str:
    return f"+3361234567{number}"


def done(wire: Connection, method: str, **fields: Any) -> Any:
    """The reply of a call that must be granted."""
    outcome = wire.call(method, **fields)
    if not isinstance(outcome, Reply):
        raise Broken(f"{method}: {outcome}")
    return outcome.message


def refused(wire: Connection, method: str, reason: str, **fields: Any) -> None:
    """A call that must not be granted."""
    outcome = wire.call(method, **fields)
    if not isinstance(outcome, Refusal) or outcome.reason != reason:
        raise Broken(f"{method} was to be refused with {reason}: {outcome}")


def files(folder: Path) -> dict[str, bytes]:
    """All that a data directory holds."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file()}


@dataclass(frozen=True)
class Store:
    """A copy of one that rests, with the ring that opens it."""

    data: Path
    ring: bytes
    files: dict[str, bytes]

    @staticmethod
    def kept(server: Installation, name: str) -> Store:
        """Of a stopped server."""
        to = server.home / name
        shutil.copytree(server.data, to)
        return Store(to, (server.folder / "keys").read_bytes(), files(to))


class People:
    """The accounts of the store, with all that hangs on the ring."""

    def __init__(self, server: Installation) -> None:
        """Returns with the server stopped. `fewer`: the store before the last account was made."""
        self.server = server
        self.session = self.link = b""
        self.before: dict[str, View] = {}
        self.live(range(PEOPLE - 1))
        self.fewer = Store.kept(server, "fewer")
        self.live(range(PEOPLE - 1, PEOPLE))
        self.store = Store.kept(server, "store")

    def live(self, numbers: Iterable[int]) -> None:
        self.server.start()
        with Connection(self.server.port) as wire:
            for number in numbers:
                done(wire, "CreateAccount", identifier=identifier(number), name="Claire Martin",
                     mail=mail(number), mobile=mobile(number), language=1)
                if number == USER:
                    self.use(wire, number)
                if number in HELD:
                    done(wire, HELD[number][0], identifier=identifier(number))
            self.before = accounts(wire)
        if self.server.stop() != 0:
            raise Broken("a stop, by SIGTERM, was not in order")

    def use(self, wire: Connection, number: int) -> None:
        """A password, a session, and a link that nobody has opened."""
        activate(self.server, wire, number, 1, OLD_PASSWORD)
        self.session = log_in(wire, number, OLD_PASSWORD)
        done(wire, "RequestReset", identifier=identifier(number))
        # The notice of the activation came between.
        letter, _ = self.server.wait_for_letters(3, mail(number), mobile(number))
        self.link = (letter.link or "").encode()

    def after(self) -> dict[str, View]:
        """The accounts as a new ring leaves them."""
        # Held as before; without a password who had one, and pending who had none yet.
        return {
            name: replace(
                view.changed(state=PASSWORD_OFF if view.state == ACTIVE else view.state),
                open_resets=0, live_sessions=0)
            for name, view in self.before.items()}


def activate(
    server: Installation, wire: Connection, number: int, letters: int, password: bytes
) -> None:
    link, code = server.wait_for_letters(letters, mail(number), mobile(number))
    done(wire, "Activate", link=(link.link or "").encode(), code=(code.code or "").encode(),
         password=password, confirmation=password)


def log_in(wire: Connection, number: int, password: bytes) -> bytes:
    return bytes(done(wire, "Login", identifier=identifier(number), password=password).session)


class Place:
    """Where the command runs: an installation on which a copy of the store is laid for each run."""

    def __init__(self, server: Faulted, people: People) -> None:
        self.server = server
        self.people = people
        self.folder = server.folder
        self.ring = server.folder / "keys"
        # Of a store that nobody asks for.
        self.other = self.ring.read_bytes()
        # What is in the place of the ring that is lost: nothing, or the ring of another store.
        self.instead: bytes | None = None

    def lay(self, store: Store, instead: bytes | None) -> None:
        """The store without its ring."""
        for path in [*self.folder.glob("data*"), self.folder / "letters"]:
            shutil.rmtree(path, ignore_errors=True)
        for path in self.folder.glob("keys*"):
            path.unlink()
        (self.folder / "letters").mkdir(mode=0o700)
        shutil.copytree(store.data, self.server.data)
        self.store, self.instead = store, instead
        if instead is not None:
            self.put(instead)

    def put(self, ring: bytes) -> None:
        self.ring.write_bytes(ring)
        self.ring.chmod(0o600)

    def kept(self) -> list[Path]:
        """What the command made, or moved, beside the store."""
        return sorted(self.folder.glob("data.lost-*"))

    def names(self) -> set[str]:
        """All that lies beside the store and may be the command's."""
        return {path.name for pattern in ("data*", "keys*") for path in self.folder.glob(pattern)}

    # What is there, judged.

    def judge(self) -> str:
        """Which of the two states it is; raises Broken when it is neither. The old one is as it was
        after this, and in the new one somebody has recovered."""
        if not self.server.data.is_dir():
            raise Broken(f"there is no store: {sorted(self.names())}")
        self.require_other_ring()
        if files(self.server.data) == self.store.files:
            self.require_refused()
            return OLD
        if not any(files(path) == self.store.files for path in self.kept()):
            raise Broken(f"the old store is nowhere whole: {sorted(self.names())}")
        self.require_new()
        return NEW

    def require_other_ring(self) -> None:
        """Somebody may need it."""
        rings = [path.read_bytes() for path in self.folder.glob("keys*")]
        if self.instead is not None and self.instead not in rings:
            raise Broken("the ring of another store is gone")

    def require_refused(self) -> None:
        """No ring is there that opens the old store, so no server starts on it, or changes it."""
        line = self.server.starts_in_vain()
        self.server.kill9()
        if not line:
            raise Broken("a server started on the old store, without its ring")
        if files(self.server.data) != self.store.files:
            raise Broken(f"a start in vain changed the old store: {line}")

    def require_new(self) -> None:
        """A server starts on it, with everybody and without any of their secrets; and one of them
        recovers."""
        line = self.server.starts_in_vain()
        if line:
            raise Broken(f"no ring opens what is there: {line}")
        people, wanted = self.people, self.people.after()
        with Connection(self.server.port) as wire:
            shown = accounts(wire)
            for name in sorted({*wanted, *shown}):
                if wanted.get(name) != shown.get(name):
                    raise Broken(f"{name} was to be {wanted.get(name)}, and is {shown.get(name)}")
            refused(wire, "CheckSession", "SESSION_INVALID", session=people.session)
            refused(wire, "ValidateLink", "LINK_INVALID", link=people.link)
            refused(wire, "Login", "LOGIN_FAILED", identifier=identifier(USER),
                    password=OLD_PASSWORD)
            # Each time another one, by whose turn it is.
            number = FREE[self.turn % len(FREE)]
            self.turn += 1
            done(wire, "RequestReset", identifier=identifier(number))
            activate(self.server, wire, number, 1, NEW_PASSWORD)
            log_in(wire, number, NEW_PASSWORD)
        if self.server.stop() != 0:
            raise Broken("a stop of the new store's server, by SIGTERM, was not in order")

    turn = 0
