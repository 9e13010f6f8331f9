import RekeyClient
import RekeyCore
import RekeyWire
import Testing

@testable import rekey

@Suite("Exit codes")
struct ExitClassTests {
    @Test("each status of the wire has the code that the table promises")
    func statuses() {
        let promised: [StatusCode: Int32] = [
            .ok: 0, .cancelled: 10, .unknown: 70, .invalidArgument: 3, .deadlineExceeded: 10,
            .notFound: 4, .alreadyExists: 7, .permissionDenied: 6, .resourceExhausted: 8,
            .failedPrecondition: 7, .aborted: 7, .outOfRange: 3, .unimplemented: 12,
            .internalError: 70, .unavailable: 9, .dataLoss: 70, .unauthenticated: 5,
        ]
        for status in StatusCode.allCases {
            #expect(ExitClass(status).rawValue == promised[status], "\(status)")
        }
    }

    @Test("an outcome that is not known has a code of its own, whoever says so")
    func outcomeUnknown() {
        let failure = Failure(
            status: .unknown, reason: Reason.outcomeUnknown.rawValue, message: "")
        let kinds: [ClientError.Kind] = [
            .refused(failure), .connectionLost(outcomeUnknown: true), .timedOut,
            .cancelled(outcomeUnknown: true),
        ]
        for kind in kinds { #expect(CommandError(ClientError(kind, "")).exit.rawValue == 11) }
    }

    @Test("what happens on this side of the wire has the codes that the table promises")
    func local() {
        let promised: [(ClientError.Kind, Int32)] = [
            (.addressInvalid, 64), (.requestTooLong, 64), (.cannotConnect, 9),
            (.connectionLost(outcomeUnknown: false), 9), (.cancelled(outcomeUnknown: false), 10),
            (.replyInvalid, 70), (.profileInvalid, 78), (.serverUntrusted, 76),
            (.callerRefused, 6),
        ]
        for (kind, code) in promised {
            #expect(CommandError(ClientError(kind, "")).exit.rawValue == code)
        }
    }

    @Test(
        "R91: a limit says when to try again, to people and to programs, and never a moment early")
    func retryAfter() {
        var failure = Failure(Refusal(.rateLimited, "too many of the kind"))
        for (time, text) in [
            (Duration.seconds(180), "3 min"), (.milliseconds(1), "1 s"),
            (.milliseconds(59_001), "1 min"),
        ] {
            failure.retryAfter = time
            let error = CommandError(ClientError(.refused(failure), failure.message))
            #expect(error.exit == .overLimit)
            #expect(error.text == "rekey: too many of the kind\nrepeat in \(text)\n")
            #expect(error.json.contains(#""retryAfterMs":\#(time.milliseconds)}"#))
        }
    }

    @Test(
        "R76: a method that is forbidden to the caller has the code of PERMISSION_DENIED, and advice"
    )
    func forbidden() {
        let failure = Failure(Refusal(.methodForbidden, "not yours"))
        let error = CommandError(ClientError(.refused(failure), failure.message))
        #expect(error.exit.rawValue == 6)
        #expect(error.text.contains("rekey call --list"))
    }

    @Test("the table lists every code once, with its meaning, in 80 columns")
    func table() {
        let lines = ExitClass.table.split(separator: "\n")
        #expect(
            lines.map { Int32($0.split(separator: " ")[0]) } == ExitClass.allCases.map(\.rawValue))
        for line in lines { #expect(DisplayWidth.of(line) <= 80) }
    }
}
