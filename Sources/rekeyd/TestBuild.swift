// A build for tests, made with `-D TEETH`: its clock can be moved, and what it is safe by, its hashes too,
// can be left out by name. A release build holds none of this (R81).
#if TEETH
    import Glibc
    import RekeyCore
    import RekeyStore

    /// The machine's clocks, moved by as many milliseconds as the first 8 bytes of a file say
    /// (little-endian, signed). It is read at every look: what is written to it holds at once.
    struct MovedTime: TimeSource {
        private let system = SystemTime()
        private let file: CInt

        /// - Parameter file: as `REKEY_TEST_CLOCK` names it.
        init?(file: String) {
            self.file = open(file, O_RDONLY | O_CLOEXEC)
            guard self.file >= 0 else { return nil }
        }

        var boot: [UInt8] { system.boot }
        func wall() -> Timestamp { system.wall() + moved }
        func elapsed() -> Duration { system.elapsed() + moved }

        private var moved: Duration {
            var milliseconds: Int64 = 0
            pread(file, &milliseconds, 8, 0)
            return .milliseconds(Int64(littleEndian: milliseconds))
        }
    }
#endif
