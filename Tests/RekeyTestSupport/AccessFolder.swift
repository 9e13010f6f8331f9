// The files of an installation's access, in a folder of their own that goes when a test is over.

import Foundation
public import RekeyAccess
public import RekeyCore

public final class AccessFolder: Sendable {
    public let path: String
    public let files: AccessFiles
    private let now: Timestamp

    /// An authority, a server's certificate for this machine, and no callers.
    ///
    /// - Parameter now: when all of it was made.
    public init(at now: Timestamp = AccessFolder.clock) throws {
        path = NSTemporaryDirectory() + "rekey-access-\(UUID())"
        self.now = now
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        files = AccessFiles(
            certificate: "\(path)/server.pem", key: "\(path)/server.pem",
            authority: "\(path)/ca.pem", callers: "\(path)/callers.json", revoked: "\(path)/revoked"
        )
        _ = try CallerRegistry.create(
            files, authorityKey: "\(path)/ca.key", issued: "\(path)/issued", names: [], at: now)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The wall clock, which TLS measures certificates by.
    public static var clock: Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    /// As `rekeyd cert` has it, at another time if need be.
    public func registry(at time: Timestamp? = nil) -> CallerRegistry {
        CallerRegistry(
            files, authorityKey: "\(path)/ca.key", issued: "\(path)/issued", at: time ?? now)
    }

    /// A caller with a certificate: its profile's folder.
    @discardableResult
    public func issue(_ name: String, _ role: Role, at time: Timestamp? = nil) throws -> String {
        let folder = "\(path)/\(name)"
        try registry(at: time).issue(name, role, profile: folder, servers: ["localhost:7350"])
        return folder
    }

    /// A file in the folder, with this text.
    @discardableResult
    public func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }

    public func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }

    /// The first certificate in a file, as a handshake shows it.
    public func presented(_ file: String) throws -> PresentedCertificate? {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let begin = "-----BEGIN CERTIFICATE-----"
        let body = text.components(separatedBy: begin)[1]
            .components(separatedBy: "-----END")[0]
        let der = Data(base64Encoded: body, options: .ignoreUnknownCharacters) ?? Data()
        return PresentedCertificate(der: Array(der))
    }
}
