// Messages with the greatest numbers that their fields hold, written in protobuf's wire form by hand:
// no code of ours makes them, and a mutation would hardly get there.

import RekeyCore

enum Extremes {
    /// A transaction at the end of time. Field numbers as in records.proto.
    static var transaction: [UInt8] {
        let failed = message(1, varint(1, 1))
        let lastLetter =
            bytes(1, id(5)) + bytes(2, id(1)) + varint(3, 1) + bytes(4, id(2)) + fixed32(5, .max)
            + fixed64(6, .max) + varint(7, UInt64(UInt32.max)) + fixed64(8, .max)
        return [1] + bytes(1, id(1)) + fixed64(2, .max) + message(3, message(5, failed))
            + message(4, lastLetter)
    }

    /// A checkpoint of one account, of the subject to which everything happens in SampleStore.
    static var chunk: [UInt8] {
        let id = SampleStore.subject.bytes
        return message(1, bytes(1, id) + bytes(2, row) + varint(3, 1)) + fixed64(4, .max)
    }

    private static var row: [UInt8] {
        let profile =
            bytes(1, "1".utf8) + bytes(2, "n".utf8) + bytes(3, "m@e.fr".utf8)
            + bytes(4, "+33612345678".utf8) + bytes(5, "fr".utf8)
        let password =
            fixed32(1, .max) + fixed32(2, .max) + fixed32(3, .max) + bytes(4, id(1))
            + bytes(5, id(1) + id(2))
        let reset =
            bytes(1, id(2)) + varint(2, 1) + fixed64(3, .max) + fixed64(4, .max)
            + varint(5, UInt64(UInt32.max)) + fixed64(6, .max) + varint(7, UInt64(UInt32.max))
        let session = bytes(1, id(3)) + fixed64(2, .max) + fixed64(3, .max)
        let account =
            message(1, profile) + varint(2, .max) + fixed64(3, .max) + varint(4, 1) + varint(5, 1)
            + message(6, password) + message(7, reset) + fixed64(8, .max) + message(9, session)
            + varint(10, .max)
        return fixed64(1, .max) + varint(2, UInt64(UInt32.max)) + fixed64(3, .max)
            + message(4, account)
    }

    private static func id(_ last: UInt8) -> [UInt8] { [UInt8](repeating: 0, count: 15) + [last] }

    // MARK: the wire form, for other seeds too

    static func varint(_ field: UInt64, _ value: UInt64) -> [UInt8] {
        base128(field << 3) + base128(value)
    }

    static func fixed64(_ field: UInt64, _ value: UInt64) -> [UInt8] {
        base128(field << 3 | 1) + .of(value)
    }

    static func fixed32(_ field: UInt64, _ value: UInt32) -> [UInt8] {
        base128(field << 3 | 5) + .of(value)
    }

    static func bytes(_ field: UInt64, _ value: some Collection<UInt8>) -> [UInt8] {
        base128(field << 3 | 2) + base128(UInt64(value.count)) + value
    }

    static func message(_ field: UInt64, _ value: [UInt8]) -> [UInt8] {
        bytes(field, value)
    }

    private static func base128(_ value: UInt64) -> [UInt8] {
        var (bytes, rest) = ([UInt8](), value)
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
