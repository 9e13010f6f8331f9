// The command line: what a command asks a server for, and how the answer is shown. Commands are in
// Commands; this file holds all that they may touch outside themselves.

import Glibc
import RekeyCore

/// What a command touches of the world but the network.
struct World {
    var environment: [String: String]
    var input: Input
    var output: Output
    var errors: Output
    /// The wall clock.
    var now: () -> Timestamp

    /// This process's own.
    static var process: World {
        World(
            environment: environmentOfProcess(), input: Input(STDIN_FILENO),
            output: .descriptor(STDOUT_FILENO), errors: .descriptor(STDERR_FILENO),
            now: {
                var time = timespec()
                clock_gettime(CLOCK_REALTIME, &time)
                return Timestamp(
                    milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
            })
    }

    private static func environmentOfProcess() -> [String: String] {
        let names = [
            "REKEY_PROFILE", "REKEY_SERVER", "REKEY_PLAINTEXT_ON_LOOPBACK", "XDG_CONFIG_HOME",
            "XDG_STATE_HOME", "HOME",
        ]
        return names.reduce(into: [:]) { found, name in
            if let value = getenv(name) { found[name] = String(cString: value) }
        }
    }
}
