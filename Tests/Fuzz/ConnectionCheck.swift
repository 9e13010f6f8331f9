// The oracle of a connection: its events in any order, at any time.
import RekeyWire

enum ConnectionCheck {
    /// An event a byte, with what it needs behind it.
    static func run(_ input: inout FuzzInput) {
        var connection = ConnectionRun()
        var callID: UInt64 = 0
        while let choice = input.byte() {
            guard let event = event(choice, &callID, &input) else { return }
            do {
                try connection.take(event)
            } catch {
                broken(error.rule)
            }
        }
    }

    private static func event(
        _ choice: UInt8, _ callID: inout UInt64, _ input: inout FuzzInput
    ) -> ConnectionRun.Event? {
        switch choice % 16 {
        case 0: return .frame(.hello(Hello()))
        case 1...5:
            callID &+= 1
            return .frame(.request(RequestFrame(callID: callID, method: "")))
        case 6:
            guard let id = input.byte() else { return nil }
            return .frame(.request(RequestFrame(callID: UInt64(id), method: "")))
        case 7: return input.byte().map { .frame(.cancel(callID: UInt64($0))) }
        case 8: return .frame(.ping(token: UInt64(choice)))
        case 9: return input.byte().map { .frame(.pong(token: UInt64($0))) }
        case 10: return choice < 128 ? .stop : .clientEnds
        case 11:
            return choice < 128
                ? .faultyFrame : .frame(.goAway(GoAway(lastCallID: 0, reason: "", message: "")))
        case 12: return .answered
        case 13: return .heard
        case 14: return choice < 128 ? .partialFrame(choice < 64) : .paused(choice < 192)
        default: return input.byte().map { .time(.milliseconds(Int($0) * Int($0) * 8)) }
        }
    }

    /// A drain with calls in flight; a client's end; silence; a flood; a hundred calls and one more.
    static var seeds: [[UInt8]] {
        let open: [UInt8] = [0]
        return [
            open + [1, 1, 10, 1, 9, 1, 1, 12, 12, 12], open + [1, 1, 0xFA, 1, 12, 12],
            open + [15, 80, 15, 80, 13, 15, 200], open + [UInt8](repeating: 8, count: 110),
            open + [UInt8](repeating: 1, count: 101) + [12, 1], [10, 0], [15, 30], open + [6, 0],
            open + [14, 15, 40], open + [0x9E, 15, 255], open + [1, 0x8B, 1, 12], open + [11, 1],
        ]
    }
}
