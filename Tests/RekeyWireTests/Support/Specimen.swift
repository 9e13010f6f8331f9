// Values with every field set, and what the tests ask of all of them alike.

import CProtobufC
import RekeyCore
import RekeyWire
import Testing

/// One filled value: its bytes, and the way back.
struct Specimen: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    private let type: @Sendable () -> Descriptor
    private let again: @Sendable ([UInt8]) throws -> [UInt8]

    init<Value: WireMessage & SendableMetatype>(_ name: String, _ value: Value) {
        testDescription = name
        bytes = encoded(value)
        type = { Value.descriptor }
        again = { bytes in try decoding(Value.self, bytes) { encoded($0) } }
    }

    var descriptor: Descriptor { type() }

    /// Decodes to the Swift value and encodes that.
    func reencoded(_ bytes: [UInt8]) throws -> [UInt8] { try again(bytes) }
}

extension Specimen {
    private static func secret(_ text: String) -> Secret { Secret(Array(text.utf8)) }

    private static let origin = Origin(address: "2001:db8::1", agent: "Mozilla/5.0 é")
    private static let time = Timestamp(milliseconds: 1_700_000_000_123)
    private static let later = Timestamp(milliseconds: 1_700_000_600_000)

    private static let account = AccountSummary(
        id: SubjectID(rawValue: 0xF1),
        profile: Profile(
            identifier: "c.dupont", name: "Camille Dupont", mail: "c@exemple.fr",
            mobile: "+33612345678", language: .english),
        state: .suspended, mobileConfirmed: true, version: .max, createdAt: time, liveSessions: 1,
        openResets: 2, loginFailures: 3, contactHoldUntil: later)

    private static let letter = Letter(
        id: LetterID(rawValue: 1), subject: SubjectID(rawValue: .max), kind: .recoveredSMS,
        reset: ResetID(rawValue: 0), codeGeneration: 0, queuedAt: time, attempts: 4,
        nextAttempt: later)

    static let requests: [Specimen] = [
        .init(
            "RequestReset.Request", RequestReset.Request(identifier: "42", origin: origin)),
        .init(
            "ValidateLink.Request",
            ValidateLink.Request(link: secret("link"), origin: origin)),
        .init("ResendCode.Request", ResendCode.Request(link: secret("link"), origin: origin)),
        .init(
            "CancelContactChange.Request",
            CancelContactChange.Request(link: secret("link"), origin: origin)),
        .init(
            "Activate.Request",
            Activate.Request(
                link: secret("link"), code: secret("aB3dE"), password: secret("correct \0 horse"),
                confirmation: secret("correct \0 horse!"), origin: origin)),
        .init(
            "Login.Request",
            Login.Request(
                identifier: "42", password: secret("correct horse"), origin: origin,
                earlierSession: secret("earlier"))),
        .init("CheckSession.Request", CheckSession.Request(session: secret("session"))),
        .init(
            "ChangePassword.Request",
            ChangePassword.Request(
                session: secret("session"), currentPassword: secret("old"),
                newPassword: secret("new"), confirmation: secret("new!"), origin: origin)),
        .init("Logout.Request", Logout.Request(session: secret("session"))),
        .init(
            "CreateAccount.Request",
            CreateAccount.Request(
                identifier: "42", name: "Camille", mail: "c@exemple.fr", mobile: "+33612345678",
                language: .french)),
        .init("AccountRequest", AccountRequest(identifier: "42")),
        .init(
            "ListAccounts.Request",
            ListAccounts.Request(after: SubjectID(rawValue: 7), limit: 1000)),
        .init(
            "UpdateAccount.Request",
            UpdateAccount.Request(
                identifier: "42", expectedVersion: 9, name: "C", mail: "c@exemple.fr",
                mobile: "+33612345678", language: .english)),
        .init(
            "ListLetters.Request", ListLetters.Request(after: LetterID(rawValue: 7), limit: 1)),
        .init("Nothing", Nothing()),
        .init("Health.Request", Health.Request(service: "rekey.v1.Rekey")),
    ]

