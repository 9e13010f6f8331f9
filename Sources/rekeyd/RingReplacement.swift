// A new ring for a store that lost its own, and the store anew under it: all of it or nothing.
//
//   1 read      the old store, whole; it stays locked until the end, and nothing in it is touched
//   2 build     DATA.lost-TIME: a new store beside it, each account under its new subject; synced, then
//               read back and counted
//   3 ring      keys.file becomes the new ring, in one step, synced; a ring of another store that was
//               there keeps a name of its own
//   4 exchange  the two directories change places in one step, synced: now DATA is the new store, and
//               DATA.lost-TIME the old one
//
// Before step 4 DATA is the old store, and no ring opens it, as before step 1: a server refuses to
// start on it whatever keys.file is, and the command can be run again. From step 4 on DATA is the new
// store and keys.file its ring. There is no state between: that is why the ring goes first, and why
// the old store gets its last name by the exchange and not after it.

import Foundation
import RekeyCore
import RekeyJournal
import RekeySecrets
import RekeyStore

struct RingReplacement {
    /// Where the old store will be.
    let oldStore: String
    /// Where a ring of another store will be that is in the place of this one's.
    let otherRing: String?
    private let directory: String
    private let ringFile: String
    private let disk: SystemDisk
    private let folder: String

    /// Throws unless the ring is lost indeed.
    init(_ store: KeyedStore, now: Timestamp) throws {
        directory = URL(fileURLWithPath: store.directory).resolvingSymlinksInPath().path
        folder = URL(fileURLWithPath: directory).deletingLastPathComponent().path
        ringFile = URL(fileURLWithPath: store.ringFile).resolvingSymlinksInPath().path
        disk = store.disk
        // To the millisecond, so that the next attempt has another one.
        let time = now.text.filter { $0.isLetter || $0.isNumber } + "-\(now.milliseconds % 1000)"
        oldStore = "\(directory).lost-\(time)"
        otherRing = try Self.holdsOtherRing(store) ? "\(ringFile).lost-\(time)" : nil
        try store.requireOutsideData(ringFile)
        try requireExchangeable()
    }

    /// Whether keys.file is a ring of another store; false when it is not there.
    private static func holdsOtherRing(_ store: KeyedStore) throws -> Bool {
        let ring: KeyRing
        do throws(KeyRingError) {
            ring = try KeyRing.load(store.ringFile)
        } catch {
            if error.problem == .system(call: "open", errno: ENOENT) { return false }
            // It may be the right one for all that anybody knows.
            throw Failure(
                Failure.wrongSetting,
                "\(error). If it is lost for good, move it away first. Nothing was changed")
        }
        guard try ring.storeTag != store.tag() else {
            throw Failure(
                Failure.usage,
                "keys.file \(store.ringFile) is the ring of the store in \(store.directory): nothing "
                    + "is lost, and nothing was changed")
        }
        return true
    }

    /// A mounted file system cannot change places with a directory beside it.
    private func requireExchangeable() throws {
        func fileSystem(_ path: String) -> Int? {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return attributes?[.systemNumber] as? Int
        }
        guard let inside = fileSystem(directory), let beside = fileSystem(folder), inside != beside
        else { return }
        throw Failure(
            Failure.wrongSetting,
            "\(directory) is a file system of its own, and the new store has to be made beside it: "
                + "copy it to a directory on a larger one, and name that with data.directory")
    }

    /// Steps 2 to 4; how many accounts there are.
    func run(_ content: inout RestingStore, tag: [UInt8]) throws -> Int {
        guard !FileManager.default.fileExists(atPath: oldStore) else {
            throw Failure(Failure.cannotCreate, "\(oldStore) is there already: move it away")
        }
        let ring = KeyRing(randomness: SystemRandomness(), now: SystemTime().wall())
        let accounts: Int
        do {
            accounts = try build(&content, ring)
            try install(ring)
            do {
                try disk.exchange(directory, oldStore)
            } catch {
                uninstall()
                throw error
            }
        } catch {
            try? FileManager.default.removeItem(atPath: oldStore)
            throw failure(error)
        }
        do {
            try disk.syncDirectory(folder)
        } catch {
            throw Failure(
                Failure.diskFailed,
                "\(error.message). The new store is in its place, with its ring, and the old one is "
                    + "\(oldStore); after a power failure they may be exchanged again")
        }
        return accounts
    }

    private func build(_ content: inout RestingStore, _ ring: KeyRing) throws -> Int {
        let id = SystemRandomness().resetID().rawValue
        let count = try content.remake(
            in: oldStore, disk: disk,
            storeID: StoreID(
                high: UInt64(truncatingIfNeeded: id >> 64), low: UInt64(truncatingIfNeeded: id)),
            tag: ring.storeTag,
            subject: { ring.subjectID(of: try CanonicalIdentifier($0.identifier)) })
        let kept = try RestingStore.read(directory: oldStore, disk: disk, tag: ring.storeTag) {
            $0.accounts
        }
        guard kept == count, count == content.accounts else {
            throw Failure(
                Failure.diskFailed, "of \(content.accounts) accounts \(kept) were read back")
        }
        return count
    }

    private func install(_ ring: KeyRing) throws {
        guard let otherRing else { return try ring.write(to: ringFile) }
        guard link(ringFile, otherRing) == 0 else {
            throw Failure(
                Failure.cannotCreate, "\(otherRing): \(String(cString: strerror(errno)))")
        }
        do {
            try ring.replace(at: ringFile)
        } catch {
            uninstall()
            throw error
        }
    }

    /// Takes step 3 back, as far as it came.
    private func uninstall() {
        if let otherRing {
            // Does nothing where both are still one file: then the second name goes.
            rename(otherRing, ringFile)
            unlink(otherRing)
        } else {
            unlink(ringFile)
        }
    }

    private func failure(_ error: any Error) -> any Error {
        let failure: Failure? =
            switch error {
            case let error as JournalError: Failure(error, journal: oldStore)
            case let error as KeyRingError: Failure(error)
            case let error as IdentifierError:
                Failure(Failure.dataDamaged, "an account's identifier cannot be used: \(error)")
            default: nil
            }
        guard let failure else { return error }
        return Failure(failure.code, "\(failure.message). The store is as it was")
    }
}
