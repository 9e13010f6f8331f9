import Glibc
public import Logging
import NIOCore
import NIOSSL
public import RekeyAccess
public import RekeyCore
public import RekeyService
import RekeyWire
import Synchronization

/// Who the server is and whom it lets in, as its files say; read again whenever it is told to, without
/// an end to any connection that may stay.
public final class ServerTLS: Sendable {
    private let files: AccessFiles
    private let state: ServerState
    private let logger: Logger
    private let current: Mutex<Current>

    private struct Current {
        var identity: Identity
        var access: Access
    }

    /// Who the server is, and by whose signatures a handshake verifies callers: one with the other,
    /// since a handshake under way goes by those that it began with.
    struct Identity {
        let context: NIOSSLContext
        let authorities: Authorities
        let validUntil: Timestamp
    }

    /// - Parameters:
    ///   - files: what is read again.
    ///   - content: what they say now.
    /// - Throws: for a certificate or key that the library does not take.
    public init(
        _ files: AccessFiles, _ content: AccessContent, state: ServerState, logger: Logger
    ) throws {
        self.files = files
        self.state = state
        self.logger = logger
        let identity = try Self.identity(content.identity, content.authorities)
        current = Mutex(Current(identity: identity, access: content.access))
        state.certificateValidUntil = identity.validUntil
        warnOfExpiry()
    }

    /// Reads all files again, in two halves: a revocation does not wait until a certificate is
    /// good, nor the other way round.
    ///
    /// - Returns: what could not be read and stays as it is; nil when all was.
    func reload() -> ReloadError? {
        let now = Self.now()
        let identity = Result {
            try Self.identity(try files.identity(at: now), try files.authorities(at: now))
        }
        let access = Result { try files.access() }
        current.withLock { current in
            if case .success(let new) = identity { current.identity = new }
            if case .success(let new) = access { current.access = new }
        }
        if case .success(let new) = identity { state.certificateValidUntil = new.validUntil }
        warnOfExpiry()
        let failure = ReloadError(identity: identity.failure, access: access.failure)
        return failure.identity == nil && failure.access == nil ? nil : failure
    }

    var identity: Identity { current.withLock { $0.identity } }

    func judge(_ certificate: PresentedCertificate) -> Access.Judgement {
        let current = current.withLock { $0 }
        guard
            current.identity.authorities.vouch(for: certificate)
                || !ProtocolTooth.authorities.holds
        else { return .authorityGone }
        return current.access.judge(certificate, at: Self.now())
    }

    /// Says in the log that the server's certificate or an authority ends soon; called once a day.
    public func warnOfExpiry() {
        let identity = identity
        warn(
            "the server's certificate ends soon; renew it and send SIGHUP", identity.validUntil,
            files.certificate)
        warn(
            "an authority ends soon; put its successor beside it, renew its callers, send SIGHUP",
            identity.authorities.validUntil, files.authority)
    }

    private func warn(_ message: Logger.Message, _ until: Timestamp, _ file: String) {
        guard until - Self.now() < Self.warnedBefore else { return }
        logger.warning(message, metadata: ["ends": "\(until.day)", "file": "\(file)"])
    }

    /// The wall clock: what certificates are measured by.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// A certificate that ends within this is spoken of.
    static let warnedBefore: Duration = .hours(21 * 24)

    private static func identity(
        _ identity: RekeyAccess.Identity, _ authorities: Authorities
    ) throws -> Identity {
        var configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(identity.chainPEM.utf8))
                .map { .certificate($0) },
            privateKey: .privateKey(
                try NIOSSLPrivateKey(bytes: Array(identity.keyPEM.utf8), format: .pem)),
            trustRoots: .certificates(
                try authorities.pem.map {
                    try NIOSSLCertificate(bytes: Array($0.utf8), format: .pem)
                }))
        // The library's own minimum is TLS 1.0 (R74).
        configuration.minimumTLSVersion = ProtocolTooth.tlsVersion.holds ? .tlsv13 : .tlsv12
        if !ProtocolTooth.clientCertificate.holds {
            configuration.certificateVerification = .optionalVerification
        }
        configuration.shutdownTimeout = .seconds(1)
        return Identity(
            context: try NIOSSLContext(configuration: configuration), authorities: authorities,
            validUntil: identity.validUntil)
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
