"""P2.5, clause by clause: which messages do not parse."""

from __future__ import annotations

import unittest

from rekey.v1 import frame_pb2 as pb
from rekey.v1 import operator_pb2 as operator
from rekey.v1 import recovery_pb2 as recovery
from rekey.v1 import reflection_pb2 as reflection
from rekey.wire import M, Malformed, parse


class ParseTests(unittest.TestCase):
    def assert_malformed(self, kind: type[M], data: bytes, how: str) -> None:
        with self.assertRaisesRegex(Malformed, how):
            parse(kind, data)

    def test_what_protobuf_writes_is_read(self) -> None:
        message = pb.Frame(
            response=pb.Response(
                call_id=2**64 - 1,
                status=pb.STATUS_CODE_NOT_FOUND,
                message="é",
                details=[pb.Detail(field="a", problem="b"), pb.Detail()],
                body=bytes(range(256)),
                not_processed=True,
            )
        )
        self.assertEqual(parse(pb.Frame, message.SerializeToString()), message)

    def test_a_wrong_wire_type(self) -> None:
        self.assert_malformed(recovery.LoginReply, b"\x08\x01", "wire type")
        self.assert_malformed(pb.Ping, b"\x08\x01", "wire type")
        self.assert_malformed(pb.Cancel, b"\x0a\x00", "wire type")

    def test_a_string_that_is_not_utf_8_or_holds_a_nul(self) -> None:
        self.assert_malformed(pb.Detail, b"\x0a\x01\xff", "UTF-8")
        self.assert_malformed(pb.Detail, b"\x0a\x02a\x00", "NUL")

    def test_a_singular_message_twice(self) -> None:
        once = b"\x12\x00"
        parse(recovery.ValidateLinkReply, once)
        self.assert_malformed(recovery.ValidateLinkReply, once + once, "twice")

    def test_a_singular_number_twice_is_the_last(self) -> None:
        self.assertEqual(parse(pb.Cancel, b"\x08\x01\x08\x02").call_id, 2)

    def test_a_group(self) -> None:
        self.assert_malformed(pb.Cancel, b"\x7b\x7c", "group")

    def test_a_field_number_out_of_range(self) -> None:
        self.assert_malformed(pb.Cancel, b"\x00\x01", "out of range")
        self.assert_malformed(pb.Cancel, b"\x80\x80\x80\x80\x10\x01", "out of range")
        parse(pb.Cancel, b"\xf8\xff\xff\xff\x0f\x01")

    def test_unknown_fields_32_and_33(self) -> None:
        parse(pb.Cancel, b"\x78\x01" * 32)
        self.assert_malformed(pb.Cancel, b"\x78\x01" * 33, "unknown")

    def test_elements_1_024_and_1_025(self) -> None:
        parse(operator.ListAccountsReply, b"\x0a\x00" * 1_024)
        self.assert_malformed(operator.ListAccountsReply, b"\x0a\x00" * 1_025, "elements")

    def test_elements_in_packed_form_count_too(self) -> None:
        packed = b"\x12\x80\x08" + b"\x01" * 1_024
        self.assertEqual(len(parse(reflection.MethodDescription, packed).roles), 1_024)
        self.assert_malformed(reflection.MethodDescription, packed + b"\x10\x01", "elements")

    def test_what_is_cut_off(self) -> None:
        self.assert_malformed(pb.Detail, b"\x0a\x05a", "longer")
        self.assert_malformed(pb.Cancel, b"\x08", "does not end")
        self.assert_malformed(pb.Cancel, b"\x08" + b"\xff" * 10 + b"\x01", "does not end")
        self.assert_malformed(pb.Ping, b"\x09\x00", "longer")

    def test_an_unknown_number_of_an_enum_parses(self) -> None:
        self.assertEqual(parse(pb.Response, b"\x10\x63").status, 99)

    def test_no_fault_shows_what_was_read(self) -> None:
        for data in (b"\x0a\x06geheim\xff", b"\x0a\x07geheim\xff", b"\x0a\x07geheim\x00"):
            with self.assertRaises(Malformed) as caught:
                parse(pb.Detail, data)
            self.assertNotIn("geheim", str(caught.exception))
            self.assertIsNone(caught.exception.__context__)


if __name__ == "__main__":
    unittest.main()
