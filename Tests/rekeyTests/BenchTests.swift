import ArgumentParser
import Foundation
import Glibc
import RekeyClientTestSupport
import RekeyCore
import RekeyWire
import Synchronization
import Testing

@testable import rekey

/// One after the other: Ctrl-C reaches every run of this process.
@Suite("rekey bench", .serialized, .timeLimit(.minutes(1)))
struct BenchTests {
    /// A server that takes every second identifier, and writes down what it hears.
    private static func server(_ heard: Heard) async throws -> ScriptedServer {
        try await ScriptedServer.answering { request, peer in
            switch request.method.text {
            case CreateAccount.name:
                guard
                    let account = try? Arena().read(CreateAccount.Request.self, request.body)
                else { return }
                heard.created(account.identifier)
                peer.reply(request.callID, AccountSummary.opened(account))
            case ServerStatus.name:
                peer.reply(request.callID, heard.statusAfterOneLetterLess())
            case RequestReset.name:
                guard let reset = try? Arena().read(RequestReset.Request.self, request.body)
                else { return }
                switch heard.requested(reset.identifier) % 4 {
                case 1: peer.refuse(request.callID, Failure(Refusal(.storeBusy, "busy")))
                case 3: peer.refuse(request.callID, Failure(Refusal(.lettersBacklog, "full")))
                default:
                    peer.reply(request.callID, RequestReset.Reply(linkLife: .hours(12)))
                }
            default:
                peer.refuse(request.callID, Failure(Refusal(.methodUnknown, "not here")))
            }
        }
    }

