"""The client over TLS, on real sockets: servers that are right, wrong, or somebody else's."""

from __future__ import annotations

import asyncio
import socket
import ssl
import tempfile
import threading
import time
import unittest
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import rekey
from rekey.aio.link import Link
from tests.certificates import Authority, write_private, write_profile
from tests.frames import go_away, hello, kinds, ok
from tests.tls_server import SERVING, Peer, TlsServer, answering, server_context


class TlsTest(unittest.TestCase):
    """With two CAs, and the profile of a portal that believes the first."""

    home: ClassVar[Path]
    ours: ClassVar[Authority]
    others: ClassVar[Authority]
    identity: ClassVar[Path]
    portal: ClassVar[Path]

    @classmethod
    def setUpClass(cls) -> None:
        home = tempfile.TemporaryDirectory(prefix="rekey-tls-")
        cls.addClassCleanup(home.cleanup)
        cls.home = Path(home.name)
        cls.ours, cls.others = (Authority(cls.home / name) for name in ("ours", "others"))
        cls.identity, cls.portal = cls.ours.server(), cls.ours.caller("portal")

    def setUp(self) -> None:
        self.profile = self.home / self.id()
        write_profile(self.profile, self.ours.certificate, self.portal, "127.0.0.1:1")

    def server(
        self, part: Callable[[Peer], object] = answering, identity: Path | None = None
    ) -> TlsServer:
        """A right one, but for what is given."""
        context = server_context(identity or self.identity, self.ours.certificate)
        return TlsServer(context, lambda peer: void(part(peer)))

    def client(self, *servers: str, timeout: float = 10.0) -> rekey.Client:
        client = rekey.Client(servers, profile=self.profile, timeout=timeout)
        self.addCleanup(client.close)
        return client


def void(result: object) -> None:
    """What a part returns is for tests that play it themselves."""


class GoodServerTests(TlsTest):
    def test_r74_p10_1_a_call_over_tls_1_3_by_a_caller_with_a_name(self) -> None:
        seen: list[tuple[str | None, str]] = []

        def part(peer: Peer) -> None:
            seen.append((peer.version, peer.caller))
            answering(peer)

        with self.server(part) as server:
            client = self.client(server.address)
            self.assertIs(client.health(), rekey.ServingStatus.SERVING)
            client.close()
        self.assertEqual((seen, server.faults), ([("TLSv1.3", "portal")], []))

    def test_r77_a_server_is_known_by_its_address_or_by_its_name(self) -> None:
        for names, host in (("IP:127.0.0.1", "127.0.0.1"), ("DNS:localhost", "localhost")):
            with self.subTest(names), self.server(identity=self.ours.server(names)) as server:
                client = self.client(f"{host}:{server.port}")
                self.assertIs(client.health(), rekey.ServingStatus.SERVING)
                client.close()

    def test_p10_8_a_client_that_leaves_says_so_and_gets_its_answers(self) -> None:
        requested = threading.Event()
        kinds: list[str] = []

        def part(peer: Peer) -> None:
            peer.send(hello())
            while frame := peer.frame():
                kinds.append(str(frame.WhichOneof("kind")))
                if kinds[-1] == "request":
                    requested.set()
                elif kinds[-1] == "go_away":
                    peer.send(ok(1, SERVING))

        with self.server(part) as server, ThreadPoolExecutor(1) as threads:
            client = self.client(server.address)
            call = threads.submit(client.health)
            self.assertTrue(requested.wait(20))
            client.close()
            self.assertIs(call.result(), rekey.ServingStatus.SERVING)
        # An end without TLS's own close_notify would be a fault.
        self.assertEqual((kinds, server.faults), (["hello", "request", "go_away"], []))

    def test_a_renewed_certificate_is_shown_by_the_next_connection(self) -> None:
        callers: list[str] = []

        def part(peer: Peer) -> None:
            callers.append(peer.caller)
            peer.send(hello())
            while frame := peer.frame():
                if frame.WhichOneof("kind") == "request" and frame.request.call_id == 1:
                    peer.send(ok(1, SERVING), go_away(1, "IDLE"))

        with self.server(part) as server:
            client = self.client(server.address)
            client.health()
            renewed = self.ours.caller("portal-renewed").read_bytes()
            write_private(self.profile / "identity.pem", renewed)
            client.health()
            client.close()
        self.assertEqual((callers, server.faults), (["portal", "portal-renewed"], []))

    def test_p10_4_who_renewed_in_time_outlives_the_certificate_before(self) -> None:
        renewed = threading.Event()
        callers: list[str] = []

        def part(peer: Peer) -> None:
            callers.append(peer.caller)
            if callers != ["portal"]:
                answering(peer)
                return
            peer.send(hello())
            while frame := peer.frame():
                if frame.WhichOneof("kind") == "request" and frame.request.call_id == 1:
                    peer.send(ok(1, SERVING))
                    self.assertTrue(renewed.wait(20))
                    peer.send(go_away(1, "CERTIFICATE_EXPIRED"))

        with self.server(part) as server:
            client = self.client(server.address)
            client.health()
            identity = self.ours.caller("portal-renewed").read_bytes()
            write_private(self.profile / "identity.pem", identity)
            renewed.set()
            self.assertIs(client.health(timeout=20), rekey.ServingStatus.SERVING)
            client.close()
        self.assertEqual((callers, server.faults), (["portal", "portal-renewed"], []))


