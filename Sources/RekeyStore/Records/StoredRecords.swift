import CProtobufC
import CRekeyProto
public import RekeyJournal
package import RekeyWire

/// What rests on disk, for people who look at a journal: the same door as the server's, without its
/// tables. Records hold personal data, and no secret that opens anything.
public struct StoredRecords {
    private let arena = Arena()

    public init() {}

    /// Throws `.unreadable` unless the server could use the record, or chunk, of such a batch.
    public func check(
        _ record: UnsafeRawBufferPointer, in kind: BatchKind
    ) throws(StoreError) {
        guard kind == .chunk else { return _ = try Records.decode(record, arena) }
        for entry in try Records.decode(CheckpointRecord.self, record, arena).subjects {
            _ = try Records.subject(entry.id, entry.row, arena)
        }
    }

    /// The name of the record's message in records.proto, and its fields: bytes in hexadecimal digits,
    /// 64-bit integers as numbers. Throws `.unreadable`.
    package func json(
        _ record: UnsafeRawBufferPointer, in kind: BatchKind
    ) throws(StoreError) -> (type: String, content: JSONValue) {
        let (bytes, type) =
            kind == .chunk
            ? (record, CheckpointRecord.descriptor) : try Records.message(of: record)
        do {
            let content = try Self.reading.value(bytes, as: type)
            return (String(cString: type.pointee.short_name), content)
        } catch {
            throw .unreadable("\(error)")
        }
    }

    /// A subject's row is a message of its own within its entry.
    private static var reading: JSONFromWire {
        JSONFromWire(
            bytesText: Hex.text, areWordsNumbers: true,
            messagesInBytes: ["row": rekey_subject_row_descriptor()])
    }
}
