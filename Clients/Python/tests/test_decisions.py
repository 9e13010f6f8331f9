"""The pure decisions: what is repeated and when, which server is next, which arguments will do, and
that secrets stay hidden."""

from __future__ import annotations

import contextvars
import unittest
from datetime import UTC, datetime, timedelta
from random import Random

import rekey
from rekey.address import addresses
from rekey.connection import Answered, Lost, NotProcessed, Outcome
from rekey.errors import (
    DeadlineExceeded,
    OutcomeUnknown,
    ProtocolError,
    Refused,
    Status,
    Unavailable,
)
from rekey.methods import Repeat
from rekey.options import Origin
from rekey.replies import AccountState, ResetRequested, Session, ValidLink
from rekey.retry import backoff, error, is_unknown, may_repeat, pause
from rekey.rotation import Choice, Rotation, Standing
from rekey.secret import Secret, secret_bytes
from rekey.trace import checked
from rekey.v1 import recovery_pb2 as recovery
from tests.frames import read, refusal


class Dice(Random):
    """Falls as it is told."""

    def __init__(self, value: float = 0.5) -> None:
        super().__init__()
        self.value = value

    def random(self) -> float:
        return self.value


def refused(status: int, reason: str, retry_after_ms: int = 0, processed: bool = True) -> Answered:
    (frame,) = read(refusal(1, status, reason, retry_after_ms, not processed))
    return Answered(1, frame.response)


LOST = Lost(1, "the line went dead")
AWAY = NotProcessed(1, "the server left")
OVERLOADED = refused(8, "OVERLOADED", processed=False)
KINDS = (Repeat.FREELY, Repeat.WITH_KEY, Repeat.NEVER)


class RepeatTests(unittest.TestCase):
    def assert_repeated(self, outcome: Outcome, *kinds: Repeat) -> None:
        self.assertEqual([kind for kind in KINDS if may_repeat(kind, outcome)], list(kinds))

    def test_p6_1_reads_are_repeated_when_nothing_is_known(self) -> None:
        self.assertTrue(may_repeat(Repeat.FREELY, LOST))

    def test_p6_2_what_was_not_processed_is_repeated_whatever_it_is(self) -> None:
        self.assert_repeated(AWAY, *KINDS)
        self.assert_repeated(OVERLOADED, *KINDS)

    def test_p6_3_a_lost_call_is_repeated_with_its_key_and_never_without(self) -> None:
        self.assert_repeated(LOST, Repeat.FREELY, Repeat.WITH_KEY)
        self.assert_repeated(refused(2, "OUTCOME_UNKNOWN"), Repeat.FREELY, Repeat.WITH_KEY)

    def test_p5_1_a_decision_is_not_argued_with(self) -> None:
        self.assert_repeated(refused(5, "LINK_INVALID"))
        self.assert_repeated(refused(14, "SOMETHING_NEW"))
        self.assert_repeated(refused(13, "INTERNAL_FAULT"))

    def test_p5_4_an_unknown_status_is_unknown_and_an_unknown_reason_goes_by_its_status(self) -> None:
        self.assertTrue(is_unknown(refused(99, "FROM_THE_FUTURE")))
        self.assertFalse(is_unknown(refused(5, "FROM_THE_FUTURE")))
        self.assertFalse(is_unknown(refused(99, "FROM_THE_FUTURE", processed=False)))

    def test_a_method_of_an_unstated_kind_is_not_repeated(self) -> None:
        self.assertFalse(may_repeat(Repeat.UNSPECIFIED, LOST))


class PauseTests(unittest.TestCase):
    def test_p6_7_100_ms_doubling_up_to_5_s(self) -> None:
        whole = [backoff(failures, Dice(1)) for failures in (1, 2, 3, 4, 5, 6, 7, 8, 1_000)]
        self.assertEqual(whole, [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0])

    def test_p6_7_a_random_part_of_it(self) -> None:
        self.assertEqual(backoff(3, Dice(0.25)), 0.1)
        self.assertEqual(backoff(3, Dice(0)), 0)

    def test_p6_7_never_less_than_the_server_asks(self) -> None:
        self.assertEqual(pause(refused(14, "STORE_BUSY", 1_500), 1, Dice(1)), 1.5)
        self.assertEqual(pause(refused(14, "STORE_BUSY", 1), 3, Dice(1)), 0.4)
        self.assertEqual(pause(LOST, 1, Dice(1)), 0.1)


