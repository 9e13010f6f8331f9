// The scan, beyond what protobuf-c gets wrong: whatever is cut, too long or of the wrong type.

import CProtobufC
import CRekeyProto
import RekeyWire
import Testing

@Suite("The wire scan")
struct WireScanTests {
    private let accountRequest: Descriptor = rekey_account_request_descriptor()

    @Test("R84: groups are refused", arguments: [[0x0B, 0x0C], [0x0B], [0x0C], [0x93, 0x3E]])
    func groups(_ bytes: [UInt8]) {
        #expect(fault(bytes, as: accountRequest) == "a group")
    }

    @Test("R84: the wire types 6 and 7, which do not exist, are refused", arguments: [6, 7])
    func unknownWireTypes(_ wireType: UInt64) {
        #expect(fault(Wire.tag(1, wireType), as: accountRequest) == "an unknown wire type")
    }

    @Test("R84: field number 0 is refused in its short form too")
    func fieldZero() {
        #expect(
            fault([0x02, 0x00], as: accountRequest) == "a field number outside 1 to 2^29-1")
        #expect(fault(Wire.number(1 << 29 - 1, 1), as: accountRequest) == nil)
    }

    @Test("R84: a varint may have ten bytes, the tenth at most 1")
    func varints() {
        let cancel: Descriptor = rekey_cancel_descriptor()
        let nine = [UInt8](repeating: 0xFF, count: 9)
        #expect(fault(Wire.tag(1, 0) + nine + [0x01], as: cancel) == nil)
        #expect(fault(Wire.tag(1, 0) + nine + [0x02], as: cancel) == "a varint longer than 64 bits")
        #expect(
            fault(Wire.tag(1, 0) + nine + [0x80, 0x00], as: cancel)
                == "a varint longer than 64 bits")
        #expect(fault(Wire.tag(1, 0) + nine, as: cancel) == "a varint that does not end")
        #expect(fault(Wire.tag(1, 0), as: cancel) == "a varint that does not end")
    }

    @Test(
        "R84: a length beyond the message is refused, however large",
        arguments: [3, 0x7F, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 63 - 1, 1 << 63, .max])
    func lengths(_ length: UInt64) {
        let bytes = Wire.tag(1, 2) + Wire.varint(length) + [0x61, 0x62]
        #expect(fault(bytes, as: accountRequest) == "a field that is longer than its message")
    }

    @Test("R84: an inner length that reaches past its own message is refused")
    func innerLength() {
        let reset: Descriptor = rekey_request_reset_request_descriptor()
        // The origin announces 3 bytes; its address wants 4 and would find them behind it.
        let bytes = Wire.delimited(2, [0x0A, 0x04, 0x61]) + Wire.text(1, "abcdef")
        #expect(fault(bytes, as: reset) == "a field that is longer than its message")
    }

    @Test("R84: a field of fixed width that is cut off is refused")
    func cutFixed() {
        let ping: Descriptor = rekey_ping_descriptor()
        let whole = Wire.fixed64(1, .max)
        #expect(fault(whole, as: ping) == nil)
        for count in 2..<whole.count {
            #expect(fault(Array(whole.prefix(count)), as: ping) == "a field that is cut off")
        }
        let unknown = Wire.fixed32(1000, .max)
        #expect(fault(unknown.dropLast(), as: ping) == "a field that is cut off")
    }

    @Test("R84: a fault within a submessage and within a list's element is found")
    func innerFaults() {
        let bad = Wire.delimited(1, [0xFF])
        #expect(
            fault(Wire.delimited(2, bad), as: rekey_request_reset_request_descriptor())
                == "a string that is not UTF-8")
        #expect(
            fault(
                Wire.delimited(1, []) + Wire.delimited(1, bad),
                as: rekey_list_accounts_reply_descriptor()) == "a string that is not UTF-8")
        #expect(
            fault(Wire.delimited(6, [0x61]) + Wire.delimited(6, [0]), as: rekey_hello_descriptor())
                == "a NUL in a string")
    }

    @Test("a NUL and bytes that are not UTF-8 are welcome where bytes are bytes")
    func bytesAreBytes() {
        #expect(fault(Wire.delimited(1, [0, 0xFF]), as: rekey_logout_request_descriptor()) == nil)
    }

    @Test("the message of a fault never holds the bytes that were wrong")
    func faultsAreSilent() {
        let canary = "correct-horse"
        for bytes in [
            Wire.text(1, canary + "\0"), Wire.tag(1, 2) + Wire.varint(99) + Array(canary.utf8),
        ] {
            #expect(fault(bytes, as: accountRequest)?.contains("horse") == false)
        }
    }
}
