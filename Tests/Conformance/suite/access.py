"""The words about who comes in: handshakes, certificates, the files that an operator keeps, and the two
programs as people use them.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import ssl
import subprocess
import time
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID

from . import certificates
from .certificates import Certified, Wish
from .connection import whole
from .failure import BadCase, Failure
from .protocol import METHODS, encode, frames
from .run_of_case import MAIN, NOBODY, Run
from .spans import seconds
from .transport import HandshakeRefused, Tcp, Tls, client_hello, context
from .values import assemble

Step = dict[str, Any]
_VERSIONS = {
    1.0: ssl.TLSVersion.TLSv1, 1.1: ssl.TLSVersion.TLSv1_1, 1.2: ssl.TLSVersion.TLSv1_2,
    1.3: ssl.TLSVersion.TLSv1_3,
}  # fmt: skip
_ENDS_SECONDS_MAX = 20.0
_COMMAND_SECONDS_MAX = 30.0
_LOG_SECONDS_MAX = 20.0
_POLL_SECONDS = 0.01


# Handshakes


def handshake_fails(run: Run, step: Step) -> None:
    """No frame is read, and none comes: what goes out behind the client's part of the handshake is a
    Hello and a call, since under TLS 1.3 a client learns only then that it is not let in."""
    caller = step.get("caller", NOBODY)
    version = _VERSIONS[step.get("version", 1.3)]
    began = time.monotonic()
    came = _first_bytes(run, context(None, run.identity(caller), version))
    run.trace.append(f"a handshake as {caller}: {came!r}")
    if came:
        raise Failure(f"{caller} was let in: {came.hex(' ')}")
    spent = time.monotonic() - began
    if spent > step.get("before", _ENDS_SECONDS_MAX):
        raise Failure(f"the connection was ended after {spent:.2f} s only")


def _first_bytes(run: Run, made: ssl.SSLContext) -> bytes:
    """Of the text that the server sends to who shows this; empty when it sends none but an end."""
    hello = frames.Frame(hello=frames.Hello(version_min=1, version_max=1))
    call = frames.Frame(request=frames.Request(call_id=1, method=METHODS["Health"].name))
    try:
        peer = Tls(run.server.address, made)
    except HandshakeRefused as refusal:
        run.trace.append(str(refusal))
        return b""
    try:
        peer.send(encode(hello) + encode(call), whole, _ENDS_SECONDS_MAX)
        return peer.receive(time.monotonic() + _ENDS_SECONDS_MAX)
    except TimeoutError:
        raise Failure("neither let in nor refused: the connection stays open") from None
    except (HandshakeRefused, OSError) as refusal:
        run.trace.append(str(refusal))
        return b""
    finally:
        peer.close()


def tcp(run: Run, step: Step) -> None:
    """Bytes on a TCP connection, with no TLS of the suite's own."""
    name = step.get("on", MAIN)
    if name not in run.plain:
        run.plain[name] = (Tcp(run.server.address), time.monotonic())
    data = assemble(step["tcp"])
    run.trace.append(f"{name} -> {len(data)} bytes of TCP: {data[:40].hex(' ')}")
    try:
        run.plain[name][0].send(data, whole, _ENDS_SECONDS_MAX)
    except OSError as error:
        run.trace.append(f"(not all was taken: {error})")


def tcp_trickles(run: Run, step: Step) -> None:
    """A ClientHello, a byte each so many seconds, until the server ends it or the time is over."""
    peer, opened = run.plain[step.get("on", MAIN)]
    pause, end = step["tcp-trickles"], opened + step["for"]
    for byte in client_hello()[1:]:
        try:
            peer.send(bytes([byte]), whole, _ENDS_SECONDS_MAX)
            if not peer.receive(min(time.monotonic() + pause, end)):
                break
        except TimeoutError:
            if time.monotonic() >= end:
                break
        except OSError:
            break


def tcp_closes(run: Run, step: Step) -> None:
    run.plain.pop(step["tcp-closes"])[0].close()


def tcp_ends(run: Run, step: Step) -> None:
    """The server ends it; before that it may send TLS's own records, and no frame."""
    name = MAIN if step["tcp-ends"] == "now" else step["tcp-ends"]
    peer, opened = run.plain.pop(name)
    came = b""
    try:
        while data := peer.receive(opened + step.get("before", _ENDS_SECONDS_MAX) + 5):
            came += data
    except TimeoutError:
        raise Failure("the server does not end the connection") from None
    except ConnectionResetError:
        run.trace.append(f"{name} <- RST")
    finally:
        peer.close()
    spent = time.monotonic() - opened
    run.trace.append(f"{name} <- {len(came)} bytes: {came[:40].hex(' ')}; {spent:.2f} s")
    if came and came[0] not in _TLS_RECORDS:
        raise Failure(f"that is no TLS: {came.hex(' ')}")
    if not step.get("after", 0) <= spent <= step.get("before", _ENDS_SECONDS_MAX):
        raise Failure(f"the end came after {spent:.2f} s")


# Change of cipher, alert, handshake, data (RFC 8446, 5.1).
_TLS_RECORDS = (20, 21, 22, 23)


# Certificates and files


