// Where things are in a journal's directory. Names only; touches nothing.

/// The names of Format.swift, for one directory.
struct Layout: Sendable {
    static let temporary = ".tmp"
    private static let segmentEnd = ".log"
    static let checkpointEnd = ".checkpoint"

    let directory: String

    var lock: String { "\(directory)/lock" }
    var manifest: String { "\(directory)/manifest" }
    var log: String { "\(directory)/log" }
    var checkpoints: String { "\(directory)/checkpoint" }
    var quarantine: String { "\(directory)/quarantine" }
    /// The next segment, until its number is known.
    var nextSegment: String { "\(log)/next\(Self.temporary)" }

    func segment(_ number: UInt64) -> String { "\(log)/\(Self.hex(number))\(Self.segmentEnd)" }

    func checkpoint(_ sequence: UInt64) -> String {
        "\(checkpoints)/\(Self.hex(sequence))\(Self.checkpointEnd)"
    }

    func temporaryCheckpoint(_ sequence: UInt64) -> String {
        "\(checkpoints)/\(Self.hex(sequence))\(Self.temporary)"
    }

    /// Segment numbers, ascending.
    func segments(on disk: any Disk) throws(JournalError) -> [UInt64] {
        try disk.list(log).compactMap { Self.number($0, end: Self.segmentEnd) }
    }

    /// Sequences of checkpoints, ascending.
    func checkpointSequences(on disk: any Disk) throws(JournalError) -> [UInt64] {
        try disk.list(checkpoints).compactMap { Self.number($0, end: Self.checkpointEnd) }
    }

    /// 16 lower-case digits, so that names sort as numbers do.
    static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// The number in a name that `hex` made, or nil for any other name.
    static func number(_ name: String, end: String) -> UInt64? {
        guard name.hasSuffix(end), let number = UInt64(name.dropLast(end.count), radix: 16),
            name == hex(number) + end
        else { return nil }
        return number
    }
}
