"""redis-server and redis-benchmark of Debian's."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from peers.server import Load, Server, free_port, listens, output


def missing_packages() -> list[str]:
    """Those of Debian's that are not installed."""
    programs = {"redis-server": "redis-server", "redis-benchmark": "redis-tools"}
    return [package for program, package in programs.items() if not shutil.which(program)]


class RedisServer(Server):
    """Redis without snapshots."""

    name = "Redis"
    settings: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.rates: dict[tuple[int, int], float] = {}
        self.version = output(["redis-server", "--version"]).split("v=")[1].split()[0]

    def launch(self) -> None:
        self.port = free_port()
        self.start(
            ["redis-server", "--bind", "127.0.0.1", "--port", f"{self.port}"]
            + ["--dir", str(self.folder), "--save", "", *self.settings]
        )
        self.wait_until(lambda: listens(self.port))

    def benchmark(
        self, test: str, keys: int, connections: int, depth: int, seconds: float
    ) -> Load:
        """About so many seconds of SET or GET of 100 bytes on so many keys, `depth` in a row."""
        # redis-benchmark counts calls, not seconds: a short run says how many fit.
        shape = (connections, depth)
        if shape not in self.rates:
            calls = (200 * connections + 2000) * depth
            self.rates[shape] = self._run(test, keys, connections, depth, calls).per_second
        load = self._run(test, keys, connections, depth, int(self.rates[shape] * seconds))
        self.rates[shape] = load.per_second
        return load

    def _run(self, test: str, keys: int, connections: int, depth: int, calls: int) -> Load:
        text = output(
            ["redis-benchmark", "-h", "127.0.0.1", "-p", f"{self.port}", "-t", test, "--csv"]
            + ["-d", "100", "-r", f"{keys}", "-c", f"{connections}", "-P", f"{depth}"]
            + ["-n", f"{calls}"]
        )
        lines = [line for line in text.splitlines() if line.startswith('"')]
        row = list(csv.DictReader(lines))[0]
        return Load(
            calls=calls,
            per_second=float(row["rps"]),
            p50_ms=float(row["p50_latency_ms"]),
            p99_ms=float(row["p99_latency_ms"]),
        )
