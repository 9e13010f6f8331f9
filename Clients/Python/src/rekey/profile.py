"""A profile: the folder by which a client finds its servers, believes them, and says who it is.
Made by `rekeyd init` and `rekeyd cert issue`. Files are read here, no connection is opened.

server        HOST:PORT, one a line: servers that stand in for each other
ca.pem        the one CA whose servers are believed
identity.pem  this caller's private key and certificates, readable by their owner alone
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from rekey.errors import ProfileError

_OTHERS = 0o077


class Profile:
    """Nothing read is kept: a certificate is renewed by a file, and the next connection has it."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self._ca = self.folder / "ca.pem"
        self._identity = self.folder / "identity.pem"

    @staticmethod
    def find(environment: Mapping[str, str]) -> Profile:
        """That of REKEY_PROFILE, of $XDG_CONFIG_HOME/rekey or of $HOME/.config/rekey: the first
        that is named, whether it is there or not. Raises ProfileError when none is."""
        if environment.get("REKEY_PROFILE"):
            return Profile(environment["REKEY_PROFILE"])
        # The XDG Base Directory Specification ignores a path that is not absolute.
        if environment.get("XDG_CONFIG_HOME", "").startswith("/"):
            return Profile(Path(environment["XDG_CONFIG_HOME"], "rekey"))
        if environment.get("HOME"):
            return Profile(Path(environment["HOME"], ".config", "rekey"))
        raise ProfileError("no profile is named: pass profile=, or set REKEY_PROFILE")

    def servers(self) -> list[str]:
        """As they stand there."""
        path = self.folder / "server"
        try:
            lines = path.read_text(encoding="ascii").split()
        except OSError as error:
            _refuse(path, error)
        except UnicodeDecodeError:
            raise ProfileError(f"{path}: is no ASCII; write HOST:PORT, one a line") from None
        if not lines:
            raise ProfileError(f"{path}: names no server; write HOST:PORT, one a line")
        return lines

    def tls_context(self) -> ssl.SSLContext:
        """What a connection needs, as the files are now: TLS 1.3, a server of this CA alone, by its
        name (P10.1). Raises ProfileError."""
        # Demands a certificate and its name; believes nobody before it is told to.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        # RFC 9525: the alternative names count, the common name does not.
        context.hostname_checks_common_name = False
        try:
            context.load_verify_locations(self._ca)
        except OSError as error:
            _refuse(self._ca, error)
        try:
            if self._identity.stat().st_mode & _OTHERS:
                raise ProfileError(
                    f"{self._identity}: others can read this private key; run: "
                    f"chmod 600 {self._identity}"
                )
            context.load_cert_chain(self._identity, password=self._refuse_encrypted)
        except OSError as error:
            _refuse(self._identity, error)
        return context

    def stamp(self) -> tuple[object, ...]:
        """Another one when the files are others: what was refused may be tried again."""
        return tuple(map(_stamp, (self._ca, self._identity)))

    def _refuse_encrypted(self) -> NoReturn:
        """Without this, OpenSSL would ask at the terminal."""
        raise ProfileError(f"{self._identity}: its private key is encrypted; store it unencrypted")


def _refuse(path: Path, error: OSError) -> NoReturn:
    if isinstance(error, ssl.SSLError):
        what = (error.reason or "is no PEM").lower().replace("_", " ")
        raise ProfileError(f"{path}: cannot be used: {what}") from None
    raise ProfileError(f"{path}: {os.strerror(error.errno or 0)}") from None


def _stamp(path: Path) -> object:
    try:
        found = path.stat()
    except OSError as error:
        return error.errno
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size
