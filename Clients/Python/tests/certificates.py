"""Certificates for tests, made by the `openssl` command as a company's own CA would: P-256, one
file for a key and its certificate. Nothing of Rekey is asked: both sides are judged from outside.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
HERE = "IP:127.0.0.1,IP:::1,DNS:localhost"


class Authority:
    """A CA of its own, with its files in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._count = 0
        self.certificate = folder / "ca.pem"
        self._key = folder / "ca.key"
        _openssl(
            "req", "-x509", *_KEY, "-subj", "/CN=a CA of tests", "-days", "1",
            "-addext", "keyUsage=critical,keyCertSign",
            "-keyout", self._key, "-out", self.certificate,
        )  # fmt: skip

    def server(self, names: str = HERE, *, usage: str = "serverAuth", days: int = 1) -> Path:
        """`names`: alternative names as openssl writes them, or none. `days`: below 0, expired."""
        return self._issue("localhost", names, usage, days)

    def caller(self, name: str = "portal", *, days: int = 1) -> Path:
        return self._issue(name, f"DNS:{name}", "clientAuth", days)

    def _issue(self, common_name: str, names: str, usage: str, days: int) -> Path:
        self._count += 1
        key, request, certificate, both = (
            self._folder / f"{self._count}.{kind}" for kind in ("key", "csr", "crt", "pem")
        )
        extensions = ["-addext", f"extendedKeyUsage={usage}"]
        if names:
            extensions += ["-addext", f"subjectAltName={names}"]
        _openssl(
            "req", "-new", *_KEY, "-subj", f"/CN={common_name}", *extensions,
            "-keyout", key, "-out", request,
        )  # fmt: skip
        _openssl(
            "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key,
            "-copy_extensions", "copy", "-days", str(days), "-out", certificate,
        )  # fmt: skip
        write_private(both, key.read_bytes() + certificate.read_bytes())
        return both


def write_profile(folder: Path, ca: Path, identity: Path, *servers: str) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "server").write_text("".join(f"{server}\n" for server in servers))
    (folder / "ca.pem").write_bytes(ca.read_bytes())
    write_private(folder / "identity.pem", identity.read_bytes())
    return folder


def write_private(path: Path, data: bytes) -> None:
    """By a rename, as a renewal does."""
    new = path.with_suffix(".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    new.rename(path)


def encrypted(key: Path, to: Path) -> None:
    """A private key under a password."""
    _openssl("pkey", "-in", key, "-aes256", "-passout", "pass:x", "-out", to)
    to.chmod(0o600)


def _openssl(*arguments: str | Path) -> None:
    # Its errors name files; keys are made by it and shown to nobody.
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