class ErrorTests(unittest.TestCase):
    def test_a_refusal_says_all_that_the_server_said(self) -> None:
        outcome = refused(3, "FIELD_INVALID", 70)
        outcome.response.details.add(field="origin.address", problem="is no address")
        failure = error(Repeat.WITH_KEY, outcome, None)
        assert isinstance(failure, Refused)
        self.assertIs(failure.status, Status.INVALID_ARGUMENT)
        self.assertEqual(failure.reason, rekey.Reason.FIELD_INVALID)
        self.assertEqual(failure.details, (rekey.Detail("origin.address", "is no address"),))
        self.assertEqual((failure.retry_after, failure.not_processed), (0.07, False))
        self.assertEqual(
            str(failure), "FIELD_INVALID: a sentence; origin.address: is no address"
        )

    def test_a_call_that_was_never_run_says_so(self) -> None:
        self.assertIsInstance(error(Repeat.NEVER, AWAY, None), Unavailable)
        failure = error(Repeat.NEVER, OVERLOADED, None)
        self.assertIsInstance(failure, Refused)
        self.assertTrue(failure.not_processed)
        late = error(Repeat.NEVER, refused(4, "DEADLINE_EXCEEDED", processed=False), None)
        self.assertIsInstance(late, DeadlineExceeded)
        self.assertTrue(late.not_processed)

    def test_a_lost_call_may_have_been_done(self) -> None:
        failure = error(Repeat.NEVER, LOST, LOST)
        self.assertIsInstance(failure, OutcomeUnknown)
        self.assertFalse(failure.not_processed)
        broken = Lost(1, "nonsense came", protocol_broken=True)
        self.assertIsInstance(error(Repeat.NEVER, broken, broken), ProtocolError)

    def test_a_later_attempt_that_was_not_run_says_nothing_about_an_earlier_one(self) -> None:
        for last in (AWAY, OVERLOADED):
            failure = error(Repeat.WITH_KEY, last, LOST)
            self.assertIsInstance(failure, OutcomeUnknown)
            self.assertIn("the line went dead", str(failure))

    def test_an_answer_to_a_later_attempt_is_that_of_the_first(self) -> None:
        failure = error(Repeat.WITH_KEY, refused(5, "LINK_INVALID"), LOST)
        assert isinstance(failure, Refused)
        self.assertEqual(failure.reason, "LINK_INVALID")

    def test_a_read_that_got_no_answer_changed_nothing(self) -> None:
        failure = error(Repeat.FREELY, LOST, LOST)
        self.assertIsInstance(failure, DeadlineExceeded)
        self.assertIsInstance(failure, TimeoutError)


class RotationTests(unittest.TestCase):
    def test_servers_with_room_take_turns(self) -> None:
        rotation = Rotation([Standing(has_room=True) for _ in range(3)])
        self.assertEqual([rotation.choose(0).use for _ in range(4)], [0, 1, 2, 0])

    def test_connections_are_opened_one_call_at_a_time(self) -> None:
        servers = [Standing(), Standing()]
        rotation = Rotation(servers)
        self.assertEqual(rotation.choose(0), Choice(open=0))
        servers[0].is_opening = True
        self.assertEqual(rotation.choose(0), Choice(open=1))
        servers[1].is_opening = True
        self.assertEqual(rotation.choose(0), Choice())
        servers[0].is_opening = False
        servers[0].has_room = True
        self.assertEqual(rotation.choose(0), Choice(use=0), "a single call opens a single one")

    def test_no_call_waits_for_a_connection_while_another_server_has_room(self) -> None:
        rotation = Rotation([Standing(), Standing(has_room=True)])
        self.assertEqual(rotation.choose(0), Choice(use=1, open=0))

    def test_a_failed_server_is_left_alone_for_its_backoff(self) -> None:
        servers = [Standing(), Standing()]
        rotation = Rotation(servers)
        servers[0].failed(10, Dice(1))
        servers[1].failed(10, Dice(1))
        servers[1].failed(10, Dice(1))
        self.assertEqual(rotation.choose(10), Choice(wait_until=10.1))
        self.assertEqual(rotation.choose(10.1), Choice(open=0))
        servers[0].is_opening = True
        self.assertEqual(rotation.choose(10.15), Choice(wait_until=10.2))
        self.assertEqual(rotation.choose(10.2), Choice(open=1))