    static let replies: [Specimen] = [
        .init("RequestReset.Reply", RequestReset.Reply(linkLife: .hours(12))),
        .init(
            "ValidateLink.Reply",
            ValidateLink.Reply(
                validUntil: time, password: PasswordRules(codePointsMin: 15, bytesMax: 1024),
                maskedMail: "c•••@•••.fr", maskedMobile: "•••56", codeValidUntil: later,
                resendsLeft: 3, isActivation: true)),
        .init("ResendCode.Reply", ResendCode.Reply(codeValidUntil: later, resendsLeft: 2)),
        .init(
            "Login.Reply",
            Login.Reply(session: secret("session"), validUntil: time, idle: .minutes(5))),
        .init(
            "CheckSession.Reply",
            CheckSession.Reply(
                account: SubjectID(rawValue: 1 << 127), identifier: "42", name: "C",
                validUntil: later, idleUntil: time)),
        .init("Health.Reply", Health.Reply.notServing),
        .init(
            "Describe.Reply",
            Describe.Reply(
                descriptorSet: [1, 0, 255],
                methods: [
                    .init(
                        name: Login.name, roles: [.service, .monitor], repeatability: .never),
                    .init(name: Health.name, roles: [], repeatability: .freely),
                ],
                limits: ServerLimits(
                    requestFrameBytesMax: 1, responseFrameBytesMax: 2, callsMax: 3,
                    deadlineDefault: .milliseconds(4), deadlineMax: .milliseconds(5),
                    helloWithin: .milliseconds(6), frameWithin: .milliseconds(7),
                    idle: .milliseconds(8), pingAfter: .milliseconds(9),
                    pongWithin: .milliseconds(10), drain: .milliseconds(11),
                    idempotencyKeyBytesMax: 12, idempotencyKeysMax: 13,
                    idempotencyLife: .hours(1)))),
        .init("AccountSummary", account),
        .init(
            "ListAccounts.Reply",
            ListAccounts.Reply(accounts: [account, account], nextAfter: SubjectID(rawValue: 7))),
        .init("RevokeSessions.Reply", RevokeSessions.Reply(revoked: 5)),
        .init(
            "ListLetters.Reply",
            ListLetters.Reply(letters: [letter, letter], nextAfter: LetterID(rawValue: 7))),
        .init(
            "ServerStatus.Reply",
            ServerStatus.Reply(
                startedAt: time, now: later, accounts: .max, lettersWaiting: 2,
                durableSequence: .max, logBytesSinceCheckpoint: 3, connections: 4,
                isDiskFull: true, clockAhead: .milliseconds(5),
                certificateValidUntil: Timestamp(milliseconds: 7), handshakesFailed: 8)),
    ]

    static let frames: [Specimen] = [
        .init(
            "Hello",
            Frame.hello(
                Hello(
                    versions: 1...3, requestFrameBytesMax: 65536, responseFrameBytesMax: 1 << 20,
                    callsMax: 100, features: ["a", ""]))),
        .init(
            "Request",
            Frame.request(
                RequestFrame(
                    callID: .max, method: WireText(Login.name), body: view,
                    timeout: .milliseconds(2500),
                    idempotencyKey: [0, 255], traceContext: "00-0af7-b7ad-01"))),
        .init("Reply", Frame.response(ResponseFrame(callID: 7, outcome: .reply(view)))),
        .init(
            "Failure",
            Frame.response(
                ResponseFrame(
                    callID: 8,
                    outcome: .failure(
                        Failure(
                            status: .resourceExhausted, reason: "OVERLOADED", message: "wait",
                            details: [
                                .init(field: "a", problem: "b"), .init(field: "", problem: ""),
                            ],
                            retryAfter: .milliseconds(1500), isNotProcessed: true))))),
        .init("Cancel", Frame.cancel(callID: 1)),
        .init("Ping", Frame.ping(token: .max)),
        .init("Pong", Frame.pong(token: 1)),
        .init(
            "GoAway",
            Frame.goAway(GoAway(lastCallID: 3, reason: "DRAINING", message: "closing"))),
    ]

    static let all = requests + replies + frames

    /// A body that lives as long as the process, as a frame's view demands.
    private static var view: UnsafeRawBufferPointer {
        let text: StaticString = "any bytes"
        return UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}
