import ArgumentParser
import Foundation
import RekeyAccess
import RekeyCore
import RekeyJournal
import RekeySecrets
import RekeyServer
import RekeyStore

/// `rekeyd init DIRECTORY`: a key ring, an empty store, a folder for letters, a configuration.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a new installation in a directory.",
        discussion: """
            Makes DIRECTORY with the key ring (keys, mode 0600), the store (data/), a folder for \
            letters (letters/), an authority with the server's certificate (tls/), the first operator's \
            profile (operator/) and a configuration (rekeyd.json). Nothing that exists is touched.

            Where you have no profile yet, ~/.config/rekey becomes a link to the operator's, so that \
            'rekey' finds it.
            """)

    @Argument(help: "A directory that does not exist yet, or is empty.")
    var directory: String

    @Option(
        name: .customLong("name"),
        help: "A host name or address that clients reach the server by; may be repeated.")
    var names: [String] = []

    func run() throws {
        let target = URL(fileURLWithPath: directory).standardizedFileURL.path
        let draft = "\(target).new-\(ProcessInfo.processInfo.processIdentifier)"
        do {
            try make(draft)
            try sync(draft)
            // All of it appears at once, or nothing: rename replaces nothing but an empty directory.
            guard rename(draft, target) == 0 else {
                throw Failure(
                    Failure.cannotCreate,
                    "\(target): \(String(cString: strerror(errno))); name another directory")
            }
            try sync(URL(fileURLWithPath: target).deletingLastPathComponent().path)
        } catch {
            try? FileManager.default.removeItem(atPath: draft)
            throw error
        }
        let linked = link(to: "\(target)/operator")
        print(
            """
            Made \(target):
              keys         the key ring. Back it up, apart from the data: without it every
                           password, link and session is void.
              data/        the store
              letters/     mails (a Maildir) and SMS
              tls/         the authority, the server's certificate, who may call
              operator/    the first operator's profile\(linked ? ", which 'rekey' finds by itself" : "")
              rekeyd.json  the settings; 'rekeyd config' explains them

            Start it:
              rekeyd serve --config \(target)/rekeyd.json

            What calls the flow needs a profile of its own:
              rekeyd cert issue --config \(target)/rekeyd.json --role service --name portal
            """)
    }

    /// Makes the operator's profile the one that `rekey` finds; not over one that is there.
    private func link(to profile: String) -> Bool {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"].map { "\($0)/.config" }
        guard let folder = environment["XDG_CONFIG_HOME"] ?? home, folder.hasPrefix("/") else {
            return false
        }
        let place = "\(folder)/rekey"
        // A link whose installation is gone leads nowhere.
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: place)) != nil,
            !FileManager.default.fileExists(atPath: place)
        {
            try? FileManager.default.removeItem(atPath: place)
        }
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        return symlink(profile, place) == 0
    }

    /// A directory's names, durably.
    private func sync(_ directory: String) throws {
        do {
            try SystemDisk().syncDirectory(directory)
        } catch {
            throw Failure(error)
        }
    }

    private func make(_ folder: String) throws {
        guard mkdir(folder, 0o700) == 0 else {
            throw Failure(
                Failure.cannotCreate, "\(folder): \(String(cString: strerror(errno)))")
        }
        let randomness = SystemRandomness()
        do {
            let keys = try KeyRing.create(
                at: "\(folder)/keys", randomness: randomness, now: SystemTime().wall())
            let storeID = randomness.resetID().rawValue
            try EmbeddedStore.create(
                directory: "\(folder)/data", disk: SystemDisk(),
                storeID: StoreID(
                    high: UInt64(truncatingIfNeeded: storeID >> 64),
                    low: UInt64(truncatingIfNeeded: storeID)),
                tag: keys.storeTag)
        } catch let error as JournalError {
            throw Failure(error)
        } catch let error as KeyRingError {
            throw Failure(error)
        }
        let file = """
            {
              "data": { "directory": "data" },
              "keys": { "file": "keys" },
              "letters": { "folder": "letters" }
            }

            """
        let settings = "\(folder)/rekeyd.json"
        guard mkdir("\(folder)/letters", 0o700) == 0,
            FileManager.default.createFile(atPath: settings, contents: Data(file.utf8)),
            let handle = FileHandle(forUpdatingAtPath: settings),
            (try? handle.synchronize()) != nil
        else {
            throw Failure(Failure.cannotCreate, "\(folder): \(String(cString: strerror(errno)))")
        }
        do {
            try makeAccess(folder)
        } catch {
            throw Failure(error)
        }
    }

    private func makeAccess(_ folder: String) throws(AccessError) {
        func path(_ key: String) -> String { "\(folder)/\(Setting.named(key)?.standard ?? "")" }
        _ = mkdir("\(folder)/tls", 0o700)
        let files = AccessFiles(
            certificate: path("tls.certificate"), key: path("tls.key"),
            authority: path("tls.authority"), callers: path("tls.callers"),
            revoked: path("tls.revoked"))
        let registry = try CallerRegistry.create(
            files, authorityKey: path("tls.authority-key"), issued: path("tls.issued"),
            names: names,
            at: ServerTLS.now())
        let port = Setting.named("listen.port")?.standard ?? ""
        try registry.issue(
            "operator", .operator, profile: "\(folder)/operator", servers: ["localhost:\(port)"])
    }
}
