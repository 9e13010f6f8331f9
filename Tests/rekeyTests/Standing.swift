import Foundation
import RekeyCore

@testable import rekey

/// A world of a test's own: what stands in standard input, and what was written.
final class Standing {
    let world: World
    private let texts = Texts()

    var output: String { texts.output }
    var errors: String { texts.errors }

    /// - Parameters:
    ///   - input: standard input, which is no terminal.
    ///   - columns: of the terminal that output goes to; nil where it is none.
    init(input: String = "", environment: [String: String] = [:], columns: Int? = nil) throws {
        let texts = texts
        world = World(
            environment: environment, input: try Self.input(input),
            output: Output(columns: columns) { text throws(CommandError) in texts.output += text },
            errors: Output(columns: columns) { text throws(CommandError) in texts.errors += text },
            now: { Timestamp(milliseconds: 1_800_000_000_000) })
    }

    private final class Texts {
        var output = ""
        var errors = ""
    }

    static func input(_ text: String) throws -> Input {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try pipe.fileHandleForWriting.close()
        return Input(dup(pipe.fileHandleForReading.fileDescriptor))
    }

    /// A folder that nobody else has, for the length of `body`.
    static func inFolder<Result>(
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("rekey-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }
}

extension Secret {
    convenience init(_ text: String) { self.init(Array(text.utf8)) }

    var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