    private static func bench(
        _ arguments: [String], _ server: ScriptedServer, columns: Int? = nil
    ) async throws -> (exit: ExitClass, Standing) {
        let standing = try Standing(
            environment: [
                "REKEY_SERVER": "127.0.0.1:\(server.port)", "REKEY_PLAINTEXT_ON_LOOPBACK": "true",
            ], columns: columns)
        let command = try #require(
            try Rekey.parseAsRoot(["bench"] + arguments) as? any RemoteCommand)
        return (await command.run(in: standing.world), standing)
    }

    @Test("a population is made, its letters leave, and each of its identifiers is used once")
    func population() async throws {
        let heard = Heard(lettersWaiting: 2)
        let server = try await Self.server(heard)
        let arguments = ["RequestReset", "--population", "40", "--connections", "3"]
        let (exit, standing) = try await Self.bench(arguments, server, columns: 80)
        #expect(exit == .done, "\(standing.errors)")
        #expect(heard.createdIdentifiers.count == 40)
        #expect(heard.requestedIdentifiers.sorted() == heard.createdIdentifiers.sorted())
        #expect(heard.lettersWaiting == 0)
        #expect(standing.output.contains("\nIt ended early: every identifier was used.\n"))
        for line in standing.output.split(separator: "\n") {
            #expect(DisplayWidth.of(line) <= 80, "\(line)")
        }
    }

    @Test("refused calls are counted apart, by status and reason, in the table")
    func table() async throws {
        let server = try await Self.server(Heard())
        let arguments = [
            "RequestReset", "--population", "40", "--connections", "1", "--depth", "5",
        ]
        let (_, standing) = try await Self.bench(arguments, server)
        let lines = standing.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            try /rekey.v1.Rekey\/RequestReset, 1 connection, 5 in flight each, \d+\.\d{3} s/
                .wholeMatch(in: lines[0]) != nil)
        let rows = lines.map { $0.split(separator: " ").map(String.init) }
        try #require(rows.count == 13, "\(standing.output)")
        #expect(rows[3] == ["OUTCOME", "CALLS", "A", "SECOND", "SHARE"])
        #expect(Array(rows[4].prefix(2)) == ["succeeded", "20"])
        #expect(rows[4].suffix(2) == ["50.0", "%"])
        #expect(Array(rows[5].prefix(3)) == ["UNAVAILABLE", "LETTERS_BACKLOG", "10"])
        #expect(Array(rows[6].prefix(3)) == ["UNAVAILABLE", "STORE_BUSY", "10"])
        #expect(rows[8] == ["LATENCY", "IN", "MS", "p50", "p90", "p99", "p99.9", "max"])
        #expect(rows[9].first == "succeeded" && rows[9].count == 6)
        #expect(standing.output.hasSuffix("\n"))
        #expect(standing.errors.isEmpty)
    }

    @Test("JSON says the same in one line")
    func json() async throws {
        let server = try await Self.server(Heard())
        let arguments = ["RequestReset", "--population", "40", "--connections", "2", "--json"]
        let (_, standing) = try await Self.bench(arguments, server)
        #expect(standing.output.hasSuffix("}\n"))
        let run = try JSONDecoder().decode(Run.self, from: Data(standing.output.utf8))
        #expect(run.method == RequestReset.name)
        #expect(run.ended == "USED_UP")
        #expect(run.outcomes.map(\.calls) == [20, 10, 10])
        #expect(run.outcomes.map(\.status) == ["OK", "UNAVAILABLE", "UNAVAILABLE"])
        #expect(run.outcomes.map(\.reason) == [nil, "LETTERS_BACKLOG", "STORE_BUSY"])
        for outcome in run.outcomes {
            #expect(outcome.perSecond > 0)
            let latencies = try #require(outcome.latencyUs)
            #expect(Set(latencies.keys) == ["p50", "p90", "p99", "p99.9", "max"])
            #expect(latencies["p50"] ?? .max <= latencies["max"] ?? 0)
        }
    }

    @Test("without a population, unknown identifiers are drawn until the time is over")
    func unknownIdentifiers() async throws {
        let heard = Heard()
        let server = try await Self.server(heard)
        let (exit, standing) = try await Self.bench(
            ["RequestReset", "--duration", "2", "--connections", "4"], server)
        #expect(exit == .done)
        let requested = heard.requestedIdentifiers
        #expect(requested.count > 4)
        #expect(Set(requested).count == requested.count)
        #expect(heard.createdIdentifiers.isEmpty)
        #expect(!standing.output.contains("early"))
    }

    @Test("two runs have no identifier in common")
    func twoRuns() {
        let runs = (0..<2).map { _ in Identifiers(count: 100) }
        let drawn = runs.flatMap { run in (0..<101).compactMap { _ in run.next() } }
        #expect(Set(drawn).count == 200)
    }

    @Test("a population that the server refuses is an error, and nothing is measured")
    func populationRefused() async throws {
        let server = try await ScriptedServer.answering {
            $1.refuse($0.callID, Failure(Refusal(.lettersBacklog, "full")))
        }
        let (exit, standing) = try await Self.bench(["RequestReset", "--population", "5"], server)
        #expect(exit == .unavailable)
        #expect(standing.errors.contains("0 of 5 accounts were made"))
        #expect(standing.errors.contains("LETTERS_BACKLOG"))
        #expect(standing.output.isEmpty)
    }

    @Test(
        "R76: a caller that the server takes no more is told so, with the exit code of a refusal",
        arguments: [["Health"], ["RequestReset", "--population", "5"]])
    func callerRefused(_ arguments: [String]) async throws {
        let server = try await ScriptedServer.answering { request, peer in
            let message = "taken back"
            peer.send(
                .goAway(GoAway(lastCallID: 0, reason: "CERTIFICATE_REVOKED", message: message)))
            peer.close()
        }
        let (exit, standing) = try await Self.bench(arguments + ["--connections", "1"], server)
        #expect(exit == .permissionDenied)
        #expect(standing.errors.contains("CERTIFICATE_REVOKED: taken back"))
    }

    @Test("calls without an answer are counted as unknown, and the command fails")
    func lost() async throws {
        let calls = Atomic(0)
        let server = try await ScriptedServer.answering { request, peer in
            if calls.wrappingAdd(1, ordering: .relaxed).oldValue < 7 {
                peer.reply(request.callID, Health.Reply.serving)
            } else {
                peer.close()
            }
        }
        let (exit, standing) = try await Self.bench(
            ["Health", "--connections", "1", "--json"], server)
        #expect(exit == .outcomeUnknown)
        let run = try JSONDecoder().decode(Run.self, from: Data(standing.output.utf8))
        #expect(run.ended == "CONNECTIONS_LOST")
        #expect(run.outcomes.map(\.status) == ["OK", "OUTCOME_UNKNOWN"])
        #expect(run.outcomes.map(\.calls) == [7, 1])
        #expect(standing.errors.contains("not known"))
    }

    @Test("Ctrl-C ends the run and shows what was measured")
    func interrupted() async throws {
        let calls = Atomic(0)
        let server = try await ScriptedServer.answering { request, peer in
            peer.reply(request.callID, Health.Reply.serving)
            if calls.wrappingAdd(1, ordering: .relaxed).oldValue == 50 { kill(getpid(), SIGINT) }
        }
        let (exit, standing) = try await Self.bench(["Health", "--duration", "3600"], server)
        #expect(exit == .done)
        #expect(standing.output.contains("\nIt ended early: interrupted.\n"))
        #expect(standing.output.contains("succeeded"))
    }

    @Test(
        "progress fits a terminal of 80 columns without control sequences; elsewhere there is none")
    func progress() async throws {
        let server = try await Self.server(Heard())
        let arguments = ["RequestReset", "--duration", "3", "--connections", "2"]
        let (_, standing) = try await Self.bench(arguments, server, columns: 80)
        let lines = standing.errors.split(separator: "\r")
        #expect(lines.contains { $0.contains("RequestReset  ") && $0.contains("refused ") })
        for line in lines { #expect(DisplayWidth.of(line) < 80, "\(line)") }
        let controls = standing.errors.unicodeScalars.filter { $0.value < 0x20 && $0 != "\r" }
        #expect(controls.isEmpty)
        #expect(lines.last.map { $0.allSatisfy { $0 == " " } } == true)
        for line in standing.output.split(separator: "\n") {
            #expect(DisplayWidth.of(line) <= 80, "\(line)")
        }
    }

    @Test(
        "what cannot be measured is refused in one sentence, before a connection is made",
        arguments: [
            (["Activate"], "cannot be called in bulk"), (["Nonsense"], "there is no method"),
            (["Login"], "add --identifier"), (["Login", "--identifier", "a"], "--password-file"),
            (["ValidateLink"], "--link-file"),
            (["Health", "--population", "5"], "does not use a population"),
        ])
    func refused(_ arguments: [String], _ words: String) async throws {
        let standing = try Standing(environment: [
            "REKEY_SERVER": "127.0.0.1:1", "REKEY_PLAINTEXT_ON_LOOPBACK": "true",
        ])
        let command = try #require(
            try Rekey.parseAsRoot(["bench"] + arguments) as? any RemoteCommand)
        #expect(await command.run(in: standing.world) == .usage)
        #expect(standing.errors.contains(words), "\(standing.errors)")
    }

    @Test(
        "milliseconds show three digits or more",
        arguments: [
            (0, "0.000"), (7, "0.007"), (163, "0.163"), (9_999, "9.999"), (12_049, "12.04"),
            (100_000, "100.0"), (1_208_000, "1,208"),
        ] as [(UInt64, String)])
    func milliseconds(_ microseconds: UInt64, _ text: String) {
        #expect(microseconds.asMilliseconds == text)
    }
}

