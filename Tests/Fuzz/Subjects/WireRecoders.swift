// Which types of ours stand for the messages of a method: what the services' descriptors cannot say.
import RekeyCore
import RekeyWire

/// Decoding into our types and packing what came of it, by the method's full name.
enum WireRecoders {
    typealias Recoder =
        @Sendable (Arena, UnsafeRawBufferPointer, _ budget: Int) throws(Refusal) -> [UInt8]

    static let ofMethods: [String: (request: Recoder, reply: Recoder)] = Dictionary(
        uniqueKeysWithValues: [
            of(RequestReset.self), of(ValidateLink.self), of(ResendCode.self), of(Activate.self),
            of(CancelContactChange.self),
            of(Login.self), of(CheckSession.self), of(ChangePassword.self), of(Logout.self),
            of(Health.self), of(Describe.self),
            of(CreateAccount.self), of(GetAccount.self), of(ListAccounts.self),
            of(UpdateAccount.self), of(LockAccount.self), of(UnlockAccount.self),
            of(DisableAccount.self), of(EnableAccount.self), of(DeleteAccount.self),
            of(RevokeSessions.self), of(ListLetters.self), of(ServerStatus.self),
        ])

    static func recoder<Value: WireMessage>(_: Value.Type) -> Recoder {
        { (arena, bytes, budget) throws(Refusal) in
            try arena.scope(budget: budget) { () throws(Refusal) in
                let value = try arena.decode(Value.self, from: bytes)
                return arena.scope(budget: Arena.packingBudget) { Array(arena.encode(value)) }
            }
        }
    }

    private static func of<M: Method>(
        _: M.Type
    ) -> (String, (request: Recoder, reply: Recoder))
    where M.Request: WireMessage, M.Reply: WireMessage {
        (M.name, (recoder(M.Request.self), recoder(M.Reply.self)))
    }
}
