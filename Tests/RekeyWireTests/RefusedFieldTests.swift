// Messages that parse and still cannot be used: the refusal names the field.

import RekeyCore
import RekeyWire
import Testing

@Suite("Refusals name the field")
struct RefusedFieldTests {
    private func field<Value: WireMessage>(_: Value.Type, _ bytes: [UInt8]) -> String? {
        guard let refusal = refusal(Value.self, bytes), refusal.reason == .fieldInvalid else {
            return nil
        }
        return refusal.details.count == 1 ? refusal.details[0].field : nil
    }

    @Test("a language that is not set or not known", arguments: [0, 3, 0xFFFF_FFFF])
    func language(_ language: UInt64) {
        #expect(field(CreateAccount.Request.self, Wire.number(5, language)) == "language")
        let update = Wire.text(3, "language") + Wire.number(7, language)
        #expect(field(UpdateAccount.Request.self, update) == "language")
    }

    @Test("a state of an account that is not set or not known", arguments: [0, 8])
    func state(_ state: UInt64) {
        let bytes =
            Wire.text(1, String(repeating: "0", count: 32)) + Wire.number(6, 1)
            + Wire.number(7, state)
        #expect(field(AccountSummary.self, bytes) == "state")
    }

    @Test(
        "an id that is not 32 hexadecimal digits",
        arguments: [
            "0", String(repeating: "0", count: 31), String(repeating: "0", count: 33),
            String(repeating: "g", count: 32), "+" + String(repeating: "0", count: 31),
            "-" + String(repeating: "0", count: 31), " " + String(repeating: "0", count: 31),
            "0x" + String(repeating: "0", count: 30), String(repeating: "é", count: 16),
        ])
    func ids(_ id: String) {
        #expect(field(ListAccounts.Request.self, Wire.text(1, id)) == "after")
        #expect(field(ListLetters.Request.self, Wire.text(1, id)) == "after")
        #expect(field(ListAccounts.Reply.self, Wire.text(2, id)) == "next_after")
        #expect(field(AccountSummary.self, Wire.text(1, id)) == "id")
        #expect(field(CheckSession.Reply.self, Wire.text(1, id)) == "account_id")
    }

    @Test("an id that must be there and is not")
    func missingIDs() {
        #expect(field(AccountSummary.self, []) == "id")
        #expect(field(CheckSession.Reply.self, []) == "account_id")
        #expect(field(ListAccounts.Reply.self, Wire.delimited(1, [])) == "id")
    }

    @Test("a page of more than 1,000", arguments: [1001, 0xFFFF_FFFF])
    func limit(_ limit: UInt64) throws {
        #expect(field(ListAccounts.Request.self, Wire.number(2, limit)) == "limit")
        #expect(field(ListLetters.Request.self, Wire.number(2, limit)) == "limit")
        try decoding(ListAccounts.Request.self, Wire.number(2, 1000)) { #expect($0.limit == 1000) }
    }

    @Test("an update that names no field, or one that is not there")
    func mask() {
        #expect(field(UpdateAccount.Request.self, Wire.text(4, "Camille")) == "field_mask")
        for name in ["", "Name", "name ", "identifier", "expected_version", "password"] {
            let bytes = Wire.text(3, "name") + Wire.text(3, name)
            #expect(field(UpdateAccount.Request.self, bytes) == "field_mask")
        }
    }

    /// The requests that carry an origin, and its field number.
    private func originFields(_ origin: [UInt8]) -> [String?] {
        [
            field(RequestReset.Request.self, Wire.delimited(2, origin)),
            field(ValidateLink.Request.self, Wire.delimited(2, origin)),
            field(ResendCode.Request.self, Wire.delimited(2, origin)),
            field(CancelContactChange.Request.self, Wire.delimited(2, origin)),
            field(Activate.Request.self, Wire.delimited(5, origin)),
            field(Login.Request.self, Wire.delimited(3, origin)),
            field(ChangePassword.Request.self, Wire.delimited(5, origin)),
        ]
    }

    @Test(
        "R71: an origin's address that is too long or would break a line",
        arguments: [
            String(repeating: "1", count: 46), "1.2.3.4\r\n", "\u{1B}[2J", "1\u{2028}2",
            "\u{202E}1", "\u{7F}", "\u{85}",
        ])
    func address(_ address: String) {
        let all = originFields(Wire.text(1, address))
        #expect(all.allSatisfy { $0 == "origin.address" }, "\(all)")
    }

    @Test(
        "R71: an origin's agent that is too long or would break a line",
        arguments: [
            String(repeating: "a", count: 257), String(repeating: "é", count: 129), "a\nb",
            "\u{9B}1m", "\u{2066}a",
        ])
    func agent(_ agent: String) {
        let all = originFields(Wire.text(2, agent))
        #expect(all.allSatisfy { $0 == "origin.agent" }, "\(all)")
    }

    @Test("an origin of the longest address and agent, or none at all, is taken")
    func origin() {
        let longest =
            Wire.text(1, "0000:0000:0000:0000:0000:ffff:255.255.255.255")
            + Wire.text(2, String(repeating: "a", count: 256))
        for bytes in [Wire.delimited(2, longest), Wire.delimited(2, []), []] {
            #expect(refusal(RequestReset.Request.self, bytes) == nil)
        }
    }

    @Test("a hello of no version, or of a range that ends before it begins")
    func versions() {
        func hello(_ lowest: UInt64, _ highest: UInt64) -> [UInt8] {
            Wire.delimited(1, Wire.number(1, lowest) + Wire.number(2, highest))
        }
        #expect(field(Frame.self, hello(0, 1)) == "hello.version_min")
        #expect(field(Frame.self, hello(2, 1)) == "hello.version_min")
        #expect(field(Frame.self, Wire.delimited(1, [])) == "hello.version_min")
        #expect(refusal(Frame.self, hello(1, 0xFFFF_FFFF)) == nil)
    }

    @Test("a hello of more than 32 features")
    func features() {
        let versions = Wire.number(1, 1) + Wire.number(2, 1)
        let feature = Wire.text(6, "f")
        #expect(
            refusal(Frame.self, Wire.delimited(1, versions + feature.repeated(32))) == nil)
        #expect(
            field(Frame.self, Wire.delimited(1, versions + feature.repeated(33)))
                == "hello.features")
    }

    @Test("a frame of no kind, or of one that is not known", arguments: [[], Wire.text(8, "new")])
    func kind(_ bytes: [UInt8]) {
        #expect(field(Frame.self, bytes) == "kind")
    }

    @Test("a reply to ValidateLink without the rules for passwords")
    func passwordRules() {
        #expect(field(ValidateLink.Reply.self, []) == "password")
    }
}
