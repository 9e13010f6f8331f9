// A whole server but for its sockets, in a world that the test owns: disk, time, randomness and
// couriers are simulated, everything else is what ships. A seed replays a run.

import Logging
public import RekeyCore
public import RekeySimulation
import RekeyJournal
public import RekeySecrets
public import RekeyService
public import RekeyStore

public final class World: @unchecked Sendable {
    // Changed by `restart` alone, which a test calls while nothing else runs.
    public private(set) var disk: SimulatedDisk
    public private(set) var store: EmbeddedStore
    public private(set) var service: Service
    public private(set) var dispatcher: LetterDispatcher
    public private(set) var policy: Policy

    public let time = SimulatedTime()
    public let courier = RecordingCourier()
    public let randomness: SeededRandomness
    public let keys: KeyRing
    public let hashing: HashingPool
    private var generator: SeededGenerator

    public static let directory = "/data"

    public init(seed: UInt64 = 1, policy: Policy = Policy()) throws {
        randomness = SeededRandomness(seed: seed)
        generator = SeededGenerator(seed: seed)
        keys = KeyRing(randomness: randomness)
        self.policy = policy
        hashing = try HashingPool(queueLength: policy.hashingQueueMax)
        disk = SimulatedDisk()
        try EmbeddedStore.create(
            directory: Self.directory, disk: disk, options: Self.options,
            storeID: StoreID(high: seed, low: 1), tag: keys.storeTag)
        (store, service, dispatcher) = try Self.open(
            disk, keys, policy, time, randomness, hashing, courier)
    }

    private static let options = JournalOptions(segmentBytes: 1 << 18, batchBytes: 1 << 16)

    private static func open(
        _ disk: SimulatedDisk, _ keys: KeyRing, _ policy: Policy, _ time: SimulatedTime,
        _ randomness: SeededRandomness, _ hashing: HashingPool, _ courier: RecordingCourier
    ) throws -> (EmbeddedStore, Service, LetterDispatcher) {
        let store = try EmbeddedStore.open(
            directory: directory, disk: disk, options: options, tag: keys.storeTag,
            policy: policy, time: time, onFatal: { _ in })
        let service = Service(
            store: store, keys: keys, hashing: hashing, policy: policy, randomness: randomness,
            time: time,
            state: ServerState(
                startedAt: time.wall(), services: ["rekey.v1.Rekey", "rekey.v1.Operator"]))
        let letterhead = try Letterhead(
            institution: "CREDIT MUNICIPAL DE PARIS", signature: "CRÉDIT MUNICIPAL DE PARIS",
            addressLines: ["55 rue des Francs-Bourgeois", "75004 PARIS"], openingHours: [:],
            sender: "espacepersonnel@creditmunicipal.fr", mailDomain: "creditmunicipal.fr",
            linkBase: "https://espacepersonnel.creditmunicipal.fr/ep")
        let dispatcher = LetterDispatcher(
            service: service, letterhead: letterhead, courier: courier,
            logger: Logger(label: "world") { _ in SwiftLogNoOpLogHandler() })
        return (store, service, dispatcher)
    }

    /// Cuts the power and starts again on what the disk kept: all that was synced, and of the rest
    /// what the seed says.
    public func crash() throws {
        disk = disk.crash(keeping: &generator)
        (store, service, dispatcher) = try Self.open(
            disk, keys, policy, time, randomness, hashing, courier)
    }

    /// Stops cleanly and starts again, under another policy if one is given.
    public func restart(under policy: Policy? = nil) throws {
        try store.close()
        self.policy = policy ?? self.policy
        (store, service, dispatcher) = try Self.open(
            disk, keys, self.policy, time, randomness, hashing, courier)
    }

    /// How long each record of the log is, in bytes, oldest first.
    public func recordSizes() throws -> [Int] {
        var sizes: [Int] = []
        let journal = try Journal.open(
            directory: Self.directory, disk: disk.copy(), options: Self.options,
            tag: keys.storeTag, restore: { _ in }, replay: { sizes.append($1.count) },
            onFatal: { _ in })
        try journal.close()
        return sizes
    }

