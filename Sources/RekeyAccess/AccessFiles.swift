public import RekeyCore

/// The files that say who the server is and who may come in.
public struct AccessFiles: Sendable {
    public let certificate: String
    public let key: String
    public let authority: String
    public let callers: String
    public let revoked: String

    /// - Parameters:
    ///   - certificate, key: the server's own, in PEM; they may be one file.
    ///   - authority: the certificates that callers' must be signed by, in PEM.
    ///   - callers: see `Callers`.
    ///   - revoked: see `Revocations`.
    public init(
        certificate: String, key: String, authority: String, callers: String, revoked: String
    ) {
        self.certificate = certificate
        self.key = key
        self.authority = authority
        self.callers = callers
        self.revoked = revoked
    }

    /// All of it.
    ///
    /// - Parameter now: the wall clock.
    public func content(at now: Timestamp) throws(AccessError) -> AccessContent {
        AccessContent(
            identity: try identity(at: now), authorities: try authorities(at: now),
            access: try access())
    }

    /// Who the server is, whether or not its time is over.
    public func identity() throws(AccessError) -> Identity {
        try Identity(certificate: certificate, key: key)
    }

    /// Who the server is.
    ///
    /// - Parameter now: the wall clock.
    public func identity(at now: Timestamp) throws(AccessError) -> Identity {
        let identity = try identity()
        try identity.check(at: now)
        return identity
    }

    public func access() throws(AccessError) -> Access {
        try Access(callers: callers, revoked: revoked)
    }

    /// Whose signatures are believed.
    ///
    /// - Parameter now: the wall clock.
    public func authorities(at now: Timestamp) throws(AccessError) -> Authorities {
        try Authorities(file: authority, at: now)
    }
}
