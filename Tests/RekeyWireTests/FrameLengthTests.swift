// The four bytes that are judged before anything else.

import RekeyWire
import Testing

@Suite("The length before a frame")
struct FrameLengthTests {
    @Test("R83: a frame of no bytes is refused")
    func zero() {
        #expect(throws: WireFault("a frame of no bytes")) {
            try FrameLength.judge(0, max: 100)
        }
    }

    @Test("R83: a length is read up to the maximum and not a byte above", arguments: [1, 99, 100])
    func within(_ length: UInt32) throws {
        #expect(try FrameLength.judge(length, max: 100) == Int(length))
    }

    @Test("R83: a length above the maximum is refused", arguments: [101, 1 << 31, .max])
    func above(_ length: UInt32) {
        #expect(throws: WireFault("a frame of \(length) bytes; at most 100 are read")) {
            try FrameLength.judge(length, max: 100)
        }
    }
}
