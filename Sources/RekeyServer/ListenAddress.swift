/// Where a server listens.
public struct ListenAddress: Sendable {
    let host: String
    let port: Int

    /// - Parameters:
    ///   - host: an address of this machine; 0.0.0.0 or :: for all.
    ///   - port: 0 takes a free one.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// - Throws: `ListenError.notLoopback`: without TLS no other is listened on (R74).
    public func checkLoopback() throws(ListenError) {
        guard ["127.0.0.1", "::1"].contains(host) else { throw .notLoopback(host) }
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
