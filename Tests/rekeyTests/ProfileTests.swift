import ArgumentParser
import Foundation
import RekeyClientTestSupport
import RekeyCore
import RekeyWire
import Synchronization
import Testing

@testable import rekey

@Suite("The profile of a command", .timeLimit(.minutes(1)))
final class ProfileTests {
    private let authority: TestAuthority
    /// Where the server listens, as a caller finds it.
    private let profile: TestProfile
    private let server: ScriptedServer

    init() async throws {
        authority = try TestAuthority()
        server = try await ScriptedServer.answering(
            .tls(authority.issue(.server, names: ["localhost"]), clients: authority)
        ) { request, peer in
            switch request.method.text {
            case Health.name: peer.reply(request.callID, Health.Reply.serving)
            default:
                peer.refuse(request.callID, Failure(Refusal(.methodForbidden, "not yours")))
            }
        }
        profile = try TestProfile(of: authority, servers: ["localhost:\(server.port)"])
    }

    private func run(
        _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> (exit: ExitClass, Standing) {
        let standing = try Standing(environment: environment)
        let command = try #require(try Rekey.parseAsRoot(arguments) as? any RemoteCommand)
        return (await command.run(in: standing.world), standing)
    }

    @Test("is the option's, else REKEY_PROFILE's, else the one at the place that XDG or HOME names")
    func places() async throws {
        try await Standing.inFolder { home in
            try FileManager.default.createDirectory(
                atPath: "\(home)/.config", withIntermediateDirectories: false)
            // As 'rekeyd init' does it.
            for link in ["\(home)/rekey", "\(home)/.config/rekey"] {
                try FileManager.default.createSymbolicLink(
                    atPath: link, withDestinationPath: profile.folder)
            }
            for environment in [
                ["HOME": home], ["XDG_CONFIG_HOME": home, "HOME": "/nowhere"],
                ["XDG_CONFIG_HOME": "relative", "HOME": home],
                ["REKEY_PROFILE": profile.folder, "HOME": "/nowhere"],
            ] {
                let (exit, standing) = try await run("health", environment: environment)
                #expect(exit == .done, "\(environment): \(standing.errors)")
            }
            let (exit, standing) = try await run(
                "health", "--profile", profile.folder,
                environment: [
                    "REKEY_PROFILE": "/nowhere", "REKEY_PLAINTEXT_ON_LOOPBACK": "true",
                ])
            #expect(exit == .done, "\(standing.errors)")
            let (named, missing) = try await run(
                "health", environment: ["REKEY_PROFILE": "/nowhere", "HOME": home])
            #expect(named == .profile)
            #expect(missing.errors.contains("/nowhere/ca.pem: No such file"))
        }
    }

    @Test("names the servers, unless --server or REKEY_SERVER do")
    func servers() async throws {
        try profile.write("localhost:1\n", to: "server")
        let folder = profile.folder
        let (nobody, _) = try await run("health", "--profile", folder)
        #expect(nobody == .unavailable)
        let (option, _) = try await run(
            "health", "--profile", folder, "--server", "localhost:\(server.port)")
        #expect(option == .done)
        let (environment, _) = try await run(
            "health", "--profile", folder,
            environment: ["REKEY_SERVER": "localhost:1, localhost:\(server.port)"])
        #expect(environment == .done)
        let (usage, _) = try await run("health", "--profile", folder, "--server", "localhost")
        #expect(usage == .usage)
    }

    @Test("R74: asks for TLS, so that it cannot stand beside --plaintext-on-loopback")
    func contradiction() async throws {
        let (exit, standing) = try await run(
            "health", "--profile", profile.folder, "--plaintext-on-loopback")
        #expect(exit == .usage)
        #expect(standing.errors.contains("name one"))
    }

    @Test(
        "R76, R77: what is wrong with it, with the server and with the caller has a code of its own"
    )
    func codes() async throws {
        let (untrusted, notHim) = try await run(
            "status", "--profile", profile.folder, "--server", "127.0.0.1:\(server.port)")
        #expect(untrusted == .untrusted)
        #expect(notHim.errors.contains("not for '127.0.0.1'"))
        let (denied, notHis) = try await run("status", "--profile", profile.folder)
        #expect(denied == .permissionDenied)
        #expect(notHis.errors.contains("not yours"))
        try profile.write(TestAuthority("another").issue(.client))
        let (refused, notIts) = try await run("status", "--profile", profile.folder)
        #expect(refused == .permissionDenied)
        #expect(notIts.errors.contains("another CA signed it"), "\(notIts.errors)")
        try profile.write("", to: "identity.pem", mode: 0o644)
        let (invalid, open) = try await run("status", "--profile", profile.folder, "--json")
        #expect(invalid == .profile)
        #expect(open.errors.contains(#""reason":"PROFILE_INVALID""#))
        #expect(open.errors.contains("chmod 600"))
    }

    @Test("R74: bench calls over TLS too")
    func bench() async throws {
        let (exit, standing) = try await run(
            "bench", "Health", "--profile", profile.folder, "--connections", "4", "--depth", "3",
            "--duration", "0.1")
        #expect(exit == .done, "\(standing.errors)")
        #expect(standing.output.contains("succeeded"))
    }

    @Test("R76: bench makes its accounts as an operator, and calls as a service")
    func benchOfTwo() async throws {
        let callers = Mutex<[String: Set<String>]>([:])
        let server = try await ScriptedServer.answering(
            .tls(authority.issue(.server, names: ["localhost"]), clients: authority)
        ) { request, peer in
            callers.withLock { $0[request.method.text, default: []].formUnion(peer.names) }
            switch request.method.text {
            case CreateAccount.name: peer.reply(request.callID, Nothing())
            case ServerStatus.name:
                peer.reply(request.callID, ServerStatus.Reply.idle)
            default: peer.reply(request.callID, RequestReset.Reply(linkLife: .hours(12)))
            }
        }
        let makers = try TestProfile(
            of: authority, identity: authority.issue(.client, names: ["operator"]),
            servers: ["localhost:\(server.port)"])
        try profile.write("localhost:\(server.port)\n", to: "server")
        let (exit, standing) = try await run(
            "bench", "RequestReset", "--population", "5", "--connections", "2",
            "--profile", profile.folder, "--operator-profile", makers.path("."))
        #expect(exit == .done, "\(standing.errors)")
        #expect(
            callers.withLock { $0 } == [
                CreateAccount.name: ["operator"], ServerStatus.name: ["operator"],
                RequestReset.name: ["portal"],
            ])
        withExtendedLifetime(makers) {}
    }
}

extension ServerStatus.Reply {
    /// Of a server on which no letter waits.
    fileprivate static var idle: Self {
        let time = Timestamp(milliseconds: 0)
        return Self(
            startedAt: time, now: time, accounts: 0, lettersWaiting: 0, durableSequence: 0,
            logBytesSinceCheckpoint: 0, connections: 1, isDiskFull: false, clockAhead: .zero,
            certificateValidUntil: nil, handshakesFailed: 0)
    }
}
