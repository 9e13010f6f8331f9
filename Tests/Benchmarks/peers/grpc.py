"""grpc_peer.cc, built with Debian's gRPC, and h2load of nghttp2's."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from pathlib import Path

from peers.server import Load, Server, fail, output

_BENCHMARKS = Path(__file__).resolve().parents[1]
_PROTO = _BENCHMARKS.parents[1] / "Proto"
_MESSAGES = ("operator", "options", "recovery", "reflection", "services")


def missing_packages() -> list[str]:
    """Those of Debian's that are not installed."""
    programs = {
        "g++": "g++", "pkg-config": "pkg-config", "protoc": "protobuf-compiler",
        "grpc_cpp_plugin": "protobuf-compiler-grpc", "h2load": "nghttp2-client",
    }  # fmt: skip
    missing = [package for program, package in programs.items() if not shutil.which(program)]
    found = shutil.which("pkg-config") and subprocess.run(["pkg-config", "--exists", "grpc++"])
    if not found or found.returncode != 0:
        missing.append("libgrpc++-dev")
    return missing


class GRPC(Server):
    """ValidateLink on gRPC C++ with its callback API."""

    name = "gRPC C++"

    def __init__(self, folder: Path, link: bytes, body: bytes) -> None:
        """The link that it knows, and the request message that holds it."""
        super().__init__(folder)
        self.version = output(["pkg-config", "--modversion", "grpc++"]).strip()
        self.link = self.folder / "link"
        self.link.write_bytes(link)
        # A gRPC message: not compressed, its length, itself.
        self.message = self.folder / "message"
        self.message.write_bytes(struct.pack(">BI", 0, len(body)) + body)
        self.latencies = self.folder / "latencies"

    def launch(self) -> None:
        port_file = self.folder / "port"
        self.start([str(self._build()), str(self.link), str(port_file)])
        self.wait_until(port_file.exists)
        self.port = int(port_file.read_text())

    def _build(self) -> Path:
        files = [f"rekey/v1/{name}.proto" for name in _MESSAGES]
        output(
            ["protoc", f"--proto_path={_PROTO}", f"--cpp_out={self.folder}"]
            + [f"--grpc_out={self.folder}", "--plugin=protoc-gen-grpc="
               + (shutil.which("grpc_cpp_plugin") or fail("there is no grpc_cpp_plugin"))]
            + files
        )
        program = self.folder / "grpc_peer"
        flags = output(["pkg-config", "--cflags", "--libs", "grpc++", "protobuf"]).split()
        sources = [f"{self.folder}/rekey/v1/{name}.pb.cc" for name in _MESSAGES]
        sources += [f"{self.folder}/rekey/v1/services.grpc.pb.cc", f"{_BENCHMARKS}/grpc_peer.cc"]
        output(
            ["g++", "-std=c++17", "-O2", f"-I{self.folder}", "-o", str(program), *sources, *flags]
        )
        return program

    def h2load(self, connections: int, depth: int, seconds: float, reply_bytes: int) -> Load:
        """A run of h2load's with a log of every latency; each reply must have so many bytes, for
        h2load sees no gRPC status, and only a success has any."""
        self.latencies.unlink(missing_ok=True)
        text = output(
            ["h2load", "-c", f"{connections}", "-m", f"{depth}", "-D", f"{seconds:g}"]
            + ["-d", str(self.message), "-H", "content-type: application/grpc"]
            + ["-H", "te: trailers", f"--log-file={self.latencies}"]
            + [f"http://127.0.0.1:{self.port}/rekey.v1.Rekey/ValidateLink"]
        )
        calls = _number(r"(\d+) succeeded,", text)
        # Replies to calls that the end cut off may be among the bytes.
        replies = _number(r"\((\d+)\) data$", text) / (reply_bytes + 5)
        if not calls <= replies <= calls + connections * depth:
            fail(f"{calls} calls to gRPC C++ had {replies:.2f} times {reply_bytes} bytes:\n{text}")
        took = sorted(int(line.split("\t")[2]) for line in self.latencies.open(encoding="ascii"))
        return Load(
            calls=calls,
            per_second=calls / seconds,
            p50_ms=took[len(took) // 2] / 1000,
            p99_ms=took[len(took) * 99 // 100] / 1000,
        )


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text, re.MULTILINE)
    return int(found[1]) if found else fail(f"h2load says something else:\n{text}")
