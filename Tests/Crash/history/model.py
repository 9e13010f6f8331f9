"""What one account may do and answer: a second, small account of the rules, written from the
requirements and PROTOCOL.md and not from the server, to hold the server's answers against.

A rule gives every (answer, what the reply says, state after) that a call may have in a state. There
are more than one only where the clock decides, or where an outcome nobody saw left something open.
Time does not pass here: a history must be shorter than the shortest window, 60 s (R05).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from operation import OK, Operation

HOUR_MS = 3_600_000
LINK_LIFE_MS = 12 * HOUR_MS
CODE_LIFE_MS = 600_000
RESENDS = 3
WRONG_CODES_PER_RESET = 5
WRONG_CODES_PER_ACCOUNT = 10
FAILURES_BEFORE_BLOCK = 5
SESSIONS = 10
# A code that belongs to nothing.
NO_CODE = -1

ACTIVE, SUSPENDED, LOCKED, DISABLED = 2, 5, 6, 7


class Reset(NamedTuple):
    """An open reset."""

    # None until its mail was seen: a request's reply does not say what it opened.
    link: str | None = None
    resent: int = 0
    # When the good code was made, in service time: what its SMS is named by. None: not seen yet.
    code: int | None = None
    wrong: int = 0


class Change(NamedTuple):
    """A change of contacts that may be taken back, and what it replaced (R93)."""

    mobile: str
    confirmed: bool
    # None until its mail was seen.
    link: str | None = None


class State(NamedTuple):
    """One active account."""

    password: str
    version: int
    name: str
    mobile: str
    hold: int = ACTIVE
    confirmed: bool = True
    # Here a pause outlasts every history.
    change: Change | None = None
    # Oldest first.
    sessions: tuple[str, ...] = ()
    # Within 60 s there is never a second one: R05 opens none while one is open.
    reset: Reset | None = None
    # A request was counted since resets were last voided.
    asked: bool = False
    # Resets that ended before their mail was seen.
    unseen: int = 0
    wrong_codes: int = 0
    # Failed logins in a row, up to the block, from where on the clock decides.
    failures: int = 0

    @property
    def may_recover(self) -> bool:
        may = self.hold == ACTIVE and self.change is None
        return may and self.wrong_codes < WRONG_CODES_PER_ACCOUNT

    @property
    def may_be_blocked(self) -> bool:
        return self.failures >= FAILURES_BEFORE_BLOCK

    def opens(self, link: str) -> Reset | None:
        """The reset that this link opens now."""
        reset = self.reset
        return reset if self.may_recover and reset and reset.link == link else None

    def failed(self) -> State:
        return self._replace(failures=min(self.failures + 1, FAILURES_BEFORE_BLOCK))

    def changed(self, **fields: Any) -> State:
        """A change that an operator would want to have seen."""
        return self._replace(version=self.version + 1, **fields)

    def voided(self) -> State:
        """R18."""
        unseen = self.unseen + (self.reset is not None and self.reset.link is None)
        return self._replace(reset=None, asked=False, unseen=unseen)

    def with_password(self, password: str, sessions: tuple[str, ...]) -> State:
        return self.voided().changed(password=password, sessions=sessions, failures=0)

    def summary(self) -> dict[str, Any]:
        """What operators are told of it."""
        told = {
            "version": self.version,
            "name": self.name,
            "mobile": self.mobile,
            "confirmed": self.confirmed,
            "paused": self.change is not None,
            "sessions": len(self.sessions),
            "resets": int(self.reset is not None),
        }
        suspended = self.wrong_codes >= WRONG_CODES_PER_ACCOUNT
        if not self.may_be_blocked:
            told["failures"] = self.failures
        if not self.may_be_blocked or self.hold != ACTIVE:
            told["state"] = SUSPENDED if suspended and self.hold == ACTIVE else self.hold
        return told


Possible = Iterator[tuple[str, Mapping[str, Any], State]]


def request_reset(state: State, _: Operation) -> Possible:
    after = state
    if state.may_recover and not (state.asked and state.reset):
        after = state._replace(reset=Reset(), asked=True)
    elif not state.may_recover:
        after = state._replace(asked=True)
    yield OK, {"link_life_ms": LINK_LIFE_MS}, after


def mail_seen(state: State, operation: Operation) -> Possible:
    """Not a call: the mail with a link was found. Its reset was opened before, and may be over."""
    link, made = operation.given["link"], operation.given["made"]
    if state.reset and state.reset.link is None:
        yield OK, {}, state._replace(reset=state.reset._replace(link=link, code=made))
    if state.unseen:
        yield OK, {}, state._replace(unseen=state.unseen - 1)


def change_seen(state: State, operation: Operation) -> Possible:
    """Not a call: the first mail of a change was found. Nobody could have taken it back before."""
    if state.change and state.change.link is None:
        link = operation.given["link"]
        yield OK, {}, state._replace(change=state.change._replace(link=link))


def cancel_contact_change(state: State, operation: Operation) -> Possible:
    change = state.change
    if change is None or change.link != operation.given["link"]:
        yield "LINK_INVALID", {}, state
        return
    back = {"mobile": change.mobile, "confirmed": change.confirmed}
    yield OK, {}, state.voided().changed(sessions=(), change=None, **back)


def validate_link(state: State, operation: Operation) -> Possible:
    reset = state.opens(operation.given["link"])
    if reset is None:
        yield "LINK_INVALID", {}, state
        return
    code = operation.told.get("code") if reset.code is None else reset.code
    told = {"code": code, "resends_left": RESENDS - reset.resent, "mobile": state.mobile[-2:]}
    yield OK, told, state._replace(reset=reset._replace(code=code))


def resend_code(state: State, operation: Operation) -> Possible:
    reset = state.opens(operation.given["link"])
    if reset is None:
        yield "LINK_INVALID", {}, state
    elif reset.resent == RESENDS:
        yield "RESENDS_SPENT", {}, state
    else:
        after = reset._replace(resent=reset.resent + 1, code=operation.told.get("code"))
        yield OK, {"resends_left": RESENDS - after.resent}, state._replace(reset=after)


def activate(state: State, operation: Operation) -> Possible:
    given = operation.given
    reset = state.opens(given["link"])
    if reset is None:
        yield "ACTIVATION_REFUSED", {}, state
        return
    unsure = reset.code is None and given["code"] != NO_CODE
    if given["code"] == reset.code or unsure:
        done = state.with_password(given["password"], ())
        yield OK, {}, done._replace(confirmed=True, wrong_codes=0)
    if given["code"] != reset.code:
        burned = reset.wrong + 1 == WRONG_CODES_PER_RESET
        after = None if burned else reset._replace(wrong=reset.wrong + 1)
        yield "ACTIVATION_REFUSED", {}, state._replace(
            reset=after, wrong_codes=state.wrong_codes + 1
        )


def login(state: State, operation: Operation) -> Possible:
    """A success sets the count of failures back, and the count outlives every crash (R54)."""
    given = operation.given
    if state.hold == ACTIVE and state.password == given["password"]:
        kept = tuple(one for one in state.sessions if one != given["earlier"])
        new = operation.told.get("session", f"unseen-{operation.number}")
        yield OK, {}, state._replace(sessions=(*kept[1 - SESSIONS :], new), failures=0)
        if state.may_be_blocked:
            yield "LOGIN_FAILED", {}, state
    else:
        yield "LOGIN_FAILED", {}, state.failed()
    yield "ACCOUNT_CHANGED", {}, state  # The password changed under each of its attempts.


def usable(state: State, session: str) -> bool:
    return state.hold == ACTIVE and session in state.sessions


def check_session(state: State, operation: Operation) -> Possible:
    if usable(state, operation.given["session"]):
        yield OK, {"name": state.name}, state
    else:
        yield "SESSION_INVALID", {}, state


def change_password(state: State, operation: Operation) -> Possible:
    given = operation.given
    if not usable(state, given["session"]):
        yield "SESSION_INVALID", {}, state
        return
    if state.password == given["current"]:
        yield OK, {}, state.with_password(given["password"], (given["session"],))
        if state.may_be_blocked:
            yield "PASSWORD_WRONG", {}, state
    else:
        yield "PASSWORD_WRONG", {}, state.failed()
    yield "ACCOUNT_CHANGED", {}, state


def logout(state: State, operation: Operation) -> Possible:
    left = tuple(one for one in state.sessions if one != operation.given["session"])
    yield OK, {}, state._replace(sessions=left)


def revoke_sessions(state: State, _: Operation) -> Possible:
    yield OK, {"revoked": len(state.sessions)}, state.changed(sessions=())


def shown(after: State) -> Possible:
    yield OK, after.summary(), after


def get_account(state: State, _: Operation) -> Possible:
    yield from shown(state)


def update_account(state: State, operation: Operation) -> Possible:
    given = operation.given
    if given["expected_version"] != state.version:
        yield "ACCOUNT_CHANGED", {}, state
        return
    after = state.changed(name=given["name"], mobile=given["mobile"])
    if after.mobile != state.mobile:
        change = state.change or Change(state.mobile, state.confirmed)
        after = after.voided()._replace(confirmed=False, change=change)
    yield from shown(after)


def lock_account(state: State, _: Operation) -> Possible:
    if state.hold == DISABLED:
        yield "ACCOUNT_STATE", {}, state
    else:
        yield from shown(state.changed(hold=LOCKED))


def unlock_account(state: State, _: Operation) -> Possible:
    if state.hold == DISABLED:
        yield "ACCOUNT_STATE", {}, state
        return
    after = state.changed(hold=ACTIVE) if state.hold == LOCKED else state
    if state.wrong_codes >= WRONG_CODES_PER_ACCOUNT:
        after = after.changed(wrong_codes=0)
    yield from shown(after)


def disable_account(state: State, _: Operation) -> Possible:
    yield from shown(state.voided().changed(hold=DISABLED, sessions=()))


def enable_account(state: State, _: Operation) -> Possible:
    if state.hold == LOCKED:
        yield "ACCOUNT_STATE", {}, state
    else:
        yield from shown(state.changed(hold=ACTIVE) if state.hold == DISABLED else state)


RULES: dict[str, Callable[[State, Operation], Possible]] = {
    "MailSeen": mail_seen,
    "ChangeSeen": change_seen,
    "CancelContactChange": cancel_contact_change,
    "RequestReset": request_reset,
    "ValidateLink": validate_link,
    "ResendCode": resend_code,
    "Activate": activate,
    "Login": login,
    "CheckSession": check_session,
    "ChangePassword": change_password,
    "Logout": logout,
    "RevokeSessions": revoke_sessions,
    "GetAccount": get_account,
    "UpdateAccount": update_account,
    "LockAccount": lock_account,
    "UnlockAccount": unlock_account,
    "DisableAccount": disable_account,
    "EnableAccount": enable_account,
}

# An unknown outcome of these says nothing.
READS = frozenset({"ValidateLink", "CheckSession", "GetAccount"})


def after(state: State, operation: Operation) -> Iterator[State]:
    """The states in which `operation`, done in `state`, may have left it with the answer it got."""
    for answer, says, result in RULES[operation.kind](state, operation):
        if operation.answer is None or (
            operation.answer == answer
            and all(operation.told.get(name) == value for name, value in says.items())
        ):
            yield result
