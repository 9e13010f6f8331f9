import Foundation
import RekeyJournal
import Testing

/// On the file system of the machine that runs the tests.
struct SystemDiskTests {
    private func inDirectory(_ body: (String) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: url) }
        try await body(url.path())
    }

    @Test("A journal on a real disk comes back whole, through rotation and checkpoint")
    func real() async throws {
        try await inDirectory { directory in
            let disk = SystemDisk()
            try Journal.create(
                directory: directory, disk: disk, options: Store.small, storeID: Store.id,
                tag: Store.tag)
            var store = try Store(on: disk, directory: directory)
            try await store.add(count: 20, padding: 3000)
            try store.checkpoint()
            try await store.add(count: 20, padding: 3000)
            try store.journal.close()
            #expect(try Store(on: disk, directory: directory).numbers == Store.range(40))
        }
    }

    @Test("R49: files of the journal are 0600, its directories 0700")
    func modes() async throws {
        try await inDirectory { directory in
            let disk = SystemDisk()
            try Journal.create(
                directory: directory, disk: disk, options: Store.small, storeID: Store.id,
                tag: Store.tag)
            var store = try Store(on: disk, directory: directory)
            try await store.add()
            try store.checkpoint()
            let files = FileManager.default
            for path in try files.subpathsOfDirectory(atPath: directory) + ["."] {
                let attributes = try files.attributesOfItem(atPath: "\(directory)/\(path)")
                let mode = attributes[.posixPermissions] as? Int
                let isDirectory = attributes[.type] as? FileAttributeType == .typeDirectory
                #expect(mode == (isDirectory ? 0o700 : 0o600), "\(path)")
            }
        }
    }

    @Test("A locked file is refused while it is open, and free when it is closed")
    func locks() async throws {
        try await inDirectory { directory in
            let disk = SystemDisk()
            try disk.makeDirectory(directory)
            let held = try disk.lock("\(directory)/lock")
            #expect { try disk.lock("\(directory)/lock") } throws: {
                ($0 as? JournalError)?.code == .locked
            }
            disk.close(held)
            disk.close(try disk.lock("\(directory)/lock"))
        }
    }

    @Test("A failed call names errno, operation and path")
    func faults() {
        #expect { try SystemDisk().open("/nonexistent/file", .read) } throws: { error in
            let fault = (error as? JournalError)?.fault
            return fault?.errno == 2 && fault?.operation == "open"
                && fault?.path == "/nonexistent/file"
        }
    }
}
