// What a password costs, read off its row without unpacking it: a start asks this of every row.
import RekeyCore
import RekeyWire

extension Records {
    /// What the password in a row costs; nil where there is none.
    ///
    /// - Parameter row: one that was checked.
    static func hashCost(inRow row: [UInt8]) throws(StoreError) -> HashCost? {
        do throws(WireFault) {
            return try row.span.bytes.withUnsafeBytes { (row) throws(WireFault) in
                guard let account = try message(RowField.account, in: row),
                    let password = try message(RowField.password, in: account)
                else { return nil }
                return try cost(in: password)
            }
        } catch {
            throw .unreadable("a row: \(error)")
        }
    }

    /// Fields of records.proto: SubjectRow's, AccountRow's, and PasswordRow's two.
    private enum RowField {
        static let account: UInt32 = 4
        static let password: UInt32 = 6
        static let memoryKiB: UInt32 = 1
        static let passes: UInt32 = 2
    }

    private static func message(
        _ field: UInt32, in bytes: UnsafeRawBufferPointer
    ) throws(WireFault) -> UnsafeRawBufferPointer? {
        var reader = WireReader(bytes)
        while let next = try reader.next() {
            if next.number == field, case .delimited(let bytes) = next.value {
                return bytes
            }
        }
        return nil
    }

    private static func cost(
        in password: UnsafeRawBufferPointer
    ) throws(WireFault) -> HashCost {
        var cost = HashCost(memoryKiB: 0, passes: 0)
        var reader = WireReader(password)
        while let next = try reader.next() {
            switch (next.number, next.value) {
            case (RowField.memoryKiB, .fixed32(let value)): cost.memoryKiB = value
            case (RowField.passes, .fixed32(let value)): cost.passes = value
            default: break
            }
        }
        return cost
    }
}
