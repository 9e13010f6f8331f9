"""What only the client that waits has: its callers' threads, on a real socket of this machine."""

from __future__ import annotations

import contextvars
import os
import signal
import socket
import threading
import unittest

import rekey
from rekey.v1 import frame_pb2 as pb
from tests.frames import hello, ok


class WaitingTests(unittest.TestCase):
    def setUp(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.listener.close)
        port = self.listener.getsockname()[1]
        self.client = rekey.Client(f"127.0.0.1:{port}", plaintext_on_loopback=True)
        self.requests: list[pb.Request] = []
        self.kinds: list[str | None] = []

    def serve(self, interrupt: bool) -> None:
        """One connection until its client leaves; either answers calls, or has somebody press
        Ctrl-C while they wait."""
        peer, _ = self.listener.accept()
        with peer, peer.makefile("rb") as stream:
            peer.sendall(hello())
            while length := stream.read(4):
                frame = pb.Frame.FromString(stream.read(int.from_bytes(length, "big")))
                self.kinds.append(frame.WhichOneof("kind"))
                if self.kinds[-1] == "request":
                    self.requests.append(frame.request)
                    if interrupt:
                        os.kill(os.getpid(), signal.SIGINT)
                    else:
                        peer.sendall(ok(frame.request.call_id, b"\x08\x01"))

    def start(self, interrupt: bool) -> threading.Thread:
        thread = threading.Thread(target=self.serve, args=[interrupt])
        thread.start()
        return thread

    def test_p4_7_ctrl_c_cancels_the_call(self) -> None:
        serving = self.start(interrupt=True)
        with self.assertRaises(KeyboardInterrupt):
            self.client.health()
        self.client.close()
        serving.join()
        self.assertEqual(self.kinds, ["hello", "request", "cancel", "go_away"])

    def test_p4_8_the_trace_context_is_that_of_the_calling_thread(self) -> None:
        serving = self.start(interrupt=False)

        def called_in(context: str) -> None:
            rekey.trace_context.set(context)
            self.client.health()

        for context in ("one", "two"):
            contextvars.Context().run(called_in, context)
        self.client.health()
        self.client.close()
        serving.join()
        found = [request.trace_context for request in self.requests]
        self.assertEqual(found, ["one", "two", ""])

    def test_wrong_arguments_are_found_out_at_once(self) -> None:
        with self.assertRaises(ValueError):
            rekey.Client(["127.0.0.1:1", "10.0.0.1:1"], plaintext_on_loopback=True)
        with self.assertRaises(ValueError):
            rekey.Client("127.0.0.1:1", plaintext_on_loopback=True, timeout=0)


if __name__ == "__main__":
    unittest.main()
