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

    /// When its certificate ends; nil where there is none.
    var validUntil: Timestamp? { certificate?.validUntil }

    /// For log lines.
    var name: String { caller?.name ?? certificate?.names.first ?? "unknown" }
}
