"""Somebody with a copy of the data directory, the whole source, time, and an account of their own; with
the key ring too, or without. Makes everything that might open something. Knows no server: who asks a
server whether it opens is the proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import minting
from loot import Item, Loot

KEY_BYTES = 32
# A key number and a key.
Key = tuple[int, bytes]


@dataclass(frozen=True)
class Own:
    """What the thief came by honestly: the link and the session of an account of their own."""

    link: bytes
    session: bytes


def read_ring(file: Path) -> dict[str, list[Key]]:
    """The keys of a key file, by purpose."""
    ring: dict[str, list[Key]] = {}
    for line in file.read_text().splitlines()[1:]:
        purpose, number, *_, key = line.split(" ")
        ring.setdefault(purpose, []).append((int(number), minting.decoded(key.encode())))
    return ring


class Thief:
    """`ring`: the stolen keys by purpose, or nothing."""

    def __init__(self, loot: Loot, own: Own, ring: dict[str, list[Key]] | None) -> None:
        self.loot, self.own, self.ring = loot, own, ring

    def keys(self, purpose: str) -> list[Key]:
        """What is worth trying as a key."""
        if self.ring is not None:
            return self.ring[purpose]
        return [(1, key) for key in likely_keys(self.loot)]

    def tokens(self, purpose: str, label: bytes, items: Iterable[Item]) -> Iterator[bytes]:
        for item in items:
            for number, key in self.keys(purpose):
                yield minting.token(label, number, key, item.subject, item.id)

    def spliced(self, items: Iterable[Item]) -> Iterator[bytes]:
        """Own tokens that claim to be others'."""
        for own in (minting.decoded(self.own.link), minting.decoded(self.own.session)):
            yield minting.encoded(own)
            for item in items:
                head, tag = own[:5] + item.subject + item.id, own[-minting.TAG_BYTES:]
                yield minting.encoded(head + tag)
                yield minting.encoded(own[:5] + item.subject + own[21:37] + tag)
                yield minting.encoded(b"\0" + head[1:] + tag)
                yield minting.encoded(head + bytes(minting.TAG_BYTES))

    def links(self) -> set[bytes]:
        links = set(self.tokens("link", minting.LINK, self.loot.resets))
        return links | (set(self.spliced(self.loot.resets)) - {self.own.link})

    def cancels(self) -> set[bytes]:
        """Links that take a change of contacts back: made as those of resets are."""
        links = set(self.tokens("link", minting.LINK, self.loot.changes))
        return links | (set(self.spliced(self.loot.changes)) - {self.own.link})

    def sessions(self) -> set[bytes]:
        sessions = set(self.tokens("session", minting.SESSION, self.loot.sessions))
        return sessions | (set(self.spliced(self.loot.sessions)) - {self.own.session})

    def codes(self, link: bytes) -> set[bytes]:
        """For a link that somebody else has seen; it says whose it is."""
        raw = minting.decoded(link)
        return {
            minting.code(key, raw[5:21], raw[21:37], generation)
            for _, key in self.keys("code") for generation in range(2)
        }

    def passwords(self, guesses: Iterable[str]) -> set[tuple[str, str]]:
        """Guesses that a record bears out: with each likely pepper, and with none."""
        found = set()
        guesses = list(guesses)
        for subject, rows in self.loot.passwords.items():
            for salt, tag, _, memory_kib, passes in rows:
                for guess in guesses:
                    given = [minting.peppered(key, guess.encode()) for _, key in self.keys("pepper")]
                    for secret in [*given, guess.encode()]:
                        if minting.argon2id(secret, salt, memory_kib, passes) == tag:
                            found.add((self.loot.identifiers.get(subject, ""), guess))
        return found

    def strangers(self, guesses: Iterable[str]) -> set[str]:
        """Who was asked for, and has no account: the disk has the row, and no name in it."""
        nameless = self.loot.subjects - set(self.loot.identifiers)
        return {
            guess for guess in guesses for _, key in self.keys("identifier")
            if minting.subject(key, guess) in nameless
        } | {
            guess for guess in guesses
            if hashlib.sha256(guess.lower().encode()).digest()[:16] in nameless
        }

    def calls(self, calls: Iterable[bytes]) -> set[bytes]:
        """Calls that a fingerprint bears out."""
        return {
            call for call in calls for _, key in self.keys("identifier")
            if {minting.fingerprint(key, call), hashlib.sha256(call).digest()}
            & self.loot.fingerprints
        }


def likely_keys(loot: Loot) -> list[bytes]:
    """What a careless server might have used: constants, what is on the disk, and its digests."""
    seeds = [b"", b"rekey", b"secret", loot.store, loot.tag, loot.store[::-1]]
    keys = [bytes(KEY_BYTES), b"\xff" * KEY_BYTES, loot.tag, loot.store * 2]
    keys += [hashlib.sha256(seed).digest() for seed in seeds]
    keys += [minting.mac(loot.tag, label) for label in (minting.LINK, minting.SESSION, b"")]
    keys += [seed.ljust(KEY_BYTES, b"\0") for seed in seeds]
    return list(dict.fromkeys(keys))

