import Foundation

/// A profile in a folder of its own, which goes when the test lets go of it.
public final class TestProfile: Sendable {
    public let folder: String

    /// - Parameter authority: that the servers must be of; it issues the client's certificate too,
    ///   unless `identity` is given.
    public init(
        of authority: TestAuthority, identity: TestIdentity? = nil,
        servers: [String] = ["localhost:1"]
    ) throws {
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("rekey-profile-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        try write(servers.map { $0 + "\n" }.joined(), to: "server")
        try write(try authority.pem, to: "ca.pem")
        try write(identity ?? authority.issue(.client, names: ["portal"]))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    public func path(_ file: String) -> String { "\(folder)/\(file)" }

    /// In one step, as a renewal does it.
    public func write(_ identity: TestIdentity) throws {
        try write(identity.pem, to: "identity.pem")
    }

    public func write(_ text: String, to file: String, mode: Int = 0o600) throws {
        let draft = path("\(file).new")
        try Data(text.utf8).write(to: URL(fileURLWithPath: draft))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: draft)
        guard rename(draft, path(file)) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    public func remove(_ file: String) throws {
        try FileManager.default.removeItem(atPath: path(file))
    }
}
