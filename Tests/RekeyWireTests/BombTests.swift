// Frames of the full 64 KiB, each made to cost as much as it can.

import CProtobufC
import CRekeyProto
import RekeyCore
import RekeyWire
import Testing

@Suite("Bombs of 64 KiB")
struct BombTests {
    struct Bomb: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What it is sent as.
        let type: @Sendable () -> Descriptor
        /// Repeated until the frame is full.
        let part: [UInt8]

        init(_ name: String, _ type: @escaping @Sendable () -> Descriptor, _ part: [UInt8]) {
            testDescription = name
            self.type = type
            self.part = part
        }

        var bytes: [UInt8] {
            part.repeated(WireLimits.requestFrameBytesMax / part.count)
        }
    }

    static let refused: [Bomb] = [
        Bomb("unknown fields", { rekey_frame_descriptor() }, Wire.number(15, 0)),
        Bomb("unknown empty strings", { rekey_login_request_descriptor() }, Wire.delimited(15, [])),
        Bomb("features", { rekey_hello_descriptor() }, Wire.delimited(6, [])),
        Bomb("details", { rekey_response_descriptor() }, Wire.delimited(5, [])),
        Bomb("names in a mask", { rekey_update_account_request_descriptor() }, Wire.text(3, "")),
        Bomb(
            "accounts of a page", { rekey_list_accounts_reply_descriptor() },
            Wire.delimited(1, [])),
        Bomb("pings", { rekey_frame_descriptor() }, Wire.delimited(5, [])),
        Bomb("origins", { rekey_login_request_descriptor() }, Wire.delimited(3, [])),
        Bomb("groups", { rekey_frame_descriptor() }, [0x0B]),
    ]

    @Test(
        "R84: wide bombs are refused by the scan, before anything is allocated", arguments: refused)
    func refusedByScan(_ bomb: Bomb) {
        #expect(fault(bomb.bytes, as: bomb.type()) != nil)
    }

    /// What the scan lets through, since a scalar may stand twice: the last one counts.
    static let repeatedScalars: [Bomb] = [
        Bomb("one short string", { rekey_account_request_descriptor() }, Wire.text(1, "")),
        Bomb("one longer string", { rekey_account_request_descriptor() }, Wire.text(1, "abcdefgh")),
        Bomb("one bytes field", { rekey_logout_request_descriptor() }, Wire.delimited(1, [1])),
        Bomb("one number", { rekey_cancel_descriptor() }, Wire.number(1, 1)),
    ]

    @Test(
        "R84: a scalar that stands thousands of times ends at the budget",
        arguments: repeatedScalars)
    func endAtBudget(_ bomb: Bomb) {
        let bytes = bomb.bytes
        #expect(fault(bytes, as: bomb.type()) == nil)
        #expect(Library(bytes, as: bomb.type()).bytesAllocated > 256 * 1024)
        let refusal: Refusal? =
            switch bomb.type() {
            case rekey_account_request_descriptor(): refusal(AccountRequest.self, bytes)
            case rekey_logout_request_descriptor(): refusal(Logout.Request.self, bytes)
            default: refusal(CancelTwin.self, bytes)
            }
        #expect(refusal?.reason == .bodyInvalid)
    }

    @Test("R84: an honest frame of 64 KiB fits its budget")
    func honest() throws {
        let body = [UInt8](repeating: 1, count: 64 * 1024 - 100)
        let bytes = body.withUnsafeBytes {
            encoded(Frame.request(RequestFrame(callID: 1, method: WireText(Login.name), body: $0)))
        }
        #expect(bytes.count <= WireLimits.requestFrameBytesMax)
        try decoding(Frame.self, bytes) {
            guard case .request(let request) = $0 else { throw WireFault("another frame") }
            #expect(request.body.count == body.count)
        }
    }

    static let pages: [ListAccounts.Reply] = [(1, "a@b.fr", "+12345678"), (128, "", "")].map {
        length, mail, mobile in
        let text = String(repeating: "n", count: length)
        let account = AccountSummary(
            id: SubjectID(rawValue: 1),
            profile: Profile(
                identifier: text, name: text, mail: mail.isEmpty ? text : mail,
                mobile: mobile.isEmpty ? "+123456789012345" : mobile, language: .french),
            state: .active, mobileConfirmed: false, version: 1,
            createdAt: Timestamp(milliseconds: 1), liveSessions: 0, openResets: 0, loginFailures: 0,
            contactHoldUntil: Timestamp(milliseconds: 2))
        return ListAccounts.Reply(
            accounts: Array(repeating: account, count: 1000), nextAfter: nil)
    }

    @Test(
        "a full page of accounts, short or long, fits frame and budget of a reply", arguments: pages
    )
    func fullPage(_ page: ListAccounts.Reply) throws {
        let bytes = encoded(page)
        #expect(bytes.count < WireLimits.responseFrameBytesMax - 100)
        let arena = Arena()
        let back = try bytes.withUnsafeBytes { bytes in
            try arena.scope(budget: Arena.replyBudget(bytes.count)) {
                try arena.decode(ListAccounts.Reply.self, from: bytes)
            }
        }
        #expect(back == page)
    }
}

/// `Cancel` by itself, which otherwise travels in a frame only.
private struct CancelTwin: WireMessage {
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> { rekey_cancel_descriptor() }
    init(_ message: Rekey__V1__Cancel) {}
    func fill(_ message: inout Rekey__V1__Cancel, _ arena: Arena) {}
}
