import Foundation
import Glibc
import RekeyCore
import RekeyJournal
import RekeySecrets
import RekeyStore

/// A store and the ring that it hangs on, for the commands that look at both.
struct KeyedStore {
    let ringFile: String
    let directory: String
    let config: String
    let disk = SystemDisk()

    /// The ring in `ringFile`, which need not be this store's.
    func ring() throws -> KeyRing { try Self.ring(in: ringFile) }

    static func ring(in file: String) throws -> KeyRing {
        do throws(KeyRingError) {
            return try KeyRing.load(file)
        } catch {
            throw Failure(error)
        }
    }

    /// What the store recognises its ring by.
    func tag() throws -> [UInt8] {
        do throws(JournalError) {
            return try Journal.tag(directory: directory, disk: disk)
        } catch {
            throw Failure(error, journal: directory)
        }
    }

    /// The ring in `ringFile`, if it is this store's.
    func ownRing() throws -> KeyRing {
        let ring = try ring()
        guard try ring.storeTag == tag() else {
            throw Failure(
                Failure.wrongSetting,
                "keys.file \(ringFile) is not the ring of the store in \(directory): put that back, "
                    + "or see 'rekeyd help keys replace'. Nothing was changed")
        }
        return ring
    }

    /// Runs `body` while no server can start.
    func whileStopped<Result>(_ body: () throws -> Result) throws -> Result {
        try requireOwner()
        return try stopped {
            let lock = try JournalInspection(directory: directory, disk: disk)
            return try withExtendedLifetime(lock) { try body() }
        }
    }

    /// The same with all that the store holds.
    func whileStopped<Result>(
        tag: [UInt8], _ body: (inout RestingStore) throws -> Result
    ) throws -> Result {
        try requireOwner()
        return try stopped {
            try RestingStore.read(directory: directory, disk: disk, tag: tag, body)
        }
    }

    private func stopped<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as JournalError {
            guard error.code == .locked else { throw Failure(error, journal: directory) }
            throw Failure(
                Failure.heldByAnother,
                "a server runs on \(directory): stop it, run this, and start it again. Nothing was "
                    + "changed")
        } catch let error as StoreError {
            throw Failure(
                Failure.dataDamaged,
                "\(directory): \(error.reason); 'rekeyd journal verify \(directory)' shows more")
        }
    }

    /// What is written here is this user's, and the server has to be able to read it.
    private func requireOwner() throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: directory)
        guard let owner = attributes?[.ownerAccountID] as? Int, owner != Int(geteuid()) else {
            return
        }
        throw Failure(
            Failure.wrongSetting, "\(directory) belongs to user \(owner): run this as that user")
    }

    /// A copy of the data must open nothing.
    func requireOutsideData(_ file: String) throws {
        func resolved(_ path: String) -> String {
            URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        }
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        guard !(resolved(folder) + "/").hasPrefix(resolved(directory) + "/") else {
            throw Failure(
                Failure.wrongSetting,
                "\(file) is inside data.directory: keep keys and data apart, so that a copy of the "
                    + "data opens nothing")
        }
    }
}
