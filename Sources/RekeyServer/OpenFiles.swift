import Glibc

/// How many files the process may have open: each connection is one.
public enum OpenFiles {
    /// Files that are kept for the log, letters and the listener; the rest may be connections.
    private static let reserved = 64

    /// Takes all that the machine's operator allows: the limit that a process begins with is for
    /// programs that know no better than `select`.
    public static func raiseLimit() {
        guard var files = limit else { return }
        files.rlim_cur = files.rlim_max
        // Where that is refused, there is room for fewer.
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    }

    /// Connections that there is room for, 10,000 at most.
    static var connectionsMax: Int {
        guard let limit else { return 256 }
        return max(8, min(Int(clamping: limit.rlim_cur) - reserved, 10_000))
    }

    private static var limit: rlimit? {
        var files = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 ? files : nil
    }
}