    // MARK: What people do

    /// - Parameter key: an idempotency key; the same one is the same call again.
    public func call<M: Served>(
        _: M.Type, _ request: M.Request, by caller: String = "test", key: String? = nil
    ) async throws(Refusal) -> M.Reply {
        let idempotency = key.map { key in
            Array(M.name.utf8).withUnsafeBytes {
                service.idempotencyKey(caller: caller, key: Array(key.utf8), call: $0)
            }
        }
        let call = Call(
            caller: caller, deadline: .now.advanced(by: .seconds(60)), idempotency: idempotency)
        return try await M.answer(request, call, service)
    }

    /// The status of a call: nil when it succeeded.
    public func refusal<M: Served>(
        _: M.Type, _ request: M.Request, by caller: String = "test"
    ) async -> Reason? {
        do throws(Refusal) {
            _ = try await call(M.self, request, by: caller)
            return nil
        } catch {
            return error.reason
        }
    }

    /// Opens an account; link and code of its activation.
    @discardableResult
    public func createAccount(
        _ identifier: String, mail: String = "claire.martin@exemple.fr"
    ) async throws -> Keys {
        _ = try await call(
            CreateAccount.self,
            .init(
                identifier: identifier, name: "Claire Martin", mail: mail,
                mobile: "+33612345678", language: .french))
        return try await newestKeys()
    }

    /// Opens an account and activates it.
    public func createActiveAccount(_ identifier: String, password: String) async throws {
        try await activate(try await createAccount(identifier), password)
    }

    /// Asks for a reset; link and code of the letters that came.
    public func requestReset(_ identifier: String) async throws -> Keys {
        _ = try await call(RequestReset.self, .init(identifier: identifier))
        return try await newestKeys()
    }

    public func activate(_ keys: Keys, _ password: String) async throws(Refusal) {
        _ = try await call(
            Activate.self,
            .init(
                link: keys.link, code: keys.code, password: Secret(password.utf8),
                confirmation: Secret(password.utf8)))
    }

    public func login(_ identifier: String, _ password: String) async throws(Refusal) -> Secret {
        try await call(
            Login.self, .init(identifier: identifier, password: Secret(password.utf8))
        ).session
    }

    // MARK: What arrives

    /// What somebody holds who reads both their mail and their SMS.
    public struct Keys: Sendable {
        public var link: Secret
        public var code: Secret

        public init(link: Secret, code: Secret) {
            self.link = link
            self.code = code
        }
    }

    /// Sends what is due and reads the newest link and code.
    public func newestKeys() async throws -> Keys {
        await dispatcher.sendDue()
        var link: Secret?
        var code: Secret?
        for delivered in courier.delivered {
            switch delivered.missive {
            case .mail(let mail):
                link = Self.link(behind: "#", in: mail) ?? link
            case .sms(let text):
                // "… le code XXXXX."
                let words = text.words.split(separator: " ")
                guard words.dropLast().last == "code", let last = words.last, last.hasSuffix(".")
                else { continue }
                code = Secret(last.dropLast().utf8)
            }
        }
        guard let link, let code else { throw NothingArrived() }
        return Keys(link: link, code: code)
    }

    /// The link of the newest mail that tells of a change of contacts, and to whom it went.
    public func newestCancelLink() async throws -> (link: Secret, to: String) {
        await dispatcher.sendDue()
        for delivered in courier.delivered.reversed() {
            guard case .mail(let mail) = delivered.missive,
                let link = Self.link(behind: "#cancel=", in: mail)
            else { continue }
            return (link, mail.to.text)
        }
        throw NothingArrived()
    }

    /// The token that follows `mark` in the mail's URL; nil where something else does.
    private static func link(behind mark: String, in mail: Mail) -> Secret? {
        guard let start = mail.body.firstRange(of: mark)?.upperBound else { return nil }
        let token = mail.body[start...].prefix { $0 != ">" }
        return token.contains("=") ? nil : Secret(token.utf8)
    }

    public struct NothingArrived: Error {}
}
