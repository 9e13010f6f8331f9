// The methods of RekeyCore against the services of the .proto.

import CProtobufC
import RekeyCore
import RekeyWire
import Testing

@Suite("Methods")
struct MethodTests {
    @Test("each RPC of the services has its method, with the messages that the .proto names")
    func services() {
        var waiting = Dictionary(uniqueKeysWithValues: Schema.methods.map { ($0.name, $0) })
        func check<M: Method>(_: M.Type) where M.Request: WireMessage, M.Reply: WireMessage {
            guard let described = waiting.removeValue(forKey: M.name) else {
                Issue.record("\(M.name) is in no service, or twice in this test")
                return
            }
            let told = ProtocolDescription.methods.first { $0.name == M.name }
            #expect(told?.repeatability == M.repeatability)
            #expect(sameOnTheWire(M.Request.descriptor, described.request))
            #expect(sameOnTheWire(M.Reply.descriptor, described.reply))
        }
        check(RequestReset.self)
        check(ValidateLink.self)
        check(ResendCode.self)
        check(Activate.self)
        check(CancelContactChange.self)
        check(Login.self)
        check(CheckSession.self)
        check(ChangePassword.self)
        check(Logout.self)
        check(Health.self)
        check(CreateAccount.self)
        check(GetAccount.self)
        check(ListAccounts.self)
        check(UpdateAccount.self)
        check(LockAccount.self)
        check(UnlockAccount.self)
        check(DisableAccount.self)
        check(EnableAccount.self)
        check(DeleteAccount.self)
        check(RevokeSessions.self)
        check(ListLetters.self)
        check(Describe.self)
        check(ServerStatus.self)
        #expect(waiting.isEmpty, "RPCs without a method")
    }

    /// One descriptor, or two without fields, whose messages are the same bytes: none.
    private func sameOnTheWire(_ one: Descriptor, _ other: Descriptor) -> Bool {
        one == other || (one.fields.isEmpty && other.fields.isEmpty)
    }
}