class Recorder(asyncio.Transport):
    """TLS whose other side the test plays."""

    def __init__(self) -> None:
        super().__init__({"ssl_object": object()})
        self.written = b""

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data


class FirstWordTests(TlsTest):
    def test_r75_p10_3_nothing_is_said_before_the_servers_first_word(self) -> None:
        """What a server had not read would turn its refusal into a reset, and hide why."""

        async def script() -> None:
            link, transport = Link(lambda link, event: None), Recorder()
            link.connection_made(transport)
            self.assertEqual(transport.written, b"")
            link.data_received(hello())
            self.assertEqual(kinds(transport.written), ["hello"])

        asyncio.run(script())

    def test_p7_3_a_server_that_does_not_close_is_left_after_a_second(self) -> None:
        is_left = threading.Event()

        def part(peer: Peer) -> None:
            peer.send(hello())
            for _ in range(2):
                peer.frame()
            peer.send(ok(1, SERVING))
            is_left.wait(20)

        with self.server(part) as server:
            client = self.client(server.address)
            client.health()
            began = time.monotonic()
            client.close()
            self.assertTrue(0.9 < time.monotonic() - began < 4)
            is_left.set()


class UntrustedServerTests(TlsTest):
    def assert_untrusted(self, identity: Path, said: str, host: str = "127.0.0.1") -> None:
        parts: list[Peer] = []
        with self.subTest(said), self.server(parts.append, identity) as server:
            client = self.client(f"{host}:{server.port}")
            began = time.monotonic()
            with self.assertRaises(rekey.ServerUntrusted) as caught:
                client.health()
            self.assertLess(time.monotonic() - began, 5, "it is said at once")
            client.close()
            self.assertIn(said, str(caught.exception))
            self.assertTrue(caught.exception.not_processed)
            self.assertEqual(server.connections, 1)
        self.assertEqual((parts, len(server.faults)), ([], 1), "no handshake came to its end")

    def test_r77_a_server_of_another_ca(self) -> None:
        self.assert_untrusted(self.others.server(), "unable to get local issuer certificate")

    def test_r77_a_server_that_signed_for_itself(self) -> None:
        key, certificate = self.others.certificate.with_suffix(".key"), self.others.certificate
        itself = self.home / "itself.pem"
        write_private(itself, key.read_bytes() + certificate.read_bytes())
        self.assert_untrusted(itself, "self-signed certificate")

    def test_r77_another_host(self) -> None:
        self.assert_untrusted(self.ours.server("IP:127.0.0.2,DNS:localhost"), "IP address mismatch")
        other = self.ours.server("DNS:rekey.example,IP:127.0.0.1")
        self.assert_untrusted(other, "Hostname mismatch", host="localhost")

    def test_r77_a_common_name_is_no_name(self) -> None:
        self.assert_untrusted(self.ours.server(""), "Hostname mismatch", host="localhost")

    def test_r77_one_that_has_expired(self) -> None:
        self.assert_untrusted(self.ours.server(days=-1), "certificate has expired")

    def test_r77_a_caller_of_the_same_ca_does_not_pass_for_a_server(self) -> None:
        caller = self.ours.server(usage="clientAuth")
        self.assert_untrusted(caller, "unsuitable certificate purpose")

    def test_r77_the_other_server_serves(self) -> None:
        with self.server() as right, self.server(identity=self.others.server()) as wrong:
            client = self.client(wrong.address, right.address)
            for _ in range(4):
                self.assertIs(client.health(), rekey.ServingStatus.SERVING)
            client.close()
            self.assertEqual(wrong.connections, 1)


