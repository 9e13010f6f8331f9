// Times, ids, reasons and secrets. Runs values only.

import RekeyCore
import RekeySimulation
import RekeyTestSupport
import Testing

@Suite struct ValueTests {
    @Test("A time plus a pause minus that pause is the time")
    func timestamps() {
        var chance = SeededGenerator(seed: 3)
        for _ in 0..<1000 {
            let time = Timestamp(milliseconds: .random(in: -1 << 50...1 << 50, using: &chance))
            let pause = Duration.milliseconds(Int64.random(in: -1 << 40...1 << 40, using: &chance))
            #expect(time + pause - pause == time)
            #expect(time + pause - time == pause)
            #expect((time < time + pause) == (pause > .zero))
        }
    }

    @Test("A pause has whole milliseconds, rounded towards zero")
    func milliseconds() {
        for (pause, expected) in [
            (Duration.microseconds(1999), Int64(1)), (.microseconds(-1999), -1),
            (.microseconds(999), 0), (.microseconds(-999), 0), (.seconds(-2), -2000),
            (.hours(24), 86_400_000), (.minutes(10), 600_000),
        ] {
            #expect(pause.milliseconds == expected)
        }
    }

    @Test("An id comes back from its bytes and from its text")
    func identifiers() {
        var chance = SeededGenerator(seed: 4)
        let drawn = (0..<500).map { _ in UInt128.random(in: 0 ... .max, using: &chance) }
        let values = [0, 1, .max, 1 << 127] + drawn
        for value in values {
            let id = ResetID(rawValue: value)
            #expect(ResetID(bytes: id.bytes) == id)
            #expect(ResetID(hexadecimal: id.description) == id)
            #expect(id.bytes.count == 16 && id.description.utf8.count == 32)
        }
        let known = ResetID(rawValue: 0x0001_0203_0405_0607_0809_0A0B_0C0D_0E0F)
        #expect(known.bytes == Array(0...15))
        #expect(known.description == "000102030405060708090a0b0c0d0e0f")
    }

    @Test("Ids are in the order of their bytes")
    func order() {
        var chance = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            let (one, other) = (
                SessionID(rawValue: .random(in: 0 ... .max, using: &chance)),
                SessionID(rawValue: .random(in: 0 ... .max, using: &chance))
            )
            #expect((one < other) == one.bytes.lexicographicallyPrecedes(other.bytes))
        }
    }

    @Test("What is not 16 bytes or 32 hexadecimal digits is no id")
    func noIdentifier() {
        for count in [0, 15, 17] {
            #expect(SubjectID(bytes: [UInt8](repeating: 1, count: count)) == nil)
        }
        let zeros = String(repeating: "0", count: 31)
        for text in ["", zeros, zeros + "00", zeros + "g", "+" + zeros, "-" + zeros, " " + zeros] {
            #expect(SubjectID(hexadecimal: text) == nil, "\(text)")
        }
    }

    @Test("R69: a secret never prints, alone or inside a request")
    func secretsNeverPrint() {
        let canary = Secret(Array("canary-7f3a".utf8))
        let login = Login.Request(identifier: "client-1", password: canary)
        let activate = Activate.Request(
            link: canary, code: canary, password: canary, confirmation: canary)
        for value in [canary, login, activate, [canary], Answer.reply(canary)] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), dumped] {
                #expect(!text.contains("canary"))
                #expect(!text.contains("99, 97, 110"), "nor its bytes")
                #expect(!text.contains("- 99\n"), "nor its bytes, one a line")
                #expect(text.contains("<hidden>"))
            }
        }
    }

    @Test("R23, R32: secrets are equal only byte for byte")
    func secretEquality() {
        let code = Secret(Array("aB3xY".utf8))
        #expect(code == Secret(Array("aB3xY".utf8)))
        for other in ["", "aB3x", "aB3xYZ", "ab3xY", "aB3xy", " aB3xY", "ａB3xY", "AB3xY"] {
            #expect(code != Secret(Array(other.utf8)), "\(other)")
        }
        #expect(Secret(Array("\u{E9}".utf8)) != Secret(Array("e\u{301}".utf8)))
        #expect(Secret([]) == Secret([]) && Secret([]).isEmpty && code.count == 5)
        #expect(code.withBytes { Array($0) } == Array("aB3xY".utf8))
    }

    @Test("R94: what a repeat is recognised by holds no password")
    func withoutPasswords() {
        let secret = Secret([1, 2, 3])
        let origin = Origin(address: "192.0.2.1", agent: "x")
        let activate = Activate.Request(
            link: secret, code: secret, password: secret, confirmation: secret, origin: origin
        ).withoutPasswords
        #expect(activate.password.isEmpty && activate.confirmation.isEmpty)
        #expect(activate.link == secret && activate.code == secret && activate.origin == origin)
        let change = ChangePassword.Request(
            session: secret, currentPassword: secret, newPassword: secret, confirmation: secret,
            origin: origin
        ).withoutPasswords
        #expect(change.currentPassword.isEmpty && change.newPassword.isEmpty)
        #expect(change.confirmation.isEmpty && change.session == secret && change.origin == origin)
    }

    @Test("Statuses have gRPC's numbers, and no reason means success")
    func reasons() {
        #expect(StatusCode.allCases.map(\.rawValue) == Array(0...16))
        #expect(StatusCode.unauthenticated.rawValue == 16 && StatusCode.aborted.rawValue == 10)
        #expect(Reason.allCases.allSatisfy { $0.status != .ok })
        #expect(Set(StatusCode.allCases.map(\.name)).count == 17)
    }
}
