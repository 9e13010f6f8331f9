import RekeyCore
import RekeyService
import RekeyStore
import RekeyWire

/// Step 2 and 6 of a request's life: one method between the wire and the service.
struct Endpoint: Sendable {
    /// A request that was read, ready to be answered.
    struct Prepared: Sendable {
        let answer: @Sendable (Call, Service) async -> Outcome
        /// How to recognise the call again; nil when its caller gave no key.
        let idempotency: IdempotencyKey?
    }

    /// The reply's message, or why there is none.
    enum Outcome: Sendable {
        case reply(@Sendable (Arena) -> UnsafeRawBufferPointer)
        case refusal(Refusal)
    }

    let prepare:
        @Sendable (RequestFrame, _ caller: String, Service, Arena) throws(Refusal) -> Prepared

    /// Every method of both services, by its name on the wire.
    static let all: [String: Endpoint] = [
        entry(RequestReset.self), entry(ValidateLink.self), entry(ResendCode.self),
        entry(Activate.self), entry(Login.self), entry(CheckSession.self),
        entry(ChangePassword.self), entry(Logout.self), entry(Health.self),
        entry(CreateAccount.self), entry(GetAccount.self), entry(ListAccounts.self),
        entry(UpdateAccount.self), entry(LockAccount.self), entry(UnlockAccount.self),
        entry(DisableAccount.self), entry(EnableAccount.self), entry(DeleteAccount.self),
        entry(RevokeSessions.self), entry(ListLetters.self), entry(ServerStatus.self),
    ].reduce(into: [:]) { $0[$1.name] = $1.endpoint }

    private static func entry<M: Served>(
        _: M.Type
    ) -> (name: String, endpoint: Endpoint) where M.Request: WireMessage, M.Reply: WireMessage {
        let endpoint = Endpoint { frame, caller, service, arena throws(Refusal) in
            let request = try arena.scope(
                budget: Arena.requestBudget(frame.body.count)
            ) { () throws(Refusal) in
                try arena.decode(M.Request.self, from: frame.body)
            }
            return Prepared(
                answer: { call, service in
                    do throws(Refusal) {
                        let reply = try await M.answer(request, call, service)
                        return .reply { $0.encode(reply) }
                    } catch {
                        let expired = ContinuousClock.now >= call.deadline
                        return .refusal(
                            error.reason == .cancelled && expired ? .deadlineExceeded : error)
                    }
                },
                idempotency: frame.idempotencyKey.isEmpty
                    ? nil
                    : arena.scope(budget: Arena.packingBudget) {
                        service.idempotencyKey(
                            caller: caller, key: frame.idempotencyKey,
                            call: arena.call(M.name, request))
                    })
        }
        return (M.name, endpoint)
    }
}

extension Arena {
    /// A call without its passwords, as bytes of this arena.
    fileprivate func call<Request: WireMessage>(
        _ name: String, _ request: Request
    ) -> UnsafeRawBufferPointer {
        let kept = (request as? any CarriesPasswords)?.withoutPasswords as? Request ?? request
        return encode(
            RequestFrame(callID: 0, method: name, body: encode(kept)))
    }
}
