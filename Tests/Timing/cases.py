"""What is measured: for each method the classes of people or links whom nobody may tell apart, how each
is asked about, and what has to happen first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import cycle, islice

from population import PASSWORD, WRONG_CODE, WRONG_PASSWORD, Keys, Population, activation
from rekey_wire import Connection, Refusal, Reply

from server import Broken, Fields, Server, call_all

# So many calls of one class.
Asking = Callable[[Population, int], list[Fields]]


@dataclass(frozen=True)
class Case:
    """One method, and who is asked about."""

    name: str
    requirement: str
    method: str
    # The first is what the others are held against.
    classes: dict[str, Asking]
    # What has to happen after each start, before it is measured.
    prepare: Callable[[Population, Server, Connection, int], None]
    # Of a class, between two starts: as many members as the smallest class has.
    members: Callable[[Population], int]
    # Hashing is in its way.
    hashes: bool
    # A record is written at each call.
    writes: bool = True
    # To those of some classes: so it matters whether a courier takes them.
    sends_letters: bool = False
    # Flags of the server that is measured; the population was made under none.
    settings: tuple[str, ...] = ()

    def only(self, others: Iterable[str]) -> Case:
        """The first class and these."""
        first = next(iter(self.classes))
        return replace(
            self, classes={name: self.classes[name] for name in (first, *others)})

    def around_hash(self) -> Case:
        """The same where next to no hash is computed."""
        return replace(self, name=f"{self.name} around its hash", hashes=False)


def of(kind: str) -> Asking:
    """Requests for a reset by people of that kind."""
    return lambda population, count: [
        {"identifier": person.identifier} for person in population.people[kind][:count]
    ]


def unknown(population: Population, count: int) -> list[Fields]:
    """Requests for a reset of accounts that are not there."""
    return [{"identifier": name} for name in population.unknown(count)]


def over_unknown(population: Population, count: int) -> list[Fields]:
    """The same for those that were asked about a moment ago."""
    return [{"identifier": name} for name in population.asked[:count]]


def login(asking: Asking, password: bytes = WRONG_PASSWORD) -> Asking:
    """Logins, with a wrong password unless it is given."""
    return lambda population, count: [
        {**fields, "password": password} for fields in asking(population, count)
    ]


def link(kind: str) -> Asking:
    """Looks at links, which change nothing (R16), so there may be more looks than links."""
    return lambda population, count: [
        {"link": keys.link} for keys in islice(cycle(population.keys[kind]), count)
    ]


def activate(kind: str, code: bytes | None = None) -> Asking:
    """Activations, with the right code of a link or with another."""
    return lambda population, count: [
        activation(Keys(keys.link, code or keys.code)) for keys in population.keys[kind][:count]
    ]


def expect(outcome: type, connection: Connection, method: str, calls: list[Fields]) -> None:
    """All of them end so."""
    for got in call_all(connection, method, calls):
        if not isinstance(got, outcome):
            raise Broken(f"{method}: {got}")


def exceed(
    population: Population, server: Server, connection: Connection, count: int
) -> None:
    """R05: some are over their limit, and hold a live link if they have an account."""
    population.asked = population.unknown(count)
    expect(Reply, connection, "RequestReset", of("over")(population, count))
    expect(Reply, connection, "RequestReset", over_unknown(population, count))


def nothing(
    population: Population, server: Server, connection: Connection, count: int
) -> None:
    """All is as it has to be."""


def block_again(
    population: Population, server: Server, connection: Connection, count: int
) -> None:
    """A block lasts half an hour: one more failure begins it anew if it is over."""
    expect(Refusal, connection, "Login", login(of("blocked"))(population, count))


def open_links(
    population: Population, server: Server, connection: Connection, count: int
) -> None:
    """Links and codes that are good now."""
    people = population.people["known"][:count]
    expect(Reply, connection, "RequestReset", of("known")(population, count))
    server.take_letters(connection)
    links = {letter.to: letter.link for letter in server.mails() if letter.link}
    population.keys["live"] = [Keys(links[person.mail].encode(), WRONG_CODE) for person in people]


def people(population: Population) -> int:
    return len(population.people["known"])


def links(population: Population) -> int:
    return len(population.keys["expired"])


CASES = [
    Case(
        "RequestReset", "R02, R04", "RequestReset",
        {
            "known": of("known"), "unknown": unknown, "over its limit": of("over"),
            "unknown, over": over_unknown, "pending": of("pending"),
            "disabled": of("disabled"), "deleted": of("deleted"),
        },
        exceed, people, hashes=False, sends_letters=True),
    Case(
        "ValidateLink", "R19", "ValidateLink",
        {
            "expired": link("expired"), "used": link("used"), "burned": link("burned"),
            "voided": link("voided"), "account deleted": link("deleted"),
        },
        nothing, lambda population: 10 * links(population), hashes=False, writes=False),
    Case(
        "Activate", "R30", "Activate",
        {
            "wrong code": activate("live"), "code expired": activate("late"),
            "link expired": activate("expired"), "used": activate("used"),
            "burned": activate("burned"), "voided": activate("voided"),
            "account deleted": activate("deleted"),
        },
        open_links, links, hashes=True),
    Case(
        "Login", "R51", "Login",
        {
            "wrong password": login(of("known")), "unknown": login(unknown),
            "blocked": login(of("blocked")), "disabled": login(of("disabled")),
            "deleted": login(of("deleted")),
            # Every record is below today's cost, so that a login which succeeds hashes once more (R45).
            "blocked, right": login(of("blocked"), PASSWORD),
            "disabled, right": login(of("disabled"), PASSWORD),
        },
        block_again, lambda population: len(population.people["blocked"]), hashes=True,
        settings=("--hashing-passes", "3")),
]
