// Swift values and their twins on the wire: nothing is lost on the way, in either direction.

import CProtobufC
import RekeyCore
import RekeyWire
import Testing

@Suite("Conversions")
struct ConversionTests {
    @Test("a value survives the way to bytes and back", arguments: Specimen.all)
    func roundTrip(_ specimen: Specimen) throws {
        #expect(fault(specimen.bytes, as: specimen.descriptor) == nil)
        #expect(try specimen.reencoded(specimen.bytes) == specimen.bytes)
    }

    @Test(
        "a value travels in the bytes that another implementation gives it", arguments: Specimen.all
    )
    func known(_ specimen: Specimen) {
        let made = specimen.bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }
        #expect(Specimen.known[specimen.testDescription] == made.joined())
    }

    @Test("every field of every message that travels is carried by its Swift value")
    func everyField() throws {
        var carried: [String: Set<UInt32>] = [:]
        for specimen in Specimen.all {
            try Self.collect(specimen.bytes, as: specimen.descriptor, into: &carried)
        }
        for type in Schema.travelling {
            for field in type.fields where carried[type.title]?.contains(field.id) != true {
                Issue.record("\(type.title).\(field.title) is not set by any specimen")
            }
        }
        #expect(Schema.travelling.count > 35)
    }

    private static func collect(
        _ bytes: [UInt8], as type: Descriptor, into carried: inout [String: Set<UInt32>]
    ) throws {
        try bytes.withUnsafeBytes { bytes in
            var reader = WireReader(bytes)
            while let field = try reader.next() {
                carried[type.title, default: []].insert(field.number)
                if case .delimited(let inner) = field.value,
                    let message = type.fields.first(where: { $0.id == field.number })?.message
                {
                    try collect(Array(inner), as: message, into: &carried)
                }
            }
        }
    }

    @Test(
        "any message that the scan lets through converts or is refused, and never traps",
        arguments: Specimen.all)
    func hostileValues(_ specimen: Specimen) throws {
        var maker = MessageMaker(dice: Dice(seed: 84))
        for _ in 0..<40 {
            let bytes = maker.message(specimen.descriptor)
            do {
                let again = try specimen.reencoded(bytes)
                #expect(fault(again, as: specimen.descriptor) == nil)
            } catch let refusal as Refusal {
                #expect([.fieldInvalid, .bodyInvalid].contains(refusal.reason))
            }
        }
    }

    @Test("counts that no Int holds are read as the largest, not a crash of the reader")
    func hugeCounts() throws {
        let bytes =
            Wire.number(3, .max) + Wire.number(4, 1 << 63) + Wire.number(6, 1 << 63 - 1)
        try decoding(ServerStatus.Reply.self, bytes) {
            #expect($0.accounts == .max)
            #expect($0.lettersWaiting == .max)
            #expect($0.logBytesSinceCheckpoint == .max)
        }
    }

    @Test("times and durations of the far future are read as the furthest that fit")
    func hugeTimes() throws {
        try decoding(Login.Reply.self, Wire.fixed64(2, .max) + Wire.number(3, .max)) {
            #expect($0.validUntil == Timestamp(milliseconds: .max))
            #expect($0.idle == .milliseconds(Int64.max))
        }
    }

    @Test("a text with a NUL, which protobuf-c would cut there, does not travel as a shorter one")
    func nulIsNotCut() throws {
        let bytes = encoded(AccountRequest(identifier: "owner\0@attacker"))
        try decoding(AccountRequest.self, bytes) {
            #expect($0.identifier == "owner\u{1A}@attacker")
            #expect(!$0.identifier.isPlainText)
        }
    }

    @Test("a session that is not given is none, not an empty one")
    func earlierSession() throws {
        let request = Login.Request(identifier: "42", password: Secret([1]))
        try decoding(Login.Request.self, encoded(request)) { #expect($0.earlierSession == nil) }
    }

    @Test("a field that the mask does not name is not read")
    func mask() throws {
        let bytes =
            Wire.text(1, "42") + Wire.text(3, "mail") + Wire.text(4, "not asked for")
            + Wire.text(5, "c@exemple.fr")
        try decoding(UpdateAccount.Request.self, bytes) {
            #expect($0.name == nil && $0.mobile == nil && $0.language == nil)
            #expect($0.mail == "c@exemple.fr")
        }
    }

    @Test("a limit of 0 stands for 100")
    func limit() throws {
        try decoding(ListAccounts.Request.self, []) { #expect($0.limit == 100) }
        try decoding(ListLetters.Request.self, []) { #expect($0.limit == 100) }
    }

    @Test("a state of health that this version does not know is not one that serves")
    func health() throws {
        for status in [0, 3, 99] as [UInt64] {
            try decoding(Health.Reply.self, Wire.number(1, status)) { #expect($0 == .notServing) }
        }
        try decoding(Health.Reply.self, Wire.number(1, 1)) { #expect($0 == .serving) }
    }
}
