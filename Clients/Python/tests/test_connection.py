"""The protocol without sockets: what each rule of PROTOCOL.md, by its number, asks of a client."""

from __future__ import annotations

import re
import unittest
from collections.abc import Callable
from pathlib import Path

from rekey.connection import (
    Answered,
    Connection,
    Ended,
    Event,
    Leaving,
    Lost,
    NotProcessed,
    Opened,
    RequestTooLong,
)
from rekey.errors import Reason
from rekey.v1 import frame_pb2 as pb
from rekey.wire import frame_bytes
from tests.frames import ANNOUNCED, go_away, hello, kinds, ok, ping, pong, read, refusal

PROTOCOL = Path(__file__).resolve().parents[3] / "Proto" / "PROTOCOL.md"
HEALTH = "rekey.v1.Rekey/Health"


def opened(calls_max: int = 100) -> Connection:
    """Open at time 0, with nothing left to send."""
    connection = Connection(0)
    assert connection.receive(0, hello(calls_max=calls_max)) == [Opened()]
    connection.take_output()
    return connection


def examples() -> list[tuple[str, bytes]]:
    """The conversation of chapter 1: who speaks, and what."""
    blocks = re.findall(r"```hex (server|client)\n(.*?)```", PROTOCOL.read_text(), re.DOTALL)
    return [(side, bytes.fromhex(text)) for side, text in blocks]


class WordsTests(unittest.TestCase):
    def test_p5_4_every_reason_of_the_text_has_its_word(self) -> None:
        table = PROTOCOL.read_text().split("| reason | status |")[1].split("\n\n")[0]
        words = re.findall(r"^\| ([A-Z_]+) \|", table, re.MULTILINE)
        self.assertGreater(len(words), 20)
        self.assertEqual(words, [str(reason) for reason in Reason])


class ConversationTests(unittest.TestCase):
    def converse(self, cut: int) -> None:
        """Plays the client's part; the server's frames come in pieces of `cut` bytes."""
        connection = Connection(0)
        events: list[Event] = []
        calls = self.calls()
        for side, data in examples():
            if side == "server":
                for start in range(0, len(data), cut):
                    events += connection.receive(0, data[start : start + cut])
                continue
            # Hello is there by itself, the rest is called for.
            output = connection.take_output()
            if not output and calls:
                calls.pop(0)(connection)
                output = connection.take_output()
            # After its calls the text's client says what this one has no occasion to say.
            if output:
                self.assertEqual(output.hex(" "), data.hex(" "))
        self.assertEqual(calls, [])
        self.assertEqual(events[0], Opened())
        answers = [event for event in events if isinstance(event, Answered)]
        self.assertEqual([answer.call_id for answer in answers], [1, 2, 3])
        self.assertEqual(answers[0].response.body, b"\x08\x01")
        self.assertEqual(answers[1].response.reason, "LINK_INVALID")
        self.assertEqual(answers[2].response.details[0].field, "identifier")
        self.assertEqual(events[-2], Leaving("FRAME_INVALID"))
        self.assertIsInstance(events[-1], Ended)

    @staticmethod
    def calls() -> list[Callable[[Connection], int]]:
        key = bytes(range(16))
        reset = "rekey.v1.Rekey/RequestReset"
        return [
            lambda connection: connection.start(0, HEALTH, b""),
            lambda connection: connection.start(0, "rekey.v1.Rekey/ValidateLink", b"\x0a\x01x"),
            lambda connection: connection.start(
                0, reset, b"", timeout_ms=2_000, idempotency_key=key
            ),
        ]

    def test_p2_8_the_examples_of_the_text_cut_at_every_length(self) -> None:
        longest = max(len(data) for _, data in examples())
        for cut in range(1, longest + 1):
            with self.subTest(cut=cut):
                self.converse(cut)

    def test_p2_8_all_that_a_server_says_in_two_pieces_split_at_every_byte(self) -> None:
        said = hello() + ping(7) + ok(1, b"\x08\x01") + go_away(2, "DRAINING") + ok(2)
        for split in range(len(said) + 1):
            with self.subTest(split=split):
                connection = opened()
                connection.start(0, HEALTH, b"")
                connection.start(0, HEALTH, b"")
                connection.take_output()
                rest = said[len(hello()) :]
                events = connection.receive(0, rest[:split]) + connection.receive(0, rest[split:])
                self.assertEqual(
                    [type(event) for event in events], [Answered, Leaving, Answered, Ended]
                )
                self.assertEqual(kinds(connection.take_output()), ["pong"])


