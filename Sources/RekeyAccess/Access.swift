public import RekeyCore
import RekeyWire

/// Who may come in: the callers that are known and the certificates that were taken back, as their files
/// said when they were last read.
public struct Access: Sendable {
    private let callers: Callers
    private let revoked: Revocations

    /// - Throws: what is wrong with a file, for an operator.
    public init(callers: String, revoked: String) throws(AccessError) {
        self.callers = try Callers(file: callers)
        self.revoked = try Revocations(file: revoked)
    }

    /// What a certificate is worth.
    public enum Judgement: Hashable, Sendable {
        case caller(Caller)
        /// None of its names is a caller's, or names of two callers are in it.
        case unknown
        case revoked
        /// An authority that may stand behind it was taken away; `Authorities` says which.
        case authorityGone
        case expired
    }

    /// Judges a certificate that a handshake has proved to be signed by the authority.
    ///
    /// - Parameter now: the wall clock. A handshake looks at the time too, but a connection outlives it,
    ///   and a resumed session does not look again.
    public func judge(_ certificate: PresentedCertificate, at now: Timestamp) -> Judgement {
        if revoked.contains(certificate.fingerprint), ProtocolTooth.revocations.holds {
            return .revoked
        }
        guard now >= certificate.validFrom, now < certificate.validUntil else { return .expired }
        let known = Set(certificate.names.compactMap { callers[$0] })
        guard known.count == 1, let caller = known.first else {
            return ProtocolTooth.knownCallers.holds ? .unknown : .caller(.local)
        }
        return .caller(caller)
    }
}