def certificate(run: Run, step: Step) -> None:
    """One that nobody has yet, with a profile to use it."""
    name = step["certificate"]
    common = step.get("of", "portal")
    begins, ends = step.get("valid", ["-1h", "24h"])
    wish = Wish(
        names=_names(step.get("names", [{"dns": common}])), common_name=common,
        usages=tuple(step.get("usages", ["client"])),
        valid_from=seconds(begins), valid_until=seconds(ends),
        is_authority=step.get("may-sign", False))
    issuer = _signer(run, step.get("signed-by", "authority"))
    key = run.certificates[step["key-of"]].key if "key-of" in step else None
    made = certificates.make(wish, issuer, key=key)
    run.certificates[name] = made
    run.variables[f"{name}.fingerprint"] = made.fingerprint
    run.variables[f"{name}.FINGERPRINT"] = ":".join(
        made.fingerprint[at : at + 2].upper() for at in range(0, 64, 2))
    profile = run.folder / name
    profile.mkdir(exist_ok=True)
    chain = issuer.certificate_pem if issuer and step.get("chain") else b""
    (profile / "identity.pem").write_bytes(made.key_pem + made.certificate_pem + chain)
    (profile / "ca.pem").write_bytes(run.authority().read_bytes())


def _names(wanted: list[dict[str, str]]) -> tuple[x509.GeneralName, ...]:
    kinds = {
        "dns": x509.DNSName, "uri": x509.UniformResourceIdentifier, "mail": x509.RFC822Name,
        "address": lambda text: x509.IPAddress(ipaddress.ip_address(text)),
    }  # fmt: skip
    return tuple(kinds[kind](text) for one in wanted for kind, text in one.items())


def _signer(run: Run, who: str) -> Certified | None:
    if who == "itself":
        return None
    if who in run.certificates:
        return run.certificates[who]
    tls = run.owned().folder / "tls"
    own = certificates.load(tls / "ca.pem", tls / "ca.key")
    if who == "authority":
        return own
    if who == "impostor":
        return certificates.authority(own.certificate.subject)
    if who == "stranger":
        name = x509.NameAttribute(NameOID.COMMON_NAME, "Somebody else's authority")
        return certificates.authority(x509.Name([name]))
    raise BadCase(f"nobody signs as {who}")


def file(run: Run, step: Step) -> None:
    """In the installation's folder: its text, what a step has made, or its mode."""
    path = run.owned().folder / step["file"]
    if step.get("gone"):
        path.unlink()
        return
    if "keep" in step:
        run.variables[step["keep"]] = path.read_text()
    if "text" in step:
        path.write_text(step["text"])
    if "append" in step:
        path.write_text(path.read_text() + step["append"])
    if "pem" in step:
        path.write_bytes(b"".join(_pem(run, part) for part in step["pem"]))
        path.chmod(0o600)
    if "append-pem" in step:
        made = b"".join(_pem(run, part) for part in step["append-pem"])
        path.write_bytes(path.read_bytes() + made)
    if "mode" in step:
        path.chmod(int(str(step["mode"]), 8))
    mode = f"{path.stat().st_mode & 0o7777:o}"
    if "has-mode" in step and mode != str(step["has-mode"]):
        raise Failure(f"{step['file']} has mode {mode}, not {step['has-mode']}")


def _pem(run: Run, part: str) -> bytes:
    """`NAME.key` or `NAME.certificate`, of a certificate that a step has made."""
    name, _, what = part.rpartition(".")
    made = run.certificates[name]
    return made.key_pem if what == "key" else made.certificate_pem


def callers(run: Run, step: Step) -> None:
    """Changes what the file of callers says of some; `gone` takes one away."""
    path = run.owned().folder / "tls/callers.json"
    known = json.loads(path.read_text())
    for name, entry in step["callers"].items():
        if entry == "gone":
            known.pop(name)
        else:
            known[name] = entry
    path.write_text(json.dumps(known, indent=2))


# Programs and what they say


def rekeyd(run: Run, step: Step) -> None:
    """`rekeyd cert …` or another command on the server's installation."""
    server = run.owned()
    words = [str(server.rekeyd), *step["rekeyd"], "--config", str(server.folder / "rekeyd.json")]
    _command(run, step, words, {"HOME": str(run.folder)})


def rekey(run: Run, step: Step) -> None:
    """`rekey …` with the profile of a caller; `server`: where it looks for the server, its port aside."""
    if run.rekey is None:
        raise BadCase("there is no rekey beside the server")
    host = step.get("server", "127.0.0.1")
    profile = run.profile(step["caller"])
    _command(run, step, [str(run.rekey), *step["rekey"]], {
        "HOME": str(run.folder), "XDG_STATE_HOME": str(run.folder), "REKEY_PROFILE": str(profile),
        "REKEY_SERVER": f"{host}:{run.server.address[1]}"})


def _command(run: Run, step: Step, words: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env={**os.environ, **environment}, timeout=_COMMAND_SECONDS_MAX)
    said = done.stdout + done.stderr
    run.trace.append(f"$ {' '.join(words)}\n  exit code {done.returncode}: {said.strip()[:600]}")
    wanted = step.get("exit", 0)
    if done.returncode == 0 if wanted == "not-0" else done.returncode != wanted:
        raise Failure(f"exit code {done.returncode}, expected {wanted}: {said.strip()}")
    found = len(re.findall(step.get("says", ""), said, re.MULTILINE))
    if found != step["times"] if "times" in step else not found:
        raise Failure(f"it says {step['says']} {found} times: {said.strip()}")


def says_in_one_line(said: str, wanted: str) -> None:
    lines = [line for line in said.splitlines() if line.startswith("rekeyd: ")]
    if len(lines) != 1 or not re.search(wanted, lines[0]):
        raise Failure(f"one line was to say {wanted}: {said.strip()}")


def log(run: Run, step: Step) -> None:
    """A line of the server's log, now or soon."""
    end = time.monotonic() + _LOG_SECONDS_MAX
    while not re.search(step["log"], run.server.log, re.MULTILINE):
        if time.monotonic() > end:
            raise Failure(f"the log does not say {step['log']}:\n{run.server.log}")
        time.sleep(_POLL_SECONDS)
