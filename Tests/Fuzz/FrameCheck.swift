// The oracle of frames (R83): a stream of them, as a connection gets it.
import RekeyFuzzSubjects
import RekeyWire

enum FrameCheck {
    /// The first byte says who reads; then lengths and frames, until one is refused or cut off.
    static func run(_ input: inout FuzzInput) {
        let side: WireSubject.Side = input.byte() == 0 ? .server : .client
        let max =
            side == .server
            ? WireLimits.requestFrameBytesMax : WireLimits.responseFrameBytesMax
        let arena = Arena()
        while let announced = input.number(UInt32.self)?.byteSwapped {
            guard let length = try? FrameLength.judge(announced, max: max) else { return }
            guard length > 0, length <= max else { broken("a length from 1 to \(max)") }
            let bytes = input.bytes(length)
            guard bytes.count == length, check(bytes, side, arena) else { return }
        }
    }

    /// Whether the frame was read; then it is sent as it was read.
    private static func check(
        _ bytes: [UInt8], _ side: WireSubject.Side, _ arena: Arena
    ) -> Bool {
        let budget = side.budget(bytes.count)
        guard let sent = recode(bytes, in: arena, budget: budget) else { return false }
        let body = Array(sent.dropFirst(FrameLength.byteCount))
        guard let again = recode(body, in: arena, budget: Arena.packingBudget) else {
            broken("a frame that we send is one that we read")
        }
        guard sent == again else { broken("a frame that we send is read as it was sent") }
        return true
    }

    /// The frame as it is sent, with its length; nil when it is refused.
    private static func recode(_ bytes: [UInt8], in arena: Arena, budget: Int) -> [UInt8]? {
        arena.scope(budget: budget) {
            let frame = bytes.withUnsafeBytes { try? arena.decode(Frame.self, from: $0) }
            guard let frame else { return nil }
            let sent = arena.scope(budget: Arena.packingBudget) { Array(arena.encodeFrame(frame)) }
            let length = sent.prefix(FrameLength.byteCount).reduce(0) { $0 << 8 | Int($1) }
            guard length == sent.count - FrameLength.byteCount else {
                broken("the length of a frame is that of its bytes")
            }
            return sent
        }
    }
}
