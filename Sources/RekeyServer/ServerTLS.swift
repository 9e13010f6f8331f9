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
        var context: NIOSSLContext
        var access: Access
    }

    /// - Throws: `AccessError` for files that cannot be used.
    public init(_ files: AccessFiles, state: ServerState, logger: Logger) throws {
        self.files = files
        self.state = state
        self.logger = logger
        current = Mutex(try Self.read(files, state))
        warnOfExpiry()
    }

    /// Reads all files again. When one cannot be used, everything stays as it is.
    ///
    /// - Throws: `AccessError`.
    public func reload() throws {
        let new = try Self.read(files, state)
        current.withLock { $0 = new }
        warnOfExpiry()
    }

    var context: NIOSSLContext { current.withLock { $0.context } }

    func judge(_ certificate: PresentedCertificate) -> Access.Judgement {
        current.withLock { $0.access }.judge(certificate, at: Self.now())
    }

    /// Says in the log that the server's certificate ends soon; called once a day.
    public func warnOfExpiry() {
        guard let until = state.certificateValidUntil else { return }
        let left = until - Self.now()
        guard left < Self.warnedBefore else { return }
        logger.warning(
            "the server's certificate ends soon; renew it and send SIGHUP",
            metadata: ["ends": "\(until.day)", "file": "\(files.certificate)"])
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

    private static func read(_ files: AccessFiles, _ state: ServerState) throws -> Current {
        let identity = try files.identity(at: now())
        let authorities = try files.authorities(at: now())
        let access = try files.access()
        var configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(identity.chainPEM.utf8))
                .map { .certificate($0) },
            privateKey: .privateKey(
                try NIOSSLPrivateKey(bytes: Array(identity.keyPEM.utf8), format: .pem)),
            trustRoots: .certificates(
                try authorities.map { try NIOSSLCertificate(bytes: Array($0.utf8), format: .pem) }))
        // The library's own minimum is TLS 1.0 (R74).
        configuration.minimumTLSVersion = ProtocolTooth.tlsVersion.holds ? .tlsv13 : .tlsv12
        if !ProtocolTooth.clientCertificate.holds {
            configuration.certificateVerification = .optionalVerification
        }
        configuration.shutdownTimeout = .seconds(1)
        let context = try NIOSSLContext(configuration: configuration)
        state.certificateValidUntil = identity.validUntil
        return Current(context: context, access: access)
    }
}
