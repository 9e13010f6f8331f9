// A build for tests, made with `-D TEETH`: its clock can be moved, and what it is safe by can be left out
// by name. A release build holds none of this (R81).
#if TEETH
    import Foundation
    import Logging
    import RekeyCore
    import RekeyStore

    /// The machine's clocks, moved by as many milliseconds as the first 8 bytes of a file say
    /// (little-endian, signed). The file is mapped: what is written to it holds at once.
    struct MovedTime: TimeSource {
        private let system = SystemTime()
        private let moved: @Sendable () -> Int64

        /// - Parameter file: as `REKEY_TEST_CLOCK` names it.
        init?(file: String) {
            guard let data = try? NSData(contentsOfFile: file, options: .alwaysMapped),
                data.length >= 8
            else { return nil }
            nonisolated(unsafe) let bytes = data
            moved = { bytes.bytes.loadUnaligned(as: Int64.self).littleEndian }
        }

        var boot: [UInt8] { system.boot }
        func wall() -> Timestamp { system.wall() + .milliseconds(moved()) }
        func elapsed() -> Duration { system.elapsed() + .milliseconds(moved()) }
    }
#endif
