import Glibc
import RekeyAccess
import RekeyCore
import RekeyService
import RekeyStore
import RekeyWire

/// Step 2 and 6 of a request's life: one method between the wire and the service.
final class Endpoint: Sendable {
    /// A call as it came.
    struct Incoming {
        let frame: RequestFrame
        let caller: String
        /// Not decided later.
        let deadline: ContinuousClock.Instant
    }

    /// A request that was read and has to wait for something.
    struct Prepared: Sendable {
        let answer: @Sendable (Service) async -> Outcome
    }

    /// The reply's message, or why there is none.
    enum Outcome: Sendable {
        case reply(@Sendable (Arena) -> UnsafeRawBufferPointer)
        case refusal(Refusal)
    }

    /// As on the wire.
    let name: String
    /// Who may call it, as services.proto says: a method without roles is nobody's (R76).
    let roles: RoleSet
    private let utf8: [UInt8]
    private let opening: Opening

    private typealias Opening =
        @Sendable (Incoming, Service, Arena, (UnsafeRawBufferPointer) -> Void) throws(Refusal) ->
        Prepared?

    private init(_ name: String, _ opening: @escaping Opening) {
        self.name = name
        self.utf8 = Array(name.utf8)
        let described = ProtocolDescription.methods.first { $0.name == name }
        roles = RoleSet(described?.roles ?? [])
        self.opening = opening
    }

    /// Reads the request and answers it at once, where nothing has to be waited for: then `reply` gets
    /// the reply's message, in the arena, and nil is returned.
    func open(
        _ call: Incoming, _ service: Service, _ arena: Arena,
        reply: (UnsafeRawBufferPointer) -> Void
    ) throws(Refusal) -> Prepared? {
        try opening(call, service, arena, reply)
    }

    /// Every method that is served.
    static let all: [Endpoint] = [
        of(RequestReset.self), of(ValidateLink.self), of(ResendCode.self), of(Activate.self),
        of(CancelContactChange.self),
        of(Login.self), of(CheckSession.self), of(ChangePassword.self), of(Logout.self),
        of(Health.self),
        of(CreateAccount.self), of(GetAccount.self), of(ListAccounts.self),
        of(UpdateAccount.self), of(LockAccount.self), of(UnlockAccount.self),
        of(DisableAccount.self), of(EnableAccount.self), of(DeleteAccount.self),
        of(RevokeSessions.self), of(ListLetters.self), of(ServerStatus.self),
        of(Describe.self),
    ]

    /// By the method's name on the wire, compared as it lies there: a table of strings would need one.
    static func find(_ method: WireText) -> Endpoint? {
        method.withUTF8 { method in
            guard let start = method.baseAddress else { return nil }
            return all.first { endpoint in
                endpoint.utf8.count == method.count
                    && memcmp(endpoint.utf8, start, method.count) == 0
            }
        }
    }

    private static func of<M: Served>(
        _: M.Type
    ) -> Endpoint where M.Request: WireMessage, M.Reply: WireMessage {
        Endpoint(M.name) { (incoming, service, arena, reply) throws(Refusal) -> Prepared? in
            let body = incoming.frame.body
            let request = try arena.scope(
                budget: Arena.requestBudget(body.count)
            ) { () throws(Refusal) in
                try arena.decode(M.Request.self, from: body)
            }
            let call = Call(
                caller: incoming.caller, deadline: incoming.deadline,
                idempotency: idempotency(M.self, request, incoming, service, arena))
            if let answer = try M.answerAtOnce(request, call, service) {
                arena.scope(budget: Arena.packingBudget) { reply(arena.encode(answer)) }
                return nil
            }
            return Prepared { service in
                do throws(Refusal) {
                    let answer = try await M.answer(request, call, service)
                    return .reply { $0.encode(answer) }
                } catch {
                    let expired = ContinuousClock.now >= call.deadline
                    return .refusal(
                        error.reason == .cancelled && expired ? .deadlineExceeded : error)
                }
            }
        }
    }

    /// How to recognise the call again; nil when its caller gave no key.
    private static func idempotency<M: Served>(
        _: M.Type, _ request: M.Request, _ incoming: Incoming, _ service: Service, _ arena: Arena
    ) -> IdempotencyKey? where M.Request: WireMessage {
        guard !incoming.frame.idempotencyKey.isEmpty, M.repeatability != .freely,
            ProtocolTooth.keys.holds,
            M.repeatability == .withKey || ProtocolTooth.loginTakesNoKey.holds
        else { return nil }
        return arena.scope(budget: Arena.packingBudget) {
            service.idempotencyKey(
                caller: incoming.caller, key: incoming.frame.idempotencyKey,
                call: arena.call(M.name, request))
        }
    }
}

extension Arena {
    /// A call without its passwords, as bytes of this arena.
    fileprivate func call<Request: WireMessage>(
        _ name: String, _ request: Request
    ) -> UnsafeRawBufferPointer {
        guard ProtocolTooth.keyFingerprint.holds else {
            return encode(RequestFrame(callID: 0, method: WireText(name)))
        }
        let kept = (request as? any CarriesPasswords)?.withoutPasswords as? Request ?? request
        return encode(
            RequestFrame(callID: 0, method: WireText(name), body: encode(kept)))
    }
}
