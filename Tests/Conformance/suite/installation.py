"""What `rekeyd init` makes, with a caller for each role. Made once for a run, and copied for each server:
its keys are the same in all of them, which nothing here depends on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .failure import Failure
from .roles import Role

# `rekeyd init` makes the first of them; the others are made here, and named as a company would.
_CALLERS = {
    Role.OPERATOR: "operator", Role.SERVICE: "portal", Role.AUDITOR: "auditor",
    Role.MONITOR: "monitor",
}  # fmt: skip


class Installation:
    """The `with` makes it and leaves nothing behind."""

    def __init__(self, binaries: Path) -> None:
        self._rekeyd = binaries / "rekeyd"

    def __enter__(self) -> Installation:
        self._home = Path(tempfile.mkdtemp(prefix="rekey-conformance-init-"))
        try:
            self._run("init", str(self.folder))
            for role, name in _CALLERS.items():
                if role != Role.OPERATOR:
                    self._run(
                        "cert", "issue", "--config", str(self.folder / "rekeyd.json"),
                        "--role", role.value, "--name", name)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._home)

    @property
    def folder(self) -> Path:
        return self._home / "rekey"

    def caller(self, role: Role) -> str:
        """The name of the caller that has this role, and of its profile's folder."""
        return _CALLERS[role]

    def copy(self, folder: Path) -> None:
        shutil.copytree(self.folder, folder)

    def _run(self, *words: str) -> None:
        # `init` leaves a link to the first operator's profile in the home that it finds.
        environment = {**os.environ, "HOME": str(self._home)}
        environment.pop("XDG_CONFIG_HOME", None)
        done = subprocess.run(
            [self._rekeyd, *words], capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            raise Failure(f"rekeyd {words[0]}: {done.stderr}")
