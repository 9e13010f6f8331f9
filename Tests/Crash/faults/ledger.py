"""What clients were promised, and whether a server still keeps it after a fault.

The proofs of this folder come in. Each thread has a holder with an account of its own, and holders
share nothing, so it is always known exactly what a server must show: the account after the last
answered call, or, when a call got no answer, that or the one after it.
"""

import copy
import random
import threading

from holder import LOCKED, Call, Holder, View
from letters import Letters
from rekey_wire import Connection, NotSent, Refusal, Reply, Unknown

PAGE = 1000
WAIT_SECONDS_MAX = 30.0


class Broken(Exception):
    """A promise that was not kept; the text says which."""


class Ledger:
    """All holders, and the threads that call for them while a server runs."""

    def __init__(self, seed: str, holders: int, letters: Letters | None = None) -> None:
        self.holders = [Holder(f"h{n}", random.Random(f"{seed}/{n}")) for n in range(holders)]
        self.letters = letters
        self.answered = 0
        self.unanswered = 0
        self.refused = 0
        self.broken: list[Exception] = []
        self.threads: list[threading.Thread] = []
        self.calling = 0
        self.stopping = threading.Event()
        self.change = threading.Condition()

    def start(self, port: int, calls: int | None = None) -> None:
        """Every holder calls, on a connection of its own, until the server is gone, `stop` is
        called, or it has had `calls` answers."""
        self.stopping.clear()
        self.calling = len(self.holders)
        self.threads = [
            threading.Thread(target=self._play, args=(holder, port, calls), daemon=True)
            for holder in self.holders
        ]
        for thread in self.threads:
            thread.start()

    def wait_for_answers(self, count: int) -> None:
        """Until so many more were answered, or nobody calls any more."""
        with self.change:
            target = self.answered + count
            if not self.change.wait_for(
                lambda: self.answered >= target or self.calling == 0, WAIT_SECONDS_MAX
            ):
                raise Broken(f"no {count} answers within {WAIT_SECONDS_MAX:.0f} s")

    def join(self) -> None:
        """Waits for all who call; the first promise that was broken is raised here."""
        for thread in self.threads:
            thread.join(WAIT_SECONDS_MAX * 3)
            if thread.is_alive():
                raise Broken("a call got no answer and its connection did not end")
        if self.broken:
            raise self.broken[0]

    def stop(self) -> None:
        """Nobody begins another call; returns when all have ended."""
        self.stopping.set()
        self.join()

    def _play(self, holder: Holder, port: int, calls: int | None) -> None:
        try:
            with Connection(port) as connection:
                done = 0
                while not self.stopping.is_set() and (calls is None or done < calls):
                    if not self.step(holder, connection):
                        break
                    done += 1
        except (NotSent, OSError):
            pass  # The server was gone before the next call.
        except Exception as error:
            self.broken.append(error)
        finally:
            with self.change:
                self.calling -= 1
                self.change.notify_all()

    def copy(self) -> "Ledger":
        """The same promises, for another server with the same data."""
        twin = Ledger("", 0, self.letters)
        twin.holders = copy.deepcopy(self.holders)
        return twin

    def rename(self, port: int, count: int) -> None:
        """The first holder alone makes so many calls, one batch of the log each."""
        with Connection(port) as connection:
            holder = self.holders[0]
            for _ in range(count):
                self.step(holder, connection, holder.rename() if holder.view else holder.create())

    def step(self, holder: Holder, connection: Connection, call: Call | None = None) -> bool:
        """One call, drawn if none is given; whether there may be a next one."""
        call = call or holder.next_call(self.letters)
        holder.doubt = call
        try:
            outcome = connection.call(call.method, **call.fields)
        except NotSent:
            holder.doubt = None
            raise
        match outcome:
            case Reply(message):
                if message.DESCRIPTOR.name == "Account" and View.of(message) != call.after:
                    raise Broken(
                        f"{call.method} of {holder.identifier} answered {View.of(message)}, "
                        f"not {call.after}")
                holder.settle(call, message)
                self._count("answered")
                return True
            case Refusal() if outcome.was_not_run:
                holder.doubt = None
                self._count("refused")
                return False
            case Refusal():
                raise Broken(
                    f"{call.method} of {holder.identifier} ({holder.view}) was refused: {outcome}")
            case Unknown():
                self._count("unanswered")
                return False
        raise AssertionError(outcome)

    def _count(self, what: str) -> None:
        with self.change:
            setattr(self, what, getattr(self, what) + 1)
            self.change.notify_all()

    # After a fault.

    def check(self, port: int) -> None:
        """Raises Broken unless the server shows all that was promised and nothing else. What was
        in doubt is known from here on."""
        with Connection(port) as connection:
            shown = accounts(connection)
            for holder in self.holders:
                settle(holder, shown.pop(holder.identifier, None))
            if shown:
                raise Broken(f"there are accounts that nobody should have: {sorted(shown)}")
            for holder in self.holders:
                check_sessions(holder, connection)


def accounts(connection: Connection) -> dict[str, View]:
    """All that the server shows, by identifier."""
    found: dict[str, View] = {}
    after = ""
    while True:
        outcome = connection.call("ListAccounts", after=after, limit=PAGE)
        if not isinstance(outcome, Reply):
            raise Broken(f"ListAccounts: {outcome}")
        for account in outcome.message.accounts:
            found[account.identifier] = View.of(account)
        after = outcome.message.next_after
        if not after:
            return found


def settle(holder: Holder, shown: View | None) -> None:
    """Compares what is shown with what was promised."""
    call = holder.doubt
    if shown == holder.view:
        holder.doubt = None
    elif call is not None and shown == call.after:
        holder.settle(call, None)
    else:
        asked = f", and {call.method} was asked for without an answer" if call else ""
        raise Broken(f"{holder.identifier}: promised was {holder.view}{asked}; shown is {shown}")


def check_sessions(holder: Holder, connection: Connection) -> None:
    """Every live session is, unless a lock stops it for now, and the newest that ended are not."""
    is_locked = holder.view is not None and holder.view.state == LOCKED
    for session in holder.live if not is_locked else []:
        outcome = connection.call("CheckSession", session=session)
        if not isinstance(outcome, Reply):
            raise Broken(f"{holder.identifier} has lost a session: {outcome}")
    for session in holder.ended[-3:]:
        outcome = connection.call("CheckSession", session=session)
        if not isinstance(outcome, Refusal) or outcome.reason != "SESSION_INVALID":
            raise Broken(f"a session of {holder.identifier} that had ended is back: {outcome}")
