import RekeyAccess

extension Settings {
    /// Where a caller finds this server, by a name that is in its certificate: HOST:PORT, an IPv6
    /// address in brackets.
    ///
    /// - Parameter named: what somebody named instead.
    /// - Throws: `Failure` where there is nothing but this machine's own names to tell to others.
    func serverAddress(named: String?) throws -> String {
        if let named { return try Self.checked(named) }
        let names: [String]
        do {
            names = try accessFiles.identity().hosts
        } catch {
            throw Failure(error)
        }
        guard let host = Self.host(listening: string("listen.host"), named: names) else {
            throw Failure(
                Failure.wrongSetting,
                "tls.certificate has no name that others reach this server by; name it: --server "
                    + "HOST:PORT")
        }
        let port = try number("listen.port", in: 0...65535)
        return "\(host.contains(":") ? "[\(host)]" : host):\(port == 0 ? 7350 : port)"
    }

    private static func checked(_ address: String) throws -> String {
        guard let colon = address.lastIndex(of: ":"), colon != address.startIndex,
            let port = Int(address[colon...].dropFirst()), (1...65535).contains(port)
        else {
            throw Failure(
                Failure.usage,
                "--server is \"\(address)\": it must be HOST:PORT, an IPv6 address in brackets")
        }
        return address
    }

    private static let here = ["localhost", "127.0.0.1", "::1"]

    /// The name that callers are told: the one that is listened on before any other. One of this
    /// machine's own is good enough only where nobody else is listened to.
    static func host(listening address: String, named names: [String]) -> String? {
        let isLocal = here.contains(address)
        if isLocal, names.contains("localhost") { return "localhost" }
        if names.contains(address) { return address }
        return names.first { !here.contains($0) } ?? (isLocal ? names.first : nil)
    }
}
