// Properties of every message type that there is, from its descriptor: no type can be forgotten.

import CProtobufC
import CRekeyProto
import RekeyCore
import RekeyWire
import Testing

@Suite("Every message type")
struct MessagePropertyTests {
    /// What became of bytes: refused by the scan, or unpacked within a request's budget.
    private struct Outcome {
        let fault: String?
        let unpacks: Bool
        let repacked: [UInt8]?
    }

    /// What decoding does to any type: scan, then unpack within the budget. The conversion to
    /// Swift values is the matter of `ConversionTests`.
    private func outcome(_ bytes: [UInt8], _ type: Descriptor) -> Outcome {
        if let fault = fault(bytes, as: type) {
            return Outcome(fault: fault, unpacks: false, repacked: nil)
        }
        let library = Library(bytes, as: type)
        let within = library.bytesAllocated <= Arena.requestBudget(bytes.count)
        return Outcome(
            fault: nil, unpacks: library.accepted && within, repacked: library.repacked)
    }

    @Test("the walk over the services, the frame and the records finds all message types")
    func walk() {
        let names = Schema.all.map(\.title)
        #expect(names.count >= 70)
        for name in ["Frame", "Origin", "Account", "Transaction", "SubjectEntry", "PasswordRow"] {
            #expect(names.contains("rekey.v1.\(name)"))
        }
    }

    @Test("every type is of the shape that the scan rests on")
    func shape() {
        for type in Schema.all {
            #expect(type.fields.count <= 64, "\(type.title): the scan marks fields in 64 bits")
            let members = type.fields.filter(\.isOneof)
            #expect(members.allSatisfy { $0.message != nil }, "\(type.title): oneofs of messages")
            #expect(Set(members.map(\.quantifier_offset)).count <= 1, "\(type.title): one oneof")
            #expect(!type.fields.contains { $0.message == type }, "\(type.title): no recursion")
        }
    }

    @Test("R84: a valid message passes the scan, fits its budget and packs to the same bytes")
    func valid() {
        var maker = MessageMaker(dice: Dice(seed: 1))
        for type in Schema.all {
            for round in 0..<30 {
                let bytes = maker.message(type)
                let outcome = outcome(bytes, type)
                #expect(outcome.fault == nil, "\(type.title), round \(round): \(bytes)")
                #expect(outcome.unpacks, "\(type.title), round \(round): \(bytes)")
                #expect(outcome.repacked == bytes, "\(type.title), round \(round): \(bytes)")
            }
        }
    }

    @Test("R84: a message cut anywhere is refused, or is a shorter message; nothing crashes")
    func truncated() {
        var maker = MessageMaker(dice: Dice(seed: 2))
        for type in Schema.all {
            let bytes = maker.message(type)
            for count in 0..<bytes.count {
                let outcome = outcome(Array(bytes.prefix(count)), type)
                guard outcome.fault == nil else { continue }
                // What passes ends at a field's end: it is the beginning of the whole.
                #expect(outcome.unpacks, "\(type.title): \(bytes.prefix(count))")
                #expect(outcome.repacked == Array(bytes.prefix(count)), "\(type.title): \(bytes)")
            }
        }
    }

    @Test("R84: a message with any byte changed is refused, or unpacks within its budget")
    func mutated() {
        var maker = MessageMaker(dice: Dice(seed: 3))
        var refused = 0
        var passed = 0
        for type in Schema.all {
            let bytes = Array(maker.message(type).prefix(300))
            for index in bytes.indices {
                for mask in [0x01, 0x02, 0x04, 0x08, 0x10, 0x40, 0x80, 0xFF] as [UInt8] {
                    var changed = bytes
                    changed[index] ^= mask
                    let outcome = outcome(changed, type)
                    guard outcome.fault == nil else {
                        refused += 1
                        continue
                    }
                    passed += 1
                    #expect(outcome.unpacks, "\(type.title): \(changed)")
                }
            }
        }
        // Both happen all the time; were it not so, the property would say nothing.
        #expect(refused > 5000 && passed > 5000, "\(refused) refused, \(passed) passed")
    }

    @Test("R83: bytes of no sense are refused, or unpack within their budget")
    func noise() {
        var dice = Dice(seed: 4)
        for type in Schema.all {
            for _ in 0..<60 {
                let count = Int.random(in: 0...40, using: &dice)
                let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
                let outcome = outcome(bytes, type)
                #expect(outcome.fault != nil || outcome.unpacks, "\(type.title): \(bytes)")
            }
        }
    }
}
