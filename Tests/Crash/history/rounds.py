"""One round: a new server, its accounts, the clients, the kills, and at last a look at everything.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from board import Board
from checker import TooManyExplanations, Unexplained, check
from client import NEVER, Client, Pace
from installation import Installation, NotStarted
from model import State
from operation import OK, Operation
from rekey_wire import Connection, Reply
from servers import Servers

# The last request must come before the first is 60 s old (R05): so long a load, the servers' starts
# included, and what the last of them adds to it.
LOAD_SECONDS_MAX = 45.0
ROUND_SECONDS_MAX = 55.0
CLIENTS = 12
SUBJECTS = 5
_LETTERS_PAUSE_SECONDS = 0.02


class NoAccount(Exception):
    """An account could not be opened."""


class ServerDied(Exception):
    """A server ended before it was killed; holds its exit code and what it logged."""


class TooSlow(Exception):
    """The round took so long that the model, which knows no time, does not hold."""


# What ends a round before it can be judged; TimeoutError: a server that does not answer.
FAULTS = (NotStarted, NoAccount, ServerDied, TooSlow, TooManyExplanations, TimeoutError)


@dataclass
class Result:
    calls: int
    kills: int
    unknown: int
    repeated: int
    # By method and answer.
    answers: Counter[tuple[str, str]]
    unexplained: list[tuple[Board, State, Unexplained]]


def play(
    binaries: Path, seed: str, kills: int, calls_between: tuple[int, int],
    between_kills: Callable[[Installation, int], None] = lambda *_: None,
) -> Result:  # fmt: skip
    """Kills after so many calls each time, or when this one's share of the round's time is over.

    `between_kills` is called with the number of the kill, before the server starts again.
    """
    chance = random.Random(seed)
    servers = Servers()
    with Installation(binaries) as installation:
        installation.start()
        boards, firsts = _open_accounts(installation)
        pace = Pace()
        clients = [
            Client(f"c{number}", boards, servers, pace, random.Random(f"{seed}/{number}"))
            for number in range(CLIENTS)
        ]
        done, start = 0, time.monotonic()
        with _letters_read(installation, boards), _running(clients, servers):
            servers.up(installation.port)
            while True:
                left = max(0, LOAD_SECONDS_MAX - (time.monotonic() - start))
                servers.await_calls(chance.randint(*calls_between), left / (kills - done + 1))
                if any(client.fault for client in clients) or done == kills:
                    break
                servers.down()
                if (code := installation.kill9()) != -signal.SIGKILL:
                    raise ServerDied(f"{code}\n{installation.log.read_text(errors='replace')}")
                servers.buried()
                done += 1
                between_kills(installation, done)
                installation.start()
                servers.up(installation.port)
        if (seconds := time.monotonic() - start) > ROUND_SECONDS_MAX:
            raise TooSlow(f"{seconds:.0f} s")
        looked = _look_at_all(installation, boards)
        installation.kill9()
        servers.buried()
    for client in clients:
        if client.fault:
            raise client.fault
    return Result(
        calls=looked + sum(client.calls for client in clients),
        kills=done,
        unknown=sum(client.unknown for client in clients),
        repeated=sum(client.repeated for client in clients),
        answers=Counter(
            (one.kind, one.answer) for board in boards for one in board.history if one.answer
        ),
        unexplained=_judged(boards, firsts, servers),
    )


def _judged(
    boards: list[Board], firsts: list[State], servers: Servers
) -> list[tuple[Board, State, Unexplained]]:
    wrong = []
    for board, first in zip(boards, firsts, strict=True):
        for operation in board.history:
            if operation.end == NEVER:
                operation.end = servers.gone[board.ran_on[operation.number]]
        if found := check(first, board.history):
            wrong.append((board, first, found))
    return wrong


def _open_accounts(installation: Installation) -> tuple[list[Board], list[State]]:
    """Active accounts, each through the flow of its owner."""
    boards, firsts = [], []
    with Connection(installation.port) as connection:
        for number in range(SUBJECTS):
            board = Board(
                identifier=f"C-{number}",
                mail=f"owner{number}@example.fr",
                mobiles=(f"+336000{number:02}001", f"+336000{number:02}002"),
                passwords=[f"the first long password of {number}"],
            )
            profile = {"identifier": board.identifier, "name": "First", "mail": board.mail}
            password = board.passwords[0].encode()
            _must(
                connection, "CreateAccount", mobile=board.mobiles[0], language=1, **profile
            )
            link, code = installation.wait_for_letters(1, board.mail, board.mobiles[0])
            _must(
                connection, "Activate", link=(link.link or "").encode(),
                code=(code.code or "").encode(), password=password, confirmation=password,
            )  # fmt: skip
            account = _must(connection, "GetAccount", identifier=board.identifier).message
            board.version, board.mobile = account.version, account.mobile
            boards.append(board)
            firsts.append(
                State(board.passwords[0], account.version, account.name, account.mobile)
            )
    return boards, firsts


def _must(connection: Connection, method: str, **fields: object) -> Reply:
    outcome = connection.call(method, **fields)
    if not isinstance(outcome, Reply):
        raise NoAccount(f"{method} answered {outcome}")
    return outcome


@contextlib.contextmanager
def _running(clients: list[Client], servers: Servers) -> Iterator[None]:
    for client in clients:
        client.start()
    try:
        yield
    finally:
        servers.end()
        for client in clients:
            client.join()


@contextlib.contextmanager
def _letters_read(installation: Installation, boards: list[Board]) -> Iterator[None]:
    """Puts links and codes on the boards as their letters arrive."""
    over = threading.Event()
    # Those of the accounts' opening are no part of the history.
    seen = {letter.file for letter in installation.mails() + installation.texts()}
    owners = {board.mail: board for board in boards}
    owners |= {mobile: board for board in boards for mobile in board.mobiles}

    def read() -> None:
        while not over.wait(_LETTERS_PAUSE_SECONDS):
            for letter in installation.texts(seen) + installation.mails(seen):
                seen.add(letter.file)
                board = owners[letter.to]
                if code := letter.code:
                    made = letter.queued_ms
                    board.codes[made] = "" if made in board.codes else code
                elif link := letter.link:
                    now = time.monotonic()
                    given = {"link": link, "made": letter.queued_ms}
                    board.history.append(Operation("MailSeen", given, now, now, OK))
                    board.code_of.setdefault(link, letter.queued_ms)
                    board.links.append(link)
                elif (cancel := letter.cancel) and cancel not in board.cancels:
                    now = time.monotonic()
                    board.history.append(Operation("ChangeSeen", {"link": cancel}, now, now, OK))
                    board.cancels.append(cancel)

    reader = threading.Thread(target=read, name="letters")
    reader.start()
    try:
        yield
    finally:
        over.set()
        reader.join()


def _look_at_all(installation: Installation, boards: list[Board]) -> int:
    """Every session, link, and the newest passwords of each account: what is left must fit too."""
    servers = Servers()
    servers.up(installation.port)
    last = Client("last", boards, servers, Pace(), random.Random(0))
    for board in boards:
        for method in ("GetAccount", "EnableAccount", "UnlockAccount"):
            last.tell(board, method, {}, identifier=board.identifier)
        for session in board.sessions:
            last.tell(board, "CheckSession", {"session": session}, session=session.encode())
        for link in board.links:
            last.tell(board, "ValidateLink", {"link": link}, link=link.encode())
        for password in board.passwords[-3:]:
            last.tell(
                board, "Login", {"password": password, "earlier": None},
                identifier=board.identifier, password=password.encode(),
            )  # fmt: skip
        for link in board.cancels:
            last.tell(board, "CancelContactChange", {"link": link}, link=link.encode())
        last.tell(board, "GetAccount", {}, identifier=board.identifier)
    last.hang_up()
    return last.calls


def keep_and_set_back(installation: Installation, kill: int) -> None:
    """What no server may do: at the second kill it gets its data of the first back."""
    copy = installation.home / "copy"
    if kill == 1:
        shutil.copytree(installation.data, copy)
    elif kill == 2:
        shutil.rmtree(installation.data)
        shutil.copytree(copy, installation.data)
