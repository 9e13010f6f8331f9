import CProtobufC
import CRekeyProto
import RekeyCore
import RekeyWire

extension ClockReading: WireMessage {
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_clock_reading_descriptor()
    }

    init(_ message: Rekey__V1__ClockReading) throws(Refusal) {
        at = Timestamp(wire: message.at_ms)
        boot = Array(message.boot.bytes)
        elapsed = .milliseconds(Int64(clamping: message.elapsed_ms))
    }

    func fill(_ message: inout Rekey__V1__ClockReading, _ arena: Arena) {
        message.at_ms = at.wire
        message.boot = arena.data(boot)
        message.elapsed_ms = UInt64(clamping: elapsed.milliseconds)
    }
}
