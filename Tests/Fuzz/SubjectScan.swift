// Which subjects an input speaks of, so that the oracle can ask the store about each. Found by walking
// the messages' wire form; a message that does not parse names nobody.
import RekeyCore
import RekeyWire

enum SubjectScan {
    /// Whoever the oracle itself does something to.
    static let stranger = SubjectID(rawValue: 0xFF << 120 | 1)

    /// A `Transaction` behind a byte of type has its subject in field 1, a `CheckpointChunk` its
    /// `SubjectEntry`s, each with its id in field 1.
    static func subjects(records: [[UInt8]], chunks: [[UInt8]]) -> [SubjectID] {
        var ids: Set<SubjectID> = [stranger]
        for record in records {
            first(Array(record.dropFirst())) {
                ids.formUnion(SubjectID(bytes: $0).map { [$0] } ?? [])
            }
        }
        for chunk in chunks {
            first(chunk) { entry in
                first(entry) { ids.formUnion(SubjectID(bytes: $0).map { [$0] } ?? []) }
            }
        }
        return ids.sorted()
    }

    /// Every field 1 that is bytes.
    private static func first(_ message: [UInt8], _ found: ([UInt8]) -> Void) {
        message.withUnsafeBytes { bytes in
            var reader = WireReader(bytes)
            while let field = try? reader.next() {
                if field.number == 1, case .delimited(let value) = field.value {
                    found(Array(value))
                }
            }
        }
    }
}
