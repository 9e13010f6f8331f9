// Every scalar type that protobuf has, against every wire type.

import CProtobufC
import CRekeyProto
import RekeyWire
import Testing

@Suite("The wire scan knows every type")
struct WireScanTypeTests {
    struct Expectation: Sendable, CustomTestStringConvertible {
        let name: String
        let type: ProtobufCType
        let wireType: UInt64
        var testDescription: String { name }
    }

    static let all: [Expectation] = [
        .init(name: "int32", type: PROTOBUF_C_TYPE_INT32, wireType: 0),
        .init(name: "sint32", type: PROTOBUF_C_TYPE_SINT32, wireType: 0),
        .init(name: "uint32", type: PROTOBUF_C_TYPE_UINT32, wireType: 0),
        .init(name: "int64", type: PROTOBUF_C_TYPE_INT64, wireType: 0),
        .init(name: "sint64", type: PROTOBUF_C_TYPE_SINT64, wireType: 0),
        .init(name: "uint64", type: PROTOBUF_C_TYPE_UINT64, wireType: 0),
        .init(name: "bool", type: PROTOBUF_C_TYPE_BOOL, wireType: 0),
        .init(name: "enum", type: PROTOBUF_C_TYPE_ENUM, wireType: 0),
        .init(name: "fixed64", type: PROTOBUF_C_TYPE_FIXED64, wireType: 1),
        .init(name: "sfixed64", type: PROTOBUF_C_TYPE_SFIXED64, wireType: 1),
        .init(name: "double", type: PROTOBUF_C_TYPE_DOUBLE, wireType: 1),
        .init(name: "fixed32", type: PROTOBUF_C_TYPE_FIXED32, wireType: 5),
        .init(name: "sfixed32", type: PROTOBUF_C_TYPE_SFIXED32, wireType: 5),
        .init(name: "float", type: PROTOBUF_C_TYPE_FLOAT, wireType: 5),
        .init(name: "string", type: PROTOBUF_C_TYPE_STRING, wireType: 2),
        .init(name: "bytes", type: PROTOBUF_C_TYPE_BYTES, wireType: 2),
        .init(name: "message", type: PROTOBUF_C_TYPE_MESSAGE, wireType: 2),
    ]

    /// One field 1 in each wire type. The delimited one is empty, so that it is text, bytes, a
    /// message and a packed list alike.
    private static func field(_ wireType: UInt64) -> [UInt8] {
        switch wireType {
        case 0: Wire.number(1, 1)
        case 1: Wire.fixed64(1, 1)
        case 5: Wire.fixed32(1, 1)
        default: Wire.delimited(1, [])
        }
    }

    @Test("R84: a field passes in its own wire type and in no other", arguments: all)
    func singular(_ expected: Expectation) {
        let type = HandmadeType.make([.init(type: expected.type)])
        for wireType in [0, 1, 2, 5] as [UInt64] {
            let bytes = Self.field(wireType)
            if wireType == expected.wireType {
                #expect(fault(bytes, as: type) == nil)
                #expect(Library(bytes, as: type).accepted)
            } else {
                #expect(fault(bytes, as: type) == "field 1 has the wrong wire type")
            }
        }
    }

    @Test("R84: a list passes element by element and, of numbers, packed", arguments: all)
    func repeated(_ expected: Expectation) {
        let type = HandmadeType.make([.init(type: expected.type, repeated: true)])
        for wireType in [0, 1, 2, 5] as [UInt64] {
            let bytes = Self.field(wireType).repeated(2)
            if wireType == expected.wireType || wireType == 2 {
                #expect(fault(bytes, as: type) == nil)
                #expect(Library(bytes, as: type).accepted)
            } else {
                #expect(fault(bytes, as: type) == "field 1 has the wrong wire type")
            }
        }
    }

    @Test("R84: a packed list that is cut within an element is refused", arguments: all)
    func cutPacked(_ expected: Expectation) {
        guard expected.wireType != 2 else { return }
        let type = HandmadeType.make([.init(type: expected.type, repeated: true)])
        let element: [UInt8] =
            switch expected.wireType {
            case 0: [0x81, 0x01]
            case 1: Wire.littleEndian(UInt64(1))
            default: Wire.littleEndian(UInt32(1))
            }
        #expect(fault(Wire.delimited(1, element.repeated(2)), as: type) == nil)
        let cut = Wire.delimited(1, element.repeated(2).dropLast())
        #expect(
            fault(cut, as: type)
                == (expected.wireType == 0
                    ? "a varint that does not end" : "a field that is cut off"))
    }

    @Test("R84: a packed list ends at 1,024 elements, in one run or in many", arguments: all)
    func longPacked(_ expected: Expectation) {
        guard expected.wireType != 2 else { return }
        let type = HandmadeType.make([.init(type: expected.type, repeated: true)])
        let width = expected.wireType == 0 ? 1 : expected.wireType == 1 ? 8 : 4
        func run(_ count: Int) -> [UInt8] {
            Wire.delimited(1, [UInt8](repeating: 1, count: count * width))
        }
        #expect(fault(run(1024), as: type) == nil)
        #expect(fault(run(1025), as: type) == "a list that is too long")
        #expect(fault(run(512) + run(512), as: type) == nil)
        #expect(fault(run(1024) + run(1), as: type) == "a list that is too long")
        #expect(fault(run(0).repeated(1025), as: type) == "a list that is too long")
    }
}
