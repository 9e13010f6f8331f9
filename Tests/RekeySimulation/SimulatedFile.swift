// One file of a simulated disk: what is surely on the platter, and what was written since.

/// Content as programs see it, and as a crash may leave it.
struct SimulatedFile {
    static let sectorBytes = 512

    private(set) var content: [UInt8] = []
    private(set) var durable: [UInt8] = []
    private var unsynced: [(offset: Int, bytes: [UInt8])] = []
    /// A sync has failed: programs see bytes that will never be on the platter.
    private var hasLost = false

    init() {}

    /// A file of which all is on the platter.
    init(durable bytes: [UInt8]) {
        content = bytes
        durable = bytes
    }

    mutating func write(_ bytes: [UInt8], at offset: Int) {
        Self.apply(bytes[...], at: offset, to: &content)
        unsynced.append((offset, bytes))
    }

    mutating func sync() {
        durable = onDisk
        unsynced = []
    }

    /// What reading past the cache shows, which first writes out what waits.
    var onDisk: [UInt8] {
        guard hasLost else { return content }
        var bytes = durable
        for write in unsynced { Self.apply(write.bytes[...], at: write.offset, to: &bytes) }
        return bytes
    }

    mutating func loseUnsynced() {
        hasLost = hasLost || !unsynced.isEmpty
        unsynced = []
    }

    /// Changes what is on the platter behind everybody's back: damage.
    mutating func damage(_ change: (inout [UInt8]) -> Void) {
        change(&content)
        durable = content
        unsynced = []
    }

    /// Each write since the last sync is kept, dropped, or torn into sectors of which any may be kept.
    func afterCrash(keeping generator: inout some RandomNumberGenerator) -> SimulatedFile {
        var survivor = SimulatedFile()
        survivor.content = durable
        for write in unsynced {
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: break
            case 1: Self.apply(write.bytes[...], at: write.offset, to: &survivor.content)
            default: Self.tear(write.bytes, at: write.offset, &survivor.content, &generator)
            }
        }
        survivor.durable = survivor.content
        return survivor
    }

    private static func tear(
        _ bytes: [UInt8], at offset: Int, _ content: inout [UInt8],
        _ generator: inout some RandomNumberGenerator
    ) {
        for start in stride(from: 0, to: bytes.count, by: sectorBytes)
        where Bool.random(using: &generator) {
            apply(
                bytes[start..<min(start + sectorBytes, bytes.count)], at: offset + start,
                to: &content)
        }
    }

    private static func apply(_ bytes: ArraySlice<UInt8>, at offset: Int, to content: inout [UInt8])
    {
        let end = offset + bytes.count
        if content.count < end { content += [UInt8](repeating: 0, count: end - content.count) }
        content.replaceSubrange(offset..<end, with: bytes)
    }
}
