"""A client: one thread that asks a server which is killed under it, and writes down what it saw."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

import rekey_wire
from board import Board
from model import (
    CODE_LIFE_MS, DISABLED, FAILURES_BEFORE_BLOCK, LOCKED, NO_CODE, READS, SESSIONS,
    WRONG_CODES_PER_RESET,
)  # fmt: skip
from operation import OK, Operation
from rekey_wire import Connection, NotSent, Outcome, Refusal, Reply, Unknown
from servers import Servers

NEVER = float("inf")
HASHING_CALLS_MAX = 9


class Pace:
    """Keeps calls that hash, which are slow, in proportion to the others, on any machine."""

    def __init__(self) -> None:
        # The other clients make calls that do not wait for a hash.
        self.hashing = threading.Semaphore(HASHING_CALLS_MAX)
        # What ends sessions and resets is allowed once for each call that may have made one.
        self.endings = threading.Semaphore(0)


def _named(method: str) -> Callable[[Client, Board], None]:
    """An action that only names the account."""

    def action(client: Client, board: Board) -> None:
        client.tell(board, method, {}, identifier=board.identifier)

    return action


class Client(threading.Thread):
    """Calls until there are no more servers."""

    def __init__(
        self, name: str, boards: list[Board], servers: Servers, pace: Pace, chance: random.Random
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.calls = 0
        self.unknown = 0
        self.repeated = 0
        self.fault: BaseException | None = None
        self._boards = boards
        self._servers = servers
        self._pace = pace
        self._chance = chance
        self._connection: Connection | None = None
        self._server = 0

    def run(self) -> None:
        try:
            while self._servers.await_server():
                self.step()
        except BaseException as fault:
            self.fault = fault
            self._servers.end()
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        if self._connection:
            self._connection.close()

    # What to do next.

    def step(self) -> None:
        board = self._chance.choice(self._boards)
        stuck = board.held or board.paused
        actions = self.HELD if stuck and self._chance.random() < 0.5 else self.ACTIONS
        [action] = self._chance.choices(list(actions), list(actions.values()))
        if action in self.HASHING and self._pace.hashing.acquire(blocking=False):
            try:
                action(self, board)
            finally:
                self._pace.hashing.release()
                self._pace.endings.release()
        elif action in self.ENDING and self._pace.endings.acquire(blocking=False):
            action(self, board)
        elif action not in self.HASHING | self.ENDING:
            action(self, board)

    def _password(self, board: Board) -> str:
        return self._chance.choice(board.passwords[-4:] + [board.passwords[-1]] * 20)

    def _new_password(self) -> str:
        return f"a long password of {self.name}, number {self.calls}"

    def _recent(self, values: list[str]) -> str | None:
        """The newest, mostly; else one of those before."""
        return self._chance.choice(values[-4:] + [values[-1]] * 4) if values else None

    def request_reset(self, board: Board) -> None:
        self.tell(board, "RequestReset", {}, identifier=board.identifier)

    def validate_link(self, board: Board) -> None:
        if link := self._recent(board.links):
            self.tell(board, "ValidateLink", {"link": link}, link=link.encode())

    def resend_code(self, board: Board) -> None:
        if link := self._recent(board.links):
            self.tell(board, "ResendCode", {"link": link}, link=link.encode())

    def activate(self, board: Board) -> None:
        link = board.links[-1] if board.links else None
        made = board.code_of.get(link or "", NO_CODE)
        if link and board.codes.get(made):
            self._activate(board, link, made)

    def activate_with_an_earlier_code(self, board: Board) -> None:
        link = self._recent(board.links)
        known = [made for made, code in list(board.codes.items()) if code]
        if link and known:
            self._activate(board, link, self._chance.choice(known[-3:]))

    def guess(self, board: Board) -> None:
        """Now and then as often as it takes to burn a reset."""
        if board.links:
            link = board.links[-1]
            for _ in range(self._chance.choice((1, 1, WRONG_CODES_PER_RESET))):
                self._activate(board, link, NO_CODE)

    def _activate(self, board: Board, link: str, made: int) -> None:
        password = self._new_password()
        operation = self.tell(
            board,
            "Activate",
            {"link": link, "code": made, "password": password},
            link=link.encode(),
            code=board.codes.get(made, "?????").encode(),
            password=password.encode(),
            confirmation=password.encode(),
        )
        self._learn_password(board, operation, password)

    def login(self, board: Board) -> None:
        """Now and then so often that the oldest session ends."""
        for _ in range(self._chance.choice((1,) * 30 + (SESSIONS + 1,))):
            earlier = self._recent(board.sessions) if self._chance.random() < 0.2 else None
            self._login(board, self._password(board), earlier)

    def mistype(self, board: Board) -> None:
        for _ in range(FAILURES_BEFORE_BLOCK):
            self._login(board, "the long password of another", None)
        self._login(board, self._password(board), None)

    def _login(self, board: Board, password: str, earlier: str | None) -> None:
        operation = self.tell(
            board,
            "Login",
            {"password": password, "earlier": earlier},
            identifier=board.identifier,
            password=password.encode(),
            earlier_session=(earlier or "").encode(),
        )
        if operation and operation.answer == OK:
            board.sessions.append(operation.told["session"])

    def check_session(self, board: Board) -> None:
        if session := self._recent(board.sessions):
            self.tell(board, "CheckSession", {"session": session}, session=session.encode())

    def change_password(self, board: Board) -> None:
        if not (session := self._recent(board.sessions)):
            return
        current, password = self._password(board), self._new_password()
        operation = self.tell(
            board,
            "ChangePassword",
            {"session": session, "current": current, "password": password},
            session=session.encode(),
            current_password=current.encode(),
            new_password=password.encode(),
            confirmation=password.encode(),
        )
        self._learn_password(board, operation, password)

    def logout(self, board: Board) -> None:
        if session := self._recent(board.sessions):
            self.tell(board, "Logout", {"session": session}, session=session.encode())

    def update(self, board: Board) -> None:
        self._update(board, {"name": f"Name {self.name} {self.calls}", "mobile": board.mobile})

    def change_mobile(self, board: Board) -> None:
        other = next(mobile for mobile in board.mobiles if mobile != board.mobile)
        self._update(board, {"name": f"Name {self.name} {self.calls}", "mobile": other})

    def cancel_change(self, board: Board) -> None:
        if link := self._recent(board.cancels):
            self.tell(board, "CancelContactChange", {"link": link}, link=link.encode())

    def _update(self, board: Board, profile: dict[str, Any]) -> None:
        given = {"expected_version": board.version, **profile}
        self.tell(
            board, "UpdateAccount", given, identifier=board.identifier,
            field_mask=list(profile), **given,
        )  # fmt: skip

    revoke = _named("RevokeSessions")
    lock = _named("LockAccount")
    disable = _named("DisableAccount")
    unlock = _named("UnlockAccount")
    enable = _named("EnableAccount")

    # By weight.
    ACTIONS: dict[Callable[[Client, Board], None], int] = {
        request_reset: 80, validate_link: 120, resend_code: 60, activate: 60,
        activate_with_an_earlier_code: 20, guess: 60, login: 160, mistype: 4, check_session: 160,
        change_password: 60, logout: 12, update: 60, change_mobile: 4, cancel_change: 2,
        unlock: 10, enable: 5, _named("GetAccount"): 100, revoke: 3, lock: 6, disable: 2,
    }  # fmt: skip
    HASHING = frozenset(
        {activate, activate_with_an_earlier_code, guess, login, mistype, change_password}
    )
    ENDING = frozenset({resend_code, logout, change_mobile, revoke, lock, disable})
    # An account that is locked, disabled or paused lets little happen: it should not stay so long.
    HELD: dict[Callable[[Client, Board], None], int] = {unlock: 1, enable: 1, cancel_change: 1}

    # One call, seen through to what is known of it in the end.

    def tell(
        self, board: Board, method: str, given: dict[str, Any], **fields: Any
    ) -> Operation | None:
        """Calls, repeats under its key what was left unknown, and writes down what is known; None
        when the call was not run."""
        key = b"" if method in READS or method == "Login" else secrets.token_bytes(16)
        repeats = 2 if key and self._chance.random() < 0.6 else 0
        start, last_unknown = 0.0, None
        for attempt in range(1 + repeats):
            sent = self._send(method, key, fields)
            if sent is None:
                break
            outcome, began, ended = sent
            start = start or began
            self.repeated += attempt > 0
            if isinstance(outcome, Unknown):
                self.unknown += 1
                last_unknown = self._server
                continue
            if last_unknown is not None and not _settles(outcome):
                break
            if isinstance(outcome, Refusal) and outcome.was_not_run:
                return None
            return self._write(board, method, given, start, ended, outcome)
        if last_unknown is None or method in READS:
            return None
        operation = Operation(method, given, start, NEVER, None, who=self.name)
        board.ran_on[operation.number] = last_unknown
        board.history.append(operation)
        return operation

    def _send(
        self, method: str, key: bytes, fields: dict[str, Any]
    ) -> tuple[Outcome, float, float] | None:
        """The outcome, and from when to when; None when there are no more servers."""
        while server := self._servers.await_server():
            try:
                if self._connection is None:
                    self._connection = Connection(server[0])
                    self._server = server[1]
                start = time.monotonic()
                answer = self._connection.start(method, key=key, **fields)
            except (OSError, NotSent):
                self._connection = None  # It never saw the call. Another will come.
                continue
            outcome = answer.result(rekey_wire.ANSWER_SECONDS_MAX)
            end = time.monotonic()
            self.calls += 1
            self._servers.call_made()
            if isinstance(outcome, Unknown):
                self._connection.close()
                self._connection = None
            return outcome, start, end
        return None

    def _write(
        self, board: Board, method: str, given: dict[str, Any], start: float, end: float,
        outcome: Reply | Refusal,
    ) -> Operation:  # fmt: skip
        if isinstance(outcome, Refusal):
            operation = Operation(method, given, start, end, outcome.reason, who=self.name)
        else:
            told = TOLD.get(method, lambda _: {})(outcome.message)
            operation = Operation(method, given, start, end, OK, told, who=self.name)
            self._learn(board, operation)
        board.history.append(operation)
        return operation

    def _learn_password(self, board: Board, operation: Operation | None, password: str) -> None:
        if operation and operation.answer == OK:
            board.passwords.append(password)
        elif operation and operation.answer is None:
            board.passwords.insert(-1, password)  # It may have been set: to be tried now and then.

    def _learn(self, board: Board, operation: Operation) -> None:
        told = operation.told
        if "version" in told:
            board.version, board.mobile = told["version"], told["mobile"]
            board.held = told["state"] in (LOCKED, DISABLED)
            board.paused = told["paused"]
        elif operation.kind == "CancelContactChange":
            board.paused = False
        if "code" in told:
            board.code_of[operation.given["link"]] = told["code"]


def _settles(outcome: Reply | Refusal) -> bool:
    """Whether a repeat tells what the call before it did."""
    if isinstance(outcome, Reply):
        return True
    # P6.4: done the first time, but its password has been replaced since.
    return not outcome.was_not_run and outcome.reason != "IDEMPOTENCY_KEY_REUSED"


def _account(message: Any) -> dict[str, Any]:
    return {
        "version": message.version,
        "name": message.name,
        "mobile": message.mobile,
        "confirmed": message.mobile_confirmed,
        "paused": message.contact_hold_until_ms != 0,
        "sessions": message.live_sessions,
        "resets": message.open_resets,
        "failures": message.login_failures,
        "state": message.state,
    }


# What of each reply goes into the history.
TOLD: dict[str, Callable[[Any], dict[str, Any]]] = {
    "RequestReset": lambda reply: {"link_life_ms": reply.link_life_ms},
    "ValidateLink": lambda reply: {
        "code": reply.code_valid_until_ms - CODE_LIFE_MS,
        "resends_left": reply.resends_left,
        "mobile": reply.masked_mobile[-2:],
    },
    "ResendCode": lambda reply: {
        "code": reply.code_valid_until_ms - CODE_LIFE_MS,
        "resends_left": reply.resends_left,
    },
    "Login": lambda reply: {"session": reply.session.decode()},
    "CheckSession": lambda reply: {"name": reply.name},
    "RevokeSessions": lambda reply: {"revoked": reply.revoked},
    **{
        method: _account
        for method in (
            "GetAccount UpdateAccount LockAccount UnlockAccount DisableAccount EnableAccount"
        ).split()
    },
}
