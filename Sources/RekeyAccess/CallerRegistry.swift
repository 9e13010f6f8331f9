// Who has a certificate of this installation's authority: made, listed, renewed, taken back. `rekeyd init`
// and `rekeyd cert` come in; a running server reads the same files when it is told to.

import Foundation
public import RekeyCore
import X509

/// The certificates that an installation gives out, and its files of callers and revocations.
public struct CallerRegistry: Sendable {
    private let files: AccessFiles
    /// The private key behind `files.authority`: read when something is to be signed, so that a
    /// list and a revocation need none.
    private let authorityKey: String
    /// A copy of every certificate that was given out.
    private let issuedFolder: String
    private let now: Timestamp

    /// - Parameters:
    ///   - authorityKey: the private key behind `files.authority`.
    ///   - issued: a folder of certificates; made when it is not there.
    ///   - now: the wall clock.
    public init(_ files: AccessFiles, authorityKey: String, issued: String, at now: Timestamp) {
        self.files = files
        self.authorityKey = authorityKey
        issuedFolder = issued
        self.now = now
    }

    /// What names the server's own certificate in `renew`; no caller has it.
    public static let server = "server"

    private func authority() throws(AccessError) -> CertificateAuthority {
        try .load(certificate: files.authority, key: authorityKey, at: now)
    }

    /// One command at a time reads the files and replaces them: of two at once, the second would
    /// undo what the first has revoked or added.
    private func exclusively<Value>(
        _ body: () throws(AccessError) -> Value
    ) throws(AccessError) -> Value {
        try AccessFile.exclusively("\(files.callers).lock", like: files.callers, body)
    }

    // MARK: Making

    /// The server's certificate, for the names and addresses that it is reached by, in place of the one
    /// before.
    public func issueServer(_ names: [String]) throws(AccessError) {
        var alternatives: [GeneralName] = []
        for name in names { alternatives.append(try ServerName(name).generalName) }
        try exclusively { () throws(AccessError) in
            try keepServer(try authority().issue(server: alternatives, at: now))
        }
    }

    private func keepServer(_ issued: CertificateAuthority.Issued) throws(AccessError) {
        guard files.certificate == files.key else {
            throw AccessError(
                files.certificate,
                "and its key are two files, so they come from elsewhere and are renewed there")
        }
        try AccessFile.replace(files.certificate, with: issued.identityPEM, mode: 0o600)
    }

    /// A new caller, and a profile for it in a folder that must not exist yet.
    ///
    /// - Parameter servers: HOST:PORT, where it finds this server.
    public func issue(
        _ name: String, _ role: Role, profile folder: String, servers: [String]
    ) throws(AccessError) {
        guard ServerName.isHostName(name), name == name.lowercased(), name.utf8.count <= 63,
            name != Self.server, name != Caller.local.name
        else {
            throw AccessError(
                "\"\(name)\"",
                "cannot be a caller's name: take 1 to 63 of a-z, 0-9, '-' and '.', and neither "
                    + "\"\(Self.server)\" nor \"\(Caller.local.name)\"")
        }
        try exclusively { () throws(AccessError) in
            try add(name, role, profile: folder, servers: servers)
        }
    }

    private func add(
        _ name: String, _ role: Role, profile folder: String, servers: [String]
    ) throws(AccessError) {
        var callers =
            AccessFile.exists(files.callers) ? try Callers(file: files.callers) : Callers()
        guard callers.role(of: name) == nil else {
            throw AccessError(
                files.callers,
                "has a caller \"\(name)\": 'rekeyd cert renew \(name)' gives it a new "
                    + "certificate, or take another name")
        }
        let authority = try self.authority()
        let issued = try authority.issue(caller: name, at: now)
        try AccessFile.makeFolder(folder)
        try keep(issued)
        try writeProfile(folder, issued, servers, authority)
        // Last, so that a name without a profile is not taken.
        callers.add(name, role)
        try AccessFile.replace(files.callers, with: callers.text, mode: 0o644)
    }

    /// A new certificate for somebody who has one, or for the server: the same names, 90 more days. The
    /// one before stays good until its end.
    ///
    /// - Parameter folder: the caller's profile. Made if it is not there.
    public func renew(
        _ name: String, profile folder: String, servers: [String]
    ) throws(AccessError) {
        try exclusively { () throws(AccessError) in
            try name == Self.server
                ? renewServer() : renewCaller(name, profile: folder, servers: servers)
        }
    }

    private func renewServer() throws(AccessError) {
        let text = try AccessFile.read(files.certificate, .secret)
        let old = try PEM.certificates(text, of: files.certificate)[0]
        try keepServer(try authority().issue(server: old.alternativeNames, at: now))
    }