class OtherServerTests(TlsTest):
    def test_r74_tls_1_2_is_not_spoken(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.identity)
        parts: list[Peer] = []
        with TlsServer(context, parts.append) as server:
            client = self.client(server.address)
            with self.assertRaisesRegex(rekey.ProtocolError, "TLS 1.3"):
                client.health()
            client.close()
        self.assertEqual((parts, server.connections), ([], 1))

    def test_r74_a_server_without_tls_gets_no_call(self) -> None:
        heard: list[bytes] = []

        def part(peer: Peer) -> None:
            peer.send(hello())
            heard.append(peer.read())

        with TlsServer(None, part) as server:
            client = self.client(server.address)
            with self.assertRaisesRegex(rekey.ProtocolError, "TLS 1.3"):
                client.login("C-1234567", "a password")
            client.close()
        self.assertEqual(len(heard), 1, "and nothing is tried without TLS")
        # A record of the handshake, or an alert; never a frame.
        self.assertEqual(heard[0][:2], b"\x16\x03")
        self.assertNotIn(b"rekey.v1", heard[0])
        self.assertNotIn(b"a password", heard[0])

    def test_p10_2_a_server_that_stalls_in_the_handshake(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as stalled, self.server() as right:
            address = f"127.0.0.1:{stalled.getsockname()[1]}"
            with self.assertRaises(rekey.Unavailable) as caught:
                with self.client(address, timeout=2) as client:
                    client.health()
            self.assertIn(address, str(caught.exception))
            began = time.monotonic()
            with self.client(address, right.address) as client:
                self.assertIs(client.health(), rekey.ServingStatus.SERVING)
            self.assertLess(time.monotonic() - began, 8, "nobody waits for the other one")


    def test_a_server_that_dies_in_the_handshake_is_tried_again(self) -> None:
        # What it leaves unread turns its end into a reset.
        for read in (1, 65_536):
            with self.subTest(read), socket.create_server(("127.0.0.1", 0)) as dying:
                port = dying.getsockname()[1]
                with ThreadPoolExecutor(1) as threads, self.client(f"127.0.0.1:{port}") as client:
                    call = threads.submit(client.health)
                    for _ in range(2):
                        with dying.accept()[0] as accepted:
                            accepted.recv(read)
                    accepted, _ = dying.accept()
                    context = server_context(self.identity, self.ours.certificate)
                    with context.wrap_socket(accepted, server_side=True) as secure:
                        peer = Peer(secure)
                        peer.send(hello())
                        peer.frame()
                        peer.frame()
                        peer.send(ok(1, SERVING))
                        self.assertIs(call.result(), rekey.ServingStatus.SERVING)


class RefusedCallerTests(TlsTest):
    def assert_refused(self, server: TlsServer, reason: str, *said: str) -> None:
        client = self.client(server.address)
        began = time.monotonic()
        for _ in range(3):
            with self.assertRaises(rekey.CallerRefused) as caught:
                client.health()
            self.assertEqual(caught.exception.reason, reason)
            self.assertTrue(caught.exception.not_processed)
            for text in said:
                self.assertIn(text, str(caught.exception))
        self.assertLess(time.monotonic() - began, 4, "it is said at once")
        self.assertEqual(server.connections, 1, "three calls, and no loop of connections")
        client.close()

    def test_r75_p10_3_a_certificate_of_another_ca(self) -> None:
        write_private(self.profile / "identity.pem", self.others.caller().read_bytes())
        parts: list[Peer] = []
        with self.server(parts.append) as server:
            self.assert_refused(server, "CERTIFICATE_REFUSED", "UNKNOWN_CA")
        self.assertEqual(parts, [])

    def test_r75_p10_3_a_certificate_that_has_expired(self) -> None:
        write_private(self.profile / "identity.pem", self.ours.caller(days=-1).read_bytes())
        parts: list[Peer] = []
        with self.server(parts.append) as server:
            self.assert_refused(server, "CERTIFICATE_REFUSED", "CERTIFICATE_EXPIRED")
        self.assertEqual(parts, [])

    def test_r75_a_server_that_ends_without_a_word(self) -> None:
        with self.server(void) as server:
            client = self.client(server.address, timeout=3)
            with self.assertRaises(rekey.CallerRefused) as caught:
                client.health()
            self.assertIn("before its Hello", str(caught.exception))
            self.assertGreater(server.connections, 1, "it may have died just then")
            client.close()

    def test_r76_p10_4_a_caller_that_the_server_does_not_know(self) -> None:
        for reason in ("CALLER_UNKNOWN", "CERTIFICATE_REVOKED"):

            def part(peer: Peer) -> None:
                peer.send(hello(), go_away(0, reason))
                peer.read()

            with self.subTest(reason), self.server(part) as server:
                self.assert_refused(server, reason, reason)

    def test_r75_the_other_server_serves(self) -> None:
        refusing = server_context(self.identity, self.others.certificate)
        with self.server() as right, TlsServer(refusing, void) as wrong:
            client = self.client(wrong.address, right.address)
            for _ in range(4):
                self.assertIs(client.health(), rekey.ServingStatus.SERVING)
            client.close()
            self.assertEqual(wrong.connections, 1)


if __name__ == "__main__":
    unittest.main()
