import RekeyCore
import RekeyWire
import Testing

@testable import RekeyClient

@Suite("Repeating a call")
struct CallPlanTests {
    private static let all: [Repeatability] = [.freely, .withKey, .never]
    private static let lost = ClientError.lost(outcomeUnknown: true, "gone")
    private static let unsent = ClientError.lost(outcomeUnknown: false, "gone")
    private static let busy = ClientError.refused(Failure(Refusal(.storeBusy, "busy")))

    private func verdict(
        _ repeatability: Repeatability, _ error: ClientError, left: Duration = .seconds(10)
    ) -> CallPlan.Verdict {
        var plan = CallPlan(repeatability)
        return plan.judge(error, left: left, jitter: 0.5)
    }

    private let again = CallPlan.Verdict.again(after: .milliseconds(50))

    @Test("P6.2: any call is repeated that was not processed, Login too", arguments: all)
    func notProcessed(_ repeatability: Repeatability) {
        for reason in Reason.allCases where reason.isNotProcessed {
            let error = ClientError.refused(Failure(Refusal(reason, "not now")))
            #expect(verdict(repeatability, error) == again, "\(reason)")
        }
    }

    @Test("P6.2: it is the word not_processed that counts, with a reason of tomorrow too")
    func reasonOfTomorrow() {
        var failure = Failure(
            status: .permissionDenied, reason: "OF_TOMORROW", message: "", isNotProcessed: true)
        #expect(verdict(.never, .refused(failure)) == again)
        failure.isNotProcessed = false
        #expect(verdict(.freely, .refused(failure)) == .fail(.refused(failure)))
    }

    @Test("P6.2: any call is repeated that was above last_call_id, or never sent", arguments: all)
    func unsent(_ repeatability: Repeatability) {
        #expect(verdict(repeatability, Self.unsent) == again)
    }

    @Test("P6.1, P6.3: a lost call is repeated when it changes nothing, or has a key")
    func lost() {
        #expect(verdict(.freely, Self.lost) == again)
        #expect(verdict(.withKey, Self.lost) == again)
    }

    @Test("P6.5: Login is not repeated after an unknown outcome")
    func login() {
        #expect(verdict(Login.repeatability, Self.lost) == .fail(Self.lost))
        let unknown = ClientError.refused(Failure(Refusal(.outcomeUnknown, "?")))
        #expect(verdict(Login.repeatability, unknown) == .fail(unknown))
    }

    @Test("P6.3: what failed while it ran is repeated with its key, or freely")
    func outcomeUnknown() {
        let unknown = ClientError.refused(Failure(Refusal(.outcomeUnknown, "?")))
        #expect(verdict(.withKey, unknown) == again)
        #expect(verdict(.freely, unknown) == again)
    }

    @Test("an answer is an answer: other refusals are never repeated", arguments: all)
    func answers(_ repeatability: Repeatability) {
        for reason in Reason.allCases where !reason.isNotProcessed && reason != .outcomeUnknown {
            let error = ClientError.refused(Failure(Refusal(reason, "no")))
            #expect(verdict(repeatability, error) == .fail(error), "\(reason)")
        }
    }

    @Test("what cannot be sent, was given up or cannot be read is not repeated", arguments: all)
    func hopeless(_ repeatability: Repeatability) {
        let kinds: [ClientError.Kind] = [
            .addressInvalid, .cannotConnect, .requestTooLong, .replyInvalid, .timedOut,
            .cancelled(outcomeUnknown: true), .cancelled(outcomeUnknown: false),
        ]
        for kind in kinds {
            let error = ClientError(kind, "no")
            #expect(verdict(repeatability, error) == .fail(error), "\(kind)")
        }
    }

    @Test("P6.7: waits for retry_after_ms, or for the backoff where that is longer")
    func retryAfter() {
        var failure = Failure(Refusal(.overloaded, "busy"))
        failure.retryAfter = .seconds(3)
        var plan = CallPlan(.never)
        #expect(
            plan.judge(.refused(failure), left: .seconds(9), jitter: 1)
                == .again(after: .seconds(3)))
        failure.retryAfter = .milliseconds(150)
        #expect(
            plan.judge(.refused(failure), left: .seconds(9), jitter: 1)
                == .again(after: .milliseconds(200)))
    }

    @Test("P6.7: never waits beyond the caller's time: then the last refusal is told")
    func deadline() {
        var failure = Failure(Refusal(.overloaded, "busy"))
        failure.retryAfter = .seconds(3)
        let error = ClientError.refused(failure)
        #expect(verdict(.freely, error, left: .seconds(3)) == .fail(error))
        #expect(verdict(.freely, Self.busy, left: .milliseconds(50)) == .fail(Self.busy))
        #expect(verdict(.freely, Self.busy, left: .milliseconds(51)) == again)
        #expect(verdict(.freely, Self.busy, left: .seconds(-1)) == .fail(Self.busy))
    }

    @Test("an attempt with an unknown outcome is not forgotten when later ones were not processed")
    func unknownStays() {
        for later in [Self.busy, Self.unsent, ClientError(.cannotConnect, "nobody")] {
            var plan = CallPlan(.withKey)
            #expect(plan.judge(Self.lost, left: .seconds(1), jitter: 0) == .again(after: .zero))
            #expect(plan.judge(later, left: .zero, jitter: 0) == .fail(Self.lost))
        }
        var plan = CallPlan(.withKey)
        _ = plan.judge(Self.lost, left: .seconds(1), jitter: 0)
        #expect(
            plan.told(.cancelled(outcomeUnknown: false)) == .cancelled(outcomeUnknown: true))
        // The key makes a later answer the first one's.
        let answer = ClientError.refused(Failure(Refusal(.accountExists, "there")))
        #expect(plan.judge(answer, left: .seconds(1), jitter: 0) == .fail(answer))
    }

    @Test("what changes nothing has no unknown outcome to remember")
    func freelyForgets() {
        var plan = CallPlan(.freely)
        _ = plan.judge(Self.lost, left: .seconds(1), jitter: 0)
        #expect(plan.judge(Self.busy, left: .zero, jitter: 0) == .fail(Self.busy))
    }

    @Test("P4.6: the server gets a little less than what is left, and never nothing")
    func timeout() {
        #expect(Call.timeout(ofWhatIsLeft: .seconds(10)) == .milliseconds(9900))
        #expect(Call.timeout(ofWhatIsLeft: .milliseconds(200)) == .milliseconds(180))
        #expect(Call.timeout(ofWhatIsLeft: .seconds(-1)) == .milliseconds(1))
    }
}
