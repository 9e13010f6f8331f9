public import RekeyCore

extension CallerRegistry {
    /// What a new installation begins with: an authority, the server's certificate, no caller and no
    /// revocation yet.
    ///
    /// - Parameters:
    ///   - folder: for all of it; must exist.
    ///   - names: what the server is reached by, beside this machine's own names.
    public static func create(
        _ files: AccessFiles, authorityKey: String, issued: String, names: [String],
        at now: Timestamp
    ) throws(AccessError) -> CallerRegistry {
        _ = try CertificateAuthority.create(
            certificate: files.authority, key: authorityKey, at: now)
        try AccessFile.replace(files.callers, with: Callers().text, mode: 0o644)
        try AccessFile.replace(
            files.revoked,
            with: "# Certificates that were taken back: the SHA-256 of each, one a line.\n",
            mode: 0o644)
        let registry = CallerRegistry(
            files, authorityKey: authorityKey, issued: issued, at: now)
        try registry.issueServer(["localhost", "127.0.0.1", "::1"] + names)
        return registry
    }
}
