/// Where a server listens.
public struct ListenAddress: Sendable {
    let host: String
    let port: Int

    /// - Parameters:
    ///   - host: a loopback address; without TLS no other is listened on (R74).
    ///   - port: 0 takes a free one.
    /// - Throws: `ListenError.notLoopback`.
    public init(host: String, port: Int) throws(ListenError) {
        guard ["127.0.0.1", "::1"].contains(host) else { throw .notLoopback(host) }
        self.host = host
        self.port = port
    }
}

/// Why the server does not listen.
public enum ListenError: Error, CustomStringConvertible {
    case notLoopback(String)
    case cannotListen(String, String)

    public var description: String {
        switch self {
        case .notLoopback(let host):
            "listen.host is \(host): without TLS only 127.0.0.1 and ::1 are listened on"
        case .cannotListen(let address, let cause):
            "cannot listen on \(address): \(cause); is another server running there?"
        }
    }
}
