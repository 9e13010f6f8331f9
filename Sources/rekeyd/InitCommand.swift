import ArgumentParser
import Foundation
import RekeyCore
import RekeyJournal
import RekeySecrets
import RekeyStore

/// `rekeyd init DIRECTORY`: a key ring, an empty store, a folder for letters, a configuration.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a new installation in a directory.",
        discussion: """
            Makes DIRECTORY with the key ring (keys, mode 0600), the store (data/), a folder for \
            letters (letters/) and a configuration (rekeyd.json). Nothing that exists is touched.
            """)

    @Argument(help: "A directory that does not exist yet, or is empty.")
    var directory: String

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
        print(
            """
            Made \(target):
              keys         the key ring. Back it up, apart from the data: without it every
                           password, link and session is void.
              data/        the store
              letters/     mails (a Maildir) and SMS
              rekeyd.json  the settings; 'rekeyd config' explains them

            Start it:
              rekeyd serve --config \(target)/rekeyd.json --listen-plaintext-on-loopback true
            """)
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
            let keys = try KeyRing.create(at: "\(folder)/keys", randomness: randomness)
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
    }
}
