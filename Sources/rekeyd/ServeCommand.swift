import ArgumentParser
import Foundation
import Logging
import RekeyAccess
import RekeyCore
import RekeyJournal
import RekeySecrets
import RekeyServer
import RekeyService
import RekeyStore
import RekeyWire
import ServiceLifecycle
import UnixSignals

/// `rekeyd serve`: puts the rooms together and runs them until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve an installation.",
        discussion: "Every setting of 'rekeyd config' is a flag here: --listen-port 7351.")

    @Option(help: "The configuration file, as 'rekeyd init' makes it.")
    var config: String?

    @Argument(parsing: .allUnrecognized, help: ArgumentHelp("Settings.", visibility: .hidden))
    var settings: [String] = []

    func run() async throws {
        // Neither the end of the process nor lost: one that comes early is acted on once all
        // stands.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        OpenFiles.raiseLimit()
        let settings = try await Settings.load(
            file: config, flags: settings, environment: ProcessInfo.processInfo.environment)
        let logger = try logger(settings)
        let policy = try settings.policy()
        let letterhead = try settings.letterhead()
        let address = ListenAddress(
            host: settings.string("listen.host"),
            port: try settings.number("listen.port", in: 0...65535))
        let connectionsPerCaller = try settings.number(
            "listen.connections-per-caller", in: 1...1_000_000)
        let threads = try settings.hashingThreads()
        let tag = try loadKeys(settings).storeTag
        let courier = try openCourier(settings)
        let isPlaintext = try settings.flag("listen.plaintext-on-loopback")
        // Judged before the store is opened, so that a wrong file changes nothing.
        if isPlaintext { try checkLoopback(address) }
        let access = isPlaintext ? nil : try readAccess(settings.accessFiles)
        let clocks = try time(logger)
        let store = try openStore(settings, tag, policy, clocks, logger)
        let keys = try ring(of: store, tag, settings)
        for override in try settings.overrides() {
            logger.warning("a limit is lifted by name", metadata: ["setting": "\(override)"])
        }
        let state = ServerState(
            startedAt: store.status().now, services: ProtocolDescription.services)
        let tls = try access.map {
            try ServerTLS(settings.accessFiles, $0, state: state, logger: logger)
        }
        if isPlaintext {
            logger.warning(
                "plaintext: whoever reaches the port on this machine may call everything")
        }
        let service = RekeyService.Service(
            store: store, keys: keys,
            hashing: try HashingPool(threads: threads, queueLength: policy.hashingQueueMax),
            policy: policy, randomness: SystemRandomness(), time: clocks, state: state)
        let dispatcher = LetterDispatcher(
            service: service, letterhead: letterhead, courier: courier, logger: logger)
        let portFile = settings.path("listen.port-file")
        let server = try RekeyServer(
            service: service, address: address, tls: tls,
            connectionsPerCaller: connectionsPerCaller, logger: logger,
            listening: { port in
                guard !portFile.isEmpty else { return }
                do {
                    try Data("\(port)\n".utf8).write(
                        to: URL(fileURLWithPath: portFile), options: .atomic)
                } catch {
                    throw Failure(
                        Failure.cannotCreate, "listen.port-file \(portFile) cannot be written")
                }
            })
        let group = ServiceGroup(
            configuration: .init(
                // Stopped from the last to the first: calls end, then letters, then the store.
                services: [
                    .init(service: StoreService(store: store, logger: logger)),
                    .init(service: LetterService(dispatcher: dispatcher)),
                    .init(
                        service: AccessService(
                            server: server, tls: tls, hangups: hangups, logger: logger)),
                    .init(service: server),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") {
                    _ in SwiftLogNoOpLogHandler()
                }))
        do {
            try await group.run()
        } catch let error as ListenError {
            throw Failure(error)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(Failure.other, "\(error)")
        }
    }

    private func checkLoopback(_ address: ListenAddress) throws {
        do {
            try address.checkLoopback()
        } catch {
            throw Failure(Failure.wrongSetting, "\(error)")
        }
    }

    private func readAccess(_ files: AccessFiles) throws -> AccessContent {
        do {
            return try files.content(at: ServerTLS.now())
        } catch {
            throw Failure(error)
        }
    }

    private func logger(_ settings: Settings) throws -> Logger {
        guard let level = Logger.Level(rawValue: settings.string("log.level")) else {
            throw settings.wrong("log.level", "one of \(Logger.Level.allCases.map(\.rawValue))")
        }
        return Logger(label: "rekeyd") { _ in LineLogHandler(logLevel: level) }
    }

    private func loadKeys(_ settings: Settings) throws -> KeyRing {
        let (keys, data) = (settings.path("keys.file"), settings.path("data.directory"))
        func resolved(_ path: String) -> String {
            URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        }
        guard !resolved(keys).hasPrefix(resolved(data) + "/") else {
            throw Failure(
                Failure.wrongSetting,
                "keys.file \(keys) is inside data.directory: keep them apart, so that a copy of "
                    + "the data opens nothing")
        }
        do {
            return try KeyRing.load(keys)
        } catch {
            throw Failure(error)
        }
    }

    /// The ring once more, now that the store is locked: `rekeyd keys` changes it under that lock alone.
    private func ring(
        of store: EmbeddedStore, _ tag: [UInt8], _ settings: Settings
    ) throws -> KeyRing {
        do {
            let ring = try loadKeys(settings)
            guard ring.storeTag == tag else {
                throw Failure(
                    Failure.wrongSetting,
                    "keys.file \(settings.path("keys.file")) became the ring of another store while "
                        + "this one was opened; start again with the store's own")
            }
            let missing = ring.missingPeppers(for: store.recipes())
            guard missing.isEmpty else {
                let peppers = missing.map(String.init).joined(separator: ", ")
                throw Failure(
                    Failure.wrongSetting,
                    "keys.file \(settings.path("keys.file")) is an older copy of the ring: passwords "
                        + "were made with pepper \(peppers), which it lacks; put the newest one back"
                )
            }
            return ring
        } catch {
            try? store.close()
            throw error
        }
    }

    private func openStore(
        _ settings: Settings, _ tag: [UInt8], _ policy: Policy, _ time: any TimeSource,
        _ logger: Logger
    ) throws -> EmbeddedStore {
        let directory = settings.path("data.directory")
        let checkpointBytes = try settings.number("data.checkpoint-mib", in: 1...65536) << 20
        let store: EmbeddedStore
        do {
            store = try EmbeddedStore.open(
                directory: directory, disk: SystemDisk(), tag: tag, policy: policy,
                time: time, accepting: try settings.acceptedClocks(),
                checkpointBytes: checkpointBytes, onNotice: NoticeLog(logger: logger).log,
                onFatal: { error in
                    // Nobody may be told anything that the disk may not have: end now.
                    logger.critical("the log failed", metadata: ["error": "\(error)"])
                    LogSink.standardError.flush()
                    _exit(Failure.diskFailed)
                })
        } catch let error as JournalError {
            throw Failure(error, journal: directory)
        }
        let recovered = store.recovered
        if !recovered.isPastCache {
            logger.warning(
                "the file system has no direct reads: data that a failed disk lost may go unseen",
                metadata: ["directory": "\(directory)"])
        }
        logger.notice(
            "store opened",
            metadata: [
                "directory": "\(directory)", "sequence": "\(recovered.lastSequence)",
                "replayed": "\(recovered.records)",
                "checkpoint": "\(recovered.checkpoint.map(String.init) ?? "none")",
                "quarantined": "\(recovered.quarantined.count)",
            ])
        return store
    }

    #if TEETH
        private func time(_ logger: Logger) throws -> any TimeSource {
            logger.warning(
                "this binary was built for tests: its clock can be moved and its safety taken away")
            guard let file = ProcessInfo.processInfo.environment["REKEY_TEST_CLOCK"] else {
                return SystemTime()
            }
            guard let time = MovedTime(file: file) else {
                throw Failure(Failure.wrongSetting, "REKEY_TEST_CLOCK: \(file) cannot be read")
            }
            return time
        }
    #else
        private func time(_: Logger) throws -> any TimeSource { SystemTime() }
    #endif

    private func openCourier(_ settings: Settings) throws -> FolderCourier {
        do {
            return try FolderCourier(
                root: settings.path("letters.folder"), outside: settings.path("data.directory"))
        } catch {
            throw Failure(error)
        }
    }
}
