"""What the server's source says about secrets, said again: how links, codes, session tokens, subjects and
password hashes follow from a key. Thief.py comes in. Knows no key; every function is given one.

Written from TokenMinter.swift, ActivationCode.swift, KeyRing.swift and PasswordHasher.swift. argon2id is
libsodium's, as the server's is: the Python library of that name is one package more.
"""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import hmac
import struct

ALPHABET = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
ACCEPTED_MAX = 224
CODE_LENGTH = 5
TAG_BYTES = 16
ARGON2ID13 = 2
LINK, SESSION = b"rekey/link\0", b"rekey/session\0"

_sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
_sodium.crypto_pwhash.argtypes = [
    ctypes.c_char_p, ctypes.c_ulonglong, ctypes.c_char_p, ctypes.c_ulonglong, ctypes.c_char_p,
    ctypes.c_ulonglong, ctypes.c_size_t, ctypes.c_int,
]  # fmt: skip
if _sodium.sodium_init() < 0:
    raise OSError("libsodium does not start")


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def token(label: bytes, number: int, key: bytes, subject: bytes, item: bytes) -> bytes:
    """A link or a session token: 71 characters."""
    head = struct.pack(">BI", 1, number) + subject + item
    return encoded(head + mac(key, label + head)[:TAG_BYTES])


def encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def decoded(text: bytes) -> bytes:
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def code(key: bytes, subject: bytes, reset: bytes, generation: int) -> bytes:
    """The five characters of a generation."""
    drawn = b""
    counter = 0
    while len(drawn) < CODE_LENGTH:
        message = subject + reset + struct.pack(">II", generation, counter)
        drawn += bytes(
            ALPHABET[byte % len(ALPHABET)]
            for byte in mac(key, b"rekey/code\0" + message)
            if byte < ACCEPTED_MAX
        )
        counter += 1
    return drawn[:CODE_LENGTH]


def subject(key: bytes, identifier: str) -> bytes:
    """Of a canonical identifier in ASCII."""
    return mac(key, b"rekey/subject\0" + identifier.lower().encode())[:16]


def fingerprint(key: bytes, call: bytes) -> bytes:
    """What a repeated call is recognised by."""
    return mac(key, b"rekey/idempotency-call\0" + call)


def peppered(key: bytes, password: bytes) -> bytes:
    """What argon2id is given in a password's place."""
    return mac(key, b"rekey/pepper\0" + password)


def argon2id(given: bytes, salt: bytes, memory_kib: int, passes: int) -> bytes:
    tag = ctypes.create_string_buffer(32)
    failed = _sodium.crypto_pwhash(
        tag, len(tag), given, len(given), salt, passes, memory_kib * 1024, ARGON2ID13
    )
    if failed:
        raise MemoryError("argon2id")
    return tag.raw