class AddressTests(unittest.TestCase):
    def test_p10_1_a_server_anywhere_by_address_or_by_name(self) -> None:
        texts = ["10.0.0.1:1", "[2001:DB8::1]:7350", "rekey-1.example:7350", "localhost:3"]
        found = [str(each) for each in addresses(texts, False)]
        self.assertEqual(
            found, ["10.0.0.1:1", "[2001:db8::1]:7350", "rekey-1.example:7350", "localhost:3"]
        )

    def test_p10_6_addresses_of_this_machine(self) -> None:
        found = addresses(["127.0.0.1:1", "127.9.9.9:65535", "[::1]:2", "localhost:3"], True)
        self.assertEqual(
            [str(each) for each in found],
            ["127.0.0.1:1", "127.9.9.9:65535", "[::1]:2", "127.0.0.1:3"],
        )
        self.assertEqual(len(addresses("127.0.0.1:1", True)), 1)
        self.assertEqual(len(addresses(["localhost:1", "127.0.0.1:1"], True)), 1)

    def test_p10_6_r74_plaintext_to_no_other_machine_and_no_name(self) -> None:
        for text in ("10.0.0.1:1", "[2001:db8::1]:1", "0.0.0.0:1", "rekey.example:1"):
            with self.subTest(text), self.assertRaisesRegex(ValueError, "this machine"):
                addresses([text], True)

    def test_what_is_no_address(self) -> None:
        for text in (
            "", "127.0.0.1", "::1:7350", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
            ".example:1", "rekey.example.:1", "réka.example:1", "re key:1", ":1", "[]:1",
            "https://rekey.example:1", f"{'x' * 254}:1",
        ):  # fmt: skip
            for plaintext in (True, False):
                with self.subTest(text), self.assertRaises(ValueError):
                    addresses([text], plaintext)
        with self.assertRaises(ValueError):
            addresses([], False)


class SecretTests(unittest.TestCase):
    def test_a_secret_is_hidden_and_still_bytes(self) -> None:
        secret = Secret(b"geheim")
        for shown in (repr(secret), str(secret), f"{secret}", f"{secret:>20}", "{}".format(secret)):
            self.assertNotIn("geheim", shown)
            self.assertIn("hidden", shown)
        self.assertEqual(secret, b"geheim")
        self.assertEqual(secret_bytes(secret, "x"), b"geheim")
        self.assertIs(type(secret_bytes(secret, "x")), bytes)

    def test_a_reply_hides_its_session(self) -> None:
        session = Session.of(recovery.LoginReply(session=b"geheim", idle_ms=1_500))
        self.assertNotIn("geheim", repr(session))
        self.assertNotIn("geheim", f"{session}")
        self.assertEqual((session.token, session.idle), (b"geheim", timedelta(seconds=1.5)))

    def test_p8_2_secrets_go_as_they_are(self) -> None:
        self.assertEqual(secret_bytes(" Aé\u0301 ", "x"), " Aé\u0301 ".encode())

    def test_wrong_arguments_are_not_shown(self) -> None:
        for value in ("geheim\ud800", ["geheim"], bytearray(b"geheim")):
            with self.assertRaises((ValueError, TypeError)) as caught:
                secret_bytes(value, "password")
            self.assertNotIn("geheim", str(caught.exception))
            self.assertIsNone(caught.exception.__context__)
            self.assertIn("password", str(caught.exception))


class ValueTests(unittest.TestCase):
    def test_p8_1_times_and_spans(self) -> None:
        reply = recovery.ValidateLinkReply(valid_until_ms=1_700_000_000_123)
        self.assertEqual(
            ValidLink.of(reply).valid_until,
            datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC),
        )

    def test_times_beyond_the_calendar_are_its_end(self) -> None:
        reply = recovery.ValidateLinkReply(valid_until_ms=2**64 - 1)
        self.assertEqual(ValidLink.of(reply).valid_until.year, 9999)
        endless = ResetRequested.of(recovery.RequestResetReply(link_life_ms=2**64 - 1))
        self.assertEqual(endless.link_life, timedelta.max)

    def test_p2_6_a_number_from_the_future_is_unspecified(self) -> None:
        self.assertIs(AccountState(99), AccountState.UNSPECIFIED)

    def test_an_origin_is_sent_only_if_there_is_one(self) -> None:
        self.assertIsNone(Origin.message(None))
        self.assertEqual(Origin.message(Origin("::1")), recovery.Origin(address="::1"))


class TraceTests(unittest.TestCase):
    PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    def test_p4_8_given_set_around_or_empty(self) -> None:
        self.assertEqual(checked(None), "")
        self.assertEqual(checked(self.PARENT), self.PARENT)

        def around() -> tuple[str, str]:
            rekey.trace_context.set(self.PARENT)
            return checked(None), checked("")

        self.assertEqual(contextvars.copy_context().run(around), (self.PARENT, ""))

    def test_p4_8_at_most_128_bytes_without_control_characters(self) -> None:
        self.assertEqual(checked("x" * 128), "x" * 128)
        for context in ("x" * 129, "é" * 65, "a\nb", "a\x7f"):
            with self.subTest(context), self.assertRaises(ValueError):
                checked(context)


if __name__ == "__main__":
    unittest.main()