/// What the server heard, and how many letters it says are waiting.
private final class Heard: Sendable {
    private struct State {
        var created: [String] = []
        var requested: [String] = []
        var lettersWaiting: Int
    }

    private let state: Mutex<State>

    init(lettersWaiting: Int = 0) { state = Mutex(State(lettersWaiting: lettersWaiting)) }

    var createdIdentifiers: [String] { state.withLock(\.created) }
    var requestedIdentifiers: [String] { state.withLock(\.requested) }
    var lettersWaiting: Int { state.withLock(\.lettersWaiting) }

    func created(_ identifier: String) { state.withLock { $0.created.append(identifier) } }

    /// How many came before it.
    func requested(_ identifier: String) -> Int {
        state.withLock { state in
            state.requested.append(identifier)
            return state.requested.count - 1
        }
    }

    func statusAfterOneLetterLess() -> ServerStatus.Reply {
        let waiting = state.withLock { state in
            state.lettersWaiting = max(state.lettersWaiting - 1, 0)
            return state.lettersWaiting
        }
        return ServerStatus.Reply(
            startedAt: Timestamp(milliseconds: 0), now: Timestamp(milliseconds: 0), accounts: 0,
            lettersWaiting: waiting, durableSequence: 0, logBytesSinceCheckpoint: 0,
            connections: 1, isDiskFull: false, clockAhead: .zero, certificateValidUntil: nil,
            handshakesFailed: 0)
    }
}

/// The JSON of a run, as a program reads it.
private struct Run: Decodable {
    struct Outcome: Decodable {
        var status: String
        var reason: String?
        var calls: Int
        var perSecond: Int
        var latencyUs: [String: Int]?
    }

    var method: String
    var connections: Int
    var depth: Int
    var seconds: Double
    var ended: String
    var outcomes: [Outcome]
}

extension AccountSummary {
    fileprivate static func opened(_ request: CreateAccount.Request) -> AccountSummary {
        AccountSummary(
            id: SubjectID(rawValue: 1),
            profile: Profile(
                identifier: request.identifier, name: request.name, mail: request.mail,
                mobile: request.mobile, language: request.language),
            state: .pending, mobileConfirmed: false, version: 1,
            createdAt: Timestamp(milliseconds: 0), liveSessions: 0, openResets: 1,
            loginFailures: 0, contactHoldUntil: nil)
    }
}

extension Arena {
    fileprivate func read<Value: WireMessage>(
        _: Value.Type, _ body: UnsafeRawBufferPointer
    ) throws -> Value {
        try scope(budget: Arena.requestBudget(body.count)) { () throws(Refusal) in
            try decode(Value.self, from: body)
        }
    }
}
