import Foundation

/// A folder of one test's own, gone when the test is over.
enum Scratch {
    static func with(_ body: (_ root: String) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory
            .appendingPathComponent("rekey-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: root) }
        try await body(root)
    }
}
