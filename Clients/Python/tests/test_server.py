"""All of it against a real server: the way back into an account, operators, restarts, forks, threads,
and the example."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import rekey
from rekey import methods
from rekey.methods import Method
from rekey.v1 import recovery_pb2 as recovery
from tests.server import RealServerTest, Server

PORTAL = Path(__file__).resolve().parents[1] / "examples" / "portal.py"


class FlowTests(RealServerTest):
    def assert_refused(self, reason: str) -> _Refused:
        return _Refused(self, reason)

    def test_the_way_back_into_an_account(self) -> None:
        self.activate_account()
        client = self.client
        with self.assert_refused("LOGIN_FAILED"):
            client.login("C-1234567", "what was it again?")
        requested = client.request_reset("C-1234567", origin=rekey.Origin("192.0.2.7", "a browser"))
        self.assertEqual(client.request_reset("nobody"), requested)
        self.assertEqual(requested.link_life.total_seconds(), 12 * 3_600)
        link, first_code = self.server.link(self.MAIL, 2), self.server.code(self.MOBILE, 2)
        valid = client.validate_link(link)
        self.assertFalse(valid.activation)
        self.assertEqual(valid.password, rekey.PasswordRules(15, 1_024))
        self.assertEqual(client.resend_code(link).resends_left, valid.resends_left - 1)
        code = self.server.code(self.MOBILE, 3)
        with self.assert_refused("CONFIRMATION_DIFFERS"):
            client.activate(link, code, self.NEW, self.NEW + "!")
        with self.assert_refused("PASSWORD_UNACCEPTABLE"):
            client.activate(link, code, "short", "short")
        if first_code != code:
            with self.assert_refused("ACTIVATION_REFUSED"):
                client.activate(link, first_code, self.NEW, self.NEW)
        client.activate(link, code, self.NEW, self.NEW)
        session = client.login("C-1234567", self.NEW)
        owner = client.check_session(session.token)
        self.assertEqual((owner.identifier, owner.name), ("c-1234567", "Claire Martin"))
        self.assertEqual(owner.valid_until, session.valid_until)
        for password, old in ((self.OLD, self.NEW), (self.NEW, self.OLD)):
            client.change_password(session.token, old, password, password)
        client.logout(session.token)
        with self.assert_refused("SESSION_INVALID"):
            client.check_session(session.token)
        with self.assert_refused("LOGIN_FAILED"):
            client.login("C-1234567", self.OLD)
        with self.assert_refused("LINK_INVALID"):
            client.validate_link(link)

    def test_operators(self) -> None:
        operator = self.operator
        account = self.open_account()
        self.assertIs(account.state, rekey.AccountState.PENDING)
        self.assertEqual(operator.get_account("C-1234567"), account)
        with self.assert_refused("ACCOUNT_EXISTS"):
            self.open_account()
        changed = operator.update_account(
            "C-1234567",
            expected_version=account.version,
            name="Claire Durand",
            language=rekey.Language.ENGLISH,
        )
        self.assertEqual(
            (changed.name, changed.language, changed.mail),
            ("Claire Durand", rekey.Language.ENGLISH, self.MAIL),
        )
        with self.assert_refused("ACCOUNT_CHANGED"):
            operator.update_account(
                "C-1234567", expected_version=account.version, mobile="+33600000000"
            )
        link, code = self.server.link(self.MAIL), self.server.code(self.MOBILE)
        self.client.activate(link, code, self.OLD, self.OLD)
        self.client.login("C-1234567", self.OLD)
        self.assertEqual(operator.revoke_sessions("C-1234567"), 1)
        states = [
            change("C-1234567").state
            for change in (
                operator.lock_account,
                operator.unlock_account,
                operator.disable_account,
                operator.enable_account,
            )
        ]
        named = rekey.AccountState
        self.assertEqual(states, [named.LOCKED, named.ACTIVE, named.DISABLED, named.ACTIVE])
        self.assertEqual(operator.server_status().accounts, 1)
        self.assertIsInstance(list(operator.letters()), list)
        operator.delete_account("C-1234567")
        with self.assert_refused("ACCOUNT_UNKNOWN"):
            operator.get_account("C-1234567")

    def test_r93_a_changed_contact_is_taken_back(self) -> None:
        self.activate_account()
        operator = self.operator
        account = operator.get_account("C-1234567")
        self.assertIsNone(account.contact_hold_until)
        session = self.client.login("C-1234567", self.OLD)
        changed = operator.update_account(
            "C-1234567", expected_version=account.version, mail="thief@exemple.org"
        )
        assert changed.contact_hold_until is not None
        left = changed.contact_hold_until - operator.server_status().now
        self.assertAlmostEqual(left.total_seconds(), 24 * 3_600, delta=60)
        link = self.server.cancel_link(self.MAIL)
        with self.assert_refused("LINK_INVALID"):
            self.client.cancel_contact_change(link + "A")
        self.client.cancel_contact_change(link, origin=rekey.Origin("192.0.2.7"))
        with self.assert_refused("LINK_INVALID"):
            self.client.cancel_contact_change(link)
        with self.assert_refused("SESSION_INVALID"):
            self.client.check_session(session.token)
        restored = operator.get_account("C-1234567")
        self.assertEqual((restored.mail, restored.contact_hold_until), (self.MAIL, None))

    def test_a_field_that_will_not_do_is_named(self) -> None:
        with self.assertRaises(rekey.Refused) as caught:
            self.client.request_reset("C-1", origin=rekey.Origin("not an address"))
        self.assertEqual(caught.exception.details[0].field, "origin.address")

    def test_p8_5_lists_are_read_page_by_page(self) -> None:
        for number in range(7):
            self.open_account(f"C-{number}")
        pages: list[list[str]] = []
        after = ""
        while not pages or after:
            page = self.operator.list_accounts(after=after, limit=3)
            pages.append([account.id for account in page.accounts])
            after = page.next_after
        self.assertEqual([len(page) for page in pages], [3, 3, 1])
        together = [account.id for account in self.operator.accounts()]
        self.assertEqual(together, sorted(together))
        self.assertEqual(together, [each for page in pages for each in page])

    def test_the_table_of_methods_is_what_the_server_describes(self) -> None:
        described = {each.name: each.repeat for each in self.client.describe().methods}
        table = {
            method.name: method.repeat
            for method in vars(methods).values()
            if isinstance(method, Method)
        }
        self.assertEqual(table, described)

    def test_asyncio_a_thousand_calls_at_once_and_pages(self) -> None:
        async def script() -> None:
            async with rekey.aio.Client(
                self.server.address, profile=self.server.operator
            ) as client:
                answers = await asyncio.gather(*(client.health() for _ in range(1_000)))
                self.assertEqual(set(answers), {rekey.ServingStatus.SERVING})
                found = [account.identifier async for account in client.operator.accounts()]
                self.assertEqual(found, ["c-1234567"])

        self.open_account()
        asyncio.run(script())


class _Refused:
    """with self.assert_refused("LINK_INVALID"): …"""

    def __init__(self, test: RealServerTest, reason: str) -> None:
        self._caught = test.assertRaises(rekey.Refused)
        self._test = test
        self._reason = reason

    def __enter__(self) -> None:
        self._caught.__enter__()

    def __exit__(self, *error: object) -> bool:
        is_expected = bool(self._caught.__exit__(*error))  # type: ignore[arg-type]
        if is_expected:
            self._test.assertEqual(self._caught.exception.reason, self._reason)
        return is_expected


class RestartTests(RealServerTest):
    def test_calls_go_on_over_a_kill_and_a_stop(self) -> None:
        self.activate_account()
        session = self.client.login("C-1234567", self.OLD)
        for with_signal in (signal.SIGKILL, signal.SIGTERM):
            self.server.end(with_signal)
            with ThreadPoolExecutor(1) as threads:
                # It waits for the server, which is not there yet.
                call = threads.submit(self.client.check_session, session.token)
                self.server.start()
                self.assertEqual(call.result().name, "Claire Martin")

    def test_under_load_no_call_fails_over_stops_and_kills(self) -> None:
        ends = [signal.SIGTERM, signal.SIGKILL, signal.SIGTERM]
        going = threading.Event()
        over = threading.Event()

        def call_on(thread: int) -> int:
            count = 0
            while not over.is_set():
                self.client.request_reset(f"nobody-{thread}-{count}", timeout=60)
                self.client.health(timeout=60)
                count += 1
                going.set()
            return count

        with ThreadPoolExecutor(8) as threads:
            calls = [threads.submit(call_on, thread) for thread in range(8)]
            try:
                for with_signal in ends:
                    going.clear()
                    self.assertTrue(going.wait(60), "calls are answered again")
                    self.server.end(with_signal)
                    self.server.start()
                going.clear()
                self.assertTrue(going.wait(60))
            finally:
                over.set()
            served = sum(call.result() for call in calls)
        self.assertGreater(served, len(ends))

    def test_p6_3_a_key_is_good_beyond_a_crash(self) -> None:
        self.activate_account()
        self.client.request_reset("C-1234567")
        link = self.server.link(self.MAIL, 2)
        key = os.urandom(16)
        first = self.client.resend_code(link, idempotency_key=key)
        self.server.end(signal.SIGKILL)
        self.server.start()
        self.assertEqual(self.client.resend_code(link, idempotency_key=key), first)
        self.assertEqual(self.client.resend_code(link).resends_left, first.resends_left - 1)
        with self.assertRaises(rekey.Refused) as caught:
            self.client.request_reset("C-1234567", idempotency_key=key)
        self.assertEqual(caught.exception.reason, rekey.Reason.IDEMPOTENCY_KEY_REUSED)

    def test_an_absent_server_is_said(self) -> None:
        self.server.end(signal.SIGTERM)
        with self.assertRaises(rekey.Unavailable) as caught:
            self.client.health(timeout=2)
        self.assertIn(self.server.address, str(caught.exception))
        self.assertTrue(caught.exception.not_processed)


class AccessTests(RealServerTest):
    def refusal(self, client: rekey.Client) -> rekey.CallerRefused:
        """Calls until the server refuses the caller, which it does when it has read its files."""
        with self.assertRaises(rekey.CallerRefused) as caught:
            while True:
                client.health(timeout=20)
        return caught.exception

    def test_r76_p10_5_a_caller_has_the_methods_of_its_role_and_no_others(self) -> None:
        operator = self.connect(self.server.operator)
        for call in (
            lambda: operator.request_reset("C-1"),
            lambda: operator.login("C-1", "x"),
            lambda: self.client.operator.get_account("C-1"),
            lambda: self.client.operator.server_status(),
        ):
            with self.assertRaises(rekey.MethodForbidden) as caught:
                call()
            self.assertIs(caught.exception.status, rekey.Status.PERMISSION_DENIED)
        self.assertIs(operator.health(), self.client.health())

    def test_r76_p10_4_a_revoked_caller_goes_at_once_and_a_renewed_one_comes_back(self) -> None:
        self.client.health()
        self.server.certificate("revoke", "portal")
        self.server.reload()
        self.assertEqual(self.refusal(self.client).reason, "CERTIFICATE_REVOKED")
        self.server.certificate("renew", "portal")
        self.assertIs(self.client.health(), rekey.ServingStatus.SERVING)

    def test_r76_p10_4_a_caller_that_was_taken_out_is_unknown(self) -> None:
        self.client.health()
        (self.server.folder / "tls" / "callers.json").write_text("{}")
        self.server.reload()
        self.assertEqual(self.refusal(self.client).reason, "CALLER_UNKNOWN")
        fresh = self.connect(self.server.portal)
        self.assertEqual(self.refusal(fresh).reason, "CALLER_UNKNOWN")

    def test_r75_r77_another_installation_is_neither_believed_nor_let_in(self) -> None:
        other = Server(Path(os.environ["REKEY_BIN"]))
        self.addCleanup(other.remove)
        with self.assertRaises(rekey.ServerUntrusted):
            self.connect(other.portal).health()
        ours = (self.server.portal / "ca.pem").read_bytes()
        (other.portal / "ca.pem").write_bytes(ours)
        refused = self.refusal(self.connect(other.portal))
        self.assertEqual(refused.reason, "CERTIFICATE_REFUSED")
        self.assertIn("UNKNOWN_CA", str(refused))
        status = self.operator.server_status()
        self.assertGreaterEqual(status.handshakes_failed, 2)
        assert status.certificate_valid_until is not None
        self.assertGreater(status.certificate_valid_until, status.now)

    def test_r74_nobody_goes_on_without_tls(self) -> None:
        with self.assertRaises(rekey.ProtocolError):
            with rekey.Client(self.server.address, plaintext_on_loopback=True) as client:
                client.health()


class PlaintextTests(RealServerTest):
    SETTINGS = ("--listen-plaintext-on-loopback", "true")

    def test_r74_p10_6_plaintext_is_spoken_where_both_were_asked_to(self) -> None:
        with rekey.Client(self.server.address, plaintext_on_loopback=True) as client:
            self.assertIs(client.health(), rekey.ServingStatus.SERVING)
            self.assertIsNone(client.operator.server_status().certificate_valid_until)
        with self.assertRaises(rekey.ProtocolError):
            self.client.health()


class ProcessTests(RealServerTest):
    def test_threads_share_a_client(self) -> None:
        with ThreadPoolExecutor(16) as threads:
            answers = list(threads.map(lambda _: self.client.health(), range(400)))
        self.assertEqual(set(answers), {rekey.ServingStatus.SERVING})
        self.assertEqual(self.operator.server_status().connections, 2, "the operator's beside it")

    def test_a_fork_gets_connections_of_its_own(self) -> None:
        self.client.health()
        child = os.fork()
        if child == 0:
            # Whatever happens, no test goes on in the child.
            try:
                self.client.health()
                # The parent's, this one, and the one that asks.
                connections = self.operator.server_status().connections
                self.client.close()
                os._exit(0 if connections == 3 else 1)
            finally:
                os._exit(2)
        _, status = os.waitpid(child, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0)
        self.assertIs(self.client.health(), rekey.ServingStatus.SERVING)

    def test_a_closed_client_takes_no_calls(self) -> None:
        self.client.health()
        self.client.close()
        self.client.close()
        with self.assertRaises(rekey.Unavailable):
            self.client.health()

    def test_any_method_by_its_messages(self) -> None:
        reply = self.client.call(methods.HEALTH, recovery.HealthRequest())
        self.assertEqual(reply.status, recovery.SERVING_STATUS_SERVING)
        unheard = Method(
            "rekey.v1.Rekey/Unheard",
            recovery.HealthRequest,
            recovery.HealthReply,
            methods.Repeat.NEVER,
        )
        with self.assertRaises(rekey.Refused) as caught:
            self.client.call(unheard, recovery.HealthRequest())
        self.assertIs(caught.exception.status, rekey.Status.UNIMPLEMENTED)

    def test_the_example_resets_a_password(self) -> None:
        self.activate_account()
        with subprocess.Popen(
            [sys.executable, PORTAL, self.server.address],
            env={**os.environ, "REKEY_PROFILE": str(self.server.portal)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as portal:
            try:
                assert portal.stdout is not None
                self.walk(portal.stdout.readline().strip())
            finally:
                portal.terminate()

    def walk(self, portal: str) -> None:
        self.assertEqual(post(f"{portal}/forgot", identifier="C-1234567")[0], 200)
        link, code = self.server.link(self.MAIL, 2), self.server.code(self.MOBILE, 2)
        form = {"link": link, "code": code, "password": self.NEW}
        self.assertEqual(post(f"{portal}/reset", **form)[0], 400)
        status, text = post(f"{portal}/reset", confirmation="different", **form)
        self.assertEqual(status, 400)
        self.assertNotIn(self.NEW, text)
        status, text = post(f"{portal}/reset", confirmation=self.NEW, **form)
        self.assertEqual((status, text), (200, "Your new password is set."))
        self.client.login("C-1234567", self.NEW)


def post(url: str, **form: str) -> tuple[int, str]:
    body = urllib.parse.urlencode(form).encode()
    try:
        with urllib.request.urlopen(url, body, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


if __name__ == "__main__":
    import unittest

    unittest.main()
