import ArgumentParser
import RekeyClientTestSupport
import RekeyCore
import RekeyWire
import Testing

@testable import rekey

@Suite("Changed contacts, on the command line", .timeLimit(.minutes(1)))
struct ContactCommandTests {
    private static func account(heldUntil: Timestamp?) -> AccountSummary {
        AccountSummary(
            id: SubjectID(rawValue: 1),
            profile: Profile(
                identifier: "c-1", name: "Claire", mail: "c@exemple.fr", mobile: "+33612345678",
                language: .french),
            state: .active, mobileConfirmed: true, version: 4,
            createdAt: Timestamp(milliseconds: 0), liveSessions: 0, openResets: 0,
            loginFailures: 0, contactHoldUntil: heldUntil)
    }

    /// Runs a command against a server that shows such an account, and takes one link.
    private static func run(
        _ arguments: [String], input: String = "", heldUntil: Timestamp? = nil
    ) async throws -> (ExitClass, Standing) {
        let server = try await ScriptedServer.answering { request, peer in
            switch request.method.text {
            case CancelContactChange.name:
                let arena = Arena()
                let link = try? arena.scope(
                    budget: Arena.requestBudget(request.body.count)
                ) { () throws(Refusal) in
                    try arena.decode(CancelContactChange.Request.self, from: request.body).link
                }
                if link == Secret("AQAB-_"), !request.idempotencyKey.isEmpty {
                    peer.reply(request.callID, Nothing())
                } else {
                    peer.refuse(request.callID, Failure(.linkInvalid))
                }
            default: peer.reply(request.callID, account(heldUntil: heldUntil))
            }
        }
        let standing = try Standing(
            input: input,
            environment: [
                "REKEY_SERVER": "127.0.0.1:\(server.port)", "REKEY_PLAINTEXT_ON_LOOPBACK": "true",
            ])
        let command = try Rekey.parseAsRoot(arguments)
        let exit = await (try #require(command as? any RemoteCommand)).run(in: standing.world)
        return (exit, standing)
    }

    @Test(
        "R93: the link of the mail takes the change back, as the token or as the whole address",
        arguments: ["AQAB-_", "https://ep.exemple.fr/ep#cancel=AQAB-_"])
    func cancel(_ link: String) async throws {
        let (exit, standing) = try await Self.run(
            ["contact", "cancel-change", "--link-file", "-"], input: "\(link)\n")
        #expect(exit == .done)
        #expect(standing.output.hasPrefix("The contacts are those of before"))
    }

    @Test("R19: a link that takes nothing back is refused")
    func refused() async throws {
        let (exit, standing) = try await Self.run(
            ["contact", "cancel-change", "--link-file", "-"], input: "another\n")
        #expect(exit == .notFound && standing.output.isEmpty)
        #expect(!standing.errors.contains("another"))
    }

    @Test("R93: who changes or shows an account hears until when nobody recovers it")
    func paused() async throws {
        for arguments in [
            ["account", "show", "c-1"], ["account", "update", "c-1", "--mail", "d"],
        ] {
            let held = Timestamp(milliseconds: 4_102_444_800_000)
            let (_, paused) = try await Self.run(arguments, heldUntil: held)
            #expect(paused.output.contains("2100-01-01") || paused.output.contains("2099-12-31"))
            let (_, open) = try await Self.run(arguments)
            #expect(!open.output.contains("until"))
        }
    }
}