class FrameTests(unittest.TestCase):
    def assert_broken(
        self, data: bytes, reason: str = "FRAME_INVALID", connection: Connection | None = None
    ) -> None:
        """The data ends the connection, its call is lost, and the server is told why (P7.3)."""
        connection = connection or opened()
        if connection.has_room:
            connection.start(0, HEALTH, b"")
        connection.take_output()
        events = connection.receive(0, data)
        ended = events[-1]
        assert isinstance(ended, Ended)
        self.assertEqual((ended.reason, ended.protocol_broken), (reason, True))
        for event in events[:-1]:
            self.assertIsInstance(event, Lost)
        said = read(connection.take_output())
        self.assertEqual([frame.go_away.reason for frame in said], [reason])
        self.assertEqual(connection.receive(0, ok(1)), [], "nothing more is read")

    def test_p2_2_a_length_of_zero(self) -> None:
        self.assert_broken(bytes(4))

    def test_p2_2_a_length_above_1_mib_is_judged_before_its_bytes_come(self) -> None:
        self.assert_broken((1_048_577).to_bytes(4, "big"))
        self.assertEqual(opened().receive(0, (1_048_576).to_bytes(4, "big")), [])

    def test_p2_3_a_request_longer_than_the_server_reads_is_not_sent(self) -> None:
        connection = opened()
        with self.assertRaises(RequestTooLong):
            connection.start(0, HEALTH, bytes(65_536))
        self.assertEqual(connection.take_output(), b"")
        self.assertEqual(connection.start(0, HEALTH, b""), 1, "the next call is none the worse")

    def test_p2_4_a_frame_that_does_not_parse(self) -> None:
        self.assert_broken(b"\0\0\0\x01\xff")

    def test_p2_4_a_frame_without_a_kind_or_with_an_unknown_one(self) -> None:
        self.assert_broken(b"\0\0\0\x02\x42\0")

    def test_p2_4_a_frame_that_only_clients_send(self) -> None:
        self.assert_broken(frame_bytes(pb.Frame(request=pb.Request(call_id=1, method=HEALTH))))
        self.assert_broken(frame_bytes(pb.Frame(cancel=pb.Cancel(call_id=1))))

    def test_p2_5_two_kinds_in_one_frame(self) -> None:
        two = pong(1)[4:] + ping(1)[4:]
        self.assert_broken(len(two).to_bytes(4, "big") + two)

    def test_p2_6_unknown_fields_are_ignored(self) -> None:
        connection = opened()
        body = ping(3)[4:] + b"\xc2\x3e\x01x"
        self.assertEqual(connection.receive(0, len(body).to_bytes(4, "big") + body), [])
        self.assertEqual(read(connection.take_output())[0].pong.token, 3)

    def test_p2_7_a_frame_must_be_whole_within_10_s_of_its_first_byte(self) -> None:
        connection = opened()
        data = ping(1)
        connection.receive(100, data[:1])
        self.assertEqual(connection.wake_at, 110)
        connection.receive(109, data[1:-1])
        self.assertEqual(connection.wake_at, 110)
        self.assertEqual(connection.wake(109.9), [])
        (ended,) = connection.wake(110)
        assert isinstance(ended, Ended)
        self.assertEqual(ended.reason, "FRAME_SLOW")

    def test_p2_7_the_time_of_a_frame_is_over_when_it_is_whole(self) -> None:
        connection = opened()
        connection.receive(100, ping(1)[:1])
        connection.receive(109, ping(1)[1:] + ping(2)[:1])
        self.assertEqual(connection.wake_at, 119)
        connection.receive(112, ping(2)[1:])
        self.assertIsNone(connection.wake_at)

    def test_p3_5_any_other_frame_before_hello(self) -> None:
        self.assert_broken(ping(1), "HELLO_MISSING", Connection(0))

    def test_p3_5_a_second_hello(self) -> None:
        self.assert_broken(hello(), "HELLO_REPEATED")

    def test_p4_2_an_answer_to_no_call(self) -> None:
        self.assert_broken(ok(2))
        self.assert_broken(ok(0))

    def test_p4_2_a_second_answer(self) -> None:
        connection = opened()
        connection.start(0, HEALTH, b"")
        connection.receive(0, ok(1))
        connection.start(0, HEALTH, b"")
        self.assert_broken(ok(1), connection=connection)


