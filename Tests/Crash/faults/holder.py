"""A holder: one client's account, the calls it may make, and the account that each must leave.

Ledger.py comes in. A small model of an account, made from PROTOCOL.md and the account's states, as
far as clients need it who each keep to their own account; knows no server.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from letters import Letters

PENDING, ACTIVE, LOCKED = 1, 2, 6
FRENCH = 1
SESSIONS_MAX = 10


@dataclass(frozen=True)
class View:
    """What an operator sees of an account, without what time alone changes."""

    name: str
    mail: str
    mobile: str
    version: int = 1
    state: int = PENDING
    mobile_confirmed: bool = False
    open_resets: int = 1
    live_sessions: int = 0
    # A contact was changed, and nobody recovers it.
    paused: bool = False

    @staticmethod
    def of(account: Any) -> "View":
        """From an Account of the wire."""
        return View(
            account.name, account.mail, account.mobile, account.version, account.state,
            account.mobile_confirmed, account.open_resets, account.live_sessions,
            account.contact_hold_until_ms != 0)

    def changed(self, **fields: Any) -> "View":
        """After a change that an operator would want to have seen."""
        return replace(self, version=self.version + 1, **fields)


@dataclass
class Call:
    """A call, the account after it (None: there is none), and what else it changes."""

    method: str
    fields: dict[str, Any]
    after: View | None
    # Takes the reply, or None when it is known only afterwards that the call was done.
    done: Callable[[Any], None] = lambda reply: None


@dataclass
class Holder:
    """One account, and what is known about it."""

    label: str
    dice: random.Random
    # Identifiers and sets of contacts that this holder has used up.
    generation: int = 0
    contacts: int = 0
    view: View | None = None
    # The last call, if it got no answer.
    doubt: Call | None = None
    has_password: bool = False
    live: list[bytes] = field(default_factory=list)
    ended: list[bytes] = field(default_factory=list)
    # Links that did what they are for.
    used: set[bytes] = field(default_factory=set)
    # Addresses to which a link may have come that a change of contacts voided.
    spoiled: set[str] = field(default_factory=set)
    # The account before the first of the changes that may still be taken back.
    settled: View | None = None

    @property
    def identifier(self) -> str:
        """The account's; without one, the next account's."""
        return f"{self.label}-{self.generation}"

    @property
    def password(self) -> bytes:
        """The account's, once it has one."""
        return f"the long password of {self.identifier}".encode()

    def settle(self, call: Call, reply: Any) -> None:
        """The call was done."""
        self.view = call.after
        self.doubt = None
        call.done(reply)

    # What a holder may do next. Each returns the call and what must be true after it.

    def create(self) -> Call:
        view = View(f"Holder {self.label}", *self.next_contacts())
        return self.operator(
            "CreateAccount", view, name=view.name, mail=view.mail, mobile=view.mobile,
            language=FRENCH)

    def rename(self) -> Call:
        name = f"Holder {self.dice.randrange(10**9)}"
        return self.update(self.view.changed(name=name), name=name)

    def move(self) -> Call:
        """New contacts, which void every open reset and pause recovery."""
        mail, mobile = self.next_contacts()
        before = self.view
        after = before.changed(
            mail=mail, mobile=mobile, mobile_confirmed=False, open_resets=0,
            paused=self.has_password)

        def moved(_: Any) -> None:
            if before.open_resets:
                self.spoiled.add(before.mail)
            if after.paused and not before.paused:
                self.settled = before

        return self.update(after, moved, mail=mail, mobile=mobile)

    def take_back(self, link: bytes) -> Call:
        """The contacts of before, whatever has happened to the account meanwhile."""
        after = self.view.changed(
            mail=self.settled.mail, mobile=self.settled.mobile,
            mobile_confirmed=self.settled.mobile_confirmed, live_sessions=0, paused=False)

        def taken_back(reply: Any) -> None:
            self.sessions_over(reply)
            self.used.add(link)

        return Call("CancelContactChange", {"link": link}, after, taken_back)

    def update(
        self, after: View, done: Callable[[Any], None] = lambda reply: None, **fields: str
    ) -> Call:
        return self.operator(
            "UpdateAccount", after, done, expected_version=self.view.version,
            field_mask=list(fields), **fields)

    def lock(self) -> Call:
        return self.operator("LockAccount", self.view.changed(state=LOCKED))

    def unlock(self) -> Call:
        below = ACTIVE if self.has_password else PENDING
        return self.operator("UnlockAccount", self.view.changed(state=below))

    def delete(self) -> Call:
        return self.operator("DeleteAccount", None, done=self.deleted)

    def revoke(self) -> Call:
        return self.operator(
            "RevokeSessions", self.view.changed(live_sessions=0), done=self.sessions_over)

    def reset(self) -> Call:
        """Only without an open reset: then the limits of requests do not stand against it."""
        after = replace(self.view, open_resets=1)
        return Call("RequestReset", {"identifier": self.identifier}, after)

    def activate(self, link: bytes, code: bytes) -> Call:
        after = self.view.changed(
            state=ACTIVE, mobile_confirmed=True, open_resets=0, live_sessions=0)
        fields = {
            "link": link, "code": code, "password": self.password, "confirmation": self.password}

        def activated(reply: Any) -> None:
            self.sessions_over(reply)
            self.used.add(link)
            self.has_password = True

        return Call("Activate", fields, after, activated)

    def login(self) -> Call:
        after = replace(self.view, live_sessions=self.view.live_sessions + 1)
        fields = {"identifier": self.identifier, "password": self.password}
        return Call("Login", fields, after, self.logged_in)

    def logout(self) -> Call:
        # Out of both lists until it is known to have ended.
        session = self.live.pop()
        after = replace(self.view, live_sessions=self.view.live_sessions - 1)
        return Call(
            "Logout", {"session": session}, after, lambda reply: self.ended.append(session))

    def operator(
        self, method: str, after: View | None, done: Callable[[Any], None] = lambda reply: None,
        **fields: Any,
    ) -> Call:
        return Call(method, {"identifier": self.identifier, **fields}, after, done)

    def next_contacts(self) -> tuple[str, str]:
        """A mail address and a mobile number that nobody had before: a letter says whose it is."""
        self.contacts += 1
        number = int(self.label[1:]) * 100_000 + self.contacts
        return f"{self.label}.{self.contacts}@example.org", f"+336{number:08}"

    def deleted(self, reply: Any) -> None:
        self.sessions_over(reply)
        self.generation += 1
        self.has_password = False

    def sessions_over(self, reply: Any) -> None:
        self.ended += self.live
        self.live = []

    def logged_in(self, reply: Any) -> None:
        if reply is not None:
            self.live.append(reply.session)

    def next_call(self, letters: "Letters | None") -> Call:
        """Drawn from what is possible now; without letters, nothing that needs a password."""
        if self.view is None:
            return self.create()
        if self.view.state == LOCKED:
            return self.unlock()
        choices: list[tuple[int, Callable[[], Call]]] = [
            (6, self.rename), (3, self.move), (1, self.lock), (1, self.delete)]
        # Where another link may lie, a letter would not say which reset it is of.
        asks = not self.view.paused and self.view.mail not in self.spoiled
        if self.view.open_resets == 0 and asks:
            choices.append((4, self.reset))
        if self.view.open_resets and letters and (pair := letters.pair(self.view, self.used)):
            choices.append((9, lambda: self.activate(*pair)))
        if self.view.paused and letters and (
            link := letters.cancel(self.settled.mail, self.used)
        ):
            choices.append((6, lambda: self.take_back(link)))
        if letters is not None and self.has_password and self.view.live_sessions < SESSIONS_MAX:
            choices.append((6, self.login))
        if self.live:
            choices += [(4, self.logout), (1, self.revoke)]
        weights = [weight for weight, _ in choices]
        return self.dice.choices(choices, weights)[0][1]()
