import RekeyAccess
import RekeyCore
import RekeyWire

/// Whose a connection is, and what it may call; judged again when the server's files were read again.
struct Peer {
    private let certificate: PresentedCertificate?
    private let tls: ServerTLS?
    private(set) var judgement: Access.Judgement

    /// Whoever a handshake proved to be there.
    init(_ certificate: PresentedCertificate, _ tls: ServerTLS) {
        self.certificate = certificate
        self.tls = tls
        judgement = tls.judge(certificate)
    }

    /// Plaintext within this machine (P10.6).
    static let local = Peer()

    private init() {
        certificate = nil
        tls = nil
        judgement = .caller(.local)
    }

    mutating func judgeAgain() {
        guard let certificate, let tls else { return }
        judgement = tls.judge(certificate)
    }

    /// nil for somebody who may not be here.
    var caller: Caller? {
        if case .caller(let caller) = judgement { caller } else { nil }
    }

    /// Why it may not be here (P10.4); nil when it may.
    var refusal: ConnectionRefusal? {
        switch judgement {
        case .caller: nil
        case .unknown: .callerUnknown
        case .revoked: .certificateRevoked
        case .authorityGone: .authoritiesChanged
        case .expired: .certificateExpired
        }
    }

    /// The wall clock may be put right in the meantime, so it is looked at this often at least.
    private static let judgedEvery: Duration = .hours(1)

    /// When it has to be judged again, as its certificate ends; nil where there is none.
    var nextJudgement: ContinuousClock.Instant? {
        guard let certificate else { return nil }
        // A second late rather than early, when there would be nothing to judge.
        let left = max(certificate.validUntil - ServerTLS.now(), .zero) + .seconds(1)
        return .now + min(left, Self.judgedEvery)
    }

    /// For log lines.
    var name: String { caller?.name ?? certificate?.names.first ?? "unknown" }
}