class HelloTests(unittest.TestCase):
    def test_p3_1_hello_is_the_first_frame_and_says_what_the_text_says(self) -> None:
        (frame,) = read(Connection(0).take_output())
        self.assertEqual(
            frame.hello,
            pb.Hello(version_min=1, version_max=1, response_frame_bytes_max=1_048_576),
        )

    def test_p3_2_no_call_before_the_servers_hello_and_none_without(self) -> None:
        connection = Connection(50)
        self.assertFalse(connection.has_room)
        self.assertEqual(connection.wake_at, 55)
        self.assertEqual(connection.wake(54.9), [])
        (ended,) = connection.wake(55)
        assert isinstance(ended, Ended)
        self.assertEqual(ended.reason, "HELLO_MISSING")

    def test_p3_3_a_range_with_version_1_will_do_and_no_other(self) -> None:
        self.assertEqual(Connection(0).receive(0, hello(1, 9)), [Opened()])
        (ended,) = Connection(0).receive(0, hello(2, 9))
        assert isinstance(ended, Ended)
        self.assertEqual((ended.reason, ended.protocol_broken), ("VERSION_UNSUPPORTED", True))
        self.assertIn("versions 2 to 9", ended.why)

    def test_p3_6_a_range_that_is_none_and_too_many_features(self) -> None:
        for said in (hello(0, 1), hello(2, 1), hello(features=33)):
            (ended,) = Connection(0).receive(0, said)
            assert isinstance(ended, Ended)
            self.assertEqual(ended.reason, "FRAME_INVALID")

    def test_p3_7_features_are_ignored(self) -> None:
        self.assertEqual(Connection(0).receive(0, hello(features=32)), [Opened()])

    def test_p7_8_a_go_away_instead_of_hello_says_why(self) -> None:
        (ended,) = Connection(0).receive(0, go_away(0, "TOO_MANY_CONNECTIONS"))
        assert isinstance(ended, Ended)
        self.assertEqual((ended.reason, ended.protocol_broken), ("TOO_MANY_CONNECTIONS", False))


