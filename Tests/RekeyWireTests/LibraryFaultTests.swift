// Each known fault of protobuf-c 1.4.1, shown on the library itself, and refused by ours. A test
// that goes red at its first half says that the library has changed; at its second, that we have.

import CProtobufC
import CRekeyProto
import RekeyCore
import RekeyWire
import Testing

@Suite("What protobuf-c lets through")
struct LibraryFaultTests {
    private let validateLinkReply: Descriptor = rekey_validate_link_reply_descriptor()
    private let accountRequest: Descriptor = rekey_account_request_descriptor()

    @Test("R84: a string that the library cuts at a NUL is refused")
    func nulInString() throws {
        let bytes = Wire.text(1, "owner\0@attacker")
        let read = Library(bytes, as: accountRequest)
            .read(Rekey__V1__AccountRequest.self) { String(cString: $0.identifier) }
        #expect(read == "owner")

        #expect(fault(bytes, as: accountRequest) == "a NUL in a string")
        #expect(refusal(AccountRequest.self, bytes)?.reason == .bodyInvalid)
    }

    @Test(
        "R84: text that is not UTF-8, which the library takes, is refused",
        arguments: [
            [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF],  // overlong
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],  // surrogates
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],  // above U+10FFFF
            [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x80],  // cut at either end
        ] as [[UInt8]])
    func notUTF8(_ text: [UInt8]) {
        let bytes = Wire.delimited(1, [0x61] + text)
        #expect(Library(bytes, as: accountRequest).accepted)

        #expect(fault(bytes, as: accountRequest) == "a string that is not UTF-8")
        #expect(refusal(AccountRequest.self, bytes)?.reason == .bodyInvalid)
    }

    @Test(
        "R84: a bool of a wrong wire type, which the library takes for true, is refused",
        arguments: [
            Wire.delimited(7, [0]), Wire.delimited(7, []), Wire.fixed32(7, 1), Wire.fixed64(7, 1),
        ])
    func boolOfWrongWireType(_ bytes: [UInt8]) {
        // An empty one is read as its length prefix: that one gives false.
        let empty = bytes == Wire.delimited(7, [])
        let read = Library(bytes, as: validateLinkReply)
            .read(Rekey__V1__ValidateLinkReply.self) { $0.activation }
        #expect(read == (empty ? 0 : 1))

        #expect(fault(bytes, as: validateLinkReply) == "field 7 has the wrong wire type")
    }

    @Test("R84: a submessage that stands twice, of which the library loses the first, is refused")
    func repeatedSubmessage() {
        let bytes =
            Wire.delimited(2, Wire.number(1, 15)) + Wire.delimited(2, Wire.number(2, 1024))
        let read = Library(bytes, as: validateLinkReply)
            .read(Rekey__V1__ValidateLinkReply.self) {
                [$0.password.pointee.code_points_min, $0.password.pointee.bytes_max]
            }
        #expect(read == [0, 1024], "15 and 1024 is what a merge would give")

        #expect(fault(bytes, as: validateLinkReply) == "field 2 stands twice")
        #expect(refusal(ValidateLink.Reply.self, bytes)?.reason == .bodyInvalid)
    }

    @Test("R84: the library's work on repeated submessages grows with the square; ours does not")
    func quadraticMerging() throws {
        // An AccountRow with one session, n times in the same SubjectRow.
        let row: Descriptor = rekey_subject_row_descriptor()
        let one = Wire.delimited(4, Wire.delimited(9, Wire.delimited(1, [1])))
        let few = Library(one.repeated(500), as: row)
        let many = Library(one.repeated(1000), as: row)
        #expect(few.accepted && many.accepted)
        // Linear would be 2, were each of the n allocations of one size; a square gives 4.
        #expect(many.bytesAllocated > 3 * few.bytesAllocated)

        #expect(fault(one.repeated(2), as: row) == "field 4 stands twice")
    }

    @Test("R84: messages that the library nests without end are refused below the eighth")
    func nesting() throws {
        let type = HandmadeType.make([.init(type: PROTOBUF_C_TYPE_MESSAGE)])
        func nested(_ depth: Int) -> [UInt8] {
            (1..<depth).reduce([]) { inner, _ in Wire.delimited(1, inner) }
        }
        #expect(Library(nested(500), as: type).accepted)

        #expect(fault(nested(8), as: type) == nil)
        #expect(fault(nested(9), as: type) == "messages nested too deep")
        #expect(fault(nested(500), as: type) == "messages nested too deep")
    }

    @Test("R84: of two members of one oneof the library keeps the last; we take neither")
    func twoMembers() {
        let frame: Descriptor = rekey_frame_descriptor()
        let bytes =
            Wire.delimited(5, Wire.fixed64(1, 1)) + Wire.delimited(4, Wire.number(1, 9))
        let kind = Library(bytes, as: frame).read(Rekey__V1__Frame.self) { $0.kind_case }
        #expect(kind == REKEY__V1__FRAME__KIND_CANCEL)

        #expect(fault(bytes, as: frame) == "field 4 stands twice")
        let same = Wire.delimited(5, Wire.fixed64(1, 1)).repeated(2)
        #expect(fault(same, as: frame) == "field 5 stands twice")
        #expect(refusal(Frame.self, bytes)?.reason == .bodyInvalid)
    }

    @Test(
        "R84: field numbers 0 and above 2^29-1, which the library takes, are refused",
        arguments: [[0x80, 0x00, 0x00], Wire.number(1 << 29, 1), Wire.number(1 << 32 - 1, 1)])
    func fieldNumbers(_ bytes: [UInt8]) {
        #expect(Library(bytes, as: accountRequest).accepted)
        #expect(fault(bytes, as: accountRequest) == "a field number outside 1 to 2^29-1")
    }

    @Test("R84: a varint of more than 64 bits, which the library cuts, is refused")
    func varintOfSeventyBits() {
        let cancel: Descriptor = rekey_cancel_descriptor()
        let bytes = Wire.tag(1, 0) + [0x85] + [UInt8](repeating: 0x80, count: 8) + [0x02]
        #expect(
            Library(bytes, as: cancel).read(Rekey__V1__Cancel.self) { $0.call_id } == 5)
        #expect(fault(bytes, as: cancel) == "a varint longer than 64 bits")
    }

    @Test("R84: unknown fields, of which the library keeps any number, are capped at 32")
    func unknownFields() {
        let unknown = Wire.number(1000, 1)
        #expect(Library(unknown.repeated(10_000), as: accountRequest).accepted)
        #expect(fault(unknown.repeated(32), as: accountRequest) == nil)
        #expect(fault(unknown.repeated(33), as: accountRequest) == "too many unknown fields")
    }

    @Test("R84: a list of more than 1,024 elements is refused, which the library takes")
    func longLists() {
        let hello: Descriptor = rekey_hello_descriptor()
        let feature = Wire.text(6, "")
        #expect(Library(feature.repeated(20_000), as: hello).accepted)
        #expect(fault(feature.repeated(1024), as: hello) == nil)
        #expect(fault(feature.repeated(1025), as: hello) == "a list that is too long")
    }
}
