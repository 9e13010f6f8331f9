"""Calls through `rekey call`, so that a second codec, not Python's, stands between a case and the server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from .failure import Failure
from .protocol import Method, frames
from .transport import Address

_SECONDS_MAX = 40


class CommandLine:
    """The built `rekey`."""

    def __init__(self, binaries: Path) -> None:
        self._rekey = binaries / "rekey"
        self._home = tempfile.TemporaryDirectory(prefix="rekey-conformance-home-")
        self._exit_codes = self._explained_exit_codes()

    def call(
        self, address: Address, profile: Path | None, method: Method, request: Message,
        trace: list[str],
    ) -> Any:
        """A Response, as the wire would have brought it, made from what the program printed. Without a
        profile it speaks without TLS."""
        words = json_format.MessageToJson(request, indent=None)
        trace.append(f"$ rekey call {method.name} - <<< {words[:400]}")
        done = subprocess.run(
            [self._rekey, "call", method.name, "-", "--json"], input=words, text=True,
            capture_output=True, env=self._environment(address, profile), timeout=_SECONDS_MAX)
        printed = done.stdout + done.stderr
        trace.append(f"  exit code {done.returncode}: {printed.strip()[:600]}")
        if done.returncode == 0:
            reply = json_format.Parse(done.stdout, method.reply())
            return frames.Response(body=reply.SerializeToString())
        return self._refusal(done.returncode, printed)

    def _environment(self, address: Address, profile: Path | None) -> dict[str, str]:
        transport = (
            {"REKEY_PROFILE": str(profile)} if profile
            else {"REKEY_PLAINTEXT_ON_LOOPBACK": "true"})
        return {
            **os.environ, "REKEY_SERVER": f"{address[0]}:{address[1]}", "HOME": self._home.name,
            "XDG_STATE_HOME": self._home.name, **transport,
        }

    def _refusal(self, exit_code: int, printed: str) -> Any:
        try:
            error = json.loads(printed.strip().splitlines()[-1])["error"]
            response = frames.Response(
                status=f"STATUS_CODE_{error['status']}", reason=error["reason"],
                message=error["message"], retry_after_ms=error.get("retryAfterMs", 0),
                details=[frames.Detail(**detail) for detail in error["details"]])
        except (ValueError, KeyError, IndexError, TypeError) as fault:
            raise Failure(f"rekey ended with {exit_code} and said {printed!r}: {fault}") from fault
        expected = self._exit_codes.get(error["status"])
        if expected is not None and exit_code != expected:
            raise Failure(f"rekey ended with {exit_code} at {error['status']}, not {expected}")
        return response

    def _explained_exit_codes(self) -> dict[str, int]:
        """What `rekey exit-codes` promises, by status."""
        done = subprocess.run(
            [self._rekey, "exit-codes"], capture_output=True, text=True, check=True)
        codes: dict[str, int] = {}
        for code, statuses in re.findall(
            r"^ *(\d+) .*\(([A-Z_]+(?:, [A-Za-z_]+)*)\)$", done.stdout, re.MULTILINE
        ):
            codes |= {status: int(code) for status in statuses.split(", ")}
        return codes