class CallTests(unittest.TestCase):
    def test_p4_1_each_id_is_above_the_one_before(self) -> None:
        connection = opened()
        self.assertEqual([connection.start(0, HEALTH, b"") for _ in range(3)], [1, 2, 3])

    def test_a_request_carries_what_it_was_given(self) -> None:
        connection = opened()
        connection.start(
            0, HEALTH, b"b", timeout_ms=7, idempotency_key=b"k", trace_context="t"
        )
        (frame,) = read(connection.take_output())
        self.assertEqual(
            frame.request,
            pb.Request(
                call_id=1,
                method=HEALTH,
                body=b"b",
                timeout_ms=7,
                idempotency_key=b"k",
                trace_context="t",
            ),
        )

    def test_p4_2_answers_in_any_order(self) -> None:
        connection = opened()
        for _ in range(3):
            connection.start(0, HEALTH, b"")
        events = connection.receive(0, ok(2) + ok(3) + ok(1))
        answered = [event.call_id for event in events if isinstance(event, Answered)]
        self.assertEqual(answered, [2, 3, 1])

    def test_p4_5_room_for_as_many_calls_as_the_hello_says_cancelled_ones_too(self) -> None:
        connection = opened(calls_max=2)
        connection.start(0, HEALTH, b"")
        connection.start(0, HEALTH, b"")
        self.assertFalse(connection.has_room)
        connection.cancel(1)
        self.assertFalse(connection.has_room)
        connection.receive(0, ok(1))
        self.assertTrue(connection.has_room)

    def test_p4_7_a_cancel_is_sent_and_the_late_answer_goes_nowhere(self) -> None:
        connection = opened()
        connection.start(0, HEALTH, b"")
        connection.take_output()
        self.assertEqual(connection.cancel(1), [])
        (frame,) = read(connection.take_output())
        self.assertEqual(frame.cancel.call_id, 1)
        self.assertEqual(connection.receive(0, refusal(1, 1, "CANCELLED")), [])

    def test_p4_7_an_answered_call_is_not_cancelled(self) -> None:
        connection = opened()
        connection.start(0, HEALTH, b"")
        connection.receive(0, ok(1))
        connection.take_output()
        connection.cancel(1)
        self.assertEqual(connection.take_output(), b"")

    def test_the_end_of_the_stream_loses_what_is_in_flight(self) -> None:
        connection = opened()
        connection.start(0, HEALTH, b"")
        lost, ended = connection.receive_end("cut")
        self.assertEqual((lost, ended), (Lost(1, "cut"), Ended("", "cut")))
        self.assertEqual(connection.receive_end("the end"), [], "a stream ends once")

    def test_an_answer_shows_no_body(self) -> None:
        connection = opened()
        connection.start(0, HEALTH, b"")
        (answered,) = connection.receive(0, ok(1, b"a session token"))
        self.assertNotIn("session", repr(answered))


class KeepingTests(unittest.TestCase):
    def test_p7_1_a_ping_is_answered_with_its_token(self) -> None:
        connection = opened()
        connection.receive(0, ping(0xFEED) + ping(2**64 - 1))
        tokens = [frame.pong.token for frame in read(connection.take_output())]
        self.assertEqual(tokens, [0xFEED, 2**64 - 1])

    def test_p7_1_a_pong_that_was_not_asked_for_is_ignored(self) -> None:
        connection = opened()
        self.assertEqual(connection.receive(0, pong(9)), [])
        self.assertTrue(connection.takes_calls)

    def test_p7_6_30_s_of_silence_ask_and_15_more_end_it(self) -> None:
        connection = opened()
        connection.start(1_000, HEALTH, b"")
        connection.take_output()
        self.assertEqual(connection.wake_at, 1_030, "silence counts from the call")
        connection.start(1_020, HEALTH, b"")
        connection.cancel(2)
        connection.take_output()
        self.assertEqual(connection.wake_at, 1_030, "and not anew from the next one")
        self.assertEqual(connection.wake(1_029.9), [])
        self.assertEqual(connection.take_output(), b"")
        self.assertEqual(connection.wake(1_030), [])
        self.assertEqual(kinds(connection.take_output()), ["ping"])
        self.assertFalse(connection.has_room, "no further call goes where perhaps nobody is")
        self.assertEqual(connection.wake_at, 1_045)
        lost, ended = connection.wake(1_045)
        assert isinstance(lost, Lost) and isinstance(ended, Ended)
        self.assertEqual((ended.reason, ended.protocol_broken), ("PEER_SILENT", False))
        self.assertEqual(kinds(connection.take_output()), ["go_away"])

    def test_p7_6_any_byte_is_a_sign_of_life(self) -> None:
        connection = opened()
        connection.start(0, HEALTH, b"")
        connection.wake(30)
        connection.receive(44, pong(1)[:1])
        self.assertEqual(connection.wake_at, 54, "the frame that it begins (P2.7)")
        connection.receive(45, pong(1)[1:])
        self.assertEqual(connection.wake_at, 75)

    def test_p7_6_a_call_that_was_given_up_still_watches(self) -> None:
        connection = opened()
        connection.start(0, HEALTH, b"")
        connection.cancel(1)
        self.assertEqual(connection.wake_at, 30)

    def test_p7_6_who_waits_for_nothing_asks_nothing(self) -> None:
        connection = opened()
        connection.start(0, HEALTH, b"")
        connection.receive(1, ok(1))
        self.assertIsNone(connection.wake_at)