    private func renewCaller(
        _ name: String, profile folder: String, servers: [String]
    ) throws(AccessError) {
        guard try Callers(file: files.callers).role(of: name) != nil else {
            throw AccessError(
                files.callers, "has no caller \"\(name)\"; 'rekeyd cert list' shows who has one")
        }
        let authority = try self.authority()
        let issued = try authority.issue(caller: name, at: now)
        if AccessFile.exists(folder) {
            let identity = "\(folder)/identity.pem"
            // A key is put into no folder that only happens to be there.
            guard AccessFile.isRegular(identity) else {
                throw AccessError(
                    identity,
                    "is not there or no regular file, so \(folder) is no profile: name the caller's, "
                        + "or a folder that does not exist yet, by --out")
            }
            try keep(issued)
            try AccessFile.replace(identity, with: issued.identityPEM, mode: 0o600)
        } else {
            try AccessFile.makeFolder(folder)
            try keep(issued)
            try writeProfile(folder, issued, servers, authority)
        }
    }

    private func writeProfile(
        _ folder: String, _ issued: CertificateAuthority.Issued, _ servers: [String],
        _ authority: CertificateAuthority
    ) throws(AccessError) {
        try AccessFile.replace("\(folder)/ca.pem", with: try authority.pem(), mode: 0o644)
        try AccessFile.replace(
            "\(folder)/server", with: servers.map { "\($0)\n" }.joined(), mode: 0o644)
        try AccessFile.replace("\(folder)/identity.pem", with: issued.identityPEM, mode: 0o600)
    }

    /// Before it is handed out: what nobody has a record of cannot be taken back by its owner's
    /// name.
    private func keep(_ issued: CertificateAuthority.Issued) throws(AccessError) {
        if !AccessFile.exists(issuedFolder) { try AccessFile.makeFolder(issuedFolder) }
        let fingerprint = try Fingerprint(of: issued.certificate)
        try AccessFile.replace(
            "\(issuedFolder)/\(fingerprint).pem", with: issued.certificatePEM + "\n", mode: 0o644)
    }

    // MARK: Looking and taking back

    /// One certificate that was given out.
    public struct Entry: Sendable {
        public let name: String
        /// nil when the file of callers knows the name no more.
        public let role: Role?
        public let fingerprint: Fingerprint
        public let validUntil: Timestamp
        public let isRevoked: Bool
    }

    /// Every caller's certificate, by name, the newest first.
    public func entries() throws(AccessError) -> [Entry] {
        let callers = try Callers(file: files.callers)
        let revoked = try Revocations(file: files.revoked)
        var entries: [Entry] = []
        for file in try AccessFile.names(in: issuedFolder, endingIn: ".pem") {
            let path = "\(issuedFolder)/\(file)"
            let presented = try PresentedCertificate(
                try PEM.certificates(try AccessFile.read(path), of: path)[0])
            let name = presented.names.first ?? ""
            entries.append(
                Entry(
                    name: name, role: callers.role(of: name), fingerprint: presented.fingerprint,
                    validUntil: presented.validUntil,
                    isRevoked: revoked.contains(presented.fingerprint)))
        }
        return entries.sorted {
            ($0.name, $1.validUntil) < ($1.name, $0.validUntil)
        }
    }

    /// Takes back what a caller has: all its certificates, or the one with this fingerprint, which may be
    /// of another authority.
    ///
    /// - Returns: those that were not taken back before.
    public func revoke(_ nameOrFingerprint: String) throws(AccessError) -> [Fingerprint] {
        try exclusively { () throws(AccessError) in try takeBack(nameOrFingerprint) }
    }

    private func takeBack(_ nameOrFingerprint: String) throws(AccessError) -> [Fingerprint] {
        let revoked = try Revocations(file: files.revoked)
        let chosen: [Fingerprint]
        if let fingerprint = Fingerprint(nameOrFingerprint) {
            chosen = [fingerprint]
        } else {
            chosen = try entries().filter { $0.name == nameOrFingerprint && $0.validUntil > now }
                .map(\.fingerprint)
            guard !chosen.isEmpty else {
                throw AccessError(
                    issuedFolder,
                    "has no certificate of \"\(nameOrFingerprint)\" that is still good; 'rekeyd cert "
                        + "list' shows them, and one from elsewhere is named by its SHA-256 fingerprint"
                )
            }
        }
        let new = chosen.filter { !revoked.contains($0) }
        guard !new.isEmpty else { return [] }
        let lines = new.map { "\($0) \(nameOrFingerprint) \(now.day)\n" }.joined()
        try AccessFile.replace(
            files.revoked, with: try AccessFile.read(files.revoked) + lines, mode: 0o644)
        return new
    }
}