class EndingTests(unittest.TestCase):
    def test_p6_2_calls_above_the_last_id_were_not_processed(self) -> None:
        connection = opened()
        for _ in range(3):
            connection.start(0, HEALTH, b"")
        leaving, second, third = connection.receive(0, go_away(1, "IDLE"))
        self.assertEqual(leaving, Leaving("IDLE"))
        assert isinstance(second, NotProcessed) and isinstance(third, NotProcessed)
        self.assertEqual((second.call_id, third.call_id), (2, 3))
        self.assertFalse(connection.takes_calls)
        answered, ended = connection.receive(0, ok(1))
        assert isinstance(answered, Answered) and isinstance(ended, Ended)
        self.assertEqual(ended.reason, "IDLE")

    def test_p6_2_calls_up_to_the_last_id_may_have_been_done(self) -> None:
        connection = opened()
        connection.start(0, HEALTH, b"")
        connection.receive(0, go_away(1, "DRAINING"))
        lost, ended = connection.receive_end("the end")
        assert isinstance(lost, Lost) and isinstance(ended, Ended)
        self.assertIn("DRAINING", lost.why)

    def test_p7_4_the_first_step_keeps_calls_and_takes_no_new_ones(self) -> None:
        connection = opened()
        connection.start(0, HEALTH, b"")
        connection.start(0, HEALTH, b"")
        connection.take_output()
        self.assertEqual(
            connection.receive(0, go_away(ANNOUNCED, "DRAINING") + ping(1)), [Leaving("DRAINING")]
        )
        self.assertFalse(connection.has_room)
        self.assertEqual(kinds(connection.take_output()), ["pong"])
        (answered,) = connection.receive(0, ok(2))
        self.assertIsInstance(answered, Answered)
        events = connection.receive(0, go_away(1, "DRAINING"))
        self.assertEqual(events, [Leaving("DRAINING")], "call 1 is still answered")
        answered, ended = connection.receive(0, ok(1))
        assert isinstance(answered, Answered) and isinstance(ended, Ended)

    def test_p7_4_the_second_step_says_which_calls_crossed_it(self) -> None:
        connection = opened()
        connection.start(0, HEALTH, b"")
        connection.receive(0, go_away(ANNOUNCED, "DRAINING"))
        leaving, late, ended = connection.receive(0, go_away(0, "DRAINING"))
        assert isinstance(late, NotProcessed) and isinstance(ended, Ended)
        self.assertEqual(late.call_id, 1)

    def test_p7_5_closing_says_so_and_waits_for_answers(self) -> None:
        connection = opened()
        connection.start(0, HEALTH, b"")
        connection.take_output()
        self.assertEqual(connection.close(), [])
        self.assertEqual(kinds(connection.take_output()), ["go_away"])
        self.assertFalse(connection.takes_calls)
        answered, ended = connection.receive(0, ok(1))
        assert isinstance(answered, Answered) and isinstance(ended, Ended)
        self.assertEqual(ended.reason, "CLOSED")

    def test_closing_with_nothing_in_flight_ends_at_once(self) -> None:
        (ended,) = opened().close()
        self.assertIsInstance(ended, Ended)


if __name__ == "__main__":
    unittest.main()
